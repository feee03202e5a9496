"""One formula for alike nodes: z_j = Σ_k w_{j,k} x_k + b_j stands for a whole layer.

A node's numbers become letters: where an argument has the node's own number it has the letter j,
and terms that differ in one number, which counts up, are a sum over k with its range. It is said
only if it is the formula of every member; what cannot be written so is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from graphdiff.graph import Node
from graphdiff.language.functions.movement import Index, Stack
from graphdiff.language.shapes import SCALAR, Shape
from graphdiff.local_functions.local_function import Formal, Instruction, Literal, LocalFunction
from graphdiff.notation import latex, text
from graphdiff.notation.name_families import Family, Member, member

OWN = ("j", "k", "l")
"""The letters of a node's own numbers."""

LAYER = "l"
"""The letter of a number above a name."""

SUMMED = ("k", "l", "m", "n")
MAX_LINES = 60_000
MAX_WRITTEN = 300
MAX_DEPTH = 60


class Generic(NamedTuple):
    """A formula for all members, as LaTeX and as plain text."""

    latex: str
    plain: str


@dataclass(frozen=True)
class _Number:
    """A number in an argument's name, in the first and in the last member."""

    first: int
    last: int


def name_of(nodes: Sequence[Node], own: Sequence[str] = OWN) -> Generic | None:
    """Return the name of alike nodes, letters for numbers that differ; None if they have none.

    Parameters
    ----------
    own
        The letters.

    Examples
    --------
    >>> from graphdiff.graph import ComputationalGraph
    >>> graph = ComputationalGraph()
    >>> name_of([graph.parameter(f"w_1_{k}") for k in (1, 2)]).plain
    'w_1_k'
    >>> name_of([graph.parameter(f"v_1__{k}") for k in (1, 2)]).plain  # a number above, of layers
    'v_1__l'
    """
    members = [member(node.name) for node in nodes]
    family, indices = members[0]
    if len({family for family, _ in members}) > 1:
        layers = [other.above for other, _ in members]
        family = family._replace(above=LAYER)
        if any(other._replace(above=LAYER) != family for other, _ in members):
            return None
        if not all(map(str.isdecimal, layers)) or LAYER in own[: len(indices)]:
            return None
    if len(indices) > len(own) or not (indices or family.above == LAYER):
        return None
    letters = [
        letter if any(other[place] != number for _, other in members) else str(number)
        for place, (letter, number) in enumerate(zip(own, indices, strict=False))
    ]
    return Generic(family.latex(letters), family.plain(letters))


def formula_of(nodes: Sequence[Node]) -> Generic | None:
    """Return the formula of computed nodes with one local function; None if they have none.

    Of one node alone it is its own, with its terms as sums.
    """
    last = nodes[-1]
    function = last.function
    if function is None or len(function.program) > MAX_LINES:
        return None
    if any(node.function is not function for node in nodes):
        return None
    if len(nodes) == 1:
        return _Writer(function, last, last, ()).written()
    for first in nodes[:2]:  # in a square the second says which number is which
        pairs = zip(member(first.name).indices, member(last.name).indices, strict=False)
        own = tuple(_Number(*pair) if pair[0] != pair[1] else None for pair in pairs)
        writer = _Writer(function, first, last, own)
        if all(map(writer.is_of, nodes)):
            return writer.written()
    return None


def formula_by_numbers(node: Node) -> Generic | None:
    """Return the formula of one node as if it stood for others, to find out whether it does."""
    if node.function is None or len(node.function.program) > MAX_LINES:
        return None
    own = tuple(_Number(number, number) for number in member(node.name).indices)
    return _Writer(node.function, node, node, own).written()


class _Line(NamedTuple):
    """A line of the generic formula: an argument that is written already, or a step."""

    made: Generic | Literal | Instruction
    shape: Shape = SCALAR


class _TooMuchError(Exception):
    """The formula has no generic form that could be read."""


class _Writer:
    """Writes one generic formula."""

    def __init__(
        self,
        function: LocalFunction,
        first: Node,
        last: Node,
        own: Sequence[_Number | None],
    ) -> None:
        self.function = function
        self.program = function.program
        self.shapes = function.line_shapes
        self.own = own
        pairs = zip(map(_named, first.parents), map(_named, last.parents), strict=True)
        self.arguments = [_Argument(other, one) for one, other in pairs]
        self.letters = [letter for letter in SUMMED if letter not in OWN[: len(own)]]
        self.budget = MAX_WRITTEN

    def written(self) -> Generic | None:
        """Return the formula, or nothing."""
        if len(self.own) > len(OWN):
            return None
        try:
            return self._formula(len(self.program) - 1, {}, 0)
        except _TooMuchError:
            return None

    def is_of(self, node: Node) -> bool:
        """Whether the formula of the first and the last member is that of another, too."""
        _, own = member(node.name)
        for parent, (family, expected) in zip(node.parents, self.expected, strict=True):
            of, numbers = member(parent.name)
            if of != family or len(numbers) != len(expected):
                return False
            for number, (place, value) in zip(numbers, expected, strict=True):
                if number != (value if place is None else own[place] + value):
                    return False
        return True

    @cached_property
    def expected(self) -> list[tuple[Family, list[tuple[int | None, int]]]]:
        """The numbers of each argument: a number, or so much more than one of the node's own."""
        return [
            (argument.family, [self._related(number) for number in argument.numbers])
            for argument in self.arguments
        ]

    def _related(self, number: _Number) -> tuple[int | None, int]:
        for place, of in enumerate(self.own):
            if of and number.last - of.last == number.first - of.first:
                return place, number.last - of.last
        return None, number.last

    # One part

    def _formula(self, k: int, bound: dict[tuple[int, int], str], depth: int) -> Generic:
        """Write a line of the program with everything in it; ``bound`` has letters of sums."""
        lines: list[_Line] = []
        self._emit(k, bound, lines, depth, alone=True)
        return _authored(lines)

    def _emit(
        self,
        k: int,
        bound: dict[tuple[int, int], str],
        lines: list[_Line],
        depth: int,
        *,
        alone: bool = False,
    ) -> int:
        """Append what makes up a line of the program; return its place."""
        self.budget -= 1
        if self.budget < 0 or depth > MAX_DEPTH:
            raise _TooMuchError
        line = self.program[k]
        match line:
            case Formal(slot):
                lines.append(_Line(self._argument(slot, bound), self.shapes[k]))
            case Literal():
                lines.append(_Line(line))
            case Instruction(function, (_, _)) if function.name == "add":
                return self._sum(k, bound, lines, depth, alone=alone)
            case Instruction(Stack(), places) if vector := self._vector(places):
                lines.append(_Line(vector, self.shapes[k]))
            case Instruction(Index() as function, (inner,)) if letter := self._own_entry(function):
                whole = self._formula(inner, bound, depth + 1)
                entry = Generic(f"{whole.latex}_{{{letter}}}", f"{whole.plain}[{letter}]")
                lines.append(_Line(entry, self.shapes[k]))
            case Instruction(function, places):
                apart = function.name not in ("mul", "pow", "neg", "sub")
                at = [self._emit(p, bound, lines, depth + 1, alone=apart) for p in places]
                lines.append(_Line(Instruction(function, tuple(at)), self.shapes[k]))
        return len(lines) - 1

    def _argument(self, slot: int, bound: dict[tuple[int, int], str]) -> Generic:
        argument = self.arguments[slot]
        if not argument.is_one:
            raise _TooMuchError
        letters = [
            bound.get((slot, place)) or self._index(number)
            for place, number in enumerate(argument.numbers)
        ]
        return Generic(argument.family.latex(letters), argument.family.plain(letters))

    def _index(self, number: _Number) -> str:
        """Return a number as the letter of the node's own, or as it is if all members have it."""
        own = [(letter, of) for letter, of in zip(OWN, self.own, strict=False) if of]
        for letter, of in own:
            if number == of:
                return letter
        if number.first == number.last:
            return str(number.last)
        for letter, of in own:
            offset = number.last - of.last
            if offset == number.first - of.first:
                return f"{letter}{offset:+d}"
        raise _TooMuchError

    def _vector(self, places: tuple[int, ...]) -> Generic | None:
        """Return the name of a family for the stack of all its members."""
        slots = [self.program[p].slot for p in places if isinstance(self.program[p], Formal)]  # type: ignore[union-attr]
        if len(slots) != len(places) or len(slots) < 2:
            return None
        found = [self.arguments[slot] for slot in slots]
        if len({argument.family for argument in found}) > 1 or len(found[0].numbers) != 1:
            return None
        numbers = [argument.numbers[0] for argument in found]
        start = numbers[0].last
        if start > 1 or numbers != [_Number(k, k) for k in range(start, start + len(numbers))]:
            return None
        family = Family(found[0].family.stem, (), found[0].family.above)
        return Generic(family.latex(()), family.plain(()))

    def _own_entry(self, function: Index) -> str | None:
        """Return j if an entry is chosen by the node's own number, counted from 1."""
        chosen = [part for part in function.key if isinstance(part, int)]
        here = [_Number(k + 1, k + 1) for k in chosen]
        return OWN[0] if len(here) == 1 and here == list(self.own) else None

    # Sums

    def _sum(
        self,
        k: int,
        bound: dict[tuple[int, int], str],
        lines: list[_Line],
        depth: int,
        *,
        alone: bool,
    ) -> int:
        """Write a sum: terms that are alike as Σ, the others one by one."""
        place: int | None = None
        add = self.program[k].function  # type: ignore[union-attr]
        runs = list(self._runs(_terms(self.program, k)))
        for run in runs:
            is_all = len(runs) == 1
            summed = self._summed(run, bound, depth, is_all=is_all) if len(run) > 1 else None
            if summed is not None:
                if not alone and len(runs) == 1:
                    summed = Generic(rf"\left({summed.latex}\right)", f"({summed.plain})")
                lines.append(_Line(summed, self.shapes[run[0]]))
                at = [len(lines) - 1]
            else:
                at = [self._emit(term, bound, lines, depth + 1, alone=True) for term in run]
            for term in at:
                if place is None:
                    place = term
                else:
                    lines.append(_Line(Instruction(add, (place, term)), self.shapes[k]))
                    place = len(lines) - 1
        assert place is not None  # noqa: S101
        return place

    def _runs(self, terms: Sequence[int]) -> Iterator[list[int]]:
        """Yield neighbouring terms of one form together."""
        run: list[int] = []
        form: object = None
        for term in terms:
            this = self._form(term)
            if run and this != form:
                yield run
                run = []
            run.append(term)
            form = this
        yield run

    def _form(self, k: int) -> tuple[object, ...]:
        """Return what a term says, up to the numbers of its arguments."""
        said: list[object] = []
        for line in self._walk(k):
            match line:
                case Formal(slot):
                    said.append(self.arguments[slot].family)
                case Literal(value, _):
                    said.append(value)
                case Instruction(function, places):
                    said.append((function, len(places)))
        return tuple(said)

    def _walk(self, k: int) -> Iterator[Formal | Literal | Instruction]:
        """Yield the lines a term is made of, those of the left before those of the right."""
        stack, count = [k], 0
        while stack:
            line = self.program[stack.pop()]
            count += 1
            if count > MAX_WRITTEN:
                raise _TooMuchError
            yield line
            if isinstance(line, Instruction):
                stack += reversed(line.lines)

    def _summed(
        self, run: Sequence[int], bound: dict[tuple[int, int], str], depth: int, *, is_all: bool
    ) -> Generic | None:
        """Return Σ_k of the first of alike terms; None if they differ in more than one number."""
        slots = [
            [line.slot for line in self._walk(term) if isinstance(line, Formal)] for term in run
        ]
        letter = next((s for s in self.letters if s not in bound.values()), None)
        if letter is None:
            return None
        varying: dict[tuple[int, int], str] = {}
        steps: tuple[int, ...] | None = None
        for at, slot in enumerate(slots[0]):
            for place in range(len(self.arguments[slot].numbers)):
                numbers = [self.arguments[term[at]].numbers[place] for term in slots]
                if len(set(numbers)) == 1:
                    continue
                last = tuple(number.last for number in numbers)
                if any(number.first != number.last for number in numbers):
                    return None  # a range of its own for each member
                if len(set(last)) < len(last) or steps not in (None, last):
                    return None
                steps = last
                varying[slot, place] = letter
        if not varying or steps is None or max(steps) - min(steps) != len(steps) - 1:
            return None
        head, sign, at = self.program[run[0]], "", run[0]
        if is_all and isinstance(head, Instruction) and head.function.name == "neg":
            sign, at = "-", head.lines[0]
            head = self.program[at]
        term = self._formula(at, bound | varying, depth + 1)
        if isinstance(head, Instruction) and head.function.name in ("add", "sub", "neg"):
            term = Generic(rf"\left({term.latex}\right)", f"({term.plain})")
        least, most = min(steps), max(steps)
        return Generic(
            rf"{sign}\sum_{{{letter}={least}}}^{{{most}}} {term.latex}",
            f"{sign}sum_{letter}={least}..{most} {term.plain}",
        )


class _Argument:
    """An argument in the first and in the last member: its family, and its numbers in both."""

    def __init__(self, last: Member, first: Member) -> None:
        self.family = last.family
        self.is_one = first.family == last.family
        self.numbers = tuple(
            _Number(one, other) for one, other in zip(first.indices, last.indices, strict=False)
        )


def _named(node: Node) -> Member:
    return member(node.name)


def _terms(program: Sequence[Formal | Literal | Instruction], k: int) -> list[int]:
    """Return the lines whose sum a line is."""
    terms, stack = list[int](), [k]
    while stack:
        at = stack.pop()
        line = program[at]
        if isinstance(line, Instruction) and line.function.name == "add" and len(line.lines) == 2:
            stack += reversed(line.lines)
        else:
            terms.append(at)
    return terms


def _authored(lines: Sequence[_Line]) -> Generic:
    """Write lines as one formula."""
    arguments: list[Generic] = []
    shapes: list[Shape] = []
    program: list[Formal | Literal | Instruction] = []
    for line in lines:
        if isinstance(line.made, Generic):
            program.append(Formal(len(arguments)))
            arguments.append(line.made)
            shapes.append(line.shape)
        else:
            program.append(line.made)
    function = LocalFunction(tuple(program), len(arguments), tuple(shapes))
    return Generic(
        latex.authored(function, [a.latex for a in arguments]),
        text.authored(function, [a.plain for a in arguments]),
    )
