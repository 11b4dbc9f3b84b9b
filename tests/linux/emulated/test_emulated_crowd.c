// SPDX-License-Identifier: BSD-3-Clause
// Many vCPUs, each in a thread of its own: no exit is lost, or comes to another one.
#include "emulated.h"

#include <libfdt.h>
#include <pthread.h>

// As many as a device gives to a VM, in several VMs of one process; and as many as there can be in any.
#define MAX_VCPUS 64
#define MAX_VMS 3

struct shape {
    unsigned vms;
    unsigned vcpus;
    unsigned writes; // of each vCPU
};

static struct shape shape; // of the test; the child has it from the start

struct runner {
    struct gunyah_vcpu *vcpu;
    uint64_t index;
    unsigned writes;
};

static void *run_to_the_end(void *context)
{
    struct runner *runner = context;
    struct gunyah_vcpu_exit exit;

    do {
        EXPECT(gunyah_vcpu_run(runner->vcpu, &exit) == GUNYAH_OK);
        if (exit.kind != GUNYAH_VCPU_EXIT_MMIO)
            continue;
        EXPECT(exit.address == 0x1000 * runner->index);
        EXPECT(gunyah_vcpu_exit_value(&exit) == runner->writes++);
    } while (exit.kind != GUNYAH_VCPU_EXIT_VM_ENDED);
    return NULL;
}

// One of the VMs: its vCPUs, and the threads that they have.
struct crowd {
    struct gunyah_vm *vm;
    struct runner runners[MAX_VCPUS];
    pthread_t threads[MAX_VCPUS];
};

// The tree has two vCPUs.
static void add_vcpus(const struct vmm *vmm)
{
    void *tree = vmm->ram + TREE;

    EXPECT(fdt_open_into(tree, tree, (int)TREE_SIZE) == 0);
    for (uint32_t i = 2; i < shape.vcpus; i++) {
        char name[16];
        snprintf(name, sizeof(name), "cpu@%u", i);
        const int node = fdt_add_subnode(tree, fdt_path_offset(tree, "/cpus"), name);
        EXPECT(node >= 0);
        EXPECT(fdt_setprop_string(tree, node, "device_type", "cpu") == 0);
        EXPECT(fdt_setprop_string(tree, node, "compatible", "arm,armv8") == 0);
        EXPECT(fdt_setprop_u32(tree, node, "reg", i) == 0);
        EXPECT(fdt_setprop_string(tree, node, "enable-method", "psci") == 0);
    }
    EXPECT(fdt_pack(tree) == 0);
}

static void crowd_make(const struct vmm *vmm, struct crowd *crowd)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;
    struct vmm one = *vmm;

    MUST(vmm, gunyah_vm_create(gunyah_linux_vmm(vmm->node, vmm->g), gunyah_vmid(0), &one.vm));
    memory.address = RAM;
    memory.length = RAM_SIZE;
    MUST(vmm, gunyah_vm_add_memory(one.vm, &memory, &one.image));
    one.ram = memory.memory;
    vmm_write_tree(&one);
    add_vcpus(&one);
    vmm_use_tree(&one);
    MUST(vmm, gunyah_vm_init(one.vm));
    MUST(vmm, gunyah_vm_start(one.vm));
    crowd->vm = one.vm;
    for (uint32_t i = 0; i < shape.vcpus; i++) {
        struct gunyah_vcpu_options options = GUNYAH_VCPU_OPTIONS_INIT;
        options.index = i;
        crowd->runners[i].index = i;
        MUST(vmm, gunyah_vcpu_open(one.vm, &options, &crowd->runners[i].vcpu));
    }
}

static void crowd_end(const struct vmm *vmm, struct crowd *crowd)
{
    struct gunyah_vm_exit why;

    MUST(vmm, gunyah_vm_exit_info(crowd->vm, GUNYAH_WAIT_FOREVER, &why));
    EXPECT(why.type == GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF);
    for (unsigned i = 0; i < shape.vcpus; i++) {
        EXPECT(pthread_join(crowd->threads[i], NULL) == 0);
        EXPECT(crowd->runners[i].writes == shape.writes);
        MUST(vmm, gunyah_vcpu_close(&crowd->runners[i].vcpu));
    }
    MUST(vmm, gunyah_vm_destroy(&crowd->vm, 0, NULL));
}

static int runs_many(void *context)
{
    static struct crowd crowds[MAX_VMS];
    struct vmm vmm;

    (void)context;
    vmm_open(&vmm);
    for (unsigned i = 0; i < shape.vms; i++)
        crowd_make(&vmm, &crowds[i]);
    for (unsigned i = 0; i < shape.vms * shape.vcpus; i++) {
        struct crowd *crowd = &crowds[i % shape.vms];
        const unsigned vcpu = i / shape.vms;
        EXPECT(pthread_create(&crowd->threads[vcpu], NULL, run_to_the_end, &crowd->runners[vcpu]) == 0);
    }
    for (unsigned i = 0; i < shape.vms; i++)
        crowd_end(&vmm, &crowds[i]);
    return vmm_close(&vmm);
}

// vCPU 0 switches the others on, writes as they do, and switches the system off when all have rung.
struct scene {
    struct gunyah_emu_step next[MAX_VMS][MAX_VCPUS];
    unsigned done[MAX_VMS];
};

static void act(void *context, const struct gunyah_emu_vcpu *vcpu, struct gunyah_emu_step *step)
{
    struct scene *scene = context;
    struct gunyah_emu_step *next = &scene->next[vcpu->vm % MAX_VMS][vcpu->vcpu];

    if (vcpu->vcpu == 0 && next->label < shape.vcpus - 1) {
        next->label++;
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_CPU_ON, .label = next->label};
        return;
    }
    *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_WAIT_FOREVER};
    if (next->value < shape.writes)
        *step = (struct gunyah_emu_step){
            .action = GUNYAH_EMU_WRITE, .address = UINT64_C(0x1000) * vcpu->vcpu, .width = 4, .value = next->value++};
    else if (++scene->done[vcpu->vm % MAX_VMS] == shape.vcpus)
        *step = (struct gunyah_emu_step){.action = GUNYAH_EMU_END, .label = GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF};
}

static void expect_crowd(const char *flavour, struct shape wanted)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;
    struct scene scene = {0};

    shape = wanted;
    options.flavour = flavour;
    options.debug = true;
    options.guest = act;
    options.guest_context = &scene;
    cr_assert_eq(call_emulated(&options, runs_many, NULL, &result), GUNYAH_OK, "%s", result.problem);
    cr_expect_eq(result.status, 0, "%s: 0x%x", flavour, (unsigned)result.status);
    cr_expect_eq(result.vms, shape.vms);
    cr_expect_eq(result.left, 0u);
}

Test(emulated_crowd, several_vms, .timeout = 300)
{
    for (size_t i = 0; i < COUNT(all_flavours); i++)
        expect_crowd(all_flavours[i], (struct shape){.vms = MAX_VMS, .vcpus = 8, .writes = 15});
}

Test(emulated_crowd, as_many_vcpus_as_can_be, .timeout = 300)
{
    for (size_t i = 0; i < COUNT(all_flavours); i++)
        expect_crowd(all_flavours[i], (struct shape){.vms = 1, .vcpus = MAX_VCPUS, .writes = 5});
}
