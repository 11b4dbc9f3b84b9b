// SPDX-License-Identifier: BSD-3-Clause
// vCPUs that calls made or switched on. The model says when one of them runs, in the middle of a call of the guest or of the time that
// goes by: the guest's registers leave the CPU for that long.
#include "standin.h"
#include "syndrome.h"

#include <string.h>

SYSREG_WRITE(esr_el2)
SYSREG_WRITE(far_el2)
SYSREG_WRITE(hpfar_el2)

// Translation and permission faults: those that a page may help against.
#define FAULT_MASK 0x3cu
#define FAULT_TRANSLATION 0x04u
#define FAULT_PERMISSION 0x0cu

// The registers that tell of the guest's exception, which may be still to be looked at.
struct exception {
    uint64_t esr;
    uint64_t far;
    uint64_t hpfar;
};

static struct exception save_exception(void)
{
    return (struct exception){read_esr_el2(), read_far_el2(), read_hpfar_el2()};
}

static void restore_exception(const struct exception *exception)
{
    write_esr_el2(exception->esr);
    write_far_el2(exception->far);
    write_hpfar_el2(exception->hpfar);
}

static bool is_abort(uint64_t esr)
{
    return standin_class(esr) == EC_DATA_ABORT || standin_class(esr) == EC_INSTRUCTION_ABORT;
}

// Has the vCPU used a page that the model maps, and goes on as if nothing had happened?
static bool is_shown(uint32_t vcpu)
{
    const uint64_t esr = read_esr_el2();
    const uint64_t fault = esr & FAULT_MASK;
    const bool writes = standin_class(esr) == EC_DATA_ABORT && standin_decode(standin_iss(esr)).is_write;

    return is_abort(esr) && (fault == FAULT_TRANSLATION || fault == FAULT_PERMISSION) &&
           standin_show_vcpu(vcpu, standin_fault_address(), writes ? STANDIN_WRITE : STANDIN_READ);
}

static void note_access(uint64_t iss, const uint64_t *x, struct gunyah_model_trap *trap)
{
    const struct standin_access access = standin_decode(iss);

    if (!access.is_described)
        return;
    standin_skip_instruction();
    trap->stop = access.is_write ? GUNYAH_MODEL_STOP_STORE : GUNYAH_MODEL_STOP_LOAD;
    trap->address = standin_fault_address();
    trap->size = access.bytes;
    if (access.is_write)
        trap->value = standin_stored(x, &access);
    else
        trap->target = access.number;
}

// Why the vCPU does not go on by itself. What the model knows no word for, it does again each time it runs.
static void note_stop(const uint64_t *x, struct gunyah_model_trap *trap)
{
    const uint64_t esr = read_esr_el2();
    const uint64_t class = standin_class(esr);

    if (class == EC_HVC || class == EC_SMC) {
        trap->stop = GUNYAH_MODEL_STOP_CALL;
        trap->smc = class == EC_SMC;
        trap->immediate = (uint16_t)esr;
    } else if (class == EC_WFI) {
        trap->stop = GUNYAH_MODEL_STOP_WAIT;
    } else if (class == EC_DATA_ABORT) {
        note_access(standin_iss(esr), x, trap);
    }
    // An hvc has executed.
    if (class == EC_SMC || class == EC_WFI)
        standin_skip_instruction();
}

static void take_registers(struct standin_context *context, const struct gunyah_model_guest *guest)
{
    standin_vcpu_reset(context, STANDIN_RUN, guest->pc);
    memcpy(context->x, guest->x, sizeof(guest->x));
    context->sp_el0 = guest->sp[0];
    context->sp_el1 = guest->sp[1];
}

static void give_registers(const struct standin_context *context, struct gunyah_model_guest *guest)
{
    guest->pc = context->elr_el2;
    memcpy(guest->x, context->x, sizeof(guest->x));
    guest->sp[0] = context->sp_el0;
    guest->sp[1] = context->sp_el1;
}

// Until it stops, or its time is over. With the guest's interrupt wfi would not trap.
static void execute(struct standin_context *context, uint32_t vcpu, struct gunyah_model_trap *trap)
{
    int how;

    write_hcr_el2(read_hcr_el2() & ~HCR_VI);
    standin_slice_begin(STANDIN_SLICE_RUN);
    do
        how = standin_enter(context);
    while (how == STANDIN_TRAPPED && is_shown(vcpu));
    if (how == STANDIN_TRAPPED)
        note_stop(context->x, trap);
    else
        standin_slice_end();
    standin_slice_begin(STANDIN_SLICE_GUEST);
}

void standin_run(void *context, uint32_t vcpu, struct gunyah_model_guest *guest, struct gunyah_model_trap *trap)
{
    struct standin_context *caller = standin_vcpu_current();
    const struct exception exception = save_exception();
    struct standin_context own;

    (void)context;
    standin_context_save(caller);
    standin_forget_pages();
    take_registers(&own, guest);
    standin_context_load(&own);
    execute(&own, vcpu, trap);
    standin_context_save(&own);
    give_registers(&own, guest);
    standin_context_load(caller);
    restore_exception(&exception);
}
