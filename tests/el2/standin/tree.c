// SPDX-License-Identifier: BSD-3-Clause
// Device trees. Where the stand-in is built without libfdt, there are none.
#include "standin.h"

#include "../protocol.h"

#if EL2_DEVICE_TREES

#include <demo-tree.h>
#include <model_tree.h>

// Where a guest has the tree that is not in its image.
static char *place_in(unsigned guest)
{
    return (char *)standin_memory_of(guest) + (EL2_TREE - EL2_GUEST_BASE);
}

uint64_t standin_write_tree(unsigned guest, const struct gunyah_model_rm_channel *queues)
{
    const struct demo_tree values = {
        .vmid = (uint16_t)(STANDIN_FIRST_VMID + guest),
        .send_cap = queues->send_cap.value,
        .receive_cap = queues->receive_cap.value,
        .send_virq = queues->send_virq,
        .receive_virq = queues->receive_virq,
    };

    if (!demo_tree_write(place_in(guest), EL2_TREE_SIZE, &values))
        standin_stop("the guests are without their device tree");
    return EL2_TREE;
}

struct gunyah_model_rm_trees standin_trees(void)
{
    static struct gunyah_model_tree tree;

    return gunyah_model_tree_hooks(&tree);
}

void standin_tell_primary_tree(const struct gunyah_model_rm_channel *channel, uint64_t x[8])
{
    if (!gunyah_model_tree_primary(place_in(0), EL2_TREE_SIZE, GUNYAH_VMID_HLOS, channel))
        standin_stop("the device tree of HLOS has no room");
    x[5] = EL2_TREE;
    x[6] = EL2_TREE_SIZE;
}

#else

uint64_t standin_write_tree(unsigned guest, const struct gunyah_model_rm_channel *queues)
{
    (void)guest;
    (void)queues;
    return 0;
}

struct gunyah_model_rm_trees standin_trees(void)
{
    return (struct gunyah_model_rm_trees){.room = NULL};
}

void standin_tell_primary_tree(const struct gunyah_model_rm_channel *channel, uint64_t x[8])
{
    (void)channel;
    x[5] = 0;
    x[6] = 0;
}

#endif

// The guest, which is alone, has the memory of HLOS as it is.
void standin_tell_tree(uint32_t vm, uint64_t x[8])
{
    uint64_t address;

    if (!gunyah_model_rm_find_tree(standin_machine.model, vm, &address, &x[6]) ||
        !gunyah_model_rm_find_memory(standin_machine.model, vm, address, x[6], &x[5])) {
        x[5] = 0;
        x[6] = 0;
    }
}
