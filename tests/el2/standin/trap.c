// SPDX-License-Identifier: BSD-3-Clause
// What leads from the guest to the stand-in, and back.
#include "standin.h"

#include "../protocol.h"
#include "../semihosting.h"
#include "../sysreg.h"

#include <string.h>

SYSREG_READ(esr_el2)
SYSREG_READ(far_el2)
SYSREG_READ(hpfar_el2)
SYSREG_READ(midr_el1)
SYSREG_READ(mpidr_el1)
SYSREG_READ(vbar_el1)
SYSREG(elr_el2)
SYSREG(hcr_el2)
SYSREG(spsr_el2)
SYSREG(tpidr_el1)
SYSREG_WRITE(cnthctl_el2)
SYSREG_WRITE(cntvoff_el2)
SYSREG_WRITE(cptr_el2)
SYSREG_WRITE(elr_el1)
SYSREG_WRITE(esr_el1)
SYSREG_WRITE(far_el1)
SYSREG_WRITE(ich_hcr_el2)
SYSREG_WRITE(icc_sre_el2)
SYSREG_WRITE(sctlr_el1)
SYSREG_WRITE(spsr_el1)
SYSREG_WRITE(vmpidr_el2)
SYSREG_WRITE(vpidr_el2)
SYSREG_WRITE(vttbr_el2)

#define HCR_VM (UINT64_C(1) << 0)
#define HCR_SWIO (UINT64_C(1) << 1)
#define HCR_IMO (UINT64_C(1) << 4)
#define HCR_VI (UINT64_C(1) << 7)
#define HCR_DC (UINT64_C(1) << 12) // memory of a guest without MMU is cacheable
#define HCR_TWI (UINT64_C(1) << 13)
#define HCR_TSC (UINT64_C(1) << 19)
#define HCR_RW (UINT64_C(1) << 31)

#define SCTLR_EL1_RESET 0x30d00800u
#define CPTR_TRAP_NOTHING 0x33ffu
#define CNTHCTL_TRAP_NOTHING 0x3u
#define ICC_SRE_ALL 0xfu
#define ICH_HCR_TALL1 (UINT64_C(1) << 12) // the guest's ICC_*1_EL1 lead here

// Classes of exceptions.
#define EC_WFI 0x01
#define EC_HVC 0x16
#define EC_SMC 0x17
#define EC_SYSTEM_REGISTER 0x18
#define EC_INSTRUCTION_ABORT 0x20
#define EC_DATA_ABORT 0x24

// Syndromes of trapped system registers, without the general register.
#define READ_ICC_IAR1 0x303019
#define READ_ICC_HPPIR1 0x343019
#define WRITE_ICC_EOIR1 0x323018

#define INSTRUCTION_SIZE 4

_Noreturn void standin_stop(const char *why)
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
    semihosting_exit(1);
}

_Noreturn void standin_unexpected(void)
{
    standin_stop("an exception of its own");
}

void standin_start(uint64_t exception_level)
{
    if (exception_level != 2) {
        semihosting_write("stand-in: not started at EL2: the machine needs virtualization=on\n");
        semihosting_exit(1);
    }
    standin_memory_start();
    standin_map(STANDIN_FIRST_GUEST, EL2_GUEST_BASE, EL2_MEMORY_BASE, EL2_GUEST_SIZE);
    write_vttbr_el2(standin_stage2(STANDIN_FIRST_GUEST, STANDIN_FIRST_VMID));
    write_vpidr_el2(read_midr_el1());
    write_vmpidr_el2(read_mpidr_el1());
    write_sctlr_el1(SCTLR_EL1_RESET);
    write_tpidr_el1(STANDIN_OWNER);
    write_cptr_el2(CPTR_TRAP_NOTHING);
    write_cnthctl_el2(CNTHCTL_TRAP_NOTHING);
    write_cntvoff_el2(0);
    write_icc_sre_el2(ICC_SRE_ALL);
    write_ich_hcr_el2(ICH_HCR_TALL1);
    write_hcr_el2(HCR_VM | HCR_SWIO | HCR_IMO | HCR_DC | HCR_TWI | HCR_TSC | HCR_RW);
}

static unsigned speaker(void)
{
    const uint64_t vm = read_tpidr_el1();

    if (vm >= STANDIN_VMS)
        standin_stop("TPIDR_EL1 names no VM");
    return (unsigned)vm;
}

static void skip_instruction(void)
{
    write_elr_el2(read_elr_el2() + INSTRUCTION_SIZE);
}

// ELR_EL2 is the address after the instruction.
static void call(struct standin_frame *frame, enum gunyah_model_conduit conduit, uint16_t immediate)
{
    struct gunyah_model_registers registers;

    if (conduit == GUNYAH_MODEL_HVC && standin_test_call(immediate, frame->x))
        return;
    if (standin_machine.model == NULL)
        standin_stop("a call before there is a machine");
    if (standin_machine.silent) {
        frame->x[0] = UINT64_MAX;
        return;
    }
    memcpy(registers.x, frame->x, sizeof(registers.x));
    switch (gunyah_model_call(standin_machine.model, standin_machine.vms[speaker()].vm, 0, conduit, immediate,
                              &registers)) {
    case GUNYAH_MODEL_CLOBBERED:
        frame->x[9] = read_elr_el2();
        memset(&frame->x[10], 0, 8 * sizeof(frame->x[0]));
        break;
    case GUNYAH_MODEL_RETURNED:
        break;
    case GUNYAH_MODEL_NO_RETURN:
        standin_stop("the VM powered itself off");
    default:
        standin_stop("the call crashed the hypervisor");
    }
    memcpy(frame->x, registers.x, sizeof(registers.x));
}

// Register 31 of an instruction is the one that reads as zero.
static uint64_t read_register(const struct standin_frame *frame, unsigned number)
{
    return number == 31 ? 0 : frame->x[number];
}

static void write_register(struct standin_frame *frame, unsigned number, uint64_t value)
{
    if (number != 31)
        frame->x[number] = value;
}

// The CPU interface of the interrupt controller.
static void system_register(struct standin_frame *frame, uint64_t iss)
{
    const unsigned number = iss >> 5 & 31;

    switch (iss & ~UINT64_C(0x3e0)) {
    case READ_ICC_IAR1:
        write_register(frame, number, standin_gic_acknowledge(speaker()));
        break;
    case READ_ICC_HPPIR1:
        write_register(frame, number, standin_gic_highest(speaker()));
        break;
    case WRITE_ICC_EOIR1:
        standin_gic_end(speaker(), (uint32_t)read_register(frame, number));
        break;
    default:
        standin_stop("the guest used a system register that it does not have");
    }
    skip_instruction();
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

// The distributor of the interrupt controller: a word at a time.
static void data_abort(struct standin_frame *frame, uint64_t iss)
{
    const uint64_t address = (read_hpfar_el2() >> 4 << 12) | (read_far_el2() & 0xfff);
    const bool described = (iss >> 24 & 1) != 0;
    const bool is_word = (iss >> 22 & 3) == 2;
    const bool is_write = (iss >> 6 & 1) != 0;
    const unsigned number = iss >> 16 & 31;
    const uint32_t offset = (uint32_t)(address - EL2_GICD_BASE);

    if (address < EL2_GICD_BASE || address >= EL2_GICD_END || !described || !is_word) {
        reflect_abort(EC_DATA_ABORT);
        return;
    }
    if (is_write)
        standin_gicd_write(speaker(), offset, (uint32_t)read_register(frame, number));
    else
        write_register(frame, number, standin_gicd_read(speaker(), offset));
    skip_instruction();
}

static void wait_for_interrupt(void)
{
    if (!standin_gic_ready(speaker()) && !standin_time_skip())
        standin_stop("the guest waits for what nobody will send");
    skip_instruction();
}

static void handle(struct standin_frame *frame, uint64_t class, uint64_t iss)
{
    switch (class) {
    case EC_HVC:
        call(frame, GUNYAH_MODEL_HVC, (uint16_t)iss);
        break;
    case EC_SMC:
        // Trapped before it executes, unlike hvc.
        skip_instruction();
        call(frame, GUNYAH_MODEL_SMC, (uint16_t)iss);
        break;
    case EC_WFI:
        wait_for_interrupt();
        break;
    case EC_SYSTEM_REGISTER:
        system_register(frame, iss);
        break;
    case EC_DATA_ABORT:
        data_abort(frame, iss);
        break;
    case EC_INSTRUCTION_ABORT:
        reflect_abort(class);
        break;
    default:
        standin_stop("an exception of the guest that there should not be");
    }
}

void standin_trap(struct standin_frame *frame)
{
    const uint64_t esr = read_esr_el2();

    standin_time_pass();
    handle(frame, esr >> 26 & 0x3f, esr & 0x1ffffff);
    // The line to the guest: it is interrupted as soon as it is back and lets itself be.
    if (standin_machine.model != NULL && standin_gic_ready(speaker()))
        write_hcr_el2(read_hcr_el2() | HCR_VI);
    else
        write_hcr_el2(read_hcr_el2() & ~HCR_VI);
}
