// SPDX-License-Identifier: BSD-3-Clause
// Rows of a chart, as they come. chart_svg.c draws them.
#include "chart.h"
#include "chart_rows.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 64

struct chart *chart_begin(const char *title, bool has_rm)
{
    struct chart *chart = calloc(1, sizeof(*chart));

    if (chart != NULL) {
        chart->has_rm = has_rm;
        snprintf(chart->title, sizeof(chart->title), "%s", title);
    }
    return chart;
}

void chart_free(struct chart *chart)
{
    if (chart != NULL)
        free(chart->rows);
    free(chart);
}

void chart_add_vm(struct chart *chart, const char *name)
{
    chart->vms[chart->vm_count++] = name;
}

// A new row, or NULL when there is no memory or the chart is long enough.
static struct chart_row *add_row(struct chart *chart, const struct trace_event *event, enum chart_shape shape,
                                 enum chart_colour colour)
{
    const size_t room = chart->room == 0 ? FIRST_ROOM : 2 * chart->room;
    struct chart_row *row;

    if (chart->count == CHART_MAX_ROWS) {
        chart->left_out++;
        return NULL;
    }
    if (chart->count == chart->room) {
        struct chart_row *rows = realloc(chart->rows, room * sizeof(*rows));
        if (rows == NULL) {
            chart->is_short = true;
            return NULL;
        }
        chart->rows = rows;
        chart->room = room;
    }
    row = &chart->rows[chart->count++];
    *row = (struct chart_row){
        .time_ns = event->time_ns,
        .shape = shape,
        .colour = colour,
        .from = event->vm,
        .to = CHART_HYPERVISOR,
    };
    return row;
}

static void add_arrow(struct chart *chart, const struct trace_event *event, int from, int to, enum chart_colour colour,
                      const char *text)
{
    struct chart_row *row = add_row(chart, event, CHART_ARROW, colour);

    if (row == NULL)
        return;
    row->from = from;
    row->to = to;
    snprintf(row->text, sizeof(row->text), "%s", text);
}

static void add_held(struct chart *chart)
{
    char text[32];

    for (size_t i = 0; i < chart->held_count; i++) {
        snprintf(text, sizeof(text), "vIRQ %u", (unsigned)chart->held[i].virq);
        add_arrow(chart, &chart->held[i], CHART_HYPERVISOR, chart->held[i].vm, CHART_PURPLE, text);
    }
    chart->held_count = 0;
}

static void add_call(struct chart *chart, const struct trace_event *event)
{
    const int32_t error = trace_error(event);
    const enum chart_colour colour = event->is_injected ? CHART_ORANGE : error != 0 ? CHART_RED : CHART_BLACK;
    struct chart_row *row;

    if (event->is_packet) {
        add_held(chart);
        return;
    }
    row = add_row(chart, event, CHART_ARROW, CHART_BLACK);
    if (row != NULL)
        trace_call_words(event, row->text, sizeof(row->text));
    add_held(chart);
    row = add_row(chart, event, event->answer != NULL ? CHART_ANSWER : CHART_WORDS, colour);
    if (row == NULL)
        return;
    trace_answer_words(event, row->text, sizeof(row->text));
    row->from = event->answer != NULL ? CHART_HYPERVISOR : event->vm;
    row->to = event->vm;
}

static void add_words(struct chart *chart, const struct trace_event *event, enum chart_shape shape,
                      enum chart_colour colour)
{
    struct chart_row *row = add_row(chart, event, shape, colour);

    if (row != NULL)
        snprintf(row->text, sizeof(row->text), "%s", event->text);
}

// "rm answers alice VM_ALLOCATE #1 = OK": the lane says who, so what is left are the words behind the third.
static const char *behind(const char *text, unsigned words)
{
    while (words-- > 0) {
        text += strcspn(text, " ");
        text += strspn(text, " ");
    }
    return text;
}

void chart_add_event(struct chart *chart, const struct trace_event *event)
{
    if (event->kind != TRACE_CALL && (event->kind != TRACE_PENDING || chart->held_count == CHART_MAX_HELD))
        add_held(chart);
    switch (event->kind) {
    case TRACE_CALL:
        add_call(chart, event);
        break;
    case TRACE_PENDING:
        chart->held[chart->held_count++] = *event;
        break;
    case TRACE_RM_ASKED:
        add_arrow(chart, event, event->vm, CHART_RM, CHART_BLUE, behind(event->text, 2));
        break;
    case TRACE_RM_TELLS:
        add_arrow(chart, event, CHART_RM, event->vm, event->is_error ? CHART_RED : CHART_BLUE, behind(event->text, 3));
        break;
    case TRACE_TAKEN:
        add_words(chart, event, CHART_DOT, CHART_PURPLE);
        break;
    case TRACE_WAITS:
        add_words(chart, event, CHART_WAIT, CHART_GREY);
        break;
    case TRACE_GOES_ON:
        add_words(chart, event, CHART_DOT, event->is_error ? CHART_RED : CHART_GREY);
        break;
    case TRACE_NOTE:
        add_words(chart, event, CHART_BAND, CHART_BLUE);
        break;
    case TRACE_FAILED:
        add_words(chart, event, CHART_BAND, CHART_RED);
        break;
    case TRACE_OTHER:
        add_words(chart, event, CHART_BAND, event->is_error ? CHART_RED : CHART_GREY);
        break;
    }
}

bool chart_write(struct chart *chart, FILE *file)
{
    add_held(chart);
    chart_draw(chart, file);
    return !chart->is_short;
}
