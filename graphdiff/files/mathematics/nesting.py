r"""The tokens of a formula put inside each other: brackets, environments, arguments of commands.

Nothing here is recursive, and what does not close is left as it is: a stray bracket, which the
grammar will not understand, but which takes nothing with it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from graphdiff.files.mathematics.commands import ALIGNED, CASES, COMMANDS, MATRICES, Command
from graphdiff.files.mathematics.items import split
from graphdiff.files.mathematics.signs import CONSEQUENCES, OPERATORS, RELATIONS
from graphdiff.files.mathematics.tokens import Item, TooMuch
from graphdiff.files.mathematics.trees import Form, Span

MAX_WAITING = 40
r"""Commands that wait for an argument at once: ``\hat\hat\hat x``."""
MAX_MOVES = 200_000
"""How often an item may be put into what encloses it."""

_SCRIPT = Command("splice", 1)


@dataclass
class _Waiting:
    """A command, or a ^ or _, with the arguments it has so far."""

    token: Item
    command: Command
    given: list[list[Item]] = field(default_factory=list)
    end: int = 0


@dataclass
class _Frame:
    """What is open: a bracket, a brace, an environment or the whole, with what stands inside."""

    opener: Item
    items: list[Item] = field(default_factory=list)
    waiting: list[_Waiting] = field(default_factory=list)

    @property
    def is_wall(self) -> bool:
        """Whether brackets inside are none of those outside."""
        return self.opener.kind != "open"


class Nesting:
    """What a formula consists of, from its tokens."""

    def __init__(self, tokens: list[Item], form: Form) -> None:
        self.form = form
        self.tokens = tokens
        self.skipped: list[tuple[Span, str]] = []
        self.frames = [_Frame(Item("all", "", (0, 0)))]
        self.open: list[Counter[str]] = [Counter()]
        self.walls = [0]
        self.moves = 0
        self.place = 0
        while self.place < len(tokens):
            token = tokens[self.place]
            self.place += 1
            self._take(token)
        end = tokens[-1].span[1] if tokens else 0
        self._dissolve(self.walls[-1])
        while len(self.frames) > 1:
            self._unclosed(end)
        self._give_up_waiting()
        self.items = self.frames[0].items

    def _take(self, token: Item) -> None:
        match token.kind:
            case "{" | "begin" | "left":
                self._open_wall(token)
            case "}" | "end" | "right":
                self._close_wall(token)
            case "open":
                self.frames.append(_Frame(token))
                self.open[-1][token.text] += 1
            case "close":
                self._close(token)
            case "command" | "^" | "_":
                self._command(token)
            case _:
                self._append(token)

    # Brackets.

    def _open_wall(self, token: Item) -> None:
        if token.kind == "left":
            if not self._delimiter_follows():
                return
            delimiter = self.tokens[self.place]
            self.place += 1
            token = token._replace(
                text=_bracket(delimiter), span=(token.span[0], delimiter.span[1])
            )
        self.walls.append(len(self.frames))
        self.frames.append(_Frame(token))
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

    def _closed_wall(self) -> _Frame:
        self._dissolve(self.walls.pop())
        self._give_up_waiting()
        self.open.pop()
        return self.frames.pop()

    def _left_right(self, frame: _Frame, delimiter: Item) -> None:
        opener = frame.opener
        span = (opener.span[0], delimiter.span[1])
        closing = _bracket(delimiter)
        if opener.text == "{" and not closing and _is_system(frame.items):
            self._append_all(frame.items)
            return
        self._append(Item("group", opener.text, span, opener.glued, (frame.items,), closing))

    def _without_partner(self, token: Item, partner: str) -> None:
        r"""Take a } or \end or \right that closes nothing, or something further out."""
        if any(self.frames[wall].opener.kind == partner for wall in self.walls[-4:]):
            while self.frames[self.walls[-1]].opener.kind != partner:
                self._unclosed(token.span[0])
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
                return self._append(token)
        else:
            wall = len(self.frames) - 1
            while self.frames[wall].opener.text != token.text:
                wall -= 1
            self._dissolve(wall)
        self._give_up_waiting()
        frame = self.frames.pop()
        self.open[-1][frame.opener.text] -= 1
        opener = frame.opener
        span = (opener.span[0], token.span[1])
        return self._append(
            Item("group", opener.text, span, opener.glued, (frame.items,), token.text)
        )

    def _dissolve(self, wall: int) -> None:
        """Leave brackets that are open inside a frame as strays."""
        inside = self.frames[wall + 1 :]
        if not inside:
            return
        del self.frames[wall + 1 :]
        self._give_up_waiting()
        base = self.frames[wall]
        for frame in inside:
            self.open[-1][frame.opener.text] -= 1
            base.items.append(frame.opener)
            base.items += frame.items
            base.waiting = frame.waiting
            self._give_up_waiting()

    def _unclosed(self, end: int) -> None:
        r"""Close the innermost frame as far as there is one place only where it can end."""
        self._dissolve(self.walls[-1])
        if len(self.frames) == 1:
            return
        frame = self._closed_wall()
        opener = frame.opener
        if opener.kind == "left" and not opener.text:
            self._append_all(frame.items)
            return
        if opener.kind == "begin" and opener.text in ALIGNED:
            self.skipped.append((opener.span, opener.text))
            self._append_all(frame.items)
            return
        inside, after = _up_to_relation(frame.items)
        if opener.kind == "{" and not any(
            item.kind == "sign" and item.text in OPERATORS for item in inside[1:]
        ):
            self.skipped.append((opener.span, "{ without }"))
            frame.items = inside
            self._braces(frame, Item("}", "}", (end, end)))
            self._append_all(after)
            return
        self._append(opener._replace(kind="stray"))
        self._append_all(frame.items)

    def _braces(self, frame: _Frame, closing: Item) -> None:
        """Have a brace's content as an argument if one is awaited; else it is as if without it."""
        span = (frame.opener.span[0], closing.span[1])
        items = over(frame.items, span)
        if self.frames[-1].waiting:
            self._argument(items, span[1])
        else:
            self._splice(items, frame.opener.glued)

    def _environment(self, frame: _Frame, span: Span) -> None:
        name = frame.opener.text
        if name in ALIGNED or (name in MATRICES and _is_aligned(frame.items)):
            self._append_all(frame.items)
        elif name in MATRICES or name in CASES:
            kind = "matrix" if name in MATRICES else "cases"
            self._append(
                Item(kind, MATRICES.get(name, ""), span, frame.opener.glued, (frame.items,))
            )
        else:
            self.skipped.append((frame.opener.span, name))
            self._append_all(frame.items)

    # Arguments.

    def _command(self, token: Item) -> None:
        if token.kind in ("^", "_"):
            if len(self.frames[-1].waiting) > MAX_WAITING:
                raise TooMuch
            self.frames[-1].waiting.append(_Waiting(token, _SCRIPT))
            return
        if token.text in ("over", "atop"):
            self._append(token)
            return
        command = COMMANDS.get(token.text)
        if command is None:
            has_arguments = self.place < len(self.tokens) and self.tokens[self.place].kind == "{"
            self._append(token._replace(kind="unknown" if has_arguments else "text"))
        elif len(self.frames[-1].waiting) > MAX_WAITING:
            raise TooMuch
        elif command.arguments:
            self.frames[-1].waiting.append(_Waiting(token, command))
        elif command.deed == "note":
            self.skipped.append((token.span, token.text))

    def _append_all(self, items: list[Item]) -> None:
        for item in items:
            self._append(item)

    def _append(self, item: Item) -> None:
        """Add an item to what is open, or to the command that waits for it."""
        self.moves += 1
        if self.moves > MAX_MOVES:
            raise TooMuch
        frame = self.frames[-1]
        if not frame.waiting:
            if item.text == "=" and frame.items and _is_colon(frame.items[-1]):
                item = item._replace(text=":=", span=(frame.items.pop().span[0], item.span[1]))
            frame.items.append(item)
            return
        waiting = frame.waiting[-1]
        if (
            waiting.token.text == "sqrt"
            and item.kind == "group"
            and item.text == "["
            and not waiting.given
        ):
            waiting.given.append(item.parts[0])
            waiting.command = Command("root", 2)
            return
        if item.kind in ("row", "cell", "gap", "}", "stray", "close") or (
            item.kind == "sign" and item.text in RELATIONS | CONSEQUENCES
            and waiting.command.deed not in ("negate", "stack", "splice")
        ):  # fmt: skip
            self._give_up_waiting()
            self._append(item)
            return
        if self._is_sign_of_script(item, waiting):
            waiting.given.append([item])
            return
        first, rest = self._first(item, waiting)
        if waiting.token.kind in ("^", "_") and waiting.given:
            self._argument([*waiting.given.pop(), first], first.span[1])
        else:
            self._argument([first], first.span[1])
        if rest:
            self._append(rest)

    def _is_sign_of_script(self, item: Item, waiting: _Waiting) -> bool:
        """Whether a − begins a script without braces that goes on: ``e^-z``."""
        if waiting.token.kind not in ("^", "_") or waiting.given:
            return False
        if item.kind != "sign" or item.text != "-" or self.place >= len(self.tokens):
            return False
        following = self.tokens[self.place]
        return following.glued and following.kind in (
            "number", "letters", "letter", "word", "open", "function"
        )  # fmt: skip

    def _first(self, item: Item, waiting: _Waiting) -> tuple[Item, Item | None]:
        r"""Return what of an item is an argument: of ``12`` after a \frac 1, of ``xy`` x."""
        text = item.text
        if self.form == "code" or len(text) < 2 or item.span[1] - item.span[0] != len(text):
            return item, None
        is_script = waiting.token.kind in ("^", "_")
        if item.kind == "letters":
            if is_script and (self.form == "plain" or _is_index(text, waiting.token.kind)):
                return item, None
        elif item.kind != "number" or is_script:
            return item, None
        start = item.span[0]
        kind = "number" if text[1:].isdecimal() or item.kind == "number" else "letters"
        return (
            item._replace(text=text[0], span=(start, start + 1)),
            Item(kind, text[1:], (start + 1, item.span[1]), True),
        )

    def _argument(self, items: list[Item], end: int) -> None:
        """Give an argument to the command that waits; carry it out when it has all."""
        frame = self.frames[-1]
        waiting = frame.waiting[-1]
        waiting.given.append(items)
        waiting.end = end
        if len(waiting.given) < waiting.command.arguments:
            return
        frame.waiting.pop()
        self._carry_out(waiting)

    def _give_up_waiting(self) -> None:
        """Leave commands that lack an argument as they are."""
        frame = self.frames[-1]
        while frame.waiting:
            waiting = frame.waiting.pop()
            token = waiting.token
            if token.kind in ("^", "_") and waiting.given:
                span = (token.span[0], waiting.given[0][-1].span[1])
                item = Item("script", token.kind, span, token.glued, (waiting.given[0],))
            elif waiting.command.deed in ("drop", "note") or (
                waiting.command.deed in ("splice", "word", "alphabet") and not waiting.given
            ):
                continue
            else:
                item = token._replace(kind="lacking", text=token.text)
            self._append(item)

    def _carry_out(self, waiting: _Waiting) -> None:
        token, given, deed = waiting.token, waiting.given, waiting.command.deed
        span = (token.span[0], waiting.end)
        if token.kind in ("^", "_"):
            self._append(Item("script", token.kind, span, token.glued, (given[0],)))
        elif deed == "splice":
            self._splice(given[-1], token.glued)
        elif deed == "note":
            text = "".join(item.text for item in given[0])
            self.skipped.append((span, text))
        elif deed == "word":
            self._word(token, given[0], span)
        elif deed == "alphabet":
            self._splice(
                [item._replace(kind="letters" if item.kind == "number" else item.kind,
                               style=_STYLES.get(token.text, token.text))
                 for item in given[0]], token.glued)  # fmt: skip
        elif deed == "unit" and any(_is_relation(item) for item in given[0]):
            self._splice(given[0], token.glued)
        elif deed == "negate" and given[0]:
            sign = _NEGATED.get(given[0][0].text)
            self._append(Item("sign", sign, span) if sign else token._replace(kind="lacking"))
        elif deed == "stack" and given[1] and _is_relation(given[1][0]):
            self._splice(given[1], token.glued)
            if given[0]:
                self.skipped.append((span, " ".join(item.text for item in given[0])))
        elif deed != "drop":
            self._append(Item("built", deed, span, token.glued, tuple(given), token.text))

    def _splice(self, items: list[Item], glued: bool) -> None:
        if items:
            self._append(items[0]._replace(glued=glued))
            self._append_all(items[1:])

    def _word(self, token: Item, items: list[Item], span: Span) -> None:
        """Have letters that are set upright as one word."""
        simple = {"letters", "letter", "function", "text", "word"}
        joined = (item.kind in {*simple, "number"} or item.text in "-.*" for item in items)
        if items and items[0].kind in simple and all(joined):
            text = items[0].text + "".join(
                (item.text if item.glued else f" {item.text}") for item in items[1:]
            )
            kind = "function" if items[0].kind == "function" and len(items) == 1 else "text"
            self._append(Item(kind, text, span, token.glued))
        elif len(items) == 1 and items[0].text == "⊤":
            self._append(items[0])
        else:
            self._splice(items, token.glued)


_STYLES = {"mathscr": "mathcal", "mathds": "mathbb"}
_NEGATED = {"=": "≠", "∈": "∉", "≡": "≠", "≈": "≠"}


def _bracket(delimiter: Item) -> str:
    r"""Return the bracket that \left or \right stands before; "" for a point."""
    return "" if delimiter.text == "." else delimiter.text


def _is_relation(item: Item) -> bool:
    return item.kind == "sign" and item.text in RELATIONS


def _is_colon(item: Item) -> bool:
    return item.kind == "sign" and item.text == ":"


def _is_index(text: str, script: str) -> bool:
    """Whether letters after a _ without braces are one index: ``w_new``, but not ``x_iw``."""
    return script == "_" and len(text) >= 3 and text.isalpha()


def _up_to_relation(items: list[Item]) -> tuple[list[Item], list[Item]]:
    for place, item in enumerate(items):
        if _is_relation(item) or item.kind in ("row", "cell", "gap"):
            return items[:place], items[place:]
    return items, []


def _is_aligned(items: list[Item]) -> bool:
    """Whether an array is there for its columns: a relation begins or fills one of its cells."""
    return any(
        (_is_relation(item) and (place == 0 or items[place - 1].kind in ("cell", "row")))
        or (item.kind == "cell" and place and _is_relation(items[place - 1]))
        for place, item in enumerate(items)
    )  # fmt: skip


def _is_system(items: list[Item]) -> bool:
    """Whether rows are equations, not the cases of a value: all have a relation in front."""
    lines = [line for line in split(items, "", ("row",)) if line]
    return len(lines) > 1 and all(
        any(map(_is_relation, cells[0]))
        or (len(cells) > 1 and cells[1] and _is_relation(cells[1][0]))
        for cells in (split(line, "", ("cell",)) for line in lines)
    )


def over(items: list[Item], span: Span) -> list[Item]:
    r"""Return ``a \over b`` as a fraction."""
    for place, item in enumerate(items):
        if item.kind == "command" and item.text == "over" and not item.parts:
            return [
                Item("built", "fraction", span, False, (items[:place], items[place + 1 :]), "over")
            ]
    return items
