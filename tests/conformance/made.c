// SPDX-License-Identifier: BSD-3-Clause
#include "made.h"

// A notification of a parcel has the sizes of 512 regions.
#define EVENT_BYTES 16384
#define PAS_ID 28

static _Alignas(GUNYAH_RM_PAGE_SIZE) unsigned char pages[MADE_PAGES][GUNYAH_RM_PAGE_SIZE];

static bool connect(struct target *target, struct gunyah *g, const struct target_channel *channel,
                    struct gunyah_rm **rm)
{
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;

    options.send_cap = channel->send_cap;
    options.receive_cap = channel->receive_cap;
    options.send_virq = channel->send_virq;
    options.receive_virq = channel->receive_virq;
    options.event_bytes = EVENT_BYTES;
    options.generation = GUNYAH_RM_GENERATION_2023;
    EXPECT_OK(gunyah_rm_open(g, &options, rm));
    return true;
}

bool conformance_hlos(struct target *target, struct hlos *hlos)
{
    EXPECT_TRUE(target->ops->start_rm(target, &hlos->channel));
    hlos->g = target->vms[TARGET_HLOS].g;
    EXPECT_TRUE(connect(target, hlos->g, &hlos->channel, &hlos->rm));
    hlos->vmm = gunyah_rm_vmm(hlos->rm);
    return true;
}

struct gunyah_memory_region conformance_pages(unsigned first, unsigned count)
{
    return (struct gunyah_memory_region){(uintptr_t)pages[first], (uint64_t)count * GUNYAH_RM_PAGE_SIZE};
}

bool conformance_make_vm(struct target *target, const struct hlos *hlos, struct made *made)
{
    return conformance_load_vm(target, hlos, conformance_pages(0, 2), made);
}

bool conformance_load_vm(struct target *target, const struct hlos *hlos, struct gunyah_memory_region image,
                         struct made *made)
{
    struct gunyah_memparcel_options options = GUNYAH_MEMPARCEL_OPTIONS_INIT;

    made->region = image;
    EXPECT_OK(gunyah_vm_create(hlos->vmm, gunyah_vmid(0), &made->vm));
    made->vmid = gunyah_vm_vmid(made->vm);
    const struct gunyah_memparcel_access access = {made->vmid, GUNYAH_PGTABLE_ACCESS_RWX, 0};
    options.access = &access;
    options.access_count = 1;
    options.regions = &made->region;
    options.region_count = 1;
    options.vm = made->vm;
    EXPECT_OK(gunyah_memparcel_create(hlos->rm, &options, &made->image));
    return true;
}

bool conformance_configure_vm(struct target *target, const struct made *made)
{
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;

    image.memparcel = gunyah_memparcel_handle(made->image);
    image.dtb_size = made->region.size;
    EXPECT_OK(gunyah_vm_configure(made->vm, &image));
    return true;
}

bool conformance_start_vm(struct target *target, const struct made *made)
{
    EXPECT_TRUE(conformance_configure_vm(target, made));
    EXPECT_OK(gunyah_vm_init(made->vm));
    EXPECT_OK(gunyah_vm_start(made->vm));
    return true;
}

bool conformance_start_trusted_vm(struct target *target, const struct made *made)
{
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;

    image.authentication = GUNYAH_VM_AUTH_PLATFORM;
    image.memparcel = gunyah_memparcel_handle(made->image);
    image.dtb_size = made->region.size;
    EXPECT_OK(gunyah_vm_configure(made->vm, &image));
    EXPECT_OK(gunyah_vm_authenticate(made->vm, PAS_ID));
    EXPECT_OK(gunyah_vm_init(made->vm));
    EXPECT_OK(gunyah_vm_start(made->vm));
    return true;
}

bool conformance_enter(struct target *target, const struct made *made, struct gunyah_rm **guest)
{
    struct target_channel channel;

    EXPECT_TRUE(target->ops->enter_guest(target, made->vmid, &channel));
    EXPECT_TRUE(connect(target, target->vms[TARGET_GUEST].g, &channel, guest));
    return true;
}

bool conformance_running_vm(struct target *target, struct hlos *hlos, struct made *made, struct gunyah_rm **guest)
{
    EXPECT_TRUE(conformance_hlos(target, hlos));
    EXPECT_TRUE(conformance_make_vm(target, hlos, made));
    EXPECT_TRUE(conformance_start_vm(target, made));
    EXPECT_TRUE(conformance_enter(target, made, guest));
    return true;
}

bool conformance_event(struct target *target, struct gunyah_rm *rm, uint32_t id, struct gunyah_rm_event *event)
{
    do {
        EXPECT_OK(gunyah_rm_next_event(rm, event, MADE_PATIENCE_NS));
    } while (event->id != id);
    return true;
}

void conformance_psci(struct target *target, uint64_t function, uint64_t type, uint64_t cookie)
{
    struct gunyah_registers registers = {{function, type, cookie}};

    gunyah_smccc(target->vms[TARGET_GUEST].g, &registers);
}
