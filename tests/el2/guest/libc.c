// SPDX-License-Identifier: BSD-3-Clause
// gunyah::libc, of which the images are made: what libfdt takes of it to read device trees. Nothing of this is a call.
#include "guest.h"

#include <string.h>

void *memchr(const void *bytes, int value, size_t size);
char *strrchr(const char *text, int character);
size_t strnlen(const char *text, size_t size);

static const unsigned char bytes[] = {1, 0xff, 0, 1, 0xff};
static const char path[] = "/soc/uart";

static bool memchr_finds_the_first(struct target *target)
{
    EXPECT_TRUE(memchr(bytes, 1, sizeof(bytes)) == &bytes[0]);
    EXPECT_TRUE(memchr(bytes, 0xff, sizeof(bytes)) == &bytes[1]);
    EXPECT_TRUE(memchr(bytes, 0, sizeof(bytes)) == &bytes[2]);
    // Only the lowest byte of what is looked for counts.
    EXPECT_TRUE(memchr(bytes, -1, sizeof(bytes)) == &bytes[1]);
    EXPECT_TRUE(memchr(bytes, 0x1ff, sizeof(bytes)) == &bytes[1]);
    return true;
}

static bool memchr_stays_inside(struct target *target)
{
    EXPECT_TRUE(memchr(bytes, 2, sizeof(bytes)) == NULL);
    EXPECT_TRUE(memchr(bytes, 0, 2) == NULL);
    EXPECT_TRUE(memchr(bytes, 0xff, 2) == &bytes[1]);
    EXPECT_TRUE(memchr(bytes, 1, 0) == NULL);
    return true;
}

static bool strrchr_finds_the_last(struct target *target)
{
    EXPECT_TRUE(strrchr(path, '/') == &path[4]);
    EXPECT_TRUE(strrchr(path, 't') == &path[8]);
    EXPECT_TRUE(strrchr(path, 's') == &path[1]);
    EXPECT_TRUE(strrchr(path, '\0') == &path[9]);
    EXPECT_TRUE(strrchr(path, '@') == NULL);
    EXPECT_TRUE(strrchr("", '/') == NULL);
    return true;
}

static bool strnlen_stops_at_either_end(struct target *target)
{
    EXPECT_EQ(strnlen(path, sizeof(path)), 9);
    EXPECT_EQ(strnlen(path, 9), 9);
    EXPECT_EQ(strnlen(path, 3), 3);
    EXPECT_EQ(strnlen(path, 0), 0);
    EXPECT_EQ(strnlen("", 4), 0);
    return true;
}

static const struct conformance_case cases[] = {
    {"libc.memchr_finds_the_first", memchr_finds_the_first},
    {"libc.memchr_stays_inside", memchr_stays_inside},
    {"libc.strrchr_finds_the_last", strrchr_finds_the_last},
    {"libc.strnlen_stops_at_either_end", strnlen_stops_at_either_end},
};

const struct conformance_suite guest_libc = {cases, COUNT_OF(cases)};
