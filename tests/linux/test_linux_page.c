// SPDX-License-Identifier: BSD-3-Clause
// A run page that lies: whatever is in it, an exit says nothing that a VMM could not follow.
#include <linux_internal.h>

#include <criterion/criterion.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define REASON 8 // offsets
#define LENGTH 32
#define IS_WRITE 36
#define REASON_SIZE 24

static const uint32_t lengths[] = {1, 2, 4, 8};

static bool is_length(uint32_t length)
{
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        if (length == lengths[i])
            return true;
    }
    return false;
}

static void put32(uint8_t *bytes, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

// The exit of a page with these bytes. What lies around the page stays as it is.
static struct gunyah_vcpu_exit exit_of(const uint8_t bytes[40])
{
    struct {
        uint8_t before[16];
        struct kernel_run run;
        uint8_t behind[16];
    } page;
    uint8_t untouched[16];
    struct gunyah_vcpu_exit seen;
    static struct kernel_run copy;

    memset(&page, 0xa5, sizeof(page));
    memset(untouched, 0xa5, sizeof(untouched));
    memcpy(&page.run, bytes, sizeof(page.run));
    memset(&seen, 0xff, sizeof(seen));
    gunyah_internal_linux_get_exit(&page.run, &copy, &seen);
    cr_expect(seen.data == NULL || seen.data == (seen.is_write ? copy.mmio.data : page.run.mmio.data));
    (void)gunyah_vcpu_exit_value(&seen);
    gunyah_vcpu_exit_answer(&seen, UINT64_MAX);
    gunyah_internal_linux_set_action(&page.run, seen.kind, GUNYAH_VCPU_ACTION_RETRY);
    cr_expect_arr_eq(page.before, untouched, sizeof(untouched));
    cr_expect_arr_eq(page.behind, untouched, sizeof(untouched));
    return seen;
}

// A write for MMIO, of as many bytes, each of which is this one.
static void fill_with_write(struct kernel_run *run, uint32_t length, int byte)
{
    struct kernel_run write = {.exit_reason = KERNEL_EXIT_MMIO};

    memset(write.mmio.data, byte, sizeof(write.mmio.data));
    write.mmio.length = length;
    write.mmio.is_write = 1;
    memcpy(run, &write, sizeof(write));
}

// Another process has the page too, and changes it all the time, between a write and what is none.
static _Noreturn void change_for_ever(struct kernel_run *run)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        fill_with_write(run, 8, 0x11);
        atomic_signal_fence(memory_order_seq_cst);
        fill_with_write(run, 0x80000000, 0x22);
        atomic_signal_fence(memory_order_seq_cst);
    }
}

// What was told once stays as it is, however often the VMM looks at it, and is nothing that it could not follow.
Test(linux_page, that_changes_while_it_is_read)
{
    struct kernel_run *run = mmap(NULL, sizeof(*run), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct kernel_run seen;
    unsigned writes = 0;
    unsigned others = 0;

    cr_assert(run != MAP_FAILED);
    fill_with_write(run, 8, 0x11);
    const pid_t other = fork();
    if (other == 0)
        change_for_ever(run);
    cr_assert(other > 0);
    // Until both were there a thousand times, however the two processes take turns.
    while (writes < 1000 || others < 1000) {
        struct gunyah_vcpu_exit told;
        gunyah_internal_linux_get_exit(run, &seen, &told);
        const uint64_t value = gunyah_vcpu_exit_value(&told);
        for (int i = 0; i < 100; i++) {
            atomic_signal_fence(memory_order_seq_cst); // It is read anew.
            cr_assert_eq(gunyah_vcpu_exit_value(&told), value);
        }
        cr_assert_eq(told.length, told.kind == GUNYAH_VCPU_EXIT_MMIO ? 8u : 0u);
        writes += told.kind == GUNYAH_VCPU_EXIT_MMIO;
        others += told.kind == GUNYAH_VCPU_EXIT_UNKNOWN;
    }
    kill(other, SIGKILL);
    cr_expect_eq(waitpid(other, NULL, 0), other);
    munmap(run, sizeof(*run));
}

// Each length of MMIO near one that there is, and far from it.
Test(linux_page, lengths)
{
    static const uint32_t far[] = {255, 256, 0x100 + 4, 0x10000 + 8, 0x80000001, UINT32_MAX - 7, UINT32_MAX};
    uint8_t page[40] = {[REASON] = 1};

    for (uint32_t length = 0; length < 20; length++) {
        put32(page + LENGTH, length);
        const struct gunyah_vcpu_exit seen = exit_of(page);
        cr_expect_eq(seen.kind, is_length(length) ? GUNYAH_VCPU_EXIT_MMIO : GUNYAH_VCPU_EXIT_UNKNOWN, "%u", length);
        cr_expect_eq(seen.length, is_length(length) ? length : 0);
        cr_expect_eq(seen.reason, 1u);
    }
    for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
        put32(page + LENGTH, far[i]);
        const struct gunyah_vcpu_exit seen = exit_of(page);
        cr_expect_eq(seen.kind, GUNYAH_VCPU_EXIT_UNKNOWN, "0x%x", far[i]);
        cr_expect(seen.data == NULL && seen.length == 0);
    }
}

// Any bit makes it a write, as for the kernel.
Test(linux_page, a_write_of_another_kind)
{
    static const uint8_t values[] = {1, 2, 7, 0x80, 0xff};
    uint8_t page[40] = {[REASON] = 1, [24] = 0x34, 0x12, [LENGTH] = 2};

    for (size_t i = 0; i < sizeof(values); i++) {
        page[IS_WRITE] = values[i];
        const struct gunyah_vcpu_exit seen = exit_of(page);
        cr_expect_eq(seen.kind, GUNYAH_VCPU_EXIT_MMIO);
        cr_expect_eq((unsigned)seen.is_write, 1u);
    }
}

Test(linux_page, reasons_that_nobody_knows)
{
    static const uint32_t reasons[] = {0, 4, 5, 0x101, 0x10001, 0x80000002, UINT32_MAX};
    uint8_t page[40];

    memset(page, 0xff, sizeof(page));
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        put32(page + REASON, reasons[i]);
        const struct gunyah_vcpu_exit seen = exit_of(page);
        cr_expect_eq(seen.kind, GUNYAH_VCPU_EXIT_UNKNOWN);
        cr_expect_eq(seen.reason, reasons[i]);
        cr_expect(seen.data == NULL);
        cr_expect(seen.address == 0 && seen.length == 0 && !seen.is_write && !seen.is_mapped);
    }
}

// Of a reason, only what there is room for is looked at, and only what is there.
Test(linux_page, ends)
{
    static const uint32_t sizes[] = {0, 1, 2, 3, 4, 7, 8, 9, 16, 0x80000000, UINT32_MAX};
    uint8_t page[40] = {[REASON] = 2, [16] = 2, [20] = 3, [28] = 1, 2, 3, 4, 5, 6, 7, 8};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        put32(page + REASON_SIZE, sizes[i]);
        const struct gunyah_vcpu_exit seen = exit_of(page);
        cr_expect_eq(seen.kind, GUNYAH_VCPU_EXIT_VM_ENDED);
        cr_expect_eq(seen.cause.type, GUNYAH_VM_EXIT_TYPE_SYSTEM_RESET2);
        cr_expect_eq(seen.cause.flags, sizes[i] >= 2 ? 0x0201 : 0, "%u", sizes[i]);
        cr_expect_eq(seen.cause.code, sizes[i] >= 4 ? 0x0403 : 0, "%u", sizes[i]);
        cr_expect_eq(seen.cause.reset_type, sizes[i] >= 8 ? 0x08070605u : 0, "%u", sizes[i]);
        cr_expect_eq(seen.cause.reset_cookie, 0u, "there is no room for it");
    }
    // A type and a status of nobody have a text all the same.
    memset(page + 16, 0xff, 24);
    const struct gunyah_vcpu_exit seen = exit_of(page);
    cr_expect_eq((uint32_t)seen.end, UINT32_MAX);
    cr_expect_eq((uint32_t)seen.cause.type, 0xffffu);
    cr_expect(strlen(gunyah_vm_exit_text(&seen.cause)) > 0);
}
