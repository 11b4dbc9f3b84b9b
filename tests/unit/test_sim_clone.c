// SPDX-License-Identifier: BSD-3-Clause
// A second machine in the same state.

#include "sim_state.h"

static struct gunyah_sim *clone_of(struct gunyah_sim *sim)
{
    struct gunyah_sim *copy;

    cr_assert(eq(int, gunyah_sim_clone(sim, &copy), GUNYAH_OK), "%s", gunyah_sim_last_error(sim));
    return copy;
}

Test(sim_clone, goes_on_as_the_original_does)
{
    static struct state_text one;
    static struct state_text other;
    struct state state = new_state();
    struct gunyah_sim *copy = clone_of(state.sim);

    go_on(&state, state.sim, &one);
    go_on(&state, copy, &other);
    cr_assert(gt(sz, one.size, 2000));
    cr_assert(eq(sz, one.size, other.size));
    cr_assert(eq(int, memcmp(one.text, other.text, one.size), 0), "%s\n---\n%s", one.text, other.text);
    // The faults of both, and what they had counted.
    cr_assert(ne(ptr, strstr(one.text, "= BUSY"), NULL));
    cr_assert(ne(ptr, strstr(one.text, "DENIED"), NULL));
    gunyah_sim_destroy(&state.sim);
    gunyah_sim_destroy(&copy);
}

Test(sim_clone, knows_nothing_of_the_original)
{
    struct state state = new_state();
    struct gunyah_sim *copy = clone_of(state.sim);
    char buffer[64];

    cr_assert(eq(u64, vm_receive(state.hlos.vm, state.queue.receive_cap, buffer, 64, NULL), GUNYAH_HVERR_OK));
    gunyah_sim_advance(state.sim, 1000);
    gunyah_sim_clear_faults(state.sim);
    gunyah_sim_destroy(&state.sim);
    cr_assert(eq(u64, vm_receive(state_vm(copy, RM_HLOS), state.queue.receive_cap, buffer, 64, NULL), GUNYAH_HVERR_OK));
    cr_assert(eq(str, buffer, "before"));
    cr_assert(eq(u64, vm_receive(state_vm(copy, RM_HLOS), state.queue.receive_cap, buffer, 64, NULL),
                 GUNYAH_HVERR_MSGQUEUE_EMPTY));
    gunyah_sim_destroy(&copy);
}

Test(sim_clone, sessions_and_the_trace_stay_with_the_original)
{
    static struct state_text text;
    struct state state = new_state();
    const struct gunyah_backend *backend = gunyah_sim_backend(state.hlos.vm);
    const struct gunyah_backend *other;
    struct gunyah_sim *copy;

    cr_assert(eq(int, backend->ops->open(backend->context), GUNYAH_OK));
    gunyah_sim_set_trace(state.sim, state_line, &text);
    copy = clone_of(state.sim);
    other = gunyah_sim_backend(state_vm(copy, RM_HLOS));
    cr_assert(eq(int, backend->ops->open(backend->context), GUNYAH_ERR_IN_USE));
    cr_assert(eq(int, other->ops->open(other->context), GUNYAH_OK));
    vm_ring(state_vm(copy, RM_HLOS), state.bell.send_cap, 1);
    cr_assert(eq(sz, text.size, 0));
    other->ops->close(other->context);
    cr_assert(eq(int, gunyah_sim_destroy(&copy), GUNYAH_OK));
    backend->ops->close(backend->context);
    gunyah_sim_destroy(&state.sim);
}

Test(sim_clone, made_vms_are_found)
{
    struct state state = new_state();
    struct gunyah_sim *copy = clone_of(state.sim);
    const struct gunyah_backend *backend = gunyah_sim_backend(state_vm(copy, 0x80));
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    void *memory;

    cr_assert(eq(int, backend->ops->open(backend->context), GUNYAH_OK));
    backend->ops->close(backend->context);
    cr_assert(eq(int, gunyah_sim_find_memory(state_vm(copy, 0x80), UINT64_C(0x80000000), 4096, &memory), GUNYAH_OK));
    cr_assert(eq(ptr, memory, (void *)(uintptr_t)RM_RAM));
    cr_assert(eq(int, gunyah_sim_get_vm_info(gunyah_sim_root(copy), &info), GUNYAH_OK));
    cr_assert(eq(str, (char *)info.name, "root"));
    cr_assert(eq(int, vm_call(gunyah_sim_root(copy), GUNYAH_HYPERCALL_OBJECT_ACTIVATE, info.cspace.value, 0, 0, NULL),
                 GUNYAH_HVERR_OBJECT_STATE));
    gunyah_sim_destroy(&state.sim);
    gunyah_sim_destroy(&copy);
}

Test(sim_clone, of_a_clone)
{
    struct state state = new_state();
    struct gunyah_sim *copy = clone_of(state.sim);
    struct gunyah_sim *again = clone_of(copy);
    size_t size;
    size_t size_again;
    unsigned char *bytes = save_state(state.sim, &size);
    unsigned char *bytes_again = save_state(again, &size_again);

    cr_assert(eq(sz, size, size_again));
    cr_assert(eq(int, memcmp(bytes, bytes_again, size), 0));
    free(bytes);
    free(bytes_again);
    gunyah_sim_destroy(&state.sim);
    gunyah_sim_destroy(&copy);
    gunyah_sim_destroy(&again);
}

Test(sim_clone, of_a_crash)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim *copy;

    vm_crash(new_vm(sim, CRASHING_VMID));
    copy = clone_of(sim);
    cr_assert(eq(int, vm_wait_one(state_vm(copy, CRASHING_VMID), 41, 0), GUNYAH_ERR_CRASHED));
    gunyah_sim_destroy(&sim);
    gunyah_sim_destroy(&copy);
}

Test(sim_clone, without_memory)
{
    struct state_memory_count count = {.left = SIZE_MAX};
    const struct gunyah_allocator allocator = {&count, state_allocate, state_release};
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;
    struct gunyah_sim *sim;
    struct gunyah_sim *copy;
    size_t before;
    size_t needed;

    options.allocator = &allocator;
    cr_assert(eq(int, gunyah_sim_create(&options, &sim), GUNYAH_OK));
    new_vm(sim, 3);
    gunyah_sim_add_rm(sim, NULL);
    gunyah_sim_add_fault(sim, &fault);
    gunyah_sim_configure_vm(sim, &config);
    before = count.held;
    for (needed = 0; needed < 100; needed++) {
        enum gunyah_error error;
        count.left = needed;
        error = gunyah_sim_clone(sim, &copy);
        if (error == GUNYAH_OK)
            break;
        cr_assert(eq(int, error, GUNYAH_ERR_OUT_OF_MEMORY));
        cr_assert(eq(ptr, copy, NULL));
        cr_assert(eq(sz, count.held, before));
        cr_assert(ne(ptr, strstr(gunyah_sim_last_error(sim), "memory"), NULL));
    }
    // The bytes, the machine, its state, two VMs, a fault, a configuration; and device trees, where there are any.
    cr_assert(ge(sz, needed, 7));
    cr_assert(le(sz, needed, 8));
    gunyah_sim_destroy(&copy);
    gunyah_sim_destroy(&sim);
    cr_assert(eq(sz, count.held, 0));
}

Test(sim_clone, wrong_arguments)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim *copy = sim;

    cr_assert(eq(int, gunyah_sim_clone(NULL, &copy), GUNYAH_ERR_NULL));
    cr_assert(eq(ptr, copy, NULL));
    cr_assert(eq(int, gunyah_sim_clone(sim, NULL), GUNYAH_ERR_NULL));
    gunyah_sim_destroy(&sim);
}
