"""README, docs and docstrings are executed."""

import doctest
import importlib
import importlib.util
import pkgutil
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

import graphdiff

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(graphdiff.__path__, "graphdiff.")
    if module.name != "graphdiff.__main__"
)
WITH_EXAMPLES = [
    name
    for name in MODULES
    if ">>>" in Path(importlib.util.find_spec(name).origin).read_text(encoding="utf-8")
]
NEEDS = {
    "graphdiff.learning.estimators": "sklearn",
    "graphdiff.program.scalars.interpreter": "numba",
}
"""Modules that cannot be imported without an extra."""


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_document(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sybil = Sybil([PythonCodeBlockParser(doctest_optionflags=FLAGS), SkipParser()])
    for example in sybil.parse(path).examples():
        example.evaluate()


FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def test_every_module_is_imported_where_what_it_needs_is():
    for name in MODULES:
        if name not in NEEDS:
            importlib.import_module(name)


@pytest.mark.parametrize("name", ["graphdiff", *WITH_EXAMPLES])
def test_docstrings(name):
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    module = importlib.import_module(name)
    known = {"Graph": graphdiff.Graph} if name.startswith("graphdiff.verbs.") else {}
    assert doctest.testmod(module, extraglobs=known, optionflags=FLAGS).failed == 0


def test_readme_says_the_two_commands_at_its_top():
    commands = [
        line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("python3")
    ]
    assert commands[0].endswith("graphdiff demo")
    assert commands[1].endswith("pytest")


def test_links_in_documents_lead_somewhere():
    import re

    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
