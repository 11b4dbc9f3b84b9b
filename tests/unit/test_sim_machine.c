// SPDX-License-Identifier: BSD-3-Clause
// Making machines and VMs.

#include "sim_vm.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

// An allocator that counts, and that can fail.
struct counting {
    size_t left; // Allocations until it fails.
    size_t blocks;
    size_t bytes;
};

static void *counting_allocate(void *context, size_t size)
{
    struct counting *counting = context;

    if (counting->left == 0)
        return NULL;
    counting->left--;
    counting->blocks++;
    counting->bytes += size;
    return malloc(size);
}

static void counting_release(void *context, void *memory, size_t size)
{
    struct counting *counting = context;

    counting->blocks--;
    counting->bytes -= size;
    free(memory);
}

static struct gunyah_sim_options small_options(const struct gunyah_allocator *allocator)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;

    options.memory = 1 << 20;
    options.allocator = allocator;
    return options;
}

Test(sim_machine, creates_with_defaults)
{
    struct gunyah_sim *sim;

    cr_assert(eq(int, gunyah_sim_create(NULL, &sim), GUNYAH_OK));
    cr_assert(eq(u64, gunyah_sim_now(sim), 0));
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
    cr_assert(eq(ptr, sim, NULL));
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_ERR_HANDLE));
}

Test(sim_machine, null_pointers)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    struct gunyah_sim_vm *vm = gunyah_sim_root(sim);

    cr_assert(eq(int, gunyah_sim_create(NULL, NULL), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_destroy(NULL), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_add_vm(sim, NULL, NULL), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_add_vm(NULL, NULL, &vm), GUNYAH_ERR_NULL));
    cr_assert(eq(ptr, vm, NULL));
    cr_assert(eq(int, gunyah_sim_get_vm_info(NULL, &info), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_get_vm_info(gunyah_sim_root(sim), NULL), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_advance(NULL, 1), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_thread_done(NULL), GUNYAH_ERR_NULL));
    cr_assert(eq(u64, gunyah_sim_now(NULL), 0));
    cr_assert(eq(ptr, gunyah_sim_root(NULL), NULL));
    cr_assert(eq(ptr, (void *)gunyah_sim_backend(NULL), NULL));
    cr_assert(ne(ptr, (void *)gunyah_sim_last_error(NULL), NULL));
    gunyah_sim_destroy(&sim);
}

Test(sim_machine, sizes_of_option_structs)
{
    struct {
        struct gunyah_sim_options known;
        unsigned char unknown[8];
    } newer = {GUNYAH_SIM_OPTIONS_INIT, {0}};
    struct gunyah_sim *sim = (void *)&newer;

    newer.known.size = sizeof(newer);
    newer.unknown[7] = 1;
    cr_assert(eq(int, gunyah_sim_create(&newer.known, &sim), GUNYAH_ERR_OPTION));
    cr_assert(eq(ptr, sim, NULL));
    newer.unknown[7] = 0;
    cr_assert(eq(int, gunyah_sim_create(&newer.known, &sim), GUNYAH_OK));
    gunyah_sim_destroy(&sim);
    newer.known.size = sizeof(newer.known) - 1;
    cr_assert(eq(int, gunyah_sim_create(&newer.known, &sim), GUNYAH_ERR_OPTION));
}

static uint64_t configure_vic(struct gunyah_sim *sim, uint32_t vcpus)
{
    struct gunyah_sim_vm *root = gunyah_sim_root(sim);
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    uint64_t vic = 0;

    cr_assert(eq(int, gunyah_sim_get_vm_info(root, &info), GUNYAH_OK));
    cr_assert(eq(u64,
                 vm_call(root, GUNYAH_HYPERCALL_PARTITION_CREATE_VIC, info.partition.value, info.cspace.value, 0, &vic),
                 GUNYAH_HVERR_OK));
    return vm_call(root, GUNYAH_HYPERCALL_VIC_CONFIGURE, vic, vcpus, 0, NULL);
}

// A VM has at most as many vCPUs as the platform has processors, and those have a limit too.
Test(sim_machine, processors)
{
    static const struct {
        uint32_t processors;
        uint32_t vcpus;
    } rows[] = {{0, GUNYAH_VIC_MAX_VCPUS}, {1, 1}, {64, 64}};
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim *sim;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        options.max_vcpus = rows[i].processors;
        cr_assert(eq(int, gunyah_sim_create(&options, &sim), GUNYAH_OK));
        cr_assert(eq(u64, configure_vic(sim, rows[i].vcpus), GUNYAH_HVERR_OK));
        cr_assert(eq(u64, configure_vic(sim, rows[i].vcpus + 1), GUNYAH_HVERR_ARGUMENT_INVALID));
        gunyah_sim_destroy(&sim);
    }
    options.max_vcpus = 65;
    cr_assert(eq(int, gunyah_sim_create(&options, &sim), GUNYAH_ERR_OPTION));
    cr_assert(eq(ptr, sim, NULL));
}

Test(sim_machine, sizes_of_vm_structs)
{
    struct {
        struct gunyah_sim_vm_options known;
        unsigned char unknown[8];
    } newer = {GUNYAH_SIM_VM_OPTIONS_INIT, {0}};
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm *vm = (void *)&newer;

    newer.known.size = sizeof(newer);
    newer.unknown[0] = 1;
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &newer.known, &vm), GUNYAH_ERR_OPTION));
    cr_assert(eq(ptr, vm, NULL));
    newer.known.size = 0;
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &newer.known, &vm), GUNYAH_ERR_OPTION));
    newer.known.size = sizeof(newer);
    newer.unknown[0] = 0;
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &newer.known, &vm), GUNYAH_OK));
    info.size--;
    cr_assert(eq(int, gunyah_sim_get_vm_info(vm, &info), GUNYAH_ERR_OPTION));
    cr_assert(eq(u16, info.vmid.value, 0));
    gunyah_sim_destroy(&sim);
}

Test(sim_machine, too_little_memory)
{
    struct counting counting = {100, 0, 0};
    const struct gunyah_allocator allocator = {&counting, counting_allocate, counting_release};
    struct gunyah_sim_options options = small_options(&allocator);
    struct gunyah_sim *sim;

    options.memory = 64;
    cr_assert(eq(int, gunyah_sim_create(&options, &sim), GUNYAH_ERR_NO_MEMORY));
    cr_assert(eq(ptr, sim, NULL));
    cr_assert(eq(sz, counting.bytes, 0));
}

Test(sim_machine, memory_runs_out_when_vms_are_added)
{
    struct gunyah_sim_options options = small_options(NULL);
    struct gunyah_sim_vm_options vm_options = GUNYAH_SIM_VM_OPTIONS_INIT;
    enum gunyah_error error = GUNYAH_OK;
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *vm;
    unsigned added = 0;

    vm_options.privileged = true;
    options.memory = 200 << 10;
    cr_assert(eq(int, gunyah_sim_create(&options, &sim), GUNYAH_OK));
    while (error == GUNYAH_OK && added < 254) {
        error = gunyah_sim_add_vm(sim, &vm_options, &vm);
        added++;
    }
    cr_assert(eq(int, error, GUNYAH_ERR_NO_MEMORY));
    cr_assert(eq(ptr, vm, NULL));
    cr_assert(gt(uint, added, 1));
    cr_assert(ne(ptr, strstr(gunyah_sim_last_error(sim), "memory"), NULL));
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
}

Test(sim_machine, every_allocation_may_fail_and_all_is_given_back)
{
    struct counting counting = {0, 0, 0};
    const struct gunyah_allocator allocator = {&counting, counting_allocate, counting_release};
    const struct gunyah_sim_options options = small_options(&allocator);
    struct gunyah_sim *sim = NULL;
    size_t needed = 0;

    for (counting.left = 0; gunyah_sim_create(&options, &sim) == GUNYAH_ERR_OUT_OF_MEMORY; counting.left = needed) {
        cr_assert(eq(ptr, sim, NULL));
        cr_assert(eq(sz, counting.bytes, 0));
        needed++;
    }
    cr_assert(ne(ptr, sim, NULL));
    cr_assert(eq(sz, needed, 3));

    struct gunyah_sim_vm *vm;
    counting.left = 0;
    cr_assert(eq(int, gunyah_sim_add_vm(sim, NULL, &vm), GUNYAH_ERR_OUT_OF_MEMORY));
    counting.left = 1;
    cr_assert(eq(int, gunyah_sim_add_vm(sim, NULL, &vm), GUNYAH_OK));

    const struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;
    counting.left = 2;
    cr_assert(eq(int, gunyah_sim_add_fault(sim, &fault), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_add_fault(sim, &fault), GUNYAH_OK));
    cr_assert(eq(sz, counting.blocks, 6));
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
    cr_assert(eq(sz, counting.blocks, 0));
    cr_assert(eq(sz, counting.bytes, 0));
}

Test(sim_machine, allocator_needs_both_functions)
{
    const struct gunyah_allocator allocator = {NULL, counting_allocate, NULL};
    const struct gunyah_sim_options options = small_options(&allocator);
    struct gunyah_sim *sim;

    cr_assert(eq(int, gunyah_sim_create(&options, &sim), GUNYAH_ERR_NULL));
}

Test(sim_machine, vmids)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    struct gunyah_sim_vm *vm;

    options.vmid = gunyah_vmid(255);
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_ERR_ARGUMENT_INVALID));
    options.vmid = gunyah_vmid(1);
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_ERR_BUSY));
    cr_assert(eq(ptr, vm, NULL));
    options.vmid = gunyah_vmid(254);
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_OK));
    options.vmid = gunyah_vmid(0);
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_get_vm_info(vm, &info), GUNYAH_OK));
    cr_assert(eq(u16, info.vmid.value, 2));
    cr_assert(eq(str, (char *)info.name, "vm2"));
    gunyah_sim_destroy(&sim);
}

Test(sim_machine, all_vmids_can_be_used)
{
    struct gunyah_sim_options machine = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *vm;

    machine.memory = (size_t)64 << 20;
    cr_assert(eq(int, gunyah_sim_create(&machine, &sim), GUNYAH_OK));
    for (int i = 1; i <= 254; i++)
        cr_assert(eq(int, gunyah_sim_add_vm(sim, NULL, &vm), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_add_vm(sim, NULL, &vm), GUNYAH_ERR_BUSY));
    gunyah_sim_destroy(&sim);
}

Test(sim_machine, names)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    struct gunyah_sim_vm *vm;
    char name[17] = "0123456789abcdef";

    options.name = name;
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_ERR_ARGUMENT_INVALID));
    options.name = "";
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_ERR_ARGUMENT_INVALID));
    options.name = "two\nlines";
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_ERR_ARGUMENT_INVALID));
    name[15] = '\0';
    options.name = name;
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_OK));
    memset(name, 'x', 15);
    cr_assert(eq(int, gunyah_sim_get_vm_info(vm, &info), GUNYAH_OK));
    cr_assert(eq(str, (char *)info.name, "0123456789abcde"));
    gunyah_sim_destroy(&sim);
}

Test(sim_machine, max_caps)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm *vm;

    options.max_caps = GUNYAH_CSPACE_MAX_CAPS + 1;
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_ERR_ARGUMENT_INVALID));
    cr_assert(ne(ptr, (void *)strstr(gunyah_sim_last_error(sim), "max_caps"), NULL));
    options.max_caps = GUNYAH_CSPACE_MAX_CAPS;
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_OK));
    options.privileged = true;
    options.max_caps = 2;
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_ERR_ARGUMENT_INVALID));
    options.max_caps = 3;
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_OK));
    gunyah_sim_destroy(&sim);
}

Test(sim_machine, what_a_vm_holds_of_itself)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    struct gunyah_sim_vm *vm;
    uint64_t doorbell;

    gunyah_sim_get_vm_info(new_vm(sim, 1), &info);
    cr_assert(eq(u64, info.partition.value, GUNYAH_CAPID_INVALID));
    cr_assert(eq(u64, info.cspace.value, GUNYAH_CAPID_INVALID));
    cr_assert(eq(u64, info.vic.value, GUNYAH_CAPID_INVALID));

    // A privileged VM can make an object, activate it, and bind it to an interrupt of its own.
    options.privileged = true;
    cr_assert(eq(int, gunyah_sim_add_vm(sim, &options, &vm), GUNYAH_OK));
    gunyah_sim_get_vm_info(vm, &info);
    cr_assert(eq(
        u64,
        vm_call(vm, GUNYAH_HYPERCALL_PARTITION_CREATE_DOORBELL, info.partition.value, info.cspace.value, 0, &doorbell),
        GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_call(vm, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, doorbell, 0, 0, NULL), GUNYAH_HVERR_OK));
    cr_assert(
        eq(u64, vm_call(vm, GUNYAH_HYPERCALL_DOORBELL_BIND_VIRQ, doorbell, info.vic.value, 40, NULL), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_ring(vm, gunyah_capid(doorbell), 1), GUNYAH_HVERR_OK));
    cr_assert(eq(int, vm_wait_one(vm, 40, 0), GUNYAH_OK));
    gunyah_sim_destroy(&sim);
}

Test(sim_machine, root_vm)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm *root = gunyah_sim_root(sim);
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    uint64_t cap;

    cr_assert(eq(int, gunyah_sim_get_vm_info(root, &info), GUNYAH_OK));
    cr_assert(eq(u16, info.vmid.value, 255));
    cr_assert(eq(str, (char *)info.name, "root"));
    cr_assert(
        eq(u64,
           vm_call(root, GUNYAH_HYPERCALL_PARTITION_CREATE_MSGQUEUE, info.partition.value, info.cspace.value, 0, &cap),
           GUNYAH_HVERR_OK));
    cr_assert(ne(u64, info.vic.value, GUNYAH_CAPID_INVALID));
    gunyah_sim_destroy(&sim);
}

Test(sim_machine, last_error_is_about_the_last_failure)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm *vm;
    const char *before = gunyah_sim_last_error(sim);
    const char *after;

    options.vmid = gunyah_vmid(300);
    gunyah_sim_add_vm(sim, &options, &vm);
    after = gunyah_sim_last_error(sim);
    cr_assert(ne(str, (char *)after, (char *)before));
    cr_assert(ne(ptr, strstr(after, "VMID"), NULL));
    gunyah_sim_add_vm(sim, NULL, &vm);
    cr_assert(eq(ptr, (void *)gunyah_sim_last_error(sim), (void *)after));
    gunyah_sim_destroy(&sim);
}

Test(sim_machine, one_session_a_vm)
{
    struct gunyah_sim *sim = new_sim(1);
    const struct gunyah_backend *root = gunyah_sim_backend(gunyah_sim_root(sim));
    const struct gunyah_backend *vm = gunyah_sim_backend(new_vm(sim, 1));

    cr_assert(eq(int, vm->ops->open(vm->context), GUNYAH_OK));
    cr_assert(eq(int, vm->ops->open(vm->context), GUNYAH_ERR_IN_USE));
    cr_assert(eq(int, root->ops->open(root->context), GUNYAH_OK));
    vm->ops->close(vm->context);
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_ERR_IN_USE));
    cr_assert(ne(ptr, sim, NULL));
    cr_assert(eq(int, vm->ops->open(vm->context), GUNYAH_OK));
    vm->ops->close(vm->context);
    root->ops->close(root->context);
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
}
