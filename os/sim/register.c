// SPDX-License-Identifier: BSD-3-Clause
// Accesses of VMs to registers of devices. Code of a VM is code of the process here, whose loads and stores nobody traps.

#include "sim_internal.h"

static bool is_access(size_t bytes)
{
    return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
}

// Whether the VM may have such an access; if not, why.
static enum gunyah_error check(const struct gunyah_sim_vm *vm, size_t bytes)
{
    struct gunyah_sim *sim = vm->sim;

    if (!is_access(bytes))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_SIZE, "an access has 1, 2, 4 or 8 bytes");
    if (sim->crashed)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_CRASHED, "the hypervisor has stopped");
    if (!gunyah_model_vm_runs(sim->model, vm->parts.vm))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OBJECT_STATE, "the VM does not run");
    return GUNYAH_OK;
}

static enum gunyah_error refuse(struct gunyah_sim *sim)
{
    return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ADDR_INVALID,
                                    "the VM has no register at this address, or one that takes no such access");
}

static enum gunyah_error read_register(const struct gunyah_sim_vm *vm, uint64_t address, size_t bytes, uint64_t *value)
{
    struct gunyah_sim *sim = vm->sim;
    struct gunyah_model_translation found;
    const enum gunyah_error error = check(vm, bytes);

    if (error != GUNYAH_OK)
        return error;
    // What is mapped is memory, which the hypervisor has nothing to do with.
    if ((gunyah_model_translate(sim->model, vm->parts.vm, address, &found) && found.readable) ||
        !gunyah_model_load_register(sim->model, vm->parts.vm, address, (uint32_t)bytes, value))
        return refuse(sim);
    gunyah_internal_sim_trace_register(vm, "reads", address, bytes, *value);
    gunyah_internal_sim_pass(sim, sim->call_ns);
    return GUNYAH_OK;
}

static enum gunyah_error write_register(const struct gunyah_sim_vm *vm, uint64_t address, size_t bytes, uint64_t value)
{
    struct gunyah_sim *sim = vm->sim;
    struct gunyah_model_translation found;
    const enum gunyah_error error = check(vm, bytes);

    if (error != GUNYAH_OK)
        return error;
    if (gunyah_model_translate(sim->model, vm->parts.vm, address, &found) && found.writable)
        return refuse(sim);
    value &= UINT64_MAX >> (64 - 8 * bytes);
    switch (gunyah_model_store(sim->model, vm->parts.vm, address, (uint32_t)bytes, value)) {
    case GUNYAH_MODEL_STORE_DONE:
        break;
    case GUNYAH_MODEL_STORE_FAULT:
        return refuse(sim);
    case GUNYAH_MODEL_STORE_CRASHED:
        gunyah_internal_sim_stop(sim);
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_CRASHED, "the store has stopped the hypervisor");
    }
    gunyah_internal_sim_trace_register(vm, "writes", address, bytes, value);
    gunyah_internal_sim_pass(sim, sim->call_ns);
    return GUNYAH_OK;
}

enum gunyah_error gunyah_sim_read_register(struct gunyah_sim_vm *vm, uint64_t address, size_t bytes, uint64_t *value)
{
    enum gunyah_error error;

    if (vm == NULL || value == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&vm->sim->lock);
    error = read_register(vm, address, bytes, value);
    pthread_mutex_unlock(&vm->sim->lock);
    return error;
}

enum gunyah_error gunyah_sim_write_register(struct gunyah_sim_vm *vm, uint64_t address, size_t bytes, uint64_t value)
{
    enum gunyah_error error;

    if (vm == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&vm->sim->lock);
    error = write_register(vm, address, bytes, value);
    pthread_mutex_unlock(&vm->sim->lock);
    return error;
}
