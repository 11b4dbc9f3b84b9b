// SPDX-License-Identifier: BSD-3-Clause
// What functions that were compiled for Linux expect of whom they are linked to: Debian's libfdt guards its stack.
#include "semihosting.h"

uint64_t stack_guard __asm__("__stack_chk_guard") = UINT64_C(0x5d1c0ffee0ddf00d);
_Noreturn void stack_is_damaged(void) __asm__("__stack_chk_fail");

_Noreturn void stack_is_damaged(void)
{
    semihosting_write("a function has written past its variables\n");
    semihosting_exit(1);
}
