// SPDX-License-Identifier: BSD-3-Clause
// Requests: who handles which, and what becomes of the answer.
#include "rm.h"

#include <string.h>

static const struct {
    rm_handler *handle;
    uint32_t id;
    enum gunyah_rm_generation since;
} handlers[] = {
    {gunyah_model_rm_vm_allocate, GUNYAH_RM_VM_ALLOCATE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_deallocate, GUNYAH_RM_VM_DEALLOCATE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_config_image, GUNYAH_RM_VM_CONFIG_IMAGE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_auth_image, GUNYAH_RM_VM_AUTH_IMAGE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_init, GUNYAH_RM_VM_INIT, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_start, GUNYAH_RM_VM_START, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_stop, GUNYAH_RM_VM_STOP, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_reset, GUNYAH_RM_VM_RESET, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_exit, GUNYAH_RM_VM_EXIT, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_get_id, GUNYAH_RM_VM_GET_ID, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_lookup_uri, GUNYAH_RM_VM_LOOKUP_URI, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_lookup_guid, GUNYAH_RM_VM_LOOKUP_GUID, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_lookup_name, GUNYAH_RM_VM_LOOKUP_NAME, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_get_owner, GUNYAH_RM_VM_GET_OWNER, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_get_state, GUNYAH_RM_VM_GET_STATE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_get_hyp_resources, GUNYAH_RM_VM_GET_HYP_RESOURCES, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_get_vmid, GUNYAH_RM_VM_GET_VMID, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_get_peers, GUNYAH_RM_VM_GET_PEERS, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_get_type, GUNYAH_RM_VM_HOST_GET_TYPE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_set_status, GUNYAH_RM_VM_SET_STATUS, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_set_crash_msg, GUNYAH_RM_VM_SET_CRASH_MSG, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_get_crash_msg, GUNYAH_RM_VM_GET_CRASH_MSG, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_set_time_base, GUNYAH_RM_VM_SET_TIME_BASE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_console_open, GUNYAH_RM_VM_CONSOLE_OPEN, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_console_close, GUNYAH_RM_VM_CONSOLE_CLOSE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_console_write, GUNYAH_RM_VM_CONSOLE_WRITE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_console_flush, GUNYAH_RM_VM_CONSOLE_FLUSH, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_mem_donate, GUNYAH_RM_MEM_DONATE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_mem_lend, GUNYAH_RM_MEM_LEND, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_mem_share, GUNYAH_RM_MEM_SHARE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_mem_append, GUNYAH_RM_MEM_APPEND, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_mem_accept, GUNYAH_RM_MEM_ACCEPT, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_mem_release, GUNYAH_RM_MEM_RELEASE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_mem_reclaim, GUNYAH_RM_MEM_RECLAIM, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_mem_notify, GUNYAH_RM_MEM_NOTIFY, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_mem_lookup, GUNYAH_RM_MEM_QCOM_LOOKUP_SGL, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_irq_lend, GUNYAH_RM_VM_IRQ_LEND, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_irq_accept, GUNYAH_RM_VM_IRQ_ACCEPT, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_irq_release, GUNYAH_RM_VM_IRQ_RELEASE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_irq_reclaim, GUNYAH_RM_VM_IRQ_RECLAIM, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_irq_notify, GUNYAH_RM_VM_IRQ_NOTIFY, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_fw_milestone, GUNYAH_RM_FW_MILESTONE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_fw_set_vm_firmware, GUNYAH_RM_FW_SET_VM_FIRMWARE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_set_firmware_mem, GUNYAH_RM_VM_SET_FIRMWARE_MEM, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_ipa_reserve, GUNYAH_RM_IPA_RESERVE, GUNYAH_RM_GENERATION_2023},
    {gunyah_model_rm_vm_set_context, GUNYAH_RM_VM_SET_CONTEXT, GUNYAH_RM_GENERATION_LATER},
    {gunyah_model_rm_vm_set_demand_paging, GUNYAH_RM_VM_SET_DEMAND_PAGING, GUNYAH_RM_GENERATION_LATER},
    {gunyah_model_rm_vm_set_address_layout, GUNYAH_RM_VM_SET_ADDRESS_LAYOUT, GUNYAH_RM_GENERATION_LATER},
    {gunyah_model_rm_vm_set_debug, GUNYAH_RM_VM_SET_DEBUG, GUNYAH_RM_GENERATION_LATER},
};

static rm_handler *handler_of(const struct rm *rm, uint32_t id)
{
    for (uint32_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
        if (handlers[i].id == id && handlers[i].since <= rm->options.generation)
            return handlers[i].handle;
    }
    return NULL;
}

static struct gunyah_model_rm_mischief mischief_for(struct gunyah_model *model, uint16_t vmid, uint32_t id)
{
    static const struct gunyah_model_rm_mischief none = {GUNYAH_MODEL_RM_OBEY, 0};
    const struct gunyah_model_rm_env *env = &model->rm_env;
    return env->interfere != NULL ? env->interfere(env->context, vmid, id) : none;
}

static void observe(struct gunyah_model *model, enum gunyah_model_rm_event_kind kind, const struct rm_vm *vm,
                    uint32_t id, uint16_t sequence, const uint8_t *payload, uint32_t size)
{
    const struct gunyah_model_rm_event event = {.kind = kind,
                                                .vmid = vm->vmid,
                                                .sequence = sequence,
                                                .id = id,
                                                .payload = payload,
                                                .size = size,
                                                .reason = kind == GUNYAH_MODEL_RM_REPLY ? vm->reason : RM_FINE};
    gunyah_model_rm_observe(model, &event);
}

void gunyah_model_rm_announce(struct gunyah_model *model, struct rm_vm *vm, struct rm_message *message)
{
    observe(model, GUNYAH_MODEL_RM_NOTIFICATION, vm, message->id, message->sequence, message->bytes, message->size);
    gunyah_model_rm_queue(model, vm, message);
}

static enum gunyah_model_rm_reason obey(struct rm_call *call, uint32_t id)
{
    rm_handler *handle = handler_of(call->rm, id);
    return handle != NULL ? handle(call) : RM_UNKNOWN_MESSAGE;
}

/** Write the answer as it goes out: the error word, then what there is behind it. */
static struct rm_message *write_reply(struct rm_call *call, const struct rm_partial *request, uint32_t error)
{
    uint32_t size = error == GUNYAH_RMERR_OK ? call->reply_size : call->extra_word ? 4 : 0;
    struct rm_message *message =
        gunyah_model_rm_message(call->model, GUNYAH_RM_PACKET_TYPE_REPLY, request->id, GUNYAH_RM_ERROR_SIZE + size);
    if (message == NULL)
        return NULL;
    message->sequence = request->sequence;
    gunyah_model_rm_put32(message->bytes, error);
    if (error == GUNYAH_RMERR_OK)
        memcpy(message->bytes + GUNYAH_RM_ERROR_SIZE, call->reply, size);
    else if (call->extra_word)
        gunyah_model_rm_put32(message->bytes + GUNYAH_RM_ERROR_SIZE, (uint32_t)call->hverr);
    return message;
}

void gunyah_model_rm_handle(struct gunyah_model *model, struct rm_vm *from, const struct rm_partial *request)
{
    struct rm *rm = gunyah_model_rm_of(model);
    struct rm_call call = {.model = model,
                           .rm = rm,
                           .from = from,
                           .request = request->bytes,
                           .size = request->size,
                           .reply = model_at(model, rm->reply),
                           .hverr = GUNYAH_HVERR_ARGUMENT_INVALID};
    observe(model, GUNYAH_MODEL_RM_REQUEST, from, request->id, request->sequence, request->bytes, request->size);
    const struct gunyah_model_rm_mischief mischief = mischief_for(model, from->vmid, request->id);
    if (mischief.kind == GUNYAH_MODEL_RM_IGNORE)
        return;
    if (mischief.kind == GUNYAH_MODEL_RM_DIE) {
        gunyah_model_rm_die(model, RM_CRASH_INJECTED, from->vmid);
        return;
    }
    uint32_t error = (uint32_t)mischief.value;
    from->reason = RM_INJECTED;
    if (mischief.kind != GUNYAH_MODEL_RM_FAIL) {
        from->reason = obey(&call, request->id);
        error = gunyah_model_rm_refusal(from->reason)->error;
    }
    if (rm->dead)
        return;
    if (gunyah_model_rm_refusal(from->reason)->crash) {
        gunyah_model_rm_die(model, from->reason, from->vmid);
        return;
    }
    struct rm_message *reply = write_reply(&call, request, error);
    if (reply == NULL) {
        gunyah_model_rm_die(model, RM_CRASH_OUT_OF_MEMORY, from->vmid);
        return;
    }
    observe(model, GUNYAH_MODEL_RM_REPLY, from, reply->id, reply->sequence, reply->bytes, reply->size);
    gunyah_model_rm_send_reply(model, from, reply, &mischief);
    from->previous_id = request->id;
    from->previous_sequence = request->sequence;
}
