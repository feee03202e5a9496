"""The command line: what it prints, its exit codes, and one line for whatever is wrong."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graphdiff import examples
from graphdiff.cli import main

GRAPH = """\
title = "t"
[inputs]
x = 2
[parameters]
w = 3
[nodes]
u = "x*w"
z = "u**2/4"
"""


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


def shell(*arguments, folder=None, **options):
    options = {"capture_output": True, "text": True, "encoding": "utf-8"} | options
    command = [sys.executable, "-m", "graphdiff", *arguments]
    return subprocess.run(command, cwd=folder, timeout=60, **options)


# Bad input


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
        ("draw g.toml -o a.svg --digits 99999999999999999999", "is not a number from 1 to 17"),
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


@pytest.mark.parametrize(
    "arguments", [["run", "none.toml"], ["run"], ["run", "g.toml", "--set", "x=[0"]]
)
def test_errors_in_a_shell_are_one_line_without_traceback(arguments, folder):
    done = shell(*arguments, folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("graphdiff: ")
    assert done.stderr.count("\n") == 1


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


def test_a_terminal_without_unicode(folder):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    (folder / "a.toml").write_text(
        "title='ℒ'\n[inputs]\n'ŷ'=1\n[nodes]\n'ℒ'='ŷ**2'\n[claims]\n'ℒ'=1\n", "utf-8"
    )
    for command in ("run", "check", "derive"):
        done = shell(command, "a.toml", folder=folder, env=environment)
        assert (done.returncode, done.stderr) == (0, "")


# Help


def test_help_teaches(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    commands = ("demo", "run", "derive", "draw", "check", "example")
    sections = ("[inputs]", "[parameters]", "[nodes]", "[claims]")
    for part in (*(f"graphdiff {command}" for command in commands), *sections, "exit code"):
        assert part in text


@pytest.mark.parametrize("command", ["demo", "run", "derive", "draw", "check", "example"])
def test_help_of_each_command(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert f"usage: graphdiff {command}" in capsys.readouterr().out


def test_the_file_in_the_help_works(run, folder):
    from graphdiff.cli import FILE_FORMAT

    lines = FILE_FORMAT.splitlines()[2:]
    (folder / "help.toml").write_text("\n".join(line.strip() for line in lines))
    assert run("check", "help.toml")[0] == 0


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from graphdiff.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'sympy', 'numpy', 'networkx', 'rich', 'mpmath'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_is_quick():
    def seconds(*arguments):
        best = 9.0
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
            best = min(best, time.perf_counter() - began)
        return best

    assert seconds("-m", "graphdiff", "--help") - seconds("-c", "pass") < 0.15


# run


def test_run_as_text(run):
    code, out, _ = run("run", "g.toml", "--digits", "3")
    assert code == 0
    for part in ("t: values", "u^4", "J[x->u]", "u**2/4", "Local Jacobians", "1 -> 3"):
        assert part in out
    assert run("run", "g.toml", "--forward")[1].count("Local Jacobians") == 0


def test_run_as_json(run):
    code, out, _ = run("run", "g.toml", "--format", "json")
    content = json.loads(out)
    assert code == 0
    assert list(content) == ["title", "output", "exact", "nodes", "edges"]
    assert (content["title"], content["output"], content["exact"]) == ("t", "z", False)
    assert content["nodes"][2] == {
        "index": 3,
        "name": "u",
        "kind": "computation",
        "formula": "x*w",
        "parents": ["x", "w"],
        "value": 6.0,
        "P": 3.0,
        "connected": True,
    }
    assert content["edges"] == [
        {"parent": "u", "child": "z", "slot": 0, "J": 3.0, "term": 3.0},
        {"parent": "w", "child": "u", "slot": 1, "J": 2.0, "term": 6.0},
        {"parent": "x", "child": "u", "slot": 0, "J": 3.0, "term": 9.0},
    ]


def test_run_with_values_exact_and_another_output(run):
    code, out, _ = run(
        "run", "g.toml", "--format", "json", "--exact", "--set", "x=2/3", "--set", "w = 1"
    )
    nodes = {node["name"]: node for node in json.loads(out)["nodes"]}
    assert code == 0
    assert (nodes["z"]["value"], nodes["w"]["P"]) == ("1/9", "2/9")
    content = json.loads(run("run", "g.toml", "--output", "u", "--format", "json")[1])
    assert content["output"] == "u"
    assert content["nodes"][3]["connected"] is False
    forward = json.loads(run("run", "g.toml", "--forward", "--format", "json")[1])
    assert (forward["output"], forward["edges"]) == (None, [])
    assert "P" not in forward["nodes"][0]


def test_run_with_samples(run, folder):
    (folder / "a.toml").write_text("[inputs]\nx = {samples = [1, 2, 3]}\n[nodes]\nz = 'x**2'\n")
    content = json.loads(run("run", "a.toml", "--format", "json")[1])
    assert content["nodes"][0]["P"] == [2, 4, 6]
    assert run("run", "a.toml")[0] == 0
    assert (
        json.loads(run("run", "a.toml", "--set", "x=5", "--format", "json")[1])["nodes"][0]["P"]
        == 10
    )


# derive, draw, check, example, demo


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        ("text", ["dz/dw by back-propagation", "P[u] = P[z]*J[u->z]", "= 6"]),
        ("markdown", ["$", "dz/dw"]),
        ("latex", [r"\frac", r"\cdot"]),
    ],
)
def test_derive(form, parts, run):
    code, out, _ = run("derive", "g.toml", "--format", form)
    assert code == 0
    for part in parts:
        assert part in out


def test_derive_of_what_and_with_what(run, folder):
    assert "dz/dx" in run("derive", "g.toml", "--wrt", "x")[1]
    both = run("derive", "g.toml", "--wrt", "x", "--wrt", "w")[1]
    assert "dz/dx" in both
    assert "dz/dw" in both
    assert "du/dw" in run("derive", "g.toml", "--output", "u")[1]
    assert "2/3" in run("derive", "g.toml", "--exact", "--set", "x=2/3")[1]
    (folder / "a.toml").write_text(GRAPH.replace("x = 2", "x = {}"))
    code, out, _ = run("derive", "a.toml")
    assert code == 0
    assert out == run("derive", "g.toml", "--symbolic")[1]


def test_draw(run, folder):
    code, out, _ = run("draw", "g.toml", "-o", "a.svg", "-o", "a.png", "-o", "a.dot")
    assert (code, out) == (0, "wrote a.svg\nwrote a.png\nwrote a.dot\n")
    assert (folder / "a.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "a.dot").read_text().startswith("digraph")
    assert run("draw", "g.toml", "-o", "a.svg")[0] == 0  # the same again
    assert run("draw", "g.toml", "--plain", "--show", "name, formula", "-o", "b.svg")[0] == 0
    assert (
        run("draw", "g.toml", "--forward", "--direction", "TB", "--theme", "dark", "-o", "c.svg")[0]
        == 0
    )


def test_check(run, folder):
    code, out, _ = run("check", "linear-regression.toml")
    assert code == 1
    assert [line for line in out.splitlines() if line[0] in "✗≈?"] == [
        "✗ J[2->3] = 2: wrong; expected 1 (it is 1)",
        "≈ J[3->5] = b: coincidental; expected 1 (the number 1 is right here, the formula is not: "
        "at x = 1, w = 5, b = 2, y = 2 it gives 2, but J[3->5] is 1)",
    ]
    assert out.endswith("32 correct, 1 wrong, 1 coincidental\n")
    assert run("check", "colah.toml")[0] == 0
    code, out, _ = run("check", "linear-regression.toml", "--format", "json")
    content = json.loads(out)
    assert (code, content["ok"], len(content["results"])) == (1, False, 34)
    fields = {"target", "link", "claimed", "expected", "verdict", "note", "point"}
    assert all(set(record) == fields for record in content["results"])
    assert content["counts"] == {"correct": 32, "wrong": 1, "coincidental": 1, "undecided": 0}


def test_check_with_values_and_output(run, folder):
    (folder / "a.toml").write_text(GRAPH + "[claims]\nu = 6\n'P[x]' = 3\n")
    assert run("check", "a.toml")[0] == 1
    assert run("check", "a.toml", "--output", "u")[0] == 0
    assert run("check", "a.toml", "--output", "u", "--set", "x=3")[0] == 1


def test_decimals_of_a_file_keep_their_digits(run, folder):
    (folder / "a.toml").write_text(
        "[inputs]\nx = 0.39322\n[nodes]\nz = 'x*1'\n[claims]\nz = [0.39, 0.4]\n"
    )
    assert run("check", "a.toml")[0] == 0
    (folder / "a.toml").write_text(
        "[inputs]\nx = 0.39322\n[nodes]\nz = 'x*1'\n[claims]\nz = 0.40\n"
    )
    assert run("check", "a.toml")[0] == 1


def test_example(run):
    code, out, _ = run("example")
    assert code == 0
    for name in ("linear-regression", "sigmoid-neuron", "two-layer-network", "fan-out", "colah"):
        assert name in out
        assert run("example", name)[1] == examples.source(name)


def test_demo(run, folder):
    code, out, _ = run("demo", "out")
    files = sorted(path.name for path in (folder / "out").iterdir())
    assert code == 0
    assert files == [f"linear-regression.{suffix}" for suffix in ("html", "png", "svg", "toml")]
    for part in (
        "P = dL/du^i",
        "J[3->5] = b: coincidental",
        "dL/dw",
        str(folder / "out"),
        "graphdiff run",
    ):
        assert part in out
    before = {path: path.read_bytes() for path in (folder / "out").iterdir()}
    assert run("demo", "out")[0] == 0
    assert before == {path: path.read_bytes() for path in (folder / "out").iterdir()}


def test_demo_keeps_what_was_changed(run, folder):
    run("demo", "out")
    mine = folder / "out" / "linear-regression.toml"
    mine.write_text("mine")
    code, _, err = run("demo", "out")
    assert (code, err.count("\n")) == (2, 1)
    assert "exists and would be overwritten" in err
    assert mine.read_text() == "mine"
    assert run("demo", "out", "--force")[0] == 0
    assert mine.read_text() == examples.source("linear-regression")


def test_the_module_runs(folder):
    done = shell("check", "colah.toml", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("9 correct\n")
    assert shell("check", "linear-regression.toml", folder=folder).returncode == 1
    assert shell("--version").stdout.startswith("graphdiff ")


# A whole class at a time


def test_several_files_are_checked_in_one_go(run, folder):
    (folder / "typo.toml").write_text('[nodes]\nz = "1"\n[claims]\nz = "2x"\n', encoding="utf-8")
    code, out, err = run("check", "colah.toml", "linear-regression.toml", "typo.toml", "colah.toml")
    assert (code, err) == (2, "")
    parts = out.split("== ")[1:]
    assert [part.splitlines()[0] for part in parts] == [
        "colah.toml", "linear-regression.toml", "typo.toml", "colah.toml",
    ]  # fmt: skip
    assert "32 correct, 1 wrong, 1 coincidental" in parts[1]
    assert parts[2].splitlines()[1].startswith("cannot be read: typo.toml: claim 'z': write * for")
    assert run("check", "colah.toml", "linear-regression.toml")[0] == 1
    assert run("check", "colah.toml", "fan-out.toml")[0] == 0


def test_several_files_as_json(run, folder):
    (folder / "empty.toml").write_text("", encoding="utf-8")
    code, out, _ = run("check", "--format", "json", "colah.toml", "empty.toml")
    first, second = json.loads(out)
    assert code == 2
    assert (first["file"], first["ok"], len(first["results"])) == ("colah.toml", True, 9)
    assert second == {"file": "empty.toml", "error": "empty.toml: there are no [claims] to check"}


def test_a_claim_that_cannot_be_read_is_named_with_its_file(fails, folder):
    (folder / "typo.toml").write_text('[nodes]\nz = "1"\n[claims]\nz = "2x"\n', encoding="utf-8")
    assert fails("check", "typo.toml").startswith("typo.toml: claim 'z': ")


def test_a_graph_without_values_is_drawn_with_formulas(run, folder):
    (folder / "open.toml").write_text('[inputs]\nx = {}\n[nodes]\nz = "x**2"\n', encoding="utf-8")
    code, out, _ = run("draw", "open.toml", "-o", "open.svg")
    assert code == 0
    assert "no value for 'x', so the picture has formulas only" in out
    assert "J^(1→2) = 2*x" in (folder / "open.svg").read_text(encoding="utf-8")


def test_eulers_number_is_exp(fails, folder):
    (folder / "e.toml").write_text('[inputs]\nx = 1\n[nodes]\nz = "e^(-x)"\n', encoding="utf-8")
    assert fails("run", "e.toml") == (
        "e.toml: node 'z': there is no node 'e' (column 1); for powers of Euler's number write exp(x)"
    )


def test_a_typo_leaves_the_other_claims_judged(run, folder):
    claims = '[claims]\nz = ["2x", 4]\n"dz/dx" = 2\n"J[x->y]" = 1\n'
    (folder / "typo.toml").write_text(
        f'[inputs]\nx = 1\n[nodes]\nz = "x*2"\n{claims}', encoding="utf-8"
    )
    code, out, _ = run("check", "typo.toml")
    first, second, third, fourth = out.splitlines()
    assert code == 2
    assert (first, second) == ("✓ dz/dx = 2: correct", "1 correct")
    assert third.startswith("typo.toml: claim 'z': write * for a product")
    assert fourth.startswith("typo.toml: claim 'J[x->y]': unknown node 'y'")
    code, out, _ = run("check", "typo.toml", "--format", "json")
    content = json.loads(out)
    assert code == 2
    assert list(content["unreadable"]) == ["z", "J[x->y]"]
    assert len(content["results"]) == 1


LAYER = """\
title = "layer"
[inputs]
x = [1, 2]
t = { shape = [2] }
[parameters]
W = [["1/2", -1], [0, 2]]
[nodes]
z = "W @ x"
L = "sum((z - t)**2)"
"""


@pytest.fixture
def layer(folder):
    (folder / "layer.toml").write_text(LAYER, encoding="utf-8")
    return "layer.toml"


def test_arrays_on_the_command_line(run, layer):
    code, out, _ = run("run", layer, "--set", "t=[1/2, 1]", "--exact", "--format", "json")
    nodes = {node["name"]: node for node in json.loads(out)["nodes"]}
    assert code == 0
    assert nodes["t"]["value"] == ["1/2", "1"]
    assert nodes["L"]["value"] == "13"
    assert nodes["W"]["gradient"] == [["-4", "-8"], ["6", "12"]]
    code, out, _ = run("run", layer, "--set", "t=[0, 0]", "--set", "W = [[1, 0], [0, 1]]")
    assert code == 0
    for part in ("shape", "(2, 2)", "in the shape of u^i", "[[2, 4], [4, 8]]", "2 × 4"):
        assert part in out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "no value for 't'; write it into the file, or give it here: --set 't=[1, 1]'"),
        (["--set", "t=[1, 2, 3]"], "the value of input 't' has shape (3,); the node's is (2,)"),
        (["--set", "t=1"], "the value of input 't' has shape (); the node's is (2,)"),
        (["--set", "t=[1, [2]]"], "the rows of the list at column 1 are not equally long"),
        (["--set", "t=[1, x]"], "the value of 't' is '[1, x]'; it must be a number"),
        (["--set", "t=[1, __import__('os')]"], "the value of 't' is"),
        (["--set", "t=[1e400, 2]"], "a number beyond 1e±300"),
    ],
)
def test_arrays_that_do_not_fit_are_one_line(fails, layer, arguments, problem):
    assert problem in fails("run", layer, *arguments)


def test_sizes_that_are_letters_or_many(folder, run, fails):
    (folder / "s.toml").write_text(
        LAYER.replace("[1, 2]", '{ shape = ["n"] }').replace(
            '[["1/2", -1], [0, 2]]', '{ shape = [2, "n"] }'
        ),
        encoding="utf-8",
    )
    assert fails("run", "s.toml") == (
        "s.toml: no value for 'x', 't', 'W'; the sizes (n,) of 'x' are letters, for derivation "
        "only; use derive, or write numbers into the file"
    )
    code, out, _ = run("draw", "s.toml", "-o", "s.svg")
    assert (code, out.splitlines()[-1]) == (0, "wrote s.svg")
    (folder / "m.toml").write_text(
        'inputs.X = {shape = [20, 4]}\nnodes.L = "sum(X)"', encoding="utf-8"
    )
    assert fails("run", "m.toml").endswith("into the file, as an array of shape (20, 4)")


@pytest.mark.parametrize("suffix", ["svg", "png", "dot"])
def test_pictures_of_tensors(run, folder, layer, suffix):
    code, out, _ = run("draw", layer, "--set", "t=[0, 1]", "-o", f"layer.{suffix}")
    assert (code, out) == (0, f"wrote layer.{suffix}\n")
    assert (folder / f"layer.{suffix}").stat().st_size > 500


@pytest.mark.parametrize("written", ["text", "markdown", "latex"])
def test_derivations_of_tensors(run, layer, written):
    code, out, _ = run("derive", layer, "--set", "t=[0, 1]", "--wrt", "W", "--format", written)
    assert code == 0
    assert ("outer(" if written == "text" else r"x^{\top}") in out
