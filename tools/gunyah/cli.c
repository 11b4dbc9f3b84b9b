// SPDX-License-Identifier: BSD-3-Clause
// Finds the command that the arguments name, reads its options, and shows its help.
#include "cli.h"
#include "cli_table.h"

#include <fcntl.h>
#include <getopt.h>
#include <gunyah/version.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_OPTIONS 24
#define TEXT_COLUMN 22 // of --help
#define ARGUMENT 1     // as getopt_long() has it

static const struct cli_option json_option = {'j', "json", NULL, "write JSON"};
static const struct cli_option help_option = {'h', "help", NULL, "show this"};
static const struct cli_option version_option = {'V', "version", NULL, "show the version"};

static bool is_root(const struct cli *cli)
{
    return strchr(cli->name, ' ') == NULL;
}

const struct cli_option *cli_option_at(const struct cli *cli, size_t i)
{
    const struct cli_option *const common[] = {
        cli->command->has_json ? &json_option : NULL,
        is_root(cli) ? &version_option : NULL,
        &help_option,
    };
    size_t own = 0;

    for (; cli->command->options != NULL && cli->command->options[own].name != NULL; own++) {
        if (own == i)
            return &cli->command->options[i];
    }
    for (size_t k = 0; k < sizeof(common) / sizeof(common[0]); k++) {
        if (common[k] != NULL && own++ == i)
            return common[k];
    }
    return NULL;
}

static void show_row(const char *name, const char *argument, const char *text)
{
    const int width = printf("  %s%s%s", name, argument != NULL ? " " : "", argument != NULL ? argument : "");

    if (width > TEXT_COLUMN - 2)
        printf("\n%*s%s\n", TEXT_COLUMN, "", text);
    else
        printf("%*s%s\n", TEXT_COLUMN - width, "", text);
}

static _Noreturn void show_help(const struct cli *cli)
{
    const struct cli_command *command = cli->command;
    const struct cli_option *option;
    char name[32];

    printf("usage: %s [options]", cli->name);
    if (command->parts != NULL)
        printf(" COMMAND");
    if (command->arguments != NULL)
        printf(" %s", command->arguments);
    printf("\n%s\n", command->summary);
    if (command->details != NULL)
        printf("\n%s\n", command->details);
    if (command->parts != NULL)
        printf("\ncommands:\n");
    for (size_t i = 0; command->parts != NULL && command->parts[i] != NULL; i++)
        show_row(command->parts[i]->name, NULL, command->parts[i]->summary);
    printf("\noptions:\n");
    for (size_t i = 0; (option = cli_option_at(cli, i)) != NULL; i++) {
        snprintf(name, sizeof(name), "--%s", option->name);
        show_row(name, option->argument, option->text);
    }
    if (command->show_more != NULL)
        command->show_more();
    cli_exit(EXIT_SUCCESS);
}

static _Noreturn void show_version(void)
{
    printf("gunyah %s\n", gunyah_version_string());
    cli_exit(EXIT_SUCCESS);
}

static void fill_options(const struct cli *cli, struct option *known)
{
    const struct cli_option *option;
    size_t i = 0;

    for (; i < MAX_OPTIONS - 1 && (option = cli_option_at(cli, i)) != NULL; i++) {
        known[i] = (struct option){option->name, option->argument != NULL ? required_argument : no_argument, NULL,
                                   (unsigned char)option->id};
    }
    known[i] = (struct option){NULL, 0, NULL, 0};
}

static _Noreturn void refuse_option(const struct cli *cli, int answer)
{
    const char *word = cli->argv[optind - 1];

    if (answer == ':')
        cli_misused(cli, "%s needs an argument", word);
    // A short option may stand in the middle of a word, which is then not over.
    if (strncmp(word, "--", 2) != 0 && optopt != 0)
        cli_misused(cli, "there is no option -%c", optopt);
    if (optopt != 0)
        cli_misused(cli, "%s: this option takes no argument", word);
    cli_misused(cli, "there is no option %s", word);
}

static bool is_negative_number(const char *word)
{
    return word != NULL && word[0] == '-' && word[1] >= '0' && word[1] <= '9';
}

// The next option, or ARGUMENT for a word that is none, or CLI_END.
static int next_word(struct cli *cli, const struct option *known)
{
    if (cli->command->runs_program)
        return getopt_long(cli->argc, cli->argv, "+:", known, NULL);
    if (is_negative_number(cli->argv[optind])) {
        optarg = cli->argv[optind++];
        return ARGUMENT;
    }
    return getopt_long(cli->argc, cli->argv, "-:", known, NULL);
}

// Closes the gap between the arguments that were kept, and what comes behind the last option.
static int end_options(struct cli *cli)
{
    if (cli->command->runs_program) {
        cli->first = optind;
        return CLI_END;
    }
    while (optind < cli->argc)
        cli->argv[cli->kept++] = cli->argv[optind++];
    cli->argc = cli->kept;
    return CLI_END;
}

int cli_next(struct cli *cli)
{
    struct option known[MAX_OPTIONS];
    int answer;

    fill_options(cli, known);
    opterr = 0;
    while ((answer = next_word(cli, known)) == ARGUMENT || (answer == 'j' && cli->command->has_json)) {
        if (answer == ARGUMENT)
            cli->argv[cli->kept++] = optarg;
        else
            cli->json = true;
    }
    if (answer == CLI_END)
        return end_options(cli);
    if (answer == '?' || answer == ':')
        refuse_option(cli, answer);
    if (answer == 'h')
        show_help(cli);
    if (answer == 'V' && is_root(cli))
        show_version();
    cli->argument = optarg;
    return answer;
}

void cli_no_options(struct cli *cli)
{
    while (cli_next(cli) != CLI_END) {
    }
}

int cli_arguments(const struct cli *cli, int min, int max)
{
    const int count = cli->argc - cli->first;

    if (count < min)
        cli_misused(cli, "an argument is missing: %s", cli->command->arguments);
    if (count > max)
        cli_misused(cli, "%s: one argument too many", cli->argv[cli->first + max]);
    return count;
}

bool cli_enter(struct cli *cli, const char *name)
{
    const struct cli_command *const *parts = cli->command->parts;

    while (parts != NULL && *parts != NULL && strcmp((*parts)->name, name) != 0)
        parts++;
    if (parts == NULL || *parts == NULL)
        return false;
    cli->command = *parts;
    snprintf(cli->name + strlen(cli->name), sizeof(cli->name) - strlen(cli->name), " %s", name);
    return true;
}

static void enter_part(struct cli *cli)
{
    // It has no options but those that end the process.
    if (cli->argc < 2 || cli->argv[1][0] == '-') {
        cli_next(cli);
        cli_misused(cli, "a command is missing");
    }
    if (!cli_enter(cli, cli->argv[1]))
        cli_misused(cli, "there is no command \"%s\"", cli->argv[1]);
    cli->argc--;
    cli->argv++;
}

// A file that is opened must not become the standard output of a process that was started without one. What is written there
// fails then, and is not lost in silence.
static void keep_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
    }
}

void cli_main(const struct cli_command *root, int argc, char **argv)
{
    struct cli cli = {.command = root, .argc = argc, .argv = argv, .first = 1, .kept = 1};

    keep_standard_streams();
    snprintf(cli.name, sizeof(cli.name), "%s", root->name);
    if (argc > 1 && strcmp(argv[1], CLI_COMPLETE) == 0)
        cli_complete(&cli, argv + 2, argc - 2);
    while (cli.command->parts != NULL)
        enter_part(&cli);
    cli_exit(cli.command->run(&cli));
}
