// SPDX-License-Identifier: BSD-3-Clause
// Partitions, capability spaces, interrupt controllers, and what all objects have in common.
#include "typed.h"

#define PARTITION(arguments) ((arguments)[0])
#define INTO(arguments) ((arguments)[1])

// Makes an object of a kind, and closes what this needs.
#define CREATE(kind)                                                                                                   \
    static void create_##kind(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)                \
    {                                                                                                                  \
        struct gunyah_partition *partition = NULL;                                                                     \
        struct gunyah_cspace *into = NULL;                                                                             \
        struct gunyah_##kind *made = NULL;                                                                             \
                                                                                                                       \
        gunyah_partition_open(g, typed_cap(PARTITION(arguments)), &partition);                                         \
        gunyah_cspace_open(g, typed_cap(INTO(arguments)), &into);                                                      \
        answer->error = gunyah_##kind##_create(partition, into, &made);                                                \
        if (answer->error == GUNYAH_OK)                                                                                \
            answer->results[answer->count++] = gunyah_##kind##_capid(made).value;                                      \
        gunyah_##kind##_close(&made);                                                                                  \
        gunyah_cspace_close(&into);                                                                                    \
        gunyah_partition_close(&partition);                                                                            \
    }

CREATE(addrspace)
CREATE(cspace)
CREATE(doorbell)
CREATE(memextent)
CREATE(msgqueue)
CREATE(thread)
CREATE(vic)
CREATE(virtio_mmio)
CREATE(vpm_group)

static void activate(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    answer->error = gunyah_object_activate(g, typed_cap(arguments[0]));
}

static void reset(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    answer->error = gunyah_object_reset(g, typed_cap(arguments[0]));
}

// A function for a capability of another space.
typedef enum gunyah_error in_space(struct gunyah_cspace *cspace, gunyah_capid_t cap);

static void do_in_space(struct gunyah *g, const uint64_t *arguments, in_space *function, struct typed_answer *answer)
{
    struct gunyah_cspace *cspace = NULL;

    gunyah_cspace_open(g, typed_cap(arguments[0]), &cspace);
    answer->error = function(cspace, typed_cap(arguments[1]));
    gunyah_cspace_close(&cspace);
}

static void activate_from(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    do_in_space(g, arguments, gunyah_object_activate_from, answer);
}

static void reset_from(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    do_in_space(g, arguments, gunyah_object_reset_from, answer);
}

static void delete (struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    do_in_space(g, arguments, gunyah_cspace_delete, answer);
}

static void revoke(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    do_in_space(g, arguments, gunyah_cspace_revoke, answer);
}

static void revoke_children(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    do_in_space(g, arguments, gunyah_cspace_revoke_children, answer);
}

static void copy(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_cspace *from = NULL;
    struct gunyah_cspace *to = NULL;
    gunyah_capid_t made = {0};

    gunyah_cspace_open(g, typed_cap(arguments[0]), &from);
    gunyah_cspace_open(g, typed_cap(arguments[2]), &to);
    answer->error = gunyah_cspace_copy(from, typed_cap(arguments[1]), to, (uint32_t)arguments[3], &made);
    if (answer->error == GUNYAH_OK)
        answer->results[answer->count++] = made.value;
    gunyah_cspace_close(&to);
    gunyah_cspace_close(&from);
}

static void configure_cspace(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_cspace *cspace = NULL;

    gunyah_cspace_open(g, typed_cap(arguments[0]), &cspace);
    answer->error = gunyah_cspace_configure(cspace, (uint32_t)arguments[1]);
    gunyah_cspace_close(&cspace);
}

// The library sets no options, and no MSIs.
static bool is_plain_vic(const uint64_t *arguments)
{
    return arguments[1] <= UINT32_MAX && arguments[2] <= UINT32_MAX && (arguments[3] | arguments[4]) == 0;
}

static void configure_vic(struct gunyah *g, const uint64_t *arguments, struct typed_answer *answer)
{
    struct gunyah_vic *vic = NULL;

    gunyah_vic_open(g, typed_cap(arguments[0]), &vic);
    answer->error = gunyah_vic_configure(vic, (uint32_t)arguments[1], (uint32_t)arguments[2]);
    gunyah_vic_close(&vic);
}

const struct typed_call typed_capabilities[] = {
    {GUNYAH_HYPERCALL_PARTITION_CREATE_ADDRSPACE, create_addrspace, NULL, false},
    {GUNYAH_HYPERCALL_PARTITION_CREATE_MEMEXTENT, create_memextent, NULL, false},
    {GUNYAH_HYPERCALL_PARTITION_CREATE_CSPACE, create_cspace, NULL, false},
    {GUNYAH_HYPERCALL_PARTITION_CREATE_DOORBELL, create_doorbell, NULL, false},
    {GUNYAH_HYPERCALL_PARTITION_CREATE_MSGQUEUE, create_msgqueue, NULL, false},
    {GUNYAH_HYPERCALL_PARTITION_CREATE_THREAD, create_thread, NULL, false},
    {GUNYAH_HYPERCALL_PARTITION_CREATE_VIC, create_vic, NULL, false},
    {GUNYAH_HYPERCALL_PARTITION_CREATE_VIRTIO_MMIO, create_virtio_mmio, NULL, false},
    {GUNYAH_HYPERCALL_PARTITION_CREATE_VPM_GROUP, create_vpm_group, NULL, false},
    {GUNYAH_HYPERCALL_OBJECT_ACTIVATE, activate, NULL, false},
    {GUNYAH_HYPERCALL_OBJECT_ACTIVATE_FROM, activate_from, NULL, false},
    {GUNYAH_HYPERCALL_OBJECT_RESET, reset, NULL, false},
    {GUNYAH_HYPERCALL_OBJECT_RESET_FROM, reset_from, NULL, false},
    {GUNYAH_HYPERCALL_CSPACE_DELETE_CAP_FROM, delete, NULL, false},
    {GUNYAH_HYPERCALL_CSPACE_REVOKE_CAP_FROM, revoke, NULL, false},
    {GUNYAH_HYPERCALL_CSPACE_REVOKE_CAPS_FROM, revoke_children, NULL, false},
    {GUNYAH_HYPERCALL_CSPACE_COPY_CAP_FROM, copy, NULL, false},
    {GUNYAH_HYPERCALL_CSPACE_CONFIGURE, configure_cspace, NULL, true},
    {GUNYAH_HYPERCALL_VIC_CONFIGURE, configure_vic, is_plain_vic, false},
    {0, NULL, NULL, false},
};
