// SPDX-License-Identifier: BSD-3-Clause
// Clocks of VMs that the Resource Manager makes: where they are, how they are set before the start, and that the VM reads them.

#include "sim_state.h"

#define OK "00000000"
#define NORESOURCE "02000000"
#define DENIED "03000000"
#define MSG_INVALID "04000000"
#define ARGUMENT_INVALID "06000000"
#define MEM_INVALID "0a000000"
#define VM_STATE "14000000"

// What the hypervisor says, which the generation of 2023 tells too.
#define HYP_ARGUMENT_INVALID "01000000"
#define HYP_DENIED "1e000000"
#define HYP_BUSY "1f000000"

#define AT UINT64_C(0x9010000)
#define SECOND UINT64_C(1000000000)
#define DR 0
#define LR 8
#define CR 12
#define ABORT UINT64_C(0xeeeeeeee)

// A machine with HLOS, and the VM 0x80 in the state INIT.
struct rtc {
    struct gunyah_sim *sim;
    struct rm_end hlos;
};

static void prepare(struct rtc *rtc, enum gunyah_rm_generation generation, const struct gunyah_sim_vm_config *config)
{
    rtc->sim = rm_machine(&rtc->hlos, generation);
    cr_assert(eq(int, gunyah_sim_configure_vm(rtc->sim, config), GUNYAH_OK));
    rm_ask(&rtc->hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&rtc->hlos, GUNYAH_RM_MEM_LEND,
           "00000000 00000000 01000000 80000700 01000000 0000005000000000 0000100000000000", OK "00000000");
    rm_ask(&rtc->hlos, GUNYAH_RM_VM_CONFIG_IMAGE,
           "80000000 00000000 0000000000000000 0000000000000000 0000000000000000 0010000000000000", OK);
}

static void finish(struct rtc *rtc)
{
    rm_forget(&rtc->hlos);
    cr_assert(eq(int, gunyah_sim_destroy(&rtc->sim), GUNYAH_OK));
}

static struct gunyah_sim_vm_config with_clock(uint64_t base)
{
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;

    config.rtc = true;
    config.rtc_base = base;
    return config;
}

static void ask(struct rtc *rtc, uint32_t id, const char *reply, const char *why)
{
    rm_ask(&rtc->hlos, id, "80000000", reply);
    cr_assert(eq(str, (char *)gunyah_sim_rm_reason(rtc->hlos.vm), (char *)why));
}

static void init(struct rtc *rtc)
{
    ask(rtc, GUNYAH_RM_VM_INIT, OK, "nothing was refused");
}

static void start(struct rtc *rtc)
{
    ask(rtc, GUNYAH_RM_VM_START, OK, "nothing was refused");
}

// Both numbers in nanoseconds: the counter of the simulator counts them.
static void set_base(struct rtc *rtc, uint64_t time, uint64_t counter, const char *reply, const char *why)
{
    char request[64] = "80000000";

    for (int i = 0; i < 8; i++)
        sprintf(request + 8 + 2 * i, "%02x", (unsigned)(time >> 8 * i & 0xff));
    for (int i = 0; i < 8; i++)
        sprintf(request + 24 + 2 * i, "%02x", (unsigned)(counter >> 8 * i & 0xff));
    rm_ask(&rtc->hlos, GUNYAH_RM_VM_SET_TIME_BASE, request, reply);
    cr_assert(eq(str, (char *)gunyah_sim_rm_reason(rtc->hlos.vm), (char *)why));
}

static struct gunyah_sim_vm *guest(const struct rtc *rtc)
{
    return state_vm(rtc->sim, 0x80);
}

static uint64_t word(struct gunyah_sim_vm *vm, uint64_t address)
{
    uint64_t value = ABORT;
    const enum gunyah_error error = gunyah_sim_read_register(vm, address, 4, &value);

    cr_assert(eq(int, error, value == ABORT ? GUNYAH_ERR_ADDR_INVALID : GUNYAH_OK));
    return value;
}

// ---- reading it

Test(sim_rm_rtc, a_vm_reads_its_clock)
{
    const struct gunyah_sim_vm_config config = with_clock(AT);
    struct rtc rtc;
    uint64_t before;

    prepare(&rtc, GUNYAH_RM_GENERATION_2023, &config);
    init(&rtc);
    start(&rtc);
    cr_expect(eq(u64, word(guest(&rtc), AT + DR), 0));
    gunyah_sim_advance(rtc.sim, 90 * SECOND);
    cr_expect(eq(u64, word(guest(&rtc), AT + DR), 90));
    // A look costs what a call costs.
    before = gunyah_sim_now(rtc.sim);
    cr_expect(eq(u64, word(guest(&rtc), AT + CR), 1));
    cr_expect(eq(u64, gunyah_sim_now(rtc.sim), before + 1000));
    cr_expect(eq(u64, word(guest(&rtc), AT + 0xfe0), 0x31));
    cr_expect(eq(u64, word(guest(&rtc), AT + 0xffc), 0xb1));
    // The VM sets it.
    cr_assert(eq(int, gunyah_sim_write_register(guest(&rtc), AT + LR, 4, UINT64_C(0xffffffff6553f100)), GUNYAH_OK));
    cr_expect(eq(u64, word(guest(&rtc), AT + DR), 1700000000));
    gunyah_sim_advance(rtc.sim, 2 * SECOND);
    cr_expect(eq(u64, word(guest(&rtc), AT + DR), 1700000002));
    finish(&rtc);
}

Test(sim_rm_rtc, accesses_that_are_refused)
{
    static const size_t sizes[] = {0, 3, 5, 7, 9, SIZE_MAX};
    const struct gunyah_sim_vm_config config = with_clock(AT);
    struct gunyah_sim_vm *vm;
    struct rtc rtc;
    uint64_t value = ABORT;
    uint64_t now;

    prepare(&rtc, GUNYAH_RM_GENERATION_2023, &config);
    init(&rtc);
    // Nobody has started it.
    vm = guest(&rtc);
    cr_expect(eq(int, gunyah_sim_read_register(vm, AT, 4, &value), GUNYAH_ERR_OBJECT_STATE));
    cr_expect(eq(str, (char *)gunyah_sim_last_error(rtc.sim), "the VM does not run"));
    start(&rtc);
    now = gunyah_sim_now(rtc.sim);
    cr_expect(eq(int, gunyah_sim_read_register(NULL, AT, 4, &value), GUNYAH_ERR_NULL));
    cr_expect(eq(int, gunyah_sim_read_register(vm, AT, 4, NULL), GUNYAH_ERR_NULL));
    cr_expect(eq(int, gunyah_sim_write_register(NULL, AT, 4, 0), GUNYAH_ERR_NULL));
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        cr_expect(eq(int, gunyah_sim_read_register(vm, AT, sizes[i], &value), GUNYAH_ERR_ARGUMENT_SIZE));
        cr_expect(eq(int, gunyah_sim_write_register(vm, AT + LR, sizes[i], 5), GUNYAH_ERR_ARGUMENT_SIZE));
        cr_expect(eq(str, (char *)gunyah_sim_last_error(rtc.sim), "an access has 1, 2, 4 or 8 bytes"));
    }
    for (size_t bytes = 1; bytes <= 8; bytes *= 2) {
        // Not one word, next to the page, on its end, and where the VM has memory.
        const uint64_t places[] = {bytes == 4 ? AT + 2 : AT + LR, AT - bytes, AT + 0x1000, AT + 0x1000 - bytes / 2 - 1,
                                   UINT64_C(0x80000000)};
        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
            cr_expect(eq(int, gunyah_sim_read_register(vm, places[i], bytes, &value), GUNYAH_ERR_ADDR_INVALID),
                      "%zu bytes at place %zu", bytes, i);
            cr_expect(eq(int, gunyah_sim_write_register(vm, places[i], bytes, 5), GUNYAH_ERR_ADDR_INVALID));
        }
    }
    cr_expect(eq(str, (char *)gunyah_sim_last_error(rtc.sim),
                 "the VM has no register at this address, or one that takes no such access"));
    cr_expect(eq(u64, value, ABORT));
    cr_expect(eq(u64, gunyah_sim_now(rtc.sim), now));
    cr_expect(eq(u64, word(vm, AT + LR), 0));
    // It is the VM's alone.
    cr_expect(eq(u64, word(rtc.hlos.vm, AT + DR), ABORT));
    cr_expect(eq(u64, word(gunyah_sim_root(rtc.sim), AT + DR), ABORT));
    finish(&rtc);
}

Test(sim_rm_rtc, no_machine_no_clock)
{
    const struct gunyah_sim_vm_config config = with_clock(AT);
    struct gunyah_sim_vm *vm;
    struct rtc rtc;
    uint64_t value = ABORT;

    prepare(&rtc, GUNYAH_RM_GENERATION_2023, &config);
    init(&rtc);
    start(&rtc);
    vm = guest(&rtc);
    vm_crash(rtc.hlos.vm);
    cr_expect(eq(int, gunyah_sim_read_register(vm, AT, 4, &value), GUNYAH_ERR_CRASHED));
    cr_expect(eq(int, gunyah_sim_write_register(vm, AT + LR, 4, 5), GUNYAH_ERR_CRASHED));
    cr_expect(eq(str, (char *)gunyah_sim_last_error(rtc.sim), "the hypervisor has stopped"));
    finish(&rtc);
}

Test(sim_rm_rtc, is_traced)
{
    static struct state_text text;
    const struct gunyah_sim_vm_config config = with_clock(AT);
    struct rtc rtc;

    prepare(&rtc, GUNYAH_RM_GENERATION_2023, &config);
    init(&rtc);
    start(&rtc);
    gunyah_sim_advance(rtc.sim, 2 * SECOND - gunyah_sim_now(rtc.sim));
    cr_assert(eq(int, gunyah_sim_set_trace(rtc.sim, state_line, &text), GUNYAH_OK));
    word(guest(&rtc), AT + DR);
    gunyah_sim_write_register(guest(&rtc), AT + LR, 4, UINT64_C(0x500000011));
    word(guest(&rtc), AT + 2);
    text.text[text.size] = '\0';
    cr_expect(eq(str, text.text,
                 "[2000000.000 us] vm128 reads 4 bytes at 0x9010000: 0x2\n"
                 "[2000001.000 us] vm128 writes 4 bytes at 0x9010008: 0x11\n"));
    gunyah_sim_set_trace(rtc.sim, NULL, NULL);
    finish(&rtc);
}

// ---- VM_SET_TIME_BASE

static void set_before_the_start(enum gunyah_rm_generation generation, bool tells_twice)
{
    const struct gunyah_sim_vm_config config = with_clock(AT);
    struct rtc rtc;

    prepare(&rtc, generation, &config);
    gunyah_sim_advance(rtc.sim, 100 * SECOND);
    // There is none before VM_INIT.
    set_base(&rtc, SECOND, 0, tells_twice ? ARGUMENT_INVALID HYP_DENIED : ARGUMENT_INVALID, "the VM has no clock");
    init(&rtc);
    set_base(&rtc, SECOND, 3600 * SECOND, tells_twice ? ARGUMENT_INVALID HYP_ARGUMENT_INVALID : ARGUMENT_INVALID,
             "the clock is set by a count of the system timer that is yet to come");
    // It was this time when the counter was at 40 s, a minute ago.
    set_base(&rtc, 1700000000 * SECOND, 40 * SECOND, OK, "nothing was refused");
    set_base(&rtc, SECOND, 0, tells_twice ? ARGUMENT_INVALID HYP_BUSY : ARGUMENT_INVALID, "the clock has been set");
    start(&rtc);
    gunyah_sim_advance(rtc.sim, 200 * SECOND - gunyah_sim_now(rtc.sim));
    cr_expect(eq(u64, word(guest(&rtc), AT + DR), 1700000160));
    cr_expect(eq(u64, word(guest(&rtc), AT + LR), 1700000000));
    set_base(&rtc, SECOND, 0, tells_twice ? VM_STATE HYP_ARGUMENT_INVALID : VM_STATE,
             "the VM is in another state than this needs");
    cr_expect(eq(u64, word(guest(&rtc), AT + DR), 1700000160));
    finish(&rtc);
}

Test(sim_rm_rtc, is_set_before_the_start)
{
    set_before_the_start(GUNYAH_RM_GENERATION_2023, true);
    set_before_the_start(GUNYAH_RM_GENERATION_LATER, false);
}

Test(sim_rm_rtc, who_may_set_it)
{
    const struct gunyah_sim_vm_config config = with_clock(AT);
    struct gunyah_sim_vm_config without = GUNYAH_SIM_VM_CONFIG_INIT;
    struct rm_end other;
    struct rtc rtc;

    without.rtc_base = AT;
    prepare(&rtc, GUNYAH_RM_GENERATION_LATER, &config);
    rm_attach(&other, new_vm(rtc.sim, 5));
    init(&rtc);
    rm_ask(&other, GUNYAH_RM_VM_SET_TIME_BASE, "80000000 0000000000000000 0000000000000000", DENIED);
    rm_ask(&rtc.hlos, GUNYAH_RM_VM_SET_TIME_BASE, "81000000 0000000000000000 0000000000000000", NORESOURCE);
    rm_ask(&rtc.hlos, GUNYAH_RM_VM_SET_TIME_BASE, "80000000 0000000000000000 000000000000", MSG_INVALID);
    // 0 is who asks.
    rm_ask(&rtc.hlos, GUNYAH_RM_VM_SET_TIME_BASE, "00000000 0000000000000000 0000000000000000", VM_STATE);
    finish(&rtc);

    // An address alone makes no clock.
    prepare(&rtc, GUNYAH_RM_GENERATION_LATER, &without);
    init(&rtc);
    set_base(&rtc, SECOND, 0, ARGUMENT_INVALID, "the VM has no clock");
    start(&rtc);
    cr_expect(eq(u64, word(guest(&rtc), AT + DR), ABORT));
    finish(&rtc);
}

// ---- where it is

Test(sim_rm_rtc, places_that_are_refused)
{
    static const struct {
        uint64_t base;
        const char *reply;
        const char *why;
    } places[] = {
        {AT + 0x800, MEM_INVALID,
         "a vdevice vrtc-pl031 has not one of base and allocate-base, or base is not aligned to 4 KiB"},
        {UINT64_C(1) << 36, NORESOURCE, "the clock cannot be placed: it is beyond 36 bits, or something else is there"},
        {UINT64_MAX - 0x1fff, NORESOURCE,
         "the clock cannot be placed: it is beyond 36 bits, or something else is there"},
    };

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const struct gunyah_sim_vm_config config = with_clock(places[i].base);
        struct rtc rtc;
        prepare(&rtc, GUNYAH_RM_GENERATION_2023, &config);
        const size_t heap = gunyah_sim_heap_used(rtc.sim);
        ask(&rtc, GUNYAH_RM_VM_INIT, places[i].reply, places[i].why);
        // Of the VM nothing remains but that HLOS knows it for its peer.
        cr_expect(eq(sz, gunyah_sim_heap_used(rtc.sim), heap));
        finish(&rtc);
    }
}

Test(sim_rm_rtc, the_last_page_is_one)
{
    const uint64_t last = (UINT64_C(1) << 36) - 0x1000;
    const struct gunyah_sim_vm_config config = with_clock(last);
    struct rtc rtc;

    prepare(&rtc, GUNYAH_RM_GENERATION_2023, &config);
    init(&rtc);
    start(&rtc);
    cr_expect(eq(u64, word(guest(&rtc), last + CR), 1));
    finish(&rtc);
}

// The VM's memory goes where the clock is not.
Test(sim_rm_rtc, nothing_else_is_placed_there)
{
    const struct gunyah_sim_vm_config config = with_clock(UINT64_C(0x80000000) + 0x5000);
    struct rtc rtc;

    prepare(&rtc, GUNYAH_RM_GENERATION_2023, &config);
    init(&rtc);
    ask(&rtc, GUNYAH_RM_VM_START, NORESOURCE, "the image cannot be placed at the base address of the VM");
    finish(&rtc);
}

// What the VM accepts later, of two pages: over its beginning, its end, and on either side.
Test(sim_rm_rtc, memory_is_accepted_beside_it)
{
    static const struct gunyah_sim_vdevice channel = {.type = GUNYAH_SIM_VDEVICE_RM_RPC};
    static const struct {
        const char *parcel;
        const char *address;
        const char *reply;
    } places[] = {
        {"01000000", "00f0000900000000", NORESOURCE},
        {"01000000", "0000010900000000", NORESOURCE},
        {"01000000", "00e0000900000000", OK},
        {"02000000", "0010010900000000", OK},
    };
    struct gunyah_sim_vm_config config = with_clock(AT);
    struct rm_end end;
    struct rtc rtc;

    config.vdevices = &channel;
    config.vdevice_count = 1;
    prepare(&rtc, GUNYAH_RM_GENERATION_2023, &config);
    init(&rtc);
    start(&rtc);
    rm_attach(&end, guest(&rtc));
    rm_ask(&rtc.hlos, GUNYAH_RM_MEM_SHARE,
           "00000000 07000000 02000000 03000600 80000600 01000000 0000205000000000 0020000000000000", OK "01000000");
    rm_ask(&rtc.hlos, GUNYAH_RM_MEM_SHARE,
           "00000000 07000000 02000000 03000600 80000600 01000000 0000305000000000 0020000000000000", OK "02000000");
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char request[128];
        snprintf(request, sizeof(request), "%s 00028000 00000000 00000000 01000000 %s 0020000000000000 00000000",
                 places[i].parcel, places[i].address);
        rm_ask(&end, GUNYAH_RM_MEM_ACCEPT, request, places[i].reply);
    }
    cr_expect(eq(u64, word(guest(&rtc), AT + CR), 1));
    rm_forget(&end);
    finish(&rtc);
}

Test(sim_rm_rtc, the_resource_manager_chooses)
{
    const struct gunyah_sim_vm_config config = with_clock(0);
    struct rtc rtc;

    // Without memory that is mapped, behind the first GiB, which traps to the owner.
    prepare(&rtc, GUNYAH_RM_GENERATION_LATER, &config);
    init(&rtc);
    start(&rtc);
    cr_expect(eq(u64, word(guest(&rtc), UINT64_C(0x40000000) + CR), 1));
    cr_expect(eq(u64, word(guest(&rtc), UINT64_C(0x40001000) + CR), ABORT));
    finish(&rtc);
}

// ---- its end

Test(sim_rm_rtc, ends_with_the_vm)
{
    struct gunyah_sim_vm_config config = with_clock(AT);
    struct rtc rtc;
    size_t heap = 0;

    prepare(&rtc, GUNYAH_RM_GENERATION_LATER, &config);
    for (int i = 0; i < 3; i++) {
        init(&rtc);
        if (i == 0)
            set_base(&rtc, 1700000000 * SECOND, 0, OK, "nothing was refused");
        ask(&rtc, GUNYAH_RM_VM_RESET, OK, "nothing was refused");
        gunyah_sim_advance(rtc.sim, SECOND);
        set_base(&rtc, SECOND, 0, VM_STATE, "the VM is in another state than this needs");
        if (i == 0)
            heap = gunyah_sim_heap_used(rtc.sim);
        cr_expect(eq(sz, gunyah_sim_heap_used(rtc.sim), heap));
        rm_ask(&rtc.hlos, GUNYAH_RM_VM_CONFIG_IMAGE,
               "80000000 00000000 0000000000000000 0000000000000000 0000000000000000 0010000000000000", OK);
    }
    // A new one knows nothing of the one before, and may be elsewhere.
    config.rtc_base = AT + 0x1000;
    gunyah_sim_configure_vm(rtc.sim, &config);
    init(&rtc);
    set_base(&rtc, 500 * SECOND, 0, OK, "nothing was refused");
    start(&rtc);
    cr_expect(eq(u64, word(guest(&rtc), AT + 0x1000 + LR), 500));
    cr_expect(eq(u64, word(guest(&rtc), AT + CR), ABORT));
    finish(&rtc);
}

Test(sim_rm_rtc, a_vm_that_has_ended_reads_nothing)
{
    const struct gunyah_sim_vm_config config = with_clock(AT);
    struct gunyah_sim_vm *vm;
    struct rtc rtc;
    uint64_t value;

    prepare(&rtc, GUNYAH_RM_GENERATION_LATER, &config);
    init(&rtc);
    start(&rtc);
    vm = guest(&rtc);
    rm_ask(&rtc.hlos, GUNYAH_RM_VM_STOP, "80000100 00000000", OK);
    cr_expect(eq(int, gunyah_sim_read_register(vm, AT, 4, &value), GUNYAH_ERR_OBJECT_STATE));
    rm_ask(&rtc.hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(rtc.sim, SECOND);
    cr_expect(eq(int, gunyah_sim_read_register(vm, AT, 4, &value), GUNYAH_ERR_OBJECT_STATE));
    finish(&rtc);
}

// What comes after it in VM_INIT fails, and takes it along.
Test(sim_rm_rtc, goes_with_what_fails_later)
{
    static const struct gunyah_sim_vdevice too_deep = {.type = GUNYAH_SIM_VDEVICE_MSGQUEUE_SENDER, .depth = 256};
    struct gunyah_sim_vm_config config = with_clock(AT);
    struct rtc rtc;

    config.vdevices = &too_deep;
    config.vdevice_count = 1;
    prepare(&rtc, GUNYAH_RM_GENERATION_LATER, &config);
    const size_t heap = gunyah_sim_heap_used(rtc.sim);
    ask(&rtc, GUNYAH_RM_VM_INIT, NORESOURCE, "a vCPU or a virtual device of the configuration cannot be made");
    cr_expect(eq(sz, gunyah_sim_heap_used(rtc.sim), heap));
    finish(&rtc);
}

// Fail each allocation of VM_INIT once: it is refused, and nothing remains. Returns how many there are.
static int fail_each(const struct gunyah_sim_vm_config *config)
{
    struct gunyah_sim_hazard hazard = GUNYAH_SIM_HAZARD_INIT;

    hazard.kind = GUNYAH_SIM_HEAP_EMPTY;
    for (int refused = 0;; refused++) {
        char reply[RM_TEXT];
        struct rtc rtc;
        prepare(&rtc, GUNYAH_RM_GENERATION_LATER, config);
        const size_t heap = gunyah_sim_heap_used(rtc.sim);
        hazard.nth = (uint64_t)refused + 2; // The first one is the request itself.
        cr_assert(eq(int, gunyah_sim_add_hazard(rtc.sim, &hazard), GUNYAH_OK));
        rm_request(&rtc.hlos, GUNYAH_RM_VM_INIT, (const unsigned char *)"\x80\0\0\0", 4);
        const bool is_refused = rm_reply(&rtc.hlos, reply) && strcmp(reply, OK) != 0;
        if (is_refused)
            cr_expect(eq(sz, gunyah_sim_heap_used(rtc.sim), heap), "allocation %d", refused);
        finish(&rtc);
        if (!is_refused)
            return refused;
    }
}

Test(sim_rm_rtc, without_memory_there_is_none)
{
    struct gunyah_sim_vm_config config = with_clock(AT);
    const int with = fail_each(&config);

    config.rtc = false;
    cr_expect(eq(int, with, fail_each(&config) + 1));
}

// ---- copies

static void expect_clock(struct gunyah_sim *sim, uint64_t seconds)
{
    struct gunyah_sim_vm *vm = state_vm(sim, 0x80);

    cr_expect(eq(u64, word(vm, STATE_CLOCK + LR), 1000));
    cr_expect(eq(u64, word(vm, STATE_CLOCK + DR), seconds));
}

Test(sim_rm_rtc, goes_on_in_copies)
{
    struct state state = new_state();
    struct gunyah_sim *clone;
    struct gunyah_sim *loaded;
    const char *why;
    size_t size;
    unsigned char *bytes;
    void *snapshot;

    cr_assert(eq(int, gunyah_sim_write_register(state_vm(state.sim, 0x80), STATE_CLOCK + LR, 4, 1000), GUNYAH_OK));
    gunyah_sim_advance(state.sim, 20 * SECOND);
    bytes = save_state(state.sim, &size);
    cr_assert(eq(int, load_state(bytes, size, &loaded, &why), GUNYAH_OK), "%s", why);
    cr_assert(eq(int, gunyah_sim_clone(state.sim, &clone), GUNYAH_OK));
    size = gunyah_sim_snapshot_size(state.sim);
    snapshot = malloc(size);
    cr_assert(eq(int, gunyah_sim_snapshot(state.sim, snapshot, size), GUNYAH_OK));
    gunyah_sim_advance(state.sim, 5 * SECOND);
    expect_clock(state.sim, 1025);
    expect_clock(clone, 1020);
    expect_clock(loaded, 1020);
    // They are apart.
    cr_assert(eq(int, gunyah_sim_write_register(state_vm(clone, 0x80), STATE_CLOCK + LR, 4, 7), GUNYAH_OK));
    expect_clock(state.sim, 1025);
    cr_assert(eq(int, gunyah_sim_restore(state.sim, snapshot, size), GUNYAH_OK));
    expect_clock(state.sim, 1020);
    free(snapshot);
    free(bytes);
    gunyah_sim_destroy(&clone);
    gunyah_sim_destroy(&loaded);
    rm_forget(&state.hlos);
    gunyah_sim_destroy(&state.sim);
}

// A configuration that waits for its VM is saved with the place of the clock.
Test(sim_rm_rtc, a_place_to_come_is_saved)
{
    const struct gunyah_sim_vm_config config = with_clock(AT);
    struct gunyah_sim *clone;
    struct rtc rtc;

    prepare(&rtc, GUNYAH_RM_GENERATION_2023, &config);
    cr_assert(eq(int, gunyah_sim_clone(rtc.sim, &clone), GUNYAH_OK));
    struct rtc copy = {.sim = clone, .hlos = rtc.hlos};
    copy.hlos.vm = state_vm(clone, RM_HLOS);
    copy.hlos.count = 0;
    init(&copy);
    start(&copy);
    cr_expect(eq(u64, word(guest(&copy), AT + CR), 1));
    finish(&copy);
    finish(&rtc);
}
