// SPDX-License-Identifier: BSD-3-Clause
// Configurations of VMs that are still to be made, as a part of a save.

#include "save.h"

#include <string.h>

// Properties that are there or not, one bit each.
#define NO_SHUTDOWN 1u
#define NO_RESET 2u
#define CRASH_FATAL 4u
#define PROXY 8u
#define RTC 16u
#define CONFIG_BITS 31u

#define SOURCE_CAN_CLEAR 1u
#define CONSOLE 2u
#define ALLOCATE_BASE 4u
#define OPTIONAL 8u
#define VDEVICE_BITS 15u

static uint32_t bit(bool is_set, uint32_t mask)
{
    return is_set ? mask : 0;
}

bool gunyah_internal_sim_has_configs(const struct gunyah_sim *sim)
{
    return sim->configs != NULL;
}

static void save_vdevice(const struct gunyah_model_rm_vdevice *vdevice, struct sim_writer *writer)
{
    gunyah_internal_sim_put32(writer, (uint32_t)vdevice->type);
    gunyah_internal_sim_put32(writer, vdevice->peer);
    gunyah_internal_sim_put32(writer, bit(vdevice->source_can_clear, SOURCE_CAN_CLEAR) |
                                          bit(vdevice->console, CONSOLE) | bit(vdevice->allocate_base, ALLOCATE_BASE) |
                                          bit(vdevice->optional, OPTIONAL));
    gunyah_internal_sim_put32(writer, vdevice->label);
    gunyah_internal_sim_put32(writer, vdevice->depth);
    gunyah_internal_sim_put32(writer, vdevice->message_size);
    gunyah_internal_sim_put32(writer, vdevice->send_virq);
    gunyah_internal_sim_put32(writer, vdevice->receive_virq);
    gunyah_internal_sim_put64(writer, vdevice->base);
}

static void save_config(const struct sim_config *config, struct sim_writer *writer)
{
    const struct gunyah_model_rm_config *model = &config->model;

    gunyah_internal_sim_put32(writer, config->vmid.value);
    gunyah_internal_sim_put_text(writer, config->name, sizeof(config->name));
    gunyah_internal_sim_put_text(writer, config->uri, sizeof(config->uri));
    gunyah_internal_sim_put(writer, model->guid, sizeof(model->guid));
    gunyah_internal_sim_put32(writer, model->vcpus);
    gunyah_internal_sim_put32(writer, bit(model->no_shutdown, NO_SHUTDOWN) | bit(model->no_reset, NO_RESET) |
                                          bit(model->crash_fatal, CRASH_FATAL) | bit(model->proxy, PROXY) |
                                          bit(model->rtc, RTC));
    gunyah_internal_sim_put64(writer, model->rtc_base);
    gunyah_internal_sim_put64(writer, model->base);
    gunyah_internal_sim_put64(writer, model->size_max);
    gunyah_internal_sim_put64(writer, model->firmware_base);
    gunyah_internal_sim_put64(writer, model->firmware_size_max);
    gunyah_internal_sim_put32(writer, model->vdevice_count);
    for (uint32_t i = 0; i < model->vdevice_count; i++)
        save_vdevice(&config->vdevices[i], writer);
}

void gunyah_internal_sim_save_configs(const struct gunyah_sim *sim, struct sim_writer *writer)
{
    uint32_t count = 0;

    for (const struct sim_config *config = sim->configs; config != NULL; config = config->next)
        count++;
    gunyah_internal_sim_put32(writer, count);
    for (const struct sim_config *config = sim->configs; config != NULL; config = config->next)
        save_config(config, writer);
}

static void load_vdevice(struct sim_reader *reader, struct gunyah_model_rm_vdevice *vdevice)
{
    const uint32_t type = gunyah_internal_sim_get32(reader);
    const uint32_t peer = gunyah_internal_sim_get32(reader);
    const uint32_t bits = gunyah_internal_sim_get32(reader);

    if (type > GUNYAH_MODEL_RM_SHM || peer > UINT16_MAX || (bits & ~VDEVICE_BITS) != 0)
        reader->failed = true;
    *vdevice = (struct gunyah_model_rm_vdevice){
        .type = (enum gunyah_model_rm_vdevice_type)type,
        .peer = (uint16_t)peer,
        .source_can_clear = (bits & SOURCE_CAN_CLEAR) != 0,
        .console = (bits & CONSOLE) != 0,
        .allocate_base = (bits & ALLOCATE_BASE) != 0,
        .optional = (bits & OPTIONAL) != 0,
    };
    vdevice->label = gunyah_internal_sim_get32(reader);
    vdevice->depth = gunyah_internal_sim_get32(reader);
    vdevice->message_size = gunyah_internal_sim_get32(reader);
    vdevice->send_virq = gunyah_internal_sim_get32(reader);
    vdevice->receive_virq = gunyah_internal_sim_get32(reader);
    vdevice->base = gunyah_internal_sim_get64(reader);
}

static void load_config(struct sim_reader *reader, struct sim_config *config)
{
    struct gunyah_model_rm_config *model = &config->model;
    const uint32_t vmid = gunyah_internal_sim_get32(reader);
    const bool has_texts = gunyah_internal_sim_get_text(reader, config->name, sizeof(config->name)) &&
                           gunyah_internal_sim_get_text(reader, config->uri, sizeof(config->uri));
    uint32_t bits;

    *model = (struct gunyah_model_rm_config){.name = config->name, .uri = config->uri, .vdevices = config->vdevices};
    gunyah_internal_sim_get(reader, model->guid, sizeof(model->guid));
    model->vcpus = gunyah_internal_sim_get32(reader);
    bits = gunyah_internal_sim_get32(reader);
    model->no_shutdown = (bits & NO_SHUTDOWN) != 0;
    model->no_reset = (bits & NO_RESET) != 0;
    model->crash_fatal = (bits & CRASH_FATAL) != 0;
    model->proxy = (bits & PROXY) != 0;
    model->rtc = (bits & RTC) != 0;
    model->rtc_base = gunyah_internal_sim_get64(reader);
    model->base = gunyah_internal_sim_get64(reader);
    model->size_max = gunyah_internal_sim_get64(reader);
    model->firmware_base = gunyah_internal_sim_get64(reader);
    model->firmware_size_max = gunyah_internal_sim_get64(reader);
    model->vdevice_count = gunyah_internal_sim_get32(reader);
    if (!has_texts || vmid > UINT16_MAX || (bits & ~CONFIG_BITS) != 0 || model->vdevice_count > SIM_MAX_VDEVICES) {
        reader->failed = true;
        return;
    }
    config->vmid = gunyah_vmid((uint16_t)vmid);
    for (uint32_t i = 0; i < model->vdevice_count; i++)
        load_vdevice(reader, &config->vdevices[i]);
}

enum gunyah_error gunyah_internal_sim_load_configs(struct sim_load *load, struct sim_reader *reader)
{
    const struct gunyah_allocator *allocator = &load->sim->allocator;
    const uint32_t count = gunyah_internal_sim_get32(reader);
    struct sim_config **end = &load->sim->configs;

    for (uint32_t i = 0; i < count && !reader->failed; i++) {
        struct sim_config *config = allocator->allocate(allocator->context, sizeof(*config));
        if (config == NULL) {
            load->why = "the allocator has no memory for a configuration";
            return GUNYAH_ERR_OUT_OF_MEMORY;
        }
        memset(config, 0, sizeof(*config));
        *end = config;
        end = &config->next;
        load_config(reader, config);
    }
    return GUNYAH_OK;
}
