"""What docs/files.md and docs/checking.md show is read, and printed, as they say."""

import json
import re
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import graphdiff as gd
from graphdiff.checking import schema
from graphdiff.cli import examples
from graphdiff.workbench import load_with_claims

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page, language):
    content = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", content, re.DOTALL)


def test_the_files_are_read(tmp_path):
    np.save(tmp_path / "data.npy", np.arange(6).reshape(2, 3))
    first, second, third = blocks("files.md", "toml")
    (tmp_path / "a.toml").write_text(first, encoding="utf-8")
    assert gd.load(tmp_path / "a.toml").backward().P["w"] is not None
    assert list(gd.load(tmp_path / "a.toml").groups) == ["linear model", "loss"]
    (tmp_path / "b.toml").write_text(second, encoding="utf-8")
    graph = gd.load(tmp_path / "b.toml")
    assert {name: str(graph[name].shape) for name in "xXcABstDWb"} == {
        "x": "(2,)", "X": "(3, 2)", "c": "(2,)", "A": "(3, 4)", "B": "(m, n)", "s": "()",
        "t": "(2,)", "D": "(2, 3)", "W": "(4, 2)", "b": "(4,)",
    }  # fmt: skip
    (tmp_path / "c.toml").write_text(third, encoding="utf-8")
    _, sheet = load_with_claims(tmp_path / "c.toml")
    assert (len(sheet), len(sheet.cases), sheet.tolerance) == (2, 2, "1%")


def test_the_report_is_printed(capsys):
    (code,) = blocks("checking.md", "python")
    exec(code, {})
    printed = capsys.readouterr().out
    assert printed in blocks("checking.md", "text")


def test_the_report_as_json_is_what_the_schema_says():
    (shown,) = blocks("checking.md", "json")
    jsonschema.validate(json.loads(shown), schema())
    graph = gd.Graph("Linear regression")
    x, w = graph.input("x", 1), graph.parameter("w", 5)
    graph.node("u", x * w)
    report = graph.check({"J[w->u]": ["x", 2]}).to_json()
    assert report == json.loads(shown)


@pytest.mark.parametrize("example", examples.names())
def test_every_report_is_what_the_schema_says(example, tmp_path):
    (tmp_path / "a.toml").write_text(examples.source(example), encoding="utf-8")
    graph, sheet = load_with_claims(tmp_path / "a.toml")
    jsonschema.validate(graph.check(sheet).to_json(), schema())
    bad = {**dict(sheet.items()), "nowhere": 1, "d2": "x ="}
    jsonschema.validate({"file": "a.toml", **graph.check(bad).to_json()}, schema())
    jsonschema.validate({"file": "a.toml", "error": "cannot be read"}, schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"file": "a.toml"}, schema())
