"""Letters that look like others are pointed out; those of mathematics are not."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.errors import ExpressionError, UnknownNameError
from graphdiff.errors.lookalikes import difference, lookalikes, looking_like, skeleton
from graphdiff.files.tokens import tokens

PAIRS = [
    ("а", "a", "'а' has the Cyrillic letter а (U+0430), which looks like Latin a"),
    ("lоss", "loss", "'lоss' has the Cyrillic letter о (U+043E), which looks like Latin o"),
    ("ο", "o", "'ο' has the Greek letter ο (U+03BF), which looks like Latin o"),
    ("ν", "v", "'ν' has the Greek letter ν (U+03BD), which looks like Latin v"),
    ("Α_1", "A_1", "'Α_1' has the Greek letter Α (U+0391), which looks like Latin A"),
    ("ф", "φ", "'ф' has the Cyrillic letter ф (U+0444), which looks like Greek φ"),
    ("ß", "β", "'ß' has the Latin letter ß (U+00DF), which looks like Greek β"),
    ("µ", "μ", "'µ' has the letter µ (U+00B5), which looks like Greek μ"),
    ("ｘ", "x", "'ｘ' has the full-width letter ｘ (U+FF58), which looks like Latin x"),
    ("𝐱", "x", "'𝐱' has the mathematical letter 𝐱 (U+1D431), which looks like Latin x"),
    ("𝜎", "σ", "'𝜎' has the mathematical letter 𝜎 (U+1D70E), which looks like Greek σ"),
    ("у̂", "ŷ", "'у̂' has the Cyrillic letter у (U+0443), which looks like Latin y"),
    ("ё", "ë", "'ё' has the Cyrillic letter ё (U+0451), which looks like Latin ë"),
    ("օ", "o", "'օ' has the Armenian letter օ (U+0585), which looks like Latin o"),
    ("Ꭺ", "A", "'Ꭺ' has the Cherokee letter Ꭺ (U+13AA), which looks like Latin A"),
    ("a‿b", "a_b", "'a‿b' has the sign ‿ (U+203F), which looks like _"),
    ("x̅", "x̄", "'x̅' has the mark (U+0305), which looks like another one"),
]  # fmt: skip
ORDINARY = [
    ["α", "β", "γ", "σ", "θ", "ŷ", "y", "a", "b"], ["ν"], ["ν_max", "μ"], ["dL_dα", "σ_x", "w__1"], ["ℒ", "L"],
    ["ℓ", "l"], ["потери", "вес"], ["漢", "字"], ["Δx", "x"], ["x1", "xl", "xI", "x_1"], ["ϕ"], ["𝐖"], ["é", "e"],
    ["Ω", "ω", "Σ", "π", "ρ", "p", "κ", "k"], ["π"],
]  # fmt: skip


@pytest.mark.parametrize(("odd", "plain", "said"), PAIRS)
def test_what_looks_the_same(odd, plain, said):
    assert skeleton(odd) == skeleton(plain)
    assert difference(odd, plain) == difference(plain, odd) == said
    assert looking_like(odd, ["z", plain]) == plain
    assert looking_like(plain, ["z", odd]) == odd
    assert lookalikes([plain, odd]) == (f"{said}; both are names here",)


@pytest.mark.parametrize("names", ORDINARY)
def test_names_of_mathematics_are_no_lookalikes(names):
    assert lookalikes(names) == ()


@pytest.mark.parametrize("name", ["lоss", "lοss", "а", "сор", "Αx", "ｘx", "wе_1"])
def test_a_name_may_be_suspicious_alone(name):
    (remark,) = lookalikes([name])
    assert remark.startswith(f"{name!r} has the ")


@pytest.mark.parametrize(("odd", "plain", "said"), PAIRS)
def test_an_unknown_name_that_looks_like_a_known_one(odd, plain, said):
    g = gd.Graph()
    g.input(plain)
    if odd in g:
        pytest.skip("they are the same in normal form")
    with pytest.raises(UnknownNameError) as caught:
        g[odd]
    assert str(caught.value) == f"unknown node {odd!r}; {said}; did you mean {plain!r}?"


def test_there_are_no_more_than_ten_remarks():
    names = [f"x_{k}" for k in range(500)]
    found = lookalikes([*names, *(name.replace("x", "х") for name in names)])
    assert len(found) == 11
    assert found[-1] == "and 490 more names like these"


def test_of_several_names_the_plain_one_is_meant():
    assert looking_like("ａ", ["а", "a", "𝐚"]) == "a"


def test_other_code_points_are_told():
    assert difference("ŷ", "y\u0302").startswith("'ŷ' is written with other code points")


@given(
    st.lists(
        st.text(string.ascii_letters + string.digits + "_αβγδθλμπσφψω", min_size=1, max_size=5),
        unique=True,
    )
)
def test_plain_letters_are_never_remarked(names):
    assert lookalikes(names) == ()


@given(st.lists(st.text(min_size=1, max_size=6), unique=True))
def test_any_names_can_be_looked_at(names):
    for remark in lookalikes(names):
        assert any(said in remark for said in ("looks like", "code points", "more names"))


@pytest.mark.parametrize(
    ("source", "meant"),
    [("x ＊ 2", "'*'"), ("x ＋ 2", "'+'"), ("（x)", "'('"), ("１ + x", "'1'"), ("x ‒ 1", "'-'"), ("x ∕ 2", "'/'"),
     ("f(x，y)", "','"), ("x ＝ 2", "'='")],
)  # fmt: skip
def test_signs_that_look_like_operators(source, meant):
    with pytest.raises(ExpressionError, match=rf"did you mean {re.escape(meant)}\?"):
        tokens(source)


def test_functions_and_names_in_files(tmp_path):
    path = tmp_path / "g.toml"
    path.write_text('[inputs]\nx = 1\n[nodes]\ny = "х**2"\n', encoding="utf-8")
    with pytest.raises(gd.GraphdiffError, match=r"Cyrillic letter х"):
        gd.load(path)
    path.write_text('[inputs]\nx = 1\n[nodes]\ny = "ехр(x)"\n', encoding="utf-8")
    with pytest.raises(gd.GraphdiffError, match=r"Cyrillic letter е .*did you mean 'exp'"):
        gd.load(path)
