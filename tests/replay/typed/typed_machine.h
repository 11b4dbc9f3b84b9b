// SPDX-License-Identifier: BSD-3-Clause
// The model, called through the library's functions wherever there is one for a call. Whatever the line of the recording says is
// compared with registers, as ever; the machine breaks when the library passes other arguments, tells something else than the
// registers, or refuses what the hypervisor takes.
#ifndef REPLAY_TYPED_MACHINE_H
#define REPLAY_TYPED_MACHINE_H

struct machine;

// NULL: no memory. *calls counts the calls that were made through functions.
struct machine *machine_new_typed(unsigned long *calls);

#endif
