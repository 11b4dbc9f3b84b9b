// SPDX-License-Identifier: BSD-3-Clause
// Scenarios of a VM that makes objects by itself; and faults.
#include "scenario.h"

#include <stdlib.h>

// A doorbell that can be used, by its master capability.
static struct gunyah_doorbell *make_bell(struct maker *maker)
{
    struct gunyah_doorbell *bell = NULL;

    step("the VM creates a doorbell", gunyah_doorbell_create(maker->partition, maker->cspace, &bell), GUNYAH_OK);
    step("it is not active", gunyah_doorbell_send(bell, 1, NULL), GUNYAH_ERR_OBJECT_STATE);
    step("the VM activates it", gunyah_doorbell_activate(bell), GUNYAH_OK);
    return bell;
}

static struct gunyah_cspace *make_cspace(struct maker *maker)
{
    struct gunyah_cspace *other = NULL;

    step("the VM creates a space", gunyah_cspace_create(maker->partition, maker->cspace, &other), GUNYAH_OK);
    step("it gets 0 slots", gunyah_cspace_configure(other, 0), GUNYAH_ERR_ARGUMENT_INVALID);
    step("it gets 4 slots", gunyah_cspace_configure(other, 4), GUNYAH_OK);
    step("the VM activates the space", gunyah_cspace_activate(other), GUNYAH_OK);
    return other;
}

// A copy that may only send, and a handle of it.
static struct gunyah_doorbell *copy_for_sending(struct maker *maker, gunyah_capid_t master, gunyah_capid_t *copy)
{
    struct gunyah_doorbell_options options = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_doorbell *bell = NULL;

    step("a copy that may send",
         gunyah_cspace_copy(maker->cspace, master, maker->cspace, GUNYAH_RIGHT_DOORBELL_SEND, copy), GUNYAH_OK);
    options.cap = *copy;
    step("the VM opens the copy", gunyah_doorbell_open(maker->g, &options, &bell), GUNYAH_OK);
    step("the copy sends", gunyah_doorbell_send(bell, 1, NULL), GUNYAH_OK);
    step("the copy receives", gunyah_doorbell_receive(bell, 1, NULL), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    return bell;
}

static void copy_more(struct maker *maker, gunyah_capid_t master, gunyah_capid_t copy, struct gunyah_cspace *other)
{
    gunyah_capid_t more = {GUNYAH_CAPID_INVALID};

    step("a copy without rights", gunyah_cspace_copy(maker->cspace, master, maker->cspace, 0, &more),
         GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    step("a copy that gains rights",
         gunyah_cspace_copy(maker->cspace, copy, maker->cspace, GUNYAH_RIGHT_DOORBELL_RECEIVE, &more),
         GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    step("a copy in the other space",
         gunyah_cspace_copy(maker->cspace, master, other, GUNYAH_RIGHTS_DOORBELL_ALL, &more), GUNYAH_OK);
    step("one is revoked", gunyah_cspace_revoke(maker->cspace, copy), GUNYAH_ERR_UNIMPLEMENTED);
}

void cspace(void)
{
    struct maker maker;
    gunyah_capid_t copy = {GUNYAH_CAPID_INVALID};

    open_maker(&maker);
    struct gunyah_cspace *other = make_cspace(&maker);
    struct gunyah_doorbell *bell = make_bell(&maker);
    const gunyah_capid_t master = gunyah_doorbell_capid(bell);
    struct gunyah_doorbell *sender = copy_for_sending(&maker, master, &copy);
    copy_more(&maker, master, copy, other);
    step("all copies are revoked", gunyah_cspace_revoke_children(maker.cspace, master), GUNYAH_OK);
    step("the copy sends again", gunyah_doorbell_send(sender, 1, NULL), GUNYAH_ERR_CAP_REVOKED);
    step("a copy revokes", gunyah_cspace_revoke_children(maker.cspace, copy), GUNYAH_ERR_CAP_REVOKED);
    step("the copy is deleted", gunyah_cspace_delete(maker.cspace, copy), GUNYAH_OK);
    step("the deleted copy sends", gunyah_doorbell_send(sender, 1, NULL), GUNYAH_ERR_CAP_NULL);
    step("the master sends", gunyah_doorbell_send(bell, 1, NULL), GUNYAH_OK);
    step("the master is deleted", gunyah_cspace_delete(maker.cspace, master), GUNYAH_OK);
    step("the deleted master sends", gunyah_doorbell_send(bell, 1, NULL), GUNYAH_ERR_CAP_NULL);
    close_maker(&maker);
}

static void use_bell(struct maker *maker)
{
    struct gunyah_doorbell *bell = make_bell(maker);
    uint64_t flags = 0;

    step("once is enough", gunyah_doorbell_activate(bell), GUNYAH_ERR_OBJECT_STATE);
    step("vIRQ 31 is no shared one", gunyah_doorbell_bind_virq(bell, maker->vic, gunyah_virq(31)),
         GUNYAH_ERR_ARGUMENT_INVALID);
    step("the doorbell gets vIRQ 50", gunyah_doorbell_bind_virq(bell, maker->vic, gunyah_virq(50)), GUNYAH_OK);
    step("and not another one", gunyah_doorbell_bind_virq(bell, maker->vic, gunyah_virq(51)), GUNYAH_ERR_VIRQ_BOUND);
    step("the VM rings itself", gunyah_doorbell_send(bell, 0x6, NULL), GUNYAH_OK);
    step("the VM waits", gunyah_doorbell_wait(bell, 0x6, GUNYAH_WAIT_FOREVER, &flags), GUNYAH_OK);
    hex("flags", flags, 0x6);
}

static void use_queue(struct maker *maker)
{
    struct gunyah_msgqueue *queue = NULL;
    char buffer[8];
    size_t size = 0;

    step("the VM creates a queue", gunyah_msgqueue_create(maker->partition, maker->cspace, &queue), GUNYAH_OK);
    step("it has no shape", gunyah_msgqueue_send(queue, "x", 1, 0, NULL), GUNYAH_ERR_OBJECT_CONFIG);
    step("it gets no depth", gunyah_msgqueue_configure(queue, 0, sizeof(buffer)), GUNYAH_ERR_ARGUMENT_SIZE);
    step("it gets 2 messages of 8 bytes", gunyah_msgqueue_configure(queue, 2, sizeof(buffer)), GUNYAH_OK);
    step("the VM activates the queue", gunyah_msgqueue_activate(queue), GUNYAH_OK);
    step("vIRQ 50 is the doorbell's", gunyah_msgqueue_bind_receive_virq(queue, maker->vic, gunyah_virq(50)),
         GUNYAH_ERR_BUSY);
    step("the queue gets vIRQ 51", gunyah_msgqueue_bind_receive_virq(queue, maker->vic, gunyah_virq(51)), GUNYAH_OK);
    step("the VM sends to itself", gunyah_msgqueue_send(queue, "self", 4, 0, NULL), GUNYAH_OK);
    step("the VM waits for it", gunyah_msgqueue_wait_not_empty(queue, GUNYAH_WAIT_FOREVER), GUNYAH_OK);
    step("the VM receives", gunyah_msgqueue_receive(queue, buffer, sizeof(buffer), &size, NULL), GUNYAH_OK);
    bytes("data", buffer, size);
    step("the VM unbinds", gunyah_msgqueue_unbind_receive_virq(queue), GUNYAH_OK);
    step("nothing to wait for", gunyah_msgqueue_wait_not_empty(queue, 0), GUNYAH_ERR_NOT_BOUND);
}

void objects(void)
{
    struct gunyah_vic *vic = NULL;
    struct maker maker;

    open_maker(&maker);
    use_bell(&maker);
    use_queue(&maker);
    step("the VM creates a controller", gunyah_vic_create(maker.partition, maker.cspace, &vic), GUNYAH_OK);
    step("the controller gets 1 vCPU and 8 vIRQs", gunyah_vic_configure(vic, 1, 8), GUNYAH_OK);
    step("the VM activates the controller", gunyah_vic_activate(vic), GUNYAH_OK);
    step("the VM resets it", gunyah_object_reset(maker.g, gunyah_vic_capid(vic)), GUNYAH_ERR_UNIMPLEMENTED);
    close_maker(&maker);
}

// ---- faults and snapshots ----------------------------------------------------------------------------------------

static void fail_once(struct pair *pair)
{
    struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;

    fault.vm = pair->alice.vm;
    fault.call = GUNYAH_HYPERCALL_DOORBELL_SEND;
    fault.error = GUNYAH_HVERR_DENIED;
    fault.nth = 2;
    step("the second ring is to fail", gunyah_sim_add_fault(pair->sim, &fault), GUNYAH_OK);
    step("alice rings 0x1", gunyah_doorbell_send(pair->alice.bell, 0x1, NULL), GUNYAH_OK);
    step("alice rings 0x2", gunyah_doorbell_send(pair->alice.bell, 0x2, NULL), GUNYAH_ERR_DENIED);
    const struct gunyah_error_info *why = gunyah_last_error(pair->alice.g);
    number("domain", why->domain, GUNYAH_DOMAIN_HYPERVISOR);
    number("code", (uint64_t)why->code, GUNYAH_HVERR_DENIED);
    text("call", why->call);
    step("alice rings 0x4", gunyah_doorbell_send(pair->alice.bell, 0x4, NULL), GUNYAH_OK);
    fault.nth = 0;
    step("no ring is to fail", gunyah_sim_add_fault(pair->sim, &fault), GUNYAH_ERR_ARGUMENT_INVALID);
}

void faults(void)
{
    struct pair pair;
    uint64_t flags = 0;

    open_pair(&pair);
    fail_once(&pair);
    const size_t size = gunyah_sim_snapshot_size(pair.sim);
    void *snapshot = malloc(size);
    step("the machine is saved", gunyah_sim_snapshot(pair.sim, snapshot, size), GUNYAH_OK);
    step("bob receives all", gunyah_doorbell_receive(pair.bob.bell, UINT64_MAX, &flags), GUNYAH_OK);
    hex("flags", flags, 0x5);
    step("bob receives none", gunyah_doorbell_receive(pair.bob.bell, UINT64_MAX, &flags), GUNYAH_OK);
    hex("flags", flags, 0);
    step("the machine returns", gunyah_sim_restore(pair.sim, snapshot, size), GUNYAH_OK);
    step("bob receives all again", gunyah_doorbell_receive(pair.bob.bell, UINT64_MAX, &flags), GUNYAH_OK);
    hex("flags", flags, 0x5);
    step("a half is no snapshot", gunyah_sim_restore(pair.sim, snapshot, size / 2), GUNYAH_ERR_ARGUMENT_SIZE);
    free(snapshot);
    close_pair(&pair);
}
