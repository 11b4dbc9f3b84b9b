# SPDX-License-Identifier: BSD-3-Clause
"""What the public headers declare, as clang understands them."""

import dataclasses
import json
import re
import subprocess

from . import types
from .types import Array, Record

# For bare metal alone, in a library of its own, and two without functions that could be called.
LEFT_OUT = {"baremetal.h", "emu.h", "conduit.h", "direct.h"}
# The numbers of the ABI, which abi/generate.py has for each language.
OF_THE_ABI = ("gunyah/abi/numbers.h", "gunyah/abi/rm.h")
# Field and, behind the name of the struct, type of an unnamed union in it.
UNNAMED = "of_kind"
# Macros that are no number.
NOT_NUMBERS = re.compile(r"_H$|_INIT$|^GUNYAH_INLINE$")


@dataclasses.dataclass
class Field:
    name: str
    type: object


@dataclasses.dataclass
class Struct:
    """fields is None where nobody may look into it."""

    name: str
    fields: list = None
    c_name: str = ""  # empty where it is an unnamed part of another one
    is_union: bool = False


@dataclasses.dataclass
class Prototype:
    name: str
    result: object
    parameters: list


@dataclasses.dataclass(frozen=True)
class SizeOf:
    """A value: the size of a record."""

    record: str


def comment(node):
    """The text of the comment that belongs to a declaration, in one line."""
    if node["kind"] == "TextComment":
        return node["text"].strip()
    kinds = ("FullComment", "ParagraphComment", "TextComment")
    parts = [comment(part) for part in node.get("inner", []) if part["kind"] in kinds]
    return " ".join(part for part in parts if part)


class Headers:
    """structs, enums, functions, constants and initialisers, by name, in the order in which they are declared."""

    def __init__(self, clang, include):
        self.clang = clang
        self.include = include
        self.typedefs = {}
        self.structs = {}
        self.enums = {}  # {name: {constant: value}}
        self.functions = {}
        self.constants = {}  # {macro: (type, value)}
        self.initialisers = {}  # {name of a struct: {field: value}}
        self.values = {}  # of all constants of enumerations
        self.docs = {}  # what stands behind them
        source = "".join(f"#include <{name}>\n" for name in self.names()) + self.probes()
        for node in json.loads(self.run("-Xclang", "-ast-dump=json", "-fsyntax-only", source=source))["inner"]:
            reader = getattr(self, "read_" + node["kind"], None)
            # Compilers declare much of their own; all that is ours has this prefix.
            if reader and node.get("name", "gunyah").startswith("gunyah"):
                reader(node)

    def names(self):
        paths = sorted(self.include.rglob("*.h"))
        return [path.relative_to(self.include).as_posix() for path in paths if path.name not in LEFT_OUT]

    def run(self, *options, source):
        command = [self.clang, "-std=c11", "-DGUNYAH_INLINE=", "-I", self.include, "-x", "c", *options, "-"]
        return subprocess.run(command, input=source, capture_output=True, check=True, text=True).stdout

    def macros(self, names):
        text = self.run("-dM", "-E", source="".join(f"#include <{name}>\n" for name in names))
        found = re.findall(r"^#define (GUNYAH_\w+) ", text, re.MULTILINE)
        return set(found)

    def probes(self):
        """A variable for each macro, whose value clang then shows."""
        macros = self.macros(self.names()) - self.macros(OF_THE_ABI)
        numbers = sorted(name for name in macros if not NOT_NUMBERS.search(name))
        starts = sorted(name for name in macros if name.endswith("_INIT"))
        return "".join(
            [f"__auto_type const gunyah_number_{name} = {name};\n" for name in numbers]
            + [f"const struct {name[:-5].lower()} gunyah_start_{name} = {name};\n" for name in starts]
        )

    def type(self, node):
        return types.parse(node["type"]["qualType"], self.typedefs)

    def read_TypedefDecl(self, node):
        name = node["name"]
        self.typedefs[name] = self.type(node)
        if self.typedefs[name] == Record(name):
            self.add_record(name, self.unnamed, c_name=name)

    def read_EnumDecl(self, node):
        values, following = {}, 0
        for constant in node["inner"]:
            if constant["kind"] != "EnumConstantDecl":
                continue
            said = [self.value(part) for part in constant.get("inner", []) if part["kind"] == "ConstantExpr"]
            following = said[0] if said else following
            values[constant["name"]] = following
            self.docs[constant["name"]] = comment(constant)
            following += 1
        self.values |= values
        self.enums[node["name"]] = values

    def read_RecordDecl(self, node):
        name = node.get("name")
        if name is None:  # the typedef that follows names it
            self.unnamed = node
            return
        if "inner" in node and any(part["kind"] == "FieldDecl" for part in node["inner"]):
            self.add_record(name, node, c_name=f"struct {name}")
        elif name not in self.structs:
            self.structs[name] = Struct(name)

    def add_record(self, name, node, c_name=""):
        fields, unnamed = [], None
        for part in node["inner"]:
            if part["kind"] == "RecordDecl":
                unnamed = f"{name}_{UNNAMED}"
                self.add_record(unnamed, part)
            elif part["kind"] == "FieldDecl":
                named = part.get("name")
                fields.append(Field(named, self.type(part)) if named else Field(UNNAMED, Record(unnamed)))
        self.structs.pop(name, None)  # it may have been declared before
        self.structs[name] = Struct(name, fields, c_name, node["tagUsed"] == "union")

    def read_FunctionDecl(self, node):
        kind = self.type(node)
        parameters = [part for part in node.get("inner", []) if part["kind"] == "ParmVarDecl"]
        named = [Field(part["name"], of) for part, of in zip(parameters, kind.parameters, strict=True)]
        self.functions[node["name"]] = Prototype(node["name"], kind.result, named)

    def read_VarDecl(self, node):
        name = node["name"].removeprefix("gunyah_number_")
        kind, value = self.type(node), self.value(node["inner"][0])
        if name != node["name"]:
            self.constants[name] = (kind, value)
        else:
            self.initialisers[kind.name] = self.named(kind, value)

    def value(self, node):
        """A number, a text, a SizeOf, or a list of values."""
        kind = node["kind"]
        if kind == "InitListExpr":
            items = node["array_filler"][1:] if "array_filler" in node else node["inner"]
            return [self.value(item) for item in items]
        if kind == "ImplicitValueInitExpr":
            return 0
        if kind == "UnaryExprOrTypeTraitExpr":
            return SizeOf(types.parse(node["argType"]["qualType"], self.typedefs).name)
        if kind == "DeclRefExpr":
            return self.values[node["referencedDecl"]["name"]]
        if "value" in node:
            return json.loads(node["value"])
        parts = [self.value(part) for part in node["inner"]]
        if kind == "UnaryOperator":
            return {"-": -parts[0], "~": ~parts[0]}[node["opcode"]]
        if kind == "BinaryOperator":
            left, right = parts
            operators = {"+": int.__add__, "-": int.__sub__, "<<": int.__lshift__, "|": int.__or__}
            return operators[node["opcode"]](left, right)
        return parts[0]  # casts and parentheses

    def named(self, kind, value):
        """Give the values of a record their names; leave out what is zero."""
        if isinstance(kind, Array):
            return value if value and any(value) else 0
        if not isinstance(kind, Record) or value == 0:
            return value
        fields = self.structs[kind.name].fields
        named = {field.name: self.named(field.type, item) for field, item in zip(fields, value)}
        return {name: item for name, item in named.items() if item}
