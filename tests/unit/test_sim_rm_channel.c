// SPDX-License-Identifier: BSD-3-Clause
// The channel to the simulator's Resource Manager: packets, their time, and what goes wrong with them on request.

#include "sim_rm.h"

#define LATENCY_NS 350000

static const unsigned char get_vmid[8] = {0x21, 1, 7, 0, 0x24, 0, 0, 0x56};

static void send_raw(struct rm_end *end, const void *packet, size_t size)
{
    cr_assert(eq(u64, vm_send(end->vm, end->queue.send_cap, packet, size), GUNYAH_HVERR_OK));
}

static void is_empty(struct rm_end *end)
{
    unsigned char packet[240];

    cr_assert(eq(u64, vm_receive(end->vm, end->queue.receive_cap, packet, 240, NULL), GUNYAH_HVERR_MSGQUEUE_EMPTY));
}

static void add_fault(struct gunyah_sim *sim, uint32_t message, enum gunyah_sim_rm_mischief mischief, uint64_t value)
{
    struct gunyah_sim_rm_fault fault = GUNYAH_SIM_RM_FAULT_INIT;

    fault.message = message;
    fault.mischief = mischief;
    fault.value = value;
    cr_assert(eq(int, gunyah_sim_add_rm_fault(sim, &fault), GUNYAH_OK));
}

Test(sim_rm_channel, the_answer_takes_its_time)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    unsigned char packet[240];
    static const unsigned char answer[16] = {0x21, 2, 7, 0, 0x24, 0, 0, 0x56, 0, 0, 0, 0, 3, 0, 0, 0};
    uint64_t sent = gunyah_sim_now(sim);

    send_raw(&hlos, get_vmid, sizeof(get_vmid));
    is_empty(&hlos);
    cr_assert(eq(int, vm_wait_one(hlos.vm, hlos.queue.receive_virq.value, LATENCY_NS / 2), GUNYAH_ERR_TIMEOUT));
    is_empty(&hlos);
    cr_assert(eq(int, vm_wait_one(hlos.vm, hlos.queue.receive_virq.value, UINT64_MAX), GUNYAH_OK));
    cr_assert(eq(u64, gunyah_sim_now(sim) - sent, LATENCY_NS));
    cr_assert(eq(sz, rm_packet(&hlos, packet), sizeof(answer)));
    cr_assert(eq(int, memcmp(packet, answer, sizeof(answer)), 0));
    is_empty(&hlos);
    cr_assert(eq(int, vm_wait_one(hlos.vm, hlos.queue.receive_virq.value, UINT64_MAX), GUNYAH_ERR_DEADLOCK));
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_channel, one_yield_is_enough)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    unsigned char packet[240];

    send_raw(&hlos, get_vmid, sizeof(get_vmid));
    rm_yield(&hlos);
    cr_assert(eq(sz, rm_packet(&hlos, packet), 16));
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_channel, the_channel_is_as_asked_for)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm *vm = new_vm(sim, RM_HLOS);
    struct gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;
    struct gunyah_sim_rm_queue again = GUNYAH_SIM_RM_QUEUE_INIT;

    cr_assert(eq(int, gunyah_sim_get_rm_queue(vm, &queue), GUNYAH_ERR_OBJECT_STATE));
    cr_assert(eq(int, gunyah_sim_add_rm(sim, NULL), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_add_rm(sim, NULL), GUNYAH_ERR_IN_USE));
    queue.depth = 256;
    cr_assert(eq(int, gunyah_sim_get_rm_queue(vm, &queue), GUNYAH_ERR_ARGUMENT_SIZE));
    queue.depth = 1;
    queue.send_virq = gunyah_virq(31);
    cr_assert(eq(int, gunyah_sim_get_rm_queue(vm, &queue), GUNYAH_ERR_ARGUMENT_INVALID));
    queue.send_virq = gunyah_virq(100);
    queue.receive_virq = gunyah_virq(100);
    cr_assert(eq(int, gunyah_sim_get_rm_queue(vm, &queue), GUNYAH_ERR_BUSY));
    queue.receive_virq = gunyah_virq(101);
    cr_assert(eq(int, gunyah_sim_get_rm_queue(vm, &queue), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_get_rm_queue(vm, &again), GUNYAH_OK));
    cr_assert(eq(u64, again.send_cap.value, queue.send_cap.value));
    cr_assert(eq(u64, again.receive_cap.value, queue.receive_cap.value));
    cr_assert(eq(u32, again.send_virq.value, 100));
    cr_assert(eq(u32, again.receive_virq.value, 101));
    cr_assert(eq(int, gunyah_sim_get_rm_queue(gunyah_sim_root(sim), &again), GUNYAH_ERR_ARGUMENT_INVALID));
    // The depth is one: the second message in a row has no place.
    cr_assert(eq(u64, vm_send(vm, queue.send_cap, get_vmid, 8), GUNYAH_HVERR_OK));
    cr_assert(eq(u64, vm_send(vm, queue.send_cap, get_vmid, 8), GUNYAH_HVERR_MSGQUEUE_FULL));
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_channel, what_follows_no_protocol_is_dropped)
{
    static const unsigned char bad[][9] = {
        {0, 1, 7, 0, 0x24, 0, 0, 0x56},              // version and header of nothing
        {0x22, 1, 7, 0, 0x24, 0, 0, 0x56},           // another version
        {0x31, 1, 7, 0, 0x24, 0, 0, 0x56},           // a longer header
        {0x21, 1 | 63 << 2, 7, 0, 0x24, 0, 0, 0x56}, // too many fragments
        {0x21, 0, 7, 0, 0x24, 0, 0, 0x56},           // continues nothing
        {0x21, 2, 7, 0, 0x24, 0, 0, 0x56},           // a reply
        {0x21, 3, 7, 0, 0x24, 0, 0, 0x56},           // a notification
    };
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        send_raw(&hlos, bad[i], 8);
        rm_yield(&hlos);
        is_empty(&hlos);
    }
    send_raw(&hlos, get_vmid, 7);
    rm_yield(&hlos);
    is_empty(&hlos);
    rm_ask(&hlos, GUNYAH_RM_VM_GET_VMID, "", "00000000 03000000");
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_channel, fragments_make_one_message)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    unsigned char payload[232] = {0};
    char text[64];

    // A crash message of 460 bytes takes 464, two packets: the first full, the second as well.
    payload[0] = 460 & 0xff;
    payload[1] = 460 >> 8;
    hlos.sequence = 9;
    rm_send_packet(&hlos, 1, 1, 9, GUNYAH_RM_VM_SET_CRASH_MSG, payload, 232);
    rm_yield(&hlos);
    is_empty(&hlos);
    memset(payload, 0, sizeof(payload));
    // Other ones are not its continuation: number, message, count.
    rm_send_packet(&hlos, 0, 1, 8, GUNYAH_RM_VM_SET_CRASH_MSG, payload, 232);
    rm_send_packet(&hlos, 0, 1, 9, GUNYAH_RM_VM_SET_STATUS, payload, 232);
    rm_send_packet(&hlos, 0, 2, 9, GUNYAH_RM_VM_SET_CRASH_MSG, payload, 232);
    rm_yield(&hlos);
    is_empty(&hlos);
    rm_send_packet(&hlos, 0, 1, 9, GUNYAH_RM_VM_SET_CRASH_MSG, payload, 232);
    cr_assert(rm_reply(&hlos, text));
    cr_assert(eq(str, text, "00000000"));
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_channel, a_new_message_pushes_out_a_partial_one)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    unsigned char payload[232] = {0};

    rm_send_packet(&hlos, 1, 1, 9, GUNYAH_RM_VM_SET_CRASH_MSG, payload, 232);
    rm_ask(&hlos, GUNYAH_RM_VM_GET_VMID, "", "00000000 03000000");
    rm_send_packet(&hlos, 0, 1, 9, GUNYAH_RM_VM_SET_CRASH_MSG, payload, 232);
    rm_silent(&hlos);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_channel, there_is_room_for_one_reply)
{
    struct rm_end hlos;
    struct gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;
    struct gunyah_sim *sim = new_sim(1);
    unsigned char packet[240];

    gunyah_sim_add_rm(sim, NULL);
    hlos = (struct rm_end){.vm = new_vm(sim, RM_HLOS), .queue = queue};
    hlos.queue.depth = 2;
    cr_assert(eq(int, gunyah_sim_get_rm_queue(hlos.vm, &hlos.queue), GUNYAH_OK));
    // Two replies fill the queue, the third one waits to go, the fourth waits for it and gives way to the fifth.
    for (uint16_t i = 1; i <= 5; i++) {
        rm_send_packet(&hlos, 1, 0, i, GUNYAH_RM_VM_GET_VMID, NULL, 0);
        rm_yield(&hlos);
    }
    for (uint16_t i = 1; i <= 2; i++) {
        cr_assert(eq(sz, rm_packet(&hlos, packet), 16));
        cr_assert(eq(int, packet[2], i));
    }
    is_empty(&hlos);
    rm_yield(&hlos);
    cr_assert(eq(sz, rm_packet(&hlos, packet), 16));
    cr_assert(eq(int, packet[2], 3));
    cr_assert(eq(sz, rm_packet(&hlos, packet), 16));
    cr_assert(eq(int, packet[2], 5));
    rm_yield(&hlos);
    is_empty(&hlos);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_channel, old_notifications_give_way)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    unsigned char packet[240];
    unsigned got = 0;
    unsigned first = 0;

    // 8 in the queue, 1 on its way, 256 that wait: of 300 the 35 behind the ninth are forgotten.
    add_fault(sim, GUNYAH_RM_VM_GET_VMID, GUNYAH_SIM_RM_FLOOD, 300);
    rm_request(&hlos, GUNYAH_RM_VM_GET_VMID, packet, 0);
    rm_yield(&hlos);
    for (unsigned idle = 0; idle < 3;) {
        if (rm_packet(&hlos, packet) == 0) {
            rm_yield(&hlos);
            idle++;
            continue;
        }
        idle = 0;
        if ((packet[1] & 3) != 3)
            continue;
        got++;
        if (got == 10)
            first = packet[2] | (unsigned)packet[3] << 8;
    }
    cr_assert(eq(uint, got, 8 + 1 + 256));
    cr_assert(eq(uint, first, 9 + 35));
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_channel, requests_fail_on_request)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    struct gunyah_sim_rm_fault fault = GUNYAH_SIM_RM_FAULT_INIT;

    fault.message = GUNYAH_RM_VM_ALLOCATE;
    fault.value = GUNYAH_RMERR_NOMEM;
    fault.nth = 2;
    cr_assert(eq(int, gunyah_sim_add_rm_fault(sim, &fault), GUNYAH_OK));
    rm_ask(&hlos, GUNYAH_RM_VM_GET_VMID, "", "00000000 03000000");
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", "00000000 80000000");
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", "01000000");
    cr_assert(eq(str, (char *)gunyah_sim_rm_reason(hlos.vm), "a test wanted it refused"));
    // Nothing was done: the next VMID is the second one.
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", "00000000 81000000");
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_channel, faults_are_checked)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    struct gunyah_sim *other = new_sim(1);
    struct gunyah_sim_rm_fault fault = GUNYAH_SIM_RM_FAULT_INIT;

    fault.value = GUNYAH_RMERR_OK;
    cr_assert(eq(int, gunyah_sim_add_rm_fault(sim, &fault), GUNYAH_ERR_ARGUMENT_INVALID));
    fault.value = GUNYAH_RMERR_BUSY;
    fault.nth = 0;
    cr_assert(eq(int, gunyah_sim_add_rm_fault(sim, &fault), GUNYAH_ERR_ARGUMENT_INVALID));
    fault.nth = 1;
    fault.mischief = (enum gunyah_sim_rm_mischief)99;
    cr_assert(eq(int, gunyah_sim_add_rm_fault(sim, &fault), GUNYAH_ERR_ARGUMENT_INVALID));
    fault.mischief = GUNYAH_SIM_RM_FAIL;
    cr_assert(eq(int,
                 gunyah_sim_add_rm_fault(
                     other, &(struct gunyah_sim_rm_fault){sizeof(fault), hlos.vm, 1, GUNYAH_SIM_RM_IGNORE, 0, 1, 1, 0}),
                 GUNYAH_ERR_ARGUMENT_INVALID));
    fault.size = 1;
    cr_assert(eq(int, gunyah_sim_add_rm_fault(sim, &fault), GUNYAH_ERR_OPTION));
    cr_assert(eq(int, gunyah_sim_add_rm_fault(sim, NULL), GUNYAH_ERR_NULL));
    rm_ask(&hlos, GUNYAH_RM_VM_GET_VMID, "", "00000000 03000000");
    gunyah_sim_destroy(&other);
    gunyah_sim_destroy(&sim);
}

// What comes for one request with a mischief: the packets, as text.
static void comes(enum gunyah_sim_rm_mischief mischief, uint64_t value, const char *wanted)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    char text[RM_TEXT] = "";
    unsigned char packet[240];
    char one[512];
    size_t size;

    rm_ask(&hlos, GUNYAH_RM_VM_HOST_GET_TYPE, "", "00000000 64010001");
    add_fault(sim, GUNYAH_RM_VM_GET_VMID, mischief, value);
    rm_request(&hlos, GUNYAH_RM_VM_GET_VMID, packet, 0);
    rm_yield(&hlos);
    while ((size = rm_packet(&hlos, packet)) != 0) {
        rm_text(packet, size, one);
        strcat(text, text[0] != '\0' ? " " : "");
        strcat(text, one);
    }
    cr_assert(eq(str, text, (char *)wanted));
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_channel, replies_go_wrong_on_request)
{
    static const char good[] = "21020200240000560000000003000000";

    comes(GUNYAH_SIM_RM_IGNORE, 0, "");
    comes(GUNYAH_SIM_RM_LOSE_REPLY, 0, "");
    comes(GUNYAH_SIM_RM_DIE, 0, "");
    comes(GUNYAH_SIM_RM_LATE_REPLY, 1000000, "");
    comes(GUNYAH_SIM_RM_NO_INTERRUPT, 0, good);
    comes(GUNYAH_SIM_RM_DIE_MIDWAY, 0, good);
    comes(GUNYAH_SIM_RM_REPEAT_REPLY, 0, "21020200240000560000000003000000 21020200240000560000000003000000");
    comes(GUNYAH_SIM_RM_STALE_REPLY, 0, "21020100a00000560000000003000000 21020200240000560000000003000000");
    comes(GUNYAH_SIM_RM_OTHER_REPLY, 0, "21020200250000560000000003000000 21020200240000560000000003000000");
    comes(GUNYAH_SIM_RM_GARBAGE, 0, "00020200240000560000000003000000 21020200240000560000000003000000");
    comes(GUNYAH_SIM_RM_CUT_REPLY, 5, "21020200240000560000000003");
    comes(GUNYAH_SIM_RM_CUT_REPLY, 0, "2102020024000056");
    comes(GUNYAH_SIM_RM_PAD_REPLY, 4, "2102020024000056000000000300000000000000");
    comes(GUNYAH_SIM_RM_FLOOD, 1, "21030000080010560300000003000000 21020200240000560000000003000000");
}

Test(sim_rm_channel, a_late_reply_comes)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    uint64_t sent = gunyah_sim_now(sim);

    add_fault(sim, GUNYAH_RM_VM_GET_VMID, GUNYAH_SIM_RM_LATE_REPLY, 5000000);
    send_raw(&hlos, get_vmid, sizeof(get_vmid));
    cr_assert(eq(int, vm_wait_one(hlos.vm, hlos.queue.receive_virq.value, UINT64_MAX), GUNYAH_OK));
    cr_assert(eq(u64, gunyah_sim_now(sim) - sent, LATENCY_NS + 5000000));
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_channel, an_interrupt_that_is_lost)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    unsigned char packet[240];

    add_fault(sim, GUNYAH_RM_VM_GET_VMID, GUNYAH_SIM_RM_NO_INTERRUPT, 0);
    send_raw(&hlos, get_vmid, sizeof(get_vmid));
    cr_assert(eq(int, vm_wait_one(hlos.vm, hlos.queue.receive_virq.value, UINT64_MAX), GUNYAH_ERR_DEADLOCK));
    cr_assert(eq(sz, rm_packet(&hlos, packet), 16));
    // The next reply raises it again.
    send_raw(&hlos, get_vmid, sizeof(get_vmid));
    cr_assert(eq(int, vm_wait_one(hlos.vm, hlos.queue.receive_virq.value, UINT64_MAX), GUNYAH_OK));
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_channel, the_dead_do_not_answer)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);

    add_fault(sim, GUNYAH_RM_VM_GET_VMID, GUNYAH_SIM_RM_DIE, 0);
    send_raw(&hlos, get_vmid, sizeof(get_vmid));
    rm_silent(&hlos);
    send_raw(&hlos, get_vmid, sizeof(get_vmid));
    rm_silent(&hlos);
    // The hypervisor goes on.
    cr_assert(
        eq(u64, vm_call(hlos.vm, GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY, 0, 0, 0, NULL), UINT64_C(0x5100000000008001)));
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_channel, a_snapshot_in_the_middle_of_a_conversation)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);
    unsigned char payload[232] = {0xcc, 1}; // 460
    size_t size;
    void *snapshot;
    char text[64];

    rm_send_packet(&hlos, 1, 1, 1, GUNYAH_RM_VM_SET_CRASH_MSG, payload, 232);
    rm_yield(&hlos);
    send_raw(&hlos, get_vmid, 7); // under way, and dropped
    size = gunyah_sim_snapshot_size(sim);
    snapshot = malloc(size);
    cr_assert(eq(int, gunyah_sim_snapshot(sim, snapshot, size), GUNYAH_OK));
    for (int i = 0; i < 2; i++) {
        memset(payload, 0, sizeof(payload));
        hlos.sequence = 1;
        rm_send_packet(&hlos, 0, 1, 1, GUNYAH_RM_VM_SET_CRASH_MSG, payload, 232);
        cr_assert(rm_reply(&hlos, text));
        cr_assert(eq(str, text, "00000000"));
        rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "00000000", "00000000 80000000");
        cr_assert(eq(int, gunyah_sim_restore(sim, snapshot, size), GUNYAH_OK));
    }
    free(snapshot);
    gunyah_sim_destroy(&sim);
}

// The trace of a life, as one text.
static void append_line(void *context, const char *line)
{
    char *text = context;

    strcat(text, line);
    strcat(text, "\n");
}

static void trace_life(char *text)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);

    text[0] = '\0';
    cr_assert(eq(int, gunyah_sim_set_trace(sim, append_line, text), GUNYAH_OK));
    rm_start_guest(sim, &hlos, NULL, &(struct gunyah_sim_vm_config)GUNYAH_SIM_VM_CONFIG_INIT);
    rm_ask(&hlos, GUNYAH_RM_VM_START, "80000000", "14000000");
    send_raw(&hlos, get_vmid, 7);
    rm_yield(&hlos);
    add_fault(sim, GUNYAH_RM_VM_GET_VMID, GUNYAH_SIM_RM_DIE, 0);
    send_raw(&hlos, get_vmid, 8);
    rm_yield(&hlos);
    gunyah_sim_destroy(&sim);
}

Test(sim_rm_channel, the_trace_names_messages_and_is_the_same_every_time)
{
    static char first[128 * 1024];
    static char second[128 * 1024];

    trace_life(first);
    trace_life(second);
    cr_assert(eq(str, first, second));
    cr_assert(ne(ptr, strstr(first, "vm3 asks VM_ALLOCATE #1, 4 bytes\n"), NULL));
    cr_assert(ne(ptr, strstr(first, "rm answers vm3 VM_ALLOCATE #1 = OK\n"), NULL));
    cr_assert(ne(ptr, strstr(first, "rm tells vm3 VM_STATUS\n"), NULL));
    cr_assert(ne(ptr, strstr(first, "= VM_STATE: the VM is in another state than this needs\n"), NULL));
    cr_assert(ne(ptr, strstr(first, "rm drops 7 bytes from vm3, which are no request\n"), NULL));
    cr_assert(ne(ptr, strstr(first, "rm has crashed, and answers nobody any more: a test wanted it\n"), NULL));
}
