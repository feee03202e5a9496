"""Colours that can be read: contrast in every theme, and kinds apart without colour."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from graphdiff.drawing.colours import contrast
from graphdiff.drawing.marks.strokes import DASHES
from graphdiff.drawing.themes import OUTLINES, THEMES
from graphdiff.graph.structure import KINDS


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read(name):
    theme = THEMES[name]
    paints = [*theme.kinds.values(), theme.cut_off]
    for behind in (theme.background, *(paint.fill for paint in paints)):
        assert contrast(theme.ink, behind) >= 7
        assert contrast(theme.reverse, behind) >= 4.5
        assert contrast(theme.faint, behind) >= 4.5
        assert contrast(theme.wrong, behind) >= 4.5
        assert contrast(theme.doubtful, behind) >= 4.5
    for line in theme.paths:  # numbers stand in it, and it in numbers
        assert contrast(line, theme.background) >= 4.5
    for colour in (theme.edge, theme.forward):
        assert contrast(colour, theme.background) >= 4.5
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


def test_print_marks_in_grey():
    theme = THEMES["print"]
    for colour in (theme.wrong, theme.doubtful, *theme.paths):
        assert colour[1:3] == colour[3:5] == colour[5:7]


def test_paths_differ_without_colour():
    assert len({len(theme.paths) for theme in THEMES.values()}) == 1
    assert len(set(DASHES)) == len(DASHES) >= len(THEMES["print"].paths)


DEFICIENCIES = {  # Machado, Oliveira and Fernandes 2009, severity 1, for linear RGB
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
                   (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
                     (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
                   (0.004733, 0.691367, 0.303900)),
}  # fmt: skip


def seen(colour: str, matrix) -> np.ndarray:
    """Return CIE L*a*b* of a colour as seen with a deficiency."""
    channels = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    r = np.clip(np.array(matrix) @ linear, 0, 1)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ r / np.array([0.9505, 1.0, 1.089])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_kinds_differ_for_the_colour_blind(deficiency):
    fills = [paint.fill for paint in THEMES["colour-blind"].kinds.values()]
    for one, other in itertools.combinations(fills, 2):
        matrix = DEFICIENCIES[deficiency]
        assert np.linalg.norm(seen(one, matrix) - seen(other, matrix)) > 15
