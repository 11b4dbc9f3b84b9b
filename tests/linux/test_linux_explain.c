// SPDX-License-Identifier: BSD-3-Clause
// What an errno of an ioctl usually means, told without a node.
#include <gunyah/linux.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static struct gunyah_error_info explain(uint32_t number, int code)
{
    struct gunyah_error_info info = {0};

    cr_assert_eq(gunyah_linux_explain(number, code, &info), GUNYAH_OK);
    cr_expect_eq(info.domain, GUNYAH_DOMAIN_BACKEND);
    cr_expect_eq(info.code, code);
    cr_expect(info.text[0] != 0 && info.advice[0] != 0);
    return info;
}

Test(linux_explain, tells_the_cause_of_this_call)
{
    const struct gunyah_error_info locked = explain(0x40204701, ENOMEM);
    const struct gunyah_error_info start = explain(0x00004703, ENODEV);

    cr_expect_str_eq(locked.call, "VM_SET_USER_MEM_REGION");
    cr_expect(strstr(locked.advice, "RLIMIT_MEMLOCK") != NULL);
    cr_expect_str_eq(start.call, "VM_START");
    cr_expect_eq(start.error, GUNYAH_ERR_NO_RESOURCES);
}

Test(linux_explain, tells_what_holds_for_any_call_of_others)
{
    cr_expect_str_eq(explain(0x0000ae41, EMFILE).call, "ioctl");
    cr_expect_eq(explain(0x0000ae41, EMFILE).error, GUNYAH_ERR_NO_RESOURCES);
    cr_expect_eq(explain(0x12345678, ENOTTY).error, GUNYAH_ERR_UNSUPPORTED);
    // Three of this library's calls have this number: what holds for a vCPU alone is not said of all.
    cr_expect_eq(explain(0x40104704, EEXIST).error, GUNYAH_ERR_IN_USE);
    cr_expect(strstr(explain(0x40104704, EEXIST).text, "vCPU") == NULL);
}

Test(linux_explain, says_so_when_it_does_not_know)
{
    cr_expect_eq(explain(0x00004703, 12345).error, GUNYAH_ERR_UNKNOWN);
    cr_expect_eq(explain(0x00004703, 0).error, GUNYAH_ERR_UNKNOWN);
    cr_expect_eq(gunyah_linux_explain(0x00004703, ENODEV, NULL), GUNYAH_ERR_NULL);
}
