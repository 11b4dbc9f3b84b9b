// SPDX-License-Identifier: BSD-3-Clause
// All of a C library that the freestanding library asks for. Its own sources are compiled with this header, so that they
// cannot use more.
#ifndef GUNYAH_FREESTANDING_STRING_H
#define GUNYAH_FREESTANDING_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *left, const void *right, size_t size);
size_t strlen(const char *text);

#endif
