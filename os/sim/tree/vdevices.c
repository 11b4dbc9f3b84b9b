// SPDX-License-Identifier: BSD-3-Clause
// Virtual devices, which are nodes with a vdevice-type.
#include "tree.h"

#include <string.h>

#define BELL "/hypervisor/qcom,doorbell"
#define MOST_PUSHED 6
#define MOST_PUSHED_RM_RPC 3

// What a kind needs.
enum need {
    NEEDS_PEER = 1,         // peer-default or peer
    NEEDS_PEER_DEFAULT = 2, // peer-default alone
    NEEDS_DIRECTION = 4,
    NEEDS_MEMORY = 8,
    HAS_BELLS = 16, // one in each direction
    IS_RTC = 32,
    IS_UNKNOWN = 64,        // to the simulator
    IS_UNKNOWN_LATER = 128, // likewise; the generation of 2023 passes it by
};

static const struct kind {
    const char *name;
    const char *generate; // where its node is if nothing is said
    uint32_t needs;
    enum gunyah_model_rm_vdevice_type type;
} kinds[] = {
    {"rm-rpc", "", 0, GUNYAH_MODEL_RM_RPC},
    {"doorbell", BELL, NEEDS_PEER, GUNYAH_MODEL_RM_DOORBELL},
    {"doorbell-source", BELL, NEEDS_PEER, GUNYAH_MODEL_RM_DOORBELL_SOURCE},
    {"message-queue", "/hypervisor/qcom,message-queue", NEEDS_PEER_DEFAULT | NEEDS_DIRECTION,
     GUNYAH_MODEL_RM_MSGQUEUE_SENDER},
    {"message-queue-pair", "/hypervisor/qcom,message-queue-pair", NEEDS_PEER, GUNYAH_MODEL_RM_MSGQUEUE_PAIR},
    {"shm", "/hypervisor/qcom,shm", NEEDS_PEER_DEFAULT | NEEDS_MEMORY, GUNYAH_MODEL_RM_SHM},
    {"shm-doorbell", "/hypervisor/qcom,shm", NEEDS_PEER_DEFAULT | NEEDS_MEMORY | HAS_BELLS, GUNYAH_MODEL_RM_SHM},
    {"vrtc-pl031", "", IS_RTC, GUNYAH_MODEL_RM_RPC},
    {"virtio-mmio", "", IS_UNKNOWN, GUNYAH_MODEL_RM_SHM},
    {"iomem", "", IS_UNKNOWN, GUNYAH_MODEL_RM_SHM},
    {"vsmmu-v2", "", IS_UNKNOWN, GUNYAH_MODEL_RM_SHM},
    {"virtio-pci", "", IS_UNKNOWN_LATER, GUNYAH_MODEL_RM_SHM},
    {"pci", "", IS_UNKNOWN_LATER, GUNYAH_MODEL_RM_SHM},
    {"virtio-iommu", "", IS_UNKNOWN_LATER, GUNYAH_MODEL_RM_SHM},
    {"minidump", "", IS_UNKNOWN_LATER, GUNYAH_MODEL_RM_SHM},
    {"watchdog", "", IS_UNKNOWN_LATER, GUNYAH_MODEL_RM_SHM},
};

/** NULL: no vdevice, or of a type that nobody knows, which is passed by. */
static const struct kind *kind_of(const struct tree *tree, int node)
{
    const char *type = gunyah_tree_string(tree, node, "vdevice-type");
    for (size_t i = 0; type != NULL && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (gunyah_tree_same(kinds[i].name, type))
            return tree->later || (kinds[i].needs & IS_UNKNOWN_LATER) == 0 ? &kinds[i] : NULL;
    }
    return NULL;
}

bool gunyah_tree_has_bells(const struct tree *tree, int node)
{
    const struct kind *kind = kind_of(tree, node);
    return kind != NULL && (kind->needs & HAS_BELLS) != 0;
}

const char *gunyah_tree_generate(const struct tree *tree, int node, enum gunyah_model_rm_vdevice_type type)
{
    const char *path = gunyah_tree_string(tree, node, "generate");
    const struct kind *kind = kind_of(tree, node);
    if (type != GUNYAH_MODEL_RM_SHM && gunyah_tree_has_bells(tree, node))
        return BELL;
    if (path != NULL)
        return path;
    return kind != NULL ? kind->generate : "";
}

// ---- one vdevice

static enum gunyah_model_rm_reason check_peer(const struct tree *tree, int node, uint32_t needs,
                                              struct gunyah_model_rm_vdevice *vdevice)
{
    bool is_default = gunyah_tree_has(tree, node, "peer-default");
    const char *peer = gunyah_tree_string(tree, node, "peer");
    if ((needs & NEEDS_PEER_DEFAULT) != 0 && !is_default)
        return RM_TREE_PEER_DEFAULT;
    if ((needs & NEEDS_PEER) != 0 && !is_default && peer == NULL)
        return RM_TREE_PEER;
    vdevice->peer_id = (needs & NEEDS_PEER) != 0 && !is_default ? peer : NULL;
    return RM_FINE;
}

static enum gunyah_model_rm_reason check_direction(const struct tree *tree, int node,
                                                   struct gunyah_model_rm_vdevice *vdevice)
{
    bool sends = gunyah_tree_has(tree, node, "is-sender");
    if (sends == gunyah_tree_has(tree, node, "is-receiver"))
        return RM_TREE_DIRECTION;
    vdevice->type = sends ? GUNYAH_MODEL_RM_MSGQUEUE_SENDER : GUNYAH_MODEL_RM_MSGQUEUE_RECEIVER;
    return RM_FINE;
}

/** The generation of 2023 takes each node in it for its memory. */
static int memory_of(const struct tree *tree, int node)
{
    int memory = fdt_subnode_offset(tree->blob, node, "memory");
    int first = fdt_first_subnode(tree->blob, node);
    if (tree->later || memory < 0)
        return memory;
    return first == memory && fdt_next_subnode(tree->blob, first) < 0 ? memory : -FDT_ERR_BADSTRUCTURE;
}

/** base has the cells of the vdevice. */
static enum gunyah_model_rm_reason check_memory(const struct tree *tree, int node,
                                                struct gunyah_model_rm_vdevice *vdevice)
{
    int memory = memory_of(tree, node);
    if (memory < 0)
        return memory == -FDT_ERR_BADSTRUCTURE ? RM_TREE_VDEVICE_SUBNODE : RM_TREE_VDEVICE_MEMORY;
    if (!gunyah_tree_label(tree, memory, &vdevice->label))
        return RM_TREE_VDEVICE_LABEL;
    gunyah_tree_label(tree, node, &vdevice->label);
    vdevice->optional = gunyah_tree_has(tree, memory, "optional");
    vdevice->allocate_base = gunyah_tree_has(tree, memory, "allocate-base");
    if (gunyah_tree_address(tree, memory, "base", &vdevice->base) == vdevice->allocate_base)
        return RM_TREE_VDEVICE_PLACE;
    return vdevice->base % TREE_PAGE == 0 ? RM_FINE : RM_TREE_VDEVICE_UNALIGNED;
}

static enum gunyah_model_rm_reason check_rpc(const struct tree *tree, int node)
{
    if (gunyah_tree_string(tree, node, "generate") != NULL)
        return RM_FINE;
    return tree->later ? RM_TREE_RM_RPC_GENERATE : RM_CRASH_TREE_GENERATE;
}

static enum gunyah_model_rm_reason check_texts(const struct tree *tree, int node, bool is_rpc)
{
    const char *path = gunyah_tree_string(tree, node, "generate");
    int most = is_rpc ? MOST_PUSHED_RM_RPC : MOST_PUSHED;
    if (fdt_stringlist_count(tree->blob, node, "push-compatible") > most)
        return RM_TREE_PUSHED;
    if (path != NULL && gunyah_tree_has(tree, node, "patch"))
        return RM_TREE_GENERATE_AND_PATCH;
    return path != NULL && (path[0] != '/' || strlen(path) >= TREE_MAX_PATH) ? RM_TREE_GENERATE : RM_FINE;
}

static void take_interrupts(const struct tree *tree, int node, struct gunyah_model_rm_vdevice *vdevice)
{
    uint32_t flags;
    bool is_pair = vdevice->type == GUNYAH_MODEL_RM_RPC || vdevice->type == GUNYAH_MODEL_RM_MSGQUEUE_PAIR;
    if (vdevice->type == GUNYAH_MODEL_RM_DOORBELL || vdevice->type == GUNYAH_MODEL_RM_MSGQUEUE_RECEIVER)
        gunyah_tree_interrupt(tree, node, 0, &vdevice->receive_virq, &flags);
    if (is_pair || vdevice->type == GUNYAH_MODEL_RM_MSGQUEUE_SENDER)
        gunyah_tree_interrupt(tree, node, 0, &vdevice->send_virq, &flags);
    if (is_pair)
        gunyah_tree_interrupt(tree, node, 1, &vdevice->receive_virq, &flags);
}

static enum gunyah_model_rm_reason take(const struct tree *tree, int node, const struct kind *kind,
                                        struct gunyah_model_rm_vdevice *vdevice)
{
    bool is_rpc = kind->type == GUNYAH_MODEL_RM_RPC;
    *vdevice = (struct gunyah_model_rm_vdevice){
        .type = kind->type,
        .source_can_clear = gunyah_tree_has(tree, node, "source-can-clear"),
        .console = is_rpc && gunyah_tree_has(tree, node, "console-dev"),
    };
    gunyah_tree_label(tree, node, &vdevice->label);
    gunyah_tree_u32(tree, node, "queue-depth", &vdevice->depth);
    gunyah_tree_u32(tree, node, "message-size", &vdevice->message_size);
    enum gunyah_model_rm_reason reason = check_texts(tree, node, is_rpc);
    if (reason == RM_FINE)
        reason = check_peer(tree, node, kind->needs, vdevice);
    if (reason == RM_FINE && is_rpc)
        reason = check_rpc(tree, node);
    if (reason == RM_FINE && (kind->needs & NEEDS_DIRECTION) != 0)
        reason = check_direction(tree, node, vdevice);
    if (reason == RM_FINE && (kind->needs & NEEDS_MEMORY) != 0)
        reason = check_memory(tree, node, vdevice);
    take_interrupts(tree, node, vdevice);
    return reason;
}

static enum gunyah_model_rm_reason take_rtc(const struct tree *tree, int node, struct gunyah_model_rm_config *config)
{
    uint64_t base = 0;
    bool has_base = gunyah_tree_u64(tree, node, "base", &base);
    if (config->rtc)
        return RM_TREE_RTC_TWICE;
    if (has_base == gunyah_tree_has(tree, node, "allocate-base") || base % TREE_PAGE != 0)
        return RM_TREE_RTC;
    config->rtc = true;
    config->rtc_base = has_base ? base : GUNYAH_MODEL_RM_ANYWHERE;
    return RM_FINE;
}

// ---- reserved memory

bool gunyah_tree_is_reserved(const struct tree *tree, int node)
{
    int parent = fdt_parent_offset(tree->blob, node);
    return parent > 0 && parent == fdt_subnode_offset(tree->blob, 0, "reserved-memory");
}

/** The parcel with this label is to be here. */
static enum gunyah_model_rm_reason take_reserved(const struct tree *tree, int node,
                                                 struct gunyah_model_rm_vdevice *vdevice)
{
    int parent = fdt_parent_offset(tree->blob, node);
    uint32_t cells = gunyah_tree_address_cells(tree->blob, parent);
    int length;
    const fdt32_t *reg = fdt_getprop(tree->blob, node, "reg", &length);
    *vdevice = (struct gunyah_model_rm_vdevice){.type = GUNYAH_MODEL_RM_SHM, .allocate_base = reg == NULL};
    gunyah_tree_label(tree, node, &vdevice->label);
    if (reg == NULL)
        return RM_FINE;
    uint64_t wanted = 4 * ((uint64_t)cells + gunyah_tree_size_cells(tree->blob, parent));
    if (cells == 0 || cells > 2 || (uint64_t)length != wanted)
        return RM_TREE_RESERVED_REG;
    vdevice->base = fdt32_ld(reg);
    if (cells == 2)
        vdevice->base = vdevice->base << 32 | fdt32_ld(reg + 1);
    return vdevice->base % TREE_PAGE == 0 ? RM_FINE : RM_TREE_VDEVICE_UNALIGNED;
}

static enum gunyah_model_rm_reason check_reserved(const struct tree *tree)
{
    int node = fdt_subnode_offset(tree->blob, 0, "reserved-memory");
    return node >= 0 && tree->later && !gunyah_tree_has(tree, node, "ranges") ? RM_TREE_RESERVED_RANGES : RM_FINE;
}

// ---- all of them

/** The place in the tree. A later generation walks only where it expects something. */
struct walk {
    int depth;
    bool is_walked[TREE_MAX_DEPTH + 1];
    bool is_config[TREE_MAX_DEPTH + 1];
};

static bool enter(const struct tree *tree, struct walk *walk, int node)
{
    int depth = walk->depth;
    const char *name = fdt_get_name(tree->blob, node, NULL);
    if (depth == 0) {
        walk->is_walked[0] = true;
        walk->is_config[0] = false;
        return false;
    }
    walk->is_config[depth] = walk->is_config[depth - 1] || node == tree->config;
    bool is_place = walk->is_config[depth] || gunyah_tree_has(tree, node, "ranges") ||
                    (depth == 1 && gunyah_tree_same(name, "firmware"));
    walk->is_walked[depth] =
        !tree->later || (walk->is_walked[depth - 1] && is_place && !gunyah_tree_same(name, "__overlay__"));
    return walk->is_walked[depth - 1] && gunyah_tree_is_read(tree, node);
}

/** Room for what a node asks for; NULL: there is none. */
static struct gunyah_model_rm_vdevice *new_vdevice(struct gunyah_model_tree *to, struct gunyah_model_rm_config *config,
                                                   int node)
{
    uint32_t i = config->vdevice_count;
    if (i == GUNYAH_MODEL_TREE_VDEVICES)
        return NULL;
    to->nodes[i] = node;
    config->vdevice_count++;
    return &to->vdevices[i];
}

/** Shared memory comes behind its bells, which it refers to. */
static enum gunyah_model_rm_reason add_bells(struct gunyah_model_tree *to, struct gunyah_model_rm_config *config,
                                             int node, const struct gunyah_model_rm_vdevice *memory)
{
    struct gunyah_model_rm_vdevice *source = new_vdevice(to, config, node);
    struct gunyah_model_rm_vdevice *bell = new_vdevice(to, config, node);
    if (source == NULL || bell == NULL)
        return RM_CONFIG_VDEVICES;
    *source = (struct gunyah_model_rm_vdevice){.type = GUNYAH_MODEL_RM_DOORBELL_SOURCE, .label = memory->label};
    *bell = (struct gunyah_model_rm_vdevice){.type = GUNYAH_MODEL_RM_DOORBELL, .label = memory->label};
    return RM_FINE;
}

static bool wants_parcel(const struct tree *tree, int node)
{
    uint32_t label;
    return gunyah_tree_is_reserved(tree, node) && gunyah_tree_u32(tree, node, "qcom,label", &label) &&
           !gunyah_tree_has(tree, node, "qcom,target-vmid");
}

static enum gunyah_model_rm_reason add_kind(const struct tree *tree, int node, const struct kind *kind,
                                            struct gunyah_model_tree *to, struct gunyah_model_rm_config *config)
{
    struct gunyah_model_rm_vdevice vdevice;
    if ((kind->needs & (IS_UNKNOWN | IS_UNKNOWN_LATER)) != 0)
        return RM_TREE_VDEVICE_TYPE;
    if ((kind->needs & IS_RTC) != 0)
        return take_rtc(tree, node, config);
    enum gunyah_model_rm_reason reason = take(tree, node, kind, &vdevice);
    if (reason == RM_FINE && (kind->needs & HAS_BELLS) != 0)
        reason = add_bells(to, config, node, &vdevice);
    if (reason != RM_FINE)
        return reason;
    struct gunyah_model_rm_vdevice *place = new_vdevice(to, config, node);
    if (place == NULL)
        return RM_CONFIG_VDEVICES;
    *place = vdevice;
    return RM_FINE;
}

static enum gunyah_model_rm_reason add(const struct tree *tree, int node, struct gunyah_model_tree *to,
                                       struct gunyah_model_rm_config *config)
{
    const struct kind *kind = kind_of(tree, node);
    if (kind != NULL)
        return add_kind(tree, node, kind, to, config);
    if (!wants_parcel(tree, node))
        return RM_FINE;
    struct gunyah_model_rm_vdevice *vdevice = new_vdevice(to, config, node);
    return vdevice != NULL ? take_reserved(tree, node, vdevice) : RM_CONFIG_VDEVICES;
}

enum gunyah_model_rm_reason gunyah_tree_vdevices(const struct tree *tree, struct gunyah_model_tree *to,
                                                 struct gunyah_model_rm_config *config)
{
    struct walk walk = {.depth = 0};
    enum gunyah_model_rm_reason reason = check_reserved(tree);
    config->vdevices = to->vdevices;
    config->vdevice_count = 0;
    for (int node = 0; node >= 0 && walk.depth >= 0 && reason == RM_FINE;
         node = fdt_next_node(tree->blob, node, &walk.depth)) {
        if (enter(tree, &walk, node))
            reason = add(tree, node, to, config);
    }
    return reason;
}
