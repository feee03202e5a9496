r"""The statements of a formula: its rows, what stands beside each other in a row, and the words.

What is here separates; it is the grammar that reads a side.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from dataclasses import replace

from graphdiff.files.mathematics.grammar import Grammar
from graphdiff.files.mathematics.items import NotUnderstood, is_relation, split, ternary
from graphdiff.files.mathematics.signs import CONSEQUENCES, LETTERS, OPERATORS
from graphdiff.files.mathematics.tokens import Item
from graphdiff.files.mathematics.trees import Side, Span, Statement, Unread
from graphdiff.files.mathematics.words import CONDITIONS, first_word, is_between

Part = list[Item]
MODULES = frozenset({"np", "numpy", "math", "torch", "tf", "jnp"})
"""Modules whose functions are called in formulas: np.sum."""

_AFTER_ROW = OPERATORS - {"-"}
"""What cannot begin a row, unless it goes on with the one above."""


class Statements:
    """The statements of items, and what was left out."""

    def __init__(self, source: str, items: list[Item], grammar: Grammar) -> None:
        self.source = source
        self.grammar = grammar
        self.skipped: list[tuple[Span, str]] = []
        self.found = [
            self._statement(part)
            for row in _rows(items)
            for side_by_side in self._parts(row)
            for consequence in _consequences(side_by_side)
            for part in _claims(consequence)
        ]

    # Cutting.

    def _parts(self, row: Part) -> Iterator[Part]:
        """Yield what of a row belongs together, without words between and around it."""
        part: Part = []
        index = 0
        after_gap = False
        while index < len(row):
            item = row[index]
            if _begins_condition(row, index):
                end = _end_of_condition(row, index)
                self._skip(row[index:end])
                index = end
                continue
            is_cut = (item.kind == "sign" and item.text in CONSEQUENCES) or (
                item.kind == "text" and is_between(item.text) and not _is_operand(row, index)
            )
            is_gap = item.kind in ("gap", "cell") or (
                self.grammar.form != "code" and item.kind == "sign" and item.text == "."
            )
            in_name = is_gap and _is_of_module(part, row, index)
            if is_cut or (is_gap and not in_name and _may_end(part) and _may_begin(row, index + 1)):
                if item.text == "." and len(part) == 1 and part[0].kind == "number":
                    self._skip(part)  # the number of a line, as in 1. z = 3
                    part = []
                yield from self._without_comments(part, after_gap)
                after_gap = is_gap
                part = []
                if item.kind == "text":
                    self._skip([item])
            elif in_name:  # np.sum
                part.pop()
            elif not is_gap:
                part.append(item)
            index += 1
        yield from self._without_comments(part, after_gap)

    def _without_comments(self, part: Part, after_gap: bool) -> Iterator[Part]:
        """Yield a part without its comments, if something is left of it."""
        if self.grammar.form == "code" and part and part[0].text == "return":
            self._skip(part[:1])
            part = part[1:]
        part = self._without_prose(self._without_label(part))
        kept: Part = []
        for index, item in enumerate(part):
            if _is_comment(part, index):
                self._skip([item])
            else:
                kept.append(item)
        while kept and kept[-1].kind == "sign" and kept[-1].text in ",;.":
            kept.pop()
        while kept and kept[0].kind == "sign" and kept[0].text in ",;.":
            del kept[0]
        is_text = all(item.kind == "text" for item in kept)
        is_label = kept and is_text and kept[-1].text.rstrip().endswith(":")
        if is_label or (after_gap and (is_text or _is_note(kept))):
            self._skip(kept)
        elif kept:
            yield kept

    def _without_label(self, part: Part) -> Part:
        """Leave out what stands before a colon, if a relation comes behind it: ``at w = 7: …``.

        In ``w: 0.5 → 0.7`` it is what changes so.
        """
        relations = [index for index, item in enumerate(part) if is_relation(item)]
        if [part[index].text for index in relations] == [":", "→"] and relations[0] in (1, 2):
            colon = relations[0]
            return [*part[:colon], part[colon]._replace(text="="), *part[colon + 1 :]]
        colons = [index for index in relations[:-1] if part[index].text == ":"]
        if colons and self.grammar.form != "code":
            self._skip(part[: colons[-1] + 1])
            return part[colons[-1] + 1 :]
        return part

    def _without_prose(self, part: Part) -> Part:
        """Leave out words that follow a formula which is no LaTeX."""
        if self.grammar.form == "latex":
            return part
        kept: Part = []
        for index, item in enumerate(part):
            if item.kind == "group" and _is_prose(item.parts[0], 0):
                self._skip([item])
            elif kept and not _is_operator(kept[-1]) and _is_aside(part, index):
                self._skip(part[index:])
                break
            else:
                kept.append(item)
        return kept

    def _skip(self, items: Part) -> None:
        if items:
            span = (items[0].span[0], items[-1].span[1])
            is_text = len(items) == 1 and items[0].kind == "text"
            text = items[0].text if is_text else self.source[slice(*span)]
            self.skipped.append((span, text.strip()))

    # Reading.

    def _statement(self, part: Part) -> Statement:
        relations: list[Item] = []
        sides: list[Part] = [[]]
        choice = ternary(part) if self.grammar.form != "latex" else None
        for place, item in enumerate(part):
            if is_relation(item) and not (choice and choice[0] < place < choice[1]):
                relations.append(item)
                sides.append([])
            else:
                sides[-1].append(item)
        read = [
            self._side(relation, side) for relation, side in zip(relations, sides[1:], strict=True)
        ]
        if sides[0]:
            read.insert(0, self._side(None, sides[0]))
        return Statement(tuple(read), (part[0].span[0], part[-1].span[1]))

    def _side(self, sign: Item | None, items: Part) -> Side:
        relation = sign.text if sign else ""
        if sign and not items:
            place = (sign.span[1], sign.span[1])
            return Side(relation, Unread("", f"nothing stands after {relation}", span=place))
        span = (items[0].span[0], items[-1].span[1])
        try:
            if self.grammar.form != "latex":
                for place, item in enumerate(items):
                    if _is_prose(items, place):
                        raise NotUnderstood(item, "begins words that are no mathematics")
            if self.grammar.form == "code" and (word := _keyword(items)):
                raise NotUnderstood(word, "is a word of the program")
            tree = self.grammar.whole(items, items[0])
            return Side(relation, replace(tree, span=span))  # with brackets that are nothing else
        except NotUnderstood as problem:
            found = self.source[slice(*problem.item.span)] if problem.item else ""
            return Side(relation, Unread(found, problem.why, span=span))


def _keyword(items: Part) -> Item | None:
    """Return the first word that begins something else than a formula in a program."""
    choice = {"if", "else"} if ternary(items) else set[str]()
    reserved = set(keyword.kwlist) - {"True", "False", "None"} - choice
    return next((item for item in items if item.kind == "word" and item.text in reserved), None)


def _rows(items: Part) -> Iterator[Part]:
    """Yield the rows; one that goes on with a sum or a product belongs to the one above."""
    row: Part = []
    for line in split(items, "", ("row",)):
        if not any(item.kind not in ("cell", "gap") for item in line):
            continue
        if row and not _continues(row, line):
            yield row
            row = []
        row += line
    if row:
        yield row


def _continues(row: Part, line: Part) -> bool:
    seen = [item for item in row if item.kind not in ("cell", "gap")]
    if seen and (_is_operator(seen[-1]) or is_relation(seen[-1])):
        return True
    first = next(item for item in line if item.kind not in ("cell", "gap"))
    if first.kind != "sign":
        return False
    return first.text in _AFTER_ROW or (first.text == "-" and not any(map(is_relation, line)))


def _consequences(part: Part) -> Iterator[Part]:
    """Cut ``a = b → c = d`` at its arrow, which stands between two equations."""
    equal = [place for place, item in enumerate(part) if is_relation(item) and item.text == "="]
    start = 0
    for place, item in enumerate(part):
        if is_relation(item) and item.text == "→" and equal and equal[0] < place < equal[-1]:
            yield part[start:place]
            start = place + 1
    yield part[start:]


def _claims(part: Part) -> Iterator[Part]:
    """Cut ``q = 2, r = 5`` at a comma, but not ``i = 1, 2`` nor ``a, b = c, d = 1, 2``."""
    if _is_of_several(part):
        yield part
        return
    claim: Part = []
    has_relation = False
    for segment in _segments(part):
        relates = any(map(is_relation, segment))
        if claim and relates and has_relation:
            yield claim
            claim, has_relation = [], False
            segment = segment[1:] if segment[0].text in ",;" else segment
        claim += segment
        has_relation |= relates
    if claim:
        yield claim


def _is_of_several(part: Part) -> bool:
    """Whether several things stand on each side of a chain, as many on each."""
    counts = [1]
    for item in part:
        if is_relation(item):
            counts.append(1)
        elif item.kind == "sign" and item.text in ",;":
            counts[-1] += 1
    return len(counts) > 2 and counts[0] > 1 and len(set(counts)) == 1


def _segments(part: Part) -> Iterator[Part]:
    """Yield what stands between commas, each comma with what comes behind it."""
    segment: Part = []
    for item in part:
        if item.kind == "sign" and item.text in ",;":
            if segment:
                yield segment
            segment = []
        segment.append(item)
    if segment:
        yield segment


def _is_of_module(part: Part, row: Part, index: int) -> bool:
    """Whether a point stands between the name of a module and that of its function."""
    before = part[-1] if part else None
    is_module = before is not None and before.text in MODULES
    return is_module and index + 1 < len(row) and row[index].text == "." and row[index + 1].glued


def _is_operator(item: Item) -> bool:
    return item.kind == "sign" and item.text in OPERATORS


def _may_end(part: Part) -> bool:
    return bool(part) and not _is_operator(part[-1]) and not is_relation(part[-1])


def _may_begin(row: Part, index: int) -> bool:
    while index < len(row) and row[index].kind in ("cell", "gap"):
        index += 1
    if index == len(row):
        return False
    return not _is_operator(row[index]) and not is_relation(row[index])


def _is_operand(row: Part, index: int) -> bool:
    """Whether what comes before and after an item leaves it no choice but to be an operand."""
    before = row[index - 1] if index else None
    after = row[index + 1] if index + 1 < len(row) else None
    if after is not None and (after.kind == "script" or (after.kind == "group" and after.glued)):
        return True
    return (before is None or _is_operator(before) or is_relation(before)) and (
        after is None or _is_operator(after) or is_relation(after)
    )


def _begins_condition(row: Part, index: int) -> bool:
    r"""Whether what comes is true of a formula in some cases only: ``\text{if } z > 0``, ``∀i``."""
    item = row[index]
    if item.kind == "sign" and item.text == "∀":
        return True
    is_word = item.kind == "text" and first_word(item.text) in CONDITIONS
    return is_word and not _is_operand(row, index)


def _is_comment(part: Part, index: int) -> bool:
    """Whether an item is words about a formula: several, and not where an operand must be."""
    item = part[index]
    if item.kind == "group":
        words = item.parts[0]
        if words and item.text == "(" and is_relation(words[0]) and words[0].text != ":":
            return True  # as in (∈ R^n)
        return bool(words) and all(word.kind == "text" for word in words) and (
            len(words) > 1 or " " in words[0].text.strip()
        )  # fmt: skip
    if item.kind != "text":
        return False
    text = item.text.strip()
    is_name = bool(text) and all(sign.isalnum() or sign in "_.-'" for sign in text)
    return not text or (not is_name and not _is_operand(part, index))


def _is_note(part: Part) -> bool:
    """Whether a part is the (1) or the (4 × 3) beside a formula: its number, or sizes."""
    if len(part) != 1 or part[0].kind != "group" or part[0].text != "(":
        return False
    inside = part[0].parts[0]
    if len(inside) == 1:
        return inside[0].kind == "number" or inside[0].text in ("*", "†")
    sizes, signs = inside[::2], inside[1::2]
    return len(signs) > 0 and all(
        [sign.text == "×" for sign in signs]
        + [size.kind in ("number", "letters") for size in sizes]
    )


def _is_aside(part: Part, index: int) -> bool:
    """Whether words begin at a place that can be left out: with no claim in them."""
    if not _is_prose(part, index):
        return False
    is_condition = part[index].text.lower() in CONDITIONS and any(map(is_relation, part[:index]))
    return is_condition or not any(map(is_relation, part[index:]))


def _is_prose(part: Part, index: int) -> bool:
    """Whether words of a natural language begin at a place: two, with nothing between them."""
    words = part[index : index + 2]
    if len(words) < 2 or words[1].glued:
        return False
    behind = part[index + 2] if index + 2 < len(part) else None
    if behind is not None and behind.kind == "script":
        return False
    if all(word.text[:1] == "d" and len(word.text) < 4 for word in words):  # below d²L
        return False
    return all(
        word.kind in ("letters", "word") and len(word.text) > 1 and word.text.isalpha()
        and word.text not in LETTERS and not word.style
        for word in words
    )  # fmt: skip


def _end_of_condition(row: Part, index: int) -> int:
    """Return the place where a condition that begins at a place ends."""
    index += 1
    while index < len(row):
        item = row[index]
        is_gap = item.kind in ("gap", "cell") and row[index - 1].kind != "text"
        if is_gap and _may_begin(row, index + 1):
            break
        if item.kind == "sign" and (item.text in CONSEQUENCES or item.text in ",;"):
            break
        index += 1
    return index
