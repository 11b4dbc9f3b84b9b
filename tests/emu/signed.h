// SPDX-License-Identifier: BSD-3-Clause
// Qualcomm's interface as its headers have it, written down once more; and a VM of signed firmware.
#ifndef SIGNED_H
#define SIGNED_H

#include "node.h"

static const char *const signed_flavours[] = {"q1", "q1-6.1", "q1-le"};
#define SIGNED_FLAVOURS (sizeof(signed_flavours) / sizeof(signed_flavours[0]))

struct fw_name {
    char name[16];
};

struct fw_name_and_exit_status {
    char name[16];
    uint32_t reason;
};

struct vm_mem_region {
    uint8_t idx;
    uint64_t fw_phys;
    uint64_t fw_size;
    int32_t fd;
};

struct virtio_eventfd {
    uint32_t label;
    uint32_t flags;
    uint32_t queue_num;
    int32_t fd;
};

struct virtio_irqfd {
    uint32_t label;
    uint32_t flags;
    int32_t fd;
    uint32_t reserved;
};

struct virtio_event {
    uint32_t label;
    uint32_t event;
    uint32_t event_data;
    uint32_t reserved;
};

// Also for the features of the driver.
struct virtio_dev_features {
    uint32_t label;
    uint32_t reserved;
    uint32_t features_sel;
    uint32_t features;
};

struct virtio_queue_max {
    uint32_t label;
    uint32_t reserved;
    uint32_t queue_sel;
    uint32_t queue_num_max;
};

struct virtio_config_data {
    uint32_t label;
    uint32_t config_size;
    uint64_t config_data;
};

struct virtio_queue_info {
    uint32_t label;
    uint32_t queue_sel;
    uint32_t queue_num;
    uint32_t queue_ready;
    uint64_t queue_desc;
    uint64_t queue_driver;
    uint64_t queue_device;
};

struct virtio_ack_reset {
    uint32_t label;
    uint32_t reserved;
};

struct virtio_input_device_config {
    uint32_t label;
    uint64_t device_id;
    uint32_t prop_bits;
    uint8_t num_ev_types;
    uint8_t num_abs_axes;
    uint32_t reserved;
};

struct virtio_input_device_data {
    uint32_t label;
    uint8_t sel;
    uint8_t subsel;
    uint8_t size;
    uint8_t reserved[5];
    uint8_t payload[128];
};

enum { Q_CREATE_VM = 0xb201, Q_CREATE_VCPU = 0xb240, Q_VCPU_COUNT = 0xb243, Q_MEM_COUNT = 0xb244, Q_RUN = 0xb280 };
enum { Q_SET_NAME = 0x4010b241, Q_IOEVENTFD = 0x4010b262, Q_IRQFD = 0x4010b263, Q_SET_FEATURES = 0x4010b265 };
enum { Q_SET_QUEUE_MAX = 0x4010b266, Q_SET_CONFIG = 0x4010b267, Q_ACK_RESET = 0x4008b26d };
enum { Q_SET_INPUT = 0x4020b26e, Q_SET_INPUT_DATA = 0x408cb26f };
// Too large for an int.
#define Q_WAIT_FOR_EXIT 0xc014b202ul
#define Q_GET_NAME 0x8010b242ul
#define Q_MEM_REGION 0xc020b245ul
#define Q_SHARED_SIZE 0x8008b261ul
#define Q_WAIT_FOR_EVENT 0xc010b264ul
#define Q_GET_CONFIG 0xc010b268ul
#define Q_QUEUE_INFO 0xc028b269ul
#define Q_GET_FEATURES 0xc010b26aul
#define Q_ACK_DRIVER_OK 0xc004b26bul

enum { NEW_BUFFER = 1, RESET_RQST = 2, INTERRUPT_ACK = 4, DRIVER_OK = 8, DRIVER_FAILED = 0x10, APP_EXIT = 0x100 };

// The node is beside another one, or alone.
static inline int open_signed(void)
{
    int fd = open("/dev/qgunyah", O_RDWR | O_CLOEXEC);

    if (fd < 0)
        fd = open("/dev/gunyah", O_RDWR | O_CLOEXEC);
    EXPECT(fd >= 0);
    return fd;
}

static inline int create_signed(void)
{
    const int fd = ioctl(open_signed(), Q_CREATE_VM, 0);

    EXPECT(fd >= 0);
    return fd;
}

// What the hypervisor answered, which drivers hand on as it is; or the errno.
static inline int answer_of(int vm, unsigned long command, void *argument)
{
    const int answer = ioctl(vm, command, argument);

    return answer < 0 ? errno : answer;
}

static inline int set_name(int vm, const char *name)
{
    struct fw_name firmware = {{0}};

    strncpy(firmware.name, name, sizeof(firmware.name) - 1);
    return call(vm, Q_SET_NAME, &firmware);
}

static inline int load(const char *name)
{
    const int vm = create_signed();

    EXPECT(set_name(vm, name) == 0);
    return vm;
}

static inline int add_signed_vcpu(int vm, uintptr_t id)
{
    const int fd = ioctl(vm, Q_CREATE_VCPU, id);

    EXPECT(fd >= 0);
    return fd;
}

#endif
