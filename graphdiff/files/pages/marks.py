r"""Where the signs stand that mark mathematics: ``$``, ``\[``, ``\begin{align}``, fences, ….

One walk from the left to the right. Each sign that may begin something is looked up in a table
of rules; a rule says what begins there and where it ends, or that it is a sign of prose. What a
rule has taken is not looked at again. All rules look ahead at most to the next sign of their
kind, so that the walk takes time in proportion to the page.
"""

from __future__ import annotations

import bisect
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from graphdiff.files.mathematics.macros import closing_brace
from graphdiff.files.pages import chats, dollars
from graphdiff.files.pages.images import formula_of
from graphdiff.files.pages.words import words

Kind = Literal["formula", "hole", "heading", "lines", "code"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Something marked on a page: from `start` to `end`, what counts of it from `first` to `last`.

    Attributes
    ----------
    kind
        A formula; a hole, which has no mathematics; the sign of a heading; lines of a fence; a
        span of code within a line.
    text
        The source where it is not what stands there, the title of a heading, the language of lines.
    level
        The level of a heading, from 1.
    """

    kind: Kind
    start: int
    end: int
    first: int = 0
    last: int = 0
    text: str | None = None
    level: int = 0


ENVIRONMENTS = words(
    """
    equation align gather multline alignat flalign eqnarray displaymath math aligned gathered split
    cases matrix bmatrix pmatrix vmatrix Bmatrix Vmatrix array dmath subequations IEEEeqnarray
    """
)
VERBATIM = words(
    "verbatim Verbatim lstlisting minted comment filecontents tikzpicture axis alltt code"
)
CODE = {"lstlisting", "minted", "code"}

MATHEMATICS = {"math", "latex", "tex", "katex", "mathjax", "amsmath", "asciimath"}
OTHER = words(
    """
    bash sh shell zsh console shell-session powershell ps1 bat cmd json jsonc yaml yml toml ini css
    scss xml mermaid dot graphviz sql diff dockerfile makefile csv bibtex svg properties plantuml
    gitignore env http toc eval-rst bibliography figure image tableofcontents raw contents
    """
)
"""Languages of fences without mathematics."""

DIRECTIVES = words(
    """
    note tip warning admonition important hint caution attention example exercise solution theorem
    proof definition lemma proposition dropdown seealso card grid tab-item tab-set prf:theorem
    prf:proof prf:definition prf:example callout-note callout-tip callout-important margin sidebar
    """
)
"""Fences whose lines are text like any other."""

MAX_DISPLAY = 30_000
"""Characters of one formula."""

MAX_NESTED = 30
"""Brackets inside each other, in the address of a picture."""

MAX_ADDRESS = 3_000
"""Characters of the address of a picture."""

MAX_DEPTH = 6
"""Fences within fences."""

_PREFIX = r"[ \t>]*(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)?"
MARKDOWN = re.compile(
    rf"""
    (?P<fence>^{_PREFIX}(?:`{{3,}}|~{{3,}}|:{{3,}}(?=\{{math))(?=[^`\n]*$))
  | (?P<colons>^[ \t>]*:{{3,}}[^\n]*$)
  | (?P<directive>^[ \t]*\.\.[ ]+[\w-]+::)
  | (?P<heading>^[ \t>]{{0,6}}\#{{1,6}}(?=[ \t]))
  | (?P<underline>^[ ]{{0,3}}(?:={{2,}}|-{{2,}}|\^{{3,}})[ \t]*$)
  | (?P<comment><!--)
  | (?P<element><(?:script|style|annotation|h[1-6]|img|a|svg|math|del|s|strike)\b)
  | (?P<struck>(?<!~)~~(?=[^~\s]))
  | (?P<sout>\\(?:sout|st)\s*\{{)
  | (?P<image>!\[)
  | (?P<role>(?:\{{math\}}|:math:|\{{eq\}})`+)
  | (?P<gitlab>\$`)
  | (?P<span>`+)
  | (?P<double>\\\\[\[(])
  | (?P<bracket>\\[\[(])
  | (?P<begin>\\begin\s*\{{)
  | (?P<escape>\\.)
  | (?P<display>\$\$)
  | (?P<inline>\$)
  | (?P<chat>^{_PREFIX}\[(?=[ \t]*$|[ ]))
  | (?P<round>(?<![\w\\)\]])\((?=[ ]))
    """,
    re.VERBOSE | re.MULTILINE,
)
TEX = re.compile(
    r"""
    (?P<percent>%[^\n]*)
  | (?P<skipped>\\iffalse\b)
  | (?P<sout>\\(?:sout|st)\s*\{)
  | (?P<section>\\(?:part|chapter|(?:sub){0,2}section|(?:sub)?paragraph|exercise|question)\*?\s*
      (?:\[[^\]\n]*\])?\{)
  | (?P<verb>\\verb\*?(?=[^a-zA-Z\s]))
  | (?P<bracket>\\[\[(])
  | (?P<begin>\\begin\s*\{)
  | (?P<escape>\\.)
  | (?P<display>\$\$)
  | (?P<inline>\$)
    """,
    re.VERBOSE | re.DOTALL,
)
ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([a-zA-Z]+\*?)\}")
BLANK = re.compile(r"\n[ \t>]*(?=\n)")
SECTIONS = ("part", "chapter", "section", "subsection", "subsubsection", "paragraph")

Rule = Callable[[re.Match[str]], Iterator[Piece] | Piece | None]


class Scanner:
    r"""The walk along a page.

    Parameters
    ----------
    text
        The page, its lines ending with ``\n``.
    is_tex
        Whether it is a LaTeX document, not Markdown.
    """

    def __init__(self, text: str, is_tex: bool = False) -> None:
        self.text = text
        self.signs = TEX if is_tex else MARKDOWN
        self.is_tex = is_tex
        self.end, self.depth = len(text), 0
        self.blanks = [found.start() for found in BLANK.finditer(text)]
        self.known: dict[str, tuple[int, int]] = {}
        self.unclosed: set[str] = set()
        self.ends = _matched(text)

    def pieces(self, start: int = 0, end: int | None = None, depth: int = 0) -> Iterator[Piece]:
        """Yield the pieces of the page, or of a part, in their order."""
        end = len(self.text) if end is None else end
        position = start
        while found := self.signs.search(self.text, position, end):
            self.end, self.depth = end, depth
            rule: Rule | None = getattr(self, f"_{found.lastgroup}", None)
            taken = rule(found) if rule else None
            position = found.end()
            if isinstance(taken, Piece):
                yield taken
                position = taken.end
            elif taken is not None:
                for piece in taken:
                    yield piece
                    position = max(piece.end, position)

    def next(self, sign: str, position: int) -> int:
        """Return where a sign comes next; the length of the page if it does not."""
        since, place = self.known.get(sign, (0, -1))
        if not since <= position <= place:
            place = self.text.find(sign, position)
            place = len(self.text) if place < 0 else place
            self.known[sign] = position, place
        return place

    def paragraph_end(self, position: int) -> int:
        """Return where the paragraph ends that something stands in."""
        k = bisect.bisect_left(self.blanks, position)
        return self.blanks[k] if k < len(self.blanks) else len(self.text)

    def line_end(self, position: int) -> int:
        """Return where a line ends."""
        return self.next("\n", position)

    # Signs that mark formulas.

    def _display(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        close = self.next("$$", after)
        if close < self.end and dollars.is_display(self.text[after:close]):
            return Piece("formula", start, close + 2, after, close)
        if close < self.end and not self.text[after:close].strip():
            return Piece("hole", start, close + 2)
        if close < min(self.paragraph_end(after), self.end):
            return None
        close = min(self.paragraph_end(after), self.end)
        inner = self.text[after:close]
        if chats.is_latex(inner) and "$" not in inner.rstrip().rstrip("$"):
            last = after + len(inner.rstrip().rstrip("$"))
            return Piece("formula", start, close, after, last)
        return None

    def _inline(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        close = after
        limit = min(self.paragraph_end(start), self.end)
        while True:
            close = self.next("$", close)
            if close >= limit:
                return None
            if not self._is_escaped(close):
                break
            close += 1
        inner = self.text[after:close]
        if len(inner) > MAX_DISPLAY or not dollars.is_inline(
            inner, self.text[start - 1 : start], self.text[close + 1 : close + 2]
        ):
            return None
        return Piece("formula", start, close + 1, after, close)

    def _is_escaped(self, position: int) -> bool:
        before = self.text[max(0, position - 9) : position]
        return (len(before) - len(before.rstrip("\\"))) % 2 == 1

    def _bracket(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        is_display = self.text[after - 1] == "["
        close = self.next("\\]" if is_display else "\\)", after)
        if close - start > MAX_DISPLAY or self.next(self.text[start:after], after) < close:
            close = self.end
        inner = self.text[after:close] if close < self.end else ""
        if is_display and close < self.end and dollars.is_display(inner):
            if self.is_tex or dollars.SIGN.search(inner):
                return Piece("formula", start, close + 2, after, close)
            return None
        if not is_display and close < min(self.paragraph_end(after), self.end):
            if chats.is_latex(inner) or not dollars.PROSE.search(inner):
                return Piece("formula", start, close + 2, after, close)
            return None
        close = min(self.paragraph_end(after), self.end, self.next("\\[", after))
        if is_display and chats.is_latex(self.text[after:close]):
            return Piece("formula", start, close, after, close)
        return None

    def _double(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        close = self.next("\\\\]" if self.text[after - 1] == "[" else "\\\\)", after)
        if close >= self.end or close - start > MAX_DISPLAY:
            return None
        inner = self.text[after:close]
        if not dollars.is_display(inner):
            return None
        mended = inner.replace("\\\\\\\\", "\\\\")
        return Piece("formula", start, close + 3, after, close, mended)

    def _begin(self, sign: re.Match[str]) -> Iterator[Piece] | Piece | None:
        start = sign.start()
        found = ENVIRONMENT.match(self.text, start)
        if found is None or self.ends.get(start, self.end + 1) > self.end:
            return None
        close, name = self.ends[start], found[2].rstrip("*")
        if name in ENVIRONMENTS:
            return Piece("formula", start, close, start, close)
        if self.is_tex and name in VERBATIM:
            kind: Kind = "lines" if name in CODE else "hole"
            last = self.text.rfind("\\end", start, close)
            return Piece(kind, start, close, found.end(), last, "python")
        return None

    def _gitlab(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        close = self.next("`$", after)
        if close >= min(self.paragraph_end(after), self.end):
            return None
        return Piece("formula", start, close + 2, after, close)

    def _role(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        ticks = self.text[
            self.text.rfind("}" if self.text[start] == "{" else ":", start, after) + 1 : after
        ]
        close = self.next(ticks, after)
        if close >= min(self.paragraph_end(after), self.end):
            return None
        return Piece("formula", start, close + len(ticks), after, close)

    def _chat(self, sign: re.Match[str]) -> Piece | None:
        after = sign.end()
        line_end = min(self.line_end(after), self.end)
        line = self.text[after:line_end].rstrip()
        if line:
            if line.endswith("]") and chats.is_formula(line[:-1]) and "](" not in line:
                return self._mended(after - 1, after + len(line), after, after + len(line) - 1)
            return None
        limit = min(self.end, self.paragraph_end(after), after + 4_000)
        if self.next("]", after) >= limit:
            return None
        found = re.compile(r"\n[ \t>]*\][ \t,.;]*$", re.MULTILINE).search(
            self.text, after - 1, limit
        )
        if found is None or not chats.is_formula(self.text[after : found.start()]):
            return None
        return self._mended(after - 1, found.end(), after, found.start())

    def _round(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        depth = 0
        if self.next(" )", after) > start + 500:
            return None
        for found in re.compile(r"[()\n]").finditer(self.text, start, min(self.end, start + 500)):
            if found.group() == "\n":
                return None
            depth += 1 if found.group() == "(" else -1
            if depth == 0:
                close = found.start()
                inner = self.text[after:close]
                if self.text[close - 1] == " " and chats.is_latex(inner) and "$" not in inner:
                    return self._mended(start, close + 1, after, close)
                return None
        return None

    def _mended(self, start: int, end: int, first: int, last: int) -> Piece:
        inner = self.text[first:last]
        mended = chats.mended(inner)
        return Piece("formula", start, end, first, last, None if mended == inner else mended)

    # Signs of the page.

    def _percent(self, sign: re.Match[str]) -> Piece:
        start, after = sign.span()
        return Piece("hole", start, after)

    def _colons(self, sign: re.Match[str]) -> Piece:
        start, after = sign.span()
        return Piece("hole", start, after)

    def _verb(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        close = self.text.find(self.text[after], after + 1, min(self.end, after + 300))
        return None if close < 0 else Piece("hole", start, close + 1)

    def _section(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        close = closing_brace(self.text, after - 1, min(self.end, after + 500))
        if close is None:
            return None
        found = re.match(r"\\([a-z]+)", self.text[start:after])
        name = found[1] if found else ""
        level = SECTIONS.index(name) + 1 if name in SECTIONS else len(SECTIONS)
        return Piece("heading", start, after, text=self.text[after : close - 1], level=level)

    def _heading(self, sign: re.Match[str]) -> Piece:
        start, after = sign.span()
        title = self.text[after : min(self.line_end(after), self.end)].strip().rstrip("#").strip()
        return Piece("heading", start, after, text=title, level=self.text.count("#", start, after))

    def _underline(self, sign: re.Match[str]) -> Piece:
        start, after = sign.span()
        line = self.text[
            self.text.rfind("\n", 0, max(start - 1, 0)) + 1 : max(start - 1, 0)
        ].strip()
        if (
            not line
            or re.match(r"[|>*#`$<=-]|\d+[.)]\s|:::", line)
            or len(line) > 120
            or "|" in line
        ):
            return Piece("hole", start, after)
        level = "=-^".index(self.text[start:after].strip()[0]) + 1
        return Piece("heading", start, after, text=line, level=level)

    def _comment(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        close = self.next("-->", after)
        return Piece("hole", start, close + 3) if close < self.end else None

    def _skipped(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        close = self.next("\\fi", after + 1)
        return Piece("hole", start, close + 3) if close < self.end else None

    def _struck(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        close = self.next("~~", after)
        is_closed = close < min(self.paragraph_end(after), self.end)
        return Piece("hole", start, close + 2) if is_closed else None

    def _sout(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        limit = min(self.paragraph_end(after), self.end, after + MAX_ADDRESS)
        close = closing_brace(self.text, after - 1, limit)
        return None if close is None else Piece("hole", start, close)

    def _element(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        close = self.next(">", after)
        if close >= self.end or close - start > 6_000:
            return None
        tag = self.text[start : close + 1]
        name = self.text[start + 1 : after].lower()
        if name in ("img", "a"):
            address = re.search(r"(?:src|href)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(\S+?)[\s>])", tag)
            latex = formula_of(next(filter(None, address.groups()), "")) if address else None
            if name == "img" and latex:
                return Piece("formula", start, close + 1, start, close + 1, latex)
            return Piece("hole", start, close + 1)
        if name[0] == "h":
            last = self.next("</h", close)
            title = re.sub(r"<[^<>]*>", "", self.text[close + 1 : min(last, close + 300)]).strip()
            return Piece("heading", start, close + 1, text=html.unescape(title), level=int(name[1]))
        last = self.next(f"</{name}", close)
        if last >= self.end:
            return None
        stop = self.next(">", last) + 1
        if "math/tex" in tag or "x-tex" in tag:
            inner = html.unescape(self.text[close + 1 : last])
            return Piece("formula", start, stop, close + 1, last, inner)
        if name == "math":
            return Piece("hole", start, close + 1)
        return Piece("hole", start, stop)

    def _image(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        link = self.next("](", after)
        limit = min(self.line_end(after), self.end)
        if link >= limit:
            return None
        depth = 0
        for found in re.compile(r"\\.|[()]").finditer(
            self.text, link + 1, min(limit, link + MAX_ADDRESS)
        ):
            depth += {"(": 1, ")": -1}.get(found.group(), 0)
            if depth > MAX_NESTED:
                return None
            if depth == 0:
                address = self.text[link + 2 : found.start()]
                latex = formula_of(re.sub(r"\s+\"[^\"]*\"\s*\Z", "", address))
                if latex:
                    return Piece("formula", start, found.end(), start, found.end(), latex)
                return Piece("hole", start, found.end())
        return None

    def _span(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        ticks = self.text[start:after]
        limit = min(self.paragraph_end(after), self.end, after + 2_000)
        close = self.text.find(ticks, after, limit)
        if close < 0:
            return None
        return Piece("code", start, close + len(ticks), after, close)

    def _fence(self, sign: re.Match[str]) -> Iterator[Piece] | Piece | None:
        start, after = sign.span()
        head = self.text[start:after]
        ticks = head.lstrip(" \t>-*+.)0123456789")
        line_end = min(self.line_end(after), self.end)
        info = self.text[after:line_end].strip()
        close = None
        if ticks not in self.unclosed:
            close = re.compile(
                rf"^[ \t>]*{re.escape(ticks[0])}{{{len(ticks)},}}[ \t]*$", re.MULTILINE
            ).search(self.text, min(line_end + 1, self.end), self.end)
        if close is None:
            if self.end == len(self.text):
                self.unclosed.add(ticks)
            return Piece("hole", start, line_end)
        first, last = min(line_end + 1, close.start()), close.start()
        language = _language(info)
        if language in DIRECTIVES and self.depth < MAX_DEPTH:
            return self._within(start, first, last, close.end())
        if language in MATHEMATICS:
            if info.startswith("{"):
                options = re.compile(r"(?:[ \t>]*:[\w-]+:[^\n]*\n)*").match(self.text, first, last)
                first = options.end() if options else first
            if "$" in self.text[first:last] and self.depth < MAX_DEPTH:
                return self._within(start, first, last, close.end())
            return Piece("formula", start, close.end(), first, last)
        if language in OTHER:
            return Piece("hole", start, close.end())
        if language in ("markdown", "md", "{markdown}") and self.depth < MAX_DEPTH:
            return self._within(start, first, last, close.end())
        return Piece("lines", start, close.end(), first, last, language)

    def _within(self, start: int, first: int, last: int, end: int) -> Iterator[Piece]:
        depth = self.depth
        yield Piece("hole", start, first)
        yield from self.pieces(first, last, depth + 1)
        yield Piece("hole", last, end)

    def _directive(self, sign: re.Match[str]) -> Piece | None:
        start, after = sign.span()
        name = self.text[start:after].split()[-1].rstrip(":")
        line_end = min(self.line_end(after), self.end)
        indent = len(self.text[start:after]) - len(self.text[start:after].lstrip())
        body = re.compile(rf"(?:\n[ \t]*(?=\n|\Z)|\n[ \t]{{{indent + 1},}}[^\n]*)*").match(
            self.text, line_end, self.end
        )
        last = body.end() if body else line_end
        if name == "math":
            options = re.compile(r"[ \t]*(?:\n[ \t]+:[\w-]+:[^\n]*)*").match(self.text, after, last)
            return Piece("formula", start, last, options.end() if options else after, last)
        if name in ("code", "code-block", "sourcecode"):
            language = self.text[after:line_end].strip().lower()
            return Piece("lines", start, last, line_end, last, language or "python")
        return Piece("hole", start, line_end)


def _language(info: str) -> str:
    """Return the language a fence names, as ``{python} #| echo`` and ``{r, echo=FALSE}`` do."""
    inner = re.match(r"\{\s*\.?([\w:+-]+)\}?\s*(\w*)", info)
    if inner:
        name = inner[1].lower()
        return inner[2].lower() if name in ("code-cell", "code", "code-block") else name
    found = re.match(r"[\w+#.-]+", info)
    return found[0].lower() if found else ""


def _matched(text: str) -> dict[int, int]:
    r"""Return for each ``\begin{…}`` where its ``\end{…}`` ends."""
    ends: dict[int, int] = {}
    opened: list[tuple[str, int]] = []
    for found in ENVIRONMENT.finditer(text):
        if found[1] == "begin":
            opened.append((found[2], found.start()))
            continue
        for k in range(len(opened) - 1, max(-1, len(opened) - 20), -1):
            if opened[k][0] == found[2]:
                ends[opened[k][1]] = found.end()
                del opened[k:]
                break
    return ends
