// SPDX-License-Identifier: BSD-3-Clause
// The Resource Manager as a whole: its start, its time, its end, and the VMs it did not make.
#include "rm_memory.h"

#include <string.h>

#define LATENCY_NS 350000 // observed between a message and its answer, when the sender yields
#define RM_NAME "RM"
#define HLOS_NAME "HLOS"

struct rm *gunyah_model_rm_of(struct gunyah_model *model)
{
    return model_at(model, model->rm);
}

void gunyah_model_rm_observe(struct gunyah_model *model, const struct gunyah_model_rm_event *event)
{
    const struct gunyah_model_rm_env *env = &model->rm_env;
    if (env->observe != NULL)
        env->observe(env->context, event);
}

void gunyah_model_rm_schedule(struct rm *rm, uint64_t when)
{
    if (!rm->dead && when < rm->wake)
        rm->wake = when;
}

void gunyah_model_rm_poke(struct gunyah_model *model)
{
    struct rm *rm = gunyah_model_rm_of(model);
    gunyah_model_rm_schedule(rm, model->now + rm->options.latency_ns);
}

void gunyah_model_rm_die(struct gunyah_model *model, enum gunyah_model_rm_reason reason, uint16_t vmid)
{
    struct rm *rm = gunyah_model_rm_of(model);
    rm->dead = true;
    rm->wake = GUNYAH_MODEL_NEVER;
    const struct gunyah_model_rm_event event = {.kind = GUNYAH_MODEL_RM_DEAD, .vmid = vmid, .reason = reason};
    gunyah_model_rm_observe(model, &event);
}

void gunyah_model_rm_yield(struct gunyah_model *model)
{
    if (model->rm == 0)
        return;
    const struct rm *rm = gunyah_model_rm_of(model);
    if (rm->wake == GUNYAH_MODEL_NEVER || rm->wake > model->now + rm->options.latency_ns)
        return;
    gunyah_model_advance(model, rm->wake > model->now ? rm->wake - model->now : 0);
}

/** Take everything that a VM has sent, and go on with what it is sent. */
static void serve(struct gunyah_model *model, struct rm_vm *vm)
{
    const struct rm *rm = gunyah_model_rm_of(model);
    while (!rm->dead) {
        struct rm_partial *message = gunyah_model_rm_receive(model, vm);
        if (message == NULL)
            break;
        gunyah_model_rm_handle(model, vm, message);
        gunyah_model_heap_free(model, model_ref_of(model, message));
    }
    if (!rm->dead)
        gunyah_model_rm_transmit(model, vm);
}

void gunyah_model_rm_run(struct gunyah_model *model)
{
    struct rm *rm = gunyah_model_rm_of(model);
    rm->wake = GUNYAH_MODEL_NEVER;
    for (model_ref ref = rm->vms; ref != 0 && !rm->dead;) {
        struct rm_vm *vm = model_at(model, ref);
        // Only VMs without a channel go, and not by their own request.
        if (vm->channel != 0)
            serve(model, vm);
        if (!rm->dead)
            gunyah_model_rm_attend(model, vm);
        ref = vm->next;
    }
}

static bool start_self(struct gunyah_model *model)
{
    struct rm_vm *self = gunyah_model_rm_add(model, GUNYAH_VMID_ROOT, GUNYAH_VMID_ROOT);
    if (self == NULL)
        return false;
    memcpy(self->name, RM_NAME, sizeof(RM_NAME));
    self->machine = true;
    return true;
}

static struct rm *new_rm(struct gunyah_model *model, const struct gunyah_model_rm_options *options)
{
    model_ref ref = gunyah_model_heap_take(model, sizeof(struct rm));
    model_ref reply = gunyah_model_heap_take(model, GUNYAH_RM_MAX_PAYLOAD);
    if (ref == 0 || reply == 0) {
        gunyah_model_rm_free(model, ref);
        gunyah_model_rm_free(model, reply);
        return NULL;
    }
    struct rm *rm = model_at(model, ref);
    // One by one: what lies between them is nobody's, and would be part of a snapshot.
    if (options != NULL) {
        rm->options.generation = options->generation;
        rm->options.debug = options->debug;
        rm->options.latency_ns = options->latency_ns;
    }
    if (rm->options.generation == GUNYAH_RM_GENERATION_UNKNOWN)
        rm->options.generation = GUNYAH_RM_GENERATION_2023;
    if (rm->options.latency_ns == 0)
        rm->options.latency_ns = LATENCY_NS;
    rm->wake = GUNYAH_MODEL_NEVER;
    rm->reply = reply;
    return rm;
}

int32_t gunyah_model_rm_start(struct gunyah_model *model, const struct gunyah_model_rm_options *options,
                              const struct gunyah_model_rm_env *env)
{
    if (model->rm != 0)
        return GUNYAH_HVERR_BUSY;
    struct rm *rm = new_rm(model, options);
    if (rm == NULL)
        return GUNYAH_HVERR_NOMEM;
    model->rm = model_ref_of(model, rm);
    if (!start_self(model)) {
        gunyah_model_rm_free(model, rm->reply);
        gunyah_model_rm_free(model, model->rm);
        model->rm = 0;
        return GUNYAH_HVERR_NOMEM;
    }
    model->rm_env = *env;
    return GUNYAH_HVERR_OK;
}

bool gunyah_model_vm_is_made(struct gunyah_model *model, uint32_t number)
{
    const struct rm_vm *vm = model->rm != 0 && number != 0 ? gunyah_model_rm_find(model, (uint16_t)number) : NULL;
    return vm != NULL && vm->machine && !vm->adopted;
}

bool gunyah_model_has_rm(const struct gunyah_model *model)
{
    return model->rm != 0;
}

void gunyah_model_rm_reconnect(struct gunyah_model *model, const struct gunyah_model_rm_env *env)
{
    model->rm_env = *env;
}

/** Make a VM known that runs already. Returns NULL without memory. */
static struct rm_vm *adopt(struct gunyah_model *model, uint16_t vmid)
{
    bool is_hlos = vmid == GUNYAH_VMID_HLOS;
    struct rm_vm *hlos = gunyah_model_rm_find(model, GUNYAH_VMID_HLOS);
    uint16_t owner = is_hlos || hlos == NULL ? GUNYAH_VMID_ROOT : GUNYAH_VMID_HLOS;
    struct rm_vm *vm = gunyah_model_rm_add(model, vmid, owner);
    if (vm == NULL)
        return NULL;
    vm->state = GUNYAH_VM_STATE_RUNNING;
    vm->machine = vm->adopted = true;
    vm->no_shutdown = vm->no_reset = true;
    if (!is_hlos)
        return vm;
    memcpy(vm->name, HLOS_NAME, sizeof(HLOS_NAME));
    if (gunyah_model_rm_own_all(model, vm))
        return vm;
    gunyah_model_rm_remove(model, vm);
    return NULL;
}

/** HLOS may know where the Resource Manager runs. */
static int32_t give_own_vcpu(struct gunyah_model *model)
{
    const struct vm *root = model_at(model, model->vms[0]);
    struct cspace *cspace = gunyah_model_vm_cspace(model, GUNYAH_VMID_HLOS);
    return gunyah_model_cap_derive(model, cspace, model_at(model, root->thread[0]), GUNYAH_RIGHT_THREAD_AFFINITY,
                                   &gunyah_model_rm_of(model)->own_vcpu);
}

static int32_t attach(struct gunyah_model *model, struct rm_vm *vm, uint32_t depth,
                      const struct gunyah_model_rm_channel *ends)
{
    int32_t error = gunyah_model_rm_channel_open(model, vm, depth, GUNYAH_RM_MESSAGE_SIZE, ends);
    if (error != GUNYAH_HVERR_OK || vm->vmid != GUNYAH_VMID_HLOS)
        return error;
    error = give_own_vcpu(model);
    if (error != GUNYAH_HVERR_OK)
        gunyah_model_rm_channel_close(model, vm);
    return error;
}

int32_t gunyah_model_rm_attach(struct gunyah_model *model, uint32_t number, uint32_t depth,
                               struct gunyah_model_rm_channel *channel)
{
    if (model->rm == 0)
        return GUNYAH_HVERR_OBJECT_STATE;
    if (number == 0 || !gunyah_model_vm_exists(model, number) || depth == 0 || depth > GUNYAH_MSGQUEUE_MAX_DEPTH)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (gunyah_model_rm_find(model, (uint16_t)number) != NULL)
        return GUNYAH_HVERR_BUSY;
    struct rm_vm *vm = adopt(model, (uint16_t)number);
    if (vm == NULL)
        return GUNYAH_HVERR_NOMEM;
    int32_t error = attach(model, vm, depth, channel);
    if (error != GUNYAH_HVERR_OK) {
        gunyah_model_rm_remove(model, vm);
        return error;
    }
    gunyah_model_rm_channel_of(model, number, channel);
    return GUNYAH_HVERR_OK;
}

bool gunyah_model_rm_channel_of(struct gunyah_model *model, uint32_t number, struct gunyah_model_rm_channel *channel)
{
    const struct rm_vm *vm = model->rm != 0 ? gunyah_model_rm_find(model, (uint16_t)number) : NULL;
    if (vm == NULL || vm->channel == 0)
        return false;
    *channel = ((const struct rm_channel *)model_at(model, vm->channel))->ends;
    return true;
}

enum gunyah_model_rm_reason gunyah_model_rm_last_reason(struct gunyah_model *model, uint32_t number)
{
    const struct rm_vm *vm = model->rm != 0 ? gunyah_model_rm_find(model, (uint16_t)number) : NULL;
    return vm != NULL ? vm->reason : RM_FINE;
}
