// SPDX-License-Identifier: BSD-3-Clause
// The kernel interfaces, as a table; and the way from an ioctl's number to what does it.
#include "signed.h"

#include <errno.h>
#include <string.h>

#define ANDROID (EMU_USER_MEMORY | EMU_LEND | EMU_FIRMWARE)
#define FIRST (EMU_CHECKS_WRAP | EMU_ROUNDS_TREE)
#define LATER (EMU_BOOT_CONTEXT | EMU_PAGE_FAULTS | EMU_TREE_PAGES)
#define LATER_ANDROID (ANDROID | LATER | EMU_RUN_OWNER | EMU_LATE_PINNING)
#define UPSTREAM (EMU_GUEST_MEMORY | LATER | EMU_POINTERS | EMU_VCPU_ENOTTY | EMU_EXACT_IOEVENTFD | EMU_MMIO_RETRY)

static const struct emu_flavour flavours[] = {
    {{"a14", "android14-6.1"}, ANDROID},
    {{"a14e", "android14-6.1 before the middle of 2023"},
     EMU_USER_MEMORY | EMU_LEND | EMU_TENTATIVE | EMU_EARLY_VMID | EMU_PLAIN_FUNCTIONS | EMU_ANY_PROCESS | FIRST},
    {{"u10", "versions 10 to 14 of the series for Linux"}, EMU_USER_MEMORY | FIRST},
    {{"a15", "android15-6.6"}, LATER_ANDROID | EMU_POINTERS},
    {{"a16", "android16-6.12, and later builds of android15-6.6"},
     LATER_ANDROID | EMU_RECLAIM | EMU_AUTHENTICATION | EMU_EXTENSIONS | EMU_WHOLE_REGISTER | EMU_CMA},
    {{"u15", "versions 15 and 16 of the series for Linux"}, UPSTREAM},
    {{"u17", "version 17 of the series for Linux"}, UPSTREAM},
    {{"q1", "Qualcomm's own driver, msm-5.10 and msm-5.15"}, EMU_SIGNED | EMU_SIGNED_DEAF},
    {{"q1-6.1", "Qualcomm's own driver as /dev/qgunyah, beside android14-6.1"},
     ANDROID | EMU_SIGNED_BESIDE | EMU_SIGNED_REASON},
    {{"q1-le", "Qualcomm's own driver for Linux 6 without Android"}, EMU_SIGNED | EMU_SIGNED_LATER},
};

struct command {
    uint32_t number;
    enum emu_kind kind;
    uint32_t feature; // 0: every flavour has it.
    emu_ioctl_fn *run;
    const char *name;
};

static const struct command commands[] = {
    {0x00004700, EMU_DEVICE, 0, gunyah_internal_emu_create_vm, "CREATE_VM"},
    {0x40404708, EMU_DEVICE, EMU_GUEST_MEMORY, gunyah_internal_emu_create_memory, "CREATE_GUEST_MEM"},
    {0x40204701, EMU_VM, EMU_USER_MEMORY, gunyah_internal_emu_share_memory, "SET_USER_MEM_REGION"},
    {0x40104702, EMU_VM, 0, gunyah_internal_emu_set_dtb, "SET_DTB_CONFIG"},
    {0x00004703, EMU_VM, 0, gunyah_internal_emu_start_vm, "VM_START"},
    {0x40104704, EMU_VM, 0, gunyah_internal_emu_add_function, "ADD_FUNCTION"},
    {0x40104707, EMU_VM, 0, gunyah_internal_emu_remove_function, "REMOVE_FUNCTION"},
    {0x40204709, EMU_VM, EMU_GUEST_MEMORY, gunyah_internal_emu_map_memory, "MAP_MEM"},
    {0x4010470a, EMU_VM, EMU_BOOT_CONTEXT, gunyah_internal_emu_set_boot_context, "SET_BOOT_CONTEXT"},
    {0x00004110, EMU_VM, EMU_TENTATIVE, gunyah_internal_emu_tentative, "TENTATIVE_UAPI"},
    {0x40204111, EMU_VM, EMU_LEND, gunyah_internal_emu_lend_memory, "LEND_USER_MEM"},
    {0x40104112, EMU_VM, EMU_FIRMWARE, gunyah_internal_emu_set_firmware, "SET_FW_CONFIG"},
    {0x40104113, EMU_VM, EMU_RECLAIM, gunyah_internal_emu_reclaim_memory, "RECLAIM_REGION"},
    {0x40104116, EMU_VM, EMU_AUTHENTICATION, gunyah_internal_emu_set_authentication, "SET_AUTH_TYPE"},
    {0x00004117, EMU_VM, EMU_EXTENSIONS, gunyah_internal_emu_check_extension, "CHECK_EXTENSION"},
    {0x00004114, EMU_AREA, EMU_CMA, gunyah_internal_emu_create_area_memory, "CREATE_CMA_MEM_FD"},
    {0x40284115, EMU_VM, EMU_CMA, gunyah_internal_emu_map_area, "MAP_CMA_MEM"},
    {0x00004705, EMU_VCPU, 0, gunyah_internal_emu_run_vcpu, "VCPU_RUN"},
    {0x00004706, EMU_VCPU, 0, gunyah_internal_emu_vcpu_mmap_size, "VCPU_MMAP_SIZE"},

    {0x0000b201, EMU_SIGNED_DEVICE, 0, gunyah_internal_emu_create_signed, "CREATE_VM"},
    {0xc014b202, EMU_SIGNED_DEVICE, EMU_SIGNED_LATER, gunyah_internal_emu_wait_for_exit, "WAIT_FOR_EXIT"},
    {0x0000b240, EMU_SIGNED_VM, 0, gunyah_internal_emu_create_vcpu, "CREATE_VCPU"},
    {0x4010b241, EMU_SIGNED_VM, 0, gunyah_internal_emu_set_name, "SET_FW_NAME"},
    {0x8010b242, EMU_SIGNED_VM, 0, gunyah_internal_emu_get_name, "GET_FW_NAME"},
    {0x0000b243, EMU_SIGNED_VM, 0, gunyah_internal_emu_count_vcpus, "GET_VCPU_COUNT"},
    {0x0000b244, EMU_SIGNED_VM, EMU_SIGNED_LATER, gunyah_internal_emu_count_memory, "GET_MEM_COUNT"},
    {0xc020b245, EMU_SIGNED_VM, EMU_SIGNED_LATER, gunyah_internal_emu_get_memory, "GET_MEM_REGION"},
    {0x8008b261, EMU_SIGNED_VM, 0, gunyah_internal_emu_shared_size, "GET_SHARED_MEMORY_SIZE"},
    {0x4010b262, EMU_SIGNED_VM, 0, gunyah_internal_emu_set_kick, "IOEVENTFD"},
    {0x4010b263, EMU_SIGNED_VM, 0, gunyah_internal_emu_set_irqfd, "IRQFD"},
    {0xc010b264, EMU_SIGNED_VM, 0, gunyah_internal_emu_wait_for_event, "WAIT_FOR_EVENT"},
    {0x4010b265, EMU_SIGNED_VM, 0, gunyah_internal_emu_set_device_features, "SET_DEVICE_FEATURES"},
    {0x4010b266, EMU_SIGNED_VM, 0, gunyah_internal_emu_set_queue_max, "SET_QUEUE_NUM_MAX"},
    {0x4010b267, EMU_SIGNED_VM, 0, gunyah_internal_emu_set_config, "SET_DEVICE_CONFIG_DATA"},
    {0xc010b268, EMU_SIGNED_VM, 0, gunyah_internal_emu_get_config, "GET_DRIVER_CONFIG_DATA"},
    {0xc028b269, EMU_SIGNED_VM, 0, gunyah_internal_emu_get_queue, "GET_QUEUE_INFO"},
    {0xc010b26a, EMU_SIGNED_VM, 0, gunyah_internal_emu_get_driver_features, "GET_DRIVER_FEATURES"},
    {0xc004b26b, EMU_SIGNED_VM, 0, gunyah_internal_emu_ack_driver_ok, "ACK_DRIVER_OK"},
    {0x4008b26d, EMU_SIGNED_VM, 0, gunyah_internal_emu_ack_reset, "ACK_RESET"},
    {0x4020b26e, EMU_SIGNED_VM, EMU_SIGNED_LATER, gunyah_internal_emu_set_input, "SET_INPUT_DEVICE_CONFIG_DATA"},
    {0x408cb26f, EMU_SIGNED_VM, EMU_SIGNED_LATER, gunyah_internal_emu_set_input_entry, "SET_INPUT_DEVICE_DATA"},
    {0x0000b280, EMU_SIGNED_VCPU, 0, gunyah_internal_emu_run_signed, "VCPU_RUN"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct gunyah_emu_flavour *gunyah_emu_get_flavour(size_t index)
{
    return index < COUNT(flavours) ? &flavours[index].named : NULL;
}

const struct emu_flavour *gunyah_internal_emu_find_flavour(const char *name)
{
    if (name == NULL)
        return &flavours[0];
    for (size_t i = 0; i < COUNT(flavours); i++) {
        if (strcmp(flavours[i].named.name, name) == 0)
            return &flavours[i];
    }
    return NULL;
}

static const struct command *find_command(const struct emu *emu, const struct emu_request *request)
{
    for (size_t i = 0; i < COUNT(commands); i++) {
        const struct command *command = &commands[i];
        if (command->number == request->command && command->kind == request->file->kind)
            return command->feature == 0 || has(emu, command->feature) ? command : NULL;
    }
    return NULL;
}

static int64_t unknown(const struct emu *emu, const struct emu_request *request)
{
    if (request->file->kind >= EMU_SIGNED_DEVICE)
        return -EINVAL;
    return request->file->kind == EMU_VCPU && !has(emu, EMU_VCPU_ENOTTY) ? -EINVAL : -ENOTTY;
}

void gunyah_internal_emu_handle_ioctl(struct emu *emu, struct emu_request *request)
{
    const struct command *command = find_command(emu, request);
    const int64_t value = command != NULL ? command->run(emu, request) : unknown(emu, request);

    if (value == EMU_ANSWERED)
        return;
    gunyah_internal_emu_answer(emu, request, value);
    if (command == NULL)
        gunyah_internal_emu_trace(emu, "ioctl 0x%08x: %s", request->command, strerror((int)-value));
    else if (value < 0)
        gunyah_internal_emu_trace(emu, "%s: %s", command->name, strerror((int)-value));
}
