// SPDX-License-Identifier: BSD-3-Clause
// How a VM ended, in words.
#include "vm.h"

static const char unknown[] = "unknown";

static const char *exit_code_text(uint16_t code)
{
    switch (code) {
    case GUNYAH_VM_EXIT_CODE_NORMAL:
        return "the guest ended normally";
    case GUNYAH_VM_EXIT_CODE_SOFTWARE_ERROR:
        return "the guest ended on an error of its software";
    case GUNYAH_VM_EXIT_CODE_BUS_ERROR:
        return "the guest ended on a bus error";
    case GUNYAH_VM_EXIT_CODE_DEVICE_ERROR:
        return "the guest ended on an error of a device";
    default:
        return unknown;
    }
}

const char *gunyah_vm_exit_text(const struct gunyah_vm_exit *exit)
{
    if (exit == NULL)
        return unknown;
    switch (exit->type) {
    case GUNYAH_VM_EXIT_TYPE_VM_EXIT:
        return exit_code_text(exit->code);
    case GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF:
        return "the guest switched the system off";
    case GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET:
        return "the guest reset the system";
    case GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2:
        return "the guest reset the system in a way of its own";
    case GUNYAH_VM_EXIT_TYPE_WATCHDOG_BITE:
        return "the guest did not pet its watchdog";
    case GUNYAH_VM_EXIT_TYPE_SOFTWARE_ERROR:
        return "the guest was stopped on an error of its software";
    case GUNYAH_VM_EXIT_TYPE_ASYNC_HW_ERROR:
        return "the guest was stopped on an error of the hardware";
    case GUNYAH_VM_EXIT_TYPE_VM_STOP_FORCED:
        return "its owner stopped it";
    default:
        return unknown;
    }
}
