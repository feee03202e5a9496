"""Files of Windows and of old editors: decoded, and told; what is no text is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.errors import FileError
from graphdiff.files.encodings import decoded

PAGE = "# Größe · Übung\r\n\r\nz = 0.5·2 = 1\r\n\r\nL = z² = 1\r\n\r\ndL/dz = 2×z = 2\r\n"


def graph():
    g = gd.Graph()
    x, w = g.input("x", 2), g.parameter("w", 0.5)
    g.node("L", g.node("z", w * x) ** 2)
    return g


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "utf-16-be with its mark"]
)
@pytest.mark.parametrize("kind", ["md", "txt", "py"])
def test_a_page_is_read_in_what_it_was_written_in(encoding, kind, tmp_path):
    path = tmp_path / f"page.{kind}"
    text = PAGE if kind != "py" else "".join(f"# {line}\r\n" for line in PAGE.splitlines())
    name = encoding.partition(" ")[0]
    path.write_bytes(("\ufeff" + text if " " in encoding else text).encode(name))
    report = graph().check_file(path)
    assert len(report) == 6, str(report)
    assert report.ok, str(report)
    told = [remark for remark in report.remarks if "Windows-1252" in remark]
    assert bool(told) == (name in ("cp1252", "latin-1"))
    assert graph().checked_page(path, report).lines


@given(st.binary(max_size=300))
def test_any_bytes_are_a_text_or_refused(content):
    try:
        text = decoded(content).text
    except FileError as error:
        assert "is not a text" in str(error)
    else:
        assert "\0" not in text


@given(st.text(st.characters(codec="cp1252", exclude_categories=["Cc"])))
def test_a_text_comes_back(text):
    assert decoded(text.encode("utf-16")).text == text.encode("utf-16").decode("utf-16")
    content = text.encode("cp1252")
    found = decoded(content)
    assert found.text == text or found.encoding != "Windows-1252"
