// SPDX-License-Identifier: BSD-3-Clause
// Peers that a configuration names by name, GUID or URI.
#include "rm.h"

#include <string.h>

#define GUID_LENGTH 36

/** What of a text follows a beginning; NULL: it begins otherwise. */
static const char *behind(const char *text, const char *beginning)
{
    while (*beginning != '\0') {
        if (*text++ != *beginning++)
            return NULL;
    }
    return text;
}

static bool is_same(const char *one, const char *other)
{
    const char *rest = behind(one, other);
    return rest != NULL && *rest == '\0';
}

/** Returns 16 if it is no hexadecimal digit. */
static uint8_t value_of(char digit)
{
    if (digit >= '0' && digit <= '9')
        return (uint8_t)(digit - '0');
    char small = (char)(digit | 0x20);
    return small >= 'a' && small <= 'f' ? (uint8_t)(small - 'a' + 10) : 16;
}

bool gunyah_model_rm_parse_guid(const char *text, uint8_t guid[GUNYAH_MODEL_RM_GUID_SIZE])
{
    uint32_t digits = 0;
    memset(guid, 0, GUNYAH_MODEL_RM_GUID_SIZE);
    for (uint32_t i = 0; i < GUID_LENGTH; i++) {
        bool is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        uint8_t value = is_hyphen ? 0 : value_of(text[i]);
        if (is_hyphen ? text[i] != '-' : value == 16)
            return false;
        if (is_hyphen)
            continue;
        guid[digits / 2] = (uint8_t)(guid[digits / 2] << 4 | value);
        digits++;
    }
    return text[GUID_LENGTH] == '\0';
}

struct rm_vm *gunyah_model_rm_find_peer(struct gunyah_model *model, const char *id)
{
    const char *name = behind(id, "vm-name:");
    const char *uri = behind(id, "vm-uri:");
    const char *guid = behind(id, "vm-guid:");
    static const uint8_t none[GUNYAH_MODEL_RM_GUID_SIZE]; // of a VM that has no GUID
    uint8_t bytes[GUNYAH_MODEL_RM_GUID_SIZE] = {0};
    if (guid != NULL && (!gunyah_model_rm_parse_guid(guid, bytes) || memcmp(bytes, none, sizeof(none)) == 0))
        return NULL;
    for (model_ref ref = gunyah_model_rm_of(model)->vms; ref != 0;) {
        struct rm_vm *vm = model_at(model, ref);
        ref = vm->next;
        if ((name != NULL && *name != '\0' && is_same(vm->name, name)) ||
            (uri != NULL && *uri != '\0' && is_same(vm->uri, uri)) ||
            (guid != NULL && memcmp(vm->guid, bytes, sizeof(bytes)) == 0))
            return vm;
    }
    return NULL;
}
