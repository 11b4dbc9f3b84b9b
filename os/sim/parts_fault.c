// SPDX-License-Identifier: BSD-3-Clause
// Faults as parts of a save: what goes wrong with which calls and requests, and how many of them there were.

#include "save.h"

#define EVERY_VM UINT32_MAX

static uint32_t vmid_of(const struct gunyah_sim_vm *vm)
{
    return vm != NULL ? vm->vmid.value : EVERY_VM;
}

// False: there is no such VM.
static bool find_vm(const struct gunyah_sim *sim, uint32_t vmid, struct gunyah_sim_vm **vm)
{
    const uint32_t index = vmid == GUNYAH_VMID_ROOT ? 0 : vmid;

    *vm = NULL;
    if (vmid == EVERY_VM)
        return true;
    if (index < SIM_MAX_VMS)
        *vm = sim->vms[index];
    return *vm != NULL;
}

// Why a fault could not be added.
static enum gunyah_error refuse(struct sim_load *load, enum gunyah_error error)
{
    load->why = load->sim->last_error;
    return error == GUNYAH_ERR_OUT_OF_MEMORY ? error : GUNYAH_ERR_FORMAT;
}

// ---- of calls

bool gunyah_internal_sim_has_faults(const struct gunyah_sim *sim)
{
    return sim->faults != NULL;
}

void gunyah_internal_sim_save_faults(const struct gunyah_sim *sim, struct sim_writer *writer)
{
    uint32_t count = 0;

    for (const struct sim_fault *fault = sim->faults; fault != NULL; fault = fault->next)
        count++;
    gunyah_internal_sim_put32(writer, count);
    for (const struct sim_fault *fault = sim->faults; fault != NULL; fault = fault->next) {
        gunyah_internal_sim_put32(writer, vmid_of(fault->what.vm));
        gunyah_internal_sim_put32(writer, fault->what.call);
        gunyah_internal_sim_put32(writer, (uint32_t)fault->what.error);
        gunyah_internal_sim_put64(writer, fault->what.nth);
        gunyah_internal_sim_put64(writer, fault->what.count);
        gunyah_internal_sim_put64(writer, fault->seen);
    }
}

static enum gunyah_error load_fault(struct sim_load *load, struct sim_reader *reader)
{
    struct gunyah_sim_fault what = GUNYAH_SIM_FAULT_INIT;
    struct sim_fault *last;
    enum gunyah_error error;

    if (!find_vm(load->sim, gunyah_internal_sim_get32(reader), &what.vm))
        return gunyah_internal_sim_damaged(load, "a fault is for a VM that is not there");
    what.call = gunyah_internal_sim_get32(reader);
    what.error = (int32_t)gunyah_internal_sim_get32(reader);
    what.nth = gunyah_internal_sim_get64(reader);
    what.count = gunyah_internal_sim_get64(reader);
    error = gunyah_sim_add_fault(load->sim, &what);
    if (error != GUNYAH_OK)
        return refuse(load, error);
    for (last = load->sim->faults; last->next != NULL;)
        last = last->next;
    last->seen = gunyah_internal_sim_get64(reader);
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_sim_load_faults(struct sim_load *load, struct sim_reader *reader)
{
    const uint32_t count = gunyah_internal_sim_get32(reader);
    enum gunyah_error error = GUNYAH_OK;

    for (uint32_t i = 0; i < count && error == GUNYAH_OK && !reader->failed; i++)
        error = load_fault(load, reader);
    return error;
}

// ---- of requests to the Resource Manager

bool gunyah_internal_sim_has_rm_faults(const struct gunyah_sim *sim)
{
    return sim->rm_faults != NULL;
}

void gunyah_internal_sim_save_rm_faults(const struct gunyah_sim *sim, struct sim_writer *writer)
{
    uint32_t count = 0;

    for (const struct sim_rm_fault *fault = sim->rm_faults; fault != NULL; fault = fault->next)
        count++;
    gunyah_internal_sim_put32(writer, count);
    for (const struct sim_rm_fault *fault = sim->rm_faults; fault != NULL; fault = fault->next) {
        gunyah_internal_sim_put32(writer, vmid_of(fault->what.vm));
        gunyah_internal_sim_put32(writer, fault->what.message);
        gunyah_internal_sim_put32(writer, (uint32_t)fault->what.mischief);
        gunyah_internal_sim_put64(writer, fault->what.value);
        gunyah_internal_sim_put64(writer, fault->what.nth);
        gunyah_internal_sim_put64(writer, fault->what.count);
        gunyah_internal_sim_put64(writer, fault->seen);
    }
}

static enum gunyah_error load_rm_fault(struct sim_load *load, struct sim_reader *reader)
{
    struct gunyah_sim_rm_fault what = GUNYAH_SIM_RM_FAULT_INIT;
    struct sim_rm_fault *last;
    enum gunyah_error error;

    if (!find_vm(load->sim, gunyah_internal_sim_get32(reader), &what.vm))
        return gunyah_internal_sim_damaged(load, "a fault is for a VM that is not there");
    what.message = gunyah_internal_sim_get32(reader);
    what.mischief = (enum gunyah_sim_rm_mischief)gunyah_internal_sim_get32(reader);
    what.value = gunyah_internal_sim_get64(reader);
    what.nth = gunyah_internal_sim_get64(reader);
    what.count = gunyah_internal_sim_get64(reader);
    error = gunyah_sim_add_rm_fault(load->sim, &what);
    if (error != GUNYAH_OK)
        return refuse(load, error);
    for (last = load->sim->rm_faults; last->next != NULL;)
        last = last->next;
    last->seen = gunyah_internal_sim_get64(reader);
    return GUNYAH_OK;
}

enum gunyah_error gunyah_internal_sim_load_rm_faults(struct sim_load *load, struct sim_reader *reader)
{
    const uint32_t count = gunyah_internal_sim_get32(reader);
    enum gunyah_error error = GUNYAH_OK;

    for (uint32_t i = 0; i < count && error == GUNYAH_OK && !reader->failed; i++)
        error = load_rm_fault(load, reader);
    return error;
}
