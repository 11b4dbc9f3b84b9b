// SPDX-License-Identifier: BSD-3-Clause
// The loop of a vCPU, with a serial port as the one device.
#include "uapi.h"
#include "ways.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

// ---- by the library ----------------------------------------------------------------------------------------------

static enum gunyah_error serial(void *context, struct gunyah_mmio_access *access)
{
    uint64_t *sum = context;

    if (access->is_write && access->offset == 0)
        *sum += access->value;
    if (!access->is_write)
        access->value = 0;
    return GUNYAH_OK;
}

uint64_t loop_by_library(const struct machine *machine, unsigned long count)
{
    uint64_t sum = 0;
    struct gunyah_mmio_region regions[1];
    struct gunyah_mmio_bus bus;
    struct gunyah_vcpu_exit exit;
    const struct gunyah_mmio_region port = {SERIAL, SERIAL_SIZE, serial, &sum};

    if (gunyah_mmio_bus_init(&bus, regions, 1) || gunyah_mmio_bus_add(&bus, &port))
        return 0;
    for (unsigned long i = 0; i < count; i++) {
        if (gunyah_vcpu_run(machine->vcpu, &exit) != GUNYAH_OK)
            return 0;
        if (exit.kind == GUNYAH_VCPU_EXIT_MMIO)
            gunyah_mmio_bus_access(&bus, exit.address, exit.data, exit.length, exit.is_write);
    }
    return sum;
}

// ---- by hand -----------------------------------------------------------------------------------------------------

struct by_hand {
    int fd;
    struct kernel_run *run;
};

static bool open_by_hand(struct by_hand *vcpu)
{
    const struct kernel_function function = {.type = KERNEL_FUNCTION_VCPU};

    // The driver does not look at the VM's file.
    vcpu->fd = ioctl(-1, KERNEL_ADD_FUNCTION, &function);
    if (vcpu->fd < 0)
        return false;
    void *run = mmap(NULL, sizeof(*vcpu->run), PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
    vcpu->run = run;
    return run != MAP_FAILED;
}

static void close_by_hand(const struct by_hand *vcpu)
{
    munmap(vcpu->run, sizeof(*vcpu->run));
    close(vcpu->fd);
}

static void handle_mmio(struct kernel_run *run, uint64_t *sum)
{
    const uint64_t offset = run->mmio.guest_address - SERIAL;
    uint64_t value = 0;

    if (offset >= SERIAL_SIZE || run->mmio.length > sizeof(value))
        return;
    if (!run->mmio.is_write) {
        memset(run->mmio.data, 0, sizeof(run->mmio.data));
        return;
    }
    memcpy(&value, run->mmio.data, run->mmio.length);
    if (offset == 0)
        *sum += value;
}

uint64_t loop_by_hand(unsigned long count)
{
    struct by_hand vcpu;
    uint64_t sum = 0;

    if (!open_by_hand(&vcpu))
        return 0;
    for (unsigned long i = 0; i < count; i++) {
        vcpu.run->exit_reason = 0;
        if (ioctl(vcpu.fd, KERNEL_VCPU_RUN, 0) < 0 && errno != EINTR)
            break;
        if (vcpu.run->exit_reason == KERNEL_EXIT_MMIO)
            handle_mmio(vcpu.run, &sum);
    }
    close_by_hand(&vcpu);
    return sum;
}

uint64_t loop_of_driver(unsigned long count)
{
    struct by_hand vcpu;
    unsigned long done = 0;

    if (!open_by_hand(&vcpu))
        return 0;
    while (done < count && ioctl(vcpu.fd, KERNEL_VCPU_RUN, 0) == 0)
        done++;
    close_by_hand(&vcpu);
    return done;
}
