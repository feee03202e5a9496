"""The formulas of a page in their order: what its marks enclose, and what stands bare between."""

from __future__ import annotations

import bisect
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graphdiff.files.mathematics.macros import definitions
from graphdiff.files.mathematics.trees import Form, Span
from graphdiff.files.pages import bare, chats, outputs, programs, sums, values
from graphdiff.files.pages.fragments import Fragment
from graphdiff.files.pages.grids import Table, tables_in
from graphdiff.files.pages.marks import Piece, Scanner
from graphdiff.files.pages.tables import MAX_ROW, Row, is_quantity, is_row, is_value, rows_of

PYTHON = {"python", "py", "python3", "ipython", "ipython3"}

MAX_LEAD = 60
"""Characters between a program and its output: ``Output:``."""

MAX_AROUND = 300
"""Characters of what stands around a formula, on either side of it."""

PLAIN = {"", "text", "txt", "plain", "plaintext", "output", "none", "default"}
"""Languages of lines that are set as they are."""

FRONT = re.compile(r"\A---[ \t]*\n(?:[^\n]*\n){0,300}?(?:---|\.\.\.)[ \t]*(?=\n|\Z)")
SURE = re.compile(r"[∂∇Σσδ≈·×⋅₀-₉⁰-⁹ᵀ⊙−]")
PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.|In \[\d*\]:|Out\[\d*\]:)[ \t]", re.MULTILINE)
"""What stands before statements, and before values, of a dialogue with Python."""

PRINTS = re.compile(r"print\(.*\)|[^\W\d]\w*(?:\.[^\W\d]\w*|\[[\w, :]*\])*;?", re.DOTALL)
"""A statement that prints: a call, or a value alone."""

JOINT = re.compile(r"[\s)*_]*(?:=|≈|≃|:=|&asymp;)[\s(*_]*")
COLON = re.compile(r"[\s)*_]*:[\s*_]*")
CELL = re.compile(r"\s*&\s*(?P<value>[^&\\$%]{1,60}?)\s*(?=&|\\\\|\Z)")
NAMED = re.compile(r"(?:^|[\s(:,;])(?P<name>[^\s(:,;=]{1,12})\s*(?P<sign>=|≈|:=)\s*\Z")
PAIR = re.compile(r"(?P<name>[^\s:=]{1,20})\s*[:：]\s*(?P<value>[^\s:=][^:=]{0,60})")
MARKER = re.compile(r"\s*(?:(?:[-*+•]|\d{1,3}[.)])\s+)?")
UNITS = re.compile(r"[^=≈]{1,60}?[^\W\d_]{2,}\**\s*:\**\s+(?=\S)")


@dataclass
class Collected:
    """What has been found so far on a page, or in the cells of a notebook."""

    fragments: list[Fragment] = field(default_factory=list)
    macros: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    cell: int | None = None

    def heading(self, level: int, title: str) -> None:
        """Begin what stands below a heading."""
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        if title:
            self.headings.append((level, title[:MAX_AROUND]))

    def add(
        self, source: str, form: Form, line: int, *, follows: bool = False, around: str = "",
        written: str = "", certain: bool = True,
    ) -> None:  # fmt: skip
        """Add a formula, the space around it left out."""
        stripped = source.lstrip()
        line += source[: len(source) - len(stripped)].count("\n")
        stripped = stripped.rstrip()
        if stripped:
            titles = tuple(title for _, title in self.headings)
            self.fragments.append(
                Fragment(
                    stripped,
                    form,
                    line,
                    self.cell,
                    titles,
                    follows,
                    around,
                    written.strip(),
                    certain,
                )
            )


def read_page(text: str, into: Collected, *, first_line: int = 1, is_tex: bool = False) -> None:
    """Add the formulas of Markdown, of plain text, or of a LaTeX document."""
    _, places = definitions(text)
    into.macros += [text[start:end] for start, end in places]
    _Page(_blanked(text, places), into, first_line, is_tex).read()


def _blanked(text: str, places: Sequence[Span]) -> str:
    """Return a text with spaces in some places, its lines kept."""
    pieces, position = [], 0
    for start, end in places:
        pieces += [text[position:start], re.sub(r"[^\n]", " ", text[start:end])]
        position = end
    return "".join([*pieces, text[position:]])


class _Page:
    def __init__(self, text: str, into: Collected, first_line: int, is_tex: bool) -> None:
        self.text = text
        self.into = into
        self.first_line = first_line
        self.is_tex = is_tex
        self.breaks = [found.start() for found in re.finditer("\n", text)]
        self.scanner = Scanner(text, is_tex)
        self.row = Row()
        self.rows = rows_of(text)
        self.row_line, self.row_end = -1, -1
        self.asked, self.answer = -1, False
        self.formula_end = -1
        self.program, self.program_end = "", 0
        self.marked = [one for one in tables_in(text, is_tex=is_tex) if _has_titles(one[1])]
        self.marked_next = 0

    def read(self) -> None:
        """Read all of it."""
        position = self._beginning()
        for piece in self.scanner.pieces(position):
            if piece.kind == "code":
                continue
            self._between(position, piece.start)
            getattr(self, f"_{piece.kind}")(piece)
            position = max(position, piece.end)
        self._between(position, len(self.text))
        self.into.tables += self.row.tables

    def _beginning(self) -> int:
        if self.is_tex:
            begin = self.text.find("\\begin{document}")
            return max(begin, 0)
        front = FRONT.match(self.text)
        is_front = front and re.search(r"^[\w-]+\s*:", front.group(), re.MULTILINE)
        return front.end() if front and is_front else 0

    # Places.

    def line_of(self, position: int) -> int:
        """Return the line of a place, from 1."""
        return self.first_line + bisect.bisect_left(self.breaks, position)

    def _line_bounds(self, position: int) -> tuple[int, int]:
        k = bisect.bisect_left(self.breaks, position)
        start = self.breaks[k - 1] + 1 if k else 0
        return start, self.breaks[k] if k < len(self.breaks) else len(self.text)

    def _around(self, start: int, end: int) -> str:
        """Return the paragraph something stands in; of a display alone, what leads to it."""
        first, last = self._line_bounds(start)[0], self._line_bounds(end)[1]
        before = self.text[max(first, start - MAX_AROUND) : start]
        outside = (before + self.text[end : min(last, end + MAX_AROUND)]).strip(" \t>")
        blanks = self.scanner.blanks
        k = bisect.bisect_left(blanks, start)
        if outside:
            begin = blanks[k - 1] if k else 0
            stop = blanks[k] if k < len(blanks) else len(self.text)
        else:
            begin = blanks[k - 2] if k > 1 else 0
            stop = start
        begin, stop = max(begin, start - MAX_AROUND), min(stop, end + MAX_AROUND)
        return re.sub(r"\s+", " ", self.text[begin:stop]).strip()

    # Pieces.

    def _formula(self, piece: Piece) -> None:
        raw = self.text[piece.first : piece.last]
        as_is = self._unindented(piece, raw)
        source = as_is if piece.text is None else piece.text
        if "&" in source:
            source = bare.ENTITY.sub(lambda found: html.unescape(found.group()), source)
        written = "" if source == as_is else raw
        follows = self._follows(piece, source) or self._is_joined(piece, source)
        self.into.add(
            source, "latex", self.line_of(piece.first), follows=follows,
            around=self._around(piece.start, piece.end), written=written,
        )  # fmt: skip
        self.formula_end = piece.end

    def _unindented(self, piece: Piece, raw: str) -> str:
        """Return a formula without the indents of its lines, and the signs of a quotation."""
        if "\n" not in raw:
            return raw
        before = self.text[self._line_bounds(piece.start)[0] : piece.start]
        indent = r"\n[ \t]*(?:>[ \t]?)*[ \t]*" if ">" in before else r"\n[ \t]+"
        return re.sub(indent, "\n", raw)

    def _follows(self, piece: Piece, source: str) -> bool:
        start, end = self._line_bounds(piece.start)
        if not self._is_row(start, end):
            return False
        self._enter_row(start, end)
        return self.row.formula(source)

    def _is_joined(self, piece: Piece, source: str) -> bool:
        """Whether only a relation stands between a formula and the one before it in the line."""
        between = self.text[self.formula_end : piece.start] if self.formula_end >= 0 else ""
        if len(between) > 12 or "\n" in between:
            return False
        if JOINT.fullmatch(between):
            return True
        if self.is_tex and between.strip() == "&":
            return is_value(source) and not self._is_in_table(piece.start)
        return bool(COLON.fullmatch(between)) and is_value(source)

    def _hole(self, piece: Piece) -> None:
        pass

    def _heading(self, piece: Piece) -> None:
        self.into.heading(piece.level, bare.unmarked(piece.text or ""))

    def _lines(self, piece: Piece) -> None:
        before = self.text[self._line_bounds(piece.start)[0] : piece.start + 8]
        text = self.text[piece.first : piece.last]
        if ">" in before:
            text = re.sub(r"^[ \t]*(?:>[ \t]?)+", "", text, flags=re.MULTILINE)
        language, line = piece.text or "", self.line_of(piece.first)
        between = self.text[self.program_end : piece.start]
        if language in PLAIN and is_row(text.lstrip("\n").partition("\n")[0]):
            read_page(text, self.into, first_line=line)
            return
        if language in PLAIN and self.program and len(between) < MAX_LEAD and "=" not in between:
            program, self.program = self.program, ""
            if read_output(program, text.strip("\n"), self.into, line):
                return
        read_lines(text, language, self.into, line)
        if language in PYTHON:
            self.program, self.program_end = text, piece.end

    # What stands between them.

    def _between(self, start: int, end: int) -> None:
        while self.marked_next < len(self.marked) and self.marked[self.marked_next][0][0] < end:
            _, table = self.marked[self.marked_next]
            self._place(table)
            table.rows = [(self.first_line - 1 + line, row) for line, row in table.rows]
            self.into.tables.append(table)
            self.marked_next += 1
        position = start
        while position < end:
            line_start, line_end = self._line_bounds(position)
            if line_start == position and not self.is_tex:
                line_end = values.line_end(self.text, position, line_end, end)
            stop = min(line_end, end)
            if stop > position:
                self._part(position, stop, line_start, line_end)
            position = stop + 1

    def _part(self, start: int, stop: int, line_start: int, line_end: int) -> None:
        """Read a part of a line without marks."""
        part = values.on_one_line(self.text[start:stop])
        if len(part) > bare.MAX_LINE or not part.strip():
            return
        if self.is_tex:
            after = self.formula_end == start and not self._is_in_table(start)
            cell = CELL.match(part) if after else None
            if cell and is_value(cell["value"]):
                self.into.add(cell["value"], "plain", self.line_of(start), follows=True)
            return
        alone = start == line_start and stop == line_end
        if self._is_row(line_start, line_end):
            self._enter_row(line_start, line_end)
            self._cells(start, part, line_start, line_end)
            return
        after = self.formula_end == start
        line_number, around = self.line_of(start), self._around(start, stop)
        found = list(_in_text(part, alone, after))
        for k, (source, form) in enumerate(found):
            follows = after and k == 0 and source[0] in "=≈←:"
            self.into.add(source, form, line_number, around=around, follows=follows)
        for k, source in enumerate(
            () if found else self._named(start, part, alone, after, stop < line_end)
        ):
            follows = k > 0 or after
            self.into.add(source, "plain", line_number, around=around, follows=follows)

    def _named(
        self, start: int, part: str, alone: bool, after: bool, before: bool
    ) -> Iterator[str]:
        """Yield a name and its value, ``w1: 0.15``; a name whose value is marked, ``z = $0.5$``."""
        if ":" not in part and "：" not in part and "=" not in part and "≈" not in part:
            return
        text = bare.unmarked(part)
        if alone:
            yield from _pair(MARKER.sub("", text, count=1))
        elif (
            after and COLON.match(text) and is_value(value := text.partition(":")[2].strip(" *.;,"))
        ):
            yield value
        elif before and (named := NAMED.search(text)) and is_quantity(named["name"]):
            yield named["name"]
            self.formula_end = start + part.rindex(named["sign"])

    def _place(self, table: Table) -> None:
        """Note where a table stands."""
        table.cell = self.into.cell
        table.headings = tuple(title for _, title in self.into.headings)

    def _is_in_table(self, position: int) -> bool:
        """Whether a place is in a table that is marked as one."""
        return any(start <= position < end for (start, end), _ in self.marked)

    def _is_row(self, line_start: int, line_end: int) -> bool:
        if self.asked != line_start:
            self.asked = line_start
            short = line_end - line_start <= MAX_ROW
            self.answer = short and (
                line_start in self.rows or is_row(self.text[line_start:line_end])
            )
        return self.answer

    def _enter_row(self, line_start: int, line_end: int) -> None:
        if self.row_line != line_start:
            below = self.text[line_end + 1 : self._line_bounds(line_end + 1)[1]]
            is_next, number = self.row_end == line_start, self.line_of(line_start)
            self.row.begin(self.text[line_start:line_end], below, is_next, number)
            self._place(self.row.tables[-1])
            self.row_line = line_start
        self.row_end = line_end + 1

    def _cells(self, start: int, part: str, line_start: int, line_end: int) -> None:
        cells = re.split(r"((?<!\\)\|)", part)
        position = start
        for k, cell in enumerate(cells):
            if cell == "|":
                self.row.next_cell()
            elif cell.strip():
                inside = (position == line_start or k > 0) and (
                    position + len(cell) == line_end or k + 1 < len(cells)
                )
                after = self.formula_end == position
                found = list(_in_text(cell, inside, after))
                for source, form in found:
                    follows = self.row.formula(source) or (after and source[0] in "=≈")
                    self._add_cell(source, form, position, follows)
                value = self.row.bare(bare.unmarked(cell).strip()) if inside and not found else None
                if value is not None:
                    name, follows = value
                    self._add_cell(name, "plain", position, follows)
            position += len(cell)

    def _add_cell(self, source: str, form: Form, position: int, follows: bool) -> None:
        if follows:
            for name in self.row.take_name():
                self.into.add(name, "plain", self.line_of(position))
        around = self._around(position, position + 1)
        self.into.add(source, form, self.line_of(position), follows=follows, around=around)


def _has_titles(table: Table) -> bool:
    """Whether the first row of a table has no values."""
    first = table.rows[0][1] if table.rows else ()
    return table.is_titled or not any(is_value(cell.strip("$ ")) for cell in first)


def _in_text(text: str, alone: bool, after: bool) -> Iterator[tuple[str, Form]]:
    r"""Yield the formulas of a line, or of a part of one; also LaTeX that nothing marks."""
    if alone and "=" in text and chats.is_latex(text) and len(text) < bare.MAX_LINE:
        begin = MARKER.match(text)
        source = text[begin.end() if begin else 0 :]
        label = UNITS.match(source)
        source = chats.mended(source[label.end() if label else 0 :].strip(" `"))
        if not chats.is_prose(source):
            yield source, "latex"
            return
    for source in bare.find(text, alone=alone, after=after):
        yield source, "plain"


def read_lines(text: str, language: str, into: Collected, first_line: int) -> None:
    """Add the formulas among lines of a program, or among lines set as they are."""
    sign = programs.comment_sign(language)
    is_program = language not in PLAIN or programs.is_program(text)
    found = list(programs.statements(PROMPT.sub("", text).split("\n"), sign))
    if is_program:
        found = sums.gathered(list(sums.without_functions(found)))
    is_counted = values.counted([one.comment for one in found if one.code.strip()])
    comments: dict[int, str] = {}
    dialogue = _Dialogue(into, first_line)
    for one in found:
        if is_program and dialogue.takes(one):
            continue
        if one.comment and not one.code.strip():
            comments[one.first] = one.comment
            continue
        _read_comments(comments, into, first_line)
        around = (one.written or one.code).strip().partition("\n")[0]
        code = programs.without_containers(one.code) if is_program else one.code
        written = one.written or ("" if code == one.code else one.code)
        after = False
        for source, form, certain in _in_statement(code, is_program):
            into.add(source, form, first_line + one.first, around=around, written=written,
                     certain=certain)  # fmt: skip
            after = True
        at = first_line + one.last
        value = values.in_comment(one.comment, is_counted=is_counted) if after else ""
        if value:
            into.add(value, "code", at, around=around, follows=True)
            continue
        for k, source in enumerate(_pair(one.comment)):
            into.add(source, "plain", at, around=around, follows=k > 0)
        for source in bare.find(one.comment, after=after):
            into.add(source, "plain", at, around=around, follows=after and source[0] in "=≈")
    dialogue.end()
    _read_comments(comments, into, first_line)


def _pair(text: str) -> tuple[str, ...]:
    """Return the name and the value of ``dL/du: 0.5``; nothing of another text."""
    pair = PAIR.fullmatch(text.strip().rstrip(".;,"))
    is_one = pair is not None and is_quantity(pair["name"]) and is_value(pair["value"])
    return (pair["name"], pair["value"]) if pair is not None and is_one else ()


class _Dialogue:
    """Statements that print, and the lines below them, or comments, with what they printed."""

    def __init__(self, into: Collected, first_line: int) -> None:
        self.into = into
        self.first_line = first_line
        self.asked: list[str] = []
        self.answers: list[str] = []
        self.first = 0

    def takes(self, one: programs.Statement) -> bool:
        """Take what belongs to it: a statement that prints, or a value below one."""
        code = one.code.strip()
        answer = code or one.comment
        if self.asked and answer and (self.answers or values.begins(answer)):
            self.first = self.first if self.answers else one.first
            if values.begins(answer):
                self.answers.append(answer)
                return True
        if PRINTS.fullmatch(code):
            if self.answers:
                self.end()
            self.asked.append(code)
            if one.comment and values.begins(one.comment):
                self.answers.append(one.comment)
                self.first = one.first
                self.end()
            return True
        if code:
            self.end()
        return False

    def end(self) -> None:
        """Add what was printed."""
        read_output("\n".join(self.asked), "\n".join(self.answers), self.into,
                    self.first_line + self.first)  # fmt: skip
        self.asked, self.answers = [], []


def read_output(program: str, output: str, into: Collected, line: int | None = None) -> bool:
    """Add what a program printed; say whether that is known.

    Parameters
    ----------
    line
        The line of the output; None if it stands on no page, so that those of the program count.
    """
    found = outputs.printed(program, output) if output.strip() else []
    for one in found:
        at = 1 + one.program_line if line is None else line + one.line
        for name in one.names:
            into.add(f"{name} = {one.value}", "code", at, around=output[:MAX_AROUND],
                     written=f"{name} = {one.value}", certain=False)  # fmt: skip
    return bool(found)


def _in_statement(code: str, is_program: bool) -> Iterator[tuple[str, Form, bool]]:
    """Yield the formulas of a statement of a program, or of a line set as it is.

    With each goes whether it is mathematics for certain.
    """
    for part in programs.parts(code) if is_program else [code]:
        if is_program and not SURE.search(part):
            if (source := programs.formula_in(part)) is not None:
                yield source, "code", True
                continue
            if not programs.is_no_statement(part):
                if (source := programs.assignment_in(part)) is not None:
                    yield source, "code", False
                continue
        for source, form in _in_text(part, True, False):
            yield source, "code" if form == "plain" and programs.is_code(source) else form, True


def _read_comments(comments: dict[int, str], into: Collected, first_line: int) -> None:
    """Add the formulas of comments that have lines of their own: a page among a program."""
    if comments:
        first, last = min(comments), max(comments)
        block = "\n".join(comments.get(k, "") for k in range(first, last + 1))
        read_page(block, into, first_line=first_line + first)
        comments.clear()
