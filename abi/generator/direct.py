# SPDX-License-Identifier: BSD-3-Clause
"""include/gunyah/direct.h: the stubs of hypercalls.h again, as instructions in the place of a session."""

from .calls import function, words
from .table import ARGUMENT_REGISTERS, banner

HEAD = """/**
 * @file
 * One typed stub for each hypercall that needs no session, for AArch64 alone: the instruction itself, inlined, for
 * firmware that makes a call or two.
 *
 * gunyah_direct_NAME(form, ...) takes and returns what gunyah_hypercall_NAME() of hypercalls.h does; what a call does
 * stands there. form is an enum gunyah_direct_form. Where it is a constant (and the compiler optimises), what is left
 * is what one would write in assembler: the arguments, reserved words and the number are put into their registers, and
 * the results are used where the hypervisor left them.
 *
 * Nothing is probed, checked or counted: without a hypervisor, hvc and smc are undefined instructions. Each call is a
 * barrier of memory for the compiler; caches are the caller's, see docs/bare-metal.md. Never blocks, unless the call
 * does. Any thread. For any other processor this header has nothing but hypercalls.h.
 */
#ifndef GUNYAH_DIRECT_H
#define GUNYAH_DIRECT_H

#include "conduit.h"
#include "hypercalls.h"

#if defined(__aarch64__)

#ifdef __cplusplus
extern "C" {
#endif
"""


def stub(table, call):
    given = words(table, call)
    padded = ", ".join(given + ["0"] * (ARGUMENT_REGISTERS - len(given)))
    name = f"GUNYAH_HYPERCALL_{call.name.upper()}"
    make_call = (
        "    struct gunyah_registers r;",
        f"    GUNYAH_DIRECT_CALL_(form, r.x, {name}, {len(given)}, {padded});",
    )
    form = "enum gunyah_direct_form form"
    out = ["", f"/** As gunyah_hypercall_{call.name}(). Call 0x{call.number:02x}. */"]
    return "\n".join(out + function(table, call, "GUNYAH_DIRECT_INLINE", "gunyah_direct", form, make_call))


def emit(table):
    out = [banner(), "// clang-format off", HEAD.rstrip()]
    out += [stub(table, c) for c in table.numbered]
    out += ["", "#ifdef __cplusplus", "}", "#endif", "", "#endif", "", "#endif", ""]
    return "\n".join(out)
