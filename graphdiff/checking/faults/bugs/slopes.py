"""Derivatives of functions: left out, taken twice, taken elsewhere, of another function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, cast

import numpy as np
import sympy as sp

from graphdiff.checking.faults.bugs import ways
from graphdiff.checking.faults.declaration import Bug, Made
from graphdiff.checking.faults.derivation import Alteration, Derivation
from graphdiff.checking.faults.operations import COMMON, CONFUSED, Use
from graphdiff.checking.faults.scene import OUTPUTS, Scene, called, name_of
from graphdiff.checking.targets import Target
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.graph import Node
from graphdiff.language.functions import Function
from graphdiff.language.functions.arithmetic import add, div, mul, neg, pow, sub
from graphdiff.language.functions.elementary import exp, log
from graphdiff.language.functions.movement import Broadcast, Index, Reshape, Transpose
from graphdiff.language.functions.scalar_derivative import prime
from graphdiff.notation import text

_MOVED = (Transpose, Reshape, Index, Broadcast)
"""What only puts entries elsewhere: it brings no factor."""

VALUE = sp.Symbol("a", real=True)
"""The value of a function, in the short form of its derivative."""


def _activations(scene: Scene) -> Iterator[tuple[Use, Function]]:
    for use in scene.uses:
        declared = scene.by(use).declared
        if scene.by(use).is_activation and isinstance(declared, Function):
            yield use, declared


def _left_out(scene: Scene) -> Iterator[Made]:
    for use in scene.uses:
        by, used = scene.by(use), scene.used(use)
        among = [k for k in by.arguments if scene.operations[k].number is None]
        is_moved = isinstance(by.declared, _MOVED)
        has_slope = by.function is not None and by.declared not in (neg, mul, div, add, sub)
        if has_slope and not is_moved and len(among) == 1 and by.shape == used.shape:
            is_part = len(scene.uses) > 1  # of a product; alone it is what is asked for
            yield Made(Alteration({use: ways.unchanged(use)}), scene.words(use), scene.where(use),
                       is_natural=is_part)  # fmt: skip


def _twice(scene: Scene) -> Iterator[Made]:
    for use, function in _activations(scene):
        twice = ways.by_slope(use, _squared(use))
        is_natural = short_form(function) is not None and len(scene.uses) > 1
        yield Made(Alteration({use: twice}), _in_already(scene, use), scene.where(use),
                   is_natural=is_natural)  # fmt: skip


def _in_already(scene: Scene, use: Use) -> dict[str, str]:
    """Return the words for a use, with what a cross-entropy brings along if the graph has one."""
    of_one = scene.has_logarithm and name_of(scene.by(use)) in OUTPUTS
    said = " For a cross-entropy, a − y is the derivative in z, not in a." if of_one else ""
    return {**scene.words(use), "combined": said}


def _included(scene: Scene) -> Iterator[Made]:
    """Give the derivative in z for that in a = f(z)."""
    for about in scene.derivatives if scene.is_gradient else ():
        inner = scene.inner(about)
        if about.wrt is None or inner is None or inner.node is None:
            continue
        if inner.node is about.of or inner.shape != about.wrt.shape:
            continue
        use = Use(scene.operations.of_node[about.wrt.name], 0)
        instead = Target(about.kind, about.of, inner.node, key=about.key)
        yield Made(Alteration(target=instead), _in_already(scene, use), scene.where(use))


def _difference(scene: Scene) -> Iterator[Made]:
    """Give a − y for the derivative in a of a loss, as that of a cross-entropy in z is."""
    places = scene.operations.of_node
    for about in scene.derivatives if scene.is_gradient else ():
        a = about.wrt
        for edge in a.graph.children(a) if a is not None and not a.is_leaf else ():
            for y in edge.child.parents:
                if a is not None and y.is_leaf and y.shape == a.shape:
                    i, k = places[a.name], places[y.name]
                    end = lambda at, _, i=i, k=k: at.values[i] - at.values[k]  # noqa: E731
                    words = {"a": a.name, "y": y.name, "L": about.of.name}
                    yield Made(Alteration(end=end), words, f"d{about.of.name}/d{a.name}",
                               1.0 if _has_logarithm(scene, edge.child) else 0.15,
                               is_natural=_is_output(scene, i))  # fmt: skip


def _has_logarithm(scene: Scene, node: Node) -> bool:
    """Whether there is a logarithm in a formula, as in that of a cross-entropy."""
    own = (operation for operation in scene.operations if operation.owner is node)
    return any(operation.declared is log for operation in own)


def _is_output(scene: Scene, place: int) -> bool:
    """Whether an operation is a function of one value, as the output of a neuron or a softmax."""
    operation = scene.operations[place]
    return operation.is_activation or (len(operation.arguments) == 1 and bool(operation.shape))


def _squared(use: Use) -> Callable[[Derivation], Any]:
    def squared(at: Derivation) -> Any:
        slope = at.slope(use)
        assert slope is not None  # noqa: S101 - of a map
        return slope**2

    return squared


def _at_the_output(scene: Scene) -> Iterator[Made]:
    for use, function in _activations(scene):
        there = ways.with_argument(use, 0, ways.value(use.by))
        yield Made(Alteration({use: there}), scene.words(use), scene.where(use),
                   is_natural=short_form(function) is not None)  # fmt: skip


def _with_the_input(scene: Scene) -> Iterator[Made]:
    for use, function in _activations(scene):
        compute = by_value(function)
        if compute is not None:
            k = scene.used(use).place
            slope = ways.by_slope(use, lambda at, k=k, compute=compute: compute(at.values[k]))
            yield Made(Alteration({use: slope}), scene.words(use), scene.where(use))


@lru_cache(maxsize=1000)
def by_value(function: Function) -> Callable[[Any], Any] | None:
    """Return the derivative of a map as a function of its value, a(1 − a); None if it is none."""
    found = short_form(function)
    if found is None:
        return None
    short = Function(f"{function.name}' by value", lambda u: found.xreplace({VALUE: u}))
    return FLOAT64.apply(short)


def _misremembered(scene: Scene) -> Iterator[Made]:
    """Write the short form of a derivative wrongly: 1 − a, 1 + a², a(1 + a), a for a(1 − a)."""
    for use, function in _activations(scene):
        own = sp.Symbol(scene.by(use).text)
        for wrong, compute in misremembered(function):
            slope = ways.by_slope(use, lambda at, k=use.by, compute=compute: compute(at.values[k]))
            pair = {"wrong": wrong, "right": short_form(function)}
            shown = {key: str(each.subs(VALUE, own)) for key, each in pair.items() if each}
            yield Made(Alteration({use: slope}), {**scene.words(use), **shown}, scene.where(use))


def short_form(function: Function) -> sp.Expr | None:
    """Return the derivative of a map in terms of its value a; None if it is none."""
    x = sp.Symbol("x", real=True)
    found = sp.sympify(function.partial(0, (x,))).xreplace({function.symbolic(x): VALUE})
    return None if found.has(x) or not found.has(VALUE) else found


@lru_cache(maxsize=1000)
def misremembered(function: Function) -> tuple[tuple[sp.Expr, Callable[[Any], Any]], ...]:
    """Return wrong short forms of a derivative: a sign, a square or a factor of it lost."""
    right = short_form(function)
    if right is None:
        return ()
    a = sp.Symbol("a", real=True)
    wrong = (
        [right.xreplace({a**2: a}), *right.args] if right.is_Mul else [right.xreplace({a**2: a})]
    )
    for part in right.atoms(sp.Add):
        number, rest = part.as_coeff_Add()
        wrong.append(right.xreplace({part: number - rest}))
    return tuple(
        (each, FLOAT64.apply(Function("wrong", lambda u, each=each: each.xreplace({a: u}))))
        for each in dict.fromkeys(wrong)
        if each.has(a) and each != right
    )


def _as_powers(scene: Scene) -> Iterator[Made]:
    """Differentiate e^u like a power of u, u e^(u − 1), and a^u like one of a number."""
    for use in scene.uses:
        k = scene.used(use).place
        if scene.by(use).declared is exp:
            slope = ways.by_slope(use, lambda at, k=k: at.values[k] * np.exp(at.values[k] - 1))
        elif scene.is_by(use, pow) and use.slot == 1:
            base = scene.by(use).arguments[0]
            slope = ways.by_slope(
                use, lambda at, k=k, b=base: at.values[k] * at.values[b] ** (at.values[k] - 1)
            )
        else:
            continue
        yield Made(Alteration({use: slope}), scene.words(use), scene.where(use))


def _value_taken(scene: Scene) -> Iterator[Made]:
    for use, _ in _activations(scene):
        taken = ways.by_slope(use, ways.value(use.by))
        yield Made(Alteration({use: taken}), scene.words(use), scene.where(use))


def _of_another(scene: Scene) -> Iterator[Made]:
    """Take the derivative of another activation: at what goes in, or its short form.

    In the short form, the 1 − a² of tanh, the value stands that the function itself has.
    """
    for use, function in _activations(scene):
        if function not in CONFUSED:
            continue
        k = scene.used(use).place
        own = sp.Symbol(scene.by(use).text)
        for other in CONFUSED:
            if other is function:
                continue
            likely = 1.0 if {function, other} <= {*COMMON} else 0.2
            short = short_form(other)
            taken = [(k, FLOAT64.apply(prime(other, 0)), "")]
            if short is not None:
                said = f", {short.subs(VALUE, own)},"
                taken.append((use.by, cast("Any", by_value(other)), said))
            for place, compute, said in taken:
                slope = ways.by_slope(
                    use, lambda at, k=place, f=compute: np.asarray(f(at.values[k]))
                )
                words = {**scene.words(use), "other": called(other), "short": said}
                yield Made(Alteration({use: slope}), words, scene.where(use), likely)


def _wrong_side(scene: Scene) -> Iterator[Made]:
    """Take the slope of the other side of a kink: 1 for relu′(−2), that of the smaller for max."""
    for use in scene.uses:
        declared = scene.by(use).declared
        if not isinstance(declared, Function):
            continue
        for kink in declared.kinks if declared.arity < 3 else ():

            def slope(at: Derivation, use: Use = use, kink: Any = kink) -> Any:
                arguments = at.arguments(at.operations[use.by])
                if len(kink) > len(set(kink)):  # where both are the same
                    return at.slope_at(use, arguments[::-1])
                arguments[use.slot] = 2 * float(kink[use.slot]) - arguments[use.slot]
                return at.slope_at(use, arguments)

            taken = np.asarray(slope(scene.derivation)).ravel()
            said = f" as {text.number(float(taken[0]))}," if taken.size == 1 else ""
            changed = {use: ways.by_slope(use, slope)}
            yield Made(Alteration(changed), {**scene.words(use), "taken": said}, scene.where(use))


def _chain_stopped(scene: Scene) -> Iterator[Made]:
    """Leave out the derivative of what stands inside a function of the same formula."""
    for use in scene.uses:
        inner = scene.used(use)
        by = scene.by(use)
        if (
            inner.node is not None
            or inner.owner is None
            or len(by.arguments) > 1 + (not by.is_activation)
        ):
            continue
        for way in scene.ways:
            below = _single_path(scene, way.uses, inner.place)
            if any(not isinstance(scene.by(one).declared, _MOVED) for one in below):
                words = {**scene.words(use), "j": scene.used(below[-1]).text, "inner": inner.text}
                changed = {each: ways.unchanged(each) for each in below}
                yield Made(Alteration(changed), words, inner.text)


def _single_path(scene: Scene, uses: dict[int, tuple[Use, ...]], inner: int) -> list[Use]:
    """Return the uses from a part of a formula down to a node, if there is one path only."""
    found: list[Use] = []
    place = inner
    while scene.operations[place].node is None:
        steps = [
            Use(place, slot)
            for slot, k in enumerate(scene.operations[place].arguments)
            if Use(place, slot) in uses.get(k, ())
        ]
        if len(steps) != 1:
            return []
        place = scene.operations[place].arguments[steps[0].slot]
        found += steps
        if len(uses.get(place, ())) != 1:
            return []
    return found


BUGS = (
    Bug(
        "slope-left-out", "the derivative of a function is left out",
        "the factor {slope} is left out",
        "Which function stands between {i} and {j}? It brings a factor.",
        "chain rule: (f(z))′ = f′(z) · z′", 3, _left_out,
        over=("other-variable", "wrong-incoming", "incoming-left-out"),
    ),
    Bug(
        "slope-twice", "the derivative of a function is counted twice",
        "the factor {slope} is counted twice",
        "Is the derivative of {function} in what comes in already?{combined}",
        "chain rule: each edge is gone through once", 4.5, _twice, over=("wrong-incoming",),
    ),
    Bug(
        "slope-included", "the derivative of a function is in it already",
        "this is the derivative in {j}, not in {i}: the factor {slope} is in it already",
        "In which of the two is the derivative asked for, in what goes into {function}, or in what "
        "comes out?{combined}",
        "chain rule: ∂L/∂z = ∂L/∂a · f′(z)", 4.5, _included,
    ),
    Bug(
        "difference-taken", "the difference is taken for the derivative of the loss",
        "{a} − {y} is given: for a cross-entropy that is the derivative in what goes into {a}",
        "Differentiate {L} in {a} alone. Is the function that gives {a} in your result already?",
        "chain rule: ∂L/∂z = ∂L/∂a · f′(z)", 2, _difference,
    ),
    Bug(
        "slope-at-output", "the derivative of a function is taken at its output",
        "the derivative of {function} is taken at {i} in place of {j}",
        "Where is {function}′ to be taken: at what goes in, or at what comes out?",
        "chain rule: f′ is taken at the argument of f", 2, _at_the_output,
    ),
    Bug(
        "slope-of-input", "the input is put in where the output belongs",
        "{j} is put into the derivative of {function} where {i} belongs",
        "The short form of {function}′ has the value of {function} in it.",
        "σ′(z) = a(1 − a) and tanh′(z) = 1 − a² have a = f(z) in them, not z", 1.5,
        _with_the_input,
    ),
    Bug(
        "value-for-slope", "the value of a function is taken for its derivative",
        "the value of {function} is taken in place of its derivative",
        "Is this {function} or {function}′?",
        "f′ is not f", 1.2, _value_taken,
    ),
    Bug(
        "slope-misremembered", "the short form of a derivative is misremembered",
        "the derivative of {function} is taken as {wrong} in place of {right}",
        "Write down the derivative of {function} once more, in terms of its value.",
        "σ′ = a(1 − a), tanh′ = 1 − a²", 1.5, _misremembered,
    ),
    Bug(
        "other-slope", "the derivative is that of another function",
        "the derivative of {other}{short} is taken in place of that of {function}",
        "Which function is applied to {j}?",
        "each function has its own derivative", 0.8, _of_another,
    ),
    Bug(
        "exponential-as-power", "an exponential is differentiated like a power",
        "{i} is differentiated like a power: its exponent is brought down and lowered by 1",
        "What stands in the exponent of {i}, a number or {j}?",
        "(e^x)′ = e^x, not x e^(x−1)", 1, _as_powers,
    ),
    Bug(
        "wrong-side", "the slope is that of the other side of a kink",
        "{slope} is taken{taken} on the wrong side of the kink of {function}",
        "Which piece of {function} applies here, and what is its slope?",
        "relu′(z) is 1 for z > 0 and 0 for z < 0", 4, _wrong_side,
        over=("argument-sign", "slope-left-out", "other-variable", "wrong-incoming"),
    ),
    Bug(
        "chain-stopped", "the inner derivative is left out",
        "the inner derivative of {inner} in {j} is left out",
        "Something stands inside: what is the derivative of {inner}?",
        "chain rule: (f(g(x)))′ = f′(g(x)) · g′(x)", 1.5, _chain_stopped,
    ),
)  # fmt: skip
