// SPDX-License-Identifier: BSD-3-Clause
// Requests that a Resource Manager does not survive do not leave.
#include "fake_rm.h"

#define ALLOCATE 0x56000001
#define DEALLOCATE 0x56000002
#define RESET 0x56000006
#define CONFIG_IMAGE 0x56000009
#define GET_STATE 0x56000017
#define IPA_RESERVE 0x560000b0

static uint32_t next_error;
static uint8_t next_data[4];
static size_t next_size;

static void replies_as_told(struct fake_rm *rm)
{
    fake_rm_replies(rm, next_error, next_data, next_size);
}

static struct fake_rm *open_guarded(void)
{
    struct fake_rm *rm = fake_rm_open();

    next_error = 0;
    next_size = 0;
    rm->on_request = replies_as_told;
    return rm;
}

static enum gunyah_error about_vm(struct fake_rm *rm, uint32_t id, uint16_t vmid)
{
    const uint8_t request[40] = {(uint8_t)vmid, (uint8_t)(vmid >> 8)};

    return fake_rm_ask(rm, id, request, id == CONFIG_IMAGE ? 40 : 4);
}

static void expect_kept_back(struct fake_rm *rm, uint32_t id, uint16_t vmid)
{
    const size_t before = rm->sent_count;

    cr_expect_eq(about_vm(rm, id, vmid), GUNYAH_ERR_WOULD_CRASH);
    cr_expect_eq(rm->sent_count, before, "nothing leaves");
    cr_expect_eq(gunyah_last_error(rm->g)->error, GUNYAH_ERR_WOULD_CRASH);
    cr_expect_eq(gunyah_last_error(rm->g)->domain, GUNYAH_DOMAIN_LIBRARY);
    cr_expect_str_eq(gunyah_last_error(rm->g)->call, id == RESET ? "VM_RESET" : "VM_DEALLOCATE");
    cr_expect_eq(gunyah_rm_cancel(rm->rm), GUNYAH_ERR_OBJECT_STATE, "nothing is under way");
}

// The VM that the RM chose.
static void allocate(struct fake_rm *rm, uint16_t vmid)
{
    memcpy(next_data, &vmid, sizeof(vmid));
    next_size = 4;
    cr_expect_eq(about_vm(rm, ALLOCATE, 0), GUNYAH_OK);
    next_size = 0;
}

static void get_state(struct fake_rm *rm, uint16_t vmid, uint8_t state)
{
    memcpy(next_data, &(const uint8_t[4]){state, 4, 0x34, 0x12}, 4);
    next_size = 4;
    cr_expect_eq(about_vm(rm, GET_STATE, vmid), GUNYAH_OK);
    next_size = 0;
}

Test(core_rm_guard, deallocates_what_exists)
{
    struct fake_rm *rm = open_guarded();

    expect_kept_back(rm, DEALLOCATE, 0);
    expect_kept_back(rm, DEALLOCATE, 0x80);
    expect_kept_back(rm, DEALLOCATE, 0xffff);
    allocate(rm, 0x80);
    expect_kept_back(rm, DEALLOCATE, 0x81);
    next_error = 3;
    cr_expect_eq(about_vm(rm, DEALLOCATE, 0x80), GUNYAH_ERR_DENIED);
    next_error = 0;
    cr_expect_eq(about_vm(rm, DEALLOCATE, 0x80), GUNYAH_OK, "it was refused: it is still there");
    expect_kept_back(rm, DEALLOCATE, 0x80);
    fake_rm_close(rm);
}

// It is over, and nobody knows how.
static void unanswered(struct fake_rm *rm, uint32_t id)
{
    rm->on_request = NULL;
    cr_expect_eq(about_vm(rm, id, 0x80), GUNYAH_ERR_TIMEOUT);
    rm->on_request = replies_as_told;
}

static void replies_three_bytes(struct fake_rm *rm)
{
    fake_rm_says(rm, REPLY, 0, fake_rm_sequence(rm), fake_rm_id(rm), "\0\0\0", 3);
}

static void replies_late(struct fake_rm *rm)
{
    rm->latency = 1000;
    fake_rm_replies(rm, 0, NULL, 0);
    rm->latency = 0;
}

// It may have been done, although nobody said so: who wants to know has to ask.
Test(core_rm_guard, deallocated_without_a_word)
{
    static void (*const answers[])(struct fake_rm * rm) = {NULL, replies_three_bytes, replies_late};

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct fake_rm *rm = open_guarded();

        allocate(rm, 0x80);
        rm->on_request = answers[i];
        cr_expect_eq(about_vm(rm, DEALLOCATE, 0x80), i == 1 ? GUNYAH_ERR_PROTOCOL : GUNYAH_ERR_TIMEOUT);
        rm->on_request = replies_as_told;
        expect_kept_back(rm, DEALLOCATE, 0x80);
        fake_rm_close(rm);
    }
    struct fake_rm *rm = open_guarded();
    allocate(rm, 0x80);
    unanswered(rm, DEALLOCATE);
    get_state(rm, 0x80, GUNYAH_VM_STATE_RESET);
    cr_expect_eq(about_vm(rm, DEALLOCATE, 0x80), GUNYAH_OK, "it is still there");
    fake_rm_close(rm);
}

static void configure(struct fake_rm *rm)
{
    allocate(rm, 0x80);
    cr_expect_eq(about_vm(rm, CONFIG_IMAGE, 0x80), GUNYAH_OK);
}

// The state tells whether it was done: (state that is answered then, may it be reset)
Test(core_rm_guard, reset_without_a_word)
{
    static const struct {
        uint8_t state;
        bool reset;
    } rows[] = {{2, true}, {3, true}, {8, true}, {9, true}, {10, false}, {11, false}, {12, false}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fake_rm *rm = open_guarded();

        configure(rm);
        unanswered(rm, RESET);
        expect_kept_back(rm, RESET, 0x80);
        expect_kept_back(rm, DEALLOCATE, 0x80);
        // A state from before the request says nothing about it.
        fake_rm_vm_status(rm, 0x80, GUNYAH_VM_STATE_EXITED);
        expect_kept_back(rm, RESET, 0x80);
        get_state(rm, 0x80, rows[i].state);
        if (rows[i].reset)
            cr_expect_eq(about_vm(rm, RESET, 0x80), GUNYAH_OK, "state %u", rows[i].state);
        else
            expect_kept_back(rm, RESET, 0x80);
        fake_rm_close(rm);
    }
}

// Nothing left the client: there is nothing to doubt.
Test(core_rm_guard, reset_that_was_never_sent)
{
    struct fake_rm *rm = open_guarded();

    configure(rm);
    rm->send_error = 22;
    cr_expect_eq(about_vm(rm, RESET, 0x80), GUNYAH_ERR_ADDR_INVALID);
    rm->send_error = 0;
    cr_expect_eq(about_vm(rm, RESET, 0x80), GUNYAH_OK);
    fake_rm_close(rm);
}

// The reset was done, and the new configuration failed: INIT_FAILED does not mean the old one.
Test(core_rm_guard, configured_again_in_doubt)
{
    struct fake_rm *rm = open_guarded();

    configure(rm);
    unanswered(rm, RESET);
    next_error = 0x0a;
    cr_expect_eq(about_vm(rm, CONFIG_IMAGE, 0x80), GUNYAH_ERR_RM_MEM_INVALID);
    next_error = 0;
    get_state(rm, 0x80, GUNYAH_VM_STATE_INIT_FAILED);
    expect_kept_back(rm, RESET, 0x80);
    fake_rm_close(rm);
}

// Whoever names the VMID is told only that it worked; some say the VMID all the same.
Test(core_rm_guard, allocated_by_number)
{
    struct fake_rm *rm = open_guarded();

    cr_expect_eq(about_vm(rm, ALLOCATE, 45), GUNYAH_OK);
    cr_expect_eq(about_vm(rm, DEALLOCATE, 45), GUNYAH_OK);
    memcpy(next_data, "\x2e\0\0\0", 4);
    next_size = 4;
    cr_expect_eq(about_vm(rm, ALLOCATE, 46), GUNYAH_OK);
    cr_expect_eq(about_vm(rm, DEALLOCATE, 46), GUNYAH_OK);
    next_error = 2;
    cr_expect_eq(about_vm(rm, ALLOCATE, 47), GUNYAH_ERR_NO_RESOURCES);
    next_error = 0;
    expect_kept_back(rm, DEALLOCATE, 47);
    fake_rm_close(rm);
}

Test(core_rm_guard, resets_what_has_a_configuration)
{
    struct fake_rm *rm = open_guarded();

    expect_kept_back(rm, RESET, 0x80);
    expect_kept_back(rm, RESET, 0x100);
    allocate(rm, 0x80);
    expect_kept_back(rm, RESET, 0x80);
    next_error = 0x0a;
    cr_expect_eq(about_vm(rm, CONFIG_IMAGE, 0x80), GUNYAH_ERR_RM_MEM_INVALID);
    fake_rm_vm_status(rm, 0x80, GUNYAH_VM_STATE_INIT_FAILED);
    next_error = 0;
    expect_kept_back(rm, RESET, 0x80);
    cr_expect_eq(about_vm(rm, CONFIG_IMAGE, 0x80), GUNYAH_OK);
    fake_rm_vm_status(rm, 0x80, GUNYAH_VM_STATE_INIT_FAILED);
    cr_expect_eq(about_vm(rm, RESET, 0x80), GUNYAH_OK, "it had one when it failed");
    expect_kept_back(rm, RESET, 0x80);
    cr_expect_eq(about_vm(rm, DEALLOCATE, 0x80), GUNYAH_OK);
    fake_rm_close(rm);
}

// What is answered: (state, may it be reset, may it be deallocated)
static const struct {
    uint8_t state;
    bool reset;
    bool deallocate;
} states[] = {
    {0, false, false}, {1, true, true},  {2, true, true}, {3, true, true},   {4, true, true},   {5, false, true},
    {6, true, true},   {8, false, true}, {9, true, true}, {10, false, true}, {11, false, true}, {12, false, true},
};

static void expect_allowed(struct fake_rm *rm, size_t i)
{
    if (states[i].reset)
        cr_expect_eq(about_vm(rm, RESET, 0x90), GUNYAH_OK, "state %u", states[i].state);
    else
        expect_kept_back(rm, RESET, 0x90);
    if (states[i].deallocate)
        cr_expect_eq(about_vm(rm, DEALLOCATE, 0x90), GUNYAH_OK, "state %u", states[i].state);
    else
        expect_kept_back(rm, DEALLOCATE, 0x90);
}

Test(core_rm_guard, learns_from_answers)
{
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        struct fake_rm *rm = open_guarded();

        fake_rm_vm_status(rm, 0x90, states[i].state);
        expect_kept_back(rm, RESET, 0x90);
        expect_kept_back(rm, DEALLOCATE, 0x90);
        get_state(rm, 0x90, states[i].state);
        expect_allowed(rm, i);
        fake_rm_close(rm);
    }
}

// Replies overtake notifications: what is told after a reset may have been so before it.
Test(core_rm_guard, does_not_believe_old_news)
{
    struct fake_rm *rm = open_guarded();

    configure(rm);
    cr_expect_eq(about_vm(rm, RESET, 0x80), GUNYAH_OK);
    fake_rm_vm_status(rm, 0x80, GUNYAH_VM_STATE_RUNNING);
    fake_rm_vm_status(rm, 0x80, GUNYAH_VM_STATE_EXITED);
    expect_kept_back(rm, RESET, 0x80);
    fake_rm_close(rm);
}

// 0 is the VM that asks where it asks for a state, and nobody where it is to be deallocated.
Test(core_rm_guard, nobody)
{
    struct fake_rm *rm = open_guarded();

    get_state(rm, 0, GUNYAH_VM_STATE_RUNNING);
    expect_kept_back(rm, RESET, 0);
    expect_kept_back(rm, DEALLOCATE, 0);
    fake_rm_close(rm);
}

Test(core_rm_guard, short_requests)
{
    struct fake_rm *rm = open_guarded();

    // An RM looks at the length first; but who says nothing names no VM that exists.
    cr_expect_eq(fake_rm_ask(rm, DEALLOCATE, NULL, 0), GUNYAH_ERR_WOULD_CRASH);
    cr_expect_eq(fake_rm_ask(rm, IPA_RESERVE, NULL, 0), GUNYAH_OK);
    fake_rm_close(rm);
}

static enum gunyah_error reserve(struct fake_rm *rm, uint8_t type, uint8_t count)
{
    uint8_t request[16 + 3 * 16] = {type};

    request[4] = 4;
    request[12] = count;
    return fake_rm_ask(rm, IPA_RESERVE, request, 16 + (size_t)count * 16);
}

Test(core_rm_guard, one_fixed_range)
{
    struct fake_rm *rm = open_guarded();

    cr_expect_eq(reserve(rm, 0, 0), GUNYAH_OK);
    cr_expect_eq(reserve(rm, 0, 1), GUNYAH_OK);
    cr_expect_eq(reserve(rm, 0, 2), GUNYAH_ERR_WOULD_CRASH);
    cr_expect_str_eq(gunyah_last_error(rm->g)->call, "IPA_RESERVE");
    cr_expect_eq(reserve(rm, 1, 2), GUNYAH_OK, "any place");
    fake_rm_close(rm);
}

Test(core_rm_guard, generations_that_survive)
{
    static const struct {
        enum gunyah_rm_generation generation;
        enum gunyah_error error;
    } rows[] = {
        {GUNYAH_RM_GENERATION_UNKNOWN, GUNYAH_ERR_WOULD_CRASH},
        {GUNYAH_RM_GENERATION_2021, GUNYAH_ERR_WOULD_CRASH},
        {GUNYAH_RM_GENERATION_2023, GUNYAH_ERR_WOULD_CRASH},
        {GUNYAH_RM_GENERATION_LATER, GUNYAH_OK},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fake_rm *rm = fake_rm_new();
        struct gunyah_rm_options options = fake_rm_options();

        options.generation = rows[i].generation;
        next_error = 0;
        next_size = 0;
        rm->on_request = replies_as_told;
        fake_rm_connect(rm, &options);
        cr_expect_eq(reserve(rm, 0, 2), rows[i].error, "generation %d", (int)rows[i].generation);
        cr_expect_eq(about_vm(rm, DEALLOCATE, 0x80), GUNYAH_ERR_WOULD_CRASH);
        fake_rm_close(rm);
    }
}
