// SPDX-License-Identifier: BSD-3-Clause
// A machine of the model with objects of every type, on which calls are tried out: what answers an error has changed
// nothing, and has no other result.
#ifndef MODEL_SCENE_H
#define MODEL_SCENE_H

#include "dispatch.h"
#include "model_machine.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define TYPES (GUNYAH_OBJECT_TYPE_WATCHDOG + 1)
#define NONE GUNYAH_CAPID_INVALID

// Objects of each type, and capabilities that are of no use.
struct scene {
    struct machine *machine;
    uint64_t active[TYPES];
    uint64_t fresh[TYPES];     // not active yet
    uint64_t activator[TYPES]; // copies of the active ones: with the right to activate alone,
    uint64_t user[TYPES];      // and with all but that
    uint64_t sparse;           // a sparse extent
    uint64_t deleted;
    uint64_t revoked;
    uint64_t random;
    size_t size; // of a snapshot
    void *before;
    void *after;
};

static inline uint64_t make_active(struct machine *machine, uint64_t cap)
{
    return activate(machine, cap) == GUNYAH_HVERR_OK ? cap : NONE;
}

static inline uint64_t make_device(struct machine *machine)
{
    const uint64_t cap = MAKE(machine, VIRTIO_MMIO);

    ASK(machine, VIRTIO_MMIO_CONFIGURE, cap, make_extent(machine, MEMORY + PAGE, PAGE, 6), 2, 0x40,
        GUNYAH_VIRTIO_DEVICE_TYPE_INPUT);
    return make_active(machine, cap);
}

static inline void make_objects(struct scene *scene)
{
    struct machine *machine = scene->machine;
    uint64_t *active = scene->active;

    active[GUNYAH_OBJECT_TYPE_ADDRSPACE] = make_addrspace(machine, 5);
    active[GUNYAH_OBJECT_TYPE_CSPACE] = machine->root.cspace.value; // where the others are
    active[GUNYAH_OBJECT_TYPE_DOORBELL] = make_active(machine, MAKE(machine, DOORBELL));
    active[GUNYAH_OBJECT_TYPE_HWIRQ] = NONE; // no call makes one
    active[GUNYAH_OBJECT_TYPE_MEMEXTENT] = make_extent(machine, MEMORY, PAGE, 7);
    active[GUNYAH_OBJECT_TYPE_MSGQUEUE] = make_queue(machine, 2, 16);
    active[GUNYAH_OBJECT_TYPE_PARTITION] = machine->root.partition.value;
    active[GUNYAH_OBJECT_TYPE_THREAD] = make_vcpu(machine, active[GUNYAH_OBJECT_TYPE_ADDRSPACE]);
    active[GUNYAH_OBJECT_TYPE_VIC] = make_vic(machine);
    active[GUNYAH_OBJECT_TYPE_VIRTIO_MMIO] = make_device(machine);
    active[GUNYAH_OBJECT_TYPE_VPM_GROUP] = make_active(machine, MAKE(machine, VPM_GROUP));
    active[GUNYAH_OBJECT_TYPE_VRTC] = active[GUNYAH_OBJECT_TYPE_ANY] = NONE; // there are none
    active[GUNYAH_OBJECT_TYPE_WATCHDOG] = make_active(machine, MAKE(machine, WATCHDOG));
    scene->sparse = make_extent(machine, MEMORY + 8 * PAGE, 4 * PAGE, 0x10007);
    // In the state in which most calls get far.
    ASK(machine, MSGQUEUE_SEND, active[GUNYAH_OBJECT_TYPE_MSGQUEUE], 8, RAM);
    ASK(machine, ADDRSPACE_MAP, active[GUNYAH_OBJECT_TYPE_ADDRSPACE], active[GUNYAH_OBJECT_TYPE_MEMEXTENT], PAGE,
        0xf0066);
    ASK(machine, VCPU_BIND_VIRQ, active[GUNYAH_OBJECT_TYPE_THREAD], machine->root.vic.value, 40, 1);
}

static inline void make_fresh(struct scene *scene)
{
    struct machine *machine = scene->machine;
    uint64_t *fresh = scene->fresh;

    fresh[GUNYAH_OBJECT_TYPE_ADDRSPACE] = MAKE(machine, ADDRSPACE);
    fresh[GUNYAH_OBJECT_TYPE_CSPACE] = MAKE(machine, CSPACE);
    fresh[GUNYAH_OBJECT_TYPE_DOORBELL] = MAKE(machine, DOORBELL);
    fresh[GUNYAH_OBJECT_TYPE_HWIRQ] = NONE;
    fresh[GUNYAH_OBJECT_TYPE_MEMEXTENT] = MAKE(machine, MEMEXTENT);
    fresh[GUNYAH_OBJECT_TYPE_MSGQUEUE] = MAKE(machine, MSGQUEUE);
    fresh[GUNYAH_OBJECT_TYPE_PARTITION] = NONE; // there is one, which is active
    fresh[GUNYAH_OBJECT_TYPE_THREAD] = prepare_vcpu(machine, scene->active[GUNYAH_OBJECT_TYPE_ADDRSPACE]);
    fresh[GUNYAH_OBJECT_TYPE_VIC] = MAKE(machine, VIC);
    fresh[GUNYAH_OBJECT_TYPE_VIRTIO_MMIO] = MAKE(machine, VIRTIO_MMIO);
    fresh[GUNYAH_OBJECT_TYPE_VPM_GROUP] = MAKE(machine, VPM_GROUP);
    fresh[GUNYAH_OBJECT_TYPE_VRTC] = fresh[GUNYAH_OBJECT_TYPE_ANY] = NONE;
    fresh[GUNYAH_OBJECT_TYPE_WATCHDOG] = MAKE(machine, WATCHDOG);
}

static inline void make_useless(struct scene *scene)
{
    struct machine *machine = scene->machine;
    const uint64_t cspace = machine->root.cspace.value;

    for (uint32_t type = 0; type < TYPES; type++) {
        scene->activator[type] = copy(machine, scene->active[type], GUNYAH_RIGHT_ACTIVATE);
        scene->user[type] = copy(machine, scene->active[type], ~(uint32_t)GUNYAH_RIGHT_ACTIVATE);
    }
    // Copies, so that no object goes, and the memory has no holes: equal states then have equal bytes.
    const uint64_t master = MAKE(machine, DOORBELL);
    scene->revoked = copy(machine, master, UINT32_MAX);
    ASK(machine, CSPACE_REVOKE_CAPS_FROM, cspace, master);
    scene->deleted = copy(machine, master, UINT32_MAX);
    delete_cap(machine, scene->deleted);
}

// Is there no object of this type?
static inline bool is_of_none(uint32_t type)
{
    return type == GUNYAH_OBJECT_TYPE_HWIRQ || type == GUNYAH_OBJECT_TYPE_VRTC || type == GUNYAH_OBJECT_TYPE_ANY;
}

static inline void begin(struct scene *scene, bool manual)
{
    memset(scene, 0, sizeof(*scene));
    // Of what hypervisor_identify tells, the calls ask only for watchdogs.
    scene->machine = new_machine_with(manual, GUNYAH_HYP_API_FLAGS0_WATCHDOG_MASK);
    cr_assert(ne(ptr, scene->machine, NULL));
    make_objects(scene);
    make_fresh(scene);
    make_useless(scene);
    for (uint32_t type = 0; type < TYPES; type++)
        cr_assert(eq(int, scene->active[type] == NONE, is_of_none(type)), "type %u", type);
    scene->size = gunyah_model_snapshot_size(scene->machine->model);
    scene->before = malloc(scene->size);
    scene->after = malloc(scene->size);
    cr_assert(eq(int, gunyah_model_snapshot(scene->machine->model, scene->before, scene->size), GUNYAH_HVERR_OK));
}

static inline void end(struct scene *scene)
{
    free(scene->before);
    free(scene->after);
    end_machine(scene->machine);
}

static inline bool is_unchanged(struct scene *scene)
{
    const struct gunyah_model *model = scene->machine->model;

    return gunyah_model_snapshot_size(model) == scene->size &&
           gunyah_model_snapshot(model, scene->after, scene->size) == GUNYAH_HVERR_OK &&
           memcmp(scene->before, scene->after, scene->size) == 0;
}

static inline void undo(struct scene *scene)
{
    gunyah_model_restore(scene->machine->model, scene->before, scene->size);
}

// ---- what may be ---------------------------------------------------------------------------------------------------------

// Calls that leave something behind although they answer an error: docs/fidelity.md.
static inline bool may_change(const struct machine *machine, uint32_t number)
{
    switch (number) {
    case GUNYAH_HYPERCALL_OBJECT_ACTIVATE: // what cannot be activated has failed
    case GUNYAH_HYPERCALL_OBJECT_ACTIVATE_FROM:
    case GUNYAH_HYPERCALL_VIRTIO_INPUT_SET_DATA: // a name whose successor is refused is gone
        return true;
    case GUNYAH_HYPERCALL_VIC_CONFIGURE:
    case GUNYAH_HYPERCALL_VIRTIO_INPUT_CONFIGURE:
        return !machine->manual;
    default:
        return false;
    }
}

// Calls at which the real hypervisor stops, for some arguments.
static inline bool may_stop(const struct machine *machine, uint32_t number)
{
    static const uint32_t numbers[] = {
        GUNYAH_HYPERCALL_ADDRSPACE_MAP,    GUNYAH_HYPERCALL_ADDRSPACE_UPDATE_ACCESS,
        GUNYAH_HYPERCALL_OBJECT_ACTIVATE,  GUNYAH_HYPERCALL_ADDRSPACE_CONFIGURE_VMMIO,
        GUNYAH_HYPERCALL_MSGQUEUE_SEND,    GUNYAH_HYPERCALL_OBJECT_ACTIVATE_FROM,
        GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE, GUNYAH_HYPERCALL_VCPU_SET_AFFINITY,
        GUNYAH_HYPERCALL_VCPU_KILL,
    };

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (numbers[i] == number)
            return !machine->manual;
    }
    return false;
}

static inline bool may_tell(const struct machine *machine, uint32_t number)
{
    return number == GUNYAH_HYPERCALL_PARTITION_CREATE_PARTITION ||
           (number == GUNYAH_HYPERCALL_VCPU_RUN_CHECK && !machine->manual);
}

// Make a call, look at what came of it, and take it back. Returns its error.
static inline int32_t attempt(struct scene *scene, uint32_t number, const struct model_entry *entry,
                              const uint64_t args[7])
{
    struct machine *machine = scene->machine;
    const int32_t error = ask(machine, number, args);
    const bool is_error = entry->has_error && error != GUNYAH_HVERR_OK && error != GONE && error != STOPPED;

    cr_assert(error != STOPPED || may_stop(machine, number), "call 0x%x stops", number);
    if (is_error)
        cr_assert(may_change(machine, number) || is_unchanged(scene), "call 0x%x: error %d has changed something",
                  number, error);
    for (uint32_t i = 1; is_error && i < entry->result_count; i++)
        cr_assert(machine->x[i] == 0 || may_tell(machine, number), "call 0x%x: result %u", number, i);
    if (!is_error || may_change(machine, number))
        undo(scene);
    return error;
}

// Arguments that are 0 but for reserved words, and with capabilities that will do.
static inline void fill(const struct scene *scene, const struct model_entry *entry, uint64_t args[8])
{
    for (uint32_t i = 0; i < 8; i++)
        args[i] = (entry->reserved_ones >> i & 1) != 0 ? UINT64_MAX : 0;
    for (uint32_t i = 0; i < entry->cap_count; i++) {
        const struct model_cap *want = &entry->caps[i];
        const uint32_t type = want->type != GUNYAH_OBJECT_TYPE_ANY ? want->type : GUNYAH_OBJECT_TYPE_DOORBELL;

        args[want->argument] = (want->flags & MODEL_CAP_ACTIVE) != 0 ? scene->active[type] : scene->fresh[type];
    }
}

// At limits and beyond them, misaligned, wrapping, with reserved bits, and what is right.
static const uint64_t scene_numbers[] = {0,
                                         1,
                                         2,
                                         3,
                                         4,
                                         8,
                                         9,
                                         16,
                                         17,
                                         20,
                                         31,
                                         32,
                                         33,
                                         40,
                                         62,
                                         63,
                                         64,
                                         0x44,
                                         0x64,
                                         0x66,
                                         0xff,
                                         0x100,
                                         0x200,
                                         0x3ff,
                                         0x1000,
                                         0x1001,
                                         0x2000,
                                         0xffff,
                                         14384,
                                         14385,
                                         99999,
                                         100000,
                                         999999,
                                         100000000,
                                         100000001,
                                         1019,
                                         1020,
                                         0x10001,
                                         0x10004,
                                         0x10007,
                                         0x3ff00ff,
                                         0xf0066,
                                         0xf0064,
                                         0xf0010,
                                         MEMORY,
                                         MEMORY + 0x800,
                                         MEMORY + 4 * PAGE,
                                         RAM,
                                         RAM + RAM_SIZE - 4,
                                         0x80000000,
                                         0x800000ff,
                                         0xfffffffe,
                                         0xffffffff,
                                         UINT64_C(1) << 32,
                                         UINT64_C(1) << 36,
                                         (UINT64_C(1) << 36) - 0x1000,
                                         UINT64_C(1) << 48,
                                         UINT64_C(1) << 52,
                                         UINT64_C(1) << 63,
                                         UINT64_MAX - 0xfff,
                                         UINT64_MAX - 1,
                                         UINT64_MAX};

#endif
