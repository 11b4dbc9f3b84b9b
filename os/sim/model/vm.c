// SPDX-License-Identifier: BSD-3-Clause
// VMs, put together from objects.
#include "model_rm.h"
#include "ranges.h"
#include "vcpu.h"

#include <string.h>

#define RAM_ATTRS 0xf0077 // reading, writing and executing for all, write-back

/** A VM in the making. */
struct building {
    struct gunyah_model *model;
    const struct gunyah_model_vm_options *options;
    struct gunyah_model_vm *out;
    struct cspace *home; // where the master capabilities go: the root VM's capability space
    struct vm *vm;
    struct cspace *cspace;
    struct addrspace *addrspace;
    struct vic *vic;
    struct vpm_group *vpm_group;
};

/** Activate a part and give it its capability. A part that fails is gone. */
static int32_t finish(struct building *building, struct object *object, gunyah_capid_t *id)
{
    struct gunyah_model *model = building->model;
    int32_t error = gunyah_model_object_activate_now(model, object);
    if (error == GUNYAH_HVERR_OK)
        error = gunyah_model_cap_create(model, building->home, object, id);
    gunyah_model_object_check(model, object);
    gunyah_model_object_reap(model);
    return error;
}

static int32_t make_partition(struct building *building)
{
    struct gunyah_model *model = building->model;
    if (model->root_partition == 0) {
        struct object *partition = gunyah_model_object_create(model, GUNYAH_OBJECT_TYPE_PARTITION);
        if (partition == NULL)
            return GUNYAH_HVERR_NOMEM;
        int32_t error = finish(building, partition, &model->root_partition_cap);
        if (error != GUNYAH_HVERR_OK)
            return error;
        partition->references++;
        model->root_partition = model_ref_of(model, partition);
    }
    building->out->partition = model->root_partition_cap;
    return GUNYAH_HVERR_OK;
}

static int32_t make_cspace(struct building *building)
{
    struct gunyah_model *model = building->model;
    struct cspace *cspace = gunyah_model_object_create(model, GUNYAH_OBJECT_TYPE_CSPACE);
    if (cspace == NULL)
        return GUNYAH_HVERR_NOMEM;
    building->cspace = cspace;
    cspace->max_caps = building->options->max_caps;
    if (model->root_cspace == 0) {
        model->root_cspace = model_ref_of(model, cspace);
        building->home = cspace;
    }
    return finish(building, &cspace->object, &building->out->cspace);
}

/** Each page to itself. */
static bool map_ram(struct building *building, struct addrspace *addrspace)
{
    const uint64_t base = building->options->ram_base;
    const struct range ram = {
        .first = base, .last = base + building->options->ram_size - 1, .value = base, .tag = RAM_ATTRS};
    return gunyah_model_ranges_ready(building->model) &&
           gunyah_model_ranges_put(building->model, &addrspace->table, &ram);
}

static int32_t make_addrspace(struct building *building)
{
    struct addrspace *addrspace = gunyah_model_object_create(building->model, GUNYAH_OBJECT_TYPE_ADDRSPACE);
    if (addrspace == NULL)
        return GUNYAH_HVERR_NOMEM;
    building->addrspace = addrspace;
    addrspace->vmid = building->options->vmid;
    if (building->options->ram_size != 0 && !map_ram(building, addrspace)) {
        gunyah_model_object_check(building->model, &addrspace->object);
        gunyah_model_object_reap(building->model);
        return GUNYAH_HVERR_NOMEM;
    }
    return finish(building, &addrspace->object, &building->out->addrspace);
}

static int32_t make_vic(struct building *building)
{
    const struct gunyah_model_vm_options *options = building->options;
    struct vic *vic = gunyah_model_object_create(building->model, GUNYAH_OBJECT_TYPE_VIC);
    if (vic == NULL)
        return GUNYAH_HVERR_NOMEM;
    building->vic = vic;
    vic->vm = building->vm->index;
    vic->max_vcpus = options->vcpus;
    vic->max_virqs = options->max_virqs;
    vic->addrspace = model_ref_of(building->model, building->addrspace);
    vic->redistributors = UINT64_MAX >> (64 - options->vcpus);
    int32_t error = finish(building, &vic->object, &building->out->vic);
    if (error != GUNYAH_HVERR_OK || options->hwirq_count == 0)
        return error;
    struct line *lines = model_at(building->model, vic->lines);
    for (uint32_t i = 0; i < options->hwirq_count; i++)
        lines[options->hwirq_first - GUNYAH_VIRQ_SPI_FIRST + i].source = LINE_SOURCE_HARDWARE;
    return GUNYAH_HVERR_OK;
}

static int32_t make_vpm_group(struct building *building)
{
    building->vpm_group = gunyah_model_object_create(building->model, GUNYAH_OBJECT_TYPE_VPM_GROUP);
    if (building->vpm_group == NULL)
        return GUNYAH_HVERR_NOMEM;
    return finish(building, &building->vpm_group->object, &building->out->vpm_group);
}

static int32_t make_vcpu(struct building *building, uint32_t index)
{
    struct gunyah_model *model = building->model;
    struct thread *thread = gunyah_model_object_create(model, GUNYAH_OBJECT_TYPE_THREAD);
    if (thread == NULL)
        return GUNYAH_HVERR_NOMEM;
    thread->vm = building->vm->index;
    thread->index = index;
    thread->is_run = building->options->runs_vcpus && index != 0;
    thread->affinity = index;
    thread->options = building->options->vcpu_options;
    gunyah_model_thread_attach_cspace(model, thread, building->cspace);
    (void)gunyah_model_thread_attach_addrspace(model, thread, building->addrspace);
    gunyah_model_thread_attach_vic(model, thread, building->vic, index);
    gunyah_model_thread_attach_group(model, thread, building->vpm_group, index);
    building->vm->thread[index] = model_ref_of(model, thread);
    const int32_t error = finish(building, &thread->object, &building->out->vcpu[index]);
    if (error == GUNYAH_HVERR_OK && index == 0)
        gunyah_model_thread_power_on(model, thread);
    return error;
}

static int32_t make_parts(struct building *building)
{
    static int32_t (*const steps[])(struct building * building) = {
        make_cspace, make_partition, make_addrspace, make_vic, make_vpm_group,
    };
    for (uint32_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        int32_t error = steps[i](building);
        if (error != GUNYAH_HVERR_OK)
            return error;
    }
    for (uint32_t i = 0; i < building->options->vcpus; i++) {
        int32_t error = make_vcpu(building, i);
        if (error != GUNYAH_HVERR_OK)
            return error;
    }
    return GUNYAH_HVERR_OK;
}

static void discard_cap(struct building *building, gunyah_capid_t id)
{
    uint32_t slot;
    if (gunyah_model_cspace_slot(building->model, building->home, id, &slot) == GUNYAH_HVERR_OK)
        gunyah_model_cap_delete(building->model, building->home, slot);
}

/** Undo what make_parts() did: with their capabilities, the parts go. */
static void discard(struct building *building)
{
    const struct gunyah_model_vm *out = building->out;
    for (uint32_t i = 0; i < GUNYAH_MODEL_MAX_VCPUS; i++)
        discard_cap(building, out->vcpu[i]);
    discard_cap(building, out->cspace);
    discard_cap(building, out->addrspace);
    discard_cap(building, out->vic);
    discard_cap(building, out->vpm_group);
    gunyah_model_object_reap(building->model);
    gunyah_model_heap_free(building->model, model_ref_of(building->model, building->vm));
}

static bool are_possible(const struct gunyah_model *model, const struct gunyah_model_vm_options *options)
{
    if (options->vmid == 0 || options->vmid > GUNYAH_VMID_ROOT)
        return false;
    if (options->vcpus == 0 || options->vcpus > model->options.max_vcpus)
        return false;
    if (options->max_caps == 0 || options->max_caps > GUNYAH_CSPACE_MAX_CAPS)
        return false;
    if (options->max_virqs > GUNYAH_VIC_MAX_VIRQS)
        return false;
    if (options->hwirq_count == 0)
        return true;
    uint32_t end = GUNYAH_VIRQ_SPI_FIRST + options->max_virqs;
    return options->hwirq_first >= GUNYAH_VIRQ_SPI_FIRST && options->hwirq_first < end &&
           options->hwirq_count <= end - options->hwirq_first;
}

/** From now on the VM stays, whatever becomes of its capabilities. */
static void keep(struct building *building)
{
    struct gunyah_model *model = building->model;
    struct vm *vm = building->vm;
    for (uint32_t i = 0; i < vm->vcpus; i++)
        ((struct object *)model_at(model, vm->thread[i]))->references++;
    vm->vic = model_ref_of(model, building->vic);
    model->vms[vm->index] = model_ref_of(model, vm);
    building->out->vm = vm->index;
}

int32_t gunyah_model_vm_create(struct gunyah_model *model, const struct gunyah_model_vm_options *options,
                               struct gunyah_model_vm *out)
{
    if (!are_possible(model, options))
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    bool is_root = model->root_cspace == 0;
    uint32_t number = is_root ? 0 : options->vmid;
    if (!is_root && (options->vmid == GUNYAH_VMID_ROOT || model->vms[number] != 0))
        return GUNYAH_HVERR_BUSY;
    model_ref ref = gunyah_model_heap_take(model, sizeof(struct vm));
    if (ref == 0)
        return GUNYAH_HVERR_NOMEM;
    struct building building = {.model = model, .options = options, .out = out, .vm = model_at(model, ref)};
    if (!is_root)
        building.home = model_at(model, model->root_cspace);
    building.vm->index = number;
    building.vm->vmid = options->vmid;
    building.vm->vcpus = options->vcpus;
    memset(out, 0xff, sizeof(*out)); // no capability
    int32_t error = make_parts(&building);
    if (error == GUNYAH_HVERR_OK)
        keep(&building);
    else if (!is_root) // else there is no model
        discard(&building);
    return error;
}

void gunyah_model_vm_destroy(struct gunyah_model *model, uint32_t number, struct gunyah_model_vm *parts)
{
    struct vm *vm = model_at(model, model->vms[number]);
    struct building building = {.model = model, .out = parts, .home = model_at(model, model->root_cspace), .vm = vm};
    model->vms[number] = 0;
    for (uint32_t i = 0; i < vm->vcpus; i++) {
        struct object *thread = model_at(model, vm->thread[i]);
        gunyah_model_object_revoke(model, thread);
        gunyah_model_object_release(model, vm->thread[i]);
    }
    discard(&building);
}

bool gunyah_model_vm_exists(const struct gunyah_model *model, uint32_t vm)
{
    return vm < MODEL_MAX_VMS && model->vms[vm] != 0;
}

bool gunyah_model_vm_runs(struct gunyah_model *model, uint32_t vm)
{
    return gunyah_model_vm_exists(model, vm) && !((const struct vm *)model_at(model, model->vms[vm]))->halted;
}

struct cspace *gunyah_model_vm_cspace(struct gunyah_model *model, uint32_t vm)
{
    const struct vm *machine = model_at(model, model->vms[vm]);
    const struct thread *thread = model_at(model, machine->thread[0]);
    return model_at(model, thread->cspace);
}

struct vic *gunyah_model_vm_vic(struct gunyah_model *model, uint32_t vm)
{
    return model_at(model, ((const struct vm *)model_at(model, model->vms[vm]))->vic);
}
