"""Sums of alike terms over the steps of a recursion: Σ_t δ_t x_tᵀ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from graphdiff.language.expression import Apply, Expression
from graphdiff.language.functions.arithmetic import add
from graphdiff.local_functions.local_function import LocalFunction, Program, localise
from graphdiff.notation import latex
from graphdiff.notation.name_families import Family, member

FEWEST = 4
"""Terms that are written as one below Σ."""

DELTA = "delta_"
"""What the name of a δ begins with, before that of its node."""

LETTERS = ("t", "s", "k", "j")


def terms_of(expression: Expression) -> list[Expression]:
    """Return the terms of a sum, in order; one for what is none."""
    terms, waiting = [], [expression]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Apply) and part.function == add:
            waiting += reversed(part.arguments)
        else:
            terms.append(part)
    return terms


def latex_of_steps(expression: Expression) -> str | None:
    r"""Return a sum of alike terms as \sum_t; None if it is none.

    They are one formula of parts whose names differ by a number each, which goes up by one from
    term to term: x_1, x_2, … and h_0, h_1, ….
    """
    terms = terms_of(expression)
    if len(terms) < FEWEST:
        return None
    programs, places = zip(*map(localise, terms), strict=True)
    if len({(program, len(parts)) for program, parts in zip(programs, places, strict=True)}) > 1:
        return None
    columns = [list(column) for column in zip(*places, strict=True)]
    return _as_one(programs[0], columns)


def _as_one(program: Program, columns: list[list[Any]]) -> str | None:
    """Return Σ_t of a formula, of each place the parts that stand there from term to term."""
    names = [[part.name.removeprefix(DELTA) for part in column] for column in columns]
    letter = next((each for each in LETTERS if not any(each in column for column in names)), None)
    runs = [_run(column) for column in names]
    if letter is None or None in runs or all(run and run[0] is None for run in runs):
        return None
    firsts = [first for _, first in filter(None, runs) if first is not None]
    start = max(firsts, key=firsts.count)
    written = []
    for run, column in zip(runs, columns, strict=True):
        assert run is not None  # noqa: S101 - asked for above
        family, first = run
        if family is None or first is None:
            written.append(getattr(column[0], "latex", None) or latex.name(column[0].name))
        else:
            shown = family.latex([_shifted(letter, first - start)])
            is_delta = column[0].name.startswith(DELTA)
            written.append(rf"\delta_{{{shown}}}" if is_delta else shown)
    shapes = tuple(column[0].shape for column in columns)
    term = latex.authored(LocalFunction(program, len(columns), shapes), written)
    return rf"\sum_{{{letter}={start}}}^{{{start + len(columns[0]) - 1}}} {term}"


def _run(names: list[str]) -> tuple[Family | None, int | None] | None:
    """Return the family of names that are numbered one after the other, and the first number.

    No family where all are one name; None where they are neither.
    """
    if len(set(names)) == 1:
        return None, None
    found = [member(name) for name in names]
    numbers = [each.indices for each in found]
    if len({each.family for each in found}) > 1 or len(numbers[0]) != 1:
        return None
    first = numbers[0][0]
    ascending = [(first + k,) for k in range(len(names))]
    return (found[0].family, first) if numbers == ascending else None


def _shifted(letter: str, by: int) -> str:
    return letter if not by else f"{letter}{by:+d}"


def alike(edges: list[Any], known: Callable[[Any], Any]) -> Iterator[list[Any]]:
    """Return edges in groups of those that one formula says all of, in terms of their nodes.

    Parameters
    ----------
    known
        Returns what is known of a node beside its shape, which must be the same of the parents.
    """
    groups: dict[Any, list[Any]] = {}
    for edge in edges:
        parents = edge.child.parents
        pattern = tuple(parents.index(parent) for parent in parents)
        of_parents = tuple(map(known, parents))
        groups.setdefault((edge.child.function, edge.slot, pattern, of_parents), []).append(edge)
    yield from groups.values()
