// SPDX-License-Identifier: BSD-3-Clause
// A watchdog of the model and a vCPU that minds it, both made by calls. The vCPU runs when it is told to, and no time passes
// by that.
#ifndef MODEL_WATCHDOG_H
#define MODEL_WATCHDOG_H

#include "model_machine.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define IS(what, expected) cr_expect(eq(int, (what), (expected)))
#define MS UINT64_C(1000000)
#define WATCHDOGS GUNYAH_HYP_API_FLAGS0_WATCHDOG_MASK
#define UNCHANGED GUNYAH_WATCHDOG_TIME_UNCHANGED
#define BARK_VIRQ 40u // of the root VM, which is a level line at first
#define BITE_VIRQ 41u
#define ON 3 // words of WATCHDOG_CONTROL
#define OFF 2
#define EXPIRED UINT32_C(0x80000000)

struct dog {
    struct machine *machine;
    uint64_t watchdog;
    uint64_t vcpu;
};

static inline uint64_t make_watchdog(struct machine *machine, uint64_t options)
{
    const uint64_t cap = MAKE(machine, WATCHDOG);

    cr_assert(eq(int, ASK(machine, WATCHDOG_CONFIGURE, cap, options), GUNYAH_HVERR_OK));
    cr_assert(eq(int, activate(machine, cap), GUNYAH_HVERR_OK));
    return cap;
}

// A vCPU that is attached, and that only vcpu_run runs. Its interrupt, and its VMID, are nobody else's.
static inline uint64_t make_minder(struct machine *machine, uint64_t watchdog, uint32_t wakeup_virq)
{
    const uint64_t cap = prepare_vcpu(machine, make_addrspace(machine, (uint16_t)wakeup_virq));

    cr_assert(eq(int, ASK(machine, WATCHDOG_ATTACH_VCPU, watchdog, cap), GUNYAH_HVERR_OK));
    cr_assert(eq(int, ASK(machine, VIC_ATTACH_VCPU, make_vic(machine), cap, 0), GUNYAH_HVERR_OK));
    cr_assert(eq(int, activate(machine, cap), GUNYAH_HVERR_OK));
    cr_assert(eq(
        int,
        ASK(machine, VCPU_BIND_VIRQ, cap, machine->root.vic.value, wakeup_virq, GUNYAH_VCPU_VIRQ_TYPE_VCPU_RUN_WAKEUP),
        GUNYAH_HVERR_OK));
    cr_assert(eq(int, ASK(machine, VCPU_POWERON, cap, 0, 0), GUNYAH_HVERR_OK));
    return cap;
}

static inline void bind_dog(const struct dog *dog, uint32_t virq, uint64_t flags)
{
    IS(ASK(dog->machine, WATCHDOG_BIND_VIRQ, dog->watchdog, dog->machine->root.vic.value, virq, flags),
       GUNYAH_HVERR_OK);
}

// Neither of its interrupts is bound.
static inline struct dog new_dog(struct machine *machine, uint64_t options)
{
    const uint64_t watchdog = make_watchdog(machine, options);

    return (struct dog){machine, watchdog, make_minder(machine, watchdog, 60)};
}

static inline struct dog new_bound_dog(struct machine *machine)
{
    const struct dog dog = new_dog(machine, 0);

    bind_dog(&dog, BARK_VIRQ, 0);
    bind_dog(&dog, BITE_VIRQ, GUNYAH_WATCHDOG_BIND_OPTION_FLAGS_BITE_MASK);
    return dog;
}

// The vCPU makes a fast call. Its x0 to x2 are in guest_x then.
static inline uint64_t fast(const struct dog *dog, uint32_t id, uint64_t x1, uint64_t x2)
{
    const struct machine_step steps[] = {
        {{.stop = GUNYAH_MODEL_STOP_CALL, .smc = x1 % 2 != 0}, {id, x1, x2}}, // by either instruction
        {{.stop = GUNYAH_MODEL_STOP_NEVER}, {0}},
    };

    dog->machine->steps = steps;
    cr_expect(eq(int, ASK(dog->machine, VCPU_RUN, dog->vcpu), GUNYAH_HVERR_OK));
    dog->machine->steps = NULL;
    return dog->machine->guest_x[0];
}

static inline uint64_t control(const struct dog *dog, uint64_t word)
{
    return fast(dog, GUNYAH_SMCCC_WATCHDOG_CONTROL, word, 0);
}

static inline uint64_t pet(const struct dog *dog)
{
    return fast(dog, GUNYAH_SMCCC_WATCHDOG_PET, 0, 0);
}

static inline uint64_t set_times(const struct dog *dog, uint64_t bark_ms, uint64_t bite_ms)
{
    return fast(dog, GUNYAH_SMCCC_WATCHDOG_SET_TIME, bark_ms, bite_ms);
}

static inline void expect_status(const struct dog *dog, uint64_t flags, uint64_t ms)
{
    cr_expect(eq(u64, fast(dog, GUNYAH_SMCCC_WATCHDOG_STATUS, 0, 0), 0));
    cr_expect(eq(u64, dog->machine->guest_x[1], flags));
    cr_expect(eq(u64, dog->machine->guest_x[2], ms));
}

static inline int32_t manage(const struct dog *dog, uint64_t operation)
{
    return ASK(dog->machine, WATCHDOG_MANAGE, dog->watchdog, operation);
}

#define FREEZE(dog) manage((dog), GUNYAH_WATCHDOG_MANAGE_OP_FREEZE)
#define FREEZE_AND_RESET(dog) manage((dog), GUNYAH_WATCHDOG_MANAGE_OP_FREEZE_AND_RESET)
#define UNFREEZE(dog) manage((dog), GUNYAH_WATCHDOG_MANAGE_OP_UNFREEZE)

// Set the times and let it count.
static inline void start(const struct dog *dog, uint32_t bark_ms, uint32_t bite_ms)
{
    cr_expect(eq(u64, set_times(dog, bark_ms, bite_ms), GUNYAH_HVERR_OK));
    cr_expect(eq(u64, control(dog, ON), GUNYAH_HVERR_OK));
}

static inline void pass_ms(const struct dog *dog, uint64_t ms)
{
    gunyah_model_advance(dog->machine->model, ms * MS);
}

static inline bool is_pending(const struct dog *dog, uint32_t virq)
{
    return gunyah_model_virq_pending(dog->machine->model, ROOT, virq);
}

static inline bool take(const struct dog *dog, uint32_t virq)
{
    return gunyah_model_virq_take(dog->machine->model, ROOT, virq);
}

static inline void expect_deeds(const struct dog *dog, uint32_t barks, uint32_t bites)
{
    cr_expect(eq(u32, dog->machine->dogs[GUNYAH_MODEL_WATCHDOG_BARKS], barks));
    cr_expect(eq(u32, dog->machine->dogs[GUNYAH_MODEL_WATCHDOG_BITES], bites));
}

#endif
