// SPDX-License-Identifier: BSD-3-Clause
// Requests to the Resource Manager and their answers.
#include "made.h"

#define UNKNOWN_MESSAGE 0x56ffffff

static bool unknown_messages_are_refused(struct target *target)
{
    struct hlos hlos;

    EXPECT_TRUE(conformance_hlos(target, &hlos));
    EXPECT_EQ(gunyah_rm_call(hlos.rm, UNKNOWN_MESSAGE, NULL, 0, NULL, 0, NULL, GUNYAH_RM_DEFAULT_TIMEOUT),
              GUNYAH_ERR_UNIMPLEMENTED);
    return true;
}

static bool answers_take_time(struct target *target)
{
    unsigned char reply[4];
    struct hlos hlos;
    size_t size;

    EXPECT_TRUE(conformance_hlos(target, &hlos));
    EXPECT_OK(gunyah_rm_begin(hlos.rm, GUNYAH_RM_VM_GET_VMID, NULL, 0, reply, sizeof(reply)));
    EXPECT_EQ(gunyah_rm_finish(hlos.rm, &size, 0), GUNYAH_ERR_TIMEOUT);
    EXPECT_EQ(gunyah_rm_begin(hlos.rm, GUNYAH_RM_VM_GET_VMID, NULL, 0, NULL, 0), GUNYAH_ERR_BUSY);
    EXPECT_OK(gunyah_rm_finish(hlos.rm, &size, MADE_PATIENCE_NS));
    EXPECT_EQ(size, sizeof(reply));
    EXPECT_EQ(reply[0], GUNYAH_VMID_HLOS);
    EXPECT_EQ(gunyah_rm_finish(hlos.rm, &size, 0), GUNYAH_ERR_OBJECT_STATE);
    return true;
}

static bool late_answers_are_dropped(struct target *target)
{
    struct hlos hlos;
    gunyah_vmid_t vmid;

    EXPECT_TRUE(conformance_hlos(target, &hlos));
    EXPECT_EQ(gunyah_rm_call(hlos.rm, GUNYAH_RM_VM_GET_PEERS, NULL, 0, NULL, 0, NULL, 0), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_vm_self(hlos.rm, &vmid));
    EXPECT_EQ(vmid.value, GUNYAH_VMID_HLOS);
    EXPECT_EQ(gunyah_rm_get_counters(hlos.rm)->malformed, 0);
    return true;
}

static bool long_answers_are_told(struct target *target)
{
    unsigned char reply[2];
    struct hlos hlos;
    size_t size = 0;

    EXPECT_TRUE(conformance_hlos(target, &hlos));
    EXPECT_EQ(gunyah_rm_call(hlos.rm, GUNYAH_RM_VM_GET_VMID, NULL, 0, reply, sizeof(reply), &size, MADE_PATIENCE_NS),
              GUNYAH_ERR_BUFFER_TOO_SMALL);
    EXPECT_EQ(size, 4);
    EXPECT_EQ(reply[0], GUNYAH_VMID_HLOS);
    return true;
}

static bool nothing_is_told_unasked(struct target *target)
{
    struct gunyah_rm_event event;
    struct hlos hlos;

    EXPECT_TRUE(conformance_hlos(target, &hlos));
    EXPECT_EQ(gunyah_rm_next_event(hlos.rm, &event, 1000000), GUNYAH_ERR_TIMEOUT);
    return true;
}

static bool deadly_requests_are_kept_back(struct target *target)
{
    const unsigned char stranger[4] = {0x90};
    struct hlos hlos;
    gunyah_vmid_t vmid;

    EXPECT_TRUE(conformance_hlos(target, &hlos));
    EXPECT_EQ(gunyah_rm_call(hlos.rm, GUNYAH_RM_VM_DEALLOCATE, stranger, sizeof(stranger), NULL, 0, NULL, 0),
              GUNYAH_ERR_WOULD_CRASH);
    EXPECT_OK(gunyah_vm_self(hlos.rm, &vmid));
    return true;
}

static const struct conformance_case cases[] = {
    {"rm.unknown_messages_are_refused", unknown_messages_are_refused},
    {"rm.answers_take_time", answers_take_time},
    {"rm.late_answers_are_dropped", late_answers_are_dropped},
    {"rm.long_answers_are_told", long_answers_are_told},
    {"rm.nothing_is_told_unasked", nothing_is_told_unasked},
    {"rm.deadly_requests_are_kept_back", deadly_requests_are_kept_back},
};

const struct conformance_suite conformance_rm = {cases, COUNT_OF(cases)};
