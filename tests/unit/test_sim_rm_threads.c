// SPDX-License-Identifier: BSD-3-Clause
// HLOS and the VM that it has made, each in a thread of its own.

#include "sim_rm.h"

#include <pthread.h>

static const struct gunyah_sim_vdevice channel = {.type = GUNYAH_SIM_VDEVICE_RM_RPC};

// The guest asks for its VMID, waits for the answer, and then for something that never comes.
static const char *live(struct rm_end *guest)
{
    static const unsigned char request[8] = {0x21, 1, 1, 0, 0x24, 0, 0, 0x56};
    unsigned char packet[240];
    enum gunyah_error end;

    vm_send(guest->vm, guest->queue.send_cap, request, sizeof(request));
    if (vm_wait_one(guest->vm, guest->queue.receive_virq.value, UINT64_MAX) != GUNYAH_OK ||
        rm_packet(guest, packet) != 16 || packet[12] != 0x80)
        return "no answer";
    end = vm_wait_one(guest->vm, 40, UINT64_MAX);
    return end == GUNYAH_ERR_OBJECT_STATE ? NULL : "the wait did not end with the VM";
}

struct driver {
    struct gunyah_sim *sim;
    struct rm_end guest;
    const char *complaint;
};

static void *drive(void *argument)
{
    struct driver *driver = argument;

    driver->complaint = live(&driver->guest);
    gunyah_sim_thread_done(driver->sim);
    return NULL;
}

Test(sim_rm_threads, a_vm_ends_while_it_waits)
{
    static const unsigned char stop[16] = {0x21, 1, 0x70, 0, 5, 0, 0, 0x56, 0x80, 0, 1, 0, 3};
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;
    struct rm_end hlos;
    struct driver driver;
    struct gunyah_sim *sim;
    const struct gunyah_backend *backend;
    unsigned char packet[240];
    pthread_t thread;

    options.threads = 2;
    cr_assert(eq(int, gunyah_sim_create(&options, &sim), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_add_rm(sim, NULL), GUNYAH_OK));
    rm_attach(&hlos, new_vm(sim, RM_HLOS));
    driver.sim = sim;
    config.vdevices = &channel;
    config.vdevice_count = 1;
    rm_start_guest(sim, &hlos, &driver.guest, &config);
    backend = gunyah_sim_backend(driver.guest.vm);
    cr_assert(eq(int, backend->ops->open(backend->context), GUNYAH_OK));
    cr_assert(eq(int, pthread_create(&thread, NULL, drive, &driver), 0));
    // Whatever the guest does meanwhile, time passes when both wait.
    while (vm_wait_one(hlos.vm, hlos.queue.receive_virq.value, 2000000) == GUNYAH_OK)
        rm_packet(&hlos, packet);
    cr_assert(eq(u64, vm_send(hlos.vm, hlos.queue.send_cap, stop, sizeof(stop)), GUNYAH_HVERR_OK));
    while (vm_wait_one(hlos.vm, hlos.queue.receive_virq.value, 2000000) == GUNYAH_OK)
        rm_packet(&hlos, packet);
    pthread_join(thread, NULL);
    cr_assert(eq(ptr, (void *)driver.complaint, NULL), "%s", driver.complaint);
    backend->ops->close(backend->context);
    gunyah_sim_destroy(&sim);
}
