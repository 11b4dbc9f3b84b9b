// SPDX-License-Identifier: BSD-3-Clause
// Makes the machine of a scenario, goes through its lines, and compares what comes of them with what is expected.
#include "scenario_run.h"
#include "scenario_past.h"
#include "scenario_words.h"

#include <gunyah/abi/names.h>
#include <gunyah/gunyah.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct running {
    struct run run;
    struct scenario_outcome *outcome;
    scenario_failed_fn *failed;
    void *context;
};

static bool broken(struct running *running, const struct scenario_step *step, const char *text)
{
    return scenario_wrong(&running->outcome->problem, step->place.line, step->place.column, "%s", text);
}

// ---- what the machine is -----------------------------------------------------------------------------------------

// The machine is made when the first line needs it: lines before that say how it is.
static bool need_machine(struct running *running, const struct scenario_step *step)
{
    struct gunyah_sim_options options = GUNYAH_SIM_OPTIONS_INIT;
    struct run *run = &running->run;

    if (run->sim != NULL)
        return true;
    options.seed = run->seed;
    options.plain_capids = run->plain_capids;
    options.as_manual = run->scenario->as_manual;
    if (gunyah_sim_create(&options, &run->sim) != GUNYAH_OK)
        return broken(running, step, "there is not enough memory for the machine");
    run_watch(run);
    return true;
}

static bool is_done(struct running *running, const struct scenario_step *step, enum gunyah_error error)
{
    return error == GUNYAH_OK || broken(running, step, gunyah_sim_last_error(running->run.sim));
}

static bool add_vm(struct running *running, const struct scenario_step *step)
{
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm *vm;
    const char *wrong;

    options.name = running->run.scenario->vms[step->vm].name;
    options.vmid = gunyah_vmid((uint16_t)step->options[VM_VMID]);
    options.privileged = step->options[VM_PRIVILEGED] != 0;
    if (!is_done(running, step, gunyah_sim_add_vm(running->run.sim, &options, &vm)))
        return false;
    wrong = run_open_vm(&running->run, step->vm, vm);
    return wrong == NULL || broken(running, step, wrong);
}

static bool add_queue(struct running *running, const struct scenario_step *step)
{
    const struct scenario_object *object = &running->run.scenario->objects[step->made];
    struct gunyah_sim_msgqueue queue = GUNYAH_SIM_MSGQUEUE_INIT;

    queue.from = running->run.vms[object->from].vm;
    queue.to = running->run.vms[object->to].vm;
    queue.depth = (uint32_t)step->options[QUEUE_DEPTH];
    queue.message_size = object->size;
    queue.send_virq = gunyah_virq(object->send_virq);
    queue.receive_virq = gunyah_virq(object->receive_virq);
    if (!is_done(running, step, gunyah_sim_connect_msgqueue(running->run.sim, &queue)))
        return false;
    running->run.from_cap[step->made] = queue.send_cap;
    running->run.to_cap[step->made] = queue.receive_cap;
    return true;
}

static bool add_doorbell(struct running *running, const struct scenario_step *step)
{
    const struct scenario_object *object = &running->run.scenario->objects[step->made];
    struct gunyah_sim_doorbell doorbell = GUNYAH_SIM_DOORBELL_INIT;

    doorbell.from = running->run.vms[object->from].vm;
    doorbell.to = running->run.vms[object->to].vm;
    doorbell.virq = gunyah_virq(object->receive_virq);
    if (!is_done(running, step, gunyah_sim_connect_doorbell(running->run.sim, &doorbell)))
        return false;
    running->run.from_cap[step->made] = doorbell.send_cap;
    running->run.to_cap[step->made] = doorbell.receive_cap;
    return true;
}

static bool add_rm(struct running *running, const struct scenario_step *step)
{
    struct gunyah_sim_rm_options options = GUNYAH_SIM_RM_OPTIONS_INIT;

    if (step->options[RM_LATENCY] > UINT32_MAX)
        return broken(running, step, "expected a latency of at most 4 seconds");
    options.generation = step->options[RM_LATER] != 0 ? GUNYAH_RM_GENERATION_LATER : GUNYAH_RM_GENERATION_2023;
    options.debug = step->options[RM_DEBUG] != 0;
    options.latency_ns = (uint32_t)step->options[RM_LATENCY];
    return is_done(running, step, gunyah_sim_add_rm(running->run.sim, &options));
}

// ---- what happens to it ------------------------------------------------------------------------------------------

static struct gunyah_sim_vm *vm_of(const struct run *run, uint64_t option)
{
    const int vm = (int)(int64_t)option;

    return vm != SCENARIO_NOBODY ? run->vms[vm].vm : NULL;
}

static bool add_fault(struct running *running, const struct scenario_step *step)
{
    struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;

    fault.vm = vm_of(&running->run, step->options[FAULT_VM]);
    fault.call = (uint32_t)step->number;
    fault.error = (int32_t)(uint32_t)step->options[FAULT_ERROR];
    fault.nth = step->options[FAULT_NTH];
    fault.count = step->options[FAULT_COUNT];
    return is_done(running, step, gunyah_sim_add_fault(running->run.sim, &fault));
}

static bool add_plan(struct running *running, const struct scenario_step *step)
{
    struct gunyah_sim_plan_problem problem = GUNYAH_SIM_PLAN_PROBLEM_INIT;

    return gunyah_sim_add_plan(running->run.sim, step->text, strlen(step->text), &problem) == GUNYAH_OK ||
           broken(running, step, problem.text);
}

static bool add_rm_fault(struct running *running, const struct scenario_step *step)
{
    struct gunyah_sim_rm_fault fault = GUNYAH_SIM_RM_FAULT_INIT;

    fault.vm = vm_of(&running->run, step->options[RM_FAULT_VM]);
    fault.message = (uint32_t)step->number;
    fault.mischief = (enum gunyah_sim_rm_mischief)step->options[RM_FAULT_KIND];
    fault.value = step->options[RM_FAULT_VALUE];
    fault.nth = step->options[RM_FAULT_NTH];
    fault.count = step->options[RM_FAULT_COUNT];
    return is_done(running, step, gunyah_sim_add_rm_fault(running->run.sim, &fault));
}

// ---- what is expected --------------------------------------------------------------------------------------------

static void tell_failure(struct running *running, const struct scenario_step *step, const char *text)
{
    char line[256];

    running->outcome->failures++;
    snprintf(line, sizeof(line), "line %" PRIu32 ": %s", step->place.line, text);
    run_tell(&running->run, TRACE_FAILED, step->vm, line, true);
    running->failed(running->context, step, text);
}

// Returns whether the value of this name is as expected; *found: what it is.
static const struct run_result *find_result(const struct run_answer *answer, const char *name)
{
    for (uint32_t i = 0; i < answer->count; i++) {
        if (strcmp(answer->results[i].name, name) == 0)
            return &answer->results[i];
    }
    return NULL;
}

static void check_values(struct running *running, const struct scenario_step *step)
{
    const struct run_answer *answer = &running->run.answer;
    char text[160];

    for (uint32_t i = 0; i < step->expect.count; i++) {
        const struct scenario_value *expected = &step->expect.values[i];
        const struct run_result *result = find_result(answer, expected->name);
        if (result != NULL && result->value == expected->value)
            continue;
        if (result == NULL)
            snprintf(text, sizeof(text), "expected %s=0x%" PRIx64 ", got no value of this name", expected->name,
                     expected->value);
        else
            snprintf(text, sizeof(text), "expected %s=0x%" PRIx64 ", got 0x%" PRIx64, expected->name, expected->value,
                     result->value);
        tell_failure(running, step, text);
    }
}

// OK is any notification, which are known by their names.
static bool is_met(const struct scenario_step *step, const char *error)
{
    const bool is_heard = step->verb == SCENARIO_HEAR && strcmp(step->expect.error, "OK") == 0;

    if (step->expect.any)
        return true;
    return is_heard ? strcmp(error, "TIMEOUT") != 0 : strcmp(error, step->expect.error) == 0;
}

static void check(struct running *running, const struct scenario_step *step)
{
    const struct scenario_expect *expect = &step->expect;
    const struct run_answer *answer = &running->run.answer;
    char text[160];

    if (!is_met(step, answer->error)) {
        snprintf(text, sizeof(text), "expected %s, got %s", expect->error, answer->error);
        tell_failure(running, step, text);
        return;
    }
    check_values(running, step);
    if (expect->data != NULL &&
        (answer->data == NULL || answer->size != expect->size || memcmp(answer->data, expect->data, expect->size) != 0))
        tell_failure(running, step, "expected another message");
}

// ---- lines -------------------------------------------------------------------------------------------------------

static bool do_step(struct running *running, const struct scenario_step *step)
{
    running->run.answer.count = 0;
    running->run.answer.data = NULL;
    if (!run_step(&running->run, step, &running->outcome->problem))
        return false;
    check(running, step);
    return true;
}

static bool do_line(struct running *running, const struct scenario_step *step)
{
    struct run *run = &running->run;

    switch (step->verb) {
    case SCENARIO_SEED:
        run->seed = step->number;
        return true;
    case SCENARIO_PLAIN_CAPIDS:
        run->plain_capids = true;
        return true;
    default:
        break;
    }
    if (!need_machine(running, step))
        return false;
    switch (step->verb) {
    case SCENARIO_RM:
        return add_rm(running, step);
    case SCENARIO_VM:
        return add_vm(running, step);
    case SCENARIO_QUEUE:
        return add_queue(running, step);
    case SCENARIO_DOORBELL:
        return add_doorbell(running, step);
    case SCENARIO_FAULT:
        return add_fault(running, step);
    case SCENARIO_RM_FAULT:
        return add_rm_fault(running, step);
    case SCENARIO_PLAN:
        return add_plan(running, step);
    case SCENARIO_CLEAR_FAULTS:
        return is_done(running, step, gunyah_sim_clear_faults(run->sim));
    case SCENARIO_ADVANCE:
        return is_done(running, step, gunyah_sim_advance(run->sim, step->number));
    case SCENARIO_NOTE:
        run_tell(run, TRACE_NOTE, TRACE_NOBODY, step->text, false);
        return true;
    default:
        return do_step(running, step);
    }
}

static void end(struct run *run)
{
    for (int i = 0; i < run->scenario->vm_count; i++) {
        if (run->vms[i].g != NULL)
            gunyah_close(&run->vms[i].g);
    }
    if (run->sim != NULL)
        gunyah_sim_destroy(&run->sim);
}

static void do_lines(struct running *running)
{
    const struct scenario *scenario = running->run.scenario;
    struct scenario_outcome *outcome = running->outcome;

    for (size_t i = 0; i < scenario->step_count && !outcome->is_broken; i++) {
        outcome->is_broken = !do_line(running, &scenario->steps[i]);
        outcome->steps += scenario->steps[i].verb >= SCENARIO_SEND && !outcome->is_broken;
    }
}

// A machine that is not as it should be is nothing to go on from.
static void keep(struct running *running)
{
    static const struct scenario_step no_step = {.verb = SCENARIO_NOTE};
    struct scenario_outcome *outcome = running->outcome;

    if (outcome->is_broken || outcome->failures != 0)
        outcome->not_kept = "not all came to what was expected";
    else if (!need_machine(running, &no_step))
        outcome->not_kept = outcome->problem.text;
    else
        outcome->not_kept = run_keep(&running->run, &outcome->kept, &outcome->kept_size);
}

void scenario_run(const struct scenario *scenario, struct trace *trace, scenario_failed_fn *failed, void *context,
                  struct scenario_outcome *outcome)
{
    struct running *running = calloc(1, sizeof(*running));
    const char *wrong = NULL;

    *outcome = (struct scenario_outcome){.not_kept = "out of memory"};
    if (running == NULL) {
        outcome->is_broken = !scenario_wrong(&outcome->problem, 0, 0, "out of memory");
        return;
    }
    running->run.scenario = scenario;
    running->run.trace = trace;
    running->run.knows_buffers = true;
    for (size_t i = 0; i < SCENARIO_MAX_OBJECTS; i++)
        running->run.from_cap[i] = running->run.to_cap[i] = gunyah_capid(GUNYAH_CAPID_INVALID);
    running->outcome = outcome;
    running->failed = failed;
    running->context = context;
    if (scenario->past != NULL)
        wrong = run_go_on(&running->run, scenario->past);
    if (wrong != NULL)
        outcome->is_broken = !scenario_wrong(&outcome->problem, 0, 0, "%s", wrong);
    do_lines(running);
    if (scenario->is_kept)
        keep(running);
    end(&running->run);
    free(running);
}
