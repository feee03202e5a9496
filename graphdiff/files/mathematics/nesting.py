r"""The tokens of a formula put inside each other: brackets, environments, arguments of commands.

Nothing here is recursive, and what does not close is left as it is: a stray bracket, which the
grammar will not understand, but which takes nothing with it.
"""

from __future__ import annotations

from collections import Counter

from graphdiff.files.mathematics.arguments import braces_with_over, over
from graphdiff.files.mathematics.commands import ALIGNED, CASES, MATRICES
from graphdiff.files.mathematics.filling import Filling, Frame, Waiting
from graphdiff.files.mathematics.items import is_relation, split
from graphdiff.files.mathematics.signs import OPERATORS
from graphdiff.files.mathematics.tokens import Item
from graphdiff.files.mathematics.trees import Form, Span


class Nesting(Filling):
    """What a formula consists of, from its tokens."""

    def __init__(self, tokens: list[Item], form: Form) -> None:
        super().__init__(tokens, form)
        self.open: list[Counter[str]] = [Counter()]
        self.walls = [0]
        self.braces: list[bool] = []
        self.fractions = braces_with_over(tokens)
        while self.place < len(tokens):
            token = tokens[self.place]
            self.place += 1
            if self.is_glued is not None:
                token, self.is_glued = token._replace(glued=self.is_glued), None
            self._take(token)
        self._dissolve(self.walls[-1])
        while len(self.frames) > 1:
            self._unclosed()
        self.give_up_waiting()
        self.items = self.frames[0].items

    def _take(self, token: Item) -> None:
        match token.kind:
            case "{" if self._is_transparent():
                self.braces.append(False)
            case "}" if self.braces and not self.braces[-1]:
                self.braces.pop()
            case "{" | "begin" | "left":
                self._open_wall(token)
            case "}" | "end" | "right":
                self._close_wall(token)
            case "open":
                self.frames.append(Frame(token))
                self.open[-1][token.text] += 1
            case "close":
                self._close(token)
            case "command" | "^" | "_":
                self.command(token)
            case _:
                self.append(token)

    # Brackets.

    def _is_transparent(self) -> bool:
        r"""Whether a brace is as if it were not there: it is no argument, or that of a \mathbf.

        A bracket may be opened inside it and closed outside.
        """
        waiting = self.frames[-1].waiting
        if not waiting:
            return self.place - 1 not in self.fractions
        command = waiting[0].command
        is_last = len(waiting[0].given) == command.arguments - 1
        if len(waiting) > 1 or command.deed != "splice" or not is_last:
            return False
        token = waiting.pop().token
        if token.kind != "command":
            waiting.append(Waiting(token, command))
            return False
        self.is_glued = token.glued
        return True

    def _open_wall(self, token: Item) -> None:
        if token.kind == "{":
            self.braces.append(True)
        elif token.kind == "left":
            if not self._delimiter_follows():
                return
            delimiter = self.tokens[self.place]
            self.place += 1
            token = token._replace(
                text=_bracket(delimiter), span=(token.span[0], delimiter.span[1])
            )
        self.walls.append(len(self.frames))
        self.frames.append(Frame(token))
        self.open.append(Counter())

    def _delimiter_follows(self) -> bool:
        return self.place < len(self.tokens) and self.tokens[self.place].kind in (
            "open", "close", "sign"
        )  # fmt: skip

    def _close_wall(self, token: Item) -> None:
        r"""Close a brace, an environment, or what \left opened."""
        partner = {"}": "{", "end": "begin", "right": "left"}[token.kind]
        if token.kind == "right" and not self._delimiter_follows():
            return
        if token.kind == "}" and self.braces:
            self.braces.pop()
        opener = self.frames[self.walls[-1]].opener
        if opener.kind != partner:
            self._without_partner(token, partner)
            return
        frame = self._closed_wall()
        if token.kind == "}":
            self._braces(frame, token)
        elif token.kind == "right":
            self._left_right(frame, self.tokens[self.place])
            self.place += 1
        else:
            self._environment(frame, (opener.span[0], token.span[1]))

    def _closed_wall(self) -> Frame:
        self._dissolve(self.walls.pop())
        self.give_up_waiting()
        self.open.pop()
        return self.frames.pop()

    def _left_right(self, frame: Frame, delimiter: Item) -> None:
        opener = frame.opener
        span = (opener.span[0], delimiter.span[1])
        closing = _bracket(delimiter)
        if opener.text == "{" and not closing and _is_system(frame.items):
            self.append_all(frame.items)
            return
        self.append(Item("group", opener.text, span, opener.glued, (frame.items,), closing))

    def _without_partner(self, token: Item, partner: str) -> None:
        r"""Take a } or \end or \right that closes nothing, or something further out."""
        if any(self.frames[wall].opener.kind == partner for wall in self.walls[-4:]):
            while self.frames[self.walls[-1]].opener.kind != partner:
                self._unclosed()
            self._close_wall(token)
        elif token.kind != "right":
            self.skipped.append((token.span, token.text))

    def _close(self, token: Item) -> None:
        """Close a bracket, if one of its kind is open."""
        top = self.frames[-1].opener
        if not self.open[-1][token.text]:
            around = self.frames[self.walls[-1]].opener
            half_open = top.kind == "open" and {top.text, token.text} == {"(", "["}
            if around.kind == "left" and around.text == token.text:
                return self._left_right(self._closed_wall(), token)
            if not half_open:
                return self.append(token)
        else:
            wall = len(self.frames) - 1
            while self.frames[wall].opener.text != token.text:
                wall -= 1
            self._dissolve(wall)
        self.give_up_waiting()
        frame = self.frames.pop()
        self.open[-1][frame.opener.text] -= 1
        opener = frame.opener
        span = (opener.span[0], token.span[1])
        return self.append(
            Item("group", opener.text, span, opener.glued, (frame.items,), token.text)
        )

    def _dissolve(self, wall: int) -> None:
        """Leave brackets that are open inside a frame as strays."""
        inside = self.frames[wall + 1 :]
        if not inside:
            return
        del self.frames[wall + 1 :]
        self.give_up_waiting()
        base = self.frames[wall]
        for frame in inside:
            self.open[-1][frame.opener.text] -= 1
            base.items.append(frame.opener)
            base.items += frame.items
            base.waiting = frame.waiting
            self.give_up_waiting()

    def _unclosed(self) -> None:
        r"""Close the innermost frame as far as there is one place only where it can end."""
        self._dissolve(self.walls[-1])
        if len(self.frames) == 1:
            return
        frame = self._closed_wall()
        opener = frame.opener
        if opener.kind == "left" and not opener.text:
            self.append_all(frame.items)
            return
        if opener.kind == "begin" and opener.text in ALIGNED:
            self.skipped.append((opener.span, opener.text))
            self.append_all(frame.items)
            return
        inside, after = _up_to_relation(frame.items)
        if opener.kind == "{" and not any(
            item.kind == "sign" and item.text in OPERATORS for item in inside[1:]
        ):
            self.skipped.append((opener.span, "{ without }"))
            frame.items = inside
            end = inside[-1].span[1] if inside else opener.span[1]
            self._braces(frame, Item("}", "}", (end, end)))
            self.append_all(after)
            return
        self.append(opener._replace(kind="stray"))
        self.append_all(frame.items)

    def _braces(self, frame: Frame, closing: Item) -> None:
        """Have a brace's content as an argument if one is awaited; else it is as if without it."""
        span = (frame.opener.span[0], closing.span[1])
        items = over(frame.items, span)
        if self.frames[-1].waiting:
            self.argument(items, span[1])
        else:
            self.splice(items, frame.opener.glued)

    def _environment(self, frame: Frame, span: Span) -> None:
        name = frame.opener.text
        if name in ALIGNED or (name in MATRICES and _is_aligned(frame.items)):
            self.append_all(frame.items)
        elif name in MATRICES or name in CASES:
            kind = "matrix" if name in MATRICES else "cases"
            self.append(
                Item(kind, MATRICES.get(name, ""), span, frame.opener.glued, (frame.items,))
            )
        else:
            self.skipped.append((frame.opener.span, name))
            self.append_all(frame.items)


def _bracket(delimiter: Item) -> str:
    r"""Return the bracket that \left or \right stands before; "" for a point."""
    return "" if delimiter.text == "." else delimiter.text


def _up_to_relation(items: list[Item]) -> tuple[list[Item], list[Item]]:
    for place, item in enumerate(items):
        if is_relation(item) or item.kind in ("row", "cell", "gap"):
            return items[:place], items[place:]
    return items, []


def _is_aligned(items: list[Item]) -> bool:
    """Whether an array is there for its rows, which are formulas, and no matrix."""
    lines = [line for line in split(items, "", ("row",)) if line]
    has_cells = any(item.kind == "cell" for item in items)
    if len(lines) > 1 and not has_cells and all(any(map(is_relation, line)) for line in lines):
        return True
    return any(
        (is_relation(item) and (place == 0 or items[place - 1].kind in ("cell", "row")))
        or (item.kind == "cell" and place and is_relation(items[place - 1]))
        for place, item in enumerate(items)
    )  # fmt: skip


def _is_system(items: list[Item]) -> bool:
    """Whether rows are equations, not the cases of a value: all have a relation in front."""
    lines = [line for line in split(items, "", ("row",)) if line]
    return len(lines) > 1 and all(
        any(map(is_relation, cells[0]))
        or (len(cells) > 1 and cells[1] and is_relation(cells[1][0]))
        for cells in (split(line, "", ("cell",)) for line in lines)
    )
