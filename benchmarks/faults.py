"""Students who make a mistake, and students who make none: what the checker says of them.

``python benchmarks/faults.py --graphs 200`` makes up so many random exercises, lets students who
share nothing with the package (``tests/helpers/students``) make each mistake once, and prints what
was found of them; then it has right answers judged in every form. ``--docs`` puts the tables into
``docs/mistakes.md``. Last come numbers drawn by chance, with no mistake behind them: none should be
told of these.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

TOP = Path(__file__).parent.parent
sys.path.insert(0, str(TOP / "tests" / "helpers"))

import table  # noqa: E402
from students.chance import Named, by_chance  # noqa: E402
from students.trials import Outcome, right_answers  # noqa: E402
from students.wrong import Tried, tried  # noqa: E402

BEGIN = "<!-- the tables begin: written by benchmarks/faults.py --docs -->"

GROUPS: dict[str, Callable[[Tried], bool]] = {
    "formulas": lambda one: one.form == "formulas",
    "numbers of four digits and more, with their steps": lambda one: (
        one.form in ("steps", "page") and one.digits > 3
    ),
    "numbers of four digits and more, alone": lambda one: one.form == "numbers" and one.digits > 3,
    "numbers of two or three digits, with their steps": lambda one: (
        one.form in ("steps", "page") and one.digits < 4
    ),
    "numbers of two or three digits, alone": lambda one: one.form == "numbers" and one.digits < 4,
}


def wrong(seed: int, turns: int = 1) -> list[Tried]:
    return list(tried(seed, turns=turns))


def right(seed: int) -> list[Outcome]:
    return list(right_answers(seed))


def chance(seed: int) -> list[Named]:
    return list(by_chance(seed))


def row(name: str, found: Iterable[Tried]) -> list[str]:
    """Return a row of the table of mistakes."""
    found = list(found)
    shown = [one for one in found if one.outcome != "hidden"]
    detected = [one for one in shown if one.outcome == "found"]
    ranks = [one.rank for one in detected]
    sure = sum(one.certain and one.rank != 0 for one in detected)
    share = lambda many: f"{100 * many / len(shown):.1f} %" if shown else ""  # noqa: E731
    return [
        name, str(len(shown)), share(len(detected)), share(ranks.count(0)),
        share(sum(rank is not None and rank < 3 for rank in ranks)), str(sure),
        str(sum(bool(one.alike) for one in shown)), str(len(found) - len(shown)),
    ]  # fmt: skip


HEADER = ["mistake", "tried", "found where it is", "named first", "among the first three",
          "for certain, but wrongly", "same as another", "hidden by rounding"]  # fmt: skip


def table_of_mistakes(found: list[Tried]) -> str:
    kinds = sorted({one.kind for one in found})
    rows = [row(kind, (one for one in found if one.kind == kind)) for kind in kinds]
    return _markdown([HEADER, *rows, row("**all**", found)])


def table_of_forms(found: list[Tried]) -> str:
    rows = [row(name, filter(fits, found)) for name, fits in GROUPS.items()]
    return _markdown([["answers", *HEADER[1:]], *rows, row("**all**", found)])


def table_of_right(found: list[Outcome]) -> str:
    counts = Counter((one.form.partition(",")[0], one.is_fair) for one in found)
    forms = sorted({form for form, _ in counts}, key=_digits)
    rows = [
        [form, str(counts[form, True] + counts[form, False]), str(counts[form, False])]
        for form in forms
    ]
    total = ["**all**", str(len(found)), str(sum(not one.is_fair for one in found))]
    return _markdown([["right answers", "judged", "accused"], *rows, total])


def table_of_chance(found: list[Named]) -> str:
    """Return how often a number drawn by chance is called a mistake, by its digits."""
    header = ["digits of a number drawn by chance", "tried", "called a mistake", "for certain"]
    rows = [header]
    for digits in sorted({one.digits for one in found}):
        some = [one for one in found if one.digits == digits]
        share = f"{100 * sum(bool(one.named) for one in some) / len(some):.1f} %"
        rows.append([str(digits), str(len(some)), share, str(sum(one.certain for one in some))])
    return _markdown(rows)


def _digits(form: str) -> tuple[int, str]:
    return (int(form.split()[0]), "") if form[0].isdigit() else (0, form)


def _markdown(rows: list[list[str]]) -> str:
    first, *others = rows
    rule = ["---", *["---:"] * (len(first) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [first, rule, *others])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graphs", type=int, default=200, help="exercises with mistakes")
    parser.add_argument("--right", type=int, default=100, help="exercises with right answers")
    parser.add_argument("--chance", type=int, default=40, help="exercises with numbers by chance")
    parser.add_argument("--start", type=int, default=0, help="the number of the first exercise")
    parser.add_argument("--turns", type=int, default=1, help="try one of so many kinds in a graph")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--astray", action="store_true", help="print what was not named first")
    parser.add_argument("--docs", action="store_true", help="put the tables into the docs")
    options = parser.parse_args()
    told: list[Tried] = []
    judged: list[Outcome] = []
    drawn: list[Named] = []
    with multiprocessing.Pool(options.workers) as pool:
        for found in pool.imap_unordered(
            partial(wrong, turns=options.turns),
            range(options.start, options.start + options.graphs),
        ):
            told += found
            for one in found:
                if options.astray and one.outcome != "hidden" and one.rank != 0:
                    print(one.outcome, one, flush=True)
        for outcomes in pool.imap_unordered(
            right, range(options.start, options.start + options.right)
        ):
            judged += outcomes
            for outcome in outcomes:
                if not outcome.is_fair:
                    print(outcome, flush=True)
        for numbers in pool.imap_unordered(
            chance, range(options.start, options.start + options.chance)
        ):
            drawn += numbers
    made = [table_of_forms(told), table_of_mistakes(told), table_of_right(judged)]
    made.append(table_of_chance(drawn))
    shares = f", each with one of {options.turns} of its kinds of mistakes" * (options.turns > 1)
    shown = (
        f"Of {options.graphs} graphs{shares}, and of {options.right} with right answers:\n\n"
        + "\n\n".join(made)
    )
    print(shown)
    if options.docs:
        table.put_between_marks(TOP / "docs" / "mistakes.md", shown, BEGIN)


if __name__ == "__main__":
    main()
