// SPDX-License-Identifier: BSD-3-Clause
// What all commands say in the same way: messages, colours; and the look whether anybody heard it.
#include "cli.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool reader_is_gone(void)
{
    struct pollfd output = {STDOUT_FILENO, 0, 0};

    return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

void cli_exit(int status)
{
    errno = 0;
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        exit(status);
    // Who reads no more has what was wanted; nobody else is to miss a part without a word.
    if (!reader_is_gone())
        fprintf(stderr, "gunyah: standard output: %s\n", errno != 0 ? strerror(errno) : "not all of it was written");
    _exit(status != EXIT_SUCCESS ? status : CLI_PROBLEM);
}

static void say(const struct cli *cli, const char *format, va_list arguments)
{
    fflush(stdout);
    fprintf(stderr, "%s: ", cli->name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void cli_warn(const struct cli *cli, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(cli, format, arguments);
    va_end(arguments);
}

void cli_fail(const struct cli *cli, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(cli, format, arguments);
    va_end(arguments);
    cli_exit(cli->command->own_status != 0 ? cli->command->own_status : CLI_PROBLEM);
}

void cli_misused(const struct cli *cli, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(cli, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\"%s --help\" shows what there is.\n", cli->name);
    cli_exit(cli->command->own_status != 0 ? cli->command->own_status : CLI_USAGE);
}

const char *cli_colour(FILE *stream, enum cli_colour colour)
{
    static const char *const codes[] = {"\033[0m", "\033[1m", "\033[31m", "\033[32m", "\033[33m"};
    const char *unwanted = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    if ((unwanted != NULL && unwanted[0] != 0) || terminal == NULL || strcmp(terminal, "dumb") == 0)
        return "";
    return isatty(fileno(stream)) ? codes[colour] : "";
}
