#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""man.py <include folder> <folder for pages> <date> [<pattern>...]: manual pages of section 3, from the comments of the public
headers; without those whose name a pattern matches.

gunyah_NAME.3 for each header NAME.h that declares functions or types, in mdoc; and for each function a page that leads there.
"""

import datetime
import pathlib
import re
import sys
import textwrap

import headers

WIDTH = 78


def escape(text):
    return text.replace("\\", "\\e")


def lines_of(text):
    """Text of a paragraph, each sentence on a line of its own, in lines that roff takes for text. Functions are bold, and names
    are not divided."""
    text = re.sub(r"\b(\w+_\w+)\b", r"\\%\1", escape(text))
    text = re.sub(r"\\%(gunyah_\w+)\(\)", r"\\fB\\%\1\\fP()", text)
    lines = []
    for sentence in re.split(r"(?<=[.!?]) +", text):
        lines += textwrap.wrap(sentence, WIDTH, break_long_words=False, break_on_hyphens=False)
    return [rf"\&{line}" if line[0] in ".'" else line for line in lines]


def literal(lines):
    """What stands as it is."""
    shown = [rf"\&{line}" if line[:1] in (".", "'") else line for line in map(escape, lines)]
    return [".Bd -literal -offset indent", *shown, ".Ed"]


def paragraph(lines):
    if all(line.startswith("  ") or line == "" for line in lines):
        return literal(textwrap.dedent("\n".join(lines)).split("\n"))
    return lines_of(" ".join(line.strip() for line in lines))


def paragraphs(comment):
    for number, lines in enumerate(comment.paragraphs):
        text = paragraph(lines)
        if number > 0 and not text[0].startswith(".Bd"):
            yield ".Pp"
        yield from text


def arguments(prototype, name):
    """The parameters of a prototype, split at the commas outside of parentheses."""
    inside = prototype[prototype.index(name) + len(name) + 1 : prototype.rindex(")")]
    return [part.strip() for part in re.split(r",(?![^()]*\))", inside)]


def synopsis(function):
    yield f".Ft \"{function.code.split(function.name)[0].strip()}\""
    yield f".Fo {function.name}"
    yield from (f".Fa \"{argument}\"" for argument in arguments(function.code, function.name))
    yield ".Fc"


def describe_function(function):
    yield f".Ss {function.name}"
    comment = function.comment
    if comment is None:
        return
    yield from paragraphs(headers.Comment(comment.paragraphs[:1], [], []))
    if comment.parameters:
        yield ".Bl -tag -width Ds"
        for name, text in comment.parameters:
            yield from (f".It Fa {name}", *lines_of(text))
        yield ".El"
    if comment.returns:
        yield from (".Pp", "It returns", ".Bl -dash -compact")
        for text in comment.returns:
            yield from (".It", *lines_of(text))
        yield ".El"
    for lines in comment.paragraphs[1:]:
        yield from (".Pp", *paragraph(lines))


def comment_lines(comment, indent):
    text = " ".join(line.strip() for line in headers.plain(comment)).replace("@return ", "Returns ")
    return textwrap.wrap(f"/* {text} */", WIDTH - 4, initial_indent=indent, subsequent_indent=indent + "   ")


def declaration(code):
    """A struct, an enumeration or a typedef, a member a line, with its comment in front of it."""
    lines, statement, depth = [], "", 0
    in_enumeration = re.match(r"enum\b", code)

    def put(end):
        nonlocal statement
        text = " ".join((statement + end).split())
        indent = "    " * depth
        lines.extend(textwrap.wrap(text, WIDTH - 4, initial_indent=indent, subsequent_indent=indent + "    "))
        statement = ""

    for token in headers.TOKEN.findall(code):
        if token.startswith("/**<"):
            if statement.strip():  # The last one of an enumeration has no comma.
                put("")
            lines[-1:-1] = comment_lines(token, "    " * depth)
        elif token.startswith(("/*", "//")):
            lines += comment_lines(token, "    " * depth)
        elif token == "{":
            put("{")
            depth += 1
        elif token == "}":
            put("")
            depth -= 1
            statement = "}"
        elif token == ";" or (token == "," and in_enumeration):
            put(token)
        else:
            statement += token
    return lines


def describe_type(item):
    yield f".Ss {item.name}"
    if item.comment:
        yield from paragraphs(item.comment)
    yield from literal(declaration(item.code))


def describe_macro(macro):
    initialiser = macro.name.endswith("_INIT")
    signature = macro.name if initialiser else macro.code.removeprefix("#define ")
    yield f".It Li \"{escape(signature)}\"".replace('""', "")
    if initialiser and not macro.comment:
        yield "The options, or what is to be filled in, before anything is set."
    elif macro.comment:
        yield from paragraphs(macro.comment)


def summary(header):
    """The first clause of the header's comment, as a name's description."""
    text = " ".join(" ".join(header.comment.paragraphs[0]).split())
    clause = escape(re.split(r"[.:](?: |$)", text)[0]).replace('"', r"\(dq")
    return clause if clause[1].isupper() or clause.startswith("Gunyah") else clause[0].lower() + clause[1:]


def page(title, path, header, date):
    functions = header.of_kind("function")
    yield from ('.\\" Made from the header. SPDX-License-Identifier: BSD-3-Clause', f".Dd {date}")
    yield from (f".Dt {title.upper()} 3", ".Os", ".Sh NAME", f".Nm {title}")
    yield f".Nd {summary(header)}"
    yield from (".Sh SYNOPSIS", f".In {path}")
    for function in functions:
        yield from synopsis(function)
    yield ".Sh DESCRIPTION"
    yield from paragraphs(header.comment)
    if header.of_kind("type"):
        yield ".Sh TYPES"
        for item in header.of_kind("type"):
            yield from describe_type(item)
    if header.of_kind("macro"):
        yield from (".Sh MACROS", ".Bl -tag -width Ds")
        for macro in header.of_kind("macro"):
            yield from describe_macro(macro)
        yield ".El"
    if functions:
        yield ".Sh FUNCTIONS"
    for function in functions:
        yield from describe_function(function)
    yield from (".Sh SEE ALSO", ".Xr libgunyah 7")


def main(include, folder, date, left_out):
    date = f"{datetime.date.fromisoformat(date):%B %-d, %Y}"
    written = {}
    for path in sorted(include.rglob("*.h")):
        if any(path.match(pattern) for pattern in left_out):
            continue
        header = headers.parse(path.read_text(encoding="utf-8"))
        if not header.comment or not header.of_kind("function") + header.of_kind("type"):
            continue
        title = f"gunyah_{path.stem}"
        written[title] = "\n".join(page(title, path.relative_to(include), header, date))
        for function in header.of_kind("function"):
            written.setdefault(function.name, f".so man3/{title}.3")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        (folder / f"{name}.3").write_text(text + "\n", encoding="utf-8")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4:])
