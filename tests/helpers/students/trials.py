"""Students hand in, the package judges: what became of each answer."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

import graphdiff as gd
from graphdiff.files.parser import parse
from students.answers import Hand, claims, computed, half_put_in, page
from students.exercises import exercise
from students.mistakes import known_at
from students.rewritten import as_numbers, by_sympy, put_in, rewritten
from students.sheets import sheet
from students.writing import UnwrittenError, text

ACCEPTED = ("correct", "rounded", "convention", "given")

FEW = 20
"""Claims that are checked together, in the time that there is for one page."""


class Outcome(NamedTuple):
    """What became of a right answer."""

    seed: int
    form: str
    about: str
    claimed: str
    verdict: str
    note: str

    @property
    def is_fair(self):
        return self.verdict in ACCEPTED


def drawn(seed):
    """Return the exercise of a seed with its sheet and its graph, and a generator to go on with."""
    draw = random.Random(f"trial {seed}")
    found = exercise(seed)
    return sheet(found, draw), found.graph(gd, parse), draw


def checked(graph, claimed, rate, **options):
    """Return the report on claims."""
    if rate:
        options["learning_rate"] = float(rate)
    return graph.check(claimed, **options)


def checked_page(graph, written, rate, **options):
    """Return the report on a page."""
    if rate:
        options["learning_rate"] = float(rate)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.md"
        path.write_text(written, encoding="utf-8")
        return graph.check_file(path, **options)


def right_answers(seed):
    """Yield what becomes of right answers to the exercise of a seed, in every form."""
    solved, graph, draw = drawn(seed)
    rate = solved.exercise.rate
    known = known_at(solved)
    made = [*_formulas(solved, known, draw), *_numbers(solved, known, draw)]
    for start in range(0, len(made), FEW):
        some = made[start : start + FEW]
        claimed = [
            (target, [claim] if isinstance(claim, str) else claim) for _, target, claim in some
        ]
        for (form, target, claim), result in zip(some, checked(graph, claimed, rate), strict=True):
            yield Outcome(seed, form, target, str(claim), result.verdict, str(result))
    for digits, places, form in _roundings(draw):
        lines = computed(solved, digits, places=places)
        told = f"{form}, " + (f"{digits} digits" if places is None else f"{places} places")
        if form == "page":
            shorter = [line for line in lines if not line.target.endswith("@1")
                       or line.target[:-2] in solved.exercise.parameters]  # fmt: skip
            try:
                written, _ = page(shorter, solved, Hand.drawn(draw))
            except UnwrittenError:
                continue
            report = checked_page(graph, written, rate)
            read = {result.line for result in report}
            if len(read) < len(shorter):
                yield Outcome(
                    seed, told, "", written, "not found", f"{len(shorter)} lines, {len(read)} read"
                )
        else:
            made = list(half_put_in(lines, draw)) if form == "half put in" else claims(lines, form)
            report = checked(graph, made, rate)
        for result in report:
            yield Outcome(seed, told, result.target, result.claimed, result.verdict, str(result))


def _roundings(draw):
    yield draw.randint(2, 6), None, "numbers"
    yield draw.randint(2, 6), None, "steps"
    yield draw.randint(3, 6), None, "half put in"
    yield draw.randint(3, 6), draw.choice((None, None, draw.randint(3, 5))), "page"


def _formulas(solved, known, draw):
    defined = {line.target: line.formula for line in solved.lines}
    for line in solved.lines:
        others = {name: one for name, one in defined.items() if name != line.target}
        for _ in range(2):
            yield "rewritten", line.target, text(rewritten(line.formula, draw, others, known))
        if solved.exercise.rate and "@" in line.target:
            continue
        closed = put_in(line.formula, defined, solved.exercise.leaves)
        if len(text(closed)) < 400:
            yield "closed", line.target, text(closed)
            if shown := by_sympy(closed, draw):
                yield "by SymPy", line.target, shown


def _numbers(solved, known, draw):
    for line in solved.lines:
        for form, claim in as_numbers(np.asarray(known[line.target])[()], draw):
            yield form, line.target, claim
