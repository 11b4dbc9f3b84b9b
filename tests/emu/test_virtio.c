// SPDX-License-Identifier: BSD-3-Clause
// A virtio device that the VMM plays, and a VM that has a driver for it: registers, events, eventfds and memory.
#include "emulate.h"
#include "signed.h"

#include <poll.h>
#include <pthread.h>

static void emulate_all(const char *script, int (*program)(void *), void *context)
{
    for (size_t i = 0; i < SIGNED_FLAVOURS; i++)
        emulate(signed_flavours[i], script, program, context);
}

// ---- a VMM -------------------------------------------------------------------------------------------------------

static void *run_in_thread(void *context)
{
    const int *vcpu = context;

    return (void *)(intptr_t)ioctl(*vcpu, Q_RUN);
}

struct vmm {
    int vm;
    int vcpu;
    pthread_t thread;
};

static void begin(struct vmm *vmm)
{
    vmm->vm = load("trustedvm");
    vmm->vcpu = add_signed_vcpu(vmm->vm, 0);
}

static void go(struct vmm *vmm)
{
    EXPECT(pthread_create(&vmm->thread, NULL, run_in_thread, &vmm->vcpu) == 0);
}

static void expect_event(const struct vmm *vmm, uint32_t event, uint32_t data)
{
    struct virtio_event got = {1, 0, 0, 0};

    EXPECT(call(vmm->vm, Q_WAIT_FOR_EVENT, &got) == 0);
    if (got.event != event || got.event_data != data)
        fprintf(stderr, "event 0x%x with 0x%x\n", got.event, got.event_data);
    EXPECT(got.event == event && got.event_data == data);
}

static int finish_vmm(struct vmm *vmm)
{
    void *reason;

    EXPECT(pthread_join(vmm->thread, &reason) == 0 && (intptr_t)reason >= 0);
    return 0;
}

static void ring(int fd)
{
    const uint64_t one = 1;

    EXPECT(write(fd, &one, sizeof(one)) == sizeof(one));
}

static void expect_ring(int fd)
{
    uint64_t count = 0;

    EXPECT(read(fd, &count, sizeof(count)) == sizeof(count) && count == 1);
}

static int add_kick(const struct vmm *vmm, uint32_t queue)
{
    struct virtio_eventfd wanted = {1, 1, queue, eventfd(0, 0)};

    EXPECT(call(vmm->vm, Q_IOEVENTFD, &wanted) == 0);
    return wanted.fd;
}

static int add_irqfd(const struct vmm *vmm)
{
    struct virtio_irqfd wanted = {1, 1, eventfd(0, 0), 0};

    EXPECT(call(vmm->vm, Q_IRQFD, &wanted) == 0);
    return wanted.fd;
}

// ---- all of it ---------------------------------------------------------------------------------------------------

static void offer(const struct vmm *vmm, uint32_t *config)
{
    struct virtio_config_data data = {1, 4096, (uintptr_t)config};
    struct virtio_dev_features low = {1, 0, 0, 0x11};
    struct virtio_dev_features high = {1, 0, 1, 0x22};
    struct virtio_queue_max max = {1, 0, 2, 64};

    EXPECT(call(vmm->vm, Q_SET_FEATURES, &low) == 0 && call(vmm->vm, Q_SET_FEATURES, &high) == 0);
    EXPECT(call(vmm->vm, Q_SET_QUEUE_MAX, &max) == 0);
    config[0] = 0x74726976; // "virt", version 2, a console.
    config[1] = 2;
    config[2] = 3;
    config[0x40] = 0xabcd;
    EXPECT(call(vmm->vm, Q_SET_CONFIG, &data) == 0);
}

static void look(const struct vmm *vmm, const uint32_t *config)
{
    struct virtio_config_data data = {1, 4096, (uintptr_t)config};
    struct virtio_dev_features low = {1, 0, 0, 0};
    struct virtio_dev_features high = {1, 0, 1, 0};
    struct virtio_queue_info queue = {.label = 1, .queue_sel = 2};
    struct virtio_queue_info other = {.label = 1, .queue_sel = 0, .queue_num = 7};

    EXPECT(call(vmm->vm, Q_GET_FEATURES, &low) == 0 && low.features == 0x10);
    EXPECT(call(vmm->vm, Q_GET_FEATURES, &high) == 0 && high.features == 0x20);
    EXPECT(call(vmm->vm, Q_QUEUE_INFO, &queue) == 0);
    EXPECT(queue.queue_num == 32 && queue.queue_ready == 1 && queue.queue_desc == 0x190000000);
    EXPECT(queue.queue_driver == 0x90001000 && queue.queue_device == 0x90002000);
    EXPECT(call(vmm->vm, Q_QUEUE_INFO, &other) == 0 && other.queue_num == 0 && other.queue_ready == 0);
    EXPECT(call(vmm->vm, Q_GET_CONFIG, &data) == 0 && config[0x40] == 0xabcd && config[0x41] == 0x99);
}

static int plays_device(void *context)
{
    static uint32_t config[1024];
    volatile unsigned char *shared;
    struct vmm vmm;
    uint64_t size;
    int kick;
    int irq;

    (void)context;
    begin(&vmm);
    EXPECT(call(vmm.vm, Q_SHARED_SIZE, &size) == 0);
    shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vmm.vm, 0);
    EXPECT(shared != MAP_FAILED);
    offer(&vmm, config);
    kick = add_kick(&vmm, 2);
    irq = add_irqfd(&vmm);
    go(&vmm);
    expect_event(&vmm, DRIVER_OK, 0);
    look(&vmm, config);
    EXPECT(call(vmm.vm, Q_ACK_DRIVER_OK, (void *)1) == 0);
    ring(irq); // For the VM, to begin.
    expect_ring(kick);
    EXPECT(shared[0x3000] == 'h' && shared[0x3001] == 'i');
    shared[0x3002] = '!';
    ring(irq);
    expect_event(&vmm, INTERRUPT_ACK, 1);
    return finish_vmm(&vmm);
}

Test(virtio, device)
{
    emulate_all("read 0x1000 4 0x74726976\n"
                "read 0x1008 4 3\n"
                "write 0x1014 4 0\nread 0x1010 4 0x11\n"
                "write 0x1014 4 1\nread 0x1010 4 0x22\n"
                "write 0x1014 4 2\nread 0x1010 4 0\n"
                "write 0x1024 4 0\nwrite 0x1020 4 0x10\n"
                "write 0x1024 4 1\nwrite 0x1020 4 0x20\n"
                "write 0x1030 4 0\nread 0x1034 4 0\n"
                "write 0x1030 4 2\nread 0x1034 4 64\n"
                "write 0x1038 4 32\n"
                "write 0x1080 4 0x90000000\nwrite 0x1084 4 1\n"
                "write 0x1090 4 0x90001000\nwrite 0x10a0 4 0x90002000\n"
                "write 0x1044 4 1\nread 0x1044 4 1\n"
                "read 0x1101 1 0xab\nwrite 0x1104 2 0x99\n"
                "write 0x1070 4 0xf\nread 0x1070 4 0xf\n"
                "wait 1\nread 0x1060 4 1\nwrite 0x1064 4 1\nread 0x1060 4 0\n"
                "write 0x90003000 2 0x6968\nwrite 0x1050 4 2\n"
                "wait 1\nread 0x90003002 1 0x21\nread 0x1060 4 1\nwrite 0x1064 4 1\n"
                "poweroff\n",
                plays_device, NULL);
}

// ---- events ------------------------------------------------------------------------------------------------------

// A queue that is rung before the VMM has said that it knows the driver is rung about later. After a reset, some drivers have
// forgotten the eventfds.
static int hears_later(void *context)
{
    static uint32_t config[1024];
    struct virtio_ack_reset reset = {1, 0};
    struct virtio_config_data data = {1, 4096, (uintptr_t)config};
    struct virtio_eventfd again = {1, 1, 0, eventfd(0, 0)};
    const int *forgets = context;
    struct vmm vmm;
    int first;
    int second;
    int irq;

    begin(&vmm);
    first = add_kick(&vmm, 0);
    second = add_kick(&vmm, 1);
    irq = add_irqfd(&vmm);
    go(&vmm);
    expect_event(&vmm, DRIVER_OK, 0);
    EXPECT(call(vmm.vm, Q_ACK_DRIVER_OK, (void *)1) == 0);
    ring(irq);
    expect_ring(second);
    expect_ring(first);
    expect_event(&vmm, RESET_RQST, 0);
    EXPECT(call(vmm.vm, Q_GET_CONFIG, &data) == 0 && config[0x60 / 4] == 1 && config[0x70 / 4] == 4);
    EXPECT(call(vmm.vm, Q_ACK_RESET, &reset) == 0);
    EXPECT(call(vmm.vm, Q_GET_CONFIG, &data) == 0 && config[0x60 / 4] == 0 && config[0x70 / 4] == 0);
    EXPECT(call(vmm.vm, Q_IOEVENTFD, &again) == (*forgets ? 0 : EBUSY));
    ring(irq);
    return finish_vmm(&vmm);
}

Test(virtio, events)
{
    for (size_t i = 0; i < SIGNED_FLAVOURS; i++) {
        int forgets = strcmp(signed_flavours[i], "q1-le") == 0;
        emulate(signed_flavours[i],
                "write 0x1070 4 4\nwrite 0x1050 4 1\nwait 1\n"
                "write 0x1050 4 0\n"
                "write 0x1070 4 0\nread 0x1070 4 4\nwait 1\nread 0x1070 4 0\nread 0x1060 4 1\n"
                "poweroff\n",
                hears_later, &forgets);
    }
}

// What is there already is told one after the other, the most urgent first; and buffers by their eventfd.
static int hears_all(void *context)
{
    const int *forgets = context;
    struct vmm vmm;
    int kick;

    begin(&vmm);
    kick = add_kick(&vmm, 1);
    EXPECT(ioctl(vmm.vcpu, Q_RUN) >= 0);
    expect_event(&vmm, RESET_RQST, 0);
    expect_event(&vmm, DRIVER_OK, 0);
    EXPECT(call(vmm.vm, Q_ACK_DRIVER_OK, (void *)1) == 0);
    if (*forgets)
        kick = add_kick(&vmm, 1);
    expect_event(&vmm, INTERRUPT_ACK, 3);
    expect_ring(kick);
    return 0;
}

Test(virtio, order_of_events)
{
    for (size_t i = 0; i < SIGNED_FLAVOURS; i++) {
        int forgets = strcmp(signed_flavours[i], "q1-le") == 0;
        emulate(signed_flavours[i],
                "write 0x1064 4 3\nwrite 0x1050 4 1\nwrite 0x1070 4 4\nwrite 0x1070 4 0\npoweroff\n", hears_all,
                &forgets);
    }
}

// What comes with new buffers comes as one; the failure of a driver alone is nothing that is told.
static int hears_several(void *context)
{
    struct vmm vmm;

    (void)context;
    begin(&vmm);
    go(&vmm);
    expect_event(&vmm, DRIVER_FAILED, 8);
    return finish_vmm(&vmm);
}

Test(virtio, events_together)
{
    emulate_all("write 0x1070 4 0x80\nwrite 0x1050 4 3\npoweroff\n", hears_several, NULL);
}

static int is_interrupted(void *context)
{
    struct virtio_event event = {1, 0, 0, 0};
    struct vmm vmm;

    (void)context;
    begin(&vmm);
    interrupt_every(2000);
    EXPECT(call(vmm.vm, Q_WAIT_FOR_EVENT, &event) == EINTR);
    return 0;
}

Test(virtio, waiting_is_interrupted)
{
    emulate_all(NULL, is_interrupted, NULL);
}

static void *wait_for_event(void *context)
{
    struct virtio_event event = {1, 0, 0, 0};
    const int *vm = context;

    return (void *)(intptr_t)(call(*vm, Q_WAIT_FOR_EVENT, &event) == 0 ? (int)event.event : -errno);
}

// Some of the waits have begun by then.
static int closes_meanwhile(void *context)
{
    (void)context;
    for (int i = 0; i < 20; i++) {
        int vm = load("trustedvm");
        pthread_t thread;
        void *event;
        EXPECT(pthread_create(&thread, NULL, wait_for_event, &vm) == 0);
        close(vm);
        EXPECT(pthread_join(thread, &event) == 0 && (intptr_t)event == -EBADF);
    }
    return 0;
}

Test(virtio, closed_while_waiting)
{
    emulate("q1", NULL, closes_meanwhile, NULL);
}

// The end of a VM that the hypervisor runs is an event, where RUN tells it.
static int hears_of_the_end(void *context)
{
    pthread_t thread;
    struct vmm vmm;
    void *event;

    (void)context;
    begin(&vmm);
    EXPECT(pthread_create(&thread, NULL, wait_for_event, &vmm.vm) == 0);
    EXPECT(ioctl(vmm.vcpu, Q_RUN) == 1);
    EXPECT(pthread_join(thread, &event) == 0 && (intptr_t)event == APP_EXIT);
    return 0;
}

Test(virtio, end)
{
    static const struct gunyah_emu_firmware firmware = {"trustedvm", 0, 1, 0};
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;

    options.flavour = "q1-le";
    options.firmware = &firmware;
    options.firmware_count = 1;
    emulate_with(&options, hears_of_the_end, NULL);
}

// ---- input devices -----------------------------------------------------------------------------------------------

// Answers of the hypervisor, which are no errno.
enum { ARGUMENT_INVALID = 1, ARGUMENT_SIZE = 2, NORESOURCES = 11, BUSY = 31 };
enum { NAME = 1, IDS = 3, PROPERTIES = 0x10, EVENTS = 0x11, AXIS = 0x12 };

static int set_input(int vm, uint64_t ids, uint8_t event_types, uint8_t axes)
{
    struct virtio_input_device_config wanted = {2, ids, 0x5, event_types, axes, 0};

    return answer_of(vm, Q_SET_INPUT, &wanted);
}

static int set_data(int vm, uint8_t sel, uint8_t subsel, uint8_t size)
{
    struct virtio_input_device_data wanted = {.label = 2, .sel = sel, .subsel = subsel, .size = size};

    memset(wanted.payload, 'a' + subsel, sizeof(wanted.payload));
    return answer_of(vm, Q_SET_INPUT_DATA, &wanted);
}

static int plays_input(void *context)
{
    struct vmm vmm;

    (void)context;
    begin(&vmm);
    EXPECT(set_data(vmm.vm, EVENTS, 1, 8) == ARGUMENT_INVALID); // Nobody has made room.
    EXPECT(set_input(vmm.vm, 1, 33, 0) == ARGUMENT_INVALID && set_input(vmm.vm, 2, 0, 65) == ARGUMENT_INVALID);
    EXPECT(set_input(vmm.vm, 3, 0, 0) == 0 && set_input(vmm.vm, 4, 2, 1) == 0);
    EXPECT(set_input(vmm.vm, 0x4000300020001, 2, 1) == BUSY); // The ids are those of this one.
    EXPECT(set_data(vmm.vm, NAME, 1, 8) == ARGUMENT_INVALID && set_data(vmm.vm, 4, 0, 8) == ARGUMENT_INVALID);
    EXPECT(set_data(vmm.vm, NAME, 0, 129) == ARGUMENT_SIZE && set_data(vmm.vm, NAME, 0, 0) == ARGUMENT_SIZE);
    EXPECT(set_data(vmm.vm, NAME, 0, 128) == 0);
    EXPECT(set_data(vmm.vm, EVENTS, 32, 8) == ARGUMENT_INVALID && set_data(vmm.vm, EVENTS, 3, 8) == 0);
    EXPECT(set_data(vmm.vm, EVENTS, 1, 2) == 0 && set_data(vmm.vm, EVENTS, 0, 2) == NORESOURCES);
    EXPECT(set_data(vmm.vm, AXIS, 64, 20) == ARGUMENT_INVALID && set_data(vmm.vm, AXIS, 1, 21) == ARGUMENT_SIZE);
    EXPECT(set_data(vmm.vm, AXIS, 63, 4) == 0 && set_data(vmm.vm, AXIS, 1, 20) == NORESOURCES);
    EXPECT(ioctl(vmm.vcpu, Q_RUN) >= 0);
    return 0;
}

// The driver selects by bytes, and reads how much there is and what. Of an axis, that is always five words.
Test(virtio, input_device)
{
    static const struct gunyah_emu_firmware firmware = {"trustedvm", 1, 2, 1};
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;

    options.flavour = "q1-le";
    options.firmware = &firmware;
    options.firmware_count = 1;
    options.script = "write 0x1100 1 1\nread 0x1102 1 0\n" // The first device is of another type.
                     "write 0x2100 1 1\nread 0x2102 1 128\nread 0x2108 1 0x61\nread 0x2187 1 0x61\n"
                     "write 0x2101 1 1\nread 0x2100 2 0x101\nread 0x2102 1 0\n"
                     "write 0x2100 1 0x11\nread 0x2102 1 2\nread 0x2108 2 0x6262\n"
                     "write 0x2101 1 3\nread 0x2102 1 8\nread 0x2108 8 0x6464646464646464\n"
                     "write 0x2101 1 0\nread 0x2102 1 0\n"
                     "write 0x2100 1 3\nread 0x2102 1 8\nread 0x2108 8 0x4000300020001\n"
                     "write 0x2100 1 0x10\nread 0x2102 1 4\nread 0x2108 4 5\n"
                     "write 0x2100 1 0x12\nread 0x2102 1 0\nwrite 0x2101 1 63\nread 0x2102 1 20\n"
                     "abort-write 0x2100 2 1\nabort-write 0x2108 1 1\npoweroff\n";
    emulate_with(&options, plays_input, NULL);
}

// ---- what is not there -------------------------------------------------------------------------------------------

static int runs(void *context)
{
    struct vmm vmm;

    (void)context;
    begin(&vmm);
    EXPECT(ioctl(vmm.vcpu, Q_RUN) >= 0);
    return 0;
}

// Other devices, registers that are no words, and memory that is not the VM's.
Test(virtio, aborts)
{
    emulate_all("abort-read 0x2000 4\nabort-read 0x0 4\nabort-write 0x1001 4 1\nabort-read 0x1070 1\n"
                "abort-write 0x1070 8 1\nabort-read 0x90100000 4\nabort-write 0xa0000000 4 1\npoweroff\n",
                runs, NULL);
}

static void expect_refused(const struct gunyah_emu_firmware *firmware, size_t count)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;

    options.flavour = "q1";
    options.firmware = firmware;
    options.firmware_count = count;
    cr_expect_eq(gunyah_emu_call(&options, runs, NULL, &result), GUNYAH_ERR_OPTION);
    cr_expect(result.problem[0] != 0);
}

Test(virtio, firmware_that_cannot_be)
{
    static const struct gunyah_emu_firmware many[17] = {{"a", 1, 0, 0}};
    static const struct gunyah_emu_firmware twice[] = {{"a", 1, 0, 0}, {"a", 2, 0, 0}};

    expect_refused(&(struct gunyah_emu_firmware){NULL, 1, 0, 0}, 1);
    expect_refused(&(struct gunyah_emu_firmware){"", 1, 0, 0}, 1);
    expect_refused(&(struct gunyah_emu_firmware){"sixteen-letters-", 1, 0, 0}, 1);
    expect_refused(&(struct gunyah_emu_firmware){"a", 9, 0, 0}, 1);
    expect_refused(&(struct gunyah_emu_firmware){"a", 1, 17, 0}, 1);
    expect_refused(&(struct gunyah_emu_firmware){"a", 1, 1, 2}, 1);
    expect_refused(twice, 2);
    expect_refused(many, 17);
}

// As large as it may be, and as small.
static int loads(void *context)
{
    const char *const *name = context;
    const int vm = load(*name);

    EXPECT(ioctl(vm, Q_VCPU_COUNT) == ((*name)[0] == 'a' ? 1 : 8));
    return 0;
}

Test(virtio, firmware_of_all_sizes)
{
    static const struct gunyah_emu_firmware sizes[] = {{"a", 0, 0, 0}, {"fifteen-letters", 8, 16, 0}};

    for (size_t i = 0; i < 2; i++) {
        struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
        const char *name = sizes[i].name;
        options.flavour = "q1";
        options.firmware = sizes;
        options.firmware_count = 2;
        emulate_with(&options, loads, &name);
    }
}
