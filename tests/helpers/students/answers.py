"""What a student hands in: claims or a page, each number computed from the printed ones above it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from students.mistakes import Mistaken, known_at
from students.sheets import Sheet
from students.writing import (
    formula,
    latex,
    latex_name,
    read,
    shown,
    text,
    value,
)


@dataclass(frozen=True)
class Written:
    """A line as it is handed in: what it is about, its formula, with numbers put in, the result."""

    target: str
    formula: object
    put_in: object
    result: object


def computed(
    sheet: Sheet, digits: int, mistaken: Mistaken | None = None, places: int | None = None
):
    """Return the lines as computed with rounded numbers, each from the printed ones above."""
    known = {leaf: read(printed) for leaf, printed in sheet.exercise.leaves.items()}
    printed = dict(sheet.exercise.leaves)
    if sheet.exercise.rate:
        known["eta"], printed["eta"] = read(sheet.exercise.rate), sheet.exercise.rate
    lines = []
    for place, line in enumerate(sheet.lines):
        here = mistaken if mistaken and mistaken.place == place else None
        right = here.formula if here and here.formula is not None else line.formula
        seen, values = printed, known
        if here and here.taken:
            used, other = here.taken
            seen, values = {**printed, used: printed[other]}, {**known, used: known[other]}
        if here and here.cut:
            values = {**known, here.cut: _cut(known[here.cut])}
        said = here.evaluated if here and here.evaluated is not None else right
        try:
            with np.errstate(all="ignore"):
                number = np.asarray(value(said, values))[()]
        except ValueError:  # an array has another shape since the mistake: the student stops here
            break
        if not np.all(np.isfinite(number)):
            break
        result = shown(number, digits, places)
        if here and here.slip:
            result = here.slip(result)
        printed[line.target], known[line.target] = result, read(result)
        put_in = right.mapped(
            lambda part, seen=seen: formula(seen[part.parts[0]]) if part.head == "name" else part
        ) if all(isinstance(seen[used], str) for used in right.names) else None  # fmt: skip
        lines.append(Written(line.target, right, put_in, result))
    return lines


def _cut(number):
    """Return numbers cut off behind their first digit that is not 0."""
    size = 10.0 ** np.floor(np.log10(np.maximum(np.abs(number), 1e-12)))
    return np.trunc(number / size) * size


def claims(lines, form):
    """Return the claims of a form: numbers, formulas, or chains of both."""
    made = []
    for line in lines:
        number = _number(line.result)
        if form == "numbers":
            links = [number]
        elif form == "formulas":
            links = [text(line.formula)]
        else:
            step = [text(line.put_in)] if line.put_in is not None else []
            links = [text(line.formula), *step, number]
            links = [link for k, link in enumerate(links) if k == 0 or link != links[k - 1]]
        made.append((line.target, links))
    return made


def _number(result):
    """Return a printed number as a claim has it: its text, which keeps the digits."""
    return result if isinstance(result, str) else str(result).replace("'", "")


def half_put_in(lines, draw):
    """Return chains of a formula, the same with numbers in place of some names, and the result."""
    printed = {line.target: line.result for line in lines if isinstance(line.result, str)}
    for line in lines:
        some = {used for used in line.formula.names if used in printed and draw.random() < 0.5}
        middle = line.formula.mapped(
            lambda part, some=some: (
                formula(printed[part.parts[0]]) if part.parts[0] in some else part
            )
        )
        yield line.target, [text(line.formula), text(middle), _number(line.result)]


@dataclass(frozen=True)
class Hand:
    """How a student writes pages: the layout, the sign of a product in letters and in numbers."""

    layout: str = "list"
    letters: str = r"\cdot"
    numbers: str = r"\cdot"
    result: str = "="

    @classmethod
    def drawn(cls, draw):
        """Draw one."""
        return cls(
            draw.choice(("list", "display", "align", "table", "lines")),
            draw.choice((r"\cdot", r"\,", r"\times", "*")),
            draw.choice((r"\cdot", r"\times", "*")),
            draw.choice(("=", r"\approx")),
        )


def page(lines, sheet, hand=Hand()):
    """Return the lines as a page of Markdown with LaTeX, and for each the number of its line."""
    known = known_at(sheet)
    rows, places = ["# Solution", ""], []
    if hand.layout == "table":
        rows += ["| step | computation |", "|---|---|"]
    for number, line in enumerate(lines, 1):
        sides = [latex(line.formula, known, hand.letters)]
        if line.put_in is not None and line.put_in.head != "number":
            sides.append(latex(line.put_in, known, hand.numbers))
        left, result = latex_name(line.target), _latex_number(line.result)
        joined = " = ".join([left, *sides]) + f" {hand.result} {result}"
        if hand.layout == "list":
            rows.append(f"{number}. ${joined}$")
        elif hand.layout == "lines":
            rows += [f"Step {number}: \\({joined}\\)", ""]
        elif hand.layout == "table":
            cell = joined.replace("|", r"\vert ")
            rows.append(f"| {number} | ${cell}$ |")
        elif hand.layout == "display":
            rows += ["$$", joined, "$$", ""]
        else:
            rows += [
                r"\begin{align}",
                f"{left} &= " + " \\\\ &= ".join(sides) + rf" \\ &{hand.result} {result}",
                r"\end{align}",
                "",
            ]
        places.append(max(k for k, row in enumerate(rows, 1) if left in row))
    return "\n".join(rows) + "\n", places


def _latex_number(result):
    if isinstance(result, str):
        return result
    if isinstance(result[0], str):
        return "[" + ", ".join(result) + "]"
    rows = r" \\ ".join(" & ".join(row) for row in result)
    return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"
