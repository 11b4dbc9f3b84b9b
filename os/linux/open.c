// SPDX-License-Identifier: BSD-3-Clause
// Opening and closing a device node.
#include "linux_vm.h"

#include <options.h>
#include <port.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

// Where the node is. With the second one, Qualcomm's driver lies beside Android's.
static const char *const usual_paths[] = {"/dev/gunyah", "/dev/qgunyah"};

static bool read_options(const struct gunyah_linux_options *given, struct gunyah_linux_options *options)
{
    *options = (struct gunyah_linux_options)GUNYAH_LINUX_OPTIONS_INIT;
    if (given == NULL)
        return true;
    if (given->size < sizeof(*options))
        return false;
    memcpy(options, given, sizeof(*options));
    return options_known(given, given->size, sizeof(*options)) && (options->fd < 0 || options->path == NULL);
}

static enum gunyah_error refuse(enum gunyah_error error, struct gunyah_error_info *info)
{
    const char *text = "there is no place to store what is opened";
    const char *advice = "Pass the address of a pointer.";

    if (error == GUNYAH_ERR_OPTION) {
        text = "the options have a size that is too small, set something unknown, or both path and fd";
        advice = "Start from GUNYAH_LINUX_OPTIONS_INIT.";
    } else if (error == GUNYAH_ERR_OUT_OF_MEMORY) {
        text = "the allocator has no memory";
        advice = "Give an allocator with more memory, or none.";
    }
    *info = (struct gunyah_error_info){error, GUNYAH_DOMAIN_LIBRARY, error, "gunyah_linux_open", text, advice};
    return error;
}

static int open_path(const char *path)
{
    return open(path, O_RDWR | O_CLOEXEC);
}

// A file descriptor of our own; or -1, and the error.
static int open_node(const struct gunyah_linux_options *options, struct gunyah_error_info *info)
{
    int fd = -1;

    if (options->fd >= 0) {
        fd = fcntl(options->fd, F_DUPFD_CLOEXEC, 0);
    } else if (options->path != NULL) {
        fd = open_path(options->path);
    } else {
        errno = ENOENT;
        for (size_t i = 0; i < sizeof(usual_paths) / sizeof(usual_paths[0]) && fd < 0 && errno == ENOENT; i++)
            fd = open_path(usual_paths[i]);
    }
    if (fd < 0)
        gunyah_internal_linux_explain(options->fd >= 0 ? LINUX_DUP : LINUX_OPEN, errno, info);
    return fd;
}

void *gunyah_internal_linux_allocate(const struct gunyah_linux *node, size_t size)
{
    return node->allocator.allocate(node->allocator.context, size);
}

void gunyah_internal_linux_release(const struct gunyah_linux *node, void *memory, size_t size)
{
    node->allocator.release(node->allocator.context, memory, size);
}

static enum gunyah_error make(int fd, const struct gunyah_linux_options *options, struct gunyah_linux **out,
                              struct gunyah_error_info *info)
{
    const struct linux_answers answers = gunyah_internal_linux_ask(fd);
    const struct linux_verdict verdict = gunyah_internal_linux_judge(&answers);

    if (verdict.is_refused)
        return gunyah_internal_linux_explain(verdict.call, verdict.number, info);
    const struct gunyah_allocator allocator =
        options->allocator != NULL ? *options->allocator : gunyah_internal_default_allocator();
    struct gunyah_linux *node = allocator.allocate(allocator.context, sizeof(*node));
    if (node == NULL)
        return refuse(GUNYAH_ERR_OUT_OF_MEMORY, info);
    *node = (struct gunyah_linux){
        .fd = fd, .flavour = verdict.flavour, .capabilities = verdict.capabilities, .allocator = allocator};
    *out = node;
    return GUNYAH_OK;
}

static enum gunyah_error open_with(const struct gunyah_linux_options *options, struct gunyah_linux **out,
                                   struct gunyah_error_info *info)
{
    const int fd = open_node(options, info);

    if (fd < 0)
        return info->error;
    const enum gunyah_error error = make(fd, options, out, info);
    if (error != GUNYAH_OK)
        close(fd);
    return error;
}

enum gunyah_error gunyah_linux_open(const struct gunyah_linux_options *given, struct gunyah_linux **out)
{
    struct gunyah_error_info info = {GUNYAH_OK, GUNYAH_DOMAIN_NONE, 0, "", "", ""};
    struct gunyah_linux_options options;
    const bool understood = read_options(given, &options);
    enum gunyah_error error;

    if (out != NULL)
        *out = NULL;
    if (!understood)
        error = refuse(GUNYAH_ERR_OPTION, &info);
    else if (out == NULL)
        error = refuse(GUNYAH_ERR_NULL, &info);
    else
        error = open_with(&options, out, &info);
    if (options.error != NULL)
        *options.error = info;
    return error;
}

enum gunyah_error gunyah_linux_close(struct gunyah_linux **pointer)
{
    if (pointer == NULL)
        return GUNYAH_ERR_NULL;
    struct gunyah_linux *node = *pointer;
    if (node == NULL)
        return GUNYAH_ERR_HANDLE;
    const struct gunyah_allocator allocator = node->allocator;
    *pointer = NULL;
    // Of sessions that were closed without them.
    while (node->vms != NULL)
        gunyah_internal_linux_vm_free(node->vms);
    close(node->fd);
    allocator.release(allocator.context, node, sizeof(*node));
    return GUNYAH_OK;
}

enum gunyah_error gunyah_linux_get_info(const struct gunyah_linux *node, struct gunyah_linux_info *info)
{
    if (node == NULL || info == NULL)
        return GUNYAH_ERR_NULL;
    const size_t size = info->size;
    if (size < sizeof(*info))
        return GUNYAH_ERR_OPTION;
    *info = (struct gunyah_linux_info){size, node->flavour, gunyah_internal_linux_flavour_name(node->flavour),
                                       node->capabilities};
    return GUNYAH_OK;
}
