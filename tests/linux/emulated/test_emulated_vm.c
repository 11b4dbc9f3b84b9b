// SPDX-License-Identifier: BSD-3-Clause
// VMs in each flavour: memory, starts that fail and why, ends, the next life, and doorbells.
#include "emulated.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static void expect_failure(const struct vmm *vmm, enum gunyah_error error, const char *call, int number)
{
    const struct gunyah_error_info *info = gunyah_last_error(vmm->g);

    EXPECT(info->error == error);
    EXPECT(strcmp(info->call, call) == 0);
    EXPECT(info->domain == GUNYAH_DOMAIN_BACKEND);
    EXPECT(info->code == number);
}

// ---- drivers -----------------------------------------------------------------------------------------------------

struct driver {
    const char *flavour;
    enum gunyah_linux_flavour found;
    uint32_t capabilities;
};

static int finds_driver(void *context)
{
    const struct driver *driver = context;
    struct gunyah_linux_info info = GUNYAH_LINUX_INFO_INIT;
    struct vmm vmm;

    vmm_open(&vmm);
    EXPECT(gunyah_linux_get_info(vmm.node, &info) == GUNYAH_OK);
    EXPECT(info.flavour == driver->found);
    EXPECT(info.capabilities == driver->capabilities);
    return vmm_close(&vmm);
}

Test(emulated_vm, drivers)
{
    enum { EARLY = GUNYAH_LINUX_SHARE | GUNYAH_LINUX_LEND };
    enum { LATER = GUNYAH_LINUX_BOOT_REGISTERS | GUNYAH_LINUX_RESUME };
    enum { LATE = GUNYAH_LINUX_RECLAIM | GUNYAH_LINUX_CMA | GUNYAH_LINUX_AUTHENTICATION | GUNYAH_LINUX_TIMER_WAKEUP };
    static const struct driver drivers[COUNT(all_flavours)] = {
        {"a14", GUNYAH_LINUX_ANDROID_14, EARLY | GUNYAH_LINUX_FIRMWARE},
        {"a14e", GUNYAH_LINUX_ANDROID_14_EARLY, EARLY},
        {"u10", GUNYAH_LINUX_UPSTREAM_10, GUNYAH_LINUX_SHARE},
        {"a15", GUNYAH_LINUX_ANDROID_15, EARLY | GUNYAH_LINUX_FIRMWARE | LATER},
        {"a16", GUNYAH_LINUX_ANDROID_16, EARLY | GUNYAH_LINUX_FIRMWARE | LATER | LATE},
        {"u15", GUNYAH_LINUX_UPSTREAM_15, GUNYAH_LINUX_GUEST_MEMORY | LATER},
        {"u17", GUNYAH_LINUX_UPSTREAM_15, GUNYAH_LINUX_GUEST_MEMORY | LATER},
    };

    for (size_t i = 0; i < COUNT(drivers); i++) {
        struct driver driver = drivers[i];
        emulate(driver.flavour, NULL, finds_driver, &driver);
    }
}

// ---- memory ------------------------------------------------------------------------------------------------------

// Two pieces: what the VMM put there is what the guest reads, and what the guest writes is what the VMM finds.
static int shares_memory(void *context)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;
    struct vmm vmm;

    (void)context;
    vmm_open(&vmm);
    MUST(&vmm, gunyah_vm_create(gunyah_linux_vmm(vmm.node, vmm.g), gunyah_vmid(0), &vmm.vm));
    memory.address = RAM;
    memory.length = RAM_SIZE;
    MUST(&vmm, gunyah_vm_add_memory(vmm.vm, &memory, &image.memparcel));
    vmm.ram = memory.memory;
    vmm.image = image.memparcel;
    memcpy(vmm.ram, "image!!", 8);
    vmm_configure(&vmm);
    vmm_start(&vmm);
    RUN(vmm.vcpu, VM_ENDED);
    EXPECT(memcmp(vmm.ram + 0x2000, "guest", 5) == 0);
    return vmm_close(&vmm);
}

Test(emulated_vm, memory)
{
    emulate_all("read 0x80000000 8 0x21216567616d69\n"
                "write 0x80002000 4 0x73657567\n"
                "write 0x80002004 1 0x74\n"
                "poweroff\n",
                shares_memory, NULL);
}

// A page that the VMM takes back and locks away: the guest that wants it nevertheless finds what is there next.
static int takes_back(void *context)
{
    struct gunyah_vm_memory balloon = GUNYAH_VM_MEMORY_INIT;
    const struct gunyah_memory_region range = {UINT64_C(0x90000000), 0x1000};
    struct vmm vmm;

    (void)context;
    vmm_make_unconfigured(&vmm, RAM);
    balloon.label = 1;
    balloon.address = range.address;
    balloon.length = range.size;
    MUST(&vmm, gunyah_vm_add_memory(vmm.vm, &balloon, NULL));
    vmm_configure(&vmm);
    vmm_start(&vmm);
    RUN(vmm.vcpu, MMIO);
    EXPECT(*(uint8_t *)balloon.memory == 1);
    MUST(&vmm, gunyah_vm_reclaim_memory(vmm.vm, range));
    EXPECT(mprotect(balloon.memory, range.size, PROT_NONE) == 0);
    const struct gunyah_vcpu_exit exit = RUN(vmm.vcpu, PAGE_FAULT);
    EXPECT(exit.address == range.address && exit.is_mapped);
    EXPECT(mprotect(balloon.memory, range.size, PROT_READ | PROT_WRITE) == 0);
    *(uint8_t *)balloon.memory = 2;
    EXPECT(gunyah_vcpu_resume(vmm.vcpu, GUNYAH_VCPU_ACTION_RETRY) == GUNYAH_OK);
    RUN(vmm.vcpu, VM_ENDED);
    return vmm_close(&vmm);
}

Test(emulated_vm, memory_that_is_taken_back)
{
    emulate("a16",
            "write 0x90000000 1 1\n"
            "write 0x1000 4 0\n"
            "read 0x90000000 1 2\n"
            "poweroff\n",
            takes_back, NULL);
}

// ---- starts that fail --------------------------------------------------------------------------------------------

// Memory is not where the tree says.
static int starts_elsewhere(void *context)
{
    struct vmm vmm;

    (void)context;
    vmm_make_at(&vmm, RAM + 0x10000000);
    MUST(&vmm, gunyah_vm_init(vmm.vm));
    EXPECT(gunyah_vm_start(vmm.vm) == GUNYAH_ERR_NO_RESOURCES);
    expect_failure(&vmm, GUNYAH_ERR_NO_RESOURCES, "VM_START", ENODEV);
    EXPECT(gunyah_vm_start(vmm.vm) == GUNYAH_ERR_OBJECT_STATE);
    return vmm_close(&vmm);
}

Test(emulated_vm, memory_at_another_address)
{
    for (size_t i = 0; i < COUNT(early_flavours); i++)
        emulate(early_flavours[i], NULL, starts_elsewhere, NULL);
}

// The main memory is shared, and this is a production device.
static int shares_main_memory(void *context)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;
    struct vmm vmm;

    (void)context;
    vmm_open(&vmm);
    MUST(&vmm, gunyah_vm_create(gunyah_linux_vmm(vmm.node, vmm.g), gunyah_vmid(0), &vmm.vm));
    memory.kind = GUNYAH_VM_MEMORY_SHARE;
    memory.address = RAM;
    memory.length = RAM_SIZE;
    MUST(&vmm, gunyah_vm_add_memory(vmm.vm, &memory, &vmm.image));
    vmm.ram = memory.memory;
    vmm_configure(&vmm);
    MUST(&vmm, gunyah_vm_init(vmm.vm));
    EXPECT(gunyah_vm_start(vmm.vm) == GUNYAH_ERR_NO_RESOURCES);
    EXPECT(strstr(gunyah_last_error(vmm.g)->advice, "shared") != NULL);
    return vmm_close(&vmm);
}

Test(emulated_vm, shared_main_memory)
{
    for (size_t i = 0; i < COUNT(early_flavours); i++) {
        struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
        struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;
        options.flavour = early_flavours[i];
        cr_assert_eq(call_emulated(&options, shares_main_memory, NULL, &result), GUNYAH_OK);
        cr_expect_eq(result.status, 0, "%s", early_flavours[i]);
    }
}

// ---- authentication ----------------------------------------------------------------------------------------------

#define TRUSTED_VMID 29

static void make_trusted(struct vmm *vmm, uint16_t vmid)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;

    vmm_open(vmm);
    MUST(vmm, gunyah_vm_create(gunyah_linux_vmm(vmm->node, vmm->g), gunyah_vmid(vmid), &vmm->vm));
    memory.address = RAM;
    memory.length = RAM_SIZE;
    MUST(vmm, gunyah_vm_add_memory(vmm->vm, &memory, &vmm->image));
    vmm->ram = memory.memory;
    vmm_write_tree(vmm);
}

// Some drivers round it up, some down, and then the Resource Manager misses what is cut off: it is the library that rounds.
static int has_a_tree_of_odd_size(void *context)
{
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;
    struct vmm vmm;

    (void)context;
    vmm_make_unconfigured(&vmm, RAM);
    vmm_write_tree(&vmm);
    image.memparcel = vmm.image;
    image.dtb_offset = TREE;
    image.dtb_size = 0xfff;
    MUST(&vmm, gunyah_vm_configure(vmm.vm, &image));
    vmm_start(&vmm);
    RUN(vmm.vcpu, VM_ENDED);
    return vmm_close(&vmm);
}

Test(emulated_vm, tree_of_odd_size)
{
    emulate_all("poweroff\n", has_a_tree_of_odd_size, NULL);
}

static struct gunyah_vm_image trusted_image(const struct vmm *vmm)
{
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;

    image.authentication = GUNYAH_VM_AUTH_PLATFORM;
    image.memparcel = vmm->image;
    image.dtb_offset = TREE;
    image.dtb_size = TREE_SIZE;
    return image;
}

static int runs_trusted(void *context)
{
    struct vmm vmm;

    (void)context;
    make_trusted(&vmm, TRUSTED_VMID);
    const struct gunyah_vm_image image = trusted_image(&vmm);
    MUST(&vmm, gunyah_vm_configure(vmm.vm, &image));
    MUST(&vmm, gunyah_vm_authenticate(vmm.vm, 28));
    vmm_start(&vmm);
    RUN(vmm.vcpu, VM_ENDED);
    return vmm_close(&vmm);
}

// The Resource Manager refuses an entry that is not the image's: that the VM starts shows that it was told of none.
Test(emulated_vm, authenticated_by_the_platform)
{
    emulate("a16", "read 0x80000000 4\npoweroff\n", runs_trusted, NULL);
}

static int cannot_run_trusted(void *context)
{
    struct vmm vmm;

    (void)context;
    make_trusted(&vmm, 0);
    const struct gunyah_vm_image image = trusted_image(&vmm);
    EXPECT(gunyah_vm_configure(vmm.vm, &image) == GUNYAH_ERR_UNSUPPORTED);
    return vmm_close(&vmm);
}

Test(emulated_vm, nobody_authenticates)
{
    static const char *const without[] = {"a14", "a14e", "u10", "a15", "u15", "u17"};

    for (size_t i = 0; i < COUNT(without); i++)
        emulate(without[i], NULL, cannot_run_trusted, NULL);
}

// ---- ends --------------------------------------------------------------------------------------------------------

static int ends(void *context)
{
    const struct gunyah_vm_exit *wanted = context;
    struct gunyah_vm_exit why;
    struct vmm vmm;

    vmm_make(&vmm);
    vmm_start(&vmm);
    EXPECT(gunyah_vm_exit_info(vmm.vm, 0, &why) == GUNYAH_ERR_TIMEOUT);
    const struct gunyah_vcpu_exit exit = RUN(vmm.vcpu, VM_ENDED);
    EXPECT(exit.cause.type == wanted->type);
    MUST(&vmm, gunyah_vm_exit_info(vmm.vm, 0, &why));
    EXPECT(why.type == wanted->type);
    EXPECT(why.code == wanted->code);
    EXPECT(why.reset_type == wanted->reset_type);
    RUN(vmm.vcpu, VM_ENDED);
    RUN(vmm.vcpu, VM_ENDED);
    return vmm_close(&vmm);
}

Test(emulated_vm, ways_to_end)
{
    static const struct {
        const char *script;
        struct gunyah_vm_exit exit;
    } rows[] = {
        {"poweroff\n", {.type = GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF}},
        {"reset\n", {.type = GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET}},
        {"reset2 0x80000001\n", {.type = GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2, .reset_type = 0x80000001}},
        {"exit 2\n", {.type = GUNYAH_VM_EXIT_TYPE_VM_EXIT, .code = 2}},
        {"watchdog\n", {.type = GUNYAH_VM_EXIT_TYPE_WATCHDOG_BITE}},
        {"crash\n", {.type = GUNYAH_VM_EXIT_TYPE_SOFTWARE_ERROR}},
        {"fail EBUSY\npoweroff\n", {.type = GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF}},
        {"swallow\npoweroff\n", {.type = GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF}},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gunyah_vm_exit exit = rows[i].exit;
        emulate_all(rows[i].script, ends, &exit);
    }
}

// A guest that resets itself is started again: the same memory, doorbells, and one more register is written.
static int reboots(void *context)
{
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;
    struct gunyah_doorbell *bell;
    struct gunyah_doorbell *rung;
    struct vmm vmm;

    (void)context;
    vmm_make(&vmm);
    notify.address = 0x9001000;
    MUST(&vmm, gunyah_vm_add_notify(vmm.vm, &notify, &rung));
    MUST(&vmm, gunyah_vm_add_irq(vmm.vm, BELL, false, &bell));
    for (unsigned life = 0; life < 3; life++) {
        if (life > 0)
            vmm_configure(&vmm);
        vmm_start(&vmm);
        MUST(&vmm, gunyah_doorbell_send(bell, 1, NULL));
        const struct gunyah_vcpu_exit exit = RUN(vmm.vcpu, VM_ENDED);
        EXPECT(exit.cause.type == GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET);
        MUST(&vmm, gunyah_doorbell_wait(rung, 1, 0, NULL));
        MUST(&vmm, gunyah_vcpu_close(&vmm.vcpu));
        MUST(&vmm, gunyah_vm_reset(vmm.vm));
    }
    return vmm_close(&vmm);
}

Test(emulated_vm, rebooting)
{
    emulate_all("wait 7\nwrite 0x9001000 4 1\nreset\n", reboots, NULL);
}

static int stops(void *context)
{
    struct gunyah_vm_exit why;
    struct vmm vmm;

    (void)context;
    vmm_make(&vmm);
    vmm_start(&vmm);
    EXPECT(gunyah_vm_stop(vmm.vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP) == GUNYAH_ERR_IN_USE);
    MUST(&vmm, gunyah_vcpu_close(&vmm.vcpu));
    MUST(&vmm, gunyah_vm_stop(vmm.vm, true, GUNYAH_VM_STOP_REASON_FORCE_STOP));
    MUST(&vmm, gunyah_vm_exit_info(vmm.vm, 0, &why));
    EXPECT(why.type == GUNYAH_VM_EXIT_TYPE_VM_STOP_FORCED);
    return vmm_close(&vmm);
}

Test(emulated_vm, stopping)
{
    emulate_all("wait\n", stops, NULL);
}

// From each state, also without closing anything.
static int leaves(void *context)
{
    static struct vmm vmm; // what is left open is no leak: it ends with the process
    const int *how = context;

    vmm_make(&vmm);
    if (*how > 0)
        MUST(&vmm, gunyah_vm_init(vmm.vm));
    if (*how > 1)
        MUST(&vmm, gunyah_vm_start(vmm.vm));
    if (*how > 2)
        MUST(&vmm, gunyah_vcpu_open(vmm.vm, NULL, &vmm.vcpu));
    return *how < 3 ? vmm_close(&vmm) : EXIT_SUCCESS;
}

Test(emulated_vm, from_any_state)
{
    for (int how = 0; how < 4; how++)
        emulate_all("wait\n", leaves, &how);
}

// ---- doorbells ---------------------------------------------------------------------------------------------------

// Both kinds of interrupts, and notifications by address and by value.
static int rings(void *context)
{
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;
    struct gunyah_doorbell *edge;
    struct gunyah_doorbell *level;
    struct gunyah_doorbell *any;
    struct gunyah_doorbell *two;
    uint64_t flags;
    struct vmm vmm;

    (void)context;
    vmm_make(&vmm);
    notify.address = 0x9001000;
    MUST(&vmm, gunyah_vm_add_notify(vmm.vm, &notify, &any));
    notify.address = 0x9002000;
    notify.length = 4;
    notify.has_value = true;
    notify.value = 2;
    MUST(&vmm, gunyah_vm_add_notify(vmm.vm, &notify, &two));
    MUST(&vmm, gunyah_vm_add_irq(vmm.vm, BELL, false, &edge));
    MUST(&vmm, gunyah_vm_add_irq(vmm.vm, LEVEL_BELL, true, &level));
    vmm_start(&vmm);
    MUST(&vmm, gunyah_doorbell_send(edge, 1, NULL));
    MUST(&vmm, gunyah_doorbell_send(level, 1, NULL));
    EXPECT(gunyah_doorbell_wait(any, 1, 0, NULL) == GUNYAH_ERR_TIMEOUT);
    const struct gunyah_vcpu_exit exit = RUN(vmm.vcpu, MMIO);
    EXPECT(exit.address == 0x9002000 && gunyah_vcpu_exit_value(&exit) == 3);
    MUST(&vmm, gunyah_doorbell_receive(two, 1, &flags));
    EXPECT(flags == 0);
    RUN(vmm.vcpu, VM_ENDED);
    MUST(&vmm, gunyah_doorbell_wait(any, 1, 0, &flags));
    MUST(&vmm, gunyah_doorbell_wait(two, 1, 0, &flags));
    return vmm_close(&vmm);
}

Test(emulated_vm, doorbells)
{
    emulate_all("wait 7\n"
                "wait 8\n"
                "write 0x9001000 4 1\n"
                "write 0x9002000 4 3\n"
                "write 0x9002000 4 2\n"
                "poweroff\n",
                rings, NULL);
}
