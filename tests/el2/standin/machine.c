// SPDX-License-Identifier: BSD-3-Clause
// The machine: the model and its VMs. Suites make it anew for every case, recordings for every file.
#include "standin.h"

#include "../protocol.h"

#include <platform.h>

#include <string.h>

#define MAX_CAPS 2048

// Laid out by the linker.
extern char standin_arena[];
extern char standin_arena_end[];

struct standin_machine standin_machine;

// The suite's VMs have the memory of their guests, whatever calls map, and the vCPUs that speak.
static const struct gunyah_model_env env = {.read = standin_read, .write = standin_write};
static const struct gunyah_model_env platform_env = {
    .read = standin_read, .write = standin_write, .put = standin_put, .run = standin_run};

static size_t arena_size(void)
{
    return (size_t)(standin_arena_end - standin_arena);
}

static void reset_surroundings(void)
{
    standin_gic_reset();
    standin_time_reset();
}

static int32_t add_vms(void)
{
    for (unsigned place = 0; place < STANDIN_PLAIN_VMS; place++) {
        const struct gunyah_model_vm_options options = {
            .vmid = (uint16_t)(STANDIN_FIRST_VMID + place),
            .vcpus = 1,
            .max_caps = MAX_CAPS,
            .max_virqs = GUNYAH_VIC_MAX_VIRQS,
        };
        const int32_t hverr = gunyah_model_add_vm(standin_machine.model, &options, &standin_machine.vms[place]);
        if (hverr != GUNYAH_HVERR_OK)
            return hverr;
    }
    return GUNYAH_HVERR_OK;
}

int32_t standin_machine_reset(uint64_t x[8])
{
    const struct gunyah_model_options options = {.api_info = x[0],
                                                 .api_flags = x[3],
                                                 .uid = {(uint32_t)x[1]},
                                                 .memory_base = EL2_FREE_MEMORY,
                                                 .memory_size = EL2_FREE_MEMORY_SIZE};
    const struct gunyah_model_vm *owner = &standin_machine.vms[STANDIN_OWNER];
    int32_t hverr;

    reset_surroundings();
    standin_machine.silent = x[2] != 0;
    standin_machine.platform = false;
    hverr =
        gunyah_model_init(standin_arena, arena_size(), &options, &env, &standin_machine.model, &standin_machine.root);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = add_vms();
    if (hverr == GUNYAH_HVERR_OK)
        hverr = standin_grant(owner, standin_machine.root.partition, GUNYAH_RIGHTS_PARTITION_ALL, &x[1]);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = standin_grant(owner, owner->cspace, GUNYAH_RIGHTS_CSPACE_ALL, &x[2]);
    if (hverr == GUNYAH_HVERR_OK)
        hverr = standin_grant(owner, owner->vic, GUNYAH_RIGHTS_VIC_ALL, &x[3]);
    return hverr;
}

static int32_t boot(uint64_t x[31])
{
    struct platform platform;

    reset_surroundings();
    standin_ram_reset();
    if (!platform_boot(&platform, standin_arena, arena_size(), &platform_env, x[0] != 0))
        return GUNYAH_HVERR_NOMEM;
    standin_machine = (struct standin_machine){
        .model = platform.model,
        .root = platform.root,
        .vms = {[STANDIN_OWNER] = platform.primary},
        .platform = true,
    };
    memcpy(&x[1], &platform.caps, sizeof(platform.caps));
    return GUNYAH_HVERR_OK;
}

static int32_t pass(void)
{
    standin_vcpu_pass();
    return GUNYAH_HVERR_OK;
}

bool standin_test_call(uint16_t immediate, uint64_t x[31])
{
    int32_t hverr;

    if (immediate == EL2_CALL_RESET)
        hverr = standin_machine_reset(x);
    else if (immediate == EL2_CALL_CONNECT_DOORBELL)
        hverr = standin_connect_doorbell(x);
    else if (immediate == EL2_CALL_CONNECT_MSGQUEUE)
        hverr = standin_connect_msgqueue(x);
    else if (immediate == EL2_CALL_PASSED)
        hverr = pass();
    else if (immediate == EL2_CALL_BOOT)
        hverr = boot(x);
    else if (immediate == EL2_CALL_START_RM)
        hverr = standin_start_rm(x);
    else if (immediate == EL2_CALL_FIND_GUEST)
        hverr = standin_find_guest(x);
    else
        return false;
    x[0] = (uint64_t)(int64_t)hverr;
    return true;
}
