# SPDX-License-Identifier: BSD-3-Clause
"""What a public header says: its own comment, and each declaration with the comment in front of it."""

import dataclasses
import re

# A comment, a directive with its continuation lines, a string, or one character of code.
TOKEN = re.compile(r"/\*.*?\*/|//[^\n]*|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*|\"(?:\\.|[^\"\\])*\"|.", re.DOTALL | re.MULTILINE)


@dataclasses.dataclass
class Comment:
    """A comment in Doxygen's style: paragraphs of lines, parameters by name, what is returned."""

    paragraphs: list
    parameters: list
    returns: list


@dataclasses.dataclass
class Item:
    kind: str  # "function", "type" or "macro"
    name: str
    code: str  # Of a function without its body.
    comment: Comment


@dataclasses.dataclass
class Header:
    comment: Comment
    items: list

    def of_kind(self, kind):
        return [item for item in self.items if item.kind == kind]


def plain(comment):
    """The lines of a comment without its frame."""
    body = re.sub(r"^/\*\*?<?|\*/$|^//", "", comment)
    return [re.sub(r"^\s*\* ?", "", line).rstrip() for line in body.strip().splitlines()] or [""]


def split_returns(text):
    """"A; B (why; how); C." gives A, B (why; how), C."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == ";" and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [part.strip() for part in [*parts, text[start:].rstrip(".")] if part.strip()]


def parse_comment(comment):
    blocks = [block.split("\n") for block in re.split(r"\n\s*\n|\n(?=@)", "\n".join(plain(comment)))]
    parsed = Comment([], [], [])
    for lines in blocks:
        text = " ".join(line.strip() for line in lines)
        parameter = re.match(r"@param (\w+)\s+(.*)", text)
        returned = re.match(r"@returns? (.*)", text)
        if parameter:
            parsed.parameters.append(parameter.groups())
        elif returned:
            parsed.returns = split_returns(returned[1])
        elif text and not text.startswith("@"):
            parsed.paragraphs.append(lines)
        elif text.startswith("@file") and len(lines) > 1:
            parsed.paragraphs.append(lines[1:])
    return parsed


def item_of(code, comment):
    """An item, or None for what nobody looks up: includes, asserts, declarations ahead."""
    macro = re.match(r"\s*#define (GUNYAH_\w+[a-zA-Z0-9])(\([^)]*\))?(?=\s|$)", code)
    if macro:
        value = " ".join(code.replace("\\\n", " ").split())
        return None if macro[1].endswith("_H") else Item("macro", macro[1], value, comment)
    if code.lstrip().startswith(("#", "GUNYAH_STATIC_ASSERT", "extern")):
        return None
    named = re.match(r"(struct|enum|union) (\w+) \{", code)
    if named:
        return Item("type", f"{named[1]} {named[2]}", code, comment)
    if code.startswith("typedef"):
        name = re.search(r"\(\*(\w+)\)|(\w+)\(|(\w+);$", code)
        return Item("type", name[1] or name[2] or name[3], code, comment)
    function = re.search(r"(gunyah_\w+)\(", code)
    if function:
        prototype = re.sub(r"^(static inline|GUNYAH_(DIRECT_)?INLINE) ", "", code.partition("{")[0].strip(" ;\n"))
        return Item("function", function[1], " ".join(prototype.split()), comment)
    return None


def ends(code, depth):
    """Whether a declaration is complete: at a semicolon, or behind the body of a function."""
    return depth == 0 and (code.endswith(";") or (code.endswith("}") and ") {" in " ".join(code.split())))


def parse(text):
    text = re.sub(r"@cond.*?@endcond", "", text, flags=re.DOTALL)
    text = re.sub(r'extern "C" \{|^\}$(?=\s*#endif)', "", text, flags=re.MULTILINE)
    header = Header(None, [])
    comment, code, depth = None, "", 0

    for token in TOKEN.findall(text):
        if code.strip() == "" and token.startswith("/**"):
            comment = parse_comment(token)
            if "@file" in token:
                header.comment, comment = comment, None
            continue
        directive = token.lstrip().startswith("#")
        if code.strip() == "" and directive:
            found, code = item_of(token, comment), ""
        elif directive or (code.strip() == "" and token.startswith("//")):
            continue
        else:
            code += token if code or not token.isspace() else ""
            depth += (token == "{") - (token == "}")
            if not ends(code, depth):
                continue
            found, code = item_of(code, comment), ""
        comment = None
        if found:
            header.items.append(found)
    return header
