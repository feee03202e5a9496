"""Names in any script: letters with two accents stay whole, what one font lacks another has."""

from __future__ import annotations

import struct
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.drawing import other_fonts, typeset
from graphdiff.notation import latex

VIETNAMESE = [
    letter
    for base in "aăâeêioôơuưyđAĂÂEÊIOÔƠUƯYĐ"
    for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    if len(letter := unicodedata.normalize("NFC", base + tone)) == 1
]
LACKED = "աբгԱԲאبγ"


def glyphs(name: str) -> list[str]:
    return [mark.glyph.name for mark in typeset.formula(latex.name(name), name, 17).marks]


def test_every_vietnamese_letter_with_two_marks_is_one_sign():
    for letter in VIETNAMESE:
        if len(unicodedata.normalize("NFD", letter)) == 3:
            assert len(glyphs(letter)) == 1, letter
            assert len(glyphs(f"x{letter}n")) == 3, letter


@given(st.lists(st.sampled_from(VIETNAMESE), min_size=2, max_size=6).map("".join))
def test_a_tone_stands_over_its_letter(word):
    """No sign of a word is left or right of where the word without tones ends."""
    bare = "".join(unicodedata.normalize("NFD", letter)[0] for letter in word)
    found = typeset.formula(latex.name(word), word, 17)
    plain = typeset.words(bare, 17)
    assert found.width <= 1.35 * plain.width + 8


@pytest.mark.parametrize("name", ["đầu", "số", "mất"])
def test_composed_and_decomposed_names_look_alike(name):
    apart = unicodedata.normalize("NFD", name)
    assert glyphs(name) == glyphs(apart)
    assert len(glyphs(name)) == len(name)


def test_accents_of_mathematics_stay():
    assert len(glyphs("xhat")) == 2
    assert len(typeset.formula(r"\hat{\hat{x}}", "x", 17).marks) == 3


def test_a_letter_that_formulas_lack_comes_from_another_font():
    engine = typeset._engine()
    lacked = [c for c in "աբգ" if not engine.stix.glyphindex(c)]
    assert lacked
    for letter in lacked:
        (one,) = glyphs(letter)
        assert one == f"other_x{ord(letter):x}"
    assert len(set(glyphs("".join(lacked)))) == len(lacked)
    height = typeset.formula(latex.name(lacked[0]), "", 17).height
    assert 6 < height < 22


def test_what_no_font_has_is_a_box_as_before():
    found = typeset.formula("\U000f0000", "\U000f0000", 17)
    assert found.width > 0


def test_letters_of_chinese():
    if other_fonts.font_for("损失") is None:
        pytest.skip("no font with these letters on this machine")
    assert glyphs("损失") == ["other_x635f", "other_x5931"]
    assert len({mark.glyph.path for mark in typeset.words("损失", 17).marks}) == 2


def test_fonts_that_cannot_be_read_are_passed_over(tmp_path, monkeypatch):
    broken = tmp_path / "cjk.ttf"
    broken.write_bytes(b"ttcf" + bytes(40))
    monkeypatch.setenv(other_fonts.VARIABLE, str(broken))
    assert other_fonts._read(broken) is None
    assert other_fonts._read(tmp_path / "none.ttf") is None


def test_a_collection_of_fonts_is_read(tmp_path):
    read = bytearray(Path(other_fonts.sans().fname).read_bytes())
    (tables,) = struct.unpack(">H", read[4:6])
    size = 12 + 16 * tables
    head = struct.pack(">4sHHII", b"ttcf", 1, 0, 1, 16)
    moved = bytearray(read[:size])
    for k in range(tables):
        at = 12 + 16 * k + 8
        (offset,) = struct.unpack(">I", moved[at : at + 4])
        moved[at : at + 4] = struct.pack(">I", offset + 16)
    (tmp_path / "a.ttc").write_bytes(head + moved + read[size:])
    font = other_fonts._read(tmp_path / "a.ttc")
    assert font.glyphindex("a") == other_fonts.sans().glyphindex("a")
    assert font.glyph("a").svgpath().get("d") == other_fonts.sans().glyph("a").svgpath().get("d")


def test_the_number_e_is_upright_and_a_node_is_not():
    graph = gd.Graph()
    e = graph.input("e", 1)
    graph.node("y", gd.exp(e) * e)
    (said,) = [p for n in graph.draw().description.nodes for p in n.phrases if "y =" in p.latex]
    assert r"\mathrm{e}^{e}" in said.latex
    roman, italic = (typeset.formula(t, "e", 17).marks[0].glyph for t in (r"\mathrm{e}", "e"))
    assert roman.path != italic.path
