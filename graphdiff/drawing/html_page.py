"""A page of HTML without scripts or anything to load: its frame, pictures and formulas.

Formulas are typeset as outlines, drawn in the colour of the text around them, with the plain
formula as alternative text. On a telephone each row of a table that ``stacks`` is a paragraph for
each cell, which begins with what it is ``data-of``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Protocol

from graphdiff.drawing.fragments import glyphs_of
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Scene
from graphdiff.drawing.typeset import Fragment
from graphdiff.drawing.writers.svg import NAMESPACES, definitions, escaped, placed, sized, svg

SIZE = 17.0
PREFIX = "p"

LEAST = 0.7
"""A picture is shown no smaller than this; beyond that it scrolls."""

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """
:root { --ink: #14181f; --paper: #ffffff; --line: #c9d0d8; --faint: #4d5663; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 1rem 1.25rem 3rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; color: var(--faint); }
figure { margin: 1rem 0; overflow-x: auto; }
summary { color: var(--faint); cursor: pointer; }
figure svg { max-width: 100%; min-width: var(--least); height: auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
.equation { overflow-x: auto; padding: .3rem 0 .3rem 1.25rem; }
.formula { vertical-align: middle; fill: currentColor; }
.outlines { position: absolute; }
.for-dark { display: none; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f0f2f5; --paper: #14171c; --line: #3b434d; --faint: #b4bdc9; }
  .for-dark { display: block; } .for-light.has-dark { display: none; }
}
@media screen and (max-width: 40rem) {
  th, td { padding-right: .6rem; }
  .stacks, .stacks tbody, .stacks tr, .stacks tbody td { display: block; width: auto; }
  .stacks thead { position: absolute; clip-path: inset(50%); }
  .stacks tr { border-bottom: 1px solid var(--line); padding: .35rem 0; }
  .stacks tbody td { border-bottom: 0; padding: .15rem .5rem; max-width: none; }
  .stacks tbody td[data-of] { text-align: left; } .stacks td:empty { display: none; }
  .stacks [data-of]::before { content: attr(data-of) ": "; color: var(--faint); }
}
@media print {
  :root { --ink: #000000; --paper: #ffffff; --line: #999999; --faint: #333333; }
  main { max-width: none; padding: 0; } figure svg { min-width: 0; }
  .equation, tr { break-inside: avoid; }
  .for-dark { display: none; } .for-light.has-dark { display: block; }
}
"""


def document(
    title: str,
    body: Iterable[str],
    fragments: Iterable[Fragment],
    *,
    language: str = "en",
    style: str = "",
    scripts: Sequence[str] = (),
    generator: str = "",
) -> str:
    """Return a page as HTML text.

    Parameters
    ----------
    body
        The elements of the page, in which nothing is left of what others wrote but text.
    fragments
        The formulas that are shown in it.
    style
        Rules of its own, after those of all pages.
    scripts
        The digests of the scripts in it, as its policy names them; no other is run.
    generator
        What made it, if that is to be said in its head.
    """
    policy = f"{POLICY}; script-src {' '.join(scripts)}" if scripts else POLICY
    made_by = [f'<meta name="generator" content="{escaped(generator)}">'] if generator else []
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{escaped(language)}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            *made_by,
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            f"<title>{escaped(title)}</title>",
            f"<style>{STYLE}{style}</style>",
            "</head>",
            "<body>",
            outlines(fragments),
            "<main>",
            *body,
            "</main>",
            "</body>",
            "</html>\n",
        ]
    )


def outlines(fragments: Iterable[Fragment]) -> str:
    """Return the outlines of the letters in formulas, which these point to."""
    return (
        f'<svg {NAMESPACES} width="0" height="0" class="outlines" aria-hidden="true">'
        f"{definitions(glyphs_of(fragments), PREFIX)}</svg>"
    )


class Drawn(Protocol):
    """A picture, as far as a page needs it."""

    @cached_property
    def scene(self) -> Scene:
        """The picture as shapes."""
        ...

    @property
    def options(self) -> Options:
        """The choices it is drawn with."""
        ...


def figures(picture: Drawn, dark: Drawn | None = None) -> Iterator[str]:
    """Yield a picture, whose text can be searched, and the one that dark pages show instead."""
    yield _figure(picture, "for-light has-dark" if dark else "for-light")
    if dark:
        yield _figure(dark, "for-dark")


def _figure(picture: Drawn, shown: str) -> str:
    """Return a picture that shrinks with the page, though not until it cannot be read."""
    drawn = svg(picture.scene, text=True)
    least = f"--least: {LEAST * picture.scene.pixels[0]:.0f}px"
    return f'<figure class="{shown}" style="{least}">{drawn}</figure>'


def in_words(alt: str) -> str:
    """Return what a picture shows in words, to be opened by who wants to read it."""
    return f"<details><summary>The picture in words</summary><p>{escaped(alt)}</p></details>"


Cell = tuple[str, Fragment | None]
"""A cell of a table: plain text, and how it is typeset."""


def table(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield a table of formulas."""
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    yield f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>'
    for row in rows:
        yield f"<tr>{''.join(f'<td>{shown(*cell)}</td>' for cell in row)}</tr>"
    yield "</tbody></table></div>"


def shown(plain: str, fragment: Fragment | None) -> str:
    """Return a formula as a small SVG, or plain text where there is none."""
    if fragment is None:
        return escaped(plain)
    width, height = fragment.width + 2, fragment.height + 2
    return (
        f'<svg {NAMESPACES} class="formula" role="img" aria-label="{escaped(plain)}" '
        f"{sized(width, height)}>"
        f"<title>{escaped(plain)}</title>"
        f"{placed(fragment, 1, fragment.ascent + 1, 'currentColor', PREFIX)}</svg>"
    )
