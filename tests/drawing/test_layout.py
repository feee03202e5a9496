"""Finding the layout program, and what happens when it fails."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from pathlib import Path

import pytest
from drawing_graphs import regression

from graphdiff.drawing import draw
from graphdiff.drawing.layout import boxes, dot, layout
from graphdiff.errors import DrawingError


def program(folder: Path, name: str, body: str) -> Path:
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """A machine with no layout program at all."""
    monkeypatch.delenv(layout.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path / "scripts"))
    (tmp_path / "scripts").mkdir()
    return tmp_path


def test_none_available(nowhere):
    with pytest.raises(DrawingError, match="pip install graphviz-pure"):
        draw(regression()).svg  # noqa: B018
    assert "digraph" in draw(regression()).dot


def test_order_of_lookup(nowhere, monkeypatch):
    last = program(nowhere, "dot", "")
    assert layout.find_dot() == str(last)
    on_path = program(nowhere, "graphviz-pure", "")
    assert layout.find_dot() == str(on_path)
    installed = program(nowhere / "scripts", "graphviz-pure", "")
    assert layout.find_dot() == str(installed)
    mine = program(nowhere / "scripts", "mine", "")
    monkeypatch.setenv(layout.VARIABLE, str(mine))
    assert layout.find_dot() == str(mine)


@pytest.mark.skipif(not shutil.which("dot"), reason="no dot on this machine")
@pytest.mark.parametrize("theme", ["lecture", "print"])
def test_the_systems_dot_lays_out_as_well(theme, monkeypatch):
    monkeypatch.setenv(layout.VARIABLE, str(shutil.which("dot")))
    assert draw(regression(), theme=theme).svg.count("data-node=") == 8


def test_the_variable_names_nothing(nowhere, monkeypatch):
    monkeypatch.setenv(layout.VARIABLE, "/nowhere/dot")
    with pytest.raises(DrawingError, match="GRAPHDIFF_DOT is '/nowhere/dot'"):
        layout.find_dot()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "import sys; sys.exit('syntax error in line 1')",
            "failed with exit code 1: syntax error in line 1",
        ),
        ("import sys; sys.exit(3)", "failed with exit code 3: no message"),
        ("print('not JSON')", "not a layout"),
        ("print('[]')", "not a layout"),
        ("print('{}')", "not a layout"),
        ("import time; time.sleep(60)", "took more than"),
    ],
)
def test_programs_that_fail(tmp_path, monkeypatch, body, message):
    monkeypatch.setattr(layout, "TIMEOUT", 1)
    monkeypatch.setenv(layout.VARIABLE, str(program(tmp_path, "dot", body)))
    with pytest.raises(DrawingError, match=message):
        draw(regression()).svg  # noqa: B018


def test_a_program_that_cannot_run(tmp_path, monkeypatch):
    broken = tmp_path / "dot"
    broken.write_text("#!/nowhere/interpreter\n")
    broken.chmod(0o755)
    monkeypatch.setenv(layout.VARIABLE, str(broken))
    with pytest.raises(DrawingError, match="cannot be run"):
        draw(regression()).svg  # noqa: B018


def test_sizes_are_fixed_and_names_generated():
    found = layout.in_levels(boxes.measure(draw(regression()).description), "LR")
    source = dot.layout_source(*found)
    assert "fixedsize=true" in source
    assert source.count("group=spine") == 4
    assert "yhat" not in source


def test_flow_goes_forward():
    measured = boxes.measure(draw(regression()).description)
    for direction, axis in (("LR", 0), ("TB", 1)):
        laid_out = layout.lay_out(measured, direction)
        for edge in measured.description.edges:
            tail, head = laid_out.centres[edge.tail - 1], laid_out.centres[edge.head - 1]
            assert tail[axis] < head[axis]


def test_export_in_words():
    source = draw(regression(), theme="print").dot
    assert r'label="u^5\nu = x*w"' in source
    assert r'label="J^(3→5) = x"' in source
    assert "peripheries=2" in source
    assert shutil.which(layout.find_dot())
