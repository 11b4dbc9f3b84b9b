// SPDX-License-Identifier: BSD-3-Clause
// One row for each ioctl. A number may stand twice: Qualcomm used some again.
#include "ioctls.h"

#include <stddef.h>

// Kernels, by the names that gunyah-emu gives them.
#define EVERY "a14e a14 u10 a15 a16 u15 u17"
#define ANDROID "a14e a14 a15 a16"
#define USER_MEMORY "a14e a14 u10 a15 a16"
#define UPSTREAM "u15 u17"
#define BOOT "a15 a16 u15 u17"
#define LATE "a16, and late builds of a15"
#define QUALCOMM "Qualcomm's driver"
#define QUALCOMM_61 "Qualcomm's driver from kernel 5.15 on"
#define QUALCOMM_LATE "late builds of Qualcomm's driver"
#define QUALCOMM_CROSVM "the experimental driver for Qualcomm's crosvm"

#define RANGE "0 u64 guest_phys_addr, 8 u64 size"
#define REGION "0 u32 label, 4 u32 flags, 8 u64 guest_phys_addr, 16 u64 memory_size, 24 u64 userspace_addr"
#define FUNCTION "0 u32 type (1 vCPU, 2 irqfd, 3 ioeventfd), 4 u32 arg_size, 8 u64 arg"
#define FW_NAME "0 char name[16]"
#define EVENTFD "0 u32 label, 4 u32 flags, 8 u32 queue_num, 12 s32 fd"
#define FEATURES "0 u32 label, 8 u32 features_sel, 12 u32 features"
#define CONFIG "0 u32 label, 4 u32 size, 8 u64 pointer"

const struct ioctl_row ioctl_rows[] = {
    {0x00004700, "CREATE_VM", "node", EVERY, NULL, "Makes a VM, and a file descriptor of it."},
    {0x40204701, "SET_USER_MEM_REGION", "VM", USER_MEMORY, REGION, "Shares memory of the process with the VM."},
    {0x40104702, "SET_DTB_CONFIG", "VM", EVERY, RANGE, "Says where the device tree lies."},
    {0x00004703, "VM_START", "VM", EVERY, NULL, "Starts the VM."},
    {0x40104704, "ADD_FUNCTION", "VM", EVERY, FUNCTION, "Adds a vCPU, an irqfd or an ioeventfd."},
    {0x00004705, "VCPU_RUN", "vCPU", EVERY, NULL, "Lets a vCPU run until it has an exit."},
    {0x00004706, "VCPU_MMAP_SIZE", "vCPU", EVERY, NULL, "Returns the size of the page that driver and program share."},
    {0x40104707, "REMOVE_FUNCTION", "VM", EVERY, FUNCTION, "Removes what ADD_FUNCTION added."},
    {0x40404708, "CREATE_GUEST_MEM", "node", UPSTREAM, "0 u64 flags, 8 u64 size, 16 u64 reserved[6]",
     "Makes memory for guests, and a file descriptor of it."},
    {0x40204709, "MAP_MEM", "VM", UPSTREAM,
     "0 u64 guest_addr, 8 u32 flags, 12 u32 guest_mem_fd, 16 u64 offset, 24 u64 size",
     "Lends or shares memory of CREATE_GUEST_MEM. Kernels of Android declare it and answer ENOTTY."},
    {0x4010470a, "SET_BOOT_CONTEXT", "VM", BOOT, "0 u32 reg, 4 u32 reserved, 8 u64 value",
     "Sets a register that the first vCPU starts with."},
    {0x00004110, "TENTATIVE_UAPI", "VM", "a14e", NULL, "Tells that the interface was not final."},
    {0x40204111, "LEND_USER_MEM", "VM", ANDROID, REGION,
     "Lends memory of the process to the VM: the process must not touch it while the VM is there."},
    {0x40104112, "SET_FW_CONFIG", "VM", ANDROID, RANGE,
     "Says where the firmware of a protected VM goes. Not every a14e has it."},
    {0x40104113, "RECLAIM_REGION", "VM", LATE, RANGE, "Takes memory back while the VM runs."},
    {0x00004114, "CREATE_CMA_MEM_FD", "node of the memory", LATE, NULL,
     "Makes a file descriptor of contiguous memory. It is asked of /dev/NAME, not of /dev/gunyah."},
    {0x40284115, "MAP_CMA_MEM", "VM", LATE,
     "0 u32 label, 8 u64 guest_addr, 16 u32 flags, 20 u32 fd, 24 u64 offset, 32 u64 size",
     "Lends or shares contiguous memory of CREATE_CMA_MEM_FD."},
    {0x40104116, "SET_AUTH_TYPE", "VM", LATE, "0 u32 type, 4 u32 arg_size, 8 u64 arg",
     "Chooses who authenticates the VM."},
    {0x00004117, "CHECK_EXTENSION", "VM", "late builds of a16", NULL,
     "Asks whether the driver has something: 0 is the property no-timer-wakeups of vCPUs."},

    {0x0000b201, "CREATE_VM", "node", QUALCOMM, NULL, "Makes a VM, and a file descriptor of it."},
    {0xc014b202, "VM_WAIT_FOR_EXIT", "node", QUALCOMM_LATE, "0 char name[16], 16 u32 reason",
     "Waits until a VM has ended."},
    {0x0000b240, "CREATE_VCPU", "VM", QUALCOMM, NULL, "Makes a vCPU, and a file descriptor of it."},
    {0x4010b241, "VM_SET_FW_NAME", "VM", QUALCOMM, FW_NAME, "Names the image that the kernel loads and authenticates."},
    {0x8010b242, "VM_GET_FW_NAME", "VM", QUALCOMM, FW_NAME, "Returns that name."},
    {0x0000b243, "VM_GET_VCPU_COUNT", "VM", QUALCOMM_61, NULL, "Returns how many vCPUs the VM has."},
    {0x0000b244, "VM_GET_MEM_COUNT", "VM", QUALCOMM_LATE, NULL, "Returns how many regions of memory the VM has."},
    {0xc020b245, "VM_GET_MEM_REGION", "VM", QUALCOMM_LATE, "0 u8 index, 8 u64 fw_phys, 16 u64 fw_size, 24 s32 fd",
     "Returns one region of memory."},
    {0x8008b261, "GET_SHARED_MEMORY_SIZE", "VM", QUALCOMM_61, "0 u64 size",
     "Returns the size of the memory that virtio devices share with the VM."},
    {0x4010b262, "IOEVENTFD", "VM", QUALCOMM_61, EVENTFD, "Signals an eventfd when the guest notifies a queue."},
    {0x4010b263, "IRQFD", "VM", QUALCOMM_61, "0 u32 label, 4 u32 flags, 8 s32 fd, 12 u32 reserved",
     "Interrupts the guest when an eventfd is signalled."},
    {0xc010b264, "WAIT_FOR_EVENT", "VM", QUALCOMM_61, "0 u32 label, 4 u32 event, 8 u32 event_data, 12 u32 reserved",
     "Waits for what the driver of a virtio device does."},
    {0x4010b265, "SET_DEVICE_FEATURES", "VM", QUALCOMM_61, FEATURES, "Sets 32 features of a virtio device."},
    {0x4010b266, "SET_QUEUE_NUM_MAX", "VM", QUALCOMM_61, "0 u32 label, 8 u32 queue_sel, 12 u32 num_max",
     "Sets the largest size of a queue."},
    {0x4010b267, "SET_DEVICE_CONFIG_DATA", "VM", QUALCOMM_61, CONFIG, "Writes the configuration of a device."},
    {0xc010b268, "GET_DRIVER_CONFIG_DATA", "VM", QUALCOMM_61, CONFIG, "Reads the configuration that a driver wrote."},
    {0xc028b269, "GET_QUEUE_INFO", "VM", QUALCOMM_61,
     "0 u32 label, 4 u32 queue_sel, 8 u32 num, 12 u32 ready, 16 u64 desc, 24 u64 driver, 32 u64 device",
     "Returns where a driver placed a queue."},
    {0xc010b26a, "GET_DRIVER_FEATURES", "VM", QUALCOMM_61, FEATURES, "Returns 32 features that a driver took."},
    {0xc004b26b, "ACK_DRIVER_OK", "VM", QUALCOMM_61, "0 u32 label", "Confirms that the driver is ready."},
    {0x4008b26d, "ACK_RESET", "VM", QUALCOMM_61, "0 u32 label, 4 u32 reserved", "Confirms that the device was reset."},
    {0x4020b26e, "SET_INPUT_DEVICE_CONFIG_DATA", "VM", QUALCOMM_LATE,
     "0 u32 label, 8 u64 device_id, 16 u32 prop_bits, 20 u8 num_ev_types, 21 u8 num_abs_axes, 24 u32 reserved",
     "Configures a virtio input device."},
    {0x408cb26f, "SET_INPUT_DEVICE_DATA", "VM", QUALCOMM_LATE,
     "0 u32 label, 4 u8 sel, 5 u8 subsel, 6 u8 size, 12 u8 data[128]", "Writes data of a virtio input device."},
    {0x0000b280, "VCPU_RUN", "vCPU", QUALCOMM, NULL, "Lets a vCPU run until it has an exit."},

    {0x4004b201, "CREATE_VM", "node", QUALCOMM_CROSVM, "0 u32", "Makes a VM, and a file descriptor of it."},
    {0x0000b202, "GET_VCPU_MMAP_SIZE", "node", QUALCOMM_CROSVM, NULL, "Returns the size of a vCPU's shared page."},
    {0, NULL, NULL, NULL, NULL, NULL},
};

const struct fact_kind ioctl_kinds[] = {
    {"linux_exit_reason", "Why VCPU_RUN returned: the word at 8 of a vCPU's page.", true,
     (const struct fact_value[]){{"UNKNOWN", 0}, {"MMIO", 1}, {"STATUS", 2}, {"PAGE_FAULT", 3}, {NULL, 0}}},
    {"linux_map_flags", "Flags of MAP_MEM, in u15 and u17.", false,
     (const struct fact_value[]){{"FORCE_LEND", 0x1},
                                 {"FORCE_SHARE", 0x2},
                                 {"READ", 0x10},
                                 {"WRITE", 0x20},
                                 {"EXEC", 0x40},
                                 {"UNMAP", 0x100},
                                 {NULL, 0}}},
    {"linux_memory_flags", "Flags of SET_USER_MEM_REGION, LEND_USER_MEM and MAP_CMA_MEM.", false,
     (const struct fact_value[]){{"READ", 0x1},
                                 {"WRITE", 0x2},
                                 {"EXEC", 0x4},
                                 {"FORCE_LEND", 0x10},
                                 {"FORCE_SHARE", 0x20},
                                 {"UNMAP", 0x100},
                                 {NULL, 0}}},
    {"linux_resume_action", "What a program answers to an exit: byte 37 of the page for MMIO, 28 for a page fault.",
     true, (const struct fact_value[]){{"HANDLED", 0}, {"FAULT", 1}, {"RETRY", 2}, {NULL, 0}}},
    {"linux_vm_status", "How a VM is, in an exit of the reason STATUS.", true,
     (const struct fact_value[]){{"LOAD_FAILED", 1}, {"EXITED", 2}, {"CRASHED", 3}, {NULL, 0}}},
    {NULL, NULL, false, NULL},
};
