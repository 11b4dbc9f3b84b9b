// SPDX-License-Identifier: BSD-3-Clause
// What the files of this layer share. A node is its offset in the structure block, as libfdt has it; negative for none.
#ifndef GUNYAH_DT_TREE_H
#define GUNYAH_DT_TREE_H

#include <gunyah/dt.h>

#include <libfdt.h>

// Record what is wrong with a node (negative: with the whole tree), and return the error.
enum gunyah_error gunyah_internal_dt_fail(struct gunyah_dt *dt, enum gunyah_error error, int node, const char *property,
                                          const char *text);

#endif
