"""Mutation runs: does a test fail where one place of the package is wrong?

``python tests/mutation/mutate.py --count 200 --seed 1`` takes mutants by chance from the
rules, the sweeps, checking and the parser, as many from each; runs all tests once on a copy
of the package that tells which of them come to which mutant; and then, for one mutant after
the other, those tests, the quickest first, until one fails. It prints each mutant that none
finds, as a change, and the score. ``--quick`` does it with the quick tests, ``--tests`` with
those named.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import itertools
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from mutants import Mutant, marked, mutants

ROOT = Path(__file__).parents[2]
PARTS = {
    "rules": ["language/functions", "local_functions"],
    "sweeps": ["evaluation"],
    "checking": ["checking"],
    "parser": ["files"],
}
"""What mutants are taken from."""

MIRRORS = {"rules": ["tests/language", "tests/local_functions"]}
MIRRORS |= {part: [f"tests/{PARTS[part][0]}"] for part in ("sweeps", "checking", "parser")}
"""Tests of a mutant that is come to on importing, before any test."""


LIBRARIES = ("mpmath", "networkx", "numpy", "PIL.Image", "rich.console", "scipy.special", "sympy")
"""What is loaded once, for all mutants."""


@dataclass(frozen=True)
class Record:
    """Which tests come to which mutant, and how long each takes; the quickest first."""

    reached: dict[int, set[str]]
    seconds: dict[str, float]

    def of(self, number: int, part: str, most: float) -> list[str]:
        """Return the tests for a mutant, which together take so many seconds."""
        reached = self.reached.get(number, set())
        beside = {test for test in self.seconds if test.startswith(tuple(MIRRORS[part]))}
        rest = beside - reached if reached else set()  # values kept from one test to the next
        chosen, total = [], 0.0
        for tests in (reached - {""}, rest):
            for test in sorted(tests, key=lambda test: (self.seconds[test], test)):
                total += self.seconds[test]
                if total > most and chosen:
                    return chosen
                chosen.append(test)
        return chosen


def chosen(count: int, seed: int, parts: list[str]) -> list[tuple[str, Mutant]]:
    """Return mutants by chance, as many from each part."""
    generator = random.Random(seed)
    found = []
    for k, part in enumerate(parts):
        every = []
        for name in PARTS[part]:
            for path in sorted((ROOT / "graphdiff" / name).rglob("*.py")):
                every += mutants(path)
        many = count // len(parts) + (k < count % len(parts))
        generator.shuffle(every)
        compiled = (mutant for mutant in every if mutant.compiles())
        found += [(part, mutant) for mutant in itertools.islice(compiled, many)]
    return found


def copied(folder: Path) -> Path:
    """Return a copy of all that the tests read."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, stdout=subprocess.PIPE,
        check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def environment(folder: Path, **more: str) -> dict[str, str]:
    paths = [str(folder), str(ROOT / "tests" / "mutation")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0"} | more


def recorded(picked: list[tuple[str, Mutant]], options: list[str], folder: Path) -> Record:
    """Run the tests once where each mutant tells that it is come to."""
    tree = copied(folder / "recorded")
    places: dict[Path, dict[int, list[int]]] = {}
    for number, (_, mutant) in enumerate(picked):
        places.setdefault(mutant.path, {}).setdefault(mutant.place, []).append(number)
    for path, of_file in places.items():
        text = marked(path, of_file)
        (tree / path.relative_to(ROOT)).write_text(text, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "recording", "-p", "no:cacheprovider",
         "--no-header", *options], cwd=tree, stdout=subprocess.DEVNULL,
        env=environment(tree, GRAPHDIFF_RECORD=str(folder)),
    )  # fmt: skip
    reached: dict[int, set[str]] = {}
    seconds, failed = {}, set()
    for path in folder.glob("*.json"):
        found = json.loads(path.read_text())
        for number, tests in found["reached"].items():
            reached.setdefault(int(number), set()).update(tests)
        seconds |= found["seconds"]
        failed |= set(found["failed"])
    passed = {test: took for test, took in seconds.items() if test not in failed}
    return Record({number: tests & {*passed, ""} for number, tests in reached.items()}, passed)


def begun(tree: Path, arguments: list[str], most: int) -> int:
    """Run tests in a process of its own, forked from this one, which has loaded the libraries."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        os.setsid()
        os.chdir(tree)
        os.environ.update(environment(tree))
        sys.path[:0] = [str(tree)]
        sys.dont_write_bytecode = True
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        import pytest

        code = int(pytest.main(["-q", "-n0", "-p", "no:cacheprovider", *arguments]))
    finally:
        os._exit(code)


def without_failures(record: Record, numbers: dict[int, str], most: float, folder: Path) -> Record:
    """Leave out tests that fail where nothing is wrong, in the process that mutants are tried in."""
    every = sorted({test for k, part in numbers.items() for test in record.of(k, part, most)})
    total = 60 + 20 * int(sum(record.seconds[test] for test in every))
    report = folder / "control.xml"
    command = [f"--junitxml={report}", "-o", "junit_family=xunit1", *every]
    ended(begun(folder / "mutated", command, total), time.monotonic() + 10 * total)
    if not report.exists():
        sys.exit("the tests do not run where nothing is wrong")
    failed = set()
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed.add(f"{case.get('file')}::{case.get('name')}")
    print(f"{len(every)} tests, of which {len(failed)} fail without a mistake and are left out")
    passed = {test: took for test, took in record.seconds.items() if test not in failed}
    return Record({k: tests & {*passed, ""} for k, tests in record.reached.items()}, passed)


def ended(child: int, until: float) -> str:
    """Wait for a run of tests, and return what came of it."""
    while time.monotonic() < until:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            code = os.waitstatus_to_exitcode(status)
            return {0: "survived", 5: "survived", -signal.SIGXCPU: "timeout"}.get(code, "killed")
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timeout"


def outcome(tree: Path, mutant: Mutant, tests: list[str], record: Record) -> str:
    """Return what the tests say of a mutant, in a copy of the package."""
    path = tree / mutant.path.relative_to(ROOT)
    source, times = path.read_bytes(), path.stat()
    path.write_bytes(mutant.applied(source))
    try:
        for some in (tests[:20], tests[20:]):
            most = 20 + 5 * int(sum(record.seconds[test] for test in some))
            found = (
                ended(begun(tree, ["-x", *some], most), time.monotonic() + 10 * most)
                if some
                else ""
            )
            if found not in ("", "survived"):
                return found
        return "survived"
    finally:
        path.write_bytes(source)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def difference(mutant: Mutant) -> str:
    source = mutant.path.read_bytes()
    lines = [text.decode().splitlines() for text in (source, mutant.applied(source))]
    name = str(mutant.path.relative_to(ROOT))
    return "\n".join(difflib.unified_diff(*lines, name, mutant.kind, n=2, lineterm=""))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--tests", nargs="+", default=[], help="of these folders and files only")
    parser.add_argument("--quick", action="store_true", help="only the quick tests")
    parser.add_argument("--most", type=float, default=60, help="seconds of tests for each mutant")
    parser.add_argument("--from", dest="first", type=int, default=0, help="begin with this mutant")
    given = parser.parse_args()
    picked = chosen(given.count, given.seed, given.parts)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="mutation-") as name:
        folder = Path(name)
        options = [*given.tests, *(["-m", "quick"] if given.quick else [])]
        record = recorded(picked, options, folder)
        tree = copied(folder / "mutated")
        command = [sys.executable, "-m", "compileall", "-q", str(tree / "graphdiff")]
        subprocess.run(command, check=True)
        for library in LIBRARIES:
            importlib.import_module(library)
        parts = {number: part for number, (part, _) in enumerate(picked)}
        record = without_failures(record, parts, given.most, folder)
        for number, (part, mutant) in enumerate(picked):
            if number < given.first:
                continue
            tests = record.of(number, part, given.most)
            found = outcome(tree, mutant, tests, record)
            counts[part, found] += 1
            where = f"{mutant.path.relative_to(ROOT)}:{mutant.line}"
            print(f"{number:4} {found:8} {len(tests):5} tests  {where} ({mutant.kind})", flush=True)
            if found == "survived":
                print(difference(mutant), flush=True)
    for part in given.parts:
        of_part = {kind: counts[part, kind] for kind in ("killed", "timeout", "survived")}
        every = sum(of_part.values())
        print(part, *(f"{kind} {many}" for kind, many in of_part.items()), sep="  ")
        print(f"{part}: {100 * (every - of_part['survived']) / max(every, 1):.0f} %")
    survived = sum(many for (_, kind), many in counts.items() if kind == "survived")
    every = sum(counts.values())
    print(f"score: {every - survived} of {every}, {100 * (every - survived) / max(every, 1):.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
