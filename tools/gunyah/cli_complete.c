// SPDX-License-Identifier: BSD-3-Clause
// What shells complete, from the table of commands: each line is a word, a tab and what it means, or begins with a colon and
// says what the shell itself knows: ":files", ":folders", ":programs".
#include "cli_table.h"

#include <stdlib.h>
#include <string.h>

// What stands before the word that is completed, behind the names of commands.
struct before {
    const struct cli_option *option; // whose argument the word is; NULL: of none
    const char *argument;            // the last one; NULL: there is none yet
    bool is_over;                    // no options come any more
};

static const struct cli_option *find_option(const struct cli *cli, const char *name, size_t length)
{
    const struct cli_option *option;

    for (size_t i = 0; (option = cli_option_at(cli, i)) != NULL; i++) {
        if (strlen(option->name) == length && strncmp(option->name, name, length) == 0)
            return option;
    }
    return NULL;
}

static void read_word(const struct cli *cli, const char *word, struct before *before)
{
    const struct cli_option *option;

    if (before->option != NULL) {
        before->option = NULL;
    } else if (before->is_over || word[0] != '-' || word[1] == 0) {
        before->argument = word;
        before->is_over |= cli->command->runs_program;
    } else if (strcmp(word, "--") == 0) {
        before->is_over = true;
    } else if (strncmp(word, "--", 2) == 0) {
        option = find_option(cli, word + 2, strlen(word + 2));
        before->option = option != NULL && option->argument != NULL ? option : NULL;
    }
}

static bool is_one_of(const char *text, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strstr(text, names[i]) != NULL)
            return true;
    }
    return false;
}

// What the shell has to look for is told by the word that stands for it in the help.
static void show_place(const char *name)
{
    static const char *const files[] = {"FILE", "PATH", "KERNEL"};

    if (strstr(name, "PROGRAM") != NULL)
        puts(":programs");
    else if (strcmp(name, "DIR") == 0)
        puts(":folders");
    else if (is_one_of(name, files, sizeof(files) / sizeof(files[0])))
        puts(":files");
}

static void show_value(const struct cli *cli, const struct cli_option *option)
{
    if (cli->command->show_words != NULL)
        cli->command->show_words(option->name, NULL);
    show_place(option->argument);
}

// "--NAME=" and what there is of its argument.
static void show_joined_value(const struct cli *cli, const char *word)
{
    const char *sign = strchr(word, '=');
    const struct cli_option *option = find_option(cli, word + 2, (size_t)(sign - word) - 2);

    if (option != NULL && option->argument != NULL)
        show_value(cli, option);
}

static void show_options(const struct cli *cli)
{
    const struct cli_option *option;
    char name[64];

    for (size_t i = 0; (option = cli_option_at(cli, i)) != NULL; i++) {
        snprintf(name, sizeof(name), "--%s", option->name);
        cli_word(name, option->text);
    }
}

static void show_arguments(const struct cli *cli, const struct before *before)
{
    const struct cli_command *command = cli->command;

    for (size_t i = 0; command->parts != NULL && command->parts[i] != NULL; i++)
        cli_word(command->parts[i]->name, command->parts[i]->summary);
    if (command->show_words != NULL)
        command->show_words(NULL, before->argument);
    // The arguments of a program are its own affair.
    if (command->runs_program && before->argument != NULL)
        puts(":files");
    else if (command->arguments != NULL)
        show_place(command->arguments);
}

void cli_word(const char *word, const char *text)
{
    printf("%s\t%s\n", word, text != NULL ? text : "");
}

void cli_complete(struct cli *cli, char **words, int count)
{
    const char *last = count > 0 ? words[count - 1] : "";
    struct before before = {NULL, NULL, false};
    int i = 0;

    while (i < count - 1 && cli_enter(cli, words[i]))
        i++;
    for (; i < count - 1; i++)
        read_word(cli, words[i], &before);
    if (before.option != NULL)
        show_value(cli, before.option);
    else if (!before.is_over && strncmp(last, "--", 2) == 0 && strchr(last, '=') != NULL)
        show_joined_value(cli, last);
    else if (!before.is_over && last[0] == '-')
        show_options(cli);
    else
        show_arguments(cli, &before);
    cli_exit(EXIT_SUCCESS);
}
