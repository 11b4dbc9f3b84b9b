# SPDX-License-Identifier: BSD-3-Clause
"""Types of C: plain objects, and a parser for the way in which clang writes them."""

import dataclasses
import re

SCALARS = {
    "void", "bool", "char", "unsigned char", "int", "unsigned int", "long", "unsigned long", "size_t", "uintptr_t",
    "int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t",
}  # fmt: skip
WORDS = {"unsigned", "char", "int", "long"}  # of which a name of a type may have several


@dataclasses.dataclass(frozen=True)
class Scalar:
    name: str


@dataclasses.dataclass(frozen=True)
class Enum:
    name: str


@dataclasses.dataclass(frozen=True)
class Record:
    name: str


@dataclasses.dataclass(frozen=True)
class Pointer:
    to: object
    const: bool  # what it points to must not be changed


@dataclasses.dataclass(frozen=True)
class Array:
    of: object
    length: int


@dataclasses.dataclass(frozen=True)
class Function:
    result: object
    parameters: tuple


class Parser:
    """Reads one type from left to right. typedefs: what names of types stand for."""

    def __init__(self, text, typedefs):
        self.text = text
        self.tokens = re.findall(r"\w+|[*()\[\],]", text)
        self.typedefs = typedefs

    def fail(self):
        raise ValueError(f"cannot read the type {self.text!r}")

    def take(self, token):
        if self.tokens[:1] != [token]:
            return False
        self.tokens.pop(0)
        return True

    def expect(self, *tokens):
        if not all(self.take(token) for token in tokens):
            self.fail()

    def base(self):
        name = self.tokens.pop(0)
        if name in ("struct", "enum", "union"):
            return (Enum if name == "enum" else Record)(self.tokens.pop(0))
        while name.split()[-1] in WORDS and self.tokens[:1] and self.tokens[0] in WORDS:
            name += " " + self.tokens.pop(0)
        name = "bool" if name == "_Bool" else name
        if name in SCALARS:
            return Scalar(name)
        return self.typedefs[name] if name in self.typedefs else self.fail()

    def parameters(self):
        found = []
        while not self.take(")"):
            found.append(self.type())
            self.take(",")
        return () if found == [Scalar("void")] else tuple(found)

    def type(self):
        const = self.take("const")
        kind = self.base()
        while self.take("*"):
            kind, const = Pointer(kind, const), self.take("const")
        if self.take("("):
            if not self.take("*"):
                return Function(kind, self.parameters())
            self.take("const")
            self.expect(")", "(")
            return Pointer(Function(kind, self.parameters()), False)
        while self.take("["):
            kind = Array(kind, int(self.tokens.pop(0)))
            self.expect("]")
        return kind


def parse(text, typedefs):
    parser = Parser(text, typedefs)
    kind = parser.type()
    return kind if not parser.tokens else parser.fail()
