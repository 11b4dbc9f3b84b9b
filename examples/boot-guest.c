// SPDX-License-Identifier: BSD-3-Clause
// What a VMM does beside making a VM: it finds out what its kernel's file is, says where everything goes in the guest's memory, and
// answers the guest's accesses to devices. docs/booting.md explains it.
#include <gunyah/gunyah.h>

#include <stdio.h>
#include <stdlib.h>

#define MEMORY_ADDRESS UINT64_C(0x80000000) // in the guest
#define SERIAL_ADDRESS UINT64_C(0x3f8)

static unsigned char memory[8 << 20]; // the guest's, in this process

// The smallest Image of all: the header of arm64 Linux, and "b ." in front.
static const unsigned char image[64] = {
    [3] = 0x14, [17] = 0x10, [56] = 'A', [57] = 'R', [58] = 'M', [59] = 0x64,
};

// Whatever the guest writes to its serial port comes out here.
static enum gunyah_error serial(void *context, struct gunyah_mmio_access *access)
{
    if (access->is_write && access->offset == 0)
        fputc((int)access->value, context);
    else if (!access->is_write)
        access->value = access->offset == 5 ? 0x20 : 0; // "there is room for a byte"
    return GUNYAH_OK;
}

static void must(enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return;
    fprintf(stderr, "%s\n", gunyah_error_text(error));
    exit(EXIT_FAILURE);
}

static void boot(const void *file, size_t size)
{
    struct gunyah_boot_kernel kernel = GUNYAH_BOOT_KERNEL_INIT;
    struct gunyah_boot_request request = GUNYAH_BOOT_REQUEST_INIT;
    struct gunyah_boot_layout layout = GUNYAH_BOOT_LAYOUT_INIT;

    must(gunyah_boot_inspect(file, size, NULL, &kernel));
    request.memory = (struct gunyah_memory_region){MEMORY_ADDRESS, sizeof(memory)};
    request.dtb_size = 0x4000;
    request.initrd_size = 0x100000;
    must(gunyah_boot_place(&kernel, &request, &layout));
    must(gunyah_boot_load(&kernel, file, size, NULL, memory + (layout.kernel - MEMORY_ADDRESS),
                          sizeof(memory) - (layout.kernel - MEMORY_ADDRESS)));
    printf("kernel at 0x%llx, device tree at 0x%llx, initrd at 0x%llx\n", (unsigned long long)layout.kernel,
           (unsigned long long)layout.dtb, (unsigned long long)layout.initrd);
}

int main(void)
{
    static const char text[] = "a guest says this\n";
    struct gunyah_mmio_region room[4];
    struct gunyah_mmio_bus bus;
    const struct gunyah_mmio_region port = {SERIAL_ADDRESS, 8, serial, stdout};

    boot(image, sizeof(image));

    must(gunyah_mmio_bus_init(&bus, room, sizeof(room) / sizeof(room[0])));
    must(gunyah_mmio_bus_add(&bus, &port));
    for (const char *letter = text; *letter != '\0'; letter++) {
        uint8_t byte = (uint8_t)*letter; // what a vCPU that stopped for this would tell
        must(gunyah_mmio_bus_access(&bus, SERIAL_ADDRESS, &byte, 1, true));
    }
    return EXIT_SUCCESS;
}
