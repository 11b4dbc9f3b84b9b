// SPDX-License-Identifier: BSD-3-Clause
// Every call of the model with capabilities that are of no use, in each way there is, and with random arguments, as the
// manual says and as it was recorded.
#include "model_scene.h"

#define NUMBERS GUNYAH_HYPERCALL_TABLE_SIZE
#define ROUNDS 400 // of random arguments, for each call and mode

// ---- capabilities -------------------------------------------------------------------------------------------------------

// An object that is not of this type.
static uint64_t other_than(const struct scene *scene, uint32_t type)
{
    return scene
        ->active[type != GUNYAH_OBJECT_TYPE_DOORBELL ? GUNYAH_OBJECT_TYPE_DOORBELL : GUNYAH_OBJECT_TYPE_MSGQUEUE];
}

// One capability of a call is of no use, in each way there is.
static void try_capability(struct scene *scene, uint32_t number, const struct model_entry *entry, uint32_t place)
{
    const struct model_cap *want = &entry->caps[place];
    const bool is_any = want->type == GUNYAH_OBJECT_TYPE_ANY;
    const uint32_t type = is_any ? GUNYAH_OBJECT_TYPE_DOORBELL : want->type;
    const bool activates = (want->rights & GUNYAH_RIGHT_ACTIVATE) != 0;
    const struct {
        uint64_t cap;
        int32_t error;
        bool is_possible;
    } rows[] = {
        {NONE, by_mode(scene->machine, GUNYAH_HVERR_CSPACE_CAP_NULL, GUNYAH_HVERR_ARGUMENT_INVALID), true},
        {scene->deleted, GUNYAH_HVERR_CSPACE_CAP_NULL, true},
        {scene->revoked, GUNYAH_HVERR_CSPACE_CAP_REVOKED, true},
        {other_than(scene, type), GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE, !is_any},
        {activates ? scene->user[type] : scene->activator[type], GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS,
         type != GUNYAH_OBJECT_TYPE_HWIRQ && want->rights != 0},
        {scene->fresh[type], GUNYAH_HVERR_OBJECT_STATE,
         (want->flags & MODEL_CAP_ACTIVE) != 0 && scene->fresh[type] != NONE},
    };
    uint64_t args[8];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!rows[i].is_possible)
            continue;
        fill(scene, entry, args);
        args[want->argument] = rows[i].cap;
        const int32_t error = attempt(scene, number, entry, args);
        cr_expect(error == rows[i].error, "call 0x%x, capability %u, row %zu: %d, not %d", number, place, i, error,
                  rows[i].error);
    }
}

static void try_capabilities(bool manual)
{
    struct scene scene;

    begin(&scene, manual);
    for (uint32_t number = 0; number < NUMBERS; number++) {
        const struct model_entry *entry = gunyah_model_entry_of(number);

        for (uint32_t place = 0; entry != NULL && place < entry->cap_count; place++) {
            // What comes after one that no call makes is not looked at.
            if (place != 0 && entry->caps[0].type == GUNYAH_OBJECT_TYPE_HWIRQ)
                continue;
            for (int smccc = 0; smccc < 2; smccc++) {
                scene.machine->smccc = smccc != 0;
                try_capability(&scene, number, entry, place);
            }
        }
    }
    end(&scene);
}

Test(model_illegal, capabilities)
{
    try_capabilities(false);
    try_capabilities(true);
}

// ---- other arguments ----------------------------------------------------------------------------------------------------

static uint64_t next_random(struct scene *scene)
{
    uint64_t word = scene->random += UINT64_C(0x9e3779b97f4a7c15);

    word = (word ^ word >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ word >> 27) * UINT64_C(0x94d049bb133111eb);
    return word ^ word >> 31;
}

static uint64_t any_number(struct scene *scene)
{
    return scene_numbers[next_random(scene) % (sizeof(scene_numbers) / sizeof(scene_numbers[0]))];
}

static uint64_t any_cap(struct scene *scene)
{
    const uint32_t type = (uint32_t)(next_random(scene) % TYPES);

    switch (next_random(scene) % 8) {
    case 0:
        return scene->fresh[type];
    case 1:
        return scene->user[type];
    case 2:
        return scene->revoked;
    case 3:
        return scene->deleted;
    default:
        return scene->active[type];
    }
}

static void try_arguments(struct scene *scene, uint32_t number, const struct model_entry *entry)
{
    uint64_t args[8];

    fill(scene, entry, args);
    for (uint32_t i = 0; i < 7; i++) {
        // Mostly what is right stays, so that the others are looked at.
        const bool is_cap = args[i] != 0 && args[i] != UINT64_MAX;
        const uint64_t choice = next_random(scene) % 16;

        if ((entry->reserved_zero >> i & 1) != 0 || (entry->reserved_ones >> i & 1) != 0)
            args[i] = choice == 0 ? any_number(scene) : args[i];
        else if (is_cap)
            args[i] = choice == 0 ? any_cap(scene) : args[i];
        else if (choice < 10)
            args[i] = choice < 3 ? any_cap(scene) : any_number(scene);
    }
    scene->machine->smccc = next_random(scene) % 2 != 0;
    attempt(scene, number, entry, args);
}

static void try_all_arguments(bool manual)
{
    struct scene scene;

    begin(&scene, manual);
    for (uint32_t number = 0; number < NUMBERS; number++) {
        const struct model_entry *entry = gunyah_model_entry_of(number);

        for (int round = 0; entry != NULL && round < ROUNDS; round++)
            try_arguments(&scene, number, entry);
    }
    end(&scene);
}

Test(model_illegal, arguments_as_recorded, .timeout = 120)
{
    try_all_arguments(false);
}

Test(model_illegal, arguments_as_the_manual_says, .timeout = 120)
{
    try_all_arguments(true);
}
