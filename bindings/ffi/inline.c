// SPDX-License-Identifier: BSD-3-Clause
// The inline functions of the headers once more, as symbols: what has no C compiler at run time cannot inline them.
#define GUNYAH_INLINE
#include <gunyah/hypercalls.h>
