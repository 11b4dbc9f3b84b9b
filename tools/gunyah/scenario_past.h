// SPDX-License-Identifier: BSD-3-Clause
// What a scenario goes on from, and leaves to another one: a machine, the names of what is in it, and what the sessions of its
// VMs know. As a file: docs/sim-run.md describes it.
#ifndef GUNYAH_SCENARIO_PAST_H
#define GUNYAH_SCENARIO_PAST_H

#include "scenario.h"

#include <gunyah/sim.h>

#define SCENARIO_VMIDS 256
#define SCENARIO_PAST_LIMIT ((size_t)1 << 28) // bytes of a file

// What the client of the Resource Manager knows of a VM.
enum scenario_knowledge { SCENARIO_KNOWS_NOTHING, SCENARIO_KNOWS_IT_EXISTS, SCENARIO_KNOWS_IT_IS_CONFIGURED };

// A notification that came, and that nobody has heard yet.
struct scenario_unheard {
    struct scenario_unheard *next;
    int vm;
    uint32_t id;
    uint8_t *payload;
    size_t size;
};

struct scenario_past {
    struct scenario names; // VMs and objects; no steps
    uint16_t vmids[SCENARIO_MAX_VMS];
    uint16_t sequences[SCENARIO_MAX_VMS];                // the next request has this number
    uint8_t knowledge[SCENARIO_MAX_VMS][SCENARIO_VMIDS]; // enum scenario_knowledge, by VMID
    uint64_t from_cap[SCENARIO_MAX_OBJECTS];
    uint64_t to_cap[SCENARIO_MAX_OBJECTS];
    struct scenario_unheard *unheard; // the oldest one first
    struct scenario_unheard *last;
    struct gunyah_sim *sim; // NULL: whoever runs the scenario has it
};

// Reads a file. NULL: it tells why not.
struct scenario_past *scenario_past_read(const void *bytes, size_t size, char *why, size_t why_size);

// The names alone, which are the text in such a file. Changes the text, and writes past->names and what goes with them.
bool scenario_past_read_names(struct scenario_past *past, char *text, size_t size, char *why, size_t why_size);

// The bytes of a file with this machine, which free() takes; NULL: out of memory.
void *scenario_past_write(const struct scenario_past *past, const void *machine, size_t machine_size, size_t *size);

// Why no scenario goes on from a machine, as gunyah_sim_save() has written it; NULL: one does.
const char *scenario_past_check_machine(const uint8_t *machine, size_t size);

// Returns false if there is not enough memory.
bool scenario_past_add_unheard(struct scenario_past *past, int vm, uint32_t id, const void *payload, size_t size);

void scenario_past_free(struct scenario_past *past);

#endif
