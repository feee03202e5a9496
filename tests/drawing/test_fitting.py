"""Pictures made to fit into a width."""

from __future__ import annotations

import warnings

import pytest
from drawing_graphs import regression

from graphdiff.drawing.lengths import length
from graphdiff.drawing.writers.fitting import SmallPrintWarning
from graphdiff.errors import DrawingError


@pytest.mark.parametrize(
    ("written", "units"),
    [(300, 300), ("300", 300), ("640px", 640), ("1in", 96), ("2.54 cm", 96), ("25.4mm", 96),
     ("72pt", 96), (" 10 mm ", 37.795)],
)  # fmt: skip
def test_lengths(written, units):
    assert length(written) == pytest.approx(units, abs=1e-3)


@pytest.mark.parametrize(
    "written", [0, -3, "0mm", "-1cm", "3q", "mm", "", True, None, float("nan"), float("inf"), "1e3", [3]]
)  # fmt: skip
def test_what_is_no_length(written):
    with pytest.raises(DrawingError, match=r"width is .*; give a number of pixels, or a length"):
        length(written)


def test_a_bad_width_is_told_when_drawing():
    with pytest.raises(DrawingError, match="width is '3q'"):
        regression().draw(width="3q")


def test_a_picture_is_made_smaller_and_its_drawing_stays():
    whole = regression().draw()
    small = regression().draw(width=600, min_pt=0)
    assert small.scene.pixels[0] == pytest.approx(600)
    assert small.scene.pixels[1] == pytest.approx(whole.scene.height * 600 / whole.scene.width)
    assert small.scene.items == whole.scene.items
    assert 'width="600"' in small.svg
    assert f'viewBox="0 0 {whole.scene.width:g} {whole.scene.height:g}"' in small.svg


def test_a_picture_is_never_made_larger():
    assert regression().draw(width=10_000).svg == regression().draw().svg


def test_small_print_warns_with_the_ways_out():
    picture = regression().draw(width="15mm")
    with pytest.warns(SmallPrintWarning, match=r"letters are \d.\d pt high, under min_pt=6; ask"):
        picture.svg  # noqa: B018
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        regression().draw(width="84mm").svg  # noqa: B018
        regression().draw(width="15mm", min_pt=0).svg  # noqa: B018


def test_png_and_scale():
    picture = regression().draw(width=500, min_pt=0)
    content = picture.png(1)
    assert int.from_bytes(content[16:20], "big") == 500
