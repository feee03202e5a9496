"""The table: rows as Markdown and as plain data, and its place in the documentation."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import tempfile
from pathlib import Path

from contest import Contest, Goal
from harness import Row

BEGIN = "<!-- the table begins: written by benchmarks/run.py --docs -->"
END = "<!-- the table ends -->"
HEADER = "| work | contestant | median | ratio | goal | |\n|---|---|---:|---:|---|---|"
COMPARED = ("numpy", "scipy", "autograd", "torch", "jax", "casadi", "micrograd", "numba")


def lines(contest: Contest, rows: list[Row]) -> list[str]:
    """Return a contest's lines of the table; only the first says the work."""
    return [
        f"| {'' if place else contest.work} | {row.name} | {_measured(contest, row.median)} "
        f"| {'—' if row.ratio is None else _plain(row.ratio)} "
        f"| {_goal(contest, row.goal)} | {_verdict(row)} |"
        for place, row in enumerate(rows)
    ]


def machine() -> str:
    """Return one line on what it was measured with."""
    found = []
    for package in COMPARED:
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return (
        f"Measured on one thread of {platform.machine()}, {platform.system()}, with Python "
        f"{platform.python_version()}, {', '.join(found)}."
    )


def plain_data(measured: list[tuple[Contest, list[Row]]]) -> str:
    """Return everything measured as JSON."""
    contests = [
        {
            "work": contest.work,
            "quantity": "bytes" if contest.quantity == "bytes" else "seconds",
            "parts": contest.parts[0],
            "rows": [
                {**row._asdict(), "goal": row.goal and [row.goal.most, row.goal.unit]}
                for row in rows
            ],
        }
        for contest, rows in measured
    ]
    return json.dumps({"machine": machine(), "contests": contests}, indent=1, ensure_ascii=False)


def put_between_marks(page: Path, text: str, begin_mark: str = BEGIN) -> None:
    """Replace what stands between the two marks of a page, all at once or not at all.

    Raises
    ------
    ValueError
        If the page has not the two marks, once each and in order.
    """
    before, begin, rest = page.read_text(encoding="utf-8").partition(begin_mark)
    _, end, after = rest.partition(END)
    if not (begin and end) or begin_mark in rest or END in after:
        raise ValueError(f"{page} must have the two lines {begin_mark!r} and {END!r}, once each")
    write(page, f"{before}{begin_mark}\n{text}\n{END}{after}")


def write(path: Path, text: str) -> None:
    """Write a file beside its place and move it there."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _measured(contest: Contest, median: float | None) -> str:
    if median is None:
        return "—"
    if contest.quantity == "bytes":
        return f"{median / 1e6:.3g} MB"
    count, part = contest.parts
    return _time(median) + (
        f", {_time(median / count)} a{'n' * (part[0] in 'aeiou')} {part}" if part else ""
    )


def _time(seconds: float) -> str:
    for unit, scale in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def _plain(number: float) -> str:
    """Write three digits, and large numbers without an exponent."""
    return f"{number:.3g}" if number < 1000 else f"{float(f'{number:.3g}'):.0f}"


def _goal(contest: Contest, goal: Goal | None) -> str:
    if goal is None:
        return ""
    unit = {
        "×": "",
        "s": " s",
        "ns": f" ns a{'n' * (contest.parts[1][:1] in 'aeiou')} {contest.parts[1]}",
    }
    return f"≤ {goal.most:g}{unit[goal.unit]}"


def _verdict(row: Row) -> str:
    if row.note:
        return row.note.replace("|", "\\|")
    return "" if row.met is None else "met" if row.met else "**missed**"
