// SPDX-License-Identifier: BSD-3-Clause
// Memory parcels that are known by what they contain.
#include "rm_memory.h"

static bool has_acl(struct gunyah_model *model, const struct rm_parcel *parcel, const struct rm_list *acl)
{
    const struct rm_participant *participants = model_at(model, parcel->participants);
    if (acl->count != parcel->participant_count)
        return false;
    for (uint32_t i = 0; i < acl->count; i++) {
        if (participants[i].vmid != gunyah_model_rm_acl_vmid(acl, i) ||
            participants[i].rights != gunyah_model_rm_acl_rights(acl, i))
            return false;
    }
    return true;
}

static bool has_attributes(struct gunyah_model *model, const struct rm_parcel *parcel, const struct rm_list *list)
{
    const struct rm_attribute *attributes = model_at(model, parcel->attributes);
    if (list->count != parcel->attribute_count)
        return false;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct rm_attribute attribute = gunyah_model_rm_attribute(list, i);
        if (attributes[i].vmid != attribute.vmid || attributes[i].attribute != attribute.attribute)
            return false;
    }
    return true;
}

bool gunyah_model_rm_has_acl(struct gunyah_model *model, const struct rm_parcel *parcel, const struct rm_list *acl,
                             const struct rm_list *attributes)
{
    return has_acl(model, parcel, acl) && has_attributes(model, parcel, attributes);
}

static bool has_regions(struct gunyah_model *model, const struct rm_parcel *parcel, const struct rm_list *list)
{
    if (list->count != parcel->region_count)
        return false;
    const uint8_t *entry = list->entries;
    for (model_ref ref = parcel->first; ref != 0; entry += GUNYAH_RM_MEM_REGION_SIZE) {
        const struct rm_region *region = model_at(model, ref);
        if (region->ipa != gunyah_model_rm_get64(entry + GUNYAH_RM_MEM_REGION_BASE_OFFSET) ||
            region->size != gunyah_model_rm_get64(entry + GUNYAH_RM_MEM_REGION_SIZE_OFFSET))
            return false;
        ref = region->next;
    }
    return true;
}

enum gunyah_model_rm_reason gunyah_model_rm_mem_lookup(struct rm_call *call)
{
    struct gunyah_model *model = call->model;
    struct rm_list acl;
    struct rm_list regions;
    struct rm_list attributes;
    if (call->size < GUNYAH_RM_MEM_QCOM_LOOKUP_SGL_MIN_SIZE)
        return RM_WRONG_SIZE;
    enum gunyah_model_rm_reason reason =
        gunyah_model_rm_read_lists(call->request + GUNYAH_RM_MEM_QCOM_LOOKUP_SGL_ACL_OFFSET,
                                   call->size - GUNYAH_RM_MEM_QCOM_LOOKUP_SGL_ACL_OFFSET, &acl, &regions, &attributes);
    if (reason != RM_FINE)
        return reason;
    for (model_ref ref = call->rm->parcels; ref != 0;) {
        const struct rm_parcel *parcel = model_at(model, ref);
        ref = parcel->next;
        if (parcel->owner != call->from->vmid || parcel->accepted != 0 || parcel->open ||
            parcel->type != call->request[GUNYAH_RM_MEM_QCOM_LOOKUP_SGL_MEM_TYPE_OFFSET])
            continue;
        if (!gunyah_model_rm_has_acl(model, parcel, &acl, &attributes) || !has_regions(model, parcel, &regions))
            continue;
        gunyah_model_rm_reply32(call, parcel->handle);
        return RM_FINE;
    }
    return RM_PARCEL_NOT_FOUND;
}
