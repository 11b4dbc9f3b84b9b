// SPDX-License-Identifier: BSD-3-Clause
// Capability spaces: two levels of tables, and ids that hide the slot.
#include "calls.h"
#include "internal.h"
#include "manual.h"

#define TABLE_FULL ((UINT64_C(1) << GUNYAH_CSPACE_TABLE_SLOTS) - 1)

static uint32_t table_of(uint32_t slot)
{
    return slot >> 8;
}

static uint32_t index_of(uint32_t slot)
{
    return slot & 0xff;
}

static struct cap_table *table_at(struct gunyah_model *model, const struct cspace *cspace, uint32_t slot)
{
    return model_at(model, cspace->tables[table_of(slot)]);
}

void gunyah_model_cspace_scramble(struct gunyah_model *model, struct cspace *cspace)
{
    cspace->factor = 1;
    if (!model->options.plain_capids) {
        // Ids that begin with ffffffxx do not occur, so that all ones is never one.
        do
            cspace->base = gunyah_model_random(model);
        while (cspace->base >= UINT64_C(0xffffff0000000000));
        do
            cspace->factor = (uint32_t)(gunyah_model_random(model) >> 48);
        while (cspace->factor == 0);
    }
    cspace->inverse = (UINT64_C(1) << 32) / cspace->factor + 1;
}

int32_t gunyah_model_cspace_activate(struct gunyah_model *model, void *object)
{
    const struct cspace *cspace = object;
    (void)model;
    return cspace->max_caps != 0 ? GUNYAH_HVERR_OK : GUNYAH_HVERR_OBJECT_CONFIG;
}

struct cap *gunyah_model_cspace_cap(struct gunyah_model *model, const struct cspace *cspace, uint32_t slot)
{
    return &table_at(model, cspace, slot)->slots[index_of(slot)];
}

gunyah_capid_t gunyah_model_cspace_id(const struct cspace *cspace, uint32_t slot)
{
    return gunyah_capid(((uint64_t)slot * cspace->factor) ^ cspace->base);
}

int32_t gunyah_model_cspace_slot(struct gunyah_model *model, const struct cspace *cspace, gunyah_capid_t id,
                                 uint32_t *slot)
{
    // As on the real hypervisor the division forgets its remainder: several ids name one slot.
    uint64_t scaled = id.value ^ cspace->base;
    if (scaled > UINT32_MAX)
        return manual_no_such_cap(model);
    uint64_t decoded = (scaled * cspace->inverse) >> 32;
    if (decoded > UINT16_MAX)
        return manual_no_such_cap(model);
    *slot = (uint32_t)decoded;
    if (table_of(*slot) >= GUNYAH_CSPACE_TABLES || index_of(*slot) >= GUNYAH_CSPACE_TABLE_SLOTS)
        return manual_no_such_cap(model);
    if (cspace->tables[table_of(*slot)] == 0)
        return GUNYAH_HVERR_CSPACE_CAP_NULL;
    // A slot may be taken and still be empty: by the copy that is under way.
    bool empty = gunyah_model_cspace_cap(model, cspace, *slot)->state == GUNYAH_CAP_STATE_NULL;
    return empty ? GUNYAH_HVERR_CSPACE_CAP_NULL : GUNYAH_HVERR_OK;
}

/** The first table that has room, present or not. max_caps sees to it that there is one. */
static uint32_t first_with_room(const struct cspace *cspace)
{
    uint32_t word = 0;
    while (~cspace->full[word] == 0)
        word++;
    return word * 64 + model_lowest_bit(~cspace->full[word]);
}

int32_t gunyah_model_cspace_take_slot(struct gunyah_model *model, struct cspace *cspace, uint32_t *slot)
{
    if (cspace->count >= cspace->max_caps)
        return GUNYAH_HVERR_CSPACE_FULL;
    uint32_t number = first_with_room(cspace);
    if (cspace->tables[number] == 0)
        cspace->tables[number] = gunyah_model_heap_take(model, sizeof(struct cap_table));
    if (cspace->tables[number] == 0)
        return GUNYAH_HVERR_NOMEM;
    struct cap_table *table = model_at(model, cspace->tables[number]);
    uint32_t index = model_lowest_bit(~table->used);
    table->used |= UINT64_C(1) << index;
    if (table->used == TABLE_FULL)
        cspace->full[number / 64] |= UINT64_C(1) << (number % 64);
    cspace->count++;
    *slot = number << 8 | index;
    return GUNYAH_HVERR_OK;
}

void gunyah_model_cspace_free_slot(struct gunyah_model *model, struct cspace *cspace, uint32_t slot)
{
    static const struct cap none;
    struct cap_table *table = table_at(model, cspace, slot);
    uint32_t number = table_of(slot);
    table->slots[index_of(slot)] = none;
    table->used &= ~(UINT64_C(1) << index_of(slot));
    cspace->full[number / 64] &= ~(UINT64_C(1) << (number % 64));
    cspace->count--;
    if (table->used != 0)
        return;
    gunyah_model_heap_free(model, cspace->tables[number]);
    cspace->tables[number] = 0;
}

void gunyah_model_cspace_destroy(struct gunyah_model *model, void *object)
{
    struct cspace *cspace = object;
    for (uint32_t number = 0; cspace->count != 0; number++) {
        while (cspace->tables[number] != 0) {
            const struct cap_table *table = model_at(model, cspace->tables[number]);
            gunyah_model_cap_delete(model, cspace, number << 8 | model_lowest_bit(table->used));
        }
    }
}

int32_t gunyah_model_cspace_configure(struct model_call *call)
{
    struct cspace *cspace = call->object[0];
    uint32_t max_caps = (uint32_t)call->arg[1];
    if (cspace->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    if (max_caps > GUNYAH_CSPACE_MAX_CAPS)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    cspace->max_caps = max_caps;
    return GUNYAH_HVERR_OK;
}
