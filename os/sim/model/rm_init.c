// SPDX-License-Identifier: BSD-3-Clause
// From a VMID to a VM: its image, and what its configuration asks for.
#include "rm_memory.h"
#include "vcpu.h"

#include <string.h>

#define DEFAULT_CAPS 1024
#define MAX_VDEVICES 64

static void conclude(struct gunyah_model *model, struct rm_vm *vm, enum gunyah_model_rm_reason reason,
                     enum gunyah_vm_state state)
{
    gunyah_model_rm_set_state(model, vm, reason == RM_FINE ? state : GUNYAH_VM_STATE_INIT_FAILED);
}

// ---- VM_CONFIG_IMAGE

static bool is_inside(uint64_t offset, uint64_t size, uint64_t whole)
{
    return offset <= whole && size <= whole - offset;
}

/** Until the start, nobody but the Resource Manager has an image that is not the VM's alone. */
static enum gunyah_model_rm_reason protect(struct gunyah_model *model, const struct rm_vm *vm, struct rm_parcel *parcel)
{
    if (gunyah_model_rm_is_exclusive(model, parcel))
        return RM_FINE;
    if (parcel->open || parcel->accepted != 0 || parcel->image_of != 0)
        return RM_IMAGE_PROTECT;
    parcel->image_of = vm->vmid;
    return RM_FINE;
}

void gunyah_model_rm_unprotect(struct gunyah_model *model, const struct rm_vm *vm)
{
    struct rm_parcel *parcel = gunyah_model_rm_parcel(model, vm->image);
    if (parcel != NULL && parcel->image_of == vm->vmid)
        parcel->image_of = 0;
}

static enum gunyah_model_rm_reason config_image(struct rm_call *call, struct rm_vm *vm)
{
    const uint8_t *request = call->request;
    uint32_t handle = gunyah_model_rm_get32(request + GUNYAH_RM_VM_CONFIG_IMAGE_HANDLE_OFFSET);
    struct rm_parcel *parcel = gunyah_model_rm_parcel(call->model, handle);
    if (parcel == NULL || gunyah_model_rm_participant(call->model, parcel, vm->vmid) == NULL)
        return RM_IMAGE_NOT_FOR_VM;
    vm->dtb_offset = gunyah_model_rm_get64(request + GUNYAH_RM_VM_CONFIG_IMAGE_DTB_OFFSET_OFFSET);
    vm->dtb_size = gunyah_model_rm_get64(request + GUNYAH_RM_VM_CONFIG_IMAGE_DTB_SIZE_OFFSET);
    if (!is_inside(gunyah_model_rm_get64(request + GUNYAH_RM_VM_CONFIG_IMAGE_IMAGE_OFFSET_OFFSET),
                   gunyah_model_rm_get64(request + GUNYAH_RM_VM_CONFIG_IMAGE_IMAGE_SIZE_OFFSET), parcel->size) ||
        !is_inside(vm->dtb_offset, vm->dtb_size, parcel->size))
        return RM_IMAGE_RANGES;
    // From here on there is something that a reset takes apart.
    vm->configured = true;
    vm->image = handle;
    vm->memory_size = parcel->size;
    vm->auth = gunyah_model_rm_get16(request + GUNYAH_RM_VM_CONFIG_IMAGE_AUTH_OFFSET);
    if (vm->auth > GUNYAH_VM_AUTH_ANDROID)
        return RM_IMAGE_AUTH;
    if (call->rm->options.generation < GUNYAH_RM_GENERATION_LATER)
        return RM_FINE;
    if (vm->auth == GUNYAH_VM_AUTH_ANDROID && call->rm->firmware_size == 0)
        return RM_IMAGE_FIRMWARE;
    return protect(call->model, vm, parcel);
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_config_image(struct rm_call *call)
{
    struct rm_vm *vm;
    if (call->from->vmid != GUNYAH_VMID_HLOS)
        return RM_NOT_HLOS;
    if (call->size != GUNYAH_RM_VM_CONFIG_IMAGE_SIZE)
        return RM_WRONG_SIZE;
    enum gunyah_model_rm_reason reason = gunyah_model_rm_owned_vm(call, &vm);
    if (reason != RM_FINE)
        return reason;
    if (vm->state != GUNYAH_VM_STATE_LOAD && vm->state != GUNYAH_VM_STATE_RESET)
        return RM_VM_STATE;
    reason = config_image(call, vm);
    bool platform = vm->auth == GUNYAH_VM_AUTH_PLATFORM;
    conclude(call->model, vm, reason, platform ? GUNYAH_VM_STATE_AUTH : GUNYAH_VM_STATE_INIT);
    return reason;
}

// ---- VM_AUTH_IMAGE

enum gunyah_model_rm_reason gunyah_model_rm_vm_auth_image(struct rm_call *call)
{
    struct rm_vm *vm;
    if (call->from->vmid != GUNYAH_VMID_HLOS)
        return RM_NOT_HLOS;
    if (call->size < GUNYAH_RM_VM_AUTH_IMAGE_SIZE)
        return RM_WRONG_SIZE;
    uint32_t count = gunyah_model_rm_get16(call->request + GUNYAH_RM_VM_AUTH_IMAGE_COUNT_OFFSET);
    if (call->size != GUNYAH_RM_VM_AUTH_IMAGE_SIZE + count * GUNYAH_RM_VM_AUTH_ENTRY_SIZE)
        return RM_WRONG_SIZE;
    enum gunyah_model_rm_reason reason = gunyah_model_rm_owned_vm(call, &vm);
    if (reason != RM_FINE)
        return reason;
    if (vm->state != GUNYAH_VM_STATE_AUTH)
        return RM_VM_STATE;
    const uint8_t *entry = call->request + GUNYAH_RM_VM_AUTH_IMAGE_PARAMETERS_OFFSET;
    if (count != 1 || gunyah_model_rm_get32(entry + GUNYAH_RM_VM_AUTH_ENTRY_TYPE_OFFSET) != GUNYAH_VM_AUTH_PARAM_PAS_ID)
        reason = RM_AUTH_PARAMETERS;
    conclude(call->model, vm, reason, GUNYAH_VM_STATE_INIT);
    return reason;
}

// ---- VM_INIT

static bool copy_text(char *to, const char *from)
{
    uint32_t length = 0;
    for (; from != NULL && from[length] != '\0'; length++) {
        if (length + 1 == GUNYAH_MODEL_RM_NAME_SIZE)
            return false;
        to[length] = from[length];
    }
    to[length] = '\0';
    return true;
}

static enum gunyah_model_rm_reason take_memory(struct rm_vm *vm, const struct gunyah_model_rm_config *config)
{
    if (config->base % GUNYAH_RM_PAGE_SIZE != 0 || config->size_max % GUNYAH_RM_PAGE_SIZE != 0 ||
        config->base >= RM_GUEST_END || config->firmware_base % GUNYAH_RM_PAGE_SIZE != 0 ||
        config->firmware_size_max % GUNYAH_RM_PAGE_SIZE != 0)
        return RM_CONFIG_MEMORY;
    // An address layout that was set before wins.
    if (vm->memory_max == 0) {
        vm->memory_base = (config->base + RM_LARGE_PAGE - 1) & ~(RM_LARGE_PAGE - 1);
        vm->memory_max = config->size_max != 0 ? config->size_max : RM_GUEST_END;
    }
    if (vm->memory_base >= RM_GUEST_END)
        return RM_CONFIG_MEMORY;
    if (vm->memory_max > RM_GUEST_END - vm->memory_base)
        vm->memory_max = RM_GUEST_END - vm->memory_base;
    return gunyah_model_rm_place_firmware(vm, config->firmware_base, config->firmware_size_max);
}

/** One by one, but who its peer is: what lies between them is nobody's, and would be part of a snapshot. */
static void copy_vdevice(struct gunyah_model_rm_vdevice *to, const struct gunyah_model_rm_vdevice *from)
{
    to->type = from->type;
    to->peer = from->peer;
    to->source_can_clear = from->source_can_clear;
    to->console = from->console;
    to->allocate_base = from->allocate_base;
    to->optional = from->optional;
    to->label = from->label;
    to->depth = from->depth;
    to->message_size = from->message_size;
    to->send_virq = from->send_virq;
    to->receive_virq = from->receive_virq;
    to->base = from->base;
}

static enum gunyah_model_rm_reason take_vdevice(struct gunyah_model *model,
                                                const struct gunyah_model_rm_vdevice *wanted,
                                                struct gunyah_model_rm_device *device)
{
    copy_vdevice(&device->wanted, wanted);
    device->ends.send_cap = device->ends.receive_cap = gunyah_capid(GUNYAH_CAPID_INVALID);
    if (wanted->peer_id == NULL)
        return RM_FINE;
    const struct rm_vm *peer = gunyah_model_rm_find_peer(model, wanted->peer_id);
    if (peer == NULL)
        return RM_VDEVICE_PEER;
    device->wanted.peer = peer->vmid;
    return RM_FINE;
}

static enum gunyah_model_rm_reason take_vdevices(struct gunyah_model *model, struct rm_vm *vm,
                                                 const struct gunyah_model_rm_config *config)
{
    enum gunyah_model_rm_reason reason = RM_FINE;
    if (config->vdevice_count > MAX_VDEVICES)
        return RM_CONFIG_VDEVICES;
    if (config->vdevice_count == 0)
        return RM_FINE;
    vm->devices = gunyah_model_heap_take(model, config->vdevice_count * sizeof(struct gunyah_model_rm_device));
    if (vm->devices == 0)
        return RM_NO_MEMORY;
    vm->device_count = config->vdevice_count;
    struct gunyah_model_rm_device *devices = model_at(model, vm->devices);
    for (uint32_t i = 0; i < vm->device_count && reason == RM_FINE; i++)
        reason = take_vdevice(model, &config->vdevices[i], &devices[i]);
    return reason;
}

static enum gunyah_model_rm_reason take_config(struct gunyah_model *model, struct rm_vm *vm,
                                               struct gunyah_model_rm_config *config)
{
    enum gunyah_model_rm_reason reason = gunyah_model_rm_find_config(model, vm, config);
    if (reason != RM_FINE)
        return reason;
    if (!copy_text(vm->name, config->name) || !copy_text(vm->uri, config->uri))
        return RM_CONFIG_NONE;
    reason = take_memory(vm, config);
    if (reason != RM_FINE)
        return reason;
    if (config->rtc && config->rtc_base != GUNYAH_MODEL_RM_ANYWHERE && config->rtc_base % GUNYAH_RM_PAGE_SIZE != 0)
        return RM_TREE_RTC;
    if (config->vcpus == 0 || config->vcpus > model->options.max_vcpus)
        return RM_CONFIG_VCPUS;
    memcpy(vm->guid, config->guid, sizeof(vm->guid));
    vm->no_shutdown = config->no_shutdown;
    vm->no_reset = config->no_reset;
    vm->crash_fatal = config->crash_fatal;
    vm->proxy = config->proxy;
    return take_vdevices(model, vm, config);
}

/** The owner may run, and watch, the vCPUs, and hears when they can go on if it is the one that runs them. */
static enum gunyah_model_rm_reason give_vcpus(struct gunyah_model *model, struct rm_vm *vm)
{
    const struct vm *machine = model_at(model, model->vms[vm->vmid]);
    struct cspace *cspace = gunyah_model_vm_cspace(model, vm->owner);
    for (uint32_t i = 0; i < machine->vcpus; i++) {
        struct thread *thread = model_at(model, machine->thread[i]);
        uint32_t virq;
        thread->proxy = vm->proxy;
        if (gunyah_model_cap_derive(model, cspace, &thread->object, GUNYAH_RIGHTS_THREAD_ALL, &vm->vcpu_caps[i]) !=
                GUNYAH_HVERR_OK ||
            (vm->proxy && gunyah_model_rm_bind(model, vm->owner, &thread->wakeup, 0, &virq) != GUNYAH_HVERR_OK))
            return RM_VDEVICE_FAILED;
    }
    return RM_FINE;
}

static enum gunyah_model_rm_reason make_machine(struct gunyah_model *model, struct rm_vm *vm,
                                                const struct gunyah_model_rm_config *config)
{
    const struct gunyah_model_vm_options options = {.vmid = vm->vmid,
                                                    .vcpus = (uint16_t)config->vcpus,
                                                    .max_caps = DEFAULT_CAPS,
                                                    .max_virqs = GUNYAH_VIC_MAX_VIRQS};
    vm->parts = gunyah_model_heap_take(model, sizeof(struct gunyah_model_vm));
    if (vm->parts == 0)
        return RM_VDEVICE_FAILED;
    if (gunyah_model_vm_create(model, &options, model_at(model, vm->parts)) != GUNYAH_HVERR_OK)
        return RM_VDEVICE_FAILED;
    struct vm *machine = model_at(model, model->vms[vm->vmid]);
    machine->halted = true;
    gunyah_model_thread_power_off(model, model_at(model, machine->thread[0]));
    vm->machine = true;
    for (uint32_t i = 0; i < GUNYAH_MODEL_MAX_VCPUS; i++)
        vm->vcpu_caps[i] = gunyah_capid(GUNYAH_CAPID_INVALID);
    enum gunyah_model_rm_reason reason = gunyah_model_rm_make_paging(model, vm);
    if (reason == RM_FINE)
        reason = gunyah_model_rm_make_watchdog(model, vm);
    return reason == RM_FINE ? give_vcpus(model, vm) : reason;
}

static enum gunyah_model_rm_reason init(struct gunyah_model *model, struct rm_vm *vm)
{
    struct gunyah_model_rm_config config = {.name = NULL};
    enum gunyah_model_rm_reason reason = take_config(model, vm, &config);
    if (reason == RM_FINE)
        reason = make_machine(model, vm, &config);
    if (reason == RM_FINE)
        reason = gunyah_model_rm_make_rtc(model, vm, &config);
    if (reason == RM_FINE)
        reason = gunyah_model_rm_make_links(model, vm);
    if (reason != RM_FINE) {
        gunyah_model_rm_cut_links(model, vm);
        gunyah_model_rm_drop_rtc(model, vm);
        gunyah_model_rm_unmake(model, vm);
    }
    return reason;
}

enum gunyah_model_rm_reason gunyah_model_rm_vm_init(struct rm_call *call)
{
    struct rm_vm *vm;
    if (call->from->vmid != GUNYAH_VMID_HLOS)
        return RM_NOT_HLOS;
    if (call->size != GUNYAH_RM_VM_SIZE)
        return RM_WRONG_SIZE;
    if (gunyah_model_rm_get16(call->request + 2) != 0)
        return RM_RESERVED_NOT_ZERO;
    enum gunyah_model_rm_reason reason = gunyah_model_rm_owned_vm(call, &vm);
    if (reason != RM_FINE)
        return reason;
    if (vm->state != GUNYAH_VM_STATE_INIT)
        return RM_VM_STATE;
    reason = init(call->model, vm);
    conclude(call->model, vm, reason, GUNYAH_VM_STATE_READY);
    return reason;
}

void gunyah_model_rm_unmake(struct gunyah_model *model, struct rm_vm *vm)
{
    if (vm->machine) {
        const struct vm *machine = model_at(model, model->vms[vm->vmid]);
        struct cspace *cspace = gunyah_model_vm_cspace(model, vm->owner);
        gunyah_model_rm_unmake_paging(model, vm);
        gunyah_model_rm_unmake_watchdog(model, vm);
        for (uint32_t i = 0; i < machine->vcpus; i++)
            gunyah_model_cap_discard(model, cspace, vm->vcpu_caps[i], model_at(model, machine->thread[i]));
        gunyah_model_vm_destroy(model, vm->vmid, model_at(model, vm->parts));
    }
    vm->machine = false;
    gunyah_model_rm_free(model, vm->parts);
    gunyah_model_rm_free(model, vm->devices);
    vm->parts = vm->devices = 0;
    vm->device_count = 0;
    vm->memory_base = vm->memory_max = vm->firmware_base = vm->firmware_max = 0;
}
