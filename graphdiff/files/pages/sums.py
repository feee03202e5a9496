"""Programs as they run: sums that grow line by line put together, functions defined left out.

``dW = 0`` and ``dW += dz * x`` say one thing together, and nothing alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from graphdiff.files.pages.programs import ASSIGNMENT, Statement, formula_in
from graphdiff.files.pages.words import FUNCTIONS

DEFINED = re.compile(r"\s*(?:def|function)\s+(?P<name>\w+)\s*\(")
MATHEMATICAL = re.compile(
    r"sigm|relu|tanh|softmax|activation|prime|deriv|entropy|^mse|^f\d?$", re.IGNORECASE
)
"""Names of functions whose lines are about arguments of their own."""

ZERO = re.compile(r"0+\.?0*|(?:\w+\.)?zeros(?:_like)?\(.*\)|0\.?0* *\* *[^\W\d]\w*", re.DOTALL)
LITERAL = re.compile(r"(?:(?:np|numpy|torch|jnp)\.)?(?:array|tensor)?[\s\d.,eE+\-\[\]()]*")
TOTAL = re.compile(
    r"d[^\W\d_]\w*|\w*grad\w*|\w*delta\w*|\w*(?:loss|cost|err|total|sum)\w*|[EJLCSs]", re.IGNORECASE
)
"""What sums from 0 are called; a parameter that begins with 0 is none."""


def without_functions(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield statements but those in the definitions of functions of mathematics, as of sigmoid."""
    inside: int | None = None
    for one in statements:
        if inside is not None and one.code.strip():
            if one.indent > inside:
                continue
            inside = None
        found = DEFINED.match(one.code)
        if found and (found["name"].lower() in FUNCTIONS or MATHEMATICAL.search(found["name"])):
            inside = one.indent
        yield one


def gathered(statements: Sequence[Statement]) -> list[Statement]:
    """Return statements, those that add to a name as its whole sum where that is certain.

    It is so if both stand side by side, none of them in a loop of its own. What a sum begins
    with is left out then: alone it is only a part.
    """
    found: list[Statement | None] = list(statements)
    latest: dict[str, int] = {}
    for place, one in enumerate(statements):
        match = ASSIGNMENT.fullmatch(one.code.strip().rstrip(";"))
        if match is None:
            continue
        name = match["target"]
        before = latest.get(name.partition("[")[0])
        start = None if before is None else found[before]
        added = _added(match)
        latest[name] = place
        if before is None or start is None:
            continue
        begin = _value(start)
        is_part = bool(ZERO.fullmatch(begin) and TOTAL.fullmatch(name.partition("[")[0]))
        is_alone = "[" not in name and start.indent == one.indent
        total = _total(name, start, begin, added) if added and is_alone else ""
        if is_part or total:
            found[before] = None
        if total:
            code = f"{one.code[: one.indent]}{name} = {total}"
            found[place] = one._replace(code=code, written=one.code.strip())
    return [one for one in found if one is not None]


def _added(match: re.Match[str]) -> str:
    """Return what a statement adds to a name, with its sign; empty if it adds nothing."""
    if match["sign"] in ("+=", "-="):
        return f"{match['sign'][0]} ({match['value']})"
    again = re.match(rf"{re.escape(match['target'])}\s*(?=[-+])", match["value"])
    return match["value"][again.end() :] if again else ""


def _value(statement: Statement) -> str:
    match = ASSIGNMENT.fullmatch(statement.code.strip().rstrip(";"))
    assert match is not None  # noqa: S101 - it was one
    return match["value"].strip()


def _total(name: str, start: Statement, begin: str, added: str) -> str:
    """Return what a name is after something was added; empty if it is a step of descent."""
    if ZERO.fullmatch(begin):
        return added.removeprefix("+").strip() if TOTAL.fullmatch(name) else ""
    names_itself = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", begin)
    if LITERAL.fullmatch(begin) or names_itself:
        return ""
    if not begin.isidentifier() and formula_in(start.code) is None:
        return ""
    return f"{begin} {added}"
