// SPDX-License-Identifier: BSD-3-Clause
// What a node says of its device, by its kind.
#include "tree.h"

#include <string.h>

// What a Resource Manager uses, where the tree leaves it out.
#define RM_MESSAGE_SIZE 240
#define RM_QUEUE_DEPTH 8

static const struct gunyah_dt_queue no_queue = {{GUNYAH_CAPID_INVALID}, {{0}, false}, 0, 0};
static const struct gunyah_dt_doorbell no_doorbell = {{GUNYAH_CAPID_INVALID}, {{0}, false}};

static gunyah_capid_t capid(struct dt_reader *reader, uint32_t index)
{
    return gunyah_capid(gunyah_internal_dt_reg(reader, index).address);
}

// A number that must be there, unless there is a value for when it is not.
static uint32_t number_or(struct dt_reader *reader, const char *property, uint32_t otherwise)
{
    if (!gunyah_internal_dt_u32(reader, property, &otherwise) && otherwise == 0)
        gunyah_internal_dt_malformed(reader, property, "it is missing");
    return otherwise;
}

// Sending comes first, in "reg" as in "interrupts". The sizes are those of a queue that does not tell; 0: it must.
static void describe_pair(struct dt_reader *reader, uint32_t message_size, uint32_t depth,
                          struct gunyah_dt_queues *queues)
{
    queues->send.cap = capid(reader, 0);
    queues->send.interrupt = gunyah_internal_dt_interrupt(reader, 0);
    queues->send.message_size = number_or(reader, "qcom,tx-message-size", message_size);
    queues->send.depth = number_or(reader, "qcom,tx-queue-depth", depth);
    queues->receive.cap = capid(reader, 1);
    queues->receive.interrupt = gunyah_internal_dt_interrupt(reader, 1);
    queues->receive.message_size = number_or(reader, "qcom,rx-message-size", message_size);
    queues->receive.depth = number_or(reader, "qcom,rx-queue-depth", depth);
    queues->full_duplex = gunyah_internal_dt_has(reader, "qcom,is-full-duplex");
    queues->has_free_irq_start = gunyah_internal_dt_u32(reader, "qcom,free-irq-start", &queues->free_irq_start);
}

// Its properties are called tx in both directions.
static void describe_msgqueue(struct dt_reader *reader, struct gunyah_dt_queues *queues)
{
    const bool sends = gunyah_internal_dt_has(reader, "is-sender");

    if (sends && gunyah_internal_dt_has(reader, "is-receiver"))
        gunyah_internal_dt_malformed(reader, "is-receiver", "it is a sender too");
    queues->send = no_queue;
    queues->receive = no_queue;
    struct gunyah_dt_queue *queue = sends ? &queues->send : &queues->receive;
    queue->cap = capid(reader, 0);
    queue->interrupt = gunyah_internal_dt_interrupt(reader, 0);
    queue->message_size = number_or(reader, "tx_message_size", 0);
    queue->depth = number_or(reader, "tx_queue_depth", 0);
}

void gunyah_internal_dt_queues(struct dt_reader *reader, enum gunyah_dt_kind kind, struct gunyah_dt_queues *queues)
{
    if (kind == GUNYAH_DT_RESOURCE_MANAGER)
        describe_pair(reader, RM_MESSAGE_SIZE, RM_QUEUE_DEPTH, queues);
    else if (kind == GUNYAH_DT_MSGQUEUE_PAIR)
        describe_pair(reader, 0, 0, queues);
    else
        describe_msgqueue(reader, queues);
}

struct gunyah_dt_doorbell gunyah_internal_dt_doorbell(struct dt_reader *reader)
{
    const struct gunyah_dt_doorbell doorbell = {capid(reader, 0), gunyah_internal_dt_interrupt(reader, 0)};

    return doorbell;
}

// The doorbell that a phandle leads to.
static struct gunyah_dt_doorbell find_doorbell(struct dt_reader *reader, const char *property)
{
    struct dt_reader other = {reader->dt, gunyah_internal_dt_phandle(reader, property), GUNYAH_OK};

    if (other.node < 0)
        return no_doorbell;
    const struct gunyah_dt_doorbell doorbell = gunyah_internal_dt_doorbell(&other);
    if (reader->error == GUNYAH_OK)
        reader->error = other.error;
    return doorbell;
}

int gunyah_internal_dt_memory_node(struct dt_reader *reader)
{
    if (gunyah_internal_dt_has(reader, "memory-region"))
        return gunyah_internal_dt_phandle(reader, "memory-region");
    if (gunyah_internal_dt_has(reader, "buffer"))
        return gunyah_internal_dt_phandle(reader, "buffer");
    // A reserved piece of memory may be the device itself.
    return gunyah_internal_dt_has(reader, "qcom,rm-mem-handle") ? reader->node : -1;
}

static void describe_memory(struct dt_reader *reader, struct gunyah_dt_memory *memory)
{
    struct dt_reader other = {reader->dt, gunyah_internal_dt_memory_node(reader), GUNYAH_OK};

    memory->send_doorbell = no_doorbell;
    memory->receive_doorbell = no_doorbell;
    memory->has_dma_base = gunyah_internal_dt_u64(reader, "dma_base", &memory->dma_base);
    if (other.node < 0)
        return;
    memory->has_memparcel = gunyah_internal_dt_u32(&other, "qcom,rm-mem-handle", &memory->memparcel);
    memory->region_count = gunyah_internal_dt_reg_count(&other);
    gunyah_internal_dt_need_plain_addresses(&other);
    if (reader->error == GUNYAH_OK)
        reader->error = other.error;
}

static void describe_shared_memory(struct dt_reader *reader, struct gunyah_dt_memory *memory)
{
    describe_memory(reader, memory);
    memory->send_doorbell = find_doorbell(reader, "tx-doorbell");
    memory->receive_doorbell = find_doorbell(reader, "rx-doorbell");
}

static void describe_virtio_mmio(struct dt_reader *reader, struct gunyah_dt_virtio_mmio *virtio_mmio)
{
    gunyah_internal_dt_need_plain_addresses(reader);
    virtio_mmio->registers = gunyah_internal_dt_reg(reader, 0);
    virtio_mmio->interrupt = gunyah_internal_dt_interrupt(reader, 0);
    virtio_mmio->dma_coherent = gunyah_internal_dt_has(reader, "dma-coherent");
    describe_memory(reader, &virtio_mmio->memory);
}

// "label" and "peer" are texts on nodes that no Resource Manager made, and "peer" on some that it did make.
static bool is_number(const struct dt_reader *reader, const char *property)
{
    int length;

    return fdt_getprop(reader->dt->blob, reader->node, property, &length) != NULL && length == (int)sizeof(uint32_t);
}

static void describe_sides(struct dt_reader *reader, struct gunyah_dt_device *device)
{
    device->has_label = gunyah_internal_dt_u32(reader, "qcom,label", &device->label) ||
                        (is_number(reader, "label") && gunyah_internal_dt_u32(reader, "label", &device->label));
    device->has_peer = gunyah_internal_dt_vmid(reader, "qcom,peer-vmid", &device->peer);
    if (!is_number(reader, "peer"))
        device->peer_name = gunyah_internal_dt_text(reader, "peer");
    else if (!device->has_peer)
        device->has_peer = gunyah_internal_dt_vmid(reader, "peer", &device->peer);
}

enum gunyah_error gunyah_internal_dt_describe(struct gunyah_dt *dt, int node, struct gunyah_dt_device *device)
{
    struct dt_reader reader = {dt, node, GUNYAH_OK};
    const size_t size = device->size;

    memset(device, 0, sizeof(*device));
    device->size = size;
    device->node = node;
    device->name = fdt_get_name(dt->blob, node, NULL);
    device->kind = gunyah_internal_dt_kind(dt, node);
    describe_sides(&reader, device);
    switch (device->kind) {
    case GUNYAH_DT_RESOURCE_MANAGER:
    case GUNYAH_DT_MSGQUEUE:
    case GUNYAH_DT_MSGQUEUE_PAIR:
        gunyah_internal_dt_queues(&reader, device->kind, &device->queues);
        break;
    case GUNYAH_DT_DOORBELL:
    case GUNYAH_DT_DOORBELL_SOURCE:
        device->doorbell = gunyah_internal_dt_doorbell(&reader);
        break;
    case GUNYAH_DT_SHARED_MEMORY:
        describe_shared_memory(&reader, &device->memory);
        break;
    case GUNYAH_DT_VIRTIO_MMIO:
        describe_virtio_mmio(&reader, &device->virtio_mmio);
        break;
    case GUNYAH_DT_WATCHDOG:
        device->watchdog = gunyah_internal_dt_interrupt(&reader, 0);
        break;
    case GUNYAH_DT_ANY:
        break;
    }
    return reader.error;
}

enum gunyah_error gunyah_dt_get_region(struct gunyah_dt *dt, const struct gunyah_dt_device *device, uint32_t index,
                                       struct gunyah_dt_region *region)
{
    const enum gunyah_error error = gunyah_internal_dt_check(dt);

    if (error != GUNYAH_OK)
        return error;
    if (device == NULL || region == NULL)
        return GUNYAH_ERR_NULL;
    const enum gunyah_dt_kind kind = gunyah_internal_dt_kind(dt, device->node);
    if (kind != GUNYAH_DT_SHARED_MEMORY && kind != GUNYAH_DT_VIRTIO_MMIO)
        return gunyah_internal_dt_fail(dt, GUNYAH_ERR_ARGUMENT_INVALID, -1, NULL, "this device has no memory");
    struct dt_reader reader = {dt, device->node, GUNYAH_OK};
    reader.node = gunyah_internal_dt_memory_node(&reader);
    if (reader.error != GUNYAH_OK)
        return reader.error;
    if (reader.node < 0 || index >= gunyah_internal_dt_reg_count(&reader))
        return reader.error != GUNYAH_OK
                   ? reader.error
                   : gunyah_internal_dt_fail(dt, GUNYAH_ERR_NOT_FOUND, device->node, "reg", "there is no such region");
    gunyah_internal_dt_need_plain_addresses(&reader);
    const struct gunyah_dt_region found = gunyah_internal_dt_reg(&reader, index);
    if (reader.error == GUNYAH_OK)
        *region = found;
    return reader.error;
}
