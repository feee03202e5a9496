"""A local function taken apart: sums of products of pairs, and maps for everything else.

A neuron tanh(w₁x₁ + … + b) becomes a sum of products and a map of that one number. Sums of
many nodes can then be computed as one matrix product, maps of many nodes by one NumPy call.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from graphdiff.local_functions.local_function import LocalFunction
from graphdiff.program.scalars.rules import cotangents, written
from graphdiff.program.scalars.scalar_tape import Lines, ScalarLine

MANY = 5
"""Terms from which on a sum is no longer computed term by term."""

Key = tuple[tuple[ScalarLine, ...], int]


@dataclass(eq=False)
class Rule:
    """A small function of inputs 0 … arity−1, as lines.

    Attributes
    ----------
    terms
        The same as a sum of few terms, if it is one.
    """

    lines: Lines
    output: int
    arity: int
    terms: Terms | None = None
    _back: dict[tuple[int, ...], dict[int, int]] = field(default_factory=dict)
    _partials: dict[int, int] = field(default_factory=dict)

    @property
    def seed(self) -> int:
        """The line of the cotangent of the value."""
        return self.lines.input(-1)

    def inputs(self) -> list[int]:
        """Return the lines of the inputs."""
        return [self.lines.input(k) for k in range(self.arity)]

    def cotangents(self, slots: tuple[int, ...]) -> dict[int, int]:
        """Return the lines of what goes back to some inputs, for the cotangent ``seed``."""
        if slots not in self._back:
            inputs = self.inputs()
            found = cotangents(self.lines, self.output, [inputs[k] for k in slots], self.seed)
            self._back[slots] = {k: found[inputs[k]] for k in slots if inputs[k] in found}
        return self._back[slots]

    def partial(self, slot: int) -> int:
        """Return the line of the partial derivative in an input."""
        if slot not in self._partials:
            line = self.lines.input(slot)
            found = cotangents(self.lines, self.output, [line])
            self._partials[slot] = found[line] if line in found else self.lines.number(0)
        return self._partials[slot]


@dataclass(frozen=True, eq=False)
class Terms:
    """A sum: constant + Σ cᵢ·aᵢ + Σ cᵢ·aᵢ·bᵢ. What the terms are of is given by references.

    A reference k ≥ 0 is the k-th argument, one below 0 the part number −1 − k.
    """

    constant: float
    linear: np.ndarray
    linear_of: np.ndarray
    pairs: np.ndarray
    pairs_of: np.ndarray

    def __len__(self) -> int:
        return len(self.linear) + len(self.pairs)


@dataclass(frozen=True, eq=False)
class MapOfParts:
    """A map of arguments and earlier parts, or a sum of them."""

    rule: Rule | None
    of: np.ndarray
    terms: Terms | None


def parts_of(function: LocalFunction, rules: dict[Key, Rule]) -> list[MapOfParts]:
    """Return the parts of a local function; the last is its value.

    Parameters
    ----------
    rules
        The maps known, to be shared and added to.
    """
    b = Lines()
    inputs = [b.input(k) for k in range(function.arity)]
    output = written(b, function, tuple(inputs))
    ends = {line: k for k, line in enumerate(inputs)}
    parts: list[MapOfParts] = []
    for line, (constant, terms) in sorted(_long_sums(b, output).items()):
        linear: dict[int, float] = {}
        pairs: dict[tuple[int, int], float] = {}
        for coefficient, term in terms:
            pair = _pair(b, term, ends)
            if pair is not None:
                pairs[pair] = pairs.get(pair, 0.0) + coefficient
            else:
                if term not in ends:
                    parts.append(_map(b, term, ends, rules))
                    ends[term] = -len(parts)
                linear[ends[term]] = linear.get(ends[term], 0.0) + coefficient
        parts.append(MapOfParts(None, np.empty(0, np.int64), _terms(constant, linear, pairs)))
        ends[line] = -len(parts)
    if ends.get(output, 0) >= 0:
        parts.append(_map(b, output, ends, rules))
    return parts


def whole(function: LocalFunction) -> Rule:
    """Return a local function as one map of its arguments."""
    b = Lines()
    return Rule(
        b, written(b, function, tuple(b.input(k) for k in range(function.arity))), function.arity
    )


def _terms(constant: float, linear: dict[int, float], pairs: dict[tuple[int, int], float]) -> Terms:
    return Terms(
        constant,
        np.array(list(linear.values()), np.float64),
        np.array(list(linear), np.int64),
        np.array(list(pairs.values()), np.float64),
        np.array(list(pairs), np.int64).reshape(-1, 2),
    )


def _pair(b: Lines, term: int, ends: dict[int, int]) -> tuple[int, int] | None:
    """Return the two references that a term is the product of."""
    found = b.lines[term]
    if term in ends or found[0] != "mul" or found[1] == found[2]:
        return None
    x, y = ends.get(found[1]), ends.get(found[2])
    return None if x is None or y is None else (x, y)


def _long_sums(b: Lines, output: int) -> dict[int, tuple[float, list[tuple[float, int]]]]:
    """Return the sums of many terms in a program: constant and terms of each."""
    needed = b.needed([output])
    uses: dict[int, int] = {}
    for line in needed:
        for argument in b.arguments(line):
            uses[argument] = uses.get(argument, 0) + 1
    found: dict[int, tuple[float, list[tuple[float, int]]]] = {}
    inside: set[int] = set()
    for line in reversed(needed):
        if line not in inside and b.lines[line][0] in ("add", "sub"):
            constant, terms, opened = _flat(b, line, uses)
            if len(terms) >= MANY:
                inside |= opened
                found[line] = constant, terms
    return found


def _flat(
    b: Lines, root: int, uses: dict[int, int]
) -> tuple[float, list[tuple[float, int]], set[int]]:
    """Return a sum as constant and terms, each with its coefficient, and the sums inside."""
    constant, terms, opened = 0.0, [], set()
    stack = [(1.0, root)]
    while stack:
        coefficient, line = stack.pop()
        found = b.lines[line]
        once = line == root or uses[line] == 1
        match found:
            case ("add", x, y) if once:
                stack += [(coefficient, y), (coefficient, x)]
                opened.add(line)
            case ("sub", x, y) if once:
                stack += [(-coefficient, y), (coefficient, x)]
                opened.add(line)
            case ("neg", x) if once:
                stack.append((-coefficient, x))
            case ("mul", k, x) if once and b.value(k) is not None:
                stack.append((coefficient * found_number(b, k), x))
            case ("number", value):
                constant += coefficient * value
            case _:
                terms.append((coefficient, line))
    return constant, terms, opened


def found_number(b: Lines, line: int) -> float:
    """Return the number in a line."""
    value = b.value(line)
    assert value is not None  # noqa: S101 - a number
    return value


def _map(b: Lines, root: int, ends: dict[int, int], rules: dict[Key, Rule]) -> MapOfParts:
    """Return the lines between some ends and a root as a map of the ends."""
    own = Lines()
    place: dict[int, int] = {}
    of: list[int] = []
    stack = [root]
    while stack:
        line = stack[-1]
        if line in place:
            stack.pop()
        elif (line in ends and line != root) or b.lines[line][0] == "input":
            place[line] = own.input(len(of))
            of.append(ends[line])
        else:
            waiting = [a for a in b.arguments(line) if a not in place]
            if waiting:
                stack.extend(reversed(waiting))
            else:
                place[line] = own.copied(b.lines[line], [place[a] for a in b.arguments(line)])
    key = tuple(own.lines), place[root]
    rule = rules.get(key)
    if rule is None:
        rule = rules[key] = Rule(own, place[root], len(of))
        rule.terms = _few_terms(own, place[root])
    return MapOfParts(rule, np.array(of, np.int64), None)


def _few_terms(b: Lines, output: int) -> Terms | None:
    """Return a map as a sum of terms, if it is one."""
    if b.lines[output][0] not in ("add", "sub", "mul", "neg"):
        return None
    uses = dict.fromkeys(range(len(b)), 1)
    constant, terms, _ = _flat(b, output, uses)
    linear: dict[int, float] = {}
    pairs: dict[tuple[int, int], float] = {}
    inputs = {line: found[1] for line, found in enumerate(b.lines) if found[0] == "input"}
    for coefficient, term in terms:
        pair = _pair(b, term, inputs)
        if pair is not None:
            pairs[pair] = pairs.get(pair, 0.0) + coefficient
        elif term in inputs:
            linear[inputs[term]] = linear.get(inputs[term], 0.0) + coefficient
        else:
            return None
    return _terms(constant, linear, pairs)
