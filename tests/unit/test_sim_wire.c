// SPDX-License-Identifier: BSD-3-Clause
// Joining VMs with message queues and doorbells.

#include "sim_vm.h"

#include <gunyah/sim_rm.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

struct pair {
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *a;
    struct gunyah_sim_vm *b;
};

static struct pair new_pair(void)
{
    struct pair pair;

    pair.sim = new_sim(1);
    pair.a = new_vm(pair.sim, 1);
    pair.b = new_vm(pair.sim, 2);
    return pair;
}

Test(sim_wire, a_message_goes_one_way)
{
    struct pair p = new_pair();
    struct gunyah_sim_msgqueue queue = new_msgqueue(p.a, p.b, 50, 60);
    char buffer[64];
    uint64_t size;

    cr_assert(eq(int, gunyah_sim_connect_msgqueue(p.sim, &queue), GUNYAH_OK));
    cr_assert(eq(u64, vm_send(p.a, queue.send_cap, "ping", 5), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_send(p.a, queue.send_cap, "pong", 5), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_send(p.a, queue.send_cap, "full", 5), GUNYAH_HVERR_MSGQUEUE_FULL));
    cr_assert(eq(int, vm_wait_one(p.b, 60, 0), GUNYAH_OK));
    cr_assert(eq(int, vm_wait_one(p.a, 50, 0), GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(u64, vm_receive(p.b, queue.receive_cap, buffer, sizeof(buffer), &size), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, size, 5));
    cr_assert(eq(str, buffer, "ping"));
    cr_assert(eq(int, vm_wait_one(p.a, 50, 0), GUNYAH_OK));
    gunyah_sim_destroy(&p.sim);
}

// Each side has exactly its right: not the other one, and not the binding of interrupts.
Test(sim_wire, rights_of_a_queue)
{
    struct pair p = new_pair();
    struct gunyah_sim_msgqueue queue = new_msgqueue(p.a, p.b, 0, 0);
    char buffer[64];

    cr_assert(eq(int, gunyah_sim_connect_msgqueue(p.sim, &queue), GUNYAH_OK));
    cr_assert(eq(u64, vm_receive(p.a, queue.send_cap, buffer, 64, NULL), GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS));
    cr_assert(eq(u64, vm_send(p.b, queue.receive_cap, "x", 1), GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS));
    cr_assert(eq(u64, vm_call(p.a, GUNYAH_HYPERCALL_MSGQUEUE_UNBIND_SEND_VIRQ, queue.send_cap.value, 0, 0, NULL),
                 GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS));
    cr_assert(eq(u64, vm_call(p.b, GUNYAH_HYPERCALL_MSGQUEUE_UNBIND_RECEIVE_VIRQ, queue.receive_cap.value, 0, 0, NULL),
                 GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS));
    gunyah_sim_destroy(&p.sim);
}

Test(sim_wire, rights_of_a_doorbell)
{
    struct pair p = new_pair();
    struct gunyah_sim_doorbell doorbell = new_doorbell(p.a, p.b, 40);
    uint64_t flags;

    cr_assert(eq(int, gunyah_sim_connect_doorbell(p.sim, &doorbell), GUNYAH_OK));
    cr_assert(eq(u64, vm_ring(p.b, doorbell.receive_cap, 1), GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS));
    cr_assert(eq(u64, vm_clear(p.a, doorbell.send_cap, 1, NULL), GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS));
    cr_assert(eq(u64, vm_ring(p.a, doorbell.send_cap, 0x30), GUNYAH_HVERR_OK));
    cr_assert(eq(int, vm_wait_one(p.b, 40, 0), GUNYAH_OK));
    cr_assert(eq(u64, vm_clear(p.b, doorbell.receive_cap, 0x30, &flags), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, flags, 0x30));
    gunyah_sim_destroy(&p.sim);
}

// An edge is taken once; a level stays until its reason is gone.
Test(sim_wire, interrupts_are_edges)
{
    struct pair p = new_pair();
    struct gunyah_sim_doorbell doorbell = new_doorbell(p.a, p.b, 40);

    gunyah_sim_connect_doorbell(p.sim, &doorbell);
    vm_ring(p.a, doorbell.send_cap, 1);
    cr_assert(eq(int, vm_wait_one(p.b, 40, 0), GUNYAH_OK));
    cr_assert(eq(int, vm_wait_one(p.b, 40, 0), GUNYAH_ERR_TIMEOUT));

    vm_clear(p.b, doorbell.receive_cap, 1, NULL);
    cr_assert(eq(int, gunyah_sim_set_trigger(p.b, gunyah_virq(40), GUNYAH_SIM_LEVEL), GUNYAH_OK));
    vm_ring(p.a, doorbell.send_cap, 1);
    cr_assert(eq(int, vm_wait_one(p.b, 40, 0), GUNYAH_OK));
    cr_assert(eq(int, vm_wait_one(p.b, 40, 0), GUNYAH_OK));
    gunyah_sim_destroy(&p.sim);
}

Test(sim_wire, triggers)
{
    struct pair p = new_pair();

    cr_assert(eq(int, gunyah_sim_set_trigger(NULL, gunyah_virq(40), GUNYAH_SIM_EDGE), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_set_trigger(p.a, gunyah_virq(31), GUNYAH_SIM_EDGE), GUNYAH_ERR_ARGUMENT_INVALID));
    cr_assert(eq(int, gunyah_sim_set_trigger(p.a, gunyah_virq(1020), GUNYAH_SIM_EDGE), GUNYAH_ERR_ARGUMENT_INVALID));
    cr_assert(eq(int, gunyah_sim_set_trigger(p.a, gunyah_virq(1019), GUNYAH_SIM_EDGE), GUNYAH_OK));
    cr_assert(
        eq(int, gunyah_sim_set_trigger(p.a, gunyah_virq(40), (enum gunyah_sim_trigger)2), GUNYAH_ERR_ARGUMENT_INVALID));
    gunyah_sim_destroy(&p.sim);
}

Test(sim_wire, a_vm_may_be_joined_with_itself_and_with_the_root)
{
    struct pair p = new_pair();
    struct gunyah_sim_msgqueue own = new_msgqueue(p.a, p.a, 40, 41);
    struct gunyah_sim_msgqueue root = new_msgqueue(gunyah_sim_root(p.sim), p.a, 40, 42);

    cr_assert(eq(int, gunyah_sim_connect_msgqueue(p.sim, &own), GUNYAH_OK));
    cr_assert(ne(u64, own.send_cap.value, own.receive_cap.value));
    cr_assert(eq(int, gunyah_sim_connect_msgqueue(p.sim, &root), GUNYAH_OK));
    cr_assert(eq(u64, vm_send(gunyah_sim_root(p.sim), root.send_cap, "x", 1), GUNYAH_HVERR_OK));
    cr_assert(eq(int, vm_wait_one(p.a, 42, 0), GUNYAH_OK));
    gunyah_sim_destroy(&p.sim);
}

Test(sim_wire, wrong_arguments)
{
    struct pair p = new_pair();
    struct gunyah_sim *other = new_sim(1);
    struct gunyah_sim_msgqueue queue = new_msgqueue(p.a, NULL, 0, 0);
    struct gunyah_sim_doorbell doorbell = new_doorbell(NULL, p.b, 0);

    cr_assert(eq(int, gunyah_sim_connect_msgqueue(p.sim, NULL), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_connect_msgqueue(NULL, &queue), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_connect_msgqueue(p.sim, &queue), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_connect_doorbell(p.sim, NULL), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_connect_doorbell(NULL, &doorbell), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_connect_doorbell(p.sim, &doorbell), GUNYAH_ERR_NULL));
    doorbell.from = queue.to = gunyah_sim_root(other);
    cr_assert(eq(int, gunyah_sim_connect_msgqueue(p.sim, &queue), GUNYAH_ERR_ARGUMENT_INVALID));
    cr_assert(eq(int, gunyah_sim_connect_doorbell(p.sim, &doorbell), GUNYAH_ERR_ARGUMENT_INVALID));
    queue.size--;
    doorbell.size = 0;
    cr_assert(eq(int, gunyah_sim_connect_msgqueue(p.sim, &queue), GUNYAH_ERR_OPTION));
    cr_assert(eq(int, gunyah_sim_connect_doorbell(p.sim, &doorbell), GUNYAH_ERR_OPTION));
    gunyah_sim_destroy(&other);
    gunyah_sim_destroy(&p.sim);
}

static enum gunyah_error connect_sized(uint32_t depth, uint32_t message_size)
{
    struct pair p = new_pair();
    struct gunyah_sim_msgqueue queue = new_msgqueue(p.a, p.b, 0, 0);
    enum gunyah_error error;

    queue.depth = depth;
    queue.message_size = message_size;
    error = gunyah_sim_connect_msgqueue(p.sim, &queue);
    gunyah_sim_destroy(&p.sim);
    return error;
}

Test(sim_wire, sizes_of_a_queue)
{
    cr_assert(eq(int, connect_sized(1, 1), GUNYAH_OK));
    cr_assert(eq(int, connect_sized(255, 1023), GUNYAH_OK));
    cr_assert(eq(int, connect_sized(0, 1), GUNYAH_ERR_ARGUMENT_SIZE));
    cr_assert(eq(int, connect_sized(256, 1), GUNYAH_ERR_ARGUMENT_SIZE));
    cr_assert(eq(int, connect_sized(1, 0), GUNYAH_ERR_ARGUMENT_SIZE));
    cr_assert(eq(int, connect_sized(1, 1024), GUNYAH_ERR_ARGUMENT_SIZE));
    cr_assert(eq(int, connect_sized(0x10001, 1), GUNYAH_ERR_ARGUMENT_SIZE));
}

// Ids are given out from the lowest free slot on: what a failure left behind would shift those that follow.
static void assert_nothing_remains(struct pair failed)
{
    struct pair fresh = new_pair();
    struct gunyah_sim_msgqueue expected = new_msgqueue(fresh.a, fresh.b, 50, 60);
    struct gunyah_sim_msgqueue actual = new_msgqueue(failed.a, failed.b, 50, 60);
    struct gunyah_sim_doorbell expected_root = new_doorbell(fresh.a, gunyah_sim_root(fresh.sim), 70);
    struct gunyah_sim_doorbell actual_root = new_doorbell(failed.a, gunyah_sim_root(failed.sim), 70);

    cr_assert(eq(int, gunyah_sim_connect_msgqueue(fresh.sim, &expected), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_connect_msgqueue(failed.sim, &actual), GUNYAH_OK));
    cr_assert(eq(u64, actual.send_cap.value, expected.send_cap.value));
    cr_assert(eq(u64, actual.receive_cap.value, expected.receive_cap.value));
    cr_assert(eq(int, gunyah_sim_connect_doorbell(fresh.sim, &expected_root), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_connect_doorbell(failed.sim, &actual_root), GUNYAH_OK));
    cr_assert(eq(u64, actual_root.receive_cap.value, expected_root.receive_cap.value));
    gunyah_sim_destroy(&fresh.sim);
}

Test(sim_wire, an_interrupt_that_cannot_be_bound)
{
    static const uint32_t virqs[] = {1, 31, 1020, UINT32_MAX};

    for (size_t i = 0; i < sizeof(virqs) / sizeof(virqs[0]); i++) {
        struct pair p = new_pair();
        struct gunyah_sim_msgqueue queue = new_msgqueue(p.a, p.b, 50, virqs[i]);
        struct gunyah_sim_doorbell doorbell = new_doorbell(p.a, p.b, virqs[i]);

        queue.send_cap = queue.receive_cap = doorbell.send_cap = doorbell.receive_cap = gunyah_capid(5);
        cr_assert(eq(int, gunyah_sim_connect_msgqueue(p.sim, &queue), GUNYAH_ERR_ARGUMENT_INVALID));
        cr_assert(eq(u64, queue.send_cap.value, GUNYAH_CAPID_INVALID));
        cr_assert(eq(u64, queue.receive_cap.value, GUNYAH_CAPID_INVALID));
        cr_assert(eq(int, gunyah_sim_connect_doorbell(p.sim, &doorbell), GUNYAH_ERR_ARGUMENT_INVALID));
        cr_assert(eq(u64, doorbell.send_cap.value, GUNYAH_CAPID_INVALID));
        cr_assert(eq(u64, doorbell.receive_cap.value, GUNYAH_CAPID_INVALID));
        assert_nothing_remains(p);
        gunyah_sim_destroy(&p.sim);
    }
}

Test(sim_wire, an_interrupt_that_is_taken)
{
    struct pair p = new_pair();
    struct gunyah_sim_msgqueue clash = new_msgqueue(p.a, p.a, 50, 50);

    cr_assert(eq(int, gunyah_sim_connect_msgqueue(p.sim, &clash), GUNYAH_ERR_BUSY));
    cr_assert(ne(ptr, strstr(gunyah_sim_last_error(p.sim), "interrupt"), NULL));
    assert_nothing_remains(p);
    struct gunyah_sim_doorbell taken = new_doorbell(p.a, p.b, 60);
    cr_assert(eq(int, gunyah_sim_connect_doorbell(p.sim, &taken), GUNYAH_ERR_BUSY));
    gunyah_sim_destroy(&p.sim);
}

Test(sim_wire, a_full_capability_space)
{
    struct pair p = new_pair();
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm *tiny;

    options.max_caps = 1;
    gunyah_sim_add_vm(p.sim, &options, &tiny);
    struct gunyah_sim_msgqueue queue = new_msgqueue(p.a, tiny, 50, 0);
    struct gunyah_sim_msgqueue own = new_msgqueue(tiny, tiny, 50, 51);
    struct gunyah_sim_doorbell doorbell = new_doorbell(tiny, p.b, 60);

    // The first capability fits, the second one does not: both go.
    cr_assert(eq(int, gunyah_sim_connect_msgqueue(p.sim, &own), GUNYAH_ERR_CSPACE_FULL));
    cr_assert(eq(int, gunyah_sim_connect_msgqueue(p.sim, &queue), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_connect_doorbell(p.sim, &doorbell), GUNYAH_ERR_CSPACE_FULL));
    gunyah_sim_destroy(&p.sim);
}

Test(sim_wire, memory_that_is_used_up)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim *sim;
    struct gunyah_sim_msgqueue queue;
    enum gunyah_error error;
    unsigned made = 0;

    options.memory = 400 << 10;
    cr_assert(eq(int, gunyah_sim_create(&options, &sim), GUNYAH_OK));
    queue = new_msgqueue(gunyah_sim_root(sim), gunyah_sim_root(sim), 0, 0);
    queue.depth = 255;
    queue.message_size = 240;
    do {
        error = gunyah_sim_connect_msgqueue(sim, &queue);
    } while (error == GUNYAH_OK && made++ < 20);
    cr_assert(eq(int, error, GUNYAH_ERR_NO_MEMORY));
    // A failure gives back what it took, so that it can be repeated for ever, and smaller queues go on.
    for (int i = 0; i < 10000; i++)
        cr_assert(eq(int, gunyah_sim_connect_msgqueue(sim, &queue), GUNYAH_ERR_NO_MEMORY));
    queue.depth = 1;
    cr_assert(eq(int, gunyah_sim_connect_msgqueue(sim, &queue), GUNYAH_OK));
    gunyah_sim_destroy(&sim);
}

Test(sim_wire, a_root_vm_that_has_lost_its_capabilities)
{
    struct pair p = new_pair();
    struct gunyah_sim_vm *root = gunyah_sim_root(p.sim);
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    struct gunyah_sim_doorbell doorbell = new_doorbell(p.a, p.b, 40);

    gunyah_sim_get_vm_info(root, &info);
    vm_call(root, GUNYAH_HYPERCALL_CSPACE_DELETE_CAP_FROM, info.cspace.value, info.partition.value, 0, NULL);
    cr_assert(eq(int, gunyah_sim_connect_doorbell(p.sim, &doorbell), GUNYAH_ERR_FAILURE));
    gunyah_sim_destroy(&p.sim);
}

// Whoever makes a queue, it holds no more than the machine lets it.
Test(sim_wire, queues_that_are_never_deep)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim_rm_queue channel = GUNYAH_SIM_RM_QUEUE_INIT;
    struct gunyah_sim_vm_info self = GUNYAH_SIM_VM_INFO_INIT;
    struct gunyah_sim_msgqueue queue;
    struct gunyah_sim_vm *root;
    struct gunyah_sim *sim;
    gunyah_msgqueue_create_info_t info = {0};
    uint64_t made;

    options.max_queue_depth = 2;
    gunyah_sim_create(&options, &sim);
    root = gunyah_sim_root(sim);
    queue = new_msgqueue(root, root, 0, 0);
    for (uint32_t depth = 1; depth <= 255; depth += 127) {
        queue.depth = depth;
        cr_assert(eq(int, gunyah_sim_connect_msgqueue(sim, &queue), GUNYAH_OK));
        cr_assert(eq(u64, vm_send(root, queue.send_cap, "a", 1), GUNYAH_HVERR_OK));
        if (depth > 1)
            cr_assert(eq(u64, vm_send(root, queue.send_cap, "b", 1), GUNYAH_HVERR_OK));
        cr_assert(eq(u64, vm_send(root, queue.send_cap, "c", 1), GUNYAH_HVERR_MSGQUEUE_FULL));
    }
    // One that is made by calls.
    gunyah_sim_get_vm_info(root, &self);
    vm_call(root, GUNYAH_HYPERCALL_PARTITION_CREATE_MSGQUEUE, self.partition.value, self.cspace.value, 0, &made);
    info = gunyah_msgqueue_create_info_with_depth(info, 8);
    info = gunyah_msgqueue_create_info_with_max_message_size(info, 8);
    cr_assert(eq(u64, vm_call(root, GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE, made, info.bits, 0, NULL), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_call(root, GUNYAH_HYPERCALL_OBJECT_ACTIVATE, made, 0, 0, NULL), GUNYAH_HVERR_OK));
    vm_send(root, gunyah_capid(made), "a", 1);
    cr_assert(eq(u64, vm_send(root, gunyah_capid(made), "b", 1), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_send(root, gunyah_capid(made), "c", 1), GUNYAH_HVERR_MSGQUEUE_FULL));
    // And the Resource Manager's.
    struct gunyah_sim_vm *vm = new_vm(sim, 3);
    cr_assert(eq(int, gunyah_sim_add_rm(sim, NULL), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_get_rm_queue(vm, &channel), GUNYAH_OK));
    vm_send(vm, channel.send_cap, "a", 1);
    cr_assert(eq(u64, vm_send(vm, channel.send_cap, "b", 1), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_send(vm, channel.send_cap, "c", 1), GUNYAH_HVERR_MSGQUEUE_FULL));
    gunyah_sim_destroy(&sim);
}
