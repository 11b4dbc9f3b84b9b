// SPDX-License-Identifier: BSD-3-Clause
// The Resource Manager of the machine, HLOS, and the VM among those it makes that the guest speaks for.
#include "standin.h"

#include <model_rm.h>
#include <target.h>

#define MAX_CAPS 2048
#define SEND_VIRQ 960
#define RECEIVE_VIRQ 961

static bool by_trees;

// As target.h describes it.
static bool configure(void *context, uint16_t vmid, struct gunyah_model_rm_config *config)
{
    static const struct gunyah_model_rm_vdevice vdevices[] = {
        {.type = GUNYAH_MODEL_RM_RPC, .console = true},
        {.type = GUNYAH_MODEL_RM_DOORBELL, .label = TARGET_GUEST_BELL},
        {.type = GUNYAH_MODEL_RM_DOORBELL_SOURCE, .label = TARGET_GUEST_BELL_BACK},
        {.type = GUNYAH_MODEL_RM_MSGQUEUE_PAIR, .label = TARGET_GUEST_QUEUES},
        {.type = GUNYAH_MODEL_RM_SHM, .label = TARGET_GUEST_WINDOW, .allocate_base = true, .optional = true},
    };

    (void)context;
    (void)vmid;
    if (by_trees)
        return false;
    *config = (struct gunyah_model_rm_config){
        .name = TARGET_GUEST_NAME,
        .vcpus = 1,
        .max_caps = MAX_CAPS,
        .proxy = true,
        .base = TARGET_GUEST_BASE,
        .vdevices = vdevices,
        .vdevice_count = sizeof(vdevices) / sizeof(vdevices[0]),
    };
    return true;
}

static int32_t tell(const struct gunyah_model_rm_channel *channel, uint64_t x[8])
{
    x[1] = channel->send_cap.value;
    x[2] = channel->receive_cap.value;
    x[3] = channel->send_virq;
    x[4] = channel->receive_virq;
    return GUNYAH_HVERR_OK;
}

int32_t standin_start_rm(uint64_t x[8])
{
    const struct gunyah_model_rm_options options = {.generation = GUNYAH_RM_GENERATION_2023};
    const struct gunyah_model_rm_env env = {.configure = configure, .trees = standin_trees()};
    const struct gunyah_model_vm_options vm = {
        .vmid = GUNYAH_VMID_HLOS,
        .vcpus = 1,
        .max_caps = MAX_CAPS,
        .max_virqs = GUNYAH_VIC_MAX_VIRQS,
        .hwirq_first = TARGET_HWIRQ_FIRST,
        .hwirq_count = TARGET_HWIRQ_COUNT,
    };
    struct gunyah_model_rm_channel channel = {.send_virq = SEND_VIRQ, .receive_virq = RECEIVE_VIRQ};
    struct gunyah_model_vm *hlos = &standin_machine.vms[STANDIN_HLOS];
    int32_t hverr;

    by_trees = x[0] != 0;
    hverr = gunyah_model_rm_start(standin_machine.model, &options, &env);

    if (hverr == GUNYAH_HVERR_OK)
        hverr = gunyah_model_add_vm(standin_machine.model, &vm, hlos);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = gunyah_model_rm_attach(standin_machine.model, hlos->vm, GUNYAH_RM_QUEUE_DEPTH, &channel);
    if (hverr != GUNYAH_HVERR_OK)
        return hverr;
    standin_tell_primary_tree(&channel, x);
    return tell(&channel, x);
}

int32_t standin_find_guest(uint64_t x[8])
{
    const uint32_t vm = (uint32_t)x[0];
    struct gunyah_model_rm_channel channel;

    if (!gunyah_model_vm_exists(standin_machine.model, vm) ||
        !gunyah_model_rm_channel_of(standin_machine.model, vm, &channel))
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    standin_machine.vms[STANDIN_MADE] = (struct gunyah_model_vm){.vm = vm};
    standin_gic_reset_one(STANDIN_MADE);
    standin_tell_tree(vm, x);
    return tell(&channel, x);
}
