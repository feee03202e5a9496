"""How the shape of a claim may be read: as its target's, or in the other layout, transposed.

A vector is the same vector as a row or as a column, so that is accepted and said; a
matrix and its transpose are different matrices.
"""

from __future__ import annotations

from typing import NamedTuple

from graphdiff.checking.claim_records import Side, Turn
from graphdiff.checking.targets import Target, dimensions
from graphdiff.language.shapes import SCALAR, Shape, entries, shown


class Reading(NamedTuple):
    """A way to read a claim.

    Attributes
    ----------
    turn
        What makes its shape the target's; None if it is.
    accepted
        Whether it is right if its entries are.
    note
        What to say then.
    """

    turn: Turn | None
    accepted: bool
    note: str = ""


def readings(link: Side, target: Target, written: str) -> list[Reading]:
    """Return the ways to read a claim, the plainest first; none if its shape fits in no way.

    Parameters
    ----------
    link
        The claim.
    target
        What it is about.
    written
        The target as it was written.
    """
    has, wanted = link.shape, target.shape
    if has == wanted:
        found = [Reading(None, accepted=True)]
        if len(wanted) == 2 and wanted[0] == wanted[1] > 1:
            found.append(_transposed(target, written))
        return found
    if link.is_zero:
        return [Reading(Turn(wanted), accepted=True, note=f"0 stands for zeros of {shown(wanted)}")]
    if entries(has) != entries(wanted):
        return []
    as_it_is = Turn(wanted)
    if entries(wanted) == 1:
        note = f"written with shape {shown(has)}; {written} is {target.described}"
        return [Reading(as_it_is, accepted=True, note=note)]
    other = _other_form(has, target, written)
    found = [Reading(as_it_is, accepted=True, note=other)] if other else []
    if len(wanted) == 2 and has == wanted[::-1] and not other:
        found.append(_transposed(target, written))
    own = target.own if target.kind == "P" and target.key is None else ()
    if len(own) == 2 and has == own[::-1] and not other:
        note = f"this is the transpose of {written} in the shape of {_wrt(target)}"
        found.append(Reading(Turn(wanted, transposed=True), accepted=False, note=note))
    if not other:
        note = f"the entries are right, the shape is not: {mismatch(link, target, written)}"
        found.append(Reading(as_it_is, accepted=False, note=note))
    return found


def _other_form(has: Shape, target: Target, written: str) -> str:
    """Say in which other form a derivative is given, if it is one that is accepted."""
    if target.kind == "expression" and _is_line(has) and _is_line(target.shape):
        return f"given with shape {shown(has)}; {written} has {_shape(target)}"
    if not target.is_derivative or target.key is not None:
        return ""
    wrt = _wrt(target)
    if target.kind == "P" and has == target.own:
        return f"given in the shape of {wrt}; {written} is {target.described}"
    if _is_line(has) and _is_line(target.shape):
        form = {1: "a vector", 2: "a row" if has[0] == 1 else "a column"}.get(len(has), "an array")
        return (
            f"right in the other layout: given as {form}, {shown(has)}; "
            f"{written} has {_shape(target)}"
        )
    if target.kind == "derivative" and has == target.matrix:
        return (
            f"given as the {dimensions(target.matrix)} matrix P; "
            f"{written} has the shape of {wrt}, {shown(target.shape)}"
        )
    if target.kind == "derivative" and target.of.size == 1 and has == target.matrix[::-1]:
        return (
            f"right in the other layout: given as a column, {shown(has)}; "
            f"{written} has the shape of {wrt}, {shown(target.shape)}"
        )
    return ""


def _transposed(target: Target, written: str) -> Reading:
    note = f"this is the transpose of {written}"
    is_matrix = target.kind in ("J", "P") or len(target.of.shape) == 1
    if target.is_derivative and target.key is None and is_matrix and target.of.size > 1:
        note = f"right in the other layout: {note}, which is {dimensions(target.shape)}"
    return Reading(Turn(target.shape, transposed=True), accepted=False, note=note)


def mismatch(link: Side, target: Target, written: str) -> str:
    """Say that a claim has another shape than its target, and what would fit."""
    has = f"it has shape {shown(link.shape)}" if link.shape else "it is one number"
    sentence = f"{has}, but {written} has {_shape(target)}"
    if target.key is None and target.kind == "derivative" and target.of.size == 1:
        sentence += f", that of {_wrt(target)}"
    if target.key is None and target.kind == "P" and target.own != target.shape:
        sentence += f", or {shown(target.own)} in the shape of {_wrt(target)}"
    return sentence


def _shape(target: Target) -> str:
    if target.shape == SCALAR:
        return "one entry"
    matrix = target.kind in ("J", "P", "H") and target.key is None
    return (
        f"the dimensions {dimensions(target.shape)}" if matrix else f"shape {shown(target.shape)}"
    )


def _wrt(target: Target) -> str:
    assert target.wrt is not None  # noqa: S101 - of derivatives
    return target.wrt.name


def _is_line(shape: Shape) -> bool:
    """Whether it is a vector, a row or a column."""
    return sum(size != 1 for size in shape) <= 1
