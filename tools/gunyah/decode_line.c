// SPDX-License-Identifier: BSD-3-Clause
#include "decode.h"
#include "value_meaning.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[] = {
    [DECODE_AUTO] = "auto",     [DECODE_RM] = "rm",       [DECODE_REGISTERS] = "registers",
    [DECODE_STRACE] = "strace", [DECODE_DMESG] = "dmesg",
};

// Those that drivers answer, and that system calls around them do.
static const struct {
    const char *name;
    int number;
} errnos[] = {
    {"EPERM", EPERM},     {"ENOENT", ENOENT},         {"EINTR", EINTR},         {"EIO", EIO},
    {"ENXIO", ENXIO},     {"EBADF", EBADF},           {"EAGAIN", EAGAIN},       {"ENOMEM", ENOMEM},
    {"EACCES", EACCES},   {"EFAULT", EFAULT},         {"EBUSY", EBUSY},         {"EEXIST", EEXIST},
    {"ENODEV", ENODEV},   {"EINVAL", EINVAL},         {"ENFILE", ENFILE},       {"EMFILE", EMFILE},
    {"ENOTTY", ENOTTY},   {"ENOSPC", ENOSPC},         {"ENOSYS", ENOSYS},       {"EOVERFLOW", EOVERFLOW},
    {"EBADMSG", EBADMSG}, {"EOPNOTSUPP", EOPNOTSUPP}, {"ETIMEDOUT", ETIMEDOUT},
};

#define ERRNOS (sizeof(errnos) / sizeof(errnos[0]))

const char *decode_kind_name(enum decode_kind kind)
{
    return kind_names[kind];
}

int decode_errno(const char *name, size_t size)
{
    for (size_t i = 0; i < ERRNOS; i++) {
        if (strlen(errnos[i].name) == size && memcmp(errnos[i].name, name, size) == 0)
            return errnos[i].number;
    }
    return 0;
}

const char *decode_errno_name(int number)
{
    for (size_t i = 0; i < ERRNOS; i++) {
        if (errnos[i].number == number)
            return errnos[i].name;
    }
    return NULL;
}

void decode_summary(struct decoded *decoded, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(decoded->summary, sizeof(decoded->summary), format, arguments);
    va_end(arguments);
}

// A new field, or NULL if there are too many.
static struct decoded_field *add_field(struct decoded *decoded, const char *name, uint64_t value)
{
    struct decoded_field *field;

    if (decoded->count == DECODE_MAX_FIELDS) {
        decoded->left_out++;
        return NULL;
    }
    field = &decoded->fields[decoded->count++];
    snprintf(field->name, sizeof(field->name), "%s", name);
    field->value = value;
    field->meaning[0] = 0;
    return field;
}

void decode_field(struct decoded *decoded, const char *name, uint64_t value, const char *type)
{
    struct decoded_field *field = add_field(decoded, name, value);

    if (field != NULL && type != NULL)
        value_meaning(type, value, field->meaning, sizeof(field->meaning));
}

void decode_field_means(struct decoded *decoded, const char *name, uint64_t value, const char *meaning)
{
    struct decoded_field *field = add_field(decoded, name, value);

    if (field != NULL)
        snprintf(field->meaning, sizeof(field->meaning), "%s", meaning);
}

void decode_cause(struct decoded *decoded, const char *cause, const char *cure)
{
    decoded->cause = cause != NULL && cause[0] != 0 ? cause : NULL;
    decoded->cure = cure != NULL && cure[0] != 0 ? cure : NULL;
}

static bool decode_as(struct decoder *decoder, enum decode_kind kind, const char *line, struct decoded *decoded)
{
    decoded->kind = kind;
    switch (kind) {
    case DECODE_STRACE:
        return decode_strace(line, decoded);
    case DECODE_DMESG:
        return decode_dmesg(line, decoded);
    case DECODE_REGISTERS:
        return decode_registers(decoder, line, decoded);
    default:
        return decode_rm(line, decoder->kind == DECODE_AUTO, decoded);
    }
}

bool decode_line(struct decoder *decoder, const char *line, struct decoded *decoded)
{
    static const enum decode_kind order[] = {DECODE_STRACE, DECODE_DMESG, DECODE_REGISTERS, DECODE_RM};

    decoded->summary[0] = 0;
    decoded->count = decoded->left_out = 0;
    decoded->cause = decoded->cure = NULL;
    if (decoder->kind != DECODE_AUTO)
        return decode_as(decoder, decoder->kind, line, decoded);
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        if (decode_as(decoder, order[i], line, decoded))
            return true;
    }
    return false;
}
