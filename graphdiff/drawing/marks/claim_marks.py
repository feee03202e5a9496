"""Marks for a report: where a claim is wrong, what was claimed there, and what is right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from graphdiff.checking.claim_records import Cell, Claim, ClaimedSide, Numbers
from graphdiff.checking.claims import claims
from graphdiff.checking.report import Report, Result
from graphdiff.checking.targets import NoTargetError, Reference, Target, is_only_path, target
from graphdiff.derivations import symbols
from graphdiff.drawing.labels.nodes import of_P
from graphdiff.drawing.marks.record import EdgeKey, Mark, MarkKind, Marks, Remark, words
from graphdiff.errors import DrawingError, GraphdiffError
from graphdiff.errors.plain_text import brief, one_line
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import Expression
from graphdiff.notation import latex
from graphdiff.notation.arrays import is_small
from graphdiff.notation.equations import Link, equal, unary
from graphdiff.notation.notation import current

MAX_ON_ONE = 3
"""Claims that are written on one edge or node; the remarks have all."""

MAX_REMARKS = 40
MAX_SAID = 600
"""Characters of a claim in its remark."""
LEGEND: dict[MarkKind, str] = {
    "wrong": "claimed wrongly",
    "doubtful": "claimed, right here by coincidence",
}
KINDS: dict[str, MarkKind] = {"wrong": "wrong", "follows": "wrong", "coincidental": "doubtful"}
"""The verdicts that are told; what follows from a mistake is wrong itself."""


def marks_of_report(
    graph: ComputationalGraph,
    report: Report,
    output: Node | None = None,
    *,
    indexed: bool = True,
) -> Marks:
    """Return the marks of the claims that are wrong, or right by coincidence only.

    What follows from these is told below, and marked only where they are not there themselves:
    the picture shows where a mistake was made, not all that it touched.

    A claim about J^{j→i}, or a derivative that is one, marks that edge, with each of its slots;
    any other marks its node.

    Parameters
    ----------
    output
        The output that P belongs to, where the graph has several.
    indexed
        Whether J^{j→i} is written with the numbers of the nodes.

    Raises
    ------
    DrawingError
        If the report is of another graph.
    """
    if output is None and graph.declared_output is None and len(graph.outputs) != 1:
        output = graph.nodes[-1]  # P is marked where it stands, whatever it belongs to
    edges: defaultdict[EdgeKey, list[Mark]] = defaultdict(list)
    nodes: defaultdict[int, list[Mark]] = defaultdict(list)
    remarks = [Remark((words(f"Claims: {report.summary()}"),))]
    marked = report.with_verdict("wrong", "follows", "coincidental")
    found = [_on_one_line(result) for result in marked]
    has_cause = any(result.verdict != "follows" for result in found)
    for result in found:
        about = _target(graph, result, output)
        kind = KINDS[result.verdict]
        mark = Mark(kind, 0, _said(graph, about, result, output, indexed=indexed))
        if has_cause and result.verdict == "follows":
            pass
        elif about.wrt is not None and _is_on_edge(about):
            for slot, parent in enumerate(about.of.parents):
                if parent is about.wrt:
                    edges[parent.index, about.of.index, slot].append(mark)
        elif about.kind != "expression" and not about.step:
            nodes[(about.of if about.wrt is None else about.wrt).index].append(mark)
        if len(remarks) <= MAX_REMARKS:
            remark = _remark(graph, about, result, output, Mark(kind), indexed=indexed)
            remarks += [] if remark in remarks else [remark]
    if len(found) > MAX_REMARKS:
        remarks.append(Remark((words(f"…, {len(found) - MAX_REMARKS} more"),)))
    present = {KINDS[result.verdict] for result in found}
    return Marks(
        {key: _brief(marks) for key, marks in edges.items()},
        {key: _brief(marks) for key, marks in nodes.items()},
        tuple(remarks),
        tuple((kind, meaning) for kind, meaning in LEGEND.items() if kind in present),
    )


def _is_on_edge(about: Target) -> bool:
    """Whether a claim is about an edge: its local Jacobian, or a derivative equal to it."""
    if about.kind == "J":
        return True
    wrt = about.wrt
    if about.kind != "derivative" or wrt is None:
        return False
    return wrt in about.of.parents and is_only_path(wrt, about.of)


def _on_one_line(result: Result) -> Result:
    """Return a result with what others wrote fit to be shown, and still to be read as a formula."""
    return replace(
        result,
        target=one_line(result.target),
        claimed=brief(one_line(result.claimed), MAX_SAID),
        expected=brief(one_line(result.expected), MAX_SAID),
        note=brief(one_line(result.note), MAX_SAID),
    )


def _brief(marks: list[Mark]) -> tuple[Mark, ...]:
    return tuple(dict.fromkeys(marks))[:MAX_ON_ONE]


def _target(graph: ComputationalGraph, result: Result, output: Node | None) -> Target:
    try:
        return target(graph, result.target, output)
    except NoTargetError:  # an expression of targets, such as J·v
        return Target("expression", graph.nodes[-1])
    except GraphdiffError as error:
        raise DrawingError(
            f"the report has a claim about {result.target[:60]!r}, which this graph has not "
            f"({error}); draw the graph that was checked"
        ) from None


def _said(
    graph: ComputationalGraph, about: Target, result: Result, output: Node | None, *, indexed: bool
) -> Link:
    """Return ≠ 2, or = b only here; before it what is meant, where that is not an edge."""
    claimed = formula(graph, result, result.claimed, output)
    if not claimed.latex:
        claimed = Link(claimed.text, r"\ldots")  # what was written has no room in a label
    what = symbol(about, result, indexed=indexed)
    left = what if what.latex else Link(f"{what.text}:", r"[\ldots]")
    if about.kind == "J" and about.key is None:
        left = Link("", "")
    wrong = KINDS[result.verdict] == "wrong"
    if wrong:
        said = Link(f"≠ {claimed.text}", rf"\neq {unary(claimed).latex}")
    else:
        is_equal = equal(unary(claimed))
        said = Link(f"{is_equal.text} only here", rf"{is_equal.latex} \text{{ only here}}")
    return Link(f"{left.text} {said.text}".strip(), f"{left.latex} {said.latex}".strip())


def _remark(
    graph: ComputationalGraph,
    about: Target,
    result: Result,
    output: Node | None,
    mark: Mark,
    *,
    indexed: bool,
) -> Remark:
    claimed = formula(graph, result, result.claimed, output)
    parts = [symbol(about, result, indexed=indexed)]
    parts += [equal(unary(claimed))] if claimed.latex else [Link("=", "="), claimed]
    wrong = "follows from a mistake" if result.verdict == "follows" else "is wrong"
    parts.append(words(wrong if mark.kind == "wrong" else "is right by coincidence only"))
    if result.expected:
        expected = formula(graph, result, result.expected, output)
        parts += [words("— expected"), expected]
    is_said = result.note == f"it is {result.expected}"
    return Remark(tuple(parts), mark, "" if is_said else result.note)


def symbol(about: Target, result: Result, *, indexed: bool = True) -> Link:
    """Return what a claim is about: J^{3→5}, P^5, ∂L/∂w, u, or entries of one as written."""
    if about.kind == "expression" or about.step:
        return words(result.target)
    if about.key is not None:
        return _entry(about, result, indexed=indexed)
    of, wrt = about.of, about.wrt
    if about.by is not None and wrt is not None:
        first, second = latex.name(wrt.name), latex.name(about.by.name)
        same = wrt is about.by
        below = f"∂{wrt.name}²" if same else f"∂{wrt.name}∂{about.by.name}"
        typeset = rf"\partial {{{first}}}^2" if same else rf"\partial {first} \partial {second}"
        return Link(f"∂²{of.name}/{below}", rf"\partial^2 {latex.name(of.name)} / {typeset}")
    if wrt is None:
        return symbols.name(of)
    if indexed and about.kind == "J" and current().is_usual:
        first, second = current().numbered(wrt.index), current().numbered(of.index)
        return Link(f"J^({first}→{second})", symbols.J(wrt, of).latex)
    if indexed and about.kind == "P":
        return of_P(wrt, of.name)
    return symbols.on_one_line(of, wrt)


def _entry(about: Target, result: Result, *, indexed: bool) -> Link:
    """Return entries as they were written, after what they are of: ∂L/∂W[0, 1]."""
    inside = result.target[result.target.rfind("[") + 1 :].rstrip().removesuffix("]")
    if set(inside) - set("0123456789:,- "):
        return words(result.target)
    of = symbol(replace(about, key=None), result, indexed=indexed)
    return Link(f"{of.text}[{inside}]", f"{of.latex}[{inside}]")


def formula(graph: ComputationalGraph, result: Result, written: str, output: Node | None) -> Link:
    """Return a side of a claim as a formula; as words where it cannot be read again."""
    try:
        (claim,) = claims(graph, [(result.target, written)], output)
    except GraphdiffError:
        return words(written)
    if not isinstance(claim, Claim) or len(claim.links) != 1:
        return words(written)
    (side,) = claim.links
    if isinstance(side, ClaimedSide) and side.written == written:
        names = [_name(name) for name in side.names]
        return Link(written, latex.authored(side.function, names))
    if isinstance(side, Numbers) and len(side.shape) in (1, 2) and is_small(side.shape):
        rows = [list(row) for row in _rows(side)]
        if all(None not in row for row in rows):
            return Link(written, latex.matrix([[str(cell) for cell in row] for row in rows]))
    return words(written)


def _rows(numbers: Numbers) -> Iterator[list[str | None]]:
    """Yield the rows of a claimed array as LaTeX; a vector's entries one below the other."""
    width = numbers.shape[1] if len(numbers.shape) == 2 else 1
    cells = [_cell(cell) for cell in numbers.cells]
    for k in range(0, len(cells), width):
        yield cells[k : k + width]


def _cell(cell: Cell) -> str | None:
    if cell.link is not None:
        return latex.authored(cell.link.function, [])
    if cell.value is None:
        return None
    return cell.text if cell.known.unit is None else latex.decimal(cell.text)


def _name(name: Expression) -> str:
    if isinstance(name, Node):
        return latex.name(name.name)
    if isinstance(name, Reference):
        of, wrt = name.target.of, name.target.wrt
        match name.target.kind, wrt:
            case "J", Node():
                return symbols.J(wrt, of).latex
            case "P", Node():
                return symbols.P(wrt, of).latex
            case _, Node():
                return symbols.derivative(of, wrt).latex
            case _:
                return latex.name(of.name)
    return r"\cdot"
