r"""Formulas in text without signs that mark them: ``δ = (t − y) · y``, ``so z = 0.5 and a = 0.6``.

What is found is certain: it has a relation, and mathematics on both sides of it. A formula ends
where prose begins; a side that goes on with prose is left out whole, never cut short.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator, Sequence

from graphdiff.files.pages import values
from graphdiff.files.pages.words import (
    AGES,
    EQUAL,
    KNOWN,
    LETTER,
    MARKS,
    Token,
    is_sure,
    tokens,
    words,
)

MAX_LINE = 2_000
"""Characters of a line looked at; longer ones are data."""

MAX_PHRASE = 4
"""Words of a phrase that names a quantity at the beginning of a line: ``Total error = …``."""

MARKER = re.compile(
    r"\s*(?:(?:[-*+•◦‣▪●○–]|\d{1,3}[.)]|\(?[a-zA-Z]\)|\((?:\d{1,3}|[ivxlc]{1,6})\)|>)(?:\s+|$))+"
)
LABEL = re.compile(r"[^=≈←:`|]{1,80}?[^\W_][)\]'’\"*]*\s*[:：]\**(?=\s)\s*(?!=)")
CONDITION = re.compile(
    r"(?:else|otherwise|sinon|sonst|(?:if|when|si|wenn|falls|se|nếu)\s[^:=]*(?:[<>≤≥]=?|==)[^:=]*)\s*:\s*\S.*=",
    re.IGNORECASE,
)
LINKED = re.compile(
    r"\b\w{2,10}://\S+|\bwww\.\S+|[\w.+-]{1,60}@[\w-]{1,60}\.\w+|(?<!\S)(?:--[a-zA-Z][\w-]*(?:=\S+)?|-[a-zA-Z]\w*=\S+|[A-Z][A-Z_]{3,}=\S+)"
)
TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,400}>|<!--.*?-->")
ENDS = re.compile(r"\A(?:\s*</?[a-zA-Z][^<>\n]{0,200}>)+|(?:</?[a-zA-Z][^<>\n]{0,200}>\s*)+\Z")
SCRIPT = re.compile(r"<(su[bp])>([^<>\n]{1,40})</\1>", re.IGNORECASE)
BOLD = re.compile(r"(?<![\w*)\]])(\*\*\*?|__)(?=[^\s*_])([^\n]{0,300}?[^\s*_])\1(?![\w*(])")
ITALIC = re.compile(r"(?<![\w*)\]])\*(?=[^\W\d_])([^\n*]*?[^\s*])\*(?![\w*(])")
CODE = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]+)\1(?!`)")
NOTE = re.compile(
    r"(?<=\s)(?://|#|<--+|(?<!\d\s)%|%%|%(?=\s+\w)|--+>?|✓|✅|✔|❌)(?=\s|$).*", re.DOTALL
)
FOOTNOTE = re.compile(r"\[\^\w{1,20}\](?!\()")
ENTITY = re.compile(r"&(?:[a-zA-Z]{2,12}|#\d{2,6}|#x[0-9a-fA-F]{2,5});")

SEVERAL = re.compile(
    rf"\s*\(?(?P<names>[{LETTER}][\w{MARKS}]{{0,5}}(?:\s*,\s*[{LETTER}][\w{MARKS}]{{0,5}}){{1,9}})\)?\s*[=≈]\s*"
    r"\(?(?P<values>[-+−]?[\d.]+(?:[eE][-+]?\d+)?(?:\s*,\s*[-+−]?[\d.]+(?:[eE][-+]?\d+)?){1,9})\)?[.;]?\s*"
)
"""Names that are given numbers together: ``h1, h2 = 0.55, 0.61``."""

_VALUE = r"[-+−]?\d*[.,]\d+(?:[eE][-+]?\d+)?"
CHANGE = re.compile(
    rf"(?P<lead>.*?[\s:;,])??(?P<change>[{LETTER}][\w{MARKS}]{{0,7}}\s*(?::\s*{_VALUE}\s*)?"
    rf"(?:→|->|-->|⟶|➔|➜)\s*{_VALUE})\s*[.;!]?\s*"
)
"""What a number becomes: ``w -> 0.5177``, ``w: 0.5 → 0.52``; a decimal, since x → 0 is a limit."""

DERIVATIVE = re.compile(r"[d∂][^\s/]*/[d∂][^\s/]+|J\[[^\[\]]+(?:→|->)[^\[\]]+\]|P\[[^\[\]]+\]")

CONDITIONS = words("if else otherwise when for and or si sino falls sonst wenn se senão quando")
"""Words that belong to a formula: 1 if z > 0 else 0."""

WORDY = {"word", "name", "function", "number"}
CLOSED = WORDY | {"close"}
_BINARY = set("+-−–±∓*·×⋅∙•÷/^⊙∘⊗⊕@&∗⁎⨀✕✖")
ARROWS = {"→", "->", "⟶", "➜", "➔", "-->"}
_DIFFERENTIALS = re.compile(r"(?:d[^\W_]{1,2}){1,2}")
_PREFIX = set("+-−±∂∇√∑Σ∏∫")


def find(text: str, *, alone: bool = True, after: bool = False) -> Iterator[str]:
    """Yield the formulas in a line of text.

    Parameters
    ----------
    alone
        Whether the text is all of its line.
    after
        Whether a formula stands before it, so that a relation at its beginning goes on with it.
    """
    if len(text) > MAX_LINE:
        return
    changed = _changed(text) if alone else None
    if changed is not None:
        text = text[: changed.start("change")]
    if any(sign in text for sign in EQUAL):
        yield from _equations(text, alone=alone, after=after)
    if changed is not None:
        yield changed["change"]


def _changed(text: str) -> re.Match[str] | None:
    """Return the change at the end of a line that has nothing else but equations before it."""
    if not any(arrow in text for arrow in ARROWS):
        return None
    marker = MARKER.match(text)
    found = CHANGE.fullmatch(text, marker.end() if marker else 0)
    if found is None:
        return None
    lead = (found["lead"] or "").strip(" \t:;,")
    return found if not lead or re.search(r"[=≈]\s*[-+−]?[\d.,]+$", lead) else None


def _equations(text: str, *, alone: bool, after: bool) -> Iterator[str]:
    """Yield the formulas of a line that have a relation which makes an equation."""
    text = unmarked(text)
    begin = 0
    if alone:
        marker = MARKER.match(text)
        begin = marker.end() if marker else 0
        if CONDITION.match(text, begin):
            yield text[begin:].strip()
            return
        label = LABEL.match(text, begin)
        begin = label.end() if label else begin
        if (several := SEVERAL.fullmatch(text, begin)) is not None:
            names, numbers = (several[key].count(",") for key in ("names", "values"))
            if names == numbers:
                yield text[begin:].strip()
                return
    found = list(tokens(values.without_points(NOTE.sub("", text[begin:]))))
    for stretch in itertools.chain.from_iterable(map(_between_arrows, _stretches(found))):
        whole = alone and len(stretch) == len(found)
        for run, cut in _runs(stretch, whole) if stretch else ():
            leads = run[0] is found[0] and (alone or (after and run[0].start < 3))
            formula = _formula(run, cut, whole, leads)
            if formula:
                yield text[begin:][formula[0].start : formula[-1].end]


def unmarked(text: str) -> str:
    """Return a line without what sets it: bold and italic signs, tags, entities, backquotes."""
    if "&" in text:
        text = ENTITY.sub(lambda found: html.unescape(found.group()).replace("\u00a0", " "), text)
    if "<" in text:
        text = ENDS.sub("", SCRIPT.sub(_script, text))
        text = TAG.sub(lambda found: "" if found[0].strip("</>") in _SETTING else "\x00", text)
    text = FOOTNOTE.sub("", LINKED.sub("\x00", text))
    if "`" in text:
        text = CODE.sub(lambda found: found[2], text)
    if "*" in text or "__" in text:
        text = ITALIC.sub(r"\1", BOLD.sub(r"\2", text))
    return text


_SETTING = {"b", "i", "em", "strong", "code", "span", "u", "var", "mark", "kbd", "tt"}


def _script(found: re.Match[str]) -> str:
    sign = "_" if found[1].lower() == "sub" else "^"
    inner = found[2].strip()
    return sign + (inner if re.fullmatch(r"[^\W_]+", inner) else f"{{{inner}}}")


def _stretches(found: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield what stands between signs that no formula has: full stops, commas outside brackets."""
    partner = _brackets(found)
    stretch: list[Token] = []
    k = 0
    while k < len(found):
        token = found[k]
        ends = token.kind in ("break", "comma") or (
            token.kind in ("open", "close") and k not in partner
        )
        if token.kind == "open" and k in partner and _is_comment(found, k, partner[k]):
            del partner[partner[k]], partner[k]
            ends = True
        if not ends and token.gap > 1 and stretch and _is_operand(stretch[-1], token):
            yield stretch
            stretch = []
        if ends:
            if stretch:
                yield stretch
            stretch = []
        elif token.kind == "open":
            stretch.extend(found[k : partner[k] + 1])
            k = partner[k]
        else:
            stretch.append(token)
        k += 1
    if stretch:
        yield stretch


def _between_arrows(stretch: list[Token]) -> Iterator[list[Token]]:
    """Yield the equations of a line with arrows between them: ``z = w x → a = σ(z)``."""
    begin, depth = 0, 0
    for k, token in enumerate(stretch):
        depth += (token.kind == "open") - (token.kind == "close")
        if token.text in ARROWS and not depth and _is_equation(stretch[k + 1 :]):
            yield stretch[begin:k]
            begin = k + 1
    yield stretch[begin:]


def _is_equation(found: Sequence[Token]) -> bool:
    """Whether what begins here gives a name a value."""
    for k, token in enumerate(found):
        if token.kind == "relation":
            return k > 0 and token.text in EQUAL
        is_named = token.kind in ("name", "open", "close") or token.text.lower() in KNOWN
        if not is_named and token.text not in "/∂":
            return False
    return False


def _brackets(found: Sequence[Token]) -> dict[int, int]:
    """Return for each bracket that is closed where; brackets of any kinds may be mixed."""
    partner: dict[int, int] = {}
    opened: list[int] = []
    for k, token in enumerate(found):
        if token.kind == "open":
            opened.append(k)
        elif token.kind == "close" and opened:
            partner[opened.pop()] = k
            partner[k] = -1
        elif token.kind == "break" and token.text not in ":.":
            opened.clear()
    return partner


def _is_comment(found: Sequence[Token], start: int, end: int) -> bool:
    """Whether something in brackets is prose: ``(see below)``, and ``(rounded)`` after a space."""
    inner = found[start + 1 : end]
    adjacent = any(
        b.gap and "word" in (a.kind, b.kind) and a.kind in WORDY and b.kind in WORDY
        for a, b in itertools.pairwise(inner)
        if not {a.text, b.text} & CONDITIONS
    )
    if adjacent or any(token.kind == "break" for token in inner):
        return True
    if (start == 0 or found[start].gap > 0) and any(
        relation in EQUAL for relation in _sides(inner)[1]
    ):
        return True
    follows = found[end + 1].kind if end + 1 < len(found) else "break"
    alone = all(token.kind == "word" for token in inner)
    return alone and found[start].gap > 0 and follows not in ("relation", "operator")


def _is_operand(before: Token, token: Token) -> bool:
    """Whether a token after a wide space begins something new."""
    ended = before.kind in ("number", "name", "function", "word", "close")
    return ended and token.kind in ("number", "name", "function", "word", "open")


def _runs(stretch: list[Token], whole: bool) -> Iterator[tuple[list[Token], bool]]:
    """Yield runs of mathematics between words of prose, and whether prose goes on with the last."""
    if whole and _is_whole(stretch):
        yield stretch, False
        return
    run: list[Token] = []
    depth, is_inside = 0, False
    for k, token in enumerate(stretch):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and (
            (token.kind == "word" and not _is_known(stretch, k)) or _is_and(stretch, k)
        ):
            if run and token.text in CONDITIONS - {"and", "or", "for"}:
                if all(each.kind != "word" or each.text in CONDITIONS for each in stretch[k:]):
                    yield [*run, *stretch[k:]], False
                return
            if run:
                yield _whole_sides(run, stretch, is_inside), run[-1].text in _BINARY
            is_inside = k > 0 and stretch[k - 1].kind == "relation"
            run = []
        else:
            run.append(token)
    if run:
        yield _whole_sides(run, stretch, is_inside), run[-1].text in _BINARY


def _whole_sides(run: list[Token], stretch: Sequence[Token], is_inside: bool) -> list[Token]:
    """Return a run without its first side, where that goes on with a word of prose.

    ``is_inside`` says that the word stands after a relation, ``dW = something h = …``.
    """
    first = run[0]
    if is_inside:
        begin = next((k for k, token in enumerate(run) if token.kind == "relation"), len(run))
        return run[begin:] or run[:1]
    if first is stretch[0] or first.text not in _BINARY:
        return run
    is_dash = first.text in "-−–" and first.gap and len(run) > 1 and run[1].gap
    if is_dash and _is_equation(run[1:]):
        return run[1:]
    begin = next((k for k, token in enumerate(run) if token.kind == "relation"), len(run))
    return run[begin:] or run


def _is_whole(stretch: Sequence[Token]) -> bool:
    """Whether all of a line is one formula, whose names may be words."""
    first = next((k for k, t in enumerate(stretch) if t.kind == "relation"), len(stretch))
    words_before = sum(token.kind == "word" for token in stretch[:first])
    computes = any(token.kind == "operator" for token in stretch[:first])
    if words_before > (1 if computes else MAX_PHRASE):
        return False
    if any(
        a.kind == "word" and b.gap and b.kind in ("name", "function", "number") and not _is_age(a)
        for a, b in itertools.pairwise(stretch[:first])
    ) or any(_is_and(stretch, k) for k in range(len(stretch))):
        return False
    return not any(
        b.gap
        and ((a.kind == "word" and b.kind in WORDY) or (b.kind == "word" and a.kind in CLOSED))
        for a, b in itertools.pairwise(stretch[first:])
    )


def _is_known(stretch: Sequence[Token], k: int) -> bool:
    """Whether a word is a name such as ``Loss``, and no prose touches it."""
    before = stretch[k - 1] if k else None
    after = stretch[k + 1] if k + 1 < len(stretch) else None
    if before is not None and before.text in ("∂", "∇") and not stretch[k].gap:
        return True
    if _DIFFERENTIALS.fullmatch(stretch[k].text) and (
        (after is not None and after.text == "/" and not after.gap)
        or (before is not None and before.text == "/" and not stretch[k].gap)
    ):
        return True  # da/dz, d2L/dwdb
    if after is not None and after.kind == "open" and not after.gap:
        return True  # a function of a name of its own
    if before is not None and _is_d_of(stretch, k):
        return True  # do h^T
    if _is_age(stretch[k]) and "name" in (before and before.kind, after and after.kind):
        return True
    if re.sub(r"['′’]+$", "", stretch[k].text).lower() not in KNOWN:
        return False
    beside = ("operator", "relation", "link", "open", "close")
    return (after is not None and after.kind in beside) or (
        before is not None and before.kind in ("operator", "relation") and after is None
    )


def _is_d_of(stretch: Sequence[Token], k: int) -> bool:
    """Whether a word is the derivative by a name, ``do``, as what stands beside it says."""
    before, after, beyond = (
        stretch[place] if place < len(stretch) else None for place in (k - 1, k + 1, k + 2)
    )
    assert before is not None  # noqa: S101 - asked
    is_operand = before.kind in ("relation", "operator", "name", "number", "close")
    if not re.fullmatch(r"d[a-zA-Z]", stretch[k].text) or not is_operand:
        return False
    if not any(token.kind == "relation" for token in stretch[:k]):
        return False
    ends = ("operator", "relation", "close")
    if after is None or after.kind in ends:
        return True
    is_left = before.kind in ("relation", "operator")
    return is_left and after.kind == "name" and (beyond is None or beyond.kind in ends)


def _is_age(token: Token) -> bool:
    return token.text.lower() in AGES


def _is_and(stretch: Sequence[Token], k: int) -> bool:
    """Whether a letter is a word between two formulas: ``x = 5 y z = 3`` in Spanish."""
    token = stretch[k]
    if token.text not in ("y", "e", "i", "a", "o", "u", "w", "и") or not 0 < k < len(stretch) - 2:
        return False
    before, after = stretch[k - 1], stretch[k + 1]
    if not (token.gap and after.gap and before.kind in ("number", "close")):
        return False
    relation = next((t for t in stretch[k + 1 :] if t.kind in ("relation", "operator")), None)
    return after.kind == "name" and relation is not None and relation.kind == "relation"


def _formula(run: list[Token], cut: bool, whole: bool, leads: bool) -> list[Token]:
    """Return the part of a run that is a formula for certain; nothing if there is none."""
    run = _trimmed(run)
    if cut or (run and run[-1].text in _BINARY):
        run = _without_last_side(run)
    while run and (run[-1].kind in ("relation", "link") or run[-1].text == "!"):
        run = run[:-1]
    last = max((k for k, token in enumerate(run) if token.text in ARROWS), default=0)
    if last and not any(token.kind == "relation" for token in run[last:]):
        run = run[:last]
    sides, relations = _sides(run)
    if not any(relation in EQUAL for relation in relations):
        return []
    if not sides[0]:
        return run if leads and all(map(_is_certain, sides[1:2])) else []
    if not all(sides) or not _has_operand(sides[0]):
        return []
    right = [token for side in sides[1:] for token in side]
    if _is_certain(right) or (whole and _are_names([*_unless_derivative(sides[0]), *sides[1:]])):
        return run
    return []


def _trimmed(run: list[Token]) -> list[Token]:
    """Return a run without what leads to it: an arrow, a dash, the article *a*."""
    k, n = 0, len(run)
    while k < n and (
        run[k].kind == "link"
        or (run[k].kind == "operator" and run[k].text not in _PREFIX)
        or (run[k].text in "–-−•" and k + 1 < n and run[k + 1].gap > 0)
        or (
            run[k].text in ("a", "A", "I")
            and k + 1 < n
            and run[k + 1].gap > 0
            and run[k + 1].kind in ("name", "function", "word", "number")
        )
    ):
        k += 1
    return run[k:]


def _without_last_side(run: list[Token]) -> list[Token]:
    depth = 0
    for k in range(len(run) - 1, -1, -1):
        depth += (run[k].kind == "close") - (run[k].kind == "open")
        if depth == 0 and run[k].kind in ("relation", "link"):
            return run[:k]
    return []


def _sides(run: Sequence[Token]) -> tuple[list[list[Token]], list[str]]:
    sides: list[list[Token]] = [[]]
    relations: list[str] = []
    depth = 0
    for token in run:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.kind in ("relation", "link"):
            relations.append(token.text)
            sides.append([])
        else:
            sides[-1].append(token)
    return sides, relations


def _has_operand(side: Sequence[Token]) -> bool:
    return any(token.kind in ("number", "name", "function", "word") for token in side)


def _is_certain(side: Sequence[Token]) -> bool:
    """Whether something is mathematics and nothing else."""
    return _has_operand(side) and (
        any(
            token.kind in ("number", "function", "bar")
            or (token.kind == "operator" and token.text != "&")
            or (token.kind == "name" and ("_" in token.text or is_sure(token.text)))
            or token.text.endswith((".T", "'", "′"))
            for token in side
        )
        or any(
            a.kind == "name" and b.kind == "open" and not b.gap for a, b in itertools.pairwise(side)
        )
    )


def _unless_derivative(side: Sequence[Token]) -> list[Sequence[Token]]:
    """Return a side, nothing where it is a derivative by its form: ``dE/dv``, ``J[h->o]``."""
    return [] if DERIVATIVE.fullmatch("".join(token.text for token in side)) else [side]


def _are_names(sides: Sequence[Sequence[Token]]) -> bool:
    return all(len(side) == 1 and side[0].kind in ("name", "number") for side in sides)
