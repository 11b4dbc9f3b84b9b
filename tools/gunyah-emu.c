// SPDX-License-Identifier: BSD-3-Clause
// Runs a program with an emulated /dev/gunyah. docs/emulated-node.md is the guide.
#include <gunyah/emu.h>

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define EXIT_OURS 125 // As env(1) has it: the tool failed, not the program.
#define EXIT_NOT_FOUND 127

static void usage(FILE *to)
{
    const struct gunyah_emu_flavour *flavour;

    fprintf(to, "usage: gunyah-emu [options] [--] PROGRAM [ARGUMENT...]\n"
                "  --flavour NAME         kernel interface, see below; the first is the default\n"
                "  --script FILE          what vCPUs do; without one they power off\n"
                "  --trace FILE           write what happens to FILE; - is standard error\n"
                "  --rm debug|production  build of the Resource Manager; production is the default\n"
                "  --cma NAME=SIZE        contiguous area of the kernel: the node /dev/NAME, and its bytes\n"
                "  --help                 show this\n\n"
                "flavours:\n");
    for (size_t i = 0; (flavour = gunyah_emu_get_flavour(i)) != NULL; i++)
        fprintf(to, "  %-6s %s\n", flavour->name, flavour->text);
}

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "gunyah-emu: %s: %s\n", what, why);
    exit(EXIT_OURS);
}

static char *read_all(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t size = 0;

    if (file == NULL)
        die(path, strerror(errno));
    errno = 0;
    if (getdelim(&text, &size, 0, file) < 0 && errno != 0)
        die(path, strerror(errno));
    fclose(file);
    return text;
}

static void write_line(void *context, const char *line)
{
    fprintf(context, "%s\n", line);
    fflush(context);
}

static FILE *open_trace(const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stderr : fopen(path, "we");

    if (file == NULL)
        die(path, strerror(errno));
    return file;
}

static void set_rm(struct gunyah_emu_options *options, const char *build)
{
    options->debug = strcmp(build, "debug") == 0;
    if (!options->debug && strcmp(build, "production") != 0)
        die(build, "the Resource Manager is a debug or a production build");
}

// The name is cut off where it is.
static void set_area(struct gunyah_emu_options *options, char *area)
{
    char *sign = strchr(area, '=');
    char *end = sign;

    if (sign != NULL)
        options->cma_size = strtoull(sign + 1, &end, 0);
    if (sign == NULL || end == sign + 1 || *end != 0)
        die(area, "a contiguous area is NAME=SIZE, with the size in bytes");
    *sign = 0;
    options->cma_name = area;
}

// Returns the index of the program among the arguments.
static int parse(int argc, char **argv, struct gunyah_emu_options *options, char **script)
{
    static const struct option known[] = {
        {"flavour", required_argument, NULL, 'f'},
        {"script", required_argument, NULL, 's'},
        {"trace", required_argument, NULL, 't'},
        {"rm", required_argument, NULL, 'r'},
        {"cma", required_argument, NULL, 'c'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "+", known, NULL)) != -1) {
        if (option == 'f') {
            options->flavour = optarg;
        } else if (option == 's') {
            free(*script);
            options->script = *script = read_all(optarg);
        } else if (option == 't') {
            options->trace = write_line;
            options->trace_context = open_trace(optarg);
        } else if (option == 'r') {
            set_rm(options, optarg);
        } else if (option == 'c') {
            set_area(options, optarg);
        } else {
            usage(option == 'h' ? stdout : stderr);
            exit(option == 'h' ? EXIT_SUCCESS : EXIT_OURS);
        }
    }
    if (optind == argc) {
        usage(stderr);
        exit(EXIT_OURS);
    }
    return optind;
}

// An interrupt from the keyboard is for the program, whose end is ours too. A handler, since execve(2) takes it away.
static void leave_to_program(int signal)
{
    (void)signal;
}

static int exit_status(const struct gunyah_emu_result *result)
{
    if (WIFSIGNALED(result->status))
        return 128 + WTERMSIG(result->status);
    if (WEXITSTATUS(result->status) != 0)
        return WEXITSTATUS(result->status);
    return result->failures != 0 || result->left != 0 ? EXIT_OURS : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;
    const struct sigaction action = {.sa_handler = leave_to_program, .sa_flags = SA_RESTART};
    char *script = NULL;
    const int program = parse(argc, argv, &options, &script);
    enum gunyah_error error;

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGQUIT, &action, NULL);
    error = gunyah_emu_run(&options, argv + program, &result);
    free(script);
    if (result.problem[0] != 0)
        fprintf(stderr, "gunyah-emu: %s\n", result.problem);
    if (error == GUNYAH_ERR_NOT_FOUND)
        return EXIT_NOT_FOUND;
    if (error != GUNYAH_OK && result.problem[0] == 0)
        die(argv[program], gunyah_error_text(error));
    return error != GUNYAH_OK ? EXIT_OURS : exit_status(&result);
}
