// SPDX-License-Identifier: BSD-3-Clause
// What commands are given: numbers and files.
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 65536u

bool cli_number(const char *text, uint64_t *value)
{
    const bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hexadecimal ? text + 2 : text;
    char *end;

    if (digits[strspn(digits, hexadecimal ? "0123456789abcdefABCDEF" : "0123456789")] != 0 || digits[0] == 0)
        return false;
    errno = 0;
    *value = strtoull(digits, &end, hexadecimal ? 16 : 10);
    return errno == 0;
}

uint64_t cli_need_number(const struct cli *cli, const char *text)
{
    uint64_t number;

    if (!cli_number(text, &number))
        cli_misused(cli, "%s is not a number", text);
    return number;
}

uint32_t cli_need_u32(const struct cli *cli, const char *text)
{
    const uint64_t number = cli_need_number(cli, text);

    if (number > UINT32_MAX)
        cli_misused(cli, "%s is more than 32 bits hold", text);
    return (uint32_t)number;
}

uint64_t cli_need_size(const struct cli *cli, const char *text)
{
    static const char units[] = "KMG";
    const size_t length = strlen(text);
    const char *unit = length > 1 ? strchr(units, text[length - 1]) : NULL;
    const unsigned shift = unit != NULL ? 10 * (unsigned)(unit - units + 1) : 0;
    char digits[32];
    uint64_t number;

    snprintf(digits, sizeof(digits), "%.*s", (int)(unit != NULL ? length - 1 : length), text);
    if (length >= sizeof(digits) || !cli_number(digits, &number))
        cli_misused(cli, "%s is not a size, such as 256M", text);
    if (number > UINT64_MAX >> shift)
        cli_misused(cli, "%s is more than there can be", text);
    return number << shift;
}

struct input {
    char *bytes;
    size_t size;
    size_t room;
};

static void make_room(const struct cli *cli, struct input *input)
{
    // One byte for the zero in the end.
    if (input->room - input->size > 1)
        return;
    input->room = input->room == 0 ? FIRST_SIZE : input->room * 2;
    input->bytes = realloc(input->bytes, input->room);
    if (input->bytes == NULL)
        cli_fail(cli, "out of memory");
}

void *cli_read_file(const struct cli *cli, const char *path, size_t limit, size_t *size)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    struct input input = {NULL, 0, 0};
    size_t more;

    if (file == NULL)
        cli_fail(cli, "%s: %s", path, strerror(errno));
    do {
        make_room(cli, &input);
        more = fread(input.bytes + input.size, 1, input.room - input.size - 1, file);
        input.size += more;
    } while (more != 0 && input.size <= limit);
    if (ferror(file))
        cli_fail(cli, "%s: %s", path, strerror(errno));
    if (input.size > limit)
        cli_fail(cli, "%s: more than %zu bytes: this cannot be what is looked for", path, limit);
    if (file != stdin)
        fclose(file);
    input.bytes[input.size] = 0;
    *size = input.size;
    return input.bytes;
}
