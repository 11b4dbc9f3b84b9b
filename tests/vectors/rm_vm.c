// SPDX-License-Identifier: BSD-3-Clause
// Life of a VM, and what it says about itself.
#include "rm_book.h"

RM_CODEC(vm);
RM_CODEC(vm_stop);
RM_CODEC(vm_config_image);
RM_CODEC(vm_auth_image);
RM_CODEC(vm_auth_entry);
RM_CODEC(vm_set_time_base);
RM_CODEC(vm_set_context);
RM_CODEC(vm_set_firmware_mem);
RM_CODEC(vm_set_demand_paging);
RM_CODEC(vm_set_address_layout);
RM_CODEC(vm_set_debug);
RM_CODEC(vm_set_status);
RM_CODEC(vm_exit);
RM_CODEC(notify_vm_exited);
RM_CODEC(notify_vm_shutdown);
RM_CODEC(notify_vm_status);
RM_CODEC(list32);
RM_CODEC(string);

static void life(struct rm_book *book)
{
    RM_VECTOR(book, vm, "vmid 8180 - 0000", .vmid = {0x8081});
    RM_VECTOR(book, vm_stop, "vmid 8180 flags 01 - 00 reason 13121110", .vmid = {0x8081}, .flags = 1,
              .reason = 0x10111213);
    RM_VECTOR(book, vm_config_image,
              "vmid 8180 auth 0200 handle 13121110 image_offset 2827262524232221 image_size 3837363534333231 "
              "dtb_offset 4847464544434241 dtb_size 5857565554535251",
              .vmid = {0x8081}, .auth = 2, .handle = 0x10111213, .image_offset = 0x2122232425262728,
              .image_size = 0x3132333435363738, .dtb_offset = 0x4142434445464748, .dtb_size = 0x5152535455565758);
    RM_VECTOR(book, vm_auth_image, "vmid 8180 count 0200", .vmid = {0x8081}, .count = 2);
    RM_VECTOR(book, vm_auth_entry, "type 00000000 value 1c000000", .type = 0, .value = 28);
    gunyah_rm_expect_shape(book, "vm_auth_image",
                           "vmid 8180 count 0200 parameters [ ; type 00000000 value 1c000000 "
                           "; type 00000000 value 22000000 ]");
}

static void before_start(struct rm_book *book)
{
    RM_VECTOR(book, vm_set_time_base, "vmid 8180 - 0000 time_base 2827262524232221 timer 3837363534333231",
              .vmid = {0x8081}, .time_base = 0x2122232425262728, .timer = 0x3132333435363738);
    RM_VECTOR(book, vm_set_context, "vmid 8180 set 02 index 01 - 00000000 value 2827262524232221", .vmid = {0x8081},
              .set = 2, .index = 1, .value = 0x2122232425262728);
    RM_VECTOR(book, vm_set_firmware_mem,
              "vmid 8180 - 0000 handle 13121110 offset 2827262524232221 size 3837363534333231", .vmid = {0x8081},
              .handle = 0x10111213, .offset = 0x2122232425262728, .size = 0x3132333435363738);
    RM_VECTOR(book, vm_set_demand_paging, "vmid 8180 - 0000", .vmid = {0x8081});
    gunyah_rm_expect_shape(book, "vm_set_demand_paging",
                           "vmid 8180 - 0000 ranges [ count 01000000 "
                           "; base 0000008000000000 size 0000100000000000 ]");
    RM_VECTOR(book, vm_set_address_layout,
              "vmid 8180 - 0000 range 01000000 base 2827262524232221 size 3837363534333231", .vmid = {0x8081},
              .range = 1, .base = 0x2122232425262728, .size = 0x3132333435363738);
    RM_VECTOR(book, vm_set_debug, "vmid 8180 - 00 enable 01", .vmid = {0x8081}, .enable = 1);
    RM_VECTOR(book, list32, "count 13121110", .count = 0x10111213);
}

static void from_the_guest(struct rm_book *book)
{
    RM_VECTOR(book, vm_set_status, "- 00 os_status 04 app_status 1110", .os_status = 4, .app_status = 0x1011);
    RM_VECTOR(book, vm_exit, "flags 0100 code 03 - 00", .flags = 1, .code = 3);
    RM_VECTOR(book, string, "size 0500 - 0000", .size = 5);
    gunyah_rm_expect_shape(book, "vm_set_crash_msg", "text [ size 0500 - 0000 ; 70616e6963 000000 ]");
}

static void notifications(struct rm_book *book)
{
    RM_VECTOR(book, notify_vm_exited, "vmid 8180 exit_type 0300 reason_size 10000000", .vmid = {0x8081}, .exit_type = 3,
              .reason_size = 16);
    gunyah_rm_expect_shape(book, "notify_vm_exited",
                           "vmid 8180 exit_type 0000 reason_size 04000000 reason [ 0100 04 00 ]");
    gunyah_rm_expect_shape(book, "notify_vm_exited",
                           "vmid 8180 exit_type 0300 reason_size 10000000 "
                           "reason [ 00800000 00000080 14131211 24232221 ]");
    RM_VECTOR(book, notify_vm_shutdown, "reason 13121110", .reason = 0x10111213);
    RM_VECTOR(book, notify_vm_status, "vmid 8180 - 0000 vm_state 0b os_status 06 app_status 1110", .vmid = {0x8081},
              .vm_state = 11, .os_status = 6, .app_status = 0x1011);
}

void gunyah_vectors_rm_vm(struct rm_book *book)
{
    life(book);
    before_start(book);
    from_the_guest(book);
    notifications(book);
}

Test(rm_vectors, vm)
{
    struct rm_book book = {0};

    gunyah_vectors_rm_vm(&book);
}
