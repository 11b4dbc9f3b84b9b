// SPDX-License-Identifier: BSD-3-Clause
// scenarios-cpp <name>: plays one scenario of tests/scenarios/README.md in C++.
#include "scenario.hpp"

#include <cstdio>
#include <map>

static const std::map<std::string_view, void (*)()> scenarios = {
    {"identify", scenario::identify},
    {"doorbell", scenario::doorbell},
    {"doorbell-wait", scenario::doorbell_wait},
    {"msgqueue", scenario::msgqueue},
    {"msgqueue-refused", scenario::msgqueue_refused},
    {"msgqueue-wait", scenario::msgqueue_wait},
    {"cspace", scenario::cspace},
    {"objects", scenario::objects},
    {"closed", scenario::closed},
    {"in-use", scenario::in_use},
    {"observer", scenario::observer},
    {"faults", scenario::faults},
    {"vm", scenario::vm},
    {"refused", scenario::refused},
    {"request", scenario::request},
    {"parcel", scenario::parcel},
    {"events", scenario::events},
#if DEVICE_TREE
    {"device-tree", scenario::device_tree},
#endif
};

int main(int argc, char **argv)
{
    const auto found = argc == 2 ? scenarios.find(argv[1]) : scenarios.end();

    if (found == scenarios.end()) {
        std::fputs("usage: scenarios-cpp <name>\n", stderr);
        return 2;
    }
    try {
        found->second();
    } catch (const gh::failure &failure) {
        std::fprintf(stderr, "%s: %s\n", gh::name(failure.error()), failure.what());
        return 1;
    }
    std::printf("results:%s\n", scenario::results().c_str());
    return 0;
}
