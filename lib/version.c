// SPDX-License-Identifier: BSD-3-Clause
#include <gunyah/version.h>

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

uint32_t gunyah_version(void)
{
    return GUNYAH_VERSION;
}

const char *gunyah_version_string(void)
{
    return TEXT(GUNYAH_VERSION_MAJOR) "." TEXT(GUNYAH_VERSION_MINOR) "." TEXT(GUNYAH_VERSION_PATCH);
}
