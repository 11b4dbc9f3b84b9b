// SPDX-License-Identifier: BSD-3-Clause
// What a chart is made of.
#ifndef GUNYAH_CHART_ROWS_H
#define GUNYAH_CHART_ROWS_H

#include "chart.h"

#define CHART_MAX_ROWS 2000 // more of them nobody looks at
#define CHART_MAX_HELD 16
#define CHART_HYPERVISOR (-2)
#define CHART_RM (-3)

enum chart_shape {
    CHART_ARROW,  // from a lane to another one
    CHART_ANSWER, // likewise, dashed
    CHART_DOT,    // on a lane, with words beside it
    CHART_WAIT,   // likewise; from here on the VM waits
    CHART_WORDS,  // beside a lane
    CHART_BAND,   // over all lanes
};

enum chart_colour { CHART_BLACK, CHART_GREY, CHART_RED, CHART_ORANGE, CHART_PURPLE, CHART_BLUE };

struct chart_row {
    uint64_t time_ns;
    enum chart_shape shape;
    enum chart_colour colour;
    int from; // a VM, CHART_HYPERVISOR or CHART_RM
    int to;
    char text[200];
};

struct chart {
    char title[80];
    bool has_rm;
    const char *vms[TRACE_MAX_VMS];
    int vm_count;
    // Interrupts that became pending, until it is known whether a call raised them. Their arrows stand behind its own.
    struct trace_event held[CHART_MAX_HELD];
    size_t held_count;
    struct chart_row *rows;
    size_t count;
    size_t room;
    size_t left_out;
    bool is_short; // of memory
};

// chart_svg.c
void chart_draw(const struct chart *chart, FILE *file);

#endif
