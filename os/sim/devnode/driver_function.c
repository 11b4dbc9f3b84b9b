// SPDX-License-Identifier: BSD-3-Clause
// Functions of a VM: its vCPUs, and eventfds that ring its doorbells or are rung by its writes.
#include "emu_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct description {
    uint32_t type;
    uint32_t size;
    uint64_t argument;
};

#define IRQFD_FLAGS UINT32_C(0x1)
#define IOEVENTFD_DATAMATCH UINT32_C(0x1)

static uint32_t size_of(uint32_t type)
{
    static const uint32_t sizes[] = {[EMU_FN_VCPU] = 4,
                                     [EMU_FN_IRQFD] = sizeof(struct emu_irqfd),
                                     [EMU_FN_IOEVENTFD] = sizeof(struct emu_ioeventfd)};

    return type < sizeof(sizes) / sizeof(sizes[0]) ? sizes[type] : 0;
}

static struct emu_irqfd irqfd_of(const struct emu_function *function)
{
    struct emu_irqfd irqfd;

    memcpy(&irqfd, function->argument, sizeof(irqfd));
    return irqfd;
}

// What counts of an ioeventfd: the length is kept with a datamatch only.
static struct emu_ioeventfd ioeventfd_of(const struct emu_function *function)
{
    struct emu_ioeventfd ioeventfd;

    memcpy(&ioeventfd, function->argument, sizeof(ioeventfd));
    if ((ioeventfd.flags & IOEVENTFD_DATAMATCH) == 0) {
        ioeventfd.length = 0;
        ioeventfd.datamatch = 0;
    }
    return ioeventfd;
}

static bool ioeventfds_conflict(const struct emu_function *one, const struct emu_function *other)
{
    const struct emu_ioeventfd a = ioeventfd_of(one);
    const struct emu_ioeventfd b = ioeventfd_of(other);

    if (a.address != b.address)
        return false;
    if (((a.flags & b.flags) & IOEVENTFD_DATAMATCH) == 0)
        return true;
    return a.length == b.length && a.datamatch == b.datamatch;
}

// Both have the same type. The first four bytes of a vCPU are its id; an irqfd is known by its label.
static bool conflict(const struct emu_function *one, const struct emu_function *other)
{
    if (one->type != other->type)
        return false;
    if (one->type == EMU_FN_IRQFD)
        return irqfd_of(one).label == irqfd_of(other).label;
    if (one->type == EMU_FN_IOEVENTFD)
        return ioeventfds_conflict(one, other);
    return memcmp(one->argument, other->argument, size_of(EMU_FN_VCPU)) == 0;
}

static bool is_same(const struct emu_function *one, const struct emu_function *other)
{
    return one->type == other->type && memcmp(one->argument, other->argument, other->size) == 0;
}

static bool is_taken(const struct emu *emu, const struct emu_vm *vm, const struct emu_function *wanted)
{
    for (const struct emu_function *function = vm->functions; function != NULL; function = function->next) {
        if (has(emu, EMU_PLAIN_FUNCTIONS) ? is_same(function, wanted) : conflict(function, wanted))
            return true;
    }
    return false;
}

// Takes a copy of the VMM's eventfd. 0, or -errno.
static int take_eventfd(struct emu_function *function, const struct emu_request *request, int fd)
{
    function->eventfd = gunyah_internal_emu_take_fd(request->process, fd);
    if (function->eventfd < 0)
        return -EBADF;
    return gunyah_internal_emu_is_eventfd(function->eventfd) ? 0 : -EINVAL;
}

static int check_irqfd(struct emu_function *function, const struct emu_request *request)
{
    const struct emu_irqfd irqfd = irqfd_of(function);

    if ((irqfd.flags & ~IRQFD_FLAGS) != 0)
        return -EINVAL;
    return take_eventfd(function, request, (int)irqfd.fd);
}

static int check_ioeventfd(const struct emu *emu, struct emu_function *function, const struct emu_request *request)
{
    struct emu_ioeventfd ioeventfd;

    memcpy(&ioeventfd, function->argument, sizeof(ioeventfd));
    if ((ioeventfd.flags & ~IOEVENTFD_DATAMATCH) != 0)
        return -EINVAL;
    if (ioeventfd.length > 8 || (ioeventfd.length & (ioeventfd.length - 1)) != 0)
        return -EINVAL;
    if (ioeventfd.length == 0 && (ioeventfd.flags & IOEVENTFD_DATAMATCH) != 0)
        return -EINVAL;
    if (has(emu, EMU_CHECKS_WRAP) && ioeventfd.address + ioeventfd.length < ioeventfd.address)
        return -EINVAL;
    return take_eventfd(function, request, ioeventfd.fd);
}

// Each write is an edge, whatever the count is: the driver does not read it. What was written before does not count.
void gunyah_internal_emu_add_irqfd(struct emu *emu, struct emu_function *function)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    struct emu_vm *vm = function->vm;

    function->next = vm->functions;
    vm->functions = function;

    event.data.ptr = function;
    epoll_ctl(emu->bells, EPOLL_CTL_ADD, function->eventfd, &event);
    gunyah_internal_emu_ring_all(emu, function);
}

static int64_t add_eventfd(struct emu *emu, const struct emu_request *request, struct emu_function *function)
{
    const bool is_irqfd = function->type == EMU_FN_IRQFD;
    const int error = is_irqfd ? check_irqfd(function, request) : check_ioeventfd(emu, function, request);
    struct emu_vm *vm = request->file->object;

    if (error != 0 || is_taken(emu, vm, function)) {
        gunyah_internal_emu_free_function(emu, function);
        return error != 0 ? error : -EEXIST;
    }
    if (is_irqfd) {
        gunyah_internal_emu_add_irqfd(emu, function);
        return 0;
    }
    function->next = vm->functions;
    vm->functions = function;
    return 0;
}

int64_t gunyah_internal_emu_add_vcpu(struct emu *emu, const struct emu_request *request, struct emu_function *function)
{
    struct emu_vm *vm = request->file->object;
    struct emu_file *file;
    int fd;

    if (is_taken(emu, vm, function)) {
        gunyah_internal_emu_free_function(emu, function);
        return -EEXIST;
    }
    function->vcpu = calloc(1, sizeof(*function->vcpu));
    if (function->vcpu != NULL) {
        function->vcpu->references = 1;
        memcpy(&function->vcpu->id, function->argument, sizeof(function->vcpu->id));
    }
    fd = function->vcpu != NULL ? gunyah_internal_emu_make_file(emu, "gh-vcpu", EMU_PAGE, O_RDWR, &file) : -ENOMEM;
    if (fd >= 0 && !gunyah_internal_emu_init_vcpu(function->vcpu, vm, file)) {
        close(fd);
        fd = -ENOMEM;
    }
    if (fd < 0 || !gunyah_internal_emu_give_file(emu, request, fd, O_CLOEXEC)) {
        gunyah_internal_emu_free_function(emu, function);
        return fd < 0 ? fd : EMU_ANSWERED;
    }
    file->kind = vm->is_signed ? EMU_SIGNED_VCPU : EMU_VCPU;
    file->object = function->vcpu;
    function->vcpu->references++;
    vm->references++;
    function->next = vm->functions;
    vm->functions = function;
    if (vm->state == EMU_RUNNING)
        gunyah_internal_emu_bind_vcpu(function->vcpu);
    gunyah_internal_emu_trace(emu, "vm %u: vCPU %u", vm->serial, function->vcpu->id);
    return EMU_ANSWERED;
}

struct emu_function *gunyah_internal_emu_make_function(struct emu_vm *vm, enum emu_function_type type,
                                                       const void *argument)
{
    struct emu_function *function = calloc(1, sizeof(*function));

    if (function == NULL)
        return NULL;
    function->type = type;
    function->size = size_of(type);
    memcpy(function->argument, argument, function->size);
    function->vm = vm;
    function->eventfd = -1;
    return function;
}

int64_t gunyah_internal_emu_add_function(struct emu *emu, struct emu_request *request)
{
    struct emu_vm *vm = request->file->object;
    struct description wanted = {0};
    unsigned char argument[EMU_MAX_ARGUMENT];
    struct emu_function *function;

    if (!gunyah_internal_emu_read(request->process, &wanted, request->argument, sizeof(wanted)))
        return -EFAULT;
    if (wanted.size > EMU_MAX_ARGUMENT)
        return -EINVAL;
    if (wanted.size != 0 && !gunyah_internal_emu_read(request->process, argument, wanted.argument, wanted.size))
        return -EFAULT;
    if (size_of(wanted.type) == 0)
        return -ENOENT;
    if (size_of(wanted.type) != wanted.size)
        return -EINVAL;
    function = gunyah_internal_emu_make_function(vm, (enum emu_function_type)wanted.type, argument);
    if (function == NULL)
        return -ENOMEM;
    return function->type == EMU_FN_VCPU ? gunyah_internal_emu_add_vcpu(emu, request, function)
                                         : add_eventfd(emu, request, function);
}

static bool matches(const struct emu *emu, const struct emu_function *function, const struct emu_function *named)
{
    if (has(emu, EMU_PLAIN_FUNCTIONS))
        return is_same(function, named);
    if (function->type != named->type)
        return false;
    if (function->type != EMU_FN_IOEVENTFD)
        return conflict(function, named);
    if (ioeventfd_of(function).address != ioeventfd_of(named).address)
        return false;
    return !has(emu, EMU_EXACT_IOEVENTFD) ||
           (ioeventfd_of(function).flags == ioeventfd_of(named).flags && conflict(function, named));
}

static int64_t remove_matching(struct emu *emu, const struct emu_request *request, const struct emu_function *named)
{
    struct emu_vm *vm = request->file->object;
    struct emu_function **link = &vm->functions;
    bool any = has(emu, EMU_PLAIN_FUNCTIONS);

    while (*link != NULL) {
        struct emu_function *function = *link;
        if (matches(emu, function, named)) {
            any = true;
            *link = function->next;
            gunyah_internal_emu_free_function(emu, function);
        } else {
            link = &function->next;
        }
    }
    return any ? 0 : -ENOENT;
}

int64_t gunyah_internal_emu_remove_function(struct emu *emu, struct emu_request *request)
{
    struct description wanted = {0};
    struct emu_function named = {0};

    if (!gunyah_internal_emu_read(request->process, &wanted, request->argument, sizeof(wanted)))
        return -EFAULT;
    if (wanted.size == 0)
        return 0;
    if (wanted.size != size_of(wanted.type)) {
        char byte = 0;
        if (!gunyah_internal_emu_read(request->process, &byte, wanted.argument, 1))
            return -EFAULT;
        return has(emu, EMU_PLAIN_FUNCTIONS) ? 0 : -ENOENT;
    }
    if (!gunyah_internal_emu_read(request->process, named.argument, wanted.argument, wanted.size))
        return -EFAULT;
    named.type = (enum emu_function_type)wanted.type;
    named.size = wanted.size;
    return remove_matching(emu, request, &named);
}

void gunyah_internal_emu_free_function(struct emu *emu, struct emu_function *function)
{
    if (function->vcpu != NULL) {
        function->vcpu->removed = true;
        if (function->vcpu->page != NULL)
            function->vcpu->page->immediate_exit = 1;
        function->vm->stirred = true;
        gunyah_internal_emu_release_vcpu(function->vcpu);
    }
    if (function->eventfd >= 0) {
        epoll_ctl(emu->bells, EPOLL_CTL_DEL, function->eventfd, NULL);
        close(function->eventfd);
    }
    free(function);
}

struct emu_function *gunyah_internal_emu_find_irqfd(struct emu_vm *vm, uint32_t label)
{
    for (struct emu_function *function = vm->functions; function != NULL; function = function->next) {
        if (function->type == EMU_FN_IRQFD && irqfd_of(function).label == label)
            return function;
    }
    return NULL;
}

static bool has_bell(const struct emu_vm *vm, uint32_t label)
{
    for (uint32_t i = 0; i < vm->bell_count; i++) {
        if (vm->bells[i] == label)
            return true;
    }
    return false;
}

static void ring(struct emu *emu, struct emu_function *function)
{
    struct emu_vm *vm = function->vm;
    const uint32_t label = irqfd_of(function).label;

    if (vm->state != EMU_RUNNING)
        return;
    if (!has_bell(vm, label)) {
        gunyah_internal_emu_trace(emu, "vm %u: no doorbell has the label %u, which a kernel may not survive",
                                  vm->serial, label);
        return;
    }
    function->rings = true;
    vm->stirred = true;
    if (vm->is_signed)
        gunyah_internal_emu_interrupt_virtio(vm, label);
    gunyah_internal_emu_trace(emu, "vm %u: doorbell %u rings", vm->serial, label);
}

void gunyah_internal_emu_ring_all(struct emu *emu, const struct emu_function *except)
{
    struct epoll_event event;

    while (epoll_wait(emu->bells, &event, 1, 0) == 1) {
        if (event.data.ptr != except)
            ring(emu, event.data.ptr);
    }
}

// A count that is full already stays full: nobody may block here.
void gunyah_internal_emu_signal(int eventfd)
{
    static const uint64_t one = 1;
    struct pollfd now = {.fd = eventfd, .events = POLLOUT};

    if (poll(&now, 1, 0) == 1)
        (void)!write(eventfd, &one, sizeof(one));
}

bool gunyah_internal_emu_signal_ioeventfd(const struct emu_vm *vm, uint64_t address, uint32_t width, uint64_t value)
{
    for (const struct emu_function *function = vm->functions; function != NULL; function = function->next) {
        const struct emu_ioeventfd wanted = ioeventfd_of(function);
        if (function->type != EMU_FN_IOEVENTFD || wanted.address != address)
            continue;
        if ((wanted.flags & IOEVENTFD_DATAMATCH) != 0 && (wanted.length != width || wanted.datamatch != value))
            continue;
        gunyah_internal_emu_signal(function->eventfd);
        return true;
    }
    return false;
}
