// SPDX-License-Identifier: BSD-3-Clause
// Virtio devices that a VMM plays by the library, for a VM of signed firmware that has drivers for them.
#include "signed.h"

#include <gunyah/linux_virtio.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static void emulate_all_signed(const char *script, int (*vmm)(void *), void *context)
{
    for (size_t i = 0; i < COUNT(signed_flavours); i++)
        emulate(signed_flavours[i], script, vmm, context);
}

// ---- in the child ------------------------------------------------------------------------------------------------

static struct gunyah_linux_virtio *open_device(const struct vmm *vmm, int signal)
{
    struct gunyah_linux_virtio_options options = GUNYAH_LINUX_VIRTIO_OPTIONS_INIT;
    struct gunyah_linux_virtio *device = NULL;

    options.firmware = "trustedvm";
    options.label = 1;
    options.signal = signal;
    EXPECT(gunyah_linux_virtio_open(vmm->node, &options, &device) == GUNYAH_OK);
    return device;
}

static pthread_t start(struct vmm *vmm)
{
    pthread_t thread;

    vmm_start(vmm);
    EXPECT(pthread_create(&thread, NULL, run_signed, vmm->vcpu) == 0);
    return thread;
}

static void expect_event(struct gunyah_linux_virtio *device, uint32_t wanted, uint32_t wanted_data)
{
    uint32_t events = 0;
    uint32_t data = 0;

    EXPECT(gunyah_linux_virtio_wait(device, &events, &data) == GUNYAH_OK);
    EXPECT(events == wanted && data == wanted_data);
}

static void ring(int fd)
{
    const uint64_t one = 1;

    EXPECT(write(fd, &one, sizeof(one)) == sizeof(one));
}

// They do not block.
static void expect_ring(int fd)
{
    struct pollfd file = {.fd = fd, .events = POLLIN};
    uint64_t count = 0;

    EXPECT(poll(&file, 1, -1) == 1);
    EXPECT(read(fd, &count, sizeof(count)) == sizeof(count) && count == 1);
    EXPECT(read(fd, &count, sizeof(count)) == -1 && errno == EAGAIN);
}

// ---- a device ----------------------------------------------------------------------------------------------------

static void look_at(struct gunyah_linux_virtio *device, uint32_t *registers)
{
    struct gunyah_linux_virtio_queue queue = GUNYAH_LINUX_VIRTIO_QUEUE_INIT;
    uint64_t features = 0;

    EXPECT(gunyah_linux_virtio_get_features(device, &features) == GUNYAH_OK);
    EXPECT(features == 0x2000000010);
    EXPECT(gunyah_linux_virtio_get_queue(device, 2, &queue) == GUNYAH_OK);
    EXPECT(queue.ready && queue.entries == 32 && queue.descriptors == 0x190000000);
    EXPECT(queue.driver == 0x90001000 && queue.device == 0x90002000);
    EXPECT(gunyah_linux_virtio_get_queue(device, 0, &queue) == GUNYAH_OK);
    EXPECT(!queue.ready && queue.entries == 0);
    EXPECT(gunyah_linux_virtio_get_config(device, registers, 0x108) == GUNYAH_OK);
    EXPECT(registers[2] == 3 && registers[0x40] == 0xabcd && registers[0x41] == 0x99);
}

static void serve(struct gunyah_linux_virtio *device, int kick, int irq)
{
    unsigned char *memory = NULL;
    void *again = NULL;
    void *mapped = NULL;
    size_t size = 0;

    EXPECT(gunyah_linux_virtio_map(device, &mapped, &size) == GUNYAH_OK);
    EXPECT(gunyah_linux_virtio_map(device, &again, &size) == GUNYAH_OK && again == mapped);
    memory = mapped;
    EXPECT(size >= 0x4000);
    EXPECT(gunyah_linux_virtio_begin(device) == GUNYAH_OK);
    ring(irq); // For the VM, to begin.
    expect_ring(kick);
    EXPECT(memory[0x3000] == 'h' && memory[0x3001] == 'i');
    memory[0x3002] = '!';
    ring(irq);
    expect_event(device, GUNYAH_LINUX_VIRTIO_INTERRUPT_ACK, 1);
}

static int plays(void *context)
{
    uint32_t registers[0x42] = {0x74726976, 2, 3};
    struct gunyah_linux_virtio *device;
    struct vmm vmm;
    pthread_t thread;
    void *memory;
    size_t size;
    int kick;
    int again;
    int irq;

    (void)context;
    make_signed(&vmm, "trustedvm");
    device = open_device(&vmm, 0);
    registers[0x40] = 0xabcd;
    EXPECT(gunyah_linux_virtio_set_features(device, 0x2200000011) == GUNYAH_OK);
    EXPECT(gunyah_linux_virtio_set_queue_max(device, 2, 64) == GUNYAH_OK);
    EXPECT(gunyah_linux_virtio_set_config(device, registers, sizeof(registers)) == GUNYAH_OK);
    EXPECT(gunyah_linux_virtio_get_kick(device, 2, &kick) == GUNYAH_OK);
    EXPECT(gunyah_linux_virtio_get_kick(device, 2, &again) == GUNYAH_OK && again == kick);
    EXPECT(gunyah_linux_virtio_get_irq(device, &irq) == GUNYAH_OK);
    EXPECT(gunyah_linux_virtio_get_irq(device, &again) == GUNYAH_OK && again == irq);
    thread = start(&vmm);
    expect_event(device, GUNYAH_LINUX_VIRTIO_DRIVER_OK, 0);
    look_at(device, registers);
    serve(device, kick, irq);
    EXPECT(pthread_join(thread, NULL) == 0);
    MUST(&vmm, gunyah_vcpu_close(&vmm.vcpu));
    EXPECT(gunyah_vm_destroy(&vmm.vm, 0, NULL) == GUNYAH_ERR_IN_USE);
    EXPECT(gunyah_linux_virtio_map(device, &memory, &size) == GUNYAH_OK);
    EXPECT(gunyah_linux_virtio_close(&device) == GUNYAH_OK && device == NULL);
    EXPECT(msync(memory, size, MS_ASYNC) == -1 &&
           errno == ENOMEM); // It is not there any more, and so are the eventfds:
    EXPECT(fcntl(kick, F_GETFD) == -1 && fcntl(irq, F_GETFD) == -1);
    return vmm_close(&vmm);
}

Test(emulated_virtio, device)
{
    emulate_all_signed("read 0x1000 4 0x74726976\nread 0x1008 4 3\n"
                       "write 0x1014 4 0\nread 0x1010 4 0x11\nwrite 0x1014 4 1\nread 0x1010 4 0x22\n"
                       "write 0x1024 4 0\nwrite 0x1020 4 0x10\nwrite 0x1024 4 1\nwrite 0x1020 4 0x20\n"
                       "write 0x1030 4 2\nread 0x1034 4 64\nwrite 0x1038 4 32\n"
                       "write 0x1080 4 0x90000000\nwrite 0x1084 4 1\n"
                       "write 0x1090 4 0x90001000\nwrite 0x10a0 4 0x90002000\nwrite 0x1044 4 1\n"
                       "read 0x1100 2 0xabcd\nwrite 0x1104 2 0x99\nwrite 0x1070 4 0xf\n"
                       "wait 1\nwrite 0x90003000 2 0x6968\nwrite 0x1050 4 2\n"
                       "wait 1\nread 0x90003002 1 0x21\nwrite 0x1064 4 1\n"
                       "poweroff\n",
                       plays, NULL);
}

// Rung in each life of the VM's driver, whether or not the kernel's has forgotten the eventfd meanwhile.
static int is_reset(void *context)
{
    struct gunyah_linux_virtio *device;
    struct vmm vmm;
    pthread_t thread;
    int kick;
    int irq;

    (void)context;
    make_signed(&vmm, "trustedvm");
    device = open_device(&vmm, 0);
    EXPECT(gunyah_linux_virtio_get_irq(device, &irq) == GUNYAH_OK);
    thread = start(&vmm);
    for (int life = 0; life < 2; life++) {
        EXPECT(gunyah_linux_virtio_get_kick(device, 15, &kick) == GUNYAH_OK);
        expect_event(device, GUNYAH_LINUX_VIRTIO_RESET, 0);
        EXPECT(gunyah_linux_virtio_end_reset(device) == GUNYAH_OK);
        EXPECT(gunyah_linux_virtio_get_kick(device, 15, &kick) == GUNYAH_OK);
        EXPECT(gunyah_linux_virtio_begin(device) == GUNYAH_OK);
        ring(irq);
        expect_ring(kick);
        ring(irq);
    }
    EXPECT(pthread_join(thread, NULL) == 0);
    EXPECT(gunyah_linux_virtio_close(&device) == GUNYAH_OK);
    return vmm_close(&vmm);
}

Test(emulated_virtio, reset)
{
    emulate_all_signed("repeat 2\nwrite 0x1070 4 0\nwait 1\nwrite 0x1050 4 15\nwait 1\nend\npoweroff\n", is_reset,
                       NULL);
}

// ---- coming back -------------------------------------------------------------------------------------------------

static void *cancel(void *context)
{
    gunyah_linux_virtio_cancel(context);
    return NULL;
}

static int is_cancelled(void *context)
{
    const struct sigaction action = {.sa_handler = do_nothing};
    struct gunyah_linux_virtio *device;
    struct vmm vmm;

    (void)context;
    EXPECT(sigaction(SIGUSR1, &action, NULL) == 0);
    make_signed(&vmm, "trustedvm");
    device = open_device(&vmm, SIGUSR1);
    for (int i = 0; i < 50; i++) {
        pthread_t thread;
        EXPECT(pthread_create(&thread, NULL, cancel, device) == 0);
        expect_event(device, 0, 0);
        EXPECT(pthread_join(thread, NULL) == 0);
    }
    gunyah_linux_virtio_cancel(device);
    gunyah_linux_virtio_cancel(NULL);
    expect_event(device, 0, 0);
    EXPECT(gunyah_linux_virtio_close(&device) == GUNYAH_OK);
    return vmm_close(&vmm);
}

Test(emulated_virtio, cancelling)
{
    emulate_all_signed(NULL, is_cancelled, NULL);
}

// ---- mistakes ----------------------------------------------------------------------------------------------------

static void expect_closed(const struct vmm *vmm, const struct gunyah_linux_virtio_options *given,
                          enum gunyah_error error)
{
    struct gunyah_linux_virtio_options options = *given;
    struct gunyah_error_info info = {.error = GUNYAH_OK};
    struct gunyah_linux_virtio *device = (struct gunyah_linux_virtio *)&info;

    options.error = &info;
    EXPECT(gunyah_linux_virtio_open(vmm->node, &options, &device) == error);
    EXPECT(device == NULL && info.error == error && strlen(info.text) > 10 && strlen(info.advice) > 10);
}

static int is_not_opened(void *context)
{
    struct gunyah_linux_virtio_options options = GUNYAH_LINUX_VIRTIO_OPTIONS_INIT;
    struct gunyah_linux_virtio *device = NULL;
    struct rlimit limit;
    struct vmm vmm;
    int next;

    (void)context;
    make_signed(&vmm, "trustedvm");
    EXPECT(gunyah_linux_virtio_open(NULL, &options, &device) == GUNYAH_ERR_NULL);
    EXPECT(gunyah_linux_virtio_open(vmm.node, NULL, &device) == GUNYAH_ERR_NULL);
    EXPECT(gunyah_linux_virtio_open(vmm.node, &options, NULL) == GUNYAH_ERR_NULL);
    expect_closed(&vmm, &options, GUNYAH_ERR_OPTION);
    options.firmware = "oemvm";
    options.label = 1;
    expect_closed(&vmm, &options, GUNYAH_ERR_NOT_FOUND);
    options.firmware = "trustedvm";
    options.label = 2;
    expect_closed(&vmm, &options, GUNYAH_ERR_NOT_FOUND);
    options.label = 1;
    EXPECT(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    next = dup(0);
    close(next);
    for (rlim_t more = 0; more < 2; more++) {
        const struct rlimit small = {(rlim_t)next + more, limit.rlim_max};
        EXPECT(setrlimit(RLIMIT_NOFILE, &small) == 0);
        expect_closed(&vmm, &options, GUNYAH_ERR_NO_RESOURCES);
        EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    }
    EXPECT(dup(0) == next); // Nothing was left open.
    MUST(&vmm, gunyah_vm_init(vmm.vm));
    MUST(&vmm, gunyah_vm_reset(vmm.vm));
    expect_closed(&vmm, &options, GUNYAH_ERR_NOT_FOUND);
    return vmm_close(&vmm);
}

static void expect_failure(const struct gunyah_linux_virtio *device, enum gunyah_error got, enum gunyah_error wanted,
                           int number)
{
    const struct gunyah_error_info *info = gunyah_linux_virtio_last_error(device);

    EXPECT(got == wanted && info->error == wanted && info->code == (number != 0 ? number : (int)wanted));
    EXPECT(info->domain == (number != 0 ? GUNYAH_DOMAIN_BACKEND : GUNYAH_DOMAIN_LIBRARY));
}

static int makes_mistakes(void *context)
{
    struct gunyah_linux_virtio_queue queue = GUNYAH_LINUX_VIRTIO_QUEUE_INIT;
    struct gunyah_linux_virtio *device;
    struct gunyah_linux_virtio *other;
    unsigned char data[4100] = {0};
    uint32_t events;
    struct vmm vmm;
    int fd = -7;

    (void)context;
    make_signed(&vmm, "trustedvm");
    device = open_device(&vmm, 0);
    other = open_device(&vmm, 0);
    EXPECT(gunyah_linux_virtio_last_error(device)->domain == GUNYAH_DOMAIN_NONE);
    EXPECT(gunyah_linux_virtio_last_error(NULL) == NULL);
    EXPECT(gunyah_linux_virtio_set_features(NULL, 0) == GUNYAH_ERR_NULL);
    EXPECT(gunyah_linux_virtio_get_features(device, NULL) == GUNYAH_ERR_NULL);
    EXPECT(gunyah_linux_virtio_wait(device, NULL, NULL) == GUNYAH_ERR_NULL);
    EXPECT(gunyah_linux_virtio_wait(NULL, &events, NULL) == GUNYAH_ERR_NULL);
    expect_failure(device, gunyah_linux_virtio_set_queue_max(device, 16, 1), GUNYAH_ERR_ARGUMENT_INVALID, 0);
    expect_failure(device, gunyah_linux_virtio_get_queue(device, 16, &queue), GUNYAH_ERR_ARGUMENT_INVALID, 0);
    queue.size--;
    expect_failure(device, gunyah_linux_virtio_get_queue(device, 0, &queue), GUNYAH_ERR_OPTION, 0);
    expect_failure(device, gunyah_linux_virtio_set_config(device, data, 0), GUNYAH_ERR_ARGUMENT_SIZE, 0);
    expect_failure(device, gunyah_linux_virtio_set_config(device, data, 7), GUNYAH_ERR_ARGUMENT_SIZE, 0);
    expect_failure(device, gunyah_linux_virtio_set_config(device, data, 4100), GUNYAH_ERR_ARGUMENT_SIZE, 0);
    expect_failure(device, gunyah_linux_virtio_get_config(device, data, 4097), GUNYAH_ERR_ARGUMENT_SIZE, 0);
    EXPECT(gunyah_linux_virtio_set_config(device, data, 4096) == GUNYAH_OK);
    expect_failure(device, gunyah_linux_virtio_set_config(device, data, 4), GUNYAH_ERR_IN_USE, EBUSY);
    expect_failure(device, gunyah_linux_virtio_get_config(device, (void *)8, 4), GUNYAH_ERR_ADDR_INVALID, EFAULT);
    expect_failure(device, gunyah_linux_virtio_get_kick(device, 16, &fd), GUNYAH_ERR_ARGUMENT_INVALID, 0);
    EXPECT(gunyah_linux_virtio_get_kick(other, 3, &fd) == GUNYAH_OK);
    expect_failure(device, gunyah_linux_virtio_get_kick(device, 3, &fd), GUNYAH_ERR_IN_USE, EBUSY);
    EXPECT(gunyah_linux_virtio_get_irq(other, &fd) == GUNYAH_OK);
    expect_failure(device, gunyah_linux_virtio_get_irq(device, &fd), GUNYAH_ERR_IN_USE, EBUSY);
    EXPECT(gunyah_linux_virtio_close(&other) == GUNYAH_OK && gunyah_linux_virtio_close(&device) == GUNYAH_OK);
    EXPECT(gunyah_linux_virtio_close(&device) == GUNYAH_ERR_HANDLE);
    EXPECT(gunyah_linux_virtio_close(NULL) == GUNYAH_ERR_NULL);
    return vmm_close(&vmm);
}

// Its handle closed, the VM goes with the last device.
static int goes_with_the_device(void *context)
{
    struct gunyah_linux_virtio *device;
    struct vmm vmm;

    (void)context;
    make_signed(&vmm, "trustedvm");
    device = open_device(&vmm, 0);
    MUST(&vmm, gunyah_vm_close(&vmm.vm));
    EXPECT(gunyah_linux_virtio_set_features(device, 1) == GUNYAH_OK);
    EXPECT(gunyah_linux_virtio_close(&device) == GUNYAH_OK);
    MUST(&vmm, gunyah_vm_create(gunyah_linux_vmm(vmm.node, vmm.g), gunyah_vmid(0), &vmm.vm));
    MUST(&vmm, gunyah_vm_load_firmware(vmm.vm, "trustedvm"));
    return vmm_close(&vmm);
}

Test(emulated_virtio, mistakes)
{
    emulate_all_signed(NULL, is_not_opened, NULL);
    emulate_all_signed(NULL, makes_mistakes, NULL);
    emulate_all_signed(NULL, goes_with_the_device, NULL);
}

// ---- an input device ---------------------------------------------------------------------------------------------

static void expect_answer(const struct gunyah_linux_virtio *device, enum gunyah_error got, enum gunyah_error wanted,
                          int code)
{
    const struct gunyah_error_info *info = gunyah_linux_virtio_last_error(device);

    EXPECT(got == wanted && info->error == wanted && info->code == code);
    EXPECT(info->domain == GUNYAH_DOMAIN_HYPERVISOR);
}

static void misdescribe_input(struct gunyah_linux_virtio *device, const unsigned char *data)
{
    struct gunyah_linux_virtio_input input = GUNYAH_LINUX_VIRTIO_INPUT_INIT;

    EXPECT(gunyah_linux_virtio_set_input(device, NULL) == GUNYAH_ERR_NULL);
    EXPECT(gunyah_linux_virtio_set_input_data(device, GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, NULL, 1) == GUNYAH_ERR_NULL);
    input.event_types = 33;
    expect_failure(device, gunyah_linux_virtio_set_input(device, &input), GUNYAH_ERR_ARGUMENT_INVALID, 0);
    input.event_types = 0;
    input.axes = 65;
    expect_failure(device, gunyah_linux_virtio_set_input(device, &input), GUNYAH_ERR_ARGUMENT_INVALID, 0);
    input.size--;
    expect_failure(device, gunyah_linux_virtio_set_input(device, &input), GUNYAH_ERR_OPTION, 0);

    static const struct {
        enum gunyah_virtio_input_select select;
        uint32_t subselect;
        size_t size;
        enum gunyah_error error;
    } mistakes[] = {
        {GUNYAH_VIRTIO_INPUT_SELECT_NAME, 1, 1, GUNYAH_ERR_ARGUMENT_INVALID},
        {GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, 0, GUNYAH_ERR_ARGUMENT_SIZE},
        {GUNYAH_VIRTIO_INPUT_SELECT_SERIAL, 0, 129, GUNYAH_ERR_ARGUMENT_SIZE},
        {GUNYAH_VIRTIO_INPUT_SELECT_DEVIDS, 0, 9, GUNYAH_ERR_ARGUMENT_SIZE},
        {GUNYAH_VIRTIO_INPUT_SELECT_PROPBITS, 0, 5, GUNYAH_ERR_ARGUMENT_SIZE},
        {GUNYAH_VIRTIO_INPUT_SELECT_EVBITS, 32, 1, GUNYAH_ERR_ARGUMENT_INVALID},
        {GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO, 64, 20, GUNYAH_ERR_ARGUMENT_INVALID},
        {GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO, 0, 19, GUNYAH_ERR_ARGUMENT_SIZE},
        {(enum gunyah_virtio_input_select)4, 0, 1, GUNYAH_ERR_ARGUMENT_INVALID},
        {(enum gunyah_virtio_input_select)0x101, 0, 1, GUNYAH_ERR_ARGUMENT_INVALID},
    };
    for (size_t i = 0; i < COUNT(mistakes); i++)
        expect_failure(device,
                       gunyah_linux_virtio_set_input_data(device, mistakes[i].select, mistakes[i].subselect, data,
                                                          mistakes[i].size),
                       mistakes[i].error, 0);
}

static void describe_input(struct gunyah_linux_virtio *device, const unsigned char *data)
{
    struct gunyah_linux_virtio_input input = GUNYAH_LINUX_VIRTIO_INPUT_INIT;
    const enum gunyah_virtio_input_select events = GUNYAH_VIRTIO_INPUT_SELECT_EVBITS;

    expect_answer(device, gunyah_linux_virtio_set_input_data(device, events, 1, data, 2), GUNYAH_ERR_ARGUMENT_INVALID,
                  GUNYAH_HVERR_ARGUMENT_INVALID);
    input.bus_type = 3;
    input.vendor = 0x1234;
    input.product = 0x5678;
    input.version = 0x9abc;
    input.properties = 0x11;
    input.event_types = 1;
    input.axes = 1;
    EXPECT(gunyah_linux_virtio_set_input(device, &input) == GUNYAH_OK);
    expect_answer(device, gunyah_linux_virtio_set_input(device, &input), GUNYAH_ERR_BUSY, GUNYAH_HVERR_BUSY);
    EXPECT(gunyah_linux_virtio_set_input_data(device, GUNYAH_VIRTIO_INPUT_SELECT_NAME, 0, "pen", 3) == GUNYAH_OK);
    EXPECT(gunyah_linux_virtio_set_input_data(device, GUNYAH_VIRTIO_INPUT_SELECT_ABSINFO, 63, data, 20) == GUNYAH_OK);
    EXPECT(gunyah_linux_virtio_set_input_data(device, events, 31, data, 128) == GUNYAH_OK);
    expect_answer(device, gunyah_linux_virtio_set_input_data(device, events, 1, data, 2), GUNYAH_ERR_NO_RESOURCES,
                  GUNYAH_HVERR_NORESOURCES);
}

static int plays_input(void *context)
{
    unsigned char data[129];
    struct gunyah_linux_virtio *device;
    struct vmm vmm;

    (void)context;
    make_signed(&vmm, "trustedvm");
    device = open_device(&vmm, 0);
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (unsigned char)i;
    misdescribe_input(device, data);
    describe_input(device, data);
    EXPECT(gunyah_linux_virtio_close(&device) == GUNYAH_OK);
    vmm_start(&vmm);
    run_signed(vmm.vcpu);
    return vmm_close(&vmm);
}

Test(emulated_virtio, input_device)
{
    static const struct gunyah_emu_firmware firmware = {"trustedvm", 1, 1, 1};
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;

    options.firmware = &firmware;
    options.firmware_count = 1;
    emulate_with(&options, "q1-le",
                 "write 0x1100 1 1\nread 0x1102 1 3\nread 0x1108 2 0x6570\nread 0x110a 1 0x6e\n"
                 "write 0x1100 1 3\nread 0x1102 1 8\nread 0x1108 8 0x9abc567812340003\n"
                 "write 0x1100 1 0x10\nread 0x1102 1 4\nread 0x1108 4 0x11\n"
                 "write 0x1101 1 31\nwrite 0x1100 1 0x11\nread 0x1102 1 128\nread 0x1180 8 0x7f7e7d7c7b7a7978\n"
                 "write 0x1101 1 63\nwrite 0x1100 1 0x12\nread 0x1102 1 20\nread 0x1118 4 0x13121110\n"
                 "poweroff\n",
                 plays_input, NULL);
}

// Early drivers have no such call, and a late one takes it for devices of another type.
static int is_no_input(void *context)
{
    struct gunyah_linux_virtio_input input = GUNYAH_LINUX_VIRTIO_INPUT_INIT;
    const enum gunyah_virtio_input_select name = GUNYAH_VIRTIO_INPUT_SELECT_NAME;
    const bool *is_late = context;
    struct gunyah_linux_virtio *device;
    struct vmm vmm;

    make_signed(&vmm, "trustedvm");
    device = open_device(&vmm, 0);
    if (*is_late) {
        expect_answer(device, gunyah_linux_virtio_set_input(device, &input), GUNYAH_ERR_OBJECT_CONFIG,
                      GUNYAH_HVERR_OBJECT_CONFIG);
        expect_answer(device, gunyah_linux_virtio_set_input_data(device, name, 0, "pen", 3),
                      GUNYAH_ERR_WRONG_OBJECT_TYPE, GUNYAH_HVERR_CSPACE_WRONG_OBJECT_TYPE);
    } else {
        expect_failure(device, gunyah_linux_virtio_set_input(device, &input), GUNYAH_ERR_UNSUPPORTED, EINVAL);
        expect_failure(device, gunyah_linux_virtio_set_input_data(device, name, 0, "pen", 3), GUNYAH_ERR_UNSUPPORTED,
                       EINVAL);
    }
    EXPECT(gunyah_linux_virtio_close(&device) == GUNYAH_OK);
    return vmm_close(&vmm);
}

Test(emulated_virtio, no_input_device)
{
    for (size_t i = 0; i < COUNT(signed_flavours); i++) {
        bool is_late = strcmp(signed_flavours[i], "q1-le") == 0;
        emulate(signed_flavours[i], NULL, is_no_input, &is_late);
    }
}
