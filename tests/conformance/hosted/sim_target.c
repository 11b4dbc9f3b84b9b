// SPDX-License-Identifier: BSD-3-Clause
#include "sim_target.h"

#include <gunyah/sim_rm.h>

#include <inttypes.h>
#include <stdio.h>

#define FIRST_FREE_VIRQ 300
#define LAST_FREE_VIRQ 900
#define FREE_MEMORY UINT64_C(0x800000000) // as docs/simulator.md says
#define FREE_MEMORY_END UINT64_C(0x840000000)
#define FIRST_FREE_VMID 0x40
#define LAST_FREE_VMID 0x7f
#define OPEN_FLAGS UINT64_C(0x10000eff) // as it was recorded

struct sim_target {
    struct target target; // first: the suite hands it back
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *vms[TARGET_VMS];
    const struct sim_manner *manner;
    bool failed;
};

static bool connect_doorbell(struct target *target, struct target_doorbell *wanted)
{
    struct sim_target *host = (struct sim_target *)target;
    struct gunyah_sim_doorbell doorbell = GUNYAH_SIM_DOORBELL_INIT;

    doorbell.from = host->vms[wanted->from];
    doorbell.to = host->vms[wanted->to];
    doorbell.virq = wanted->virq;
    if (gunyah_sim_connect_doorbell(host->sim, &doorbell) != GUNYAH_OK)
        return false;
    wanted->send_cap = doorbell.send_cap;
    wanted->receive_cap = doorbell.receive_cap;
    return true;
}

static bool connect_msgqueue(struct target *target, struct target_msgqueue *wanted)
{
    struct sim_target *host = (struct sim_target *)target;
    struct gunyah_sim_msgqueue queue = GUNYAH_SIM_MSGQUEUE_INIT;

    queue.from = host->vms[wanted->from];
    queue.to = host->vms[wanted->to];
    queue.depth = wanted->depth;
    queue.message_size = wanted->message_size;
    queue.send_virq = wanted->send_virq;
    queue.receive_virq = wanted->receive_virq;
    if (gunyah_sim_connect_msgqueue(host->sim, &queue) != GUNYAH_OK)
        return false;
    wanted->send_cap = queue.send_cap;
    wanted->receive_cap = queue.receive_cap;
    return true;
}

static bool set_trigger(struct target *target, int vm, gunyah_virq_t virq, enum target_trigger trigger)
{
    const struct sim_target *host = (const struct sim_target *)target;

    return gunyah_sim_set_trigger(host->vms[vm], virq, trigger == TARGET_EDGE ? GUNYAH_SIM_EDGE : GUNYAH_SIM_LEVEL) ==
           GUNYAH_OK;
}

static bool open_session(struct sim_target *host, int place)
{
    struct gunyah_open_options open = GUNYAH_OPEN_OPTIONS_INIT;

    open.backend = gunyah_sim_backend(host->vms[place]);
    if (host->manner->over != NULL)
        open.backend = host->manner->over(place, open.backend);
    open.convention = host->manner->convention;
    open.conduit = host->manner->conduit;
    return gunyah_open(&open, &host->target.vms[place].g) == GUNYAH_OK;
}

static bool get_channel(const struct sim_target *host, int place, struct target_channel *channel)
{
    struct gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;

    if (gunyah_sim_get_rm_queue(host->vms[place], &queue) != GUNYAH_OK)
        return false;
    *channel = (struct target_channel){
        queue.send_cap, queue.receive_cap, queue.send_virq, queue.receive_virq, NULL, 0,
    };
    // Not every VM has one.
    gunyah_sim_find_device_tree(host->vms[place], &channel->tree, &channel->tree_size);
    return true;
}

static enum gunyah_error configure_guest(struct gunyah_sim *sim)
{
    static const struct gunyah_sim_vdevice vdevices[] = {
        {.type = GUNYAH_SIM_VDEVICE_RM_RPC, .console = true},
        {.type = GUNYAH_SIM_VDEVICE_DOORBELL, .label = TARGET_GUEST_BELL},
        {.type = GUNYAH_SIM_VDEVICE_DOORBELL_SOURCE, .label = TARGET_GUEST_BELL_BACK},
        {.type = GUNYAH_SIM_VDEVICE_MSGQUEUE_PAIR, .label = TARGET_GUEST_QUEUES},
        {.type = GUNYAH_SIM_VDEVICE_SHM, .label = TARGET_GUEST_WINDOW, .allocate_base = true, .optional = true},
    };
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;

    config.name = TARGET_GUEST_NAME;
    config.base = TARGET_GUEST_BASE;
    config.vdevices = vdevices;
    config.vdevice_count = COUNT_OF(vdevices);
    return gunyah_sim_configure_vm(sim, &config);
}

static bool start_rm(struct target *target, struct target_channel *channel)
{
    struct sim_target *host = (struct sim_target *)target;
    struct gunyah_sim_rm_options options = GUNYAH_SIM_RM_OPTIONS_INIT;
    struct gunyah_sim_vm_options vm = GUNYAH_SIM_VM_OPTIONS_INIT;

    options.generation = GUNYAH_RM_GENERATION_2023;
    vm.vmid = gunyah_vmid(GUNYAH_VMID_HLOS);
    vm.hwirq_first = gunyah_virq(TARGET_HWIRQ_FIRST);
    vm.hwirq_count = TARGET_HWIRQ_COUNT;
    return gunyah_sim_add_rm(host->sim, &options) == GUNYAH_OK &&
           (target->by_trees || configure_guest(host->sim) == GUNYAH_OK) &&
           gunyah_sim_add_vm(host->sim, &vm, &host->vms[TARGET_HLOS]) == GUNYAH_OK &&
           get_channel(host, TARGET_HLOS, channel) && open_session(host, TARGET_HLOS);
}

static bool enter_guest(struct target *target, gunyah_vmid_t vmid, struct target_channel *channel)
{
    struct sim_target *host = (struct sim_target *)target;
    struct gunyah **g = &target->vms[TARGET_GUEST].g;

    if (*g != NULL && gunyah_close(g) != GUNYAH_OK)
        return false;
    return gunyah_sim_find_vm(host->sim, vmid, &host->vms[TARGET_GUEST]) == GUNYAH_OK &&
           get_channel(host, TARGET_GUEST, channel) && open_session(host, TARGET_GUEST);
}

static bool load(struct target *target, int vm, uint64_t address, unsigned bytes, uint64_t *value)
{
    const struct sim_target *host = (const struct sim_target *)target;

    return gunyah_sim_read_register(host->vms[vm], address, bytes, value) == GUNYAH_OK;
}

static bool store(struct target *target, int vm, uint64_t address, unsigned bytes, uint64_t value)
{
    const struct sim_target *host = (const struct sim_target *)target;

    return gunyah_sim_write_register(host->vms[vm], address, bytes, value) == GUNYAH_OK;
}

static void fail(struct target *target, const char *file, int line, const char *expression, uint64_t got,
                 uint64_t expected)
{
    struct sim_target *host = (struct sim_target *)target;

    host->failed = true;
    fprintf(stderr, "%s:%d: %s is %" PRId64 " (0x%" PRIx64 "), not %" PRId64 " (0x%" PRIx64 ")\n", file, line,
            expression, (int64_t)got, got, (int64_t)expected, expected);
}

static void skip(struct target *target, const char *missing)
{
    struct sim_target *host = (struct sim_target *)target;

    host->failed = true;
    fprintf(stderr, "the simulator should have this: %s\n", missing);
}

static const struct target_ops ops = {
    connect_doorbell, connect_msgqueue, set_trigger, start_rm, enter_guest, load, store, fail, skip};

static bool add_vm(struct sim_target *host, int place)
{
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    struct target_vm *vm = &host->target.vms[place];

    options.privileged = place == TARGET_OWNER;
    if (gunyah_sim_add_vm(host->sim, &options, &host->vms[place]) != GUNYAH_OK)
        return false;
    if (gunyah_sim_get_vm_info(host->vms[place], &info) != GUNYAH_OK)
        return false;
    vm->partition = info.partition;
    vm->cspace = info.cspace;
    vm->vic = info.vic;
    return open_session(host, place);
}

static bool set_up(struct sim_target *host)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;

    options.as_manual = host->manner->as_manual;
    options.api_flags = host->manner->watchdogs ? OPEN_FLAGS | GUNYAH_HYP_API_FLAGS0_WATCHDOG_MASK : 0;
    if (gunyah_sim_create(&options, &host->sim) != GUNYAH_OK)
        return false;
    for (int place = 0; place < TARGET_PLAIN_VMS; place++) {
        if (!add_vm(host, place))
            return false;
    }
    return true;
}

static bool tear_down(struct sim_target *host)
{
    for (int place = 0; place < TARGET_VMS; place++) {
        if (host->target.vms[place].g != NULL && gunyah_close(&host->target.vms[place].g) != GUNYAH_OK)
            return false;
    }
    return host->sim == NULL || gunyah_sim_destroy(&host->sim) == GUNYAH_OK;
}

bool sim_target_run(const struct conformance_case *testcase, const struct sim_manner *manner)
{
    struct sim_target host = {
        .target =
            {
                .ops = &ops,
                .convention = manner->convention,
                .conduit = manner->conduit,
                .next_virq = FIRST_FREE_VIRQ,
                .last_virq = LAST_FREE_VIRQ,
                .next_memory = FREE_MEMORY,
                .memory_end = FREE_MEMORY_END,
                .next_vmid = FIRST_FREE_VMID,
                .last_vmid = LAST_FREE_VMID,
                .has_wait = true,
                .scrambled_capids = true,
                .open_hypervisor = true,
                .has_watchdogs = manner->as_manual || manner->watchdogs,
                .as_manual = manner->as_manual,
            },
        .manner = manner,
    };
    const bool ready = set_up(&host);

    if (!ready)
        fprintf(stderr, "the simulated machine cannot be set up: %s\n",
                host.sim != NULL ? gunyah_sim_last_error(host.sim) : "no memory");
    const bool passed = ready && testcase->run(&host.target) && !host.failed;
    if (tear_down(&host))
        return passed;
    fprintf(stderr, "the simulated machine cannot be torn down\n");
    return false;
}
