"""Two processes, and two devices, have the gradients of one: the examples say how far apart."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(("script", "needs"), [("torch", "torch"), ("jax", "jax")])
def test_gradients_of_two_are_those_of_one(script, needs):
    pytest.importorskip(needs)
    done = subprocess.run(
        [sys.executable, EXAMPLES / f"data_parallel_{script}.py"],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = re.search(r"(\d) \w+, 5 steps: gradients differ from one's by (\S+)", done.stdout)
    assert found is not None
    assert found[1] == "2"
    assert float(found[2]) < 1e-12
