// SPDX-License-Identifier: BSD-3-Clause
// Makes the calls of recordings again and compares every answer.
//
//   replay [-v] [--expect-failures FILE] [--emulator COMMAND] PATH...
//
// PATH is a recording or a folder of them. The model in this process answers, or with --emulator the one behind EL2 of the
// machine that a command of the shell starts: tests/el2/run.sh IMAGES agent. Exit status: 0 all match (or exactly the listed files do not), 1 otherwise,
// 2 usage or input that makes no sense.
#define _POSIX_C_SOURCE 200809L
#include "machine.h"
#include "recording.h"

#include <dirent.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#define REPORTS_A_FILE 5
#define SUFFIX ".rec"

struct list {
    char **texts;
    size_t count;
};

struct run {
    struct machine *machine;
    struct list expected;  // names of files that do not match yet
    unsigned long reports; // a file
    unsigned long lines;
    unsigned long matched;
    unsigned long files;
    unsigned long whole;
    bool surprised;
    bool unusable;
};

static void list_add(struct list *list, const char *text)
{
    char **texts = realloc(list->texts, (list->count + 1) * sizeof(*texts));
    char *copy = strdup(text);
    if (texts == NULL || copy == NULL) {
        perror("replay");
        exit(2);
    }
    list->texts = texts;
    list->texts[list->count++] = copy;
}

static void list_free(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->texts[i]);
    free(list->texts);
}

static bool list_has(const struct list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->texts[i], text) == 0)
            return true;
    }
    return false;
}

static int by_text(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static void read_expectations(struct run *run, const char *path)
{
    char *line = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    while (getline(&line, &room, file) >= 0) {
        line[strcspn(line, " #\n")] = '\0';
        if (line[0] != '\0')
            list_add(&run->expected, line);
    }
    free(line);
    fclose(file);
}

static void play_file(struct run *run, const char *path)
{
    const char *name = base_name(path);
    bool expected = list_has(&run->expected, name);
    struct recording_result result =
        recording_play(run->machine, path, expected && run->reports != ULONG_MAX ? 0 : run->reports);
    run->lines += result.lines;
    run->matched += result.matched;
    run->files++;
    run->unusable |= result.unusable;
    bool whole = result.mismatches == 0 && !result.unusable;
    run->whole += whole ? 1 : 0;
    if (whole && expected)
        printf("%s: matches now: remove it from the list\n", name);
    run->surprised |= whole == expected;
}

static bool has_suffix(const char *name)
{
    size_t length = strlen(name);
    return length > strlen(SUFFIX) && strcmp(name + length - strlen(SUFFIX), SUFFIX) == 0;
}

static void play_folder(struct run *run, const char *path)
{
    struct list files = {NULL, 0};
    DIR *folder = opendir(path);
    if (folder == NULL) {
        perror(path);
        run->unusable = true;
        return;
    }
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (!has_suffix(entry->d_name))
            continue;
        size_t room = strlen(path) + strlen(entry->d_name) + 2;
        char *file = malloc(room);
        if (file == NULL)
            break;
        snprintf(file, room, "%s/%s", path, entry->d_name);
        list_add(&files, file);
        free(file);
    }
    closedir(folder);
    if (files.count != 0)
        qsort(files.texts, files.count, sizeof(files.texts[0]), by_text);
    for (size_t i = 0; i < files.count; i++)
        play_file(run, files.texts[i]);
    list_free(&files);
}

static void play_path(struct run *run, const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        perror(path);
        run->unusable = true;
    } else if (S_ISDIR(status.st_mode)) {
        play_folder(run, path);
    } else {
        play_file(run, path);
    }
}

static int usage(void)
{
    fprintf(stderr, "usage: replay [-v] [--expect-failures FILE] [--emulator COMMAND] PATH...\n");
    return 2;
}

/** Read the options. Returns how many words they are, or 0. */
static int read_options(struct run *run, const char **emulator, int count, char **words)
{
    int i = 1;
    for (; i < count && words[i][0] == '-'; i++) {
        if (strcmp(words[i], "-v") == 0)
            run->reports = ULONG_MAX;
        else if (i + 1 < count && strcmp(words[i], "--emulator") == 0)
            *emulator = words[++i];
        else if (i + 1 < count && strcmp(words[i], "--expect-failures") == 0)
            read_expectations(run, words[++i]);
        else
            return 0;
    }
    return i < count ? i : 0;
}

int main(int count, char **words)
{
    struct run run = {.reports = REPORTS_A_FILE};
    const char *emulator = NULL;
    int i = read_options(&run, &emulator, count, words);
    if (i == 0)
        return usage();
    run.machine = emulator != NULL ? machine_new_emulator(emulator) : machine_new_model();
    if (run.machine == NULL) {
        perror("replay");
        return 2;
    }
    for (; i < count; i++)
        play_path(&run, words[i]);
    run.machine->ops->free(run.machine);
    printf("matched %lu of %lu lines, %lu of %lu files\n", run.matched, run.lines, run.whole, run.files);
    list_free(&run.expected);
    if (run.unusable)
        return 2;
    return run.surprised ? 1 : 0;
}
