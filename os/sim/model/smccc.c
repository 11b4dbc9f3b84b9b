// SPDX-License-Identifier: BSD-3-Clause
// SMCCC: function ids are taken apart, and discovery and the generator of random numbers are answered here.
#include "dispatch.h"
#include "internal.h"

#include <string.h>

#define FAST UINT32_C(0x80000000)
#define WIDE UINT32_C(0x40000000)
#define SVE_HINT UINT32_C(0x00010000)
#define MUST_BE_ZERO UINT32_C(0x00fe0000)

enum owner {
    OWNER_ARCH = 0,
    OWNER_STANDARD = 4,
    OWNER_STANDARD_HYP = 5,
    OWNER_VENDOR_HYP = 6,
};

enum vendor_class {
    VENDOR_HYPERCALL = 2,
    VENDOR_SERVICE = 3,
};

#define SERVICE_UID 0x3f01
#define SERVICE_REVISION 0x3f03
#define ARCH_VERSION 0
#define ARCH_FEATURES 1
#define STANDARD_HYP_UID 0xff01
#define STANDARD_HYP_REVISION 0xff03

#define TRNG_VERSION 0x50
#define TRNG_FEATURES 0x51
#define TRNG_UUID 0x52
#define TRNG_RANDOM 0x53
#define TRNG_VERSION_ANSWER 0x10000
#define TRNG_INVALID_PARAMETERS UINT64_C(0xfffffffffffffffe)

static void unknown(uint64_t *x0)
{
    *x0 = UINT64_MAX;
}

static void uid(const struct gunyah_model *model, uint64_t x[4])
{
    for (uint32_t i = 0; i < 4; i++)
        x[i] = gunyah_model_uid(model, i);
}

static bool arch(uint32_t id, uint64_t x[4])
{
    if (id == (FAST | ARCH_VERSION)) {
        x[0] = GUNYAH_SMCCC_VERSION_ANSWER;
        return true;
    }
    if (id != (FAST | ARCH_FEATURES))
        return false;
    uint32_t asked = (uint32_t)x[1] & ~SVE_HINT;
    bool there = asked == GUNYAH_SMCCC_VERSION || asked == GUNYAH_SMCCC_ARCH_FEATURES ||
                 asked == GUNYAH_SMCCC_STANDARD_HYP_UID || asked == GUNYAH_SMCCC_STANDARD_HYP_REVISION;
    x[0] = there ? 0 : UINT64_MAX;
    return true;
}

static bool standard_hyp(const struct gunyah_model *model, uint32_t id, uint64_t x[4])
{
    if (id == GUNYAH_SMCCC_STANDARD_HYP_UID) {
        uid(model, x);
        return true;
    }
    if (id != GUNYAH_SMCCC_STANDARD_HYP_REVISION)
        return false;
    x[0] = 1;
    x[1] = 0;
    return true;
}

/** Random bits, the lowest 64 of them in x3. */
static void trng_random(struct gunyah_model *model, bool wide, uint64_t x[4])
{
    uint64_t bits = x[1];
    uint32_t width = wide ? 64 : 32;
    memset(x, 0, 4 * sizeof(x[0]));
    if (bits == 0 || bits > (uint64_t)width * 3) {
        x[0] = TRNG_INVALID_PARAMETERS;
        return;
    }
    for (uint32_t i = 3; bits != 0; i--) {
        uint32_t now = bits < width ? (uint32_t)bits : width;
        x[i] = gunyah_model_random(model);
        if (now < 64)
            x[i] &= (UINT64_C(1) << now) - 1;
        bits -= now;
    }
}

static bool trng(struct gunyah_model *model, uint32_t id, uint64_t x[4])
{
    static const uint32_t uuid[4] = {0x45546e21, 0x92a1433d, 0xa2ea5fe2, 0x16397d4e};
    bool wide = (id & WIDE) != 0;
    switch (id & 0xffff) {
    case TRNG_VERSION:
        if (wide)
            return false;
        memset(x, 0, 4 * sizeof(x[0]));
        x[0] = TRNG_VERSION_ANSWER;
        return true;
    case TRNG_FEATURES: {
        uint32_t asked = (uint32_t)x[1];
        uint32_t base = FAST | (uint32_t)OWNER_STANDARD << 24;
        bool there =
            (asked >= (base | TRNG_VERSION) && asked <= (base | TRNG_RANDOM)) || asked == (base | WIDE | TRNG_RANDOM);
        if (wide)
            return false;
        x[0] = there ? 0 : UINT64_MAX;
        return true;
    }
    case TRNG_UUID:
        for (uint32_t i = 0; !wide && i < 4; i++)
            x[i] = uuid[i];
        return !wide;
    case TRNG_RANDOM:
        trng_random(model, wide, x);
        return true;
    default:
        return false;
    }
}

static enum gunyah_model_outcome vendor_hyp(struct model_call *call, uint32_t id,
                                            struct gunyah_model_registers *registers)
{
    uint32_t class = (id & 0xffff) >> 14;
    uint32_t number = id & 0x3fff;
    uint32_t convention = id & (FAST | WIDE);
    if (class == VENDOR_HYPERCALL && convention == (FAST | WIDE))
        return gunyah_model_hypercall_smccc(call, number, registers);
    if (gunyah_model_watchdog_call(call, id, registers))
        return GUNYAH_MODEL_RETURNED;
    bool service = class == VENDOR_SERVICE && convention == FAST;
    if (service && number == SERVICE_UID)
        uid(call->model, registers->x);
    else if (service && number == SERVICE_REVISION)
        registers->x[0] = gunyah_model_api_info(call->model);
    else
        unknown(&registers->x[0]);
    return GUNYAH_MODEL_RETURNED;
}

/** Owners whose calls hand x0 to x3 back, cut to 32 bits by the 32-bit ones. */
static bool standard(struct model_call *call, uint32_t id, uint64_t x[4], enum gunyah_model_outcome *outcome)
{
    bool answered = false;
    bool wide = (id & WIDE) != 0;
    for (uint32_t i = 1; i < 4 && !wide; i++)
        x[i] = (uint32_t)x[i];
    switch (id >> 24 & 0x3f) {
    case OWNER_ARCH:
        answered = arch(id, x);
        break;
    case OWNER_STANDARD:
        answered = gunyah_model_psci(call, id, x, outcome);
        break;
    case OWNER_STANDARD_HYP:
        answered = standard_hyp(call->model, id, x);
        break;
    default:
        break;
    }
    if (!wide)
        x[0] = (uint32_t)x[0];
    return answered;
}

enum gunyah_model_outcome gunyah_model_smccc(struct model_call *call, struct gunyah_model_registers *registers)
{
    enum gunyah_model_outcome outcome = GUNYAH_MODEL_RETURNED;
    uint32_t id = (uint32_t)registers->x[0] & ~SVE_HINT;
    if ((id & MUST_BE_ZERO) == 0 && (id >> 24 & 0x3f) == OWNER_VENDOR_HYP)
        return vendor_hyp(call, id, registers);
    if ((id & MUST_BE_ZERO) != 0 || (id & FAST) == 0) {
        unknown(&registers->x[0]);
        return outcome;
    }
    // The generator's calls are not cut.
    if ((id >> 24 & 0x3f) == OWNER_STANDARD && trng(call->model, id, registers->x))
        return outcome;
    uint64_t x[4];
    memcpy(x, registers->x, sizeof(x));
    if (standard(call, id, x, &outcome))
        memcpy(registers->x, x, sizeof(x));
    else
        unknown(&registers->x[0]);
    return outcome;
}
