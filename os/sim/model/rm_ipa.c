// SPDX-License-Identifier: BSD-3-Clause
// Addresses that VMs keep for memory of a kind, which they accept there later: nothing else is placed among them.
#include "rm_memory.h"

#include <string.h>

#define ANYWHERE UINT64_MAX // as the base of a window

// Kinds of memory.
#define KIND_VALID 1u
#define KIND_ECC 2u
#define KIND_TAGGED 4u
#define KIND_NORMAL 8u
#define KIND_OF_ALL (KIND_VALID | KIND_NORMAL) // that there is

/** What the constraints of a message ask for; 0: nothing fulfils them. */
static uint32_t kind_of(const struct rm_vm *vm, uint32_t constraints, uint32_t platform)
{
    const uint32_t supported =
        GUNYAH_RM_IPA_CONSTRAINT_FLAG_ECC | GUNYAH_RM_IPA_CONSTRAINT_FLAG_TAGGED | GUNYAH_RM_IPA_CONSTRAINT_FLAG_NORMAL;
    if (platform != 0)
        return 0;
    if (constraints == 0)
        return KIND_VALID;
    if (constraints == GUNYAH_RM_IPA_CONSTRAINT_FLAG_BASE_MEMORY_COMPATIBLE)
        return vm->configured ? KIND_OF_ALL : 0;
    if ((constraints & ~supported) != 0 || (constraints & GUNYAH_RM_IPA_CONSTRAINT_FLAG_NORMAL) == 0)
        return 0;
    return KIND_OF_ALL | ((constraints & GUNYAH_RM_IPA_CONSTRAINT_FLAG_ECC) != 0 ? KIND_ECC : 0) |
           ((constraints & GUNYAH_RM_IPA_CONSTRAINT_FLAG_TAGGED) != 0 ? KIND_TAGGED : 0);
}

// ---- what is kept

static struct rm_kept *kept_at(struct gunyah_model *model, model_ref ref)
{
    return ref != 0 ? model_at(model, ref) : NULL;
}

uint64_t gunyah_model_rm_kept_until(struct gunyah_model *model, const struct rm_vm *vm, uint64_t ipa, uint64_t size)
{
    for (const struct rm_kept *kept = kept_at(model, vm->kept); kept != NULL; kept = kept_at(model, kept->next)) {
        if (kept->ipa < ipa + size && ipa < kept->ipa + kept->size)
            return kept->ipa + kept->size;
    }
    return 0;
}

enum gunyah_model_rm_reason gunyah_model_rm_check_kept(struct gunyah_model *model, const struct rm_vm *vm, uint64_t ipa,
                                                       uint64_t size)
{
    for (const struct rm_kept *kept = kept_at(model, vm->kept); kept != NULL; kept = kept_at(model, kept->next)) {
        if (kept->ipa >= ipa + size || ipa >= kept->ipa + kept->size)
            continue;
        if (ipa < kept->ipa || size > kept->ipa + kept->size - ipa)
            return RM_ADDRESS_TAKEN;
        return (kept->kind & ~KIND_OF_ALL) == 0 ? RM_FINE : RM_ADDRESS_KIND;
    }
    return RM_FINE;
}

static bool keep(struct gunyah_model *model, struct rm_vm *vm, uint64_t ipa, uint64_t size, uint32_t kind)
{
    model_ref ref = gunyah_model_heap_take(model, sizeof(struct rm_kept));
    if (ref == 0)
        return false;
    *(struct rm_kept *)model_at(model, ref) =
        (struct rm_kept){.next = vm->kept, .ipa = ipa, .size = size, .kind = kind};
    vm->kept = ref;
    return true;
}

/** Undo the last one. */
static void unkeep(struct gunyah_model *model, struct rm_vm *vm)
{
    model_ref ref = vm->kept;
    vm->kept = kept_at(model, ref)->next;
    gunyah_model_heap_free(model, ref);
}

void gunyah_model_rm_unkeep_all(struct gunyah_model *model, struct rm_vm *vm)
{
    while (vm->kept != 0)
        unkeep(model, vm);
}

// ---- IPA_RESERVE

/** Where a range may begin, and what it is like. */
struct window {
    uint64_t base;
    uint64_t size;
    uint64_t wanted;
    uint64_t alignment;
};

static bool is_size(uint64_t size)
{
    return size != 0 && size % GUNYAH_RM_PAGE_SIZE == 0;
}

static enum gunyah_model_rm_reason reserve(struct gunyah_model *model, struct rm_vm *vm, struct window window,
                                           uint32_t kind, uint64_t *ipa)
{
    uint64_t end = vm->adopted ? RM_HOST_END : RM_GUEST_END;
    if (window.base == ANYWHERE) {
        window.base = 0;
        window.size = end;
    }
    // HLOS's addresses are those of the machine.
    if (vm->vmid == GUNYAH_VMID_HLOS)
        return RM_KEPT_HLOS;
    if (!is_size(window.size) || !is_size(window.wanted) || window.base % GUNYAH_RM_PAGE_SIZE != 0 ||
        window.base > end || window.size > end - window.base)
        return RM_KEPT_RANGE;
    if (window.alignment < GUNYAH_RM_PAGE_SIZE || (window.alignment & (window.alignment - 1)) != 0)
        return RM_KEPT_ALIGNMENT;
    // It begins within the window, and may leave it.
    if (!gunyah_model_rm_first_fit(model, vm, window.base, end, window.wanted, window.alignment, ipa) ||
        *ipa - window.base >= window.size)
        return RM_KEPT_TAKEN;
    return keep(model, vm, *ipa, window.wanted, kind) ? RM_FINE : RM_KEPT_TAKEN;
}

static struct window read_window(const uint8_t *entry, bool fixed)
{
    if (fixed)
        return (struct window){gunyah_model_rm_get64(entry + GUNYAH_RM_MEM_REGION_BASE_OFFSET), GUNYAH_RM_PAGE_SIZE,
                               gunyah_model_rm_get64(entry + GUNYAH_RM_MEM_REGION_SIZE_OFFSET), GUNYAH_RM_PAGE_SIZE};
    return (struct window){gunyah_model_rm_get64(entry + GUNYAH_RM_IPA_WINDOW_BASE_OFFSET),
                           gunyah_model_rm_get64(entry + GUNYAH_RM_IPA_WINDOW_WINDOW_SIZE_OFFSET),
                           gunyah_model_rm_get64(entry + GUNYAH_RM_IPA_WINDOW_SIZE_OFFSET),
                           gunyah_model_rm_get64(entry + GUNYAH_RM_IPA_WINDOW_ALIGNMENT_OFFSET)};
}

/** All of the list, or nothing. */
static enum gunyah_model_rm_reason reserve_all(struct rm_call *call, const uint8_t *entry, uint32_t count, bool fixed,
                                               uint32_t kind)
{
    uint32_t size = fixed ? GUNYAH_RM_MEM_REGION_SIZE : GUNYAH_RM_IPA_WINDOW_SIZE;
    if (!fixed)
        gunyah_model_rm_reply32(call, count);
    for (uint32_t i = 0; i < count; i++, entry += size) {
        uint64_t ipa = 0;
        enum gunyah_model_rm_reason reason = reserve(call->model, call->from, read_window(entry, fixed), kind, &ipa);
        // Going back through more than one range, the generation of 2023 trips over the first.
        if (reason != RM_FINE && fixed && i != 0 && call->rm->options.generation < GUNYAH_RM_GENERATION_LATER)
            return RM_CRASH_KEPT;
        if (reason != RM_FINE) {
            for (; i != 0; i--)
                unkeep(call->model, call->from);
            return reason;
        }
        if (!fixed)
            gunyah_model_rm_put64(gunyah_model_rm_reply_room(call, GUNYAH_RM_IPA_BASE_SIZE), ipa);
    }
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_ipa_reserve(struct rm_call *call)
{
    const uint8_t *request = call->request;
    if (call->size < GUNYAH_RM_IPA_RESERVE_MIN_SIZE)
        return RM_WRONG_SIZE;
    uint8_t type = request[GUNYAH_RM_IPA_RESERVE_TYPE_OFFSET];
    if (type > GUNYAH_IPA_RESERVE_TYPE_ALLOCATE)
        return RM_KEPT_TYPE;
    uint32_t kind = kind_of(call->from, gunyah_model_rm_get32(request + GUNYAH_RM_IPA_RESERVE_CONSTRAINTS_OFFSET),
                            gunyah_model_rm_get32(request + GUNYAH_RM_IPA_RESERVE_PLATFORM_CONSTRAINTS_OFFSET));
    if (kind == 0)
        return RM_KEPT_CONSTRAINTS;
    bool fixed = type == GUNYAH_IPA_RESERVE_TYPE_FIXED;
    uint32_t count = gunyah_model_rm_get16(request + GUNYAH_RM_IPA_RESERVE_RANGES_OFFSET);
    uint32_t size = count * (fixed ? GUNYAH_RM_MEM_REGION_SIZE : GUNYAH_RM_IPA_WINDOW_SIZE);
    if (count > GUNYAH_RM_IPA_RESERVE_RANGES_MAX)
        return RM_LIST_TOO_LONG;
    if (call->size - GUNYAH_RM_IPA_RESERVE_MIN_SIZE < size)
        return RM_LIST_TRUNCATED;
    if (call->size - GUNYAH_RM_IPA_RESERVE_MIN_SIZE > size)
        return RM_TRAILING_BYTES;
    return reserve_all(call, request + GUNYAH_RM_IPA_RESERVE_MIN_SIZE, count, fixed, kind);
}
