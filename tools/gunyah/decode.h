// SPDX-License-Identifier: BSD-3-Clause
// Says what a line of a log means. Functions of text: no files, no memory but what is given.
#ifndef GUNYAH_DECODE_H
#define GUNYAH_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECODE_MAX_FIELDS 200

enum decode_kind {
    DECODE_AUTO,
    DECODE_RM,        // a packet of the Resource Manager, in hexadecimal
    DECODE_REGISTERS, // x0 to x7 of a hypercall or of its answer
    DECODE_STRACE,    // an ioctl, as strace prints it
    DECODE_DMESG,     // what a driver says in the kernel's log
};

struct decoded_field {
    char name[64];
    uint64_t value;
    char meaning[96]; // empty if the value says it all
};

struct decoded {
    enum decode_kind kind;
    char summary[240];
    struct decoded_field fields[DECODE_MAX_FIELDS];
    size_t count;
    size_t left_out;   // fields that there was no room for
    const char *cause; // of an error; NULL: none. Live for ever
    const char *cure;
};

// What one line leaves for the next: an answer does not say what was asked.
struct decoder {
    enum decode_kind kind; // DECODE_AUTO: any
    bool has_call;
    uint32_t call;
};

// Returns whether the line, a string, means something.
bool decode_line(struct decoder *decoder, const char *line, struct decoded *decoded);

const char *decode_kind_name(enum decode_kind kind);

// ---- one for each kind: only_look says that other kinds may fit better -------------------------------------------------

bool decode_rm(const char *line, bool only_look, struct decoded *decoded);
bool decode_registers(struct decoder *decoder, const char *line, struct decoded *decoded);
bool decode_strace(const char *line, struct decoded *decoded);
bool decode_dmesg(const char *line, struct decoded *decoded);

// ---- what they share -------------------------------------------------------------------------------------------------

void decode_summary(struct decoded *decoded, const char *format, ...) __attribute__((format(printf, 2, 3)));

// type: of the ABI table, whose names become the meaning; NULL: none.
void decode_field(struct decoded *decoded, const char *name, uint64_t value, const char *type);
void decode_field_means(struct decoded *decoded, const char *name, uint64_t value, const char *meaning);

// Texts that are empty count as none.
void decode_cause(struct decoded *decoded, const char *cause, const char *cure);

// errno by its name, "EINVAL", and back; 0 or NULL for one that no driver answers.
int decode_errno(const char *name, size_t size);
const char *decode_errno_name(int number);

#endif
