// SPDX-License-Identifier: BSD-3-Clause
// What is behind /dev/gunyah, or behind another node: linux-info [PATH]
#include <gunyah/linux.h>

#include <stdio.h>
#include <stdlib.h>

static const struct {
    uint32_t bit;
    const char *text;
} capabilities[] = {
    {GUNYAH_LINUX_SHARE, "memory of the process can be shared with a VM"},
    {GUNYAH_LINUX_LEND, "memory of the process can be lent to a VM"},
    {GUNYAH_LINUX_GUEST_MEMORY, "memory comes from the driver"},
    {GUNYAH_LINUX_BOOT_REGISTERS, "the boot vCPU's registers can be set"},
    {GUNYAH_LINUX_RESUME, "page faults are exits, and a VMM says how a vCPU goes on"},
    {GUNYAH_LINUX_FIRMWARE, "firmware can start a protected VM"},
    {GUNYAH_LINUX_RECLAIM, "memory can be taken back while a VM runs"},
    {GUNYAH_LINUX_CMA, "contiguous memory of the kernel can be given"},
    {GUNYAH_LINUX_AUTHENTICATION, "who authenticates a VM can be chosen"},
    {GUNYAH_LINUX_TIMER_WAKEUP, "the device tree may say no-timer-wakeups"},
    {GUNYAH_LINUX_SIGNED_FIRMWARE, "VMs are made of signed firmware alone"},
};

int main(int argc, char **argv)
{
    struct gunyah_linux_options options = GUNYAH_LINUX_OPTIONS_INIT;
    struct gunyah_linux_info info = GUNYAH_LINUX_INFO_INIT;
    struct gunyah_error_info error;
    struct gunyah_linux *node;

    options.path = argc > 1 ? argv[1] : NULL;
    options.error = &error;
    if (gunyah_linux_open(&options, &node) != GUNYAH_OK) {
        printf("%s: %s\n%s\n", error.call, error.text, error.advice);
        return error.error == GUNYAH_ERR_NO_BACKEND ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    gunyah_linux_get_info(node, &info);
    printf("driver: %s\n", info.name);
    for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
        if ((info.capabilities & capabilities[i].bit) != 0)
            printf("  %s\n", capabilities[i].text);
    }
    return gunyah_linux_close(&node);
}
