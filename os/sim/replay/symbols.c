// SPDX-License-Identifier: BSD-3-Clause
#include "symbols.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void symbols_free(struct symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++)
        free(symbols->list[i].name);
    free(symbols->list);
    *symbols = (struct symbols){.list = NULL};
}

static struct symbol *find(const struct symbols *symbols, const char *name, size_t length)
{
    for (size_t i = 0; i < symbols->count; i++) {
        struct symbol *symbol = &symbols->list[i];
        if (strncmp(symbol->name, name, length) == 0 && symbol->name[length] == '\0')
            return symbol;
    }
    return NULL;
}

static bool grow(struct symbols *symbols)
{
    size_t room = symbols->room != 0 ? symbols->room * 2 : 64;
    struct symbol *list = realloc(symbols->list, room * sizeof(*list));
    if (list == NULL)
        return false;
    symbols->list = list;
    symbols->room = room;
    return true;
}

bool symbols_set(struct symbols *symbols, const char *name, uint64_t value)
{
    size_t length = strlen(name);
    struct symbol *symbol = find(symbols, name, length);
    if (symbol != NULL) {
        symbol->value = value;
        return true;
    }
    if (symbols->count == symbols->room && !grow(symbols))
        return false;
    symbol = &symbols->list[symbols->count];
    symbol->name = malloc(length + 1);
    if (symbol->name == NULL)
        return false;
    memcpy(symbol->name, name, length + 1);
    symbol->value = value;
    symbols->count++;
    return true;
}

uint64_t symbols_get(const struct symbols *symbols, const char *name, size_t length)
{
    const struct symbol *symbol = find(symbols, name, length);
    return symbol != NULL ? symbol->value : UINT64_MAX;
}

bool number_parse(const char *text, uint64_t *value)
{
    char *end;
    if (!isdigit((unsigned char)text[0]) && !(text[0] == '-' && isdigit((unsigned char)text[1])))
        return false;
    errno = 0;
    *value = strtoull(text, &end, 0);
    return errno == 0 && *end == '\0';
}

bool operand_parse(const struct symbols *symbols, const char *text, uint64_t *value)
{
    if (text[0] != '$')
        return number_parse(text, value);
    size_t length = strcspn(text + 1, "+-^");
    const char *operation = text + 1 + length;
    uint64_t second = 0;
    if (length == 0 || (*operation != '\0' && !number_parse(operation + 1, &second)))
        return false;
    *value = symbols_get(symbols, text + 1, length);
    if (*operation == '+')
        *value += second;
    if (*operation == '-')
        *value -= second;
    if (*operation == '^')
        *value ^= second;
    return true;
}
