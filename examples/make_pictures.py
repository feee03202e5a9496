"""Make the pictures of the documentation: python examples/make_pictures.py FOLDER."""

import sys
from pathlib import Path

import graphdiff as gd
from graphdiff.workbench import load_with_claims

HERE = Path(__file__).parent


def pictures():
    """Yield the name and the picture of each."""
    regression, claims = load_with_claims(HERE / "linear-regression.toml")
    run = regression.backward()
    yield "linear-regression", regression.draw(run, show="all")
    yield "linear-regression-dark", regression.draw(run, show="all", theme="dark")
    yield "linear-regression-print", regression.draw(run, show="all", theme="print", direction="TB")
    yield "linear-regression-steps", regression.frames(run)
    yield "linear-regression-checked", regression.draw(run, check=regression.check(claims))
    yield (
        "by-hand",
        regression.draw(
            run,
            labels={"u": r"\tilde u"},
            colors={"yhat": "navy", "w->u": "crimson"},
            hide={"edges": "jacobian", "y": "P"},
            highlight={"b->yhat->e": "darkorange"},
            note={"e": r"the residual $e = \hat y - y$"},
        ),
    )
    neuron = gd.load(HERE / "sigmoid-neuron.toml")
    yield "sigmoid-neuron", neuron.draw(neuron.backward())
    fan_out = gd.load(HERE / "fan-out.toml")
    yield "fan-out", fan_out.draw(fan_out.backward())
    yield "fan-out-paths", fan_out.draw(fan_out.backward(), paths="x")
    yield "fan-out-formulas", fan_out.draw(show=["name", "formula", "jacobian"])


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, picture in pictures():
        print(picture.save(folder / f"{name}.svg"))
