// SPDX-License-Identifier: BSD-3-Clause
// The device, VMs and vCPUs: each ioctl with each mistake, in each flavour.
#include "mistakes.h"

static int on_device(unsigned long command, void *argument)
{
    return call(open_node(), command, argument);
}

static int on_vcpu(unsigned long command, void *argument)
{
    return call(add_vcpu(create_vm(open_node()), 0), command, argument);
}

static int device_unknown(void)
{
    return on_device(0x477f, NULL);
}

static int device_vm_ioctl(void)
{
    struct range dtb = {BASE, PAGE};
    return on_device(SET_DTB, &dtb);
}

static int device_run(void)
{
    return on_device(VCPU_RUN, NULL);
}

static int create_vm_argument(void)
{
    return on_device(CREATE_VM, (void *)1);
}

static int reopen_by_number(void)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", create_vm(open_node()));
    return open(path, O_RDWR | O_CLOEXEC) < 0 ? errno : 0;
}

static int vm_unknown(void)
{
    return on_vm(0x477f, NULL);
}

static int vm_create(void)
{
    return on_vm(CREATE_VM, NULL);
}

static int vm_run(void)
{
    return on_vm(VCPU_RUN, NULL);
}

static int vm_other_size(void)
{
    struct region region = {0, 7, BASE, PAGE, (uintptr_t)map_memory(PAGE)};
    return on_vm(0x40104701, &region);
}

static int vm_tentative(void)
{
    return on_vm(TENTATIVE, NULL);
}

static int dtb_pointer(void)
{
    return on_vm(SET_DTB, NOWHERE);
}

static int dtb_wraps(void)
{
    struct range range = {UINT64_MAX - 1, PAGE};
    return on_vm(SET_DTB, &range);
}

static int firmware_pointer(void)
{
    return on_vm(SET_FW, NOWHERE);
}

static int set_context_to(uint32_t reg, uint64_t value)
{
    struct boot_context context = {reg, 0, value};
    return on_vm(SET_CONTEXT, &context);
}

static int set_context(uint32_t reg)
{
    return set_context_to(reg, 1);
}

// The kernel's first pointer that is its own, its last one that it refuses, and the next.
static int context_own_pointer(void)
{
    return set_context_to(1, 2);
}

static int context_last_own_pointer(void)
{
    return set_context_to(1, 1026);
}

static int context_lost_pointer(void)
{
    return set_context_to(1, 1030);
}

static int context_pointer(void)
{
    return on_vm(SET_CONTEXT, NOWHERE);
}

static int context_probe(void)
{
    return set_context(0xffff);
}

static int context_x31(void)
{
    return set_context(31);
}

static int context_x32(void)
{
    return set_context(32);
}

static int context_pc1(void)
{
    return set_context(0x101);
}

static int context_sp2(void)
{
    return set_context(0x202);
}

static int context_sp3(void)
{
    return set_context(0x203);
}

static int context_high_bits(void)
{
    return set_context(0x10000);
}

static int auth_pointer(void)
{
    return on_vm(SET_AUTH, NOWHERE);
}

static int set_auth(uint32_t type, uint32_t size, const void *argument)
{
    struct auth_desc desc = {type, size, (uintptr_t)argument};
    return on_vm(SET_AUTH, &desc);
}

// Firmware is what makes such a VM: nobody takes the type.
static int auth_android(void)
{
    return set_auth(ANDROID_PVM, 0, NULL);
}

static int auth_unknown(void)
{
    return set_auth(2, 0, NULL);
}

static int auth_too_large(void)
{
    static const char large[32];
    return set_auth(QCOM_TRUSTED_VM, sizeof(struct qtvm_arg) + 1, large);
}

static int auth_argument_pointer(void)
{
    return set_auth(QCOM_TRUSTED_VM, sizeof(struct qtvm_arg), NOWHERE);
}

static int auth_order(void)
{
    return set_auth(2, UINT32_MAX, NOWHERE);
}

static int check_extension(void)
{
    const int vm = create_vm(open_node());
    const int answer = ioctl(vm, CHECK_EXTENSION, 0);

    EXPECT(answer < 0 || answer == 1);
    return answer < 0 ? errno : 0;
}

static int vcpu_unknown(void)
{
    return on_vcpu(0x477f, NULL);
}

static int vcpu_vm_ioctl(void)
{
    return on_vcpu(VM_START, NULL);
}

static int run_too_early(void)
{
    return on_vcpu(VCPU_RUN, NULL);
}

static int do_run(int fd, void *argument)
{
    return call(fd, VCPU_RUN, argument);
}

static int run_other_process(void)
{
    return in_another_process(do_run, add_vcpu(create_vm(open_node()), 0), NULL);
}

static const struct mistake mistakes[] = {
    {"device: unknown", device_unknown, ALL(ENOTTY)},
    {"device: an ioctl of a VM", device_vm_ioctl, ALL(ENOTTY)},
    {"device: an ioctl of a vCPU", device_run, ALL(ENOTTY)},
    {"CREATE_VM: argument", create_vm_argument, ALL(EINVAL)},
    {"open by number", reopen_by_number, ALL(ENXIO)},
    {"VM: unknown", vm_unknown, ALL(ENOTTY)},
    {"VM: an ioctl of the device", vm_create, ALL(ENOTTY)},
    {"VM: an ioctl of a vCPU", vm_run, ALL(ENOTTY)},
    {"VM: another size in the number", vm_other_size, ALL(ENOTTY)},
    {"TENTATIVE_UAPI", vm_tentative, {ENOTTY, 0, ENOTTY, ENOTTY, ENOTTY, ENOTTY, ENOTTY}},
    {"SET_DTB_CONFIG: pointer", dtb_pointer, ALL(EFAULT)},
    {"SET_DTB_CONFIG: wraps", dtb_wraps, {0, EOVERFLOW, EOVERFLOW, 0, 0, 0, 0}},
    {"SET_FW_CONFIG: pointer", firmware_pointer, {EFAULT, -1, ENOTTY, EFAULT, EFAULT, ENOTTY, ENOTTY}},
    {"SET_BOOT_CONTEXT: pointer", context_pointer, BOOT(EFAULT)},
    {"SET_BOOT_CONTEXT: no register", context_probe, BOOT(EINVAL)},
    {"SET_BOOT_CONTEXT: X31", context_x31, BOOT(0)},
    {"SET_BOOT_CONTEXT: X32", context_x32, BOOT(EINVAL)},
    {"SET_BOOT_CONTEXT: PC1", context_pc1, BOOT(EINVAL)},
    {"SET_BOOT_CONTEXT: SP2", context_sp2, BOOT(0)},
    {"SET_BOOT_CONTEXT: SP3", context_sp3, BOOT(EINVAL)},
    {"SET_BOOT_CONTEXT: more bits", context_high_bits, {ENOTTY, ENOTTY, ENOTTY, -1, EINVAL, -1, -1}},
    {"SET_BOOT_CONTEXT: 2", context_own_pointer, AS_POINTER(EINVAL)},
    {"SET_BOOT_CONTEXT: 1026", context_last_own_pointer, AS_POINTER(EINVAL)},
    {"SET_BOOT_CONTEXT: 1030", context_lost_pointer, BOOT(0)},
    {"SET_AUTH_TYPE: pointer", auth_pointer, LATEST(EFAULT)},
    {"SET_AUTH_TYPE: ANDROID_PVM", auth_android, LATEST(ENOENT)},
    {"SET_AUTH_TYPE: unknown", auth_unknown, LATEST(ENOENT)},
    {"SET_AUTH_TYPE: too large", auth_too_large, LATEST(EINVAL)},
    {"SET_AUTH_TYPE: pointer of the argument", auth_argument_pointer, LATEST(EFAULT)},
    {"SET_AUTH_TYPE: order of checks", auth_order, LATEST(ENOENT)},
    {"CHECK_EXTENSION", check_extension, LATEST(0)},
    {"vCPU: unknown ioctl", vcpu_unknown, {EINVAL, EINVAL, EINVAL, EINVAL, EINVAL, ENOTTY, ENOTTY}},
    {"vCPU: an ioctl of a VM", vcpu_vm_ioctl, {EINVAL, EINVAL, EINVAL, EINVAL, EINVAL, ENOTTY, ENOTTY}},
    {"RUN: not started", run_too_early, ALL(ENODEV)},
    {"RUN: another process", run_other_process, {ENODEV, ENODEV, ENODEV, EPERM, EPERM, ENODEV, ENODEV}},
};

Test(mistakes, vms)
{
    check_mistakes(mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
}
