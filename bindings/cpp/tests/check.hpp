// SPDX-License-Identifier: BSD-3-Clause
// The smallest of frameworks: a check that fails says where and ends the program, also where NDEBUG is set.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <cstdio>
#include <cstdlib>

inline void check(bool good, const char *what, const char *file, int line)
{
    if (good)
        return;
    std::fprintf(stderr, "%s:%d: %s\n", file, line, what);
    std::exit(EXIT_FAILURE);
}

#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)

#endif
