// SPDX-License-Identifier: BSD-3-Clause
// Saving a machine with all that it is made of: the header, and the parts behind it.

#include "save.h"
#include "frame.h"

static void put_header(struct sim_writer *writer, size_t size, uint64_t checksum)
{
    gunyah_internal_sim_put(writer, SIM_SAVE_MAGIC, SIM_SAVE_MAGIC_SIZE);
    gunyah_internal_sim_put32(writer, SIM_SAVE_FORMAT);
    gunyah_internal_sim_put32(writer, SIM_SAVE_HEADER);
    gunyah_internal_sim_put64(writer, size);
    gunyah_internal_sim_put64(writer, gunyah_model_layout());
    gunyah_internal_sim_put32(writer, gunyah_internal_sim_byte_order());
    gunyah_internal_sim_put32(writer, sizeof(void *));
    gunyah_internal_sim_put64(writer, checksum);
}

static void put_part(const struct gunyah_sim *sim, const struct sim_part *part, struct sim_writer *writer)
{
    static const unsigned char zeros[SIM_SAVE_ALIGNMENT];
    struct sim_writer counter = {.bytes = NULL};

    if (part->is_needed != NULL && !part->is_needed(sim))
        return;
    part->save(sim, &counter);
    gunyah_internal_sim_put32(writer, part->id);
    gunyah_internal_sim_put32(writer, part->version);
    gunyah_internal_sim_put64(writer, counter.at);
    part->save(sim, writer);
    gunyah_internal_sim_put(writer, zeros, (SIM_SAVE_ALIGNMENT - writer->at % SIM_SAVE_ALIGNMENT) % SIM_SAVE_ALIGNMENT);
}

static void put_all(const struct gunyah_sim *sim, struct sim_writer *writer, size_t size)
{
    struct sim_writer again = *writer;

    put_header(writer, size, 0);
    for (size_t i = 0; i < gunyah_internal_sim_part_count; i++)
        put_part(sim, &gunyah_internal_sim_parts[i], writer);
    if (writer->bytes != NULL)
        put_header(&again, size, gunyah_internal_sim_checksum(writer->bytes, writer->at, 0));
}

size_t gunyah_internal_sim_save_size(const struct gunyah_sim *sim)
{
    struct sim_writer counter = {.bytes = NULL};

    put_all(sim, &counter, 0);
    return counter.at;
}

void gunyah_internal_sim_save(const struct gunyah_sim *sim, void *bytes, size_t size)
{
    struct sim_writer writer = {.bytes = bytes};

    put_all(sim, &writer, size);
}

size_t gunyah_sim_save_size(struct gunyah_sim *sim)
{
    size_t size;

    if (sim == NULL)
        return 0;
    pthread_mutex_lock(&sim->lock);
    size = gunyah_internal_sim_save_size(sim);
    pthread_mutex_unlock(&sim->lock);
    return size;
}

enum gunyah_error gunyah_sim_save(struct gunyah_sim *sim, void *bytes, size_t size)
{
    enum gunyah_error error = GUNYAH_OK;
    size_t needed;

    if (sim == NULL || bytes == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    needed = gunyah_internal_sim_save_size(sim);
    if (size < needed)
        error = gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_SIZE,
                                         "the buffer is too small: ask gunyah_sim_save_size()");
    else
        gunyah_internal_sim_save(sim, bytes, needed);
    pthread_mutex_unlock(&sim->lock);
    return error;
}
