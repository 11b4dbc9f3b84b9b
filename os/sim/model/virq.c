// SPDX-License-Identifier: BSD-3-Clause
// Interrupt lines and what raises them.
//
// An assertion sets the latch, and the level too unless it is for edges only. An edge line is pending by its latch, a level
// line by its level. A level goes when its source says so, or when the VM ends the interrupt and the source has no reason
// left: events that nobody consumes are told once for every delivery.
#include "internal.h"

static struct line *line_of(struct gunyah_model *model, const struct vic *vic, uint32_t line)
{
    return (struct line *)model_at(model, vic->lines) + line;
}

/** Could this line be delivered, were it enabled? */
static bool deliverable(uint32_t bits)
{
    uint32_t wanted = (bits & LINE_EDGE) != 0 ? LINE_LATCH : LINE_LEVEL;
    return (bits & wanted) != 0 && (bits & LINE_ACTIVE) == 0;
}

void gunyah_model_line_changed(struct gunyah_model *model, struct vic *vic, uint32_t line, uint32_t bits)
{
    struct line *changed = line_of(model, vic, line);
    bool was = deliverable(changed->bits);
    bool is = deliverable(bits);
    uint64_t mask = UINT64_C(1) << (line % 64);
    changed->bits = bits;
    if (is && (bits & LINE_ENABLED) != 0)
        vic->ready[line / 64] |= mask;
    else
        vic->ready[line / 64] &= ~mask;
    if (is && !was && vic->vm != MODEL_NO_VM && model->env.pending != NULL)
        model->env.pending(model->env.context, vic->vm, GUNYAH_VIRQ_SPI_FIRST + line);
}

uint32_t gunyah_model_line_withdraw(struct gunyah_model *model, const struct line *line)
{
    uint32_t bits = line->bits;
    bool held = (bits & LINE_LATCH) != 0 || gunyah_model_source_condition(model, line->source);
    if ((bits & LINE_EDGE) == 0 && !held)
        bits &= ~(uint32_t)LINE_LEVEL;
    return bits & ~(uint32_t)LINE_LATCH;
}

int32_t gunyah_model_source_bind(struct gunyah_model *model, struct source *source, const struct vic *vic,
                                 uint64_t virq)
{
    uint32_t number = (uint32_t)virq;
    if (source->vic != 0)
        return GUNYAH_HVERR_VIRQ_BOUND;
    if (number < GUNYAH_VIRQ_SPI_FIRST || number - GUNYAH_VIRQ_SPI_FIRST >= vic->max_virqs)
        return GUNYAH_HVERR_ARGUMENT_INVALID;
    struct line *line = line_of(model, vic, number - GUNYAH_VIRQ_SPI_FIRST);
    if (line->source != 0)
        return GUNYAH_HVERR_BUSY;
    line->source = model_ref_of(model, source);
    source->line = number - GUNYAH_VIRQ_SPI_FIRST;
    source->vic = model_ref_of(model, vic);
    return GUNYAH_HVERR_OK;
}

/** Does what is raised reach the VM? */
static bool arrives(const struct gunyah_model *model, const struct vic *vic, uint32_t line)
{
    if (vic->vm == MODEL_NO_VM || model->env.interrupt == NULL)
        return true;
    return model->env.interrupt(model->env.context, vic->vm, GUNYAH_VIRQ_SPI_FIRST + line);
}

static void change(struct gunyah_model *model, struct source *source, uint32_t set, uint32_t clear)
{
    if (source->vic == 0)
        return;
    struct vic *vic = model_at(model, source->vic);
    uint32_t bits = line_of(model, vic, source->line)->bits;
    if ((bits | set) != bits && !arrives(model, vic, source->line))
        return;
    gunyah_model_line_changed(model, vic, source->line, (bits | set) & ~clear);
}

void gunyah_model_source_unbind(struct gunyah_model *model, struct source *source)
{
    if (source->vic == 0)
        return;
    gunyah_model_source_clear(model, source);
    line_of(model, model_at(model, source->vic), source->line)->source = 0;
    source->vic = 0;
}

void gunyah_model_source_abandon(struct gunyah_model *model, struct source *source)
{
    if (source->vic == 0)
        return;
    gunyah_model_source_clear(model, source);
    line_of(model, model_at(model, source->vic), source->line)->source = LINE_SOURCE_LOST;
    source->vic = 0;
}

void gunyah_model_source_assert(struct gunyah_model *model, struct source *source)
{
    change(model, source, LINE_LATCH | LINE_LEVEL, 0);
}

void gunyah_model_source_assert_edge(struct gunyah_model *model, struct source *source)
{
    change(model, source, LINE_LATCH, 0);
}

void gunyah_model_source_clear(struct gunyah_model *model, struct source *source)
{
    change(model, source, 0, LINE_LEVEL);
}

bool gunyah_model_source_condition(struct gunyah_model *model, model_ref ref)
{
    if (ref == 0 || ref >= LINE_SOURCE_LOST)
        return false;
    const struct source *source = model_at(model, ref);
    if (source->kind == SOURCE_VCPU || source->kind == SOURCE_VPM_GROUP)
        return false;
    const void *owner = model_at(model, source->owner);
    if (source->kind == SOURCE_DOORBELL)
        return gunyah_model_doorbell_condition(owner);
    if (source->kind == SOURCE_VIRTIO_BACKEND)
        return gunyah_model_virtio_backend_condition(owner);
    if (source->kind == SOURCE_VIRTIO_FRONTEND)
        return gunyah_model_virtio_frontend_condition(owner);
    if (source->kind == SOURCE_WATCHDOG_BARK)
        return gunyah_model_watchdog_is_expired(owner);
    if (source->kind == SOURCE_WATCHDOG_BITE)
        return false; // One that has bitten is off, and nothing tells it from others that are.
    if (source->kind == SOURCE_MSGQUEUE_SEND)
        return gunyah_model_msgqueue_send_condition(owner);
    return gunyah_model_msgqueue_receive_condition(owner);
}

bool gunyah_model_source_is_edge(struct gunyah_model *model, const struct source *source)
{
    return source->vic != 0 && (line_of(model, model_at(model, source->vic), source->line)->bits & LINE_EDGE) != 0;
}
