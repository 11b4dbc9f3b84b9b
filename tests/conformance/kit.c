// SPDX-License-Identifier: BSD-3-Clause
// What cases share: objects that are ready for use, and a look at an interrupt.
#include "conformance.h"

bool conformance_owner(struct target *target, struct owner *owner)
{
    const struct target_vm *vm = &target->vms[TARGET_OWNER];

    owner->g = vm->g;
    EXPECT_OK(gunyah_partition_open(vm->g, vm->partition, &owner->partition));
    EXPECT_OK(gunyah_cspace_open(vm->g, vm->cspace, &owner->cspace));
    EXPECT_OK(gunyah_vic_open(vm->g, vm->vic, &owner->vic));
    return true;
}

bool conformance_make_doorbell(struct target *target, const struct owner *owner, struct gunyah_doorbell **doorbell)
{
    EXPECT_OK(gunyah_doorbell_create(owner->partition, owner->cspace, doorbell));
    EXPECT_OK(gunyah_doorbell_activate(*doorbell));
    return true;
}

bool conformance_make_msgqueue(struct target *target, const struct owner *owner, uint32_t depth, uint32_t message_size,
                               struct gunyah_msgqueue **queue)
{
    EXPECT_OK(gunyah_msgqueue_create(owner->partition, owner->cspace, queue));
    EXPECT_OK(gunyah_msgqueue_configure(*queue, depth, message_size));
    EXPECT_OK(gunyah_msgqueue_activate(*queue));
    return true;
}

bool conformance_make_cspace(struct target *target, const struct owner *owner, uint32_t max_caps,
                             struct gunyah_cspace **cspace)
{
    EXPECT_OK(gunyah_cspace_create(owner->partition, owner->cspace, cspace));
    EXPECT_OK(gunyah_cspace_configure(*cspace, max_caps));
    EXPECT_OK(gunyah_cspace_activate(*cspace));
    return true;
}

bool conformance_make_memextent(struct target *target, const struct owner *owner, uint64_t size,
                                struct gunyah_memextent **extent)
{
    const uint64_t base = target_free_memory(target, size);

    EXPECT_TRUE(base != 0);
    EXPECT_OK(gunyah_memextent_create(owner->partition, owner->cspace, extent));
    EXPECT_OK(gunyah_memextent_configure(*extent, base, size, GUNYAH_PGTABLE_ACCESS_RWX, GUNYAH_MEMEXTENT_MEMTYPE_ANY,
                                         GUNYAH_MEMEXTENT_TYPE_BASIC));
    EXPECT_OK(gunyah_memextent_activate(*extent));
    return true;
}

bool conformance_make_addrspace(struct target *target, const struct owner *owner, struct gunyah_addrspace **addrspace)
{
    EXPECT_OK(gunyah_addrspace_create(owner->partition, owner->cspace, addrspace));
    EXPECT_OK(gunyah_addrspace_configure(*addrspace, target_free_vmid(target)));
    EXPECT_OK(gunyah_addrspace_activate(*addrspace));
    return true;
}

bool conformance_bind_doorbell(struct target *target, const struct owner *owner, enum target_trigger trigger,
                               struct gunyah_doorbell **doorbell, gunyah_virq_t *virq)
{
    *virq = target_free_virq(target);
    EXPECT_TRUE(target->ops->set_trigger(target, TARGET_OWNER, *virq, trigger));
    EXPECT_TRUE(conformance_make_doorbell(target, owner, doorbell));
    EXPECT_OK(gunyah_doorbell_bind_virq(*doorbell, owner->vic, *virq));
    return true;
}

bool conformance_connect_doorbell(struct target *target, struct target_doorbell *wanted,
                                  struct gunyah_doorbell **sender, struct gunyah_doorbell **receiver)
{
    struct gunyah_doorbell_options send = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_doorbell_options receive = GUNYAH_DOORBELL_OPTIONS_INIT;

    EXPECT_TRUE(target->ops->connect_doorbell(target, wanted));
    send.cap = wanted->send_cap;
    receive.cap = wanted->receive_cap;
    receive.virq = wanted->virq;
    EXPECT_OK(gunyah_doorbell_open(target->vms[wanted->from].g, &send, sender));
    EXPECT_OK(gunyah_doorbell_open(target->vms[wanted->to].g, &receive, receiver));
    return true;
}

bool conformance_connect_msgqueue(struct target *target, struct target_msgqueue *wanted,
                                  struct gunyah_msgqueue **sender, struct gunyah_msgqueue **receiver)
{
    struct gunyah_msgqueue_options send = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue_options receive = GUNYAH_MSGQUEUE_OPTIONS_INIT;

    EXPECT_TRUE(target->ops->connect_msgqueue(target, wanted));
    send.cap = wanted->send_cap;
    send.message_size = wanted->message_size;
    send.send_virq = wanted->send_virq;
    receive.cap = wanted->receive_cap;
    receive.message_size = wanted->message_size;
    receive.receive_virq = wanted->receive_virq;
    EXPECT_OK(gunyah_msgqueue_open(target->vms[wanted->from].g, &send, sender));
    EXPECT_OK(gunyah_msgqueue_open(target->vms[wanted->to].g, &receive, receiver));
    return true;
}

bool conformance_open_doorbell(struct target *target, struct gunyah *g, gunyah_capid_t cap,
                               struct gunyah_doorbell **doorbell)
{
    struct gunyah_doorbell_options options = GUNYAH_DOORBELL_OPTIONS_INIT;

    options.cap = cap;
    EXPECT_OK(gunyah_doorbell_open(g, &options, doorbell));
    return true;
}

int32_t conformance_no_such_cap(const struct target *target)
{
    return target->as_manual ? GUNYAH_HVERR_CSPACE_CAP_NULL : GUNYAH_HVERR_ARGUMENT_INVALID;
}

enum gunyah_error conformance_no_such_cap_error(const struct target *target)
{
    return target->as_manual ? GUNYAH_ERR_CAP_NULL : GUNYAH_ERR_ARGUMENT_INVALID;
}

enum gunyah_error conformance_take(struct gunyah *g, gunyah_virq_t virq)
{
    return gunyah_wait(g, &virq, 1, 0, NULL);
}

bool conformance_pass(struct target *target, const struct owner *owner, uint64_t nanoseconds)
{
    struct gunyah_doorbell *silent;
    gunyah_virq_t virq;

    EXPECT_TRUE(conformance_bind_doorbell(target, owner, TARGET_EDGE, &silent, &virq));
    EXPECT_EQ(gunyah_wait(owner->g, &virq, 1, nanoseconds, NULL), GUNYAH_ERR_TIMEOUT);
    return true;
}

static bool give_addrspace(struct target *target, const struct owner *owner, struct gunyah_thread *thread)
{
    struct gunyah_addrspace *space;

    EXPECT_TRUE(conformance_make_addrspace(target, owner, &space));
    EXPECT_OK(gunyah_addrspace_attach_vcpu(space, thread));
    return true;
}

bool conformance_new_thread(struct target *target, const struct owner *owner, struct gunyah_thread **thread)
{
    struct gunyah_vic *vic;

    EXPECT_OK(gunyah_vic_create(owner->partition, owner->cspace, &vic));
    EXPECT_OK(gunyah_vic_configure(vic, 1, 32));
    EXPECT_OK(gunyah_vic_activate(vic));
    EXPECT_OK(gunyah_thread_create(owner->partition, owner->cspace, thread));
    EXPECT_OK(gunyah_cspace_attach_thread(owner->cspace, *thread));
    EXPECT_OK(gunyah_vic_attach_vcpu(vic, *thread, 0));
    EXPECT_TRUE(give_addrspace(target, owner, *thread));
    EXPECT_OK(gunyah_vic_close(&vic));
    return true;
}

bool conformance_weaken_thread(struct target *target, const struct owner *owner, const struct gunyah_thread *thread,
                               uint32_t rights, struct gunyah_thread **weak)
{
    gunyah_capid_t cap;

    EXPECT_OK(gunyah_cspace_copy(owner->cspace, gunyah_thread_capid(thread), owner->cspace, rights, &cap));
    EXPECT_OK(gunyah_thread_open(owner->g, cap, weak));
    return true;
}
