// SPDX-License-Identifier: BSD-3-Clause
// A sequence chart of a trace, as SVG: a lane for each VM and for the hypervisor, time downwards, arrows with names.
#ifndef GUNYAH_CHART_H
#define GUNYAH_CHART_H

#include "trace.h"

// Returns an empty chart, or NULL. title is what stands above it.
struct chart *chart_begin(const char *title, bool has_rm);

void chart_add_vm(struct chart *chart, const char *name);

// Calls that carry packets of the Resource Manager are left out: what it is asked and answers is there.
void chart_add_event(struct chart *chart, const struct trace_event *event);

// Writes the chart. Returns false if there was too little memory for all of it.
bool chart_write(struct chart *chart, FILE *file);

void chart_free(struct chart *chart);

#endif
