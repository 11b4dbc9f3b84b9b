// SPDX-License-Identifier: BSD-3-Clause
// From a label to a handle that works, in a simulated VM whose own queue and doorbell the tree tells of.
#include "sim_vm.h"
#include "trees.h"

#include <libfdt.h>
#include <string.h>

static struct tree tree;
static struct gunyah_dt dt;
static struct gunyah_sim *sim;
static struct gunyah *g;

static void write_cap(const char *path, uint32_t index, gunyah_capid_t cap)
{
    const fdt64_t value = cpu_to_fdt64(cap.value);
    const int node = fdt_path_offset(tree.bytes, path);

    cr_assert_eq(
        fdt_setprop_inplace_namelen_partial(tree.bytes, node, "reg", 3, index * sizeof(value), &value, sizeof(value)),
        0);
}

static void set_up(void)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;

    sim = new_sim(1);
    struct gunyah_sim_vm *vm = new_vm(sim, 7);
    struct gunyah_sim_msgqueue queue = new_msgqueue(vm, vm, 42, 43);
    struct gunyah_sim_doorbell doorbell = new_doorbell(vm, vm, 65);
    queue.message_size = 100;
    cr_assert_eq(gunyah_sim_connect_msgqueue(sim, &queue), GUNYAH_OK);
    cr_assert_eq(gunyah_sim_connect_doorbell(sim, &doorbell), GUNYAH_OK);
    options.backend = gunyah_sim_backend(vm);
    cr_assert_eq(gunyah_open(&options, &g), GUNYAH_OK);

    tree_load(&tree, MADE("guest"));
    write_cap("/hypervisor/pair@31", 0, queue.send_cap);
    write_cap("/hypervisor/pair@31", 1, queue.receive_cap);
    write_cap("/hypervisor/bell@50", 0, doorbell.receive_cap);
    write_cap("/hypervisor/ring@0", 0, doorbell.send_cap);
    cr_assert_eq(gunyah_dt_open(tree.bytes, tree.size, &dt), GUNYAH_OK);
}

static void tear_down(void)
{
    cr_expect_eq(gunyah_close(&g), GUNYAH_OK);
    cr_expect_eq(gunyah_sim_destroy(&sim), GUNYAH_OK);
}

Test(dt_handles, a_pair_of_queues, .init = set_up, .fini = tear_down)
{
    struct gunyah_msgqueue *out = NULL;
    struct gunyah_msgqueue *in = NULL;
    char buffer[100];
    size_t size = 0;

    cr_assert_eq(gunyah_msgqueue_open_label(g, &dt, 1, true, &out), GUNYAH_OK);
    cr_assert_eq(gunyah_msgqueue_open_label(g, &dt, 1, false, &in), GUNYAH_OK);
    cr_expect_eq(gunyah_msgqueue_message_size(out), 240);
    cr_expect_eq(gunyah_msgqueue_message_size(in), 100);
    cr_expect_eq(gunyah_msgqueue_wait_not_empty(in, 0), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(gunyah_msgqueue_send(out, "hello", 5, 0, NULL), GUNYAH_OK);
    // Each end has its own interrupt, bound already.
    cr_expect_eq(gunyah_msgqueue_wait_not_empty(in, 0), GUNYAH_OK);
    cr_expect_eq(gunyah_msgqueue_wait_not_full(out, 0), GUNYAH_ERR_TIMEOUT);
    cr_expect_eq(gunyah_msgqueue_wait_not_full(in, 0), GUNYAH_ERR_NOT_BOUND);
    cr_expect_eq(gunyah_msgqueue_receive(in, buffer, sizeof(buffer), &size, NULL), GUNYAH_OK);
    cr_expect_eq(size, 5);
}

Test(dt_handles, doorbells, .init = set_up, .fini = tear_down)
{
    struct gunyah_doorbell *ring = NULL;
    struct gunyah_doorbell *bell = NULL;
    uint64_t flags = 0;

    cr_assert_eq(gunyah_doorbell_open_label(g, &dt, 4, true, &ring), GUNYAH_OK);
    cr_assert_eq(gunyah_doorbell_open_label(g, &dt, 4, false, &bell), GUNYAH_OK);
    cr_expect_eq(gunyah_doorbell_send(ring, 0x5, NULL), GUNYAH_OK);
    cr_expect_eq(gunyah_doorbell_wait(bell, 0x1, 0, &flags), GUNYAH_OK);
    cr_expect_eq(flags, 0x1);
    cr_expect_eq(gunyah_doorbell_wait(ring, 0x1, 0, &flags), GUNYAH_ERR_NOT_BOUND);
}

// Two queues of one label: each is found by its direction, wherever it stands.
Test(dt_handles, queues_by_direction, .init = set_up, .fini = tear_down)
{
    struct gunyah_msgqueue *queue = (struct gunyah_msgqueue *)&tree;

    cr_assert_eq(gunyah_msgqueue_open_label(g, &dt, 2, false, &queue), GUNYAH_OK);
    cr_expect_eq(gunyah_msgqueue_capid(queue).value, 0x41);
    cr_expect_eq(gunyah_msgqueue_message_size(queue), 32);
    // An extended interrupt, which no source of the hypervisor has.
    cr_expect_eq(gunyah_msgqueue_open_label(g, &dt, 2, true, &queue), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_null(queue);
}

Test(dt_handles, resource_manager, .init = set_up, .fini = tear_down)
{
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;
    struct gunyah_rm *rm = NULL;

    options.event_bytes = 1000;
    tree_open(&tree, REAL("stock-production"), &dt);
    cr_assert_eq(gunyah_dt_rm_options(&dt, &options), GUNYAH_OK);
    cr_expect_eq(options.send_cap.value, 0x12887e980894386b);
    cr_expect_eq(options.receive_cap.value, 0x12887e9808940a72);
    cr_expect_eq(options.send_virq.value, 960);
    cr_expect_eq(options.receive_virq.value, 961);
    cr_expect_eq(options.message_size, 240);
    cr_expect_eq(options.event_bytes, 1000);
    cr_assert_eq(gunyah_rm_open_dt(g, &dt, &rm), GUNYAH_OK);
    cr_expect_eq(gunyah_rm_close(&rm), GUNYAH_OK);
}

Test(dt_handles, resource_manager_that_cannot_be_opened, .init = set_up, .fini = tear_down)
{
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;
    struct gunyah_rm *rm = (struct gunyah_rm *)&tree;

    // One client has packets of one size.
    options.message_size = 77;
    cr_expect_eq(gunyah_dt_rm_options(&dt, &options), GUNYAH_ERR_DEVICE_TREE);
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->property, "qcom,rx-message-size");
    cr_expect_eq(options.message_size, 77);
    cr_expect_eq(gunyah_rm_open_dt(g, &dt, &rm), GUNYAH_ERR_DEVICE_TREE);
    cr_expect_null(rm);
    cr_expect_str_eq(gunyah_last_error(g)->call, "gunyah_rm_open_dt");

    tree_open(&tree, REAL("secondary-vm-two-doorbells-shm"), &dt);
    cr_expect_eq(gunyah_rm_open_dt(g, &dt, &rm), GUNYAH_ERR_NOT_FOUND);
    tree_open(&tree, MADE("hostile"), &dt);
    cr_expect_eq(gunyah_rm_open_dt(g, &dt, &rm), GUNYAH_ERR_DEVICE_TREE);
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->path, "/hypervisor/one-cap");
    cr_expect_eq(gunyah_rm_open_dt(g, &dt, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_rm_open_dt(g, NULL, &rm), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_rm_options(&dt, NULL), GUNYAH_ERR_NULL);
    options.size--;
    cr_expect_eq(gunyah_dt_rm_options(&dt, &options), GUNYAH_ERR_OPTION);
}

Test(dt_handles, memory_parcels, .init = set_up, .fini = tear_down)
{
    struct gunyah_memparcel_offer offer = GUNYAH_MEMPARCEL_OFFER_INIT;

    offer.transaction = GUNYAH_MEMPARCEL_TRANSACTION_LEND;
    cr_assert_eq(gunyah_dt_memparcel_offer(&dt, 5, &offer), GUNYAH_OK);
    cr_expect_eq(offer.memparcel, 0x2a);
    cr_expect_eq(offer.label, 5);
    cr_expect(offer.accepted);
    cr_expect_not(offer.io);
    cr_expect_eq(offer.transaction, GUNYAH_MEMPARCEL_TRANSACTION_LEND, "it is the caller's");
    // Another device of the same memory: the label of the parcel stays what it is.
    offer = (struct gunyah_memparcel_offer)GUNYAH_MEMPARCEL_OFFER_INIT;
    cr_assert_eq(gunyah_dt_memparcel_offer(&dt, 8, &offer), GUNYAH_OK);
    cr_expect_eq(offer.memparcel, 0x2a);
    cr_expect_eq(offer.label, 5);
    // The device is the memory, and the parcel has the number 0.
    cr_assert_eq(gunyah_dt_memparcel_offer(&dt, 6, &offer), GUNYAH_OK);
    cr_expect_eq(offer.memparcel, 0);
    cr_expect_eq(offer.label, 6);

    tree_open(&tree, REAL("secondary-vm-two-doorbells-shm"), &dt);
    cr_assert_eq(gunyah_dt_memparcel_offer(&dt, 5, &offer), GUNYAH_OK);
    cr_expect_eq(offer.memparcel, 0);
    cr_expect_eq(offer.label, 5);
}

// What becomes of the tree of a guest when a property of a node is left out, or has another length.
static void spoil(const char *path, const char *property, int size)
{
    tree_open(&tree, MADE("guest"), &dt);
    cr_assert_eq(fdt_open_into(tree.bytes, tree.bytes, sizeof(tree.bytes)), 0);
    const int node = fdt_path_offset(tree.bytes, path);
    cr_assert_eq(fdt_delprop(tree.bytes, node, property), 0);
    cr_assert(size < 0 || fdt_setprop(tree.bytes, node, property, "abcdefgh", size) == 0);
    cr_assert_eq(gunyah_dt_open(tree.bytes, sizeof(tree.bytes), &dt), GUNYAH_OK);
}

static void expect_no_offer(uint32_t label, enum gunyah_error error, const char *path)
{
    struct gunyah_memparcel_offer offer = GUNYAH_MEMPARCEL_OFFER_INIT;

    cr_expect_eq(gunyah_dt_memparcel_offer(&dt, label, &offer), error);
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->path, path);
    cr_expect_eq(offer.memparcel, GUNYAH_RM_HANDLE_INVALID, "untouched");
    cr_expect_not(offer.accepted);
}

Test(dt_handles, memory_without_a_parcel, .init = set_up, .fini = tear_down)
{
    static const char buffer[] = "/reserved-memory/buffer@90000000";

    // A label of another kind.
    expect_no_offer(4, GUNYAH_ERR_NOT_FOUND, "");
    spoil(buffer, "qcom,rm-mem-handle", -1);
    expect_no_offer(5, GUNYAH_ERR_NOT_FOUND, buffer);
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->property, "qcom,rm-mem-handle");
    spoil(buffer, "qcom,rm-mem-handle", 8);
    expect_no_offer(5, GUNYAH_ERR_DEVICE_TREE, buffer);
    spoil(buffer, "qcom,label", 3);
    expect_no_offer(5, GUNYAH_ERR_DEVICE_TREE, buffer);
    spoil("/hypervisor/qcom,shm", "memory-region", 4);
    expect_no_offer(5, GUNYAH_ERR_DEVICE_TREE, "/hypervisor/qcom,shm");
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->property, "memory-region");
    spoil("/hypervisor/qcom,shm-doorbell", "buffer", -1);
    expect_no_offer(8, GUNYAH_ERR_NOT_FOUND, "/hypervisor/qcom,shm-doorbell");
}

Test(dt_handles, not_there, .init = set_up, .fini = tear_down)
{
    struct gunyah_msgqueue *queue = (struct gunyah_msgqueue *)&tree;
    struct gunyah_doorbell *doorbell = (struct gunyah_doorbell *)&tree;

    cr_expect_eq(gunyah_msgqueue_open_label(g, &dt, 4, true, &queue), GUNYAH_ERR_NOT_FOUND);
    cr_expect_null(queue);
    cr_expect_eq(gunyah_last_error(g)->error, GUNYAH_ERR_NOT_FOUND);
    cr_expect_str_eq(gunyah_last_error(g)->call, "gunyah_msgqueue_open_label");
    cr_expect_eq(gunyah_doorbell_open_label(g, &dt, 1, true, &doorbell), GUNYAH_ERR_NOT_FOUND);
    cr_expect_null(doorbell);
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->text, "no device of this kind and direction has this label");
    cr_expect_eq(gunyah_doorbell_open_label(g, &dt, 7, true, &doorbell), GUNYAH_ERR_NOT_FOUND);
}

Test(dt_handles, malformed, .init = set_up, .fini = tear_down)
{
    struct gunyah_doorbell *doorbell;

    tree_open(&tree, MADE("hostile"), &dt);
    cr_assert_eq(fdt_open_into(tree.bytes, tree.bytes, sizeof(tree.bytes)), 0);
    const int node = fdt_path_offset(tree.bytes, "/hypervisor/no-trigger");
    cr_assert_eq(fdt_setprop_u32(tree.bytes, node, "label", 77), 0);
    cr_assert_eq(gunyah_dt_open(tree.bytes, sizeof(tree.bytes), &dt), GUNYAH_OK);
    cr_expect_eq(gunyah_doorbell_open_label(g, &dt, 77, false, &doorbell), GUNYAH_ERR_DEVICE_TREE);
    cr_expect_null(doorbell);
    cr_expect_eq(gunyah_last_error(g)->error, GUNYAH_ERR_DEVICE_TREE);
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->path, "/hypervisor/no-trigger");
}

Test(dt_handles, bad_arguments, .init = set_up, .fini = tear_down)
{
    struct gunyah_msgqueue *queue = (struct gunyah_msgqueue *)&tree;
    struct gunyah_doorbell *doorbell = (struct gunyah_doorbell *)&tree;
    struct gunyah_dt closed;

    cr_expect_eq(gunyah_msgqueue_open_label(g, &dt, 1, true, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_doorbell_open_label(g, &dt, 4, true, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_msgqueue_open_label(NULL, &dt, 1, true, &queue), GUNYAH_ERR_NULL);
    cr_expect_null(queue);
    cr_expect_eq(gunyah_doorbell_open_label(NULL, &dt, 4, true, &doorbell), GUNYAH_ERR_NULL);
    cr_expect_null(doorbell);
    cr_expect_eq(gunyah_msgqueue_open_label(g, NULL, 1, true, &queue), GUNYAH_ERR_NULL);
    cr_assert_eq(gunyah_dt_open(NULL, 0, &closed), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_doorbell_open_label(g, &closed, 4, true, &doorbell), GUNYAH_ERR_HANDLE);

    struct gunyah_memparcel_offer offer = GUNYAH_MEMPARCEL_OFFER_INIT;
    cr_expect_eq(gunyah_dt_memparcel_offer(NULL, 5, &offer), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_memparcel_offer(&closed, 5, &offer), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_dt_memparcel_offer(&dt, 5, NULL), GUNYAH_ERR_NULL);
    offer.size--;
    cr_expect_eq(gunyah_dt_memparcel_offer(&dt, 5, &offer), GUNYAH_ERR_OPTION);
}
