// SPDX-License-Identifier: BSD-3-Clause
// Finds out which convention is answered, and by whom.
#include "internal.h"

#include <string.h>

#define KNOWN_API_VERSION 1
#define ALL_ONES UINT64_MAX

static const uint32_t known_uids[][4] = {
    {GUNYAH_UID_OPEN_0, GUNYAH_UID_OPEN_1, GUNYAH_UID_OPEN_2, GUNYAH_UID_OPEN_3},
    {GUNYAH_UID_QUALCOMM_0, GUNYAH_UID_QUALCOMM_1, GUNYAH_UID_QUALCOMM_2, GUNYAH_UID_QUALCOMM_3},
};

// Ask for the vendor's UID. False: nobody answers SMCCC functions of a hypervisor.
static bool ask_uid(struct gunyah *g)
{
    struct gunyah_registers r = {{GUNYAH_SMCCC_HYP_UID}};

    gunyah_smccc(g, &r);
    if ((int32_t)r.x[0] == GUNYAH_HVERR_UNIMPLEMENTED)
        return false;
    for (int i = 0; i < 4; i++)
        g->identity.uid[i] = (uint32_t)r.x[i];
    return true;
}

static bool uid_is_gunyah(const struct gunyah *g)
{
    for (size_t i = 0; i < sizeof(known_uids) / sizeof(known_uids[0]); i++) {
        if (memcmp(g->identity.uid, known_uids[i], sizeof(known_uids[i])) == 0)
            return true;
    }
    return false;
}

// Ask hypervisor_identify in one convention. False: it is not answered.
static bool ask_identity(struct gunyah *g, enum gunyah_convention convention)
{
    g->convention = convention;
    const struct gunyah_hypervisor_identify_result answer = gunyah_hypercall_hypervisor_identify(g);
    if (answer.hyp_api_info.bits == ALL_ONES)
        return false;
    struct gunyah_identity *identity = &g->identity;
    identity->api_version = (uint32_t)gunyah_hyp_api_info_get_api_version(answer.hyp_api_info);
    identity->variant = (enum gunyah_variant)gunyah_hyp_api_info_get_variant(answer.hyp_api_info);
    identity->big_endian = gunyah_hyp_api_info_get_big_endian(answer.hyp_api_info) != 0;
    identity->is_64bit = gunyah_hyp_api_info_get_is_64bit(answer.hyp_api_info) != 0;
    identity->flags[0] = answer.api_flags_0.bits;
    identity->flags[1] = answer.api_flags_1.bits;
    identity->flags[2] = answer.api_flags_2.bits;
    return true;
}

static enum gunyah_error find_convention(struct gunyah *g, enum gunyah_convention wanted)
{
    const bool may_probe = g->conduit == GUNYAH_CONDUIT_HVC && (g->ops->capabilities & GUNYAH_BACKEND_PROBE_IMMEDIATE);

    if (wanted != GUNYAH_CONVENTION_IMMEDIATE && ask_uid(g)) {
        if (!uid_is_gunyah(g))
            return GUNYAH_ERR_NOT_GUNYAH;
        if (ask_identity(g, GUNYAH_CONVENTION_SMCCC))
            return GUNYAH_OK;
    }
    // Older firmware knows the immediate form only. Where an unknown hvc would be undefined, the caller has to ask for
    // it.
    if (wanted == GUNYAH_CONVENTION_IMMEDIATE || (wanted == GUNYAH_CONVENTION_DEFAULT && may_probe)) {
        if (ask_identity(g, GUNYAH_CONVENTION_IMMEDIATE))
            return GUNYAH_OK;
    }
    return GUNYAH_ERR_NOT_GUNYAH;
}

enum gunyah_error gunyah_internal_identify(struct gunyah *g, enum gunyah_convention wanted)
{
    enum gunyah_error error = find_convention(g, wanted);

    if (error == GUNYAH_OK && g->identity.api_version != KNOWN_API_VERSION)
        error = GUNYAH_ERR_API_VERSION;
    if (error != GUNYAH_OK)
        return gunyah_internal_refuse(g, "gunyah_open", error);
    g->identity.size = sizeof(g->identity);
    g->identity.convention = g->convention;
    g->identity.conduit = g->conduit;
    g->identity.backend = g->ops->name;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_identify(struct gunyah *g, struct gunyah_identity *identity)
{
    static const char name[] = "gunyah_identify";

    if (g == NULL)
        return GUNYAH_ERR_NULL;
    if (identity == NULL)
        return gunyah_internal_refuse(g, name, GUNYAH_ERR_NULL);
    const size_t size = identity->size;
    if (size < sizeof(*identity))
        return gunyah_internal_refuse(g, name, GUNYAH_ERR_OPTION);
    *identity = g->identity;
    identity->size = size;
    return GUNYAH_OK;
}

bool gunyah_has(struct gunyah *g, enum gunyah_feature feature)
{
    if (g == NULL)
        return false;
    const uint32_t capabilities = g->ops->capabilities;
    switch (feature) {
    case GUNYAH_FEATURE_HYPERCALLS:
        return (capabilities & (GUNYAH_BACKEND_CALL | GUNYAH_BACKEND_LOCAL)) == GUNYAH_BACKEND_CALL;
    case GUNYAH_FEATURE_WAIT:
        return (capabilities & GUNYAH_BACKEND_WAIT) != 0;
    case GUNYAH_FEATURE_DEVICE_TREE:
        return GUNYAH_HAS_DEVICE_TREE;
    default:
        if ((unsigned)feature <= GUNYAH_FEATURE_VCPU_RUN)
            return (g->identity.flags[0] >> feature & 1) != 0;
        return GUNYAH_HAS_GZIP && feature == GUNYAH_FEATURE_GZIP;
    }
}
