// SPDX-License-Identifier: BSD-3-Clause
// gunyah dt build: a device tree that a VM can be made from, of a few options.
#include "dt.h"

#include <errno.h>
#include <gunyah/dt_build.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEVICES 64

// What is added, in the order of the command line.
struct addition {
    int option;
    uint64_t numbers[2]; // label or address, then what it is for
};

struct request {
    struct gunyah_dt_machine_options machine;
    struct gunyah_dt_config_options config;
    const char *edit; // a tree that exists; NULL: none
    const char *output;
    struct addition additions[MAX_DEVICES];
    size_t count;
};

static uint64_t read_number(const struct cli *cli, const char *text)
{
    uint64_t number;

    if (!cli_number(text, &number))
        cli_misused(cli, "%s is not a number", text);
    return number;
}

// A number with K, M or G behind it, for 1024 and so on.
static uint64_t read_size(const struct cli *cli, const char *text)
{
    static const char units[] = "KMG";
    char digits[32];
    const size_t length = strlen(text);
    const char *unit = length > 0 && length < sizeof(digits) ? strchr(units, text[length - 1]) : NULL;
    unsigned shift = 0;

    if (unit == NULL || *unit == 0)
        return read_number(cli, text);
    snprintf(digits, sizeof(digits), "%.*s", (int)length - 1, text);
    shift = 10 * (unsigned)(unit - units + 1);
    const uint64_t number = read_number(cli, digits);
    if (number > UINT64_MAX >> shift)
        cli_misused(cli, "%s is more than there can be", text);
    return number << shift;
}

// "LABEL" or "LABEL,NUMBER"
static void add(const struct cli *cli, struct request *request, int option)
{
    struct addition *addition = &request->additions[request->count];
    const char *comma = strchr(cli->argument, ',');
    char first[32];

    if (request->count == MAX_DEVICES)
        cli_misused(cli, "more than %d devices", MAX_DEVICES);
    snprintf(first, sizeof(first), "%.*s", (int)strcspn(cli->argument, ","), cli->argument);
    addition->option = option;
    addition->numbers[0] = read_number(cli, first);
    addition->numbers[1] = comma != NULL ? read_number(cli, comma + 1) : 0;
    if (option != 'S' && addition->numbers[0] > UINT32_MAX)
        cli_misused(cli, "%s: a label has 32 bits", first);
    if (option != 'm' && addition->numbers[1] > UINT32_MAX)
        cli_misused(cli, "%s: an interrupt has 32 bits", comma + 1);
    request->count++;
}

static void read_option(const struct cli *cli, struct request *request, int option)
{
    switch (option) {
    case 'o':
        request->output = cli->argument;
        break;
    case 'e':
        request->edit = cli->argument;
        break;
    case 'n':
        request->config.image_name = cli->argument;
        break;
    case 'a':
        request->config.base_address = read_number(cli, cli->argument);
        break;
    case 'M':
        request->config.memory_size = read_size(cli, cli->argument);
        break;
    case 'c':
        request->machine.vcpu_count = (uint32_t)read_number(cli, cli->argument);
        break;
    case 'b':
        request->machine.bootargs = cli->argument;
        break;
    default:
        add(cli, request, option);
    }
}

// ---- devices, in the order in which a tree is written ------------------------------------------------------------

static enum gunyah_error add_vdevice(struct gunyah_dt_build *build, const struct addition *addition)
{
    const uint32_t label = (uint32_t)addition->numbers[0];
    struct gunyah_dt_bell bell = GUNYAH_DT_BELL_INIT;
    struct gunyah_dt_shm shm = GUNYAH_DT_SHM_INIT;

    bell.label = label;
    bell.interrupt.virq = gunyah_virq((uint32_t)addition->numbers[1]);
    shm.label = label;
    shm.address = addition->numbers[1];
    switch (addition->option) {
    case 'd':
        return gunyah_dt_add_doorbell(build, &bell);
    case 's':
        return gunyah_dt_add_doorbell_source(build, &bell);
    case 'm':
        return gunyah_dt_add_shm(build, &shm);
    default:
        return GUNYAH_OK;
    }
}

static enum gunyah_error add_serial(struct gunyah_dt_build *build, const struct addition *addition)
{
    static const char *const compatible[] = {"ns16550a"};
    struct gunyah_dt_device_node serial = GUNYAH_DT_DEVICE_NODE_INIT;

    serial.name = "serial";
    serial.compatible = compatible;
    serial.compatible_count = 1;
    serial.address = addition->numbers[0];
    serial.bytes = 8;
    serial.interrupt.virq = gunyah_virq((uint32_t)addition->numbers[1]);
    return gunyah_dt_add_device(build, &serial);
}

static enum gunyah_error add_all(struct gunyah_dt_build *build, const struct request *request)
{
    struct gunyah_dt_rm_rpc rm_rpc = GUNYAH_DT_RM_RPC_INIT;
    enum gunyah_error error = request->edit == NULL ? gunyah_dt_add_rm_rpc(build, &rm_rpc) : GUNYAH_OK;

    for (size_t i = 0; error == GUNYAH_OK && i < request->count; i++)
        error = add_vdevice(build, &request->additions[i]);
    for (size_t i = 0; error == GUNYAH_OK && i < request->count; i++) {
        if (request->additions[i].option == 'S')
            error = add_serial(build, &request->additions[i]);
    }
    return error;
}

static size_t make(struct cli *cli, const struct request *request, void *tree)
{
    struct gunyah_dt_build build;
    void *original = NULL;
    size_t size = 0;
    enum gunyah_error error;

    if (request->edit != NULL) {
        original = cli_read_file(cli, request->edit, MAX_TREE, &size);
        error = gunyah_dt_build_edit(&build, tree, MAX_TREE, original, size, &request->config);
    } else {
        error = gunyah_dt_build_begin(&build, tree, MAX_TREE, &request->machine, &request->config);
    }
    if (error == GUNYAH_OK)
        error = add_all(&build, request);
    if (error == GUNYAH_OK)
        error = gunyah_dt_build_finish(&build, &size);
    if (error != GUNYAH_OK) {
        const struct gunyah_dt_problem *problem = gunyah_dt_build_last_problem(&build);

        cli_fail(cli, "%s %s: %s", problem->path, problem->property != NULL ? problem->property : "node",
                 problem->text != NULL ? problem->text : gunyah_error_text(error));
    }
    free(original);
    return size;
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
    if (file != stdout && (fclose(file) != 0 || !is_written))
        cli_fail(cli, "%s: %s", path, strerror(errno));
}

static int dt_build_run(struct cli *cli)
{
    static struct request request = {.machine = GUNYAH_DT_MACHINE_OPTIONS_INIT,
                                     .config = GUNYAH_DT_CONFIG_OPTIONS_INIT};
    int option;

    while ((option = cli_next(cli)) != CLI_END)
        read_option(cli, &request, option);
    cli_arguments(cli, 0, 0);
    if (request.output == NULL)
        cli_misused(cli, "no file to write: --output FILE");
    void *tree = aligned_alloc(8, MAX_TREE);
    if (tree == NULL)
        cli_fail(cli, "out of memory");
    const size_t size = make(cli, &request, tree);

    const bool is_good = lint(tree, size);

    write_tree(cli, request.output, tree, size);
    free(tree);
    if (strcmp(request.output, "-") != 0)
        printf("%s: %zu bytes, which need a region of %zu in the VM's image\n", request.output, size,
               gunyah_dt_region_size(size));
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
    .details =
        "It is what both public generations of the Resource Manager accept; the linter's findings, if there are\n"
        "any, go to standard error. Options for devices can be given more than once.",
    .options = options_of_build,
    .run = dt_build_run,
};
