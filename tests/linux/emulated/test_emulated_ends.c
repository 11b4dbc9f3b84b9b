// SPDX-License-Identifier: BSD-3-Clause
// A VMM that is killed, that may lock little memory, whose memory goes away, and that may not open the node.
#include "emulated.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// ---- SIGKILL -----------------------------------------------------------------------------------------------------

static void add_bells(struct vmm *vmm)
{
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;
    struct gunyah_doorbell *bell;

    MUST(vmm, gunyah_vm_add_irq(vmm->vm, BELL, false, &bell));
    notify.address = 0x9001000;
    MUST(vmm, gunyah_vm_add_notify(vmm->vm, &notify, &bell));
}

static void create(struct vmm *vmm)
{
    MUST(vmm, gunyah_vm_create(gunyah_linux_vmm(vmm->node, vmm->g), gunyah_vmid(0), &vmm->vm));
}

static void add_memory(struct vmm *vmm)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;

    memory.address = RAM;
    memory.length = RAM_SIZE;
    MUST(vmm, gunyah_vm_add_memory(vmm->vm, &memory, &vmm->image));
    vmm->ram = memory.memory;
}

static void configure(struct vmm *vmm)
{
    vmm_configure(vmm);
}

static void init(struct vmm *vmm)
{
    MUST(vmm, gunyah_vm_init(vmm->vm));
}

static void start(struct vmm *vmm)
{
    MUST(vmm, gunyah_vm_start(vmm->vm));
}

static void open_vcpu(struct vmm *vmm)
{
    MUST(vmm, gunyah_vcpu_open(vmm->vm, NULL, &vmm->vcpu));
}

static void run_to_an_exit(struct vmm *vmm)
{
    RUN(vmm->vcpu, MMIO);
}

static void run_to_the_end(struct vmm *vmm)
{
    RUN(vmm->vcpu, VM_ENDED);
}

static void close_vcpu(struct vmm *vmm)
{
    MUST(vmm, gunyah_vcpu_close(&vmm->vcpu));
}

static void reset(struct vmm *vmm)
{
    MUST(vmm, gunyah_vm_reset(vmm->vm));
}

static void destroy(struct vmm *vmm)
{
    MUST(vmm, gunyah_vm_destroy(&vmm->vm, 0, NULL));
}

static void (*const steps[])(struct vmm *) = {vmm_open,   create, add_memory, configure,      add_bells,
                                              init,       start,  open_vcpu,  run_to_an_exit, run_to_the_end,
                                              close_vcpu, reset,  configure,  destroy};

static void be_killed_after(size_t count)
{
    struct vmm vmm = {0};
    int status;
    const pid_t pid = fork();

    EXPECT(pid >= 0);
    if (pid == 0) {
        for (size_t i = 0; i < count; i++)
            steps[i](&vmm);
        raise(SIGKILL);
    }
    EXPECT(waitpid(pid, &status, 0) == pid);
    EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static int is_killed_everywhere(void *context)
{
    (void)context;
    for (size_t count = 0; count <= COUNT(steps); count++)
        be_killed_after(count);
    return EXIT_SUCCESS;
}

// Killed in RUN, while the guest sleeps.
static int is_killed_inside(void *context)
{
    struct vmm vmm;
    int ready[2];
    int status;
    char byte = 0;

    (void)context;
    EXPECT(pipe(ready) == 0);
    const pid_t pid = fork();
    EXPECT(pid >= 0);
    if (pid == 0) {
        vmm_make(&vmm);
        vmm_start(&vmm);
        RUN(vmm.vcpu, MMIO);
        EXPECT(write(ready[1], &byte, 1) == 1);
        RUN(vmm.vcpu, VM_ENDED);
        _exit(EXIT_FAILURE);
    }
    EXPECT(read(ready[0], &byte, 1) == 1);
    EXPECT(kill(pid, SIGKILL) == 0);
    EXPECT(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
    return EXIT_SUCCESS;
}

// No VM is left at the Resource Manager (emulate() looks), and each that was made is gone.
Test(emulated_ends, killed_everywhere)
{
    emulate_all("write 0x1000 4 1\npoweroff\n", is_killed_everywhere, NULL);
}

Test(emulated_ends, killed_inside)
{
    emulate_all("write 0x1000 4 1\nwait\n", is_killed_inside, NULL);
}

// ---- memory ------------------------------------------------------------------------------------------------------

// Nobody in particular, who may lock the image and two pieces more.
static void become_nobody(void)
{
    const struct rlimit limit = {RAM_SIZE + 0x100000, RAM_SIZE + 0x100000};

    if (geteuid() == 0)
        EXPECT(setgid(65534) == 0 && setuid(65534) == 0);
    // Who changes the user is hidden from others of the same user, also from the leak checker.
    EXPECT(prctl(PR_SET_DUMPABLE, 1) == 0);
    EXPECT(setrlimit(RLIMIT_MEMLOCK, &limit) == 0);
}

static int locks_little(void *context)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;
    struct vmm vmm;

    (void)context;
    vmm_open(&vmm);
    create(&vmm);
    add_memory(&vmm);
    vmm_write_tree(&vmm);
    become_nobody();
    for (uint32_t label = 1; label < 4; label++) {
        memory.label = label;
        memory.address = UINT64_C(0x100000000) * label;
        memory.length = 0x80000;
        memory.memory = NULL;
        const enum gunyah_error error = gunyah_vm_add_memory(vmm.vm, &memory, NULL);
        EXPECT(error == (label < 3 ? GUNYAH_OK : GUNYAH_ERR_NO_MEMORY));
    }
    const struct gunyah_error_info *info = gunyah_last_error(vmm.g);
    EXPECT(info->code == ENOMEM && strstr(info->advice, "RLIMIT_MEMLOCK") != NULL);
    EXPECT(memory.memory == NULL);
    // What it has is enough for a VM.
    vmm_use_tree(&vmm);
    vmm_start(&vmm);
    RUN(vmm.vcpu, VM_ENDED);
    return vmm_close(&vmm);
}

Test(emulated_ends, memory_that_may_be_locked)
{
    for (size_t i = 0; i < COUNT(early_flavours); i++)
        emulate(early_flavours[i], NULL, locks_little, NULL);
}

// The caller's own memory goes away while the VM runs: the guest notices, and the library does not look.
static int takes_memory_away(void *context)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;
    struct gunyah_doorbell *bell;
    struct vmm vmm;

    (void)context;
    vmm_open(&vmm);
    create(&vmm);
    memory.address = RAM;
    memory.length = RAM_SIZE;
    memory.memory = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    EXPECT(memory.memory != MAP_FAILED);
    MUST(&vmm, gunyah_vm_add_memory(vmm.vm, &memory, &image.memparcel));
    vmm.ram = memory.memory;
    vmm.image = image.memparcel;
    configure(&vmm);
    MUST(&vmm, gunyah_vm_add_irq(vmm.vm, BELL, false, &bell));
    MUST(&vmm, gunyah_vm_init(vmm.vm));
    MUST(&vmm, gunyah_vm_start(vmm.vm));
    EXPECT(madvise(vmm.ram, RAM_SIZE, MADV_REMOVE) == 0);
    MUST(&vmm, gunyah_vcpu_open(vmm.vm, NULL, &vmm.vcpu));
    RUN(vmm.vcpu, MMIO);
    EXPECT(munmap(vmm.ram, RAM_SIZE) == 0);
    MUST(&vmm, gunyah_doorbell_send(bell, 1, NULL));
    RUN(vmm.vcpu, VM_ENDED);
    return vmm_close(&vmm);
}

Test(emulated_ends, memory_that_goes_away)
{
    static const char *const by_address[] = {"a14", "a14e", "u10", "a15"};

    for (size_t i = 0; i < COUNT(by_address); i++)
        emulate(by_address[i], "write 0x1000 4 1\nwait 7\npoweroff\n", takes_memory_away, NULL);
}

// A VM takes memory of the process that made it, and of no other one.
static int lets_a_child_add(void *context)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;
    struct vmm vmm;
    int status;

    (void)context;
    vmm_open(&vmm);
    create(&vmm);
    add_memory(&vmm);
    memory.label = 1;
    memory.address = UINT64_C(0x100000000);
    memory.length = 0x1000;
    const pid_t pid = fork();
    EXPECT(pid >= 0);
    if (pid == 0) {
        EXPECT(gunyah_vm_add_memory(vmm.vm, &memory, NULL) == GUNYAH_ERR_DENIED);
        EXPECT(gunyah_last_error(vmm.g)->code == EPERM);
        EXPECT(strstr(gunyah_last_error(vmm.g)->advice, "process that made a VM") != NULL);
        _exit(EXIT_SUCCESS);
    }
    EXPECT(waitpid(pid, &status, 0) == pid && status == 0);
    MUST(&vmm, gunyah_vm_add_memory(vmm.vm, &memory, NULL));
    configure(&vmm);
    vmm_start(&vmm);
    RUN(vmm.vcpu, VM_ENDED);
    return vmm_close(&vmm);
}

Test(emulated_ends, memory_of_another_process)
{
    emulate("a14", NULL, lets_a_child_add, NULL);
    emulate("a15", NULL, lets_a_child_add, NULL);
}

// ---- descriptors -------------------------------------------------------------------------------------------------

// VMs until there are no more descriptors, each of which can still be given back. Returns how many there were.
static size_t fill_up(const struct vmm *vmm)
{
    struct gunyah_vm *vms[48];
    size_t count = 0;

    while (count < COUNT(vms) &&
           gunyah_vm_create(gunyah_linux_vmm(vmm->node, vmm->g), gunyah_vmid(0), &vms[count]) == GUNYAH_OK)
        count++;
    EXPECT(count > 8 && count < COUNT(vms));
    EXPECT(vms[count] == NULL);
    EXPECT(gunyah_last_error(vmm->g)->error == GUNYAH_ERR_NO_RESOURCES && gunyah_last_error(vmm->g)->code == EMFILE);
    for (size_t i = 0; i < count; i++)
        MUST(vmm, gunyah_vm_destroy(&vms[i], 0, NULL));
    return count;
}

static int has_few_files(void *context)
{
    const struct rlimit limit = {48, 48};
    struct vmm vmm;

    (void)context;
    EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    vmm_open(&vmm);
    const size_t count = fill_up(&vmm);
    EXPECT(fill_up(&vmm) == count);
    create(&vmm);
    add_memory(&vmm);
    configure(&vmm);
    vmm_start(&vmm);
    RUN(vmm.vcpu, VM_ENDED);
    return vmm_close(&vmm);
}

Test(emulated_ends, few_descriptors)
{
    emulate_all(NULL, has_few_files, NULL);
}
