// SPDX-License-Identifier: BSD-3-Clause
// The properties that the Resource Manager knows, where it looks for them, and in which length.
#include "lint.h"

// Where properties are. Those of vdevices come first: 1 << enum vdevice.
#define OF(kind) (UINT32_C(1) << (kind))
#define OF_CONFIG OF(VDEVICE_COUNT)
#define OF_MEMORY OF(VDEVICE_COUNT + 1)
#define OF_VCPUS OF(VDEVICE_COUNT + 2)
#define OF_INTERRUPTS OF(VDEVICE_COUNT + 3)
#define OF_VDEVICES OF(VDEVICE_COUNT + 4)
#define OF_VDEVICE_MEMORY OF(VDEVICE_COUNT + 5)
#define OF_ANY UINT32_MAX
#define OF_ANY_VDEVICE (OF(VDEVICE_COUNT) - 1)

#define OF_QUEUE (OF(VDEVICE_RM_RPC) | OF(VDEVICE_MSGQUEUE) | OF(VDEVICE_MSGQUEUE_PAIR))
#define OF_BELL (OF(VDEVICE_DOORBELL) | OF(VDEVICE_DOORBELL_SOURCE))
#define OF_SHM (OF(VDEVICE_SHM) | OF(VDEVICE_SHM_DOORBELL))
#define OF_VIRTIO (OF(VDEVICE_VIRTIO_MMIO) | OF(VDEVICE_VIRTIO_PCI))

enum form { ANY, U32, U64, ADDRESS, SIZE, STRING };

// No generation: other VMMs write it.
#define NOBODY 0
#define ALL GUNYAH_DT_RM_ALL
#define LATER GUNYAH_DT_RM_LATER

// A name may come twice, for different places.
static const struct row {
    const char *name;
    uint32_t places;
    enum form form;
    uint32_t generations;
} rows[] = {
    {"image-name", OF_CONFIG, STRING, ALL},
    {"vendor", OF_CONFIG, STRING, ALL},
    {"vm-type", OF_CONFIG, STRING, ALL},
    {"os-type", OF_CONFIG, STRING, ALL},
    {"vm-uri", OF_CONFIG, STRING, ALL},
    {"vm-guid", OF_CONFIG, STRING, ALL},
    {"vm-attrs", OF_CONFIG, STRING, ALL},
    {"kernel-entry-segment", OF_CONFIG, STRING, ALL},
    {"kernel-entry-offset", OF_CONFIG, ADDRESS, ALL},
    {"iomemory-ranges", OF_CONFIG, ANY, ALL},
    {"gic-irq-ranges", OF_CONFIG, ANY, ALL},
    {"vmmio-ranges", OF_CONFIG, ANY, LATER},
    {"qcom,sensitive", OF_CONFIG, ANY, ALL},
    {"qcom,peripheral-vmids", OF_CONFIG, ANY, LATER},
    {"boot-config", OF_CONFIG, ANY, NOBODY},
    {"qcom,pasid", OF_CONFIG, ANY, NOBODY},
    {"qcom,qtee-config-info", OF_CONFIG, ANY, NOBODY},
    {"qcom,secdomain-ids", OF_CONFIG, ANY, NOBODY},
    {"qcom,primary-vm-index", OF_CONFIG, ANY, NOBODY},

    {"base-address", OF_MEMORY, ADDRESS, ALL},
    {"size-min", OF_MEMORY, SIZE, ALL},
    {"size-max", OF_MEMORY, SIZE, ALL},
    {"firmware-address", OF_MEMORY, ADDRESS, ALL},
    {"firmware-size-max", OF_MEMORY, SIZE, ALL},
    {"is-direct", OF_MEMORY, ANY, ALL},
    {"base-mem-constraints", OF_MEMORY, U64, ALL},

    {"affinity", OF_VCPUS, STRING, ALL},
    {"affinity-map", OF_VCPUS, ANY, ALL},
    {"sched-timeslice", OF_VCPUS, U32, ALL},
    {"sched-priority", OF_VCPUS, U32, ALL},
    {"config", OF_VCPUS, STRING, ALL},
    {"no-timer-wakeups", OF_VCPUS, ANY, NOBODY},

    {"config", OF_INTERRUPTS, ANY, ALL},
    {"generate", OF_VDEVICES, ANY, NOBODY},

    {"vdevice-type", OF_ANY_VDEVICE, STRING, ALL},
    {"generate", OF_ANY_VDEVICE, STRING, ALL},
    {"push-compatible", OF_ANY_VDEVICE, STRING, ALL},
    {"qcom,label", OF_ANY_VDEVICE | OF_VDEVICE_MEMORY, U32, ALL},
    {"label", OF_ANY_VDEVICE | OF_VDEVICE_MEMORY, U32, ALL},
    {"peer-default", OF_ANY_VDEVICE, ANY, ALL},
    {"peer", OF_ANY_VDEVICE, STRING, ALL},
    {"message-size", OF_QUEUE, U32, ALL},
    {"queue-depth", OF_QUEUE, U32, ALL},
    {"interrupts", OF_QUEUE | OF(VDEVICE_DOORBELL) | OF(VDEVICE_VIRTIO_MMIO), ANY, ALL},
    {"console-dev", OF(VDEVICE_RM_RPC), ANY, ALL},
    {"console-owner", OF(VDEVICE_RM_RPC), ANY, LATER},
    {"source-can-clear", OF_BELL, ANY, ALL},
    {"sdei-event-number", OF(VDEVICE_DOORBELL), U32, LATER},
    {"peer-interrupts", OF(VDEVICE_DOORBELL_SOURCE), ANY, LATER},
    {"is-sender", OF(VDEVICE_MSGQUEUE), ANY, ALL},
    {"is-receiver", OF(VDEVICE_MSGQUEUE), ANY, ALL},
    {"dma_base", OF_SHM | OF(VDEVICE_VIRTIO_MMIO), U64, ALL},
    {"vqs-num", OF_VIRTIO, U32, ALL},
    {"virtio,device-type", OF_VIRTIO, U32, ALL},
    {"dma-coherent", OF(VDEVICE_VIRTIO_MMIO) | OF(VDEVICE_PCI), ANY, ALL},
    {"sync-reset", OF(VDEVICE_VIRTIO_MMIO), ANY, LATER},
    {"patch", OF(VDEVICE_VIRTIO_MMIO), STRING, LATER},
    {"patch", OF(VDEVICE_IOMEM) | OF(VDEVICE_VSMMU) | OF(VDEVICE_PCI), STRING, ALL},
    {"qcom,rm_acl", OF(VDEVICE_IOMEM), U64, ALL},
    {"qcom,rm_attributes", OF(VDEVICE_IOMEM), U64, ALL},
    {"qcom,rm_sglist", OF(VDEVICE_IOMEM), ANY, ALL},
    {"smmu-handle", OF(VDEVICE_VSMMU), U32, ALL},
    {"num-cbs", OF(VDEVICE_VSMMU), U32, ALL},
    {"num-smrs", OF(VDEVICE_VSMMU), U32, ALL},
    {"base", OF(VDEVICE_RTC), U64, ALL},
    {"allocate-base", OF(VDEVICE_RTC) | OF_VDEVICE_MEMORY, ANY, ALL},
    {"pci-bus", OF(VDEVICE_VIRTIO_PCI), U32, ALL},
    {"pci-slot-index", OF(VDEVICE_VIRTIO_PCI) | OF(VDEVICE_VIRTIO_IOMMU), U32, ALL},
    {"disable-per-queue-irqs", OF(VDEVICE_VIRTIO_PCI), ANY, ALL},
    {"npmem-size", OF(VDEVICE_PCI), ADDRESS, ALL},
    {"npmem-base-address", OF(VDEVICE_PCI), ADDRESS, ALL},
    {"config-size", OF(VDEVICE_PCI), ADDRESS, ALL},
    {"config-base-address", OF(VDEVICE_PCI), ADDRESS, ALL},
    {"config", OF(VDEVICE_PCI), U32, ALL},
    {"msi-parent", OF(VDEVICE_PCI), ANY, ALL},
    {"msi-passthrough-base", OF(VDEVICE_PCI), ANY, ALL},
    {"msi-passthrough-length", OF(VDEVICE_PCI), ANY, ALL},
    {"interrupt-parent", OF(VDEVICE_PCI), ANY, ALL},
    {"linux,pci-domain", OF(VDEVICE_PCI), ANY, ALL},
    {"smmu-handle", OF(VDEVICE_VIRTIO_IOMMU), U64, ALL},
    {"max-streams", OF(VDEVICE_VIRTIO_IOMMU), U32, ALL},

    {"base", OF_VDEVICE_MEMORY, ADDRESS, ALL},
    {"optional", OF_VDEVICE_MEMORY, ANY, ALL},
    {"qcom,mem-info-tag", OF_VDEVICE_MEMORY, ANY, ALL},

    // What any node may have.
    {"name", OF_ANY, ANY, ALL},
    {"status", OF_ANY, ANY, ALL},
    {"compatible", OF_ANY, ANY, ALL},
    {"phandle", OF_ANY, ANY, ALL},
    {"linux,phandle", OF_ANY, ANY, ALL},
    {"#address-cells", OF_ANY, ANY, ALL},
    {"#size-cells", OF_ANY, ANY, ALL},
};

static uint32_t vdevice_place(enum vdevice kind)
{
    // What those two have is the platform's.
    if (kind == VDEVICE_MINIDUMP || kind == VDEVICE_WATCHDOG || kind == VDEVICE_COUNT)
        return 0;
    return OF(kind);
}

static uint32_t config_place(const char *name)
{
    if (gunyah_view_same(name, "memory"))
        return OF_MEMORY;
    if (gunyah_view_same(name, "vcpus"))
        return OF_VCPUS;
    if (gunyah_view_same(name, "interrupts"))
        return OF_INTERRUPTS;
    return gunyah_view_same(name, "vdevices") ? OF_VDEVICES : 0;
}

// 0: nobody knows what belongs there.
static uint32_t place_of(const struct linter *linter)
{
    const char *const name = gunyah_lint_name(linter);

    if (gunyah_lint_node(linter) == linter->config)
        return OF_CONFIG;
    if (gunyah_lint_here(linter)->vdevice != VDEVICE_NONE)
        return vdevice_place(gunyah_lint_here(linter)->vdevice);
    if (linter->depth == 0)
        return 0;
    if (gunyah_lint_parent(linter)->node == linter->config)
        return config_place(name);
    return gunyah_lint_parent(linter)->vdevice < VDEVICE_COUNT && gunyah_view_same(name, "memory") ? OF_VDEVICE_MEMORY
                                                                                                   : 0;
}

static const struct row *find(const char *name, uint32_t place)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if ((rows[i].places & place) != 0 && gunyah_view_same(rows[i].name, name))
            return &rows[i];
    }
    return NULL;
}

static uint32_t expected_bytes(const struct linter *linter, enum form form)
{
    switch (form) {
    case U32:
        return 4;
    case U64:
        return 8;
    case ADDRESS:
        return 4 * gunyah_lint_parent(linter)->address_cells;
    case SIZE:
        return 4 * gunyah_lint_parent(linter)->size_cells;
    default:
        return 0;
    }
}

static void check_length(struct linter *linter, const struct row *row, const char *data, uint32_t length)
{
    const uint32_t expected = expected_bytes(linter, row->form);
    struct text text = gunyah_lint_text(linter);

    if (row->form == STRING && (length == 0 || data[length - 1] != '\0'))
        gunyah_lint_say(linter, RULE_PROPERTY_LENGTH, row->name, "is a string without an end");
    if (expected == 0 || length == expected)
        return;
    gunyah_text_add(&text, "has ");
    gunyah_text_number(&text, length);
    gunyah_text_add(&text, " bytes, not the ");
    gunyah_text_number(&text, expected);
    gunyah_text_add(&text,
                    row->form == ADDRESS || row->form == SIZE ? " that the parent's cells make" : " of its kind");
    gunyah_lint_report(linter, RULE_PROPERTY_LENGTH, GUNYAH_DT_RM_ALL, row->name);
}

static void check_property(struct linter *linter, int property, uint32_t place)
{
    const char *name = NULL;
    int length = 0;
    const char *const data = fdt_getprop_by_offset(linter->dt.blob, property, &name, &length);
    const struct row *const row = data != NULL ? find(name, place) : NULL;

    if (data == NULL)
        return;
    if (row == NULL) {
        gunyah_lint_say(linter, RULE_PROPERTY_UNKNOWN, name, "is not known here");
        return;
    }
    if (row->generations == NOBODY)
        gunyah_lint_say(linter, RULE_PROPERTY_IGNORED, name, "is there");
    if (row->generations == LATER)
        gunyah_lint_say(linter, RULE_LATER_ONLY, name, "is there");
    check_length(linter, row, data, (uint32_t)length);
}

static void check_own_cells(struct linter *linter, uint32_t place)
{
    static const char *const names[] = {"#address-cells", "#size-cells"};

    if ((place & (OF_MEMORY | OF_VCPUS | OF_INTERRUPTS | OF_VDEVICE_MEMORY)) == 0)
        return;
    for (int i = 0; i < 2; i++) {
        if (gunyah_view_has(linter, gunyah_lint_node(linter), names[i]))
            gunyah_lint_say(linter, RULE_OWN_CELLS, names[i], "is there");
    }
}

void gunyah_lint_properties(struct linter *linter)
{
    const uint32_t place = place_of(linter);
    int property;

    if (place == 0)
        return;
    fdt_for_each_property_offset(property, linter->dt.blob, gunyah_lint_node(linter))
    {
        check_property(linter, property, place);
    }
    check_own_cells(linter, place);
}
