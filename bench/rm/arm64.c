// SPDX-License-Identifier: BSD-3-Clause
// rm-costs <work> COUNT, on AArch64: the hvc is executed, and a signal comes to the place of a hypervisor. count.py counts the
// instructions.
#include "work.h"

#include <calls.h>
#include <gunyah/baremetal.h>

static struct peer peer = {.reply_size = RECEIVED_AT_LEAST};

PEER void hypervisor_answer(uint64_t *x)
{
    peer_answer(&peer, x);
}

int calls_main(int argc, char **argv)
{
    static struct gunyah_baremetal baremetal;
    struct work work;

    hypervisor_start();
    return argc == 3 && work_open(&work, gunyah_baremetal_backend(NULL, &baremetal), &peer) &&
                   work_do(&work, argv[1], work_number(argv[2]))
               ? 0
               : 1;
}
