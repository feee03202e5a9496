"""Colours that can be read: contrast in every theme, and kinds apart without colour."""

from __future__ import annotations

import pytest

from graphdiff.drawing.themes import OUTLINES, THEMES
from graphdiff.graph import KINDS


def luminance(colour: str) -> float:
    """Return the relative luminance as WCAG 2 defines it."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read(name):
    theme = THEMES[name]
    paints = [*theme.kinds.values(), theme.cut_off]
    for behind in (theme.background, *(paint.fill for paint in paints)):
        assert contrast(theme.ink, behind) >= 7
        assert contrast(theme.reverse, behind) >= 4.5
        assert contrast(theme.faint, behind) >= 4.5
    assert contrast(theme.edge, theme.background) >= 4.5
    for paint in paints:
        assert contrast(paint.stroke, theme.background) >= 3


def test_kinds_differ_without_colour():
    assert set(OUTLINES) == set(KINDS)
    assert len(set(OUTLINES.values())) == len(KINDS)


def test_print_is_grey():
    theme = THEMES["print"]
    for paint in (*theme.kinds.values(), theme.cut_off):
        for colour in (paint.fill, paint.stroke):
            assert colour[1:3] == colour[3:5] == colour[5:7]
