// SPDX-License-Identifier: BSD-3-Clause
// Virtual devices: what they have in common, and those without memory.
#include "build.h"
#include "peer.h"

#include <string.h>

#define NAME_SIZE 32
#define SOURCE (2 * sizeof(uint32_t)) // of an interrupt: its specifier without the trigger
#define RM_RPC_PLACE "/hypervisor/qcom,resource-mgr"

// ---- What all have -----------------------------------------------------------------------------------------------

static void write_peer(struct writer *writer, const char *peer)
{
    if (peer == NULL) {
        gunyah_build_flag(writer, "peer-default");
        return;
    }
    gunyah_build_need(writer, gunyah_build_is_text(peer, GUNYAH_DT_MAX_NAME - 1) && gunyah_internal_dt_is_peer(peer),
                      "peer", "it is not vm-name:, vm-guid: or vm-uri: and a name");
    if (writer->error == GUNYAH_OK)
        gunyah_build_string(writer, "peer", peer);
}

// "doorbell-2"
static void make_name(const struct vdevice_head *head, struct text *text)
{
    gunyah_text_add(text, head->type);
    if (head->label == NULL)
        return;
    gunyah_text_add(text, "-");
    gunyah_text_number(text, *head->label);
}

// The path of the node that the VM finds: the caller's, or one that is put together in the text.
static const char *find_generate(const struct vdevice_head *head, const char *name, struct text *text)
{
    if (head->generate != NULL || head->place == NULL)
        return head->generate;
    gunyah_text_add(text, head->place);
    gunyah_text_add(text, name);
    return text->buffer;
}

// Interrupts without a virq are none; all have one, or none has. Returns what is wrong.
static struct conflict find_specifiers(const struct vdevice_head *head, struct vdevice *vdevice)
{
    uint32_t absent = 0;

    for (uint32_t i = 0; i < head->interrupt_count; i++)
        absent += head->interrupts[i].virq.value == 0;
    if (absent == head->interrupt_count)
        return (struct conflict){NULL, NULL};
    if (absent > 0)
        return (struct conflict){"interrupts", "there is one, but not the other"};
    for (uint32_t i = 0; i < head->interrupt_count; i++) {
        if (!gunyah_build_specifier(head->interrupts[i], vdevice->specifiers[i]))
            return (struct conflict){"interrupts", "the GIC has no such interrupt"};
    }
    if (head->interrupt_count == 2 && memcmp(vdevice->specifiers[0], vdevice->specifiers[1], SOURCE) == 0)
        return (struct conflict){"interrupts", "both are the same"};
    vdevice->interrupt_count = head->interrupt_count;
    return (struct conflict){NULL, NULL};
}

static void write_vdevice(struct writer *writer, const struct vdevice_head *head, const struct vdevice *vdevice)
{
    gunyah_build_string(writer, "vdevice-type", vdevice->type);
    if (vdevice->generate != NULL)
        gunyah_build_string(writer, "generate", vdevice->generate);
    if (head->has_peer)
        write_peer(writer, head->peer);
    if (vdevice->has_label)
        gunyah_build_u32(writer, "label", vdevice->label);
    if (vdevice->interrupt_count > 0)
        gunyah_build_cells(writer, "interrupts", vdevice->specifiers[0],
                           (size_t)vdevice->interrupt_count * BUILD_SPECIFIER);
}

void gunyah_build_vdevice(struct writer *writer, const struct vdevice_head *head)
{
    char name[NAME_SIZE] = "";
    char path[NAME_SIZE + sizeof("/hypervisor/")];
    struct text name_text = {name, sizeof(name), 0};
    struct text path_text = {path, sizeof(path), 0};
    struct vdevice vdevice = {
        .name = head->name != NULL ? head->name : name,
        .type = head->type,
        .is_single = head->is_single,
        .has_label = head->label != NULL && !head->is_parcel,
        .label = head->label != NULL ? *head->label : 0,
        .is_exact = head->is_exact,
    };

    make_name(head, &name_text);
    if (!gunyah_build_is_name(vdevice.name)) {
        gunyah_build_need(writer, false, NULL, "a name has 1 to 31 letters, digits and ,._+-");
        return;
    }
    vdevice.generate = find_generate(head, vdevice.name, &path_text);
    const bool is_path = vdevice.generate == NULL || gunyah_build_is_path(vdevice.generate);
    const struct conflict wrong = find_specifiers(head, &vdevice);
    const struct conflict conflict = is_path ? gunyah_build_find_conflict(writer->build, &vdevice) : wrong;
    gunyah_build_node(writer, vdevice.name);
    gunyah_build_need(writer, is_path, "generate", "it is no path of a node");
    gunyah_build_need(writer, wrong.text == NULL, wrong.property, wrong.text);
    if (conflict.text != NULL)
        gunyah_build_complain(writer, GUNYAH_ERR_IN_USE, conflict.property, conflict.text);
    if (writer->error == GUNYAH_OK)
        write_vdevice(writer, head, &vdevice);
}

void gunyah_build_queue(struct writer *writer, uint32_t message_size, uint32_t depth)
{
    gunyah_build_need(writer, message_size <= GUNYAH_MSGQUEUE_MAX_MESSAGE_SIZE, "message-size",
                      "messages have at most 1023 bytes");
    gunyah_build_need(writer, depth <= GUNYAH_MSGQUEUE_MAX_DEPTH, "queue-depth", "a queue has at most 255 messages");
    if (message_size != 0)
        gunyah_build_u32(writer, "message-size", message_size);
    if (depth != 0)
        gunyah_build_u32(writer, "queue-depth", depth);
}

// ---- Channels to the Resource Manager ----------------------------------------------------------------------------

enum gunyah_error gunyah_dt_add_rm_rpc(struct gunyah_dt_build *build, const struct gunyah_dt_rm_rpc *rm_rpc)
{
    struct writer writer;
    const enum gunyah_error error = gunyah_build_enter(&writer, build, rm_rpc, sizeof(*rm_rpc), PHASE_VDEVICES);

    if (error != GUNYAH_OK)
        return error;
    const struct gunyah_dt_interrupt interrupts[] = {rm_rpc->send_interrupt, rm_rpc->receive_interrupt};
    const struct vdevice_head head = {
        .type = "rm-rpc",
        .name = rm_rpc->name,
        // The generation of 2023 cannot do without.
        .generate = rm_rpc->generate != NULL ? rm_rpc->generate : RM_RPC_PLACE,
        .interrupts = interrupts,
        .interrupt_count = 2,
    };
    gunyah_build_vdevice(&writer, &head);
    gunyah_build_queue(&writer, rm_rpc->message_size, rm_rpc->queue_depth);
    if (rm_rpc->console)
        gunyah_build_flag(&writer, "console-dev");
    gunyah_build_end(&writer);
    return gunyah_build_leave(&writer);
}

// ---- Doorbells ---------------------------------------------------------------------------------------------------

static enum gunyah_error add_bell(struct gunyah_dt_build *build, const struct gunyah_dt_bell *bell, bool is_source)
{
    struct writer writer;
    const enum gunyah_error error = gunyah_build_enter(&writer, build, bell, sizeof(*bell), PHASE_VDEVICES);

    if (error != GUNYAH_OK)
        return error;
    const struct vdevice_head head = {
        .type = is_source ? "doorbell-source" : "doorbell",
        .name = bell->name,
        .label = &bell->label,
        .generate = bell->generate,
        .place = "/hypervisor/",
        .has_peer = true,
        .peer = bell->peer,
        .interrupts = &bell->interrupt,
        .interrupt_count = is_source ? 0 : 1,
    };
    gunyah_build_vdevice(&writer, &head);
    if (is_source)
        gunyah_build_need(&writer, bell->interrupt.virq.value == 0, "interrupts", "the interrupt is the peer's");
    if (bell->source_can_clear)
        gunyah_build_flag(&writer, "source-can-clear");
    gunyah_build_end(&writer);
    return gunyah_build_leave(&writer);
}

enum gunyah_error gunyah_dt_add_doorbell(struct gunyah_dt_build *build, const struct gunyah_dt_bell *bell)
{
    return add_bell(build, bell, false);
}

enum gunyah_error gunyah_dt_add_doorbell_source(struct gunyah_dt_build *build, const struct gunyah_dt_bell *bell)
{
    return add_bell(build, bell, true);
}

// ---- Message queues ----------------------------------------------------------------------------------------------

enum gunyah_error gunyah_dt_add_msgqueue(struct gunyah_dt_build *build, const struct gunyah_dt_msgqueue *queue)
{
    struct writer writer;
    const enum gunyah_error error = gunyah_build_enter(&writer, build, queue, sizeof(*queue), PHASE_VDEVICES);

    if (error != GUNYAH_OK)
        return error;
    const struct vdevice_head head = {
        .type = "message-queue",
        .name = queue->name,
        .label = &queue->label,
        .generate = queue->generate,
        .place = "/hypervisor/",
        .has_peer = true,
        .interrupts = &queue->interrupt,
        .interrupt_count = 1,
    };
    gunyah_build_vdevice(&writer, &head);
    gunyah_build_flag(&writer, queue->sends ? "is-sender" : "is-receiver");
    gunyah_build_queue(&writer, queue->message_size, queue->queue_depth);
    gunyah_build_end(&writer);
    return gunyah_build_leave(&writer);
}

enum gunyah_error gunyah_dt_add_msgqueue_pair(struct gunyah_dt_build *build, const struct gunyah_dt_msgqueue_pair *pair)
{
    struct writer writer;
    const enum gunyah_error error = gunyah_build_enter(&writer, build, pair, sizeof(*pair), PHASE_VDEVICES);

    if (error != GUNYAH_OK)
        return error;
    const struct gunyah_dt_interrupt interrupts[] = {pair->send_interrupt, pair->receive_interrupt};
    const struct vdevice_head head = {
        .type = "message-queue-pair",
        .name = pair->name,
        .label = &pair->label,
        .generate = pair->generate,
        .place = "/hypervisor/",
        .has_peer = true,
        .peer = pair->peer,
        .interrupts = interrupts,
        .interrupt_count = 2,
    };
    gunyah_build_vdevice(&writer, &head);
    gunyah_build_queue(&writer, pair->message_size, pair->queue_depth);
    gunyah_build_end(&writer);
    return gunyah_build_leave(&writer);
}

// ---- The clock ---------------------------------------------------------------------------------------------------

enum gunyah_error gunyah_dt_add_rtc(struct gunyah_dt_build *build, const struct gunyah_dt_rtc *rtc)
{
    struct writer writer;
    const enum gunyah_error error = gunyah_build_enter(&writer, build, rtc, sizeof(*rtc), PHASE_VDEVICES);

    if (error != GUNYAH_OK)
        return error;
    const struct vdevice_head head = {
        .type = "vrtc-pl031",
        .name = rtc->name != NULL ? rtc->name : "rtc",
        .is_single = true,
        .generate = rtc->generate,
    };
    gunyah_build_vdevice(&writer, &head);
    if (rtc->address == 0) {
        gunyah_build_flag(&writer, "allocate-base");
    } else {
        gunyah_build_align(&writer, rtc->address, BUILD_PAGE, "base");
        gunyah_build_own_memory(&writer, "base", rtc->address, BUILD_PAGE);
        gunyah_build_u64(&writer, "base", rtc->address);
    }
    gunyah_build_end(&writer);
    return gunyah_build_leave(&writer);
}
