// SPDX-License-Identifier: BSD-3-Clause
// What has memory: parcels, with virtual devices or without, and devices that the VMM emulates.
#include "build.h"

#include <string.h>

#define MOST_COMPATIBLE 6
#define MOST_QUEUES GUNYAH_VIRTIO_MAX_QUEUES
#define HYPERVISOR "/hypervisor/"

// Name and address of a node: "serial@3f8".
#define NAME_SIZE (32 + 17)

// ---- Parcels of virtual devices ----------------------------------------------------------------------------------

struct parcel {
    uint32_t label;
    uint64_t address; // 0: the Resource Manager chooses
    bool has_address; // false: there is nothing to choose
    bool is_optional;
};

// The node that says which parcel, and where.
static void write_parcel(struct writer *writer, const struct parcel *parcel)
{
    gunyah_build_node(writer, "memory");
    gunyah_build_own_parcel(writer, "label", parcel->label);
    gunyah_build_u32(writer, "label", parcel->label);
    if (parcel->has_address && parcel->address == 0)
        gunyah_build_flag(writer, "allocate-base");
    if (parcel->address != 0) {
        gunyah_build_align(writer, parcel->address, BUILD_PAGE, "base");
        gunyah_build_own_memory(writer, "base", parcel->address, BUILD_PAGE);
        gunyah_build_u64(writer, "base", parcel->address);
    }
    if (parcel->is_optional)
        gunyah_build_flag(writer, "optional");
    gunyah_build_end(writer);
}

// The cells of what write_parcel() writes, and what the VM's node is compatible with.
static void write_cells_and_compatible(struct writer *writer, const char *const *compatible, size_t count)
{
    gunyah_build_cell_counts(writer, 2, 2);
    gunyah_build_strings(writer, "push-compatible", compatible, count, MOST_COMPATIBLE);
}

static enum gunyah_error add_shm(struct gunyah_dt_build *build, const struct gunyah_dt_shm *shm, const char *type)
{
    struct writer writer;
    const enum gunyah_error error = gunyah_build_enter(&writer, build, shm, sizeof(*shm), PHASE_VDEVICES);

    if (error != GUNYAH_OK)
        return error;
    const struct parcel parcel = {shm->label, shm->address, true, shm->optional};
    const struct vdevice_head head = {
        .type = type,
        .name = shm->name,
        .label = &shm->label,
        .is_parcel = true,
        .generate = shm->generate,
        .place = HYPERVISOR,
        .is_exact = true,
        .has_peer = true,
    };
    gunyah_build_vdevice(&writer, &head);
    write_cells_and_compatible(&writer, shm->compatible, shm->compatible_count);
    if (shm->has_dma_base)
        gunyah_build_u64(&writer, "dma_base", shm->dma_base);
    write_parcel(&writer, &parcel);
    gunyah_build_end(&writer);
    return gunyah_build_leave(&writer);
}

enum gunyah_error gunyah_dt_add_shm(struct gunyah_dt_build *build, const struct gunyah_dt_shm *shm)
{
    return add_shm(build, shm, "shm");
}

enum gunyah_error gunyah_dt_add_shm_doorbell(struct gunyah_dt_build *build, const struct gunyah_dt_shm *shm)
{
    return add_shm(build, shm, "shm-doorbell");
}

static bool is_below_hypervisor(const char *generate)
{
    return generate != NULL && strlen(generate) >= strlen(HYPERVISOR) &&
           memcmp(generate, HYPERVISOR, strlen(HYPERVISOR)) == 0;
}

enum gunyah_error gunyah_dt_add_virtio_mmio(struct gunyah_dt_build *build, const struct gunyah_dt_virtio *device)
{
    struct writer writer;
    const enum gunyah_error error = gunyah_build_enter(&writer, build, device, sizeof(*device), PHASE_VDEVICES);

    if (error != GUNYAH_OK)
        return error;
    const struct parcel parcel = {device->label, device->address, true, false};
    const struct vdevice_head head = {
        .type = "virtio-mmio",
        .name = device->name,
        .label = &device->label,
        .is_parcel = true,
        .generate = device->generate,
        .place = "/",
        .has_peer = true,
        .interrupts = &device->interrupt,
        .interrupt_count = 1,
    };
    gunyah_build_vdevice(&writer, &head);
    gunyah_build_need(&writer, !is_below_hypervisor(device->generate), "generate",
                      "a device with an address is not made below /hypervisor");
    gunyah_build_need(&writer, device->queue_count >= 1 && device->queue_count <= MOST_QUEUES, "vqs-num",
                      "a device has 1 to 16 queues");
    write_cells_and_compatible(&writer, device->compatible, device->compatible_count);
    gunyah_build_u32(&writer, "vqs-num", device->queue_count);
    if (device->device_type != 0)
        gunyah_build_u32(&writer, "virtio,device-type", device->device_type);
    if (device->dma_coherent)
        gunyah_build_flag(&writer, "dma-coherent");
    if (device->has_dma_base)
        gunyah_build_u64(&writer, "dma_base", device->dma_base);
    write_parcel(&writer, &parcel);
    gunyah_build_end(&writer);
    return gunyah_build_leave(&writer);
}

enum gunyah_error gunyah_dt_add_iomem(struct gunyah_dt_build *build, const struct gunyah_dt_iomem *iomem)
{
    struct writer writer;
    const enum gunyah_error error = gunyah_build_enter(&writer, build, iomem, sizeof(*iomem), PHASE_VDEVICES);

    if (error != GUNYAH_OK)
        return error;
    const struct parcel parcel = {iomem->label, 0, false, false};
    const struct vdevice_head head = {
        .type = "iomem",
        .name = iomem->name,
        .label = &iomem->label,
        .is_parcel = true,
        .generate = iomem->generate,
        .place = "/",
        .is_exact = true,
        .has_peer = true,
    };
    gunyah_build_vdevice(&writer, &head);
    gunyah_build_need(&writer, iomem->compatible_count > 0, "push-compatible", "the VM could not tell what it is");
    write_cells_and_compatible(&writer, iomem->compatible, iomem->compatible_count);
    write_parcel(&writer, &parcel);
    gunyah_build_end(&writer);
    return gunyah_build_leave(&writer);
}

// ---- Nodes of the VMM's own --------------------------------------------------------------------------------------

// Begin a node of this name, with its address unless that is left out; or complain.
static void begin_node(struct writer *writer, int parent, const char *name, const uint64_t *address)
{
    char full[NAME_SIZE];
    struct text text = {full, sizeof(full), 0};

    if (!gunyah_build_is_name(name)) {
        gunyah_build_need(writer, false, NULL, "a name has 1 to 31 letters, digits and ,._+-");
        return;
    }
    gunyah_text_add(&text, name);
    if (address != NULL) {
        gunyah_text_add(&text, "@");
        gunyah_text_hex(&text, *address);
    }
    const bool is_taken = !writer->is_full && fdt_subnode_offset(writer->build->blob, parent, full) >= 0;
    gunyah_build_node(writer, full);
    if (is_taken)
        gunyah_build_complain(writer, GUNYAH_ERR_IN_USE, NULL, "another node has this name");
}

static void write_line(struct writer *writer, struct gunyah_dt_interrupt interrupt)
{
    uint32_t specifier[BUILD_SPECIFIER];

    if (interrupt.virq.value == 0)
        return;
    if (!gunyah_build_specifier(interrupt, specifier) || specifier[0] != 0) {
        gunyah_build_need(writer, false, "interrupts", "it is no SPI, 32 to 1019");
        return;
    }
    gunyah_build_need_doorbell(writer, specifier);
    gunyah_build_cells(writer, "interrupts", specifier, BUILD_SPECIFIER);
}

enum gunyah_error gunyah_dt_add_device(struct gunyah_dt_build *build, const struct gunyah_dt_device_node *device)
{
    struct writer writer;
    const enum gunyah_error error = gunyah_build_enter(&writer, build, device, sizeof(*device), PHASE_DEVICES);

    if (error != GUNYAH_OK)
        return error;
    begin_node(&writer, 0, device->name, &device->address);
    gunyah_build_need(&writer, device->compatible_count > 0, "compatible", "the VM could not tell what it is");
    gunyah_build_strings(&writer, "compatible", device->compatible, device->compatible_count, MOST_COMPATIBLE);
    gunyah_build_need(&writer, device->bytes > 0, "reg", "it has no registers");
    gunyah_build_own_memory(&writer, "reg", device->address, device->bytes);
    gunyah_build_range(&writer, "reg", device->address, device->bytes);
    write_line(&writer, device->interrupt);
    if (device->dma_coherent)
        gunyah_build_flag(&writer, "dma-coherent");
    gunyah_build_end(&writer);
    return gunyah_build_leave(&writer);
}

// Where the parcel goes.
static void write_place(struct writer *writer, const struct gunyah_dt_reserved *reserved)
{
    gunyah_build_need(writer, reserved->alignment == 0, "alignment", "the address says it");
    gunyah_build_align(writer, reserved->address, BUILD_PAGE, "reg");
    gunyah_build_own_memory(writer, "reg", reserved->address, reserved->bytes);
    gunyah_build_range(writer, "reg", reserved->address, reserved->bytes);
    gunyah_build_own_parcel(writer, "qcom,label", reserved->label);
    gunyah_build_u32(writer, "qcom,label", reserved->label);
}

// What the VM chooses a place for.
static void write_wish(struct writer *writer, const struct gunyah_dt_reserved *reserved)
{
    gunyah_build_need(writer, reserved->address == 0, "reg", "it has no label, and so the VM chooses the place");
    gunyah_build_need(writer, (reserved->alignment & (reserved->alignment - 1)) == 0, "alignment",
                      "it is no power of two");
    gunyah_build_u64(writer, "size", reserved->bytes);
    if (reserved->alignment != 0)
        gunyah_build_u64(writer, "alignment", reserved->alignment);
}

enum gunyah_error gunyah_dt_add_reserved(struct gunyah_dt_build *build, const struct gunyah_dt_reserved *reserved)
{
    struct writer writer;
    const enum gunyah_error error = gunyah_build_enter(&writer, build, reserved, sizeof(*reserved), PHASE_RESERVED);

    if (error != GUNYAH_OK)
        return error;
    begin_node(&writer, build->reserved, reserved->name, reserved->has_label ? &reserved->address : NULL);
    gunyah_build_strings(&writer, "compatible", &reserved->compatible, reserved->compatible != NULL, 1);
    gunyah_build_need(&writer, reserved->bytes > 0, "size", "it has no size");
    gunyah_build_align(&writer, reserved->bytes, BUILD_PAGE, "size");
    if (reserved->has_label)
        write_place(&writer, reserved);
    else
        write_wish(&writer, reserved);
    if (reserved->no_map)
        gunyah_build_flag(&writer, "no-map");
    gunyah_build_end(&writer);
    return gunyah_build_leave(&writer);
}
