// SPDX-License-Identifier: BSD-3-Clause
// gunyah dt build: a device tree that a VM can be made from, of a few options.
#include "dt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// "LABEL" or "LABEL,NUMBER"
static void add(const struct cli *cli, struct dt_request *request, enum dt_kind kind)
{
    struct dt_addition *addition = &request->additions[request->count];
    const char *comma = strchr(cli->argument, ',');
    char first[32];

    if (request->count == DT_MAX_ADDITIONS)
        cli_misused(cli, "more than %d devices", DT_MAX_ADDITIONS);
    snprintf(first, sizeof(first), "%.*s", (int)strcspn(cli->argument, ","), cli->argument);
    addition->kind = kind;
    addition->number = cli_need_number(cli, first);
    addition->detail = comma != NULL ? cli_need_number(cli, comma + 1) : 0;
    if (kind != DT_SERIAL && addition->number > UINT32_MAX)
        cli_misused(cli, "%s: a label has 32 bits", first);
    if (kind != DT_SHM && addition->detail > UINT32_MAX)
        cli_misused(cli, "%s: an interrupt has 32 bits", comma + 1);
    request->count++;
}

static void read_option(const struct cli *cli, struct dt_request *request, int option)
{
    switch (option) {
    case 'e':
        free((void *)request->original);
        request->original = cli_read_file(cli, cli->argument, MAX_TREE, &request->original_size);
        break;
    case 'n':
        request->config.image_name = cli->argument;
        break;
    case 'a':
        request->config.base_address = cli_need_number(cli, cli->argument);
        break;
    case 'M':
        request->config.memory_size = cli_need_size(cli, cli->argument);
        break;
    case 'c':
        request->machine.vcpu_count = cli_need_u32(cli, cli->argument);
        break;
    case 'b':
        request->machine.bootargs = cli->argument;
        break;
    case 'd':
        add(cli, request, DT_DOORBELL);
        break;
    case 's':
        add(cli, request, DT_SOURCE);
        break;
    case 'm':
        add(cli, request, DT_SHM);
        break;
    default:
        add(cli, request, DT_SERIAL);
    }
}

// Returns whether the Resource Manager will take it.
static bool lint(const void *tree, size_t size)
{
    struct gunyah_dt_lint_options options = GUNYAH_DT_LINT_OPTIONS_INIT;
    struct gunyah_dt_linter linter;

    options.report = dt_print_finding;
    options.context = stderr;
    options.region_size = gunyah_dt_region_size(size);
    return gunyah_dt_lint(tree, size, &options, &linter) == GUNYAH_OK && linter.errors == 0;
}

static void write_tree(const struct cli *cli, const char *path, const void *tree, size_t size)
{
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wbe");

    if (file == NULL)
        cli_fail(cli, "%s: %s", path, strerror(errno));
    const bool is_written = fwrite(tree, 1, size, file) == size;

    // Standard output is looked at when the command ends.
    if (file == stdout)
        return;
    if (fclose(file) != 0 || !is_written)
        cli_fail(cli, "%s: %s", path, strerror(errno));
    printf("%s: %zu bytes, which need a region of %zu in the VM's image\n", path, size, gunyah_dt_region_size(size));
}

static int dt_build_run(struct cli *cli)
{
    struct dt_request request = DT_REQUEST_INIT;
    const char *output = NULL;
    int option;

    while ((option = cli_next(cli)) != CLI_END) {
        if (option == 'o')
            output = cli->argument;
        else
            read_option(cli, &request, option);
    }
    cli_arguments(cli, 0, 0);
    if (output == NULL)
        cli_misused(cli, "no file to write: --output FILE");
    void *tree = aligned_alloc(8, MAX_TREE);
    if (tree == NULL)
        cli_fail(cli, "out of memory");
    const size_t size = dt_make(cli, &request, tree);
    const bool is_good = lint(tree, size);

    write_tree(cli, output, tree, size);
    free(tree);
    free((void *)request.original);
    return is_good ? 0 : CLI_PROBLEM;
}

static const struct cli_option options_of_build[] = {
    {'o', "output", "FILE", "where the tree is written; - is standard output"},
    {'e', "edit", "FILE", "keep this tree, and add the configuration to it"},
    {'n', "name", "NAME", "of the VM; \"vm\" unless it is given"},
    {'a', "base", "ADDRESS", "where the VM has its memory; 0x80000000 unless it is given"},
    {'M', "memory", "SIZE", "of the VM, as 256M, which is the default"},
    {'c', "vcpus", "N", "1 to 64; 1 unless it is given"},
    {'b', "bootargs", "TEXT", "the kernel's command line"},
    {'d', "doorbell", "LABEL[,VIRQ]", "a doorbell that rings in the VM"},
    {'s', "source", "LABEL", "a doorbell that the VM rings"},
    {'m', "shm", "LABEL[,ADDRESS]", "memory that is shared with the owner"},
    {'S', "serial", "ADDRESS[,VIRQ]", "a 16550 that the VMM plays; its vIRQ is that of a doorbell"},
    {0, NULL, NULL, NULL},
};

const struct cli_command dt_build_command = {
    .name = "build",
    .summary = "Builds a device tree that a VM can be made from.",
    .details = "It is what both public generations of the Resource Manager accept, unless it is edited. The linter's\n"
               "findings go to standard error, and an error makes the exit status 1. Options for devices can be given\n"
               "more than once.",
    .options = options_of_build,
    .run = dt_build_run,
};
