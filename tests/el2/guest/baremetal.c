// SPDX-License-Identifier: BSD-3-Clause
// The backend for bare metal by itself: its own way to wait, and what it does where there is no Gunyah or no memory.
#include "guest.h"

#define MILLISECOND UINT64_C(1000000)
#define NEWER_API UINT64_C(0x5100000000008002)
#define OTHER_UID 0x12345678

static const struct {
    enum gunyah_convention convention;
    enum gunyah_conduit conduit;
} manners[] = {
    {GUNYAH_CONVENTION_DEFAULT, GUNYAH_CONDUIT_DEFAULT}, {GUNYAH_CONVENTION_SMCCC, GUNYAH_CONDUIT_HVC},
    {GUNYAH_CONVENTION_SMCCC, GUNYAH_CONDUIT_SMC},       {GUNYAH_CONVENTION_DEFAULT, GUNYAH_CONDUIT_SMC},
    {GUNYAH_CONVENTION_IMMEDIATE, GUNYAH_CONDUIT_HVC},
};

// A session without hooks, of the VM that speaks, in an arena.
static enum gunyah_error open_in(size_t manner, size_t arena_size, struct gunyah **g)
{
    static struct gunyah_baremetal baremetal;
    static struct gunyah_arena arena;
    static _Alignas(16) unsigned char memory[8192];
    struct gunyah_baremetal_options hooks = GUNYAH_BAREMETAL_OPTIONS_INIT;
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    const struct gunyah_allocator allocator = gunyah_arena_allocator(&arena, memory, arena_size);

    hooks.has_smc = true;
    hooks.probe_immediate = true;
    options.backend = gunyah_baremetal_backend(&hooks, &baremetal);
    options.convention = manners[manner].convention;
    options.conduit = manners[manner].conduit;
    options.allocator = arena_size <= sizeof(memory) ? &allocator : NULL;
    return gunyah_open(&options, g);
}

// Every manner ends the same on a machine of this kind.
static bool refuses(struct target *target, uint64_t api_info, uint64_t uid, uint64_t silent, size_t count,
                    enum gunyah_error error)
{
    struct guest_state state = {.x = {api_info, uid, silent}};
    struct gunyah *g;

    guest_reset(&state);
    EXPECT_EQ(state.x[0], GUNYAH_HVERR_OK);
    guest_speak_for(TARGET_OWNER);
    for (size_t i = 0; i < count; i++) {
        EXPECT_EQ(open_in(i, 8192, &g), error);
        EXPECT_TRUE(g == NULL);
    }
    return true;
}

static bool newer_hypervisor_is_refused(struct target *target)
{
    return refuses(target, NEWER_API, 0, false, COUNT_OF(manners), GUNYAH_ERR_API_VERSION);
}

// The immediate convention, which is the last, does not ask for the UID.
static bool other_hypervisor_is_refused(struct target *target)
{
    return refuses(target, 0, OTHER_UID, false, COUNT_OF(manners) - 1, GUNYAH_ERR_NOT_GUNYAH);
}

static bool silence_is_refused(struct target *target)
{
    return refuses(target, 0, 0, true, COUNT_OF(manners), GUNYAH_ERR_NOT_GUNYAH);
}

static bool arena_can_be_too_small(struct target *target)
{
    struct gunyah *g;

    EXPECT_EQ(open_in(0, 0, &g), GUNYAH_ERR_OUT_OF_MEMORY);
    EXPECT_EQ(open_in(0, 64, &g), GUNYAH_ERR_OUT_OF_MEMORY);
    // There is no heap to fall back on.
    EXPECT_EQ(open_in(0, SIZE_MAX, &g), GUNYAH_ERR_OUT_OF_MEMORY);
    return true;
}

// By the registers of the CPU interface, with interrupts masked.
static bool waits_without_a_hook(struct target *target)
{
    struct owner owner;
    struct gunyah_doorbell *doorbells[2];
    gunyah_virq_t virqs[2];
    struct gunyah *g;
    size_t index = 77;

    EXPECT_TRUE(conformance_owner(target, &owner));
    EXPECT_OK(open_in(0, 8192, &g));
    for (size_t i = 0; i < COUNT_OF(virqs); i++) {
        EXPECT_TRUE(conformance_bind_doorbell(target, &owner, TARGET_EDGE, &doorbells[i], &virqs[i]));
        guest_enable(virqs[i].value, true);
    }
    EXPECT_EQ(gunyah_wait(g, virqs, 2, 0, &index), GUNYAH_ERR_TIMEOUT);
    EXPECT_EQ(gunyah_wait(g, virqs, 2, MILLISECOND, &index), GUNYAH_ERR_TIMEOUT);
    EXPECT_EQ(index, 77);
    EXPECT_OK(gunyah_doorbell_send(doorbells[1], 1, NULL));
    EXPECT_OK(gunyah_wait(g, virqs, 2, GUNYAH_WAIT_FOREVER, &index));
    EXPECT_EQ(index, 1);
    EXPECT_EQ(gunyah_wait(g, virqs, 2, 0, &index), GUNYAH_ERR_TIMEOUT);
    EXPECT_OK(gunyah_close(&g));
    return true;
}

static const struct conformance_case cases[] = {
    {"baremetal.newer_hypervisor_is_refused", newer_hypervisor_is_refused},
    {"baremetal.other_hypervisor_is_refused", other_hypervisor_is_refused},
    {"baremetal.silence_is_refused", silence_is_refused},
    {"baremetal.arena_can_be_too_small", arena_can_be_too_small},
    {"baremetal.waits_without_a_hook", waits_without_a_hook},
};

const struct conformance_suite guest_baremetal = {cases, COUNT_OF(cases)};
