// SPDX-License-Identifier: BSD-3-Clause
#include "lines.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 256

static bool make_room(struct lines *lines)
{
    if (lines->length + 1 < lines->room)
        return true;
    const size_t room = lines->room != 0 ? lines->room * 2 : FIRST_ROOM;
    char *text = realloc(lines->text, room);
    if (text == NULL)
        return false;
    lines->text = text;
    lines->room = room;
    return true;
}

const char *lines_next(struct lines *lines)
{
    int byte;
    lines->length = 0;
    errno = 0;
    while ((byte = getc_unlocked(lines->file)) != EOF && byte != '\n') {
        if (lines->length == LINES_MAX)
            return "the line is longer than 4 MiB: this is no recording";
        if (!make_room(lines))
            return "out of memory";
        lines->text[lines->length++] = (char)byte;
    }
    if (ferror(lines->file))
        return strerror(errno);
    if (byte == EOF)
        return lines->length == 0 ? "" : "the file ends within the line: it is cut off";
    if (!make_room(lines))
        return "out of memory";
    lines->text[lines->length] = '\0';
    return NULL;
}

void lines_free(struct lines *lines)
{
    free(lines->text);
    *lines = (struct lines){.file = NULL};
}
