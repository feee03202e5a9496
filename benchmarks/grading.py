"""How long a class takes: 200 made-up submissions of 20 claims, a quarter of them wrong.

python benchmarks/grading.py [--students N] [--profile] [--serial]

writes the class into a folder, grades it as the command line does, start-up included, and prints
the seconds by the clock, those of the processors, and what is spent on what. ``--profile`` grades
a tenth of it in one process and prints the functions that take longest.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ASSIGNMENT = """\
title = "A network of two layers"
[inputs]
x1 = 0.5
x2 = -1
y = 1
[parameters]
w1 = 0.4
w2 = -0.3
w3 = 0.8
w4 = 0.1
b1 = 0.2
b2 = -0.1
v1 = 0.7
v2 = -0.5
c = 0.05
[nodes]
z1 = "w1*x1 + w2*x2 + b1"
z2 = "w3*x1 + w4*x2 + b2"
a1 = "sigmoid(z1)"
a2 = "tanh(z2)"
s = "v1*a1 + v2*a2 + c"
p = "sigmoid(s)"
L = "-y*log(p) - (1 - y)*log(1 - p)"
[descent]
learning_rate = 0.5
[grading]
required = [
    "z1", "z2", "a1", "a2", "s", "p", "L", "dL/ds", "dL/dv1", "dL/dv2", "dL/dc", "dL/da1",
    "dL/da2", "dL/dz1", "dL/dz2", "dL/dw1", "dL/dw2", "dL/dw3", "w1@1", "v1@1",
]
"""

FORMULAS = {
    "z1": ("w1*x1 + w2*x2 + b1", "w1*x1 + w2*x2"),
    "z2": ("w3*x1 + w4*x2 + b2", "w3*x2 + w4*x1 + b2"),
    "a1": ("1/(1 + exp(-z1))", "1/(1 + exp(z1))"),
    "a2": ("tanh(z2)", "tanh(z1)"),
    "s": ("v1*a1 + v2*a2 + c", "v1*a1 - v2*a2 + c"),
    "p": ("sigmoid(s)", "sigmoid(-s)"),
    "L": ("-log(p)", "log(p)"),
    "dL/ds": ("p - y", "y - p"),
    "dL/dv1": ("dL/ds*a1", "dL/ds*a2"),
    "dL/dv2": ("(p - y)*a2", "(p - y)*z2"),
    "dL/dc": ("p - y", "(p - y)*p*(1 - p)"),
    "dL/da1": ("(p - y)*v1", "(p - y)*v2"),
    "dL/da2": ("dL/ds*v2", "p*v2"),
    "dL/dz1": ("dL/da1*a1*(1 - a1)", "dL/da1*z1*(1 - z1)"),
    "dL/dz2": ("dL/da2*(1 - a2**2)", "dL/da2*a2**2"),
    "dL/dw1": ("dL/dz1*x1", "dL/dz1"),
    "dL/dw2": ("dL/dz1*x2", "dL/dz1*x1"),
    "dL/dw3": ("dL/dz2*x1", "-dL/dz2*x1"),
    "w1@1": ("w1 - eta*dL/dw1", "w1 + eta*dL/dw1"),
    "v1@1": ("v1 - eta*dL/dv1", "v1 - dL/dv1"),
}
"""Of each quantity a right formula, and one with a usual mistake."""


def numbers() -> dict[str, tuple[float, float]]:
    """Return of each quantity the number, and the one that the mistake gives."""
    import graphdiff as gd

    folder = Path(tempfile.mkdtemp())
    (folder / "hw.toml").write_text(ASSIGNMENT, encoding="utf-8")
    graph = gd.load(folder / "hw.toml")
    run = graph.backward()
    known = {**{n.name: float(run.value[n.name]) for n in graph.nodes}, "eta": 0.5}
    found: dict[str, tuple[float, float]] = {}
    from math import exp, log, tanh

    names: dict[str, Any] = {
        **known, "exp": exp, "log": log, "tanh": tanh, "sigmoid": lambda t: 1 / (1 + exp(-t)),
    }  # fmt: skip
    for target, pair in FORMULAS.items():
        plain = [formula.replace("dL/d", "dL_d") for formula in pair]
        right, wrong = (float(eval(formula, {}, names)) for formula in plain)
        names[target.replace("dL/d", "dL_d")] = right
        found[target] = right, wrong
    return found


def submissions(students: int, wrong: float = 0.25, seed: int = 7) -> Iterator[tuple[str, str]]:
    """Yield names and texts of files: of each claim a formula, a number, or both."""
    draw, known = random.Random(seed), numbers()
    for student in range(students):
        claims: dict[str, Any] = {}
        for target, formulas in FORMULAS.items():
            is_wrong = draw.random() < wrong
            number = float(f"{known[target][is_wrong]:.{draw.choice((3, 4, 5))}g}")
            if is_wrong and draw.random() < 0.4:  # a slip of the pen
                number = float(f"{known[target][0] * draw.choice((-1, 10, 1.1, 0.9)):.4g}")
            formula = formulas[is_wrong]
            claims[target] = draw.choice(([formula, number], formula, number))
        yield f"student{student:03}.json", json.dumps({"claims": claims}, indent=1)


def written(folder: Path, students: int) -> list[Path]:
    """Write the assignment and a class into a folder; return the submissions."""
    (folder / "hw.toml").write_text(ASSIGNMENT, encoding="utf-8")
    files = [folder / name for name, _ in submissions(students)]
    for file, (_, text) in zip(files, submissions(students), strict=True):
        file.write_text(text, encoding="utf-8")
    return files


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--serial", action="store_true")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    files = written(folder, given.students)
    if given.profile:
        profile(folder, files[: max(1, given.students // 10)])
        return
    command = [sys.executable, "-m", "graphdiff", "grade", folder / "hw.toml", *files]
    command += ["-o", folder / "out", *(["--executor", "serial"] if given.serial else [])]
    began, before = time.perf_counter(), _cpu()
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    seconds, cpu = time.perf_counter() - began, _cpu() - before
    print(done.stdout.splitlines()[-1] if done.stdout else done.stderr)
    print(
        f"{given.students} submissions of {len(FORMULAS)} claims on {len(os.sched_getaffinity(0))} "
        f"processors: {seconds:.1f} s by the clock, {cpu:.1f} s of the processors, "
        f"{1000 * cpu / given.students / len(FORMULAS):.2f} ms for a claim"
    )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def profile(folder: Path, files: list[Path]) -> None:
    """Print which functions take longest."""
    import graphdiff as gd

    assignment = gd.grading.load_assignment(folder / "hw.toml")
    gd.grading.grade(assignment, files[:1], executor="serial")
    profiler = cProfile.Profile()
    profiler.enable()
    gd.grading.grade(assignment, files, executor="serial")
    profiler.disable()
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
