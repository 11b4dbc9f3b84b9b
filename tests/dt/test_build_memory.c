// SPDX-License-Identifier: BSD-3-Clause
// What has memory: parcels of virtual devices, devices of the VMM, and memory that is set aside.
#include "build_kit.h"

static struct gunyah_dt_shm shm = GUNYAH_DT_SHM_INIT;
static struct gunyah_dt_virtio virtio = GUNYAH_DT_VIRTIO_INIT;
static struct gunyah_dt_iomem iomem = GUNYAH_DT_IOMEM_INIT;
static struct gunyah_dt_device_node device = GUNYAH_DT_DEVICE_NODE_INIT;
static struct gunyah_dt_reserved reserved = GUNYAH_DT_RESERVED_INIT;
static struct gunyah_dt_bell bell = GUNYAH_DT_BELL_INIT;

static const char *const seven[] = {"a", "b", "c", "d", "e", "f", "g"};

static void begin(void)
{
    cr_assert_eq(kit_begin(), GUNYAH_OK);
    shm.label = 1;
    virtio.label = 1;
    iomem.label = 1;
    iomem.compatible = seven;
    iomem.compatible_count = 1;
    device.name = "serial";
    device.compatible = seven;
    device.compatible_count = 2;
    device.address = 0x3f8;
    device.bytes = 8;
    reserved.name = "pool";
    reserved.bytes = 0x400000;
}

static void add_shm(enum gunyah_error error)
{
    cr_expect_eq(gunyah_dt_add_shm(&build, &shm), error, "%s", gunyah_dt_build_last_problem(&build)->text);
}

static void add_virtio(enum gunyah_error error)
{
    cr_expect_eq(gunyah_dt_add_virtio_mmio(&build, &virtio), error, "%s", gunyah_dt_build_last_problem(&build)->text);
}

static void add_device(enum gunyah_error error)
{
    cr_expect_eq(gunyah_dt_add_device(&build, &device), error, "%s", gunyah_dt_build_last_problem(&build)->text);
}

static void add_reserved(enum gunyah_error error)
{
    cr_expect_eq(gunyah_dt_add_reserved(&build, &reserved), error, "%s", gunyah_dt_build_last_problem(&build)->text);
}

// ---- Parcels of virtual devices ----------------------------------------------------------------------------------

Test(dt_build_memory, shared_memory, .init = begin)
{
    shm.address = 0xa0000000;
    add_shm(GUNYAH_OK);
    shm.label = 2;
    shm.name = "swiotlb";
    shm.generate = "/swiotlb";
    shm.address = 0;
    shm.optional = true;
    shm.has_dma_base = true;
    shm.dma_base = 0x123456789a;
    shm.compatible = seven;
    shm.compatible_count = 6;
    cr_expect_eq(gunyah_dt_add_shm_doorbell(&build, &shm), GUNYAH_OK);
    kit_finish();
    kit_expect_string(VDEVICES "/shm-1", "vdevice-type", "shm");
    kit_expect_string(VDEVICES "/shm-1", "generate", "/hypervisor/shm-1");
    kit_expect_flag(VDEVICES "/shm-1", "peer-default", true);
    kit_expect_u32(VDEVICES "/shm-1", "#address-cells", 2);
    cr_expect_not(kit_has(VDEVICES "/shm-1", "dma_base"));
    cr_expect_not(kit_has(VDEVICES "/shm-1", "push-compatible"));
    // A label there would count instead of that of the memory.
    cr_expect_not(kit_has(VDEVICES "/shm-1", "label"));
    kit_expect_u32(VDEVICES "/shm-1/memory", "label", 1);
    kit_expect_u64(VDEVICES "/shm-1/memory", "base", 0xa0000000);
    kit_expect_flag(VDEVICES "/shm-1/memory", "allocate-base", false);
    kit_expect_flag(VDEVICES "/shm-1/memory", "optional", false);
    kit_expect_string(VDEVICES "/swiotlb", "vdevice-type", "shm-doorbell");
    kit_expect_string(VDEVICES "/swiotlb", "generate", "/swiotlb");
    kit_expect_u64(VDEVICES "/swiotlb", "dma_base", 0x123456789a);
    kit_expect_bytes(VDEVICES "/swiotlb", "push-compatible", "a\0b\0c\0d\0e\0f", 12);
    kit_expect_u32(VDEVICES "/swiotlb/memory", "label", 2);
    kit_expect_flag(VDEVICES "/swiotlb/memory", "allocate-base", true);
    kit_expect_flag(VDEVICES "/swiotlb/memory", "optional", true);
    cr_expect_not(kit_has(VDEVICES "/swiotlb/memory", "base"));
}

Test(dt_build_memory, virtio, .init = begin)
{
    virtio.address = 0x91000000;
    virtio.interrupt.virq = gunyah_virq(100);
    virtio.interrupt.level = true;
    virtio.device_type = 2;
    virtio.queue_count = 16;
    virtio.dma_coherent = true;
    virtio.has_dma_base = true;
    add_virtio(GUNYAH_OK);
    kit_finish();
    kit_expect_string(VDEVICES "/virtio-mmio-1", "vdevice-type", "virtio-mmio");
    kit_expect_string(VDEVICES "/virtio-mmio-1", "generate", "/virtio-mmio-1");
    kit_expect_flag(VDEVICES "/virtio-mmio-1", "peer-default", true);
    kit_expect_u32(VDEVICES "/virtio-mmio-1", "vqs-num", 16);
    kit_expect_u32(VDEVICES "/virtio-mmio-1", "virtio,device-type", 2);
    kit_expect_u64(VDEVICES "/virtio-mmio-1", "dma_base", 0);
    kit_expect_flag(VDEVICES "/virtio-mmio-1", "dma-coherent", true);
    kit_expect_cells(VDEVICES "/virtio-mmio-1", "interrupts", (const uint32_t[]){0, 68, 4}, 3);
    kit_expect_u32(VDEVICES "/virtio-mmio-1/memory", "label", 1);
    kit_expect_u64(VDEVICES "/virtio-mmio-1/memory", "base", 0x91000000);
}

Test(dt_build_memory, io_memory, .init = begin)
{
    iomem.compatible_count = 2;
    cr_expect_eq(gunyah_dt_add_iomem(&build, &iomem), GUNYAH_OK);
    kit_finish();
    kit_expect_string(VDEVICES "/iomem-1", "vdevice-type", "iomem");
    kit_expect_string(VDEVICES "/iomem-1", "generate", "/iomem-1");
    kit_expect_flag(VDEVICES "/iomem-1", "peer-default", true);
    kit_expect_bytes(VDEVICES "/iomem-1", "push-compatible", "a\0b", 4);
    kit_expect_u32(VDEVICES "/iomem-1/memory", "label", 1);
    kit_expect_flag(VDEVICES "/iomem-1/memory", "allocate-base", false);
}

Test(dt_build_memory, parcels_that_are_none, .init = begin)
{
    static const char *const empty[] = {"a", ""};
    static const char *const null[] = {NULL};

    shm.label = 0;
    add_shm(GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem(VDEVICES "/shm-0/memory", "label", "0 is the VM's own memory");
    shm.label = 1;
    shm.compatible = seven;
    shm.compatible_count = 7;
    add_shm(GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem(VDEVICES "/shm-1", "push-compatible", "there are too many");
    shm.compatible_count = SIZE_MAX;
    add_shm(GUNYAH_ERR_ARGUMENT_INVALID);
    shm.compatible = NULL;
    shm.compatible_count = 1;
    add_shm(GUNYAH_ERR_ARGUMENT_INVALID);
    shm.compatible = empty;
    shm.compatible_count = 2;
    add_shm(GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem(VDEVICES "/shm-1", "push-compatible", "one is empty, too long, or not printable ASCII");
    shm.compatible = null;
    shm.compatible_count = 1;
    add_shm(GUNYAH_ERR_ARGUMENT_INVALID);
    shm.compatible_count = 0;
    shm.address = 0xa0000800;
    add_shm(GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    kit_expect_problem(VDEVICES "/shm-1/memory", "base", "it is no multiple of 4 KiB");
    virtio.queue_count = 0;
    add_virtio(GUNYAH_ERR_ARGUMENT_INVALID);
    virtio.queue_count = 17;
    add_virtio(GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem(VDEVICES "/virtio-mmio-1", "vqs-num", "a device has 1 to 16 queues");
    virtio.queue_count = 1;
    virtio.generate = "/hypervisor/virtio";
    add_virtio(GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem(VDEVICES "/virtio-mmio-1", "generate", "a device with an address is not made below /hypervisor");
    iomem.compatible_count = 0;
    cr_expect_eq(gunyah_dt_add_iomem(&build, &iomem), GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem(VDEVICES "/iomem-1", "push-compatible", "the VM could not tell what it is");
}

Test(dt_build_memory, bad_arguments, .init = begin)
{
    cr_expect_eq(gunyah_dt_add_shm(&build, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_add_shm_doorbell(&build, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_add_virtio_mmio(&build, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_add_iomem(&build, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_add_device(&build, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_add_reserved(&build, NULL), GUNYAH_ERR_NULL);
    shm.size = virtio.size = iomem.size = device.size = reserved.size = 8;
    add_shm(GUNYAH_ERR_OPTION);
    cr_expect_eq(gunyah_dt_add_shm_doorbell(&build, &shm), GUNYAH_ERR_OPTION);
    add_virtio(GUNYAH_ERR_OPTION);
    cr_expect_eq(gunyah_dt_add_iomem(&build, &iomem), GUNYAH_ERR_OPTION);
    add_device(GUNYAH_ERR_OPTION);
    add_reserved(GUNYAH_ERR_OPTION);
    // None of them ended the virtual devices.
    shm.size = sizeof(shm);
    add_shm(GUNYAH_OK);
}

// All parcels of a VM have different labels.
Test(dt_build_memory, labels_of_parcels, .init = begin)
{
    add_shm(GUNYAH_OK);
    add_virtio(GUNYAH_ERR_IN_USE);
    kit_expect_problem(VDEVICES "/virtio-mmio-1/memory", "label", "another parcel has it");
    cr_expect_eq(gunyah_dt_add_iomem(&build, &iomem), GUNYAH_ERR_IN_USE);
    // A doorbell is no parcel.
    bell.label = 1;
    cr_expect_eq(gunyah_dt_add_doorbell(&build, &bell), GUNYAH_OK);
    reserved.has_label = true;
    reserved.label = 1;
    reserved.address = 0xb0000000;
    add_reserved(GUNYAH_ERR_IN_USE);
    kit_expect_problem("/reserved-memory/pool@b0000000", "qcom,label", "another parcel has it");
    reserved.label = 2;
    add_reserved(GUNYAH_OK);
    reserved.address = 0xc0000000;
    add_reserved(GUNYAH_ERR_IN_USE);
    reserved.label = 0;
    add_reserved(GUNYAH_ERR_ARGUMENT_INVALID);
}

// The path of shared memory is that of its node.
Test(dt_build_memory, paths_of_parcels, .init = begin)
{
    shm.generate = "/swiotlb";
    add_shm(GUNYAH_OK);
    shm.label = 2;
    add_shm(GUNYAH_ERR_IN_USE);
    kit_expect_problem(VDEVICES "/shm-2", "generate", "another virtual device makes this node");
    shm.generate = "/cpus/cpu@0";
    add_shm(GUNYAH_ERR_ARGUMENT_INVALID);
    shm.generate = "/chosen";
    add_shm(GUNYAH_ERR_IN_USE);
    kit_expect_problem(VDEVICES "/shm-2", "generate", "the tree has this node");
    iomem.label = 3;
    iomem.generate = "/swiotlb";
    cr_expect_eq(gunyah_dt_add_iomem(&build, &iomem), GUNYAH_ERR_IN_USE);
}

Test(dt_build_memory, places, .init = begin)
{
    // In the VM's memory, at its edges, in its firmware, and in the GIC.
    static const uint64_t taken[] = {0x80000000, 0x8ffff000, 0x7fc00000, 0x7ffff000,
                                     0x3fff0000, 0x3ffef000, 0xa0000000};
    static const uint64_t free_places[] = {0x90000000, 0x7fbff000, 0x40000000, 0x3ffcf000, 0xa0001000};

    config.has_firmware = true;
    config.firmware_address = 0x7fc00000;
    begin();
    shm.label = 100;
    shm.address = 0xa0000000;
    add_shm(GUNYAH_OK);
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        shm.label++;
        shm.address = taken[i];
        add_shm(GUNYAH_ERR_IN_USE);
        virtio.address = taken[i];
        add_virtio(GUNYAH_ERR_IN_USE);
        kit_expect_problem(VDEVICES "/virtio-mmio-1/memory", "base", "something else is there");
    }
    for (size_t i = 0; i < sizeof(free_places) / sizeof(free_places[0]); i++) {
        shm.label++;
        shm.address = free_places[i];
        add_shm(GUNYAH_OK);
    }
    // Of a parcel, the first page is known to be there.
    device.address = 0xa0001ff8;
    add_device(GUNYAH_ERR_IN_USE);
    device.address = 0xa0002000;
    add_device(GUNYAH_OK);
}

// ---- Devices of the VMM ------------------------------------------------------------------------------------------

Test(dt_build_memory, emulated_devices, .init = begin)
{
    bell.interrupt.virq = gunyah_virq(34);
    bell.interrupt.level = true;
    cr_expect_eq(gunyah_dt_add_doorbell(&build, &bell), GUNYAH_OK);
    device.interrupt = bell.interrupt;
    device.dma_coherent = true;
    add_device(GUNYAH_OK);
    device.address = 0x1000;
    device.bytes = 0x200;
    device.interrupt.virq = gunyah_virq(0);
    device.dma_coherent = false;
    add_device(GUNYAH_OK);
    kit_finish();
    kit_expect_bytes("/serial@3f8", "compatible", "a\0b", 4);
    kit_expect_cells("/serial@3f8", "reg", (const uint32_t[]){0, 0x3f8, 0, 8}, 4);
    kit_expect_cells("/serial@3f8", "interrupts", (const uint32_t[]){0, 2, 4}, 3);
    kit_expect_flag("/serial@3f8", "dma-coherent", true);
    kit_expect_cells("/serial@1000", "reg", (const uint32_t[]){0, 0x1000, 0, 0x200}, 4);
    cr_expect_not(kit_has("/serial@1000", "interrupts"));
    kit_expect_flag("/serial@1000", "dma-coherent", false);
}

Test(dt_build_memory, devices_that_are_none, .init = begin)
{
    device.name = NULL;
    add_device(GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem("", NULL, "a name has 1 to 31 letters, digits and ,._+-");
    device.name = "serial@3f8";
    add_device(GUNYAH_ERR_ARGUMENT_INVALID);
    device.name = "serial";
    device.compatible_count = 0;
    add_device(GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem("/serial@3f8", "compatible", "the VM could not tell what it is");
    device.compatible_count = 7;
    add_device(GUNYAH_ERR_ARGUMENT_INVALID);
    device.compatible_count = 1;
    device.bytes = 0;
    add_device(GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem("/serial@3f8", "reg", "it has no registers");
    device.bytes = UINT64_MAX;
    add_device(GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem("/serial@3f8", "reg", "it wraps around");
    device.address = 0x3ffeffff;
    device.bytes = 2;
    add_device(GUNYAH_ERR_IN_USE);
    kit_expect_problem("/serial@3ffeffff", "reg", "something else is there");
}

Test(dt_build_memory, devices_without_a_doorbell, .init = begin)
{
    bell.interrupt.virq = gunyah_virq(34);
    cr_expect_eq(gunyah_dt_add_doorbell(&build, &bell), GUNYAH_OK);
    device.interrupt.virq = gunyah_virq(35);
    add_device(GUNYAH_ERR_NOT_FOUND);
    kit_expect_problem("/serial@3f8", "interrupts", "no doorbell has this interrupt and trigger");
    device.interrupt.virq = gunyah_virq(34);
    device.interrupt.level = true;
    add_device(GUNYAH_ERR_NOT_FOUND);
    device.interrupt.virq = gunyah_virq(20);
    add_device(GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem("/serial@3f8", "interrupts", "it is no SPI, 32 to 1019");
    device.interrupt = bell.interrupt;
    add_device(GUNYAH_OK);
    device.address = 0x3ff;
    add_device(GUNYAH_ERR_IN_USE);
    device.address = 0x400;
    add_device(GUNYAH_OK);
}

// ---- Memory that is set aside ------------------------------------------------------------------------------------

Test(dt_build_memory, reserved_memory, .init = begin)
{
    reserved.compatible = "restricted-dma-pool";
    reserved.alignment = 0x1000;
    add_reserved(GUNYAH_OK);
    reserved.name = "parcel";
    reserved.compatible = NULL;
    reserved.alignment = 0;
    reserved.has_label = true;
    reserved.label = 9;
    reserved.address = 0x100000000;
    reserved.no_map = true;
    add_reserved(GUNYAH_OK);
    kit_finish();
    kit_expect_u32("/reserved-memory", "#address-cells", 2);
    kit_expect_u32("/reserved-memory", "#size-cells", 2);
    kit_expect_flag("/reserved-memory", "ranges", true);
    kit_expect_string("/reserved-memory/pool", "compatible", "restricted-dma-pool");
    kit_expect_u64("/reserved-memory/pool", "size", 0x400000);
    kit_expect_u64("/reserved-memory/pool", "alignment", 0x1000);
    kit_expect_flag("/reserved-memory/pool", "no-map", false);
    cr_expect_not(kit_has("/reserved-memory/pool", "reg"));
    cr_expect_not(kit_has("/reserved-memory/pool", "qcom,label"));
    kit_expect_cells("/reserved-memory/parcel@100000000", "reg", (const uint32_t[]){1, 0, 0, 0x400000}, 4);
    kit_expect_u32("/reserved-memory/parcel@100000000", "qcom,label", 9);
    kit_expect_flag("/reserved-memory/parcel@100000000", "no-map", true);
    cr_expect_not(kit_has("/reserved-memory/parcel@100000000", "compatible"));
    cr_expect_not(kit_has("/reserved-memory/parcel@100000000", "size"));
}

Test(dt_build_memory, memory_that_cannot_be_reserved, .init = begin)
{
    reserved.name = "a/b";
    add_reserved(GUNYAH_ERR_ARGUMENT_INVALID);
    reserved.name = "pool";
    reserved.compatible = "";
    add_reserved(GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem("/reserved-memory/pool", "compatible", "one is empty, too long, or not printable ASCII");
    reserved.compatible = NULL;
    reserved.bytes = 0;
    add_reserved(GUNYAH_ERR_ARGUMENT_INVALID);
    reserved.bytes = 0x800;
    add_reserved(GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    reserved.bytes = 0x1000;
    reserved.alignment = 0x3000;
    add_reserved(GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem("/reserved-memory/pool", "alignment", "it is no power of two");
    reserved.alignment = 0;
    reserved.address = 0xa0000000;
    add_reserved(GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem("/reserved-memory/pool", "reg", "it has no label, and so the VM chooses the place");
    reserved.has_label = true;
    reserved.label = 1;
    reserved.alignment = 0x1000;
    add_reserved(GUNYAH_ERR_ARGUMENT_INVALID);
    reserved.alignment = 0;
    reserved.address = 0xa0000800;
    add_reserved(GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    reserved.address = 0x7ffff000;
    reserved.bytes = 0x2000;
    add_reserved(GUNYAH_ERR_IN_USE);
    reserved.bytes = 0x1000;
    add_reserved(GUNYAH_OK);
    reserved.label = 2;
    add_reserved(GUNYAH_ERR_IN_USE);
    kit_expect_problem("/reserved-memory/pool@7ffff000", NULL, "another node has this name");
    reserved.name = "other";
    add_reserved(GUNYAH_ERR_IN_USE);
    kit_expect_problem("/reserved-memory/other@7ffff000", "reg", "something else is there");
    kit_finish();
    // What failed before the first that did not has left no node.
    cr_expect_geq(fdt_first_subnode(built.bytes, kit_node("/reserved-memory")), 0);
}

// ---- In which order ----------------------------------------------------------------------------------------------

Test(dt_build_memory, kinds_come_in_order, .init = begin)
{
    add_shm(GUNYAH_OK);
    add_device(GUNYAH_OK);
    shm.label = 2;
    add_shm(GUNYAH_ERR_OBJECT_STATE);
    kit_expect_problem("", NULL, "it comes before what was added last");
    add_reserved(GUNYAH_OK);
    device.address = 0x800;
    add_device(GUNYAH_ERR_OBJECT_STATE);
    kit_expect_problem("/reserved-memory", NULL, "it comes before what was added last");
    add_shm(GUNYAH_ERR_OBJECT_STATE);
    reserved.name = "second";
    add_reserved(GUNYAH_OK);
    kit_finish();
    cr_expect_eq(fdt_path_offset(built.bytes, VDEVICES "/shm-2"), -FDT_ERR_NOTFOUND);
    kit_node("/reserved-memory/second");
    kit_node("/serial@3f8");
}

// A failure does not end what is open, either.
Test(dt_build_memory, a_failure_is_no_step, .init = begin)
{
    device.bytes = 0;
    add_device(GUNYAH_ERR_ARGUMENT_INVALID);
    reserved.bytes = 0;
    add_reserved(GUNYAH_ERR_ARGUMENT_INVALID);
    add_shm(GUNYAH_OK);
    kit_finish();
    kit_node(VDEVICES "/shm-1");
    cr_expect_eq(fdt_path_offset(built.bytes, "/reserved-memory"), -FDT_ERR_NOTFOUND);
}
