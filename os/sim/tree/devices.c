// SPDX-License-Identifier: BSD-3-Clause
// The nodes of virtual devices. Their properties are written in the order of the Resource Manager.
#include "tree.h"

#define EDGE 1
#define RTC_SIZE 4096
#define MESSAGE_QUEUE "qcom,gunyah-message-queue\0qcom,gunyah-capability"
#define RESOURCE_MANAGER "gunyah-resource-manager\0qcom,resource-manager\0qcom,resource-manager-1-0\0"

/** A device that is being written. */
struct writing {
    const struct tree *tree;
    struct tree_writer *to;
    const struct gunyah_model_rm_made *made;
    const struct gunyah_model_rm_device *device;
    uint32_t index; // of the device
    int source;     // its vdevice in the tree
    int node;       // its node in what is written
    uint32_t send;  // phandles of the bells that come before their memory
    uint32_t receive;
};

/** Where the configuration wants it, and what it pushes before the compatibles that the device has by itself. */
static void begin(struct writing *w, size_t digits, uint64_t address, const void *compatible, size_t size)
{
    struct tree_writer *to = w->to;
    enum gunyah_model_rm_vdevice_type type = w->device->wanted.type;
    bool is_bell = type != GUNYAH_MODEL_RM_SHM && gunyah_tree_has_bells(w->tree, w->source);
    int length;
    const char *pushed = is_bell ? NULL : fdt_getprop(w->tree->blob, w->source, "push-compatible", &length);
    w->node = gunyah_tree_make(to, gunyah_tree_generate(w->tree, w->source, type), digits, address);
    gunyah_tree_put_bytes(to, w->node, "compatible", pushed, pushed != NULL ? (size_t)length : 0);
    if (to->error == 0)
        to->error = fdt_appendprop(to->blob, w->node, "compatible", compatible, (int)size);
}

static void put_labels(const struct writing *w)
{
    gunyah_tree_put_u32(w->to, w->node, "qcom,label", w->device->wanted.label);
    gunyah_tree_put_u32(w->to, w->node, "label", w->device->wanted.label);
}

/** Interrupt i, as its VM is to take it. */
static void put_interrupt(const struct writing *w, size_t i, uint32_t virq)
{
    uint32_t wanted;
    uint32_t flags = EDGE;
    gunyah_tree_interrupt(w->tree, w->source, i, &wanted, &flags);
    gunyah_tree_append_interrupt(w->to, w->node, virq, flags);
}

static void put_caps(struct tree_writer *to, int node, const struct gunyah_model_rm_channel *ends)
{
    gunyah_tree_append(to, node, "reg", 2, ends->send_cap.value);
    gunyah_tree_append(to, node, "reg", 2, ends->receive_cap.value);
}

static void put_queue_sizes(struct tree_writer *to, int node, uint32_t free_irq_start, uint32_t size, uint32_t depth)
{
    gunyah_tree_put_u32(to, node, "qcom,free-irq-start", free_irq_start);
    gunyah_tree_put_flag(to, node, "qcom,is-full-duplex");
    gunyah_tree_put_u32(to, node, "qcom,tx-message-size", size);
    gunyah_tree_put_u32(to, node, "qcom,rx-message-size", size);
    gunyah_tree_put_u32(to, node, "qcom,tx-queue-depth", depth);
    gunyah_tree_put_u32(to, node, "qcom,rx-queue-depth", depth);
}

static uint32_t depth_of(const struct writing *w)
{
    return w->device->wanted.depth != 0 ? w->device->wanted.depth : GUNYAH_RM_QUEUE_DEPTH;
}

static uint32_t size_of(const struct writing *w)
{
    return w->device->wanted.message_size != 0 ? w->device->wanted.message_size : GUNYAH_RM_MESSAGE_SIZE;
}

static void write_pair(struct writing *w)
{
    const struct gunyah_model_rm_channel *ends = &w->device->ends;
    put_caps(w->to, w->node, ends);
    put_interrupt(w, 0, ends->send_virq);
    put_interrupt(w, 1, ends->receive_virq);
    put_queue_sizes(w->to, w->node, 0, size_of(w), depth_of(w));
}

static void write_rpc(struct writing *w)
{
    begin(w, 1, w->device->ends.receive_cap.value, RESOURCE_MANAGER MESSAGE_QUEUE,
          sizeof(RESOURCE_MANAGER MESSAGE_QUEUE));
    write_pair(w);
    gunyah_tree_put_u32(w->to, w->node, "qcom,vdevice-handle", w->index);
}

static void write_msgqueue_pair(struct writing *w)
{
    const char *peer = gunyah_tree_string(w->tree, w->source, "peer");
    begin(w, 1, w->device->ends.receive_cap.value, MESSAGE_QUEUE, sizeof(MESSAGE_QUEUE));
    write_pair(w);
    if (peer != NULL && !gunyah_tree_has(w->tree, w->source, "peer-default"))
        gunyah_tree_put_string(w->to, w->node, "peer", peer);
    gunyah_tree_put_u32(w->to, w->node, "qcom,peer-vmid", w->device->wanted.peer);
    put_labels(w);
}

static void write_msgqueue(struct writing *w, bool sends)
{
    const struct gunyah_model_rm_channel *ends = &w->device->ends;
    gunyah_capid_t cap = sends ? ends->send_cap : ends->receive_cap;
    begin(w, 1, cap.value, MESSAGE_QUEUE, sizeof(MESSAGE_QUEUE));
    gunyah_tree_append(w->to, w->node, "reg", 2, cap.value);
    gunyah_tree_put_flag(w->to, w->node, sends ? "is-sender" : "is-receiver");
    gunyah_tree_put_u32(w->to, w->node, "tx_message_size", size_of(w));
    gunyah_tree_put_u32(w->to, w->node, "tx_queue_depth", depth_of(w));
    put_interrupt(w, 0, sends ? ends->send_virq : ends->receive_virq);
    put_labels(w);
}

/** Memory that follows refers to the bell. */
static uint32_t put_phandle(const struct writing *w)
{
    uint32_t phandle = 0;
    if (w->to->error != 0 || !gunyah_tree_has_bells(w->tree, w->source))
        return 0;
    w->to->error = fdt_generate_phandle(w->to->blob, &phandle);
    gunyah_tree_put_u32(w->to, w->node, "phandle", phandle);
    return phandle;
}

static void write_doorbell(struct writing *w)
{
    static const char compatible[] = "qcom,gunyah-doorbell\0qcom,gunyah-capability";
    const struct gunyah_model_rm_channel *ends = &w->device->ends;
    begin(w, 1, ends->receive_cap.value, compatible, sizeof(compatible));
    gunyah_tree_append(w->to, w->node, "reg", 2, ends->receive_cap.value);
    put_interrupt(w, 0, ends->receive_virq);
    put_labels(w);
    w->receive = put_phandle(w);
}

static void write_doorbell_source(struct writing *w)
{
    static const char compatible[] = "qcom,gunyah-doorbell-source\0qcom,gunyah-capability";
    const struct gunyah_model_rm_channel *ends = &w->device->ends;
    begin(w, 1, ends->send_cap.value, compatible, sizeof(compatible));
    gunyah_tree_append(w->to, w->node, "reg", 2, ends->send_cap.value);
    put_labels(w);
    w->send = put_phandle(w);
}

/** The node of the parcel with a label; 0: there is none. */
static uint32_t parcel_with(const struct writing *w, uint32_t label)
{
    const struct gunyah_model_rm_made *made = w->made;
    uint32_t phandle = 0;
    for (uint32_t i = 0; i < made->memory_count && phandle == 0; i++) {
        if (!made->memory[i].own && made->memory[i].label == label)
            phandle = gunyah_tree_parcel_phandle(w->to->blob, made->memory[i].handle);
    }
    return phandle;
}

/** Memory that is not there, and need not be, has no node. */
static void write_shm(struct writing *w)
{
    static const char alone[] = "qcom,shared-memory";
    static const char with_bells[] = "qcom,gunyah-shm-doorbell";
    bool has_bells = gunyah_tree_has_bells(w->tree, w->source);
    uint32_t phandle = parcel_with(w, w->device->wanted.label);
    uint64_t dma_base;
    if (phandle == 0)
        return;
    begin(w, 0, 0, has_bells ? with_bells : alone, has_bells ? sizeof(with_bells) : sizeof(alone));
    gunyah_tree_put_u32(w->to, w->node, "buffer", phandle);
    gunyah_tree_put_u32(w->to, w->node, "memory-region", phandle);
    gunyah_tree_put_u32(w->to, w->node, "peer", w->device->wanted.peer);
    put_labels(w);
    if (gunyah_tree_u64(w->tree, w->source, "dma_base", &dma_base))
        gunyah_tree_put_u64(w->to, w->node, "dma_base", dma_base);
    if (!has_bells)
        return;
    gunyah_tree_put_u32(w->to, w->node, "tx-doorbell", w->send);
    gunyah_tree_put_u32(w->to, w->node, "rx-doorbell", w->receive);
}

/** No vdevice of the tree: VMs of the platform have one. It comes before all others. */
static void write_watchdog(struct tree_writer *to, uint32_t virq)
{
    int node = gunyah_tree_make(to, "/hypervisor/qcom,gh-watchdog", 0, 0);
    gunyah_tree_put_string(to, node, "compatible", "qcom,gh-watchdog");
    gunyah_tree_append_interrupt(to, node, virq, EDGE);
}

static void write_device(struct writing *w)
{
    switch (w->device->wanted.type) {
    case GUNYAH_MODEL_RM_RPC:
        write_rpc(w);
        break;
    case GUNYAH_MODEL_RM_DOORBELL:
        write_doorbell(w);
        break;
    case GUNYAH_MODEL_RM_DOORBELL_SOURCE:
        write_doorbell_source(w);
        break;
    case GUNYAH_MODEL_RM_MSGQUEUE_SENDER:
        write_msgqueue(w, true);
        break;
    case GUNYAH_MODEL_RM_MSGQUEUE_RECEIVER:
        write_msgqueue(w, false);
        break;
    case GUNYAH_MODEL_RM_MSGQUEUE_PAIR:
        write_msgqueue_pair(w);
        break;
    case GUNYAH_MODEL_RM_SHM:
        write_shm(w);
        break;
    }
}

/** The clock, and one that clocks its registers, without which its driver of Linux does not begin. */
static void write_rtc(struct tree_writer *to, uint64_t base)
{
    static const char compatible[] = "arm,pl031\0arm,primecell";
    uint32_t phandle = 0;
    int node = gunyah_tree_make(to, "/vsoc/vrtc-pclk", 0, 0);
    gunyah_tree_put_u32(to, node, "#clock-cells", 0);
    gunyah_tree_put_string(to, node, "compatible", "fixed-clock");
    gunyah_tree_put_u32(to, node, "clock-frequency", 1);
    if (to->error == 0)
        to->error = fdt_generate_phandle(to->blob, &phandle);
    gunyah_tree_put_u32(to, node, "phandle", phandle);
    node = gunyah_tree_make(to, "/vsoc/vrtc", 0, 0);
    gunyah_tree_put_list(to, node, "compatible", compatible);
    gunyah_tree_append(to, node, "reg", 2, base);
    gunyah_tree_append(to, node, "reg", 2, RTC_SIZE);
    gunyah_tree_put_string(to, node, "clock-names", "apb_pclk");
    gunyah_tree_put_u32(to, node, "clocks", phandle);
}

void gunyah_tree_write_devices(const struct tree *tree, const struct gunyah_model_tree *from,
                               const struct gunyah_model_rm_made *made, struct tree_writer *to)
{
    struct writing w = {.tree = tree, .to = to, .made = made};
    if (made->bark_virq != 0)
        write_watchdog(to, made->bark_virq);
    if (made->rtc)
        write_rtc(to, made->rtc_base);
    for (uint32_t i = 0; i < made->device_count && to->error == 0; i++) {
        w.device = &made->devices[i];
        w.index = i;
        w.source = from->nodes[i];
        if (!gunyah_tree_is_reserved(tree, w.source))
            write_device(&w);
    }
}

void gunyah_tree_write_hypervisor(struct tree_writer *to, const char *compatible, size_t size)
{
    int node = gunyah_tree_child(to, 0, "hypervisor");
    gunyah_tree_put_u32(to, node, "#address-cells", 2);
    gunyah_tree_put_u32(to, node, "#size-cells", 0);
    gunyah_tree_put_bytes(to, node, "compatible", compatible, size);
}

// What the primary VM finds has less compatibles than what others do, in another order, and an interrupt from which on all
// are free.
void gunyah_tree_write_primary_rpc(struct tree_writer *to, const struct gunyah_model_rm_channel *channel)
{
    static const char compatible[] = "gunyah-resource-manager\0qcom,resource-manager-1-0\0qcom,resource-manager";
    static const uint32_t free_irq_start = 960;
    int node = gunyah_tree_make(to, "/hypervisor/qcom,resource-manager-rpc", 16, channel->send_cap.value);
    gunyah_tree_put_list(to, node, "compatible", compatible);
    put_caps(to, node, channel);
    gunyah_tree_append_interrupt(to, node, channel->send_virq, EDGE);
    gunyah_tree_append_interrupt(to, node, channel->receive_virq, EDGE);
    put_queue_sizes(to, node, free_irq_start, GUNYAH_RM_MESSAGE_SIZE, GUNYAH_RM_QUEUE_DEPTH);
}
