# SPDX-License-Identifier: BSD-3-Clause
"""include/gunyah/abi/rm_types.h: enumerations of the messages of the Resource Manager."""

from .table import banner
from .types import enumeration

HEAD = """// clang-format off
#ifndef GUNYAH_ABI_RM_TYPES_H
#define GUNYAH_ABI_RM_TYPES_H

#include "rm.h"
#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif
"""


def emit(table):
    out = [banner(), HEAD.rstrip()]
    out += [enumeration(n, s) for n, s in table.enums.items()]
    return "\n".join([*out, "", "#ifdef __cplusplus", "}", "#endif", "", "#endif", ""])
