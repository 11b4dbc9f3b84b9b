// SPDX-License-Identifier: BSD-3-Clause
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 512

static void join(const struct machine *machine, const char *path, char *joined)
{
    snprintf(joined, PATH_SIZE, "%s%s", machine->root, path);
}

bool machine_may(const struct machine *machine, const char *path, int mode)
{
    char joined[PATH_SIZE];

    join(machine, path, joined);
    return access(joined, mode) == 0;
}

bool machine_read_bytes(const struct machine *machine, const char *path, void *bytes, size_t room, size_t *size)
{
    char joined[PATH_SIZE];
    ssize_t more = -1;

    join(machine, path, joined);
    const int fd = open(joined, O_RDONLY | O_CLOEXEC);
    *size = 0;
    while (fd >= 0 && (more = read(fd, (char *)bytes + *size, room - *size)) > 0)
        *size += (size_t)more;
    if (fd >= 0)
        close(fd);
    return more == 0;
}

bool machine_read(const struct machine *machine, const char *path, char *text, size_t size)
{
    size_t length;

    if (!machine_read_bytes(machine, path, text, size - 1, &length))
        return false;
    text[length] = 0;
    if (length > 0 && text[length - 1] == '\n')
        text[length - 1] = 0;
    return true;
}

const char *machine_read_field(const struct machine *machine, const char *path, const char *name, char *text,
                               size_t size)
{
    char *found;

    if (!machine_read(machine, path, text, size))
        return NULL;
    found = strstr(text, name);
    if (found == NULL)
        return NULL;
    found += strlen(name);
    found += strspn(found, " \t");
    found[strcspn(found, " \t\n")] = 0;
    return found;
}

static void find_node(struct machine *machine, const char *path)
{
    static const char *const nodes[] = {"/dev/gunyah", "/dev/qgunyah"};

    if (path != NULL)
        snprintf(machine->node, sizeof(machine->node), "%s", path);
    for (size_t i = 0; path == NULL && i < sizeof(nodes) / sizeof(nodes[0]); i++) {
        if (machine->node[0] == 0 && machine_may(machine, nodes[i], F_OK))
            snprintf(machine->node, sizeof(machine->node), "%s", nodes[i]);
    }
}

static void look(struct machine *machine, const char *root, const char *path)
{
    struct gunyah_linux_options options = GUNYAH_LINUX_OPTIONS_INIT;
    struct gunyah_linux *node;
    char joined[PATH_SIZE];

    *machine = (struct machine){.root = root, .info = GUNYAH_LINUX_INFO_INIT};
    find_node(machine, path);
    join(machine, machine->node[0] != 0 ? machine->node : "/dev/gunyah", joined);
    options.path = joined;
    options.error = &machine->error;
    machine->node_error = gunyah_linux_open(&options, &node);
    if (machine->node_error != GUNYAH_OK)
        return;
    gunyah_linux_get_info(node, &machine->info);
    gunyah_linux_close(&node);
}

const struct cli_option machine_options[] = {
    {'n', "node", "PATH", "ask this node, in place of /dev/gunyah or /dev/qgunyah"},
    {'r', "root", "DIR", "look at DIR/dev, DIR/proc and DIR/sys"},
    {0, NULL, NULL, NULL},
};

void machine_from_options(struct cli *cli, struct machine *machine)
{
    const char *root = "";
    const char *node = NULL;
    int option;

    while ((option = cli_next(cli)) != CLI_END) {
        if (option == 'n')
            node = cli->argument;
        else
            root = cli->argument;
    }
    cli_arguments(cli, 0, 0);
    if (root[0] != 0 && access(root, X_OK) != 0)
        cli_fail(cli, "%s: %s", root, strerror(errno));
    look(machine, root, node);
}
