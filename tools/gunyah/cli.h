// SPDX-License-Identifier: BSD-3-Clause
// The frame of the command: what its subcommands are, how they read their options, and how they speak.
#ifndef GUNYAH_CLI_H
#define GUNYAH_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CLI_PROBLEM 1 // Something is wrong with what was looked at, or it could not be done.
#define CLI_USAGE 2   // The command was called in a wrong way.

#define CLI_END (-1)

struct cli_option {
    char id;              // what cli_next() returns
    const char *name;     // without its dashes; NULL ends a list
    const char *argument; // NULL: it takes none
    const char *text;     // for --help
};

struct cli;

// A row of the table of commands: it runs, or it has commands of its own.
struct cli_command {
    const char *name;
    const char *summary;              // one line
    const char *arguments;            // behind the options in the line of usage; NULL: none
    const char *details;              // below that line; NULL: the summary says all
    const struct cli_option *options; // besides --help and --json; NULL: none
    int (*run)(struct cli *cli);      // returns the exit status
    const struct cli_command *const *parts;
    bool has_json;           // takes --json
    bool runs_program;       // options end where the arguments begin: these are a program, which has its own
    int own_status;          // instead of CLI_PROBLEM and CLI_USAGE, which a program that is run may use; 0: these
    void (*show_more)(void); // prints the end of --help; NULL: nothing
    // Calls cli_word() for what may be the argument of an option; or, if that is NULL, of the command behind this argument,
    // NULL for the first one. NULL: nothing that can be listed.
    void (*show_words)(const char *option, const char *argument);
};

// One run of a command. argv[0] is the command; after cli_next() has returned CLI_END, its arguments, without options, begin
// at argv[first]. A negative number is an argument.
struct cli {
    const struct cli_command *command;
    char name[64]; // as it was called, such as "gunyah dt lint"
    int argc;
    char **argv;
    int first;
    int kept;       // arguments so far, and argv[0]
    char *argument; // of the option that cli_next() returned
    bool json;
};

// Runs the command of the table that the arguments name; does not return.
_Noreturn void cli_main(const struct cli_command *root, int argc, char **argv);

// Returns the id of the next option, or CLI_END. --help, and what is not understood, end the process.
int cli_next(struct cli *cli);

// For a command without options of its own.
void cli_no_options(struct cli *cli);

// Returns the number of arguments behind the options; fewer than min or more than max end the process.
int cli_arguments(const struct cli *cli, int min, int max);

// A word that a shell may complete, and what it means; NULL: nothing more.
void cli_word(const char *word, const char *text);

// Ends the process, after a look whether all output was taken.
_Noreturn void cli_exit(int status);

// A message, "gunyah dt lint: what is wrong: what to do"; the last two end the process.
void cli_warn(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cli_fail(const struct cli *cli, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));
void cli_misused(const struct cli *cli, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));

// Reads decimal digits, or hexadecimal ones behind 0x; returns false for anything else, and for more than 64 bits.
bool cli_number(const char *text, uint64_t *value);

// The same of an argument, which has to be a number, or one of 32 bits; or one with K, M or G behind it, for 1024 and so on.
uint64_t cli_need_number(const struct cli *cli, const char *text);
uint32_t cli_need_u32(const struct cli *cli, const char *text);
uint64_t cli_need_size(const struct cli *cli, const char *text);

// Reads a whole file, or standard input if the path is "-". More than limit bytes are refused. Ends the process if it
// cannot; otherwise free() the bytes, which are followed by a zero.
void *cli_read_file(const struct cli *cli, const char *path, size_t limit, size_t *size);

enum cli_colour { CLI_PLAIN, CLI_BOLD, CLI_RED, CLI_GREEN, CLI_YELLOW };

// Returns what switches to a colour, and with CLI_PLAIN back; empty if the stream is no terminal, or nobody wants colours.
const char *cli_colour(FILE *stream, enum cli_colour colour);

#endif
