"""``graphdiff derive --format latex``: a document that compiles, or a fragment of one."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from graphdiff.cli import main

GRAPH = """\
output = "độ_lỗi"
[inputs]
x = 2
[parameters]
w = 3
"trọng" = 1
[nodes]
u = "x*w + trọng"
"độ_lỗi" = "u**2"
"""


@pytest.fixture
def derive(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "g.toml").write_text(GRAPH, encoding="utf-8")

    def run(*arguments):
        code = main(["derive", "g.toml", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_one_document_holds_all_derivations(derive):
    code, found, _ = derive("--format", "latex")
    assert code == 0
    assert found.isascii()
    assert found.startswith("\\documentclass{article}\n")
    assert found.endswith("\\end{document}\n")
    assert found.count("\\documentclass") == 1
    assert found.count("\\section*") == 2


def test_a_fragment(derive):
    code, found, _ = derive("--format", "latex", "--fragment", "--wrt", "w")
    assert code == 0
    assert found.startswith("\\section*")
    assert "document" not in found


@pytest.mark.parametrize("written", ["text", "markdown"])
def test_only_latex_has_fragments(derive, written):
    code, found, problem = derive("--fragment", "--format", written)
    assert (code, found) == (2, "")
    assert problem == "graphdiff: --fragment goes with --format latex\n"


def test_help_names_the_packages(capsys):
    with pytest.raises(SystemExit):
        main(["derive", "--help"])
    found = " ".join(capsys.readouterr().out.split())
    assert r"\usepackage{amsmath, amssymb, graphicx}" in found


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="no pdflatex on this machine")
@pytest.mark.parametrize("fragment", [False, True])
def test_pdflatex_takes_it(derive, tmp_path, fragment):
    _, found, _ = derive("--format", "latex", *(["--fragment"] if fragment else []))
    (tmp_path / "part.tex").write_text(found, encoding="ascii")
    (tmp_path / "whole.tex").write_text(
        r"\documentclass{article}\usepackage{amsmath, amssymb, graphicx}"
        r"\begin{document}\input{part}\end{document}"
    )
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "whole" if fragment else "part"],
        cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-1000:]
