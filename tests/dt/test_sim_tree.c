// SPDX-License-Identifier: BSD-3-Clause
// What the simulator's Resource Manager writes into a VM's tree, next to what the real one wrote.
#include "sim_tree.h"

static struct made made;

static void tear_down(void)
{
    made_close(&made);
}

Test(dt_sim_tree, as_the_real_one_wrote_it, .fini = tear_down)
{
    struct tree real;

    made_open(&made, GUNYAH_RM_GENERATION_2023);
    made_load(&made, MADE("sim/recorded"));
    made_allocate(&made);
    made_share(&made, 5, tree_pages[0]);
    cr_assert_eq(made_init(&made, 1), GUNYAH_RMERR_OK, "%s", made_reason(&made));
    cr_assert_eq(made_start(&made), GUNYAH_RMERR_OK, "%s", made_reason(&made));
    tree_load(&real, REAL("secondary-vm-two-doorbells-shm"));
    compare_nodes(made_tree(), 0, real.bytes, 0);
}
