// SPDX-License-Identifier: BSD-3-Clause
// Sessions of several VMs in one guest: the library's own backend for bare metal, and in front of each call the name of
// the VM that speaks.
#include "guest.h"

#include "../sysreg.h"

SYSREG_WRITE(tpidr_el1)

void guest_speak_for(uint64_t place)
{
    write_tpidr_el1(place);
}

static void call(void *context, enum gunyah_conduit conduit, uint16_t immediate, struct gunyah_registers *registers)
{
    struct guest_vm *vm = context;

    guest_speak_for(vm->place);
    vm->baremetal.ops.call(context, conduit, immediate, registers);
}

static void hvc(void *context, uint32_t number, struct gunyah_registers *registers)
{
    struct guest_vm *vm = context;

    guest_speak_for(vm->place);
    vm->baremetal.ops.hvc(context, number, registers);
}

static enum gunyah_error wait(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                              size_t *index)
{
    const struct guest_vm *vm = context;

    guest_speak_for(vm->place);
    return guest_wait(NULL, virqs, count, timeout_ns, index);
}

bool guest_vm_start(struct guest_vm *vm, int place)
{
    struct gunyah_baremetal_options options = GUNYAH_BAREMETAL_OPTIONS_INIT;

    options.context = vm;
    options.wait = wait;
    options.has_smc = true;
    options.probe_immediate = true;
    if (gunyah_baremetal_backend(&options, &vm->baremetal) == NULL)
        return false;
    vm->place = (uint64_t)place;
    vm->ops = vm->baremetal.ops;
    vm->ops.call = call;
    vm->ops.hvc = hvc;
    vm->backend = (struct gunyah_backend){&vm->ops, vm};
    return true;
}
