// SPDX-License-Identifier: BSD-3-Clause
// The payload of a request to the Resource Manager, from the fields that a scenario names.
#include "rm_fields.h"
#include "scenario_run.h"
#include "scenario_words.h"

#include <string.h>

static const struct gunyah_rm_field_info *find_field(const struct gunyah_rm_layout_info *layout, const char *name)
{
    for (unsigned i = 0; i < layout->field_count; i++) {
        if (strcmp(layout->fields[i].name, name) == 0)
            return &layout->fields[i];
    }
    return NULL;
}

// Whether there is a layout with all fields; *missing: the first one that none has.
static const struct gunyah_rm_layout_info *find_layout(const struct scenario_step *step,
                                                       const struct scenario_value **missing)
{
    const struct gunyah_rm_message_shape *shape = gunyah_rm_message_info((uint32_t)step->number);

    *missing = step->count > 0 ? &step->values[0] : NULL;
    for (size_t i = 0; i < 2 && shape->data[i] != NULL; i++) {
        *missing = NULL;
        for (uint32_t k = 0; k < step->count && *missing == NULL; k++) {
            if (find_field(shape->data[i], step->values[k].name) == NULL)
                *missing = &step->values[k];
        }
        if (*missing == NULL)
            return shape->data[i];
    }
    return NULL;
}

static bool put_fields(const struct scenario_step *step, const struct gunyah_rm_layout_info *layout, uint8_t *bytes,
                       struct scenario_problem *problem)
{
    for (uint32_t i = 0; i < step->count; i++) {
        const struct scenario_value *value = &step->values[i];
        const struct gunyah_rm_field_info *field = find_field(layout, value->name);
        if (field->size < 8 && value->value >> 8 * field->size != 0)
            return scenario_wrong(problem, value->place.line, value->place.column, "%s: expected a number of %u bits",
                                  value->name, 8u * field->size);
        for (unsigned k = 0; k < field->size; k++)
            bytes[field->offset + k] = (uint8_t)(value->value >> 8 * k);
    }
    return true;
}

// Lists are empty, unless bytes are given: these are all that follows the fields.
bool scenario_encode(const struct scenario_step *step, uint8_t *bytes, size_t room, size_t *size,
                     struct scenario_problem *problem)
{
    const struct scenario_value *missing;
    const struct gunyah_rm_layout_info *layout = find_layout(step, &missing);

    *size = 0;
    if (missing != NULL)
        return scenario_wrong(problem, missing->place.line, missing->place.column,
                              "%s: expected a field of the message, as docs/rm-messages.md has them", missing->name);
    if (layout != NULL) {
        *size = step->data != NULL ? layout->size : layout->min_size;
        memset(bytes, 0, *size);
        if (!put_fields(step, layout, bytes, problem))
            return false;
    }
    if (step->size > room - *size)
        return scenario_wrong(problem, step->place.line, step->place.column, "expected fewer bytes");
    if (step->data != NULL)
        memcpy(bytes + *size, step->data, step->size);
    *size += step->size;
    return true;
}
