// SPDX-License-Identifier: BSD-3-Clause
// A program whose tests got lost has not passed.
#include <criterion/criterion.h>

Test(nothing, not_run, .disabled = true)
{
}
