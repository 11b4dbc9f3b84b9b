# SPDX-License-Identifier: BSD-3-Clause
"""include/gunyah/abi/types.h: C types of the ABI, with asserts of every size and bit position."""

from .table import banner

HEAD = """#ifndef GUNYAH_ABI_TYPES_H
#define GUNYAH_ABI_TYPES_H

#include "numbers.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define GUNYAH_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define GUNYAH_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

// How the functions of this header and of hypercalls.h are defined. Who needs them as symbols, for another language, defines
// it as nothing in one file (bindings/ffi).
#ifndef GUNYAH_INLINE
#define GUNYAH_INLINE static inline
#endif
"""

TAIL = """#ifdef __cplusplus
}
#endif

#endif
"""


def function_names(table):
    """What this header defines."""
    scalars = [f"gunyah_{name}" for name, spec in table.scalars.items() if spec.get("distinct")]
    parts = [(name, part.lower()) for name, field in table.bitfields.items() for part in field["fields"]]
    return scalars + [f"gunyah_{name}_{verb}_{part}" for name, part in parts for verb in ("get", "with")]


def scalar(name, spec):
    storage = f"uint{spec['bits']}_t"
    kind = f"gunyah_{name}"
    return f"""
// {spec['doc']}
typedef struct {{
    {storage} value;
}} {kind}_t;
GUNYAH_STATIC_ASSERT(sizeof({kind}_t) == {spec['bits'] // 8}, "{name} has {spec['bits']} bits");

GUNYAH_INLINE {kind}_t {kind}({storage} value)
{{
    {kind}_t result;
    result.value = value;
    return result;
}}"""


def enumeration(name, spec):
    prefix = f"GUNYAH_{name.upper()}_"
    width = max(len(n) for n in spec["values"])
    lines = [f"    {prefix}{n:<{width}} = {v}," for n, v in spec["values"].items()]
    size = f'GUNYAH_STATIC_ASSERT(sizeof(enum gunyah_{name}) == 4, "{name} is a word");'
    return "\n".join([f"\n// {spec['doc']}", f"enum gunyah_{name} {{", *lines, "};", size])


def bitfield(name, spec):
    storage = f"uint{spec['bits']}_t"
    kind = f"gunyah_{name}"
    out = [f"\n// {spec['doc']}", f"typedef struct {kind} {{", f"    {storage} bits;", f"}} {kind}_t;"]
    out += [f'GUNYAH_STATIC_ASSERT(sizeof({kind}_t) == {spec["bits"] // 8}, "{name} has {spec["bits"]} bits");']
    for part, (low, high) in spec["fields"].items():
        macro = f"GUNYAH_{name.upper()}_{part}"
        width = high - low + 1
        ones = (1 << width) - 1
        out += [
            f"GUNYAH_STATIC_ASSERT({macro}_MASK == (UINT64_C(0x{ones:x}) << {low}) && {macro}_SHIFT == {low}, "
            f'"{name}.{part} is at {high}:{low}");',
            f"""
GUNYAH_INLINE {storage} {kind}_get_{part.lower()}({kind}_t word)
{{
    return ({storage})((word.bits & ({storage}){macro}_MASK) >> {macro}_SHIFT);
}}

GUNYAH_INLINE {kind}_t {kind}_with_{part.lower()}({kind}_t word, {storage} value)
{{
    word.bits = ({storage})((word.bits & ~({storage}){macro}_MASK) |
                            (({storage})(value << {macro}_SHIFT) & ({storage}){macro}_MASK));
    return word;
}}
""",
        ]
    return "\n".join(out).rstrip()


def emit(table):
    out = [banner(), "// clang-format off", HEAD.rstrip()]
    out += [scalar(n, s) for n, s in table.scalars.items() if s.get("distinct")]
    out += [enumeration(n, s) for n, s in table.enums.items()]
    out += [bitfield(n, s) for n, s in table.bitfields.items()]
    out += ["", TAIL]
    return "\n".join(out)
