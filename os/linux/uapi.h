// SPDX-License-Identifier: BSD-3-Clause
// The interface of the drivers: numbers of ioctls, and layouts. Ours, because no kernel's headers have all of them.
#ifndef GUNYAH_LINUX_UAPI_H
#define GUNYAH_LINUX_UAPI_H

#include <stddef.h>
#include <stdint.h>

// Numbers, as _IO() and _IOW() make them on Arm64 and x86: direction, size, type, and a number of the type. Those of 'G'
// are Gunyah's, those of 'A' are Android's, 0xb2 is Qualcomm's.
enum kernel_call_number {
    KERNEL_CREATE_VM = 0x00004700,
    KERNEL_SET_USER_MEM_REGION = 0x40204701,
    KERNEL_SET_DTB_CONFIG = 0x40104702,
    KERNEL_VM_START = 0x00004703,
    KERNEL_ADD_FUNCTION = 0x40104704,
    KERNEL_VCPU_RUN = 0x00004705,
    KERNEL_VCPU_MMAP_SIZE = 0x00004706,
    KERNEL_CREATE_GUEST_MEM = 0x40404708,
    KERNEL_MAP_MEM = 0x40204709,
    KERNEL_SET_BOOT_CONTEXT = 0x4010470a,
    KERNEL_UNKNOWN_CALL = 0x0000477f, // of no driver
    KERNEL_TENTATIVE_UAPI = 0x00004110,
    KERNEL_LEND_USER_MEM = 0x40204111,
    KERNEL_SET_FW_CONFIG = 0x40104112,
    KERNEL_RECLAIM_REGION = 0x40104113,
    KERNEL_CREATE_CMA_MEM = 0x00004114, // of an area's node
    KERNEL_MAP_CMA_MEM = 0x40284115,
    KERNEL_SET_AUTH_TYPE = 0x40104116,
    KERNEL_CHECK_EXTENSION = 0x00004117,
    KERNEL_QUALCOMM_CREATE_VM = 0x0000b201,
    KERNEL_QUALCOMM_CREATE_VCPU = 0x0000b240,
    KERNEL_QUALCOMM_SET_FW_NAME = 0x4010b241,
    KERNEL_QUALCOMM_GET_VCPU_COUNT = 0x0000b243,
    KERNEL_QUALCOMM_VCPU_RUN = 0x0000b280,
};

// Numbers that are larger than an enumeration may be.
#define KERNEL_QUALCOMM_WAIT_FOR_EXIT 0xc014b202ul
#define KERNEL_VIRTIO_SHARED_SIZE 0x8008b261ul
#define KERNEL_VIRTIO_IOEVENTFD 0x4010b262ul
#define KERNEL_VIRTIO_IRQFD 0x4010b263ul
#define KERNEL_VIRTIO_WAIT 0xc010b264ul
#define KERNEL_VIRTIO_SET_FEATURES 0x4010b265ul
#define KERNEL_VIRTIO_SET_QUEUE_MAX 0x4010b266ul
#define KERNEL_VIRTIO_SET_CONFIG 0x4010b267ul
#define KERNEL_VIRTIO_GET_CONFIG 0xc010b268ul
#define KERNEL_VIRTIO_GET_QUEUE 0xc028b269ul
#define KERNEL_VIRTIO_GET_FEATURES 0xc010b26aul
#define KERNEL_VIRTIO_ACK_DRIVER_OK 0xc004b26bul
#define KERNEL_VIRTIO_ACK_RESET 0x4008b26dul
#define KERNEL_VIRTIO_SET_INPUT 0x4020b26eul
#define KERNEL_VIRTIO_SET_INPUT_DATA 0x408cb26ful

// What KERNEL_CHECK_EXTENSION is asked for.
#define KERNEL_EXTENSION_TIMER_WAKEUP 0u

// Memory of the process. flags: KERNEL_MEMORY_*.
struct kernel_region {
    uint32_t label;
    uint32_t flags;
    uint64_t guest_address;
    uint64_t size;
    uint64_t address;
};

#define KERNEL_MEMORY_READ 1u
#define KERNEL_MEMORY_WRITE 2u
#define KERNEL_MEMORY_EXECUTE 4u

// Memory of the driver, and where a VM has it. flags: KERNEL_MAP_*.
struct kernel_guest_memory {
    uint64_t flags;
    uint64_t size;
    uint64_t reserved[6];
};

#define KERNEL_GUEST_MEMORY_CLOEXEC 1u

struct kernel_map {
    uint64_t guest_address;
    uint32_t flags;
    uint32_t fd;
    uint64_t offset;
    uint64_t size;
};

#define KERNEL_MAP_LEND 1u
#define KERNEL_MAP_SHARE 2u
#define KERNEL_MAP_READ 0x10u
#define KERNEL_MAP_WRITE 0x20u
#define KERNEL_MAP_EXECUTE 0x40u

// Memory of an area, and where a VM has it. flags: KERNEL_MEMORY_*.
struct kernel_area_map {
    uint32_t label;
    uint32_t padding;
    uint64_t guest_address;
    uint32_t flags;
    uint32_t fd;
    uint64_t offset;
    uint64_t size;
};

#define KERNEL_MEMORY_LEND 0x10u
#define KERNEL_MEMORY_SHARE 0x20u

// Where the device tree is, or the firmware.
struct kernel_range {
    uint64_t guest_address;
    uint64_t size;
};

// A register that a VM starts with. reg: the set in bits 8 to 15, the index below.
struct kernel_boot_context {
    uint32_t reg;
    uint32_t reserved;
    uint64_t value;
};

#define KERNEL_BOOT_REGISTER_OF_NOBODY 0xffffu

// Who authenticates a VM, and what that is to be told.
struct kernel_authentication {
    uint32_t type;
    uint32_t size;
    uint64_t argument;
};

#define KERNEL_AUTHENTICATION_TRUSTED_VM 1u

struct kernel_trusted_vm {
    uint16_t vmid;
    uint16_t padding;
    uint32_t pas_id;
    uint64_t guest_address;
    uint64_t size;
};

// A function of a VM: one of the three, and its argument.
struct kernel_function {
    uint32_t type;
    uint32_t size;
    uint64_t argument;
};

#define KERNEL_FUNCTION_VCPU 1u
#define KERNEL_FUNCTION_IRQFD 2u
#define KERNEL_FUNCTION_IOEVENTFD 3u

struct kernel_irqfd {
    uint32_t fd;
    uint32_t label;
    uint32_t flags;
    uint32_t padding;
};

#define KERNEL_IRQFD_LEVEL 1u

// The flag is bit 0: some kernels' headers give the number of the bit, and nobody takes 2.
struct kernel_ioeventfd {
    uint64_t value;
    uint64_t guest_address;
    uint32_t length;
    int32_t fd;
    uint32_t flags;
    uint32_t padding;
};

#define KERNEL_IOEVENTFD_VALUE 1u

// The page that a vCPU's thread and the driver share.
struct kernel_run {
    uint8_t immediate_exit;
    uint8_t padding[7];
    uint32_t exit_reason;
    uint32_t hole;
    union {
        struct {
            uint64_t guest_address;
            uint8_t data[8];
            uint32_t length;
            uint8_t is_write;
            uint8_t action; // padding for drivers that have no such choice
        } mmio;
        struct {
            uint32_t status;
            uint16_t type;
            uint16_t padding;
            uint32_t reason_size; // may say more than there is room for
            uint8_t reason[8];
        } end;
        struct {
            uint64_t guest_address;
            int32_t attempt; // an errno, negative
            uint8_t action;
        } fault;
    };
};

#define KERNEL_EXIT_MMIO 1u
#define KERNEL_EXIT_STATUS 2u
#define KERNEL_EXIT_PAGE_FAULT 3u

// What signed firmware is called, and why a VM of that name ended.
struct kernel_firmware_exit {
    char name[16];
    uint32_t reason;
};

// Qualcomm's virtio devices: a label in front of everything.
struct kernel_virtio_eventfd {
    uint32_t label;
    uint32_t flags;
    uint32_t queue;
    int32_t fd;
};

struct kernel_virtio_irqfd {
    uint32_t label;
    uint32_t flags;
    int32_t fd;
    uint32_t reserved;
};

#define KERNEL_VIRTIO_ASSIGN 1u

struct kernel_virtio_event {
    uint32_t label;
    uint32_t event;
    uint32_t data;
    uint32_t reserved;
};

// Half of the features of the device or of its driver, or the size of a queue.
struct kernel_virtio_value {
    uint32_t label;
    uint32_t reserved;
    uint32_t index;
    uint32_t value;
};

struct kernel_virtio_config {
    uint32_t label;
    uint32_t size;
    uint64_t data;
};

struct kernel_virtio_queue {
    uint32_t label;
    uint32_t index;
    uint32_t entries;
    uint32_t ready;
    uint64_t descriptors;
    uint64_t driver;
    uint64_t device;
};

struct kernel_virtio_input {
    uint32_t label;
    uint64_t ids;
    uint32_t properties;
    uint8_t event_types;
    uint8_t axes;
    uint32_t reserved;
};

struct kernel_virtio_input_data {
    uint32_t label;
    uint8_t select;
    uint8_t subselect;
    uint8_t size;
    uint8_t reserved[5];
    uint8_t data[128];
};

_Static_assert(sizeof(struct kernel_virtio_eventfd) == 16, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_virtio_irqfd) == 16, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_virtio_event) == 16, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_virtio_value) == 16, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_virtio_config) == 16, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_virtio_queue) == 40, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_virtio_input) == 32, "size of a structure of the kernel");
_Static_assert(offsetof(struct kernel_virtio_input, event_types) == 20, "offset in a structure of the kernel");
_Static_assert(sizeof(struct kernel_virtio_input_data) == 140, "size of a structure of the kernel");
_Static_assert(offsetof(struct kernel_virtio_input_data, data) == 12, "offset in a structure of the kernel");
_Static_assert(sizeof(struct kernel_firmware_exit) == 20, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_region) == 32, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_guest_memory) == 64, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_map) == 32, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_area_map) == 40, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_range) == 16, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_boot_context) == 16, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_authentication) == 16, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_trusted_vm) == 24, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_function) == 16, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_irqfd) == 16, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_ioeventfd) == 32, "size of a structure of the kernel");
_Static_assert(sizeof(struct kernel_run) == 40, "size of a structure of the kernel");
_Static_assert(offsetof(struct kernel_region, address) == 24, "layout of a structure of the kernel");
_Static_assert(offsetof(struct kernel_map, fd) == 12, "layout of a structure of the kernel");
_Static_assert(offsetof(struct kernel_area_map, fd) == 20, "layout of a structure of the kernel");
_Static_assert(offsetof(struct kernel_boot_context, value) == 8, "layout of a structure of the kernel");
_Static_assert(offsetof(struct kernel_authentication, argument) == 8, "layout of a structure of the kernel");
_Static_assert(offsetof(struct kernel_trusted_vm, pas_id) == 4, "layout of a structure of the kernel");
_Static_assert(offsetof(struct kernel_trusted_vm, guest_address) == 8, "layout of a structure of the kernel");
_Static_assert(offsetof(struct kernel_function, argument) == 8, "layout of a structure of the kernel");
_Static_assert(offsetof(struct kernel_irqfd, flags) == 8, "layout of a structure of the kernel");
_Static_assert(offsetof(struct kernel_ioeventfd, fd) == 20, "layout of a structure of the kernel");
_Static_assert(offsetof(struct kernel_run, exit_reason) == 8, "layout of a structure of the kernel");
_Static_assert(offsetof(struct kernel_run, mmio.data) == 24, "layout of a structure of the kernel");
_Static_assert(offsetof(struct kernel_run, mmio.action) == 37, "layout of a structure of the kernel");
_Static_assert(offsetof(struct kernel_run, end.type) == 20, "layout of a structure of the kernel");
_Static_assert(offsetof(struct kernel_run, end.reason) == 28, "layout of a structure of the kernel");
_Static_assert(offsetof(struct kernel_run, fault.action) == 28, "layout of a structure of the kernel");

#endif
