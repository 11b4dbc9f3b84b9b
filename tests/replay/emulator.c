// SPDX-License-Identifier: BSD-3-Clause
#include "emulator.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/** Start the shell with that end of the pair as its standard input and output. Returns an error number. */
static int spawn(struct emulator *emulator, int end)
{
    char shell[] = "/bin/sh";
    char option[] = "-c";
    char command[4096];
    char *words[] = {shell, option, command, NULL};
    posix_spawn_file_actions_t actions;
    const int length = snprintf(command, sizeof(command), "exec %s", emulator->command);
    if (length < 0 || (size_t)length >= sizeof(command))
        return E2BIG;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return error;
    error = posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&actions, end, STDOUT_FILENO);
    if (error == 0)
        error = posix_spawn(&emulator->process, shell, &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

bool emulator_start(struct emulator *emulator)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        perror("replay");
        return false;
    }
    // The emulator has its own end alone, or it would not see that we are gone.
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    const int error = spawn(emulator, ends[1]);
    close(ends[1]);
    if (error != 0) {
        fprintf(stderr, "replay: %s: %s\n", emulator->command, strerror(error));
        close(ends[0]);
        return false;
    }
    emulator->socket = ends[0];
    return true;
}

/** Returns false at the end. */
static bool send_all(int socket, const void *from, size_t size)
{
    const char *bytes = from;
    while (size != 0) {
        const ssize_t sent = send(socket, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool receive_all(int socket, void *to, size_t size)
{
    char *bytes = to;
    while (size != 0) {
        const ssize_t received = recv(socket, bytes, size, 0);
        if (received < 0 && errno == EINTR)
            continue;
        if (received <= 0)
            return false;
        bytes += received;
        size -= (size_t)received;
    }
    return true;
}

bool emulator_ask(struct emulator *emulator, struct agent_message *message)
{
    return send_all(emulator->socket, message, sizeof(*message)) &&
           receive_all(emulator->socket, message, sizeof(*message));
}

int emulator_stop(struct emulator *emulator)
{
    int status;
    pid_t ended;
    if (emulator->process == 0)
        return 0;
    // At the end of its input the agent ends the machine.
    close(emulator->socket);
    do
        ended = waitpid(emulator->process, &status, 0);
    while (ended < 0 && errno == EINTR);
    emulator->process = 0;
    return ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
