"""The command line says in one line what is wrong, with the exit code 2."""

import os
import subprocess
from pathlib import Path

import pytest
from command_line import GRAPH, shell


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "[nodes]\na = 'b'\nb = 'c'\nc = 'a'",
            "the nodes form a cycle, which no order can compute: a -> b -> c -> a",
        ),
        (GRAPH + "y = 'uu + 1'", "node 'y': unknown name 'uu'; did you mean 'u'?"),
        (GRAPH + "y = 'sine(u)'", "node 'y': unknown function 'sine'; did you mean 'sin'?"),
        (GRAPH + "x = 'u'", "'x' is defined twice; names are unique in a graph"),
        (
            GRAPH.replace("x = 2", "x = {}"),
            "no value for 'x'; write it into the file, or give it here: --set x=1",
        ),
        (GRAPH.replace("x = 2", "x = true"), "the value of input 'x' is True of type bool"),
        (GRAPH.replace("x = 2", "x = [[1], [2, 3]]"), "its rows are not equally long"),
        (GRAPH.replace('"x*w"', "1979-05-27"), "node 'u' must be an expression in quotes"),
        ("this is no graph", "not a TOML file: Expected '=' after a key"),
        ("[input]\nx = 1", "unknown section 'input'; did you mean 'inputs'?"),
        (GRAPH + "y = 'x**9**9'", "an exponent beyond ±1000"),
        (
            GRAPH + f"y = '{'x+' * 20_000}x'",
            "node 'y': the expression has 40001 characters, more than 20000",
        ),
        (
            GRAPH + "y = \"__import__('os').system('true')\"",
            "node 'y': unknown function '__import__'",
        ),
    ],
)
def test_files_that_are_wrong(content, message, fails, folder):
    (folder / "a.toml").write_text(content, encoding="utf-8")
    line = fails("run", "a.toml")
    assert line.startswith("a.toml: ")
    assert message in line


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            GRAPH + "y = 'log(-x)'\nq = 'y + z'",
            "node 'y' (u^5 = log(-x)) is not a number, where x = 2",
        ),
        (
            GRAPH + "y = 'z/(x - 2)'\nq = 'y + z'",
            "node 'y' (u^5 = z/(x - 2)) is infinite, where z = 9, x = 2",
        ),
        (GRAPH + "y = 'sqrt(x - 2)'\nq = 'y + z'", "the local Jacobian J[x->y] is infinite"),
        (GRAPH + "y = '2*u'", "the graph has 2 outputs, 'z', 'y'"),
        ("[inputs]\nx = 1", "no computed node"),
    ],
)
def test_graphs_that_cannot_be_swept(content, message, fails, folder):
    (folder / "a.toml").write_text(content, encoding="utf-8")
    assert message in fails("run", "a.toml")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("run none.toml", "cannot read 'none.toml': no such file or directory"),
        ("run .", "cannot read '.': is a directory"),
        ("run g.toml --set x", "--set 'x' is not read; write --set LEAF=VALUE"),
        ("run g.toml --set x=", "the value of 'x' is not a number"),
        ("run g.toml --set x=a", "the value of 'x' is 'a'; it must be a number"),
        ("run g.toml --set x=nan", "it must be a number"),
        ("run g.toml --set x=1/0", "the value of 'x' is '1/0', not a finite real number"),
        ("run g.toml --set x=9**9**9", "an exponent beyond ±1000"),
        ("run g.toml --set xx=1", "unknown node 'xx'; did you mean 'x'?"),
        ("run g.toml --set u=1", "'u' is computed as x*w"),
        ("derive g.toml --symbolic --set q=1", "unknown node 'q'"),
        ("run g.toml --output zz", "unknown node 'zz'; did you mean 'z'?"),
        ("derive g.toml --output q", "unknown node 'q'"),
        ("derive g.toml --wrt q", "unknown node 'q'"),
        ("check g.toml", "g.toml: there are no [claims] to check"),
        ("example colha", "unknown example 'colha'; did you mean 'colah'?"),
        ("run g.toml --digits 0", "argument --digits: '0' is not a number from 1 to 17"),
        ("run g.toml --digits -1", "--digits: '-1' is not"),
        ("derive g.toml --digits 18", "--digits: '18' is not"),
        ("draw g.toml -o a.svg --digits 99999999999999999999", "give a whole number from 1 to 17"),
        ("run g.toml --format xml", "invalid choice: 'xml'"),
        ("run", "required: FILE; see graphdiff run --help"),
        ("", "required: COMMAND; see graphdiff --help"),
        ("nope", "invalid choice: 'nope'"),
        ("run g.toml more", "unrecognized arguments: more"),
        ("draw g.toml", "required: -o"),
        ("draw g.toml -o a.xyz", "cannot be written as '.xyz'"),
        ("draw g.toml -o none/a.svg", "cannot write 'none/a.svg': no such file or directory"),
        ("draw g.toml -o a.svg --theme none", "unknown theme 'none'"),
        ("draw g.toml -o a.svg --show none", "unknown annotation 'none'"),
        (
            "draw g.toml -o a.svg --style neurons",
            "unknown style 'neurons'; choose from graph, netw",
        ),
        ("draw g.toml -o a.svg --width 3q", "width is '3q'; give a number of pixels"),
        (
            "draw g.toml -o a.png --scale 0",
            "argument --scale: scale is 0.0; give a number from 0.001 to 1000",
        ),
        ("draw g.toml -o a.svg --steps --plain", "--steps shows the sweeps' numbers, and --plain"),
        ("draw g.toml -o a.dot --steps", "a picture cannot be written as '.dot'; use .svg, ."),
        ("draw g.toml -o a.svg --along q", "unknown node 'q'"),
        ("draw g.toml -o a.svg --collapse OR", "unknown group 'OR'"),
        ("draw g.toml -o a.svg --check", "there are no [claims] to check"),
        ("demo g.toml", "cannot make the folder 'g.toml'"),
    ],
)
def test_arguments_that_are_wrong(arguments, message, fails, folder):
    before = sorted(folder.iterdir())
    assert message in fails(*arguments.split())
    assert sorted(folder.iterdir()) == before


def test_pictures_are_not_overwritten_unasked(run, fails, folder):
    (folder / "a.svg").write_text("mine")
    assert "'a.svg' exists" in fails("draw", "g.toml", "-o", "a.svg")
    assert (folder / "a.svg").read_text() == "mine"
    assert run("draw", "g.toml", "-o", "a.svg", "--force")[0] == 0
    assert (folder / "a.svg").read_text().startswith("<svg")


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [["run", "none.toml"], ["run"], ["run", "g.toml", "--set", "x=[0"]]
)
def test_errors_in_a_shell_are_one_line_without_traceback(arguments, folder):
    done = shell(*arguments, folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("graphdiff: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_reader_that_stops_reading_is_no_error(folder):
    for arguments in (
        ["run", "g.toml"],
        ["example", "colah"],
        ["derive", "two-layer-network.toml"],
    ):
        reading, writing = os.pipe()
        os.close(reading)
        done = shell(
            *arguments, folder=folder, capture_output=False, stdout=writing, stderr=subprocess.PIPE
        )
        os.close(writing)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_an_output_that_is_full(folder):
    with Path("/dev/full").open("w") as full:
        done = shell(
            "run",
            "g.toml",
            folder=folder,
            capture_output=False,
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert done.returncode == 2
    assert done.stderr == "graphdiff: cannot write the output: No space left on device\n"


@pytest.mark.slow
def test_a_terminal_without_unicode(folder):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    (folder / "a.toml").write_text(
        "title='ℒ'\n[inputs]\n'ŷ'=1\n[nodes]\n'ℒ'='ŷ**2'\n[claims]\n'ℒ'=1\n", "utf-8"
    )
    for command in ("run", "check", "derive"):
        done = shell(command, "a.toml", folder=folder, env=environment)
        assert (done.returncode, done.stderr) == (0, "")


def test_run_points_out_names_that_look_the_same(folder, run):
    text = '[inputs]\nx = 1\n"х" = 2\n[nodes]\ny = "x*х"\n'
    (folder / "alike.toml").write_text(text, encoding="utf-8")
    code, out, _ = run("run", "alike.toml")
    assert code == 0
    assert out.splitlines()[-1] == (
        "note: 'х' has the Cyrillic letter х (U+0445), which looks like Latin x; both are names here"
    )
