// SPDX-License-Identifier: BSD-3-Clause
// edit-tree IN.dtb [OUT.dtb]: adds to a device tree what makes a VM of it.
#include <gunyah/dt_build.h>
#include <stdio.h>

#define MAX_TREE (2u * 1024u * 1024u)

static _Alignas(8) unsigned char tree[MAX_TREE];
static _Alignas(8) unsigned char edited[MAX_TREE];

static enum gunyah_error edit(struct gunyah_dt_build *build, size_t max_size, size_t *size)
{
    struct gunyah_dt_config_options config = GUNYAH_DT_CONFIG_OPTIONS_INIT;
    struct gunyah_dt_bell bell = GUNYAH_DT_BELL_INIT;

    config.image_name = "edited";
    bell.label = 1;
    bell.interrupt.virq = gunyah_virq(48);
    enum gunyah_error error = gunyah_dt_build_edit(build, edited, sizeof(edited), tree, max_size, &config);
    if (error == GUNYAH_OK)
        error = gunyah_dt_add_doorbell(build, &bell);
    return error == GUNYAH_OK ? gunyah_dt_build_finish(build, size) : error;
}

static int complain(const struct gunyah_dt_problem *problem)
{
    printf("%s: %s: %s\n", problem->path, problem->property != NULL ? problem->property : "node", problem->text);
    return 1;
}

static int write_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "wb");
    const bool is_written = file != NULL && fwrite(edited, 1, size, file) == size;

    if (file != NULL && fclose(file) == 0 && is_written)
        return 0;
    return perror(path), 1;
}

int main(int argc, char **argv)
{
    struct gunyah_dt_build build;
    FILE *file = argc == 2 || argc == 3 ? fopen(argv[1], "rb") : NULL;
    size_t size;

    if (file == NULL)
        return fputs("usage: edit-tree IN.dtb [OUT.dtb]\n", stderr), 2;
    const size_t max_size = fread(tree, 1, sizeof(tree), file);
    fclose(file);
    if (edit(&build, max_size, &size) != GUNYAH_OK)
        return complain(gunyah_dt_build_last_problem(&build));
    printf("%zu bytes became %zu, in a region of %zu\n", max_size, size, gunyah_dt_region_size(size));
    return argc == 3 ? write_file(argv[2], size) : 0;
}
