// SPDX-License-Identifier: BSD-3-Clause
// gunyah sim run: runs a scenario, and writes down what happens.
#include "chart.h"
#include "commands.h"
#include "pcapng.h"
#include "replace.h"
#include "scenario_past.h"
#include "scenario_run.h"

#include <gunyah/version.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct wanted {
    const char *trace;
    const char *pcapng;
    const char *svg;
    const char *save;
    const char *from;
    bool quiet;
    bool as_manual;
};

static struct wanted read_options(struct cli *cli)
{
    struct wanted wanted = {0};
    int option;

    while ((option = cli_next(cli)) != CLI_END) {
        if (option == 't')
            wanted.trace = cli->argument;
        else if (option == 'p')
            wanted.pcapng = cli->argument;
        else if (option == 's')
            wanted.svg = cli->argument;
        else if (option == 'k')
            wanted.save = cli->argument;
        else if (option == 'f')
            wanted.from = cli->argument;
        else if (option == 'm')
            wanted.as_manual = true;
        else
            wanted.quiet = true;
    }
    if (wanted.from != NULL && wanted.as_manual)
        cli_misused(cli, "--as-manual is for a new machine: that of --from is as it was made");
    return wanted;
}

static struct scenario_past *read_past(const struct cli *cli, const char *path)
{
    struct scenario_past *past;
    char why[240];
    size_t size;
    void *bytes;

    if (path == NULL)
        return NULL;
    bytes = cli_read_file(cli, path, SCENARIO_PAST_LIMIT, &size);
    past = scenario_past_read(bytes, size, why, sizeof(why));
    free(bytes);
    if (past == NULL)
        cli_fail(cli, "%s: %s", path, why);
    return past;
}

static struct scenario *read_scenario(const struct cli *cli, const char *path, struct scenario_past *past)
{
    struct scenario_problem problem;
    size_t size;
    char *text = cli_read_file(cli, path, SCENARIO_FILE_LIMIT, &size);
    struct scenario *scenario = scenario_parse(text, size, past, &problem);

    free(text);
    if (scenario == NULL)
        cli_fail(cli, "%s:%" PRIu32 ":%" PRIu32 ": %s", path, problem.place.line, problem.place.column, problem.text);
    return scenario;
}

static FILE *create(const struct cli *cli, const char *path)
{
    FILE *file;

    if (path == NULL)
        return NULL;
    file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
    if (file == NULL)
        cli_fail(cli, "%s: %s", path, strerror(errno));
    return file;
}

static void finish(const struct cli *cli, const char *path, FILE *file)
{
    bool lost;

    if (file == NULL || file == stdout)
        return;
    lost = ferror(file) != 0;
    if (fclose(file) != 0 || lost)
        cli_fail(cli, "%s: not all of it could be written", path);
}

struct listener {
    const struct cli *cli;
    const char *path;
};

static void tell_failure(void *context, const struct scenario_step *step, const char *text)
{
    const struct listener *listener = context;
    const struct scenario_place *place = step->expect.place.line != 0 ? &step->expect.place : &step->place;

    cli_warn(listener->cli, "%s:%" PRIu32 ":%" PRIu32 ": %s", listener->path, place->line, place->column, text);
}

static void write_chart(const struct cli *cli, const char *path, struct chart *chart)
{
    FILE *file = create(cli, path);

    if (!chart_write(chart, file))
        cli_warn(cli, "%s: there was not enough memory for all of the chart", path);
    finish(cli, path, file);
}

static struct chart *begin_chart(const struct cli *cli, const struct wanted *wanted, const char *path,
                                 const struct scenario *scenario)
{
    const char *slash = strrchr(path, '/');
    struct chart *chart;

    if (wanted->svg == NULL)
        return NULL;
    chart = chart_begin(slash != NULL ? slash + 1 : path, scenario->has_rm);
    if (chart == NULL)
        cli_fail(cli, "out of memory");
    return chart;
}

// Returns whether there is nothing to save, or it is saved.
static bool save(const struct cli *cli, const char *path, const struct scenario_outcome *outcome)
{
    const char *wrong = outcome->not_kept;

    if (path == NULL)
        return true;
    if (outcome->kept != NULL && strcmp(path, "-") == 0)
        fwrite(outcome->kept, 1, outcome->kept_size, stdout);
    else if (outcome->kept != NULL)
        wrong = replace_file(path, outcome->kept, outcome->kept_size);
    if (wrong != NULL)
        cli_warn(cli, "%s: not written: %s", path, wrong);
    return wrong == NULL;
}

static int tell_outcome(const struct cli *cli, const char *path, const struct scenario_outcome *outcome)
{
    if (outcome->is_broken)
        cli_fail(cli, "%s:%" PRIu32 ":%" PRIu32 ": %s", path, outcome->problem.place.line,
                 outcome->problem.place.column, outcome->problem.text);
    if (outcome->failures == 0)
        return EXIT_SUCCESS;
    cli_warn(cli, "%s: %zu of %zu steps came to something else than expected", path, outcome->failures, outcome->steps);
    return CLI_PROBLEM;
}

static int sim_run_run(struct cli *cli)
{
    const struct wanted wanted = read_options(cli);
    struct scenario_outcome outcome;
    struct scenario *scenario;
    struct trace trace = {.json = cli->json};
    char application[32];
    struct scenario_past *past;
    const char *path;
    int status;

    cli_arguments(cli, 1, 1);
    path = cli->argv[cli->first];
    if (wanted.from != NULL && strcmp(wanted.from, "-") == 0 && strcmp(path, "-") == 0)
        cli_misused(cli, "standard input is one file, and cannot be both");
    past = read_past(cli, wanted.from);
    scenario = read_scenario(cli, path, past);
    scenario->as_manual = wanted.as_manual;
    scenario->is_kept = wanted.save != NULL;
    if (wanted.trace != NULL || !wanted.quiet)
        trace.text = create(cli, wanted.trace != NULL ? wanted.trace : "-");
    trace.pcapng = create(cli, wanted.pcapng);
    snprintf(application, sizeof(application), "gunyah %s", gunyah_version_string());
    if (trace.pcapng != NULL)
        pcapng_begin(trace.pcapng, application);
    trace.chart = begin_chart(cli, &wanted, path, scenario);
    scenario_run(scenario, &trace, tell_failure, &(struct listener){cli, path}, &outcome);
    if (trace.chart != NULL)
        write_chart(cli, wanted.svg, trace.chart);
    finish(cli, wanted.trace, trace.text);
    finish(cli, wanted.pcapng, trace.pcapng);
    chart_free(trace.chart);
    scenario_free(scenario);
    scenario_past_free(past);
    status = save(cli, wanted.save, &outcome) ? EXIT_SUCCESS : CLI_PROBLEM;
    free(outcome.kept);
    return tell_outcome(cli, path, &outcome) == EXIT_SUCCESS ? status : CLI_PROBLEM;
}

static const struct cli_option run_options[] = {
    {'t', "trace", "FILE", "write the trace to FILE instead of standard output"},
    {'p', "pcapng", "FILE", "write a capture for Wireshark to FILE"},
    {'s', "svg", "FILE", "draw a sequence chart into FILE"},
    {'q', "quiet", NULL, "write no trace to standard output"},
    {'k', "save", "FILE", "save the machine to FILE at the end, if all came to what was expected"},
    {'f', "from", "FILE", "go on with the machine that was saved to FILE"},
    {'m', "as-manual", NULL, "let the hypervisor answer as its manual says, where that is not what was recorded"},
    {0},
};

static const struct cli_command run_command = {
    .name = "run",
    .summary = "Runs a scenario on a simulated machine, and tells what happens.",
    .arguments = "FILE",
    .details = "FILE says which VMs there are, what they do, and what is expected of it; \"-\" is standard input.\n"
               "Exit status: 1 if something came to something else than expected, or the file is not understood.",
    .options = run_options,
    .run = sim_run_run,
    .has_json = true,
};

static const struct cli_command *const parts[] = {&run_command, NULL};

const struct cli_command sim_command = {
    .name = "sim",
    .summary = "Works with the simulated hypervisor.",
    .parts = parts,
};
