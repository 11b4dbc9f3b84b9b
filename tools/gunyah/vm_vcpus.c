// SPDX-License-Identifier: BSD-3-Clause
// The vCPUs of a VM, each in a thread, and the serial port that they reach.
#include "vm.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CANCEL SIGUSR1

// ---- serial port -------------------------------------------------------------------------------------------------

static void put(void *context, uint8_t byte)
{
    (void)context;
    putchar(byte);
    fflush(stdout);
}

static void ring(int eventfd)
{
    const uint64_t one = 1;
    ssize_t written;

    do {
        written = write(eventfd, &one, sizeof(one));
    } while (written < 0 && errno == EINTR);
}

// With the lock held. An edge: the guest looks at the port until it asks for nothing more.
static void tell_guest(struct vm *vm)
{
    const bool interrupts = uart_interrupts(&vm->uart);

    if (interrupts && !vm->interrupted && vm->bell >= 0)
        ring(vm->bell);
    vm->interrupted = interrupts;
}

static enum gunyah_error serial(void *context, struct gunyah_mmio_access *access)
{
    struct vm *vm = context;

    pthread_mutex_lock(&vm->lock);
    if (access->is_write)
        uart_write(&vm->uart, access->offset, (uint8_t)access->value);
    else
        access->value = uart_read(&vm->uart, access->offset);
    tell_guest(vm);
    pthread_mutex_unlock(&vm->lock);
    return GUNYAH_OK;
}

void vm_type(struct vm *vm, const uint8_t *bytes, size_t count)
{
    pthread_mutex_lock(&vm->lock);
    for (size_t i = 0; i < count; i++)
        uart_receive(&vm->uart, bytes[i]);
    tell_guest(vm);
    pthread_mutex_unlock(&vm->lock);
}

// ---- vCPUs -------------------------------------------------------------------------------------------------------

static void *run(void *context)
{
    struct vm_thread *self = context;
    struct vm *vm = self->vm;
    struct gunyah_vcpu_exit exit;
    enum gunyah_error error;

    do {
        error = gunyah_vcpu_run(self->vcpu, &exit);
        if (error != GUNYAH_OK || exit.kind == GUNYAH_VCPU_EXIT_INTERRUPTED)
            break;
        // Where no device is, writes are lost, and what is read is 0.
        if (exit.kind == GUNYAH_VCPU_EXIT_MMIO)
            gunyah_mmio_bus_access(&vm->bus, exit.address, exit.data, exit.length, exit.is_write);
        if (exit.kind == GUNYAH_VCPU_EXIT_PAGE_FAULT)
            gunyah_vcpu_resume(self->vcpu, GUNYAH_VCPU_ACTION_FAULT);
    } while (exit.kind != GUNYAH_VCPU_EXIT_VM_ENDED);
    if (error != GUNYAH_OK)
        cli_warn(vm->cli, "%s", gunyah_vcpu_last_error(self->vcpu)->text);
    ring(vm->over);
    return NULL;
}

static void wake(int signal)
{
    (void)signal;
}

// Threads of vCPUs take no signal but the one that cancels: the others are for who waits.
static void start_threads(struct vm *vm)
{
    const struct sigaction action = {.sa_handler = wake};
    sigset_t all;
    sigset_t before;

    sigaction(CANCEL, &action, NULL);
    sigfillset(&all);
    sigdelset(&all, CANCEL);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (uint32_t i = 0; i < vm->vcpu_count; i++) {
        const int error = pthread_create(&vm->vcpus[i].thread, NULL, run, &vm->vcpus[i]);

        if (error != 0)
            cli_fail(vm->cli, "a thread for a vCPU: %s", strerror(error));
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void vm_run_vcpus(struct vm *vm, const struct vm_request *request)
{
    const struct gunyah_mmio_region port = {request->serial, UART_SIZE, serial, vm};
    struct gunyah_vcpu_options options = GUNYAH_VCPU_OPTIONS_INIT;

    vm->uart.put = put;
    pthread_mutex_init(&vm->lock, NULL);
    gunyah_mmio_bus_init(&vm->bus, vm->devices, 1);
    if (gunyah_mmio_bus_add(&vm->bus, &port) != GUNYAH_OK)
        cli_misused(vm->cli, "there can be no serial port at 0x%llx", (unsigned long long)request->serial);
    options.signal = CANCEL;
    for (; options.index < request->vcpus; options.index++) {
        struct vm_thread *thread = &vm->vcpus[vm->vcpu_count];

        thread->vm = vm;
        if (gunyah_vcpu_open(vm->handle, &options, &thread->vcpu) != GUNYAH_OK)
            cli_fail(vm->cli, "vCPU %u: %s", options.index, gunyah_last_error(vm->g)->text);
        vm->vcpu_count++;
    }
    start_threads(vm);
}

bool vm_end(struct vm *vm, struct gunyah_vm_exit *how)
{
    for (uint32_t i = 0; i < vm->vcpu_count; i++)
        gunyah_vcpu_cancel(vm->vcpus[i].vcpu);
    for (uint32_t i = 0; i < vm->vcpu_count; i++) {
        pthread_join(vm->vcpus[i].thread, NULL);
        gunyah_vcpu_close(&vm->vcpus[i].vcpu);
    }
    const bool ended = gunyah_vm_exit_info(vm->handle, 0, how) == GUNYAH_OK;

    if (gunyah_vm_destroy(&vm->handle, GUNYAH_WAIT_FOREVER, NULL) != GUNYAH_OK)
        cli_warn(vm->cli, "%s", gunyah_last_error(vm->g)->text);
    gunyah_close(&vm->g);
    gunyah_linux_close(&vm->node);
    close(vm->over);
    pthread_mutex_destroy(&vm->lock);
    return ended;
}
