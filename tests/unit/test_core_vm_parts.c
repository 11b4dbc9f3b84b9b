// SPDX-License-Identifier: BSD-3-Clause
// What a provider without a driver answers where one is needed; and the values of MMIO exits.
#include "scripted_rm.h"

Test(core_vm_parts, the_resource_manager_has_none)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, GUNYAH_VM_STATE_LOAD);
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;
    struct gunyah_doorbell *bell = (struct gunyah_doorbell *)rm;
    struct gunyah_vcpu *vcpu = (struct gunyah_vcpu *)rm;
    const size_t requests = script_requests(rm);

    memory.length = 0x1000;
    cr_expect_eq(gunyah_vm_add_memory(vm, &memory, NULL), GUNYAH_ERR_UNSUPPORTED);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_UNSUPPORTED, "gunyah_vm_add_memory");
    cr_expect_eq(gunyah_vm_reclaim_memory(vm, (struct gunyah_memory_region){0, 0x1000}), GUNYAH_ERR_UNSUPPORTED);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_UNSUPPORTED, "gunyah_vm_reclaim_memory");
    cr_expect_eq(gunyah_vm_load_firmware(vm, "trustedvm"), GUNYAH_ERR_UNSUPPORTED);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_UNSUPPORTED, "gunyah_vm_load_firmware");
    cr_expect_eq(gunyah_vm_add_irq(vm, 1, false, &bell), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_null(bell);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_UNSUPPORTED, "gunyah_vm_add_irq");
    cr_expect_eq(gunyah_vm_add_notify(vm, &notify, &bell), GUNYAH_ERR_UNSUPPORTED);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_UNSUPPORTED, "gunyah_vm_add_notify");
    cr_expect_eq(gunyah_vcpu_open(vm, NULL, &vcpu), GUNYAH_ERR_UNSUPPORTED);
    cr_expect_null(vcpu);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_UNSUPPORTED, "gunyah_vcpu_open");
    cr_expect_eq(script_requests(rm), requests, "nobody was asked");
    script_close(rm, &vm);
}

Test(core_vm_parts, values)
{
    uint8_t data[8] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};
    struct gunyah_vcpu_exit seen = {.kind = GUNYAH_VCPU_EXIT_MMIO, .data = data, .is_write = true};
    static const struct {
        uint32_t length;
        uint64_t value;
    } rows[] = {{1, 0x11}, {2, 0x2211}, {4, 0x44332211}, {8, 0x8877665544332211}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        seen.length = rows[i].length;
        cr_expect_eq(gunyah_vcpu_exit_value(&seen), rows[i].value);
    }
    seen.is_write = false;
    seen.length = 2;
    cr_expect_eq(gunyah_vcpu_exit_value(&seen), 0u);
    gunyah_vcpu_exit_answer(&seen, 0xffffaabb);
    static const uint8_t answered[8] = {0xbb, 0xaa, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};
    cr_expect_arr_eq(data, answered, 8);
    seen.length = 8;
    gunyah_vcpu_exit_answer(&seen, 0x0102030405060708);
    cr_expect_eq(data[0], 8);
    cr_expect_eq(data[7], 1);
    seen.kind = GUNYAH_VCPU_EXIT_PAGE_FAULT;
    gunyah_vcpu_exit_answer(&seen, 0);
    cr_expect_eq(data[0], 8);
    cr_expect_eq(gunyah_vcpu_exit_value(NULL), 0u);
    gunyah_vcpu_exit_answer(NULL, 0);
}
