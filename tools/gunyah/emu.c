// SPDX-License-Identifier: BSD-3-Clause
// gunyah emu: runs a program with an emulated /dev/gunyah. docs/emulated-node.md is the guide.
#include "commands.h"

#include <errno.h>
#include <gunyah/emu.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define EXIT_OURS 125 // As env(1) has it: the tool failed, not the program.
#define EXIT_NOT_FOUND 127
#define MAX_FIRMWARE 16
#define MAX_SCRIPT ((size_t)16 << 20)

static void show_flavours(void)
{
    const struct gunyah_emu_flavour *flavour;

    printf("\nflavours:\n");
    for (size_t i = 0; (flavour = gunyah_emu_get_flavour(i)) != NULL; i++)
        printf("  %-7s %s\n", flavour->name, flavour->text);
}

static void show_words(const char *option, const char *argument)
{
    const struct gunyah_emu_flavour *flavour;

    (void)argument;
    if (option != NULL && strcmp(option, "rm") == 0) {
        cli_word("debug", NULL);
        cli_word("production", NULL);
    }
    if (option == NULL || strcmp(option, "flavour") != 0)
        return;
    for (size_t i = 0; (flavour = gunyah_emu_get_flavour(i)) != NULL; i++)
        cli_word(flavour->name, flavour->text);
}

static void write_line(void *context, const char *line)
{
    fprintf(context, "%s\n", line);
    fflush(context);
}

static FILE *open_trace(const struct cli *cli, const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stderr : fopen(path, "we");

    if (file == NULL)
        cli_fail(cli, "%s: %s", path, strerror(errno));
    return file;
}

static bool is_debug(const struct cli *cli, const char *build)
{
    if (strcmp(build, "debug") != 0 && strcmp(build, "production") != 0)
        cli_misused(cli, "%s: the Resource Manager is a debug or a production build", build);
    return strcmp(build, "debug") == 0;
}

// The name is cut off where it is.
static void read_area(const struct cli *cli, char *area, struct gunyah_emu_options *options)
{
    char *sign = strchr(area, '=');

    if (sign == NULL || !cli_number(sign + 1, &options->cma_size))
        cli_misused(cli, "%s: a contiguous area is NAME=SIZE, with the size in bytes", area);
    *sign = 0;
    options->cma_name = area;
}

// Ends a text at its first colon. Returns what is behind it, or NULL.
static char *cut(char *text)
{
    char *colon = text != NULL ? strchr(text, ':') : NULL;

    if (colon != NULL)
        *colon++ = 0;
    return colon;
}

// Leaves the number as it is if there is no text.
static bool read_count(const char *text, uint32_t *count)
{
    uint64_t value;

    if (text == NULL)
        return true;
    if (!cli_number(text, &value) || value > UINT32_MAX)
        return false;
    *count = (uint32_t)value;
    return true;
}

static void read_firmware(const struct cli *cli, char *name, struct gunyah_emu_options *options,
                          struct gunyah_emu_firmware *list)
{
    char *vcpus = cut(name);
    char *devices = cut(vcpus);
    char *inputs = cut(devices);
    struct gunyah_emu_firmware firmware = {.name = name, .vcpus = 1};

    if (options->firmware_count == MAX_FIRMWARE)
        cli_misused(cli, "%s: there is more firmware than %d pieces", name, MAX_FIRMWARE);
    if (!read_count(vcpus, &firmware.vcpus) || !read_count(devices, &firmware.virtio_devices) ||
        !read_count(inputs, &firmware.input_devices))
        cli_misused(cli, "%s: firmware is a name, and behind colons its vCPUs, virtio devices and input devices", name);
    list[options->firmware_count++] = firmware;
    options->firmware = list;
}

static void read_options(struct cli *cli, struct gunyah_emu_options *options, char **script,
                         struct gunyah_emu_firmware *firmware)
{
    size_t size;
    int option;

    while ((option = cli_next(cli)) != CLI_END) {
        if (option == 'f') {
            options->flavour = cli->argument;
        } else if (option == 's') {
            free(*script);
            options->script = *script = cli_read_file(cli, cli->argument, MAX_SCRIPT, &size);
        } else if (option == 't') {
            options->trace = write_line;
            options->trace_context = open_trace(cli, cli->argument);
        } else if (option == 'c') {
            read_area(cli, cli->argument, options);
        } else if (option == 'w') {
            read_firmware(cli, cli->argument, options, firmware);
        } else {
            options->debug = is_debug(cli, cli->argument);
        }
    }
    cli_arguments(cli, 1, INT_MAX);
}

// An interrupt from the keyboard is for the program, whose end is ours too. A handler, since execve(2) takes it away.
static void leave_to_program(int signal)
{
    (void)signal;
}

static int exit_status(const struct gunyah_emu_result *result)
{
    if (WIFSIGNALED(result->status))
        return 128 + WTERMSIG(result->status);
    if (WEXITSTATUS(result->status) != 0)
        return WEXITSTATUS(result->status);
    return result->failures != 0 || result->left != 0 ? EXIT_OURS : EXIT_SUCCESS;
}

static int emu_run(struct cli *cli)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;
    const struct sigaction action = {.sa_handler = leave_to_program, .sa_flags = SA_RESTART};
    struct gunyah_emu_firmware firmware[MAX_FIRMWARE];
    char *script = NULL;
    enum gunyah_error error;

    read_options(cli, &options, &script, firmware);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGQUIT, &action, NULL);
    error = gunyah_emu_run(&options, cli->argv + cli->first, &result);
    free(script);
    if (result.problem[0] != 0)
        cli_warn(cli, "%s", result.problem);
    if (error == GUNYAH_ERR_NOT_FOUND)
        return EXIT_NOT_FOUND;
    if (error != GUNYAH_OK && result.problem[0] == 0)
        cli_fail(cli, "%s: %s", cli->argv[cli->first], gunyah_error_text(error));
    return error != GUNYAH_OK ? EXIT_OURS : exit_status(&result);
}

static const struct cli_option options_of_emu[] = {
    {'f', "flavour", "NAME", "kernel interface, see below; the first is the default"},
    {'s', "script", "FILE", "what vCPUs do; without one they power off"},
    {'t', "trace", "FILE", "write what happens to FILE; - is standard error"},
    {'r', "rm", "BUILD", "build of the Resource Manager, debug or production; the latter is the default"},
    {'c', "cma", "NAME=SIZE", "contiguous area of the kernel: the node /dev/NAME, and its bytes"},
    {'w', "firmware", "NAME[:VCPUS[:DEVICES[:INPUTS]]]",
     "signed firmware, for flavours that start nothing else; once for each"},
    {0, NULL, NULL, NULL},
};

const struct cli_command emu_command = {
    .name = "emu",
    .summary = "Runs a program with an emulated /dev/gunyah.",
    .arguments = "[--] PROGRAM [ARGUMENT...]",
    .details = "The exit status is that of the program; 125 if this command failed, or the script's guest was not\n"
               "content; 127 if the program cannot be executed.",
    .options = options_of_emu,
    .show_more = show_flavours,
    .show_words = show_words,
    .run = emu_run,
    .runs_program = true,
    .own_status = EXIT_OURS,
};
