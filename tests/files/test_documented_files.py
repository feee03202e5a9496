"""What docs/files.md shows is read, and printed, as it says."""

import re
from pathlib import Path

import numpy as np

import graphdiff as gd

PAGE = (Path(__file__).parents[2] / "docs" / "files.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_files_are_read(tmp_path):
    np.save(tmp_path / "data.npy", np.arange(6).reshape(2, 3))
    first, second = blocks("toml")
    (tmp_path / "a.toml").write_text(first, encoding="utf-8")
    assert gd.load(tmp_path / "a.toml").backward().P["w"] is not None
    assert list(gd.load(tmp_path / "a.toml").groups) == ["linear model", "loss"]
    (tmp_path / "b.toml").write_text(second, encoding="utf-8")
    graph = gd.load(tmp_path / "b.toml")
    assert {name: str(graph[name].shape) for name in "xXcABstDWb"} == {
        "x": "(2,)", "X": "(3, 2)", "c": "(2,)", "A": "(3, 4)", "B": "(m, n)", "s": "()",
        "t": "(2,)", "D": "(2, 3)", "W": "(4, 2)", "b": "(4,)",
    }  # fmt: skip


def test_the_report_is_printed(capsys):
    (code,) = blocks("python")
    exec(code, {})
    printed = capsys.readouterr().out
    assert printed in blocks("text")
