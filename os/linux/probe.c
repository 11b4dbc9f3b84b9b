// SPDX-License-Identifier: BSD-3-Clause
// Who is behind the node. Each question is refused before it changes anything: a number that nobody has, or arguments that
// nobody takes. How it is refused tells whether the call is there.
#include "linux_internal.h"

#include <errno.h>
#include <unistd.h>

// A call that takes a pointer looks at it first: EFAULT.
static int ask_with_null(int fd, enum linux_call call)
{
    return gunyah_internal_linux_ioctl(fd, call, 0);
}

static void ask_about_vms(int vm, struct linux_answers *answers)
{
    struct kernel_boot_context nobody = {.reg = KERNEL_BOOT_REGISTER_OF_NOBODY};

    answers->share = ask_with_null(vm, LINUX_SET_USER_MEM_REGION);
    answers->lend = ask_with_null(vm, LINUX_LEND_USER_MEM);
    answers->boot_register = gunyah_internal_linux_ioctl(vm, LINUX_SET_BOOT_CONTEXT, (uintptr_t)&nobody);
    answers->firmware = ask_with_null(vm, LINUX_SET_FW_CONFIG);
    answers->reclaim = ask_with_null(vm, LINUX_RECLAIM_REGION);
    answers->authentication = ask_with_null(vm, LINUX_SET_AUTH_TYPE);
    answers->cma = ask_with_null(vm, LINUX_MAP_CMA_MEM);
    answers->timer_wakeup = gunyah_internal_linux_ioctl(vm, LINUX_CHECK_EXTENSION, KERNEL_EXTENSION_TIMER_WAKEUP);
    answers->tentative = gunyah_internal_linux_ioctl(vm, LINUX_TENTATIVE_UAPI, 0);
}

struct linux_answers gunyah_internal_linux_ask(int fd)
{
    struct linux_answers answers = {.unknown = gunyah_internal_linux_ioctl(fd, LINUX_UNKNOWN_CALL, 0)};

    if (answers.unknown == -EINVAL) {
        answers.qualcomm_vm = gunyah_internal_linux_ioctl(fd, LINUX_QUALCOMM_CREATE_VM, 0);
        if (answers.qualcomm_vm >= 0)
            close(answers.qualcomm_vm);
    }
    if (answers.unknown != -ENOTTY)
        return answers;
    answers.guest_memory = ask_with_null(fd, LINUX_CREATE_GUEST_MEM);
    // A driver to come may do without arguments.
    if (answers.guest_memory > 0)
        close(answers.guest_memory);
    answers.vm = gunyah_internal_linux_ioctl(fd, LINUX_CREATE_VM, 0);
    if (answers.vm >= 0) {
        ask_about_vms(answers.vm, &answers);
        close(answers.vm);
    }
    return answers;
}

static uint32_t capabilities_of(const struct linux_answers *answers)
{
    const struct {
        bool there;
        uint32_t capabilities;
    } found[] = {
        {answers->share == -EFAULT, GUNYAH_LINUX_SHARE},
        {answers->lend == -EFAULT, GUNYAH_LINUX_LEND},
        {answers->guest_memory == -EFAULT, GUNYAH_LINUX_GUEST_MEMORY},
        // The exits that need an answer came with the boot registers, and have no call of their own to ask for.
        {answers->boot_register == -EINVAL, GUNYAH_LINUX_BOOT_REGISTERS | GUNYAH_LINUX_RESUME},
        {answers->firmware == -EFAULT, GUNYAH_LINUX_FIRMWARE},
        {answers->reclaim == -EFAULT, GUNYAH_LINUX_RECLAIM},
        {answers->cma == -EFAULT, GUNYAH_LINUX_CMA},
        {answers->authentication == -EFAULT, GUNYAH_LINUX_AUTHENTICATION},
        {answers->timer_wakeup > 0, GUNYAH_LINUX_TIMER_WAKEUP},
    };
    uint32_t capabilities = 0;

    for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++)
        capabilities |= found[i].there ? found[i].capabilities : 0;
    return capabilities;
}

static enum gunyah_linux_flavour android(const struct linux_answers *answers, uint32_t capabilities)
{
    const uint32_t later = GUNYAH_LINUX_RECLAIM | GUNYAH_LINUX_CMA | GUNYAH_LINUX_AUTHENTICATION;

    if (!(capabilities & GUNYAH_LINUX_BOOT_REGISTERS))
        return answers->tentative >= 0 ? GUNYAH_LINUX_ANDROID_14_EARLY : GUNYAH_LINUX_ANDROID_14;
    return (capabilities & later) != 0 ? GUNYAH_LINUX_ANDROID_16 : GUNYAH_LINUX_ANDROID_15;
}

// Where memory comes from tells the families apart.
static enum gunyah_linux_flavour flavour_of(const struct linux_answers *answers, uint32_t capabilities)
{
    switch (capabilities & (GUNYAH_LINUX_SHARE | GUNYAH_LINUX_LEND | GUNYAH_LINUX_GUEST_MEMORY)) {
    case GUNYAH_LINUX_SHARE | GUNYAH_LINUX_LEND:
        return android(answers, capabilities);
    case GUNYAH_LINUX_SHARE:
        return (capabilities & GUNYAH_LINUX_BOOT_REGISTERS) != 0 ? GUNYAH_LINUX_UNKNOWN : GUNYAH_LINUX_UPSTREAM_10;
    case GUNYAH_LINUX_GUEST_MEMORY:
        return GUNYAH_LINUX_UPSTREAM_15;
    default:
        return GUNYAH_LINUX_UNKNOWN;
    }
}

static struct linux_verdict refused(enum linux_call call, int answer)
{
    return (struct linux_verdict){.is_refused = true, .call = call, .number = answer < 0 ? -answer : 0};
}

struct linux_verdict gunyah_internal_linux_judge(const struct linux_answers *answers)
{
    struct linux_verdict verdict = {0};

    if (answers->unknown == -EINVAL && answers->qualcomm_vm < 0)
        return refused(LINUX_QUALCOMM_CREATE_VM, answers->qualcomm_vm);
    if (answers->unknown == -EINVAL) {
        verdict.flavour = GUNYAH_LINUX_QUALCOMM;
        verdict.capabilities = GUNYAH_LINUX_SIGNED_FIRMWARE;
        return verdict;
    }
    // Who takes this for a call of its own is not Gunyah's driver.
    if (answers->unknown != -ENOTTY)
        return refused(LINUX_UNKNOWN_CALL, answers->unknown);
    if (answers->vm < 0)
        return refused(LINUX_CREATE_VM, answers->vm);
    verdict.capabilities = capabilities_of(answers);
    verdict.flavour = flavour_of(answers, verdict.capabilities);
    return verdict;
}

const char *gunyah_internal_linux_flavour_name(enum gunyah_linux_flavour flavour)
{
    switch (flavour) {
    case GUNYAH_LINUX_ANDROID_14_EARLY:
        return "Android 14, early (6.1)";
    case GUNYAH_LINUX_ANDROID_14:
        return "Android 14 (6.1)";
    case GUNYAH_LINUX_ANDROID_15:
        return "Android 15 (6.6)";
    case GUNYAH_LINUX_ANDROID_16:
        return "Android 16 (6.12)";
    case GUNYAH_LINUX_UPSTREAM_10:
        return "upstream, v10 to v14";
    case GUNYAH_LINUX_UPSTREAM_15:
        return "upstream, v15 to v17";
    case GUNYAH_LINUX_QUALCOMM:
        return "Qualcomm";
    default:
        return "unknown";
    }
}
