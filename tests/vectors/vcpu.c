// SPDX-License-Identifier: BSD-3-Clause
// vCPUs and the scheduler.
#include "wire.h"

static void power(struct wire *wire, gunyah_capid_t vcpu)
{
    struct gunyah *g = wire->g;
    const gunyah_vcpu_option_flags_t options = {0xd4d4d4d4d4d4d4d4};
    const gunyah_vcpu_poweron_flags_t on = {0xf6f6f6f6f6f6f6f6};
    const gunyah_vcpu_poweroff_flags_t off = {0xd4d4d4d4d4d4d4d4};

    const int32_t r34 = gunyah_hypercall_vcpu_configure(g, vcpu, options);
    gunyah_wire_expect(wire, r34, "vcpu_configure", 0x6034, 0xc6008034, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4, 0}});

    // Neither has a reserved word.
    const int32_t r38 = gunyah_hypercall_vcpu_poweron(g, vcpu, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5, on);
    gunyah_wire_expect(
        wire, r38, "vcpu_poweron", 0x6038, 0xc6008038, 1,
        (struct words){4, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5, 0xf6f6f6f6f6f6f6f6}});

    const int32_t r39 = gunyah_hypercall_vcpu_poweroff(g, vcpu, off);
    gunyah_wire_expect(wire, r39, "vcpu_poweroff", 0x6039, 0xc6008039, 1,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4}});

    const int32_t r3a = gunyah_hypercall_vcpu_kill(g, vcpu);
    gunyah_wire_expect(wire, r3a, "vcpu_kill", 0x603a, 0xc600803a, 1, (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});
}

static void schedule(struct wire *wire, gunyah_capid_t vcpu)
{
    struct gunyah *g = wire->g;
    const gunyah_scheduler_yield_control_t control = {0x91919191};

    const int32_t r3b = gunyah_hypercall_scheduler_yield(g, control, 0xd4d4d4d4d4d4d4d4);
    gunyah_wire_expect(wire, r3b, "scheduler_yield", 0x603b, 0xc600803b, 1,
                       (struct words){3, {0x91919191, 0xd4d4d4d4d4d4d4d4, 0}});

    // The reserved word is all ones.
    const int32_t r3d = gunyah_hypercall_vcpu_set_affinity(g, vcpu, 0x9595);
    gunyah_wire_expect(wire, r3d, "vcpu_set_affinity", 0x603d, 0xc600803d, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0x9595, 0xffffffffffffffff}});

    // Neither has a reserved word.
    const int32_t r46 = gunyah_hypercall_vcpu_set_priority(g, vcpu, 0x91919191);
    gunyah_wire_expect(wire, r46, "vcpu_set_priority", 0x6046, 0xc6008046, 1,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0x91919191}});

    const int32_t r47 = gunyah_hypercall_vcpu_set_timeslice(g, vcpu, 0xd4d4d4d4d4d4d4d4);
    gunyah_wire_expect(wire, r47, "vcpu_set_timeslice", 0x6047, 0xc6008047, 1,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4}});
}

static void interrupts_and_registers(struct wire *wire, gunyah_capid_t vcpu)
{
    struct gunyah *g = wire->g;
    const gunyah_capid_t vic = {0xb2b2b2b2b2b2b2b2};
    const enum gunyah_vcpu_virq_type type = (enum gunyah_vcpu_virq_type)0x92929292;
    const enum gunyah_vcpu_register_set set = (enum gunyah_vcpu_register_set)0x92929292;

    const int32_t r5c = gunyah_hypercall_vcpu_bind_virq(g, vcpu, vic, gunyah_virq(0x91919191), type);
    gunyah_wire_expect(wire, r5c, "vcpu_bind_virq", 0x605c, 0xc600805c, 1,
                       (struct words){5, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0x91919191, 0x92929292, 0}});

    const int32_t r5d = gunyah_hypercall_vcpu_unbind_virq(g, vcpu, type);
    gunyah_wire_expect(wire, r5d, "vcpu_unbind_virq", 0x605d, 0xc600805d, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0x92929292, 0}});

    const int32_t r64 = gunyah_hypercall_vcpu_register_write(g, vcpu, set, 0x93939393, 0xd4d4d4d4d4d4d4d4);
    gunyah_wire_expect(wire, r64, "vcpu_register_write", 0x6064, 0xc6008064, 1,
                       (struct words){5, {0xa1a1a1a1a1a1a1a1, 0x92929292, 0x93939393, 0xd4d4d4d4d4d4d4d4, 0}});
}

static void run(struct wire *wire, gunyah_capid_t vcpu)
{
    struct gunyah *g = wire->g;

    const struct gunyah_vcpu_run_result r65 =
        gunyah_hypercall_vcpu_run(g, vcpu, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5, 0xf6f6f6f6f6f6f6f6);
    gunyah_wire_expect(
        wire, r65.error, "vcpu_run", 0x6065, 0xc6008065, 5,
        (struct words){5, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4, 0xe5e5e5e5e5e5e5e5, 0xf6f6f6f6f6f6f6f6, 0}});
    cr_expect_eq((uint32_t)r65.vcpu_state, 0x81111111);
    cr_expect_eq(r65.state_data_0, 0x2222222282222222);
    cr_expect_eq(r65.state_data_1, 0x3333333383333333);
    cr_expect_eq(r65.state_data_2, 0x4444444484444444);

    const struct gunyah_vcpu_run_check_result r68 = gunyah_hypercall_vcpu_run_check(g, vcpu);
    gunyah_wire_expect(wire, r68.error, "vcpu_run_check", 0x6068, 0xc6008068, 5,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});
    cr_expect_eq((uint32_t)r68.vcpu_state, 0x81111111);
    cr_expect_eq(r68.state_data_0, 0x2222222282222222);
    cr_expect_eq(r68.state_data_1, 0x3333333383333333);
    cr_expect_eq(r68.state_data_2, 0x4444444484444444);
}

void gunyah_vectors_vcpu(struct wire *wire)
{
    const gunyah_capid_t vcpu = {0xa1a1a1a1a1a1a1a1};

    power(wire, vcpu);
    schedule(wire, vcpu);
    interrupts_and_registers(wire, vcpu);
    run(wire, vcpu);
}

Test(vectors, vcpu)
{
    gunyah_wire_run(gunyah_vectors_vcpu);
}
