// SPDX-License-Identifier: BSD-3-Clause
// Memory parcels and addresses.
#include "rm_book.h"

RM_CODEC(list);
RM_CODEC(mem_acl);
RM_CODEC(mem_region);
RM_CODEC(mem_size);
RM_CODEC(mem_attr);
RM_CODEC(mem_accept_regions);
RM_CODEC(mem_accepted_regions);
RM_CODEC(mem_give);
RM_CODEC(mem_end);
RM_CODEC(mem_participant);
RM_CODEC(mem_accept);
RM_CODEC(mem_notify);
RM_CODEC(mem_append);
RM_CODEC(mem_qcom_lookup_sgl);
RM_CODEC(notify_mem_shared);
RM_CODEC(notify_mem_recall);
RM_CODEC(ipa_reserve);
RM_CODEC(ipa_window);
RM_CODEC(ipa_base);

static void entries(struct rm_book *book)
{
    RM_VECTOR(book, list, "count 1110 - 0000", .count = 0x1011);
    RM_VECTOR(book, mem_acl, "vmid 8180 rights 07 - 00", .vmid = {0x8081}, .rights = 7);
    RM_VECTOR(book, mem_region, "base 2827262524232221 size 3837363534333231", .base = 0x2122232425262728,
              .size = 0x3132333435363738);
    RM_VECTOR(book, mem_size, "size 3837363534333231", .size = 0x3132333435363738);
    RM_VECTOR(book, mem_attr, "attribute 0300 vmid 8180", .attribute = 3, .vmid = {0x8081});
    RM_VECTOR(book, mem_accept_regions, "count 1110 map_vmid 8180", .count = 0x1011, .map_vmid = {0x8081});
    RM_VECTOR(book, mem_accepted_regions, "count 0002 flags 01 - 00", .count = 512, .flags = 1);
}

static void give(struct rm_book *book)
{
    RM_VECTOR(book, mem_give, "mem_type 01 - 00 flags 02 - 00 label 13121110", .mem_type = 1, .flags = 2,
              .label = 0x10111213);
    gunyah_rm_expect_shape(book, "mem_give",
                           "mem_type 00 - 00 flags 01 - 00 label 13121110 "
                           "acl [ count 0200 - 0000 ; vmid 0300 rights 06 - 00 ; vmid 8180 rights 07 - 00 ] "
                           "regions [ count 0100 - 0000 ; base 0000004000000000 size 0000100000000000 ] "
                           "attributes [ count 0100 - 0000 ; attribute 0300 vmid 8180 ]");
    RM_VECTOR(book, mem_append, "handle 13121110 flags 01 - 000000", .handle = 0x10111213, .flags = 1);
    gunyah_rm_expect_shape(book, "mem_append",
                           "handle 13121110 flags 01 - 000000 regions [ count 0200 - 0000 "
                           "; base 0000004000000000 size 0010000000000000 "
                           "; base 0000005000000000 size 0010000000000000 ]");
    RM_VECTOR(book, mem_end, "handle 13121110 flags 01 - 000000", .handle = 0x10111213, .flags = 1);
    RM_VECTOR(book, mem_qcom_lookup_sgl, "mem_type 01 - 000000 label 13121110", .mem_type = 1, .label = 0x10111213);
    gunyah_rm_expect_shape(book, "mem_qcom_lookup_sgl",
                           "mem_type 00 - 000000 label 13121110 acl [ count 0100 - 0000 ; vmid 8180 rights 07 - 00 ] "
                           "regions [ count 0100 - 0000 ; base 0000004000000000 size 0010000000000000 ]");
}

static void accept(struct rm_book *book)
{
    RM_VECTOR(book, mem_accept, "handle 13121110 mem_type 01 transaction 02 flags 90 - 00 label 1b1a1918",
              .handle = 0x10111213, .mem_type = 1, .transaction = 2, .flags = 0x90, .label = 0x18191a1b);
    gunyah_rm_expect_shape(book, "mem_accept",
                           "handle 00000000 mem_type 00 transaction 01 flags 80 - 00 label 00000000 "
                           "acl [ count 0000 - 0000 ] "
                           "regions [ count 0100 map_vmid 8180 ; base 0000004000000000 size 0010000000000000 ] "
                           "attributes [ count 0000 - 0000 ]");
    gunyah_rm_expect_shape(book, "mem_accept_reply",
                           "regions [ count 0100 flags 01 - 00 ; base 0000004000000000 size 0010000000000000 ]");
}

static void tell(struct rm_book *book)
{
    RM_VECTOR(book, mem_notify, "handle 13121110 flags 08 - 000000 tag 1b1a1918", .handle = 0x10111213, .flags = 8,
              .tag = 0x18191a1b);
    gunyah_rm_expect_shape(book, "mem_notify", "handle 13121110 flags 04 - 000000 tag 1b1a1918");
    gunyah_rm_expect_shape(book, "mem_notify",
                           "handle 13121110 flags 01 - 000000 tag 1b1a1918 "
                           "vms [ count 0100 - 0000 ; vmid 8180 - 0000 ]");
    RM_VECTOR(book, notify_mem_shared,
              "handle 13121110 mem_type 01 transaction 02 flags 01 - 00 owner 0300 - 0000 label 1b1a1918 tag 23222120",
              .handle = 0x10111213, .mem_type = 1, .transaction = 2, .flags = 1, .owner = {3}, .label = 0x18191a1b,
              .tag = 0x20212223);
    gunyah_rm_expect_shape(book, "notify_mem_shared",
                           "handle 13121110 mem_type 00 transaction 01 flags 00 - 00 owner 0300 - 0000 label 1b1a1918 "
                           "tag 23222120 acl [ count 0100 - 0000 ; vmid 8180 rights 07 - 00 ] "
                           "sizes [ count 0200 - 0000 ; size 0010000000000000 ; size 0020000000000000 ] "
                           "attributes [ count 0000 - 0000 ]");
    RM_VECTOR(book, mem_participant, "handle 13121110 vmid 8180 - 0000 tag 1b1a1918", .handle = 0x10111213,
              .vmid = {0x8081}, .tag = 0x18191a1b);
    RM_VECTOR(book, notify_mem_recall, "handle 13121110 tag 1b1a1918", .handle = 0x10111213, .tag = 0x18191a1b);
}

static void reserve(struct rm_book *book)
{
    RM_VECTOR(book, ipa_reserve, "type 01 - 000000 constraints 13121110 platform_constraints 1b1a1918", .type = 1,
              .constraints = 0x10111213, .platform_constraints = 0x18191a1b);
    gunyah_rm_expect_shape(book, "ipa_reserve",
                           "type 00 - 000000 constraints 04000000 platform_constraints 00000000 "
                           "ranges [ count 01000000 ; base 0000004000000000 size 0000100000000000 ]");
    gunyah_rm_expect_shape(book, "ipa_reserve",
                           "type 01 - 000000 constraints 04000000 platform_constraints 00000000 "
                           "ranges [ count 01000000 | base 0000004000000000 window_size 0000100000000000 "
                           "size 0010000000000000 alignment 0010000000000000 ]");
    RM_VECTOR(book, ipa_window,
              "base 2827262524232221 window_size 3837363534333231 size 4847464544434241 alignment 5857565554535251",
              .base = 0x2122232425262728, .window_size = 0x3132333435363738, .size = 0x4142434445464748,
              .alignment = 0x5152535455565758);
    gunyah_rm_expect_shape(book, "ipa_reserve_reply",
                           "bases [ count 02000000 ; base 0000004000000000 ; base 0000005000000000 ]");
    RM_VECTOR(book, ipa_base, "base 2827262524232221", .base = 0x2122232425262728);
}

void gunyah_vectors_rm_memory(struct rm_book *book)
{
    entries(book);
    give(book);
    accept(book);
    tell(book);
    reserve(book);
}

Test(rm_vectors, memory)
{
    struct rm_book book = {0};

    gunyah_vectors_rm_memory(&book);
}
