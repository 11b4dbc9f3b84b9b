// SPDX-License-Identifier: BSD-3-Clause
// What a VM does with the shared interrupts of its controller: the registers of a GIC, as functions.
#include "internal.h"

/** The controller of a VM, and its line for an interrupt; NULL if it has none. */
static struct line *find(struct gunyah_model *model, uint32_t vm, uint32_t virq, struct vic **vic)
{
    if (vm >= MODEL_MAX_VMS || model->vms[vm] == 0 || virq < GUNYAH_VIRQ_SPI_FIRST)
        return NULL;
    const struct vm *machine = model_at(model, model->vms[vm]);
    *vic = model_at(model, machine->vic);
    if (virq - GUNYAH_VIRQ_SPI_FIRST >= (*vic)->max_virqs)
        return NULL;
    return (struct line *)model_at(model, (*vic)->lines) + (virq - GUNYAH_VIRQ_SPI_FIRST);
}

static void change(struct gunyah_model *model, struct vic *vic, uint32_t virq, uint32_t bits)
{
    gunyah_model_line_changed(model, vic, virq - GUNYAH_VIRQ_SPI_FIRST, bits);
}

static void acknowledge(struct gunyah_model *model, struct vic *vic, uint32_t virq, const struct line *line)
{
    change(model, vic, virq, (line->bits | LINE_ACTIVE) & ~(uint32_t)LINE_LATCH);
}

static bool is_ready(const struct vic *vic, uint32_t virq)
{
    uint32_t line = virq - GUNYAH_VIRQ_SPI_FIRST;
    return (vic->ready[line / 64] >> (line % 64) & 1) != 0;
}

bool gunyah_model_virq_set_trigger(struct gunyah_model *model, uint32_t vm, uint32_t virq,
                                   enum gunyah_model_trigger trigger)
{
    struct vic *vic;
    const struct line *line = find(model, vm, virq, &vic);
    if (line == NULL)
        return false;
    uint32_t edge = trigger == GUNYAH_MODEL_EDGE ? LINE_EDGE : 0;
    change(model, vic, virq, (line->bits & ~(uint32_t)LINE_EDGE) | edge);
    return true;
}

bool gunyah_model_virq_enable(struct gunyah_model *model, uint32_t vm, uint32_t virq, bool enable)
{
    struct vic *vic;
    const struct line *line = find(model, vm, virq, &vic);
    if (line == NULL)
        return false;
    uint32_t bits = line->bits | LINE_ENABLED;
    // An interrupt that was on its way to a vCPU comes back as a latched one.
    if (!enable)
        bits = (bits & ~(uint32_t)LINE_ENABLED) | (is_ready(vic, virq) ? LINE_LATCH : 0u);
    change(model, vic, virq, bits);
    return true;
}

bool gunyah_model_virq_pending(struct gunyah_model *model, uint32_t vm, uint32_t virq)
{
    struct vic *vic;
    const struct line *line = find(model, vm, virq, &vic);
    if (line == NULL)
        return false;
    return (line->bits & ((line->bits & LINE_EDGE) != 0 ? LINE_LATCH : LINE_LEVEL)) != 0;
}

bool gunyah_model_virq_raise(struct gunyah_model *model, uint32_t vm, uint32_t virq)
{
    struct vic *vic;
    const struct line *line = find(model, vm, virq, &vic);
    if (line == NULL)
        return false;
    change(model, vic, virq, line->bits | LINE_LATCH | LINE_LEVEL);
    return true;
}

bool gunyah_model_virq_clear(struct gunyah_model *model, uint32_t vm, uint32_t virq)
{
    struct vic *vic;
    const struct line *line = find(model, vm, virq, &vic);
    if (line == NULL)
        return false;
    change(model, vic, virq, gunyah_model_line_withdraw(model, line));
    return true;
}

uint32_t gunyah_model_virq_acknowledge(struct gunyah_model *model, uint32_t vm)
{
    struct vic *vic;
    if (find(model, vm, GUNYAH_VIRQ_SPI_FIRST, &vic) == NULL)
        return 0;
    for (uint32_t word = 0; word < sizeof(vic->ready) / sizeof(vic->ready[0]); word++) {
        if (vic->ready[word] == 0)
            continue;
        uint32_t virq = GUNYAH_VIRQ_SPI_FIRST + word * 64 + model_lowest_bit(vic->ready[word]);
        acknowledge(model, vic, virq, find(model, vm, virq, &vic));
        return virq;
    }
    return 0;
}

bool gunyah_model_virq_end(struct gunyah_model *model, uint32_t vm, uint32_t virq)
{
    struct vic *vic;
    const struct line *line = find(model, vm, virq, &vic);
    if (line == NULL)
        return false;
    uint32_t bits = line->bits;
    if ((bits & LINE_ACTIVE) == 0)
        return true;
    // A level stays if there was an assertion since the delivery, or if its source has a reason still.
    bool held = (bits & LINE_LATCH) != 0 || gunyah_model_source_condition(model, line->source);
    if ((bits & LINE_EDGE) == 0 && !held)
        bits &= ~(uint32_t)LINE_LEVEL;
    change(model, vic, virq, bits & ~(uint32_t)LINE_ACTIVE);
    return true;
}

bool gunyah_model_virq_take(struct gunyah_model *model, uint32_t vm, uint32_t virq)
{
    struct vic *vic;
    const struct line *line = find(model, vm, virq, &vic);
    if (line == NULL)
        return false;
    gunyah_model_virq_enable(model, vm, virq, true);
    bool taken = is_ready(vic, virq);
    if (taken) {
        acknowledge(model, vic, virq, line);
        gunyah_model_virq_end(model, vm, virq);
    }
    gunyah_model_virq_enable(model, vm, virq, false);
    return taken;
}
