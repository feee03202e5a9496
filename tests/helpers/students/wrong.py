"""Answers with one mistake: where the package accuses, and what it calls the mistake."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from students.answers import claims, computed, page
from students.exercises import decimal
from students.mistakes import Mistaken, known_at, mistakes
from students.trials import ACCEPTED, checked, checked_page, drawn
from students.writing import UnwrittenError, read, value

SIGNS = (
    "sign", "sign-of-path", "sign-of-term", "minus-missing", "difference-turned", "argument-sign",
    "ascent", "sign-lost", "delta-turned", "sign-of-sample", "negative-squared", "exponent-sign", "sign-miscopied", "slope-misremembered",
)  # fmt: skip
OPERANDS = (
    "operand", "wrong-incoming", "slope-of-input", "wrong-operand", "other-node", "number-of-node",
    "neighbouring-number", "neighbouring-array", "number-of-another-line", "number-put-in", "other-output",
)  # fmt: skip

ARITHMETIC = ("arithmetic",)
"""What any slip in computing a step that is printed may be called."""

CALLED: dict[str, tuple[str, ...]] = {
    "sign": SIGNS,
    "missing minus one": SIGNS,
    "y minus yhat": SIGNS,
    "sign of the exponent": (*SIGNS, *ARITHMETIC),
    "sign in the evaluation": (*SIGNS, *ARITHMETIC),
    "absolute error": ("absolute",),
    "digit misread": (*ARITHMETIC, "digit-misread", "digits-swapped"),
    "digit lost": (*ARITHMETIC, "digit-lost",),
    "point misplaced": (*ARITHMETIC, "decimal-point",),
    "truncated": (*ARITHMETIC, "rounded-early", "truncated"),
    "term forgotten": (*ARITHMETIC, "term-forgotten", "part-left-out"),
    "factor forgotten": (*ARITHMETIC, "factor-forgotten", "half-forgotten", "part-left-out"),
    "added for multiplied": (*ARITHMETIC, "operation-misread", "order-of-operations", "other-operation"),
    "square forgotten": (*ARITHMETIC, "slope-misremembered", "square-forgotten", "not-applied"),
    "doubled for squared": (*ARITHMETIC, "doubled-for-squared", "power-as-product"),
    "neighbouring number": OPERANDS,
    "wrong operand": (*OPERANDS, "not-applied"),
    "another output's target": OPERANDS,
    "number of another line": (*OPERANDS, *ARITHMETIC),
    "derivative in another node": ("other-variable", *OPERANDS),
    "stale value": ("stale-value", "other-step", *OPERANDS),
    "updated weight too early": ("updated-early",),
    "path dropped": ("path-dropped", "overwritten", "product-term"),
    "overwritten": ("overwritten", "path-dropped", "shared-once", "product-term"),
    "shared weight counted once": ("shared-once", "overwritten", "product-term"),
    "incoming gradient left out": ("incoming-left-out",),
    "chain rule stopped early": (
        "chain-stopped", "factor-left-out", "slope-left-out", "number-left-out",
    ),
    "derivative left out": ("slope-left-out", "chain-stopped", "wrong-incoming"),
    "derivative counted twice": ("slope-twice", "difference-taken", "slope-included", "other-variable"),
    "at a in place of z": ("slope-at-output",),
    "other variable": ("other-variable", "own-factor", "other-operand"),
    "product rule on a sum": ("product-on-sum",),
    "sum rule on a product": ("factor-left-out",),
    "power rule": ("power-factor", "slope-misremembered", "power-exponent", "power-as-product", "quotient",
                   "exponential-as-power"),
    "factor 2 left out": ("factor-two", "power-factor", "number-left-out"),
    "half left out": ("factor-two", "number-left-out", "part-left-out"),
    "one over m left out": ("mean-as-sum", "number-left-out", "part-left-out"),
    "one over root d left out": ("number-left-out", "factor-left-out", "part-left-out"),
    "mean for sum": ("sum-as-mean",),
    "batch sum left out": ("one-sample", "sum-missing"),
    "transposed": ("transposed", "factors-swapped"),
    "factors swapped": ("factors-swapped", "transposed"),
    "Hadamard for a product of matrices": ("hadamard",),
    "softmax without off diagonal": ("off-diagonal",),
    "learning rate left out": ("rate-left-out",),
    "learning rate in the gradient": ("rate-in-gradient",),
    "gradient and update confused": ("gradient-for-step", "change-only"),
}  # fmt: skip
"""What the catalogue of the package calls each kind of mistake."""


class Tried(NamedTuple):
    """What became of a mistake.

    Attributes
    ----------
    alike
        The other kinds of mistake that give exactly the same at this place.
    outcome
        ``"hidden"`` where nothing is wrong but what rounding may do, ``"found"`` where the line
        is the first that is accused, ``"early"`` where one before it is, ``"late"`` where one
        behind it is, ``"missed"`` where none is.
    named
        The explanations, the most likely first, each as the mistakes that it says were made.
    """

    seed: int
    family: str
    kind: str
    form: str
    digits: int
    target: str
    claimed: str = ""
    alike: tuple[str, ...] = ()
    outcome: str = "hidden"
    named: tuple[tuple[str, ...], ...] = ()
    certain: bool = False
    note: str = ""

    @property
    def rank(self):
        """The place of the right name among the explanations, from 0; None where it is not there."""
        called = {key for kind in (self.kind, *self.alike) for key in CALLED.get(kind, (kind,))}
        places = [k for k, keys in enumerate(self.named) if len(keys) == 1 and keys[0] in called]
        return places[0] if places else None

    @property
    def numbers_are_short(self):
        return self.form != "formulas" and self.digits < 4


FORMS_OF_SLIPS = "steps", "page"
FORMS = "formulas", "numbers", "steps", "page"


def tried(seed, forms=None, turns=1):
    """Yield what becomes of each kind of mistake that can be made in the exercise of a seed.

    With ``turns``, one of so many kinds is tried; other seeds try others.
    """
    solved, graph, draw = drawn(seed)
    ways: dict[str, list[Mistaken]] = {}
    for mistaken in mistakes(solved, draw):
        ways.setdefault(mistaken.kind, []).append(mistaken)
    for turn, (_, several) in enumerate(sorted(ways.items())):
        if (turn + seed // 10 + 3 * seed) % turns:
            continue
        form = FORMS[(seed + turn) % 4]
        if several[0].is_slip and form not in FORMS_OF_SLIPS:
            form = FORMS_OF_SLIPS[(seed // 4 + turn) % 2]
        if forms and form not in forms:
            continue
        digits = draw.randint(2, 3) if draw.random() < 0.4 else draw.randint(4, 6)
        draw.shuffle(several)
        if form == "formulas":  # a slip is none of a formula
            several = [mistaken for mistaken in several if not mistaken.is_slip]
        found = None
        for mistaken in several[:6]:
            if form == "page" and solved.lines[mistaken.place].kind == "again":
                form = "steps"
            found = one(solved, graph, mistaken, form, digits, seed)
            if found is not None and found.outcome != "hidden":
                break
        if found is not None:
            yield found


def one(solved, graph, mistaken, form, digits, seed):
    """Return what becomes of a mistake in a form; None where nobody writes it so."""
    place = mistaken.place
    cut = replace(solved, lines=solved.lines[: place + 2])
    if form == "page":
        cut = replace(cut, lines=tuple(line for line in cut.lines if line.kind != "again"))
    said = _said(solved, place) if form == "formulas" else _printed(cut, digits, place)
    mine, right = said(mistaken), said(None)
    if mine is None:
        return None
    told = Tried(
        seed, solved.exercise.family, mistaken.kind, form, digits, solved.lines[place].target
    )
    if _same(mine, right) or (form != "formulas" and _within(mine, right)):
        return told
    others = [m for m in mistakes(cut, random.Random(1)) if m.place == place]
    if form == "formulas":
        others = [m for m in others if not m.is_slip]
    alike = {m.kind for m in others if m.kind != mistaken.kind and _same(mine, said(m))}
    told = told._replace(alike=tuple(sorted(alike)))
    try:
        return _judged(told, graph, cut, computed(cut, digits, mistaken), place)
    except UnwrittenError:
        return None


def _judged(told, graph, cut, lines, place):
    """Return what becomes of lines with a mistake at a place."""
    rate = cut.exercise.rate
    if told.form == "page":
        written, places = page(lines, cut)
        report = checked_page(graph, written, rate)
        order = [places.index(result.line) if result.line in places else -1 for result in report]
    else:
        made = claims(lines, told.form)
        written = "\n".join(map(str, made))
        report = checked(graph, made, rate)
        order = [[line.target for line in lines].index(result.target) for result in report]
    told = told._replace(claimed=written, outcome="missed")
    for at, result in zip(order, report, strict=True):
        if result.verdict in ACCEPTED:
            continue
        diagnosis = getattr(result, "diagnosis", None)
        named = tuple(one.faults for one in diagnosis.explanations) if diagnosis else ()
        is_wrong = result.verdict in ("wrong", "coincidental")
        return told._replace(
            outcome="early" if at < place else "late" if at > place
            else "found" if is_wrong else result.verdict,
            named=named,
            certain=bool(diagnosis and diagnosis.certain),
            note=str(result) + (f"\n{diagnosis.said}" if diagnosis else ""),
        )  # fmt: skip
    return told


def _said(solved, place):
    """Return what tells from a mistake, or None, the values of a line for some of the leaves."""
    elsewhere = [elsewhere_of(solved, random.Random(k)) for k in range(3)]

    def said(mistaken):
        line = solved.lines[place].formula if mistaken is None else mistaken.formula
        with np.errstate(all="ignore"):
            return [value(line, known) for known in elsewhere]

    return said


def _printed(sheet, digits, place):
    """Return what tells from a mistake, or None, the printed result; None where there is none."""

    def said(mistaken):
        lines = computed(sheet, digits, mistaken)
        return lines[place].result if len(lines) > place else None

    return said


def _same(one, other):
    """Whether two printed results, or the values of two formulas, are the same."""
    if not (isinstance(one, list) and isinstance(other, list)):
        return one == other
    if any(isinstance(part, list | str) for part in one):
        return one == other
    return all(
        np.shape(x) == np.shape(y) and np.allclose(x, y, 1e-9, 1e-12)
        for x, y in zip(one, other, strict=True)
    )


def elsewhere_of(solved, draw):
    """Return the right values of all names for other values of the leaves."""
    moved = lambda t: decimal(draw, 0.2, 1.4) if isinstance(t, str) else [moved(p) for p in t]  # noqa: E731
    other = replace(
        solved.exercise, leaves={k: moved(t) for k, t in solved.exercise.leaves.items()}
    )
    with np.errstate(all="ignore"):
        return known_at(replace(solved, exercise=other))


def _within(mine, right):
    """Whether two printed numbers or arrays differ by no more than two of their last places."""
    if isinstance(mine, str):
        places = min(len(text.partition(".")[2]) for text in (mine, right))
        return abs(read(mine) - read(right)) < 2.1 * 10.0**-places
    return all(_within(a, b) for a, b in zip(mine, right, strict=False)) and len(mine) == len(right)
