// SPDX-License-Identifier: BSD-3-Clause
// The suite's target in a process: two VMs of a simulated machine.
#ifndef SIM_TARGET_H
#define SIM_TARGET_H

#include "conformance.h"

#include <gunyah/sim.h>

// How the sessions make their calls.
struct sim_manner {
    const char *name;
    enum gunyah_convention convention;
    enum gunyah_conduit conduit;
    // What the sessions are opened on, made of the backend of the simulated VM at a place; null: this one itself.
    const struct gunyah_backend *(*over)(int place, const struct gunyah_backend *simulated);
    bool as_manual; // the hypervisor answers as its manual says; it has watchdogs then
    bool watchdogs; // the open hypervisor, with watchdogs
};

// Make a fresh machine, run one case on it in one manner, and throw it away. What fails is printed to stderr. Returns
// whether the case passed; the simulator lacks nothing, so that a case that skips itself has not.
bool sim_target_run(const struct conformance_case *testcase, const struct sim_manner *manner);

#endif
