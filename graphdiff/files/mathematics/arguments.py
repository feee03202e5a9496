r"""What a command becomes once it has its arguments."""

from __future__ import annotations

from graphdiff.files.mathematics.commands import Deed
from graphdiff.files.mathematics.items import is_relation
from graphdiff.files.mathematics.tokens import Item
from graphdiff.files.mathematics.trees import Span

_STYLES = {"mathscr": "mathcal", "mathds": "mathbb"}
_NEGATED = {"=": "≠", "∈": "∉", "≡": "≠", "≈": "≠"}
_ARROWS = {"xrightarrow": "→", "xmapsto": "→", "xleftarrow": "←", "xlongequal": "="}
_LETTERS = frozenset({"letters", "letter", "function", "text", "word"})


def carried_out(
    token: Item, deed: Deed, given: list[list[Item]], span: Span
) -> tuple[list[Item], str]:
    """Return the items that a command and its arguments become, and a note on what is left out."""
    match deed:
        case "splice":
            return given[-1], ""
        case "note":
            return [], "".join(item.text for item in given[0])
        case "drop":
            return [], ""
        case "word":
            return _word(token, given[0], span), ""
        case "alphabet":
            style = _STYLES.get(token.text, token.text)
            return [_styled(item, style) for item in given[0]], ""
        case "unit" if any(map(is_relation, given[0])):
            return given[0], ""
        case "negate" if given[0] and given[0][0].text in _NEGATED:
            return [Item("sign", _NEGATED[given[0][0].text], span)], ""
        case "negate":
            return [token._replace(kind="lacking")], ""
        case "arrow":
            return [Item("sign", _ARROWS[token.text], span)], " ".join(
                item.text for item in given[0]
            )
        case "stack" if given[1] and is_relation(given[1][0]):
            return given[1], " ".join(item.text for item in given[0])
        case _:
            return [Item("built", deed, span, token.glued, tuple(given), token.text)], ""


def _styled(item: Item, style: str) -> Item:
    """Have letters in another alphabet, and the 1 of an indicator."""
    if item.kind not in ("letters", "letter", "number"):
        return item
    return item._replace(kind="letters" if item.kind == "number" else item.kind, style=style)


def _word(token: Item, items: list[Item], span: Span) -> list[Item]:
    """Have letters that are set upright as one word."""
    joined = (item.kind in {*_LETTERS, "number"} or item.text in "-.*" for item in items)
    if not items or items[0].kind not in _LETTERS or not all(joined):
        return items
    text = items[0].text + "".join(
        item.text if item.glued else f" {item.text}" for item in items[1:]
    )
    kind = "function" if items[0].kind == "function" and len(items) == 1 else "text"
    return [Item(kind, text, span, token.glued)]


def over(items: list[Item], span: Span) -> list[Item]:
    r"""Return ``a \over b`` as a fraction."""
    for place, item in enumerate(items):
        if item.kind == "command" and item.text == "over" and not item.parts:
            return [
                Item("built", "fraction", span, False, (items[:place], items[place + 1 :]), "over")
            ]
    return items


def braces_with_over(tokens: list[Item]) -> set[int]:
    r"""Return the places of the braces directly in which there is an \over."""
    found: set[int] = set()
    opened: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind == "{":
            opened.append(place)
        elif token.kind == "}" and opened:
            opened.pop()
        elif token.kind == "command" and token.text == "over" and opened:
            found.add(opened[-1])
    return found
