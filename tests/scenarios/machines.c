// SPDX-License-Identifier: BSD-3-Clause
// The machines that scenarios begin with.
#include "scenario.h"

#include <stdio.h>
#include <string.h>

static const gunyah_virq_t not_full = {40};
static const gunyah_virq_t not_empty = {41};
static const gunyah_virq_t bell_virq = {42};

static void print_line(void *context, const char *line)
{
    (void)context;
    puts(line);
}

void open_sim(struct gunyah_sim **sim)
{
    must(gunyah_sim_create(NULL, sim), "sim_create");
    must(gunyah_sim_set_trace(*sim, print_line, NULL), "sim_set_trace");
}

struct gunyah *open_session(struct gunyah_sim_vm *vm)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah *g = NULL;

    options.backend = gunyah_sim_backend(vm);
    must(gunyah_open(&options, &g), "open");
    return g;
}

// ---- two VMs that are joined -------------------------------------------------------------------------------------

static struct gunyah_sim_vm *add_vm(struct gunyah_sim *sim, const char *name)
{
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm *vm = NULL;

    options.name = name;
    must(gunyah_sim_add_vm(sim, &options, &vm), "sim_add_vm");
    return vm;
}

static void open_side(struct side *side, struct gunyah_msgqueue_options *queue, gunyah_virq_t virq)
{
    struct gunyah_doorbell_options bell = GUNYAH_DOORBELL_OPTIONS_INIT;

    side->g = open_session(side->vm);
    queue->message_size = MESSAGE_SIZE;
    must(gunyah_msgqueue_open(side->g, queue, &side->queue), "msgqueue_open");
    bell.cap = side->bell_cap;
    bell.virq = virq;
    must(gunyah_doorbell_open(side->g, &bell, &side->bell), "doorbell_open");
}

void open_pair(struct pair *pair)
{
    struct gunyah_sim_msgqueue queue = GUNYAH_SIM_MSGQUEUE_INIT;
    struct gunyah_sim_doorbell bell = GUNYAH_SIM_DOORBELL_INIT;
    struct gunyah_msgqueue_options sender = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue_options receiver = GUNYAH_MSGQUEUE_OPTIONS_INIT;

    open_sim(&pair->sim);
    pair->alice.vm = queue.from = bell.from = add_vm(pair->sim, "alice");
    pair->bob.vm = queue.to = bell.to = add_vm(pair->sim, "bob");
    queue.depth = DEPTH;
    queue.message_size = MESSAGE_SIZE;
    queue.send_virq = not_full;
    queue.receive_virq = not_empty;
    bell.virq = bell_virq;
    must(gunyah_sim_connect_msgqueue(pair->sim, &queue), "sim_connect_msgqueue");
    must(gunyah_sim_connect_doorbell(pair->sim, &bell), "sim_connect_doorbell");
    sender.cap = queue.send_cap;
    sender.send_virq = not_full;
    receiver.cap = queue.receive_cap;
    receiver.receive_virq = not_empty;
    pair->alice.bell_cap = bell.send_cap;
    pair->bob.bell_cap = bell.receive_cap;
    open_side(&pair->alice, &sender, gunyah_virq(0));
    open_side(&pair->bob, &receiver, bell_virq);
}

void close_pair(struct pair *pair)
{
    must(gunyah_close(&pair->alice.g), "close");
    must(gunyah_close(&pair->bob.g), "close");
    must(gunyah_sim_destroy(&pair->sim), "sim_destroy");
}

// ---- a VM that makes objects -------------------------------------------------------------------------------------

void open_maker(struct maker *maker)
{
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    struct gunyah_sim_vm *vm = NULL;

    open_sim(&maker->sim);
    options.name = "maker";
    options.privileged = true;
    must(gunyah_sim_add_vm(maker->sim, &options, &vm), "sim_add_vm");
    must(gunyah_sim_get_vm_info(vm, &info), "sim_get_vm_info");
    maker->g = open_session(vm);
    must(gunyah_partition_open(maker->g, info.partition, &maker->partition), "partition_open");
    must(gunyah_cspace_open(maker->g, info.cspace, &maker->cspace), "cspace_open");
    must(gunyah_vic_open(maker->g, info.vic, &maker->vic), "vic_open");
}

void close_maker(struct maker *maker)
{
    must(gunyah_close(&maker->g), "close");
    must(gunyah_sim_destroy(&maker->sim), "sim_destroy");
}

// ---- a Resource Manager, HLOS, and a guest -----------------------------------------------------------------------

static void connect(struct client *client)
{
    struct gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;

    must(gunyah_sim_get_rm_queue(client->vm, &queue), "sim_get_rm_queue");
    client->g = open_session(client->vm);
    options.send_cap = queue.send_cap;
    options.receive_cap = queue.receive_cap;
    options.send_virq = queue.send_virq;
    options.receive_virq = queue.receive_virq;
    options.generation = GUNYAH_RM_GENERATION_2023;
    must(gunyah_rm_open(client->g, &options, &client->rm), "rm_open");
}

static void disconnect(struct client *client)
{
    must(gunyah_rm_close(&client->rm), "rm_close");
    must(gunyah_close(&client->g), "close");
}

void open_host(struct host *host)
{
    struct gunyah_sim_rm_options rm = GUNYAH_SIM_RM_OPTIONS_INIT;
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;

    memset(host, 0, sizeof(*host));
    open_sim(&host->sim);
    rm.generation = GUNYAH_RM_GENERATION_2023;
    must(gunyah_sim_add_rm(host->sim, &rm), "sim_add_rm");
    options.name = "hlos";
    options.vmid = gunyah_vmid(HLOS_VMID);
    must(gunyah_sim_add_vm(host->sim, &options, &host->hlos.vm), "sim_add_vm");
    connect(&host->hlos);
}

void close_host(struct host *host)
{
    disconnect(&host->hlos);
    must(gunyah_sim_destroy(&host->sim), "sim_destroy");
}

// What the device tree of the guest would say.
static void configure(struct gunyah_sim *sim)
{
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;
    struct gunyah_sim_vdevice devices[3] = {{GUNYAH_SIM_VDEVICE_RM_RPC}};

    devices[1].type = GUNYAH_SIM_VDEVICE_DOORBELL_SOURCE;
    devices[1].label = GUEST_BELL;
    devices[2].type = GUNYAH_SIM_VDEVICE_MSGQUEUE_RECEIVER;
    devices[2].label = GUEST_QUEUE;
    config.name = "guest";
    config.base = GUEST_BASE;
    config.vdevices = devices;
    config.vdevice_count = 3;
    must(gunyah_sim_configure_vm(sim, &config), "sim_configure_vm");
}

void make_guest(struct host *host)
{
    const struct gunyah_memparcel_access access = {gunyah_vmid(GUEST_VMID), GUNYAH_PGTABLE_ACCESS_RWX, 0};
    const struct gunyah_memory_region region = {IMAGE, IMAGE_SIZE};
    struct gunyah_memparcel_options lend = GUNYAH_MEMPARCEL_OPTIONS_INIT;
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;

    configure(host->sim);
    must(gunyah_vm_create(gunyah_rm_vmm(host->hlos.rm), gunyah_vmid(0), &host->made), "vm_create");
    lend.access = &access;
    lend.access_count = 1;
    lend.regions = &region;
    lend.region_count = 1;
    lend.vm = host->made;
    must(gunyah_memparcel_create(host->hlos.rm, &lend, &host->image), "memparcel_create");
    image.memparcel = gunyah_memparcel_handle(host->image);
    image.dtb_size = IMAGE_SIZE;
    must(gunyah_vm_configure(host->made, &image), "vm_configure");
    must(gunyah_vm_init(host->made), "vm_init");
}

void enter_guest(struct host *host)
{
    must(gunyah_vm_start(host->made), "vm_start");
    must(gunyah_sim_find_vm(host->sim, gunyah_vmid(GUEST_VMID), &host->guest.vm), "sim_find_vm");
    connect(&host->guest);
}

void leave_guest(struct host *host)
{
    disconnect(&host->guest);
}

void destroy_guest(struct host *host)
{
    must(gunyah_vm_destroy(&host->made, GUNYAH_WAIT_FOREVER, NULL), "vm_destroy");
}
