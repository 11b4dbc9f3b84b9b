// SPDX-License-Identifier: BSD-3-Clause
// Firmware, heaps and devices.
#include "rm_book.h"

RM_CODEC(fw_set_vm_firmware_2023);
RM_CODEC(fw_set_vm_firmware);
RM_CODEC(heap_memory);
RM_CODEC(heap_query);
RM_CODEC(heap_stats);
RM_CODEC(device_descriptor);
RM_CODEC(device_accept);
RM_CODEC(device_give);
RM_CODEC(device_end);
RM_CODEC(device_notify);
RM_CODEC(device_get_resources);
RM_CODEC(device_given);
RM_CODEC(notify_device_accepted);
RM_CODEC(notify_device_recall);

static void firmware(struct rm_book *book)
{
    RM_VECTOR(book, fw_set_vm_firmware_2023,
              "auth 0200 - 0000 handle 13121110 image_offset 2827262524232221 image_size 3837363534333231", .auth = 2,
              .handle = 0x10111213, .image_offset = 0x2122232425262728, .image_size = 0x3132333435363738);
    RM_VECTOR(book, fw_set_vm_firmware,
              "firmware 0200 flags 1110 handle 13121110 image_offset 2827262524232221 image_size 3837363534333231 "
              "config_offset 4847464544434241 config_size 5857565554535251",
              .firmware = 2, .flags = 0x1011, .handle = 0x10111213, .image_offset = 0x2122232425262728,
              .image_size = 0x3132333435363738, .config_offset = 0x4142434445464748, .config_size = 0x5152535455565758);
}

static void heaps(struct rm_book *book)
{
    RM_VECTOR(book, heap_memory, "heap 01000000 - 00000000 handle 13121110", .heap = 1, .handle = 0x10111213);
    RM_VECTOR(book, heap_query, "heap 01000000 type 02 - 000000", .heap = 1, .type = 2);
    gunyah_rm_expect_shape(book, "heap_free", "handles [ count 02000000 ; handle 13121110 ; handle 1b1a1918 ]");
    RM_VECTOR(book, heap_stats,
              "total 2827262524232221 allocated 3837363534333231 reserved 4847464544434241 "
              "largest_free 5857565554535251",
              .total = 0x2122232425262728, .allocated = 0x3132333435363738, .reserved = 0x4142434445464748,
              .largest_free = 0x5152535455565758);
}

static void devices(struct rm_book *book)
{
    RM_VECTOR(book, device_descriptor, "type 05 - 00 id 1110 word0 13121110 word1 1b1a1918 word2 23222120", .type = 5,
              .id = 0x1011, .word0 = 0x10111213, .word1 = 0x18191a1b, .word2 = 0x20212223);
    RM_VECTOR(book, device_accept, "handle 13121110 flags 02 - 000000 bus 1b1a1918", .handle = 0x10111213, .flags = 2,
              .bus = 0x18191a1b);
    RM_VECTOR(book, device_give, "vmid 8180 flags 01 - 00 handle 13121110", .vmid = {0x8081}, .flags = 1,
              .handle = 0x10111213);
    RM_VECTOR(book, device_end, "handle 13121110 flags 01 - 000000", .handle = 0x10111213, .flags = 1);
    RM_VECTOR(book, device_notify, "handle 13121110 flags 10 - 00 vmid 8180", .handle = 0x10111213, .flags = 0x10,
              .vmid = {0x8081});
    RM_VECTOR(book, device_get_resources, "handle 13121110 flags 01 - 000000", .handle = 0x10111213, .flags = 1);
    gunyah_rm_expect_shape(book, "device_get_resources_reply",
                           "parts [ count 0100 - 0000 ; type 02 - 00 id 0000 word0 2a000000 word1 00000000 "
                           "word2 00000000 ]");
}

static void notifications(struct rm_book *book)
{
    RM_VECTOR(book, device_given, "owner 8180 - 0000 handle 13121110", .owner = {0x8081}, .handle = 0x10111213);
    RM_VECTOR(book, notify_device_accepted, "vmid 8180 flags 01 - 00 handle 13121110", .vmid = {0x8081}, .flags = 1,
              .handle = 0x10111213);
    RM_VECTOR(book, notify_device_recall, "owner 8180 flags 01 - 00 handle 13121110", .owner = {0x8081}, .flags = 1,
              .handle = 0x10111213);
}

void gunyah_vectors_rm_device(struct rm_book *book)
{
    firmware(book);
    heaps(book);
    devices(book);
    notifications(book);
}

Test(rm_vectors, device)
{
    struct rm_book book = {0};

    gunyah_vectors_rm_device(&book);
}
