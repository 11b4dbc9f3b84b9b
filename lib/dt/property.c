// SPDX-License-Identifier: BSD-3-Clause
// Numbers, texts and phandles of a node. Each has exactly one form; another one is an error, not another reading.
#include "tree.h"

void gunyah_internal_dt_complain(struct dt_reader *reader, enum gunyah_error error, const char *property,
                                 const char *text)
{
    if (reader->error == GUNYAH_OK)
        reader->error = gunyah_internal_dt_fail(reader->dt, error, reader->node, property, text);
}

void gunyah_internal_dt_malformed(struct dt_reader *reader, const char *property, const char *text)
{
    gunyah_internal_dt_complain(reader, GUNYAH_ERR_DEVICE_TREE, property, text);
}

uint64_t gunyah_internal_dt_cells(const fdt32_t *cells, int count)
{
    uint64_t number = 0;

    for (int i = 0; i < count; i++)
        number = number << 32 | fdt32_ld(&cells[i]);
    return number;
}

bool gunyah_internal_dt_has(const struct dt_reader *reader, const char *property)
{
    return fdt_getprop(reader->dt->blob, reader->node, property, NULL) != NULL;
}

// The bytes of a property of this size; null if it is not there, or has another one.
static const void *bytes(struct dt_reader *reader, const char *property, int size, const char *otherwise)
{
    int length;
    const void *value = fdt_getprop(reader->dt->blob, reader->node, property, &length);

    if (value != NULL && length != size) {
        gunyah_internal_dt_malformed(reader, property, otherwise);
        return NULL;
    }
    return value;
}

bool gunyah_internal_dt_u32(struct dt_reader *reader, const char *property, uint32_t *number)
{
    const fdt32_t *value = bytes(reader, property, sizeof(*value), "it must be a number of one cell");

    if (value != NULL)
        *number = gunyah_internal_dt_cell(value);
    return value != NULL;
}

bool gunyah_internal_dt_u64(struct dt_reader *reader, const char *property, uint64_t *number)
{
    const fdt32_t *value = bytes(reader, property, 2 * sizeof(*value), "it must be a number of two cells");

    if (value != NULL)
        *number = gunyah_internal_dt_cells(value, 2);
    return value != NULL;
}

bool gunyah_internal_dt_vmid(struct dt_reader *reader, const char *property, gunyah_vmid_t *vmid)
{
    uint32_t number;

    if (!gunyah_internal_dt_u32(reader, property, &number))
        return false;
    if (number > UINT16_MAX)
        gunyah_internal_dt_malformed(reader, property, "no VMID is that large");
    *vmid = gunyah_vmid((uint16_t)number);
    return true;
}

const char *gunyah_internal_dt_texts(struct dt_reader *reader, const char *property, size_t *count)
{
    int length;
    const char *texts = fdt_getprop(reader->dt->blob, reader->node, property, &length);

    *count = 0;
    if (texts == NULL)
        return NULL;
    if (length == 0 || texts[length - 1] != '\0') {
        gunyah_internal_dt_malformed(reader, property, "it must be text that ends with 0");
        return NULL;
    }
    for (int i = 0; i < length; i++)
        *count += texts[i] == '\0';
    return texts;
}

const char *gunyah_internal_dt_text(struct dt_reader *reader, const char *property)
{
    size_t count;
    const char *text = gunyah_internal_dt_texts(reader, property, &count);

    if (count <= 1)
        return text;
    gunyah_internal_dt_malformed(reader, property, "it must be one text");
    return NULL;
}

int gunyah_internal_dt_phandle(struct dt_reader *reader, const char *property)
{
    uint32_t phandle;

    if (!gunyah_internal_dt_u32(reader, property, &phandle))
        return -1;
    const int node = fdt_node_offset_by_phandle(reader->dt->blob, phandle);
    if (node < 0)
        gunyah_internal_dt_malformed(reader, property, "it leads to no node");
    return node;
}
