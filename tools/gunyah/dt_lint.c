// SPDX-License-Identifier: BSD-3-Clause
// gunyah dt lint: what the Resource Manager will say of a VM's device tree.
#include "dt.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

void dt_print_finding(void *stream, const struct gunyah_dt_finding *finding)
{
    static const enum cli_colour colours[] = {CLI_PLAIN, CLI_PLAIN, CLI_YELLOW, CLI_RED};
    char text[1024];

    gunyah_dt_finding_format(finding, text, sizeof(text));
    const size_t word = strcspn(text, ":");

    fprintf(stream, "%s%.*s%s%s", cli_colour(stream, colours[finding->severity]), (int)word, text,
            cli_colour(stream, CLI_PLAIN), text + word);
}

static void write_finding(void *context, const struct gunyah_dt_finding *finding)
{
    struct json *json = context;

    json_object(json, NULL);
    json_text(json, "rule", finding->rule->name);
    json_text(json, "severity", gunyah_dt_severity_name(finding->severity));
    json_array(json, "generations");
    if ((finding->generations & GUNYAH_DT_RM_2023) != 0)
        json_text(json, NULL, "2023");
    if ((finding->generations & GUNYAH_DT_RM_LATER) != 0)
        json_text(json, NULL, "later");
    json_end(json);
    json_text(json, "path", finding->path);
    json_text(json, "property", finding->property[0] != 0 ? finding->property : NULL);
    json_text(json, "found", finding->text);
    json_text(json, "consequence", finding->rule->consequence);
    json_text(json, "cure", finding->rule->cure);
    json_end(json);
}

static const struct {
    const char *name;
    uint32_t generations;
} generation_names[] = {{"2023", GUNYAH_DT_RM_2023}, {"later", GUNYAH_DT_RM_LATER}, {"all", GUNYAH_DT_RM_ALL}};

#define GENERATION_NAMES (sizeof(generation_names) / sizeof(generation_names[0]))

static void show_words(const char *option, const char *argument)
{
    (void)argument;
    for (size_t i = 0; option != NULL && strcmp(option, "rm") == 0 && i < GENERATION_NAMES; i++)
        cli_word(generation_names[i].name, NULL);
}

static uint32_t generations(const struct cli *cli)
{
    for (size_t i = 0; i < GENERATION_NAMES; i++) {
        if (strcmp(cli->argument, generation_names[i].name) == 0)
            return generation_names[i].generations;
    }
    cli_misused(cli, "--rm: %s is neither 2023 nor later nor all", cli->argument);
}

// Returns whether warnings count as errors.
static bool read_options(struct cli *cli, struct gunyah_dt_lint_options *options)
{
    bool strict = false;
    int option;

    while ((option = cli_next(cli)) != CLI_END) {
        if (option == 'r')
            options->generations = generations(cli);
        else if (option == 'i')
            options->ipa_bits = cli_need_u32(cli, cli->argument);
        else if (option == 's')
            options->region_size = cli_need_number(cli, cli->argument);
        else if (option == 't')
            options->trusted = true;
        else
            strict = true;
    }
    cli_arguments(cli, 1, 1);
    return strict;
}

static int dt_lint_run(struct cli *cli)
{
    struct gunyah_dt_lint_options options = GUNYAH_DT_LINT_OPTIONS_INIT;
    struct json json = JSON_INIT(stdout);
    struct gunyah_dt_linter linter;
    size_t size;
    const bool strict = read_options(cli, &options);
    void *tree = cli_read_file(cli, cli->argv[cli->first], MAX_TREE, &size);

    options.report = cli->json ? write_finding : dt_print_finding;
    options.context = cli->json ? (void *)&json : stdout;
    if (cli->json)
        json_array(&json, NULL);
    const enum gunyah_error error = gunyah_dt_lint(tree, size, &options, &linter);
    if (cli->json)
        json_end(&json);
    free(tree);
    if (error != GUNYAH_OK)
        cli_misused(cli, "--ipa-bits: an address has 32 to 52 bits");
    if (!cli->json)
        printf("%u errors, %u warnings, %u notes\n", linter.errors, linter.warnings, linter.notes);
    return linter.errors > 0 || (strict && linter.warnings > 0) ? CLI_PROBLEM : 0;
}

static const struct cli_option options_of_lint[] = {
    {'r', "rm", "WHICH", "generations of the Resource Manager: 2023, later or all, which is the default"},
    {'i', "ipa-bits", "N", "width of an address of the VM, 32 to 52; 36 unless it is given"},
    {'s', "region-size", "N", "bytes that the Resource Manager is told for the tree"},
    {'t', "trusted", NULL, "the platform authenticates this VM"},
    {'w', "strict", NULL, "warnings make the exit status 1 too"},
    {0, NULL, NULL, NULL},
};

const struct cli_command dt_lint_command = {
    .name = "lint",
    .summary = "Tells what the Resource Manager will say of a VM's device tree.",
    .arguments = "FILE",
    .details = "An error makes the Resource Manager refuse the VM, and the exit status 1. FILE - is standard input.",
    .options = options_of_lint,
    .show_words = show_words,
    .run = dt_lint_run,
    .has_json = true,
};
