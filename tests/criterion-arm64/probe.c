// SPDX-License-Identifier: BSD-3-Clause
// Does a test start and come to its end?
#include <criterion/criterion.h>

Test(probe, starts)
{
    cr_assert(true);
}
