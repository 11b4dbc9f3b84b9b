// SPDX-License-Identifier: BSD-3-Clause
// gunyah decode: what the lines of a log mean. One pass, with as much memory for a gigabyte as for a line.
#include "decode.h"
#include "commands.h"
#include "json.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_LINE 65536 // a longer one goes through untouched
#define ROOM (4 * (size_t)MAX_LINE)
#define LAST_COLUMN 110
#define LARGEST_DECIMAL 0xffff

struct decoding {
    const struct cli *cli;
    const char *path;
    struct decoder decoder;
    struct decoded decoded;
    char bytes[ROOM + 1];
    size_t begin; // of what is not yet done
    size_t end;
    bool is_in_long; // in the middle of a line that is too long
    bool is_over;
    uint64_t line;
};

// ---- text ------------------------------------------------------------------------------------------------------------

static void print_value(char *text, size_t size, const struct decoded_field *field)
{
    const bool has_meaning = field->meaning[0] != 0;

    snprintf(text, size, field->value <= LARGEST_DECIMAL ? "%s %" PRIu64 "%s%s%s" : "%s 0x%" PRIx64 "%s%s%s",
             field->name, field->value, has_meaning ? " (" : "", field->meaning, has_meaning ? ")" : "");
}

static void print_fields(const struct decoded *decoded)
{
    char text[200];
    size_t column = 0;

    for (size_t i = 0; i < decoded->count; i++) {
        print_value(text, sizeof(text), &decoded->fields[i]);
        if (column == 0 || column + 2 + strlen(text) > LAST_COLUMN) {
            printf(column == 0 ? "    #   " : ",\n    #   ");
            column = 8;
        } else {
            printf(", ");
            column += 2;
        }
        column += (size_t)printf("%s", text);
    }
    if (decoded->left_out > 0)
        printf(", and %zu more", decoded->left_out);
    if (decoded->count > 0)
        putchar('\n');
}

static void print_text(const struct decoding *decoding, const char *line, size_t size, bool has_end)
{
    const struct decoded *decoded = &decoding->decoded;

    fwrite(line, 1, size, stdout);
    if (has_end || decoded->summary[0] != 0)
        putchar('\n');
    if (decoded->summary[0] == 0)
        return;
    printf("    # %s%s%s\n", cli_colour(stdout, CLI_BOLD), decoded->summary, cli_colour(stdout, CLI_PLAIN));
    print_fields(decoded);
    if (decoded->cause != NULL)
        printf("    #   cause: %s\n", decoded->cause);
    if (decoded->cure != NULL)
        printf("    #   cure: %s\n", decoded->cure);
}

// ---- JSON ------------------------------------------------------------------------------------------------------------

static void print_json_fields(struct json *json, const struct decoded *decoded)
{
    json_array(json, "fields");
    for (size_t i = 0; i < decoded->count; i++) {
        const struct decoded_field *field = &decoded->fields[i];
        json_object(json, NULL);
        json_text(json, "name", field->name);
        json_hex(json, "value", field->value);
        if (field->meaning[0] != 0)
            json_text(json, "meaning", field->meaning);
        json_end(json);
    }
    json_end(json);
}

// A zero byte would end the text: it is shown as what it is, no character.
static void print_json(const struct decoding *decoding, char *line, size_t size)
{
    const struct decoded *decoded = &decoding->decoded;
    struct json json = {.to = stdout, .one_line = true};

    for (size_t i = 0; i < size; i++) {
        if (line[i] == 0)
            line[i] = '\xff';
    }
    json_object(&json, NULL);
    json_number(&json, "line", (int64_t)decoding->line);
    json_text(&json, "text", line);
    if (decoded->summary[0] != 0) {
        json_text(&json, "kind", decode_kind_name(decoded->kind));
        json_text(&json, "summary", decoded->summary);
        print_json_fields(&json, decoded);
        if (decoded->cause != NULL)
            json_text(&json, "cause", decoded->cause);
        if (decoded->cure != NULL)
            json_text(&json, "cure", decoded->cure);
    }
    json_end(&json);
}

// ---- lines -----------------------------------------------------------------------------------------------------------

// A line without its end, which is followed by a byte that may be changed.
static void do_line(struct decoding *decoding, char *line, size_t size, bool has_end)
{
    line[size] = 0;
    decoding->line++;
    if (!decode_line(&decoding->decoder, line, &decoding->decoded))
        decoding->decoded.summary[0] = 0;
    if (decoding->cli->json)
        print_json(decoding, line, size);
    else
        print_text(decoding, line, size, has_end);
}

// A piece of a line that is too long. As JSON, each is a line of its own.
static void do_piece(struct decoding *decoding, char *piece, size_t size, bool has_end)
{
    const char after = piece[size];

    piece[size] = 0;
    decoding->line += decoding->is_in_long ? 0 : 1;
    decoding->is_in_long = !has_end;
    decoding->decoded.summary[0] = 0;
    if (decoding->cli->json)
        print_json(decoding, piece, size);
    else
        print_text(decoding, piece, size, has_end);
    piece[size] = after;
}

// Does all lines that are there as a whole, and what cannot become a line any more.
static void do_lines(struct decoding *decoding)
{
    while (decoding->begin < decoding->end) {
        char *line = decoding->bytes + decoding->begin;
        const size_t there = decoding->end - decoding->begin;
        char *stop = memchr(line, '\n', there);
        size_t size = stop != NULL ? (size_t)(stop - line) : there;

        if (stop == NULL && !decoding->is_over && size < MAX_LINE)
            return;
        if (size > MAX_LINE) {
            size = MAX_LINE;
            stop = NULL;
        }
        if (decoding->is_in_long || (stop == NULL && size == MAX_LINE))
            do_piece(decoding, line, size, stop != NULL);
        else
            do_line(decoding, line, size, stop != NULL);
        decoding->begin += size + (stop != NULL ? 1 : 0);
    }
}

static void read_more(struct decoding *decoding, int file)
{
    ssize_t size;

    decoding->end -= decoding->begin;
    memmove(decoding->bytes, decoding->bytes + decoding->begin, decoding->end);
    decoding->begin = 0;
    do {
        size = read(file, decoding->bytes + decoding->end, ROOM - decoding->end);
    } while (size < 0 && errno == EINTR);
    if (size < 0)
        cli_fail(decoding->cli, "%s: %s", decoding->path, strerror(errno));
    decoding->end += (size_t)size;
    decoding->is_over = size == 0;
}

static void decode_file(struct decoding *decoding, int file)
{
    do {
        // Whoever follows a log as it grows sees each line when it comes.
        fflush(stdout);
        read_more(decoding, file);
        do_lines(decoding);
    } while (!decoding->is_over && ferror(stdout) == 0);
}

static enum decode_kind read_kind(const struct cli *cli)
{
    for (int kind = DECODE_AUTO; kind <= DECODE_DMESG; kind++) {
        if (strcmp(decode_kind_name((enum decode_kind)kind), cli->argument) == 0)
            return (enum decode_kind)kind;
    }
    cli_misused(cli, "%s: a kind is auto, rm, registers, strace or dmesg", cli->argument);
}

static void show_words(const char *option, const char *argument)
{
    (void)argument;
    for (int kind = DECODE_AUTO; option != NULL && kind <= DECODE_DMESG; kind++)
        cli_word(decode_kind_name((enum decode_kind)kind), NULL);
}

static int decode_run(struct cli *cli)
{
    struct decoding *decoding = calloc(1, sizeof(*decoding));
    enum decode_kind kind = DECODE_AUTO;
    int file = STDIN_FILENO;

    while (cli_next(cli) != CLI_END)
        kind = read_kind(cli);
    if (decoding == NULL)
        cli_fail(cli, "out of memory");
    decoding->cli = cli;
    decoding->decoder.kind = kind;
    decoding->path = cli_arguments(cli, 0, 1) == 1 ? cli->argv[cli->first] : "-";
    if (strcmp(decoding->path, "-") != 0)
        file = open(decoding->path, O_RDONLY | O_CLOEXEC);
    else
        decoding->path = "standard input";
    if (file < 0)
        cli_fail(cli, "%s: %s", decoding->path, strerror(errno));
    decode_file(decoding, file);
    if (file != STDIN_FILENO)
        close(file);
    free(decoding);
    return EXIT_SUCCESS;
}

static const struct cli_option options[] = {
    {'k', "kind", "KIND", "rm, registers, strace or dmesg; auto, line by line, is the default"},
    {0},
};

const struct cli_command decode_command = {
    .name = "decode",
    .summary = "Says what the lines of a log mean: packets, registers, ioctls, and what drivers say.",
    .arguments = "[FILE]",
    .details =
        "FILE is a log; without one, or with \"-\", standard input is read. Every line goes through as it is; behind\n"
        "those that mean something stands what they mean. --json writes one object a line.",
    .options = options,
    .show_words = show_words,
    .run = decode_run,
    .has_json = true,
};
