// SPDX-License-Identifier: BSD-3-Clause
// gunyah doctor: goes through the table of traps, and says how to get out of those that are here.
#include "doctor.h"
#include "commands.h"
#include "json.h"

static const char *const verdicts[] = {"", "ok", "note", "problem"};

struct diagnosis {
    const struct check *check;
    enum verdict verdict;
    const char *text;
    const char *cure;
};

static void write_json(struct json *json, const struct diagnosis *diagnosis)
{
    json_object(json, NULL);
    json_text(json, "id", diagnosis->check->id);
    json_text(json, "verdict", verdicts[diagnosis->verdict]);
    json_text(json, "found", diagnosis->text);
    json_text(json, "why", diagnosis->check->why);
    json_text(json, "cure", diagnosis->cure);
    json_end(json);
}

static void print(const struct diagnosis *diagnosis)
{
    static const enum cli_colour colours[] = {CLI_PLAIN, CLI_GREEN, CLI_YELLOW, CLI_RED};

    printf("%s%-7s%s  %s: %s\n", cli_colour(stdout, colours[diagnosis->verdict]), verdicts[diagnosis->verdict],
           cli_colour(stdout, CLI_PLAIN), diagnosis->check->id, diagnosis->text);
    if (diagnosis->verdict != VERDICT_FINE)
        printf("         why: %s\n         cure: %s\n", diagnosis->check->why, diagnosis->cure);
}

static int go_through(const struct machine *machine, bool as_json)
{
    struct json json = JSON_INIT(stdout);
    unsigned counts[VERDICT_PROBLEM + 1] = {0};
    struct finding finding;

    if (as_json)
        json_array(&json, NULL);
    for (const struct check *check = doctor_checks; check->id != NULL; check++) {
        const struct diagnosis diagnosis = {
            .check = check,
            .verdict = check->look(machine, &finding),
            .text = finding.text,
            .cure = check->cure != NULL ? check->cure : machine->error.advice,
        };

        counts[diagnosis.verdict]++;
        if (diagnosis.verdict == VERDICT_NONE)
            continue;
        if (as_json)
            write_json(&json, &diagnosis);
        else
            print(&diagnosis);
    }
    if (as_json)
        json_end(&json);
    else
        printf("problems: %u, notes: %u\n", counts[VERDICT_PROBLEM], counts[VERDICT_NOTE]);
    return counts[VERDICT_PROBLEM] > 0 ? CLI_PROBLEM : 0;
}

static int doctor_run(struct cli *cli)
{
    struct machine machine;

    machine_from_options(cli, &machine);
    return go_through(&machine, cli->json);
}

const struct cli_command doctor_command = {
    .name = "doctor",
    .summary = "Looks for what goes wrong on other machines, and says how to cure it.",
    .details = "A problem keeps VMs from running, and makes the exit status 1; a note says what to look out for.\n"
               "To find out what the driver has, one VM without anything is made, and closed again.",
    .options = machine_options,
    .run = doctor_run,
    .has_json = true,
};
