// SPDX-License-Identifier: BSD-3-Clause
// The newer notation, cr_assert(eq(int, a, b)).
#ifndef PLAIN_CRITERION_NEW_ASSERT_H
#define PLAIN_CRITERION_NEW_ASSERT_H

#include <criterion/criterion.h>

#include <stdint.h>

#define eq(type, a, b) PLAIN_##type(a, ==, b)
#define ne(type, a, b) PLAIN_##type(a, !=, b)
#define lt(type, a, b) PLAIN_##type(a, <, b)
#define le(type, a, b) PLAIN_##type(a, <=, b)
#define gt(type, a, b) PLAIN_##type(a, >, b)
#define ge(type, a, b) PLAIN_##type(a, >=, b)
#define not(condition) (!(condition))

#define PLAIN_COMPARE(type, a, relation, b) ((type)(a)relation(type)(b))
#define PLAIN_chr(a, relation, b) PLAIN_COMPARE(char, a, relation, b)
#define PLAIN_int(a, relation, b) PLAIN_COMPARE(int, a, relation, b)
#define PLAIN_uint(a, relation, b) PLAIN_COMPARE(unsigned, a, relation, b)
#define PLAIN_i8(a, relation, b) PLAIN_COMPARE(int8_t, a, relation, b)
#define PLAIN_i16(a, relation, b) PLAIN_COMPARE(int16_t, a, relation, b)
#define PLAIN_i32(a, relation, b) PLAIN_COMPARE(int32_t, a, relation, b)
#define PLAIN_i64(a, relation, b) PLAIN_COMPARE(int64_t, a, relation, b)
#define PLAIN_u8(a, relation, b) PLAIN_COMPARE(uint8_t, a, relation, b)
#define PLAIN_u16(a, relation, b) PLAIN_COMPARE(uint16_t, a, relation, b)
#define PLAIN_u32(a, relation, b) PLAIN_COMPARE(uint32_t, a, relation, b)
#define PLAIN_u64(a, relation, b) PLAIN_COMPARE(uint64_t, a, relation, b)
#define PLAIN_sz(a, relation, b) PLAIN_COMPARE(size_t, a, relation, b)
#define PLAIN_ptr(a, relation, b) PLAIN_COMPARE(const void *, a, relation, b)
#define PLAIN_str(a, relation, b) (strcmp(a, b) relation 0)

#endif
