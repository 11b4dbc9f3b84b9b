// SPDX-License-Identifier: BSD-3-Clause
// Saving the whole machine, and returning to it.

#include "sim_internal.h"

#include <string.h>

#define MAGIC UINT64_C(0x326d697368796e67) // "gnyhsim2" as bytes of a little-endian machine.

// What comes first; then the progress of faults, and the model's own snapshot. Has no padding, so that equal states give equal bytes.
struct header {
    uint64_t magic;
    uint64_t vms;     // Digest of the VMs.
    uint64_t crashed; // 0 or 1.
};

static uint64_t mix(uint64_t digest, uint64_t value)
{
    return (digest ^ value) * UINT64_C(0x100000001b3) ^ digest >> 29;
}

// A number that two machines share only if the same VMs were added to them in the same way, with the same seed. Those
// that the Resource Manager makes are part of the model's state.
static uint64_t digest_vms(const struct gunyah_sim *sim)
{
    uint64_t digest = UINT64_C(0xcbf29ce484222325);

    for (uint32_t i = 0; i < SIM_MAX_VMS; i++) {
        const struct gunyah_sim_vm *vm = sim->vms[i];
        if (vm == NULL || vm->made)
            continue;
        digest = mix(digest, vm->vmid.value);
        digest = mix(digest, vm->parts.cspace.value);
        digest = mix(digest, vm->parts.vic.value);
        digest = mix(digest, vm->partition.value);
        digest = mix(digest, vm->cspace.value);
        digest = mix(digest, vm->vic.value);
    }
    return digest;
}

static size_t snapshot_size(const struct gunyah_sim *sim)
{
    return sizeof(struct header) + gunyah_internal_sim_progress_size(sim) + gunyah_model_snapshot_size(sim->model);
}

size_t gunyah_sim_snapshot_size(struct gunyah_sim *sim)
{
    size_t size;

    if (sim == NULL)
        return 0;
    pthread_mutex_lock(&sim->lock);
    size = snapshot_size(sim);
    pthread_mutex_unlock(&sim->lock);
    return size;
}

static enum gunyah_error save(struct gunyah_sim *sim, void *snapshot, size_t size)
{
    const struct header header = {MAGIC, digest_vms(sim), sim->crashed ? 1 : 0};
    const size_t before = sizeof(header) + gunyah_internal_sim_progress_size(sim);

    if (size < snapshot_size(sim))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_SIZE,
                                        "the buffer is too small: ask gunyah_sim_snapshot_size()");
    memcpy(snapshot, &header, sizeof(header));
    gunyah_internal_sim_save_progress(sim, (unsigned char *)snapshot + sizeof(header));
    gunyah_model_snapshot(sim->model, (unsigned char *)snapshot + before, size - before);
    return GUNYAH_OK;
}

enum gunyah_error gunyah_sim_snapshot(struct gunyah_sim *sim, void *snapshot, size_t size)
{
    enum gunyah_error error;

    if (sim == NULL || snapshot == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    error = save(sim, snapshot, size);
    pthread_mutex_unlock(&sim->lock);
    return error;
}

static enum gunyah_error restore(struct gunyah_sim *sim, const void *snapshot, size_t size)
{
    const unsigned char *bytes = snapshot;
    struct header header;
    size_t before;
    int32_t hverr;

    if (sim->in_wait > 0)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_IN_USE, "a thread waits: end its wait first");
    if (size < sizeof(header))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_SIZE, "the snapshot is truncated");
    memcpy(&header, snapshot, sizeof(header));
    if (header.magic != MAGIC)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "this is not a snapshot of this version");
    if (header.vms != digest_vms(sim))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "the snapshot is of other VMs");

    before = gunyah_internal_sim_check_progress(bytes + sizeof(header), size - sizeof(header));
    if (before == 0)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_SIZE, "the snapshot is truncated");
    before += sizeof(header);
    hverr = gunyah_model_restore(sim->model, bytes + before, size - before);
    if (hverr == GUNYAH_HVERR_ARGUMENT_SIZE)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_SIZE,
                                        "the snapshot is truncated, or larger than the memory of this machine");
    if (hverr != GUNYAH_HVERR_OK)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "this is not a snapshot of this version");
    gunyah_internal_sim_restore_progress(sim, bytes + sizeof(header));
    sim->crashed = header.crashed != 0;
    for (uint32_t i = 0; i < SIM_MAX_VMS; i++) {
        struct gunyah_sim_vm *vm = sim->vms[i];
        if (vm != NULL && vm->made)
            vm->lost = vm->open && !gunyah_model_vm_runs(sim->model, i);
    }
    return GUNYAH_OK;
}

enum gunyah_error gunyah_sim_restore(struct gunyah_sim *sim, const void *snapshot, size_t size)
{
    enum gunyah_error error;

    if (sim == NULL || snapshot == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    error = restore(sim, snapshot, size);
    pthread_mutex_unlock(&sim->lock);
    return error;
}
