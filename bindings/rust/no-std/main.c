// SPDX-License-Identifier: BSD-3-Clause
// The machine for lib.rs: a simulator with a Resource Manager, which that does not know of.
#include <gunyah/sim_rm.h>

#include <stdio.h>
#include <stdlib.h>

struct told {
    const struct gunyah_backend *backend;
    uint64_t send_cap;
    uint64_t receive_cap;
    uint32_t receive_virq;
};

// In Rust.
int32_t run(const struct told *told, uint32_t *calls);

static void must(enum gunyah_error error, const char *what)
{
    if (error == GUNYAH_OK)
        return;
    fprintf(stderr, "%s: %s\n", what, gunyah_error_name(error));
    exit(EXIT_FAILURE);
}

int main(void)
{
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm_config config = GUNYAH_SIM_VM_CONFIG_INIT;
    struct gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;
    struct gunyah_sim_vm *vm = NULL;
    struct gunyah_sim *sim = NULL;
    uint32_t calls = 0;

    must(gunyah_sim_create(NULL, &sim), "sim_create");
    must(gunyah_sim_add_rm(sim, NULL), "sim_add_rm");
    must(gunyah_sim_configure_vm(sim, &config), "sim_configure_vm");
    options.vmid = gunyah_vmid(3);
    must(gunyah_sim_add_vm(sim, &options, &vm), "sim_add_vm");
    must(gunyah_sim_get_rm_queue(vm, &queue), "sim_get_rm_queue");
    const struct told told = {gunyah_sim_backend(vm), queue.send_cap.value, queue.receive_cap.value,
                              queue.receive_virq.value};
    must((enum gunyah_error)run(&told, &calls), "run");
    printf("a VM was made and ended, with %u calls\n", (unsigned)calls);
    // A session that is open would not let it.
    must(gunyah_sim_destroy(&sim), "sim_destroy");
    return calls > 20 ? EXIT_SUCCESS : EXIT_FAILURE;
}
