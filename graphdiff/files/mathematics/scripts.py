r"""What is written onto something: below it, above it and behind it."""

from __future__ import annotations

from graphdiff.files.mathematics.items import MAX_DEPTH, NotUnderstood, Reads, Row, union
from graphdiff.files.mathematics.signs import PRIMES, PRODUCTS
from graphdiff.files.mathematics.tokens import Item
from graphdiff.files.mathematics.trees import (
    At,
    Call,
    Comparison,
    Group,
    Indexed,
    Items,
    Name,
    Product,
    Script,
    Transpose,
    Tree,
)


def with_scripts(reads: Reads, body: Tree, row: Row) -> Tree:
    """Read all that is written onto a body."""
    for _ in range(MAX_DEPTH):
        body, goes_on = _wrapped(reads, _scripted_once(reads, body, row), row)
        if not goes_on:
            return body
    raise NotUnderstood(row.last, "is written onto too much")


def _scripted_once(reads: Reads, body: Tree, row: Row) -> Tree:
    """Read what stands above and below a body, and its primes."""
    below: list[Tree] = []
    above: list[Tree] = []
    primes, transposed = 0, False
    start = row.index
    while not row.is_over and len(below) + len(above) < MAX_DEPTH:
        item = row.now
        if item.kind == "script" and not item.parts[0]:
            row.take()
        elif item.kind == "script" and item.text == "_":
            below.append(script(reads, row.take()))
        elif item.kind == "script":
            inside = row.take().parts[0]
            if count := _primes(inside):
                primes += count
            elif _is_transpose(inside[-1:]):
                transposed = True
                above += [script(reads, item, inside[:-1])] if len(inside) > 1 else []
            else:
                above.append(script(reads, item))
        elif row.at(PRIMES) and (item.glued or reads.form != "code"):
            primes += PRIMES[row.take().text]
        elif row.at("**") and not row.is_last:
            row.take()
            above.append(reads.factor(row, is_signed=True))
        else:
            break
    end = row.last.span[1] if row.index > start else body.span[1]
    return _with(body, _nested(below), _raised(above), primes, end, transposed)


def _wrapped(reads: Reads, body: Tree, row: Row) -> tuple[Tree, bool]:
    """Read what is written behind a body as a whole, and whether there was something."""
    following = row.ahead(0)
    if following is None:
        return body, False
    if following.kind == "transpose":
        row.take()
        return Transpose(body, span=(body.span[0], following.span[1])), True
    if row.at("|") and row.is_kind("script", after=1):
        row.take()
        return at_place(reads, body, row), True
    if reads.form == "code" and following.glued:
        if isinstance(body, Name) and _is_called_and_more(row):
            return _called(reads, body, row), True
        if following.kind == "group" and following.text == "[":
            indices = arguments(reads, row.take())
            return Indexed(body, indices, span=(body.span[0], following.span[1])), True
        if row.at(".") and (row.is_kind("word", after=1) or row.is_kind("function", after=1)):
            return _method(reads, body, row), True
    return body, False


def _is_called_and_more(row: Row) -> bool:
    """Whether a bracket stands there, and a method or .T behind it: ``np.outer(a, b).sum()``."""
    group, after, name = (row.ahead(place) for place in range(3))
    if group is None or (group.kind, group.text) != ("group", "(") or after is None:
        return False
    is_method = after.text == "." and name is not None and name.kind in ("word", "function")
    return after.glued and (after.kind == "transpose" or is_method)


def _called(reads: Reads, body: Tree, row: Row) -> Tree:
    """Read a name with the bracket behind it, to which together something is written."""
    group = row.take()
    inside = reads.whole(group.parts[0], group) if group.parts[0] else Items((), span=group.span)
    factors = (body, Group("(", inside, span=group.span))
    return Product(factors, ("",), span=(body.span[0], group.span[1]))


def _method(reads: Reads, body: Tree, row: Row) -> Tree:
    """Read ``.sum(axis=0)`` after something."""
    row.take()
    name = row.take()
    function = Name(name.text, is_word=True, span=name.span)
    if row.is_over or row.now.kind != "group" or row.now.text != "(":
        raise NotUnderstood(name, "is no method that is called")
    group = row.take()
    given = arguments(reads, group) if group.parts[0] else ()
    return Call(function, (body, *given), span=(body.span[0], group.span[1]))


def at_place(reads: Reads, body: Tree, row: Row) -> Tree:
    """Read the scripts of a bar behind a body: the place it is taken at."""
    scripts = {}
    while not row.is_over and row.now.kind == "script":
        item = row.take()
        scripts[item.text] = script(reads, item)
    end = row.last.span[1]
    place = scripts.pop("_", None) or scripts.pop("^")
    at = At(body, place, span=(body.span[0], end))
    return Script(at, above=scripts["^"], span=at.span) if scripts else at


def script(reads: Reads, item: Item, parts: list[Item] | None = None) -> Tree:
    """Read what stands above or below; a lone sign there is a name, as in ``w^+``."""
    parts = item.parts[0] if parts is None else parts
    if len(parts) == 1 and parts[0].kind == "sign" and parts[0].text not in ("∂", "∇", "…"):
        return Name(parts[0].text, span=parts[0].span)
    if len(parts) > 1 and parts[0].kind == "sign" and parts[0].text in PRODUCTS:
        each = Name(parts[0].text, span=parts[0].span)  # as in x^{⊙2}
        power = reads.whole(parts[1:], item)
        return Product((each, power), ("",), span=union(each, power))
    return reads.whole(parts, item)


def arguments(reads: Reads, group: Item) -> tuple[Tree, ...]:
    """Read what stands between the commas in a bracket."""
    inner = reads.whole(group.parts[0], group)
    return inner.items if isinstance(inner, Items) else (inner,)


def _with(
    body: Tree, below: Tree | None, above: Tree | None, primes: int, end: int, transposed: bool
) -> Tree:
    """Return a body with its scripts, if it has any."""
    span = (body.span[0], max(end, body.span[1]))
    if (
        below is not None
        and isinstance(body, Group)
        and isinstance(below, Comparison)
        and not primes
    ):
        body = At(body, below, span=span)
        below = None
    if below is not None or above is not None or primes:
        body = Script(body, below, above, primes, span=span)
    return Transpose(body, span=span) if transposed else body


def _nested(below: list[Tree]) -> Tree | None:
    """Return what stands below, also after a second _: ``δ_Z_1`` is δ with Z_1 below."""
    if not below:
        return None
    found = below[-1]
    for tree in below[-2::-1]:
        found = Script(tree, below=found, span=(tree.span[0], found.span[1]))
    return found


def _raised(above: list[Tree]) -> Tree | None:
    """Return what stands above, also after a second ^: ``2^3^4`` is 2 to the power of 3^4."""
    if not above:
        return None
    found = above[-1]
    for tree in above[-2::-1]:
        found = Script(tree, above=found, span=(tree.span[0], found.span[1]))
    return found


def _is_transpose(items: list[Item]) -> bool:
    """Whether a sign is ⊤ or an upright T."""
    if len(items) != 1:
        return False
    return items[0].text == "⊤" or (items[0].kind == "text" and items[0].text.strip() == "T")


def _primes(items: list[Item]) -> int:
    """Return how many primes a script consists of; 0 if of something else."""
    if not all(item.kind == "sign" and item.text in PRIMES for item in items):
        return 0
    return sum(PRIMES[item.text] for item in items)
