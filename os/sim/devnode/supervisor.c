// SPDX-License-Identifier: BSD-3-Clause
// The loop that all of it runs in: calls of the program, ends of its files, rings of its eventfds, and its end.
#include "emu_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FOLDER "/dev/"
#define NODE "gunyah"
#define NODE_BESIDE "qgunyah"
#define MAX_PATH 96
#define SIGNAL_MS 1

bool gunyah_internal_emu_is_waiting(const struct emu *emu, const struct emu_request *request)
{
    return ioctl(emu->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &request->id) == 0;
}

bool gunyah_internal_emu_answer(const struct emu *emu, const struct emu_request *request, int64_t value)
{
    struct seccomp_notif_resp response = {.id = request->id};

    if (value < 0)
        response.error = (int32_t)value;
    else
        response.val = value;
    return ioctl(emu->listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0;
}

// The call is the kernel's.
static void let_pass(const struct emu *emu, const struct emu_request *request)
{
    struct seccomp_notif_resp response = {.id = request->id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};

    ioctl(emu->listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

// Files of the driver cannot be opened anew by their number, as anonymous inodes cannot.
static bool names_our_file(struct emu *emu, const struct emu_request *request, const char *path)
{
    static const char *const folders[] = {"/proc/self/fd/", "/dev/fd/"};

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        const size_t length = strlen(folders[i]);
        char *end;
        long fd;
        if (strncmp(path, folders[i], length) != 0)
            continue;
        fd = strtol(path + length, &end, 10);
        return *end == 0 && gunyah_internal_emu_find_file(emu, request->thread, (int)fd) != NULL;
    }
    return false;
}

static bool names_node(const char *path, const char *name)
{
    return name != NULL && strncmp(path, FOLDER, strlen(FOLDER)) == 0 && strcmp(path + strlen(FOLDER), name) == 0;
}

// Whether a node has this path, and whose.
static bool is_node(const struct emu *emu, const char *path, enum emu_kind *kind)
{
    const bool is_beside = has(emu, EMU_SIGNED_BESIDE) && names_node(path, NODE_BESIDE);
    const bool is_area = names_node(path, emu->options->cma_name);

    *kind = is_beside || has(emu, EMU_SIGNED) ? EMU_SIGNED_DEVICE : EMU_DEVICE;
    if (is_area)
        *kind = EMU_AREA;
    return is_area || is_beside || names_node(path, NODE);
}

static void handle_path(struct emu *emu, struct emu_request *request, uint64_t path_address, int flags, bool opens)
{
    char path[MAX_PATH] = "";
    enum emu_kind kind;
    bool is_ours;

    // A path that cannot be read is for the kernel to refuse.
    gunyah_internal_emu_read_path(request->thread, path_address, path, sizeof(path));
    is_ours = is_node(emu, path, &kind);
    if (is_ours && opens)
        gunyah_internal_emu_open_node(emu, request, kind, flags);
    else if (is_ours)
        gunyah_internal_emu_answer(emu, request, 0);
    else if (opens && names_our_file(emu, request, path))
        gunyah_internal_emu_answer(emu, request, -ENXIO);
    else
        let_pass(emu, request);
}

static void handle_ioctl(struct emu *emu, struct emu_request *request, int fd)
{
    request->file = gunyah_internal_emu_find_file(emu, request->thread, fd);
    if (request->file == NULL) {
        let_pass(emu, request);
        return;
    }
    request->process = gunyah_internal_emu_process_of(request->thread);
    gunyah_internal_emu_handle_ioctl(emu, request);
}

// A call of the kernel's, unless it is of the memory of an area, which has its own opinion.
static void handle_memory(struct emu *emu, const struct emu_request *request, const struct seccomp_data *data)
{
    const bool maps = data->nr == SYS_mmap;
    const int fd = (int)data->args[maps ? 4 : 0];
    const struct emu_file *file = fd >= 0 ? gunyah_internal_emu_find_file(emu, request->thread, fd) : NULL;
    int error = 0;

    if (file != NULL && file->kind == EMU_MEMORY && gunyah_internal_emu_is_area(emu, file->object))
        error = maps ? gunyah_internal_emu_check_area_mapping(emu, data->args[1])
                     : gunyah_internal_emu_check_area_read(emu);
    if (error == 0)
        let_pass(emu, request);
    else
        gunyah_internal_emu_answer(emu, request, error);
}

static void handle_call(struct emu *emu)
{
    struct seccomp_notif call;
    struct emu_request request = {0};
    uint64_t flags = 0;

    memset(&call, 0, sizeof(call));
    if (ioctl(emu->listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0)
        return; // A signal was faster.
    // What the program closed and rang before this call has been closed and rung.
    gunyah_internal_emu_close_ended(emu);
    gunyah_internal_emu_ring_all(emu, NULL);
    request.id = call.id;
    request.thread = (pid_t)call.pid;
    request.command = (uint32_t)call.data.args[1];
    request.argument = call.data.args[2];
    switch (call.data.nr) {
    case SYS_ioctl:
        handle_ioctl(emu, &request, (int)call.data.args[0]);
        break;
    case SYS_read:
    case SYS_pread64:
    case SYS_mmap:
        handle_memory(emu, &request, &call.data);
        break;
    case SYS_openat:
        handle_path(emu, &request, call.data.args[1], (int)call.data.args[2], true);
        break;
    case SYS_openat2:
        if (!gunyah_internal_emu_read(request.thread, &flags, call.data.args[2], sizeof(flags)))
            flags = 0; // The kernel says what is wrong.
        handle_path(emu, &request, call.data.args[1], (int)flags, true);
        break;
#ifdef SYS_open
    case SYS_open:
        handle_path(emu, &request, call.data.args[0], (int)call.data.args[1], true);
        break;
    case SYS_access:
        handle_path(emu, &request, call.data.args[0], 0, false);
        break;
#endif
    default:
        handle_path(emu, &request, call.data.args[1], 0, false);
        break;
    }
}

// The end of the last one lets the listener end too.
void gunyah_internal_emu_reap(struct emu *emu, pid_t pid)
{
    while (waitpid(pid, &emu->result->status, 0) < 0 && errno == EINTR)
        ;
}

static void watch(const struct emu *emu, int fd, void *what)
{
    struct epoll_event event = {.events = EPOLLIN};

    event.data.ptr = what;
    epoll_ctl(emu->poll, EPOLL_CTL_ADD, fd, &event);
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Milliseconds until there is something to do anyway.
static int patience(const struct emu *emu)
{
    if (gunyah_internal_emu_has_work(emu))
        return 0;
    return gunyah_internal_emu_is_run(emu) ? SIGNAL_MS : -1;
}

// No event tells of a signal to a thread that is in RUN.
static void mind_signals(struct emu *emu, int64_t *last)
{
    const int64_t now = now_ms();

    if (now - *last < SIGNAL_MS || !gunyah_internal_emu_is_run(emu))
        return;
    *last = now;
    gunyah_internal_emu_mind_signals(emu);
}

void gunyah_internal_emu_supervise(struct emu *emu, int child, pid_t pid)
{
    struct epoll_event event;
    bool reaped = false;
    int64_t minded = 0;
    int count;

    watch(emu, emu->listener, &emu->listener);
    watch(emu, emu->notices, &emu->notices);
    watch(emu, emu->bells, &emu->bells);
    watch(emu, child, &reaped);
    for (;;) {
        count = epoll_wait(emu->poll, &event, 1, patience(emu));
        if (count == 1 && event.data.ptr == &reaped) {
            epoll_ctl(emu->poll, EPOLL_CTL_DEL, child, NULL);
            gunyah_internal_emu_reap(emu, pid);
            reaped = true;
        } else if (count == 1 && event.data.ptr == &emu->notices) {
            gunyah_internal_emu_close_ended(emu);
        } else if (count == 1 && event.data.ptr == &emu->bells) {
            gunyah_internal_emu_ring_all(emu, NULL);
        } else if (count == 1 && (event.events & EPOLLIN) != 0) {
            handle_call(emu);
        } else if (count == 1) {
            break; // Nobody is left who could call.
        }
        mind_signals(emu, &minded);
        gunyah_internal_emu_turn_all(emu);
    }
    if (!reaped)
        gunyah_internal_emu_reap(emu, pid);
    gunyah_internal_emu_close_ended(emu);
}
