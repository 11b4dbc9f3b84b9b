// SPDX-License-Identifier: BSD-3-Clause
// Address spaces: their page tables, what is mapped into them, and the ranges whose accesses exit to a VMM.
#include "addrspace.h"

#include "calls.h"
#include "extent.h"
#include "manual.h"

#define VMMIO_END (UINT64_C(1) << 52)
#define VMMIO_RANGES 128
#define READ_WRITE (GUNYAH_PGTABLE_ACCESS_R | GUNYAH_PGTABLE_ACCESS_W)

// ---- page tables --------------------------------------------------------------------------------------------------------

bool gunyah_model_addrspace_expresses(uint32_t mapping_attrs)
{
    const gunyah_memextent_mapping_attrs_t attrs = {mapping_attrs};
    const uint32_t user = gunyah_memextent_mapping_attrs_get_user_access(attrs);
    const uint32_t kernel = gunyah_memextent_mapping_attrs_get_kernel_access(attrs);
    return (user & READ_WRITE) == (kernel & READ_WRITE) && kernel != GUNYAH_PGTABLE_ACCESS_X;
}

int32_t gunyah_model_addrspace_show(struct gunyah_model *model, struct addrspace *addrspace, const struct range *piece)
{
    if (!gunyah_model_addrspace_expresses(piece->tag))
        return manual_or_stop(model, GUNYAH_HVERR_ARGUMENT_INVALID);
    if (piece->first == IPA_END)
        return manual_or_stop(model, GUNYAH_HVERR_ADDR_INVALID);
    if (piece->last >= IPA_END)
        return GUNYAH_HVERR_ADDR_INVALID;
    return gunyah_model_ranges_put(model, &addrspace->table, piece) ? GUNYAH_HVERR_OK : GUNYAH_HVERR_NOMEM;
}

void gunyah_model_addrspace_hide(struct gunyah_model *model, struct addrspace *addrspace, const struct range *piece)
{
    const struct range *range = gunyah_model_ranges_find(model, addrspace->table, piece->first);
    while (range != NULL && range->first <= piece->last) {
        const uint64_t first = range->first > piece->first ? range->first : piece->first;
        const uint64_t last = range->last < piece->last ? range->last : piece->last;
        if (range->value - range->first == piece->value - piece->first)
            gunyah_model_ranges_cut(model, &addrspace->table, first, last);
        if (last == piece->last)
            return;
        range = gunyah_model_ranges_find(model, addrspace->table, last + 1);
    }
}

bool gunyah_model_addrspace_translate(struct gunyah_model *model, const struct addrspace *addrspace, uint64_t address,
                                      struct gunyah_model_translation *translation)
{
    const struct range *range = gunyah_model_ranges_find(model, addrspace->table, address);
    if (range == NULL || range->first > address)
        return false;
    const gunyah_memextent_mapping_attrs_t attrs = {range->tag};
    const uint32_t access = gunyah_memextent_mapping_attrs_get_kernel_access(attrs);
    translation->address = range->value + (address - range->first);
    translation->size = range->last - address + 1;
    translation->readable = (access & GUNYAH_PGTABLE_ACCESS_R) != 0;
    translation->writable = (access & GUNYAH_PGTABLE_ACCESS_W) != 0;
    return true;
}

bool gunyah_model_translate_vcpu(struct gunyah_model *model, uint32_t vcpu, uint64_t address,
                                 struct gunyah_model_translation *translation)
{
    const struct thread *thread = model_at(model, vcpu);
    return gunyah_model_addrspace_translate(model, model_at(model, thread->addrspace), address, translation);
}

bool gunyah_model_translate(struct gunyah_model *model, uint32_t vm, uint64_t address,
                            struct gunyah_model_translation *translation)
{
    const struct vm *machine = model_at(model, model->vms[vm]);
    return gunyah_model_translate_vcpu(model, machine->thread[0], address, translation);
}

// ---- life ---------------------------------------------------------------------------------------------------------------

int32_t gunyah_model_addrspace_configure(struct model_call *call)
{
    struct addrspace *addrspace = call->object[0];
    const uint16_t vmid = (uint16_t)call->arg[1];
    if (addrspace->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    if (vmid == 0 || vmid >= MODEL_VMIDS)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    addrspace->vmid = vmid;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_addrspace_activate(struct gunyah_model *model, void *object)
{
    struct addrspace *addrspace = object;
    uint64_t *word = &model->vmids[addrspace->vmid / 64];
    const uint64_t bit = UINT64_C(1) << (addrspace->vmid % 64);
    if (addrspace->vmid == 0 || (*word & bit) != 0)
        return GUNYAH_HVERR_BUSY;
    if (addrspace->info_area != 0) {
        struct memextent *extent = model_at(model, addrspace->info_area);
        const int32_t error = gunyah_model_extent_attach(extent);
        if (error != GUNYAH_HVERR_OK)
            return error;
        if (model->env.put != NULL)
            model->env.put(model->env.context, extent->base, NULL, extent->size);
    }
    *word |= bit;
    return GUNYAH_HVERR_OK;
}

void gunyah_model_addrspace_destroy(struct gunyah_model *model, void *object)
{
    struct addrspace *addrspace = object;
    gunyah_model_extents_leave(model, addrspace);
    if (addrspace->info_area != 0)
        ((struct memextent *)model_at(model, addrspace->info_area))->attachments--;
    model->vmids[addrspace->vmid / 64] &= ~(UINT64_C(1) << (addrspace->vmid % 64));
}

void gunyah_model_addrspace_forget(struct gunyah_model *model, void *object)
{
    struct addrspace *addrspace = object;
    gunyah_model_ranges_clear(model, &addrspace->table);
    gunyah_model_ranges_clear(model, &addrspace->vmmio);
    gunyah_model_ranges_clear(model, &addrspace->vdevices);
    gunyah_model_object_release(model, addrspace->info_area);
    gunyah_model_object_release(model, addrspace->vrtc);
}

// ---- the information area -----------------------------------------------------------------------------------------------

int32_t gunyah_model_addrspace_configure_info_area(struct model_call *call)
{
    struct addrspace *addrspace = call->object[0];
    struct memextent *extent = call->object[1];
    const uint64_t ipa = call->arg[2];
    const gunyah_memextent_attrs_t attrs = {extent->attrs};
    const uint32_t access = gunyah_memextent_attrs_get_access(attrs);
    if (addrspace->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    if (extent->size > PAGE)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if ((ipa & PAGE_MASK) != 0 || ipa >= IPA_END)
        return GUNYAH_HVERR_ADDR_INVALID;
    if (gunyah_model_extent_is_sparse(extent) || (access & READ_WRITE) != READ_WRITE ||
        gunyah_memextent_attrs_get_memtype(attrs) != GUNYAH_MEMEXTENT_MEMTYPE_ANY)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    extent->object.references++;
    gunyah_model_object_release(call->model, addrspace->info_area);
    addrspace->info_area = model_ref_of(call->model, extent);
    gunyah_model_object_reap(call->model);
    return GUNYAH_HVERR_OK;
}

// ---- virtual MMIO -------------------------------------------------------------------------------------------------------

static int32_t add_vmmio(struct gunyah_model *model, struct addrspace *addrspace, uint64_t first, uint64_t last)
{
    // None grows together with another: their values do not go on.
    const struct range added = {.first = first, .last = last};
    const struct range *range = gunyah_model_ranges_find(model, addrspace->vmmio, first);
    if (addrspace->vmmio_count == VMMIO_RANGES)
        return GUNYAH_HVERR_NORESOURCES;
    if (manual_bounds_vmmio(model) && last >= IPA_END)
        return GUNYAH_HVERR_ADDR_INVALID;
    if (last >= VMMIO_END)
        return GUNYAH_HVERR_ARGUMENT_SIZE;
    if (range != NULL && range->first <= last) {
        // The hypervisor writes up to the range that is there, and cannot take it back if it would have to be cut in two.
        const bool stops = range->first > first && range->last > last;
        const int32_t error = manual_vmmio_overlaps(model);
        return stops ? manual_or_stop(model, error) : error;
    }
    if (!gunyah_model_ranges_ready(model) || !gunyah_model_ranges_put(model, &addrspace->vmmio, &added))
        return GUNYAH_HVERR_NOMEM;
    addrspace->vmmio_count++;
    return GUNYAH_HVERR_OK;
}

static int32_t remove_vmmio(struct gunyah_model *model, struct addrspace *addrspace, uint64_t first, uint64_t last)
{
    const struct range *range = gunyah_model_ranges_find(model, addrspace->vmmio, first);
    if (!manual_removes_vmmio(model))
        return GUNYAH_HVERR_BUSY;
    if (range == NULL || range->first != first || range->last != last)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (!gunyah_model_ranges_ready(model))
        return GUNYAH_HVERR_NOMEM;
    gunyah_model_ranges_cut(model, &addrspace->vmmio, first, last);
    addrspace->vmmio_count--;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_addrspace_configure_vmmio(struct model_call *call)
{
    struct addrspace *addrspace = call->object[0];
    const uint64_t first = call->arg[1];
    const uint64_t size = call->arg[2];
    const uint32_t op = (uint32_t)call->arg[3];
    if (addrspace->object.state != GUNYAH_OBJECT_STATE_INIT && addrspace->object.state != GUNYAH_OBJECT_STATE_ACTIVE)
        return GUNYAH_HVERR_OBJECT_STATE;
    if (op > GUNYAH_ADDRSPACE_VMMIO_CONFIGURE_OP_REMOVE)
        return GUNYAH_HVERR_UNIMPLEMENTED;
    if (size == 0)
        return GUNYAH_HVERR_ARGUMENT_SIZE;
    if (size > UINT64_MAX - first)
        return GUNYAH_HVERR_ADDR_OVERFLOW;
    if (op == GUNYAH_ADDRSPACE_VMMIO_CONFIGURE_OP_REMOVE)
        return remove_vmmio(call->model, addrspace, first, first + size - 1);
    return add_vmmio(call->model, addrspace, first, first + size - 1);
}

// ---- devices ------------------------------------------------------------------------------------------------------------

int32_t gunyah_model_addrspace_attach_vdma(struct model_call *call)
{
    (void)call;
    return GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE;
}

static int32_t attach_distributor(struct vic *vic, uint64_t flags)
{
    if (flags != 0)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    return vic->addrspace == 0 ? GUNYAH_HVERR_OK : GUNYAH_HVERR_BUSY;
}

static int32_t attach_redistributor(const struct vic *vic, uint32_t vcpu, uint64_t flags)
{
    const uint64_t known = GUNYAH_ADDRSPACE_ATTACH_VDEVICE_FLAGS_GICR_LAST_VALID_MASK |
                           GUNYAH_ADDRSPACE_ATTACH_VDEVICE_FLAGS_GICR_LAST_MASK;
    if ((flags & ~known) != 0)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    if (vic->vcpus[vcpu] == 0)
        return GUNYAH_HVERR_IDLE;
    return (vic->redistributors >> vcpu & 1) == 0 ? GUNYAH_HVERR_OK : GUNYAH_HVERR_BUSY;
}

static int32_t add_vdevice(struct gunyah_model *model, struct addrspace *addrspace, uint64_t first, uint64_t size,
                           uint32_t tag)
{
    const struct range added = {.first = first, .last = first + size - 1, .tag = tag};
    const struct range *range = gunyah_model_ranges_find(model, addrspace->vdevices, first);
    if (size == 0 || size - 1 > UINT64_MAX - first)
        return GUNYAH_HVERR_ARGUMENT_SIZE;
    if (range != NULL && range->first <= added.last)
        return GUNYAH_HVERR_BUSY;
    const bool added_it =
        gunyah_model_ranges_ready(model) && gunyah_model_ranges_put(model, &addrspace->vdevices, &added);
    return added_it ? GUNYAH_HVERR_OK : GUNYAH_HVERR_NOMEM;
}

int32_t gunyah_model_addrspace_attach_vdevice(struct model_call *call)
{
    struct addrspace *addrspace = call->object[0];
    struct vic *vic = call->object[1];
    const uint32_t index = (uint32_t)call->arg[2];
    if (index > vic->max_vcpus)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    int32_t error =
        index == 0 ? attach_distributor(vic, call->arg[5]) : attach_redistributor(vic, index - 1, call->arg[5]);
    if (error == GUNYAH_HVERR_OK)
        error = add_vdevice(call->model, addrspace, call->arg[3], call->arg[4], index);
    if (error != GUNYAH_HVERR_OK)
        return error;
    if (index == 0)
        vic->addrspace = model_ref_of(call->model, addrspace);
    else
        vic->redistributors |= UINT64_C(1) << (index - 1);
    return GUNYAH_HVERR_OK;
}

// ---- looking up ---------------------------------------------------------------------------------------------------------

int32_t gunyah_model_addrspace_lookup(struct model_call *call)
{
    struct gunyah_model *model = call->model;
    const struct addrspace *addrspace = call->object[0];
    const struct memextent *extent = call->object[1];
    const uint64_t first = call->arg[2];
    const uint64_t size = call->arg[3];
    if (size == 0)
        return GUNYAH_HVERR_ARGUMENT_SIZE;
    if (size - 1 > UINT64_MAX - first)
        return GUNYAH_HVERR_ADDR_OVERFLOW;
    if (((first | size) & PAGE_MASK) != 0)
        return GUNYAH_HVERR_ARGUMENT_ALIGNMENT;
    const struct range *range = gunyah_model_ranges_find(model, addrspace->table, first);
    if (range == NULL || range->first > first)
        return GUNYAH_HVERR_ADDR_INVALID;
    // What is mapped next to each other in the same way is one range.
    const uint64_t last = range->last < first + (size - 1) ? range->last : first + (size - 1);
    const uint64_t address = range->value + (first - range->first);
    if (!gunyah_model_memory_owned(model, address, address + (last - first), model_ref_of(model, extent)))
        return GUNYAH_HVERR_MEMDB_NOT_OWNER;
    call->result[1] = address - extent->base;
    call->result[2] = last - first + 1;
    call->result[3] = range->tag;
    return GUNYAH_HVERR_OK;
}
