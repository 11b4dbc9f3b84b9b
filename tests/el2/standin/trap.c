// SPDX-License-Identifier: BSD-3-Clause
// What leads from the guest to the stand-in, and back.
#include "standin.h"
#include "syndrome.h"

#include "../protocol.h"
#include "../semihosting.h"

#include <string.h>

SYSREG_READ(vbar_el1)
SYSREG(spsr_el2)
SYSREG_WRITE(elr_el1)
SYSREG_WRITE(esr_el1)
SYSREG_WRITE(far_el1)
SYSREG_WRITE(spsr_el1)

// Syndromes of trapped system registers, without the general register.
#define READ_ICC_IAR1 0x303019
#define READ_ICC_HPPIR1 0x343019
#define WRITE_ICC_EOIR1 0x323018
#define READ_ICC_BPR1 0x363019
#define WRITE_ICC_BPR1 0x363018
#define READ_ICC_IGRPEN1 0x3e3019
#define WRITE_ICC_IGRPEN1 0x3e3018

_Noreturn void standin_end(int status, const char *why)
{
    semihosting_write("stand-in: ");
    semihosting_write(why);
    semihosting_write(" (ESR_EL2 ");
    semihosting_write_hex(read_esr_el2());
    semihosting_write(", ELR_EL2 ");
    semihosting_write_hex(read_elr_el2());
    semihosting_write(", FAR_EL2 ");
    semihosting_write_hex(read_far_el2());
    semihosting_write(")\n");
    semihosting_exit(status);
}

_Noreturn void standin_stop(const char *why)
{
    standin_end(EL2_EXIT_FAILURE, why);
}

_Noreturn void standin_unexpected(void)
{
    standin_stop("an exception of its own");
}

static bool is_yield(enum gunyah_model_conduit conduit, uint16_t immediate, const struct standin_context *context)
{
    if (immediate == 0)
        return context->x[0] == (GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_SCHEDULER_YIELD);
    return conduit == GUNYAH_MODEL_HVC && immediate == GUNYAH_IMMEDIATE_BASE + GUNYAH_HYPERCALL_SCHEDULER_YIELD;
}

// ELR_EL2 is the address after the instruction.
static void call(struct standin_context *context, enum gunyah_model_conduit conduit, uint16_t immediate)
{
    struct gunyah_model_registers registers;

    if (conduit == GUNYAH_MODEL_HVC && standin_test_call(immediate, context->x))
        return;
    if (standin_machine.model == NULL)
        standin_stop("a call before there is a machine");
    if (standin_machine.silent) {
        context->x[0] = UINT64_MAX;
        return;
    }
    const bool yields = is_yield(conduit, immediate, context);
    memcpy(registers.x, context->x, sizeof(registers.x));
    switch (gunyah_model_call(standin_machine.model, standin_machine.vms[standin_speaker()].vm, 0, conduit, immediate,
                              &registers)) {
    case GUNYAH_MODEL_CLOBBERED:
        context->x[9] = read_elr_el2();
        memset(&context->x[10], 0, 8 * sizeof(context->x[0]));
        break;
    case GUNYAH_MODEL_RETURNED:
        break;
    case GUNYAH_MODEL_NO_RETURN:
        // The guest goes on as another one of its VMs.
        if (standin_speaker() != STANDIN_MADE)
            standin_vcpu_power_off();
        return;
    default:
        standin_end(EL2_EXIT_CRASHED, "the call crashed the hypervisor");
    }
    memcpy(context->x, registers.x, sizeof(registers.x));
    if (yields && registers.x[0] == GUNYAH_HVERR_OK)
        standin_vcpu_end_turn();
}

// Register 31 of an instruction is the one that reads as zero.
static uint64_t read_register(const struct standin_context *context, unsigned number)
{
    return number == 31 ? 0 : context->x[number];
}

static void write_register(struct standin_context *context, unsigned number, uint64_t value)
{
    if (number != 31)
        context->x[number] = value;
}

// The CPU interface of the interrupt controller. What concerns both groups (ICC_SRE, ICC_PMR, ICC_CTLR) does not lead here:
// the machine's virtual interface keeps it, to no effect.
static void system_register(struct standin_context *context, uint64_t iss)
{
    const unsigned number = iss >> 5 & 31;

    switch (iss & ~UINT64_C(0x3e0)) {
    case READ_ICC_IAR1:
        write_register(context, number, standin_gic_acknowledge(standin_speaker()));
        break;
    case READ_ICC_HPPIR1:
        write_register(context, number, standin_gic_highest(standin_speaker()));
        break;
    case WRITE_ICC_EOIR1:
        standin_gic_end(standin_speaker(), (uint32_t)read_register(context, number));
        break;
    case READ_ICC_BPR1:
        write_register(context, number, *standin_gic_binary_point(standin_speaker()));
        break;
    case WRITE_ICC_BPR1:
        *standin_gic_binary_point(standin_speaker()) = (uint32_t)read_register(context, number);
        break;
    case READ_ICC_IGRPEN1:
        write_register(context, number, *standin_gic_group_enable(standin_speaker()));
        break;
    case WRITE_ICC_IGRPEN1:
        *standin_gic_group_enable(standin_speaker()) = (uint32_t)read_register(context, number);
        break;
    default:
        standin_stop("the guest used a system register that it does not have");
    }
    standin_skip_instruction();
}

// The guest gets an external abort, as from a bus where nobody answers.
static void reflect_abort(uint64_t class)
{
    const uint64_t same_level = class + 1;
    const uint64_t external_abort = 0x10;
    const uint64_t long_instruction = UINT64_C(1) << 25;

    write_esr_el1(same_level << 26 | long_instruction | external_abort);
    write_far_el1(read_far_el2());
    write_elr_el1(read_elr_el2());
    write_spsr_el1(read_spsr_el2());
    write_elr_el2(read_vbar_el1() + 0x200);
    write_spsr_el2(0x3c5);
}

// A register of the distributor or the redistributor.
static void access_gic(struct standin_context *context, uint64_t address, const struct standin_access *access)
{
    if (access->is_write)
        standin_gic_write(standin_speaker(), address, standin_stored(context->x, access));
    else
        write_register(context, access->number, standin_gic_read(standin_speaker(), address));
    standin_skip_instruction();
}

// A store that memory does not take. Returns false if no device of the model does.
static bool store(uint32_t vm, const struct standin_context *context, uint64_t address,
                  const struct standin_access *access)
{
    switch (gunyah_model_store(standin_machine.model, vm, address, access->bytes, standin_stored(context->x, access))) {
    case GUNYAH_MODEL_STORE_DONE:
        return true;
    case GUNYAH_MODEL_STORE_CRASHED:
        standin_end(EL2_EXIT_CRASHED, "the store crashed the hypervisor");
    default:
        return false;
    }
}

// A load from where there is no memory, likewise.
static bool load(uint32_t vm, struct standin_context *context, uint64_t address, const struct standin_access *access)
{
    uint64_t value;

    if (!gunyah_model_load_register(standin_machine.model, vm, address, access->bytes, &value))
        return false;
    write_register(context, access->number, standin_loaded(value, access));
    return true;
}

// An access to a device of the model. Returns false if there is none.
static bool access_device(struct standin_context *context, uint64_t address, const struct standin_access *access)
{
    const uint32_t vm = standin_machine.vms[standin_machine.platform ? STANDIN_OWNER : standin_speaker()].vm;

    if (standin_machine.model == NULL || !gunyah_model_vm_exists(standin_machine.model, vm) ||
        !(access->is_write ? store(vm, context, address, access) : load(vm, context, address, access)))
        return false;
    standin_skip_instruction();
    return true;
}

static void data_abort(struct standin_context *context, uint64_t iss)
{
    const uint64_t address = standin_fault_address();
    const struct standin_access access = standin_decode(iss);

    if (standin_show(address, access.is_write ? STANDIN_WRITE : STANDIN_READ))
        return;
    if (access.is_described && standin_gic_has(address, access.bytes))
        access_gic(context, address, &access);
    else if (!access.is_described || !access_device(context, address, &access))
        reflect_abort(EC_DATA_ABORT);
}

static void handle(struct standin_context *context, uint64_t class, uint64_t iss)
{
    switch (class) {
    case EC_HVC:
        call(context, GUNYAH_MODEL_HVC, (uint16_t)iss);
        break;
    case EC_SMC:
        // Trapped before it executes, unlike hvc.
        standin_skip_instruction();
        call(context, GUNYAH_MODEL_SMC, (uint16_t)iss);
        break;
    case EC_WFI:
        standin_skip_instruction();
        standin_vcpu_wait();
        break;
    case EC_SYSTEM_REGISTER:
        system_register(context, iss);
        break;
    case EC_DATA_ABORT:
        data_abort(context, iss);
        break;
    case EC_INSTRUCTION_ABORT:
        reflect_abort(class);
        break;
    default:
        standin_stop("an exception of the guest that there should not be");
    }
}

// The line to the guest that goes on: it is interrupted as soon as it is back and lets itself be.
static struct standin_context *go_on(void)
{
    struct standin_context *next = standin_vcpu_next();

    if (standin_machine.model != NULL && standin_gic_ready(standin_speaker()))
        write_hcr_el2(read_hcr_el2() | HCR_VI);
    else
        write_hcr_el2(read_hcr_el2() & ~HCR_VI);
    return next;
}

// What happens by itself meanwhile may change what is mapped, as calls do: pages are shown anew as they are used.
static void pass_time(void)
{
    standin_time_pass();
    standin_forget_pages();
}

struct standin_context *standin_trap(struct standin_context *context)
{
    const uint64_t esr = read_esr_el2();

    pass_time();
    handle(context, standin_class(esr), standin_iss(esr));
    return go_on();
}

struct standin_context *standin_interrupt(void)
{
    standin_slice_end();
    pass_time();
    standin_vcpu_end_turn();
    return go_on();
}
