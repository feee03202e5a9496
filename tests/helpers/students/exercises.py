"""Random graphs of the kinds that courses ask for, each made again by its seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from students import operations as op
from students.writing import name, read, text, value


@dataclass(frozen=True)
class Step:
    """A computed node: an operation of nodes."""

    name: str
    operation: op.Operation
    operands: tuple[str, ...]

    @property
    def formula(self):
        return self.operation.value(*map(name, self.operands))

    def pulled(self, slot, g, pull=None):
        """Return what the derivative ``g`` after the node is before one of its operands."""
        pull = pull or self.operation.pulls[slot]
        return pull(g, name(self.name), *map(name, self.operands))


@dataclass
class Exercise:
    """Leaves as printed decimals, nested in arrays, and steps; the last node is the output."""

    family: str
    leaves: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    parameters: set[str] = field(default_factory=set)
    rate: str | None = None

    def add(self, made, operation, *operands):
        self.steps.append(Step(made, operation, operands))
        return made

    @property
    def output(self):
        return self.steps[-1].name

    @cached_property
    def values(self):
        """The value of each node, in float64."""
        known = {leaf: read(printed) for leaf, printed in self.leaves.items()}
        for step in self.steps:
            known[step.name] = np.asarray(value(step.formula, known))[()]
        return known

    def children(self, of):
        """Return the steps that use a node, with the slots."""
        return [(s, k) for s in self.steps for k, name in enumerate(s.operands) if name == of]

    @property
    def is_plain(self):
        """Whether each function has its domain, and no number is tiny, huge or lost."""
        with np.errstate(all="ignore"):
            for step in self.steps:
                if not step.operation.fits(*(self.values[name] for name in step.operands)):
                    return False
                size = np.abs(self.values[step.name])
                if not (np.all(np.isfinite(size)) and np.max(size) < 500 and np.min(size) > 1e-3):
                    return False
        return True

    def graph(self, gd, parse):
        """Return the graph, built by the package ``gd`` from texts."""
        graph = gd.Graph(self.family)
        for leaf, printed in self.leaves.items():
            make = graph.parameter if leaf in self.parameters else graph.input
            make(leaf, exactly(printed))
        for step in self.steps:
            graph.node(step.name, parse(text(step.formula), graph.__getitem__))
        return graph


def exactly(printed):
    return Fraction(printed) if isinstance(printed, str) else [exactly(part) for part in printed]


def decimal(draw, least=-1.5, most=1.5, places=None):
    """Draw a decimal that is neither 0 nor 1, of one or two places."""
    while True:
        number = round(draw.uniform(least, most), places or draw.choice((1, 1, 2)))
        if abs(number) > 0.05 and abs(number) != 1:
            return repr(number)


def array(draw, *shape):
    """Draw an array of decimals that are all different."""
    while True:
        made = [decimal(draw) for _ in range(int(np.prod(shape)))]
        if len({abs(float(entry)) for entry in made}) == len(made):
            return np.reshape(np.array(made, object), shape).tolist()


def _activation(draw):
    return draw.choice((op.SIGMOID, op.SIGMOID, op.TANH, op.RELU))


def polynomial(draw):
    """Sums, products and powers of a few numbers, as ((x y) + z) t."""
    found = Exercise("polynomial")
    return _expression(draw, found, (op.ADD, op.MUL, op.MUL, op.SUB, op.SQUARE, op.CUBE))


def expression(draw):
    """Any functions of a few numbers, with nodes used more than once."""
    found = Exercise("expression")
    scalar = op.ADD, op.SUB, op.MUL, op.MUL, op.DIV, op.SQUARE, op.CUBE
    return _expression(draw, found, (*scalar, op.SIGMOID, op.TANH, op.EXP, op.LOG, op.LINE))


def _expression(draw, found, operations):
    names = ["x", "y", "z", "t"][: draw.randint(2, 4)]
    for leaf in names:
        found.leaves[leaf] = draw.choice((decimal(draw), str(draw.choice((2, 3, -2, 4)))))
    unused, pool = set(names), list(names)
    for made in draw.sample("pqrsuvac", draw.randint(3, 6)):
        operation = draw.choice(operations)
        if len(operation.pulls) > len(pool):
            return None
        operands = []
        for _ in operation.pulls:
            rest = sorted(set(pool) - set(operands))
            fresh = sorted(unused - set(operands)) if draw.random() < 0.65 else []
            operands.append(draw.choice(fresh or rest))
        found.add(made, operation, *operands)
        unused = (unused - set(operands)) | {made}
        pool.append(made)
    rest = [node for node in unused if node != made]
    last = made
    for made in rest:
        last = found.add(
            {"x": "m", "y": "n", "z": "k", "t": "l"}.get(made, f"{made}1"), op.MUL, last, made
        )
    return found


def perceptron(draw):
    """A neuron of two inputs, with a loss."""
    found = Exercise("perceptron", parameters={"w1", "w2", "b"})
    for leaf in ("x1", "x2", "w1", "w2", "b"):
        found.leaves[leaf] = decimal(draw)
    found.leaves["y"] = draw.choice(("1", "0", decimal(draw, 0.05, 0.95)))
    found.add("z", op.TWO_INPUTS, "w1", "x1", "w2", "x2", "b")
    activation = _activation(draw)
    found.add("a", activation, "z")
    losses = (
        op.HALF_SQUARE,
        op.SQUARED_ERROR,
        *(op.CROSS_ENTROPY,) * 3 * (activation is op.SIGMOID),
    )
    found.add("L", draw.choice(losses), "a", "y")
    return found


def neurons(draw):
    """Two layers, neuron by neuron, with one or two outputs and shared biases."""
    found = Exercise("neurons")
    many = draw.choice((1, 2))
    weights = [*(f"w{k}" for k in range(1, 5 + 2 * many)), "b1", "b2"]
    for leaf in ["x1", "x2", *weights]:
        found.leaves[leaf] = decimal(draw, -1, 1, 2)
    found.parameters = set(weights)
    activation = draw.choice((op.SIGMOID, op.SIGMOID, op.TANH))
    for k in (1, 2):
        found.add(f"z{k}", op.TWO_INPUTS, f"w{2 * k - 1}", "x1", f"w{2 * k}", "x2", "b1")
        found.add(f"h{k}", activation, f"z{k}")
    losses = []
    for k in range(1, many + 1):
        found.leaves[f"y{k}"] = decimal(draw, 0.01, 0.99, 2)
        found.add(f"s{k}", op.TWO_INPUTS, f"w{2 * k + 3}", "h1", f"w{2 * k + 4}", "h2", "b2")
        found.add(f"o{k}", activation, f"s{k}")
        losses.append(found.add(f"E{k}", op.HALF_SQUARE, f"o{k}", f"y{k}"))
    if many == 2:
        found.add("E", op.ADD, *losses)
    return found


def layers(draw):
    """Two layers in matrices."""
    found = Exercise("layers", parameters={"W1", "b1", "W2", "b2"})
    i, h, o = draw.randint(2, 3), draw.randint(2, 3), 2
    for leaf, shape in {
        "x": (i,),
        "W1": (h, i),
        "b1": (h,),
        "W2": (o, h),
        "b2": (o,),
        "y": (o,),
    }.items():
        found.leaves[leaf] = array(draw, *shape)
    found.add("z1", op.LAYER, "W1", "x", "b1")
    found.add("a1", _activation(draw), "z1")
    found.add("z2", op.LAYER, "W2", "a1", "b2")
    found.add("a2", draw.choice((op.SIGMOID, op.TANH)), "z2")
    found.add("L", op.HALF_SQUARES, "a2", "y")
    return found


def classes(draw):
    """Softmax and cross-entropy of a layer."""
    found = Exercise("classes", parameters={"W", "b"})
    i, o = draw.randint(2, 3), draw.randint(2, 3)
    found.leaves = {"x": array(draw, i), "W": array(draw, o, i), "b": array(draw, o)}
    place = draw.randrange(o)
    found.leaves["y"] = ["1" if k == place else "0" for k in range(o)]
    found.add("z", op.LAYER, "W", "x", "b")
    found.add("p", op.SOFTMAX, "z")
    found.add("L", op.ENTROPY, "p", "y")
    return found


def regression(draw):
    """Linear regression of a batch."""
    found = Exercise("regression", parameters={"w", "b"})
    m, d = draw.randint(2, 4), 2
    found.leaves = {
        "X": array(draw, m, d),
        "w": array(draw, d),
        "b": decimal(draw),
        "y": array(draw, m),
    }
    found.add("yhat", op.ROWS, "X", "w", "b")
    found.add("L", draw.choice((op.mean_square, op.half_mean_square))(m), "yhat", "y")
    return found


def batch(draw):
    """A hidden layer over the rows of a batch, in square matrices, so that all orders fit."""
    found = Exercise("batch", parameters={"W1", "b1", "W2", "b2"})
    for leaf, shape in {
        "X": (2, 2),
        "W1": (2, 2),
        "b1": (2,),
        "W2": (2, 2),
        "b2": (2,),
        "Y": (2, 2),
    }.items():
        found.leaves[leaf] = array(draw, *shape)
    found.add("Z1", op.HIDDEN_ROWS, "X", "W1", "b1")
    found.add("A1", draw.choice((op.SIGMOID, op.TANH)), "Z1")
    found.add("Z2", op.HIDDEN_ROWS, "A1", "W2", "b2")
    found.add("L", draw.choice((op.mean_square(4), op.HALF_SQUARES)), "Z2", "Y")
    return found


def attention(draw):
    """One query on a few keys and values."""
    found = Exercise("attention", parameters={"q", "K", "V"})
    n, d = draw.randint(2, 3), draw.randint(2, 3)
    found.leaves = {
        "K": array(draw, n, d),
        "q": array(draw, d),
        "V": array(draw, n, 2),
        "y": array(draw, 2),
    }
    found.add("s", op.scores(d), "K", "q")
    found.add("p", op.SOFTMAX, "s")
    found.add("o", op.MIX, "V", "p")
    found.add("L", op.HALF_SQUARES, "o", "y")
    return found


def recurrent(draw):
    """A recurrent cell of numbers, unrolled two or three steps: shared weights."""
    found = Exercise("recurrent", parameters={"w", "u", "b"})
    for leaf in ("w", "u", "b", "h0"):
        found.leaves[leaf] = decimal(draw)
    for k in range(1, draw.randint(2, 3) + 1):
        found.leaves[f"x{k}"] = decimal(draw)
        found.add(f"z{k}", op.TWO_INPUTS, "w", f"x{k}", "u", f"h{k - 1}", "b")
        found.add(f"h{k}", op.TANH, f"z{k}")
    found.leaves["y"] = decimal(draw)
    found.add("L", op.HALF_SQUARE, f"h{k}", "y")
    return found


FAMILIES = (
    polynomial, expression, perceptron, neurons, layers,
    classes, regression, batch, attention, recurrent,
)  # fmt: skip


def exercise(seed):
    """Return the exercise of a seed; the families take turns."""
    draw = random.Random(f"exercise {seed}")
    family = FAMILIES[seed % len(FAMILIES)]
    while True:
        found = family(draw)
        if found is None or not found.is_plain:
            continue
        if found.parameters and (seed // len(FAMILIES)) % 2:
            found.rate = draw.choice(("0.1", "0.5", "0.2"))
        return found
