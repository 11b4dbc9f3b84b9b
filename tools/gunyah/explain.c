// SPDX-License-Identifier: BSD-3-Clause
// gunyah explain: what a number or a name means, and what to do about an error.
#include "explain.h"
#include "commands.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    void (*explain)(struct question *question);
} kinds[] = {
    {"call", explain_call},   {"error", explain_error}, {"rm", explain_message},
    {"ioctl", explain_ioctl}, {"type", explain_type},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

// What headers put before the names, the library's and those of kernels.
static const char *const prefixes[] = {
    "",
    "GUNYAH_",
    "GUNYAH_ERR_",
    "GUNYAH_ERROR_",
    "GUNYAH_HVERR_",
    "GUNYAH_RMERR_",
    "GUNYAH_HYPERCALL_",
    "GUNYAH_RM_",
    "GUNYAH_RM_NOTIFY_",
    "GUNYAH_RM_ERROR_",
    "GUNYAH_VM_",
    "ERR_",
    "HVERR_",
    "RMERR_",
    "GH_",
    "GH_ERROR_",
    "GH_RM_",
    "GH_RM_ERROR_",
    "GH_VM_",
    "GH_ANDROID_",
    "GH_VM_ANDROID_",
};

bool explain_named(const char *word, const char *name)
{
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        const size_t length = strlen(prefixes[i]);

        if (strncasecmp(word, prefixes[i], length) == 0 && strcasecmp(word + length, name) == 0)
            return true;
    }
    return false;
}

static size_t find_kind(const char *word)
{
    size_t i = 0;

    while (i < KINDS && strcmp(kinds[i].name, word) != 0)
        i++;
    return i;
}

static void read_words(struct question *question, char **words, int count)
{
    if (count > 0) {
        question->what = words[0];
        question->is_negative = words[0][0] == '-';
        question->is_number = cli_number(words[0] + question->is_negative, &question->number);
    }
    if (count > 1) {
        const bool is_negative = words[1][0] == '-';

        question->value = words[1];
        question->value_is_number = cli_number(words[1] + is_negative, &question->value_number);
        if (is_negative)
            question->value_number = 0 - question->value_number;
    }
}

// The kinds, and behind one of them all that is of it.
static void show_words(const char *option, const char *argument)
{
    struct report report;
    struct question question = {.report = &report};
    const size_t kind = argument != NULL ? find_kind(argument) : KINDS;

    (void)option;
    for (size_t i = 0; argument == NULL && i < KINDS; i++)
        cli_word(kinds[i].name, NULL);
    report_begin_words(&report);
    if (kind < KINDS)
        kinds[kind].explain(&question);
}

static int explain_run(struct cli *cli)
{
    struct report report;
    struct question question = {.report = &report};

    cli_no_options(cli);
    const int count = cli_arguments(cli, 1, 3);
    char **words = cli->argv + cli->first;
    const size_t kind = find_kind(words[0]);
    const int named = kind < KINDS ? 1 : 0;

    cli_arguments(cli, 1, named + 2);
    read_words(&question, words + named, count - named);
    report_begin(&report, cli->json);
    for (size_t i = 0; i < KINDS; i++) {
        if (named == 0 || i == kind)
            kinds[i].explain(&question);
    }
    report_end(&report);
    if (report.count == 0)
        cli_fail(cli, "nothing is known as %s: ask for a KIND alone, which lists all of it", question.what);
    if (question.value != NULL && !question.value_used)
        cli_fail(cli, "%s: not a value of %s", question.value, question.what);
    return 0;
}

const struct cli_command explain_command = {
    .name = "explain",
    .summary = "Says what a number or a name means, and what to do about an error.",
    .arguments = "[KIND] WHAT [VALUE]",
    .details = "WHAT is a number or a name, and KIND says what it is meant to be; a KIND alone lists all of it:\n"
               "  call    a hypercall: 0x1b, 0xC600801B, 0x601b, msgqueue_send. VALUE: the code that it answered\n"
               "  error   a code of the library, the hypervisor or the Resource Manager: -42, MSGQUEUE_FULL\n"
               "  rm      a message of the Resource Manager: 56000004, VM_START. VALUE: the code that it answered\n"
               "  ioctl   of any driver behind /dev/gunyah: 0x40204111, LEND_USER_MEM\n"
               "  type    an enumeration, flags or rights: vm_exit_type, doorbell_rights. VALUE: a value of it",
    .show_words = show_words,
    .run = explain_run,
    .has_json = true,
};
