r"""The tokens of a formula, in one pass over its source.

What Unicode and HTML write in one sign is taken apart into the tokens that LaTeX would have:
``x₁`` into x _ { 1 }, ``ŷ`` into \hat { y }, ``½`` into \frac { 1 } { 2 }.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Container
from typing import NamedTuple

from graphdiff.files.mathematics import signs
from graphdiff.files.mathematics.characters import Part, parts_of, script_at, word_at
from graphdiff.files.mathematics.commands import (
    CASES,
    COMMANDS,
    GAPS,
    LENGTHS,
    LOST,
    MODULES,
    SPACES,
    TEXTS,
    is_command,
)
from graphdiff.files.mathematics.numbers import INDEX, has_decimal_commas, number_at
from graphdiff.files.mathematics.trees import Form, Span

MAX_LENGTH = 20_000
"""Characters in one formula."""


class TooMuch(Exception):  # noqa: N818 - it says so of a formula
    """A formula is longer, or its parts stand deeper inside each other, than is read."""


class Item(NamedTuple):
    """A token; or, after :mod:`nesting`, a command or bracket with the `parts` inside it.

    `glued` says that it touches what stands before it.
    """

    kind: str
    text: str
    span: Span
    glued: bool = False
    parts: tuple[list[Item], ...] = ()
    style: str = ""


_PATTERN = re.compile(
    r"(?P<escaped>\\\\(?=[A-Za-z]{3}))"
    r"|(?P<row>\\\\\*?(?:[ \t]*\[-?[\d.]+[ \t]*(?:pt|em|ex|mm|cm|in|px)\])?|\\cr\b|\\newline\b)"
    r"|\\(?P<command>[A-Za-z]+\*?)"
    r"|(?P<markdown>\\_(?=\{))"
    r"|(?P<escape>\\(?:[^A-Za-z_]|$))"
    r"|(?P<entity>&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<tag></?su[bp]>|<br ?/?>)"
    r"|(?P<argument>\#[1-9])"
    r"|(?P<letters>[A-Za-z][A-Za-z0-9]*(?:\\_[A-Za-z0-9]+)*)"
    r"|(?P<sign>\.\.\.+|<=>|==>|-->|<--|\*\*|:[ ]?=|[-+*/−×]=(?!=)"
    r"|<=|>=|==|!=|=>|->|<-|\|\||''+|~=)"
    r"|(?P<space>[ \t\r\n\u00a0\u2000-\u200b\u202f\u2060\ufeff]+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_CODE_NAME = re.compile(r"[^\W\d]\w*(?:\.(?!T\b)[^\W\d]\w*)*")
_LENGTH = re.compile(r"\s*-?[0-9.]+\s*(?:em|ex|pt|mu|cm|mm|in|px)\b")
_INDEX = re.compile(r"[0-9]+(?![0-9]|\.[0-9])")
_POWER_OF_TEN = re.compile(r"\s*10\s*(?:\^|\*\*|[⁻⁰¹²³⁴-⁹])")
_CHANGE = re.compile(
    r"\\math(?:rel|bin)\s*\{\s*(?P<sign>[-+−])\s*(?:\}\s*(?:\\mathrel\s*\{\s*=\s*\}|=(?!=))|=\s*\})"
)
"""The sign ``-=`` in parts, which LaTeX sets closer so: ``\\mathrel{-}=``."""

_STRING = re.compile(r"'(\w{1,40})'|\"(\w{1,40})\"")
_ESCAPES = {"\a": "a", "\b": "b", "\f": "f", "\v": "v", "\t": "t", "\r": "r"}
_COMMENTS: dict[Form, re.Pattern[str]] = {
    "latex": re.compile(r"%[^\n]*"),
    "plain": re.compile(r"//[^\n]*|#(?![1-9])[^\n]*|←[^\n=]*[^\W\d]{3,}\s[^\n=]*$"),
    "code": re.compile(r"#[^\n]*|//[^\n/]*$"),
}


class Tokenizer:
    """One pass over a source; ``tokens`` are what was found, ``skipped`` what was not looked at."""

    def __init__(self, source: str, form: Form, macros: Container[str] = ()) -> None:
        self.source = source
        self.form: Form = form
        self.macros = macros
        self.comma = has_decimal_commas(source)
        self.indices = [found.span() for found in INDEX.finditer(source)] if self.comma else []
        self.tokens: list[Item] = []
        self.skipped: list[tuple[Span, str]] = []
        self.position = 0
        self.end = -1
        self.is_system = False
        while self.position < len(source):
            self._step()

    def _step(self) -> None:
        source, start = self.source, self.position
        if comment := _COMMENTS[self.form].match(source, start):
            self._skip(comment.end())
            return
        if self.form == "code" and self._code_word():
            return
        comma = self.comma and not any(begin < start < end for begin, end in self.indices)
        if number := number_at(source, start, comma, self.form):
            text, end = number
            self._add("number", text, end)
            return
        match = _PATTERN.match(source, start)
        assert match is not None  # noqa: S101 - the pattern matches any character
        kind, text = str(match.lastgroup), match.group()
        getattr(self, f"_{kind}")(text, match.end())

    def _add(self, kind: str, text: str, end: int, style: str = "") -> None:
        """Add a token that reaches to `end`."""
        start = self.position
        self.tokens.append(Item(kind, text, (start, end), self.end == start, (), style))
        self.position = self.end = end

    def _add_parts(self, parts: tuple[Part, ...], end: int) -> None:
        """Add tokens that share a place."""
        start = self.position
        for kind, text, style in parts:
            self.tokens.append(Item(kind, text, (start, end), self.end >= start, (), style))
            self.end = end
        self.position = end

    def _skip(self, end: int, note: bool = True) -> None:
        if note:
            self.skipped.append(((self.position, end), self.source[self.position : end].strip()))
        self.position = end

    # One method for each group of the pattern.

    def _escaped(self, _: str, end: int) -> None:
        r"""``\\frac`` is a command of a string in a program; ``\\frog`` a row and a name."""
        word = re.compile("[A-Za-z]+").match(self.source, end)
        if word and is_command(word.group()):
            self.position += 1
            self._command(word.group(), word.end())
        else:
            self._add("row", "\\\\", end)

    def _row(self, text: str, end: int) -> None:
        self._add("row", text, end)

    def _command(self, text: str, end: int) -> None:
        name = text.removeprefix("\\")
        if name.endswith("*") and name not in COMMANDS:
            name, end = name[:-1], end - 1
        command = f"\\{name}"
        change = _CHANGE.match(self.source, self.position)
        if name in self.macros:
            self._add("macro", name, end)
        elif change is not None:
            self._add("sign", "+=" if change["sign"] == "+" else "-=", change.end())
        elif name in TEXTS:
            self._text(end)
        elif command in SPACES:
            self._skip(end, note=False)
        elif name in LENGTHS and (length := _LENGTH.match(self.source, end)):
            self._skip(length.end(), note=False)
        elif command in GAPS:
            self._add("gap", command, end)
        elif name in ("begin", "end"):
            self._environment(name, end)
        elif name in ("left", "right"):
            self._add(name, command, end)
        elif command in signs.OPENING:
            self._add("open", signs.OPENING[command], end)
        elif command in signs.CLOSING:
            self._add("close", signs.CLOSING[command], end)
        elif command in signs.LARGE:
            self._add("large", signs.LARGE[command], end)
        elif name in signs.LETTERS:
            self._letter(signs.LETTERS[name], end)
        elif command in signs.SIGNS:
            self._add("sign", signs.SIGNS[command], end)
        elif name in signs.FUNCTIONS:
            self._add("function", name, end)
        else:
            self._add("command", name, end)

    def _text(self, end: int) -> None:
        """Add the text of a command as a word."""
        opening = re.compile(r"\s*\{").match(self.source, end)
        if not opening:
            return self._skip(end, note=False)
        depth, place = 1, opening.end()
        while place < len(self.source) and depth:
            depth += {"{": 1, "}": -1}.get(self.source[place], 0)
            place += 1
        text = self.source[opening.end() : place - (depth == 0)]
        text = re.sub(r"\\([_&%#$ ])", r"\1", text)
        if text[:1] in {",", ";"} and text[1:].strip():
            self._add("sign", text[0], opening.end() + 1)
            text = text[1:]
        return self._add("text", text, place)

    def _environment(self, name: str, end: int) -> None:
        named = re.compile(
            r"\s*\{([A-Za-z]+)\*?\}(?:\s*\{[lcr| @{}.\d]*\})?(?:\s*\[[tbc]\])?"
        ).match(self.source, end)
        if named:
            kind = named[1]
            if name == "begin" and kind in CASES and not self.tokens and "&" not in self.source:
                self.is_system = True  # equations with a brace before them
            self._add(name, "aligned" if kind in CASES and self.is_system else kind, named.end())
        else:
            self._skip(end)

    def _markdown(self, _: str, end: int) -> None:
        self._add("_", "_", end)

    def _escape(self, text: str, end: int) -> None:
        if text in SPACES:
            self._skip(end, note=False)
        elif text in signs.OPENING:
            self._add("open", signs.OPENING[text], end)
        elif text in signs.CLOSING:
            self._add("close", signs.CLOSING[text], end)
        elif text in signs.SIGNS:
            self._add("sign", signs.SIGNS[text], end)
        elif text[1:] in signs.ACCENTS and self.source[end : end + 1] == "{":
            self._add("command", text[1:], end)
        elif text[1:] in "*+-%" and text[1:]:
            self._add("sign", text[1:], end)
        else:
            self._skip(end)

    def _entity(self, text: str, end: int) -> None:
        sign = html.unescape(text)
        if sign == text or len(sign) != 1:
            self._add("cell", "&", self.position + 1)
        else:
            self._other(sign, end)

    def _tag(self, text: str, end: int) -> None:
        if text.startswith("<br"):
            self._add("row", text, end)
        elif text.startswith("</"):
            self._add("}", "}", end)
        else:
            self._add_parts((("_" if text == "<sub>" else "^", "", ""), ("{", "{", "")), end)

    def _argument(self, text: str, end: int) -> None:
        self._add("argument", text[1:], end)

    def _letters(self, text: str, end: int) -> None:
        """Add letters, unless they are a command without its backslash."""
        if text == "x" and self.form == "plain" and self._is_times(end):
            return self._add("sign", "×", end)
        word = word_at(self.source, self.position)
        if len(word) > len(text) and sum(map(str.isalpha, word)) > 2:  # tổng, but not dŷ
            return self._add("letters", word, self.position + len(word))
        if "\\_" in text:
            return self._add("word", text.replace("\\_", "_"), end)
        following = self.source[end : end + 1]
        if following and unicodedata.combining(following):
            return self._marked(text, end)
        if text in LOST or (
            following == "{" and (text in COMMANDS or text in TEXTS or text in ("begin", "end"))
        ):
            bracket = following and following in "()[]{}.|\\"
            if text not in ("left", "right") or bracket:
                return self._command(text, end)
        if text in signs.FUNCTIONS:
            return self._add("function", text, end)
        return self._add("letters", text, end)

    def _is_times(self, end: int) -> bool:
        """Whether an x stands for ×, as in 7.1 x 10^-2."""
        is_after_number = bool(self.tokens) and self.tokens[-1].kind == "number"
        return is_after_number and _POWER_OF_TEN.match(self.source, end) is not None

    def _sign(self, text: str, end: int) -> None:
        if text.startswith("''"):
            self._add_parts((("sign", "'", ""),) * len(text), end)
        else:
            text = "..." if text.startswith("...") else text.replace(" ", "")
            self._add("sign", signs.SIGNS[text], end)

    def _space(self, text: str, end: int) -> None:
        if "\n" in text and self.form != "latex":
            self._add("row", "\n", end)
        elif text == "\t" and self._lost_escape(end):
            return
        else:
            self._skip(end, note=False)

    def _lost_escape(self, end: int) -> bool:
        r"""Whether a tab, or another control character, was a ``\t`` of a command."""
        letter = _ESCAPES.get(self.source[self.position], "")
        rest = re.compile("[A-Za-z]+").match(self.source, end)
        if not rest or not is_command(letter + rest.group()):
            return False
        self._command(letter + rest.group(), rest.end())
        return True

    def _other(self, text: str, end: int) -> None:
        """Add a single character."""
        if text in _ESCAPES and self._lost_escape(end):
            return
        if text in "{}" and self.form == "code":
            self._add("open" if text == "{" else "close", "{", end)
        elif text == "{":
            self._add("{", text, end)
        elif text == "}":
            self._add("}", text, end)
        elif text in "^_":
            self._add(text, text, end)
        elif text == "&":
            self._add("cell", text, end)
        elif text == "~":
            self._tilde(end)
        elif text in "$\\":
            self._skip(end)
        elif text in signs.OPENING:
            self._add("open", signs.OPENING[text], end)
        elif text in signs.CLOSING:
            self._add("close", signs.CLOSING[text], end)
        elif text == ".":
            self._point(end)
        elif text in signs.LARGE:
            self._add("large", signs.LARGE[text], end)
        elif text in signs.SIGNS:
            self._add("sign", signs.SIGNS[text], end)
        elif text.isascii():
            self._add("sign", text, end)
        else:
            self._unicode(text, end)

    def _tilde(self, end: int) -> None:
        if self.form == "latex":
            self._skip(end, note=False)
        else:
            self._add("sign", "≈", end)

    def _point(self, end: int) -> None:
        attribute = re.compile(r"T\b").match(self.source, end)
        if attribute and self.end == self.position:
            self._add("transpose", ".T", attribute.end())
        else:
            self._add("sign", ".", end)

    def _letter(self, name: str, end: int) -> None:
        """Add a Greek letter, with the digits that touch it."""
        digits = _INDEX.match(self.source, end)
        self._add(
            "letter", name + (digits.group() if digits else ""), digits.end() if digits else end
        )

    def _marked(self, text: str, end: int) -> None:
        """Add letters of which the last has marks: ``ŷ`` in two characters."""
        if text[:-1]:
            self._add("letters", text[:-1], end - 1)
        self._unicode(text[-1], end)

    def _unicode(self, text: str, end: int) -> None:
        """Add a letter with its marks, or a sign of more than one part."""
        if text[0].isalpha() and text[0] not in signs.UNICODE_LETTERS and len(text) == 1:
            word = word_at(self.source, self.position)
            if sum(map(str.isalpha, word)) > 1:
                composed = unicodedata.normalize("NFC", word)
                return self._add("letters", composed, self.position + len(word))
        if script := script_at(self.source, self.position):
            return self._add_parts(script.parts, script.end)
        while end < len(self.source) and unicodedata.combining(self.source[end]):
            text, end = text + self.source[end], end + 1
        parts = parts_of(text)
        digits = _INDEX.match(self.source, end)
        if len(parts) == 1 and parts[0][0] == "letter":
            return self._letter(parts[0][1], end)
        if digits and len(parts) > 1 and parts[-1][0] == "}" and parts[0][0] == "command":
            kind, letters, style = parts[-2]
            parts = (*parts[:-2], (kind, letters + digits.group(), style), parts[-1])
            end = digits.end()
        return self._add_parts(parts, end)

    def _code_word(self) -> bool:
        """Read a name of a program, or a key in quotation marks."""
        is_prime = self.tokens and self.end == self.position and self.tokens[-1].kind == "word"
        if not is_prime and (string := _STRING.match(self.source, self.position)):
            self._add("word", string[1] or string[2], string.end())
            return True
        name = _CODE_NAME.match(self.source, self.position)
        is_called = name and self.source[name.end() : name.end() + 1] == "("
        if name and is_called and "." in name.group():
            module, _, _ = name.group().partition(".")
            if module not in MODULES:  # a method of a value
                last = self.position + name.group().rindex(".")
                name = _CODE_NAME.match(self.source, self.position, last)
        if not name or name.group()[0] in signs.SIGNS or name.group()[0] in signs.LARGE:
            return False
        text = name.group()
        if len(text) == 1 and (not text.isascii()) and text not in signs.UNICODE_LETTERS:
            return False
        spelled = "".join(signs.UNICODE_LETTERS.get(sign, sign) for sign in text)
        kind = "function" if spelled in signs.FUNCTIONS else "word"
        self._add(kind, unicodedata.normalize("NFC", spelled), name.end())
        return True
