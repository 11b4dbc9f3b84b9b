// SPDX-License-Identifier: BSD-3-Clause
// What HLOS and a VM have between them: doorbells, message queues, names, the console, and last words.
#include "made.h"

#include <string.h>

static const char words[] = "out of biscuits";

struct pair {
    struct hlos hlos;
    struct made made;
    struct gunyah_rm *guest;
    struct gunyah_vm *back; // HLOS, as the VM sees it
};

static bool open_pair(struct target *target, struct pair *pair)
{
    EXPECT_TRUE(conformance_running_vm(target, &pair->hlos, &pair->made, &pair->guest));
    EXPECT_OK(gunyah_vm_open(gunyah_rm_vmm(pair->guest), gunyah_vmid(GUNYAH_VMID_HLOS), &pair->back));
    return true;
}

static bool rings(struct target *target, struct gunyah_doorbell *from, struct gunyah_doorbell *to)
{
    uint64_t flags;

    EXPECT_EQ(gunyah_doorbell_wait(to, UINT64_MAX, 1000, &flags), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_doorbell_send(from, 5, NULL));
    EXPECT_OK(gunyah_doorbell_wait(to, UINT64_MAX, MADE_PATIENCE_NS, &flags));
    EXPECT_EQ(flags, 5);
    return true;
}

static bool doorbells_ring_both_ways(struct target *target)
{
    struct gunyah_doorbell *bells[4];
    struct pair pair;

    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_OK(gunyah_vm_open_doorbell(pair.made.vm, TARGET_GUEST_BELL, true, &bells[0]));
    EXPECT_OK(gunyah_vm_open_doorbell(pair.back, TARGET_GUEST_BELL, false, &bells[1]));
    EXPECT_OK(gunyah_vm_open_doorbell(pair.back, TARGET_GUEST_BELL_BACK, true, &bells[2]));
    EXPECT_OK(gunyah_vm_open_doorbell(pair.made.vm, TARGET_GUEST_BELL_BACK, false, &bells[3]));
    EXPECT_TRUE(rings(target, bells[0], bells[1]));
    EXPECT_TRUE(rings(target, bells[2], bells[3]));
    EXPECT_EQ(gunyah_vm_open_doorbell(pair.made.vm, 77, true, &bells[0]), GUNYAH_ERR_RM_LOOKUP_FAILED);
    EXPECT_EQ(gunyah_vm_open_doorbell(pair.made.vm, TARGET_GUEST_BELL, false, &bells[0]), GUNYAH_ERR_RM_LOOKUP_FAILED);
    return true;
}

static bool carries(struct target *target, struct gunyah_msgqueue *from, struct gunyah_msgqueue *to)
{
    char got[240];
    size_t size;

    EXPECT_EQ(gunyah_msgqueue_receive(to, got, sizeof(got), &size, NULL), GUNYAH_ERR_EMPTY);
    EXPECT_OK(gunyah_msgqueue_send(from, words, sizeof(words), GUNYAH_MSGQUEUE_PUSH, NULL));
    EXPECT_OK(gunyah_msgqueue_receive(to, got, sizeof(got), &size, NULL));
    EXPECT_EQ(size, sizeof(words));
    EXPECT_EQ(memcmp(got, words, sizeof(words)), 0);
    return true;
}

static bool queues_carry_both_ways(struct target *target)
{
    struct gunyah_msgqueue *queues[4];
    struct pair pair;

    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_OK(gunyah_vm_open_msgqueue(pair.made.vm, TARGET_GUEST_QUEUES, true, 0, &queues[0]));
    EXPECT_OK(gunyah_vm_open_msgqueue(pair.back, TARGET_GUEST_QUEUES, false, 0, &queues[1]));
    EXPECT_OK(gunyah_vm_open_msgqueue(pair.back, TARGET_GUEST_QUEUES, true, 0, &queues[2]));
    EXPECT_OK(gunyah_vm_open_msgqueue(pair.made.vm, TARGET_GUEST_QUEUES, false, 0, &queues[3]));
    EXPECT_TRUE(carries(target, queues[0], queues[1]));
    EXPECT_TRUE(carries(target, queues[2], queues[3]));
    return true;
}

static bool resources_go_with_the_vm(struct target *target)
{
    struct gunyah_doorbell *bell;
    struct gunyah_vm_resource resources[8];
    struct pair pair;
    size_t count;

    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_OK(gunyah_vm_resources(pair.made.vm, resources, COUNT_OF(resources), &count));
    EXPECT_TRUE(count >= 4);
    EXPECT_EQ(gunyah_vm_resources(pair.made.vm, resources, 1, &count), GUNYAH_ERR_BUFFER_TOO_SMALL);
    EXPECT_OK(gunyah_vm_open_doorbell(pair.made.vm, TARGET_GUEST_BELL, true, &bell));
    EXPECT_OK(gunyah_vm_destroy(&pair.made.vm, MADE_PATIENCE_NS, NULL));
    EXPECT_EQ(gunyah_doorbell_send(bell, 1, NULL), GUNYAH_ERR_CAP_NULL);
    return true;
}

static bool names_are_found(struct target *target)
{
    struct gunyah_vm_identity identity;
    struct gunyah_rm_vm_entry vms[2];
    struct pair pair;
    gunyah_vmid_t vmid;
    size_t count;

    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_OK(gunyah_vm_self(pair.hlos.rm, &vmid));
    EXPECT_EQ(vmid.value, GUNYAH_VMID_HLOS);
    EXPECT_OK(gunyah_vm_owner(pair.guest, &vmid));
    EXPECT_EQ(vmid.value, GUNYAH_VMID_HLOS);
    EXPECT_OK(gunyah_vm_peers(pair.hlos.rm, vms, COUNT_OF(vms), &count));
    EXPECT_EQ(count, 1);
    EXPECT_EQ(vms[0].vmid.value, pair.made.vmid.value);
    EXPECT_OK(gunyah_vm_lookup_name(pair.hlos.rm, TARGET_GUEST_NAME, vms, COUNT_OF(vms), &count));
    EXPECT_EQ(count, 1);
    EXPECT_EQ(vms[0].vmid.value, pair.made.vmid.value);
    EXPECT_OK(gunyah_vm_lookup_name(pair.hlos.rm, "nobody", vms, COUNT_OF(vms), &count));
    EXPECT_EQ(count, 0);
    EXPECT_OK(gunyah_vm_identify(pair.hlos.rm, pair.made.vmid, &identity));
    EXPECT_EQ(memcmp(identity.name, TARGET_GUEST_NAME, sizeof(TARGET_GUEST_NAME)), 0);
    EXPECT_EQ(gunyah_vm_identify(pair.hlos.rm, gunyah_vmid(200), &identity), GUNYAH_ERR_NO_RESOURCES);
    return true;
}

static bool last_words_are_kept(struct target *target)
{
    char message[GUNYAH_VM_CRASH_MESSAGE_SIZE];
    struct pair pair;

    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_OK(gunyah_vm_crash_message(pair.hlos.rm, pair.made.vmid, message));
    EXPECT_EQ(message[0], 0);
    EXPECT_OK(gunyah_guest_set_crash_message(pair.guest, words));
    gunyah_guest_exit(pair.guest, GUNYAH_VM_EXIT_CODE_SOFTWARE_ERROR, false);
    EXPECT_OK(gunyah_vm_wait(pair.made.vm, GUNYAH_VM_STATES_ENDED, MADE_PATIENCE_NS, NULL));
    EXPECT_OK(gunyah_vm_crash_message(pair.hlos.rm, pair.made.vmid, message));
    EXPECT_EQ(memcmp(message, words, sizeof(words)), 0);
    EXPECT_EQ(gunyah_vm_crash_message(pair.hlos.rm, gunyah_vmid(200), message), GUNYAH_ERR_RM_VMID_INVALID);
    return true;
}

static bool writes(struct target *target, struct gunyah_rm *from, gunyah_vmid_t console, struct gunyah_rm *to,
                   gunyah_vmid_t whose)
{
    struct gunyah_rm_event event;

    EXPECT_OK(gunyah_console_write(from, console, words, sizeof(words)));
    EXPECT_TRUE(conformance_event(target, to, GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS, &event));
    EXPECT_EQ(event.console.vmid.value, whose.value);
    EXPECT_EQ(event.console.size, sizeof(words));
    EXPECT_EQ(memcmp(event.console.text, words, sizeof(words)), 0);
    return true;
}

static bool consoles_have_two_ends(struct target *target)
{
    struct pair pair;

    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_EQ(gunyah_console_write(pair.guest, gunyah_vmid(0), words, 1), GUNYAH_ERR_DENIED);
    EXPECT_OK(gunyah_console_open(pair.guest, gunyah_vmid(0)));
    EXPECT_OK(gunyah_console_open(pair.hlos.rm, pair.made.vmid));
    EXPECT_TRUE(writes(target, pair.guest, gunyah_vmid(0), pair.hlos.rm, pair.made.vmid));
    EXPECT_TRUE(writes(target, pair.hlos.rm, pair.made.vmid, pair.guest, gunyah_vmid(0)));
    EXPECT_OK(gunyah_console_close(pair.hlos.rm, pair.made.vmid));
    EXPECT_OK(gunyah_console_flush(pair.guest, gunyah_vmid(0)));
    return true;
}

static bool dynamic_vms_have_no_status(struct target *target)
{
    struct pair pair;

    EXPECT_TRUE(open_pair(target, &pair));
    EXPECT_EQ(gunyah_guest_set_status(pair.guest, GUNYAH_OS_STATUS_RUN, 7), GUNYAH_ERR_DENIED);
    return true;
}

static const struct conformance_case cases[] = {
    {"vm_parts.doorbells_ring_both_ways", doorbells_ring_both_ways},
    {"vm_parts.queues_carry_both_ways", queues_carry_both_ways},
    {"vm_parts.resources_go_with_the_vm", resources_go_with_the_vm},
    {"vm_parts.names_are_found", names_are_found},
    {"vm_parts.last_words_are_kept", last_words_are_kept},
    {"vm_parts.consoles_have_two_ends", consoles_have_two_ends},
    {"vm_parts.dynamic_vms_have_no_status", dynamic_vms_have_no_status},
};

const struct conformance_suite conformance_vm_parts = {cases, COUNT_OF(cases)};
