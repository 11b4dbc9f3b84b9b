// SPDX-License-Identifier: BSD-3-Clause
// Files that are there as a whole or not at all.
#ifndef GUNYAH_REPLACE_H
#define GUNYAH_REPLACE_H

#include <stddef.h>

// Puts bytes into a file. What the path had before stays until all of the new bytes are on the disk beside it. A device or a
// pipe is written to, as nothing can take its place. Returns NULL, or why it could not be done.
const char *replace_file(const char *path, const void *bytes, size_t size);

#endif
