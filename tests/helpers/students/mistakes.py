"""One line of a derivation, mistaken in each way that is known of students.

A mistake is a generator of altered lines. Those of a function of the exercise are declared with it
(``operations``); what goes wrong in any line is here. A *slip* is made with the numbers of a line
whose formula is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from students.sheets import Line, Sheet, added
from students.writing import ONE, Formula, name, read, shown, value


@dataclass(frozen=True)
class Mistaken:
    """A mistake at one place of a sheet.

    ``formula`` is what is written in place of the right one; ``taken`` is for a name of the formula
    another one, whose number is put in; ``cut`` is a name whose number is cut off behind its first
    digit on the way; ``evaluated`` is what is computed of a right formula; ``slip`` makes of the
    printed result another.
    """

    kind: str
    place: int
    formula: Formula | None = None
    taken: tuple[str, str] | None = None
    cut: str = ""
    evaluated: Formula | None = None
    slip: Callable[[str], str] | None = None

    @property
    def is_slip(self):
        return self.formula is None


def mistakes(sheet: Sheet, draw):
    """Yield all that can go wrong on a sheet, in formulas that have a value of the right shape."""
    for place, line in enumerate(sheet.lines):
        for kind, formula in _formulas(sheet, place, line):
            if formula != line.formula and _has_value(sheet, line, formula):
                yield Mistaken(kind, place, formula)
        yield from _slips(sheet, place, line, draw)


def _has_value(sheet, line, formula):
    known = known_at(sheet)
    try:
        with np.errstate(all="ignore"):
            found = value(formula, known)
    except (ValueError, KeyError, IndexError):
        return False
    right = known[line.target]
    fits = np.shape(found) == np.shape(right) or (
        np.shape(found) == np.shape(right)[::-1] and np.ndim(right) == 2
    )
    return fits and bool(np.all(np.isfinite(found)))


def known_at(sheet):
    """Return the right value of each name of a sheet, in float64."""
    known = dict(sheet.exercise.values)
    if sheet.exercise.rate:
        known["eta"] = read(sheet.exercise.rate)
    for line in sheet.lines:
        known[line.target] = np.asarray(value(line.formula, known))[()]
    return known


# In formulas


def _formulas(sheet, place, line):
    yield from _of_functions(line)
    yield "sign", -line.formula
    if line.kind == "gradient":
        yield from _of_paths(sheet, line)
        for other in sheet.lines[:place]:
            if other.kind == "gradient" and other.of != sheet.exercise.output:
                yield "derivative in another node", name(other.target)
        if sheet.exercise.rate and line.of in sheet.exercise.parameters:
            yield "learning rate in the gradient", name("eta") * line.formula
            yield "gradient and update confused", name(line.of) - name("eta") * line.formula
    if line.kind == "update":
        yield from _of_updates(line)
    if line.kind == "again":
        yield "stale value", line.step.formula
    yield from _of_names(sheet, place, line)


def _of_functions(line: Line):
    if line.kind == "value":
        for (kind, slot), altered in line.step.operation.mistakes.items():
            if slot is None:
                for change in altered:
                    yield kind, change(*map(name, line.step.operands))
    for number, term in enumerate(line.terms):
        for (kind, slot), altered in term.step.operation.mistakes.items():
            if slot == term.slot:
                others = [one.formula for one in line.terms]
                for change in altered:
                    others[number] = term.step.pulled(slot, term.g, change)
                    yield kind, added(others)


def _of_paths(sheet, line: Line):
    formulas = [term.formula for term in line.terms]
    if len(formulas) > 1:
        shared = line.of in sheet.exercise.parameters
        for left_out in range(len(formulas)):
            rest = [f for k, f in enumerate(formulas) if k != left_out]
            yield "shared weight counted once" if shared else "path dropped", added(rest)
        yield "overwritten", formulas[0]
    if any(term.g != ONE for term in line.terms):
        yield "incoming gradient left out", added([t.step.pulled(t.slot, ONE) for t in line.terms])
        if line.terms[0].formula != line.terms[0].g:
            yield "chain rule stopped early", added([term.g for term in line.terms])
    for number, term in enumerate(line.terms):
        for after, slot in sheet.exercise.children(term.step.name):
            if after.operation.mistakes.get(("derivative left out", slot)) and term.g != ONE:
                over = sheet.exercise.output
                g = ONE if after.name == over else name(f"d{over}/d{after.name}")
                skipped = list(formulas)
                skipped[number] = term.step.pulled(term.slot, g)
                yield "derivative left out", added(skipped)


def _of_updates(line: Line):
    weight, gradient = name(line.of), line.formula.parts[1].parts[1]
    yield "learning rate left out", weight - gradient
    yield "sign", weight + name("eta") * gradient
    yield "gradient and update confused", name("eta") * gradient
    yield "gradient and update confused", gradient


def _of_names(sheet, place, line: Line):
    known = known_at(sheet)
    earlier = {one.target for one in sheet.lines[:place]}
    for used in dict.fromkeys(line.formula.names):
        for other in _like(used, known):
            if other not in sheet.exercise.leaves and other not in earlier:
                continue
            kind = "another output's target" if used in ("y1", "y2") else "wrong operand"
            yield kind, _with(line.formula, used, other)
        if f"{used}@1" in earlier and line.kind == "gradient":
            yield "updated weight too early", _with(line.formula, used, f"{used}@1")


def _with(formula, used, other):
    return formula.mapped(lambda part: name(other) if part == name(used) else part)


def _like(used, known):
    """Return the names that are taken for one: the same letter with another number, same shape."""
    letters = re.sub(r"\d+", "", used)
    pairs = {"a": "z", "h": "z", "o": "s", "A": "Z"}
    for other in known:
        if other == used or "@" in other or np.shape(known[other]) != np.shape(known[used]):
            continue
        digits = re.findall(r"\d+", used), re.findall(r"\d+", other)
        if re.sub(r"\d+", "", other) == letters or (
            "/" not in used + other and pairs.get(letters) == re.sub(r"\d+", "", other)
            and digits[0] == digits[1]
        ):  # fmt: skip
            yield other


# In numbers


def _slips(sheet, place, line, draw):
    for kind, evaluated in _misevaluated(line.formula):
        if _has_value(sheet, line, evaluated):
            yield Mistaken(kind, place, evaluated=evaluated)
    yield Mistaken("digit misread", place, slip=_miscalculated(draw.random()))
    yield Mistaken("sign in the evaluation", place, slip=_entrywise(_turned, draw.random()))
    yield Mistaken("digit lost", place, slip=_entrywise(_shortened, draw.random()))
    yield Mistaken("point misplaced", place, slip=_entrywise(_shifted, draw.random()))
    for used in dict.fromkeys(line.formula.names):
        yield Mistaken("truncated", place, cut=used)
    if place:
        neighbour = sheet.lines[place - 1].target
        known = known_at(sheet)
        for other in sheet.lines[:place]:
            if np.shape(known[other.target]) == np.shape(known[line.target]):
                yield Mistaken("number of another line", place, evaluated=name(other.target))
        for used in dict.fromkeys(line.formula.names):
            if used != neighbour and np.shape(known[used]) == np.shape(known[neighbour]):
                yield Mistaken("neighbouring number", place, taken=(used, neighbour))


def _misevaluated(formula):
    """Yield formulas in which one operation is done wrongly: forgotten, or taken for another."""
    for part, remade in _parts(formula, lambda made: made):
        match part.head, part.parts:
            case (("+" | "-") as sign, (a, b)):
                yield "term forgotten", remade(a)
                yield "term forgotten", remade(b if sign == "+" else -b)
            case "*", (a, b):
                yield "factor forgotten", remade(a)
                yield "factor forgotten", remade(b)
                yield "added for multiplied", remade(a + b)
            case "^", (a, _):
                yield "square forgotten", remade(a)
                yield "doubled for squared", remade(2 * a)
            case "call", (function, a) if function in ("sigmoid", "exp", "tanh"):
                yield "sign of the exponent", remade(Formula("call", (function, -a)))


def _parts(formula, remade):
    """Yield each part of a formula, with the way to make the formula with another in its place."""
    yield formula, remade
    if formula.head in ("name", "number"):
        return
    for place, part in enumerate(formula.parts):
        if isinstance(part, Formula):

            def around(made, place=place):
                parts = (*formula.parts[:place], made, *formula.parts[place + 1 :])
                return remade(Formula(formula.head, parts))

            yield from _parts(part, around)


def _entrywise(change, chance):
    """Return a slip in one of the printed entries, or in the only one."""

    def slip(printed):
        if isinstance(printed, str):
            return change(printed)
        entries = [tuple(index) for index in np.ndindex(np.shape(read(printed)))]
        found = np.array(printed, object)
        where = entries[int(chance * len(entries))]
        found[where] = change(found[where])
        return found.tolist()

    return slip


def _miscalculated(chance):
    """Return a slip that changes a digit in front of the last two that are printed."""

    def change(text):
        places = [k for k, sign in enumerate(text) if sign.isdigit()]
        significant = [k for k in places if text[: k + 1].strip("-0.")] or places
        where = significant[int(chance * min(2, len(significant)))]
        digit = (int(text[where]) + 1 + int(chance * 97) % 3) % 10
        return f"{text[:where]}{digit}{text[where + 1 :]}"

    return _entrywise(change, chance)


def _turned(text):
    return text[1:] if text.startswith("-") else f"-{text}"


def _shortened(text):
    """Drop a digit between others behind the point."""
    whole, _, behind = text.partition(".")
    first = len(behind) - len(behind.lstrip("0"))
    return (
        f"{whole}.{behind[: first + 1]}{behind[first + 2 :]}" if len(behind) > first + 2 else text
    )


def _shifted(text):
    """Move the point by one place to the left."""
    moved = read(text) / 10
    return shown(moved, 12).rstrip("0") if moved else text
