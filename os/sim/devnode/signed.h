// SPDX-License-Identifier: BSD-3-Clause
// Qualcomm's driver, whose VMs are signed firmware, and virtio devices that the VMM plays for them.
#ifndef GUNYAH_EMU_SIGNED_H
#define GUNYAH_EMU_SIGNED_H

#include "emu_internal.h"

// ---- virtio devices ----------------------------------------------------------------------------------------------

// As the VM finds them. A label times the size of a page is where the registers are.
#define EMU_SHARED_ADDRESS UINT64_C(0x90000000)
#define EMU_SHARED_SIZE UINT64_C(0x100000)

#define EMU_MAX_QUEUES 16

#define EMU_INPUT_DATA 128
#define EMU_INPUT_EVENT_TYPES 32
#define EMU_INPUT_AXES 64
#define EMU_INPUT_FIXED 4 // Entries of which there is one: name, serial number, ids, properties.

// What a VMM waits for.
enum emu_event {
    EMU_NEW_BUFFER = 1,
    EMU_RESET_REQUEST = 2,
    EMU_INTERRUPT_ACK = 4,
    EMU_DRIVER_OK = 8,
    EMU_DRIVER_FAILED = 0x10,
    EMU_VM_EXIT = 0x40,
    EMU_APP_EXIT = 0x100,
};

struct emu_queue {
    uint32_t size_max;
    uint32_t size;
    uint32_t ready;
    uint64_t parts[3]; // Where they are in the VM: descriptors, the driver's ring, the device's.
    int kick;          // An eventfd of ours; -1: none.
};

// What the VM's driver reads of an input device when it selects this.
struct emu_input_entry {
    uint8_t select;
    uint8_t subselect;
    uint8_t size; // 0: nobody has set it.
    unsigned char data[EMU_INPUT_DATA];
};

struct emu_input {
    uint32_t event_types; // What the VMM has room for, said once ...
    uint32_t axes;        // ... together; 0: not said.
    struct emu_input_entry entries[EMU_INPUT_FIXED + EMU_INPUT_EVENT_TYPES + EMU_INPUT_AXES];
};

struct emu_virtio {
    uint32_t label;
    uint32_t registers[EMU_PAGE / sizeof(uint32_t)]; // As the VM reads them.
    uint32_t device_features[2];
    uint32_t driver_features[2];
    struct emu_queue queues[EMU_MAX_QUEUES];
    bool is_configured;
    bool is_acknowledged; // ACK_DRIVER_OK: from then on, queues are rung by eventfds.
    uint32_t events;
    uint32_t rung;           // Queues, a bit each.
    bool has_news;           // There is an event that nobody was told of.
    struct emu_input *input; // Null: it is of another type.
};

// virtio.c: a device
bool gunyah_internal_emu_init_virtio(struct emu_virtio *device, uint32_t label, bool is_input);
void gunyah_internal_emu_free_virtio(struct emu_virtio *device);
void gunyah_internal_emu_reset_virtio(struct emu_virtio *device);
void gunyah_internal_emu_show_virtio(struct emu_virtio *device);
struct emu_virtio *gunyah_internal_emu_find_virtio(const struct emu_vm *vm, uint32_t label);
void gunyah_internal_emu_raise_virtio(struct emu_virtio *device, uint32_t event, uint32_t queues);
bool gunyah_internal_emu_take_event(const struct emu *emu, struct emu_virtio *device, uint32_t *event, uint32_t *data);

// virtio_input.c: what the hypervisor keeps of an input device. Its answers are GUNYAH_HVERR_*.
int32_t gunyah_internal_emu_configure_input(struct emu_input *input, uint64_t ids, uint32_t properties,
                                            uint32_t event_types, uint32_t axes);
int32_t gunyah_internal_emu_set_input_data(struct emu_input *input, const struct emu_input_entry *wanted);
const struct emu_input_entry *gunyah_internal_emu_find_input(const struct emu_input *input, uint8_t select,
                                                             uint8_t subselect);

// ---- Qualcomm's driver ------------------------------------------------------------------------------------------

// driver_signed.c
emu_ioctl_fn gunyah_internal_emu_create_signed;
emu_ioctl_fn gunyah_internal_emu_set_name;
emu_ioctl_fn gunyah_internal_emu_get_name;
emu_ioctl_fn gunyah_internal_emu_count_vcpus;
emu_ioctl_fn gunyah_internal_emu_create_vcpu;
emu_ioctl_fn gunyah_internal_emu_run_signed;
emu_ioctl_fn gunyah_internal_emu_wait_for_exit;
emu_ioctl_fn gunyah_internal_emu_count_memory;
emu_ioctl_fn gunyah_internal_emu_get_memory;

// firmware.c: what it loads
const struct gunyah_emu_firmware *gunyah_internal_emu_get_firmware(const struct emu *emu, size_t index);
int gunyah_internal_emu_load_firmware(struct emu *emu, struct emu_vm *vm, const struct emu_file *file, size_t index);

// driver_virtio.c: the calls for virtio devices that the VMM plays
emu_ioctl_fn gunyah_internal_emu_shared_size;
emu_ioctl_fn gunyah_internal_emu_set_kick;
emu_ioctl_fn gunyah_internal_emu_set_irqfd;
emu_ioctl_fn gunyah_internal_emu_wait_for_event;
emu_ioctl_fn gunyah_internal_emu_set_device_features;
emu_ioctl_fn gunyah_internal_emu_set_queue_max;
emu_ioctl_fn gunyah_internal_emu_set_config;
emu_ioctl_fn gunyah_internal_emu_get_config;
emu_ioctl_fn gunyah_internal_emu_get_queue;
emu_ioctl_fn gunyah_internal_emu_get_driver_features;
emu_ioctl_fn gunyah_internal_emu_ack_driver_ok;
emu_ioctl_fn gunyah_internal_emu_ack_reset;
emu_ioctl_fn gunyah_internal_emu_set_input;
emu_ioctl_fn gunyah_internal_emu_set_input_entry;

#endif
