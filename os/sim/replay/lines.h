// SPDX-License-Identifier: BSD-3-Clause
// Lines of a file, whatever is in it: of a bounded length, and told apart from what is cut off.
#ifndef REPLAY_LINES_H
#define REPLAY_LINES_H

#include <stddef.h>
#include <stdio.h>

#define LINES_MAX ((size_t)4 << 20) // bytes of a line: more than any answer takes

struct lines {
    FILE *file;
    char *text; // of the line, without its end and with a zero byte behind it
    size_t length;
    size_t room;
};

/** Read the next line. Returns NULL, or why there is none; an empty text at the end. */
const char *lines_next(struct lines *lines);

void lines_free(struct lines *lines);

#endif
