// SPDX-License-Identifier: BSD-3-Clause
// The machine and its VMs: their making and their end.

#include "sim_internal.h"

#include <options.h>
#include <port.h>

#include <stdio.h>
#include <string.h>

#define PARTITION_MEMORY UINT64_C(0x800000000) // physical, of the root partition; nobody keeps what is in it
#define PARTITION_MEMORY_SIZE UINT64_C(0x40000000)
#define DEFAULT_MEMORY ((size_t)16 << 20)
#define DEFAULT_CALL_NS 1000
#define DEFAULT_MAX_CAPS 2048
#define LAST_VMID 254
#define PRIVILEGED_CAPS 3

enum gunyah_error gunyah_internal_sim_fail(struct gunyah_sim *sim, enum gunyah_error error, const char *sentence)
{
    sim->last_error = sentence;
    return error;
}

const char *gunyah_sim_last_error(struct gunyah_sim *sim)
{
    const char *sentence;

    if (sim == NULL)
        return "there is no machine";
    pthread_mutex_lock(&sim->lock);
    sentence = sim->last_error;
    pthread_mutex_unlock(&sim->lock);
    return sentence;
}

// A VM that the model does not know yet.
struct gunyah_sim_vm *gunyah_internal_sim_new_vm(struct gunyah_sim *sim, gunyah_vmid_t vmid, const char *name)
{
    struct gunyah_sim_vm *vm = sim->allocator.allocate(sim->allocator.context, sizeof(*vm));

    if (vm == NULL)
        return NULL;
    *vm = (struct gunyah_sim_vm){.sim = sim, .vmid = vmid};
    if (pthread_cond_init(&vm->wake, NULL) != 0) {
        sim->allocator.release(sim->allocator.context, vm, sizeof(*vm));
        return NULL;
    }
    if (name != NULL)
        snprintf(vm->name, sizeof(vm->name), "%s", name);
    else
        snprintf(vm->name, sizeof(vm->name), "vm%u", (unsigned)vmid.value);
    vm->partition = vm->cspace = vm->vic = gunyah_capid(GUNYAH_CAPID_INVALID);
    vm->backend = (struct gunyah_backend){&gunyah_internal_sim_ops, vm};
    return vm;
}

static void free_vm(struct gunyah_sim_vm *vm)
{
    const struct gunyah_allocator allocator = vm->sim->allocator;

    gunyah_internal_sim_drop_tree(vm);
    gunyah_internal_sim_drop_cache(vm);
    pthread_cond_destroy(&vm->wake);
    allocator.release(allocator.context, vm, sizeof(*vm));
}

void gunyah_internal_sim_free(struct gunyah_sim *sim)
{
    const struct gunyah_allocator allocator = sim->allocator;

    gunyah_internal_sim_drop_rules(sim, 0);
    gunyah_internal_sim_drop_configs(sim);
    gunyah_internal_sim_drop_trees(sim);
    for (uint32_t i = 0; i < SIM_MAX_VMS; i++) {
        if (sim->vms[i] != NULL)
            free_vm(sim->vms[i]);
    }
    if (sim->arena != NULL)
        allocator.release(allocator.context, sim->arena, sim->arena_size);
    pthread_mutex_destroy(&sim->lock);
    allocator.release(allocator.context, sim, sizeof(*sim));
}

struct gunyah_sim *gunyah_internal_sim_new(const struct gunyah_allocator *allocator)
{
    struct gunyah_sim *sim = allocator->allocate(allocator->context, sizeof(*sim));

    if (sim == NULL)
        return NULL;
    *sim = (struct gunyah_sim){
        .earliest = SIM_NEVER,
        .last_error = "nothing has failed yet",
        .allocator = *allocator,
    };
    if (pthread_mutex_init(&sim->lock, NULL) != 0) {
        allocator->release(allocator->context, sim, sizeof(*sim));
        return NULL;
    }
    return sim;
}

static struct gunyah_sim *new_machine(const struct gunyah_sim_options *options,
                                      const struct gunyah_allocator *allocator)
{
    struct gunyah_sim *sim = gunyah_internal_sim_new(allocator);

    if (sim == NULL)
        return NULL;
    sim->call_ns = options->call_ns != 0 ? options->call_ns : DEFAULT_CALL_NS;
    sim->threads = options->threads != 0 ? options->threads : 1;
    sim->rule_seed = options->seed;
    sim->arena_size = options->memory != 0 ? options->memory : DEFAULT_MEMORY;
    return sim;
}

struct gunyah_model_env gunyah_internal_sim_env(struct gunyah_sim *sim)
{
    return (struct gunyah_model_env){
        .context = sim,
        .read = gunyah_internal_sim_read,
        .write = gunyah_internal_sim_write,
        .pending = gunyah_internal_sim_pending,
        .interrupt = gunyah_internal_sim_interrupt,
        .watchdog = gunyah_internal_sim_watchdog,
        .allocate = gunyah_internal_sim_allocate,
    };
}

static int32_t start_model(struct gunyah_sim *sim, const struct gunyah_sim_options *options, struct gunyah_sim_vm *root)
{
    const struct gunyah_model_env env = gunyah_internal_sim_env(sim);
    struct gunyah_model_options model = {
        .seed = options->seed,
        .plain_capids = options->plain_capids,
        .api_info = options->api_info,
        .api_flags = options->api_flags,
        .max_vcpus = options->max_vcpus,
        .memory_base = PARTITION_MEMORY,
        .memory_size = PARTITION_MEMORY_SIZE,
        .as_manual = options->as_manual,
        .max_queue_depth = options->max_queue_depth,
    };

    memcpy(model.uid, options->uid, sizeof(model.uid));
    return gunyah_model_init(sim->arena, sim->arena_size, &model, &env, &sim->model, &root->parts);
}

// Fill a machine that has nothing yet. What is there after a failure goes with the machine.
static enum gunyah_error furnish(struct gunyah_sim *sim, const struct gunyah_sim_options *options)
{
    struct gunyah_sim_vm *root = gunyah_internal_sim_new_vm(sim, gunyah_vmid(GUNYAH_VMID_ROOT), "root");

    if (root == NULL)
        return GUNYAH_ERR_OUT_OF_MEMORY;
    sim->vms[0] = root;
    sim->arena = sim->allocator.allocate(sim->allocator.context, sim->arena_size);
    if (sim->arena == NULL)
        return GUNYAH_ERR_OUT_OF_MEMORY;
    if (start_model(sim, options, root) != GUNYAH_HVERR_OK)
        return GUNYAH_ERR_NO_MEMORY;
    root->partition = root->parts.partition;
    root->cspace = root->parts.cspace;
    root->vic = root->parts.vic;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_sim_create(const struct gunyah_sim_options *options, struct gunyah_sim **sim)
{
    static const struct gunyah_sim_options defaults = GUNYAH_SIM_OPTIONS_INIT;
    struct gunyah_allocator allocator;
    struct gunyah_sim *machine;
    enum gunyah_error error;

    if (sim == NULL)
        return GUNYAH_ERR_NULL;
    *sim = NULL;
    if (options == NULL)
        options = &defaults;
    if (!options_known(options, options->size, sizeof(*options)) || options->max_vcpus > GUNYAH_MODEL_MAX_VCPUS)
        return GUNYAH_ERR_OPTION;
    allocator = options->allocator != NULL ? *options->allocator : gunyah_internal_default_allocator();
    if (allocator.allocate == NULL || allocator.release == NULL)
        return GUNYAH_ERR_NULL;

    machine = new_machine(options, &allocator);
    if (machine == NULL)
        return GUNYAH_ERR_OUT_OF_MEMORY;
    error = furnish(machine, options);
    if (error != GUNYAH_OK) {
        gunyah_internal_sim_free(machine);
        return error;
    }
    *sim = machine;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_sim_destroy(struct gunyah_sim **sim)
{
    struct gunyah_sim *machine;
    bool in_use;

    if (sim == NULL)
        return GUNYAH_ERR_NULL;
    machine = __atomic_exchange_n(sim, NULL, __ATOMIC_ACQ_REL);
    if (machine == NULL)
        return GUNYAH_ERR_HANDLE;

    pthread_mutex_lock(&machine->lock);
    in_use = machine->sessions > 0;
    if (in_use)
        gunyah_internal_sim_fail(machine, GUNYAH_ERR_IN_USE, "a session is open: close it first");
    pthread_mutex_unlock(&machine->lock);
    if (in_use) {
        __atomic_store_n(sim, machine, __ATOMIC_RELEASE);
        return GUNYAH_ERR_IN_USE;
    }
    gunyah_internal_sim_free(machine);
    return GUNYAH_OK;
}

// Returns 0 when all are taken.
static uint16_t free_vmid(const struct gunyah_sim *sim)
{
    for (uint16_t vmid = 1; vmid <= LAST_VMID; vmid++) {
        if (sim->vms[vmid] == NULL)
            return vmid;
    }
    return 0;
}

// A name must fit, and must not break the line of a trace.
bool gunyah_internal_sim_is_name(const char *name)
{
    size_t length = 0;

    while (length < SIM_NAME_SIZE && name[length] > ' ' && name[length] <= '~')
        length++;
    return length > 0 && length < SIM_NAME_SIZE && name[length] == '\0';
}

static enum gunyah_error check_vm(struct gunyah_sim *sim, const struct gunyah_sim_vm_options *options)
{
    if (!options_known(options, options->size, sizeof(*options)))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OPTION,
                                        "options.size is wrong: start from GUNYAH_SIM_VM_OPTIONS_INIT");
    if (options->name != NULL && !gunyah_internal_sim_is_name(options->name))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID,
                                        "the name must have 1 to 15 visible ASCII characters");
    if (options->vmid.value > LAST_VMID)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "the VMID must be 1 to 254, or 0");
    if (options->max_caps > GUNYAH_CSPACE_MAX_CAPS)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID, "max_caps is above 14384");
    if (options->privileged && options->max_caps != 0 && options->max_caps < PRIVILEGED_CAPS)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID,
                                        "max_caps is too small for what a privileged VM gets: 3");
    if (options->hwirq_count != 0 &&
        (options->hwirq_first.value < GUNYAH_VIRQ_SPI_FIRST || options->hwirq_first.value > GUNYAH_VIRQ_SPI_LAST ||
         options->hwirq_count > GUNYAH_VIRQ_SPI_LAST - options->hwirq_first.value + 1))
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_ARGUMENT_INVALID,
                                        "the hardware's interrupts must be shared ones: 32 to 1019");
    return GUNYAH_OK;
}

static int32_t give_privileges(struct gunyah_sim_vm *vm)
{
    int32_t hverr =
        gunyah_internal_sim_grant(vm, vm->sim->vms[0]->parts.partition, GUNYAH_RIGHTS_PARTITION_ALL, &vm->partition);

    if (hverr == GUNYAH_HVERR_OK)
        hverr = gunyah_internal_sim_grant(vm, vm->parts.cspace, GUNYAH_RIGHTS_CSPACE_ALL, &vm->cspace);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = gunyah_internal_sim_grant(vm, vm->parts.vic, GUNYAH_RIGHTS_VIC_ALL, &vm->vic);
    return hverr;
}

static enum gunyah_error add_vm(struct gunyah_sim *sim, const struct gunyah_sim_vm_options *options,
                                struct gunyah_sim_vm **result)
{
    enum gunyah_error error = check_vm(sim, options);
    uint16_t vmid;
    struct gunyah_model_vm_options model;
    struct gunyah_sim_vm *vm;
    int32_t hverr;

    if (error != GUNYAH_OK)
        return error;
    vmid = options->vmid.value != 0 ? options->vmid.value : free_vmid(sim);
    if (vmid == 0 || sim->vms[vmid] != NULL)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_BUSY, "the VMID is taken");
    vm = gunyah_internal_sim_new_vm(sim, gunyah_vmid(vmid), options->name);
    if (vm == NULL)
        return gunyah_internal_sim_fail(sim, GUNYAH_ERR_OUT_OF_MEMORY, "the allocator has no memory for a VM");

    model = (struct gunyah_model_vm_options){
        .vmid = vmid,
        .vcpus = 1,
        .max_caps = options->max_caps != 0 ? options->max_caps : DEFAULT_MAX_CAPS,
        .max_virqs = GUNYAH_VIC_MAX_VIRQS,
        .hwirq_first = options->hwirq_first.value,
        .hwirq_count = options->hwirq_count,
    };
    hverr = gunyah_model_add_vm(sim->model, &model, &vm->parts);
    if (hverr != GUNYAH_HVERR_OK) {
        free_vm(vm);
        return gunyah_internal_sim_refuse(sim, hverr);
    }
    // From here on the hypervisor has the VM, and keeps it: what fails now leaves a VM that nobody can reach.
    sim->vms[vmid] = vm;
    hverr = options->privileged ? give_privileges(vm) : GUNYAH_HVERR_OK;
    if (hverr != GUNYAH_HVERR_OK)
        return gunyah_internal_sim_refuse(sim, hverr);
    *result = vm;
    return GUNYAH_OK;
}

enum gunyah_error gunyah_sim_add_vm(struct gunyah_sim *sim, const struct gunyah_sim_vm_options *options,
                                    struct gunyah_sim_vm **vm)
{
    static const struct gunyah_sim_vm_options defaults = GUNYAH_SIM_VM_OPTIONS_INIT;
    enum gunyah_error error;

    if (vm == NULL)
        return GUNYAH_ERR_NULL;
    *vm = NULL;
    if (sim == NULL)
        return GUNYAH_ERR_NULL;
    pthread_mutex_lock(&sim->lock);
    error = add_vm(sim, options != NULL ? options : &defaults, vm);
    pthread_mutex_unlock(&sim->lock);
    return error;
}

struct gunyah_sim_vm *gunyah_sim_root(struct gunyah_sim *sim)
{
    return sim != NULL ? sim->vms[0] : NULL;
}

enum gunyah_error gunyah_sim_get_vm_info(struct gunyah_sim_vm *vm, struct gunyah_sim_vm_info *info)
{
    if (vm == NULL || info == NULL)
        return GUNYAH_ERR_NULL;
    if (info->size < sizeof(*info)) {
        pthread_mutex_lock(&vm->sim->lock);
        gunyah_internal_sim_fail(vm->sim, GUNYAH_ERR_OPTION,
                                 "info.size is too small: start from GUNYAH_SIM_VM_INFO_INIT");
        pthread_mutex_unlock(&vm->sim->lock);
        return GUNYAH_ERR_OPTION;
    }
    // None of these changes after the VM was added.
    info->name = vm->name;
    info->vmid = vm->vmid;
    info->partition = vm->partition;
    info->cspace = vm->cspace;
    info->vic = vm->vic;
    return GUNYAH_OK;
}

const struct gunyah_backend *gunyah_sim_backend(struct gunyah_sim_vm *vm)
{
    return vm != NULL ? &vm->backend : NULL;
}
