r"""What is open, and how it is filled: each item goes to the command that waits for an argument."""

from __future__ import annotations

from dataclasses import dataclass, field

from graphdiff.files.mathematics.arguments import carried_out
from graphdiff.files.mathematics.commands import COMMANDS, Command
from graphdiff.files.mathematics.signs import CONSEQUENCES, RELATIONS
from graphdiff.files.mathematics.tokens import Item, TooMuch
from graphdiff.files.mathematics.trees import Form, Span

MAX_WAITING = 40
r"""Commands that wait for an argument at once: ``\hat\hat\hat x``."""
MAX_MOVES = 200_000
"""How often an item may be put into what encloses it."""

_SCRIPT = Command("splice", 1)


@dataclass
class Waiting:
    """A command, or a ^ or _, with the arguments it has so far."""

    token: Item
    command: Command
    given: list[list[Item]] = field(default_factory=list)
    end: int = 0


@dataclass
class Frame:
    """What is open: a bracket, a brace, an environment or the whole, with what stands inside."""

    opener: Item
    items: list[Item] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)


class Filling:
    """The frames that are open, and the innermost of them being filled from tokens."""

    def __init__(self, tokens: list[Item], form: Form) -> None:
        self.form = form
        self.tokens = tokens
        self.place = 0
        self.moves = 0
        self.is_glued: bool | None = None
        self.skipped: list[tuple[Span, str]] = []
        self.frames = [Frame(Item("all", "", (0, 0)))]

    def command(self, token: Item) -> None:
        """Have a command wait for its arguments, if it has any."""
        if token.kind in ("^", "_"):
            if len(self.frames[-1].waiting) > MAX_WAITING:
                raise TooMuch
            self.frames[-1].waiting.append(Waiting(token, _SCRIPT))
            return
        if token.text in ("over", "atop"):
            self.append(token)
            return
        command = COMMANDS.get(token.text)
        if command is None:
            has_arguments = self.place < len(self.tokens) and self.tokens[self.place].kind == "{"
            self.append(token._replace(kind="unknown" if has_arguments else "text"))
        elif len(self.frames[-1].waiting) > MAX_WAITING:
            raise TooMuch
        elif command.arguments:
            self.frames[-1].waiting.append(Waiting(token, command))
        else:
            self.is_glued = token.glued

    def append_all(self, items: list[Item]) -> None:
        """Add items one after the other."""
        for item in items:
            self.append(item)

    def append(self, item: Item) -> None:
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
            self.give_up_waiting()
            self.append(item)
            return
        if self._is_sign_of_script(item, waiting):
            waiting.given.append([item])
            return
        first, rest = self._first(item, waiting)
        if waiting.token.kind in ("^", "_") and waiting.given:
            self.argument([*waiting.given.pop(), first], first.span[1])
        else:
            self.argument([first], first.span[1])
        if rest:
            self.append(rest)

    def _is_sign_of_script(self, item: Item, waiting: Waiting) -> bool:
        """Whether a − begins a script without braces that goes on: ``e^-z``."""
        if waiting.token.kind not in ("^", "_") or waiting.given:
            return False
        if item.kind != "sign" or item.text != "-" or self.place >= len(self.tokens):
            return False
        following = self.tokens[self.place]
        return following.glued and following.kind in (
            "number", "letters", "letter", "word", "open", "function"
        )  # fmt: skip

    def _first(self, item: Item, waiting: Waiting) -> tuple[Item, Item | None]:
        r"""Return what of an item is an argument: 1 of ``\frac12``, λ of ``\frac\lambda2``."""
        text = item.text
        letter = text.rstrip("0123456789")
        if (
            item.kind == "letter"
            and letter != text
            and waiting.command.deed in ("fraction", "column", "root")
        ):
            start, end = item.span
            middle = end - len(text) + len(letter)
            rest = Item("number", text[len(letter) :], (middle, end), True)
            return item._replace(text=letter, span=(start, middle)), rest
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

    def argument(self, items: list[Item], end: int) -> None:
        """Give an argument to the command that waits; carry it out when it has all."""
        frame = self.frames[-1]
        waiting = frame.waiting[-1]
        waiting.given.append(items)
        waiting.end = end
        if len(waiting.given) < waiting.command.arguments:
            return
        frame.waiting.pop()
        self._carry_out(waiting)

    def give_up_waiting(self) -> None:
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
            self.append(item)

    def _carry_out(self, waiting: Waiting) -> None:
        token = waiting.token
        span = (token.span[0], waiting.end)
        if token.kind in ("^", "_"):
            self.append(Item("script", token.kind, span, token.glued, (waiting.given[0],)))
            return
        items, note = carried_out(token, waiting.command.deed, waiting.given, span)
        self.splice(items, token.glued)
        if note:
            self.skipped.append((span, note))

    def splice(self, items: list[Item], glued: bool) -> None:
        """Add items in place of what they stood in, which was glued or not."""
        if items:
            self.append(items[0]._replace(glued=glued))
            self.append_all(items[1:])


def _is_colon(item: Item) -> bool:
    return item.kind == "sign" and item.text == ":"


def _is_index(text: str, script: str) -> bool:
    """Whether letters after a _ without braces are one index: ``w_new``, ``w_ij``; not ``x_iw``."""
    return script == "_" and text.isalpha() and (len(text) >= 3 or set(text) <= set("ijkl"))
