#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""covers.py <sources of the crate gunyah> <symbol map>...

Every function that the library exports is used by the safe crate, but those that are named here, each with its reason. Who needs one of these
has it in gunyah-sys.
"""

import pathlib
import re
import sys

NUMBERS = "it is about numbers alone, and has no handle that a type could guard"

LEFT = {
    r"gunyah_call_(encoded?|name|info)": NUMBERS,
    r"gunyah_error_from_(hypervisor|rm)": NUMBERS,
    r"gunyah_(hverr|rm_error|rm_message|dt_severity)_name": NUMBERS,
    r"gunyah_rm_message_info": NUMBERS,
    r"gunyah_(error|rm|linux)_explain|gunyah_error_explain_call": NUMBERS,
    r"gunyah_version(_string)?": NUMBERS,
    r"gunyah_dt_last_problem": "dt::Tree reads the field of its struct that this returns",
    r"gunyah_mmio_bus_init": "mmio::Bus has the memory of its devices, and makes the struct of C for each call",
    r"gunyah_sim_clone": "the copy would have the guest memory of the first machine, unseen by the compiler; Sim::try_clone() goes by a save",
    r"gunyah_sim_explore(_release)?": "it leaves a guest that does not end by longjmp, which may not pass over frames of Rust",
}


def names(text):
    return set(re.findall(r"\bgunyah_\w+", text))


def used_by(crate):
    """Comments name functions too."""
    texts = (path.read_text(encoding="utf-8") for path in pathlib.Path(crate).rglob("*.rs"))
    return set().union(*(names(re.sub(r"//.*", "", text)) for text in texts))


def main(crate, *maps):
    exported = set().union(*(names(pathlib.Path(path).read_text(encoding="utf-8")) for path in maps))
    used = used_by(crate)
    missing = [name for name in exported - used if not any(re.fullmatch(left, name) for left in LEFT)]
    stale = [name for name in exported & used if any(re.fullmatch(left, name) for left in LEFT)]
    idle = [left for left in LEFT if not any(re.fullmatch(left, name) for name in exported)]
    wrong = [f"not in the crate: {name}" for name in sorted(missing)]
    wrong += [f"in the crate, and named as if it were not: {name}" for name in sorted(stale)]
    wrong += [f"nothing is exported that this names: {left}" for left in idle]
    print("\n".join(wrong + [f"{len(exported)} functions: {len(wrong)} are wrong"]))
    return 1 if wrong or not exported else 0


sys.exit(main(*sys.argv[1:]))
