// SPDX-License-Identifier: BSD-3-Clause
// The devices of a tree: which there are, by label and by path.
#include "trees.h"

#include <string.h>

static struct tree tree;
static struct gunyah_dt dt;
static struct gunyah_dt_device device = GUNYAH_DT_DEVICE_INIT;

static void open_guest(void)
{
    tree_open(&tree, MADE("guest"), &dt);
}

// What next_device() finds, in order, ends with GUNYAH_ERR_NOT_FOUND.
static void expect_names(enum gunyah_dt_kind kind, const char *const *names)
{
    struct gunyah_dt_device found = GUNYAH_DT_DEVICE_INIT;

    for (; *names != NULL; names++) {
        const enum gunyah_error error = gunyah_dt_next_device(&dt, kind, &found);
        // The tree has one device that cannot be used: it is found all the same.
        cr_assert(error == GUNYAH_OK || (error == GUNYAH_ERR_UNSUPPORTED && strcmp(*names, "virtio@0") == 0), "%s: %d",
                  *names, error);
        cr_assert_str_eq(found.name, *names);
        cr_expect(kind == GUNYAH_DT_ANY || found.kind == kind);
    }
    struct gunyah_dt_device last = found;
    cr_expect_eq(gunyah_dt_next_device(&dt, kind, &found), GUNYAH_ERR_NOT_FOUND);
    cr_expect_arr_eq(&found, &last, sizeof(found));
}

Test(dt_find, every_device_of_each_kind)
{
    static const char *const any[] = {"itself@b0000000",
                                      "qcom,resource-mgr@21",
                                      "pair@31",
                                      "sender@40",
                                      "receiver@41",
                                      "bell@50",
                                      "ppi-bell@52",
                                      "ring@0",
                                      "qcom,shm",
                                      "qcom,shm-doorbell",
                                      "tx@60",
                                      "rx@61",
                                      "qcom,gh-watchdog",
                                      "virtio@1000",
                                      "virtio@0",
                                      NULL};
    static const struct {
        enum gunyah_dt_kind kind;
        const char *names[6];
    } kinds[] = {
        {GUNYAH_DT_RESOURCE_MANAGER, {"qcom,resource-mgr@21"}},
        {GUNYAH_DT_MSGQUEUE, {"sender@40", "receiver@41"}},
        {GUNYAH_DT_MSGQUEUE_PAIR, {"pair@31"}},
        {GUNYAH_DT_DOORBELL, {"bell@50", "ppi-bell@52", "rx@61"}},
        {GUNYAH_DT_DOORBELL_SOURCE, {"ring@0", "tx@60"}},
        {GUNYAH_DT_SHARED_MEMORY, {"itself@b0000000", "qcom,shm", "qcom,shm-doorbell"}},
        {GUNYAH_DT_VIRTIO_MMIO, {"virtio@1000", "virtio@0"}},
        {GUNYAH_DT_WATCHDOG, {"qcom,gh-watchdog"}},
        {(enum gunyah_dt_kind)9, {NULL}},
        {(enum gunyah_dt_kind) - 1, {NULL}},
    };

    open_guest();
    expect_names(GUNYAH_DT_ANY, any);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        expect_names(kinds[i].kind, kinds[i].names);
}

Test(dt_find, a_machine_without_gunyah)
{
    static const char *const none[] = {NULL};

    tree_open(&tree, REAL("input-virt"), &dt);
    expect_names(GUNYAH_DT_RESOURCE_MANAGER, none);
    expect_names(GUNYAH_DT_DOORBELL, none);
    // But it has devices that look the same.
    cr_expect_eq(gunyah_dt_next_device(&dt, GUNYAH_DT_VIRTIO_MMIO, &device), GUNYAH_OK);
    cr_expect_not(device.has_label);
}

Test(dt_find, labels)
{
    open_guest();
    cr_expect_eq(gunyah_dt_find_label(&dt, GUNYAH_DT_ANY, 5, &device), GUNYAH_OK);
    cr_expect_str_eq(device.name, "qcom,shm");
    cr_expect_eq(gunyah_dt_find_label(&dt, GUNYAH_DT_DOORBELL, 4, &device), GUNYAH_OK);
    cr_expect_str_eq(device.name, "bell@50");
    cr_expect_eq(gunyah_dt_find_label(&dt, GUNYAH_DT_DOORBELL_SOURCE, 4, &device), GUNYAH_OK);
    cr_expect_str_eq(device.name, "ring@0");
    // One that is switched off has the label too.
    cr_expect_eq(gunyah_dt_find_label(&dt, GUNYAH_DT_DOORBELL, 7, &device), GUNYAH_OK);
    cr_expect_str_eq(device.name, "ppi-bell@52");
    // qcom,label counts, not label.
    cr_expect_eq(gunyah_dt_find_label(&dt, GUNYAH_DT_MSGQUEUE_PAIR, 1, &device), GUNYAH_OK);
    cr_expect_eq(gunyah_dt_find_label(&dt, GUNYAH_DT_MSGQUEUE_PAIR, 9, &device), GUNYAH_ERR_NOT_FOUND);
    cr_expect_eq(gunyah_dt_find_label(&dt, GUNYAH_DT_DOORBELL, 5, &device), GUNYAH_ERR_NOT_FOUND);
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->text, "no device of this kind has this label");
    // "abc" with its 0 is no number of one cell that anybody means, but looks like one.
    cr_expect_eq(gunyah_dt_find_label(&dt, GUNYAH_DT_VIRTIO_MMIO, 0x10, &device), GUNYAH_OK);
}

Test(dt_find, paths)
{
    open_guest();
    cr_expect_eq(gunyah_dt_find_path(&dt, "/hypervisor/qcom,shm", &device), GUNYAH_OK);
    cr_expect_eq(device.kind, GUNYAH_DT_SHARED_MEMORY);
    cr_expect_eq(gunyah_dt_find_path(&dt, "/hypervisor/bell", &device), GUNYAH_OK);
    cr_expect_str_eq(device.name, "bell@50");
    cr_expect_eq(gunyah_dt_find_path(&dt, "/hypervisor/bell@51", &device), GUNYAH_ERR_NOT_FOUND);
    cr_expect_eq(gunyah_dt_find_path(&dt, "/hypervisor/switched-off", &device), GUNYAH_ERR_NOT_FOUND);
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->path, "/hypervisor/switched-off@51");
    cr_expect_eq(gunyah_dt_find_path(&dt, "/psci", &device), GUNYAH_ERR_NOT_FOUND);
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->path, "/psci");
    cr_expect_str_eq(gunyah_dt_last_problem(&dt)->text, "this node is no device");
    cr_expect_eq(gunyah_dt_find_path(&dt, "/", &device), GUNYAH_ERR_NOT_FOUND);
    cr_expect_eq(gunyah_dt_find_path(&dt, "", &device), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_dt_find_path(&dt, NULL, &device), GUNYAH_ERR_NULL);
}

Test(dt_find, an_alias_that_means_itself)
{
    tree_open(&tree, MADE("hostile"), &dt);
    cr_expect_eq(gunyah_dt_find_path(&dt, "myself", &device), GUNYAH_ERR_ARGUMENT_INVALID);
}

Test(dt_find, from_where_a_device_says)
{
    struct gunyah_dt closed;

    open_guest();
    device.node = -1;
    cr_expect_eq(gunyah_dt_next_device(&dt, GUNYAH_DT_ANY, &device), GUNYAH_ERR_ARGUMENT_INVALID);
    device.node = 2;
    cr_expect_eq(gunyah_dt_next_device(&dt, GUNYAH_DT_ANY, &device), GUNYAH_ERR_ARGUMENT_INVALID);
    device.node = INT32_MAX;
    cr_expect_eq(gunyah_dt_next_device(&dt, GUNYAH_DT_ANY, &device), GUNYAH_ERR_ARGUMENT_INVALID);
    device.node = 0;
    cr_expect_eq(gunyah_dt_next_device(&dt, GUNYAH_DT_ANY, &device), GUNYAH_OK);
    device.size--;
    cr_expect_eq(gunyah_dt_next_device(&dt, GUNYAH_DT_ANY, &device), GUNYAH_ERR_OPTION);
    cr_expect_eq(gunyah_dt_next_device(&dt, GUNYAH_DT_ANY, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_next_device(NULL, GUNYAH_DT_ANY, &device), GUNYAH_ERR_NULL);
    cr_assert_eq(gunyah_dt_open(NULL, 0, &closed), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_next_device(&closed, GUNYAH_DT_ANY, &device), GUNYAH_ERR_HANDLE);
}
