// SPDX-License-Identifier: BSD-3-Clause
// Every function of a VM in every state: what leaves, and where it leads.
#include "scripted_vm.h"

#define BIT GUNYAH_VM_STATE_BIT
#define NEVER 0xff

static enum gunyah_error configure_platform(struct gunyah_vm *vm)
{
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;

    image.memparcel = 0;
    image.authentication = GUNYAH_VM_AUTH_PLATFORM;
    return gunyah_vm_configure(vm, &image);
}

static enum gunyah_error authenticate(struct gunyah_vm *vm)
{
    return gunyah_vm_authenticate(vm, 0);
}

static enum gunyah_error set_firmware_memory(struct gunyah_vm *vm)
{
    return gunyah_vm_set_firmware_memory(vm, 0, (struct gunyah_memory_region){0, 0x1000});
}

static enum gunyah_error set_demand_paging(struct gunyah_vm *vm)
{
    const struct gunyah_memory_region range = {0, 0x1000};

    return gunyah_vm_set_demand_paging(vm, &range, 1);
}

static enum gunyah_error set_address_layout(struct gunyah_vm *vm)
{
    return gunyah_vm_set_address_layout(vm, GUNYAH_VM_RANGE_IMAGE, (struct gunyah_memory_region){0, 0x1000});
}

static enum gunyah_error set_boot_register(struct gunyah_vm *vm)
{
    return gunyah_vm_set_boot_register(vm, GUNYAH_VM_REGISTER_SET_PC, 0, 0);
}

static enum gunyah_error set_time_base(struct gunyah_vm *vm)
{
    return gunyah_vm_set_time_base(vm, 0, 0);
}

static enum gunyah_error set_debug(struct gunyah_vm *vm)
{
    return gunyah_vm_set_debug(vm, true);
}

static enum gunyah_error ask_to_stop(struct gunyah_vm *vm)
{
    return gunyah_vm_stop(vm, false, GUNYAH_VM_STOP_REASON_SHUTDOWN);
}

static enum gunyah_error kill_it(struct gunyah_vm *vm)
{
    return gunyah_vm_stop(vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP);
}

// Sections 6 and 7 of the protocol: in which states, and what is the state then. 0xff: as before.
static const struct {
    const char *name;
    enum gunyah_error (*call)(struct gunyah_vm *vm);
    uint32_t id;
    uint32_t states;
    uint8_t leads_to;
} calls[] = {
    {"configure", configure, 0x56000009, 1 << 5 | 1 << 11, 1},
    {"configure PLATFORM", configure_platform, 0x56000009, 1 << 5 | 1 << 11, 6},
    {"authenticate", authenticate, 0x5600000a, 1 << 6, 1},
    {"set_firmware_memory", set_firmware_memory, 0x56000032, 1 << 1, NEVER},
    {"set_demand_paging", set_demand_paging, 0x56000033, 1 << 1, NEVER},
    {"set_address_layout", set_address_layout, 0x56000034, 1 << 1, NEVER},
    {"set_boot_register", set_boot_register, 0x56000031, 1 << 2, NEVER},
    {"set_time_base", set_time_base, 0x56000030, 1 << 1 | 1 << 2, NEVER},
    {"set_debug", set_debug, 0x56000035, 1 << 1, NEVER},
    {"init", gunyah_vm_init, 0x5600000b, 1 << 1, 2},
    {"start", gunyah_vm_start, 0x56000004, 1 << 2, 3},
    {"stop", ask_to_stop, 0x56000005, 1 << 3 | 1 << 4, NEVER},
    {"stop by force", kill_it, 0x56000005, 1 << 3 | 1 << 4, 9},
    {"reset", gunyah_vm_reset, 0x56000006, 1 << 9 | 1 << 2 | 1 << 8, 10},
};

static const uint8_t states[] = {0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12};

#define CALLS (sizeof(calls) / sizeof(calls[0]))
#define STATES sizeof(states)

Test(core_vm_state, allowed_or_kept_back)
{
    for (size_t i = 0; i < CALLS; i++) {
        for (size_t k = 0; k < STATES; k++) {
            struct fake_rm *rm = script_open();
            struct gunyah_vm *vm = vm_in(rm, states[k]);
            const size_t before = script_requests(rm);
            const bool allowed = (calls[i].states & BIT(states[k])) != 0;
            const enum gunyah_error error = calls[i].call(vm);

            cr_expect_eq(error, allowed ? GUNYAH_OK : GUNYAH_ERR_OBJECT_STATE, "%s in %u", calls[i].name, states[k]);
            cr_assert_eq(script_requests(rm), before + allowed, "%s in %u", calls[i].name, states[k]);
            if (allowed)
                cr_expect_eq(script_id(rm, before), calls[i].id);
            else
                cr_expect_eq(gunyah_last_error(rm->g)->domain, GUNYAH_DOMAIN_LIBRARY);
            const uint8_t expected = allowed && calls[i].leads_to != NEVER ? calls[i].leads_to : states[k];
            cr_expect_eq(state_of(vm), expected, "%s in %u", calls[i].name, states[k]);
            cr_expect_eq(script_requests(rm), before + allowed, "and nobody is asked");
            script_close(rm, &vm);
        }
    }
}

static uint8_t some_state(uint32_t mask)
{
    for (size_t k = 0; k < STATES; k++) {
        if ((mask & BIT(states[k])) != 0)
            return states[k];
    }
    return NEVER;
}

// The notification of the new state comes before the reply, or after it; or those of older states come late.
Test(core_vm_state, notifications_overtake)
{
    for (size_t i = 0; i < CALLS; i++) {
        if (calls[i].leads_to == NEVER)
            continue;
        for (unsigned when = 0; when < 3; when++) {
            struct fake_rm *rm = script_open();
            const uint8_t from = some_state(calls[i].states);
            struct gunyah_vm *vm = vm_in(rm, from);
            struct script_reply *reply = script_error(0);

            reply->before = when == 0 ? calls[i].leads_to : when == 1 ? from : SCRIPT_NO_STATE;
            reply->after = when == 0 ? SCRIPT_NO_STATE : when == 1 ? calls[i].leads_to : from;
            cr_expect_eq(calls[i].call(vm), GUNYAH_OK, "%s", calls[i].name);
            cr_expect_eq(state_of(vm), calls[i].leads_to, "%s, %u", calls[i].name, when);
            script_close(rm, &vm);
        }
    }
}

// Nobody knows what a request that failed has changed: the next function asks.
Test(core_vm_state, after_failures)
{
    static const uint32_t errors[] = {0xffffffff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xa, 0xd, 0x14, 0x15, 0x16, 0x99};

    for (size_t i = 0; i < CALLS; i++) {
        if (calls[i].leads_to == NEVER)
            continue;
        for (size_t k = 0; k < sizeof(errors) / sizeof(errors[0]); k++) {
            struct fake_rm *rm = script_open();
            struct gunyah_vm *vm = vm_in(rm, some_state(calls[i].states));
            const uint32_t extra = 0x1234;

            script_reply(errors[k], &extra, sizeof(extra));
            cr_expect_eq(calls[i].call(vm), gunyah_error_from_rm(errors[k]), "%s", calls[i].name);
            cr_expect_eq(gunyah_last_error(rm->g)->domain, GUNYAH_DOMAIN_RM);
            cr_expect_eq(gunyah_last_error(rm->g)->code, errors[k]);
            script_word(8);
            const size_t before = script_requests(rm);
            cr_expect_eq(state_of(vm), 8);
            cr_expect_eq(script_requests(rm), before + 1);
            cr_expect_eq(script_id(rm, before), 0x56000017u);
            script_close(rm, &vm);
        }
    }
}

Test(core_vm_state, no_answer)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = vm_in(rm, 2);

    script_error(0)->silent = true;
    cr_expect_eq(gunyah_vm_start(vm), GUNYAH_ERR_TIMEOUT);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_TIMEOUT, "gunyah_vm_start");
    // The question is not answered either: nothing is believed.
    script_error(0)->silent = true;
    cr_expect_eq(gunyah_vm_stop(vm, true, GUNYAH_VM_STOP_REASON_CRASH), GUNYAH_ERR_TIMEOUT);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_TIMEOUT, "gunyah_vm_stop");
    // It did start.
    script_word(3);
    cr_expect_eq(gunyah_vm_stop(vm, true, GUNYAH_VM_STOP_REASON_CRASH), GUNYAH_OK);
    cr_expect_eq(state_of(vm), 9);
    script_close(rm, &vm);
}

// Settings that fail change nothing.
Test(core_vm_state, settings_fail)
{
    for (size_t i = 0; i < CALLS; i++) {
        if (calls[i].leads_to != NEVER || calls[i].call == ask_to_stop)
            continue;
        struct fake_rm *rm = script_open();
        const uint8_t state = some_state(calls[i].states);
        struct gunyah_vm *vm = vm_in(rm, state);

        script_error(3);
        cr_expect_eq(calls[i].call(vm), GUNYAH_ERR_DENIED, "%s", calls[i].name);
        const size_t before = script_requests(rm);
        cr_expect_eq(state_of(vm), state);
        cr_expect_eq(script_requests(rm), before);
        script_close(rm, &vm);
    }
}

// ---- notifications -----------------------------------------------------------------------------------------------

Test(core_vm_state, only_this_vm)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, 3);

    fake_rm_vm_status(rm, 0x86, 9);
    fake_rm_vm_status(rm, SCRIPT_VMID, 7);
    fake_rm_vm_status(rm, SCRIPT_VMID, 255);
    cr_expect_eq(state_of(vm), 3, "no such VM, no such states");
    fake_rm_vm_status(rm, SCRIPT_VMID, 4);
    cr_expect_eq(state_of(vm), 4);
    fake_rm_vm_status(rm, SCRIPT_VMID, 3);
    cr_expect_eq(state_of(vm), 3, "and goes on");
    script_close(rm, &vm);
}

Test(core_vm_state, two_handles)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *first = script_vm(rm, 3);
    struct gunyah_vm *second = script_vm(rm, 3);

    fake_rm_vm_status(rm, SCRIPT_VMID, 9);
    cr_expect_eq(state_of(first), 9);
    cr_expect_eq(state_of(second), 9);
    cr_expect_eq(gunyah_vm_close(&second), GUNYAH_OK);
    fake_rm_vm_status(rm, SCRIPT_VMID, 11);
    cr_expect_eq(state_of(first), 11);
    script_close(rm, &first);
}

// Events are there for the caller too, and are not needed.
Test(core_vm_state, events_stay)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, 3);
    struct gunyah_rm_event event;

    fake_rm_vm_status(rm, SCRIPT_VMID, 9);
    cr_expect_eq(state_of(vm), 9);
    cr_expect_eq(gunyah_rm_next_event(rm->rm, &event, 0), GUNYAH_OK);
    cr_expect_eq(event.vm_status.state, 9);
    script_close(rm, &vm);
}

// ---- waiting -----------------------------------------------------------------------------------------------------

Test(core_vm_state, wait)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, 3);
    struct gunyah_vm_status status;

    cr_expect_eq(gunyah_vm_wait(vm, 0, 0, &status), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_vm_wait(vm, BIT(13), 0, &status), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_vm_wait(vm, BIT(31) | BIT(3), 0, &status), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_vm_wait(vm, BIT(3) | BIT(4), 0, &status), GUNYAH_OK);
    cr_expect_eq(status.state, GUNYAH_VM_STATE_RUNNING);
    cr_expect_eq(script_requests(rm), 1u);
    // In a while.
    rm->latency = 50;
    fake_rm_vm_status(rm, SCRIPT_VMID, 9);
    rm->latency = 0;
    cr_expect_eq(gunyah_vm_wait(vm, GUNYAH_VM_STATES_ENDED, 100000, &status), GUNYAH_OK);
    cr_expect_eq(status.state, GUNYAH_VM_STATE_EXITED);
    cr_expect_eq(status.os, 4);
    cr_expect_eq(status.application, 0x1234);
    cr_expect_eq(script_requests(rm), 1u, "nobody was asked");
    script_close(rm, &vm);
}

Test(core_vm_state, wait_too_long)
{
    struct fake_rm *rm = script_open();
    struct gunyah_vm *vm = script_vm(rm, 10);
    struct gunyah_vm_status status = {GUNYAH_VM_STATE_NONE, GUNYAH_OS_STATUS_NONE, 0};

    script_word(10);
    cr_expect_eq(gunyah_vm_wait(vm, BIT(11), 50000, &status), GUNYAH_ERR_TIMEOUT);
    script_failed(rm, GUNYAH_DOMAIN_LIBRARY, GUNYAH_ERR_TIMEOUT, "gunyah_vm_wait");
    cr_expect_eq(status.state, GUNYAH_VM_STATE_RESETTING);
    cr_expect_eq(rm->yields, 49u, "fifty looks of a microsecond");
    // The notification was lost, and the question helps.
    script_word(11);
    cr_expect_eq(gunyah_vm_wait(vm, BIT(11), 0, NULL), GUNYAH_OK);
    cr_expect_eq(script_requests(rm), 3u);
    // It is asked at first when the state is not known.
    script_error(1);
    cr_expect_eq(configure(vm), GUNYAH_ERR_NO_MEMORY);
    script_word(8);
    cr_expect_eq(gunyah_vm_wait(vm, BIT(8), 0, &status), GUNYAH_OK);
    cr_expect_eq(status.state, GUNYAH_VM_STATE_INIT_FAILED);
    script_close(rm, &vm);
}

// ---- how it ended ------------------------------------------------------------------------------------------------

Test(core_vm_state, exit_texts)
{
    struct gunyah_vm_exit ended = {0};
    const char *seen[16];
    size_t count = 0;

    for (unsigned type = 0; type < 8; type++) {
        for (uint16_t code = 0; code < (type == 0 ? 5 : 1); code++) {
            ended.type = (enum gunyah_vm_exit_type)type;
            ended.code = code;
            const char *text = gunyah_vm_exit_text(&ended);
            cr_expect_eq(strcmp(text, "unknown") == 0, type == 0 && code == 2, "%s", text);
            for (size_t i = 0; i < count; i++)
                cr_expect_str_neq(text, seen[i]);
            seen[count++] = text;
        }
    }
    ended.type = (enum gunyah_vm_exit_type)8;
    cr_expect_str_eq(gunyah_vm_exit_text(&ended), "unknown");
    cr_expect_str_eq(gunyah_vm_exit_text(NULL), "unknown");
}
