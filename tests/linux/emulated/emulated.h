// SPDX-License-Identifier: BSD-3-Clause
// A VMM in the emulated node: a function in a child process, while a script says what its guest does.
#ifndef GUNYAH_TESTS_LINUX_EMULATED_H
#define GUNYAH_TESTS_LINUX_EMULATED_H

#include "matrix.h"

#include <gunyah/gunyah.h>
#include <gunyah/linux.h>

#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define RAM UINT64_C(0x80000000)
#define RAM_SIZE UINT64_C(0x200000)
#define TREE UINT64_C(0x100000) // in it
#define TREE_SIZE UINT64_C(0x10000)
#define BELL 7
#define LEVEL_BELL 8

static const char *const all_flavours[] = {"a14", "a14e", "u10", "a15", "a16", "u15", "u17"};
// They give all memory when the VM starts, and page faults are nobody's; or it is given when the VM touches it.
static const char *const early_flavours[] = {"a14", "a14e", "u10"};
static const char *const later_flavours[] = {"a15", "a16", "u15", "u17"};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// In the child, which has no framework.
#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            give_up(#condition, __FILE__, __LINE__);                                                                   \
    } while (0)

static inline _Noreturn void give_up(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, condition);
    exit(EXIT_FAILURE);
}

// The VMM in one flavour: it has to end well, its guest to have seen what the script says, and no VM to be left.
static inline void emulate_with(struct gunyah_emu_options *options, const char *flavour, const char *script,
                                int (*vmm)(void *), void *context)
{
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;

    options->flavour = flavour;
    options->script = script;
    options->debug = true; // a flavour that cannot lend has to share
    cr_assert_eq(call_emulated(options, vmm, context, &result), GUNYAH_OK, "%s", result.problem);
    cr_expect_eq(result.status, 0, "%s: 0x%x", flavour, (unsigned)result.status);
    cr_expect_eq(result.left, 0u, "%s", flavour);
    cr_expect_eq(result.failures, 0u, "%s: %s", flavour, result.problem);
}

static inline void emulate(const char *flavour, const char *script, int (*vmm)(void *), void *context)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;

    emulate_with(&options, flavour, script, vmm, context);
}

static inline void emulate_all(const char *script, int (*vmm)(void *), void *context)
{
    for (size_t i = 0; i < COUNT(all_flavours); i++)
        emulate(all_flavours[i], script, vmm, context);
}

// ---- in the child ------------------------------------------------------------------------------------------------

struct vmm {
    struct gunyah_linux *node;
    struct gunyah *g;
    struct gunyah_vm *vm;
    struct gunyah_vcpu *vcpu;
    uint8_t *ram;
    uint32_t image; // handle of the memory
};

#define MUST(vmm, error) must(vmm, error, __FILE__, __LINE__)

static inline void must(const struct vmm *vmm, enum gunyah_error error, const char *file, int line)
{
    if (error == GUNYAH_OK)
        return;
    fprintf(stderr, "%s: %s\n", gunyah_error_name(error), gunyah_last_error(vmm->g)->call);
    give_up("GUNYAH_OK", file, line);
}

static inline void vmm_open(struct vmm *vmm)
{
    struct gunyah_open_options session = GUNYAH_OPEN_OPTIONS_INIT;

    *vmm = (struct vmm){0};
    EXPECT(gunyah_linux_open(NULL, &vmm->node) == GUNYAH_OK);
    session.backend = gunyah_linux_backend(vmm->node);
    EXPECT(gunyah_open(&session, &vmm->g) == GUNYAH_OK);
}

static inline void vmm_write_tree(const struct vmm *vmm)
{
    FILE *file = fopen(GUEST_TREE, "rb");

    EXPECT(file != NULL);
    EXPECT(fread(vmm->ram + TREE, 1, TREE_SIZE, file) > 0);
    fclose(file);
}

// With the tree that is there.
static inline void vmm_use_tree(const struct vmm *vmm)
{
    struct gunyah_vm_image image = GUNYAH_VM_IMAGE_INIT;

    image.memparcel = vmm->image;
    image.dtb_offset = TREE;
    image.dtb_size = TREE_SIZE;
    MUST(vmm, gunyah_vm_configure(vmm->vm, &image));
}

static inline void vmm_configure(const struct vmm *vmm)
{
    vmm_write_tree(vmm);
    vmm_use_tree(vmm);
}

static inline void vmm_make_unconfigured(struct vmm *vmm, uint64_t address)
{
    struct gunyah_vm_memory memory = GUNYAH_VM_MEMORY_INIT;

    vmm_open(vmm);
    MUST(vmm, gunyah_vm_create(gunyah_linux_vmm(vmm->node, vmm->g), gunyah_vmid(0), &vmm->vm));
    memory.address = address;
    memory.length = RAM_SIZE;
    MUST(vmm, gunyah_vm_add_memory(vmm->vm, &memory, &vmm->image));
    vmm->ram = memory.memory;
}

static inline void vmm_make_at(struct vmm *vmm, uint64_t address)
{
    vmm_make_unconfigured(vmm, address);
    vmm_configure(vmm);
}

static inline void vmm_make(struct vmm *vmm)
{
    vmm_make_at(vmm, RAM);
}

static inline void vmm_start(struct vmm *vmm)
{
    MUST(vmm, gunyah_vm_init(vmm->vm));
    MUST(vmm, gunyah_vm_start(vmm->vm));
    MUST(vmm, gunyah_vcpu_open(vmm->vm, NULL, &vmm->vcpu));
}

static inline int vmm_close(struct vmm *vmm)
{
    if (vmm->vcpu != NULL)
        MUST(vmm, gunyah_vcpu_close(&vmm->vcpu));
    if (vmm->vm != NULL)
        MUST(vmm, gunyah_vm_destroy(&vmm->vm, 0, NULL));
    EXPECT(gunyah_close(&vmm->g) == GUNYAH_OK);
    EXPECT(gunyah_linux_close(&vmm->node) == GUNYAH_OK);
    return EXIT_SUCCESS;
}

#define RUN(vcpu, wanted) run(vcpu, GUNYAH_VCPU_EXIT_##wanted, __FILE__, __LINE__)

static inline struct gunyah_vcpu_exit run(struct gunyah_vcpu *vcpu, enum gunyah_vcpu_exit_kind kind, const char *file,
                                          int line)
{
    struct gunyah_vcpu_exit exit;

    if (gunyah_vcpu_run(vcpu, &exit) != GUNYAH_OK)
        give_up(gunyah_vcpu_last_error(vcpu)->text, file, line);
    if (exit.kind != kind) {
        fprintf(stderr, "kind %d, reason %u\n", exit.kind, exit.reason);
        give_up("another exit", file, line);
    }
    return exit;
}

// ---- coming back -------------------------------------------------------------------------------------------------

static inline void do_nothing(int signal)
{
    (void)signal;
}

static inline void *cancel_vcpu(void *vcpu)
{
    gunyah_vcpu_cancel(vcpu);
    return NULL;
}

// The guest sleeps: only a signal, SIGUSR1, reaches the thread. Some of the cancellations come before it is inside.
static inline void cancel_often(struct gunyah_vcpu *vcpu)
{
    const struct sigaction action = {.sa_handler = do_nothing};

    EXPECT(sigaction(SIGUSR1, &action, NULL) == 0);
    for (unsigned i = 0; i < 50; i++) {
        pthread_t thread;
        EXPECT(pthread_create(&thread, NULL, cancel_vcpu, vcpu) == 0);
        RUN(vcpu, INTERRUPTED);
        EXPECT(pthread_join(thread, NULL) == 0);
    }
}

#endif
