"""The command plot."""

import pytest

GATE = """\
[inputs]
x = 1
y = 0
[parameters]
w = 2
[nodes]
o = "step(w*x + y - 1)"
"""


def test_what_a_perceptron_decides(run, tmp_path):
    (tmp_path / "gate.toml").write_text(GATE)
    code, out, _ = run("plot", str(tmp_path / "gate.toml"), "-o", str(tmp_path / "a.svg"))
    assert code == 0
    assert "wrote" in out
    assert "divided by the line 2 x + y - 1 = 0" in (tmp_path / "a.svg").read_text()


def test_the_loss_over_two_leaves(run, tmp_path):
    target = str(tmp_path / "a.svg")
    arguments = ("plot", "colah.toml", "--over", "a", "b", "-o", target, "--theme", "print")
    assert run(*arguments, "--rate", "0.01", "--steps", "3")[0] == 0
    assert "after 3 steps" in (tmp_path / "a.svg").read_text()
    assert run(*arguments)[0] == 2  # the file exists
    assert run(*arguments, "--force")[0] == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--rate", "1"), "--rate is about the loss over two leaves"),
        (("--steps", "1"), "--steps is about the loss"),
        (("--over", "a", "c"), "'c' is computed"),
        (("--over", "a", "zz"), "'zz'"),
        ((), "no network of neurons"),
        (("--over", "a", "b", "--rate", "-1"), "give a learning rate above 0"),
    ],
)
def test_what_cannot_be_plotted_is_told(run, tmp_path, given, said):
    code, _, err = run("plot", "colah.toml", "-o", str(tmp_path / "a.svg"), *given)
    assert code == 2
    assert said in err
    assert err.count("\n") == 1
