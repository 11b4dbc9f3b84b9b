// SPDX-License-Identifier: BSD-3-Clause
// Draws a chart. The VMs stand left and right of the hypervisor, so that most arrows are short.
#include "chart_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TIME_WIDTH 104
#define LANE_WIDTH 310
#define SIDE 130        // left of the first lane, and right of the last one
#define LEAST_WIDTH 760 // for the legend
#define HEAD_HEIGHT 92
#define ROW_HEIGHT 26
#define FOOT_HEIGHT 36
#define CHARACTER 7.3 // the width of one, in the font and size that is asked for
#define MAX_LANES (TRACE_MAX_VMS + 2)

static const char *const colours[] = {
    [CHART_BLACK] = "#263238",  [CHART_GREY] = "#78909c",   [CHART_RED] = "#c62828",
    [CHART_ORANGE] = "#e65100", [CHART_PURPLE] = "#6a1b9a", [CHART_BLUE] = "#1565c0",
};

static const char *const colour_names[] = {
    [CHART_BLACK] = "black",   [CHART_GREY] = "grey",     [CHART_RED] = "red",
    [CHART_ORANGE] = "orange", [CHART_PURPLE] = "purple", [CHART_BLUE] = "blue",
};

struct drawing {
    const struct chart *chart;
    FILE *file;
    int left; // VMs left of the hypervisor
    int lanes;
};

// ---- text --------------------------------------------------------------------------------------------------------

// Text in XML. What is not ASCII that can be seen becomes a dot.
static void put_text(FILE *file, const char *text, size_t most)
{
    const size_t size = strlen(text);

    for (size_t i = 0; i < size && i < most; i++) {
        const char character = text[i];
        if (size > most && i + 3 >= most) {
            fputs("...", file);
            return;
        }
        if (character == '&')
            fputs("&amp;", file);
        else if (character == '<')
            fputs("&lt;", file);
        else if (character == '>')
            fputs("&gt;", file);
        else if (character == '"')
            fputs("&quot;", file);
        else
            fputc(character >= 0x20 && character < 0x7f ? character : '.', file);
    }
}

// Words with all of them as a tip, in case that they were too long for their place.
static void put_words(const struct drawing *drawing, double x, double y, const char *anchor, enum chart_colour colour,
                      const char *text, size_t most)
{
    fprintf(drawing->file, "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"%s\" class=\"%s\">", x, y, anchor,
            colour_names[colour]);
    if (strlen(text) > most) {
        fputs("<title>", drawing->file);
        put_text(drawing->file, text, SIZE_MAX);
        fputs("</title>", drawing->file);
    }
    put_text(drawing->file, text, most);
    fputs("</text>\n", drawing->file);
}

static void put_time(const struct drawing *drawing, uint64_t time_ns, double y)
{
    fprintf(drawing->file, "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\" class=\"grey\">%" PRIu64 ".%03u</text>\n",
            TIME_WIDTH - 8, y, time_ns / 1000, (unsigned)(time_ns % 1000));
}

// ---- places ------------------------------------------------------------------------------------------------------

static int lane_of(const struct drawing *drawing, int who)
{
    if (who == CHART_HYPERVISOR)
        return drawing->left;
    if (who == CHART_RM)
        return drawing->lanes - 1;
    return who < drawing->left ? who : who + 1;
}

static double lane_x(int lane)
{
    return TIME_WIDTH + SIDE + (double)LANE_WIDTH * lane;
}

static double place_of(const struct drawing *drawing, int who)
{
    return lane_x(lane_of(drawing, who));
}

static double row_y(size_t row)
{
    return HEAD_HEIGHT + 22 + (double)ROW_HEIGHT * (double)row;
}

static double width_of(const struct drawing *drawing)
{
    const double width = lane_x(drawing->lanes - 1) + SIDE;

    return width < LEAST_WIDTH ? LEAST_WIDTH : width;
}

// ---- shapes ------------------------------------------------------------------------------------------------------

static void draw_arrow(const struct drawing *drawing, const struct chart_row *row, double y)
{
    const double from = place_of(drawing, row->from);
    const double to = place_of(drawing, row->to);
    const double room = (from < to ? to - from : from - to) - 24;
    const double tip = from < to ? -6 : 6;

    fprintf(drawing->file, "<line x1=\"%.0f\" y1=\"%.0f\" x2=\"%.0f\" y2=\"%.0f\" class=\"%s%s\"/>\n", from, y,
            to + tip, y, colour_names[row->colour], row->shape == CHART_ANSWER ? " dashed" : "");
    fprintf(drawing->file, "<path d=\"M%.0f %.0f l%.0f -4 v8 z\" class=\"fill-%s\"/>\n", to, y, 2 * tip,
            colour_names[row->colour]);
    put_words(drawing, (from + to) / 2, y - 5, "middle", row->colour, row->text, (size_t)(room / CHARACTER));
}

// Words beside a lane, which say its name already: "bob takes vIRQ 41". They stand where there is more room.
static void draw_words(const struct drawing *drawing, const struct chart_row *row, double y)
{
    const int lane = lane_of(drawing, row->from);
    const bool is_last = lane == drawing->lanes - 1;
    const char *text = strchr(row->text, ' ');
    const double x = lane_x(lane);

    if (row->shape != CHART_WORDS)
        fprintf(drawing->file, "<circle cx=\"%.0f\" cy=\"%.0f\" r=\"4\" class=\"fill-%s\"/>\n", x, y - 4,
                colour_names[row->colour]);
    put_words(drawing, is_last ? x - 12 : x + 12, y, is_last ? "end" : "start", row->colour,
              text != NULL && row->shape != CHART_WORDS ? text + 1 : row->text,
              (size_t)((LANE_WIDTH - 24) / CHARACTER));
}

static void draw_band(const struct drawing *drawing, const struct chart_row *row, double y)
{
    const double width = width_of(drawing) - TIME_WIDTH - 16;

    fprintf(drawing->file, "<rect x=\"%d\" y=\"%.0f\" width=\"%.0f\" height=\"22\" rx=\"3\" class=\"band-%s\"/>\n",
            TIME_WIDTH + 4, y - 16, width, colour_names[row->colour]);
    fputs("<g class=\"band\">", drawing->file);
    put_words(drawing, TIME_WIDTH + 14, y, "start", row->colour, row->text, (size_t)((width - 20) / CHARACTER));
    fputs("</g>\n", drawing->file);
}

// While a VM waits, its lane is wide.
static void draw_wait(const struct drawing *drawing, size_t begin)
{
    const struct chart *chart = drawing->chart;
    size_t end = begin + 1;

    while (end < chart->count &&
           (chart->rows[end].from != chart->rows[begin].from || chart->rows[end].shape != CHART_DOT))
        end++;
    fprintf(drawing->file, "<rect x=\"%.0f\" y=\"%.0f\" width=\"12\" height=\"%.0f\" class=\"wait\"/>\n",
            place_of(drawing, chart->rows[begin].from) - 6, row_y(begin) - 4, row_y(end) - row_y(begin));
}

static void draw_row(const struct drawing *drawing, size_t number)
{
    const struct chart_row *row = &drawing->chart->rows[number];
    const double y = row_y(number);

    if (number == 0 || drawing->chart->rows[number - 1].time_ns != row->time_ns)
        put_time(drawing, row->time_ns, y);
    if (row->shape == CHART_BAND)
        draw_band(drawing, row, y);
    else if (row->shape == CHART_ARROW || row->shape == CHART_ANSWER)
        draw_arrow(drawing, row, y);
    else
        draw_words(drawing, row, y);
}

// ---- the whole ---------------------------------------------------------------------------------------------------

static void draw_style(const struct drawing *drawing)
{
    fputs("<style>\n"
          "text { font: 12px 'DejaVu Sans Mono', Menlo, Consolas, monospace; paint-order: stroke; stroke: #fff;\n"
          "  stroke-width: 3px; }\n"
          ".band text { stroke: none; }\n"
          ".title { font-size: 15px; font-weight: bold; fill: #263238; }\n"
          ".name { font-weight: bold; fill: #fff; stroke: none; }\n"
          ".lane { stroke: #b0bec5; stroke-width: 1.5; }\n"
          ".wait { fill: #eceff1; stroke: #90a4ae; }\n"
          "line { stroke-width: 1.3; }\n"
          ".dashed { stroke-dasharray: 6 4; }\n"
          ".band-blue { fill: #e3f2fd; }\n"
          ".band-red { fill: #ffebee; }\n"
          ".band-grey { fill: #f5f7f8; }\n"
          ".vm { fill: #37474f; }\n"
          ".hypervisor { fill: #00695c; }\n"
          ".rm { fill: #1565c0; }\n",
          drawing->file);
    for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
        fprintf(drawing->file, "text.%s, .fill-%s { fill: %s; }\nline.%s { stroke: %s; }\n", colour_names[i],
                colour_names[i], colours[i], colour_names[i], colours[i]);
    fputs("</style>\n", drawing->file);
}

static void draw_lane(const struct drawing *drawing, int who, const char *name, const char *kind, double height)
{
    const double x = place_of(drawing, who);
    const double width = 40 + CHARACTER * (double)strlen(name);

    fprintf(drawing->file, "<line x1=\"%.0f\" y1=\"%d\" x2=\"%.0f\" y2=\"%.0f\" class=\"lane\"/>\n", x,
            HEAD_HEIGHT - 10, x, height - 24);
    fprintf(drawing->file, "<rect x=\"%.0f\" y=\"%d\" width=\"%.0f\" height=\"28\" rx=\"4\" class=\"%s\"/>\n",
            x - width / 2, HEAD_HEIGHT - 38, width, kind);
    fprintf(drawing->file, "<text x=\"%.0f\" y=\"%d\" text-anchor=\"middle\" class=\"name\">", x, HEAD_HEIGHT - 20);
    put_text(drawing->file, name, SIZE_MAX);
    fputs("</text>\n", drawing->file);
}

static void draw_lanes(const struct drawing *drawing, double height)
{
    for (int i = 0; i < drawing->chart->vm_count; i++)
        draw_lane(drawing, i, drawing->chart->vms[i], "vm", height);
    draw_lane(drawing, CHART_HYPERVISOR, "hypervisor", "hypervisor", height);
    if (drawing->chart->has_rm)
        draw_lane(drawing, CHART_RM, "Resource Manager", "rm", height);
}

static void draw_head(const struct drawing *drawing)
{
    fputs("<text x=\"12\" y=\"28\" class=\"title\">", drawing->file);
    put_text(drawing->file, drawing->chart->title, SIZE_MAX);
    fputs("</text>\n", drawing->file);
    fprintf(drawing->file, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" class=\"grey\">\xc2\xb5s</text>\n",
            TIME_WIDTH - 8, HEAD_HEIGHT - 20);
}

static void draw_foot(const struct drawing *drawing, double height)
{
    static const char legend[] = "solid: call; dashed: answer; purple: interrupt; red: error; orange: injected fault";
    char text[sizeof(legend) + 64];

    if (drawing->chart->left_out > 0)
        snprintf(text, sizeof(text), "%zu more events are left out", drawing->chart->left_out);
    else
        snprintf(text, sizeof(text), "%s", legend);
    put_words(drawing, TIME_WIDTH + 14, height - 8, "start", CHART_GREY, text, SIZE_MAX);
}

void chart_draw(const struct chart *chart, FILE *file)
{
    const struct drawing drawing = {
        .chart = chart,
        .file = file,
        .left = (chart->vm_count + 1) / 2,
        .lanes = chart->vm_count + 1 + (chart->has_rm ? 1 : 0),
    };
    const double width = width_of(&drawing);
    const double height = row_y(chart->count) + FOOT_HEIGHT;

    fprintf(file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">\n",
            width, height, width, height);
    draw_style(&drawing);
    fprintf(file, "<rect width=\"%.0f\" height=\"%.0f\" fill=\"#fff\"/>\n", width, height);
    draw_head(&drawing);
    draw_lanes(&drawing, height);
    for (size_t i = 0; i < chart->count; i++) {
        if (chart->rows[i].shape == CHART_WAIT)
            draw_wait(&drawing, i);
    }
    for (size_t i = 0; i < chart->count; i++)
        draw_row(&drawing, i);
    draw_foot(&drawing, height);
    fputs("</svg>\n", file);
}
