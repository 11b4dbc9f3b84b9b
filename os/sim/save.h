// SPDX-License-Identifier: BSD-3-Clause
// What the files share that save machines and make new ones of what was saved.
//
// A save is a header and parts behind each other, each with an id, a version and a length: docs/simulator.md has the
// layout. Whoever gives the machine further state adds a part to the table in parts.c.
#ifndef GUNYAH_SIM_SAVE_H
#define GUNYAH_SIM_SAVE_H

#include "sim_internal.h"

// Where bytes are written to. Without memory they are only counted.
struct sim_writer {
    unsigned char *bytes; // Null: counted alone.
    size_t at;
};

// Where bytes are read from. Behind the end there are zeros, and `failed` says that somebody has been there.
struct sim_reader {
    const unsigned char *bytes;
    size_t size;
    size_t at;
    bool failed;
};

// What a save is made into.
struct sim_load {
    struct gunyah_sim *sim;
    size_t memory; // Bytes for the hypervisor's state; 0: as many as it had.
    bool trusted;  // The bytes come from this process.
    const struct gunyah_sim_memory *regions;
    size_t region_count;
    const char *why; // Of a failure: a sentence.
};

// A part of a save.
struct sim_part {
    uint32_t id; // Four letters, the first one in the lowest byte.
    uint32_t version;
    bool optional; // Not there when there is nothing to say, and then it changes nothing.
    bool (*is_needed)(const struct gunyah_sim *sim); // Null: always.
    void (*save)(const struct gunyah_sim *sim, struct sim_writer *writer);
    enum gunyah_error (*load)(struct sim_load *load, struct sim_reader *reader);
};

// save_bytes.c: little endian, at any address.
void gunyah_internal_sim_put32(struct sim_writer *writer, uint32_t value);
void gunyah_internal_sim_put64(struct sim_writer *writer, uint64_t value);
void gunyah_internal_sim_put(struct sim_writer *writer, const void *bytes, size_t size);
void gunyah_internal_sim_put_text(struct sim_writer *writer, const char *text, size_t size); // Zeros behind its end.
uint32_t gunyah_internal_sim_get32(struct sim_reader *reader);
uint64_t gunyah_internal_sim_get64(struct sim_reader *reader);
void gunyah_internal_sim_get(struct sim_reader *reader, void *bytes, size_t size);
bool gunyah_internal_sim_get_text(struct sim_reader *reader, char *text, size_t size);  // False: it does not end.
bool gunyah_internal_sim_get_bool(struct sim_reader *reader);                           // Anything but 0 and 1 fails.
uint64_t gunyah_internal_sim_checksum(const void *bytes, size_t size, uint64_t before); // CRC-64, from 0 on.

// parts.c: in the order in which they are saved and loaded.
extern const struct sim_part gunyah_internal_sim_parts[];
extern const size_t gunyah_internal_sim_part_count;

// parts_*.c
enum gunyah_error gunyah_internal_sim_damaged(struct sim_load *load, const char *why); // Returns GUNYAH_ERR_FORMAT.
void gunyah_internal_sim_save_rules(const struct gunyah_sim *sim, struct sim_writer *writer);
enum gunyah_error gunyah_internal_sim_load_rules(struct sim_load *load, struct sim_reader *reader);
bool gunyah_internal_sim_has_late(const struct gunyah_sim *sim);
void gunyah_internal_sim_save_late(const struct gunyah_sim *sim, struct sim_writer *writer);
enum gunyah_error gunyah_internal_sim_load_late(struct sim_load *load, struct sim_reader *reader);
bool gunyah_internal_sim_has_configs(const struct gunyah_sim *sim);
void gunyah_internal_sim_save_configs(const struct gunyah_sim *sim, struct sim_writer *writer);
enum gunyah_error gunyah_internal_sim_load_configs(struct sim_load *load, struct sim_reader *reader);

#endif
