# SPDX-License-Identifier: BSD-3-Clause
"""include/gunyah/hypercalls.h: one typed inline stub for each numbered call."""

import textwrap

from .table import AVAILABILITY, banner

HEAD = """/**
 * @file
 * One typed stub for each hypercall: it takes and returns exactly what the ABI does.
 *
 * A stub fills the reserved words, makes the call through gunyah_call(), and hands the results back: a lone error
 * code as an int32_t, several results as a small struct. Error codes are the hypervisor's own (GUNYAH_HVERR_*); a call
 * that the hypervisor does not know answers GUNYAH_HVERR_UNIMPLEMENTED. Nothing is checked here: the typed APIs
 * (msgqueue.h, doorbell.h ...) refuse what the hypervisor would drop in silence.
 *
 * Stubs never block, unless the call itself does; they may be used by one thread at a time for each session.
 */
#ifndef GUNYAH_HYPERCALLS_H
#define GUNYAH_HYPERCALLS_H

#include "abi/types.h"
#include "call.h"

#ifdef __cplusplus
extern "C" {
#endif
"""


def to_register(table, word):
    spec = table.scalars.get(word.type, {})
    if spec.get("pointer"):
        return f"(uint64_t)(uintptr_t){word.name}"
    if spec.get("distinct"):
        return f"{word.name}.value"
    if word.type in table.bitfields:
        return f"{word.name}.bits"
    if word.type in table.enums:
        return f"(uint32_t){word.name}"
    return word.name


def parameter(table, word, written):
    if table.scalars.get(word.type, {}).get("pointer"):
        return f"{'' if written else 'const '}void *{word.name}"
    return f"{table.c_type(word.type)} {word.name}"


def from_register(table, word, register):
    kind = table.c_type(word.type)
    spec = table.scalars.get(word.type, {})
    if spec.get("distinct"):
        return f"gunyah_{word.type}((uint{spec['bits']}_t){register})"
    if word.type == "bool":
        return f"(uint8_t){register} != 0"
    if word.type in table.enums:
        return f"({kind})(uint32_t){register}"
    return f"({kind}){register}"


def assignments(table, call):
    for i, word in enumerate(call.results):
        target = f"result.{word.name}"
        if word.type in table.bitfields:
            yield f"    {target}.bits = (uint{table.bits(word.type)}_t)r.x[{i}];"
        else:
            yield f"    {target} = {from_register(table, word, f'r.x[{i}]')};"


def describe(call):
    text = f"{call.summary}. Call 0x{call.number:02x}."
    if call.availability != "open":
        text += f" Availability: {AVAILABILITY[call.availability]}."
    if call.note:
        text += f" {call.note}"
    if call.errors:
        text += " Errors: " + ", ".join(call.errors) + "."
    lines = textwrap.wrap(text, 112)
    return "\n".join(["/**", *(f" * {line}" for line in lines), " */"])


def words(table, call):
    """The arguments as registers hold them, reserved words included."""
    filled = {0: "0", -1: "UINT64_MAX"}
    return [to_register(table, a) if a.reserved is None else filled[a.reserved] for a in call.arguments]


def is_error_alone(call):
    return len(call.results) == 1 and call.has_error


def function(table, call, qualifiers, prefix, first, make_call):
    """A stub with one parameter before those of the call; the lines of make_call leave the results in r."""
    # The only calls that write through a pointer name it "buffer".
    parameters = [first] + [parameter(table, a, a.name == "buffer") for a in call.inputs]
    kind = "int32_t" if is_error_alone(call) else f"struct gunyah_{call.name}_result"
    declaration, statement = make_call
    out = [f"{qualifiers} {kind} {prefix}_{call.name}({', '.join(parameters)})", "{", declaration]
    if is_error_alone(call):
        out += [statement, "    return (int32_t)r.x[0];"]
    else:
        out += [f"    {kind} result;", statement, *assignments(table, call), "    return result;"]
    return [*out, "}"]


def stub(table, call):
    out = [""]
    if not is_error_alone(call):
        out += [f"/** Results of gunyah_hypercall_{call.name}(). */", f"struct gunyah_{call.name}_result {{"]
        out += [f"    {table.c_type(w.type)} {w.name};" for w in call.results]
        out += ["};", ""]
    make_call = (
        f"    struct gunyah_registers r = {{{{{', '.join([f'GUNYAH_SMCCC_BASE | GUNYAH_HYPERCALL_{call.name.upper()}', *words(table, call)])}}}}};",
        f"    gunyah_call_encoded(g, GUNYAH_HYPERCALL_{call.name.upper()}, &r);",
    )
    out += [describe(call)]
    out += function(table, call, "GUNYAH_INLINE", "gunyah_hypercall", "struct gunyah *g", make_call)
    return "\n".join(out)


def emit(table):
    out = [banner(), "// clang-format off", HEAD.rstrip()]
    out += [stub(table, c) for c in table.numbered]
    out += ["", "#ifdef __cplusplus", "}", "#endif", "", "#endif", ""]
    return "\n".join(out)
