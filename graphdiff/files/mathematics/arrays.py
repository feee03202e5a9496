r"""What stands in brackets: groups, lists, matrices, cases."""

from __future__ import annotations

from collections.abc import Sequence

from graphdiff.files.mathematics.items import LAYOUT, NotUnderstood, Reads, split
from graphdiff.files.mathematics.tokens import Item
from graphdiff.files.mathematics.trees import Cases, Dots, Group, Items, Matrix, Tree
from graphdiff.files.mathematics.words import CONDITIONS, first_word


def bracketed(reads: Reads, item: Item) -> Tree:
    """Read a bracket: a matrix if it is one, else a group."""
    inside = item.parts[0]
    if item.text == "{" and not item.style:
        if len(inside) == 1 and inside[0].kind in ("matrix", "cases"):
            return cases(reads, inside[0].parts[0], item)
        return cases(reads, inside, item)
    if len(inside) == 1 and inside[0].kind == "matrix" and item.text in "([":
        return matrix(reads, inside[0])
    if not item.text and item.style in ("", "|"):
        return reads.whole(inside, item)
    if item.text == "[":
        if rows := _rows_in_list(reads, inside):
            return Matrix(_rectangular(rows, item), span=item.span)
        if numbers := _numbers_side_by_side(inside):
            trees = tuple(reads.comparison(number) for number in numbers)
            return Group("[", Items(trees, span=item.span), span=item.span)
    if not inside:
        return Group(item.text, Items((), span=item.span), span=item.span)
    return Group(item.text, reads.whole(inside, item), span=item.span)


def _rows_in_list(reads: Reads, inside: list[Item]) -> list[list[Tree]]:
    """Return the rows of ``[a, b; c, d]``, of ``[[a, b], [c, d]]`` and of ``[[1 2] [3 4]]``."""
    if any(part.kind == "sign" and part.text == ";" for part in inside):
        lines = [line for line in split(inside, ";") if line]
        return [_entries(reads, line) for line in lines]
    lists = [part for part in inside if part.kind == "group" and part.text == "["]
    commas = sum(part.kind == "sign" and part.text in ",…" for part in inside)
    others = len(inside) - len(lists) - sum(part.kind in LAYOUT for part in inside)
    if lists and others == commas:
        return [_entries(reads, line.parts[0]) for line in lists]
    return []


def _entries(reads: Reads, items: list[Item]) -> list[Tree]:
    parts = _numbers_side_by_side(items) or _rows_side_by_side(items) or split(items, ",")
    while parts and not parts[-1]:
        parts.pop()
    return [_cell(reads, part) for part in parts]


def _numbers_side_by_side(items: Sequence[Item]) -> list[list[Item]]:
    """Return the numbers of ``1 2 -3``, each with its sign; nothing if it is not such a row."""
    numbers: list[list[Item]] = []
    for place, item in enumerate(items):
        is_sign = item.kind == "sign" and item.text in "+-"
        if item.kind == "number" and numbers and numbers[-1][-1].kind == "sign" and item.glued:
            numbers[-1].append(item)
        elif item.kind == "number" or (is_sign and not (place and item.glued)):
            numbers.append([item])
        elif item.kind not in LAYOUT:
            return []
    if len(numbers) < 2 or any(number[-1].kind != "number" for number in numbers):
        return []
    return numbers


def _rows_side_by_side(items: Sequence[Item]) -> list[list[Item]]:
    """Return the rows of ``[1 2] [3 4]``, which NumPy prints in three brackets; else nothing."""
    rows = [[item] for item in items if item.kind not in LAYOUT]
    are_rows = all(row[0].kind == "group" and row[0].text == "[" for row in rows)
    return rows if len(rows) > 1 and are_rows else []


def matrix(reads: Reads, item: Item) -> Tree:
    """Read a matrix environment."""
    lines = [split(line, "", ("cell",)) for line in split(item.parts[0], "", ("row",)) if line]
    if all(len(line) == 1 for line in lines):
        lines = [
            _numbers_side_by_side(line[0]) or [part for part in split(line[0], ",") if part]
            for line in lines
        ]
    rows = [[_cell(reads, cell) for cell in line] for line in lines]
    if not item.text and len(rows) == 1 and len(rows[0]) == 1:
        return rows[0][0]
    found = Matrix(_rectangular(rows, item), span=item.span)
    return Group(item.text, found, span=item.span) if item.text in ("|", "‖") else found


def _cell(reads: Reads, items: list[Item]) -> Tree:
    """Read an entry; one that is left out, or a lone point, is not given."""
    items = [item for item in items if item.kind not in LAYOUT]
    if not items:
        return Dots(span=(0, 0))
    return reads.whole(items, items[0])


def _rectangular(rows: list[list[Tree]], item: Item) -> tuple[tuple[Tree, ...], ...]:
    if not rows or not rows[0]:
        raise NotUnderstood(item, "has nothing in it")
    if len({len(row) for row in rows}) > 1:
        raise NotUnderstood(item, "has rows of different lengths")
    return tuple(tuple(row) for row in rows)


def cases(reads: Reads, items: list[Item], place: Item) -> Tree:
    """Read values with their conditions, each in a row."""
    lines = [line for line in split(items, "", ("row",)) if line]
    rows: list[tuple[Tree, Tree | None]] = []
    for number, line in enumerate(lines):
        value, condition = _value_and_condition(line)
        if not value:
            raise NotUnderstood(place, "has a case without a value")
        words = [item for item in condition if item.kind == "text"]
        condition = [item for item in condition if not _is_word_before(item, condition)]
        if not condition:
            if number < len(lines) - 1 and len(words) < 1:
                raise NotUnderstood(place, "has a case without a condition")
            rows.append((reads.whole(value, place), None))
        else:
            rows.append((reads.whole(value, place), reads.whole(condition, place)))
    if not rows:
        raise NotUnderstood(place, "has no cases")
    return Cases(tuple(rows), span=place.span)


def _value_and_condition(line: list[Item]) -> tuple[list[Item], list[Item]]:
    cells = split(line, "", ("cell", "gap"))
    if len(cells) == 1:
        for index, item in enumerate(line):
            if index and (item.kind == "text" and (" " in item.text or _is_condition(item))):
                return line[:index], line[index:]
            if item.kind == "sign" and item.text in ",;":
                return line[:index], line[index + 1 :]
    while cells and not cells[0]:
        del cells[0]
    value, *others = cells or [[]]
    return value, [item for other in others for item in other]


def _is_condition(item: Item) -> bool:
    return first_word(item.text) in CONDITIONS


def _is_word_before(item: Item, condition: list[Item]) -> bool:
    r"""Whether an item is no mathematics: the *if* of a condition, or a whole *otherwise*."""
    if item.kind == "text":
        return _is_condition(item) or all(other.kind in ("text", "sign") for other in condition)
    return item.kind == "sign" and item.text in ",;." and all(
        other.kind in ("text", "sign") for other in condition
    )  # fmt: skip
