// SPDX-License-Identifier: BSD-3-Clause
// What all of sim-compare begins with.
#ifndef BENCH_SIM_MACHINE_HPP
#define BENCH_SIM_MACHINE_HPP

#include <gunyah/gunyah.h>
#include <gunyah/sim.h>

#include <cstdio>
#include <cstdlib>

inline void must(bool good)
{
    if (!good) {
        std::fputs("sim-compare: a call failed\n", stderr);
        std::exit(1);
    }
}

inline gunyah *open_session(gunyah_sim_vm *vm)
{
    gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    gunyah *g = nullptr;

    options.backend = gunyah_sim_backend(vm);
    must(gunyah_open(&options, &g) == GUNYAH_OK);
    return g;
}

#endif
