// SPDX-License-Identifier: BSD-3-Clause
// Plays recordings one after the other, and says what differs as it goes.
#include "json.h"
#include "replay.h"
#include "replay_list.h"

#include <errno.h>
#include <limits.h>
#include <recording.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SHOWN_DIFFERENCES 5 // of a recording
#define QUIET_SECONDS 1     // without a word of progress
#define LINES_A_LOOK 1000   // at the clock

struct replay {
    const struct cli *cli;
    const struct replay_options *options;
    struct json json;
    struct replay_list paths;
    struct replay_list expected; // names of recordings that differ
    unsigned long lines;
    unsigned long matched;
    size_t played;
    size_t whole; // recordings that match
    bool is_wrong;
    // The one that is played.
    bool may_differ;
    unsigned long shown;
    unsigned long failed_line;
    char failure[300];
    // On a terminal.
    bool shows_progress;
    bool has_progress; // on the screen
    struct timespec next;
};

// ---- progress --------------------------------------------------------------------------------------------------------

static void clear_progress(struct replay *replay)
{
    if (!replay->has_progress)
        return;
    fprintf(stderr, "\r%60s\r", "");
    replay->has_progress = false;
}

static void set_next(struct replay *replay)
{
    clock_gettime(CLOCK_MONOTONIC, &replay->next);
    replay->next.tv_sec += QUIET_SECONDS;
}

static void show_progress(void *context, const char *path, unsigned long line)
{
    struct replay *replay = context;
    struct timespec now;

    (void)path;
    if (!replay->shows_progress || line % LINES_A_LOOK != 0)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec < replay->next.tv_sec || (now.tv_sec == replay->next.tv_sec && now.tv_nsec < replay->next.tv_nsec))
        return;
    clear_progress(replay);
    fprintf(stderr, "%zu of %zu recordings, line %lu", replay->played, replay->paths.count, line);
    replay->has_progress = true;
    set_next(replay);
}

// ---- what is said ----------------------------------------------------------------------------------------------------

static void print_difference(const struct recording_difference *difference)
{
    const char *plain = cli_colour(stdout, CLI_PLAIN);

    printf("%s%s:%lu:%s %s: expected %s%s%s, answered %s%s%s\n", cli_colour(stdout, CLI_BOLD), difference->path,
           difference->line, plain, difference->operation, cli_colour(stdout, CLI_GREEN), difference->expected, plain,
           cli_colour(stdout, CLI_RED), difference->answered, plain);
}

static void write_difference(struct json *json, const struct recording_difference *difference)
{
    json_object(json, NULL);
    json_number(json, "line", (int64_t)difference->line);
    json_text(json, "operation", difference->operation);
    json_text(json, "expected", difference->expected);
    json_text(json, "answered", difference->answered);
    json_end(json);
}

static void tell_difference(void *context, const struct recording_difference *difference)
{
    struct replay *replay = context;

    clear_progress(replay);
    if (replay->cli->json) {
        write_difference(&replay->json, difference);
        return;
    }
    if (!replay->options->all && (replay->may_differ || replay->shown == SHOWN_DIFFERENCES))
        return;
    replay->shown++;
    print_difference(difference);
}

static void tell_failure(void *context, const char *path, unsigned long line, const char *why)
{
    struct replay *replay = context;

    clear_progress(replay);
    replay->failed_line = line;
    snprintf(replay->failure, sizeof(replay->failure), "%s", why);
    if (line == 0)
        cli_warn(replay->cli, "%s: %s", path, why);
    else
        cli_warn(replay->cli, "%s:%lu: %s", path, line, why);
}

// ---- recordings ------------------------------------------------------------------------------------------------------

static struct recording_result play(struct replay *replay, struct machine *machine, const char *path)
{
    const struct recording_observer observer = {replay, tell_difference, tell_failure, show_progress};
    const bool is_standard = strcmp(path, "-") == 0;
    const char *name = is_standard ? "standard input" : path;
    FILE *file = is_standard ? stdin : fopen(path, "r");
    struct recording_result result = {.failed = true};

    if (file == NULL) {
        tell_failure(replay, name, 0, strerror(errno));
        return result;
    }
    result = recording_play(machine, file, name, &observer);
    if (!is_standard)
        fclose(file);
    return result;
}

static void count(struct replay *replay, const char *path, const struct recording_result *result)
{
    const bool is_whole = result->differences == 0 && !result->failed;

    replay->lines += result->lines;
    replay->matched += result->matched;
    replay->played++;
    replay->whole += is_whole ? 1 : 0;
    replay->is_wrong |= result->failed || is_whole == replay->may_differ;
    if (is_whole && replay->may_differ)
        cli_warn(replay->cli, "%s: it does not differ: remove it from the list", path);
}

static void print_end(const struct replay *replay, const char *path, const struct recording_result *result)
{
    if (result->differences > replay->shown && !replay->may_differ)
        printf("%s: %lu more; --all shows them\n", path, result->differences - replay->shown);
}

static void write_end(struct replay *replay, const struct recording_result *result)
{
    struct json *json = &replay->json;

    json_end(json);
    json_number(json, "lines", (int64_t)result->lines);
    json_number(json, "matched", (int64_t)result->matched);
    if (result->failed) {
        json_object(json, "failure");
        json_number(json, "line", (int64_t)replay->failed_line);
        json_text(json, "what", replay->failure);
        json_end(json);
    }
    json_end(json);
}

static void play_one(struct replay *replay, struct machine *machine, const char *path)
{
    const char *slash = strrchr(path, '/');

    replay->may_differ = replay_list_has(&replay->expected, slash != NULL ? slash + 1 : path);
    replay->shown = 0;
    if (replay->cli->json) {
        json_object(&replay->json, NULL);
        json_text(&replay->json, "file", path);
        json_array(&replay->json, "differences");
    }
    const struct recording_result result = play(replay, machine, path);

    clear_progress(replay);
    count(replay, path, &result);
    if (replay->cli->json)
        write_end(replay, &result);
    else
        print_end(replay, path, &result);
}

static void find_recordings(struct replay *replay)
{
    const struct cli *cli = replay->cli;

    if (replay->options->expected != NULL)
        replay_list_add_names(cli, &replay->expected, replay->options->expected);
    for (int i = cli->first; i < cli->argc; i++)
        replay->is_wrong |= !replay_list_add_path(cli, &replay->paths, cli->argv[i]);
}

static void write_sums(struct replay *replay)
{
    struct json *json = &replay->json;

    json_end(json);
    json_number(json, "lines", (int64_t)replay->lines);
    json_number(json, "matched", (int64_t)replay->matched);
    json_bool(json, "as_expected", !replay->is_wrong);
    json_end(json);
}

void replay_read_option(const struct cli *cli, int option, struct replay_options *options)
{
    if (option == 'a')
        options->all = true;
    else
        options->expected = cli->argument;
}

int replay_files(const struct cli *cli, struct machine *machine, const struct replay_options *options)
{
    struct replay replay = {.cli = cli, .options = options, .json = JSON_INIT(stdout)};

    cli_arguments(cli, 1, INT_MAX);
    if (machine == NULL)
        cli_fail(cli, "out of memory");
    replay.shows_progress = isatty(STDERR_FILENO) == 1;
    set_next(&replay);
    find_recordings(&replay);
    if (cli->json) {
        json_object(&replay.json, NULL);
        json_array(&replay.json, "recordings");
    }
    for (size_t i = 0; i < replay.paths.count && ferror(stdout) == 0; i++)
        play_one(&replay, machine, replay.paths.texts[i]);
    if (cli->json)
        write_sums(&replay);
    else
        printf("matched %lu of %lu lines, %zu of %zu recordings\n", replay.matched, replay.lines, replay.whole,
               replay.played);
    machine_free(machine);
    replay_list_free(&replay.paths);
    replay_list_free(&replay.expected);
    return replay.is_wrong ? CLI_PROBLEM : EXIT_SUCCESS;
}
