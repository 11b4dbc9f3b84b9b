// SPDX-License-Identifier: BSD-3-Clause
// When a VM ends: with the last reference to it, whatever that is, and however its VMM goes. The trace tells.
#include "emulate.h"

#include <signal.h>
#include <sys/resource.h>

// VMs that were started, and that have gone, as the trace tells; and whether a program said something in between.
struct story {
    uint32_t started;
    uint32_t gone;
    uint32_t first_vmid;
    uint32_t other_vmids; // VMs that had another one than the first.
    uint32_t gone_at_mark;
};

static void hear(void *context, const char *line)
{
    struct story *story = context;
    const char *vmid = strstr(line, "VMID ");

    story->started += strstr(line, "VM_START: runs") != NULL;
    story->gone += strstr(line, ": gone") != NULL;
    if (strstr(line, "ioctl 0x000047ee") != NULL)
        story->gone_at_mark = story->gone;
    if (vmid != NULL && story->first_vmid == 0)
        story->first_vmid = (uint32_t)strtoul(vmid + 5, NULL, 10);
    if (vmid != NULL)
        story->other_vmids += strtoul(vmid + 5, NULL, 10) != story->first_vmid;
}

// An unknown ioctl is in the trace.
static void mark(int device)
{
    EXPECT(call(device, 0x47ee, NULL) == ENOTTY);
}

static struct story tell(const char *flavour, const char *script, int (*program)(void *), void *context)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    struct story story = {0};

    options.flavour = flavour;
    options.script = script;
    options.debug = true;
    options.trace = hear;
    options.trace_context = &story;
    emulate_with(&options, program, context);
    return story;
}

// ---- references --------------------------------------------------------------------------------------------------

static int vm_closed_first(void *context)
{
    struct guest guest;

    (void)context;
    launch(&guest);
    close(guest.vm);
    mark(guest.device);
    expect_end(&guest, 1); // It lives as long as its vCPU has a file.
    return 0;
}

static int mapping_holds(void *context)
{
    struct guest guest;

    (void)context;
    launch(&guest);
    close(guest.vm);
    close(guest.vcpu);
    mark(guest.device);
    return 0;
}

static int copy_holds(void *context)
{
    struct guest guest;
    int copy;

    (void)context;
    launch(&guest);
    copy = dup(guest.vcpu);
    munmap(guest.page, PAGE);
    close(guest.vm);
    close(guest.vcpu);
    mark(guest.device);
    guest.vcpu = copy;
    guest.page = map_page(copy);
    expect_end(&guest, 1);
    return 0;
}

static int child_holds(void *context)
{
    struct guest guest;
    int go[2];
    pid_t pid;
    char byte = 0;

    (void)context;
    launch(&guest);
    EXPECT(pipe(go) == 0);
    pid = fork();
    if (pid == 0) {
        EXPECT(read(go[0], &byte, 1) == 1);
        expect_end(&guest, 1); // A child of the VMM may run its vCPUs.
        _exit(0);
    }
    finish(&guest);
    guest.device = open_node();
    mark(guest.device);
    EXPECT(write(go[1], &byte, 1) == 1);
    EXPECT(waitpid(pid, NULL, 0) == pid);
    return 0;
}

static int all_closed(void *context)
{
    struct guest guest;

    (void)context;
    launch(&guest);
    finish(&guest);
    mark(open_node());
    return 0;
}

Test(ends, references)
{
    static const struct {
        int (*program)(void *);
        uint32_t gone_at_mark;
    } cases[] = {{vm_closed_first, 0}, {mapping_holds, 0}, {copy_holds, 0}, {child_holds, 0}, {all_closed, 1}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct story story = tell("a14", NULL, cases[i].program, NULL);
        cr_expect_eq(story.started, 1);
        cr_expect_eq(story.gone, 1);
        cr_expect_eq(story.gone_at_mark, cases[i].gone_at_mark, "case %zu", i);
    }
}

// A file of the driver is closed by execve, unless it is asked to stay.
static int closed_by_exec(void *context)
{
    struct guest guest;

    (void)context;
    launch(&guest);
    EXPECT((fcntl(guest.vm, F_GETFD) & FD_CLOEXEC) != 0);
    EXPECT((fcntl(guest.vcpu, F_GETFD) & FD_CLOEXEC) != 0);
    execl("/bin/true", "true", (char *)NULL);
    return 1;
}

Test(ends, exec)
{
    cr_expect_eq(tell("a14", "wait\n", closed_by_exec, NULL).gone, 1);
}

// ---- SIGKILL -----------------------------------------------------------------------------------------------------

#define STEPS 12

// Does as much of a VM's life as it is told to.
static void live(int steps)
{
    struct guest guest = {.memory_fd = -1};
    struct range dtb = {BASE + DTB_OFFSET, DTB_SIZE};
    struct fn_irqfd irqfd = {0, 7, 0, 0};
    struct fn_ioeventfd ioeventfd = {0, 0x5000, 0, 0, 0, 0};

    for (int step = 0; step < steps; step++) {
        switch (step) {
        case 0:
            guest.device = open_node();
            break;
        case 1:
            guest.vm = create_vm(guest.device);
            break;
        case 2:
            give_image(&guest);
            break;
        case 3:
            load_tree(guest.memory);
            break;
        case 4:
            EXPECT(call(guest.vm, SET_DTB, &dtb) == 0);
            break;
        case 5:
            irqfd.fd = (uint32_t)eventfd(0, 0);
            EXPECT(add_fn(guest.vm, FN_IRQFD, &irqfd, sizeof(irqfd)) == 0);
            break;
        case 6:
            ioeventfd.fd = eventfd(0, 0);
            EXPECT(add_fn(guest.vm, FN_IOEVENTFD, &ioeventfd, sizeof(ioeventfd)) == 0);
            break;
        case 7:
            guest.vcpu = add_vcpu(guest.vm, 0);
            break;
        case 8:
            guest.page = map_page(guest.vcpu);
            break;
        case 9:
            EXPECT(call(guest.vm, VM_START, NULL) == 0);
            break;
        case 10:
            EXPECT(run(&guest) == 0 && guest.page->exit_reason == EXIT_MMIO);
            break;
        default:
            expect_end(&guest, 1);
            break;
        }
    }
}

static void kill_after(int steps)
{
    const pid_t pid = fork();
    int status;

    if (pid == 0) {
        live(steps);
        raise(SIGKILL);
    }
    EXPECT(waitpid(pid, &status, 0) == pid);
    EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static int kill_everywhere(void *context)
{
    (void)context;
    for (int steps = 0; steps <= STEPS; steps++)
        kill_after(steps);
    live(STEPS); // After all that, a VM is as good as the first.
    return 0;
}

Test(ends, killed)
{
    for (size_t i = 0; i < FLAVOURS; i++) {
        const struct story story = tell(flavours[i], "write 0x1000 4 1\npoweroff\n", kill_everywhere, NULL);
        cr_expect_eq(story.started, 4, "%s: %u started", flavours[i], story.started);
        cr_expect_eq(story.gone, 12, "%s: %u gone", flavours[i], story.gone);
        // Each was given back before the next one was made.
        cr_expect_eq(story.other_vmids, 0, "%s: %u other VMIDs", flavours[i], story.other_vmids);
    }
}

// Killed in RUN, by somebody else.
static int kill_in_run(void *context)
{
    struct guest guest;
    int ready[2];
    char byte = 0;
    pid_t pid;

    (void)context;
    EXPECT(pipe(ready) == 0);
    pid = fork();
    if (pid == 0) {
        launch(&guest);
        EXPECT(run(&guest) == 0);
        EXPECT(write(ready[1], &byte, 1) == 1);
        run(&guest);
        _exit(1);
    }
    EXPECT(read(ready[0], &byte, 1) == 1);
    EXPECT(kill(pid, SIGKILL) == 0);
    EXPECT(waitpid(pid, NULL, 0) == pid);
    return 0;
}

Test(ends, killed_in_run)
{
    cr_expect_eq(tell("a14", "write 0x1000 4 1\nwait\n", kill_in_run, NULL).gone, 1);
}

// ---- descriptors -------------------------------------------------------------------------------------------------

// With none free, CREATE_VM says so, and has made nothing.
static int exhaust(void *context)
{
    const struct rlimit limit = {40, 40};
    const uint32_t id = 0;
    int fds[64];
    int count = 0;
    int device;

    (void)context;
    EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    device = open_node();
    while ((fds[count] = ioctl(device, CREATE_VM, 0)) >= 0)
        count++;
    EXPECT(errno == EMFILE && count > 10);
    EXPECT(add_fn(fds[0], FN_VCPU, &id, sizeof(id)) < 0 && errno == EMFILE);
    EXPECT(open("/dev/gunyah", O_RDWR) < 0 && errno == EMFILE);
    close(fds[--count]);
    close(add_vcpu(fds[0], id)); // The id was not taken.
    while (count > 0)
        close(fds[--count]); // A sanitizer needs some at the end.
    return 0;
}

Test(ends, descriptors)
{
    emulate("a14", NULL, exhaust, NULL);
    emulate("a14e", NULL, exhaust, NULL);
}

static int create_many(void *context)
{
    const int device = open_node();

    (void)context;
    for (int i = 0; i < 500; i++)
        close(create_vm(device));
    return 0;
}

// In the early flavour each has a VMID of its own, of which there are fewer.
Test(ends, created_and_closed)
{
    cr_expect_eq(tell("a14", NULL, create_many, NULL).gone, 500);
    cr_expect_eq(tell("a14e", NULL, create_many, NULL).gone, 500);
}
