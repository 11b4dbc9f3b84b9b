// SPDX-License-Identifier: BSD-3-Clause
// Address spaces of VMs as the Resource Manager keeps them: what is at which address, where that memory really is, and
// whose it is. Ranges are sorted, and do not overlap; between them nothing is mapped.
#include "rm_memory.h"

static struct rm_range *range_at(struct gunyah_model *model, model_ref ref)
{
    return ref != 0 ? model_at(model, ref) : NULL;
}

/** The link to the first range that ends behind an address. */
static model_ref *link_at(struct gunyah_model *model, struct rm_vm *vm, uint64_t ipa)
{
    model_ref *link = &vm->ranges;
    while (*link != 0) {
        struct rm_range *range = range_at(model, *link);
        if (range->ipa + range->size > ipa)
            break;
        link = &range->next;
    }
    return link;
}

const struct rm_range *gunyah_model_rm_range_at(struct gunyah_model *model, struct rm_vm *vm, uint64_t ipa)
{
    const struct rm_range *range = range_at(model, *link_at(model, vm, ipa));
    return range != NULL && range->ipa <= ipa ? range : NULL;
}

/** The end of the clock of a VM if a part of it is in a range; else 0. It is no memory. */
static uint64_t clock_until(struct gunyah_model *model, const struct rm_vm *vm, uint64_t ipa, uint64_t size)
{
    const struct vrtc *vrtc = vm->rtc != 0 ? model_at(model, vm->rtc) : NULL;
    const bool is_there = vrtc != NULL && vrtc->ipa < ipa + size && ipa < vrtc->ipa + VRTC_SIZE;
    return is_there ? vrtc->ipa + VRTC_SIZE : 0;
}

uint64_t gunyah_model_rm_used_until(struct gunyah_model *model, struct rm_vm *vm, uint64_t ipa, uint64_t size)
{
    const struct rm_range *range = range_at(model, *link_at(model, vm, ipa));
    if (range != NULL && range->ipa < ipa + size)
        return range->ipa + range->size;
    return clock_until(model, vm, ipa, size);
}

bool gunyah_model_rm_is_free(struct gunyah_model *model, struct rm_vm *vm, uint64_t ipa, uint64_t size)
{
    return gunyah_model_rm_used_until(model, vm, ipa, size) == 0;
}

bool gunyah_model_rm_insert(struct gunyah_model *model, struct rm_vm *vm, const struct rm_range *wanted)
{
    model_ref ref = gunyah_model_heap_take(model, sizeof(struct rm_range));
    if (ref == 0)
        return false;
    model_ref *link = link_at(model, vm, wanted->ipa);
    struct rm_range *range = range_at(model, ref);
    // One by one: what lies behind them is nobody's, and would be part of a snapshot.
    range->ipa = wanted->ipa;
    range->size = wanted->size;
    range->phys = wanted->phys;
    range->parcel = wanted->parcel;
    range->use = wanted->use;
    range->type = wanted->type;
    range->next = *link;
    *link = ref;
    return true;
}

/** See to it that no range goes across an address. False: no memory. */
static bool split(struct gunyah_model *model, struct rm_vm *vm, uint64_t ipa)
{
    struct rm_range *range = range_at(model, *link_at(model, vm, ipa));
    if (range == NULL || range->ipa >= ipa)
        return true;
    model_ref ref = gunyah_model_heap_take(model, sizeof(struct rm_range));
    if (ref == 0)
        return false;
    struct rm_range *upper = range_at(model, ref);
    *upper = *range;
    range->size = ipa - range->ipa;
    upper->ipa += range->size;
    upper->phys += range->size;
    upper->size -= range->size;
    range->next = ref;
    return true;
}

/** What is in parcels stays in its pieces, so that these can be taken back one by one. */
static bool continues(const struct rm_range *range, const struct rm_range *next)
{
    return range->use == RM_USE_OWNED && range->ipa + range->size == next->ipa &&
           range->phys + range->size == next->phys && range->use == next->use && range->type == next->type;
}

/** Put ranges together that belong together. */
static void merge(struct gunyah_model *model, const struct rm_vm *vm)
{
    for (struct rm_range *range = range_at(model, vm->ranges); range != NULL; range = range_at(model, range->next)) {
        while (range->next != 0) {
            model_ref next = range->next;
            if (!continues(range, range_at(model, next)))
                break;
            range->size += range_at(model, next)->size;
            range->next = range_at(model, next)->next;
            gunyah_model_heap_free(model, next);
        }
    }
}

/** See to it that ranges begin and end where this one does. False: no memory, and all is as before. */
static bool split_around(struct gunyah_model *model, struct rm_vm *vm, uint64_t ipa, uint64_t size)
{
    if (split(model, vm, ipa) && split(model, vm, ipa + size))
        return true;
    merge(model, vm);
    return false;
}

bool gunyah_model_rm_map(struct gunyah_model *model, struct rm_vm *vm, const struct rm_range *wanted)
{
    if (!split_around(model, vm, wanted->ipa, wanted->size))
        return false;
    struct rm_range *range = range_at(model, *link_at(model, vm, wanted->ipa));
    if (range == NULL || range->ipa != wanted->ipa)
        return false;
    range->phys = wanted->phys;
    range->use = wanted->use;
    range->parcel = wanted->parcel;
    merge(model, vm);
    return true;
}

bool gunyah_model_rm_set_use(struct gunyah_model *model, struct rm_vm *vm, uint64_t ipa, uint64_t size, enum rm_use use,
                             uint32_t parcel)
{
    if (!split_around(model, vm, ipa, size))
        return false;
    for (struct rm_range *range = range_at(model, *link_at(model, vm, ipa)); range != NULL && range->ipa < ipa + size;
         range = range_at(model, range->next)) {
        range->use = (uint8_t)use;
        range->parcel = parcel;
    }
    merge(model, vm);
    return true;
}

void gunyah_model_rm_vacate(struct gunyah_model *model, struct rm_vm *vm, uint64_t ipa, uint64_t size)
{
    model_ref *link = link_at(model, vm, ipa);
    while (*link != 0 && range_at(model, *link)->ipa < ipa + size) {
        model_ref ref = *link;
        *link = range_at(model, ref)->next;
        gunyah_model_heap_free(model, ref);
    }
}

bool gunyah_model_rm_first_fit(struct gunyah_model *model, struct rm_vm *vm, uint64_t from, uint64_t to, uint64_t size,
                               uint64_t alignment, uint64_t *ipa)
{
    for (uint64_t next = from;;) {
        *ipa = (next + alignment - 1) & ~(alignment - 1);
        if (*ipa > to || size > to - *ipa)
            return false;
        next = gunyah_model_rm_used_until(model, vm, *ipa, size);
        if (next == 0)
            next = gunyah_model_rm_kept_until(model, vm, *ipa, size);
        if (next == 0)
            return true;
    }
}

bool gunyah_model_rm_find_room(struct gunyah_model *model, struct rm_vm *vm, uint64_t phys, uint64_t size,
                               uint64_t *ipa)
{
    uint64_t alignment = size >= RM_LARGE_PAGE ? RM_LARGE_PAGE : GUNYAH_RM_PAGE_SIZE;
    uint64_t end = vm->memory_base + vm->memory_max;
    if (vm->adopted) {
        // Such a VM sees memory where it is.
        *ipa = phys;
        return gunyah_model_rm_is_free(model, vm, phys, size) && gunyah_model_rm_kept_until(model, vm, phys, size) == 0;
    }
    // Never where the VM's own memory could grow to, and below the first GiB, where accesses trap, in need alone.
    return gunyah_model_rm_first_fit(model, vm, RM_TRAP_END, vm->memory_base, size, alignment, ipa) ||
           gunyah_model_rm_first_fit(model, vm, end > RM_TRAP_END ? end : RM_TRAP_END, RM_GUEST_END, size, alignment,
                                     ipa) ||
           gunyah_model_rm_first_fit(model, vm, GUNYAH_RM_PAGE_SIZE, RM_TRAP_END, size, alignment, ipa);
}

bool gunyah_model_rm_own_all(struct gunyah_model *model, struct rm_vm *vm)
{
    const struct rm_range normal = {.ipa = GUNYAH_RM_PAGE_SIZE,
                                    .phys = GUNYAH_RM_PAGE_SIZE,
                                    .size = RM_HOST_MEMORY_END - GUNYAH_RM_PAGE_SIZE,
                                    .parcel = GUNYAH_RM_HANDLE_INVALID,
                                    .use = RM_USE_OWNED,
                                    .type = GUNYAH_MEMPARCEL_TYPE_NORMAL};
    const struct rm_range io = {.ipa = RM_HOST_MEMORY_END,
                                .phys = RM_HOST_MEMORY_END,
                                .size = RM_HOST_END - RM_HOST_MEMORY_END,
                                .parcel = GUNYAH_RM_HANDLE_INVALID,
                                .use = RM_USE_OWNED,
                                .type = GUNYAH_MEMPARCEL_TYPE_IO};
    return gunyah_model_rm_insert(model, vm, &io) && gunyah_model_rm_insert(model, vm, &normal);
}

void gunyah_model_rm_free_space(struct gunyah_model *model, struct rm_vm *vm)
{
    gunyah_model_rm_vacate(model, vm, 0, RM_HOST_END);
}

bool gunyah_model_rm_find_memory(struct gunyah_model *model, uint32_t number, uint64_t ipa, uint64_t size,
                                 uint64_t *phys)
{
    struct rm_vm *vm = model->rm != 0 ? gunyah_model_rm_find(model, (uint16_t)number) : NULL;
    const struct rm_range *range = vm != NULL ? gunyah_model_rm_range_at(model, vm, ipa) : NULL;
    *phys = ipa;
    if (range == NULL || range->use == RM_USE_RESERVED)
        return vm == NULL || vm->adopted;
    *phys = range->phys + (ipa - range->ipa);
    uint64_t left = range->size - (ipa - range->ipa);
    // A piece may go on in the next one.
    while (left < size) {
        const struct rm_range *next = gunyah_model_rm_range_at(model, vm, ipa + left);
        if (next == NULL || next->use == RM_USE_RESERVED || next->phys != *phys + left)
            return false;
        left += next->size;
    }
    return true;
}
