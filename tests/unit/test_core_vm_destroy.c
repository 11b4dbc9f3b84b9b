// SPDX-License-Identifier: BSD-3-Clause
// The way down from every state, with every step failing, and what is told then. Behind it stands a Resource Manager that
// has one VM and its parcels.
#include "fake_rm.h"

#define VMID 0x85
#define PARCELS 3

enum {
    ALLOCATE = 0x56000001,
    DEALLOCATE = 0x56000002,
    STOP = 0x56000005,
    RESET = 0x56000006,
    AUTH_IMAGE = 0x5600000a,
    INIT = 0x5600000b,
    GET_STATE = 0x56000017,
    MEM_LEND = 0x51000012,
    MEM_RECLAIM = 0x51000015,
};

static struct {
    uint8_t state;
    uint8_t after_init; // what VM_INIT leads to
    unsigned parcels;   // a bit each
    unsigned accepted;
    uint32_t log[64]; // of requests but MEM_LEND and GET_STATE
    size_t logged;
    // A request that is refused, or not answered, and how often.
    uint32_t failing;
    uint32_t error;
    unsigned times;
    bool silent;
    bool quiet;      // no notification of the end of a reset
    bool ends_alone; // it exits by itself when it is stopped
} world;

static void become(struct fake_rm *rm, uint8_t state)
{
    world.state = state;
    fake_rm_vm_status(rm, VMID, state);
}

static uint32_t in_state(uint32_t mask)
{
    return (mask & 1u << world.state) != 0 ? 0 : 0x14;
}

static uint32_t do_reset(struct fake_rm *rm)
{
    const uint32_t error = in_state(1 << 2 | 1 << 8 | 1 << 9);

    if (error != 0)
        return error;
    become(rm, 10);
    world.accepted = 0;
    if (!world.quiet)
        become(rm, 11);
    return 0;
}

static uint32_t do_request(struct fake_rm *rm, uint32_t id, uint32_t first)
{
    uint32_t error;

    switch (id) {
    case STOP:
        if (world.ends_alone) {
            become(rm, 9);
            return 0x14;
        }
        error = in_state(1 << 3 | 1 << 4);
        if (error == 0)
            become(rm, 9);
        return error;
    case AUTH_IMAGE:
        error = in_state(1 << 6);
        if (error != 0)
            return error;
        become(rm, 8);
        return 6;
    case INIT:
        error = in_state(1 << 1);
        if (error != 0)
            return error;
        become(rm, world.after_init);
        return world.after_init == 8 ? 0xa : 0;
    case RESET:
        return do_reset(rm);
    case DEALLOCATE:
        error = in_state(1 << 5 | 1 << 11);
        if (error == 0)
            world.state = 0;
        return error;
    case MEM_RECLAIM:
        if ((world.parcels & 1u << first) == 0)
            return 7;
        if ((world.accepted & 1u << first) != 0)
            return 0xb;
        world.parcels &= ~(1u << first);
        return 0;
    default:
        return 0xffffffff;
    }
}

static void answers(struct fake_rm *rm)
{
    const uint32_t id = fake_rm_id(rm);
    uint32_t first;

    memcpy(&first, fake_rm_request(rm)->bytes + 8, 4);
    if (id == ALLOCATE) {
        const uint32_t vmid = VMID;
        fake_rm_replies(rm, 0, &vmid, 4);
        return;
    }
    if (id == MEM_LEND) {
        static uint32_t handle;
        handle = (uint32_t)__builtin_ctz(~world.parcels);
        world.parcels |= 1u << handle;
        fake_rm_replies(rm, 0, &handle, 4);
        return;
    }
    if (id != GET_STATE)
        world.log[world.logged++] = id;
    if (id == world.failing && world.times > 0) {
        world.times--;
        if (!world.silent)
            fake_rm_replies(rm, world.error, NULL, 0);
        return;
    }
    if (id == GET_STATE) {
        const uint32_t state = world.state;
        fake_rm_replies(rm, world.state != 0 ? 0 : 2, &state, 4);
        return;
    }
    fake_rm_replies(rm, do_request(rm, id, first), NULL, 0);
}

static void lend(struct fake_rm *rm, struct gunyah_vm *vm, struct gunyah_memparcel **parcel)
{
    const struct gunyah_memparcel_access access = {{VMID}, GUNYAH_PGTABLE_ACCESS_RWX, 0};
    const struct gunyah_memory_region region = {0x80000000, 0x1000};
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;

    options.access = &access;
    options.access_count = 1;
    options.regions = &region;
    options.region_count = 1;
    options.vm = vm;
    cr_assert_eq(gunyah_memparcel_create(rm->rm, &options, parcel), GUNYAH_OK);
}

// A VM in this state, with three parcels of its own.
static struct fake_rm *open_world(uint8_t state, struct gunyah_vm **vm, struct gunyah_memparcel *parcels[PARCELS])
{
    struct fake_rm *rm = fake_rm_new();
    struct gunyah_rm_options options = fake_rm_options();

    memset(&world, 0, sizeof(world));
    world.state = 5;
    world.after_init = 2;
    rm->fake.ops.now = NULL;
    rm->fake.ops.wait = NULL;
    rm->fake.ops.capabilities &= ~(uint32_t)GUNYAH_BACKEND_WAIT;
    rm->on_request = answers;
    options.default_timeout_ns = 20000;
    fake_rm_connect(rm, &options);
    cr_assert_eq(gunyah_vm_create(gunyah_rm_vmm(rm->rm), (gunyah_vmid_t){0}, vm), GUNYAH_OK);
    for (unsigned i = 0; i < PARCELS; i++)
        lend(rm, *vm, &parcels[i]);
    if (state != 5) {
        struct gunyah_vm_status status;
        // It has a configuration.
        world.state = state == 6 ? 6 : 1;
        cr_assert_eq(fake_rm_ask(rm, GET_STATE, &(const uint16_t[2]){VMID}, 4), GUNYAH_OK);
        become(rm, state);
        cr_assert_eq(gunyah_vm_get_status(*vm, &status), GUNYAH_OK);
        cr_assert_eq(status.state, state);
    }
    world.accepted = state == 3 || state == 4 || state == 9 || state == 10 ? 7 : 0;
    return rm;
}

static void expect_log(const uint32_t *expected, size_t count)
{
    cr_expect_eq(world.logged, count, "%zu requests, not %zu", world.logged, count);
    for (size_t i = 0; i < count && i < world.logged; i++)
        cr_expect_eq(world.log[i], expected[i], "request %zu: %#x, not %#x", i, world.log[i], expected[i]);
}

#define EXPECT_LOG(...)                                                                                                \
    do {                                                                                                               \
        const uint32_t expected_[] = {__VA_ARGS__};                                                                    \
        expect_log(expected_, sizeof(expected_) / sizeof(expected_[0]));                                               \
    } while (0)

#define RECLAIM_ALL MEM_RECLAIM, MEM_RECLAIM, MEM_RECLAIM

static void expect_nothing_left(struct fake_rm *rm, struct gunyah_vm **vm)
{
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;

    remains.error = GUNYAH_ERR_CRASHED;
    remains.step = "?";
    cr_expect_eq(gunyah_vm_destroy(vm, 50000, &remains), GUNYAH_OK);
    cr_expect_null(*vm);
    cr_expect_eq(remains.error, GUNYAH_OK);
    cr_expect_str_eq(remains.step, "");
    cr_expect_eq(remains.memparcels, 0u);
    cr_expect_eq(remains.first_memparcel, GUNYAH_RM_HANDLE_INVALID);
    cr_expect_eq(remains.status.state, GUNYAH_VM_STATE_NONE);
    cr_expect_eq(world.state, 0);
    cr_expect_eq(world.parcels, 0u);
    // Closing would fail if a handle of the connection were open.
    fake_rm_close(rm);
}

// ---- all is well -------------------------------------------------------------------------------------------------

Test(core_vm_destroy, from_every_state)
{
    static const uint8_t states[] = {1, 2, 3, 4, 5, 6, 8, 9, 10, 11};

    for (size_t i = 0; i < sizeof(states); i++) {
        struct gunyah_memparcel *parcels[PARCELS];
        struct gunyah_vm *vm;
        struct fake_rm *rm = open_world(states[i], &vm, parcels);

        if (states[i] == 10) {
            rm->latency = 20;
            become(rm, 11);
            rm->latency = 0;
            world.accepted = 0;
        }
        expect_nothing_left(rm, &vm);
        switch (states[i]) {
        case 3:
        case 4:
            EXPECT_LOG(STOP, RESET, RECLAIM_ALL, DEALLOCATE);
            break;
        case 1:
            EXPECT_LOG(INIT, RESET, RECLAIM_ALL, DEALLOCATE);
            break;
        case 6:
            EXPECT_LOG(AUTH_IMAGE, RESET, RECLAIM_ALL, DEALLOCATE);
            break;
        case 2:
        case 8:
        case 9:
            EXPECT_LOG(RESET, RECLAIM_ALL, DEALLOCATE);
            break;
        default:
            EXPECT_LOG(RECLAIM_ALL, DEALLOCATE);
            break;
        }
    }
}

Test(core_vm_destroy, stops_by_force)
{
    static const uint8_t expected[8] = {VMID, 0, 1, 0, 3, 0, 0, 0};
    struct gunyah_memparcel *parcels[PARCELS];
    struct gunyah_vm *vm;
    struct fake_rm *rm = open_world(3, &vm, parcels);
    bool found = false;

    cr_expect_eq(gunyah_vm_destroy(&vm, 50000, NULL), GUNYAH_OK);
    for (size_t i = 0; i < rm->sent_count; i++) {
        if (rm->sent[i].bytes[4] == (uint8_t)STOP && rm->sent[i].bytes[7] == 0x56) {
            cr_expect_arr_eq(rm->sent[i].bytes + 8, expected, 8);
            found = true;
        }
    }
    cr_expect(found);
    fake_rm_close(rm);
}

Test(core_vm_destroy, initialisation_fails_on_the_way)
{
    struct gunyah_memparcel *parcels[PARCELS];
    struct gunyah_vm *vm;
    struct fake_rm *rm = open_world(1, &vm, parcels);

    world.after_init = 8;
    expect_nothing_left(rm, &vm);
    EXPECT_LOG(INIT, RESET, RECLAIM_ALL, DEALLOCATE);
}

// The RM refuses to stop it, as it has ended by itself.
Test(core_vm_destroy, it_ends_by_itself)
{
    struct gunyah_memparcel *parcels[PARCELS];
    struct gunyah_vm *vm;
    struct fake_rm *rm = open_world(3, &vm, parcels);

    world.ends_alone = true;
    expect_nothing_left(rm, &vm);
    EXPECT_LOG(STOP, RESET, RECLAIM_ALL, DEALLOCATE);
}

Test(core_vm_destroy, notification_is_lost)
{
    struct gunyah_memparcel *parcels[PARCELS];
    struct gunyah_vm *vm;
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;
    struct fake_rm *rm = open_world(9, &vm, parcels);

    world.quiet = true;
    cr_expect_eq(gunyah_vm_destroy(&vm, 50000, &remains), GUNYAH_ERR_TIMEOUT);
    cr_expect_str_eq(remains.step, "wait for the reset");
    cr_expect_eq(remains.status.state, GUNYAH_VM_STATE_RESETTING);
    cr_expect_eq(remains.memparcels, 3u, "nobody tried to take them");
    EXPECT_LOG(RESET);
    // It says nothing when it is done, but answers when it is asked.
    world.state = 11;
    expect_nothing_left(rm, &vm);
    EXPECT_LOG(RESET, RECLAIM_ALL, DEALLOCATE);
}

// Parcels that the caller took back, and one that was donated and accepted.
Test(core_vm_destroy, parcels_that_are_gone)
{
    struct gunyah_memparcel *parcels[PARCELS];
    struct gunyah_vm *vm;
    struct fake_rm *rm = open_world(5, &vm, parcels);

    cr_expect_eq(gunyah_memparcel_reclaim(&parcels[1], false), GUNYAH_OK);
    world.parcels &= ~4u;
    expect_nothing_left(rm, &vm);
    EXPECT_LOG(MEM_RECLAIM, MEM_RECLAIM, MEM_RECLAIM, DEALLOCATE);
}

Test(core_vm_destroy, parcels_of_others_stay)
{
    struct gunyah_memparcel *parcels[PARCELS];
    struct gunyah_memparcel *other;
    struct gunyah_vm *vm;
    struct fake_rm *rm = open_world(5, &vm, parcels);

    lend(rm, NULL, &other);
    cr_expect_eq(gunyah_vm_destroy(&vm, 0, NULL), GUNYAH_OK);
    cr_expect_eq(world.parcels, 8u);
    cr_expect_eq(gunyah_memparcel_handle(other), 3u);
    cr_expect_eq(gunyah_memparcel_close(&other), GUNYAH_OK);
    fake_rm_close(rm);
}

// Closing leaves parcels alone, and they do not go with a later VM in the same place.
Test(core_vm_destroy, closed_instead)
{
    struct gunyah_memparcel *parcels[PARCELS];
    struct gunyah_vm *vm;
    struct fake_rm *rm = open_world(5, &vm, parcels);

    cr_expect_eq(gunyah_vm_close(&vm), GUNYAH_OK);
    cr_assert_eq(gunyah_vm_create(gunyah_rm_vmm(rm->rm), (gunyah_vmid_t){0}, &vm), GUNYAH_OK);
    world.state = 5;
    cr_expect_eq(gunyah_vm_destroy(&vm, 0, NULL), GUNYAH_OK);
    EXPECT_LOG(DEALLOCATE);
    cr_expect_eq(world.parcels, 7u);
    for (unsigned i = 0; i < PARCELS; i++)
        cr_expect_eq(gunyah_memparcel_reclaim(&parcels[i], false), GUNYAH_OK);
    fake_rm_close(rm);
}

// ---- a step fails ------------------------------------------------------------------------------------------------

static const struct {
    uint8_t from;
    uint32_t failing;
    uint32_t error;
    const char *step;
    uint8_t state;    // in which it stays
    unsigned parcels; // that stay
    const char *message;
} failures[] = {
    {3, STOP, 0x14, "stop", 3, 3, "VM_STOP"},
    {3, RESET, 0x3, "reset", 9, 3, "VM_RESET"},
    {3, MEM_RECLAIM, 0xb, "reclaim the memory", 0, 3, "MEM_RECLAIM"},
    {3, DEALLOCATE, 0x3, "deallocate", 11, 0, "VM_DEALLOCATE"},
    {1, INIT, 0x3, "initialise", 1, 3, "VM_INIT"},
    {6, AUTH_IMAGE, 0x3, "initialise", 6, 3, "VM_AUTH_IMAGE"},
    {8, RESET, 0x3, "reset", 8, 0, "VM_RESET"},
    {5, MEM_RECLAIM, 0x3, "reclaim the memory", 0, 3, "MEM_RECLAIM"},
    {5, DEALLOCATE, 0x3, "deallocate", 5, 0, "VM_DEALLOCATE"},
};

// Twice: the second time, all is well.
Test(core_vm_destroy, refused)
{
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        struct gunyah_memparcel *parcels[PARCELS];
        struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;
        struct gunyah_vm *vm;
        struct fake_rm *rm = open_world(failures[i].from, &vm, parcels);
        const enum gunyah_error expected = gunyah_error_from_rm(failures[i].error);

        world.failing = failures[i].failing;
        world.error = failures[i].error;
        world.times = 100;
        cr_expect_eq(gunyah_vm_destroy(&vm, 50000, &remains), expected, "%zu", i);
        cr_assert_not_null(vm);
        cr_expect_eq(remains.error, expected);
        cr_expect_str_eq(remains.step, failures[i].step, "%zu: %s", i, remains.step);
        cr_expect_eq((uint8_t)remains.status.state, failures[i].state, "%zu", i);
        cr_expect_eq(remains.memparcels, failures[i].parcels, "%zu", i);
        cr_expect_eq(remains.first_memparcel == GUNYAH_RM_HANDLE_INVALID, failures[i].parcels == 0);
        cr_expect_eq(world.state, failures[i].state, "%zu", i);
        cr_expect_eq(gunyah_last_error(rm->g)->error, expected);
        cr_expect_eq(gunyah_last_error(rm->g)->domain, GUNYAH_DOMAIN_RM);
        cr_expect_str_eq(gunyah_last_error(rm->g)->call, failures[i].message);
        world.times = 0;
        expect_nothing_left(rm, &vm);
    }
}

// The RM falls silent at each step: it is not asked over and over again, and nothing is believed afterwards.
Test(core_vm_destroy, no_answer)
{
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        struct gunyah_memparcel *parcels[PARCELS];
        struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;
        struct gunyah_vm *vm;
        struct fake_rm *rm = open_world(failures[i].from, &vm, parcels);

        world.failing = failures[i].failing;
        world.silent = true;
        world.times = 1;
        cr_expect_eq(gunyah_vm_destroy(&vm, 50000, &remains), GUNYAH_ERR_TIMEOUT, "%zu", i);
        cr_assert_not_null(vm);
        cr_expect_str_eq(remains.step, failures[i].step);
        cr_expect_eq(gunyah_last_error(rm->g)->error, GUNYAH_ERR_TIMEOUT);
        cr_expect_str_eq(gunyah_last_error(rm->g)->call, "gunyah_vm_destroy");
        if (failures[i].failing == MEM_RECLAIM)
            cr_expect_eq(remains.memparcels, 3u);
        expect_nothing_left(rm, &vm);
    }
}

static void says_nothing(struct fake_rm *rm)
{
    world.logged++;
    (void)rm;
}

// It is not asked again and again, and no memory is touched, whatever the VM did when it was last heard of.
static void die(uint8_t state, const char *step)
{
    struct gunyah_memparcel *parcels[PARCELS];
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;
    struct gunyah_vm *vm;
    struct fake_rm *rm = open_world(state, &vm, parcels);

    rm->on_request = says_nothing;
    cr_expect_eq(gunyah_vm_destroy(&vm, 50000, &remains), GUNYAH_ERR_TIMEOUT);
    cr_expect_str_eq(remains.step, step);
    cr_expect_eq(remains.memparcels, 3u);
    cr_expect_eq(world.logged, 2u, "the step, and a question");
    cr_expect_eq(gunyah_vm_destroy(&vm, 50000, &remains), GUNYAH_ERR_TIMEOUT);
    cr_expect_str_eq(remains.step, "ask for the state");
    cr_expect_eq(world.logged, 3u);
    rm->on_request = answers;
    world.logged = 0;
    expect_nothing_left(rm, &vm);
}

Test(core_vm_destroy, dead)
{
    die(1, "initialise");
    die(3, "stop");
    die(8, "reset");
    die(9, "reset");
}

// The last reply was lost: it is gone, and the RM must not be asked to take it once more.
Test(core_vm_destroy, gone_without_a_word)
{
    struct gunyah_memparcel *parcels[PARCELS];
    struct gunyah_vm *vm;
    struct fake_rm *rm = open_world(11, &vm, parcels);

    world.failing = DEALLOCATE;
    world.silent = true;
    world.times = 1;
    cr_expect_eq(gunyah_vm_destroy(&vm, 50000, NULL), GUNYAH_ERR_TIMEOUT);
    world.state = 0;
    expect_nothing_left(rm, &vm);
    EXPECT_LOG(RECLAIM_ALL, DEALLOCATE);
}

// It failed to be configured, and was never: an RM would not survive a reset.
Test(core_vm_destroy, failed_without_configuration)
{
    struct gunyah_memparcel *parcels[PARCELS];
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;
    struct gunyah_vm *vm;
    struct fake_rm *rm = open_world(5, &vm, parcels);

    become(rm, 8);
    cr_expect_eq(gunyah_vm_destroy(&vm, 50000, &remains), GUNYAH_ERR_WOULD_CRASH);
    cr_expect_str_eq(remains.step, "reset");
    cr_expect_eq(remains.memparcels, 0u, "the memory is back all the same");
    cr_expect_eq(remains.status.state, GUNYAH_VM_STATE_INIT_FAILED);
    cr_expect_str_eq(gunyah_last_error(rm->g)->call, "VM_RESET");
    EXPECT_LOG(RECLAIM_ALL);
    cr_expect_eq(gunyah_vm_close(&vm), GUNYAH_OK);
    fake_rm_close(rm);
}

Test(core_vm_destroy, defunct)
{
    struct gunyah_memparcel *parcels[PARCELS];
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;
    struct gunyah_vm *vm;
    struct fake_rm *rm = open_world(12, &vm, parcels);

    cr_expect_eq(gunyah_vm_destroy(&vm, 50000, &remains), GUNYAH_ERR_OBJECT_STATE);
    cr_expect_str_eq(remains.step, "deallocate");
    cr_expect_eq(remains.memparcels, 0u);
    EXPECT_LOG(RECLAIM_ALL);
    cr_expect_eq(gunyah_vm_close(&vm), GUNYAH_OK);
    fake_rm_close(rm);
}

// The VM is gone and one of its parcels is with a third VM: later, only that is tried again. Another VM that got the VMID
// meanwhile is nobody's business.
Test(core_vm_destroy, a_parcel_stays_with_a_third_vm)
{
    struct gunyah_memparcel *parcels[PARCELS];
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;
    struct gunyah_vm *vm;
    struct fake_rm *rm = open_world(11, &vm, parcels);

    world.accepted = 2;
    cr_expect_eq(gunyah_vm_destroy(&vm, 50000, &remains), GUNYAH_ERR_RM_MEM_INUSE);
    cr_expect_eq(remains.memparcels, 1u);
    cr_expect_eq(remains.first_memparcel, 1u);
    cr_expect_eq(remains.status.state, GUNYAH_VM_STATE_NONE);
    EXPECT_LOG(RECLAIM_ALL, DEALLOCATE);
    world.accepted = 0;
    fake_rm_vm_status(rm, VMID, 3);
    cr_expect_eq(gunyah_vm_destroy(&vm, 50000, &remains), GUNYAH_OK);
    EXPECT_LOG(RECLAIM_ALL, DEALLOCATE, MEM_RECLAIM);
    fake_rm_close(rm);
}

Test(core_vm_destroy, options)
{
    struct gunyah_memparcel *parcels[PARCELS];
    struct gunyah_vm_remains remains = GUNYAH_VM_REMAINS_INIT;
    struct gunyah_vm *vm;
    struct fake_rm *rm = open_world(5, &vm, parcels);

    remains.size--;
    cr_expect_eq(gunyah_vm_destroy(&vm, 0, &remains), GUNYAH_ERR_OPTION);
    expect_log(NULL, 0);
    expect_nothing_left(rm, &vm);
}
