// SPDX-License-Identifier: BSD-3-Clause
// Queries, consoles, and lent interrupts.
#include "rm_book.h"

RM_CODEC(vm_id_entry);
RM_CODEC(vm_resource);
RM_CODEC(vm_get_state_reply);
RM_CODEC(vm_host_get_type_reply);
RM_CODEC(vm_console_write);
RM_CODEC(notify_vm_console_chars);
RM_CODEC(handle);
RM_CODEC(vm_irq_accept);
RM_CODEC(vm_irq_accept_reply);
RM_CODEC(vm_irq_lend);
RM_CODEC(vm_irq_notify);
RM_CODEC(notify_vm_irq_lent);

static void queries(struct rm_book *book)
{
    RM_VECTOR(book, vm_id_entry, "type 02 - 00 size 0500", .type = 2, .size = 5);
    gunyah_rm_expect_shape(book, "vm_get_id_reply",
                           "ids [ count 02000000 ; type 00 - 00 size 1000 00112233445566778899aabbccddeeff "
                           "; type 02 - 00 size 0500 6775657374 000000 ]");
    gunyah_rm_expect_shape(book, "vm_lookup_uri", "uri [ size 0300 - 0000 ; 766d3a 00 ]");
    gunyah_rm_expect_shape(book, "vm_lookup_guid", "guid [ 00112233445566778899aabbccddeeff ]");
    gunyah_rm_expect_shape(book, "vm_lookup_name", "name [ size 0400 - 0000 ; 484c4f53 ]");
    gunyah_rm_expect_shape(book, "vm_lookup_uri_reply", "vms [ count 01000000 ; vmid 8180 - 0000 ]");
    gunyah_rm_expect_shape(book, "vm_lookup_guid_reply", "vms [ count 00000000 ]");
    gunyah_rm_expect_shape(book, "vm_lookup_name_reply", "vms [ count 01000000 ; vmid 0300 - 0000 ]");
    gunyah_rm_expect_shape(book, "vm_get_peers_reply", "vms [ count 02000000 ; vmid 0300 - 0000 ; vmid ff00 - 0000 ]");
    gunyah_rm_expect_shape(book, "vm_get_crash_msg_reply", "text [ size 0200 - 0000 ; 6f68 0000 ]");
    RM_VECTOR(book, vm_get_state_reply, "vm_state 03 os_status 04 app_status 1110", .vm_state = 3, .os_status = 4,
              .app_status = 0x1011);
    RM_VECTOR(book, vm_host_get_type_reply, "type 64010001", .type = 0x01000164);
}

static void resources(struct rm_book *book)
{
    RM_VECTOR(book, vm_resource,
              "type 06 - 00 partner 8180 handle 13121110 label 1b1a1918 cap 2827262524232221 virq_handle 23222120 "
              "virq 2b2a2928 base 3837363534333231 size 4847464544434241",
              .type = 6, .partner = {0x8081}, .handle = 0x10111213, .label = 0x18191a1b, .cap = {0x2122232425262728},
              .virq_handle = 0x20212223, .virq = {0x28292a2b}, .base = 0x3132333435363738, .size = 0x4142434445464748);
    // What the Resource Manager answers about itself.
    gunyah_rm_expect_shape(book, "vm_get_hyp_resources_reply",
                           "resources [ count 01000000 ; type 04 - 00 partner 0000 handle 00000000 label 00000000 "
                           "cap 2827262524232221 virq_handle 00000000 virq ffffffff base 0000000000000000 "
                           "size 0000000000000000 ]");
}

static void consoles(struct rm_book *book)
{
    RM_VECTOR(book, vm_console_write, "vmid 8180 size 0300", .vmid = {0x8081}, .size = 3);
    gunyah_rm_expect_shape(book, "vm_console_write", "vmid 8180 size 0300 text [ 68690a ]");
    RM_VECTOR(book, notify_vm_console_chars, "vmid 8180 size 0300", .vmid = {0x8081}, .size = 3);
    gunyah_rm_expect_shape(book, "notify_vm_console_chars", "vmid 8180 size 0300 text [ 68690a ]");
}

static void interrupts(struct rm_book *book)
{
    RM_VECTOR(book, handle, "handle 13121110", .handle = 0x10111213);
    RM_VECTOR(book, vm_irq_accept, "handle 13121110 virq ffffffff", .handle = 0x10111213, .virq = {0xffffffff});
    RM_VECTOR(book, vm_irq_accept_reply, "virq 13121110", .virq = {0x10111213});
    RM_VECTOR(book, vm_irq_lend, "borrower 8180 - 0000 virq 13121110 label 1b1a1918", .borrower = {0x8081},
              .virq = {0x10111213}, .label = 0x18191a1b);
    RM_VECTOR(book, vm_irq_notify, "handle 13121110 flags 04000000", .handle = 0x10111213, .flags = 4);
    gunyah_rm_expect_shape(book, "vm_irq_notify", "handle 13121110 flags 02000000");
    gunyah_rm_expect_shape(book, "vm_irq_notify",
                           "handle 13121110 flags 01000000 vms [ count 0100 - 0000 ; vmid 8180 - 0000 ]");
    RM_VECTOR(book, notify_vm_irq_lent, "owner 8180 - 0000 handle 13121110 label 1b1a1918", .owner = {0x8081},
              .handle = 0x10111213, .label = 0x18191a1b);
}

void gunyah_vectors_rm_query(struct rm_book *book)
{
    queries(book);
    resources(book);
    consoles(book);
    interrupts(book);
}

Test(rm_vectors, query)
{
    struct rm_book book = {0};

    gunyah_vectors_rm_query(&book);
}
