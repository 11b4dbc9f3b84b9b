// SPDX-License-Identifier: BSD-3-Clause
#include "programs.h"

#define RESULT UINT64_C(0x500f0000)
#define INSTRUCTION 4
#define CPU_OFF UINT64_C(0x84000002)
#define SYSTEM_OFF UINT64_C(0x84000008)
#define CPU_SUSPEND UINT64_C(0xc4000001)
#define SUSPEND_CONTEXT UINT64_C(0x5a5a)

// Registers that the programs keep things in, and the one that loads go to.
enum { COUNT = 20, LOADED = 1 };

/** A program on its way: its steps are as far apart as instructions. */
struct run {
    const struct program_memory *memory;
    struct gunyah_model_guest *guest;
    struct gunyah_model_trap *trap;
};

static uint64_t place(enum program program, uint64_t step)
{
    return PROGRAMS_FIRST + program * PROGRAMS_SPACE + step * INSTRUCTION;
}

const char *program_name(enum program program)
{
    static const char *const names[] = {
        [PROGRAM_OFF] = "code_off",         [PROGRAM_STORE] = "code_store", [PROGRAM_WFI] = "code_wfi",
        [PROGRAM_LOAD] = "code_load",       [PROGRAM_MMIO] = "code_mmio",   [PROGRAM_SPIN] = "code_spin",
        [PROGRAM_SUSPEND] = "code_suspend",
    };
    return names[program];
}

/** A call of PSCI. Returns that the program stops. */
static bool call(const struct run *run, uint64_t id, uint64_t a, uint64_t b, uint64_t c)
{
    run->guest->x[0] = id;
    run->guest->x[1] = a;
    run->guest->x[2] = b;
    run->guest->x[3] = c;
    run->trap->stop = GUNYAH_MODEL_STOP_CALL;
    return true;
}

static bool wait_for_interrupt(const struct run *run)
{
    run->trap->stop = GUNYAH_MODEL_STOP_WAIT;
    return true;
}

/** Returns whether the program stops, at an address where nothing is. */
static bool load(const struct run *run, uint64_t address, uint8_t size)
{
    if (run->memory->load(run->memory->context, address, size, &run->guest->x[LOADED]))
        return false;
    *run->trap =
        (struct gunyah_model_trap){.stop = GUNYAH_MODEL_STOP_LOAD, .address = address, .size = size, .target = LOADED};
    return true;
}

static bool store(const struct run *run, uint64_t address, uint8_t size, uint64_t value)
{
    if (run->memory->store(run->memory->context, address, size, value))
        return false;
    *run->trap =
        (struct gunyah_model_trap){.stop = GUNYAH_MODEL_STOP_STORE, .address = address, .size = size, .value = value};
    return true;
}

/** Returns that the program does not stop. */
static bool jump(const struct run *run, enum program program, uint64_t step)
{
    run->guest->pc = place(program, step);
    return false;
}

static bool off(const struct run *run, uint64_t number)
{
    switch (number) {
    case 0:
        return call(run, CPU_OFF, 0, 0, 0);
    case 1:
        return store(run, RESULT + 16, 8, run->guest->x[0]);
    default:
        return call(run, SYSTEM_OFF, 0, 0, 0);
    }
}

static bool store_context(const struct run *run, uint64_t number)
{
    return number == 0 ? store(run, RESULT, 8, run->guest->x[0]) : jump(run, PROGRAM_OFF, 0);
}

static bool wfi(const struct run *run, uint64_t number)
{
    if (number == 0)
        return wait_for_interrupt(run);
    if (number == 1)
        return store(run, RESULT, 8, ++run->guest->x[COUNT]);
    return jump(run, PROGRAM_WFI, 0);
}

static bool load_context(const struct run *run, uint64_t number)
{
    if (number == 0)
        return load(run, run->guest->x[0], 4);
    return number == 1 ? store(run, RESULT, 4, run->guest->x[LOADED]) : jump(run, PROGRAM_OFF, 0);
}

static bool mmio(const struct run *run, uint64_t number)
{
    const uint64_t base = run->guest->x[0];
    switch (number) {
    case 0:
        return load(run, base, 4);
    case 1:
        return store(run, RESULT, 8, run->guest->x[LOADED]);
    case 2:
        return store(run, base + 8, 4, run->guest->x[LOADED] + 1);
    case 3:
        return store(run, base + 13, 1, 0x77);
    case 4:
        return load(run, base + 2, 2);
    case 5:
        return store(run, RESULT + 8, 8, run->guest->x[LOADED]);
    default:
        return jump(run, PROGRAM_OFF, 0);
    }
}

static bool suspend(const struct run *run, uint64_t number)
{
    if (number == 0)
        return call(run, CPU_SUSPEND, run->guest->x[0], place(PROGRAM_SUSPEND, 1), SUSPEND_CONTEXT);
    return number == 1 ? store(run, RESULT, 8, run->guest->x[0]) : jump(run, PROGRAM_OFF, 0);
}

static bool step(const struct run *run, enum program program, uint64_t number)
{
    switch (program) {
    case PROGRAM_OFF:
        return off(run, number);
    case PROGRAM_STORE:
        return store_context(run, number);
    case PROGRAM_WFI:
        return wfi(run, number);
    case PROGRAM_LOAD:
        return load_context(run, number);
    case PROGRAM_MMIO:
        return mmio(run, number);
    case PROGRAM_SUSPEND:
        return suspend(run, number);
    default:
        return true; // it counts, or is no program
    }
}

void program_run(const struct program_memory *memory, struct gunyah_model_guest *guest, struct gunyah_model_trap *trap)
{
    const struct run run = {memory, guest, trap};
    bool stops = false;
    while (!stops) {
        const uint64_t offset = guest->pc - PROGRAMS_FIRST;
        if (offset >= PROGRAM_COUNT * PROGRAMS_SPACE)
            return;
        guest->pc += INSTRUCTION;
        stops = step(&run, (enum program)(offset / PROGRAMS_SPACE), offset % PROGRAMS_SPACE / INSTRUCTION);
    }
}
