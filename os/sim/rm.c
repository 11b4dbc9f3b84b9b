// SPDX-License-Identifier: BSD-3-Clause
// The machine's Resource Manager: its start, VMs' channels to it, and the VMs that it makes.

#include "sim_internal.h"

#include <options.h>

#define DEFAULT_DEPTH GUNYAH_RM_QUEUE_DEPTH
#define DEFAULT_SEND_VIRQ 960
#define DEFAULT_RECEIVE_VIRQ 961

bool gunyah_internal_sim_rm_env(struct gunyah_sim *sim, struct gunyah_model_rm_env *env)
{
    *env = (struct gunyah_model_rm_env){
        .context = sim,
        .observe = gunyah_internal_sim_trace_rm,
        .interfere = gunyah_internal_sim_interfere,
        .configure = gunyah_internal_sim_configure,
        .ended = gunyah_internal_sim_end_vm,
    };
    return gunyah_internal_sim_add_trees(sim, &env->trees);
}

static enum gunyah_error add_rm(struct gunyah_sim *sim, const struct gunyah_sim_rm_options *options)
{
    const struct gunyah_model_rm_options model = {options->generation, options->debug, options->latency_ns};
    struct gunyah_model_rm_env env;
    int32_t hverr;

    if (!options_known(options, options->size, sizeof(*options)))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OPTION,
                                        "options.size is wrong: start from GUNYAH_SIM_RM_OPTIONS_INIT");
    if (options->generation != GUNYAH_RM_GENERATION_UNKNOWN && options->generation != GUNYAH_RM_GENERATION_2023 &&
        options->generation != GUNYAH_RM_GENERATION_LATER)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID,
                                        "the generation must be that of 2023, or the later one");
    if (sim->crashed)
        return gunyah_internal_sim_refuse(sim, GUNYAH_HVERR_FAILURE);
    if (!gunyah_internal_sim_rm_env(sim, &env))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OUT_OF_MEMORY, "the allocator has no memory for device trees");
    hverr = gunyah_model_rm_start(sim->model, &model, &env);
    if (hverr == GUNYAH_HVERR_BUSY)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_IN_USE, "the machine has a Resource Manager already");
    return hverr == GUNYAH_HVERR_OK ? GUNYAH_OK : gunyah_internal_sim_refuse(sim, hverr);
}

enum gunyah_error gunyah_sim_add_rm(struct gunyah_sim *sim, const struct gunyah_sim_rm_options *options)
{
    static const struct gunyah_sim_rm_options defaults = GUNYAH_SIM_RM_OPTIONS_INIT;
    enum gunyah_error error;

    if (sim == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    error = add_rm(sim, options != NULL ? options : &defaults);
    pthread_mutex_unlock(&sim->lock);
    return error;
}

static enum gunyah_error attach(struct gunyah_sim_vm *vm, uint32_t depth, struct gunyah_model_rm_channel *channel)
{
    struct gunyah_sim *sim = vm->sim;
    int32_t hverr;

    if (vm == sim->vms[0])
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID,
                                        "the root VM is the Resource Manager: it has no channel to itself");
    if (vm->made)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OBJECT_STATE,
                                        "the VM is gone, or its configuration gives it no channel");
    if (depth > GUNYAH_MSGQUEUE_MAX_DEPTH)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_SIZE, "depth must be 1 to 255 messages");
    hverr = gunyah_model_rm_attach(sim->model, vm->parts.vm, depth, channel);
    if (hverr == GUNYAH_HVERR_OBJECT_STATE)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OBJECT_STATE,
                                        "the machine has no Resource Manager: call gunyah_sim_add_rm() first");
    return hverr == GUNYAH_HVERR_OK ? GUNYAH_OK : gunyah_internal_sim_refuse(sim, hverr);
}

static enum gunyah_error rm_queue(struct gunyah_sim_vm *vm, struct gunyah_sim_rm_queue *queue)
{
    struct gunyah_sim *sim = vm->sim;
    struct gunyah_model_rm_channel channel = {
        .send_virq = queue->send_virq.value != 0 ? queue->send_virq.value : DEFAULT_SEND_VIRQ,
        .receive_virq = queue->receive_virq.value != 0 ? queue->receive_virq.value : DEFAULT_RECEIVE_VIRQ,
    };
    enum gunyah_error error = GUNYAH_OK;

    if (!options_known(queue, queue->size, sizeof(*queue)))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OPTION,
                                        "queue.size is wrong: start from GUNYAH_SIM_RM_QUEUE_INIT");
    queue->send_cap = queue->receive_cap = gunyah_capid(GUNYAH_CAPID_INVALID);
    if (sim->crashed)
        return gunyah_internal_sim_refuse(sim, GUNYAH_HVERR_FAILURE);
    if (!gunyah_model_rm_channel_of(sim->model, vm->parts.vm, &channel))
        error = attach(vm, queue->depth != 0 ? queue->depth : DEFAULT_DEPTH, &channel);
    if (error != GUNYAH_OK)
        return error;
    queue->send_virq = gunyah_virq(channel.send_virq);
    queue->receive_virq = gunyah_virq(channel.receive_virq);
    queue->send_cap = channel.send_cap;
    queue->receive_cap = channel.receive_cap;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_sim_get_rm_queue(struct gunyah_sim_vm *vm, struct gunyah_sim_rm_queue *queue)
{
    enum gunyah_error error;

    if (vm == NULL || queue == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&vm->sim->lock);
    error = rm_queue(vm, queue);
    pthread_mutex_unlock(&vm->sim->lock);
    return error;
}

static enum gunyah_error find_vm(struct gunyah_sim *sim, gunyah_vmid_t vmid, struct gunyah_sim_vm **result)
{
    struct gunyah_sim_vm *vm;

    if (vmid.value == GUNYAH_VMID_ROOT) {
        *result = sim->vms[0];
        return GUNYAH_OK;
    }
    if (vmid.value == 0 || !gunyah_model_vm_exists(sim->model, vmid.value))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "there is no VM with this VMID now");
    vm = sim->vms[vmid.value];
    if (vm == NULL) {
        vm = gunyah_internal_sim_new_vm(sim, vmid, NULL);
        if (vm == NULL)
            return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OUT_OF_MEMORY, "the allocator has no memory for a VM");
        vm->made = true;
        vm->parts.vm = vmid.value;
        sim->vms[vmid.value] = vm;
    }
    *result = vm;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_sim_find_vm(struct gunyah_sim *sim, gunyah_vmid_t vmid, struct gunyah_sim_vm **vm)
{
    enum gunyah_error error;

    if (vm == NULL)
        return GUNYAH_ERR_NULL;
    *vm = NULL;
    if (sim == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    error = find_vm(sim, vmid, vm);
    pthread_mutex_unlock(&sim->lock);
    return error;
}

const char *gunyah_sim_rm_reason(struct gunyah_sim_vm *vm)
{
    enum gunyah_model_rm_reason reason;

    if (vm == NULL)
        return "there is no VM";
    pthread_mutex_lock(&vm->sim->lock);
    reason = gunyah_model_rm_last_reason(vm->sim->model, vm->parts.vm);
    pthread_mutex_unlock(&vm->sim->lock);
    return gunyah_model_rm_refusal(reason)->sentence;
}

static enum gunyah_error find_memory(struct gunyah_sim_vm *vm, uint64_t address, uint64_t size, void **memory)
{
    uint64_t phys;

    if (size == 0 || size > UINT64_MAX - address ||
        !gunyah_model_rm_find_memory(vm->sim->model, vm->parts.vm, address, size, &phys) ||
        !gunyah_internal_sim_is_mapped(phys, size))
        return gunyah_internal_sim_fail(vm->sim, GUNYAH_ERR_ADDR_INVALID,
                                        "the VM does not have this memory, or not in one piece");
    *memory = (void *)(uintptr_t)phys;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_sim_find_memory(struct gunyah_sim_vm *vm, uint64_t address, uint64_t size, void **memory)
{
    enum gunyah_error error;

    if (memory == NULL)
        return GUNYAH_ERR_NULL;
    *memory = NULL;
    if (vm == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&vm->sim->lock);
    error = find_memory(vm, address, size, memory);
    pthread_mutex_unlock(&vm->sim->lock);
    return error;
}
