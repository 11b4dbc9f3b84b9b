// SPDX-License-Identifier: BSD-3-Clause
// Makes one kind of call many times in C++, as count_calls.c does in C. instructions.sh runs it under callgrind.
#include "nothing.h"

#include <gunyah/gunyah.hpp>

#include <cstdio>
#include <cstdlib>
#include <string_view>

int main(int argc, char **argv)
{
    char message[240] = {};

    if (argc != 3)
        return std::fputs("usage: count-calls-cpp doorbell|send|receive COUNT\n", stderr), 2;
    const std::string_view what = argv[1];
    const unsigned long count = std::strtoul(argv[2], nullptr, 10);
    gh::session g = gh::throwing(gh::session::open(&nothing));
    gh::doorbell bell = gh::throwing(gh::doorbell::open(g, gh::doorbell_options()));
    gh::msgqueue queue = gh::throwing(gh::msgqueue::open(g, gh::msgqueue_options(gh::no_cap, sizeof(message))));

    if (what == "doorbell") {
        for (unsigned long i = 0; i < count; i++)
            (void)bell.send(1);
    } else if (what == "send") {
        for (unsigned long i = 0; i < count; i++)
            (void)queue.send(gh::const_bytes(message, sizeof(message)));
    } else {
        for (unsigned long i = 0; i < count; i++)
            (void)queue.receive(message);
    }
}
