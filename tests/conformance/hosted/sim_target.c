// SPDX-License-Identifier: BSD-3-Clause
#include "sim_target.h"

#include <inttypes.h>
#include <stdio.h>

#define FIRST_FREE_VIRQ 300
#define LAST_FREE_VIRQ 900

struct sim_target {
    struct target target; // first: the suite hands it back
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *vms[TARGET_VMS];
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

static const struct target_ops ops = {connect_doorbell, connect_msgqueue, set_trigger, fail, skip};

static bool add_vm(struct sim_target *host, int place, const struct sim_manner *manner)
{
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    struct gunyah_open_options open = GUNYAH_OPEN_OPTIONS_INIT;
    struct target_vm *vm = &host->target.vms[place];

    options.privileged = place == TARGET_OWNER;
    if (gunyah_sim_add_vm(host->sim, &options, &host->vms[place]) != GUNYAH_OK)
        return false;
    if (gunyah_sim_get_vm_info(host->vms[place], &info) != GUNYAH_OK)
        return false;
    vm->partition = info.partition;
    vm->cspace = info.cspace;
    vm->vic = info.vic;
    open.backend = gunyah_sim_backend(host->vms[place]);
    if (manner->over != NULL)
        open.backend = manner->over(place, open.backend);
    open.convention = manner->convention;
    open.conduit = manner->conduit;
    return gunyah_open(&open, &vm->g) == GUNYAH_OK;
}

static bool set_up(struct sim_target *host, const struct sim_manner *manner)
{
    if (gunyah_sim_create(NULL, &host->sim) != GUNYAH_OK)
        return false;
    for (int place = 0; place < TARGET_VMS; place++) {
        if (!add_vm(host, place, manner))
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
                .has_wait = true,
                .scrambled_capids = true,
                .open_hypervisor = true,
            },
    };
    const bool ready = set_up(&host, manner);

    if (!ready)
        fprintf(stderr, "the simulated machine cannot be set up: %s\n",
                host.sim != NULL ? gunyah_sim_last_error(host.sim) : "no memory");
    const bool passed = ready && testcase->run(&host.target) && !host.failed;
    if (tear_down(&host))
        return passed;
    fprintf(stderr, "the simulated machine cannot be torn down\n");
    return false;
}
