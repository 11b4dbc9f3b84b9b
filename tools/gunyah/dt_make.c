// SPDX-License-Identifier: BSD-3-Clause
// Makes a device tree of a request: with the builder of the library, and with libfdt what that has no option for.
#include "dt.h"

#include <libfdt.h>
#include <stdlib.h>

#define SERIAL_SIZE 8
#define SERIAL_CLOCK 1843200 // Hz, of every 16550 since the first one; Linux wants to be told

static enum gunyah_error add_vdevice(struct gunyah_dt_build *build, const struct dt_addition *addition)
{
    const uint32_t label = (uint32_t)addition->number;
    struct gunyah_dt_bell bell = GUNYAH_DT_BELL_INIT;
    struct gunyah_dt_shm shm = GUNYAH_DT_SHM_INIT;

    bell.label = label;
    bell.interrupt.virq = gunyah_virq((uint32_t)addition->detail);
    shm.label = label;
    shm.address = addition->detail;
    switch (addition->kind) {
    case DT_DOORBELL:
        return gunyah_dt_add_doorbell(build, &bell);
    case DT_SOURCE:
        return gunyah_dt_add_doorbell_source(build, &bell);
    case DT_SHM:
        return gunyah_dt_add_shm(build, &shm);
    default:
        return GUNYAH_OK;
    }
}

static enum gunyah_error add_device(struct gunyah_dt_build *build, const struct dt_addition *addition)
{
    static const char *const compatible[] = {"ns16550a"};
    struct gunyah_dt_device_node serial = GUNYAH_DT_DEVICE_NODE_INIT;

    if (addition->kind != DT_SERIAL)
        return GUNYAH_OK;
    serial.name = "serial";
    serial.compatible = compatible;
    serial.compatible_count = 1;
    serial.address = addition->number;
    serial.bytes = SERIAL_SIZE;
    serial.interrupt.virq = gunyah_virq((uint32_t)addition->detail);
    return gunyah_dt_add_device(build, &serial);
}

// Virtual devices come first in a tree.
static enum gunyah_error add_all(struct gunyah_dt_build *build, const struct dt_request *request)
{
    struct gunyah_dt_rm_rpc rm_rpc = GUNYAH_DT_RM_RPC_INIT;
    enum gunyah_error error = request->original == NULL ? gunyah_dt_add_rm_rpc(build, &rm_rpc) : GUNYAH_OK;

    for (size_t i = 0; error == GUNYAH_OK && i < request->count; i++)
        error = add_vdevice(build, &request->additions[i]);
    for (size_t i = 0; error == GUNYAH_OK && i < request->count; i++)
        error = add_device(build, &request->additions[i]);
    return error;
}

// Returns the bytes of the tree, in which every serial port of the request has a clock then.
static size_t set_clocks(const struct cli *cli, const struct dt_request *request, void *tree)
{
    int error = fdt_open_into(tree, tree, MAX_TREE);

    for (size_t i = 0; error == 0 && i < request->count; i++) {
        char path[48];

        if (request->additions[i].kind != DT_SERIAL)
            continue;
        snprintf(path, sizeof(path), "/serial@%llx", (unsigned long long)request->additions[i].number);
        error = fdt_setprop_u32(tree, fdt_path_offset(tree, path), "clock-frequency", SERIAL_CLOCK);
    }
    if (error == 0)
        error = fdt_pack(tree);
    if (error != 0)
        cli_fail(cli, "the clock of a serial port: %s", fdt_strerror(error));
    return fdt_totalsize(tree);
}

size_t dt_make(const struct cli *cli, const struct dt_request *request, void *tree)
{
    struct gunyah_dt_build build;
    size_t size;
    enum gunyah_error error;

    if (request->original != NULL)
        error =
            gunyah_dt_build_edit(&build, tree, MAX_TREE, request->original, request->original_size, &request->config);
    else
        error = gunyah_dt_build_begin(&build, tree, MAX_TREE, &request->machine, &request->config);
    if (error == GUNYAH_OK)
        error = add_all(&build, request);
    if (error == GUNYAH_OK)
        error = gunyah_dt_build_finish(&build, &size);
    if (error == GUNYAH_OK)
        return set_clocks(cli, request, tree);
    const struct gunyah_dt_problem *problem = gunyah_dt_build_last_problem(&build);

    cli_fail(cli, "%s %s: %s", problem->path, problem->property != NULL ? problem->property : "node",
             problem->text != NULL ? problem->text : gunyah_error_text(error));
}
