// SPDX-License-Identifier: BSD-3-Clause
// Virtual devices without memory: what is written of them, and what is refused.
#include "build_kit.h"

static struct gunyah_dt_rm_rpc rm_rpc = GUNYAH_DT_RM_RPC_INIT;
static struct gunyah_dt_bell bell = GUNYAH_DT_BELL_INIT;
static struct gunyah_dt_msgqueue queue = GUNYAH_DT_MSGQUEUE_INIT;
static struct gunyah_dt_msgqueue_pair pair = GUNYAH_DT_MSGQUEUE_PAIR_INIT;
static struct gunyah_dt_rtc rtc = GUNYAH_DT_RTC_INIT;

static void begin(void)
{
    cr_assert_eq(kit_begin(), GUNYAH_OK);
}

static void expect_bell(enum gunyah_error error, const char *path, const char *property, const char *text)
{
    cr_expect_eq(gunyah_dt_add_doorbell(&build, &bell), error, "%s", text);
    kit_expect_problem(path, property, text);
}

static void add_bell(void)
{
    cr_expect_eq(gunyah_dt_add_doorbell(&build, &bell), GUNYAH_OK, "%s", gunyah_dt_build_last_problem(&build)->text);
}

Test(dt_build_vdevices, resource_manager, .init = begin)
{
    cr_expect_eq(gunyah_dt_add_rm_rpc(&build, &rm_rpc), GUNYAH_OK);
    rm_rpc.name = "second";
    rm_rpc.generate = "/hypervisor/other";
    rm_rpc.message_size = 1023;
    rm_rpc.queue_depth = 255;
    rm_rpc.send_interrupt.virq = gunyah_virq(992);
    rm_rpc.receive_interrupt.virq = gunyah_virq(993);
    rm_rpc.receive_interrupt.level = true;
    rm_rpc.console = true;
    cr_expect_eq(gunyah_dt_add_rm_rpc(&build, &rm_rpc), GUNYAH_OK);
    kit_finish();
    kit_expect_string(VDEVICES "/rm-rpc", "vdevice-type", "rm-rpc");
    kit_expect_string(VDEVICES "/rm-rpc", "generate", "/hypervisor/qcom,resource-mgr");
    cr_expect_not(kit_has(VDEVICES "/rm-rpc", "message-size"));
    cr_expect_not(kit_has(VDEVICES "/rm-rpc", "queue-depth"));
    cr_expect_not(kit_has(VDEVICES "/rm-rpc", "interrupts"));
    kit_expect_flag(VDEVICES "/rm-rpc", "console-dev", false);
    kit_expect_string(VDEVICES "/second", "generate", "/hypervisor/other");
    kit_expect_u32(VDEVICES "/second", "message-size", 1023);
    kit_expect_u32(VDEVICES "/second", "queue-depth", 255);
    kit_expect_cells(VDEVICES "/second", "interrupts", (const uint32_t[]){0, 960, 1, 0, 961, 4}, 6);
    kit_expect_flag(VDEVICES "/second", "console-dev", true);
}

Test(dt_build_vdevices, doorbells, .init = begin)
{
    bell.label = 0x21;
    bell.interrupt.virq = gunyah_virq(32);
    add_bell();
    bell.name = "own";
    bell.label = 0;
    bell.generate = "/hypervisor/qcom,doorbell";
    bell.peer = "vm-name:other";
    bell.interrupt.virq = gunyah_virq(0);
    bell.source_can_clear = false;
    add_bell();
    bell.name = NULL;
    bell.label = UINT32_MAX;
    cr_expect_eq(gunyah_dt_add_doorbell_source(&build, &bell), GUNYAH_OK);
    kit_finish();
    kit_expect_string(VDEVICES "/doorbell-33", "vdevice-type", "doorbell");
    kit_expect_string(VDEVICES "/doorbell-33", "generate", "/hypervisor/doorbell-33");
    kit_expect_u32(VDEVICES "/doorbell-33", "label", 0x21);
    kit_expect_flag(VDEVICES "/doorbell-33", "peer-default", true);
    kit_expect_flag(VDEVICES "/doorbell-33", "source-can-clear", true);
    kit_expect_cells(VDEVICES "/doorbell-33", "interrupts", (const uint32_t[]){0, 0, 1}, 3);
    kit_expect_string(VDEVICES "/own", "generate", "/hypervisor/qcom,doorbell");
    kit_expect_u32(VDEVICES "/own", "label", 0);
    kit_expect_flag(VDEVICES "/own", "peer-default", false);
    kit_expect_string(VDEVICES "/own", "peer", "vm-name:other");
    kit_expect_flag(VDEVICES "/own", "source-can-clear", false);
    cr_expect_not(kit_has(VDEVICES "/own", "interrupts"));
    kit_expect_string(VDEVICES "/doorbell-source-0xffffffff", "vdevice-type", "doorbell-source");
    kit_expect_u32(VDEVICES "/doorbell-source-0xffffffff", "label", UINT32_MAX);
}

Test(dt_build_vdevices, queues, .init = begin)
{
    queue.label = 1;
    queue.sends = true;
    cr_expect_eq(gunyah_dt_add_msgqueue(&build, &queue), GUNYAH_OK);
    queue.label = 2;
    queue.sends = false;
    queue.message_size = 1;
    queue.queue_depth = 1;
    queue.interrupt.virq = gunyah_virq(4096);
    cr_expect_eq(gunyah_dt_add_msgqueue(&build, &queue), GUNYAH_OK);
    pair.label = 1;
    pair.peer = "vm-guid:01234567-89ab-cdef-0123-456789abcdef";
    pair.message_size = 100;
    pair.send_interrupt.virq = gunyah_virq(1119);
    pair.receive_interrupt.virq = gunyah_virq(16);
    cr_expect_eq(gunyah_dt_add_msgqueue_pair(&build, &pair), GUNYAH_OK);
    kit_finish();
    kit_expect_string(VDEVICES "/message-queue-1", "vdevice-type", "message-queue");
    kit_expect_flag(VDEVICES "/message-queue-1", "is-sender", true);
    kit_expect_flag(VDEVICES "/message-queue-1", "is-receiver", false);
    kit_expect_flag(VDEVICES "/message-queue-1", "peer-default", true);
    cr_expect_not(kit_has(VDEVICES "/message-queue-1", "message-size"));
    kit_expect_flag(VDEVICES "/message-queue-2", "is-sender", false);
    kit_expect_flag(VDEVICES "/message-queue-2", "is-receiver", true);
    kit_expect_u32(VDEVICES "/message-queue-2", "message-size", 1);
    kit_expect_u32(VDEVICES "/message-queue-2", "queue-depth", 1);
    kit_expect_cells(VDEVICES "/message-queue-2", "interrupts", (const uint32_t[]){2, 0, 1}, 3);
    kit_expect_string(VDEVICES "/message-queue-pair-1", "vdevice-type", "message-queue-pair");
    kit_expect_string(VDEVICES "/message-queue-pair-1", "peer", "vm-guid:01234567-89ab-cdef-0123-456789abcdef");
    kit_expect_u32(VDEVICES "/message-queue-pair-1", "message-size", 100);
    kit_expect_cells(VDEVICES "/message-queue-pair-1", "interrupts", (const uint32_t[]){3, 63, 1, 1, 0, 1}, 6);
}

// They are in the order of the calls.
Test(dt_build_vdevices, order, .init = begin)
{
    static const char *const names[] = {"z", "m", "a"};
    size_t i = 0;
    int node;

    for (; i < 3; i++) {
        bell.name = names[i];
        bell.label = (uint32_t)i;
        add_bell();
    }
    kit_finish();
    i = 0;
    fdt_for_each_subnode(node, built.bytes, kit_node(VDEVICES))
    {
        cr_assert_lt(i, 3);
        cr_expect_str_eq(fdt_get_name(built.bytes, node, NULL), names[i]);
        i++;
    }
    cr_expect_eq(i, 3);
}

Test(dt_build_vdevices, clock, .init = begin)
{
    rtc.address = 0x9010800;
    cr_expect_eq(gunyah_dt_add_rtc(&build, &rtc), GUNYAH_ERR_ARGUMENT_ALIGNMENT);
    kit_expect_problem(VDEVICES "/rtc", "base", "it is no multiple of 4 KiB");
    rtc.address = 0x8ffff000;
    cr_expect_eq(gunyah_dt_add_rtc(&build, &rtc), GUNYAH_ERR_IN_USE);
    kit_expect_problem(VDEVICES "/rtc", "base", "something else is there");
    rtc.address = 0x9010000;
    rtc.generate = "/vsoc/rtc";
    cr_expect_eq(gunyah_dt_add_rtc(&build, &rtc), GUNYAH_OK);
    rtc.name = "again";
    rtc.address = 0;
    cr_expect_eq(gunyah_dt_add_rtc(&build, &rtc), GUNYAH_ERR_IN_USE);
    kit_expect_problem(VDEVICES "/again", "vdevice-type", "a VM has one of them");
    kit_finish();
    kit_expect_string(VDEVICES "/rtc", "vdevice-type", "vrtc-pl031");
    kit_expect_string(VDEVICES "/rtc", "generate", "/vsoc/rtc");
    kit_expect_u64(VDEVICES "/rtc", "base", 0x9010000);
    cr_expect_not(kit_has(VDEVICES "/rtc", "peer-default"));
    // Wherever the Resource Manager likes.
    rtc.name = NULL;
    rtc.generate = NULL;
    begin();
    cr_expect_eq(gunyah_dt_add_rtc(&build, &rtc), GUNYAH_OK);
    kit_finish();
    kit_expect_flag(VDEVICES "/rtc", "allocate-base", true);
    cr_expect_not(kit_has(VDEVICES "/rtc", "base"));
    cr_expect_not(kit_has(VDEVICES "/rtc", "generate"));
}

// ---- What is refused ---------------------------------------------------------------------------------------------

Test(dt_build_vdevices, bad_arguments)
{
    cr_expect_eq(gunyah_dt_add_doorbell(NULL, &bell), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_add_doorbell(&build, &bell), GUNYAH_ERR_HANDLE);
    begin();
    cr_expect_eq(gunyah_dt_add_rm_rpc(&build, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_add_doorbell(&build, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_add_doorbell_source(&build, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_add_msgqueue(&build, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_add_msgqueue_pair(&build, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_dt_add_rtc(&build, NULL), GUNYAH_ERR_NULL);
    rm_rpc.size = bell.size = queue.size = pair.size = rtc.size = sizeof(size_t);
    cr_expect_eq(gunyah_dt_add_rm_rpc(&build, &rm_rpc), GUNYAH_ERR_OPTION);
    expect_bell(GUNYAH_ERR_OPTION, VDEVICES, NULL, "the struct has another size");
    cr_expect_eq(gunyah_dt_add_doorbell_source(&build, &bell), GUNYAH_ERR_OPTION);
    cr_expect_eq(gunyah_dt_add_msgqueue(&build, &queue), GUNYAH_ERR_OPTION);
    cr_expect_eq(gunyah_dt_add_msgqueue_pair(&build, &pair), GUNYAH_ERR_OPTION);
    cr_expect_eq(gunyah_dt_add_rtc(&build, &rtc), GUNYAH_ERR_OPTION);
    kit_finish();
    cr_expect_eq(fdt_first_subnode(built.bytes, kit_node(VDEVICES)), -FDT_ERR_NOTFOUND);
    bell.size = sizeof(bell);
    cr_expect_eq(gunyah_dt_add_doorbell(&build, &bell), GUNYAH_ERR_HANDLE);
}

Test(dt_build_vdevices, names, .init = begin)
{
    static const char *const bad[] = {"", "a/b", "a@1", "a b", "a\n", "\xc3\xa4", "01234567890123456789012345678901"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        bell.name = bad[i];
        expect_bell(GUNYAH_ERR_ARGUMENT_INVALID, VDEVICES, NULL, "a name has 1 to 31 letters, digits and ,._+-");
    }
    bell.name = "AZaz09,._+-";
    add_bell();
    bell.label = 1;
    expect_bell(GUNYAH_ERR_IN_USE, VDEVICES "/AZaz09,._+-", NULL, "another virtual device has this name");
    bell.name = "0123456789012345678901234567890";
    add_bell();
}

Test(dt_build_vdevices, paths, .init = begin)
{
    static const char *const bad[] = {"", "a", "/", "/a/", "//a", "/a//b", "/a b", "/a@1", "/\xff"};
    char path[202];

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        bell.generate = bad[i];
        expect_bell(GUNYAH_ERR_ARGUMENT_INVALID, VDEVICES "/doorbell-0", "generate", "it is no path of a node");
    }
    for (size_t i = 0; i < sizeof(path); i++)
        path[i] = i % 20 == 0 ? '/' : 'x';
    path[200] = '\0';
    bell.generate = path;
    expect_bell(GUNYAH_ERR_ARGUMENT_INVALID, VDEVICES "/doorbell-0", "generate", "it is no path of a node");
    path[199] = '\0';
    add_bell();
    // A number comes behind it, so that two may have the same one.
    bell.label = 1;
    add_bell();
}

Test(dt_build_vdevices, peers, .init = begin)
{
    static const char *const bad[] = {"", "other", "vm-name:", "vm-uri", "vm-name:\n", "VM-NAME:a"};
    static const char *const good[] = {"vm-name:a", "vm-guid:a", "vm-uri:a"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        bell.peer = bad[i];
        expect_bell(GUNYAH_ERR_ARGUMENT_INVALID, VDEVICES "/doorbell-0", "peer",
                    "it is not vm-name:, vm-guid: or vm-uri: and a name");
    }
    for (uint32_t i = 0; i < 3; i++) {
        bell.peer = good[i];
        bell.label = i;
        add_bell();
    }
}

Test(dt_build_vdevices, labels, .init = begin)
{
    bell.label = 7;
    add_bell();
    bell.name = "other";
    expect_bell(GUNYAH_ERR_IN_USE, VDEVICES "/other", "label", "another one of this type has it");
    // Types have labels of their own.
    cr_expect_eq(gunyah_dt_add_doorbell_source(&build, &bell), GUNYAH_OK);
    queue.label = 7;
    cr_expect_eq(gunyah_dt_add_msgqueue(&build, &queue), GUNYAH_OK);
    pair.label = 7;
    cr_expect_eq(gunyah_dt_add_msgqueue_pair(&build, &pair), GUNYAH_OK);
    queue.name = "queue";
    cr_expect_eq(gunyah_dt_add_msgqueue(&build, &queue), GUNYAH_ERR_IN_USE);
    pair.name = "pair";
    cr_expect_eq(gunyah_dt_add_msgqueue_pair(&build, &pair), GUNYAH_ERR_IN_USE);
}

Test(dt_build_vdevices, interrupts, .init = begin)
{
    static const uint32_t first[] = {16, 32, 1056, 4096};
    static const uint32_t last[] = {31, 1019, 1119, 5119};
    static const uint32_t bad[] = {1, 15, 1020, 1055, 1120, 4095, 5120, 8192, UINT32_MAX};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        bell.interrupt.virq = gunyah_virq(bad[i]);
        expect_bell(GUNYAH_ERR_ARGUMENT_INVALID, VDEVICES "/doorbell-0", "interrupts", "the GIC has no such interrupt");
    }
    for (size_t i = 0; i < 4; i++) {
        bell.interrupt.virq = gunyah_virq(first[i]);
        bell.label++;
        add_bell();
        bell.interrupt.virq = gunyah_virq(last[i]);
        bell.label++;
        add_bell();
    }
    // Another trigger makes it no other interrupt.
    bell.label++;
    bell.interrupt.level = true;
    expect_bell(GUNYAH_ERR_IN_USE, VDEVICES "/doorbell-9", "interrupts", "another virtual device has it");
    cr_expect_eq(gunyah_dt_add_doorbell_source(&build, &bell), GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem(VDEVICES "/doorbell-source-9", "interrupts", "the interrupt is the peer's");
}

Test(dt_build_vdevices, interrupts_of_pairs, .init = begin)
{
    pair.send_interrupt.virq = gunyah_virq(40);
    cr_expect_eq(gunyah_dt_add_msgqueue_pair(&build, &pair), GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem(VDEVICES "/message-queue-pair-0", "interrupts", "there is one, but not the other");
    pair.receive_interrupt.virq = gunyah_virq(40);
    cr_expect_eq(gunyah_dt_add_msgqueue_pair(&build, &pair), GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem(VDEVICES "/message-queue-pair-0", "interrupts", "both are the same");
    // The same number, but of another kind.
    pair.receive_interrupt.virq = gunyah_virq(24);
    cr_expect_eq(gunyah_dt_add_msgqueue_pair(&build, &pair), GUNYAH_OK);
    // The second one is taken as well.
    bell.interrupt.virq = gunyah_virq(24);
    expect_bell(GUNYAH_ERR_IN_USE, VDEVICES "/doorbell-0", "interrupts", "another virtual device has it");
    rm_rpc.receive_interrupt.virq = gunyah_virq(40);
    rm_rpc.send_interrupt.virq = gunyah_virq(41);
    cr_expect_eq(gunyah_dt_add_rm_rpc(&build, &rm_rpc), GUNYAH_ERR_IN_USE);
}

Test(dt_build_vdevices, sizes_of_queues, .init = begin)
{
    queue.message_size = 1024;
    cr_expect_eq(gunyah_dt_add_msgqueue(&build, &queue), GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem(VDEVICES "/message-queue-0", "message-size", "messages have at most 1023 bytes");
    queue.message_size = 0;
    queue.queue_depth = 256;
    cr_expect_eq(gunyah_dt_add_msgqueue(&build, &queue), GUNYAH_ERR_ARGUMENT_INVALID);
    kit_expect_problem(VDEVICES "/message-queue-0", "queue-depth", "a queue has at most 255 messages");
    pair.queue_depth = 256;
    cr_expect_eq(gunyah_dt_add_msgqueue_pair(&build, &pair), GUNYAH_ERR_ARGUMENT_INVALID);
    rm_rpc.message_size = 1024;
    cr_expect_eq(gunyah_dt_add_rm_rpc(&build, &rm_rpc), GUNYAH_ERR_ARGUMENT_INVALID);
}

// A call that fails leaves no trace: the tree is the same as without it.
Test(dt_build_vdevices, nothing_is_left_of_a_failure, .init = begin)
{
    static struct tree without;

    add_bell();
    kit_finish();
    without = built;
    begin();
    bell.interrupt.virq = gunyah_virq(3);
    expect_bell(GUNYAH_ERR_ARGUMENT_INVALID, VDEVICES "/doorbell-0", "interrupts", "the GIC has no such interrupt");
    cr_expect_eq(gunyah_dt_add_msgqueue_pair(&build, &(struct gunyah_dt_msgqueue_pair){sizeof(pair), .peer = "x"}),
                 GUNYAH_ERR_ARGUMENT_INVALID);
    bell.interrupt.virq = gunyah_virq(0);
    add_bell();
    expect_bell(GUNYAH_ERR_IN_USE, VDEVICES "/doorbell-0", NULL, "another virtual device has this name");
    kit_finish();
    cr_assert_eq(built.size, without.size);
    cr_expect_eq(memcmp(built.bytes, without.bytes, built.size), 0);
}
