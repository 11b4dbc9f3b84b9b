// SPDX-License-Identifier: BSD-3-Clause
// The Resource Manager as a provider of VMs: the seam of vmm.h in messages.
#include "client.h"
#include "messages.h"

// A request that fails may have changed the state, and one that is not answered may still do so.
static enum gunyah_error ask(struct rm *rm, struct gunyah_vmm_vm *vm, uint32_t id, const void *request, size_t size)
{
    gunyah_internal_rm_vm_asks(vm);
    const enum gunyah_error error = gunyah_internal_rm_ask_bytes(rm, vm->caller, id, request, size, NULL, 0);
    if (error != GUNYAH_OK)
        vm->known = false;
    return error;
}

static enum gunyah_error ask_about(struct rm *rm, struct gunyah_vmm_vm *vm, uint32_t id)
{
    const struct rm_vm message = {vm->vmid};
    uint8_t request[GUNYAH_RM_VM_SIZE];

    return ask(rm, vm, id, request, rm_put_vm(request, &message));
}

// ---- records -----------------------------------------------------------------------------------------------------

static void attach(void *context, struct gunyah_vmm_vm *vm)
{
    struct rm *rm = context;

    vm->next = rm->records;
    rm->records = vm;
    rm->users++;
}

static void detach(void *context, struct gunyah_vmm_vm *vm)
{
    struct rm *rm = context;
    struct gunyah_vmm_vm **place = &rm->records;

    while (*place != vm)
        place = &(*place)->next;
    *place = vm->next;
    rm->users--;
    for (struct handle *handle = rm->g->handles; handle != NULL; handle = handle->next) {
        if (handle->kind == HANDLE_MEMPARCEL && handle->owner == vm)
            handle->owner = NULL;
    }
}

static enum gunyah_error query(void *context, struct gunyah_vmm_vm *vm)
{
    const struct rm_vm message = {vm->vmid};
    uint8_t request[GUNYAH_RM_VM_SIZE];
    uint8_t reply[GUNYAH_RM_VM_GET_STATE_REPLY_SIZE];
    struct rm_vm_get_state_reply state = {0};
    struct rm *rm = context;

    gunyah_internal_rm_vm_asks(vm);
    const enum gunyah_error error = gunyah_internal_rm_ask_bytes(rm, vm->caller, GUNYAH_RM_VM_GET_STATE, request,
                                                                 rm_put_vm(request, &message), reply, sizeof(reply));
    // There is no such VM, or not any more.
    if (error == GUNYAH_ERR_NO_RESOURCES)
        gunyah_internal_rm_vm_gone(vm);
    if (error != GUNYAH_OK)
        return error;
    rm_get_vm_get_state_reply(reply, sizeof(reply), &state);
    return gunyah_internal_rm_vm_answered(vm, &state) ? GUNYAH_OK
                                                      : gunyah_internal_refuse(rm->g, vm->caller, GUNYAH_ERR_PROTOCOL);
}

static bool is_over(const struct gunyah_vmm_vm *vm, uint32_t states)
{
    if ((states & GUNYAH_VMM_UNTIL_EXIT_IS_KNOWN) != 0 && vm->exited)
        return true;
    return (states & UINT32_C(1) << vm->status.state) != 0;
}

static enum gunyah_error wait(void *context, struct gunyah_vmm_vm *vm, uint32_t states, uint64_t timeout_ns)
{
    struct rm *rm = context;
    struct rm_patience patience;
    enum gunyah_error error = GUNYAH_OK;

    // First of all, what is there already: the record may be older.
    gunyah_internal_rm_patience(rm, &patience, 0);
    while (error == GUNYAH_OK)
        error = gunyah_internal_rm_look(rm, &patience);
    if (error != GUNYAH_ERR_TIMEOUT)
        return error;
    gunyah_internal_rm_patience(rm, &patience, timeout_ns);
    for (error = GUNYAH_OK; error == GUNYAH_OK && !is_over(vm, states);)
        error = gunyah_internal_rm_look(rm, &patience);
    return error;
}

// ---- requests ----------------------------------------------------------------------------------------------------

// Only who lets the Resource Manager choose is told the VMID.
static enum gunyah_error allocate(struct rm *rm, struct gunyah_vmm_vm *vm)
{
    struct rm_vm message = {vm->vmid};
    uint8_t request[GUNYAH_RM_VM_SIZE];
    uint8_t reply[GUNYAH_RM_VM_SIZE];
    const bool any = vm->vmid.value == GUNYAH_VMID_SELF;
    const struct rm_piece from = {.from = request, .size = rm_put_vm(request, &message)};
    const struct rm_piece to = {.to = reply, .size = sizeof(reply)};
    const struct rm_exchange exchange = {vm->caller, GUNYAH_RM_VM_ALLOCATE, &from, 1, &to, 1};
    const enum gunyah_error error = gunyah_internal_rm_ask(rm, &exchange, any ? sizeof(reply) : 0, NULL);

    if (error != GUNYAH_OK)
        return error;
    if (any) {
        rm_get_vm(reply, sizeof(reply), &message);
        if (message.vmid.value == GUNYAH_VMID_SELF)
            return gunyah_internal_refuse(rm->g, vm->caller, GUNYAH_ERR_PROTOCOL);
        vm->vmid = message.vmid;
    }
    vm->status = (struct gunyah_vm_status){GUNYAH_VM_STATE_LOAD, GUNYAH_OS_STATUS_NONE, 0};
    vm->known = true;
    return GUNYAH_OK;
}

// Only READY and INIT_FAILED can be reset. VM_INIT leads to one of them; an authentication without a parameter fails.
static enum gunyah_error abandon(struct rm *rm, struct gunyah_vmm_vm *vm)
{
    const struct rm_vm_auth_image message = {vm->vmid, 0};
    uint8_t request[GUNYAH_RM_VM_AUTH_IMAGE_SIZE];
    const enum gunyah_error error =
        vm->status.state == GUNYAH_VM_STATE_INIT
            ? ask_about(rm, vm, GUNYAH_RM_VM_INIT)
            : ask(rm, vm, GUNYAH_RM_VM_AUTH_IMAGE, request, rm_put_vm_auth_image(request, &message));

    vm->known = false;
    return error;
}

static enum gunyah_error deallocate(struct rm *rm, struct gunyah_vmm_vm *vm)
{
    const enum gunyah_error error = ask_about(rm, vm, GUNYAH_RM_VM_DEALLOCATE);

    if (error == GUNYAH_OK)
        gunyah_internal_rm_vm_gone(vm);
    return error;
}

static enum gunyah_error ask_to_reach(struct rm *rm, struct gunyah_vmm_vm *vm, uint32_t id, enum gunyah_vm_state state)
{
    const enum gunyah_error error = ask_about(rm, vm, id);

    if (error == GUNYAH_OK)
        gunyah_internal_rm_vm_reached(vm, state);
    return error;
}

static enum gunyah_error act(void *context, struct gunyah_vmm_vm *vm, enum gunyah_vmm_action action)
{
    struct rm *rm = context;

    switch (action) {
    case GUNYAH_VMM_ALLOCATE:
        return allocate(rm, vm);
    case GUNYAH_VMM_INIT:
        return ask_to_reach(rm, vm, GUNYAH_RM_VM_INIT, GUNYAH_VM_STATE_READY);
    case GUNYAH_VMM_START:
        return ask_to_reach(rm, vm, GUNYAH_RM_VM_START, GUNYAH_VM_STATE_RUNNING);
    case GUNYAH_VMM_ABANDON:
        return abandon(rm, vm);
    case GUNYAH_VMM_RESET:
        return ask_to_reach(rm, vm, GUNYAH_RM_VM_RESET, GUNYAH_VM_STATE_RESETTING);
    case GUNYAH_VMM_DEALLOCATE:
        return deallocate(rm, vm);
    default:
        return gunyah_internal_refuse(rm->g, vm->caller, GUNYAH_ERR_UNSUPPORTED);
    }
}

// What is still to be told of the life that has ended would be taken for news of the next one. It may have been lost.
static enum gunyah_error catch_up(struct rm *rm, struct gunyah_vmm_vm *vm)
{
    struct rm_patience patience;
    enum gunyah_error error = GUNYAH_OK;

    gunyah_internal_rm_patience(rm, &patience, GUNYAH_RM_DEFAULT_TIMEOUT);
    while (vm->behind && error == GUNYAH_OK)
        error = gunyah_internal_rm_look(rm, &patience);
    if (error != GUNYAH_OK && error != GUNYAH_ERR_TIMEOUT)
        return error;
    vm->behind = false;
    return GUNYAH_OK;
}

static enum gunyah_error configure(void *context, struct gunyah_vmm_vm *vm, const struct gunyah_vm_image *image)
{
    const struct rm_vm_config_image message = {
        .vmid = vm->vmid,
        .auth = (uint16_t)image->authentication,
        .handle = image->memparcel,
        .image_offset = image->image_offset,
        .image_size = image->image_size,
        .dtb_offset = image->dtb_offset,
        .dtb_size = image->dtb_size,
    };
    uint8_t request[GUNYAH_RM_VM_CONFIG_IMAGE_SIZE];
    enum gunyah_error error = catch_up(context, vm);

    if (error == GUNYAH_OK)
        error = ask(context, vm, GUNYAH_RM_VM_CONFIG_IMAGE, request, rm_put_vm_config_image(request, &message));
    if (error != GUNYAH_OK)
        return error;
    vm->exited = false;
    gunyah_internal_rm_vm_configured(vm, image->authentication == GUNYAH_VM_AUTH_PLATFORM ? GUNYAH_VM_STATE_AUTH
                                                                                          : GUNYAH_VM_STATE_INIT);
    return GUNYAH_OK;
}

static enum gunyah_error stop(void *context, struct gunyah_vmm_vm *vm, bool force, enum gunyah_vm_stop_reason reason)
{
    const struct rm_vm_stop message = {vm->vmid, force ? GUNYAH_RM_VM_STOP_FLAG_FORCE : 0, (uint32_t)reason};
    uint8_t request[GUNYAH_RM_VM_STOP_SIZE];
    const enum gunyah_error error = ask(context, vm, GUNYAH_RM_VM_STOP, request, rm_put_vm_stop(request, &message));

    if (error == GUNYAH_OK && force)
        gunyah_internal_rm_vm_reached(vm, GUNYAH_VM_STATE_EXITED);
    return error;
}

// ---- memory ------------------------------------------------------------------------------------------------------

static enum gunyah_error reclaim(void *context, struct gunyah_vmm_vm *vm, bool dry, uint32_t *left, uint32_t *first)
{
    struct rm *rm = context;
    enum gunyah_error result = GUNYAH_OK;
    struct failure failure = rm->g->failure;

    *left = 0;
    *first = GUNYAH_RM_HANDLE_INVALID;
    for (struct handle *handle = rm->g->handles; handle != NULL; handle = handle->next) {
        if (handle->kind != HANDLE_MEMPARCEL || handle->owner != vm)
            continue;
        const enum gunyah_error error =
            dry ? GUNYAH_ERR_IN_USE : gunyah_internal_rm_end_parcel(handle, GUNYAH_RM_MEM_RECLAIM, false, vm->caller);
        // What was donated and accepted has no handle any more.
        if (error == GUNYAH_OK || error == GUNYAH_ERR_RM_HANDLE_INVALID) {
            gunyah_internal_rm_close_handle(handle);
            continue;
        }
        if ((*left)++ == 0)
            *first = handle->number;
        if (dry || result != GUNYAH_OK)
            continue;
        result = error;
        failure = rm->g->failure;
        // A Resource Manager that does not answer is not asked again.
        dry = failure.domain != GUNYAH_DOMAIN_RM;
    }
    rm->g->failure = failure;
    return result;
}

// ---- the provider ------------------------------------------------------------------------------------------------

static const struct gunyah_vmm_ops operations = {
    .size = sizeof(struct gunyah_vmm_ops),
    .name = "rm",
    .attach = attach,
    .detach = detach,
    .query = query,
    .configure = configure,
    .set = gunyah_internal_rm_vm_set,
    .act = act,
    .stop = stop,
    .wait = wait,
    .resources = gunyah_internal_rm_vm_resources,
    .reclaim = reclaim,
};

const struct gunyah_vmm *gunyah_rm_vmm(struct gunyah_rm *handle)
{
    enum gunyah_error error;
    struct rm *rm = gunyah_internal_rm(handle, __func__, &error);

    if (rm == NULL)
        return NULL;
    rm->vmm = (struct gunyah_vmm){&operations, rm, rm->g};
    rm->noticed = gunyah_internal_rm_vm_noticed;
    return &rm->vmm;
}
