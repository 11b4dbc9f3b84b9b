// SPDX-License-Identifier: BSD-3-Clause
// Who this VM is, and how it calls.
#include "trees.h"

#include <string.h>

static struct tree tree;
static struct gunyah_dt dt;
static struct gunyah_dt_vm_info info = GUNYAH_DT_VM_INFO_INIT;
static enum gunyah_conduit conduit = GUNYAH_CONDUIT_DEFAULT;

Test(dt_vm, a_guest)
{
    tree_open(&tree, MADE("guest"), &dt);
    cr_assert_eq(gunyah_dt_get_vm_info(&dt, &info), GUNYAH_OK);
    cr_expect_eq(info.hypervisor, GUNYAH_DT_HYPERVISOR_GUNYAH | GUNYAH_DT_HYPERVISOR_QCOM);
    cr_expect(info.has_vmid && info.vmid.value == 0x80);
    cr_expect(info.has_owner && info.owner.value == 3);
    cr_expect_str_eq(info.vendor, "Qualcomm");
    cr_expect_str_eq(info.image_name, "guest");
    cr_expect_str_eq(info.uri, "vmuid/guest");
    cr_expect_str_eq(info.guid, "01234567-89ab-cdef-0123-456789abcdef");
    cr_assert_eq(info.peer_count, 2);
    cr_expect_str_eq(info.peers, "vm-name:one");
    cr_expect_str_eq(info.peers + strlen(info.peers) + 1, "vm-name:two");
    cr_expect_eq(gunyah_dt_psci_conduit(&dt, &conduit), GUNYAH_OK);
    cr_expect_eq(conduit, GUNYAH_CONDUIT_HVC);
}

Test(dt_vm, real_vms)
{
    tree_open(&tree, REAL("stock-production"), &dt);
    cr_assert_eq(gunyah_dt_get_vm_info(&dt, &info), GUNYAH_OK);
    cr_expect_eq(info.hypervisor, GUNYAH_DT_HYPERVISOR_QCOM);
    cr_expect(info.has_vmid && info.vmid.value == 3);
    cr_expect_not(info.has_owner);
    cr_expect_str_eq(info.vendor, "Qualcomm");
    cr_expect(info.image_name == NULL && info.uri == NULL && info.guid == NULL && info.peers == NULL);
    cr_expect_eq(info.peer_count, 0);
    cr_expect_eq(gunyah_dt_psci_conduit(&dt, &conduit), GUNYAH_OK);
    cr_expect_eq(conduit, GUNYAH_CONDUIT_SMC);

    tree_open(&tree, REAL("secondary-vm-two-doorbells-shm"), &dt);
    cr_assert_eq(gunyah_dt_get_vm_info(&dt, &info), GUNYAH_OK);
    cr_expect_eq(info.hypervisor, GUNYAH_DT_HYPERVISOR_GUNYAH | GUNYAH_DT_HYPERVISOR_QCOM);
    cr_expect(info.vmid.value == 0x80 && info.owner.value == 3);
    cr_expect_str_eq(info.image_name, "rig-cell");
}

Test(dt_vm, a_hypervisor_that_does_not_say_who_we_are)
{
    tree_open(&tree, MADE("upstream"), &dt);
    cr_assert_eq(gunyah_dt_get_vm_info(&dt, &info), GUNYAH_OK);
    cr_expect_eq(info.hypervisor, GUNYAH_DT_HYPERVISOR_GUNYAH);
    cr_expect_not(info.has_vmid);
    cr_expect_not(info.has_owner);
    cr_expect_eq(gunyah_dt_psci_conduit(&dt, &conduit), GUNYAH_OK);
    cr_expect_eq(conduit, GUNYAH_CONDUIT_SMC);
}

Test(dt_vm, no_vm_of_gunyah)
{
    tree_open(&tree, REAL("input-virt"), &dt);
    info.vendor = "untouched";
    cr_expect_eq(gunyah_dt_get_vm_info(&dt, &info), GUNYAH_ERR_NOT_FOUND);
    cr_expect_str_eq(info.vendor, "untouched");
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->text, "it names no hypervisor and no VMID");
}

Test(dt_vm, malformed)
{
    tree_open(&tree, MADE("hostile"), &dt);
    info.vendor = "untouched";
    cr_expect_eq(gunyah_dt_get_vm_info(&dt, &info), GUNYAH_ERR_DEVICE_TREE);
    cr_expect_str_eq(info.vendor, "untouched");
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->path, "/hypervisor/vm");
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->property, "qcom,vmid");
    cr_expect_eq(gunyah_dt_psci_conduit(&dt, &conduit), GUNYAH_ERR_DEVICE_TREE);
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->text, "it must be one text");
    cr_expect_eq(conduit, GUNYAH_CONDUIT_DEFAULT);
}

Test(dt_vm, bad_arguments)
{
    struct gunyah_dt closed;

    tree_open(&tree, MADE("guest"), &dt);
    cr_expect_eq(gunyah_dt_get_vm_info(&dt, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_get_vm_info(NULL, &info), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_psci_conduit(&dt, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_psci_conduit(NULL, &conduit), GUNYAH_ERR_NULL);
    info.size--;
    cr_expect_eq(gunyah_dt_get_vm_info(&dt, &info), GUNYAH_ERR_OPTION);
    info.size += 9;
    cr_expect_eq(gunyah_dt_get_vm_info(&dt, &info), GUNYAH_OK);
    cr_expect_eq(info.size, sizeof(info) + 8);
    cr_assert_eq(gunyah_dt_open(NULL, 0, &closed), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_get_vm_info(&closed, &info), GUNYAH_ERR_HANDLE);
    cr_expect_eq(gunyah_dt_psci_conduit(&closed, &conduit), GUNYAH_ERR_HANDLE);
}
