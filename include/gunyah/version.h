// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Version of the library: of these headers (macros) and of the code that is linked (function).
 *
 * Semantic versioning. CMake reads the numbers from here; they stand nowhere else.
 */
#ifndef GUNYAH_VERSION_H
#define GUNYAH_VERSION_H

#include <stdint.h>

#define GUNYAH_VERSION_MAJOR 0
#define GUNYAH_VERSION_MINOR 1
#define GUNYAH_VERSION_PATCH 0

/** One number to compare: 0x00MMmmpp. */
#define GUNYAH_VERSION_NUMBER(major, minor, patch) (((major) << 16) | ((minor) << 8) | (patch))
#define GUNYAH_VERSION GUNYAH_VERSION_NUMBER(GUNYAH_VERSION_MAJOR, GUNYAH_VERSION_MINOR, GUNYAH_VERSION_PATCH)

#ifdef __cplusplus
extern "C" {
#endif

/** Returns the version of the library that is linked, as GUNYAH_VERSION. Any thread. */
uint32_t gunyah_version(void);

/** Returns the same as text, such as "0.1.0". It lives for ever. Any thread. */
const char *gunyah_version_string(void);

#ifdef __cplusplus
}
#endif

#endif
