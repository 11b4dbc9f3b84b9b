// SPDX-License-Identifier: BSD-3-Clause
// Real-time clocks. No call leads to one: the Resource Manager makes them, and VMs read their registers, a part of those of
// the PL031. The counter that they go by is virtual time: each tick is a nanosecond.
#include "vrtc.h"

#include "addrspace.h"

#define SECOND UINT64_C(1000000000)
#define WORD 4

// Offsets.
#define DATA 0x0
#define LOAD 0x8
#define CONTROL 0xc
#define PERIPHERAL_ID 0xfe0 // four words, with a byte of the number each
#define CELL_ID 0xff0

#define PERIPHERAL UINT32_C(0x00041031)
#define CELL UINT32_C(0xb105f00d)
#define IS_ON 1 // always

// ---- life ---------------------------------------------------------------------------------------------------------------

void gunyah_model_vrtc_init(struct gunyah_model *model, void *object)
{
    struct vrtc *vrtc = object;
    (void)model;
    vrtc->ipa = VRTC_NOWHERE;
}

int32_t gunyah_model_vrtc_configure(struct vrtc *vrtc, uint64_t ipa)
{
    if (ipa % VRTC_SIZE != 0 || ipa > UINT64_MAX - VRTC_SIZE)
        return GUNYAH_HVERR_ADDR_INVALID;
    if (vrtc->object.state != GUNYAH_OBJECT_STATE_INIT)
        return GUNYAH_HVERR_OBJECT_STATE;
    vrtc->ipa = ipa;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_vrtc_activate(struct gunyah_model *model, void *object)
{
    const struct vrtc *vrtc = object;
    (void)model;
    return vrtc->ipa != VRTC_NOWHERE ? GUNYAH_HVERR_OK : GUNYAH_HVERR_OBJECT_CONFIG;
}

int32_t gunyah_model_vrtc_attach(struct gunyah_model *model, struct vrtc *vrtc, struct addrspace *addrspace)
{
    if (vrtc->object.state != GUNYAH_OBJECT_STATE_ACTIVE || addrspace->object.state != GUNYAH_OBJECT_STATE_ACTIVE)
        return GUNYAH_HVERR_OBJECT_STATE;
    // Page tables end with a page, so that none goes beyond that begins before.
    if (vrtc->ipa >= IPA_END)
        return GUNYAH_HVERR_ADDR_INVALID;
    vrtc->object.references++;
    gunyah_model_object_release(model, addrspace->vrtc);
    addrspace->vrtc = model_ref_of(model, vrtc);
    gunyah_model_object_reap(model);
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_vrtc_set_time_base(const struct gunyah_model *model, struct vrtc *vrtc, uint64_t time_base,
                                        uint64_t reference)
{
    if (vrtc->object.state != GUNYAH_OBJECT_STATE_ACTIVE)
        return GUNYAH_HVERR_OBJECT_STATE;
    if (vrtc->time_base != 0)
        return GUNYAH_HVERR_BUSY;
    if (reference > model->now)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    vrtc->time_base = time_base - reference;
    vrtc->load = (uint32_t)(time_base / SECOND);
    return GUNYAH_HVERR_OK;
}

// ---- registers ----------------------------------------------------------------------------------------------------------

static uint32_t byte_of(uint32_t number, uint32_t offset)
{
    return number >> (8 * (offset / WORD)) & 0xff;
}

static uint32_t read_register(const struct gunyah_model *model, const struct vrtc *vrtc, uint32_t offset)
{
    if (offset == DATA)
        return (uint32_t)((vrtc->time_base + model->now) / SECOND);
    if (offset == LOAD)
        return vrtc->load;
    if (offset == CONTROL)
        return IS_ON;
    if (offset >= CELL_ID)
        return byte_of(CELL, offset - CELL_ID);
    return offset >= PERIPHERAL_ID ? byte_of(PERIPHERAL, offset - PERIPHERAL_ID) : 0;
}

/** All but one keep what they are. */
static void write_register(const struct gunyah_model *model, struct vrtc *vrtc, uint32_t offset, uint32_t seconds)
{
    if (offset != LOAD)
        return;
    vrtc->time_base = seconds * SECOND - model->now;
    vrtc->load = seconds;
}

enum device_answer gunyah_model_vrtc_access(const struct gunyah_model *model, struct vrtc *vrtc,
                                            struct device_access *access)
{
    const uint64_t offset = access->address - vrtc->ipa;
    if (access->address < vrtc->ipa || offset >= VRTC_SIZE || access->size > VRTC_SIZE - offset)
        return DEVICE_NONE;
    if (access->size != WORD || offset % WORD != 0)
        return DEVICE_FAULTS;
    if (access->is_store)
        write_register(model, vrtc, (uint32_t)offset, (uint32_t)access->value);
    else
        access->value = read_register(model, vrtc, (uint32_t)offset);
    return DEVICE_DONE;
}
