"""The command line for a whole class: several files, letters, typos."""

import json


def test_several_files_are_checked_in_one_go(run, folder):
    (folder / "typo.toml").write_text('[nodes]\nz = "1"\n[claims]\nz = "2x"\n', encoding="utf-8")
    code, out, err = run("check", "colah.toml", "linear-regression.toml", "typo.toml", "colah.toml")
    assert (code, err) == (2, "")
    parts = out.split("== ")[1:]
    assert [part.splitlines()[0] for part in parts] == [
        "colah.toml", "linear-regression.toml", "typo.toml", "colah.toml",
    ]  # fmt: skip
    assert "32 correct, 1 coincidental, 1 wrong" in parts[1]
    assert parts[2].splitlines()[1].startswith("? claim 'z': write * for a product")
    assert run("check", "colah.toml", "linear-regression.toml")[0] == 1
    assert run("check", "colah.toml", "fan-out.toml")[0] == 0


def test_several_files_as_json(run, folder):
    (folder / "empty.toml").write_text("", encoding="utf-8")
    code, out, _ = run("check", "--format", "json", "colah.toml", "empty.toml")
    first, second = map(json.loads, out.splitlines())
    assert code == 2
    assert (first["file"], first["ok"], len(first["results"])) == ("colah.toml", True, 9)
    assert second == {"file": "empty.toml", "error": "empty.toml: there are no [claims] to check"}


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
    first, second, mistake, third, fourth, fifth = out.splitlines()
    assert code == 2
    assert first.startswith("? claim 'z': write * for a product")
    assert second.startswith("✗ z = 4: wrong; expected 2")
    assert mistake.startswith("  ↳ ")
    assert third == "✓ dz/dx = 2: correct"
    assert fourth.startswith("? claim 'J[x->y]': unknown node 'y'")
    assert fifth == "1 correct, 1 wrong, 2 unread"
    code, out, _ = run("check", "typo.toml", "--format", "json")
    content = json.loads(out)
    assert code == 2
    assert [result["verdict"] for result in content["results"]] == [
        "unread", "wrong", "correct", "unread",
    ]  # fmt: skip
    assert content["results"][0]["claimed"] == "2x"
