"""Changed inputs of every kind: each is read, or refused in one short line, in seconds.

``python tests/fuzzing/fuzz.py --seconds 60`` runs for a minute. An input is drawn from the
seed and its own number, so that what fails fails again: ``--seed 1 --first 1234 --count 1``.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import numpy as np
from mutations import mutated, mutated_bytes

import graphdiff as gd
from graphdiff.cli import examples, main
from graphdiff.errors import GraphdiffError
from graphdiff.files import formats
from graphdiff.files.mathematics.reader import read
from graphdiff.files.pages.extraction import extract
from graphdiff.files.parser import parse
from graphdiff.workbench import load_with_claims

SECONDS = 5
"""Time for one input."""

LONGEST = 400
"""Characters of a message."""

PAGES = Path(__file__).parent.parent / "files" / "worksheets"

WORKSHEET = """\
title = "a sheet"
tolerance = "1%"
[inputs]
x = [1, "2/3", 0.25]
Y = {value = [[0, 1], [0.25, 0.75]], rows = "distribution"}
s = {samples = [0, 0.5], shape = []}
[parameters]
w = {shape = [3], init = "normal", seed = 1, scale = 0.5}
b = "sqrt(2)"
[nodes]
u = "w*x + b"
v = "softmax(u)[:2]"
L = "sum(v*Y[1]) - log(norm(u))"
[groups]
"a group" = ["w", "u"]
[suppose]
u = [1, 2, 3]
[descent]
learning_rate = 0.1
[[claims]]
"dL/du" = ["w", 0.0430]
u = "w*x + b"
[[claims]]
"J[w->u]" = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
[[cases]]
title = "one"
values = {x = [0, 0, 0], b = "1/2"}
claims = {L = 0.5}
"""

DATA = """\
[inputs]
x = {file = "b.npy"}
y = {file = "b.npz", key = "W"}
z = {file = "b.csv", columns = ["a", "b"]}
"""

EXPRESSIONS = [
    "x*w + b", "sin(x)**2 + cos(x)**2", "max(x, 0) - relu(-x)", "exp(-x^2/2)/sqrt(2*pi)",
    "sigmoid(W @ v + v)", "sum((W @ v - v)**2)/2", "softmax(v, axis=0)", "W.T[0, 1:]*v[None, 1:]",
    "einsum('ij,j->i', W, v)", "where(x > 0, log(x), x/w)", "concatenate([v, v])[::-1]",
    "[[1, x], [w, 0.40]] @ v[:2]", "reshape(W, (9,)).sum()", "cross_entropy(v, v)", "log_sum_exp(W, axis=1)",
]  # fmt: skip

CLAIMS = [
    "x*w", "w", "dz/dw = x", "P[x]*J[x->z]", "0.59*0.41", "[1, 2, 3]", "2/3", "J[x->z]", "dz/dx*2",
    "w - eta*dz/dw", "z@1 + w@2", "H[w, x]", "d2z/dwdx*2", "tensor([0.5, -1.])", "np.float64(6.0)",
    "[1. -2.5]", "[[1, 2], [3, 4]] @ v[:2]", "0.30000000000000004", "2.9802322e-08", "relu(x) = 2",
]  # fmt: skip

TARGETS = [
    "z", "dz/dw", "J[x->z]", "P[x]", "P[1]", "J[1->3]", "dz/dx", "W[0, 2]", "w@1", "z@2", "d2z/dw2",
    "d2z/dwdx", "H[w, x]", "-dz/dx", "W @ v", "dz/dw@1", "z[...]", "v[0]", "[1, 2, 3] @ W",
]  # fmt: skip

INTERNAL = ("could not be judged (", "no number or formula (")
"""What a report says of a claim on which the checker itself has failed."""

OPTIONS = [
    ["run", "--set", "x=3"], ["run", "--set", "w=2/3", "--exact"], ["run", "--digits", "3"],
    ["run", "--set", "x=[1, 2]", "--format", "json"], ["derive", "--wrt", "w"], ["trace", "--mode", "forward", "--wrt", "x=[1]"], ["example", "colah"],
    ["check", "--output", "z"], ["check", "--format", "json", "--set", "x=1"],
]  # fmt: skip


class TooSlow(BaseException):
    """An input took longer than it may."""


class Fuzz:
    """Inputs by their numbers, and what becomes of them, in a folder of their own."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.folder, self.seed = folder, seed
        self.toml = [WORKSHEET, DATA, *map(examples.source, examples.names())]
        self.json = []
        for number, source in enumerate(self.toml[2:]):
            path = folder / f"seed{number}.toml"
            path.write_text(source, encoding="utf-8")
            graph, sheet = load_with_claims(path)
            self.json.append(formats.to_json(graph, sheet))
        self.pages = [path.read_text("utf-8") for path in sorted(PAGES.glob("*/page.*"))]
        self.arrays = self._arrays()
        for name, content in self.arrays.items():
            (folder / name).write_bytes(content)
        self.kinds: list[Callable[[Random], Callable[[], object]]] = [
            self.toml_file, self.toml_file, self.json_file, self.expression, self.expression,
            self.claim, self.array, self.options, self.number, self.page,
        ]  # fmt: skip

    def _arrays(self) -> dict[str, bytes]:
        array, npy, npz = np.arange(6.0).reshape(3, 2), io.BytesIO(), io.BytesIO()
        np.save(npy, array)
        np.savez_compressed(npz, W=array, b=array[0])
        return {
            "b.npy": npy.getvalue(), "b.npz": npz.getvalue(), "b.csv": b"a,b\n1,2\n0.5,-1e3\n",
        }  # fmt: skip

    def problem(self, number: int) -> str | None:
        """Return what is wrong with how an input is treated; None if nothing is."""
        random = Random(f"{self.seed}:{number}")
        kind = random.choice(self.kinds)
        use = kind(random)
        start = time.monotonic()
        message, found = "", None
        try:
            with _limit(), warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                use()
        except GraphdiffError as error:
            message = str(error)
        except TooSlow:
            found = f"took more than {SECONDS} s\n{traceback.format_exc(limit=-12)}"
        except Exception:
            found = traceback.format_exc(limit=-12)
        if time.monotonic() - start > 2 * SECONDS:
            found = found or "took too long"
        if len(message) > LONGEST or not message.isprintable():
            found = f"the message is no short line: {message!r:.600}"
        where = f"--seed {self.seed} --first {number} --count 1"
        return None if found is None else f"{kind.__name__}, {where}:\n{found}"

    # Kinds of input: each draws one, and returns what uses it

    def toml_file(self, random: Random) -> Callable[[], object]:
        source = mutated(random, random.choice(self.toml), self.toml)
        return lambda: self.swept(self.written("a.toml", source))

    def json_file(self, random: Random) -> Callable[[], object]:
        source = mutated(random, random.choice(self.json), self.json)
        return lambda: self.swept(self.written("a.json", source))

    def array(self, random: Random) -> Callable[[], object]:
        name = random.choice(list(self.arrays))
        content = mutated_bytes(random, self.arrays[name])
        options = {"b.npy": "", "b.npz": ", key = 'W'", "b.csv": ", skip_header = 1"}[name]
        source = f"[inputs]\nx = {{file = 'c{name}'{options}}}\n[nodes]\nz = 'sum(x**2)'\n"

        def use() -> None:
            (self.folder / f"c{name}").write_bytes(content)
            self.swept(self.written("a.toml", source))

        return use

    def expression(self, random: Random) -> Callable[[], object]:
        source = mutated(random, random.choice(EXPRESSIONS), EXPRESSIONS)

        def use() -> None:
            graph = self.graph()
            graph.backward(graph.node("f", parse(source, graph.__getitem__)))

        return use

    def claim(self, random: Random) -> Callable[[], object]:
        target, claim = random.choice(TARGETS), random.choice(CLAIMS)
        if random.random() < 0.3:
            target = mutated(random, target, TARGETS)
        claim = mutated(random, claim, CLAIMS)
        page = [("z", "6.1"), ("dz/dw", "w"), (target, claim), (target, [claim, 7.5])]
        return lambda: self.judged(page)

    def number(self, random: Random) -> Callable[[], object]:
        number = mutated(random, random.choice(["2/3", "0.5", "[1, 2]", "sqrt(2)", "-1e3"]), CLAIMS)
        return lambda: gd.Graph().input("x", formats.values.number_from_text("x", number))

    def options(self, random: Random) -> Callable[[], object]:
        command, *given = random.choice(OPTIONS)
        place = random.randrange(len(given))
        given[place] = mutated(random, given[place], CLAIMS).replace("-h", "-") or "x"
        path = self.written("o.toml", "[inputs]\nx = 2\n[parameters]\nw = 3\n[nodes]\nz = 'x*w'\n")

        def use() -> None:
            out, err = io.StringIO(), io.StringIO()
            files = [] if command == "example" else [str(path)]
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = main([command, *files, *given])
            if code:
                raise GraphdiffError(err.getvalue().removesuffix("\n"))

        return use

    def page(self, random: Random) -> Callable[[], object]:
        source = mutated(random, random.choice(self.pages), self.pages)
        kind = random.choice([".md", ".ipynb", ".tex", ".py", ".txt", ".rst", ".html"])

        def use() -> None:
            found = extract(source, kind)
            for fragment in found.fragments:
                read(fragment.source, fragment.form, found.macros)

        return use

    # What is done with it

    def written(self, name: str, source: str) -> Path:
        path = self.folder / name
        path.write_bytes(source.encode("utf-8", "surrogatepass"))
        return path

    def graph(self) -> gd.Graph:
        graph = gd.Graph()
        x, w = graph.input("x", 2), graph.parameter("w", 3)
        graph.node("z", x * w)
        graph.parameter("b", 0.5)
        graph.parameter("W", np.arange(9.0).reshape(3, 3))
        graph.parameter("v", [1, -2, 0.5])
        return graph

    def judged(self, page: list[tuple[str, object]]) -> None:
        report = self.graph().check(page, output="z", learning_rate="1/10")
        explained = [result.diagnosis.said for result in report if result.diagnosis]
        lines = len(report) + len(explained) + 1
        assert len(str(report).splitlines()) == lines, "a line was forged"
        for told in (*(result.note for result in report), *explained):
            assert not any(said in told for said in INTERNAL), told

    def swept(self, path: Path) -> None:
        graph, sheet = load_with_claims(path)
        graph.save(self.folder / "again.toml", claims=sheet, overwrite=True)
        again, kept = load_with_claims(self.folder / "again.toml")
        assert len(again) == len(graph)
        assert repr(kept) == repr(sheet)
        graph.backward(graph.outputs[-1] if graph.outputs else None)


@contextlib.contextmanager
def _limit() -> Iterator[None]:
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def problems(
    seed: int, seconds: float, first: int = 0, count: int | None = None
) -> Iterator[str | None]:
    """Yield what is wrong with each input, None for nothing, until the time is over."""
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        fuzz = Fuzz(Path(folder), seed)
        numbers = itertools.count(first) if count is None else range(first, first + count)
        for number in numbers:
            if count is None and time.monotonic() > end:
                return
            yield fuzz.problem(number)


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int)
    given = parser.parse_args()
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (4_000_000_000, 4_000_000_000))
    tried, wrong = 0, 0
    for problem in problems(given.seed, given.seconds, given.first, given.count):
        tried += 1
        if problem is not None:
            wrong += 1
            print(problem, flush=True)  # noqa: T201
    print(f"{tried} inputs, {wrong} treated wrongly")  # noqa: T201
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(_main())
