# SPDX-License-Identifier: BSD-3-Clause
"""Recordings: the operations of a line carried out on the machine, and its answer in their format."""

from machine import ALL_ONES, Machine
from objects import Uncovered

RESULTS = 8


def operations(lines):
    """@return of each line that does something: the line, what it does, and its answer, which may be empty."""
    for line in lines:
        line = line.strip()
        if line and not line.startswith("#"):
            done, _, answer = line.partition(" -> ")
            yield line, done, answer


class Player:
    """Carries operations out."""

    def __init__(self, stock=False):
        self.machine = Machine(stock)

    def value(self, word):
        if not word.startswith("$"):
            return int(word, 0) & ALL_ONES
        for i, letter in enumerate(word):
            if letter in "+-^":
                symbol, number = self.symbol(word[1:i]), int(word[i + 1 :], 0)
                return {"+": symbol + number, "-": symbol - number, "^": symbol ^ number}[letter] & ALL_ONES
        return self.symbol(word[1:])

    def symbol(self, name):
        if name.startswith("code_"):
            raise Uncovered("programs")
        return self.machine.symbols.get(name, ALL_ONES)

    def play(self, done):
        """@return the answer."""
        operation, *words = done.split()
        handler = getattr(self, f"do_{operation}", None)
        if handler is None:
            raise Uncovered(operation)
        return handler(*words)

    def do_call(self, name, form, *words):
        new = [word[2:] for word in words if word.startswith("=$")]
        operands = [self.value(word) for word in words if not word.startswith("=$")]
        registers = self.machine.call(name, form == "imm", operands)
        shown = [hex(register) for register in registers]
        if new and registers[0] == 0:
            self.machine.symbols[new[0]] = registers[1]
            shown[1] = "$" + new[0]
        rest = ["0x0" if form == "imm" else "~"] * (RESULTS - len(shown))
        answer = " ".join(f"x{i}={word}" for i, word in enumerate(shown + rest))
        return answer if self.machine.slot is None else f"{answer} slot={self.machine.slot}"

    def do_fill(self, address, length, first, step):
        start, step = self.value(first), self.value(step)
        self.store(self.value(address), bytes(start + i * step & 0xFF for i in range(self.value(length))))
        return ""

    def do_copy(self, to, address, length):
        self.store(self.value(to), self.load(self.value(address), self.value(length)))
        return ""

    def do_dump(self, address, length):
        return self.load(self.value(address), self.value(length)).hex()

    def do_sum(self, address, length):
        total = 0xCBF29CE484222325
        for byte in self.load(self.value(address), self.value(length)):
            total = (total ^ byte) * 0x100000001B3 & ALL_ONES
        return hex(total)

    def do_peek(self, address, size):
        return hex(int.from_bytes(self.load(self.value(address), self.value(size)), "little"))

    def do_poke(self, address, size, value):
        size = self.value(size)
        self.store(self.value(address), (self.value(value) & (1 << 8 * size) - 1).to_bytes(size, "little"))
        return ""

    def load(self, address, size):
        data = self.machine.memory.load(address, size)
        if data is None:
            raise Uncovered("faults")
        return data

    def store(self, address, data):
        if not self.machine.memory.reachable(address, len(data)):
            raise Uncovered("faults")
        self.machine.memory.store(address, data)

    def lines(self, words):
        return [(word, self.machine.vic.line(self.value(word))) for word in sorted(words, key=self.value)]

    def do_irqcfg(self, number, trigger):
        ((_, line),) = self.lines([number])
        line.configure(edge=trigger == "edge")
        return ""

    def do_virq(self, *words):
        return "pending " + (" ".join(word for word, line in self.lines(words) if line.pending()) or "-")

    def do_clear(self, *words):
        for _, line in self.lines(words):
            line.withdraw()
        return self.do_virq(*words)

    def do_take(self, *words):
        return "taken " + (" ".join(word for word, line in self.lines(words) if line.take()) or "-")

    def do_wait(self, _time):
        return ""


def agree(recorded, answered):
    """Whether two answers say the same. `|` means nothing, and `?` is not compared."""
    left, right = (dict(word.partition("=")[::2] for word in text.split() if word != "|") for text in (recorded, answered))
    return left.keys() == right.keys() and all(left[key] in ("?", right[key]) for key in left)
