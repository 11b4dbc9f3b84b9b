// SPDX-License-Identifier: BSD-3-Clause
// Ranges of an address space that are no memory: virtual MMIO, and the registers of virtual devices.
//
// Each range that was added through a handle is kept with it. The hypervisor refuses one that overlaps another, but for one
// that begins below and ends inside it stops: what overlaps a range that is known here never gets there.
#include "internal.h"

// The distributor and the redistributors of one controller with as many vCPUs as there can be.
#define MAX_DEVICES 65

struct claim {
    uint64_t first;
    uint64_t last;
};

struct claims {
    uint32_t vmmio_count;
    uint32_t device_count;
    struct claim vmmio[GUNYAH_ADDRSPACE_MAX_VMMIO_RANGES];
    struct claim devices[MAX_DEVICES];
};

static const struct reason empty = {GUNYAH_ERR_ARGUMENT_SIZE, "the size of the range is 0", "Name at least a byte."};
static const struct reason wraps = {GUNYAH_ERR_ADDR_OVERFLOW, "the range wraps around",
                                    "Let the address plus the size be below 2^64."};
static const struct reason too_far = {GUNYAH_ERR_ARGUMENT_SIZE, "the range ends too far",
                                      "Let the address plus the size be at most GUNYAH_ADDRSPACE_VMMIO_END."};
static const struct reason too_many_ranges = {GUNYAH_ERR_NO_RESOURCES, "the address space has 128 ranges",
                                              "Add fewer and larger ones."};
static const struct reason too_many_devices = {GUNYAH_ERR_NO_RESOURCES, "the handle keeps no more devices in mind",
                                               "Attach one interrupt controller to an address space."};
static const struct reason device_wraps = {GUNYAH_ERR_ARGUMENT_SIZE, "the range wraps around",
                                           "Let the address plus the size be at most 2^64."};
static const struct reason overlaps = {GUNYAH_ERR_BUSY, "the range overlaps one that was added before",
                                       "Choose a range that is free; one that begins below another and ends inside it "
                                       "would stop the hypervisor."};

static bool overlaps_one_of(const struct claim *claims, uint32_t count, const struct claim *claim)
{
    for (uint32_t i = 0; i < count; i++) {
        if (claim->first <= claims[i].last && claim->last >= claims[i].first)
            return true;
    }
    return false;
}

static bool is_taken(const struct claims *claims, const struct claim *claim)
{
    return overlaps_one_of(claims->vmmio, claims->vmmio_count, claim) ||
           overlaps_one_of(claims->devices, claims->device_count, claim);
}

// What is known of the address space: made when it is needed for the first time. Null, and the error: no memory.
static struct claims *claims_of(struct handle *handle, const char *function, enum gunyah_error *error)
{
    *error = GUNYAH_OK;
    if (handle->claims != NULL)
        return handle->claims;
    struct claims *claims = gunyah_internal_block(handle->g, sizeof(*claims), function, error);
    if (claims == NULL)
        return NULL;
    claims->vmmio_count = 0;
    claims->device_count = 0;
    handle->claims = claims;
    return claims;
}

// ---- virtual MMIO ------------------------------------------------------------------------------------------------

static const struct reason *wrong_range(uint64_t ipa, uint64_t size)
{
    if (size == 0)
        return &empty;
    return size > UINT64_MAX - ipa ? &wraps : NULL;
}

static enum gunyah_error configure(const struct handle *handle, uint64_t ipa, uint64_t size,
                                   enum gunyah_addrspace_vmmio_configure_op op)
{
    const int32_t code = gunyah_hypercall_addrspace_configure_vmmio(handle->g, handle->cap, ipa, size, op);

    return gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_ADDRSPACE_CONFIGURE_VMMIO, code);
}

static const struct reason *cannot_add(const struct claims *claims, const struct claim *claim)
{
    if (claims->vmmio_count == GUNYAH_ADDRSPACE_MAX_VMMIO_RANGES)
        return &too_many_ranges;
    if (claim->last >= GUNYAH_ADDRSPACE_VMMIO_END)
        return &too_far;
    return is_taken(claims, claim) ? &overlaps : NULL;
}

enum gunyah_error gunyah_addrspace_add_vmmio_range(struct gunyah_addrspace *addrspace, uint64_t ipa, uint64_t size)
{
    struct handle *handle = (struct handle *)addrspace;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_ADDRSPACE, __func__);

    if (error != GUNYAH_OK)
        return error;
    const struct reason *reason = wrong_range(ipa, size);
    if (reason != NULL)
        return gunyah_internal_refuse_for(handle->g, __func__, reason);
    struct claims *claims = claims_of(handle, __func__, &error);
    if (claims == NULL)
        return error;
    const struct claim claim = {ipa, ipa + size - 1};
    reason = cannot_add(claims, &claim);
    if (reason != NULL)
        return gunyah_internal_refuse_for(handle->g, __func__, reason);
    error = configure(handle, ipa, size, GUNYAH_ADDRSPACE_VMMIO_CONFIGURE_OP_ADD);
    if (error == GUNYAH_OK)
        claims->vmmio[claims->vmmio_count++] = claim;
    return error;
}

static void forget(struct claims *claims, uint64_t first, uint64_t last)
{
    for (uint32_t i = 0; i < claims->vmmio_count; i++) {
        if (claims->vmmio[i].first == first && claims->vmmio[i].last == last) {
            claims->vmmio[i] = claims->vmmio[--claims->vmmio_count];
            return;
        }
    }
}

enum gunyah_error gunyah_addrspace_remove_vmmio_range(struct gunyah_addrspace *addrspace, uint64_t ipa, uint64_t size)
{
    const struct handle *handle = (const struct handle *)addrspace;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_ADDRSPACE, __func__);

    if (error != GUNYAH_OK)
        return error;
    const struct reason *reason = wrong_range(ipa, size);
    if (reason != NULL)
        return gunyah_internal_refuse_for(handle->g, __func__, reason);
    error = configure(handle, ipa, size, GUNYAH_ADDRSPACE_VMMIO_CONFIGURE_OP_REMOVE);
    if (error == GUNYAH_OK && handle->claims != NULL)
        forget(handle->claims, ipa, ipa + size - 1);
    return error;
}

// ---- devices -----------------------------------------------------------------------------------------------------

static const struct reason *cannot_attach(const struct claims *claims, const struct claim *claim)
{
    if (claims->device_count == MAX_DEVICES)
        return &too_many_devices;
    return is_taken(claims, claim) ? &overlaps : NULL;
}

enum gunyah_error gunyah_addrspace_attach_vdevice(struct gunyah_addrspace *addrspace, struct gunyah_vic *vic,
                                                  uint32_t index, uint64_t ipa, uint64_t size,
                                                  gunyah_addrspace_attach_vdevice_flags_t flags)
{
    struct handle *handle = (struct handle *)addrspace;
    const struct handle *controller = (const struct handle *)vic;
    enum gunyah_error error = gunyah_internal_check(handle, HANDLE_ADDRSPACE, __func__);

    if (error == GUNYAH_OK)
        error = gunyah_internal_check_second(handle, controller, HANDLE_VIC, __func__);
    if (error != GUNYAH_OK)
        return error;
    if (size == 0)
        return gunyah_internal_refuse_for(handle->g, __func__, &empty);
    if (size - 1 > UINT64_MAX - ipa)
        return gunyah_internal_refuse_for(handle->g, __func__, &device_wraps);
    struct claims *claims = claims_of(handle, __func__, &error);
    if (claims == NULL)
        return error;
    const struct claim claim = {ipa, ipa + (size - 1)};
    const struct reason *reason = cannot_attach(claims, &claim);
    if (reason != NULL)
        return gunyah_internal_refuse_for(handle->g, __func__, reason);
    const int32_t code =
        gunyah_hypercall_addrspace_attach_vdevice(handle->g, handle->cap, controller->cap, index, ipa, size, flags);
    error = gunyah_internal_answer(handle->g, GUNYAH_HYPERCALL_ADDRSPACE_ATTACH_VDEVICE, code);
    if (error == GUNYAH_OK)
        claims->devices[claims->device_count++] = claim;
    return error;
}
