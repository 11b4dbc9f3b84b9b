// SPDX-License-Identifier: BSD-3-Clause
// What the Resource Manager has: its VMs, their channels, links and devices, and lent interrupts.
#include "audit.h"
#include "rm_memory.h"

#define MAX_VDEVICES 64
#define MAX_LINKS (2 * MAX_VDEVICES) // a vdevice has two directions at most
#define MAX_RESET_STAGE 5

static bool is_text(const char *text)
{
    for (uint32_t i = 0; i < GUNYAH_MODEL_RM_NAME_SIZE; i++) {
        if (text[i] == '\0')
            return true;
    }
    return false;
}

// ---- channels

/** A message, and what it points to goes unseen. */
static const struct rm_message *find_message(struct audit *audit, model_ref ref)
{
    const struct rm_message *message = gunyah_model_audit_claim(audit, ref, sizeof(struct rm_message));
    if (message == NULL || !AUDIT_BOOLS(audit, &message->quiet, &message->fatal, &message->garbled))
        return NULL;
    if (message->size <= GUNYAH_RM_MAX_PAYLOAD &&
        message->size <= gunyah_model_heap_size(audit->model, ref) - sizeof(struct rm_message))
        return message;
    gunyah_model_audit_fail(audit, "a message of the Resource Manager is too long");
    return NULL;
}

static bool find_sending(struct audit *audit, const struct rm_channel *channel)
{
    if (channel->reply != 0 && find_message(audit, channel->reply) == NULL)
        return false;
    if (channel->sending == 0)
        return true;
    const struct rm_message *message = find_message(audit, channel->sending);
    if (message == NULL)
        return false;
    const uint32_t packets = message->size == 0 ? 1 : (message->size - 1) / GUNYAH_RM_PAYLOAD_SIZE + 1;
    return channel->sent <= packets ||
           gunyah_model_audit_fail(audit, "the Resource Manager has sent more than its message has");
}

static bool find_waiting(struct audit *audit, const struct rm_channel *channel)
{
    uint32_t count = 0;
    model_ref last = 0;
    for (model_ref ref = channel->first; ref != 0; count++) {
        const struct rm_message *message = find_message(audit, ref);
        if (message == NULL)
            return false;
        last = ref;
        ref = message->next;
    }
    if (count != channel->pending || count > GUNYAH_RM_MAX_NOTIFICATIONS || (count != 0 && last != channel->last))
        return gunyah_model_audit_fail(audit, "the Resource Manager does not know which notifications wait");
    return true;
}

static bool find_partial(struct audit *audit, model_ref ref)
{
    const struct rm_partial *partial =
        ref != 0 ? gunyah_model_audit_claim(audit, ref, sizeof(struct rm_partial)) : NULL;
    if (partial == NULL)
        return ref == 0;
    const uint32_t room = (partial->fragments + 1u) * GUNYAH_RM_PAYLOAD_SIZE;
    if (partial->fragments > GUNYAH_RM_MAX_FRAGMENTS || partial->missing == 0 ||
        partial->missing > partial->fragments || partial->size > room - partial->missing * GUNYAH_RM_PAYLOAD_SIZE ||
        room > gunyah_model_heap_size(audit->model, ref) - sizeof(struct rm_partial))
        return gunyah_model_audit_fail(audit, "a request has come in part, and that part is too long");
    return true;
}

static bool find_channel(struct audit *audit, model_ref ref)
{
    const struct rm_channel *channel = gunyah_model_audit_claim(audit, ref, sizeof(struct rm_channel));
    return channel != NULL && gunyah_model_audit_hold(audit, channel->to_rm, GUNYAH_OBJECT_TYPE_MSGQUEUE) != NULL &&
           gunyah_model_audit_hold(audit, channel->from_rm, GUNYAH_OBJECT_TYPE_MSGQUEUE) != NULL &&
           find_partial(audit, channel->partial) && find_sending(audit, channel) && find_waiting(audit, channel);
}

// ---- links and devices

static bool find_links(struct audit *audit, const struct rm_vm *vm)
{
    uint32_t count = 0;
    for (model_ref ref = vm->links; ref != 0; count++) {
        const struct rm_link *link = gunyah_model_audit_claim(audit, ref, sizeof(struct rm_link));
        if (link == NULL || !AUDIT_BOOLS(audit, &link->doorbell, &link->source_can_clear) ||
            gunyah_model_audit_hold(audit, link->object,
                                    link->doorbell ? GUNYAH_OBJECT_TYPE_DOORBELL : GUNYAH_OBJECT_TYPE_MSGQUEUE) == NULL)
            return false;
        ref = link->next;
    }
    return count <= MAX_LINKS || gunyah_model_audit_fail(audit, "a VM has more links than its configuration can want");
}

static bool find_devices(struct audit *audit, const struct rm_vm *vm)
{
    if ((vm->devices != 0) != (vm->device_count != 0) || vm->device_count > MAX_VDEVICES)
        return gunyah_model_audit_fail(audit, "a VM does not know its virtual devices");
    if (vm->devices == 0)
        return true;
    const struct gunyah_model_rm_device *devices =
        gunyah_model_audit_claim(audit, vm->devices, vm->device_count * sizeof(struct gunyah_model_rm_device));
    for (uint32_t i = 0; devices != NULL && i < vm->device_count; i++) {
        const struct gunyah_model_rm_vdevice *wanted = &devices[i].wanted;
        if (!AUDIT_BOOLS(audit, &wanted->source_can_clear, &wanted->console, &wanted->allocate_base, &wanted->optional))
            return false;
        if ((uint32_t)wanted->type > GUNYAH_MODEL_RM_SHM || wanted->peer_id != NULL)
            return gunyah_model_audit_fail(audit, "a VM has a virtual device of a kind that is not there");
    }
    return devices != NULL;
}

// ---- VMs

static bool check_numbers(struct audit *audit, const struct rm_vm *vm)
{
    if (!AUDIT_BOOLS(audit, &vm->machine, &vm->adopted, &vm->has_tree, &vm->configured, &vm->paged, &vm->no_shutdown,
                     &vm->no_reset, &vm->crash_fatal, &vm->proxy, &vm->console, &vm->console_open,
                     &vm->console_open_owner, &vm->exiting, &vm->bitten))
        return false;
    if (vm->peer_count > RM_MAX_VMID || vm->reset_stage > MAX_RESET_STAGE ||
        vm->exit_word_count > sizeof(vm->exit_words) / sizeof(vm->exit_words[0]) ||
        vm->crash_size > GUNYAH_RM_MAX_CRASH_MSG || !is_text(vm->name) || !is_text(vm->uri))
        return gunyah_model_audit_fail(audit, "the Resource Manager knows a VM that none can be");
    return true;
}

/** Does a VM in this state have what the Resource Manager makes? */
static bool check_state(struct audit *audit, const struct rm_vm *vm)
{
    const bool is_self = vm->vmid == GUNYAH_VMID_ROOT;
    const bool is_made = vm->machine && !vm->adopted && !is_self;
    const bool is_new = vm->state == GUNYAH_VM_STATE_LOAD || vm->state == GUNYAH_VM_STATE_RESET;
    const bool needs_machine = vm->state == GUNYAH_VM_STATE_READY || vm->state == GUNYAH_VM_STATE_RUNNING ||
                               vm->state == GUNYAH_VM_STATE_PAUSED || vm->exiting || vm->channel != 0 || vm->rtc != 0;
    const bool has_parts = vm->parts != 0 || vm->links != 0 || vm->devices != 0 || vm->channel != 0 || vm->rtc != 0;
    bool fits = is_self ? !has_parts && vm->machine && !vm->adopted && vm->owner == GUNYAH_VMID_ROOT
                        : vm->machine == (audit->model->vms[vm->vmid] != 0);
    if (is_self || vm->adopted)
        fits = fits && vm->parts == 0 && vm->rtc == 0 && vm->machine &&
               (!vm->adopted || vm->state != GUNYAH_VM_STATE_LOAD);
    else
        fits = fits && vm->owner == GUNYAH_VMID_HLOS && (!is_made || vm->parts != 0) && (!is_new || !has_parts) &&
               (vm->machine || !needs_machine);
    if (vm->vmid == GUNYAH_VMID_HLOS)
        fits = fits && vm->adopted && vm->owner == GUNYAH_VMID_ROOT;
    if (vm->adopted)
        fits = fits && (vm->owner == GUNYAH_VMID_ROOT || vm->owner == GUNYAH_VMID_HLOS);
    return fits || gunyah_model_audit_fail(audit, "the Resource Manager knows a VM in a state that it cannot be in");
}

static bool find_extents(struct audit *audit, const struct rm_vm *vm)
{
    for (uint32_t i = 0; i < RM_EXTENTS; i++) {
        if (!gunyah_model_audit_may_hold(audit, vm->extents[i], GUNYAH_OBJECT_TYPE_MEMEXTENT))
            return false;
        if (vm->extents[i] != 0 && !vm->machine)
            return gunyah_model_audit_fail(audit, "a VM is paged that is not there");
    }
    return true;
}

static bool find_watchdog(struct audit *audit, const struct rm_vm *vm)
{
    if (!gunyah_model_audit_may_hold(audit, vm->watchdog, GUNYAH_OBJECT_TYPE_WATCHDOG))
        return false;
    return (vm->watchdog != 0 ? vm->machine && !vm->adopted : !vm->bitten) ||
           gunyah_model_audit_fail(audit, "a VM has a watchdog that cannot have one, or was bitten by none");
}

static bool find_rtc(struct audit *audit, const struct rm_vm *vm)
{
    const struct vrtc *vrtc = vm->rtc != 0 ? gunyah_model_audit_hold(audit, vm->rtc, GUNYAH_OBJECT_TYPE_VRTC) : NULL;
    if (vrtc == NULL)
        return vm->rtc == 0;
    return (gunyah_model_audit_is_active(&vrtc->object) && vrtc->ipa < RM_GUEST_END) ||
           gunyah_model_audit_fail(audit, "a VM has a clock that is not where it can be");
}

static bool find_vm(struct audit *audit, const struct rm_vm *vm)
{
    if (!check_numbers(audit, vm) || !check_state(audit, vm))
        return false;
    if (vm->parts != 0 && gunyah_model_audit_claim(audit, vm->parts, sizeof(struct gunyah_model_vm)) == NULL)
        return false;
    if (vm->channel != 0 && !find_channel(audit, vm->channel))
        return false;
    return find_links(audit, vm) && find_devices(audit, vm) && find_extents(audit, vm) && find_watchdog(audit, vm) &&
           find_rtc(audit, vm);
}

static bool find_vms(struct audit *audit, const struct rm *rm)
{
    uint32_t before = 0;
    for (model_ref ref = rm->vms; ref != 0;) {
        const struct rm_vm *vm = gunyah_model_audit_claim(audit, ref, sizeof(struct rm_vm));
        if (vm == NULL)
            return false;
        if (vm->vmid <= before || vm->vmid > GUNYAH_VMID_ROOT)
            return gunyah_model_audit_fail(audit, "the Resource Manager's VMs are not in order");
        if (!find_vm(audit, vm))
            return false;
        before = vm->vmid;
        ref = vm->next;
    }
    return before == GUNYAH_VMID_ROOT || gunyah_model_audit_fail(audit, "the Resource Manager does not know itself");
}

// ---- interrupts

static bool find_lendings(struct audit *audit, const struct rm *rm)
{
    for (model_ref ref = rm->lendings; ref != 0;) {
        const struct rm_lending *lending = gunyah_model_audit_claim(audit, ref, sizeof(struct rm_lending));
        if (lending == NULL || !AUDIT_BOOLS(audit, &lending->accepted))
            return false;
        ref = lending->next;
    }
    return true;
}

bool gunyah_model_audit_rm(struct audit *audit)
{
    if (audit->model->rm == 0)
        return true;
    const struct rm *rm = gunyah_model_audit_claim(audit, audit->model->rm, sizeof(struct rm));
    if (rm == NULL || !AUDIT_BOOLS(audit, &rm->options.debug, &rm->dead, &rm->milestone))
        return false;
    if (rm->options.generation != GUNYAH_RM_GENERATION_2023 && rm->options.generation != GUNYAH_RM_GENERATION_LATER)
        return gunyah_model_audit_fail(audit, "the Resource Manager is of no generation that there is");
    return gunyah_model_audit_claim(audit, rm->reply, GUNYAH_RM_MAX_PAYLOAD) != NULL && find_vms(audit, rm) &&
           find_lendings(audit, rm) && gunyah_model_audit_memory(audit);
}

// ---- what there is

static bool has_peer(const struct rm_vm *vm, uint16_t vmid)
{
    for (uint32_t i = 0; vm != NULL && i < vm->peer_count; i++) {
        if (vm->peers[i] == vmid)
            return true;
    }
    return false;
}

static bool check_peers(struct audit *audit, const struct rm_vm *vm)
{
    for (uint32_t i = 0; i < vm->peer_count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (vm->peers[i] == vm->peers[j])
                return gunyah_model_audit_fail(audit, "a VM has a peer twice");
        }
        if (vm->peers[i] == vm->vmid || !has_peer(gunyah_model_rm_find(audit->model, vm->peers[i]), vm->vmid))
            return gunyah_model_audit_fail(audit, "a VM has a peer that does not know it");
    }
    return true;
}

static bool check_queue(struct audit *audit, model_ref ref)
{
    const struct msgqueue *queue = model_at(audit->model, ref);
    return (gunyah_model_audit_is_active(&queue->object) && queue->served) ||
           gunyah_model_audit_fail(audit, "a channel has a queue that the Resource Manager does not serve");
}

static bool check_channel(struct audit *audit, const struct rm_vm *vm)
{
    if (vm->channel == 0)
        return true;
    const struct rm_channel *channel = model_at(audit->model, vm->channel);
    return check_queue(audit, channel->to_rm) && check_queue(audit, channel->from_rm);
}

static bool check_links(struct audit *audit, const struct rm_vm *vm)
{
    for (model_ref ref = vm->links; ref != 0;) {
        const struct rm_link *link = model_at(audit->model, ref);
        const struct object *object = model_at(audit->model, link->object);
        if (link->from != vm->vmid && link->to != vm->vmid)
            return gunyah_model_audit_fail(audit, "a VM has a link between others");
        if (!gunyah_model_audit_is_active(object) && object->state != GUNYAH_OBJECT_STATE_FAILED)
            return gunyah_model_audit_fail(audit, "a link has an object that is not active");
        ref = link->next;
    }
    return true;
}

/** The line of an interrupt that comes from the hardware. */
static const struct line *line_of(struct audit *audit, uint16_t vmid, uint32_t virq)
{
    if (vmid >= MODEL_MAX_VMS || audit->model->vms[vmid] == 0 || virq < GUNYAH_VIRQ_SPI_FIRST)
        return NULL;
    const struct vic *vic = gunyah_model_vm_vic(audit->model, vmid);
    if (virq - GUNYAH_VIRQ_SPI_FIRST >= vic->max_virqs)
        return NULL;
    return (const struct line *)model_at(audit->model, vic->lines) + (virq - GUNYAH_VIRQ_SPI_FIRST);
}

static bool check_lending(struct audit *audit, const struct rm_lending *lending)
{
    const struct rm_vm *owner = gunyah_model_rm_find(audit->model, lending->owner);
    const struct line *line = line_of(audit, lending->borrower, lending->virq);
    if (owner == NULL || !owner->adopted || line_of(audit, lending->owner, lending->virq) == NULL)
        return gunyah_model_audit_fail(audit, "an interrupt is lent by a VM that cannot have it");
    if (lending->accepted && (line == NULL || line->source != LINE_SOURCE_HARDWARE))
        return gunyah_model_audit_fail(audit, "a lent interrupt was accepted by a VM that cannot have it");
    return true;
}

bool gunyah_model_audit_rm_links(struct audit *audit)
{
    struct gunyah_model *model = audit->model;
    if (model->rm == 0)
        return true;
    const struct rm *rm = gunyah_model_rm_of(model);
    const struct rm_vm *hlos = gunyah_model_rm_find(model, GUNYAH_VMID_HLOS);
    for (model_ref ref = rm->vms; ref != 0;) {
        const struct rm_vm *vm = model_at(model, ref);
        if (vm->owner == GUNYAH_VMID_HLOS && hlos == NULL)
            return gunyah_model_audit_fail(audit, "a VM belongs to another one that is not there");
        if (!check_peers(audit, vm) || !check_channel(audit, vm) || !check_links(audit, vm))
            return false;
        ref = vm->next;
    }
    for (model_ref ref = rm->lendings; ref != 0;) {
        const struct rm_lending *lending = model_at(model, ref);
        if (!check_lending(audit, lending))
            return false;
        ref = lending->next;
    }
    return true;
}
