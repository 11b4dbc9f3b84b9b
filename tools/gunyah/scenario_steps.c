// SPDX-License-Identifier: BSD-3-Clause
// What VMs do: a hypercall for each step, a wait, or a message to the Resource Manager.
#include "rm_fields.h"
#include "scenario_run.h"
#include "scenario_words.h"

#include <gunyah/abi/names.h>
#include <gunyah/gunyah.h>

#include <string.h>

#define RM_MAX_BYTES 14616 // the longest message

static void add_result(struct run_answer *answer, const char *name, uint64_t value)
{
    if (answer->count == SCENARIO_MAX_RESULTS)
        return;
    snprintf(answer->results[answer->count].name, sizeof(answer->results[0].name), "%s", name);
    answer->results[answer->count++].value = value;
}

// ---- hypercalls --------------------------------------------------------------------------------------------------

// The capability that a VM uses: that of the side which the verb is for.
static gunyah_capid_t cap_of(const struct run *run, const struct scenario_step *step, int object)
{
    const struct scenario_object *info = &run->scenario->objects[object];
    const bool is_sender = step->verb == SCENARIO_SEND || step->verb == SCENARIO_RING;
    const bool is_receiver = step->verb == SCENARIO_RECEIVE || step->verb == SCENARIO_CLEAR ||
                             step->verb == SCENARIO_MASK || step->verb == SCENARIO_RESET;

    if (info->to == SCENARIO_NOBODY || is_sender || (!is_receiver && info->from == step->vm))
        return run->from_cap[object];
    return run->to_cap[object];
}

static void tell_answer(struct run_answer *answer, uint32_t number, const struct gunyah_registers *registers)
{
    const struct gunyah_call_shape *shape = gunyah_call_info(number);
    const bool has_error = shape == NULL || strcmp(shape->results[0].type, "error") == 0;
    const int32_t error = has_error ? (int32_t)(uint32_t)registers->x[0] : 0;
    const char *name = gunyah_hverr_name(error);

    answer->count = 0;
    if (name != NULL)
        snprintf(answer->error, sizeof(answer->error), "%s", name);
    else
        snprintf(answer->error, sizeof(answer->error), "error %d", (int)error);
    for (unsigned i = has_error ? 1 : 0; shape != NULL && i < shape->result_count; i++)
        add_result(answer, shape->results[i].name, registers->x[i]);
}

static void call(struct run *run, const struct scenario_step *step, uint32_t number, struct gunyah_registers registers)
{
    gunyah_call(run->vms[step->vm].g, number, &registers);
    tell_answer(&run->answer, number, &registers);
}

// x1 to x4; what is reserved is 0, as it has to be in the calls that are made so.
static void call_object(struct run *run, const struct scenario_step *step, uint32_t number, uint64_t x2, uint64_t x3,
                        uint64_t x4)
{
    call(run, step, number, (struct gunyah_registers){{0, cap_of(run, step, step->object).value, x2, x3, x4, 0, 0, 0}});
}

static bool is_ok(const struct run *run)
{
    return strcmp(run->answer.error, "OK") == 0;
}

static void receive(struct run *run, const struct scenario_step *step)
{
    call_object(run, step, GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE, (uintptr_t)run->buffer, step->options[RECEIVE_SIZE], 0);
    if (!is_ok(run))
        return;
    run->answer.data = run->buffer;
    run->answer.size = (size_t)run->answer.results[0].value;
}

static uint64_t own(const struct run *run, const struct scenario_step *step, const char *name)
{
    const struct gunyah_sim_vm_info *info = &run->vms[step->vm].own;

    if (strcmp(name, "cspace") == 0)
        return info->cspace.value;
    if (strcmp(name, "partition") == 0)
        return info->partition.value;
    if (strcmp(name, "vic") == 0)
        return info->vic.value;
    for (int i = 0; i < run->scenario->object_count; i++) {
        if (strcmp(run->scenario->objects[i].name, name) == 0)
            return cap_of(run, step, i).value;
    }
    return GUNYAH_CAPID_INVALID;
}

// A call with whatever arguments. Words that are reserved are what they have to be, unless they are given.
static void call_raw(struct run *run, const struct scenario_step *step)
{
    struct gunyah_registers registers = {{0}};

    for (uint32_t i = 0; i < step->count; i++)
        registers.x[i + 1] =
            step->values[i].name != NULL ? own(run, step, step->values[i].name) : step->values[i].value;
    run->knows_buffers = false;
    call(run, step, (uint32_t)step->number, registers);
    run->knows_buffers = true;
}

// Makes an object that the VM has all rights to. Its answer is that of the first call which fails, or else of the last one.
static void create(struct run *run, const struct scenario_step *step, uint32_t number)
{
    gunyah_msgqueue_create_info_t info = {0};

    call(run, step, number,
         (struct gunyah_registers){{0, own(run, step, "partition"), own(run, step, "cspace"), 0, 0, 0, 0, 0}});
    if (!is_ok(run))
        return;
    run->from_cap[step->made] = gunyah_capid(run->answer.results[0].value);
    if (step->verb == SCENARIO_CREATE_QUEUE) {
        info = gunyah_msgqueue_create_info_with_depth(info, (uint16_t)step->options[CREATE_DEPTH]);
        info = gunyah_msgqueue_create_info_with_max_message_size(info, (uint16_t)step->options[CREATE_SIZE]);
        call(run, step, GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE,
             (struct gunyah_registers){{0, run->from_cap[step->made].value, info.bits, 0, 0, 0, 0, 0}});
    }
    if (is_ok(run))
        call(run, step, GUNYAH_HYPERCALL_OBJECT_ACTIVATE,
             (struct gunyah_registers){{0, run->from_cap[step->made].value, 0, 0, 0, 0, 0, 0}});
}

static void copy(struct run *run, const struct scenario_step *step)
{
    const uint64_t cspace = own(run, step, "cspace");

    call(run, step, GUNYAH_HYPERCALL_CSPACE_COPY_CAP_FROM,
         (struct gunyah_registers){
             {0, cspace, cap_of(run, step, step->object).value, cspace, step->options[COPY_RIGHTS], 0, 0, 0}});
    if (is_ok(run))
        run->from_cap[step->made] = gunyah_capid(run->answer.results[0].value);
}

static void call_cspace(struct run *run, const struct scenario_step *step, uint32_t number)
{
    call(
        run, step, number,
        (struct gunyah_registers){{0, own(run, step, "cspace"), cap_of(run, step, step->object).value, 0, 0, 0, 0, 0}});
}

// ---- waiting -----------------------------------------------------------------------------------------------------

static void tell_library_error(struct run_answer *answer, enum gunyah_error error)
{
    static const char prefix[] = "GUNYAH_ERR_";
    const char *name = error == GUNYAH_OK ? "OK" : gunyah_error_name(error);

    snprintf(answer->error, sizeof(answer->error), "%s",
             strncmp(name, prefix, strlen(prefix)) == 0 ? name + strlen(prefix) : name);
}

static gunyah_virq_t virq_of(const struct run *run, const struct scenario_step *step, uint64_t object)
{
    const struct scenario_object *info = &run->scenario->objects[object];

    return gunyah_virq(info->to == step->vm ? info->receive_virq : info->send_virq);
}

static void wait(struct run *run, const struct scenario_step *step)
{
    gunyah_virq_t virqs[SCENARIO_MAX_VALUES];
    enum gunyah_error error;
    size_t index = 0;

    for (uint32_t i = 0; i < step->count; i++)
        virqs[i] = virq_of(run, step, step->values[i].value);
    error = gunyah_wait(run->vms[step->vm].g, virqs, step->count, step->options[WAIT_FOR], &index);
    tell_library_error(&run->answer, error);
    if (error == GUNYAH_OK)
        add_result(&run->answer, run->scenario->objects[step->values[index].value].name, virqs[index].value);
}

// ---- the Resource Manager ----------------------------------------------------------------------------------------

static void add_field(void *context, const struct rm_field *field)
{
    if (field->type != NULL)
        add_result(context, field->name, field->value);
}

static bool ask(struct run *run, const struct scenario_step *step, struct scenario_problem *problem)
{
    const struct gunyah_rm_message_shape *shape = gunyah_rm_message_info((uint32_t)step->number);
    const struct run_vm *vm = &run->vms[step->vm];
    uint8_t request[RM_MAX_BYTES];
    uint8_t reply[RM_MAX_BYTES];
    enum gunyah_error error;
    size_t size;

    if (!scenario_encode(step, request, sizeof(request), &size, problem))
        return false;
    error = gunyah_rm_call(vm->rm, (uint32_t)step->number, request, size, reply, sizeof(reply), &size,
                           GUNYAH_RM_DEFAULT_TIMEOUT);
    tell_library_error(&run->answer, error);
    if (error == GUNYAH_OK) {
        rm_fields_walk(shape->reply, reply, size, add_field, &run->answer);
    } else if (gunyah_last_error(vm->g)->domain == GUNYAH_DOMAIN_RM) {
        const char *name = gunyah_rm_error_name((uint32_t)gunyah_last_error(vm->g)->code);
        snprintf(run->answer.error, sizeof(run->answer.error), "%s", name != NULL ? name : "unknown error");
    }
    return true;
}

static void hear(struct run *run, const struct scenario_step *step)
{
    const struct gunyah_rm_message_shape *shape;
    struct gunyah_rm_event event;
    const enum gunyah_error error = gunyah_rm_next_event(run->vms[step->vm].rm, &event, step->options[WAIT_FOR]);

    tell_library_error(&run->answer, error);
    if (error != GUNYAH_OK)
        return;
    snprintf(run->answer.error, sizeof(run->answer.error), "%s", gunyah_rm_message_name(event.id));
    shape = gunyah_rm_message_info(event.id);
    if (shape != NULL)
        rm_fields_walk(shape->data, event.payload, event.size, add_field, &run->answer);
}

bool run_step(struct run *run, const struct scenario_step *step, struct scenario_problem *problem)
{
    const uint64_t *options = step->options;

    switch (step->verb) {
    case SCENARIO_SEND:
        call_object(run, step, GUNYAH_HYPERCALL_MSGQUEUE_SEND, step->size, (uintptr_t)step->data, options[SEND_PUSH]);
        return true;
    case SCENARIO_RECEIVE:
        receive(run, step);
        return true;
    case SCENARIO_FLUSH:
        call_object(run, step, GUNYAH_HYPERCALL_MSGQUEUE_FLUSH, 0, 0, 0);
        return true;
    case SCENARIO_RING:
        call_object(run, step, GUNYAH_HYPERCALL_DOORBELL_SEND, step->number, 0, 0);
        return true;
    case SCENARIO_CLEAR:
        call_object(run, step, GUNYAH_HYPERCALL_DOORBELL_RECEIVE, step->number, 0, 0);
        return true;
    case SCENARIO_MASK:
        call_object(run, step, GUNYAH_HYPERCALL_DOORBELL_MASK, options[MASK_ENABLE], options[MASK_ACK], 0);
        return true;
    case SCENARIO_RESET:
        call_object(run, step, GUNYAH_HYPERCALL_DOORBELL_RESET, 0, 0, 0);
        return true;
    case SCENARIO_YIELD:
        call(run, step, GUNYAH_HYPERCALL_SCHEDULER_YIELD, (struct gunyah_registers){{0}});
        return true;
    case SCENARIO_CREATE_QUEUE:
        create(run, step, GUNYAH_HYPERCALL_PARTITION_CREATE_MSGQUEUE);
        return true;
    case SCENARIO_CREATE_DOORBELL:
        create(run, step, GUNYAH_HYPERCALL_PARTITION_CREATE_DOORBELL);
        return true;
    case SCENARIO_COPY:
        copy(run, step);
        return true;
    case SCENARIO_REVOKE:
        call_cspace(run, step, GUNYAH_HYPERCALL_CSPACE_REVOKE_CAPS_FROM);
        return true;
    case SCENARIO_DELETE:
        call_cspace(run, step, GUNYAH_HYPERCALL_CSPACE_DELETE_CAP_FROM);
        return true;
    case SCENARIO_CALL:
        call_raw(run, step);
        return true;
    case SCENARIO_WAIT:
        wait(run, step);
        return true;
    case SCENARIO_ASK:
        return ask(run, step, problem);
    default:
        hear(run, step);
        return true;
    }
}
