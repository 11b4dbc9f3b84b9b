// SPDX-License-Identifier: BSD-3-Clause
// Limits that are reached halfway: memory that may be locked, and file descriptors. Whatever fails has done nothing, is told
// with its errno, works the next time, and leaves nothing behind.
#include "kit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define PIECE (UINT64_C(64) << 20) // large enough to be missed

struct life {
    struct kit kit;
    struct gunyah_doorbell *irq;
    struct gunyah_doorbell *notify;
    struct gunyah_vcpu *vcpu;
    uint32_t pieces;
};

static enum gunyah_error create(struct life *life)
{
    return gunyah_vm_create(gunyah_linux_vmm(life->kit.node, life->kit.g), gunyah_vmid(0), &life->kit.vm);
}

static enum gunyah_error add_image(struct life *life)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;

    memory.label = IMAGE_LABEL;
    memory.address = RAM;
    memory.length = RAM_SIZE;
    const enum gunyah_error error = gunyah_vm_add_memory(life->kit.vm, &memory, NULL);
    life->kit.ram = memory.memory;
    return error;
}

static enum gunyah_error add_piece(struct life *life)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;

    memory.label = 100 + life->pieces;
    memory.address = UINT64_C(0x100000000) + life->pieces * PIECE;
    memory.length = PIECE;
    const enum gunyah_error error = gunyah_vm_add_memory(life->kit.vm, &memory, NULL);
    cr_expect_eq(memory.memory != NULL, error == GUNYAH_OK);
    life->pieces += error == GUNYAH_OK;
    return error;
}

static enum gunyah_error configure(struct life *life)
{
    const struct gunyah_vm_image image = kit_image();

    kit_write_tree(life->kit.ram + TREE, (int)TREE_SIZE);
    return gunyah_vm_configure(life->kit.vm, &image);
}

static enum gunyah_error add_irq(struct life *life)
{
    return gunyah_vm_add_irq(life->kit.vm, BELL, false, &life->irq);
}

static enum gunyah_error add_notify(struct life *life)
{
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;

    notify.address = 0x1000;
    return gunyah_vm_add_notify(life->kit.vm, &notify, &life->notify);
}

static enum gunyah_error init(struct life *life)
{
    return gunyah_vm_init(life->kit.vm);
}

static enum gunyah_error start(struct life *life)
{
    return gunyah_vm_start(life->kit.vm);
}

static enum gunyah_error open_vcpu(struct life *life)
{
    return gunyah_vcpu_open(life->kit.vm, NULL, &life->vcpu);
}

static enum gunyah_error run(struct life *life)
{
    struct gunyah_vcpu_exit seen;

    return gunyah_vcpu_run(life->vcpu, &seen);
}

static enum gunyah_error (*const steps[])(struct life *) = {
    create, add_image, add_piece, add_piece, configure, add_irq, add_notify, init, start, open_vcpu, run};

static void expect_told(const struct life *life, enum gunyah_error error, int number)
{
    const struct gunyah_error_info *info = gunyah_last_error(life->kit.g);

    if (life->vcpu != NULL)
        info = gunyah_vcpu_last_error(life->vcpu);
    cr_expect_eq(info->error, error, "%s: %s", info->call, gunyah_error_name(info->error));
    cr_expect_eq(info->domain, GUNYAH_DOMAIN_BACKEND);
    cr_expect_eq(info->code, number);
    cr_expect(strlen(info->text) > 10 && strlen(info->advice) > 10);
}

static uint64_t mapped_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    char line[128] = "";

    cr_assert(file != NULL);
    cr_assert(fgets(line, sizeof(line), file) != NULL);
    fclose(file);
    return strtoull(line, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

// After the first step that fails, the limit is lifted. Returns whether one did; all but a start succeed then.
static bool live(struct life *life, enum gunyah_error wanted, int number, void (*lift)(void))
{
    bool failed = false;

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        const unsigned before = open_files();
        enum gunyah_error error = steps[i](life);
        if (error == GUNYAH_OK)
            continue;
        lift();
        cr_assert(!failed, "step %zu: %s", i, gunyah_error_name(error));
        failed = true;
        cr_expect_eq(error, wanted, "step %zu: %s", i, gunyah_error_name(error));
        expect_told(life, wanted, number);
        if (steps[i] == start)
            break;
        // The driver keeps a vCPU that it has made.
        cr_expect(steps[i] == open_vcpu || open_files() == before, "step %zu", i);
        error = steps[i](life);
        cr_assert_eq(error, GUNYAH_OK, "step %zu, again: %s", i, gunyah_error_name(error));
    }
    lift();
    return failed;
}

static void finish(struct life *life)
{
    if (life->vcpu != NULL)
        cr_expect_eq(gunyah_vcpu_close(&life->vcpu), GUNYAH_OK);
    kit_close(&life->kit);
}

// ---- calls -------------------------------------------------------------------------------------------------------

static void lift_nothing(void)
{
    // A call fails once.
}

// Each call of a whole life fails, one after the other. Returns how many there are.
static unsigned fail_everywhere(enum kernel_flavour flavour, int number, enum gunyah_error wanted)
{
    bool failed = true;
    unsigned calls = 0;

    for (; failed; calls++) {
        struct life life = {0};
        const uint64_t before = mapped_bytes();
        kit_open(&life.kit, flavour);
        kernel_fails(calls, number);
        failed = live(&life, wanted, number, lift_nothing);
        kernel_is(&kernel_flavours[flavour]);
        finish(&life);
        cr_expect_lt(mapped_bytes(), before + PIECE / 2, "after %u calls", calls);
    }
    return calls - 1;
}

// CREATE_VM, three pieces (of the driver's memory: two calls each), SET_DTB_CONFIG, the entry where there are boot registers, an
// ioeventfd, VM_START, an irqfd, a vCPU and its size, VCPU_RUN.
Test(linux_limits, memory_of_the_kernel)
{
    cr_expect_eq(fail_everywhere(A14, ENOMEM, GUNYAH_ERR_NO_MEMORY), 11u);
    cr_expect_eq(fail_everywhere(U10, ENOMEM, GUNYAH_ERR_NO_MEMORY), 11u);
    cr_expect_eq(fail_everywhere(A15, ENOMEM, GUNYAH_ERR_NO_MEMORY), 12u);
    cr_expect_eq(fail_everywhere(U15, ENOMEM, GUNYAH_ERR_NO_MEMORY), 15u);
}

Test(linux_limits, files_of_the_driver)
{
    cr_expect_eq(fail_everywhere(A14, EMFILE, GUNYAH_ERR_NO_RESOURCES), 11u);
    cr_expect_eq(fail_everywhere(U15, ENFILE, GUNYAH_ERR_NO_RESOURCES), 15u);
}

// ---- descriptors -------------------------------------------------------------------------------------------------

static struct rlimit usual;

// So that this many can still be opened: the numbers of those that are open may have gaps.
static void limit_files(unsigned more)
{
    struct rlimit limit;

    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
    limit = usual;
    for (limit.rlim_cur = 0; more > 0; limit.rlim_cur++) {
        if (fcntl((int)limit.rlim_cur, F_GETFD) < 0)
            more--;
    }
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void lift_limit(void)
{
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
}

// With none left, one left, and so on, until there are enough. Returns how many those are.
static unsigned exhaust(enum kernel_flavour flavour)
{
    bool failed = true;
    unsigned files = 0;

    for (; failed; files++) {
        struct life life = {0};
        kit_open(&life.kit, flavour);
        limit_files(files);
        failed = live(&life, GUNYAH_ERR_NO_RESOURCES, EMFILE, lift_limit);
        finish(&life);
    }
    return files - 1;
}

// For the VM and its end, two doorbells and a vCPU; and for each piece of the driver's memory.
Test(linux_limits, no_descriptor_is_left)
{
    cr_expect_eq(exhaust(A14), 5u);
    cr_expect_eq(exhaust(A15), 5u);
    cr_expect_eq(exhaust(U15), 8u);
}

// The node needs one, and one for the VM that is asked.
Test(linux_limits, no_descriptor_is_left_for_the_node)
{
    struct gunyah_linux_options options = GUNYAH_LINUX_OPTIONS_INIT;
    struct gunyah_error_info info = {0};
    struct gunyah_linux *node = NULL;
    const unsigned before = open_files();

    kernel_is(&kernel_flavours[A14]);
    options.path = "/dev/null";
    options.error = &info;
    for (unsigned files = 0; files < 2; files++) {
        limit_files(files);
        const enum gunyah_error error = gunyah_linux_open(&options, &node);
        lift_limit();
        cr_expect_eq(error, GUNYAH_ERR_NO_RESOURCES);
        cr_expect_eq(info.code, EMFILE);
        cr_expect_str_eq(info.call, files == 0 ? "open" : "CREATE_VM");
        cr_expect_eq(open_files(), before);
    }
    limit_files(2);
    const enum gunyah_error error = gunyah_linux_open(&options, &node);
    lift_limit();
    cr_expect_eq(error, GUNYAH_OK);
    cr_expect_eq(gunyah_linux_close(&node), GUNYAH_OK);
}

// poll(2) takes no more files than the process may have by now, whether they are open or not.
Test(linux_limits, waiting_where_no_file_is_allowed_any_more)
{
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;
    struct gunyah_doorbell *bell = NULL;
    struct gunyah_vm_status status;
    struct rlimit limit;
    struct kit kit;

    kit_make_vm(&kit, A14);
    kit_configure(&kit);
    cr_assert_eq(gunyah_vm_add_notify(kit.vm, &notify, &bell), GUNYAH_OK);
    kit_start(&kit);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    const struct rlimit none = {0, limit.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    const enum gunyah_error rung = gunyah_doorbell_wait(bell, 1, GUNYAH_WAIT_FOREVER, NULL);
    const enum gunyah_error ended = gunyah_vm_wait(kit.vm, GUNYAH_VM_STATES_ENDED, GUNYAH_WAIT_FOREVER, &status);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(rung, GUNYAH_ERR_NO_RESOURCES);
    cr_expect_eq(ended, GUNYAH_ERR_NO_RESOURCES);
    kit_close(&kit);
}
