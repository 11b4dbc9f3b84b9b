// SPDX-License-Identifier: BSD-3-Clause
// Random VMs: their trees are built, the simulated Resource Manager makes them, and in its tree each finds what was asked for.
#include "build_random.h"
#include "sim_tree.h"

#include <gunyah/vic.h>

#define SEEDS 60
#define DEEPEST 16

static struct asked asked;
static struct made made;
static struct gunyah_dt dt;

// ---- What a VM of its own can have: no other VM, no parcel, and no device of a platform --------------------------

static bool is_alone(struct asked_item *item)
{
    switch (item->kind) {
    case ASKED_RM_RPC:
        item->rm_rpc.queue_depth %= DEEPEST;
        return true;
    case ASKED_MSGQUEUE:
        item->queue.queue_depth %= DEEPEST;
        return true;
    case ASKED_PAIR:
        item->pair.queue_depth %= DEEPEST;
        item->pair.peer = NULL;
        return true;
    case ASKED_DOORBELL:
    case ASKED_SOURCE:
        item->bell.peer = NULL;
        return true;
    default:
        return false;
    }
}

static void make_up(uint32_t seed)
{
    size_t kept = 0;
    bool has_rm_rpc = false;

    asked_make(&asked, seed);
    for (size_t i = 0; i < asked.count; i++) {
        const bool is_second = asked.items[i].kind == ASKED_RM_RPC && has_rm_rpc;
        if (is_second || !is_alone(&asked.items[i]))
            continue;
        has_rm_rpc |= asked.items[i].kind == ASKED_RM_RPC;
        // Its name lies in it.
        const struct asked_item item = asked.items[i];
        asked.items[kept] = item;
        asked.items[kept].rm_rpc.name = asked.items[kept].name;
        kept++;
    }
    asked.count = kept;
    asked.machine.vcpu_count = 1 + asked.machine.vcpu_count % GUNYAH_VIC_MAX_VCPUS;
    asked.config.affinity = GUNYAH_DT_AFFINITY_PROXY;
    asked.config.affinity_count = 0;
    asked.config.has_firmware = false;
    asked.config.memory_size = IMAGE_SIZE;
    asked.machine.initrd_start = asked.machine.initrd_end = 0;
}

// ---- Making it, and looking --------------------------------------------------------------------------------------

static void start(enum gunyah_rm_generation generation)
{
    struct gunyah_sim_vm *guest;
    const void *tree;
    size_t size;

    made_open(&made, generation);
    asked_build(&asked);
    memcpy(made_tree(), built.bytes, built.size);
    made_allocate(&made);
    cr_assert_eq(made_init(&made, 0), GUNYAH_RMERR_OK, "%s", made_reason(&made));
    cr_assert_eq(made_start(&made), GUNYAH_RMERR_OK, "%s", made_reason(&made));
    cr_assert_eq(gunyah_sim_find_vm(made.sim, gunyah_vmid(GUEST), &guest), GUNYAH_OK);
    cr_assert_eq(gunyah_sim_find_device_tree(guest, &tree, &size), GUNYAH_OK);
    cr_assert_eq(gunyah_dt_open(tree, size, &dt), GUNYAH_OK, "%s", gunyah_dt_last_problem(&dt)->text);
}

// What the Resource Manager chooses is an interrupt that can be bound.
static void expect_interrupt(const struct gunyah_dt_interrupt *found, const struct gunyah_dt_interrupt *wanted)
{
    if (wanted->virq.value == 0)
        cr_expect(gunyah_virq_is_bindable(found->virq), "%u", found->virq.value);
    else
        cr_expect_eq(found->virq.value, wanted->virq.value);
}

static void expect_queue(const struct gunyah_dt_queue *queue, uint32_t size, uint32_t depth,
                         const struct gunyah_dt_interrupt *interrupt)
{
    cr_expect_neq(queue->cap.value, GUNYAH_CAPID_INVALID);
    cr_expect_eq(queue->message_size, size != 0 ? size : 240);
    cr_expect_eq(queue->depth, depth != 0 ? depth : 8);
    expect_interrupt(&queue->interrupt, interrupt);
}

static struct gunyah_dt_device find(enum gunyah_dt_kind kind, uint32_t label)
{
    struct gunyah_dt_device device = GUNYAH_DT_DEVICE_INIT;

    cr_assert_eq(gunyah_dt_find_label(&dt, kind, label, &device), GUNYAH_OK, "%d, label %u", kind, label);
    return device;
}

static void expect_rm_rpc(const struct gunyah_dt_rm_rpc *wanted)
{
    struct gunyah_dt_device device = GUNYAH_DT_DEVICE_INIT;

    cr_assert_eq(gunyah_dt_next_device(&dt, GUNYAH_DT_RESOURCE_MANAGER, &device), GUNYAH_OK);
    expect_queue(&device.queues.send, wanted->message_size, wanted->queue_depth, &wanted->send_interrupt);
    expect_queue(&device.queues.receive, wanted->message_size, wanted->queue_depth, &wanted->receive_interrupt);
}

static void expect_pair(const struct gunyah_dt_msgqueue_pair *wanted)
{
    const struct gunyah_dt_device device = find(GUNYAH_DT_MSGQUEUE_PAIR, wanted->label);

    expect_queue(&device.queues.send, wanted->message_size, wanted->queue_depth, &wanted->send_interrupt);
    expect_queue(&device.queues.receive, wanted->message_size, wanted->queue_depth, &wanted->receive_interrupt);
}

static void expect_msgqueue(const struct gunyah_dt_msgqueue *wanted)
{
    const struct gunyah_dt_device device = find(GUNYAH_DT_MSGQUEUE, wanted->label);
    const struct gunyah_dt_queue *used = wanted->sends ? &device.queues.send : &device.queues.receive;
    const struct gunyah_dt_queue *other = wanted->sends ? &device.queues.receive : &device.queues.send;

    expect_queue(used, wanted->message_size, wanted->queue_depth, &wanted->interrupt);
    cr_expect_eq(other->cap.value, GUNYAH_CAPID_INVALID);
}

static void expect_item(const struct asked_item *item)
{
    switch (item->kind) {
    case ASKED_RM_RPC:
        expect_rm_rpc(&item->rm_rpc);
        break;
    case ASKED_MSGQUEUE:
        expect_msgqueue(&item->queue);
        break;
    case ASKED_PAIR:
        expect_pair(&item->pair);
        break;
    case ASKED_DOORBELL: {
        const struct gunyah_dt_device device = find(GUNYAH_DT_DOORBELL, item->bell.label);
        cr_expect_neq(device.doorbell.cap.value, GUNYAH_CAPID_INVALID);
        expect_interrupt(&device.doorbell.interrupt, &item->bell.interrupt);
        break;
    }
    default:
        cr_expect_neq(find(GUNYAH_DT_DOORBELL_SOURCE, item->bell.label).doorbell.cap.value, GUNYAH_CAPID_INVALID);
        break;
    }
}

static void expect_no_more(void)
{
    struct gunyah_dt_device device = GUNYAH_DT_DEVICE_INIT;
    size_t count = 0;

    while (gunyah_dt_next_device(&dt, GUNYAH_DT_ANY, &device) == GUNYAH_OK)
        count++;
    cr_expect_eq(count, asked.count);
}

static void expect_identity(void)
{
    struct gunyah_dt_vm_info info = GUNYAH_DT_VM_INFO_INIT;
    enum gunyah_conduit conduit;

    cr_assert_eq(gunyah_dt_get_vm_info(&dt, &info), GUNYAH_OK);
    cr_expect_str_eq(info.image_name, asked.config.image_name);
    cr_assert_eq(gunyah_dt_psci_conduit(&dt, &conduit), GUNYAH_OK);
    cr_expect_eq(conduit, GUNYAH_CONDUIT_HVC);
}

static void find_what_was_asked_for(enum gunyah_rm_generation generation)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        make_up(seed);
        start(generation);
        expect_identity();
        for (size_t i = 0; i < asked.count; i++)
            expect_item(&asked.items[i]);
        expect_no_more();
        made_close(&made);
    }
}

Test(dt_random_found, what_was_asked_for_in_2023)
{
    find_what_was_asked_for(GUNYAH_RM_GENERATION_2023);
}

Test(dt_random_found, what_was_asked_for_later)
{
    find_what_was_asked_for(GUNYAH_RM_GENERATION_LATER);
}
