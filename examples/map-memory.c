// SPDX-License-Identifier: BSD-3-Clause
// Memory that a privileged VM owns: an address space, a sparse extent mapped into it, and memory that comes and goes.
#include <gunyah/gunyah.h>
#include <gunyah/sim.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PAGE ((uint64_t)GUNYAH_MEMEXTENT_PAGE_SIZE)
#define MEMORY UINT64_C(0x800000000) // of the simulator's partition
#define SIZE (64 * PAGE)
#define IPA UINT64_C(0x80000000)

static void must(enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return;
    fprintf(stderr, "%s\n", gunyah_error_name(error));
    exit(EXIT_FAILURE);
}

static struct gunyah_addrspace *make_space(struct gunyah_partition *partition, struct gunyah_cspace *cspace)
{
    struct gunyah_addrspace *space = NULL;

    must(gunyah_addrspace_create(partition, cspace, &space));
    must(gunyah_addrspace_configure(space, gunyah_vmid(40)));
    must(gunyah_addrspace_add_vmmio_range(space, 0x70000000, 0x1000)); // what the VM does there exits to its VMM
    must(gunyah_addrspace_activate(space));
    return space;
}

// All of it has its place; none of it is there yet.
static struct gunyah_memextent *make_memory(struct gunyah_partition *partition, struct gunyah_cspace *cspace,
                                            struct gunyah_addrspace *space)
{
    struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;
    struct gunyah_memextent *memory = NULL;

    must(gunyah_memextent_create_sparse(partition, cspace, MEMORY, SIZE, GUNYAH_PGTABLE_ACCESS_RWX,
                                        GUNYAH_MEMEXTENT_MEMTYPE_ANY, &memory));
    mapping.ipa = IPA;
    mapping.user_access = GUNYAH_PGTABLE_ACCESS_RWX;
    mapping.kernel_access = GUNYAH_PGTABLE_ACCESS_RWX;
    must(gunyah_addrspace_map(space, memory, &mapping));
    return memory;
}

static void tell(struct gunyah_addrspace *space, struct gunyah_memextent *memory, uint64_t ipa)
{
    struct gunyah_addrspace_mapping found = GUNYAH_ADDRSPACE_MAPPING_INIT;
    const enum gunyah_error error = gunyah_addrspace_lookup(space, memory, ipa, SIZE, &found);

    if (error == GUNYAH_ERR_ADDR_INVALID) {
        printf("0x%" PRIx64 ": nothing\n", ipa);
        return;
    }
    must(error);
    printf("0x%" PRIx64 ": 0x%" PRIx64 " bytes, from offset 0x%" PRIx64 " on\n", ipa, found.length, found.offset);
}

static void give_and_take(struct gunyah_partition *partition, struct gunyah_addrspace *space,
                          struct gunyah_memextent *memory)
{
    tell(space, memory, IPA);
    must(gunyah_memextent_donate_from_partition(partition, memory, 0, 8 * PAGE, GUNYAH_MEMEXTENT_NO_SYNC));
    must(gunyah_memextent_donate_from_partition(partition, memory, 32 * PAGE, PAGE, GUNYAH_MEMEXTENT_NO_SYNC));
    tell(space, memory, IPA);
    tell(space, memory, IPA + 32 * PAGE);
    // Zeros for the next owner; and it has it when nobody sees it here any more.
    must(gunyah_memextent_zero_range(memory, 0, 4 * PAGE));
    must(gunyah_memextent_donate_to_partition(memory, partition, 0, 4 * PAGE, GUNYAH_MEMEXTENT_SYNC));
    tell(space, memory, IPA + 4 * PAGE);
}

static void ask_for_too_much(struct gunyah *g, struct gunyah_addrspace *space, struct gunyah_memextent *memory)
{
    struct gunyah_addrspace_mapping mapping = GUNYAH_ADDRSPACE_MAPPING_INIT;

    mapping.ipa = GUNYAH_ADDRSPACE_END;
    if (gunyah_addrspace_map(space, memory, &mapping) != GUNYAH_OK)
        printf("%s\n", gunyah_last_error(g)->text);
    mapping.ipa = IPA;
    mapping.user_access = GUNYAH_PGTABLE_ACCESS_R;
    if (gunyah_addrspace_map(space, memory, &mapping) != GUNYAH_OK)
        printf("%s\n", gunyah_last_error(g)->text);
    if (gunyah_addrspace_add_vmmio_range(space, 0x6ffff000, 0x1800) != GUNYAH_OK)
        printf("%s\n", gunyah_last_error(g)->text);
}

int main(void)
{
    struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_sim *sim = NULL;
    struct gunyah *g = NULL;
    struct gunyah_partition *partition = NULL;
    struct gunyah_cspace *cspace = NULL;

    must(gunyah_sim_create(NULL, &sim));
    must(gunyah_sim_get_vm_info(gunyah_sim_root(sim), &info));
    options.backend = gunyah_sim_backend(gunyah_sim_root(sim));
    must(gunyah_open(&options, &g));
    must(gunyah_partition_open(g, info.partition, &partition));
    must(gunyah_cspace_open(g, info.cspace, &cspace));

    struct gunyah_addrspace *space = make_space(partition, cspace);
    struct gunyah_memextent *memory = make_memory(partition, cspace, space);
    give_and_take(partition, space, memory);
    ask_for_too_much(g, space, memory);
    must(gunyah_close(&g));
    must(gunyah_sim_destroy(&sim));
    return EXIT_SUCCESS;
}
