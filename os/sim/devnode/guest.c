// SPDX-License-Identifier: BSD-3-Clause
// What vCPUs do: one step at a time, as the script or a function says.
#include "emu_internal.h"

#include <errno.h>
#include <string.h>

// The region that has all of it, as far as the guest can see it.
static struct emu_region *find_memory(const struct emu *emu, struct emu_vm *vm, const struct gunyah_emu_step *step)
{
    const struct emu_range range = {step->address, step->width};

    for (struct emu_region *region = vm->regions; region != NULL; region = region->next) {
        const bool is_there = region->hlos != NULL || has(emu, EMU_PAGE_FAULTS);
        if (is_there && gunyah_internal_emu_is_within(region, &range))
            return region;
    }
    return NULL;
}

static enum emu_outcome abort_access(struct gunyah_emu_step *step)
{
    step->aborted = true;
    return EMU_DONE;
}

// What is not there, or not allowed.
static enum emu_outcome fault(const struct emu *emu, struct emu_vcpu *vcpu, int attempt)
{
    struct emu_run_page *page = vcpu->page;

    if (!has(emu, EMU_PAGE_FAULTS))
        return abort_access(&vcpu->step);
    vcpu->faulted = true;
    page->exit_reason = EMU_EXIT_PAGE_FAULT;
    page->page_fault.address = vcpu->step.address;
    page->page_fault.attempt = attempt;
    page->page_fault.resume_action = EMU_RESUME_HANDLED;
    return EMU_EXITS;
}

// Memory of an area is there from the start, or never: of the image's region, the pages that are the image.
static bool is_never_there(const struct emu *emu, const struct emu_vcpu *vcpu, const struct emu_region *region)
{
    const struct emu_image *image = &vcpu->vm->image;
    const uint64_t offset = vcpu->step.address - image->range.address;

    if (!gunyah_internal_emu_is_area(emu, region->memory))
        return false;
    return region->hlos == NULL || (region == image->region && offset >= image->range.size);
}

static enum emu_outcome access_memory(const struct emu *emu, struct emu_vcpu *vcpu, const struct emu_region *region)
{
    struct gunyah_emu_step *step = &vcpu->step;
    const uint64_t offset = step->address - region->address;
    const bool is_write = step->action == GUNYAH_EMU_WRITE;
    bool done;

    if (is_never_there(emu, vcpu, region))
        return fault(emu, vcpu, -EOPNOTSUPP);
    if ((region->rights & (is_write ? EMU_ALLOW_WRITE : EMU_ALLOW_READ)) == 0)
        return fault(emu, vcpu, -EPERM);
    if (!is_write)
        step->value = 0;
    done = is_write ? gunyah_internal_emu_write_region(region, offset, &step->value, step->width)
                    : gunyah_internal_emu_read_region(region, offset, &step->value, step->width);
    if (!done && has(emu, EMU_LATE_PINNING))
        return fault(emu, vcpu, -EFAULT);
    return done ? EMU_DONE : abort_access(step);
}

static enum emu_outcome access_device(const struct emu *emu, struct emu_vcpu *vcpu)
{
    const struct gunyah_emu_step *step = &vcpu->step;
    const bool is_write = step->action == GUNYAH_EMU_WRITE;
    struct emu_run_page *page = vcpu->page;

    if (is_write && gunyah_internal_emu_signal_ioeventfd(vcpu->vm, step->address, step->width, step->value))
        return EMU_DONE;
    vcpu->faulted = false;
    page->exit_reason = EMU_EXIT_MMIO;
    page->mmio.address = step->address;
    page->mmio.length = step->width;
    page->mmio.is_write = is_write;
    if (has(emu, EMU_BOOT_CONTEXT))
        page->mmio.resume_action = EMU_RESUME_HANDLED;
    if (is_write)
        memcpy(page->mmio.data, &step->value, step->width); // What is above stays from the exit before.
    return EMU_EXITS;
}

static enum emu_outcome access_address(const struct emu *emu, struct emu_vcpu *vcpu)
{
    struct gunyah_emu_step *step = &vcpu->step;
    const struct emu_region *region = find_memory(emu, vcpu->vm, step);

    if (step->action == GUNYAH_EMU_WRITE && step->width < sizeof(step->value))
        step->value &= (UINT64_C(1) << 8 * step->width) - 1;
    if (region != NULL)
        return access_memory(emu, vcpu, region);
    if (vcpu->vm->is_signed)
        return gunyah_internal_emu_access_virtio(vcpu->vm, step) ? EMU_DONE : abort_access(step);
    if (step->address < EMU_WINDOW_SIZE)
        return access_device(emu, vcpu);
    return fault(emu, vcpu, -ENOENT);
}

static enum emu_outcome wait_for_bell(struct emu_vcpu *vcpu)
{
    struct emu_function *irqfd = gunyah_internal_emu_find_irqfd(vcpu->vm, vcpu->step.label);

    if (irqfd == NULL || !irqfd->rings)
        return EMU_WAITS;
    irqfd->rings = false;
    return EMU_DONE;
}

// Whether or not the VMM has given it a file: it is the hypervisor that switches it on.
static enum emu_outcome switch_on(struct emu_vm *vm, uint32_t index)
{
    if (index < vm->vcpus)
        vm->on |= UINT64_C(1) << index;
    vm->stirred = true;
    return EMU_DONE;
}

static enum emu_outcome end_vm(struct emu *emu, struct emu_vcpu *vcpu)
{
    struct emu_vm *vm = vcpu->vm;

    vm->state = EMU_OVER;
    vm->stirred = true;
    vm->exit_type = (uint16_t)vcpu->step.label;
    // 16 bits of flags, 16 of code; behind those of a reset of the second kind, its type, and a cookie that is cut off.
    vm->exit_reason_size = vm->exit_type == GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2 ? 16 : 4;
    memcpy(vm->exit_reason, &vcpu->step.value, sizeof(vm->exit_reason));
    gunyah_internal_emu_trace(emu, "vm %u: ends with type %u", vm->serial, vm->exit_type);
    gunyah_internal_emu_end_at_rm(emu, vm);
    return EMU_DONE;
}

static enum emu_outcome act(struct emu *emu, struct emu_vcpu *vcpu)
{
    switch (vcpu->step.action) {
    case GUNYAH_EMU_WAIT:
        return wait_for_bell(vcpu);
    case GUNYAH_EMU_READ:
    case GUNYAH_EMU_WRITE:
        return access_address(emu, vcpu);
    case GUNYAH_EMU_CPU_ON:
        return switch_on(vcpu->vm, vcpu->step.label);
    case GUNYAH_EMU_CPU_OFF:
        vcpu->vm->on &= ~(UINT64_C(1) << vcpu->id);
        return EMU_DONE;
    case GUNYAH_EMU_END:
        return end_vm(emu, vcpu);
    case GUNYAH_EMU_FAIL:
        return EMU_FAILS;
    case GUNYAH_EMU_SWALLOW:
        vcpu->swallow = true;
        return EMU_DONE;
    case GUNYAH_EMU_PRINT:
        gunyah_internal_emu_trace(emu, "vm %u: vCPU %u: %s", vcpu->vm->serial, vcpu->id, vcpu->step.text);
        return EMU_DONE;
    case GUNYAH_EMU_WAIT_FOREVER:
        break;
    }
    return EMU_WAITS;
}

static void choose_step(struct emu *emu, struct emu_vcpu *vcpu)
{
    const struct gunyah_emu_vcpu who = {vcpu->vm->serial, vcpu->id};

    if (emu->options->guest != NULL) {
        emu->options->guest(emu->options->guest_context, &who, &vcpu->step);
        vcpu->step.aborted = false;
    } else {
        gunyah_internal_emu_play(emu, vcpu);
    }
    vcpu->has_step = true;
}

enum emu_outcome gunyah_internal_emu_do_step(struct emu *emu, struct emu_vcpu *vcpu)
{
    enum emu_outcome outcome;

    if ((vcpu->vm->on >> vcpu->id & 1) == 0)
        return EMU_WAITS;
    if (!vcpu->has_step)
        choose_step(emu, vcpu);
    outcome = act(emu, vcpu);
    if (outcome == EMU_DONE || outcome == EMU_FAILS)
        vcpu->has_step = false;
    return outcome;
}

int gunyah_internal_emu_resume(const struct emu *emu, struct emu_vcpu *vcpu)
{
    const struct emu_run_page *page = vcpu->page;
    const bool is_fault = vcpu->faulted; // The VMM may have cleared the exit's reason.
    uint8_t action = EMU_RESUME_HANDLED;

    if (has(emu, EMU_BOOT_CONTEXT))
        action = is_fault ? page->page_fault.resume_action : page->mmio.resume_action;
    if (action > EMU_RESUME_RETRY || (action == EMU_RESUME_RETRY && !is_fault && !has(emu, EMU_MMIO_RETRY)))
        return -EINVAL;
    vcpu->state = EMU_READY;
    if (action == EMU_RESUME_FAULT) {
        vcpu->step.aborted = true;
        vcpu->has_step = false;
    } else if (action == EMU_RESUME_HANDLED && !is_fault) {
        if (vcpu->step.action == GUNYAH_EMU_READ) {
            vcpu->step.value = 0;
            memcpy(&vcpu->step.value, page->mmio.data, vcpu->step.width);
        }
        vcpu->has_step = false;
    }
    return 0;
}
