// SPDX-License-Identifier: BSD-3-Clause
// The verbs of scenarios, and the names that stand for numbers.
#include "facts.h"
#include "scenario_words.h"

#include <gunyah/sim_rm.h>

#include <string.h>

#define FLAG(name)                                                                                                     \
    {                                                                                                                  \
        name, SCENARIO_OPTION_FLAG, 0, 1, false                                                                        \
    }
#define NUMBER(name, initial, max)                                                                                     \
    {                                                                                                                  \
        name, SCENARIO_OPTION_NUMBER, initial, max, false                                                              \
    }
#define TIME(name, initial)                                                                                            \
    {                                                                                                                  \
        name, SCENARIO_OPTION_DURATION, initial, UINT64_MAX, false                                                     \
    }
#define A_VM(name, needed)                                                                                             \
    {                                                                                                                  \
        name, SCENARIO_OPTION_VM, UINT64_MAX, 0, needed                                                                \
    }
#define VIRQ(name) NUMBER(name, 0, UINT32_MAX)
#define DEPTH NUMBER("depth", 8, UINT16_MAX)
#define SIZE NUMBER("size", 240, UINT16_MAX)
#define NTH NUMBER("nth", 1, UINT64_MAX)
#define COUNT NUMBER("count", 1, UINT64_MAX)

static const struct scenario_verb_info verbs[] = {
    {"seed", SCENARIO_SEED, false, "n", {{0}}},
    {"plain-capids", SCENARIO_PLAIN_CAPIDS, false, "", {{0}}},
    {"vm", SCENARIO_VM, false, "V", {NUMBER("vmid", 0, 254), FLAG("privileged"), FLAG("immediate"), FLAG("channel")}},
    {"queue",
     SCENARIO_QUEUE,
     false,
     "N",
     {A_VM("from", true), A_VM("to", true), DEPTH, SIZE, VIRQ("send-virq"), VIRQ("receive-virq")}},
    {"doorbell", SCENARIO_DOORBELL, false, "N", {A_VM("from", true), A_VM("to", true), VIRQ("virq")}},
    {"rm", SCENARIO_RM, false, "", {FLAG("later"), FLAG("debug"), TIME("latency", 0)}},
    {"fault",
     SCENARIO_FAULT,
     false,
     "c",
     {{"error", SCENARIO_OPTION_ERROR, 0, 0, true}, A_VM("vm", false), NTH, COUNT}},
    {"rm-fault",
     SCENARIO_RM_FAULT,
     false,
     "m",
     {{"kind", SCENARIO_OPTION_MISCHIEF, 0, 0, true},
      {"value", SCENARIO_OPTION_RM_VALUE, GUNYAH_RMERR_DENIED, 0, false},
      A_VM("vm", false),
      NTH,
      COUNT}},
    {"plan", SCENARIO_PLAN, false, "s", {{0}}},
    {"clear-faults", SCENARIO_CLEAR_FAULTS, false, "", {{0}}},
    {"advance", SCENARIO_ADVANCE, false, "t", {{0}}},
    {"note", SCENARIO_NOTE, false, "s", {{0}}},
    {"send", SCENARIO_SEND, true, "qd", {FLAG("push")}},
    {"receive", SCENARIO_RECEIVE, true, "q", {NUMBER("size", SCENARIO_MAX_MESSAGE, SCENARIO_MAX_MESSAGE)}},
    {"flush", SCENARIO_FLUSH, true, "q", {{0}}},
    {"ring", SCENARIO_RING, true, "bn", {{0}}},
    {"clear", SCENARIO_CLEAR, true, "bn", {{0}}},
    {"mask", SCENARIO_MASK, true, "b", {NUMBER("enable", UINT64_MAX, UINT64_MAX), NUMBER("ack", 0, UINT64_MAX)}},
    {"reset", SCENARIO_RESET, true, "b", {{0}}},
    {"wait", SCENARIO_WAIT, true, "w", {TIME("for", 0)}},
    {"yield", SCENARIO_YIELD, true, "", {{0}}},
    {"create-queue", SCENARIO_CREATE_QUEUE, true, "N", {DEPTH, SIZE}},
    {"create-doorbell", SCENARIO_CREATE_DOORBELL, true, "N", {{0}}},
    {"copy", SCENARIO_COPY, true, "oN", {NUMBER("rights", UINT32_MAX, UINT32_MAX)}},
    {"revoke", SCENARIO_REVOKE, true, "o", {{0}}},
    {"delete", SCENARIO_DELETE, true, "o", {{0}}},
    {"call", SCENARIO_CALL, true, "ca", {{0}}},
    {"ask", SCENARIO_ASK, true, "mf", {{0}}},
    {"hear", SCENARIO_HEAR, true, "", {TIME("for", 0)}},
};

const struct scenario_verb_info *scenario_find_verb(const char *name, bool by_vm)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (verbs[i].by_vm == by_vm && strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    }
    return NULL;
}

static bool find_value(const struct fact_value *values, const char *name, uint64_t *value)
{
    while (values->name != NULL && strcmp(values->name, name) != 0)
        values++;
    *value = values->value;
    return values->name != NULL;
}

bool scenario_find_hypervisor_error(const char *name, uint64_t *error)
{
    return find_value(fact_hypervisor_errors, name, error);
}

bool scenario_find_rm_error(const char *name, uint64_t *error)
{
    return find_value(fact_rm_errors, name, error);
}

bool scenario_find_call(const char *name, uint64_t *number)
{
    const struct fact_call *call = fact_calls;

    while (call->name != NULL && strcmp(call->name, name) != 0)
        call++;
    *number = call->number;
    return call->name != NULL;
}

bool scenario_find_message(const char *name, bool notification, uint64_t *id)
{
    const struct fact_message *message = fact_messages;

    while (message->name != NULL && (message->notification != notification || strcmp(message->name, name) != 0))
        message++;
    *id = message->id;
    return message->name != NULL;
}

bool scenario_find_mischief(const char *name, uint64_t *kind)
{
    static const char *const names[] = {
        [GUNYAH_SIM_RM_FAIL] = "fail",
        [GUNYAH_SIM_RM_IGNORE] = "ignore",
        [GUNYAH_SIM_RM_LOSE_REPLY] = "lose-reply",
        [GUNYAH_SIM_RM_REPEAT_REPLY] = "repeat-reply",
        [GUNYAH_SIM_RM_STALE_REPLY] = "stale-reply",
        [GUNYAH_SIM_RM_OTHER_REPLY] = "other-reply",
        [GUNYAH_SIM_RM_LATE_REPLY] = "late-reply",
        [GUNYAH_SIM_RM_CUT_REPLY] = "cut-reply",
        [GUNYAH_SIM_RM_PAD_REPLY] = "pad-reply",
        [GUNYAH_SIM_RM_GARBAGE] = "garbage",
        [GUNYAH_SIM_RM_FLOOD] = "flood",
        [GUNYAH_SIM_RM_NO_INTERRUPT] = "no-interrupt",
        [GUNYAH_SIM_RM_DIE] = "die",
        [GUNYAH_SIM_RM_DIE_MIDWAY] = "die-midway",
    };

    for (uint64_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], name) == 0) {
            *kind = i;
            return true;
        }
    }
    return false;
}
