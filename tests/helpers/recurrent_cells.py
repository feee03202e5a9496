"""Steps of recurrent networks, each formula written in one of its forms, as numbers choose it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np

import graphdiff as gd

WIDTH, INPUTS = 3, 2
Made = tuple[gd.Graph, list[str]]
"""A graph, and the names of the hidden states that cells of it make."""


class Writer:
    """Writes formulas in random forms, with values in nodes of their own and random names."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.graph = gd.Graph(f"A network of seed {seed}")
        self._names = [f"{a}{k}" for a in "abcdefghklmnpqrstuvwxyz" for k in range(40)]
        self._random.shuffle(self._names)
        self._fused = self.either(True, False)
        self._learned: dict[tuple[str, ...], gd.Node] = {}

    def either(self, *choices: object) -> object:
        return self._random.choice(choices)

    def name(self) -> str:
        return self._names.pop()

    def value(self, *shape: int) -> gd.Node:
        return self.graph.input(self.name(), self._numbers(shape))

    def weight(self, key: str, *shape: int) -> gd.Node:
        """Return the parameter of a key, the same each time."""
        if (key,) not in self._learned:
            self._learned[key,] = self.graph.parameter(self.name(), self._numbers(shape))
        return self._learned[key,]

    def _numbers(self, shape: Sequence[int]) -> object:
        return np.array([self._random.uniform(-1, 1) for _ in range(int(np.prod(shape)))]).reshape(
            shape
        )

    def maybe(self, formula: object) -> object:
        """Return a formula, or a node that it is."""
        if isinstance(formula, gd.Node) or self._random.random() > 0.3:
            return formula
        return self.graph.node(self.name(), formula)

    def named(self, formula: object) -> gd.Node:
        """Return a node that a formula is."""
        if isinstance(formula, gd.Node):
            return formula
        return self.graph.node(self.name(), formula)

    def sum(self, *terms: object) -> object:
        """Return the sum of some terms, in any order and with any brackets."""
        left = list(terms)
        while len(left) > 1:
            self._random.shuffle(left)
            first, second = left.pop(), left.pop()
            whole = self.either(first + second, first - (-second), -(-first - second))
            left.append(self.maybe(whole))
        return left[0]

    def times(self, first: object, second: object) -> object:
        return self.maybe(self.either(first * second, second * first))

    def sigmoid(self, net: object) -> object:
        net = self.maybe(net)
        forms = gd.sigmoid(net), 1 / (1 + gd.exp(-net)), (1 + gd.exp(-net)) ** -1
        return self.maybe(self.either(*forms))

    def tanh(self, net: object) -> object:
        net = self.maybe(net)
        e = gd.exp(-2 * net)
        return self.maybe(self.either(gd.tanh(net), gd.tanh(net), (1 - e) / (1 + e)))

    def affine(self, key: str, x: object, h: object, *more: object) -> object:
        """Return W x + U h + b, of two products or of one with both."""
        b = self.weight(f"b_{key}", WIDTH)
        if self._fused:
            W = self.weight(f"W_{key}", WIDTH, INPUTS + WIDTH)
            return self.sum(self.maybe(W @ self.maybe(gd.concatenate([x, h]))), b, *more)
        W, U = self.weight(f"W_{key}", WIDTH, INPUTS), self.weight(f"U_{key}", WIDTH, WIDTH)
        return self.sum(self.maybe(W @ x), self.maybe(U @ h), b, *more)

    def mixed(self, z: object, one: object, other: object) -> object:
        """Return (1 − z) one + z other."""
        forms: list[Callable[[], object]] = [
            lambda: self.sum(self.times(self.maybe(1 - z), one), self.times(z, other)),
            lambda: self.sum(one, self.times(z, self.maybe(other - one))),
            lambda: self.sum(one, self.times(z, other), -self.times(z, one)),
            lambda: self.sum(self.times(z, other), -self.times(self.maybe(z - 1), one)),
        ]
        return self._random.choice(forms)()


def rnn(seed: int, steps: int = 3) -> Made:
    w, made = Writer(seed), []
    h = w.value(WIDTH)
    for _ in range(steps):
        h = w.named(w.tanh(w.affine("h", w.value(INPUTS), h)))
        made.append(h.name)
    return w.graph, made


def lstm(seed: int, steps: int = 2, looks: str = "") -> Made:
    """Return steps of an LSTM, some gates of which look at the state of the cell."""
    w, made = Writer(seed), []
    h, c = w.value(WIDTH), w.value(WIDTH)
    for _ in range(steps):
        x, before = w.value(INPUTS), c

        def seen(gate: str, state: object) -> list[object]:
            return [w.times(w.weight(f"p_{gate}", WIDTH), state)] if gate in looks else []

        f, i = (w.sigmoid(w.affine(k, x, h, *seen(k, before))) for k in "fi")
        new = w.sum(w.times(f, c), w.times(i, w.tanh(w.affine("g", x, h))))
        c = w.named(new)
        o = w.sigmoid(w.affine("o", x, h, *seen("o", c)))
        h = w.named(w.times(o, w.maybe(gd.tanh(c))))
        made.append(h.name)
    return w.graph, made


def gru(seed: int, steps: int = 2, *, after: bool = False) -> Made:
    """Return steps of a GRU, in which r is applied to h or to U h + b."""
    w, made = Writer(seed), []
    h = w.value(WIDTH)
    for _ in range(steps):
        x = w.value(INPUTS)
        z, r = (w.sigmoid(w.affine(k, x, h)) for k in "zr")
        if after:
            W, U = w.weight("W_n", WIDTH, INPUTS), w.weight("U_n", WIDTH, WIDTH)
            inner = w.sum(U @ h, w.weight("c_n", WIDTH)) if w.either(True, False) else U @ h
            net = w.sum(W @ x, w.weight("b_n", WIDTH), w.times(r, inner))
        else:
            net = w.affine("n", x, w.times(r, h))
        n = w.tanh(net)
        pair = (h, n) if w.either(True, False) else (n, h)
        h = w.named(w.mixed(z, *pair))
        made.append(h.name)
    return w.graph, made


CELLS: dict[str, tuple[str, Callable[[int], Made]]] = {
    "rnn": ("rnn", rnn),
    "lstm": ("lstm", lstm),
    "lstm with peepholes": ("lstm", lambda seed: lstm(seed, looks="fio")),
    "lstm of which one gate looks": ("lstm", lambda seed: lstm(seed, looks="fio"[seed % 3])),
    "gru": ("gru", gru),
    "gru that resets after": ("gru", lambda seed: gru(seed, after=True)),
}
