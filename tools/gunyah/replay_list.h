// SPDX-License-Identifier: BSD-3-Clause
// The recordings that arguments name, and names of them.
#ifndef GUNYAH_REPLAY_LIST_H
#define GUNYAH_REPLAY_LIST_H

#include "cli.h"

struct replay_list {
    char **texts;
    size_t count;
};

void replay_list_free(struct replay_list *list);
bool replay_list_has(const struct replay_list *list, const char *text);

// Adds a path, and if it is a folder, what is in it instead. False: nothing is in it, or it cannot be read, which has been said.
bool replay_list_add_path(const struct cli *cli, struct replay_list *list, const char *path);

// Adds the names in a file: the first word of each line, unless it is a comment.
void replay_list_add_names(const struct cli *cli, struct replay_list *list, const char *path);

#endif
