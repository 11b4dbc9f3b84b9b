// SPDX-License-Identifier: BSD-3-Clause
// Sessions of several VMs in one guest: the library's own backend for bare metal, and in front of each call the name of
// the VM that speaks.
#include "guest.h"

#include "../sysreg.h"

#include <string.h>

SYSREG_WRITE(tpidr_el1)

void guest_speak_for(uint64_t place)
{
    write_tpidr_el1(place);
}

// Vector registers, which no call and no wait may change. The guest itself uses none.
static struct guest_state known;

static void before_call(const struct guest_vm *vm)
{
    guest_speak_for(vm->place);
    guest_load_vectors(known.q);
}

static void after_call(struct guest_vm *vm)
{
    uint64_t q[32][2];

    guest_store_vectors(q);
    vm->changed_vectors |= memcmp(q, known.q, sizeof(q)) != 0;
}

static void call(void *context, enum gunyah_conduit conduit, uint16_t immediate, struct gunyah_registers *registers)
{
    struct guest_vm *vm = context;

    before_call(vm);
    vm->baremetal.ops.call(context, conduit, immediate, registers);
    after_call(vm);
}

static void hvc(void *context, uint32_t number, struct gunyah_registers *registers)
{
    struct guest_vm *vm = context;

    before_call(vm);
    vm->baremetal.ops.hvc(context, number, registers);
    after_call(vm);
}

static enum gunyah_error wait(void *context, const gunyah_virq_t *virqs, size_t count, uint64_t timeout_ns,
                              size_t *index)
{
    struct guest_vm *vm = context;

    before_call(vm);
    const enum gunyah_error error = guest_wait(NULL, virqs, count, timeout_ns, index);
    after_call(vm);
    return error;
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
    guest_state_fill(&known, 0, 0);
    vm->changed_vectors = false;
    vm->place = (uint64_t)place;
    vm->ops = vm->baremetal.ops;
    vm->ops.call = call;
    vm->ops.hvc = hvc;
    vm->backend = (struct gunyah_backend){&vm->ops, vm};
    return true;
}
