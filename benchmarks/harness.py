"""Medians of interleaved runs, as ratios to the first contestant."""

from __future__ import annotations

import functools
import gc
import importlib.util
import statistics
import sys
import timeit
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from contest import Contest, Contestant, Goal, NotMeasured

LONGEST = 2.0
"""Seconds a contestant may take altogether, but for its first run."""


class Row(NamedTuple):
    """A contestant: its median, and how many times the first one's that is.

    ``note`` says why there is no median, where there is none.
    """

    name: str
    median: float | None
    ratio: float | None
    goal: Goal | None
    met: bool | None
    note: str = ""


class Disagreement(Exception):
    """Raised when a contestant computed something else than the others."""


class _Ready(NamedTuple):
    contestant: Contestant
    measure: Callable[[int], float]
    calls: int
    rounds: int


def compare(contest: Contest, rounds: int, shortest: float = 0.02) -> list[Row]:
    """Measure contestants in turn, round by round, after comparing their results.

    Parameters
    ----------
    contest
        The contest.
    rounds
        How often each takes its turn; slow ones less often, at least once.
    shortest
        Seconds one turn lasts at least, by repeating the call.
    """
    names = [contestant.name for contestant in contest.contestants]
    if len(set(names)) < len(names):
        raise ValueError(f"{contest.work}: two contestants have one name: {names}")
    ready: list[_Ready] = []
    notes: dict[str, str] = {}
    truth: list[np.ndarray] | None = None
    for contestant in contest.contestants:
        if contestant.needs and not importlib.util.find_spec(contestant.needs):
            continue
        try:
            call = contestant.make()
            if contest.quantity == "time" and contestant.read is not None:
                found = _arrays(contestant.read(call()))
                truth = found if truth is None else truth
                _check_same(contestant.name, found, truth, contest.tolerance)
            ready.append(_prepare(contestant, call, contest, rounds, shortest))
        except Exception as error:  # it stays in the table, and the program's status says so
            notes[contestant.name] = _told(error)
    gc.collect()
    gc.freeze()  # what was built above is not searched for garbage while others are timed
    try:
        times = _interleave(ready)
    finally:
        gc.unfreeze()
    return _rows(contest, times, notes)


def failed(row: Row) -> bool:
    """Return whether a contestant took part and could not finish, or computed something else."""
    return row.note.startswith("failed")


def _told(error: Exception) -> str:
    if isinstance(error, NotMeasured):
        return f"not measured: {error}"
    lines = str(error).splitlines()
    return f"failed: {type(error).__name__}: {lines[0] if lines else ''}"[:200]


def _arrays(result: Any) -> list[np.ndarray]:
    """Copy a result, so that the next contestant's buffers cannot change it."""
    return [np.array(part, dtype=float).reshape(-1) for part in result]


def _check_same(
    name: str, found: list[np.ndarray], truth: list[np.ndarray], tolerance: float
) -> None:
    sizes = [array.size for array in found], [array.size for array in truth]
    if sizes[0] != sizes[1]:
        raise Disagreement(f"{name} returned arrays of sizes {sizes[0]}, the first {sizes[1]}")
    for place, (array, right) in enumerate(zip(found, truth, strict=True)):
        off = float(np.max(np.abs(array - right), initial=0.0))
        allowed = tolerance * float(np.max(np.abs(right), initial=0.0))
        if not off <= allowed:  # so written, it also refuses NaN
            raise Disagreement(f"{name}: array {place} is {off:.3g} off, {allowed:.3g} is allowed")


def _prepare(
    contestant: Contestant, call: Callable[[], Any], contest: Contest, rounds: int, shortest: float
) -> _Ready:
    measure = _timer(call) if contest.quantity == "time" else lambda _calls: float(call())
    once = measure(1)
    if contest.quantity != "time":
        return _Ready(contestant, measure, 1, rounds)
    calls = 1
    while once * calls < shortest:  # the first calls are slower than the rest
        calls = min(max(calls + 1, round(1.2 * shortest / max(once, 1e-9))), calls * 10)
        once = measure(calls) / calls
    return _Ready(contestant, measure, calls, max(1, min(rounds, int(LONGEST / (once * calls)))))


def _timer(call: Callable[[], Any]) -> Callable[[int], float]:
    """Return a function from a number of calls to the seconds they take."""
    names: dict[str, Any] = {"call": call}
    statement = "call()"
    if isinstance(call, functools.partial):
        positional = {f"a{k}": value for k, value in enumerate(call.args)}
        named = {f"k_{key}": value for key, value in call.keywords.items()}
        written = [*positional, *(f"{key}=k_{key}" for key in call.keywords)]
        names = {"call": call.func, **positional, **named}
        statement = f"call({', '.join(written)})"
    timer = timeit.Timer(statement, "import gc; gc.enable()", globals=names)
    return timer.timeit


def _interleave(ready: list[_Ready]) -> list[tuple[Contestant, list[float]]]:
    times: list[tuple[Contestant, list[float]]] = [(one.contestant, []) for one in ready]
    for turn in range(max((one.rounds for one in ready), default=0)):
        for one, (_, measured) in zip(ready, times, strict=True):
            if turn < one.rounds:
                measured.append(one.measure(one.calls) / one.calls)
    return times


def _rows(
    contest: Contest, times: list[tuple[Contestant, list[float]]], notes: dict[str, str]
) -> list[Row]:
    """Return the rows in the contest's order. A ratio is the median of those within a round."""
    measured = {contestant.name: found for contestant, found in times}
    first = measured.get(contest.contestants[0].name)
    rows: list[Row] = []
    for name, _, _, goal, _ in contest.contestants:
        if name in notes:
            print(f"{contest.work}: {name}: {notes[name]}", file=sys.stderr)
            rows.append(Row(name, None, None, goal, None, notes[name]))
        elif name in measured:
            median = statistics.median(measured[name])
            ratio = first and _ratio(measured[name], first)
            rows.append(Row(name, median, ratio, goal, _met(contest, goal, median, ratio)))
    return rows


def _ratio(times: list[float], first: list[float]) -> float:
    """Return the median of the ratios within rounds; of medians, where not all are there."""
    if len(times) < len(first):
        return statistics.median(times) / statistics.median(first)
    return statistics.median(b / a for a, b in zip(first, times, strict=False))


def _met(contest: Contest, goal: Goal | None, median: float, ratio: float | None) -> bool | None:
    if goal is None or (goal.unit == "×" and ratio is None):
        return None
    reached = {"×": ratio, "s": median, "ns": median * 1e9 / contest.parts[0]}[goal.unit]
    return bool(reached is not None and reached <= goal.most)
