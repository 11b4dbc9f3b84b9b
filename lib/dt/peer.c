// SPDX-License-Identifier: BSD-3-Clause
// How a configuration names another VM: the builder writes it, the linter looks at it.
#include "peer.h"

#include <stddef.h>
#include <string.h>

bool gunyah_internal_dt_is_peer(const char *text)
{
    static const char *const forms[] = {"vm-name:", "vm-guid:", "vm-uri:"};

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const size_t length = strlen(forms[i]);
        if (strlen(text) > length && memcmp(text, forms[i], length) == 0)
            return true;
    }
    return false;
}
