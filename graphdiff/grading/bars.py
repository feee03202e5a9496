"""Bars that are told apart without colour: full, striped, dark, empty; on a screen and on paper."""

from __future__ import annotations

from collections.abc import Mapping

from graphdiff.drawing.writers.svg import NAMESPACES, escaped
from graphdiff.grading.summary import OUTCOMES, Outcome

WIDTH, HEIGHT, STRIPE = 220, 14, 4

INK, PAPER = "#14181f", "#ffffff"
DARK_INK, DARK_PAPER = "#f0f2f5", "#14171c"

FILL = {
    "right": ("#a9d8b4", "#2c5c3a"),
    "follows": (PAPER, DARK_PAPER),
    "wrong": ("#8c1d18", "#ff9d92"),
    "missing": (PAPER, DARK_PAPER),
    "unread": (PAPER, DARK_PAPER),
    "count": ("#9db4cc", "#5b7796"),
}
"""What parts are filled with, on light pages and on dark ones; they differ in grey too."""

STYLE = f"""
.bar {{ vertical-align: middle; }} .key {{ display: inline-block; margin-right: 1.25rem; }}
@media screen and (prefers-color-scheme: dark) {{
  .bar rect {{ stroke: {DARK_INK}; }} .bar path {{ stroke: {DARK_INK}; }}
  {" ".join(f".bar .{kind} {{ fill: {dark}; }}" for kind, (_, dark) in FILL.items())}
}}
"""


def stacked(counts: Mapping[Outcome, int]) -> str:
    """Return how many have each outcome as one bar, with the counts as its alternative text."""
    total = sum(counts.values())
    if not total:
        return ""
    parts, at = list[str](), 0.0
    for kind in OUTCOMES:
        width = (WIDTH - 2) * counts[kind] / total
        if width:
            parts.append(_part(kind, at + 1, width))
        at += width
    said = ", ".join(f"{counts[kind]} {kind}" for kind in OUTCOMES if counts[kind])
    return _svg(parts, WIDTH, said)


def single(count: int, of: int) -> str:
    """Return a count as a bar, as long as its part of another."""
    width = (WIDTH - 2) * count / of if of else 0
    return _svg([_part("count", 1, width)] if width else [], WIDTH, f"{count} of {of}")


def key(kind: Outcome, said: str) -> str:
    """Return what a part of a bar looks like, and what it means."""
    return f'<span class="key">{_svg([_part(kind, 1, 22)], 24, kind)} {escaped(said)}</span>'


def _part(kind: str, x: float, width: float) -> str:
    dashes = ' stroke-dasharray="2 2"' if kind == "unread" else ""
    rect = (
        f'<rect class="{kind}" x="{x:.1f}" y="1" width="{width:.1f}" height="{HEIGHT - 2}" '
        f'fill="{FILL[kind][0]}" stroke="{INK}"{dashes}/>'
    )
    stripes = " ".join(f"M{x + k:.1f} 1V{HEIGHT - 1}" for k in range(STRIPE, int(width), STRIPE))
    if kind != "follows" or not stripes:
        return rect
    return f'{rect}<path d="{stripes}" fill="none" stroke="{INK}" stroke-width="1.5"/>'


def _svg(parts: list[str], width: int, said: str) -> str:
    return (
        f'<svg {NAMESPACES} class="bar" role="img" aria-label="{escaped(said)}" '
        f'width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}">'
        f"<title>{escaped(said)}</title>{''.join(parts)}</svg>"
    )
