// SPDX-License-Identifier: BSD-3-Clause
// Device trees: from a VM's image to who understands them, and back.
#include "rm_memory.h"

// ---- bytes of the image

/** Copy bytes of a parcel out, or into it. False: it ends before, or is not mapped. */
static bool copy(struct gunyah_model *model, const struct rm_parcel *parcel, uint64_t offset, uint8_t *bytes,
                 uint64_t size, bool out)
{
    const struct gunyah_model_env *env = &model->env;
    for (model_ref ref = parcel->first; ref != 0 && size > 0;) {
        const struct rm_region *region = model_at(model, ref);
        ref = region->next;
        if (offset >= region->size) {
            offset -= region->size;
            continue;
        }
        uint64_t part = region->size - offset < size ? region->size - offset : size;
        enum gunyah_model_memory done =
            out ? env->read(env->context, GUNYAH_VMID_HLOS, region->phys + offset, bytes, (size_t)part)
                : env->write(env->context, GUNYAH_VMID_HLOS, region->phys + offset, bytes, (size_t)part);
        if (done != GUNYAH_MODEL_MEMORY_OK)
            return false;
        bytes += part;
        size -= part;
        offset = 0;
    }
    return size == 0;
}

/** The tree of a VM, as much of it as there is room for; NULL: it has none. */
static const struct rm_parcel *fetch(struct gunyah_model *model, const struct rm_vm *vm,
                                     struct gunyah_model_rm_tree *tree)
{
    const struct gunyah_model_rm_trees *trees = &model->rm_env.trees;
    const struct rm_parcel *parcel = gunyah_model_rm_parcel(model, vm->image);
    *tree = (struct gunyah_model_rm_tree){
        .bytes = trees->room,
        .size = vm->dtb_size < trees->room_size ? (size_t)vm->dtb_size : trees->room_size,
        .region = vm->dtb_size,
        .generation = gunyah_model_rm_of(model)->options.generation,
        .trusted = vm->auth == GUNYAH_VM_AUTH_PLATFORM,
    };
    if (trees->room == NULL || tree->size == 0 || parcel == NULL)
        return NULL;
    return copy(model, parcel, vm->dtb_offset, tree->bytes, tree->size, true) ? parcel : NULL;
}

enum gunyah_model_rm_reason gunyah_model_rm_find_config(struct gunyah_model *model, struct rm_vm *vm,
                                                        struct gunyah_model_rm_config *config)
{
    const struct gunyah_model_rm_env *env = &model->rm_env;
    struct gunyah_model_rm_tree tree;
    vm->has_tree = env->configure == NULL || !env->configure(env->context, vm->vmid, config);
    if (!vm->has_tree)
        return RM_FINE;
    if (fetch(model, vm, &tree) == NULL)
        return RM_CONFIG_NONE;
    return env->trees.parse(env->trees.context, &tree, config);
}

// ---- what a VM has when it starts

/** Whom a parcel is for, its owner first. */
static uint32_t list_vmids(struct gunyah_model *model, const struct rm_parcel *parcel, uint16_t *vmids)
{
    const struct rm_participant *participants = model_at(model, parcel->participants);
    vmids[0] = parcel->owner;
    for (uint32_t i = 0; i < parcel->participant_count; i++)
        vmids[1 + i] = participants[i].vmid;
    return 1 + parcel->participant_count;
}

static bool is_of(const struct rm_range *range, const struct rm_parcel *parcel)
{
    return range->use == RM_USE_ACCEPTED && range->parcel == parcel->handle;
}

/** List what a parcel brought. Without a list, count it. */
static uint32_t list_ranges(struct gunyah_model *model, const struct rm_vm *vm, const struct rm_parcel *parcel,
                            const struct gunyah_model_rm_memory *like, struct gunyah_model_rm_memory *list)
{
    uint32_t count = 0;
    uint64_t end = 0;
    for (model_ref ref = vm->ranges; ref != 0;) {
        const struct rm_range *range = model_at(model, ref);
        ref = range->next;
        if (!is_of(range, parcel))
            continue;
        bool goes_on = count > 0 && range->ipa == end;
        count += goes_on ? 0 : 1;
        end = range->ipa + range->size;
        if (list == NULL)
            continue;
        struct gunyah_model_rm_memory *memory = &list[count - 1];
        uint64_t size = goes_on ? memory->size : 0;
        uint64_t ipa = goes_on ? memory->ipa : range->ipa;
        *memory = *like;
        memory->ipa = ipa;
        memory->size = size + range->size;
    }
    return count;
}

static bool has_accepted(struct gunyah_model *model, const struct rm_vm *vm, const struct rm_parcel *parcel)
{
    const struct rm_participant *participant = gunyah_model_rm_participant(model, parcel, vm->vmid);
    return participant != NULL && participant->accepted;
}

static struct gunyah_model_rm_memory describe(struct gunyah_model *model, const struct rm_vm *vm,
                                              const struct rm_parcel *parcel)
{
    bool is_image = parcel->handle == vm->image;
    return (struct gunyah_model_rm_memory){
        .handle = parcel->handle,
        .label = parcel->label,
        .own = is_image || gunyah_model_rm_is_private(model, vm, parcel),
        .firmware = !is_image && vm->firmware_size != 0 && parcel->handle == vm->firmware,
        .exclusive = gunyah_model_rm_is_exclusive(model, parcel),
        .devices = parcel->type == GUNYAH_MEMPARCEL_TYPE_IO,
    };
}

/** Where lists of a VM's memory go: those of its parcels, and whom these are for. */
struct lists {
    struct gunyah_model_rm_memory *memory;
    uint16_t *vmids;
    uint32_t memory_count;
    uint32_t vmid_count;
};

/** Fill the lists. Without lists, count. */
static void list_memory(struct gunyah_model *model, const struct rm_vm *vm, struct lists *lists)
{
    lists->memory_count = lists->vmid_count = 0;
    for (model_ref ref = gunyah_model_rm_of(model)->parcels; ref != 0;) {
        const struct rm_parcel *parcel = model_at(model, ref);
        ref = parcel->next;
        if (!has_accepted(model, vm, parcel))
            continue;
        struct gunyah_model_rm_memory like = describe(model, vm, parcel);
        like.vmid_count = 1 + parcel->participant_count;
        if (lists->memory != NULL) {
            uint16_t *vmids = lists->vmids + lists->vmid_count;
            list_vmids(model, parcel, vmids);
            like.vmids = vmids;
        }
        lists->memory_count +=
            list_ranges(model, vm, parcel, &like, lists->memory != NULL ? lists->memory + lists->memory_count : NULL);
        lists->vmid_count += like.vmid_count;
    }
}

static enum gunyah_model_rm_reason patch(struct gunyah_model *model, const struct rm_vm *vm,
                                         const struct gunyah_model_rm_tree *tree, const struct lists *lists)
{
    const struct gunyah_model_rm_trees *trees = &model->rm_env.trees;
    const struct vrtc *vrtc = vm->rtc != 0 ? model_at(model, vm->rtc) : NULL;
    const struct gunyah_model_rm_made made = {
        .vmid = vm->vmid,
        .owner = vm->owner,
        .paged = vm->paged,
        .name = vm->name,
        .uri = vm->uri,
        .seed = gunyah_model_random(model),
        .bark_virq = gunyah_model_rm_bark_virq(model, vm),
        .devices = vm->device_count != 0 ? model_at(model, vm->devices) : NULL,
        .device_count = vm->device_count,
        .rtc = vrtc != NULL,
        .rtc_base = vrtc != NULL ? vrtc->ipa : 0,
        .memory = lists->memory,
        .memory_count = lists->memory_count,
    };
    return trees->patch(trees->context, tree, &made);
}

enum gunyah_model_rm_reason gunyah_model_rm_write_tree(struct gunyah_model *model, struct rm_vm *vm)
{
    struct gunyah_model_rm_tree tree;
    struct lists lists = {.memory = NULL};
    if (!vm->has_tree)
        return RM_FINE;
    const struct rm_parcel *parcel = fetch(model, vm, &tree);
    if (parcel == NULL)
        return RM_START_TREE_CHANGED;
    list_memory(model, vm, &lists);
    model_ref ref = gunyah_model_heap_take(model, lists.memory_count * sizeof(struct gunyah_model_rm_memory) +
                                                      lists.vmid_count * sizeof(uint16_t));
    if (ref == 0)
        return RM_NO_MEMORY;
    lists.memory = model_at(model, ref);
    lists.vmids = (uint16_t *)(void *)(lists.memory + lists.memory_count);
    list_memory(model, vm, &lists);
    enum gunyah_model_rm_reason reason = patch(model, vm, &tree, &lists);
    gunyah_model_heap_free(model, ref);
    if (reason != RM_FINE)
        return reason;
    return copy(model, parcel, vm->dtb_offset, tree.bytes, tree.size, false) ? RM_FINE : RM_START_TREE_CHANGED;
}

bool gunyah_model_rm_find_tree(struct gunyah_model *model, uint32_t number, uint64_t *ipa, uint64_t *size)
{
    const struct rm_vm *vm = model->rm != 0 ? gunyah_model_rm_find(model, (uint16_t)number) : NULL;
    if (vm == NULL || !vm->has_tree || !vm->machine || vm->ranges == 0 || vm->state == GUNYAH_VM_STATE_INIT_FAILED)
        return false;
    *ipa = vm->memory_base + vm->dtb_offset;
    *size = vm->dtb_size;
    return true;
}
