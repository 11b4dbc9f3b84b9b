// SPDX-License-Identifier: BSD-3-Clause
// Plays scripts: what a vCPU does next, and whether what it did last went as the script says.
#include "emu_internal.h"

#include <inttypes.h>

static void check(struct emu *emu, const struct emu_vcpu *vcpu, const struct emu_instruction *instruction)
{
    const struct gunyah_emu_step *done = &vcpu->step;

    if (done->aborted != instruction->aborts) {
        gunyah_internal_emu_fail(emu, "line %u of the script: the access to 0x%" PRIx64 " %s", instruction->line,
                                 done->address, done->aborted ? "ended in an abort" : "did not end in an abort");
    } else if (instruction->checked && !done->aborted && done->value != instruction->step.value) {
        gunyah_internal_emu_fail(emu, "line %u of the script: 0x%" PRIx64 " was read at 0x%" PRIx64 ", not 0x%" PRIx64,
                                 instruction->line, done->value, done->address, instruction->step.value);
    }
}

// The end of the loop that begins here, or the begin of the one that ends here.
static uint32_t find_partner(const struct emu_script *script, uint32_t at)
{
    const int direction = script->instructions[at].word == EMU_SAY_REPEAT ? 1 : -1;
    int depth = 0;

    do {
        const enum emu_word word = script->instructions[at].word;
        depth += (word == EMU_SAY_REPEAT) - (word == EMU_SAY_END);
        at += (uint32_t)direction;
    } while (depth != 0);
    return at - (uint32_t)direction;
}

// Loops take no step. Where one begins without a round, and where one ends with rounds left, it goes on behind the other end.
static void go_round(const struct emu_script *script, struct emu_cursor *cursor)
{
    const struct emu_instruction *instruction = &script->instructions[cursor->index];
    const bool begins = instruction->word == EMU_SAY_REPEAT;
    bool jumps;

    if (begins)
        cursor->left[cursor->depth++] = instruction->count;
    else
        cursor->left[cursor->depth - 1]--;
    jumps = begins == (cursor->left[cursor->depth - 1] == 0);
    if (cursor->left[cursor->depth - 1] == 0)
        cursor->depth--;
    if (jumps)
        cursor->index = find_partner(script, cursor->index);
    cursor->index++;
}

// The instruction that the vCPU is at, or null behind its last one.
static const struct emu_instruction *current(const struct emu_script *script, struct emu_vcpu *vcpu)
{
    struct emu_cursor *cursor = &vcpu->cursor;

    while (cursor->index < script->count) {
        const struct emu_instruction *instruction = &script->instructions[cursor->index];
        if (instruction->vcpu != vcpu->id)
            cursor->index++;
        else if (instruction->word == EMU_SAY_REPEAT || instruction->word == EMU_SAY_END)
            go_round(script, cursor);
        else
            return instruction;
    }
    return NULL;
}

// What was done last is behind us.
static void finish(struct emu *emu, struct emu_vcpu *vcpu)
{
    struct emu_cursor *cursor = &vcpu->cursor;
    const struct emu_instruction *instruction = &emu->script->instructions[cursor->index];

    if (!cursor->began)
        return;
    check(emu, vcpu, instruction);
    cursor->began = false;
    if (instruction->word == EMU_SAY_TEXT && instruction->step.text[++cursor->character] != 0)
        return;
    cursor->character = 0;
    cursor->index++;
}

void gunyah_internal_emu_play(struct emu *emu, struct emu_vcpu *vcpu)
{
    const struct emu_instruction *instruction;

    if (emu->script == NULL) {
        vcpu->step = (struct gunyah_emu_step){.action = GUNYAH_EMU_END, .label = GUNYAH_VM_EXIT_TYPE_SYSTEM_OFF};
        return;
    }
    finish(emu, vcpu);
    instruction = current(emu->script, vcpu);
    if (instruction == NULL) {
        vcpu->step = (struct gunyah_emu_step){.action = GUNYAH_EMU_WAIT_FOREVER};
        return;
    }
    vcpu->step = instruction->step;
    if (instruction->word == EMU_SAY_TEXT)
        vcpu->step.value = (unsigned char)instruction->step.text[vcpu->cursor.character];
    vcpu->cursor.began = true;
}
