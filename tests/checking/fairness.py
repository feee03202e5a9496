"""The property of fairness: what is right is accepted in every form, what is wrong is refused.

``python tests/checking/fairness.py 10000`` tries so many random exercises and prints the verdicts
on each form of answer as a table.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections import Counter
from typing import Any, NamedTuple

import mpmath
import numpy as np
import sympy as sp
from random_exercises import (
    DIGITS,
    EXACT,
    FLOAT32,
    FLOAT64,
    SYMBOLS,
    exercise,
)

import graphdiff as gd
from graphdiff.files.parser import parse
from graphdiff.notation import text

ACCEPTED = ("correct", "rounded", "convention", "given")
REFUSED = ("wrong", "coincidental", "follows")
NOISE = 1e-9
"""Up to this a number may be all that float64 has left of a 0."""

WELL = {"float64": 1e-9, "float32": 1e-2}
"""How far a student's result may be off, as a part of it; beyond, the exercise loses the digits."""

FLOAT32_DIGITS = 7
"""From so many digits on a number may be what float32 made of it, with what float32 loses."""


class Answer(NamedTuple):
    """An answer of a student: in which form, whether it is right, what it is about and says."""

    form: str
    right: bool
    target: str
    claim: Any


class Outcome(NamedTuple):
    """What became of an answer; no verdict where the exercise loses so many digits."""

    seed: int
    answer: Answer
    verdict: str
    note: str

    @property
    def is_fair(self):
        return self.verdict == "left out" or self.verdict in (
            ACCEPTED if self.answer.right else REFUSED
        )

    def __str__(self):
        form, right, target, claim = self.answer
        kind = "right" if right else "wrong"
        return f"seed {self.seed}: {kind} {form}: {target} = {claim!r:.300}: {self.verdict} ({self.note})"


# What there is to answer


class Quantity(NamedTuple):
    """What can be asked for, with the truth in many digits, in float64 and in float32."""

    target: str
    truth: Any
    double: Any
    single: Any

    def off(self, kind):
        """Return how far the student's result is off, as a part of the truth."""
        found = getattr(self, {"float64": "double", "float32": "single"}[kind])
        worst = mpmath.mpf(0)
        for claimed, right in zip(_flat(found), _flat(self.truth), strict=True):
            off = abs(mpmath.mpf(float(claimed)) - right)
            worst = max(worst, off / abs(right) if right else off)
        return worst


def graph_of(found):
    graph = gd.Graph(output=found.output)
    for name, given in found.leaves.items():
        (graph.parameter if name[0] in "wWb" else graph.input)(name, _floats(given))
    for line in found.lines:
        graph.node(line.name, parse(line.source, graph.__getitem__))
    return graph


def _floats(given):
    return float(given) if isinstance(given, str) else [_floats(part) for part in given]


def _flat(value):
    return np.ravel(np.asarray(value, object)).tolist()


def quantities(found):
    """Return all that can be asked about an exercise."""
    runs = []
    for ns in (EXACT, FLOAT64, FLOAT32):
        with np.errstate(all="ignore"):
            values = found.forward(ns)
            runs.append((ns, values, found.backward(ns, values)))
    output, asked = found.output, []

    def ask(target, of):
        asked.append(Quantity(target, *(of(*run) for run in runs)))

    for name in runs[0][1]:
        if name not in found.leaves:
            ask(name, lambda ns, values, P, name=name: values[name])
        ask(f"d{output}/d{name}", lambda ns, values, P, name=name: P[name])
        if np.ndim(runs[0][1][name]) == 0:
            ask(f"P[{name}]", lambda ns, values, P, name=name: P[name])
        else:
            place = tuple(size - 1 for size in np.shape(runs[0][1][name]))
            shown = ", ".join(map(str, place))
            ask(f"d{output}/d{name}[{shown}]", lambda ns, v, P, n=name, at=place: P[n][at])
    for line in found.lines:
        if any(np.ndim(runs[0][1][name]) for name in (line.name, *line.operands)):
            continue
        for name in dict.fromkeys(line.operands):
            ask(
                f"J[{name}->{line.name}]",
                lambda ns, values, P, line=line, name=name: found.locally(ns, line, name, values),
            )
    for name in list(found.leaves)[:2]:
        if np.ndim(runs[0][1][name]) == 0:
            second = found.second(name, found.given(EXACT))
            if abs(second) < mpmath.mpf(10) ** -30:
                second = mpmath.mpf(0)
            asked.append(
                Quantity(
                    f"d2{output}/d{name}2", second, np.float64(second), np.float32(float(second))
                )
            )
    return asked


# Forms of right answers


def printed(value, form, digits):
    """Print a number as ``%.{digits}{form}``, and never as a whole number, which would be exact."""
    shown = f"{float(value):.{digits}{form}}"
    if "." not in shown and "e" not in shown:
        shown = f"{float(value):.{digits - 1 if form == 'g' else 0}e}"
    return shown


def unit_of(shown):
    mantissa, _, exponent = shown.partition("e")
    return mpmath.mpf(10) ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


def _nested(value, show):
    if np.ndim(value):
        return "[" + ", ".join(_nested(part, show) for part in value) + "]"
    return show(value)


def _losing(quantity, kind):
    return quantity.off(kind) > WELL[kind]


def in_digits(draw, quantity):
    """Return the answer printed to 1 to 17 digits in some form; None where they are not right."""
    form, digits = draw.choice("gfe"), draw.randint(1, 17)
    if form == "f":
        size = min((abs(entry) for entry in _flat(quantity.truth) if entry), default=mpmath.mpf(1))
        digits = max(1, min(17, digits - int(mpmath.floor(mpmath.log10(size)))))
    show = lambda value: printed(value, form, digits)  # noqa: E731
    shown = _nested(quantity.double, show)
    for value, right in zip(_flat(quantity.double), _flat(quantity.truth), strict=True):
        if digits < 15 and abs(mpmath.mpf(float(value)) - right) > unit_of(show(value)) / 100:
            return None
    return f"{digits} digits" if form != "f" else "decimals", shown


def _rounded(draw, quantity):
    places = draw.randint(2, 8)
    for value, right in zip(_flat(quantity.double), _flat(quantity.truth), strict=True):
        if abs(mpmath.mpf(float(value)) - right) > mpmath.mpf(10) ** -places / 100:
            return None
    found = np.round(np.asarray(quantity.double), places)
    return "round", found.tolist()


def _text_of_single(quantity):
    """Return what float32 prints; None where its few digits do not say that it was one.

    -7.770508 for -7.770563 may be a float32 that lost its last digits, or a slip of the pen.
    """
    for value, right in zip(_flat(quantity.single), _flat(quantity.truth), strict=True):
        shown = str(value)
        limit = 9 if len(shown.strip("-0.").replace(".", "")) >= 8 else 1 / 2
        if abs(mpmath.mpf(shown) - right) > limit * unit_of(shown):
            return None
    return _nested(quantity.single, str)


def right_numbers(draw, quantity):
    """Yield right answers as numbers."""
    double, single = quantity.double, quantity.single
    is_double, is_single = not _losing(quantity, "float64"), not _losing(quantity, "float32")
    forms = [
        ("float64", double if is_double else None),
        ("tolist", np.asarray(double).tolist() if is_double else None),
        ("text of a list", str(np.asarray(double).tolist()) if is_double else None),
        ("repr", repr(double) if is_double and not np.ndim(double) else None),
        ("float32", single if is_single else None),
        ("tolist of float32", np.asarray(single).tolist() if is_single else None),
        ("text of float32", _text_of_single(quantity) if is_single else None),
    ]
    form, claim = draw.choice(forms)
    if form != "repr" or not np.ndim(double):
        yield Answer(form, True, quantity.target, claim)
    if not _losing(quantity, "float64"):
        form, claim = in_digits(draw, quantity) or ("digits", None)
        yield Answer(form, True, quantity.target, claim)
    if draw.random() < 0.3:
        form, claim = _rounded(draw, quantity) or ("round", None)
        yield Answer(form, True, quantity.target, claim)


# Wrong numbers


def _is_well(quantity):
    """Whether float64 and float32 have all but the last digits, so that no more is allowed."""
    return quantity.off("float64") < 2e-15 and quantity.off("float32") < 1e-6


def wrong_numbers(draw, quantity):
    """Yield wrong answers as numbers."""
    flat = _flat(quantity.truth)
    places = [place for place, entry in enumerate(flat) if entry]
    if not places or _losing(quantity, "float64"):
        return
    place = draw.choice(places)
    right = flat[place]
    sign = draw.choice((-1, 1))
    digits = draw.randint(3, 12)
    unit = mpmath.mpf(10) ** (int(mpmath.floor(mpmath.log10(abs(right)))) - digits + 1)
    off = right + sign * unit * draw.choice((10.6, 12, 30, 77, 99))
    shown = f"{float(off):.{digits - 1}e}"
    lost = quantity.off("float64" if digits < FLOAT32_DIGITS else "float32") * abs(right)
    if quantity.off("float64") * abs(right) < unit / 100 and lost < abs(off - right) / 30:
        yield _with_entry(quantity, place, shown, f"off in {digits} digits", digits)
    if _is_well(quantity):
        off = float(right * (1 + sign * 1e-11 * draw.choice((1.01, 2, 9, 100))))
        changed = np.array(quantity.double, np.float64)
        changed.ravel()[place] = off
        claim = changed if np.ndim(quantity.double) else np.float64(off)
        if len(repr(abs(off))) > 16:  # else it is one of a few digits
            yield Answer("off in float64", False, quantity.target, claim)
        yield _with_entry(
            quantity, place, f"{off:#.{draw.randint(15, 17)}g}", "off in 15-17 digits", 17
        )
    if not _losing(quantity, "float32") and quantity.off("float32") < 1e-6:
        changed = np.array(quantity.single, np.float32)
        changed.ravel()[place] *= np.float32(1 + sign * draw.choice((1e-2, 0.1, 3)))
        claim = changed if np.ndim(quantity.single) else np.float32(changed)
        yield Answer("off in float32", False, quantity.target, claim)
    digits = draw.randint(1, 17)
    yield _with_entry(quantity, place, f"{-float(right):.{digits - 1}e}", "flipped sign", digits)
    changed = np.array(quantity.double, np.float64)
    changed.ravel()[place] = -changed.ravel()[place]
    if quantity.off("float64") < 0.01:
        yield Answer("flipped sign", False, quantity.target, changed.tolist())
    if len(flat) > 1:
        changed = np.array(quantity.double, np.float64)
        changed.ravel()[place] += 1 + abs(float(right))
        kind = draw.choice((np.float64, np.float32))
        yield Answer("changed entry", False, quantity.target, changed.astype(kind))


def _with_entry(quantity, place, shown, form, digits):
    """Return the answer with one entry put in, the others printed to as many digits."""
    if not np.ndim(quantity.double):
        return Answer(form, False, quantity.target, shown)
    shapes, count = quantity.double, iter(range(np.size(quantity.double)))
    claim = _nested(
        shapes, lambda value: shown if next(count) == place else f"{float(value):.{digits - 1}e}"
    )
    return Answer(form, False, quantity.target, claim)


# Formulas


def symbolic_forms(draw, found):
    """Yield closed forms of values and gradients, rewritten, and the same made wrong."""
    symbols = {name: sp.Symbol(name, real=True) for name in found.leaves}
    here = {symbols[name]: sp.Rational(given) for name, given in found.leaves.items()}
    closed = found.forward(SYMBOLS, symbols)
    line = draw.choice(found.lines)
    of = closed[line.name]
    if of.count_ops() > 30:
        return
    target, truth = line.name, of
    wrt = sorted((symbol for symbol in of.free_symbols), key=str)
    if wrt and draw.random() < 0.8:
        leaf = draw.choice(wrt)
        target, truth = f"d{line.name}/d{leaf}", sp.diff(of, leaf)
    if truth.count_ops() > 80:
        return
    ways = {
        "expanded": sp.expand,
        "factored": sp.factor,
        "together": sp.together,
        "rewritten": lambda formula: formula.rewrite(sp.exp),
        "derived": lambda formula: formula,
        "reordered": lambda formula: sp.Add(*reversed(formula.as_ordered_terms()), evaluate=False),
    }
    way = draw.choice(list(ways))
    shown = text.symbolic(ways[way](truth))
    yield Answer("formula", True, target, shown)
    value = truth.subs(here).evalf(30)
    if not value.is_real or abs(value) < 1e-20:
        return
    wrong = draw.choice((f"-({shown})", f"2*({shown})", f"({shown}) + 1", f"({shown})*1.001"))
    yield Answer("wrong formula", False, target, wrong)


def chain_rules(draw, found, values):
    """Yield the chain rule of a node as a formula of what stands after it, and made wrong."""
    output = found.output
    name = draw.choice([name for name in values if name != output])
    parts = []
    for line, slot in found.children(name):
        after = f"d{output}/d{line.name}" if line.name != output else "1"
        if line.name != output and line.name not in _reaching(found):
            continue
        shown = line.operation.rules[slot].format(
            *line.operands, g=after, v=line.name, n=np.size(values[line.operands[0]])
        )
        both = np.ndim(values[name]), np.ndim(values[line.name])
        if not any(both) and line.operands.count(name) == 1 and draw.random() < 0.3:
            ways = [f"J[{name}->{line.name}]*{after}"]
            if line.name != output and len(list(found.children(name))) == 1:
                ways.append(f"{after}*d{line.name}/d{name}")
            shown = draw.choice(ways)
        parts.append(f"({shown})")
    if not parts:
        return
    draw.shuffle(parts)
    target = f"d{output}/d{name}"
    shown = " + ".join(parts)
    yield Answer("chain rule", True, target, shown)
    right = found.backward(EXACT, found.forward(EXACT))[name]
    if all(abs(entry) > 1e-20 for entry in _flat(right)):
        yield Answer("wrong chain rule", False, target, f"-({shown})")
        if len(parts) == 1 and draw.random() < 0.5:
            yield Answer("wrong chain rule", False, target, f"({shown})*1.5")


def _reaching(found):
    """Return the nodes that the output is computed from."""
    reached = {found.output}
    for line in reversed(found.lines):
        if line.name in reached:
            reached |= set(line.operands)
    return reached


# Pages: each line computed from the printed lines above it


class Page(NamedTuple):
    """A page of numbers, each computed from those above as printed.

    Attributes
    ----------
    lines
        Target and what is printed.
    beyond
        From the place of a line, what may stand there outside of what rounding explains; None
        where nothing may.
    """

    lines: list[tuple[str, str]]
    beyond: Any


class _Student:
    """Computes a page line by line in float64; ``shifts`` moves what is printed."""

    def __init__(self, found, slopes):
        self.found, self.slopes = found, slopes

    def raw(self, order, said):
        """Return what each line is computed as from the lines said above it."""
        found, values, local, P = self.found, {}, {}, {}
        values |= found.given(FLOAT64)
        raw = {}

        def take(target, value, store, key):
            raw[target] = value
            store[key] = said.get(target, value)

        for target, kind, line, name in order:
            if kind == "value":
                operands = [values[operand] for operand in line.operands]
                take(target, line.operation.value(FLOAT64, *operands), values, line.name)
            elif kind == "J":
                take(target, self._slope(line, name, values), local, (line.name, name))
            elif line is None:
                P[name] = np.float64(1)
            else:
                total = np.float64(0) * values[name]
                for child, slot in found.children(name):
                    if child.name not in P:
                        continue
                    if (child.name, name) in local:
                        if slot == child.operands.index(name):
                            total = total + P[child.name] * local[child.name, name]
                    else:
                        total = total + self._pulled(child, values, P[child.name])[slot]
                take(target, total, P, name)
        return raw

    def _pulled(self, line, values, cotangent):
        if self.slopes == "values":
            return self.found.pulled(FLOAT64, line, values, cotangent)
        operands = [values[name] for name in line.operands]
        fresh = {**values, line.name: line.operation.value(FLOAT64, *operands)}
        return self.found.pulled(FLOAT64, line, fresh, cotangent)

    def _slope(self, line, name, values):
        parts = self._pulled(line, values, np.float64(1))
        pairs = zip(line.operands, parts, strict=True)
        return sum(part for operand, part in pairs if operand == name)


def page(draw, found):
    """Return a page of an exercise; None where rounding changes what is computed at all."""
    digits, form = draw.randint(3, 6), draw.choice("gfe")
    with_slopes = draw.random() < 0.6 and all(
        np.ndim(_floats(t)) == 0 for t in found.leaves.values()
    )
    reached = _reaching(found)
    order = []
    for line in found.lines:
        order.append((line.name, "value", line, None))
        if with_slopes:
            order += [
                (f"J[{name}->{line.name}]", "J", line, name)
                for name in dict.fromkeys(line.operands)
            ]
    order.append(("", "P", None, found.output))
    for name in [*(line.name for line in reversed(found.lines[:-1])), *found.leaves]:
        if name in reached:
            written = draw.choice((f"d{found.output}/d{name}", f"P[{name}]"))
            if np.ndim(_floats(found.leaves.get(name, "0"))) or not with_slopes:
                written = f"d{found.output}/d{name}"
            order.append((written, "P", found, name))
    omitted = {target for target, *_ in order if draw.random() < draw.choice((0, 0, 0.3))}
    student = _Student(found, draw.choice(("values", "arguments")))
    truth = _truths(found, order)
    exact = student.raw(order, {})
    said, lines = {}, []
    for target, *_ in order:
        if not target or target in omitted:
            continue
        with np.errstate(all="ignore"):
            value = student.raw(order, said)[target]
        if not np.all(np.isfinite(value)) or np.max(np.abs(value - exact[target])) > 0.1 * np.max(
            np.abs(exact[target])
        ):
            return None
        show = lambda entry: printed(entry, form, digits)  # noqa: E731
        shown = _nested(value, show)
        if any(
            "e" not in part and not float(part) and entry
            for part, entry in zip(map(show, _flat(value)), _flat(value), strict=True)
        ):
            return None
        read = [float(show(entry)) for entry in _flat(value)]
        said[target] = np.reshape(read, np.shape(value))[()]
        lines.append((target, shown))
    return Page(
        lines, lambda place: _beyond(draw, student, order, said, lines, lines[place][0], truth)
    )


def _truths(found, order):
    values = found.forward(EXACT)
    P = found.backward(EXACT, values)
    truths = {}
    for target, kind, line, name in order:
        if kind == "value":
            truths[target] = values[line.name]
        elif kind == "J":
            truths[target] = found.locally(EXACT, line, name, values)
        elif target:
            truths[target] = P[name]
    return truths


def _is_last_slope(found, entry):
    """Whether a line is dL/da of a node that only L is computed from, which is J[a->L] again."""
    _, kind, _, name = entry
    return kind == "P" and any(line.name == found.output for line, _ in found.children(name))


def _beyond(draw, student, order, said, lines, target, truth):
    """Return a number outside of what the digits above hide; None for arrays."""
    above, shown = {}, dict(lines)
    for other, value in said.items():
        if other == target:
            break
        above[other] = value
    middle = student.raw(order, above)[target]
    if np.ndim(middle):
        return None
    if any(_is_last_slope(student.found, entry) for entry in order if entry[0] == target):
        return None  # it may be computed afresh, not copied from the same J above
    width = abs(float(middle) - float(truth[target]))
    for other, value in above.items():
        if np.ndim(value):
            return None
        unit = float(unit_of(shown[other]))
        moved = student.raw(order, {**above, other: value + unit})[target]
        width += abs(moved - middle)
    width = 3 * width + 12 * float(unit_of(printed(middle, "e", 2)))
    sign = draw.choice((-1, 1))
    off = middle + sign * width * draw.choice((1.0, 1.5, 4))
    return f"{off:#.6g}"  # with its zeros, each of which says something


# The properties


def judged(graph, answers, seed):
    """Return what becomes of answers, each on a page of its own."""
    for answer in answers:
        if answer.claim is None:
            yield Outcome(seed, answer, "left out", "float64 is off by more")
            continue
        (result,) = graph.check(
            [(answer.target, [answer.claim] if isinstance(answer.claim, str) else answer.claim)]
        )
        yield Outcome(seed, answer, result.verdict, result.note)


def answers(found, draw):
    """Return some right and wrong answers about an exercise."""
    asked = quantities(found)
    some = draw.sample(asked, min(2, len(asked)))
    made = [answer for quantity in some for answer in right_numbers(draw, quantity)]
    wrong = [answer for quantity in some for answer in wrong_numbers(draw, quantity)]
    made += draw.sample(wrong, min(5, len(wrong)))
    made += chain_rules(draw, found, found.forward(EXACT))
    return made


def outcomes(seed):
    """Return what becomes of answers about the exercise of a seed: numbers, formulas or a page."""
    found, draw = exercise(seed)
    graph = graph_of(found)
    kind = ("numbers", "formulas", "page")[seed // 4 % 3]
    with mpmath.workdps(DIGITS), np.errstate(all="ignore"):
        if kind == "page":
            written = page(draw, found)
            return list(on_page(graph, written, draw, seed))
        if kind == "numbers":
            made = answers(found, draw)
        else:
            made = list(chain_rules(draw, found, found.forward(EXACT)))
            if not found.has_kinks and seed % 4 != 3:
                made += symbolic_forms(draw, found)
    return list(judged(graph, made, seed))


def on_page(graph, written, draw, seed):
    """Yield what becomes of the lines of a page, and of one that is not as it should be."""
    if written is None or not written.lines:
        yield Outcome(seed, Answer("chain", True, "", None), "left out", "rounded away")
        return
    report = _report(graph, written.lines)
    for (target, shown), result in zip(written.lines, report, strict=True):
        answer = Answer("chain", True, target, shown)
        yield Outcome(seed, answer, result.verdict, f"{result.note}; expected {result.expected}")
    place = draw.randrange(len(written.lines))
    shown = written.beyond(place)
    if shown is not None and abs(float(shown)) > NOISE:
        lines = [*written.lines[:place], (written.lines[place][0], shown)]
        result = _report(graph, lines).results[-1]
        answer = Answer("off in a chain", False, *lines[-1])
        yield Outcome(seed, answer, result.verdict, f"{result.note}; expected {result.expected}")


def _report(graph, lines):
    with mpmath.workdps(15):
        return graph.check([(target, [shown]) for target, shown in lines])


def table(found):
    """Return the counts of verdicts by form as a table."""
    counts = Counter((o.answer.right, _family(o.answer.form), o.verdict) for o in found)
    verdicts = [v for v in (*ACCEPTED, *REFUSED, "says-nothing", "unread", "undecided", "left out")
                if any(key[2] == v for key in counts)]  # fmt: skip
    rows = [["answer", "", *verdicts], ["---", "---", *["---:"] * len(verdicts)]]
    for right, form in sorted({key[:2] for key in counts}, key=lambda key: (not key[0], key[1])):
        numbers = [str(counts[right, form, verdict] or "") for verdict in verdicts]
        rows.append(["right" if right else "wrong", form, *numbers])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _family(form):
    return (
        "printed digits"
        if form.endswith("digits") and not form.startswith("off")
        else (
            "off in 3-12 digits"
            if form.startswith("off in") and form.endswith("digits") and "-" not in form
            else form
        )
    )


def timed(seed):
    before = time.perf_counter()
    return outcomes(seed), time.perf_counter() - before, seed


def main(many=500, start=0, workers=1):
    found, times = [], []
    with multiprocessing.Pool(workers) as pool:
        for results, seconds, seed in pool.imap_unordered(timed, range(start, start + many)):
            times.append((seconds, seed))
            found += results
            for outcome in results:
                if not outcome.is_fair:
                    print(outcome, flush=True)
            if len(times) % 1000 == 0 or len(times) == many:
                print(f"{len(times)} exercises\n{table(found)}", flush=True)
    slowest = ", ".join(f"{seed}: {seconds:.2f} s" for seconds, seed in sorted(times)[-5:])
    print(f"{sum(t for t, _ in times):.0f} s; slowest: {slowest}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
