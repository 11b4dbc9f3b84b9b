// SPDX-License-Identifier: BSD-3-Clause
// Qualcomm's driver: each ioctl with each mistake, in each flavour.
#include "mistakes_signed.h"

// ---- the device --------------------------------------------------------------------------------------------------

static int on_device(unsigned long command, void *argument)
{
    return call(open_signed(), command, argument);
}

static int device_unknown(void)
{
    return on_device(0x477f, NULL);
}

static int device_unknown_of_its_kind(void)
{
    return on_device(0xb27f, NULL);
}

static int device_vm_ioctl(void)
{
    struct fw_name name = {NAME};
    return on_device(Q_SET_NAME, &name);
}

static int create_vm_argument(void)
{
    return on_device(Q_CREATE_VM, (void *)7);
}

static int create_vm_of_others(void)
{
    return on_device(CREATE_VM, NULL);
}

static int wait_pointer(void)
{
    return on_device(Q_WAIT_FOR_EXIT, NOWHERE);
}

static int wait_for_nobody(void)
{
    struct fw_name_and_exit_status exit = {NAME, 0};
    return on_device(Q_WAIT_FOR_EXIT, &exit);
}

// The other node is there, or is not.
static int open_beside(void)
{
    return open("/dev/qgunyah", O_RDWR | O_CLOEXEC) < 0 ? errno : 0;
}

static int create_on_plain_node(void)
{
    return call(open_node(), CREATE_VM, NULL);
}

static int signed_on_plain_node(void)
{
    return call(open_node(), Q_CREATE_VM, NULL);
}

// ---- VMs ---------------------------------------------------------------------------------------------------------

static int vm_unknown(void)
{
    return on_loaded(0xb27f, NULL);
}

static int vm_of_others(void)
{
    return on_loaded(VM_START, NULL);
}

static int vm_run(void)
{
    return on_loaded(Q_RUN, NULL);
}

static int vm_other_size(void)
{
    struct virtio_event event = {1, 0, 0, 0};
    return on_loaded(0xc014b264ul, &event);
}

static int name_pointer(void)
{
    return on_fresh(Q_SET_NAME, NOWHERE);
}

static int name_unknown(void)
{
    return set_name(create_signed(), "nobody");
}

static int name_empty(void)
{
    return set_name(create_signed(), "");
}

static int name_twice(void)
{
    return set_name(load(NAME), NAME);
}

static int name_order(void)
{
    return set_name(load(NAME), "nobody");
}

// Its last character is not looked at.
static int name_without_end(void)
{
    struct fw_name name = {"trustedvm"};

    name.name[15] = 'x';
    return on_fresh(Q_SET_NAME, &name);
}

static int name_after_unknown(void)
{
    const int vm = create_signed();

    EXPECT(set_name(vm, "nobody") == EINVAL);
    return set_name(vm, NAME);
}

// Nobody but one VM has the platform's number.
static int name_of_another_vm(void)
{
    load(NAME);
    return set_name(create_signed(), NAME);
}

static int get_name_pointer(void)
{
    return on_loaded(Q_GET_NAME, NOWHERE);
}

static int get_name_of_none(void)
{
    struct fw_name name = {"something"};

    EXPECT(on_fresh(Q_GET_NAME, &name) == 0);
    return name.name[0] != 0;
}

static int get_name(void)
{
    struct fw_name name = {"something"};

    EXPECT(on_loaded(Q_GET_NAME, &name) == 0);
    return strcmp(name.name, NAME) != 0;
}

static int count_too_early(void)
{
    return on_fresh(Q_VCPU_COUNT, NULL);
}

static int memory_too_early(void)
{
    return on_fresh(Q_MEM_COUNT, NULL);
}

static int memory_count(void)
{
    const int count = ioctl(load(NAME), Q_MEM_COUNT);

    EXPECT(count < 0 || count == 1);
    return count < 0 ? errno : 0;
}

static int region_pointer(void)
{
    return on_loaded(Q_MEM_REGION, NOWHERE);
}

static int region_too_early(void)
{
    struct vm_mem_region region = {0};
    return on_fresh(Q_MEM_REGION, &region);
}

static int region_index(void)
{
    struct vm_mem_region region = {.idx = 1};
    return on_loaded(Q_MEM_REGION, &region);
}

// ---- vCPUs -------------------------------------------------------------------------------------------------------

static int vcpu_8(void)
{
    return on_loaded(Q_CREATE_VCPU, (void *)8);
}

static int vcpu_7(void)
{
    return on_fresh(Q_CREATE_VCPU, (void *)7);
}

static int vcpu_twice(void)
{
    const int vm = create_signed();

    add_signed_vcpu(vm, 3);
    return call(vm, Q_CREATE_VCPU, (void *)3);
}

static int vcpu_closed_and_again(void)
{
    const int vm = create_signed();

    close(add_signed_vcpu(vm, 3));
    return call(vm, Q_CREATE_VCPU, (void *)3);
}

static int vcpu_unknown(void)
{
    return call(add_signed_vcpu(load(NAME), 0), 0xb27f, NULL);
}

static int vcpu_of_others(void)
{
    return call(add_signed_vcpu(load(NAME), 0), VCPU_RUN, NULL);
}

static int run_without_firmware(void)
{
    return call(add_signed_vcpu(create_signed(), 0), Q_RUN, NULL);
}

static int run_after_firmware(void)
{
    const int vm = create_signed();
    const int vcpu = add_signed_vcpu(vm, 0);

    EXPECT(call(vcpu, Q_RUN, NULL) == EINVAL);
    EXPECT(set_name(vm, NAME) == 0);
    return call(vcpu, Q_RUN, NULL); // The first attempt was the last one.
}

static int run_with_too_many(void)
{
    const int vm = load(NAME);

    add_signed_vcpu(vm, 1);
    return call(add_signed_vcpu(vm, 0), Q_RUN, NULL);
}

static int run_of_no_vcpu(void)
{
    return call(add_signed_vcpu(load(NAME), 5), Q_RUN, NULL);
}

static const struct mistake vm_mistakes[] = {
    {"device: unknown", device_unknown, EVERY(EINVAL)},
    {"device: unknown of its kind", device_unknown_of_its_kind, EVERY(EINVAL)},
    {"device: an ioctl of a VM", device_vm_ioctl, EVERY(EINVAL)},
    {"device: CREATE_VM of other drivers", create_vm_of_others, EVERY(EINVAL)},
    {"CREATE_VM: argument", create_vm_argument, EVERY(0)},
    {"WAIT_FOR_EXIT: pointer", wait_pointer, LATER(EFAULT)},
    {"WAIT_FOR_EXIT: no such VM", wait_for_nobody, LATER(EINVAL)},
    {"/dev/qgunyah", open_beside, {ENOENT, 0, ENOENT}},
    {"/dev/gunyah: CREATE_VM", create_on_plain_node, {EINVAL, 0, EINVAL}},
    {"/dev/gunyah: CREATE_VM of Qualcomm", signed_on_plain_node, {0, ENOTTY, 0}},
    {"VM: unknown", vm_unknown, EVERY(EINVAL)},
    {"VM: an ioctl of other drivers", vm_of_others, EVERY(EINVAL)},
    {"VM: an ioctl of a vCPU", vm_run, EVERY(EINVAL)},
    {"VM: another size in the number", vm_other_size, EVERY(EINVAL)},
    {"SET_FW_NAME: pointer", name_pointer, EVERY(EFAULT)},
    {"SET_FW_NAME: unknown", name_unknown, EVERY(EINVAL)},
    {"SET_FW_NAME: empty", name_empty, EVERY(EINVAL)},
    {"SET_FW_NAME: twice", name_twice, EVERY(EEXIST)},
    {"SET_FW_NAME: order of checks", name_order, EVERY(EEXIST)},
    {"SET_FW_NAME: no end", name_without_end, EVERY(0)},
    {"SET_FW_NAME: after an unknown one", name_after_unknown, EVERY(0)},
    {"SET_FW_NAME: of another VM", name_of_another_vm, EVERY(ENODEV)},
    {"GET_FW_NAME: pointer", get_name_pointer, EVERY(EFAULT)},
    {"GET_FW_NAME: none", get_name_of_none, EVERY(0)},
    {"GET_FW_NAME", get_name, EVERY(0)},
    {"GET_VCPU_COUNT: no firmware", count_too_early, EVERY(EINVAL)},
    {"GET_MEM_COUNT: no firmware", memory_too_early, EVERY(EINVAL)},
    {"GET_MEM_COUNT", memory_count, LATER(0)},
    {"GET_MEM_REGION: pointer", region_pointer, LATER(EFAULT)},
    {"GET_MEM_REGION: no firmware", region_too_early, LATER(EINVAL)},
    {"GET_MEM_REGION: index", region_index, LATER(EINVAL)},
    {"CREATE_VCPU: 7", vcpu_7, EVERY(0)},
    {"CREATE_VCPU: 8", vcpu_8, EVERY(EINVAL)},
    {"CREATE_VCPU: twice", vcpu_twice, EVERY(EEXIST)},
    {"CREATE_VCPU: closed", vcpu_closed_and_again, EVERY(EEXIST)},
    {"vCPU: unknown", vcpu_unknown, EVERY(EINVAL)},
    {"vCPU: RUN of other drivers", vcpu_of_others, EVERY(EINVAL)},
    {"RUN: no firmware", run_without_firmware, EVERY(EINVAL)},
    {"RUN: once more", run_after_firmware, EVERY(EINVAL)},
    {"RUN: too many vCPUs", run_with_too_many, EVERY(EINVAL)},
    {"RUN: no such vCPU", run_of_no_vcpu, EVERY(EPERM)},
};

Test(mistakes, signed_vms)
{
    check_mistakes(vm_mistakes, sizeof(vm_mistakes) / sizeof(vm_mistakes[0]));
}
