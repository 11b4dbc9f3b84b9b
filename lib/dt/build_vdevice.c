// SPDX-License-Identifier: BSD-3-Clause
// Virtual devices: what they have in common, and those without memory.
#include "build.h"

#include <string.h>

#define NAME_SIZE 32
#define RM_RPC_PLACE "/hypervisor/qcom,resource-mgr"

// ---- What all have -----------------------------------------------------------------------------------------------

static bool has_form(const char *peer)
{
    static const char *const forms[] = {"vm-name:", "vm-guid:", "vm-uri:"};

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const size_t length = strlen(forms[i]);
        if (strlen(peer) > length && memcmp(peer, forms[i], length) == 0)
            return true;
    }
    return false;
}

static void write_peer(struct writer *writer, const char *peer)
{
    if (peer == NULL) {
        gunyah_build_flag(writer, "peer-default");
        return;
    }
    gunyah_build_need(writer, gunyah_build_is_text(peer, GUNYAH_DT_MAX_NAME - 1) && has_form(peer), "peer",
                      "it is not vm-name:, vm-guid: or vm-uri: and a name");
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

// Whether the tree has the node, or another virtual device makes it.
static bool is_generated(const struct writer *writer, const char *path)
{
    const void *const blob = writer->build->blob;
    const int size = (int)strlen(path) + 1;
    int length;
    int node;

    fdt_for_each_subnode(node, blob, writer->build->vdevices)
    {
        const char *const other = fdt_getprop(blob, node, "generate", &length);
        if (node != writer->node && other != NULL && length == size && memcmp(other, path, (size_t)size) == 0)
            return true;
    }
    return fdt_path_offset(blob, path) >= 0;
}

static void write_generate(struct writer *writer, const struct vdevice_head *head, const char *name)
{
    char path[NAME_SIZE + sizeof("/hypervisor/")];
    struct text text = {path, sizeof(path), 0};

    if (head->generate == NULL && head->place == NULL)
        return;
    if (head->generate == NULL) {
        gunyah_text_add(&text, head->place);
        gunyah_text_add(&text, name);
    }
    const char *const generate = head->generate != NULL ? head->generate : path;
    gunyah_build_need(writer, gunyah_build_is_path(generate), "generate", "it is no path of a node");
    if (writer->error == GUNYAH_OK && head->is_exact && is_generated(writer, generate))
        gunyah_build_complain(writer, GUNYAH_ERR_IN_USE, "generate", "there is a node of this path");
    if (writer->error == GUNYAH_OK)
        gunyah_build_string(writer, "generate", generate);
}

static void begin_node(struct writer *writer, const char *name)
{
    struct gunyah_dt_build *const build = writer->build;
    const bool is_taken = fdt_subnode_offset(build->blob, build->vdevices, name) >= 0;

    writer->node = writer->is_full ? -1 : (int32_t)fdt_size_dt_struct(build->blob);
    gunyah_build_node(writer, name);
    if (is_taken)
        gunyah_build_complain(writer, GUNYAH_ERR_IN_USE, NULL, "another virtual device has this name");
}

void gunyah_build_vdevice(struct writer *writer, const struct vdevice_head *head)
{
    char made[NAME_SIZE] = "";
    struct text text = {made, sizeof(made), 0};

    if (head->name == NULL)
        make_name(head, &text);
    const char *const name = head->name != NULL ? head->name : made;
    if (!gunyah_build_is_name(name)) {
        gunyah_build_need(writer, false, NULL, "a name has 1 to 31 letters, digits and ,._+-");
        return;
    }
    begin_node(writer, name);
    gunyah_build_string(writer, "vdevice-type", head->type);
    write_generate(writer, head, name);
    if (head->has_peer)
        write_peer(writer, head->peer);
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

static void write_label(struct writer *writer, const struct vdevice_head *head)
{
    gunyah_build_own_label(writer, head->type, *head->label);
    gunyah_build_u32(writer, "label", *head->label);
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
    };
    gunyah_build_vdevice(&writer, &head);
    gunyah_build_queue(&writer, rm_rpc->message_size, rm_rpc->queue_depth);
    gunyah_build_interrupts(&writer, interrupts, 2);
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
    };
    gunyah_build_vdevice(&writer, &head);
    write_label(&writer, &head);
    if (is_source)
        gunyah_build_need(&writer, bell->interrupt.virq.value == 0, "interrupts", "the interrupt is the peer's");
    else
        gunyah_build_interrupts(&writer, &bell->interrupt, 1);
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
    };
    gunyah_build_vdevice(&writer, &head);
    write_label(&writer, &head);
    gunyah_build_flag(&writer, queue->sends ? "is-sender" : "is-receiver");
    gunyah_build_queue(&writer, queue->message_size, queue->queue_depth);
    gunyah_build_interrupts(&writer, &queue->interrupt, 1);
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
    };
    gunyah_build_vdevice(&writer, &head);
    write_label(&writer, &head);
    gunyah_build_queue(&writer, pair->message_size, pair->queue_depth);
    gunyah_build_interrupts(&writer, interrupts, 2);
    gunyah_build_end(&writer);
    return gunyah_build_leave(&writer);
}

// ---- The clock ---------------------------------------------------------------------------------------------------

static bool has_rtc(const struct writer *writer)
{
    const void *const blob = writer->build->blob;
    int length;
    int node;

    fdt_for_each_subnode(node, blob, writer->build->vdevices)
    {
        const char *const type = fdt_getprop(blob, node, "vdevice-type", &length);
        if (type != NULL && fdt_stringlist_contains(type, length, "vrtc-pl031"))
            return true;
    }
    return false;
}

enum gunyah_error gunyah_dt_add_rtc(struct gunyah_dt_build *build, const struct gunyah_dt_rtc *rtc)
{
    struct writer writer;
    const enum gunyah_error error = gunyah_build_enter(&writer, build, rtc, sizeof(*rtc), PHASE_VDEVICES);

    if (error != GUNYAH_OK)
        return error;
    const bool is_second = has_rtc(&writer);
    const struct vdevice_head head = {
        .type = "vrtc-pl031",
        .name = rtc->name != NULL ? rtc->name : "rtc",
        .generate = rtc->generate,
    };
    gunyah_build_vdevice(&writer, &head);
    if (is_second)
        gunyah_build_complain(&writer, GUNYAH_ERR_IN_USE, "vdevice-type", "a VM has one of them");
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
