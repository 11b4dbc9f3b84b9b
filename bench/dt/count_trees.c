// SPDX-License-Identifier: BSD-3-Clause
// Does one kind of work many times, which instructions.sh counts; or writes the tree that it is about.
#include "trees.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Alignas(8) unsigned char built[16384];
static _Alignas(8) unsigned char other[sizeof(built)];
static _Alignas(8) unsigned char real[1024 * 1024];
static size_t real_size;

static int do_once(const char *what)
{
    struct found found;

    if (strcmp(what, "build-library") == 0)
        return build_by_library(built, sizeof(built)) > 0;
    if (strcmp(what, "build-hand") == 0)
        return build_by_hand(built, sizeof(built)) > 0;
    if (strcmp(what, "discover-library") == 0)
        return discover_by_library(real, real_size, &found);
    return discover_by_hand(real, real_size, &found);
}

static int read_real(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return 0;
    real_size = fread(real, 1, sizeof(real), file);
    return fclose(file) == 0;
}

// Both ways lead to the same, or nothing is compared.
static int is_same(void)
{
    struct found found[2];
    const size_t size = build_by_library(built, sizeof(built));

    return size > 0 && build_by_hand(other, sizeof(other)) == size && memcmp(built, other, size) == 0 &&
           discover_by_library(real, real_size, &found[0]) && discover_by_hand(real, real_size, &found[1]) &&
           found[0].send_cap == found[1].send_cap && found[0].receive_cap == found[1].receive_cap &&
           found[0].send_virq == found[1].send_virq && found[0].receive_virq == found[1].receive_virq;
}

int main(int argc, char **argv)
{
    if (argc != 4 || !read_real(argv[1]))
        return fputs("usage: trees-count REAL.dtb build-library|build-hand|discover-library|discover-hand COUNT\n"
                     "       trees-count REAL.dtb write OUT.dtb\n",
                     stderr),
               2;
    if (!is_same())
        return fputs("the two ways differ\n", stderr), 1;
    if (strcmp(argv[2], "write") == 0) {
        FILE *file = fopen(argv[3], "wb");
        const size_t size = build_by_library(built, sizeof(built));
        return file == NULL || fwrite(built, 1, size, file) != size || fclose(file) != 0;
    }
    for (unsigned long left = strtoul(argv[3], NULL, 10); left > 0; left--) {
        if (!do_once(argv[2]))
            return 1;
    }
    return 0;
}
