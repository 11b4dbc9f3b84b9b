// SPDX-License-Identifier: BSD-3-Clause
// The watchdog that the simulator's Resource Manager makes for a VM of the platform: what the VM does with it, and what its
// owner finds.

#include "sim_rm.h"

#define OK "00000000"
#define OPEN_FLAGS UINT64_C(0x10000eff)
#define WATCHDOG_FLAG UINT64_C(0x100)
#define MS UINT64_C(1000000)
#define ON 3
#define BARK 960 // the first interrupt that is free
#define NONE UINT64_MAX
#define PLATFORM "0100" // authentications
#define UNAUTHENTICATED "0000"

static const struct gunyah_sim_vm_config defaults = GUNYAH_SIM_VM_CONFIG_INIT;
static const struct gunyah_sim_vdevice channel = {.type = GUNYAH_SIM_VDEVICE_RM_RPC};
static char lines[64][160];
static unsigned line_count;

static void note(void *context, const char *line)
{
    (void)context;
    snprintf(lines[line_count++ % 64], sizeof(lines[0]), "%s", line);
}

// Does one of the last lines of the trace end like this?
static bool was_traced(const char *end)
{
    for (unsigned i = 0; i < 64; i++) {
        const size_t length = strlen(lines[i]);

        if (length >= strlen(end) && strcmp(lines[i] + length - strlen(end), end) == 0)
            return true;
    }
    return false;
}

static struct gunyah_sim *machine(struct rm_end *hlos, bool as_manual, uint64_t flags,
                                  enum gunyah_rm_generation generation)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim *sim;

    line_count = 0;
    memset(lines, 0, sizeof(lines));
    options.as_manual = as_manual;
    options.api_flags = flags;
    options.seed = 7;
    cr_assert(eq(int, gunyah_sim_create(&options, &sim), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_set_trace(sim, note, NULL), GUNYAH_OK));
    rm_begin(sim, hlos, generation);
    return sim;
}

static struct gunyah_sim *with_watchdogs(struct rm_end *hlos)
{
    return machine(hlos, false, OPEN_FLAGS | WATCHDOG_FLAG, GUNYAH_RM_GENERATION_2023);
}

// Make VM 0x80, up to READY.
static void make_guest(struct gunyah_sim *sim, struct rm_end *hlos, const struct gunyah_sim_vm_config *config,
                       const char *auth)
{
    char request[160];

    cr_assert(eq(int, gunyah_sim_configure_vm(sim, config), GUNYAH_OK));
    rm_ask(hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 80000700 01000000 0000005000000000 0000100000000000",
           OK "00000000");
    snprintf(request, sizeof(request),
             "8000 %s 00000000 0000000000000000 0000000000000000 0000000000000000 0010000000000000", auth);
    rm_ask(hlos, GUNYAH_RM_VM_CONFIG_IMAGE, request, OK);
    if (strcmp(auth, PLATFORM) == 0)
        rm_ask(hlos, GUNYAH_RM_VM_AUTH_IMAGE, "8000 0100 00000000 1c000000", OK);
    rm_ask(hlos, GUNYAH_RM_VM_INIT, "80000000", OK);
}

static struct gunyah_sim_vm *start_guest(struct gunyah_sim *sim, struct rm_end *hlos,
                                         const struct gunyah_sim_vm_config *config, const char *auth)
{
    struct gunyah_sim_vm *vm;

    make_guest(sim, hlos, config, auth);
    rm_ask(hlos, GUNYAH_RM_VM_START, "80000000", OK);
    rm_forget(hlos);
    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(0x80), &vm), GUNYAH_OK));
    return vm;
}

static uint64_t fast(struct gunyah_sim_vm *vm, uint32_t id, uint64_t x1, uint64_t x2)
{
    struct gunyah_registers registers = {{id, x1, x2}};

    vm_raw(vm, GUNYAH_CONDUIT_SMC, 0, &registers);
    return registers.x[0];
}

static void enable(struct gunyah_sim_vm *vm, uint32_t bark_ms, uint32_t bite_ms)
{
    cr_assert(eq(u64, fast(vm, GUNYAH_SMCCC_WATCHDOG_SET_TIME, bark_ms, bite_ms), 0));
    cr_assert(eq(u64, fast(vm, GUNYAH_SMCCC_WATCHDOG_CONTROL, ON, 0), 0));
}

// ---- who has one --------------------------------------------------------------------------------------------------------

static bool has_watchdog(bool as_manual, uint64_t flags, enum gunyah_rm_generation generation, const char *auth)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = machine(&hlos, as_manual, flags, generation);
    struct gunyah_sim_vm *vm = start_guest(sim, &hlos, &defaults, auth);
    const uint64_t answer = fast(vm, GUNYAH_SMCCC_WATCHDOG_PET, 0, 0);

    cr_expect(answer == 0 || answer == NONE);
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
    return answer == 0;
}

Test(sim_rm_watchdog, vms_of_the_platform_have_one)
{
    cr_expect(has_watchdog(true, 0, GUNYAH_RM_GENERATION_2023, PLATFORM));
    cr_expect(has_watchdog(true, 0, GUNYAH_RM_GENERATION_LATER, PLATFORM));
    cr_expect(has_watchdog(false, WATCHDOG_FLAG, GUNYAH_RM_GENERATION_2023, PLATFORM));
    cr_expect(has_watchdog(false, WATCHDOG_FLAG, GUNYAH_RM_GENERATION_LATER, PLATFORM));
}

Test(sim_rm_watchdog, others_have_none)
{
    cr_expect(not(has_watchdog(false, 0, GUNYAH_RM_GENERATION_2023, PLATFORM)));
    cr_expect(not(has_watchdog(true, OPEN_FLAGS, GUNYAH_RM_GENERATION_2023, PLATFORM)));
    cr_expect(not(has_watchdog(true, 0, GUNYAH_RM_GENERATION_2023, UNAUTHENTICATED)));
    cr_expect(not(has_watchdog(false, WATCHDOG_FLAG, GUNYAH_RM_GENERATION_LATER, UNAUTHENTICATED)));
}

Test(sim_rm_watchdog, who_was_there_before_has_none)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = with_watchdogs(&hlos);

    cr_expect(eq(u64, fast(hlos.vm, GUNYAH_SMCCC_WATCHDOG_PET, 0, 0), NONE));
    cr_expect(was_traced("vm3 watchdog_pet() = UNIMPLEMENTED"));
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
}

// ---- barks and bites ----------------------------------------------------------------------------------------------------

Test(sim_rm_watchdog, barks_at_the_vm)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = with_watchdogs(&hlos);
    struct gunyah_sim_vm *vm = start_guest(sim, &hlos, &defaults, PLATFORM);

    enable(vm, 1000, 2000);
    cr_expect(was_traced("vm128 watchdog_set_time(bark_ms=1000, bite_ms=2000) = OK"));
    cr_expect(was_traced("vm128 watchdog_control(control=0x3) = OK"));
    // Nobody else does anything: the wait ends at the bark, and not at its own end.
    cr_assert(eq(int, vm_wait_one(vm, BARK, 5000 * MS), GUNYAH_OK));
    cr_expect(lt(u64, gunyah_sim_now(sim), 1100 * MS));
    cr_expect(was_traced("vm128: its watchdog barks"));
    // It is an edge: taken once, it comes again after a pet alone.
    cr_assert(eq(int, vm_wait_one(vm, BARK, 0), GUNYAH_ERR_TIMEOUT));
    cr_expect(eq(u64, fast(vm, GUNYAH_SMCCC_WATCHDOG_PET, 0, 0), 0));
    cr_assert(eq(int, vm_wait_one(vm, BARK, 999 * MS), GUNYAH_ERR_TIMEOUT));
    cr_assert(eq(int, vm_wait_one(vm, BARK, 2 * MS), GUNYAH_OK));
    cr_expect(was_traced("vm128 watchdog_pet() = OK"));
    fast(vm, GUNYAH_SMCCC_WATCHDOG_STATUS, 0, 0);
    cr_expect(was_traced("vm128 watchdog_status() = OK, status=0x80000001, since_pet_ms=1000"));
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
}

static void expect_bitten(bool as_manual, enum gunyah_rm_generation generation)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = machine(&hlos, as_manual, as_manual ? 0 : WATCHDOG_FLAG, generation);
    struct gunyah_sim_vm *vm = start_guest(sim, &hlos, &defaults, PLATFORM);

    enable(vm, 1000, 2000);
    // A VM that waits for ever waits until it is bitten, and not for ever.
    const struct gunyah_backend *session = gunyah_sim_backend(vm);
    cr_assert(eq(int, session->ops->open(session->context), GUNYAH_OK));
    cr_assert(eq(int, vm_wait_one(vm, 500, UINT64_MAX), GUNYAH_ERR_OBJECT_STATE));
    session->ops->close(session->context);
    cr_expect(was_traced("vm128: its watchdog bites"));
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 09 00 0000");
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_EXITED, "8000 0400 04000000 00000000");
    rm_silent(&hlos);
    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "09000000");
    // It may be used again.
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10 * MS);
    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "0b000000");
    rm_forget(&hlos);
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
}

Test(sim_rm_watchdog, bite_ends_the_vm)
{
    expect_bitten(true, GUNYAH_RM_GENERATION_2023);
    expect_bitten(true, GUNYAH_RM_GENERATION_LATER);
    expect_bitten(false, GUNYAH_RM_GENERATION_2023);
    expect_bitten(false, GUNYAH_RM_GENERATION_LATER);
}

Test(sim_rm_watchdog, bite_after_a_crash_message_is_an_error_of_software)
{
    struct rm_end hlos;
    struct rm_end guest;
    struct gunyah_sim *sim = with_watchdogs(&hlos);
    struct gunyah_sim_vm_config config = defaults;

    config.vdevices = &channel;
    config.vdevice_count = 1;
    rm_attach(&guest, start_guest(sim, &hlos, &config, PLATFORM));
    rm_ask(&guest, GUNYAH_RM_VM_SET_CRASH_MSG, "0300 0000 61626300", OK);
    enable(guest.vm, 10, 20);
    gunyah_sim_advance(sim, 30 * MS);
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 09 00 0000");
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_EXITED, "8000 0400 04000000 00000100");
    rm_silent(&hlos);
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
}

// What has ended already does not end again.
Test(sim_rm_watchdog, bite_of_a_vm_that_has_ended_is_nothing)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = with_watchdogs(&hlos);
    struct gunyah_sim_vm *vm = start_guest(sim, &hlos, &defaults, PLATFORM);

    enable(vm, 10, 20);
    fast(vm, 0x84000008, 0, 0); // SYSTEM_OFF
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 09 00 0000");
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_EXITED, "8000 0100 04000000 00000000");
    gunyah_sim_advance(sim, 100 * MS);
    cr_expect(was_traced("vm128: its watchdog bites"));
    rm_silent(&hlos);
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
}

Test(sim_rm_watchdog, machine_goes_down_with_a_vm_whose_crash_is_fatal)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = with_watchdogs(&hlos);
    struct gunyah_sim_vm_config config = defaults;

    config.crash_fatal = true;
    enable(start_guest(sim, &hlos, &config, PLATFORM), 10, 20);
    cr_assert(eq(int, vm_wait_one(hlos.vm, 500, UINT64_MAX), GUNYAH_ERR_CRASHED));
    cr_expect(was_traced("vm128: its watchdog bites, and takes the machine down"));
    cr_expect(was_traced("the hypervisor has crashed: a real one stops here, and with it the machine"));
    cr_expect(eq(u64, vm_call(hlos.vm, GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY, 0, 0, 0, NULL), UINT64_MAX));
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
}

// ---- its owner ----------------------------------------------------------------------------------------------------------

Test(sim_rm_watchdog, stopping_freezes_it)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = with_watchdogs(&hlos);
    struct gunyah_sim_vm *vm = start_guest(sim, &hlos, &defaults, PLATFORM);

    enable(vm, 10, 20);
    rm_ask(&hlos, GUNYAH_RM_VM_STOP, "8000 00 00 03000000", OK); // asks it to
    gunyah_sim_advance(sim, 1000 * MS);
    cr_expect(not(was_traced("vm128: its watchdog barks")));
    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "03000000");
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
}

// The resource of a watchdog: type, reserved, partner, label, capability, interrupt, base, size.
static bool find_watchdog_cap(struct rm_end *hlos, uint64_t *cap)
{
    static unsigned char bytes[1024];
    static char text[2048];
    uint32_t count;

    rm_request(hlos, GUNYAH_RM_VM_GET_HYP_RESOURCES, bytes, rm_bytes("80000000", bytes));
    cr_assert(rm_reply(hlos, text));
    rm_bytes(text, bytes);
    memcpy(&count, bytes + 4, sizeof(count));
    for (uint32_t i = 0; i < count; i++) {
        const unsigned char *entry = bytes + 8 + i * GUNYAH_RM_VM_RESOURCE_SIZE;
        uint32_t virq;

        if (entry[GUNYAH_RM_VM_RESOURCE_TYPE_OFFSET] != 8)
            continue;
        memcpy(&virq, entry + GUNYAH_RM_VM_RESOURCE_VIRQ_OFFSET, sizeof(virq));
        memcpy(cap, entry + GUNYAH_RM_VM_RESOURCE_CAP_OFFSET, sizeof(*cap));
        cr_expect(eq(int, entry[GUNYAH_RM_VM_RESOURCE_PARTNER_OFFSET], 0x80));
        cr_expect(eq(u32, virq, 0));
        return true;
    }
    return false;
}

Test(sim_rm_watchdog, who_runs_the_vcpus_may_freeze_it)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = with_watchdogs(&hlos);
    struct gunyah_sim_vm_config config = defaults;
    uint64_t cap;

    config.proxy = true;
    struct gunyah_sim_vm *vm = start_guest(sim, &hlos, &config, PLATFORM);
    cr_assert(find_watchdog_cap(&hlos, &cap));
    enable(vm, 10, 20);
    cr_expect(eq(u64, vm_call(hlos.vm, GUNYAH_HYPERCALL_WATCHDOG_MANAGE, cap, 0, 0, NULL), 0));
    gunyah_sim_advance(sim, 1000 * MS);
    cr_expect(not(was_traced("vm128: its watchdog barks")));
    cr_expect(eq(u64, vm_call(hlos.vm, GUNYAH_HYPERCALL_WATCHDOG_MANAGE, cap, 2, 0, NULL), 0));
    gunyah_sim_advance(sim, 10 * MS);
    cr_expect(was_traced("vm128: its watchdog barks"));
    // Nothing else.
    cr_expect(eq(u64, vm_call(hlos.vm, GUNYAH_HYPERCALL_WATCHDOG_UNBIND_VIRQ, cap, 0, 0, NULL),
                 GUNYAH_HVERR_CSPACE_INSUFFICIENT_RIGHTS));
    // With the VM it is gone.
    rm_ask(&hlos, GUNYAH_RM_VM_STOP, "8000 01 00 03000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10 * MS);
    cr_expect(
        eq(u64, vm_call(hlos.vm, GUNYAH_HYPERCALL_WATCHDOG_MANAGE, cap, 0, 0, NULL), GUNYAH_HVERR_CSPACE_CAP_NULL));
    rm_forget(&hlos);
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
}

Test(sim_rm_watchdog, who_does_not_run_the_vcpus_gets_nothing)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = with_watchdogs(&hlos);
    struct gunyah_sim_vm_config config = defaults;
    uint64_t cap;

    config.proxy = false;
    start_guest(sim, &hlos, &config, PLATFORM);
    const bool found = find_watchdog_cap(&hlos, &cap);
    cr_expect(not(found));
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
}

// The bark has the first interrupt that is free. Whoever wants that one does not get it.
Test(sim_rm_watchdog, interrupt_of_the_bark_is_taken)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = with_watchdogs(&hlos);
    struct gunyah_sim_vm_config config = defaults;
    struct gunyah_sim_vdevice bell = {
        .type = GUNYAH_SIM_VDEVICE_DOORBELL, .label = 1, .receive_virq = {BARK}, .peer = {RM_HLOS}};

    config.vdevices = &bell;
    config.vdevice_count = 1;
    cr_assert(eq(int, gunyah_sim_configure_vm(sim, &config), GUNYAH_OK));
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", OK "80000000");
    rm_ask(&hlos, GUNYAH_RM_MEM_LEND, "00000000 00000000 01000000 80000700 01000000 0000005000000000 0000100000000000",
           OK "00000000");
    rm_ask(&hlos, GUNYAH_RM_VM_CONFIG_IMAGE,
           "8000 0100 00000000 0000000000000000 0000000000000000 0000000000000000 0010000000000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_AUTH_IMAGE, "8000 0100 00000000 1c000000", OK);
    rm_ask(&hlos, GUNYAH_RM_VM_INIT, "80000000", "02000000");
    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "08000000");
    // Nothing is left of it.
    rm_ask(&hlos, GUNYAH_RM_VM_RESET, "80000000", OK);
    gunyah_sim_advance(sim, 10 * MS);
    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "80000000", OK "0b000000");
    rm_forget(&hlos);
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
}

// ---- copies -------------------------------------------------------------------------------------------------------------

// A machine that is saved between the bite and its end goes on in another one.
Test(sim_rm_watchdog, goes_on_in_a_machine_that_was_saved)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = with_watchdogs(&hlos);
    struct gunyah_sim_vm *vm = start_guest(sim, &hlos, &defaults, PLATFORM);
    struct gunyah_sim_load_options options = GUNYAH_SIM_LOAD_OPTIONS_INIT;
    const struct gunyah_sim_memory image = {(void *)(uintptr_t)RM_RAM, 0x100000};
    struct gunyah_sim *again;

    options.regions = &image;
    options.region_count = 1;
    enable(vm, 10, 20);
    gunyah_sim_advance(sim, 20 * MS - 10000);
    for (int i = 0; i < 2; i++) {
        const size_t size = gunyah_sim_save_size(sim);
        void *bytes = malloc(size);

        cr_assert(eq(int, gunyah_sim_save(sim, bytes, size), GUNYAH_OK));
        cr_assert(eq(int, gunyah_sim_load(bytes, size, &options, &again, NULL), GUNYAH_OK));
        free(bytes);
        cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
        sim = again;
        gunyah_sim_advance(sim, 20000);
    }
    gunyah_sim_advance(sim, 10 * MS);
    cr_assert(eq(int, gunyah_sim_find_vm(sim, gunyah_vmid(RM_HLOS), &hlos.vm), GUNYAH_OK));
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_STATUS, "8000 0000 09 00 0000");
    rm_told(&hlos, GUNYAH_RM_NOTIFY_VM_EXITED, "8000 0400 04000000 00000000");
    cr_assert(eq(int, gunyah_sim_destroy(&sim), GUNYAH_OK));
}
