"""The help of the command line."""

import re
import subprocess
import sys
from dataclasses import fields

import pytest

from graphdiff.cli import main
from graphdiff.drawing import ANNOTATIONS, DIRECTIONS, THEMES
from graphdiff.drawing.options import Options, SavingSteps


def test_help_teaches(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    commands = ("demo", "run", "derive", "draw", "check", "example")
    sections = ("[inputs]", "[parameters]", "[nodes]", "[claims]")
    for part in (*(f"graphdiff {command}" for command in commands), *sections, "exit code"):
        assert part in text


@pytest.mark.parametrize(
    "command", ["demo", "run", "derive", "draw", "check", "example", "exercise", "explore"]
)
def test_help_of_each_command(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert f"usage: graphdiff {command}" in capsys.readouterr().out


def test_every_choice_of_a_picture_is_told(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "1000")
    with pytest.raises(SystemExit):
        main(["draw", "--help"])
    told = capsys.readouterr().out
    arguments = {"overwrite": "force"}
    for choice in (*fields(Options), *fields(SavingSteps)):
        name = arguments.get(choice.name, choice.name).replace("_", "-")
        assert re.search(f"  --{name}[ ,]", told)
    for values in (ANNOTATIONS, THEMES, DIRECTIONS):
        assert all(value in told for value in values)


def test_the_file_in_the_help_works(run, folder):
    from graphdiff.cli import FILE_FORMAT

    lines = FILE_FORMAT.splitlines()[2:]
    (folder / "help.toml").write_text("\n".join(line.strip() for line in lines))
    assert run("check", "help.toml")[0] == 0


def test_help_imports_nothing_heavy():
    code = (
        "import sys\n"
        "before = len(sys.modules)\n"
        "from graphdiff.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'sympy', 'numpy', 'networkx', 'rich', 'mpmath'} & set(sys.modules)\n"
        "few = len(sys.modules) - before < 130\n"
        "sys.exit(0 if few and not heavy else f'{len(sys.modules)} modules, {heavy}')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
