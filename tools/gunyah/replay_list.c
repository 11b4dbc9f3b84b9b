// SPDX-License-Identifier: BSD-3-Clause
#include "replay_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SUFFIX ".rec"
#define MAX_NAMES ((size_t)1 << 20) // bytes of a list of names

// Takes the text, which free() can free.
static void add(const struct cli *cli, struct replay_list *list, char *text)
{
    char **texts = realloc(list->texts, (list->count + 1) * sizeof(*texts));

    if (texts == NULL || text == NULL)
        cli_fail(cli, "out of memory");
    list->texts = texts;
    list->texts[list->count++] = text;
}

void replay_list_free(struct replay_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->texts[i]);
    free(list->texts);
}

bool replay_list_has(const struct replay_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->texts[i], text) == 0)
            return true;
    }
    return false;
}

static bool has_suffix(const char *name)
{
    const size_t length = strlen(name);

    return length > strlen(SUFFIX) && strcmp(name + length - strlen(SUFFIX), SUFFIX) == 0;
}

static int by_text(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void add_entries(const struct cli *cli, struct replay_list *list, DIR *folder, const char *path)
{
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char *file = NULL;

        if (!has_suffix(entry->d_name))
            continue;
        if (asprintf(&file, "%s/%s", path, entry->d_name) < 0)
            file = NULL;
        add(cli, list, file);
    }
}

static bool add_folder(const struct cli *cli, struct replay_list *list, const char *path)
{
    const size_t before = list->count;
    DIR *folder = opendir(path);

    if (folder == NULL) {
        cli_warn(cli, "%s: %s", path, strerror(errno));
        return false;
    }
    add_entries(cli, list, folder, path);
    closedir(folder);
    if (list->count == before) {
        cli_warn(cli, "%s: there is no recording (*%s) in it", path, SUFFIX);
        return false;
    }
    qsort(list->texts + before, list->count - before, sizeof(list->texts[0]), by_text);
    return true;
}

bool replay_list_add_path(const struct cli *cli, struct replay_list *list, const char *path)
{
    struct stat status;

    if (strcmp(path, "-") != 0 && stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return add_folder(cli, list, path);
    add(cli, list, strdup(path));
    return true;
}

void replay_list_add_names(const struct cli *cli, struct replay_list *list, const char *path)
{
    size_t size;
    char *names = cli_read_file(cli, path, MAX_NAMES, &size);
    char *rest = NULL;

    for (char *line = strtok_r(names, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        line[strcspn(line, " #\r")] = 0;
        if (line[0] != 0)
            add(cli, list, strdup(line));
    }
    free(names);
}
