// SPDX-License-Identifier: BSD-3-Clause
#include <gunyah/gunyah.h>
#include <gunyah/sim.h>
#include <stdio.h>

int main(void)
{
    struct gunyah_sim *sim;
    struct gunyah_sim_doorbell wire = GUNYAH_SIM_DOORBELL_INIT;
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_doorbell_options bell_options = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct gunyah_doorbell *bell;
    struct gunyah *g;
    uint64_t old;

    gunyah_sim_create(NULL, &sim);
    gunyah_sim_add_vm(sim, NULL, &wire.from);
    gunyah_sim_add_vm(sim, NULL, &wire.to);
    gunyah_sim_connect_doorbell(sim, &wire);
    options.backend = gunyah_sim_backend(wire.from);
    gunyah_open(&options, &g);
    bell_options.cap = wire.send_cap;
    gunyah_doorbell_open(g, &bell_options, &bell);
    gunyah_doorbell_send(bell, 0x1, NULL);
    if (gunyah_doorbell_send(bell, 0x2, &old) != GUNYAH_OK)
        return puts(gunyah_last_error(g)->advice), 1;
    printf("flags before the second ring: 0x%llx\n", (unsigned long long)old);
    return gunyah_close(&g) || gunyah_sim_destroy(&sim);
}
