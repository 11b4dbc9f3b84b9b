// SPDX-License-Identifier: BSD-3-Clause
// Positions of the fields of every bitfield, through its accessors.
#include <gunyah/gunyah.h>

#include <criterion/criterion.h>

#include <string.h>

// A field covers exactly the bits of mask: setting it changes no other bit, and a value that is too large is cut off.
#define FIELD(type, field, mask)                                                                                       \
    do {                                                                                                               \
        const uint64_t lowest = UINT64_C(mask) & (0 - UINT64_C(mask));                                                 \
        gunyah_##type##_t none, all;                                                                                   \
        memset(&none, 0x00, sizeof(none));                                                                             \
        memset(&all, 0xff, sizeof(all));                                                                               \
        cr_expect_eq(gunyah_##type##_with_##field(none, all.bits).bits, UINT64_C(mask), #type "." #field);             \
        cr_expect_eq(gunyah_##type##_with_##field(all, 0).bits, all.bits & ~UINT64_C(mask), #type "." #field);         \
        cr_expect_eq(gunyah_##type##_with_##field(none, 1).bits, lowest, #type "." #field);                            \
        cr_expect_eq(gunyah_##type##_get_##field(all), UINT64_C(mask) / lowest, #type "." #field);                     \
        cr_expect_eq(gunyah_##type##_get_##field(gunyah_##type##_with_##field(none, 1)), 1u, #type "." #field);        \
        cr_expect_eq(gunyah_##type##_get_##field(gunyah_##type##_with_##field(all, 0)), 0u, #type "." #field);         \
    } while (0)

Test(bitfields, identity)
{
    FIELD(hyp_api_info, api_version, 0x0000000000003fff);
    FIELD(hyp_api_info, big_endian, 0x0000000000004000);
    FIELD(hyp_api_info, is_64bit, 0x0000000000008000);
    FIELD(hyp_api_info, variant, 0xff00000000000000);

    FIELD(hyp_api_flags0, partition_cspace, 0x1);
    FIELD(hyp_api_flags0, doorbell, 0x2);
    FIELD(hyp_api_flags0, msgqueue, 0x4);
    FIELD(hyp_api_flags0, vic, 0x8);
    FIELD(hyp_api_flags0, vpm, 0x10);
    FIELD(hyp_api_flags0, vcpu, 0x20);
    FIELD(hyp_api_flags0, memextent, 0x40);
    FIELD(hyp_api_flags0, trace_ctrl, 0x80);
    FIELD(hyp_api_flags0, watchdog, 0x100);
    FIELD(hyp_api_flags0, virtio_mmio, 0x200);
    FIELD(hyp_api_flags0, prng, 0x400);
    FIELD(hyp_api_flags0, vcpu_run, 0x800);
    FIELD(hyp_api_flags0, reserved_16, 0x10000);
    FIELD(hyp_api_flags0, scheduler, 0xf0000000);
}

// What the open hypervisor answers.
Test(bitfields, open_hypervisor)
{
    const gunyah_hyp_api_info_t info = {0x5100000000008001};
    const gunyah_hyp_api_flags0_t flags = {0x10000eff};

    cr_expect_eq(gunyah_hyp_api_info_get_api_version(info), 1u);
    cr_expect_eq(gunyah_hyp_api_info_get_big_endian(info), 0u);
    cr_expect_eq(gunyah_hyp_api_info_get_is_64bit(info), 1u);
    cr_expect_eq(gunyah_hyp_api_info_get_variant(info), 0x51u);
    cr_expect_eq(gunyah_hyp_api_flags0_get_watchdog(flags), 0u);
    cr_expect_eq(gunyah_hyp_api_flags0_get_vcpu_run(flags), 1u);
    cr_expect_eq(gunyah_hyp_api_flags0_get_scheduler(flags), 1u);
}

Test(bitfields, capabilities_and_queues)
{
    FIELD(cap_info, state, 0x00000003);
    FIELD(cap_info, type, 0x0000ff00);
    FIELD(cap_info, master, 0x80000000);

    FIELD(msgqueue_create_info, depth, 0x000000000000ffff);
    FIELD(msgqueue_create_info, max_message_size, 0x00000000ffff0000);
    FIELD(msgqueue_send_flags, push, 0x00000001);
}

Test(bitfields, memory)
{
    FIELD(addrspace_map_flags, partial, 0x00000001);
    FIELD(addrspace_map_flags, private, 0x00000002);
    FIELD(addrspace_map_flags, vmmio, 0x00000004);
    FIELD(addrspace_map_flags, no_sync, 0x80000000);

    FIELD(memextent_mapping_attrs, user_access, 0x00000007);
    FIELD(memextent_mapping_attrs, kernel_access, 0x00000070);
    FIELD(memextent_mapping_attrs, memtype, 0x00ff0000);
    FIELD(memextent_access_attrs, user_access, 0x00000007);
    FIELD(memextent_access_attrs, kernel_access, 0x00000070);

    FIELD(addrspace_attach_vdevice_flags, gicr_last_valid, 0x1);
    FIELD(addrspace_attach_vdevice_flags, gicr_last, 0x2);

    FIELD(memextent_attrs, access, 0x00000007);
    FIELD(memextent_attrs, memtype, 0x00000300);
    FIELD(memextent_attrs, type, 0x00030000);
    FIELD(memextent_attrs, append, 0x80000000);
    FIELD(memextent_modify_flags, op, 0x000000ff);
    FIELD(memextent_modify_flags, no_sync, 0x80000000);
    FIELD(memextent_donate_options, type, 0x000000ff);
    FIELD(memextent_donate_options, no_sync, 0x80000000);
}

Test(bitfields, vcpu)
{
    FIELD(vic_option_flags, max_msis_valid, 0x1);
    FIELD(vic_option_flags, disable_default_addr, 0x2);

    FIELD(vcpu_option_flags, pinned, 0x1);
    FIELD(vcpu_option_flags, ras_error_handler, 0x2);
    FIELD(vcpu_option_flags, amu_counting_disabled, 0x4);
    FIELD(vcpu_option_flags, sve_allowed, 0x8);
    FIELD(vcpu_option_flags, debug_allowed, 0x10);
    FIELD(vcpu_option_flags, trace_allowed, 0x20);
    FIELD(vcpu_option_flags, critical, 0x100);
    FIELD(vcpu_option_flags, vcpu_run_scheduled, 0x200);
    FIELD(vcpu_option_flags, hlos_vm, 0x8000000000000000);

    FIELD(vcpu_poweron_flags, preserve_entry_point, 0x1);
    FIELD(vcpu_poweron_flags, preserve_context, 0x2);
    FIELD(vcpu_poweroff_flags, last_vcpu, 0x1);
    FIELD(scheduler_yield_control, hint, 0x0000ffff);
    FIELD(scheduler_yield_control, impl_def, 0x80000000);
    FIELD(vpm_group_option_flags, no_aggregation, 0x1);
}

Test(bitfields, devices)
{
    FIELD(virtio_option_flags, valid_device_type, 0x40);
    FIELD(virtio_mmio_notify_reason, new_buffer, 0x1);
    FIELD(virtio_mmio_notify_reason, reset_rqst, 0x2);
    FIELD(virtio_mmio_notify_reason, driver_ok, 0x8);
    FIELD(virtio_mmio_notify_reason, failed, 0x10);
    FIELD(virtio_input_devids, bus, 0x000000000000ffff);
    FIELD(virtio_input_devids, vendor, 0x00000000ffff0000);
    FIELD(virtio_input_devids, product, 0x0000ffff00000000);
    FIELD(virtio_input_devids, version, 0xffff000000000000);
    FIELD(watchdog_option_flags, critical_bite, 0x1);
    FIELD(watchdog_bind_option_flags, bite, 0x1);
    FIELD(watchdog_control, enable, 0x1);
    FIELD(watchdog_control, must_be_one, 0x2);
    FIELD(watchdog_status, enabled, 0x1);
    FIELD(watchdog_status, expired, 0x80000000);
}

Test(bitfields, smccc_function_id)
{
    FIELD(smccc_function_id, function, 0x0000ffff);
    FIELD(smccc_function_id, sve_hint, 0x00010000);
    FIELD(smccc_function_id, owner, 0x3f000000);
    FIELD(smccc_function_id, is_64bit, 0x40000000);
    FIELD(smccc_function_id, fast, 0x80000000);
}
