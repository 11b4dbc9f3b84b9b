// SPDX-License-Identifier: BSD-3-Clause
// The parts of a save that every machine has: the machine itself, the model's state, and the VMs.

#include "save.h"

#include <string.h>

#define PART_ID(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

enum gunyah_error gunyah_internal_sim_damaged(struct sim_load *load, const char *why)
{
    load->why = why;
    return GUNYAH_ERR_FORMAT;
}

// ---- the machine

static void save_machine(const struct gunyah_sim *sim, struct sim_writer *writer)
{
    gunyah_internal_sim_put64(writer, sim->call_ns);
    gunyah_internal_sim_put64(writer, sim->arena_size);
    gunyah_internal_sim_put32(writer, sim->threads);
    gunyah_internal_sim_put32(writer, sim->crashed ? 1 : 0);
}

static enum gunyah_error load_machine(struct sim_load *load, struct sim_reader *reader)
{
    struct gunyah_sim *sim = load->sim;
    uint64_t memory;

    sim->call_ns = gunyah_internal_sim_get64(reader);
    memory = gunyah_internal_sim_get64(reader);
    sim->threads = gunyah_internal_sim_get32(reader);
    sim->crashed = gunyah_internal_sim_get_bool(reader);
    if (sim->call_ns == 0 || sim->call_ns > UINT32_MAX || memory == 0)
        return gunyah_internal_sim_damaged(load, "the machine costs no time, or has no memory");
    // The model uses no more than the first 4 GiB.
    if (memory > UINT32_MAX)
        memory = UINT32_MAX;
    sim->arena_size = load->memory != 0 ? load->memory : (size_t)memory;
    return GUNYAH_OK;
}

// ---- the model

static void save_model(const struct gunyah_sim *sim, struct sim_writer *writer)
{
    const size_t size = gunyah_model_snapshot_size(sim->model);

    if (writer->bytes != NULL) {
        gunyah_model_wipe(sim->model);
        gunyah_model_snapshot(sim->model, writer->bytes + writer->at, size);
    }
    writer->at += size;
}

static enum gunyah_error load_model(struct sim_load *load, struct sim_reader *reader)
{
    struct gunyah_sim *sim = load->sim;
    const struct gunyah_model_env env = gunyah_internal_sim_env(sim);
    int32_t hverr;

    sim->arena = sim->allocator.allocate(sim->allocator.context, sim->arena_size);
    if (sim->arena == NULL) {
        load->why = "the allocator has no memory for the hypervisor's state";
        return GUNYAH_ERR_OUT_OF_MEMORY;
    }
    hverr = gunyah_model_load(sim->arena, sim->arena_size, &env, reader->bytes, reader->size, &sim->model);
    reader->at = reader->size;
    if (hverr == GUNYAH_HVERR_NOMEM) {
        load->why = "options.memory is less than the state needs";
        return GUNYAH_ERR_NO_MEMORY;
    }
    if (hverr != GUNYAH_HVERR_OK)
        return gunyah_internal_sim_damaged(load, "the hypervisor's state is cut off");
    return GUNYAH_OK;
}

// ---- VMs

static void save_ids(const struct gunyah_model_vm *parts, struct sim_writer *writer)
{
    gunyah_internal_sim_put64(writer, parts->partition.value);
    gunyah_internal_sim_put64(writer, parts->cspace.value);
    gunyah_internal_sim_put64(writer, parts->vic.value);
    gunyah_internal_sim_put64(writer, parts->addrspace.value);
    gunyah_internal_sim_put64(writer, parts->vpm_group.value);
    gunyah_internal_sim_put64(writer, parts->vcpu[0].value);
}

static void load_ids(struct gunyah_model_vm *parts, struct sim_reader *reader)
{
    memset(parts, 0xff, sizeof(*parts)); // No capability: VMs that are added have one vCPU.
    parts->partition.value = gunyah_internal_sim_get64(reader);
    parts->cspace.value = gunyah_internal_sim_get64(reader);
    parts->vic.value = gunyah_internal_sim_get64(reader);
    parts->addrspace.value = gunyah_internal_sim_get64(reader);
    parts->vpm_group.value = gunyah_internal_sim_get64(reader);
    parts->vcpu[0].value = gunyah_internal_sim_get64(reader);
}

static void save_vm(const struct gunyah_sim_vm *vm, struct sim_writer *writer)
{
    gunyah_internal_sim_put32(writer, vm->vmid.value);
    gunyah_internal_sim_put32(writer, vm->made ? 1 : 0);
    gunyah_internal_sim_put_text(writer, vm->name, sizeof(vm->name));
    gunyah_internal_sim_put64(writer, vm->partition.value);
    gunyah_internal_sim_put64(writer, vm->cspace.value);
    gunyah_internal_sim_put64(writer, vm->vic.value);
    save_ids(&vm->parts, writer);
}

static void save_vms(const struct gunyah_sim *sim, struct sim_writer *writer)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < SIM_MAX_VMS; i++)
        count += sim->vms[i] != NULL ? 1 : 0;
    gunyah_internal_sim_put32(writer, count);
    for (uint32_t i = 0; i < SIM_MAX_VMS; i++) {
        if (sim->vms[i] != NULL)
            save_vm(sim->vms[i], writer);
    }
}

// The root VM comes first, and the others in the order of their VMIDs.
static enum gunyah_error load_vm(struct sim_load *load, struct sim_reader *reader, uint32_t *next)
{
    struct gunyah_sim *sim = load->sim;
    const uint32_t vmid = gunyah_internal_sim_get32(reader);
    const bool made = gunyah_internal_sim_get_bool(reader);
    const uint32_t index = *next == 0 && vmid == GUNYAH_VMID_ROOT ? 0 : vmid;
    char name[SIM_NAME_SIZE];
    struct gunyah_sim_vm *vm;

    if (!gunyah_internal_sim_get_text(reader, name, sizeof(name)) || !gunyah_internal_sim_is_name(name))
        return gunyah_internal_sim_damaged(load, "a VM has a name that none can have");
    if (index < *next || index >= SIM_MAX_VMS || (*next == 0) != (index == 0))
        return gunyah_internal_sim_damaged(load, "the VMIDs are not in their order");
    *next = index + 1;
    vm = gunyah_internal_sim_new_vm(sim, gunyah_vmid((uint16_t)vmid), name);
    if (vm == NULL) {
        load->why = "the allocator has no memory for a VM";
        return GUNYAH_ERR_OUT_OF_MEMORY;
    }
    sim->vms[index] = vm;
    vm->made = made;
    vm->partition.value = gunyah_internal_sim_get64(reader);
    vm->cspace.value = gunyah_internal_sim_get64(reader);
    vm->vic.value = gunyah_internal_sim_get64(reader);
    load_ids(&vm->parts, reader);
    vm->parts.vm = index;
    return GUNYAH_OK;
}

static enum gunyah_error load_vms(struct sim_load *load, struct sim_reader *reader)
{
    const uint32_t count = gunyah_internal_sim_get32(reader);
    enum gunyah_error error = GUNYAH_OK;
    uint32_t next = 0;

    if (count == 0)
        return gunyah_internal_sim_damaged(load, "there is no root VM");
    for (uint32_t i = 0; i < count && error == GUNYAH_OK; i++)
        error = load_vm(load, reader, &next);
    return error;
}

// ---- all of them

const struct sim_part gunyah_internal_sim_parts[] = {
    {PART_ID('m', 'a', 'c', 'h'), 1, false, NULL, save_machine, load_machine},
    {PART_ID('m', 'o', 'd', 'l'), 1, false, NULL, save_model, load_model},
    {PART_ID('v', 'm', 's', ' '), 1, false, NULL, save_vms, load_vms},
    {PART_ID('r', 'u', 'l', 'e'), 1, false, NULL, gunyah_internal_sim_save_rules, gunyah_internal_sim_load_rules},
    {PART_ID('l', 'a', 't', 'e'), 1, true, gunyah_internal_sim_has_late, gunyah_internal_sim_save_late,
     gunyah_internal_sim_load_late},
    {PART_ID('c', 'o', 'n', 'f'), 2, true, gunyah_internal_sim_has_configs, gunyah_internal_sim_save_configs,
     gunyah_internal_sim_load_configs},
};

const size_t gunyah_internal_sim_part_count = sizeof(gunyah_internal_sim_parts) / sizeof(gunyah_internal_sim_parts[0]);
