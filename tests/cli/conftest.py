"""Commands in a folder with graph files."""

import pytest
from command_line import GRAPH, LAYER

from graphdiff.cli import examples, main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "g.toml").write_text(GRAPH, encoding="utf-8")
    for name in examples.names():
        (tmp_path / f"{name}.toml").write_text(examples.source(name), encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder, capsys):
    def run(*arguments):
        code = main(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def fails(run):
    """Run a command that must fail, and return its one line."""

    def fails(*arguments):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert err.startswith("graphdiff: ")
        assert err.count("\n") == 1
        assert err.endswith("\n")
        return err.removeprefix("graphdiff: ").rstrip("\n")

    return fails


@pytest.fixture
def layer(folder):
    (folder / "layer.toml").write_text(LAYER, encoding="utf-8")
    return "layer.toml"
