// SPDX-License-Identifier: BSD-3-Clause
// Rules about virtual devices.
#include "lint.h"
#include "peer.h"

#include <string.h>

#define MOST_PUSHED 6
#define MOST_PUSHED_RM_RPC 3
#define MOST_SMMU 255
#define LEAST_CONFIG_SIZE UINT64_C(0x200000)
#define HYPERVISOR "/hypervisor/"

// What a kind needs.
enum need {
    NEEDS_LABEL = 0x1,
    NEEDS_PEER = 0x2,         // peer-default or peer
    NEEDS_PEER_DEFAULT = 0x4, // peer-default alone
    NEEDS_MEMORY = 0x8,
    NEEDS_PLACE = 0x10, // of that memory: base or allocate-base
};

static const struct kind {
    const char *name;
    uint32_t generations;
    uint32_t needs;
    uint32_t interrupts; // at most
} kinds[VDEVICE_COUNT] = {
    [VDEVICE_RM_RPC] = {"rm-rpc", GUNYAH_DT_RM_ALL, 0, 2},
    [VDEVICE_DOORBELL] = {"doorbell", GUNYAH_DT_RM_ALL, NEEDS_LABEL | NEEDS_PEER, 1},
    [VDEVICE_DOORBELL_SOURCE] = {"doorbell-source", GUNYAH_DT_RM_ALL, NEEDS_LABEL | NEEDS_PEER, 0},
    [VDEVICE_MSGQUEUE] = {"message-queue", GUNYAH_DT_RM_ALL, NEEDS_LABEL | NEEDS_PEER_DEFAULT, 1},
    [VDEVICE_MSGQUEUE_PAIR] = {"message-queue-pair", GUNYAH_DT_RM_ALL, NEEDS_LABEL | NEEDS_PEER, 2},
    [VDEVICE_SHM] = {"shm", GUNYAH_DT_RM_ALL, NEEDS_PEER_DEFAULT | NEEDS_MEMORY | NEEDS_PLACE, 0},
    [VDEVICE_SHM_DOORBELL] = {"shm-doorbell", GUNYAH_DT_RM_ALL, NEEDS_PEER_DEFAULT | NEEDS_MEMORY | NEEDS_PLACE, 0},
    [VDEVICE_VIRTIO_MMIO] = {"virtio-mmio", GUNYAH_DT_RM_ALL, NEEDS_PEER_DEFAULT | NEEDS_MEMORY | NEEDS_PLACE, 1},
    [VDEVICE_IOMEM] = {"iomem", GUNYAH_DT_RM_ALL, NEEDS_PEER_DEFAULT | NEEDS_MEMORY, 0},
    [VDEVICE_VSMMU] = {"vsmmu-v2", GUNYAH_DT_RM_ALL, 0, 0},
    [VDEVICE_RTC] = {"vrtc-pl031", GUNYAH_DT_RM_ALL, 0, 0},
    [VDEVICE_VIRTIO_PCI] = {"virtio-pci", GUNYAH_DT_RM_LATER, NEEDS_PEER_DEFAULT, 0},
    [VDEVICE_PCI] = {"pci", GUNYAH_DT_RM_LATER, NEEDS_PLACE, 0},
    [VDEVICE_VIRTIO_IOMMU] = {"virtio-iommu", GUNYAH_DT_RM_LATER, 0, 0},
    [VDEVICE_MINIDUMP] = {"minidump", GUNYAH_DT_RM_LATER, 0, 0},
    [VDEVICE_WATCHDOG] = {"watchdog", GUNYAH_DT_RM_LATER, 0, 0},
};

// What a kind cannot do without, beside a peer and memory.
static const struct {
    enum vdevice kind;
    const char *property;
} mandatory[] = {
    {VDEVICE_VSMMU, "smmu-handle"},
    {VDEVICE_VSMMU, "patch"},
    {VDEVICE_VSMMU, "num-cbs"},
    {VDEVICE_VSMMU, "num-smrs"},
    {VDEVICE_PCI, "npmem-size"},
    {VDEVICE_VIRTIO_IOMMU, "smmu-handle"},
    {VDEVICE_VIRTIO_IOMMU, "max-streams"},
    {VDEVICE_VIRTIO_IOMMU, "pci-slot-index"},
};

enum vdevice gunyah_lint_kind_of(const struct linter *linter, int node)
{
    const char *const type = gunyah_view_string(linter, node, "vdevice-type");

    if (type == NULL)
        return gunyah_view_has(linter, node, "vdevice-type") ? VDEVICE_COUNT : VDEVICE_NONE;
    for (uint32_t i = 0; i < VDEVICE_COUNT; i++) {
        if (gunyah_view_same(kinds[i].name, type))
            return (enum vdevice)i;
    }
    return VDEVICE_COUNT;
}

static bool has(const struct linter *linter, const char *property)
{
    return gunyah_view_has(linter, gunyah_lint_node(linter), property);
}

static void check_type(struct linter *linter, enum vdevice kind)
{
    const char *const type = gunyah_view_string(linter, gunyah_lint_node(linter), "vdevice-type");

    if (kind == VDEVICE_COUNT)
        gunyah_lint_string(linter, RULE_VDEVICE_TYPE, "vdevice-type", type != NULL ? type : "", "");
    else if (kinds[kind].generations == GUNYAH_DT_RM_LATER)
        gunyah_lint_string(linter, RULE_LATER_ONLY, "vdevice-type", type, "");
    if (!gunyah_lint_parent(linter)->is_walked)
        gunyah_lint_say(linter, RULE_VDEVICE_PLACE, "", "is a vdevice in a place that is not looked at");
}

static void check_mandatory(struct linter *linter, enum vdevice kind)
{
    for (size_t i = 0; i < sizeof(mandatory) / sizeof(mandatory[0]); i++) {
        if (mandatory[i].kind == kind && !has(linter, mandatory[i].property))
            gunyah_lint_say(linter, RULE_VDEVICE_PROPERTY, mandatory[i].property, "is missing");
    }
}

static void check_pushed(struct linter *linter, enum vdevice kind)
{
    const int most = kind == VDEVICE_RM_RPC ? MOST_PUSHED_RM_RPC : MOST_PUSHED;
    const int count = fdt_stringlist_count(linter->dt.blob, gunyah_lint_node(linter), "push-compatible");

    if (count > most)
        gunyah_lint_number(linter, RULE_PUSH_COMPATIBLE, "push-compatible", "has ", (uint64_t)count, " strings");
}

static void check_label(struct linter *linter, uint32_t needs)
{
    const int node = gunyah_lint_node(linter);
    uint32_t winner = 0;
    uint32_t other = 0;

    if (!gunyah_view_label(linter, node, &winner)) {
        if (needs & NEEDS_LABEL)
            gunyah_lint_say(linter, RULE_LABEL_MISSING, "label", "is missing");
        return;
    }
    if (gunyah_view_u32(linter, node, "label", &other) && other != winner)
        gunyah_lint_number(linter, RULE_LABEL_TWICE, "label", "is ", other, ", another one than qcom,label");
}

static void check_peer(struct linter *linter, uint32_t needs)
{
    const char *const peer = gunyah_view_string(linter, gunyah_lint_node(linter), "peer");
    const bool has_default = has(linter, "peer-default");

    if (needs & NEEDS_PEER_DEFAULT && !has_default)
        gunyah_lint_say(linter, RULE_PEER, "peer-default", "is missing");
    if (needs & NEEDS_PEER && !has_default && peer == NULL)
        gunyah_lint_say(linter, RULE_PEER, "peer-default", "is missing, and so is peer");
    if (needs & NEEDS_PEER && peer != NULL && !gunyah_internal_dt_is_peer(peer))
        gunyah_lint_string(linter, RULE_PEER_FORM, "peer", peer, "");
}

static void check_generate(struct linter *linter, enum vdevice kind)
{
    const char *const generate = gunyah_view_string(linter, gunyah_lint_node(linter), "generate");

    if (generate != NULL && has(linter, "patch"))
        gunyah_lint_say(linter, RULE_GENERATE_AND_PATCH, "patch", "is there beside generate");
    if (kind == VDEVICE_RM_RPC && generate == NULL)
        gunyah_lint_say(linter, RULE_RM_RPC_GENERATE, "generate", "is missing");
    if (kind == VDEVICE_VIRTIO_MMIO && generate == NULL && !has(linter, "patch"))
        gunyah_lint_say(linter, RULE_VIRTIO_GENERATE, "generate",
                        "is missing, which means /hypervisor/qcom,virtio_mmio");
    if ((kind == VDEVICE_VIRTIO_MMIO || kind == VDEVICE_PCI) && generate != NULL &&
        strlen(generate) >= strlen(HYPERVISOR) && memcmp(generate, HYPERVISOR, strlen(HYPERVISOR)) == 0)
        gunyah_lint_string(linter, RULE_VIRTIO_GENERATE, "generate", generate, "");
}

// ---- Shared memory -----------------------------------------------------------------------------------------------

static void check_subnodes(struct linter *linter, enum vdevice kind)
{
    const void *const blob = linter->dt.blob;
    const bool is_shm = kind == VDEVICE_SHM || kind == VDEVICE_SHM_DOORBELL;
    const int node = gunyah_lint_node(linter);
    struct text text;
    int other;

    if (kinds[kind].needs & NEEDS_MEMORY && fdt_subnode_offset(blob, node, "memory") < 0) {
        text = gunyah_lint_text(linter);
        gunyah_text_add(&text, "has no node memory");
        gunyah_lint_report(linter, RULE_VDEVICE_MEMORY,
                           kind == VDEVICE_VIRTIO_MMIO ? GUNYAH_DT_RM_2023 : GUNYAH_DT_RM_ALL, "");
    }
    if (!is_shm)
        return;
    fdt_for_each_subnode(other, blob, node)
    {
        const char *const name = fdt_get_name(blob, other, NULL);
        if (gunyah_view_same(name, "memory"))
            continue;
        text = gunyah_lint_text(linter);
        gunyah_text_add(&text, "has a node ");
        gunyah_text_quote(&text, name);
        gunyah_lint_report(linter, RULE_VDEVICE_SUBNODE, GUNYAH_DT_RM_ALL, "");
    }
}

static void check_place(struct linter *linter)
{
    uint64_t base = 0;
    const bool has_base = gunyah_view_address(linter, "base", &base);
    const bool is_allocated = has(linter, "allocate-base");

    gunyah_lint_alignment(linter, "base", base);
    if (has_base && is_allocated)
        gunyah_lint_number(linter, RULE_MEMORY_PLACE, "base", "is ", base, ", and allocate-base is there");
    if (!has_base && !is_allocated)
        gunyah_lint_say(linter, RULE_MEMORY_PLACE, "base", gunyah_lint_why_absent(linter, "base"));
}

void gunyah_lint_vdevice_memory(struct linter *linter)
{
    const enum vdevice kind = gunyah_lint_parent(linter)->vdevice;
    uint32_t label = 0;

    if (!gunyah_view_label(linter, gunyah_lint_node(linter), &label))
        gunyah_lint_say(linter, RULE_MEMORY_LABEL, "label", "is missing");
    else if (label == 0)
        gunyah_lint_say(linter, RULE_MEMORY_LABEL_ZERO, "label", "is 0");
    if (kinds[kind].needs & NEEDS_PLACE)
        check_place(linter);
}

// ---- What one kind alone has -------------------------------------------------------------------------------------

static void check_msgqueue(struct linter *linter)
{
    const bool is_sender = has(linter, "is-sender");

    if (is_sender && has(linter, "is-receiver"))
        gunyah_lint_say(linter, RULE_DIRECTION, "is-sender", "is there, and is-receiver too");
    if (!is_sender && !has(linter, "is-receiver"))
        gunyah_lint_say(linter, RULE_DIRECTION, "is-sender", "is missing, and so is is-receiver");
}

static void check_vsmmu(struct linter *linter)
{
    static const char *const properties[] = {"num-cbs", "num-smrs"};

    for (int i = 0; i < 2; i++) {
        uint32_t count = 0;
        gunyah_view_u32(linter, gunyah_lint_node(linter), properties[i], &count);
        if (count > MOST_SMMU)
            gunyah_lint_number(linter, RULE_VSMMU_COUNT, properties[i], "is ", count, "");
    }
}

static void check_rtc(struct linter *linter)
{
    uint64_t base = 0;
    const bool has_base = gunyah_view_u64(linter, gunyah_lint_node(linter), "base", &base);

    gunyah_lint_alignment(linter, "base", base);
    if (has_base == has(linter, "allocate-base"))
        gunyah_lint_say(linter, RULE_MEMORY_PLACE, "base",
                        has_base ? "is there, and allocate-base too" : gunyah_lint_why_absent(linter, "base"));
    linter->rtcs_seen++;
    if (linter->rtcs_seen == 2)
        gunyah_lint_say(linter, RULE_ONE_RTC, "vdevice-type", "is that of another one");
}

static void check_pci(struct linter *linter)
{
    uint64_t size = 1;
    uint64_t config_size = LEAST_CONFIG_SIZE;

    gunyah_view_address(linter, "npmem-size", &size);
    if (size == 0 || (size & (size - 1)) != 0)
        gunyah_lint_number(linter, RULE_PCI_SIZE, "npmem-size", "is ", size, "");
    gunyah_view_address(linter, "config-size", &config_size);
    if (config_size < LEAST_CONFIG_SIZE)
        gunyah_lint_number(linter, RULE_PCI_SIZE, "config-size", "is ", config_size, "");
    if (has(linter, "config"))
        return;
    linter->buses_seen++;
    if (linter->buses_seen == 2)
        gunyah_lint_say(linter, RULE_ONE_PCI, "config", "is missing, as in another one");
}

static void check_own(struct linter *linter, enum vdevice kind)
{
    switch (kind) {
    case VDEVICE_MSGQUEUE:
        check_msgqueue(linter);
        break;
    case VDEVICE_VSMMU:
        check_vsmmu(linter);
        break;
    case VDEVICE_RTC:
        check_rtc(linter);
        break;
    case VDEVICE_PCI:
        check_pci(linter);
        break;
    default:
        break;
    }
}

void gunyah_lint_vdevice(struct linter *linter)
{
    const enum vdevice kind = gunyah_lint_here(linter)->vdevice;

    check_type(linter, kind);
    check_pushed(linter, kind);
    if (kind == VDEVICE_COUNT)
        return;
    check_mandatory(linter, kind);
    check_label(linter, kinds[kind].needs);
    check_peer(linter, kinds[kind].needs);
    check_generate(linter, kind);
    check_subnodes(linter, kind);
    if (kinds[kind].interrupts > 0)
        gunyah_lint_specifiers(linter, kinds[kind].interrupts);
    check_own(linter, kind);
}
