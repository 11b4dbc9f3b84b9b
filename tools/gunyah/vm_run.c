// SPDX-License-Identifier: BSD-3-Clause
// gunyah vm run: a guest with its serial port on the terminal.
#include "commands.h"
#include "vm.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#define KILLED_BY 128 // and the number of the signal, as shells have it

static struct termios terminal_before;

static void restore_terminal(void)
{
    tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before);
}

// Each key goes to the guest as it is typed, and the guest echoes it. Ctrl-C stays a signal.
static void prepare_terminal(void)
{
    struct termios terminal;

    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &terminal_before) != 0)
        return;
    terminal = terminal_before;
    terminal.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
    terminal.c_iflag &= (tcflag_t)~ICRNL;
    atexit(restore_terminal);
    tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
}

// Returns a file that is readable when this process is to end. Threads that are made later have the signals blocked too.
static int catch_signals(void)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    return signalfd(-1, &signals, SFD_CLOEXEC);
}

// Returns whether there may be more.
static bool type(struct vm *vm)
{
    uint8_t bytes[64];
    const ssize_t count = read(STDIN_FILENO, bytes, sizeof(bytes));

    if (count > 0)
        vm_type(vm, bytes, (size_t)count);
    return count > 0 || (count < 0 && errno == EINTR);
}

// Returns the signal that ended it, or 0 if the guest did.
static int serve(struct vm *vm, int signals)
{
    struct pollfd files[] = {{STDIN_FILENO, POLLIN, 0}, {signals, POLLIN, 0}, {vm->over, POLLIN, 0}};
    struct signalfd_siginfo signal;

    for (;;) {
        if (poll(files, sizeof(files) / sizeof(files[0]), -1) < 0 && errno != EINTR)
            cli_fail(vm->cli, "poll: %s", strerror(errno));
        if (files[2].revents != 0)
            return 0;
        if (files[1].revents != 0 && read(signals, &signal, sizeof(signal)) == (ssize_t)sizeof(signal))
            return (int)signal.ssi_signo;
        if (files[0].revents != 0 && !type(vm))
            files[0].fd = -1;
    }
}

static bool is_good(const struct gunyah_vm_exit *how)
{
    return how->type == GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF || how->type == GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET ||
           (how->type == GUNYAH_VM_EXIT_TYPE_VM_EXIT && how->code == GUNYAH_VM_EXIT_CODE_NORMAL);
}

// "ADDRESS" or "ADDRESS,LABEL"
static void read_serial(const struct cli *cli, struct vm_request *request)
{
    const char *comma = strchr(cli->argument, ',');
    char address[32];

    snprintf(address, sizeof(address), "%.*s", (int)strcspn(cli->argument, ","), cli->argument);
    request->serial = cli_need_number(cli, address);
    request->has_bell = comma != NULL;
    request->bell = comma != NULL ? cli_need_u32(cli, comma + 1) : 0;
}

static void read_options(struct cli *cli, struct vm_request *request)
{
    bool has_serial = false;
    int option;

    while ((option = cli_next(cli)) != CLI_END) {
        if (option == 'd')
            request->tree = cli->argument;
        else if (option == 'i')
            request->initrd = cli->argument;
        else if (option == 'n')
            request->node = cli->argument;
        else if (option == 'b')
            request->bootargs = cli->argument;
        else if (option == 'a')
            request->base = cli_need_number(cli, cli->argument);
        else if (option == 'M')
            request->memory = cli_need_size(cli, cli->argument);
        else if (option == 'c')
            request->vcpus = cli_need_u32(cli, cli->argument);
        else
            read_serial(cli, request);
        has_serial |= option == 's';
    }
    cli_arguments(cli, 1, 1);
    request->kernel = cli->argv[cli->first];
    if (request->vcpus < 1 || request->vcpus > VM_MAX_VCPUS)
        cli_misused(cli, "a VM has 1 to %d vCPUs", VM_MAX_VCPUS);
    if (has_serial && request->tree == NULL)
        cli_misused(cli, "--serial is for a tree of one's own, --dtb");
    if (request->tree == NULL) {
        request->has_bell = true;
        request->bell = VM_BELL;
    }
}

static int vm_run_run(struct cli *cli)
{
    static struct vm vm;
    struct vm_request request = {
        .bootargs = "console=ttyS0 earlycon=uart8250,mmio,0x9000000",
        .base = UINT64_C(0x80000000),
        .memory = UINT64_C(256) << 20,
        .vcpus = 1,
        .serial = VM_SERIAL,
    };
    struct gunyah_vm_exit how;

    read_options(cli, &request);
    const int signals = catch_signals();
    vm_start(&vm, cli, &request);
    prepare_terminal();
    const int signal = serve(&vm, signals);
    const bool ended = vm_end(&vm, &how);

    if (signal != 0 && !ended) {
        cli_warn(cli, "stopped by a signal");
        return KILLED_BY + signal;
    }
    cli_warn(cli, "%s", ended ? gunyah_vm_exit_text(&how) : "the VM could not go on");
    return ended && is_good(&how) ? 0 : CLI_PROBLEM;
}

static const struct cli_option options_of_run[] = {
    {'d', "dtb", "FILE", "device tree of the VM; without it, one is built"},
    {'i', "initrd", "FILE", "what the kernel begins with; a tree of one's own has to say where it lies"},
    {'M', "memory", "SIZE", "of the VM; 256M unless it is given"},
    {'a', "base", "ADDRESS", "where the VM has its memory; 0x80000000 unless it is given"},
    {'c', "vcpus", "N", "1 to 64; 1 unless it is given"},
    {'b', "bootargs", "TEXT", "the kernel's command line; its console is the serial port unless it is given"},
    {'s', "serial", "ADDRESS[,LABEL]", "with --dtb: the 16550 of the tree, and its doorbell"},
    {'n', "node", "PATH", "in place of /dev/gunyah or /dev/qgunyah"},
    {0, NULL, NULL, NULL},
};

static const struct cli_command vm_run_command = {
    .name = "run",
    .summary = "Boots a kernel in a VM, with its serial port on the terminal.",
    .arguments = "KERNEL",
    .details = "KERNEL is an Image of Linux, compressed or not, an ELF file, or instructions. Ctrl-C ends the VM. The\n"
               "exit status is 0 if the guest switched itself off, 1 if it ended otherwise, 128 and the number of the\n"
               "signal if one ended it. Where there is no Gunyah: gunyah emu -- gunyah vm run KERNEL.",
    .options = options_of_run,
    .run = vm_run_run,
};

static const struct cli_command *const parts[] = {&vm_run_command, NULL};

const struct cli_command vm_command = {
    .name = "vm",
    .summary = "Runs VMs on this machine.",
    .parts = parts,
};
