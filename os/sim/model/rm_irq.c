// SPDX-License-Identifier: BSD-3-Clause
// Interrupts of the hardware that a VM lends to another one. Their handle is the number of the interrupt.
#include "rm.h"

static struct rm_lending *find(struct gunyah_model *model, uint32_t handle)
{
    for (model_ref ref = gunyah_model_rm_of(model)->lendings; ref != 0;) {
        struct rm_lending *lending = model_at(model, ref);
        if (lending->virq == handle)
            return lending;
        ref = lending->next;
    }
    return NULL;
}

/** The line of a shared interrupt; NULL: the VM has none. */
static struct line *line_of(struct gunyah_model *model, uint16_t vmid, uint32_t virq)
{
    const struct vic *vic = gunyah_model_vm_vic(model, vmid);
    if (virq < GUNYAH_VIRQ_SPI_FIRST || virq - GUNYAH_VIRQ_SPI_FIRST >= vic->max_virqs)
        return NULL;
    return (struct line *)model_at(model, vic->lines) + (virq - GUNYAH_VIRQ_SPI_FIRST);
}

enum gunyah_model_rm_reason gunyah_model_rm_irq_lend(struct rm_call *call)
{
    struct gunyah_model *model = call->model;
    if (call->size == 0)
        return RM_CRASH_EMPTY;
    if (call->size != GUNYAH_RM_VM_IRQ_LEND_SIZE)
        return RM_WRONG_SIZE;
    uint32_t virq = gunyah_model_rm_get32(call->request + GUNYAH_RM_VM_IRQ_LEND_VIRQ_OFFSET);
    const struct rm_lending *before = find(model, virq);
    if (before != NULL && before->owner == call->from->vmid)
        return RM_IRQ_LENT;
    struct line *line = line_of(model, call->from->vmid, virq);
    if (line == NULL || line->source != LINE_SOURCE_HARDWARE || before != NULL)
        return RM_IRQ_NOT_OWNED;
    model_ref ref = gunyah_model_heap_take(model, sizeof(struct rm_lending));
    if (ref == 0)
        return RM_NO_MEMORY;
    struct rm_lending *lending = model_at(model, ref);
    lending->virq = virq;
    lending->owner = call->from->vmid;
    lending->borrower = gunyah_model_rm_get16(call->request + GUNYAH_RM_VM_IRQ_LEND_BORROWER_OFFSET);
    lending->label = gunyah_model_rm_get32(call->request + GUNYAH_RM_VM_IRQ_LEND_LABEL_OFFSET);
    lending->next = call->rm->lendings;
    call->rm->lendings = ref;
    line->source = 0;
    gunyah_model_rm_reply32(call, virq);
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_irq_accept(struct rm_call *call)
{
    if (call->size == 0)
        return RM_CRASH_EMPTY;
    if (call->size != GUNYAH_RM_VM_IRQ_ACCEPT_SIZE)
        return RM_WRONG_SIZE;
    struct rm_lending *lending =
        find(call->model, gunyah_model_rm_get32(call->request + GUNYAH_RM_VM_IRQ_ACCEPT_HANDLE_OFFSET));
    uint32_t virq = gunyah_model_rm_get32(call->request + GUNYAH_RM_VM_IRQ_ACCEPT_VIRQ_OFFSET);
    if (lending == NULL)
        return RM_IRQ_HANDLE;
    if (lending->borrower != call->from->vmid)
        return RM_IRQ_NOT_BORROWER;
    if (lending->accepted)
        return RM_IRQ_ACCEPTED;
    // Other numbers would be taken for those of the hardware: it has no such interrupt to give.
    if (virq != GUNYAH_RM_VIRQ_ANY && virq != lending->virq)
        return RM_IRQ_NUMBER;
    struct line *line = line_of(call->model, call->from->vmid, lending->virq);
    if (line == NULL)
        return RM_IRQ_NUMBER;
    if (line->source != 0)
        return RM_IRQ_NUMBER_TAKEN;
    line->source = LINE_SOURCE_HARDWARE;
    lending->accepted = true;
    gunyah_model_rm_reply32(call, lending->virq);
    return RM_FINE;
}

static void give_back(struct gunyah_model *model, struct rm_lending *lending)
{
    lending->accepted = false;
    if (gunyah_model_vm_exists(model, lending->borrower))
        line_of(model, lending->borrower, lending->virq)->source = 0;
}

enum gunyah_model_rm_reason gunyah_model_rm_irq_release(struct rm_call *call)
{
    if (call->size == 0)
        return RM_CRASH_EMPTY;
    if (call->size != GUNYAH_RM_HANDLE_SIZE)
        return RM_WRONG_SIZE;
    struct rm_lending *lending = find(call->model, gunyah_model_rm_get32(call->request));
    if (lending == NULL)
        return RM_IRQ_HANDLE;
    if (lending->borrower != call->from->vmid)
        return RM_IRQ_NOT_BORROWER;
    if (!lending->accepted)
        return RM_IRQ_NOT_ACCEPTED;
    give_back(call->model, lending);
    return RM_FINE;
}

static void unlink_lending(struct gunyah_model *model, const struct rm_lending *lending)
{
    model_ref *link = &gunyah_model_rm_of(model)->lendings;
    while (*link != model_ref_of(model, lending))
        link = &((struct rm_lending *)model_at(model, *link))->next;
    *link = lending->next;
    gunyah_model_heap_free(model, model_ref_of(model, lending));
}

enum gunyah_model_rm_reason gunyah_model_rm_irq_reclaim(struct rm_call *call)
{
    if (call->size == 0)
        return RM_CRASH_EMPTY;
    if (call->size != GUNYAH_RM_HANDLE_SIZE)
        return RM_WRONG_SIZE;
    const struct rm_lending *lending = find(call->model, gunyah_model_rm_get32(call->request));
    if (lending == NULL || lending->borrower == call->from->vmid)
        return RM_IRQ_HANDLE;
    if (lending->accepted)
        return RM_IRQ_ACCEPTED;
    if (lending->owner != call->from->vmid)
        return RM_IRQ_NOT_OWNED;
    line_of(call->model, lending->owner, lending->virq)->source = LINE_SOURCE_HARDWARE;
    unlink_lending(call->model, lending);
    return RM_FINE;
}

static enum gunyah_model_rm_reason tell_lent(struct rm_call *call, const struct rm_lending *lending)
{
    if (lending->owner != call->from->vmid)
        return RM_IRQ_ROLE;
    if (call->size > GUNYAH_RM_VM_IRQ_NOTIFY_SIZE) {
        const uint8_t *list = call->request + GUNYAH_RM_VM_IRQ_NOTIFY_SIZE;
        uint32_t count = gunyah_model_rm_get16(list + GUNYAH_RM_LIST_COUNT_OFFSET);
        if (call->size != GUNYAH_RM_VM_IRQ_NOTIFY_SIZE + GUNYAH_RM_LIST_SIZE + count * GUNYAH_RM_VM_SIZE)
            return RM_WRONG_SIZE;
        if (count > GUNYAH_RM_VM_IRQ_NOTIFY_VMS_MAX ||
            (count == 1 && gunyah_model_rm_get16(list + GUNYAH_RM_LIST_SIZE) != lending->borrower))
            return RM_IRQ_TARGETS;
    }
    if (lending->accepted)
        return RM_IRQ_STILL_ACCEPTED;
    uint8_t payload[GUNYAH_RM_NOTIFY_VM_IRQ_LENT_SIZE] = {0};
    gunyah_model_rm_put16(payload + GUNYAH_RM_NOTIFY_VM_IRQ_LENT_OWNER_OFFSET, lending->owner);
    gunyah_model_rm_put32(payload + GUNYAH_RM_NOTIFY_VM_IRQ_LENT_HANDLE_OFFSET, lending->virq);
    gunyah_model_rm_put32(payload + GUNYAH_RM_NOTIFY_VM_IRQ_LENT_LABEL_OFFSET, lending->label);
    gunyah_model_rm_notify(call->model, lending->borrower, GUNYAH_RM_NOTIFY_VM_IRQ_LENT, payload, sizeof(payload));
    return RM_FINE;
}

static enum gunyah_model_rm_reason tell_owner(struct rm_call *call, const struct rm_lending *lending, bool accepted)
{
    if (lending->borrower != call->from->vmid)
        return RM_IRQ_ROLE;
    if (call->size != GUNYAH_RM_VM_IRQ_NOTIFY_SIZE)
        return RM_WRONG_SIZE;
    if (lending->accepted != accepted)
        return accepted ? RM_IRQ_IS_RELEASED : RM_IRQ_STILL_ACCEPTED;
    uint8_t payload[GUNYAH_RM_HANDLE_SIZE];
    gunyah_model_rm_put32(payload, lending->virq);
    gunyah_model_rm_notify(call->model, lending->owner,
                           accepted ? GUNYAH_RM_NOTIFY_VM_IRQ_ACCEPTED : GUNYAH_RM_NOTIFY_VM_IRQ_RELEASED, payload,
                           sizeof(payload));
    return RM_FINE;
}

enum gunyah_model_rm_reason gunyah_model_rm_irq_notify(struct rm_call *call)
{
    if (call->size == 0)
        return RM_CRASH_EMPTY;
    if (call->size < GUNYAH_RM_VM_IRQ_NOTIFY_SIZE ||
        (call->size > GUNYAH_RM_VM_IRQ_NOTIFY_SIZE && call->size < GUNYAH_RM_VM_IRQ_NOTIFY_SIZE + GUNYAH_RM_LIST_SIZE))
        return RM_WRONG_SIZE;
    const struct rm_lending *lending =
        find(call->model, gunyah_model_rm_get32(call->request + GUNYAH_RM_VM_IRQ_NOTIFY_HANDLE_OFFSET));
    if (lending == NULL)
        return RM_IRQ_HANDLE;
    switch (gunyah_model_rm_get32(call->request + GUNYAH_RM_VM_IRQ_NOTIFY_FLAGS_OFFSET)) {
    case GUNYAH_RM_VM_IRQ_NOTIFY_FLAG_LENT:
        return tell_lent(call, lending);
    case GUNYAH_RM_VM_IRQ_NOTIFY_FLAG_RELEASED:
        return tell_owner(call, lending, false);
    case GUNYAH_RM_VM_IRQ_NOTIFY_FLAG_ACCEPTED:
        return tell_owner(call, lending, true);
    default:
        return RM_NOTIFY_FLAGS;
    }
}

void gunyah_model_rm_release_irqs(struct gunyah_model *model, const struct rm_vm *vm)
{
    for (model_ref ref = gunyah_model_rm_of(model)->lendings; ref != 0;) {
        struct rm_lending *lending = model_at(model, ref);
        ref = lending->next;
        if (lending->borrower != vm->vmid || !lending->accepted)
            continue;
        give_back(model, lending);
        lending->borrower = GUNYAH_VMID_PEER_DEFAULT;
    }
}
