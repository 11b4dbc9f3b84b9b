// SPDX-License-Identifier: BSD-3-Clause
// The library's client and the simulator's Resource Manager: the life of a VM, and a Resource Manager that misbehaves; with
// interrupts, and by yielding.
#include "sim_rm.h"

#include <gunyah/gunyah.h>

#define TIMEOUT UINT64_C(5000000)

struct client {
    struct gunyah_sim *sim;
    struct rm_end hlos;
    struct gunyah *g;
    struct gunyah_rm *rm;
};

static void setup(struct client *c, enum gunyah_rm_generation generation, bool interrupts)
{
    struct gunyah_open_options session = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;

    c->sim = rm_machine(&c->hlos, generation);
    session.backend = gunyah_sim_backend(c->hlos.vm);
    cr_assert(eq(int, gunyah_open(&session, &c->g), GUNYAH_OK));
    options.send_cap = c->hlos.queue.send_cap;
    options.receive_cap = c->hlos.queue.receive_cap;
    options.default_timeout_ns = TIMEOUT;
    options.generation = generation;
    if (interrupts) {
        options.send_virq = c->hlos.queue.send_virq;
        options.receive_virq = c->hlos.queue.receive_virq;
    }
    cr_assert(eq(int, gunyah_rm_open(c->g, &options, &c->rm), GUNYAH_OK));
}

static void teardown(struct client *c)
{
    cr_expect(eq(int, gunyah_rm_close(&c->rm), GUNYAH_OK));
    cr_expect(eq(int, gunyah_close(&c->g), GUNYAH_OK));
    cr_expect(eq(int, gunyah_sim_destroy(&c->sim), GUNYAH_OK));
}

// A request as hexadecimal text; the data of the reply goes to a buffer of 64 bytes.
static enum gunyah_error ask(struct client *c, uint32_t id, const char *request, size_t *size, unsigned char *reply)
{
    unsigned char bytes[RM_TEXT];

    return gunyah_rm_call(c->rm, id, bytes, rm_bytes(request, bytes), reply, 64, size, GUNYAH_RM_DEFAULT_TIMEOUT);
}

static enum gunyah_error tell(struct client *c, uint32_t id, const char *request)
{
    unsigned char reply[64];

    return ask(c, id, request, NULL, reply);
}

static void expect_state(struct client *c, enum gunyah_vm_state state)
{
    struct gunyah_rm_event event;

    cr_assert(eq(int, gunyah_rm_next_event(c->rm, &event, TIMEOUT), GUNYAH_OK));
    cr_assert(eq(u32, event.id, GUNYAH_RM_NOTIFY_VM_STATUS));
    cr_assert(eq(int, event.vm_status.vmid.value, 0x80));
    cr_assert(eq(int, event.vm_status.state, (int)state));
}

// ---- the life of a VM --------------------------------------------------------------------------------------------

static void live(enum gunyah_rm_generation generation, bool interrupts)
{
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;
    struct gunyah_rm_event event;
    unsigned char reply[64];
    size_t size = 0;
    struct client c = {.sim = NULL};
    setup(&c, generation, interrupts);

    cr_assert(eq(int, gunyah_sim_configure_vm(c.sim, &config), GUNYAH_OK));
    cr_expect(eq(int, tell(&c, GUNYAH_RM_VM_DEALLOCATE, "80000000"), GUNYAH_ERR_WOULD_CRASH));
    cr_assert(eq(int, ask(&c, GUNYAH_RM_VM_ALLOCATE, "00000000", &size, reply), GUNYAH_OK));
    cr_expect(eq(sz, size, 4));
    cr_expect(eq(int, reply[0], 0x80));
    cr_assert(eq(int, tell(&c, GUNYAH_RM_VM_START, "80000000"), GUNYAH_ERR_RM_VM_STATE));
    cr_expect(eq(str, (char *)gunyah_last_error(c.g)->call, "VM_START"));
    cr_expect(eq(int, tell(&c, GUNYAH_RM_VM_RESET, "80000000"), GUNYAH_ERR_WOULD_CRASH));
    cr_assert(eq(int,
                 tell(&c, GUNYAH_RM_MEM_LEND,
                      "00000000 00000000 01000000 80000700 01000000 0000005000000000 0000100000000000 00000000"),
                 GUNYAH_OK));
    cr_assert(eq(int,
                 tell(&c, GUNYAH_RM_VM_CONFIG_IMAGE,
                      "80000000 00000000 0000000000000000 0000000000000000 0000000000000000 0010000000000000"),
                 GUNYAH_OK));
    cr_assert(eq(int, tell(&c, GUNYAH_RM_VM_INIT, "80000000"), GUNYAH_OK));
    cr_assert(eq(int, tell(&c, GUNYAH_RM_VM_START, "80000000"), GUNYAH_OK));
    expect_state(&c, GUNYAH_VM_STATE_INIT);
    expect_state(&c, GUNYAH_VM_STATE_READY);
    expect_state(&c, GUNYAH_VM_STATE_RUNNING);
    cr_assert(eq(int, tell(&c, GUNYAH_RM_VM_STOP, "80000100 03000000"), GUNYAH_OK));
    for (int i = 0; i < 2; i++) {
        cr_assert(eq(int, gunyah_rm_next_event(c.rm, &event, TIMEOUT), GUNYAH_OK));
        if (event.id == GUNYAH_RM_NOTIFY_VM_EXITED)
            cr_expect(eq(int, event.vm_exited.type, GUNYAH_VM_EXIT_TYPE_VM_STOP_FORCED));
        else
            cr_expect(eq(int, event.vm_status.state, GUNYAH_VM_STATE_EXITED));
    }
    cr_assert(eq(int, tell(&c, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000"), GUNYAH_ERR_RM_MEM_INUSE));
    cr_assert(eq(int, tell(&c, GUNYAH_RM_VM_RESET, "80000000"), GUNYAH_OK));
    do {
        cr_assert(eq(int, gunyah_rm_next_event(c.rm, &event, TIMEOUT), GUNYAH_OK));
        if (event.id == GUNYAH_RM_NOTIFY_MEM_RELEASED)
            cr_expect(eq(int, event.mem.vmid.value, 0x80));
    } while (event.id != GUNYAH_RM_NOTIFY_VM_STATUS || event.vm_status.state != GUNYAH_VM_STATE_RESET);
    cr_expect(eq(int, tell(&c, GUNYAH_RM_VM_RESET, "80000000"), GUNYAH_ERR_WOULD_CRASH));
    cr_assert(eq(int, tell(&c, GUNYAH_RM_MEM_RECLAIM, "00000000 00000000"), GUNYAH_OK));
    cr_assert(eq(int, tell(&c, GUNYAH_RM_VM_DEALLOCATE, "80000000"), GUNYAH_OK));
    cr_expect(eq(int, tell(&c, GUNYAH_RM_VM_DEALLOCATE, "80000000"), GUNYAH_ERR_WOULD_CRASH));
    cr_expect(eq(int, gunyah_rm_next_event(c.rm, &event, TIMEOUT), GUNYAH_ERR_TIMEOUT));
    cr_expect(eq(u64, gunyah_rm_get_counters(c.rm)->malformed, 0));
    cr_expect(eq(u64, gunyah_rm_get_counters(c.rm)->stale_replies, 0));
    cr_expect(eq(u64, gunyah_rm_get_counters(c.rm)->lost_events, 0));
    teardown(&c);
}

Test(sim_rm_client, life_of_a_vm)
{
    live(GUNYAH_RM_GENERATION_2023, true);
    live(GUNYAH_RM_GENERATION_2023, false);
    live(GUNYAH_RM_GENERATION_LATER, true);
}

// More packets than the queue holds, both ways.
static void share_many(bool interrupts)
{
    static unsigned char request[12 + 2 * 4 + 4 + 500 * 16 + 4];
    const uint16_t counts[2] = {2, 500};
    struct gunyah_rm_event event;
    unsigned char reply[64];
    struct client c = {.sim = NULL};
    setup(&c, GUNYAH_RM_GENERATION_2023, interrupts);

    memset(request, 0, sizeof(request));
    memcpy(request + 8, &counts[0], 2);
    memcpy(request + 12, "\x03\0\7\0\xff\0\7\0", 8);
    memcpy(request + 20, &counts[1], 2);
    for (uint64_t i = 0; i < 500; i++) {
        const uint64_t region[2] = {RM_RAM + i * 0x2000, 0x1000};
        memcpy(request + 24 + i * 16, region, 16);
    }
    cr_assert(eq(int,
                 gunyah_rm_call(c.rm, GUNYAH_RM_MEM_SHARE, request, sizeof(request), reply, 64, NULL,
                                GUNYAH_RM_DEFAULT_TIMEOUT),
                 GUNYAH_OK),
              "%s", gunyah_sim_rm_reason(c.hlos.vm));
    cr_expect(eq(int, gunyah_rm_next_event(c.rm, &event, 0), GUNYAH_ERR_TIMEOUT));
    teardown(&c);
}

Test(sim_rm_client, request_longer_than_the_queue)
{
    share_many(true);
    share_many(false);
}

// ---- mischief ----------------------------------------------------------------------------------------------------

static const struct {
    enum gunyah_sim_rm_mischief mischief;
    uint64_t value;
    enum gunyah_error error;
    unsigned stale;     // replies that were dropped by the end
    unsigned malformed; // at least
    unsigned events;
} mischiefs[] = {
    {GUNYAH_SIM_RM_FAIL, GUNYAH_RMERR_DENIED, GUNYAH_ERR_DENIED, 0, 0, 0},
    {GUNYAH_SIM_RM_FAIL, 0x99, GUNYAH_ERR_UNKNOWN, 0, 0, 0},
    {GUNYAH_SIM_RM_IGNORE, 0, GUNYAH_ERR_TIMEOUT, 0, 0, 0},
    {GUNYAH_SIM_RM_LOSE_REPLY, 0, GUNYAH_ERR_TIMEOUT, 0, 0, 0},
    {GUNYAH_SIM_RM_REPEAT_REPLY, 0, GUNYAH_OK, 1, 0, 0},
    {GUNYAH_SIM_RM_STALE_REPLY, 0, GUNYAH_OK, 1, 0, 0},
    {GUNYAH_SIM_RM_OTHER_REPLY, 0, GUNYAH_OK, 1, 0, 0},
    {GUNYAH_SIM_RM_LATE_REPLY, TIMEOUT / 2, GUNYAH_OK, 0, 0, 0},
    {GUNYAH_SIM_RM_CUT_REPLY, 3, GUNYAH_ERR_PROTOCOL, 0, 0, 0},
    {GUNYAH_SIM_RM_CUT_REPLY, 4, GUNYAH_OK, 0, 0, 0},
    {GUNYAH_SIM_RM_PAD_REPLY, 56, GUNYAH_OK, 0, 0, 0},
    {GUNYAH_SIM_RM_PAD_REPLY, 61, GUNYAH_ERR_BUFFER_TOO_SMALL, 0, 0, 0},
    {GUNYAH_SIM_RM_GARBAGE, 0, GUNYAH_OK, 0, 1, 0},
    {GUNYAH_SIM_RM_FLOOD, 200, GUNYAH_OK, 0, 0, 200},
    {GUNYAH_SIM_RM_NO_INTERRUPT, 0, GUNYAH_OK, 0, 0, 0},
};

static void misbehave(size_t i, bool interrupts)
{
    struct gunyah_sim_rm_fault fault = GUNYAH_SIM_RM_FAULT_INIT;
    struct client c = {.sim = NULL};
    setup(&c, GUNYAH_RM_GENERATION_2023, interrupts);

    cr_assert(eq(int, tell(&c, GUNYAH_RM_VM_GET_PEERS, ""), GUNYAH_OK));
    fault.mischief = mischiefs[i].mischief;
    fault.value = mischiefs[i].value;
    cr_assert(eq(int, gunyah_sim_add_rm_fault(c.sim, &fault), GUNYAH_OK));
    cr_expect(eq(int, tell(&c, GUNYAH_RM_VM_GET_VMID, ""), mischiefs[i].error), "mischief %zu", i);
    cr_expect(eq(int, tell(&c, GUNYAH_RM_VM_GET_VMID, ""), GUNYAH_OK), "mischief %zu: it goes on", i);
    const struct gunyah_rm_counters *counters = gunyah_rm_get_counters(c.rm);
    struct gunyah_rm_event event;
    while (gunyah_rm_next_event(c.rm, &event, TIMEOUT) == GUNYAH_OK)
        cr_expect(eq(u32, event.id, GUNYAH_RM_NOTIFY_VM_STATUS));
    cr_expect(eq(u64, counters->stale_replies, mischiefs[i].stale), "mischief %zu", i);
    cr_expect(ge(u64, counters->malformed, mischiefs[i].malformed), "mischief %zu", i);
    cr_expect(eq(u64, counters->notifications, mischiefs[i].events), "mischief %zu", i);
    teardown(&c);
}

Test(sim_rm_client, mischief)
{
    for (size_t i = 0; i < sizeof(mischiefs) / sizeof(mischiefs[0]); i++) {
        misbehave(i, true);
        misbehave(i, false);
    }
}

static void die(enum gunyah_sim_rm_mischief mischief, enum gunyah_error first)
{
    struct gunyah_sim_rm_fault fault = GUNYAH_SIM_RM_FAULT_INIT;
    struct client c = {.sim = NULL};
    setup(&c, GUNYAH_RM_GENERATION_2023, true);

    fault.mischief = mischief;
    cr_assert(eq(int, gunyah_sim_add_rm_fault(c.sim, &fault), GUNYAH_OK));
    cr_expect(eq(int, tell(&c, GUNYAH_RM_VM_GET_VMID, ""), first));
    cr_expect(eq(int, tell(&c, GUNYAH_RM_VM_GET_VMID, ""), GUNYAH_ERR_TIMEOUT));
    teardown(&c);
}

Test(sim_rm_client, death)
{
    die(GUNYAH_SIM_RM_DIE, GUNYAH_ERR_TIMEOUT);
    die(GUNYAH_SIM_RM_DIE_MIDWAY, GUNYAH_OK); // the first packet is all of it
}
