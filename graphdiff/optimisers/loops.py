"""Lines of a rule that are made again for each pair it keeps.

As its text has them::

    for i = m, ..., 1 if y @ s > 0: s_i <- s_(i-1); y_i <- y_(i-1)

Statements stand one behind the other, and a condition holds for each. s_0 is s itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeVar

T = TypeVar("T")

INDEX, BEFORE = "_i", "_(i-1)"
_HEAD = re.compile(r"for i = (?P<first>\w+), \.\.\., (?P<last>\w+)(?: if (?P<condition>.+))?")
_LETTER = re.compile(r"(?<=\w)_i\b|(?<=\w)_\(i-1\)")


class Statement(NamedTuple):
    """A name on the left, the formula on its right, and the condition, if any."""

    name: str
    right: str
    condition: str = ""

    @property
    def text(self) -> str:
        """The line as text."""
        return f"{self.name} <- {self.right}" + (f" if {self.condition}" if self.condition else "")


class Loop(NamedTuple):
    """Statements for i from a first to a last number, one of which is m, if a condition holds."""

    first: str
    last: str
    condition: str
    body: tuple[Statement, ...]

    @property
    def text(self) -> str:
        """The loop as text, its statements below."""
        when = f" if {self.condition}" if self.condition else ""
        head = f"for i = {self.first}, ..., {self.last}{when}"
        return "\n".join([head, *(f"  {statement.text}" for statement in self.body)])

    @property
    def guarded(self) -> tuple[Statement, ...]:
        """The statements, each with the condition."""
        return tuple(each._replace(condition=self.condition) for each in self.body)

    def unrolled(self, count: int) -> Iterator[Statement]:
        """Yield the statements for each i, m being a count."""
        first, last = (count if end == "m" else int(end) for end in (self.first, self.last))
        step = 1 if first <= last else -1
        for i in range(first, last + step, step):
            for statement in self.guarded:
                yield Statement(*(at(text, i) for text in statement))


def parsed(formulas: str) -> tuple[Statement | Loop, ...]:
    """Return what the text of a rule says, line by line."""
    return tuple(_line(line.strip()) for line in formulas.strip().splitlines())


def at(text: str, i: int) -> str:
    """Return a text for one i: s_2 for s_i, s_1 for s_(i-1), and s for s_0."""

    def numbered(found: re.Match[str]) -> str:
        k = i if found.group() == INDEX else i - 1
        return f"_{k}" if k else ""

    return _LETTER.sub(numbered, text)


def of_each(names: Mapping[str, T], count: int) -> dict[str, T]:
    """Return a mapping with an entry for each i in the place of one of s_i."""
    return {
        each: value
        for name, value in names.items()
        for each in ([at(name, i) for i in range(1, count + 1)] if is_indexed(name) else [name])
    }


def is_indexed(name: str) -> bool:
    """Return whether a name is of each i."""
    return name.endswith(INDEX)


def _line(line: str) -> Statement | Loop:
    head, _, body = line.partition(":")
    found = _HEAD.fullmatch(head)
    if found is None:
        return _statement(line)
    statements = tuple(_statement(each) for each in body.split(";"))
    return Loop(found["first"], found["last"], found["condition"] or "", statements)


def _statement(line: str) -> Statement:
    name, _, rest = line.partition("<-")
    right, _, condition = rest.partition(" if ")
    return Statement(name.strip(), right.strip(), condition.strip())
