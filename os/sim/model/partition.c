// SPDX-License-Identifier: BSD-3-Clause
// Partitions create objects.
#include "calls.h"
#include "internal.h"

static int32_t create(struct model_call *call, enum gunyah_object_type type)
{
    struct object *object = gunyah_model_object_create(call->model, type);
    if (object == NULL)
        return GUNYAH_HVERR_NOMEM;
    gunyah_capid_t id;
    int32_t error = gunyah_model_cap_create(call->model, call->object[1], object, &id);
    if (error != GUNYAH_HVERR_OK) {
        gunyah_model_object_check(call->model, object);
        gunyah_model_object_reap(call->model);
        return error;
    }
    call->result[1] = id.value;
    return GUNYAH_HVERR_OK;
}

int32_t gunyah_model_partition_create_partition(struct model_call *call)
{
    call->result[1] = GUNYAH_CAPID_INVALID;
    return GUNYAH_HVERR_UNIMPLEMENTED;
}

int32_t gunyah_model_partition_create_cspace(struct model_call *call)
{
    return create(call, GUNYAH_OBJECT_TYPE_CSPACE);
}

int32_t gunyah_model_partition_create_doorbell(struct model_call *call)
{
    return create(call, GUNYAH_OBJECT_TYPE_DOORBELL);
}

int32_t gunyah_model_partition_create_msgqueue(struct model_call *call)
{
    return create(call, GUNYAH_OBJECT_TYPE_MSGQUEUE);
}

int32_t gunyah_model_partition_create_vic(struct model_call *call)
{
    return create(call, GUNYAH_OBJECT_TYPE_VIC);
}

int32_t gunyah_model_partition_create_addrspace(struct model_call *call)
{
    return create(call, GUNYAH_OBJECT_TYPE_ADDRSPACE);
}

int32_t gunyah_model_partition_create_memextent(struct model_call *call)
{
    return create(call, GUNYAH_OBJECT_TYPE_MEMEXTENT);
}

int32_t gunyah_model_partition_create_thread(struct model_call *call)
{
    return create(call, GUNYAH_OBJECT_TYPE_THREAD);
}

int32_t gunyah_model_partition_create_vpm_group(struct model_call *call)
{
    return create(call, GUNYAH_OBJECT_TYPE_VPM_GROUP);
}

int32_t gunyah_model_partition_create_virtio_mmio(struct model_call *call)
{
    return create(call, GUNYAH_OBJECT_TYPE_VIRTIO_MMIO);
}

int32_t gunyah_model_partition_create_watchdog(struct model_call *call)
{
    return create(call, GUNYAH_OBJECT_TYPE_WATCHDOG);
}
