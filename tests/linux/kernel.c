// SPDX-License-Identifier: BSD-3-Clause
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILES 512
#define PAGE 4096
#define RUN_SIZE 40

enum kind { NODE, VM, VCPU, AREA };

static const struct flavour *current;
static unsigned long refused;
static int refusal;
static unsigned calls_to_failure; // 0: there is none
static int failure;

static struct {
    enum kind kind;
    int vm;         // of a vCPU, its VM
    bool started;   // of a VM
    uint32_t index; // of a vCPU
    uint8_t *page;
} files[MAX_FILES];

static struct call calls[KERNEL_MAX_LOG];
static unsigned call_count;
static const struct step *steps;
static size_t step_count;
static size_t next_step;
static uint32_t told_reason; // why a VM ended
static uint8_t pages[KERNEL_MAX_VCPUS][RUN_SIZE];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // vCPUs have threads

void kernel_is(const struct flavour *flavour)
{
    current = flavour;
    refused = 0;
    calls_to_failure = 0;
    call_count = 0;
    steps = NULL;
    step_count = 0;
    next_step = 0;
}

void kernel_refuses(unsigned long number, int error)
{
    refused = number;
    refusal = error;
}

void kernel_fails(unsigned after, int error)
{
    calls_to_failure = after + 1;
    failure = error;
}

void kernel_runs(const struct step *script, size_t count)
{
    steps = script;
    step_count = count;
    next_step = 0;
}

void kernel_tells(uint32_t reason)
{
    told_reason = reason;
}

const uint8_t *kernel_page(uint32_t index)
{
    return pages[index];
}

unsigned open_files(void)
{
    unsigned count = 0;

    for (int fd = 0; fd < MAX_FILES; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

unsigned inherited_files(void)
{
    unsigned count = 0;

    for (int fd = 0; fd < MAX_FILES; fd++)
        count += fcntl(fd, F_GETFD) == 0;
    return count;
}

uint32_t get32(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

uint64_t get64(const uint8_t *bytes)
{
    return get32(bytes) | (uint64_t)get32(bytes + 4) << 32;
}

// ---- the log -----------------------------------------------------------------------------------------------------

static void note(unsigned long number, uint32_t function, const void *argument, size_t size)
{
    if (call_count == KERNEL_MAX_LOG)
        abort();
    struct call *call = &calls[call_count++];
    *call = (struct call){.number = number, .function = function};
    if (size != 0)
        memcpy(call->argument, argument, size);
}

const struct call *kernel_call(unsigned long number, uint32_t function, unsigned place)
{
    for (unsigned i = 0; i < call_count; i++) {
        if (calls[i].number == number && calls[i].function == function && place-- == 0)
            return &calls[i];
    }
    return NULL;
}

unsigned kernel_calls(unsigned long number, uint32_t function)
{
    unsigned count = 0;

    while (kernel_call(number, function, count) != NULL)
        count++;
    return count;
}

// ---- files -------------------------------------------------------------------------------------------------------

// Or a copy of one.
static bool is_vcpu(int fd)
{
    struct stat wanted;
    struct stat found;

    for (int i = 0; i < MAX_FILES && fstat(fd, &wanted) == 0; i++) {
        if (files[i].kind == VCPU && fstat(i, &found) == 0 && found.st_ino == wanted.st_ino &&
            found.st_dev == wanted.st_dev)
            return true;
    }
    return false;
}

static int make_file(enum kind kind, size_t size)
{
    char path[] = "/tmp/gunyah-test-XXXXXX";
    const int fd = mkstemp(path);

    if (fd < 0)
        return -errno;
    if (fd >= MAX_FILES || unlink(path) != 0 || ftruncate(fd, (off_t)size) != 0)
        abort();
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    memset(&files[fd], 0, sizeof(files[fd]));
    files[fd].kind = kind;
    return fd;
}

static int make_vm(unsigned long number, uintptr_t argument)
{
    if (argument != 0)
        return -EINVAL;
    note(number, 0, NULL, 0);
    return make_file(VM, 0);
}

static int make_vcpu(int vm, uint32_t index)
{
    const int fd = make_file(VCPU, PAGE);

    if (fd < 0)
        return fd;
    files[fd].vm = vm;
    files[fd].index = index;
    files[fd].page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return files[fd].page != MAP_FAILED ? fd : -ENOMEM;
}

// ---- a VM --------------------------------------------------------------------------------------------------------

static bool has(unsigned long number)
{
    for (size_t i = 0; i < KERNEL_MAX_CALLS && current->calls[i] != 0; i++) {
        if (current->calls[i] == number)
            return true;
    }
    return false;
}

// The same again: by id, by label, by address.
static bool is_there(unsigned long number, uint32_t function, size_t offset, uint64_t key, bool is_long)
{
    const struct call *call;

    for (unsigned i = 0; (call = kernel_call(number, function, i)) != NULL; i++) {
        const uint8_t *found = call->argument + offset;
        if ((is_long ? get64(found) : get32(found)) == key)
            return true;
    }
    return false;
}

static int add_function(int fd, unsigned long number, const uint8_t *description)
{
    static const size_t sizes[] = {0, 4, 16, 32};
    const uint32_t type = get32(description);
    const uint8_t *argument = (const uint8_t *)(uintptr_t)get64(description + 8);

    if (type < 1 || type > 3)
        return -ENOENT;
    if (get32(description + 4) != sizes[type])
        return -EINVAL;
    if ((type == 1 && is_there(number, 1, 0, get32(argument), false)) ||
        (type == 2 && is_there(number, 2, 4, get32(argument + 4), false)) ||
        (type == 3 && is_there(number, 3, 8, get64(argument + 8), true)))
        return -EEXIST;
    if ((type == 2 && get32(argument + 8) > 1) || (type == 3 && get32(argument + 24) > 1))
        return -EINVAL;
    if (type == 2 && !files[fd].started)
        abort(); // a driver of Android 14 would not survive it, if the VM never started
    const int result = type == 1 ? make_vcpu(fd, get32(argument)) : 0;
    if (result >= 0)
        note(number, type, argument, sizes[type]);
    return result;
}

static int answer_area(unsigned long number, const uint8_t *argument)
{
    const uint32_t fd = get32(argument + 20);

    if (fd >= MAX_FILES || files[fd].kind != AREA)
        return -EINVAL;
    note(number, 0, argument, 40);
    return 0;
}

static int answer_memory(unsigned long number, const uint8_t *argument)
{
    if (get64(argument + 16) % PAGE != 0 || (get32(argument + 4) & ~UINT32_C(7)) != 0)
        return -EINVAL;
    note(number, 0, argument, 32);
    return 0;
}

static int set_authentication(unsigned long number, const uint8_t *description)
{
    if (get32(description) != 1)
        return -ENOENT;
    if (get32(description + 4) != 24)
        return -EINVAL;
    note(number, 0, (const uint8_t *)(uintptr_t)get64(description + 8), 24);
    return 0;
}

// Firmware is called "trustedvm", and has two vCPUs.
static int answer_on_signed_vm(int fd, unsigned long number, uintptr_t value)
{
    const uint32_t index = (uint32_t)value;

    switch (number) {
    case 0xb240:
        if (is_there(number, 0, 0, index, false))
            return -EEXIST;
        note(number, 0, &index, sizeof(index));
        return make_vcpu(fd, index);
    case 0x4010b241:
        if (strcmp((const char *)value, "trustedvm") != 0)
            return -EINVAL;
        note(number, 0, (const void *)value, 16);
        return 0;
    case 0xb243:
        return has(number) ? 2 : -EINVAL;
    default:
        return -EINVAL;
    }
}

static int answer_on_vm(int fd, unsigned long number, uintptr_t value)
{
    if (current->unknown == EINVAL)
        return answer_on_signed_vm(fd, number, value);
    const uint8_t *argument = (const uint8_t *)value;
    const bool is_everywhere = number == 0x40104702 || number == 0x4703 || number == 0x40104704;

    if (!is_everywhere && !has(number))
        return current->newer ? 0 : -(current->on_vm != 0 ? current->on_vm : current->unknown);
    if (number == 0x4110)
        return 0;
    if (number == 0x4117)
        return value == 0 && current->timer_wakeup;
    if (number == 0x4703) {
        note(number, 0, NULL, 0);
        files[fd].started = true;
        return 0;
    }
    if (argument == NULL)
        return -EFAULT;
    switch (number) {
    case 0x40204701:
    case 0x40204111:
        return answer_memory(number, argument);
    case 0x40284115:
        return answer_area(number, argument);
    case 0x40104704:
        return add_function(fd, number, argument);
    case 0x40104116:
        return set_authentication(number, argument);
    case 0x4010470a:
        if (get32(argument) > 0x202)
            return -EINVAL;
        // fallthrough
    case 0x40104702:
    case 0x40104112:
    case 0x40104113:
        note(number, 0, argument, 16);
        return 0;
    case 0x40204709:
        note(number, 0, argument, 32);
        return 0;
    default:
        return -EINVAL;
    }
}

// ---- a vCPU ------------------------------------------------------------------------------------------------------

// The signals that the thread lets through are blocked until it waits, so that none comes in between.
static int wait_for_signal(const uint8_t *immediate_exit)
{
    sigset_t all;
    sigset_t before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (__atomic_load_n(immediate_exit, __ATOMIC_SEQ_CST) == 0)
        sigsuspend(&before);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -EINTR;
}

static int run(int fd)
{
    static const struct step silent = {0};
    uint8_t *page = files[fd].page;

    if (!files[files[fd].vm].started)
        return -ENODEV;
    memcpy(pages[files[fd].index], page, RUN_SIZE);
    if (__atomic_load_n(page, __ATOMIC_SEQ_CST) != 0)
        return -EINTR;
    pthread_mutex_lock(&lock);
    const struct step *step = next_step < step_count ? &steps[next_step++] : &silent;
    pthread_mutex_unlock(&lock);
    if (step->reason != 0) {
        memcpy(page + 8, &step->reason, 4);
        memcpy(page + 16, step->content, sizeof(step->content));
    }
    return step->blocks ? wait_for_signal(page) : -step->error;
}

// It starts the VM, and is in there until that is over, or a signal comes that the thread lets through.
static int be_inside(const sigset_t *before)
{
    static const struct step silent = {0};

    note(0xb280, 0, NULL, 0);
    const struct step *step = next_step < step_count ? &steps[next_step++] : &silent;
    if (step->blocks) {
        sigsuspend(before);
        return -EINTR;
    }
    return step->error != 0 ? -step->error : (int)step->reason;
}

// As in a kernel, a signal that comes while it is on its way in is not over before it is inside.
static int run_signed(int fd)
{
    sigset_t all;
    sigset_t before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int result = is_vcpu(fd) ? be_inside(&before) : -ENOTTY;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

static int answer_on_vcpu(int fd, unsigned long number)
{
    if (number == 0x4706)
        return PAGE;
    return number == 0x4705 ? run(fd) : -EINVAL;
}

// ---- all of them -------------------------------------------------------------------------------------------------

// An area's node is like any other, and one file of its memory lives at a time.
static int make_area_memory(unsigned long number)
{
    static int last = -1;
    struct stat info;

    if (!has(0x40284115))
        return -ENOTTY;
    if (last >= 0 && fstat(last, &info) == 0 && info.st_size == KERNEL_AREA_SIZE)
        return -EBUSY;
    note(number, 0, NULL, 0);
    last = make_file(AREA, KERNEL_AREA_SIZE);
    return last;
}

static int answer_on_node(unsigned long number, uintptr_t argument)
{
    const uint8_t *bytes = (const uint8_t *)argument;

    if (number == 0x4114)
        return make_area_memory(number);
    if (number == 0x4700 && current->unknown == ENOTTY)
        return make_vm(number, argument);
    if (number == 0xb201 && has(number))
        return make_vm(number, argument);
    if (number == 0xc014b202 && has(number)) {
        note(number, 0, bytes, 16);
        memcpy((void *)(argument + 16), &told_reason, sizeof(told_reason));
        return 0;
    }
    if (number == 0x40404708 && current->newer)
        return make_file(NODE, 0);
    if (number != 0x40404708 || !has(number))
        return -current->unknown;
    if (bytes == NULL)
        return -EFAULT;
    note(number, 0, bytes, 64);
    return make_file(NODE, get64(bytes + 8));
}

// What was opened, whatever had this number before.
static enum kind kind_of(int fd)
{
    struct stat info;

    return fstat(fd, &info) == 0 && S_ISCHR(info.st_mode) ? NODE : files[fd].kind;
}

static int answer(int fd, unsigned long number, uintptr_t argument)
{
    if (number == refused) {
        refused = 0;
        return -refusal;
    }
    if (calls_to_failure != 0 && --calls_to_failure == 0)
        return -failure;
    if (fd < 0 || fd >= MAX_FILES || fcntl(fd, F_GETFD) < 0)
        return -EBADF;
    if (number == 0xb280)
        return run_signed(fd);
    switch (kind_of(fd)) {
    case VM:
        return answer_on_vm(fd, number, argument);
    case VCPU:
        return answer_on_vcpu(fd, number);
    default:
        return answer_on_node(number, argument);
    }
}

int __real_ioctl(int fd, unsigned long number, ...);
int __wrap_ioctl(int fd, unsigned long number, ...);

int __wrap_ioctl(int fd, unsigned long number, ...)
{
    va_list arguments;
    va_start(arguments, number);
    const uintptr_t argument = va_arg(arguments, uintptr_t);
    va_end(arguments);

    if (current == NULL)
        return __real_ioctl(fd, number, argument);
    const int result = answer(fd, number, argument);
    if (result >= 0)
        return result;
    errno = -result;
    return -1;
}
