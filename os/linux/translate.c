// SPDX-License-Identifier: BSD-3-Clause
// What the library says, in the structures of the kernel, and the other way round. No calls.
#include "linux_internal.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

// The bits of one set of rights as those of another.
static uint32_t rights(enum gunyah_pgtable_access access, uint32_t read, uint32_t write, uint32_t execute)
{
    uint32_t flags = 0;

    flags |= (access & GUNYAH_PGTABLE_ACCESS_R) != 0 ? read : 0;
    flags |= (access & GUNYAH_PGTABLE_ACCESS_W) != 0 ? write : 0;
    flags |= (access & GUNYAH_PGTABLE_ACCESS_X) != 0 ? execute : 0;
    return flags;
}

struct kernel_region gunyah_internal_linux_region(const struct gunyah_vm_memory *memory)
{
    return (struct kernel_region){
        .label = memory->label,
        .flags = rights(memory->access, KERNEL_MEMORY_READ, KERNEL_MEMORY_WRITE, KERNEL_MEMORY_EXECUTE),
        .guest_address = memory->address,
        .size = memory->length,
        .address = (uintptr_t)memory->memory,
    };
}

struct kernel_map gunyah_internal_linux_map(const struct gunyah_vm_memory *memory, int fd)
{
    uint32_t flags = rights(memory->access, KERNEL_MAP_READ, KERNEL_MAP_WRITE, KERNEL_MAP_EXECUTE);

    if (memory->kind == GUNYAH_VM_MEMORY_LEND)
        flags |= KERNEL_MAP_LEND;
    else if (memory->kind == GUNYAH_VM_MEMORY_SHARE)
        flags |= KERNEL_MAP_SHARE;
    return (struct kernel_map){
        .guest_address = memory->address, .flags = flags, .fd = (uint32_t)fd, .size = memory->length};
}

struct kernel_area_map gunyah_internal_linux_area_map(const struct gunyah_vm_memory *memory, int fd)
{
    const uint32_t access = rights(memory->access, KERNEL_MEMORY_READ, KERNEL_MEMORY_WRITE, KERNEL_MEMORY_EXECUTE);

    return (struct kernel_area_map){
        .label = memory->label,
        .guest_address = memory->address,
        .flags = access | (memory->kind == GUNYAH_VM_MEMORY_LEND ? KERNEL_MEMORY_LEND : KERNEL_MEMORY_SHARE),
        .fd = (uint32_t)fd,
        .size = memory->length,
    };
}

struct kernel_boot_context gunyah_internal_linux_boot_register(uint32_t set, uint32_t index, uint64_t value)
{
    return (struct kernel_boot_context){.reg = set << 8 | index, .value = value};
}

struct kernel_trusted_vm gunyah_internal_linux_trusted_vm(gunyah_vmid_t vmid, uint32_t pas_id,
                                                          const struct gunyah_vm_memory *image)
{
    return (struct kernel_trusted_vm){
        .vmid = vmid.value, .pas_id = pas_id, .guest_address = image->address, .size = image->length};
}

struct kernel_irqfd gunyah_internal_linux_irqfd(uint32_t label, bool level, int fd)
{
    return (struct kernel_irqfd){.fd = (uint32_t)fd, .label = label, .flags = level ? KERNEL_IRQFD_LEVEL : 0};
}

struct kernel_ioeventfd gunyah_internal_linux_ioeventfd(const struct gunyah_vm_notify *notify, int fd)
{
    return (struct kernel_ioeventfd){
        .value = notify->has_value ? notify->value : 0,
        .guest_address = notify->address,
        .length = notify->length,
        .fd = fd,
        .flags = notify->has_value ? KERNEL_IOEVENTFD_VALUE : 0,
    };
}

static uint16_t get16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

// The reason begins with two halfwords, flags and code. Of what follows, there is room for one word.
static struct gunyah_vm_exit cause_of(const struct kernel_run *run)
{
    const uint8_t *reason = run->end.reason;
    const uint32_t size = run->end.reason_size;
    struct gunyah_vm_exit cause = {.type = (enum gunyah_vm_exit_type)run->end.type};

    if (size >= 2)
        cause.flags = get16(reason);
    if (size >= 4)
        cause.code = get16(reason + 2);
    if (size >= 8 && cause.type == GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2)
        cause.reset_type = get16(reason + 4) | (uint32_t)get16(reason + 6) << 16;
    return cause;
}

static bool is_length(uint32_t length)
{
    return length == 1 || length == 2 || length == 4 || length == 8;
}

static void get_mmio(struct kernel_run *run, struct kernel_run *seen, struct gunyah_vcpu_exit *exit)
{
    exit->kind = GUNYAH_VCPU_EXIT_MMIO;
    exit->address = seen->mmio.guest_address;
    exit->data = seen->mmio.data;
    exit->length = seen->mmio.length;
    exit->is_write = seen->mmio.is_write != 0;
    if (exit->is_write)
        return;
    // An answer goes to the driver. What is there is of an earlier exit: what nobody answers is 0.
    exit->data = run->mmio.data;
    memset(run->mmio.data, 0, sizeof(run->mmio.data));
}

// Whoever else has the page may write to it meanwhile: what is checked, and what the VMM looks at as often as it wants, is a copy.
void gunyah_internal_linux_get_exit(struct kernel_run *run, struct kernel_run *seen, struct gunyah_vcpu_exit *exit)
{
    memcpy(seen, run, sizeof(*seen));
    // From here on, the compiler does not know any more that both are the same.
    atomic_signal_fence(memory_order_seq_cst);
    *exit = (struct gunyah_vcpu_exit){.kind = GUNYAH_VCPU_EXIT_UNKNOWN, .reason = seen->exit_reason};
    if (seen->exit_reason == KERNEL_EXIT_MMIO && is_length(seen->mmio.length)) {
        get_mmio(run, seen, exit);
    } else if (seen->exit_reason == KERNEL_EXIT_STATUS) {
        exit->kind = GUNYAH_VCPU_EXIT_VM_ENDED;
        exit->end = (enum gunyah_vm_end)seen->end.status;
        exit->cause = cause_of(seen);
    } else if (seen->exit_reason == KERNEL_EXIT_PAGE_FAULT) {
        exit->kind = GUNYAH_VCPU_EXIT_PAGE_FAULT;
        exit->address = seen->fault.guest_address;
        exit->is_mapped = seen->fault.attempt != -ENOENT;
    }
}

bool gunyah_internal_linux_set_action(struct kernel_run *run, enum gunyah_vcpu_exit_kind kind,
                                      enum gunyah_vcpu_action action)
{
    if (kind == GUNYAH_VCPU_EXIT_MMIO)
        run->mmio.action = (uint8_t)action;
    else if (kind == GUNYAH_VCPU_EXIT_PAGE_FAULT)
        run->fault.action = (uint8_t)action;
    else
        return false;
    return true;
}
