// SPDX-License-Identifier: BSD-3-Clause
// From options to a child that runs under supervision, and the way back.
#include "emu_internal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_AREA_NAME 63
#define MAX_AREA_SIZE (UINT64_C(1) << 40)

// What the child becomes.
struct work {
    char *const *arguments;
    int (*function)(void *context);
    void *context;
    bool with_area;
};

// The child says the number of its listener, or -errno, is told to go on, and says -errno if there is no such program.
static _Noreturn void be_child(const struct work *work, int channel, pid_t parent)
{
    int word;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    word = gunyah_internal_emu_install_filter(work->with_area);
    if (word < 0)
        word = -errno;
    if (getppid() != parent || write(channel, &word, sizeof(word)) != sizeof(word) || word < 0 ||
        read(channel, &word, sizeof(word)) != sizeof(word))
        _exit(EXIT_FAILURE);
    close(word);
    if (work->function != NULL) {
        close(channel);
        exit(work->function(work->context));
    }
    execvp(work->arguments[0], work->arguments);
    word = -errno;
    if (write(channel, &word, sizeof(word)) != sizeof(word))
        _exit(EXIT_FAILURE);
    _exit(127);
}

static bool open_supervisor(struct emu *emu)
{
    emu->poll = epoll_create1(EPOLL_CLOEXEC);
    emu->notices = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    emu->bells = epoll_create1(EPOLL_CLOEXEC);
    return emu->poll >= 0 && emu->notices >= 0 && emu->bells >= 0;
}

static enum gunyah_error take_listener(struct emu *emu, int channel, int child)
{
    int word;

    if (read(channel, &word, sizeof(word)) != sizeof(word) || word < 0)
        return GUNYAH_ERR_UNSUPPORTED;
    emu->listener = (int)syscall(SYS_pidfd_getfd, child, word, 0);
    if (emu->listener < 0 || write(channel, &word, sizeof(word)) != sizeof(word))
        return GUNYAH_ERR_UNSUPPORTED;
    return GUNYAH_OK;
}

static enum gunyah_error supervise(struct emu *emu, int channel, pid_t pid, bool executes)
{
    const int child = (int)syscall(SYS_pidfd_open, pid, 0);
    enum gunyah_error error = child >= 0 ? take_listener(emu, channel, child) : GUNYAH_ERR_UNSUPPORTED;
    int word;

    if (error != GUNYAH_OK) {
        snprintf(emu->result->problem, sizeof(emu->result->problem),
                 "this kernel, or a confinement that is there already, allows no seccomp listener");
        kill(pid, SIGKILL);
        gunyah_internal_emu_reap(emu, pid);
    } else {
        gunyah_internal_emu_supervise(emu, child, pid);
        if (executes && recv(channel, &word, sizeof(word), MSG_DONTWAIT) == sizeof(word)) {
            snprintf(emu->result->problem, sizeof(emu->result->problem), "the program cannot be executed: %s",
                     strerror(-word));
            error = GUNYAH_ERR_NOT_FOUND;
        }
    }
    if (child >= 0)
        close(child);
    return error;
}

static enum gunyah_error launch(struct emu *emu, const struct work *work)
{
    const pid_t parent = getpid();
    enum gunyah_error error;
    int channel[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0)
        return GUNYAH_ERR_OUT_OF_MEMORY;
    pid = fork();
    if (pid == 0) {
        close(channel[0]);
        be_child(work, channel[1], parent);
    }
    close(channel[1]);
    error = pid > 0 ? supervise(emu, channel[0], pid, work->function == NULL) : GUNYAH_ERR_OUT_OF_MEMORY;
    close(channel[0]);
    return error;
}

static enum gunyah_error refuse(const struct emu *emu, const char *problem, const char *what)
{
    snprintf(emu->result->problem, sizeof(emu->result->problem), problem, what);
    return GUNYAH_ERR_OPTION;
}

static enum gunyah_error check_area(const struct emu *emu)
{
    const char *name = emu->options->cma_name;
    const uint64_t size = emu->options->cma_size;

    if (name == NULL)
        return size == 0 ? GUNYAH_OK : refuse(emu, "a contiguous area has no name%s", "");
    if (!has(emu, EMU_CMA))
        return refuse(emu, "flavour \"%s\" has no contiguous areas", emu->flavour->named.name);
    if (name[0] == 0 || strchr(name, '/') != NULL || strlen(name) > MAX_AREA_NAME || strcmp(name, "gunyah") == 0)
        return refuse(emu, "a contiguous area cannot be called \"%s\"", name);
    if (size == 0 || size % EMU_PAGE != 0 || size > MAX_AREA_SIZE)
        return refuse(emu, "the contiguous area \"%s\" has to have some pages, and less than 1 TiB", name);
    return GUNYAH_OK;
}

static enum gunyah_error emulate(struct emu *emu, const struct work *work)
{
    enum gunyah_error error;

    emu->flavour = gunyah_internal_emu_find_flavour(emu->options->flavour);
    if (emu->flavour == NULL)
        return refuse(emu, "there is no flavour \"%s\"", emu->options->flavour);
    error = check_area(emu);
    if (error != GUNYAH_OK)
        return error;
    if (!gunyah_internal_emu_check_firmware(emu))
        return GUNYAH_ERR_OPTION;
    if (emu->options->script != NULL && emu->options->guest == NULL) {
        emu->script = gunyah_internal_emu_parse_script(emu->options->script, emu->result->problem,
                                                       sizeof(emu->result->problem), &error);
        if (emu->script == NULL)
            return error;
    }
    error = open_supervisor(emu) ? gunyah_internal_emu_open_rm(emu) : GUNYAH_ERR_OUT_OF_MEMORY;
    if (error == GUNYAH_OK)
        error = launch(emu, work);
    gunyah_internal_emu_close_all(emu);
    gunyah_internal_emu_close_rm(emu);
    return error;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

static enum gunyah_error run(const struct gunyah_emu_options *options, struct work *work,
                             struct gunyah_emu_result *result)
{
    static const struct gunyah_emu_options defaults = GUNYAH_EMU_OPTIONS_INIT;
    const struct gunyah_emu_result empty = GUNYAH_EMU_RESULT_INIT;
    struct emu emu = {.listener = -1, .poll = -1, .notices = -1, .bells = -1};
    enum gunyah_error error;

    if (result->size != sizeof(*result) || (options != NULL && options->size != sizeof(*options)))
        return GUNYAH_ERR_OPTION;
    *result = empty;
    emu.options = options != NULL ? options : &defaults;
    emu.result = result;
    work->with_area = emu.options->cma_name != NULL;
    error = emulate(&emu, work);
    close_if_open(emu.listener);
    close_if_open(emu.poll);
    close_if_open(emu.notices);
    close_if_open(emu.bells);
    gunyah_internal_emu_free_script(emu.script);
    return error;
}

enum gunyah_error gunyah_emu_run(const struct gunyah_emu_options *options, char *const arguments[],
                                 struct gunyah_emu_result *result)
{
    struct work work = {.arguments = arguments};

    if (arguments == NULL || arguments[0] == NULL || result == NULL)
        return GUNYAH_ERR_NULL;
    return run(options, &work, result);
}

enum gunyah_error gunyah_emu_call(const struct gunyah_emu_options *options, int (*function)(void *context),
                                  void *context, struct gunyah_emu_result *result)
{
    struct work work = {.function = function, .context = context};

    if (function == NULL || result == NULL)
        return GUNYAH_ERR_NULL;
    return run(options, &work, result);
}
