"""Each command: what it prints, and its exit codes."""

import json

import pytest
from command_line import GRAPH, shell

from graphdiff.cli import examples

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
    assert out.endswith("32 correct, 1 coincidental, 1 wrong\n")
    out_of_text = out
    assert run("check", "colah.toml")[0] == 0
    code, out, _ = run("check", "linear-regression.toml", "--format", "json")
    content = json.loads(out)
    assert (code, content["ok"], len(content["results"])) == (1, False, 34)
    fields = {
        "target",
        "link",
        "claimed",
        "expected",
        "verdict",
        "note",
        "point",
        "follows",
        "case",
    }
    assert all(set(record) - {"diagnosis"} == fields for record in content["results"])
    assert sum("diagnosis" in record for record in content["results"]) == 2
    assert "↳" in out_of_text
    assert "↳" not in run("check", "linear-regression.toml", "--no-diagnosis")[1]
    counts = {verdict: count for verdict, count in content["counts"].items() if count}
    assert counts == {"correct": 32, "coincidental": 1, "wrong": 1}


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
        "[inputs]\nx = 0.39322\n[nodes]\nz = 'x*1'\n[claims]\nz = 0.42\n"
    )
    assert run("check", "a.toml")[0] == 1


def test_example(run):
    code, out, _ = run("example")
    assert code == 0
    for name in ("linear-regression", "sigmoid-neuron", "two-layer-network", "fan-out", "colah"):
        assert name in out
        assert run("example", name)[1] == examples.source(name)


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_the_module_runs(folder):
    done = shell("check", "colah.toml", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("9 correct\n")
    assert shell("check", "linear-regression.toml", folder=folder).returncode == 1
    assert shell("--version").stdout.startswith("graphdiff ")


# Pictures in every form


def test_draw_in_every_format_and_style(run, folder):
    paths = [f"a{suffix}" for suffix in (".svg", ".png", ".pdf", ".tex", ".dot")]
    outputs = [argument for path in paths for argument in ("-o", path)]
    code, out, _ = run("draw", "sigmoid-neuron.toml", *outputs, "--style", "network")
    assert code == 0
    assert out.splitlines() == [f"wrote {path}" for path in paths]
    assert (folder / "a.pdf").read_bytes().startswith(b"%PDF")
    assert r"\begin{tikzpicture}" in (folder / "a.tex").read_text()
    code, out, _ = run(
        "draw", "sigmoid-neuron.toml", "-o", "b.svg", "-o", "b.pdf", "-o", "b.tex",
        "--style", "network", "--theme", "print", "--steps",
    )  # fmt: skip
    assert code == 0
    assert out.splitlines()[0] == "wrote b.svg"
    assert out.splitlines()[1] == "wrote b-001.pdf … b-003.pdf (3 files)"


@pytest.mark.slow
def test_draw_step_by_step(run, folder):
    code, out, _ = run("draw", "g.toml", "-o", "s.gif", "-o", "s.png", "--steps")
    assert code == 0
    assert (folder / "s.gif").read_bytes().startswith(b"GIF89a")
    assert "s-001.png … s-007.png (7 files)" in out
    assert run("draw", "g.toml", "-o", "s.png", "--steps")[0] == 0  # the same again


def test_draw_marks_paths_and_wrong_claims(run, folder):
    assert run("draw", "linear-regression.toml", "-o", "c.svg", "--check")[0] == 0
    assert "is wrong" in (folder / "c.svg").read_text(encoding="utf-8")
    assert run("draw", "fan-out.toml", "-o", "p.svg", "--along", "x")[0] == 0
    assert "4 paths from x to L" in (folder / "p.svg").read_text(encoding="utf-8")


def test_draw_fits_and_says_what_is_small(run, folder):
    code, out, err = run("draw", "linear-regression.toml", "-o", "w.svg", "--width", "15mm")
    assert (code, err) == (0, "")
    assert "the smallest letters are" in out
    fitting = ("--aspect", "16:9", "--width", "120mm", "--min-pt", "7")
    assert "letters" not in run("draw", "linear-regression.toml", "-o", "s.svg", *fitting)[1]
    assert run("draw", "linear-regression.toml", "-o", "p.svg", "--page", "a4")[0] == 0
    assert 'width="793.7"' in (folder / "p.svg").read_text(encoding="utf-8")[:400]


def test_draw_collapses(run, folder):
    assert run("draw", "xor.toml", "-o", "x.svg", "--collapse", "OR")[0] == 0
    assert 'data-node="x"' in (folder / "x.svg").read_text(encoding="utf-8")


def test_steps_are_written_as_the_choices_say(run, folder):
    for scale in ("1", "3"):
        assert run("draw", "g.toml", "-o", f"s{scale}.png", "--steps", "--scale", scale)[0] == 0
    widths = [
        int.from_bytes((folder / f"s{scale}-001.png").read_bytes()[16:20]) for scale in (1, 3)
    ]
    assert widths[1] == 3 * widths[0]
    assert run("draw", "g.toml", "-o", "n.svg", "--steps", "--numbered")[0] == 0
    assert (folder / "n-001.svg").exists()
    assert run("draw", "g.toml", "-o", "p.svg", "--steps", "--seconds", "0.25")[0] == 0
    assert "s step-end infinite" in (folder / "p.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("seconds", "0", "seconds is 0.0; give a number from 0.02 to 60"),
        ("seconds", "fast", "seconds is 'fast'; give a number from 0.02 to 60"),
        ("scale", "nan", "scale is nan; give a number from 0.001 to 1000"),
        ("direction", "DOWN", "unknown direction 'DOWN'; choose from LR, TB, RL, BT"),
        (
            "edges",
            "red",
            "unknown colouring of edges 'red'; choose from weight, gradient, both, plain",
        ),
    ],
)
def test_a_choice_is_checked_before_the_file_is_read(run, argument, value, message):
    code, _, err = run("draw", "none.toml", "-o", "a.svg", f"--{argument}", value)
    assert (code, err) == (
        2, f"graphdiff: argument --{argument}: {message}; see graphdiff draw --help\n",
    )  # fmt: skip
