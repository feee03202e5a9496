"""Pages of HTML can be read: on light pages, on dark ones, on paper; and on a telephone."""

from __future__ import annotations

import re
from itertools import product

import pytest

from graphdiff.drawing import html_page
from graphdiff.drawing.checked import as_html
from graphdiff.drawing.colours import LEGIBLE, SEEN, contrast
from graphdiff.grading import bars, class_page

MEDIA = "", "@media (prefers-color-scheme: dark)", "@media print"
TEXT = "ink", "faint", "bad", "good", "doubt"
GROUND = "paper", "wrong"


def variables(style: str, media: str) -> dict[str, str]:
    """Return the colours that a style sheet names, outside of media or for one."""
    plain = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", style)
    inside = style.partition(media)[2] if media else plain
    roots = re.findall(r":root\s*\{([^{}]*)\}", inside)
    return dict(re.findall(r"--([a-z]+):\s*(#[0-9a-f]{6})", roots[0])) if roots else {}


@pytest.mark.parametrize("media", MEDIA)
def test_text_of_pages_can_be_read(media):
    found = variables(html_page.STYLE, media) | variables(as_html.STYLE, media)
    assert {*TEXT, *GROUND} <= set(found)
    for ink, ground in product(TEXT, GROUND):
        assert contrast(found[ink], found[ground]) >= LEGIBLE, (ink, ground)


def test_bars_are_seen():
    for k, (paper, ink) in enumerate(((bars.PAPER, bars.INK), (bars.DARK_PAPER, bars.DARK_INK))):
        assert contrast(ink, paper) >= SEEN  # around every part
        right, wrong = (bars.FILL[kind][k] for kind in ("right", "wrong"))
        assert contrast(right, wrong) >= SEEN  # in grey too


@pytest.mark.parametrize("style", [html_page.STYLE + as_html.STYLE])
def test_no_other_colours_are_used(style):
    """All that is painted has a name, and with it a colour for dark pages and one for paper."""
    used = set(re.findall(r"var\(--([a-z]+)\)", style)) - {"least"}
    for media in MEDIA:
        named = variables(html_page.STYLE, media) | variables(as_html.STYLE, media)
        assert used <= set(named)
    assert not re.search(r"#[0-9a-f]{3,6}", re.sub(r"--[a-z]+:\s*#[0-9a-f]{6}", "", style))


def test_cells_say_what_they_are_where_there_is_no_heading():
    """On a telephone the heading of a table that stacks is not seen."""
    written = "".join(class_page._table(("Claim", "Right"), [("z", "3")], numbers=(1,)))
    assert 'class="book stacks"' in written
    assert '<td>z</td><td class="number" data-of="Right">3</td>' in written
