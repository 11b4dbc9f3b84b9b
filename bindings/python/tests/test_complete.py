# SPDX-License-Identifier: BSD-3-Clause
"""Nothing of the library is missing: what it has for C is used by the package, or named here with a reason."""

import ast
import importlib
import pathlib
import re

import gunyah
from gunyah import _ffi
from gunyah._native import Handle
from gunyah._solo import Solo
from gunyah.hypercalls import PREFIX
from gunyah.objects import ObjectHandle

HERE = pathlib.Path(gunyah.__file__).parent
ROOT = HERE.parents[2]
GENERATED = {HERE / name for name in ("_ffi.py", "_abi.py", "_errors.py", "enums.py")}
LIBRARY = {"lib", "_lib", "library"}  # as modules call it

# Structs that are nothing but a word of bits.
BITS = [name for name, kind in vars(_ffi).items() if [row[0] for row in getattr(kind, "_fields_", ())] == ["bits"]]

# What Python has in another form. Each is a pattern of names, and the reason.
ELSEWHERE = {
    r"gunyah_(capid|vmid|virq)": "the types CapID, VMID and VIRQ",
    rf"({'|'.join(BITS)})_(get|with)_\w+": "bits of the ABI's words, which gunyah.abi has as flags",
    r"gunyah_(call|hverr|error|rm_error|rm_message|dt_severity)_name": "members of enumerations have names",
    r"gunyah_(call|rm_message)_info": "the tables of the ABI, which gunyah.abi is made from, too",
    r"gunyah_error_from_(hypervisor|rm)": "gunyah.explain says which error a code is",
    r"gunyah_call_encoded?": "Session.call(), which has the session's convention",
    r"gunyah_arena_allocator": "memory is the interpreter's",
    r"gunyah_mmio_bus_\w+": "a dictionary does",
    r"gunyah_sim_explore(_release)?": "it may leave a guest by longjmp, which Python would not survive",
}


def exported():
    """What is declared in the headers, and what the libraries export."""
    maps = [path.read_text() for path in (ROOT / "cmake").glob("*.map")]
    return set(_ffi.PROTOTYPES) | {name for text in maps for name in re.findall(r"\bgunyah_\w+", text)}


def subclasses(kind):
    for found in kind.__subclasses__():
        yield found
        yield from subclasses(found)


def named():
    """The functions that are called by their names."""
    for path in set(HERE.glob("*.py")) - GENERATED:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in LIBRARY:
                yield node.attr


def put_together():
    """The functions whose names are put together, as the base classes of handles do it."""
    for path in HERE.glob("[!_]*.py"):
        importlib.import_module(f"gunyah.{path.stem}")
    for kind in subclasses(Handle):
        if kind._close:
            yield kind._close
    for kind in subclasses(ObjectHandle):
        yield from (f"gunyah_{kind._name}_{method}" for method in ("capid", "open", "create") if hasattr(kind, method))
        if kind.activate is ObjectHandle.activate:
            yield f"gunyah_{kind._name}_activate"
    for kind in subclasses(Solo):
        yield from (f"{kind._prefix}_cancel", f"{kind._prefix}_last_error")


def test_all_is_there():
    used = {*named(), *put_together()}
    assert len(used) > 300
    assert used - exported() == set()  # which nobody could call
    left = {name for name in exported() - used if not name.startswith(PREFIX)}
    assert {name for name in left if not any(re.fullmatch(pattern, name) for pattern in ELSEWHERE)} == set()
    for pattern in ELSEWHERE:
        assert any(re.fullmatch(pattern, name) for name in left), f"{pattern} is not needed any more"


def test_hypercalls_are_there_by_their_names(gunyah_sim):
    calls = gunyah_sim.add_vm().open().hypercalls
    names = {name for name in _ffi.PROTOTYPES if name.startswith(PREFIX)}
    assert {PREFIX + name for name in dir(calls)} == names
    assert all(callable(getattr(calls, name)) for name in dir(calls))


def test_what_the_package_names_is_there():
    assert all(hasattr(gunyah, name) for name in gunyah.__all__)
    handles = {kind.__name__ for kind in subclasses(ObjectHandle) if kind._name}
    assert handles <= set(gunyah.__all__)
