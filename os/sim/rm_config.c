// SPDX-License-Identifier: BSD-3-Clause
// Configurations of VMs, which stand for their device trees.

#include "sim_internal.h"

#include <options.h>

#include <stdio.h>
#include <string.h>

static const enum gunyah_model_rm_vdevice_type types[] = {
    [GUNYAH_SIM_VDEVICE_RM_RPC] = GUNYAH_MODEL_RM_RPC,
    [GUNYAH_SIM_VDEVICE_DOORBELL] = GUNYAH_MODEL_RM_DOORBELL,
    [GUNYAH_SIM_VDEVICE_DOORBELL_SOURCE] = GUNYAH_MODEL_RM_DOORBELL_SOURCE,
    [GUNYAH_SIM_VDEVICE_MSGQUEUE_SENDER] = GUNYAH_MODEL_RM_MSGQUEUE_SENDER,
    [GUNYAH_SIM_VDEVICE_MSGQUEUE_RECEIVER] = GUNYAH_MODEL_RM_MSGQUEUE_RECEIVER,
    [GUNYAH_SIM_VDEVICE_MSGQUEUE_PAIR] = GUNYAH_MODEL_RM_MSGQUEUE_PAIR,
    [GUNYAH_SIM_VDEVICE_SHM] = GUNYAH_MODEL_RM_SHM,
};

#define TYPES (sizeof(types) / sizeof(types[0]))

static const struct sim_config *config_of(const struct gunyah_sim *sim, uint16_t vmid)
{
    const struct sim_config *any = NULL;

    for (const struct sim_config *config = sim->configs; config != NULL; config = config->next) {
        if (config->vmid.value == vmid)
            return config;
        if (config->vmid.value == 0)
            any = config;
    }
    return any;
}

bool gunyah_internal_sim_configure(void *context, uint16_t vmid, struct gunyah_model_rm_config *config)
{
    const struct sim_config *declared = config_of(context, vmid);

    if (declared == NULL)
        return false;
    *config = declared->model;
    return true;
}

static enum gunyah_error check(struct gunyah_sim *sim, const struct gunyah_sim_vm_config *config)
{
    if (!options_known(config, config->size, sizeof(*config)))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OPTION,
                                        "config.size is wrong: start from GUNYAH_SIM_VM_CONFIG_INIT");
    if (config->vdevice_count > SIM_MAX_VDEVICES)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_SIZE, "a VM has 64 virtual devices at most");
    if (config->vdevice_count != 0 && config->vdevices == NULL)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_NULL, "config.vdevices is a null pointer");
    if ((config->name != NULL && strlen(config->name) >= GUNYAH_MODEL_RM_NAME_SIZE) ||
        (config->uri != NULL && strlen(config->uri) >= GUNYAH_MODEL_RM_NAME_SIZE))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_SIZE, "names and URIs have 79 bytes at most");
    for (size_t i = 0; i < config->vdevice_count; i++) {
        if ((size_t)config->vdevices[i].type >= TYPES)
            return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "there is no such kind of vdevice");
    }
    return GUNYAH_OK;
}

static struct gunyah_model_rm_vdevice convert(const struct gunyah_sim_vdevice *vdevice)
{
    return (struct gunyah_model_rm_vdevice){
        .type = types[vdevice->type],
        .peer = vdevice->peer.value,
        .source_can_clear = vdevice->source_can_clear,
        .console = vdevice->console,
        .allocate_base = vdevice->allocate_base,
        .optional = vdevice->optional,
        .label = vdevice->label,
        .depth = vdevice->depth,
        .message_size = vdevice->message_size,
        .send_virq = vdevice->send_virq.value,
        .receive_virq = vdevice->receive_virq.value,
        .base = vdevice->base,
    };
}

static void fill(struct sim_config *to, const struct gunyah_sim_vm_config *from)
{
    to->vmid = from->vmid;
    snprintf(to->name, sizeof(to->name), "%s", from->name != NULL ? from->name : "");
    snprintf(to->uri, sizeof(to->uri), "%s", from->uri != NULL ? from->uri : "");
    for (size_t i = 0; i < from->vdevice_count; i++)
        to->vdevices[i] = convert(&from->vdevices[i]);
    to->model = (struct gunyah_model_rm_config){
        .name = to->name,
        .uri = to->uri,
        .vcpus = from->vcpus,
        .no_shutdown = from->no_shutdown || from->crash_fatal,
        .no_reset = from->no_reset || from->crash_fatal,
        .crash_fatal = from->crash_fatal,
        .proxy = from->proxy,
        .rtc = from->rtc,
        .rtc_base = from->rtc_base != 0 ? from->rtc_base : GUNYAH_MODEL_RM_ANYWHERE,
        .base = from->base,
        .size_max = from->size_max,
        .firmware_base = from->firmware_base,
        .firmware_size_max = from->firmware_size_max,
        .vdevices = to->vdevices,
        .vdevice_count = (uint32_t)from->vdevice_count,
    };
    memcpy(to->model.guid, from->guid, sizeof(to->model.guid));
}

// The declaration for this VMID; a new one if there is none yet.
static struct sim_config *place_for(struct gunyah_sim *sim, gunyah_vmid_t vmid)
{
    struct sim_config *config = sim->configs;

    while (config != NULL && config->vmid.value != vmid.value)
        config = config->next;
    if (config != NULL)
        return config;
    config = sim->allocator.allocate(sim->allocator.context, sizeof(*config));
    if (config == NULL)
        return NULL;
    config->next = sim->configs;
    sim->configs = config;
    return config;
}

static enum gunyah_error configure_vm(struct gunyah_sim *sim, const struct gunyah_sim_vm_config *config)
{
    enum gunyah_error error = check(sim, config);
    struct sim_config *place;

    if (error != GUNYAH_OK)
        return error;
    place = place_for(sim, config->vmid);
    if (place == NULL)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OUT_OF_MEMORY,
                                        "the allocator has no memory for a configuration");
    fill(place, config);
    return GUNYAH_OK;
}

enum gunyah_error gunyah_sim_configure_vm(struct gunyah_sim *sim, const struct gunyah_sim_vm_config *config)
{
    enum gunyah_error error;

    if (sim == NULL || config == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    error = configure_vm(sim, config);
    pthread_mutex_unlock(&sim->lock);
    return error;
}

void gunyah_internal_sim_drop_configs(struct gunyah_sim *sim)
{
    while (sim->configs != NULL) {
        struct sim_config *config = sim->configs;
        sim->configs = config->next;
        sim->allocator.release(sim->allocator.context, config, sizeof(*config));
    }
}
