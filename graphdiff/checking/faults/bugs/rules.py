"""Rules of differentiation: of powers, products, quotients; numbers that are lost or too many."""

from __future__ import annotations

from collections.abc import Iterator

from graphdiff.checking.faults.bugs import ways
from graphdiff.checking.faults.declaration import Bug, Made
from graphdiff.checking.faults.derivation import Alteration
from graphdiff.checking.faults.operations import Use
from graphdiff.checking.faults.scene import Scene
from graphdiff.language.functions.arithmetic import add, div, mul, pow, sub
from graphdiff.language.functions.contraction import MatMul
from graphdiff.language.functions.reductions import Mean, Sum
from graphdiff.notation import text


def _powers(scene: Scene, *, lowered: bool) -> Iterator[Made]:
    for use in scene.uses:
        exponent = scene.beside(use)
        if not scene.is_by(use, pow) or use.slot or exponent is None or exponent.number is None:
            continue
        n, base = exponent.number, scene.used(use).place
        # in place of n x^(n − 1): n x^n, n x; or without the factor n x^(n − 1), x^n, (n − 1)…
        wrong = ((n, n), (n, 1)) if lowered else ((1, n - 1), (1, n), (n - 1, n - 1))
        words = {**scene.words(use), "n": exponent.text}
        for factor, power in wrong:
            slope = ways.by_slope(use, lambda at, k=base, c=factor, m=power: c * at.values[k] ** m)
            yield Made(Alteration({use: slope}), words, scene.by(use).text)


def _product_on_sum(scene: Scene) -> Iterator[Made]:
    for use in scene.uses:
        other = scene.beside(use)
        if other is None or not scene.is_by(use, add, sub):
            continue
        if ways.fits(use, other.shape, scene.derivation):
            slope = ways.by_slope(use, ways.value(other.place))
            yield Made(Alteration({use: slope}), scene.words(use), scene.where(use))


def _factor_left_out(scene: Scene) -> Iterator[Made]:
    for use in scene.uses:
        other = scene.beside(use)
        if scene.is_by(use, mul) and other is not None and not scene.is_constant(other):
            yield Made(Alteration({use: ways.unchanged(use)}), scene.words(use), scene.where(use))


def _own_factor(scene: Scene) -> Iterator[Made]:
    for use in scene.uses:
        if scene.is_by(use, mul):
            used = scene.used(use)
            slope = ways.by_slope(use, ways.value(used.place))
            yield Made(Alteration({use: slope}), scene.words(use), scene.where(use))


def _term_of_product(scene: Scene) -> Iterator[Made]:
    """Leave out one term of the product or quotient rule where both operands are on the way."""
    for way in scene.ways:
        for place in way.places:
            operation = scene.operations[place]
            product = operation.declared is mul or isinstance(operation.declared, MatMul)
            if not product and operation.declared is not div:
                continue
            both = [
                use
                for slot, k in enumerate(operation.arguments)
                if (use := Use(place, slot)) in way.uses.get(k, ())
            ]
            for use in both if len(both) == 2 else ():
                words = {**scene.words(use), "rule": "product" if product else "quotient",
                         "x": scene.operations[way.wrt].text}  # fmt: skip
                left_out = Alteration({use: ways.dropped})
                yield Made(left_out, words, scene.where(use))


def _number_left_out(scene: Scene) -> Iterator[Made]:
    for use in scene.uses:
        other = scene.beside(use)
        if other is None or not scene.is_constant(other):
            continue
        if scene.is_by(use, mul) or (scene.is_by(use, div) and use.slot == 0):
            number = other.text if scene.is_by(use, mul) else f"1/{other.text}"
            words = {**scene.words(use), "number": number}
            yield Made(Alteration({use: ways.unchanged(use)}), words, scene.by(use).text)


def _quotients(scene: Scene) -> Iterator[Made]:
    for use in scene.uses:
        if not scene.is_by(use, div):
            continue
        above, below = scene.by(use).arguments
        words = {**scene.words(use), "a": scene.operations[above].text,
                 "b": scene.operations[below].text}  # fmt: skip
        if use.slot == 0:
            if scene.operations[below].number is None:
                times = ways.by_slope(use, ways.value(below))
                yield Made(Alteration({use: times}), words, scene.by(use).text, 0.4)
            continue
        slopes = (
            (lambda at, a=above, b=below: -at.values[a] / at.values[b], 1.0),
            (lambda at, b=below: -1 / at.values[b] ** 2, 0.7),
            (lambda at, a=above, b=below: at.values[a] / at.values[b], 0.5),
        )
        for slope, likely in slopes:
            changed = {use: ways.by_slope(use, slope)}
            yield Made(Alteration(changed), words, scene.by(use).text, likely)


def _other_operands(scene: Scene) -> Iterator[Made]:
    """Differentiate a quotient or a power in its other operand; a product has `own-factor`."""
    for use in scene.uses:
        other = scene.beside(use)
        if not scene.is_by(use, div, pow) or other is None or scene.is_constant(other):
            continue
        taken = Use(use.by, 1 - use.slot)
        changed = {use: ways.by_slope(use, lambda at, taken=taken: at.slope(taken))}
        words = {**scene.words(use), "taken": scene.slope(scene.by(use), taken.slot)}
        yield Made(Alteration(changed), words, scene.by(use).text)


def _two(scene: Scene) -> Iterator[Made]:
    twos = (2.0, 0.5, -2.0, -0.5)
    beside = (other for use in scene.uses if (other := scene.beside(use)) is not None)
    has_two = any(other.number in twos for other in beside)
    some = any(operation.number in twos for operation in scene.operations)
    if (scene.ways and some) or _has_even_factor(scene):
        for factor, said in ((2.0, "twice"), (0.5, "half of")):
            yield Made(Alteration(end=lambda _, found, k=factor: k * found), {"times": said},
                       likely=0.5, is_natural=has_two)  # fmt: skip


def _has_even_factor(scene: Scene) -> bool:
    """Whether the formula of a value is multiplied with, or divided by, an even number."""
    numbers = {
        scene.operations[k].number
        for operation in scene.evaluated
        if operation.owner is scene.target.of and operation.declared in (mul, div)
        for k in operation.arguments
    }
    return any(number and 0 in (number % 2, (1 / number) % 2) for number in numbers)


def _means(scene: Scene, *, mean: bool) -> Iterator[Made]:
    for use in scene.uses:
        declared, size = scene.by(use).declared, scene.used(use).size
        many = size // max(1, scene.by(use).size)
        if isinstance(declared, Mean if mean else Sum) and many > 1:
            factor = float(many) if mean else 1 / many
            words = {**scene.words(use), "m": text.number(many)}
            yield Made(Alteration({use: ways.scaled(use, factor)}), words, scene.by(use).text)
    if mean and scene.is_gradient and not any(isinstance(scene.by(use).declared, Mean)
                                              for use in scene.uses):  # fmt: skip
        rows = {by.shape[0] for use in scene.uses if (by := scene.by(use)).shape}
        for many in sorted(rows - {1}):  # where 1/m is a number of the formula
            words = {"i": scene.derivatives[0].of.name, "m": text.number(many)}
            yield Made(Alteration(end=lambda _, P, m=many: m * P), words, likely=0.5)
    for use in scene.uses if not mean else ():
        by, used = scene.by(use), scene.used(use)
        if by.is_map and used.number is None and 0 < used.size < by.size:  # one for many entries
            many = by.size // used.size
            words = {**scene.words(use), "m": text.number(many)}
            yield Made(Alteration({use: ways.scaled(use, 1 / many)}), words, by.text)
    for operation in scene.evaluated:
        declared = operation.declared
        many = scene.operations[operation.arguments[0]].size if operation.arguments else 1
        many //= max(1, operation.size)
        if isinstance(declared, Mean if mean else Sum) and many > 1:
            factor, compute = float(many) if mean else 1 / many, ways.again(operation)
            values = {operation.place: lambda at, f=factor, compute=compute: f * compute(at)}
            words = {"i": operation.text, "m": text.number(many)}
            yield Made(Alteration(values=values), words, operation.text, scene.nearness(operation))


BUGS = (
    Bug(
        "power-factor", "the exponent is not brought down",
        "the exponent {n} of {i} is not brought down as a factor",
        "What does the exponent of {i} become when it is differentiated?",
        "power rule: (xⁿ)′ = n xⁿ⁻¹", 1.5, lambda scene: _powers(scene, lowered=False),
    ),
    Bug(
        "power-exponent", "the exponent is not lowered",
        "the exponent of {i} is brought down, but not lowered by 1",
        "Which exponent is left when {i} is differentiated?",
        "power rule: (xⁿ)′ = n xⁿ⁻¹", 1.2, lambda scene: _powers(scene, lowered=True),
    ),
    Bug(
        "product-on-sum", "the product rule is used on a sum",
        "{i} is a sum, but {other} is given as its derivative in {j}, as if it were a product",
        "Is {i} a sum or a product of {j} and {other}?",
        "sum rule: (a + b)′ = a′ + b′", 2, _product_on_sum,
    ),
    Bug(
        "factor-left-out", "a factor is left out",
        "the factor {other} of {i} is left out: the product is differentiated like a sum",
        "What stands beside {j} in {i}?",
        "product rule: the derivative of a·b in a is b", 2.5, _factor_left_out,
        over=("chain-stopped", "wrong-incoming"),
    ),
    Bug(
        "own-factor", "the factor itself is given in place of the other one",
        "{j} is put in where {other} belongs: the derivative of {i} in {j}",
        "In the derivative of a product in one factor, which one stays?",
        "product rule: the derivative of a·b in a is b", 2.5, _own_factor,
        over=("operand", "other-variable"),
    ),
    Bug(
        "product-term", "one term of the product or quotient rule is left out",
        "both {j} and {other} depend on {x}, and of the {rule} rule for {i} the term with the "
        "derivative of {j} is left out",
        "Which parts of {i} depend on {x}? Each gives a term of the derivative.",
        "product rule: (u v)′ = u′ v + u v′; quotient rule: (u/v)′ = (u′ v − u v′)/v²", 4,
        _term_of_product, over=("path-dropped", "shared-once", "term-dropped", "overwritten"),
    ),
    Bug(
        "number-left-out", "a constant factor is left out",
        "the constant factor {number} of {i} is left out",
        "Which numbers stand in the formula of {i}?",
        "(c·f)′ = c·f′", 2, _number_left_out,
    ),
    Bug(
        "quotient", "the quotient rule is not kept",
        "the quotient rule is not kept for {i}",
        "How does {i} change when {j} grows? Mind the square and the sign.",
        "quotient rule: the derivative of a/b in b is −a/b²", 1, _quotients,
    ),
    Bug(
        "other-operand", "the derivative in the other operand is taken",
        "{taken} is taken in place of {slope}",
        "In which operand of {i} is it differentiated here?",
        "∂f/∂x and ∂f/∂y are different functions", 0.7, _other_operands,
        over=("other-variable",),
    ),
    Bug(
        "factor-two", "a factor 2 or ½ too many",
        "the result is {times} what it should be",
        "Look for a 2 from a square, or a ½, that is lost or counted twice.",
        "(½ x²)′ = x, (x²)′ = 2x", 2, _two, vague=True,
    ),
    Bug(
        "mean-as-sum", "1/m is left out",
        "the factor 1/{m} of the mean is left out",
        "Is it a sum or a mean over {m} entries?",
        "the derivative of a mean of m entries in each is 1/m", 2,
        lambda scene: _means(scene, mean=True),
    ),
    Bug(
        "sum-as-mean", "a mean is taken for a sum",
        "the mean is taken where the sum over {m} entries is asked for",
        "Is it a sum or a mean over {m} entries?",
        "the derivative of a sum in each term is 1", 0.8,
        lambda scene: _means(scene, mean=False),
    ),
)  # fmt: skip
