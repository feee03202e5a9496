"""Check a page: read its claims, judge them in their order, case by case."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from graphdiff.checking import sizes
from graphdiff.checking.causes import traced
from graphdiff.checking.claim_records import Claim, Unread
from graphdiff.checking.claims import claims
from graphdiff.checking.descents import Descent
from graphdiff.checking.faults.effort import Effort
from graphdiff.checking.faults.ranking import recurring
from graphdiff.checking.ground import Ground
from graphdiff.checking.judge import Judge, Options
from graphdiff.checking.report import Report, Result
from graphdiff.checking.targets import Target
from graphdiff.errors import GraphdiffError, GraphError
from graphdiff.errors.lookalikes import lookalikes
from graphdiff.evaluation.leaf_values import given_values
from graphdiff.files import budget, worksheet
from graphdiff.files.direction import direction
from graphdiff.files.tolerance import tolerance as read_tolerance
from graphdiff.files.worksheet import Case
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.checked_values import checked_value
from graphdiff.optimisers.changing import changing
from graphdiff.optimisers.local_objective import NO_RESIDUALS
from graphdiff.optimisers.method import Method
from graphdiff.optimisers.named import claimed as claimed_method

SECONDS = budget.FILE
"""Time for one report; formulas not judged by then are undecided."""


def check(
    graph: ComputationalGraph,
    written: worksheet.Given,
    values: Mapping[str, Any],
    output: Node | None = None,
    *,
    tolerance: Any = None,
    learning_rate: Any = None,
    method: str | Method | None = None,
    residuals: Any = None,
    wrt: Any = None,
    tangent: Any = None,
    strict: bool = False,
    diagnose: bool = True,
) -> Report:
    """Verify claims; see :meth:`graphdiff.Graph.check`."""
    sheet = worksheet.of(written).ruled(tolerance, learning_rate)
    if tangent is not None:
        sheet = replace(sheet, tangent=tangent)
    if sheet.tangent is not None:
        direction(graph, sheet.tangent)  # raises if it is none
    if residuals is not None or wrt is not None:
        said = {"residuals": residuals, "wrt": wrt}
        sheet = replace(sheet, descent={**sheet.descent, **said})
    options = Options(
        None if sheet.tolerance is None else read_tolerance(sheet.tolerance),
        strict,
        descent_of(graph, sheet, output, method),
        diagnose,
        Effort(sum(len(case.claims) for case in (sheet, *sheet.cases))),
    )
    whole = Case("", {}, sheet.claims)
    deadline = time.monotonic() + min(SECONDS, budget.left())
    found: list[Result] = []
    for case in (whole, *sheet.cases) if sheet.claims or not sheet.cases else sheet.cases:
        supposed = sheet.suppose if case is whole else {}
        at = {**supposed, **case.values, **values}
        results = _case(graph, case, at, output, options, sheet.tangent, deadline, len(found))
        shown = {name: at[name] for name in case.values}
        title = case.title or ", ".join(f"{k} = {_brief(v)}" for k, v in shown.items())
        found += [replace(result, case=title) for result in results]
    judged = recurring(traced(found))
    return Report(graph.title, judged, lookalikes(node.name for node in graph.nodes))


def _brief(value: Any) -> str:
    text = str(value.tolist() if isinstance(value, np.ndarray) else value)
    return text if len(text) <= 40 else text[:39] + "…"


def _case(
    graph: ComputationalGraph,
    case: Case,
    values: Mapping[str, Any],
    output: Node | None,
    options: Options,
    tangent: Any,
    deadline: float,
    lines: int,
) -> tuple[Result, ...]:
    """Judge the claims at one point; ``lines`` is how many lines of the page stand above."""
    given, supposed = _given(graph, values)
    read = claims(graph, case.claims, output, None, options.descent, tangent)
    if not sizes.letters(graph):
        return _results(graph, read, read, given, supposed, options, graph, deadline, lines)
    found: list[tuple[Result, ...]] = []
    for chosen in sizes.assignments(graph):
        sized = sizes.sized(graph, chosen)
        at = None if output is None else sized[output.name]
        descent = options.descent and options.descent.within(sized)
        again = claims(sized, case.claims, at, chosen, descent, tangent)
        results = _results(
            sized, again, read, given, supposed, options._replace(descent=descent), graph, deadline,
            lines,
        )  # fmt: skip
        found.append(tuple(sizes.named(result, chosen) for result in results))
    return tuple(itertools.starmap(sizes.worse, zip(*found, strict=True)))


def _results(
    graph: ComputationalGraph,
    read: tuple[Claim | Unread, ...],
    lettered: tuple[Claim | Unread, ...],
    given: Mapping[str, Any],
    supposed: Mapping[str, Any],
    options: Options,
    shown: ComputationalGraph,
    deadline: float,
    lines: int,
) -> tuple[Result, ...]:
    """Judge claims; where sizes are letters, ``shown`` and ``lettered`` still have them."""
    judge = Judge(graph, given, supposed, read, options, shown, deadline)
    found: list[Result] = []
    for claim, with_letters in zip(read, lettered, strict=True):
        unread = claim if isinstance(claim, Unread) else with_letters
        if isinstance(unread, Unread):
            found.append(
                Result(unread.written, 1, unread.claimed, "", "unread", str(unread.problem))
            )
            continue
        assert isinstance(claim, Claim)  # noqa: S101 - the other kind is done with
        assert isinstance(with_letters, Claim)  # noqa: S101
        for place in range(1, len(claim.links) + 1):
            result = judge.result(claim, place, with_letters, lines + len(found) + 1)
            before, link = claim.links[: place - 1], claim.links[place - 1]
            found.append(judge.diagnosed(result, claim.target, link, before))
    return tuple(found)


def descent_of(
    graph: ComputationalGraph,
    sheet: worksheet.Worksheet,
    output: Node | None = None,
    method: str | Method | None = None,
) -> Descent | None:
    """Return the descent that a worksheet is about, or one by another method.

    It is None if the worksheet is about none.

    Raises
    ------
    GraphError
        For an unknown method, setting, parameter or residual, and no learning rate where one is
        needed.
    """
    entries = dict(sheet.descent)
    residuals, wrt = entries.pop("residuals", None), entries.pop("wrt", None)
    if isinstance(method, str):
        entries = {"method": method}
    if sheet.learning_rate is not None:
        entries["learning_rate"] = sheet.learning_rate
    if not entries and not isinstance(method, Method):
        return None
    try:
        chosen = method if isinstance(method, Method) else claimed_method(entries)
        if chosen.rule.is_of_residuals and residuals is None:
            raise GraphError(NO_RESIDUALS)
        return Descent(
            graph.output if output is None else output, chosen,
            None if wrt is None else tuple(node.name for node in changing(graph, wrt)),
            None if residuals is None else graph[residuals].name,
        )  # fmt: skip
    except GraphdiffError as error:
        raise type(error)(f"[descent]: {error}") from None


def truths(
    graph: ComputationalGraph, sheet: worksheet.Worksheet, targets: Sequence[Target]
) -> list[Any | None]:
    """Return what is right of each target, as claims of a worksheet are judged; None if not known.

    Nothing is known where sizes are letters, or where there was no time. What is right at the
    points where formulas are compared is computed too, and kept with the graph.
    """
    if sizes.letters(graph):
        return [None] * len(targets)
    given, supposed = _given(graph, sheet.suppose)
    descent = descent_of(graph, sheet)
    claimed = [Claim("", target, ()) for target in targets]
    deadline = time.monotonic() + min(SECONDS, budget.left())
    ground = Ground(graph, given, supposed, claimed, descent, deadline)
    found: list[Any | None] = []
    for target in targets:
        try:
            with budget.cpu(budget.EVALUATION):
                found.append(ground.known(target))
        except GraphdiffError:
            found.append(None)
        with contextlib.suppress(GraphdiffError), budget.cpu(budget.EVALUATION):
            ground.samples.compute(target, ground.enough)
    return found


def _given(
    graph: ComputationalGraph, values: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values of leaves, and those that computed nodes are supposed to have."""
    computed = {graph[key]: value for key, value in values.items() if not graph[key].is_leaf}
    supposed = {
        node.name: _as_one(node, checked_value(value, node.shape, f"the value of {node.name!r}"))
        for node, value in computed.items()
    }
    return _one_point(graph, {k: v for k, v in values.items() if graph[k].is_leaf}), supposed


def _one_point(graph: ComputationalGraph, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of every leaf that has one."""
    given = given_values(graph, values)
    return {name: _as_one(graph[name], v) for name, v in given.items() if v is not None}


def _as_one(node: Node, value: Any) -> Any:
    if np.ndim(value) > len(node.shape):
        raise GraphError(
            f"{node.name!r} has {len(value)} samples, but claims are checked at one point; "
            f"give one value, {node.name}=…"
        )
    return value
