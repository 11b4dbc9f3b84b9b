// SPDX-License-Identifier: BSD-3-Clause
// build-tree [FILE.dtb]: makes the device tree of a VM, asks the linter what the Resource Manager will say of it, and writes it
// to the file.
#include <gunyah/dt_build.h>
#include <gunyah/dt_lint.h>
#include <stdio.h>

#define TREE_ROOM 16384

static _Alignas(8) unsigned char tree[TREE_ROOM];

// Shared memory, a doorbell in each direction, and a serial port that the VMM emulates.
static enum gunyah_error add_devices(struct gunyah_dt_build *build)
{
    static const char *const ns16550a[] = {"ns16550a"};
    struct gunyah_dt_rm_rpc rm_rpc = GUNYAH_DT_RM_RPC_INIT;
    struct gunyah_dt_shm shm = GUNYAH_DT_SHM_INIT;
    struct gunyah_dt_bell bell = GUNYAH_DT_BELL_INIT;
    struct gunyah_dt_bell source = GUNYAH_DT_BELL_INIT;
    struct gunyah_dt_bell serial_bell = GUNYAH_DT_BELL_INIT;
    struct gunyah_dt_device_node serial = GUNYAH_DT_DEVICE_NODE_INIT;

    shm.label = 1;
    shm.address = 0xa0000000;
    bell.label = 1;
    bell.interrupt.virq = gunyah_virq(48);
    source.label = 1;
    serial_bell.label = 2;
    serial_bell.interrupt.virq = gunyah_virq(34);
    serial.name = "serial";
    serial.compatible = ns16550a;
    serial.compatible_count = 1;
    serial.address = 0x3f8;
    serial.bytes = 8;
    serial.interrupt = serial_bell.interrupt;

    enum gunyah_error error = gunyah_dt_add_rm_rpc(build, &rm_rpc);
    if (error == GUNYAH_OK)
        error = gunyah_dt_add_shm(build, &shm);
    if (error == GUNYAH_OK)
        error = gunyah_dt_add_doorbell(build, &bell);
    if (error == GUNYAH_OK)
        error = gunyah_dt_add_doorbell_source(build, &source);
    if (error == GUNYAH_OK)
        error = gunyah_dt_add_doorbell(build, &serial_bell);
    return error == GUNYAH_OK ? gunyah_dt_add_device(build, &serial) : error;
}

static enum gunyah_error make_tree(struct gunyah_dt_build *build, size_t *size)
{
    struct gunyah_dt_machine_options machine = GUNYAH_DT_MACHINE_OPTIONS_INIT;
    struct gunyah_dt_config_options config = GUNYAH_DT_CONFIG_OPTIONS_INIT;

    machine.vcpu_count = 2;
    machine.bootargs = "console=ttyS0";
    config.image_name = "example";
    enum gunyah_error error = gunyah_dt_build_begin(build, tree, sizeof(tree), &machine, &config);
    if (error == GUNYAH_OK)
        error = add_devices(build);
    return error == GUNYAH_OK ? gunyah_dt_build_finish(build, size) : error;
}

static int complain(const struct gunyah_dt_problem *problem)
{
    printf("%s: %s: %s\n", problem->path, problem->property != NULL ? problem->property : "node", problem->text);
    return 1;
}

static void report(void *context, const struct gunyah_dt_finding *finding)
{
    char text[1024];

    (void)context;
    gunyah_dt_finding_format(finding, text, sizeof(text));
    fputs(text, stdout);
}

static int write_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "wb");
    const bool is_written = file != NULL && fwrite(tree, 1, size, file) == size;

    if (file != NULL && fclose(file) == 0 && is_written)
        return 0;
    return perror(path), 1;
}

int main(int argc, char **argv)
{
    struct gunyah_dt_build build;
    struct gunyah_dt_lint_options options = GUNYAH_DT_LINT_OPTIONS_INIT;
    struct gunyah_dt_linter linter;
    size_t size;

    if (make_tree(&build, &size) != GUNYAH_OK)
        return complain(gunyah_dt_build_last_problem(&build));
    options.report = report;
    options.region_size = gunyah_dt_region_size(size);
    if (gunyah_dt_lint(tree, size, &options, &linter) != GUNYAH_OK)
        return 1;
    printf("%zu bytes, in a region of %zu: %u errors, %u warnings, %u notes\n", size, gunyah_dt_region_size(size),
           linter.errors, linter.warnings, linter.notes);
    return argc == 2 ? write_file(argv[1], size) : 0;
}
