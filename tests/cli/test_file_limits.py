"""Each file has its limits of time and memory, and costs the others nothing."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from command_line import GRAPH

from graphdiff import workbench
from graphdiff.files import budget, worker

pytestmark = pytest.mark.skipif(not worker.CAN_FORK, reason="processes are not forked here")

CLAIMED = GRAPH + '[claims]\nu = 6\n"dz/du" = "u/2"\n'
MB = 1_000_000

HOSTILE = {
    "endless": "[inputs]\nx = 'sin(exp(exp(exp(5))))'\n[nodes]\nz = '2*x'\n",
    "huge": "[inputs]\nx = 'exp(exp(exp(exp(exp(2)))))'\n[nodes]\nz = '2*x'\n",
    "deep": f"[inputs]\nx = '{'swish(' * 50}1{')' * 50}'\n[nodes]\nz = '2*x'\n",
    "array": "[inputs]\nx = 'sum(ones(3000, 3000))'\n[nodes]\nz = '2*x'\n",
}
CHAINS = {"exp": "exp({})", "falling": "exp(-{})", "square": "{}**2 + sqrt(2)"}


def chain(formula):
    nodes = [f"a{k} = '{formula.format(f'a{k - 1}' if k else 'x')}'" for k in range(60)]
    return "\n".join(["[inputs]", "x = '1/2'", "[nodes]", *nodes, ""])


MEASURED = """
import json, resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stderr.write("\\n\\0" + json.dumps([code, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024]))
"""
"""Runs a command and says what it used; from a small process, for a child begins with its parent's."""


class Done:
    """A command in a process with a hard limit on the memory of it and all it begins."""

    def __init__(self, folder, *arguments, memory=3000 * MB):
        limited = f'ulimit -v {memory // 1024}; ulimit -t 120; exec "$0" "$@"'
        command = [
            "sh",
            "-c",
            limited,
            sys.executable,
            "-c",
            MEASURED,
            sys.executable,
            "-m",
            "graphdiff",
        ]
        done = subprocess.run(
            [*command, *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8"
        )
        self.out, (self.err, _, used) = done.stdout, done.stderr.rpartition("\n\0")
        self.code, self.seconds, self.memory = json.loads(used)

    def is_refused(self):
        assert self.code == 2
        assert self.out == ""
        assert self.err.startswith("graphdiff: ")
        assert self.err.count("\n") == 1
        assert "Traceback" not in self.err
        assert len(self.err) < 1100
        assert self.memory < 800 * MB
        return self.err


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_leaves_that_nothing_could_compute(kind, folder):
    (folder / "a.toml").write_text(HOSTILE[kind] + "[claims]\nz = 1\n", encoding="utf-8")
    for arguments in (["run", "a.toml"], ["check", "a.toml"], ["draw", "a.toml", "-o", "a.svg"]):
        done = Done(folder, *arguments)
        assert "the value of 'x' is" in done.is_refused()
        assert done.seconds < 10
    assert not (folder / "a.svg").exists()


@pytest.mark.slow
def test_values_given_by_hand(folder):
    for kind in ("endless", "huge"):
        value = HOSTILE[kind].split("'")[1]
        done = Done(folder, "run", "g.toml", "--set", f"x={value}")
        assert "the value of 'x' is" in done.is_refused()
        assert done.seconds < 10


@pytest.mark.slow
@pytest.mark.parametrize("kind", CHAINS)
def test_exact_chains(kind, folder):
    (folder / "a.toml").write_text(chain(CHAINS[kind]), encoding="utf-8")
    done = Done(folder, "run", "--exact", "a.toml")
    assert "compute in floating point" in done.is_refused()
    assert "node 'a" in done.err
    assert done.seconds < 20


@pytest.mark.slow
def test_an_exact_run_of_a_network(folder):
    done = Done(folder, "run", "--exact", "mlp.toml")
    assert "P[a__1]: the exact number has more than 500 operations; comp" in done.is_refused()
    assert done.seconds < 20
    assert Done(folder, "run", "mlp.toml").code == 0


def test_an_exact_run_within_its_budget(folder):
    assert Done(folder, "run", "--exact", "colah.toml").code == 0


# A class: seven files, of which the fourth fails in every way.


def forever():
    while True:
        pass


def fill():
    kept = []
    while True:
        kept.append(bytearray(10 * MB))


def raises(error):
    def raising():
        raise error

    return raising


FAILURES = {
    "hang": (forever, "it takes more than 2 s"),
    "memory": (fill, "it needs more than 500 MB of memory"),
    "abort": (os.abort, "it was ended by SIGABRT"),
    "kill": (lambda: os.kill(os.getpid(), signal.SIGKILL), "it was ended by SIGKILL"),
    "KeyError": (raises(KeyError("b")), "KeyError: 'b'; --debug shows where"),
    "MemoryError": (raises(MemoryError()), "it needs more than 500 MB"),
    "RecursionError": (raises(RecursionError()), "it is nested too deeply"),
    "TypeError": (raises(TypeError("x\ny")), "TypeError: x y; --debug shows where"),
    "exit": (lambda: os._exit(0), "it ended by itself with code 0"),
}


@pytest.fixture
def fourth_fails(folder, monkeypatch):
    """Make reading the fourth of seven files do anything."""
    (folder / "good.toml").write_text(CLAIMED, encoding="utf-8")
    (folder / "bad.toml").write_text(CLAIMED, encoding="utf-8")
    read = workbench.load_with_claims

    def fails(kind):
        def load(path):
            return FAILURES[kind][0]() if path == "bad.toml" else read(path)

        monkeypatch.setattr(workbench, "load_with_claims", load)
        if kind == "hang":
            monkeypatch.setattr(budget, "FILE", 2.0)

    return fails


FILES = [*["good.toml"] * 3, "bad.toml", *["good.toml"] * 3]


@pytest.mark.parametrize("kind", FAILURES)
def test_one_bad_file_costs_the_others_nothing(kind, run, fourth_fails):
    fourth_fails(kind)
    code, out, err = run("check", *FILES)
    assert (code, err) == (2, "")
    parts = out.split("== ")[1:]
    assert [part.splitlines()[0] for part in parts] == FILES
    assert all("2 correct" in part for part in parts[:3] + parts[4:])
    assert parts[3].splitlines()[1].startswith(f"cannot be read: bad.toml: {FAILURES[kind][1]}")


@pytest.mark.parametrize("kind", ["memory", "abort", "KeyError"])
def test_one_bad_file_among_json_lines(kind, run, fourth_fails):
    fourth_fails(kind)
    code, out, err = run("check", "--format", "json", *FILES)
    lines = list(map(json.loads, out.splitlines()))
    assert (code, err) == (2, "")
    assert [line["file"] for line in lines] == FILES
    assert list(lines[3]) == ["file", "error"]
    assert lines[3]["error"].startswith(f"bad.toml: {FAILURES[kind][1]}")
    assert all(line["ok"] and len(line["results"]) == 2 for line in lines[:3] + lines[4:])


@pytest.mark.parametrize("kind", FAILURES)
@pytest.mark.parametrize(
    "command", ["run bad.toml", "check bad.toml", "derive bad.toml", "draw bad.toml -o a.svg"]
)
def test_every_failure_of_one_file_is_one_line(kind, command, fails, fourth_fails, folder):
    fourth_fails(kind)
    assert fails(*command.split()).startswith(f"bad.toml: {FAILURES[kind][1]}")
    assert not (folder / "a.svg").exists()


def test_without_fork_it_is_one_line_too(fails, fourth_fails, monkeypatch):
    monkeypatch.setattr(worker, "CAN_FORK", False)
    fourth_fails("KeyError")
    assert fails("run", "bad.toml") == "bad.toml: KeyError: 'b'; --debug shows where"
    assert fails("check", "bad.toml") == "bad.toml: KeyError: 'b'; --debug shows where"


def test_results_are_written_as_they_come(folder):
    (folder / "good.toml").write_text(CLAIMED, encoding="utf-8")
    os.mkfifo(folder / "never.toml")
    with subprocess.Popen(
        [sys.executable, "-m", "graphdiff", "check", "--format", "json", "good.toml", "never.toml"],
        cwd=folder, stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert json.loads(running.stdout.readline())["file"] == "good.toml"
        assert running.poll() is None
        running.terminate()
        assert running.wait(20) == 2


@pytest.mark.slow
def test_start_up_is_not_paid_for_each_file(folder):
    (folder / "good.toml").write_text(CLAIMED, encoding="utf-8")
    one = Done(folder, "check", "good.toml").seconds
    ten = Done(folder, "check", *["good.toml"] * 10).seconds
    assert ten < 4 * one


def test_no_limits(run, fourth_fails, monkeypatch, folder):
    monkeypatch.setattr(budget, "FILE", 0.01)
    read = workbench.load_with_claims

    def slow(path):
        time.sleep(0.1)
        return read(path)

    monkeypatch.setattr(workbench, "load_with_claims", slow)
    assert run("check", "good.toml")[0] == 2
    assert run("check", "good.toml", "--no-limits")[0] == 0
