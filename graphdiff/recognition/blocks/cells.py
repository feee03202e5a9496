"""Cells of recurrent networks, told by what they compute, never by names.

LSTM (Hochreiter, Schmidhuber 1997): c′ = f ⊙ c + i ⊙ g, h′ = o ⊙ tanh c′, with peepholes where
gates take the cell's state too (Gers, Schmidhuber 2000). GRU (Cho et al. 2014):
h′ = (1 − z) ⊙ h + z ⊙ n, where the candidate n takes r ⊙ h, or r ⊙ (U h + b). Elman (1990):
h′ = tanh(W x + U h + b). Gates are sigmoids of affine functions, or parts of one affine function
of all. What is only almost a cell is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product

from graphdiff.graph import Node
from graphdiff.language.expression import AnyFunction
from graphdiff.language.functions import NAMED
from graphdiff.recognition.blocks.forms import Affine, Forms
from graphdiff.recognition.blocks.reading import Draft, Reading, sources
from graphdiff.recognition.blocks.records import CellKind, Trait


@dataclass(frozen=True)
class _Cell:
    """Values that are a cell: roles, what it takes, traits, and of an RNN the activation."""

    kind: CellKind
    roles: dict[str, Node]
    data: tuple[Node, ...]
    traits: frozenset[Trait] = frozenset()
    function: AnyFunction | None = None


@dataclass(frozen=True)
class _Gate:
    """A sigmoid of an affine function."""

    node: Node
    net: Affine


@dataclass(frozen=True)
class _Step:
    """An activation of an affine function, and what weights multiply, in their order."""

    node: Node
    data: Sequence[Node]


@dataclass(frozen=True)
class _State:
    """f c + i g, the state of an LSTM's cell."""

    f: _Gate
    i: _Gate
    g: Node
    c: Node


def cells(reading: Reading) -> None:
    """Make each cell one block."""
    forms = Forms(reading)
    states: dict[Node, _State] = {}
    for node in reading.graph.nodes:
        if node.is_leaf or node in reading.weights:
            continue
        if (state := _state(forms, node)) is not None:
            states[node] = state
            forms.keep_whole(node)
            continue
        found = _lstm(forms, node, states) or _gru(forms, node)
        if found is not None and _made_one(reading, found):
            forms.keep_whole(node)
    _hidden_states(reading)
    for found in _elman(reading, forms):
        _made_one(reading, found)


# What is a cell


def _state(forms: Forms, node: Node) -> _State | None:
    """Find f c + i g."""
    match list(forms.polynomial(node).items()):
        case [((_, _) as one, 1), ((_, _) as other, 1)]:
            pass
        case _:
            return None
    for kept, added in permutations((one, other)):
        for (f_node, c), (i_node, g) in product(permutations(kept), permutations(added)):
            f, i, net = _gate(forms, f_node), _gate(forms, i_node), _of(forms, g, "tanh")
            if f is None or i is None or net is None or f.node is i.node or c is g:
                continue
            nets = new, *_ = forms.affine(net), f.net, i.net
            data, looks = set(new.data), set(f.net.scaled) | set(i.net.scaled)
            alike = all(set(one.data) == data and not one.others for one in nets)
            if alike and data and c not in data and not new.scaled and looks <= {c}:
                return _State(f, i, g, c)
    return None


def _lstm(forms: Forms, last: Node, states: Mapping[Node, _State]) -> _Cell | None:
    """Find o tanh c, where c is the state of a cell."""
    for gate, squashed in _pairs(forms, last):
        o, cell = _gate(forms, gate), _of(forms, squashed, "tanh")
        if o is None or cell is None or cell not in states:
            continue
        state = states[cell]
        is_alike = set(o.net.data) == set(state.f.net.data) and not o.net.others
        if is_alike and set(o.net.scaled) <= {cell}:
            f, i, c = state.f, state.i, state.c
            traits: list[tuple[Trait, _Gate]] = [("f looks", f), ("i looks", i), ("o looks", o)]
            roles = {
                "f": f.node, "i": i.node, "g": state.g, "o": o.node,
                "c": c, "c_new": cell, "h_new": last,
            }  # fmt: skip
            looking = frozenset[Trait](trait for trait, one in traits if one.net.scaled)
            return _Cell("lstm", roles, (c, *o.net.data), looking)
    return None


def _gru(forms: Forms, last: Node) -> _Cell | None:
    """Find h − z h + z n, or n − z n + z h."""
    polynomial = forms.polynomial(last)
    alone = [one[0] for one in polynomial if len(one) == 1]
    pairs = [one for one in polynomial if len(one) == 2]
    if len(alone) != 1 or len(pairs) != 2:
        return None
    (first,) = alone
    for z_node, second in (way for one in pairs for way in permutations(one)):
        z = _gate(forms, z_node)
        if z is None or z.net.others or z.net.scaled:
            continue
        if polynomial != {(first,): 1, _ordered(z_node, first): -1, _ordered(z_node, second): 1}:
            continue
        for h, n in permutations((first, second)):
            net = _of(forms, n, "tanh")
            reset = None if net is None else _reset(forms, forms.affine(net), h, z)
            if reset is not None:
                r, after = reset
                roles = {"z": z.node, "r": r, "n": n, "h": h, "h_new": last}
                traits: set[Trait] = {"resets after"} if after else set()
                if h is second:
                    traits.add("keeps by z")
                return _Cell("gru", roles, (h, *z.net.data), frozenset(traits))
    return None


def _reset(forms: Forms, net: Affine, h: Node, z: _Gate) -> tuple[Node, bool] | None:
    """Return the gate r of a candidate, of r ⊙ h or r ⊙ (U h + b), and whether it is the latter."""
    rest = set(z.net.data) - {h}
    if h not in z.net.data:
        return None
    if not net.others and not net.scaled:  # it multiplies h before the weights do
        reset = [one for one in net.data if one not in rest]
        if len(reset) == 1 and rest <= set(net.data):
            for r, kept in _pairs(forms, reset[0]):
                if kept is h and _is_reset(forms, r, z):
                    return r, False
        return None
    if set(net.data) == rest and len(net.others) == 1:  # r ⊙ (U h), and r ⊙ b among the scaled
        (pair,) = net.others
        for r, inner in permutations(pair) if len(pair) == 2 else ():
            learned = forms.product(inner)
            if learned is not None and learned.data == (h,) and _is_reset(forms, r, z):
                return (r, True) if set(net.scaled) <= {r} else None
    return None


def _is_reset(forms: Forms, node: Node, z: _Gate) -> bool:
    """Whether a value is another gate of the same values."""
    r = _gate(forms, node)
    if r is None or r.node is z.node or r.net.others or r.net.scaled:
        return False
    return set(r.net.data) == set(z.net.data)


def _elman(reading: Reading, forms: Forms) -> Iterator[_Cell]:
    """Yield the steps of networks whose hidden state comes back to the same weights.

    A step by itself is a cell if it can be nothing else: a tanh of two inputs that nothing else
    takes, one of which has the shape of the value.
    """
    alike: dict[tuple[str, tuple[Node, ...], int], list[_Step]] = {}
    for node in reading.graph.nodes:
        if node.is_leaf or node in reading.weights or reading.of[node].kind in ("lstm", "gru"):
            continue
        found = forms.squashed(node)
        if found is None or found[0] not in ("tanh", "relu", "sigmoid"):
            continue
        net = forms.affine(found[1])
        if not net.others and not net.scaled and len(net.data) > 1:
            used = {_ordered(*leaves(one.weights)): one.data for one in net.products}
            weights = sorted(used, key=lambda some: [leaf.index for leaf in some])
            step = _Step(node, [one for some in weights for one in used[some]])
            key = found[0], tuple(leaf for some in weights for leaf in some), len(step.data)
            alike.setdefault(key, []).append(step)
    for (name, *_), steps in alike.items():
        slot = _slot(steps)
        if len(steps) == 1 and name == "tanh":
            slot = _only(reading, *steps)
        if slot is None:
            continue
        for step in steps:
            if (h := step.data[slot]).shape == step.node.shape:
                roles = {"h": h, "h_new": step.node}
                yield _Cell("rnn", roles, (h, *step.data), function=NAMED[name])


def _slot(steps: Sequence[_Step]) -> int | None:
    """Return which of the values that steps take is the value of another step."""
    made = {step.node for step in steps}
    slots = {k for step in steps for k, one in enumerate(step.data) if one in made}
    return slots.pop() if len(slots) == 1 else None


def _only(reading: Reading, step: _Step) -> int | None:
    """Return which of two inputs, which nothing else takes, must be the state before."""
    able = [k for k, one in enumerate(step.data) if one.shape == step.node.shape]
    inside = _inside(reading, {step.node}, set(step.data)) or set()
    used = all(one.kind == "input" and reading.consumers(one) <= inside for one in step.data)
    return able[0] if len(step.data) == 2 and used and len(able) == 1 else None


def _gate(forms: Forms, node: Node) -> _Gate | None:
    net = _of(forms, node, "sigmoid")
    found = None if net is None else forms.affine(net)
    return None if found is None or not found.products else _Gate(node, found)


def _of(forms: Forms, node: Node, name: str) -> Node | None:
    """Return what a node is a function of this name of."""
    found = forms.squashed(node)
    return found[1] if found is not None and found[0] == name else None


def _pairs(forms: Forms, node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the two values that a node is the product of, either way."""
    match list(forms.polynomial(node).items()):
        case [((one, other), 1)]:
            yield one, other
            yield other, one
        case _:
            return


def _ordered(*nodes: Node) -> tuple[Node, ...]:
    return tuple(sorted(nodes, key=lambda node: node.index))


# One block of it


def _made_one(reading: Reading, cell: _Cell) -> bool:
    """Make one block of a cell, if nothing in it is taken by others; return whether it is."""
    ends = {cell.roles[name] for name in ("c_new", "h_new") if name in cell.roles}
    inside = _inside(reading, ends, set(cell.data))
    inner = {node for name, node in cell.roles.items() if name not in ("c", "h")}
    if inside is None or not inner <= inside:
        return False
    parts = {reading.of[node] for node in inside}
    if any(not inside.issuperset(draft.nodes) for draft in parts) or not reading.may_be_one(parts):
        return False
    last = cell.roles["h_new"]
    whole = reading.of[last]
    for draft in sorted(parts - {whole}, key=lambda one: one.nodes[-1].index):
        reading.merge(draft, whole)
    whole.kind, whole.function, whole.traits = cell.kind, cell.function, cell.traits
    whole.roles = dict(cell.roles)
    taken = dict.fromkeys(sources(reading, whole))
    whole.data = [*dict.fromkeys(one for one in cell.data if one in taken)]
    whole.data += [one for one in taken if one not in whole.data]
    return True


def _inside(reading: Reading, ends: set[Node], outer: set[Node]) -> set[Node] | None:
    """Return what is computed on the way to values from others; None if more is needed.

    What others take too, as the products of weights with all inputs at once, is left out.
    """
    outside = set(outer)
    while True:
        found, waiting = set(ends), list(ends)
        while waiting:
            for parent in waiting.pop().parents:
                if parent in found or parent in outside or parent in reading.weights:
                    continue
                if parent.is_leaf:
                    return None
                found.add(parent)
                waiting.append(parent)
        shared = {one for one in found - ends if not reading.consumers(one) <= found}
        if not shared:
            return found
        outside |= shared


def _hidden_states(reading: Reading) -> None:
    """Say which value the hidden state before is, where a cell has several of its shape.

    It is the state of a cell with the same weights, or no state of a cell; among several of these
    one that is called like the new.
    """
    made = [draft for draft in reading.drafts() if draft.kind == "lstm"]
    weights = {draft: _weights(draft) for draft in made}
    states = {draft.roles["h_new"]: draft for draft in made}
    for draft in made:
        new, cell = draft.roles["h_new"], draft.roles["c"]
        able = [one for one in draft.data if one is not cell and one.shape == new.shape]
        own = [one for one in able if one in states and weights[states[one]] == weights[draft]]
        first = [one for one in able if one not in states]
        called = [one for one in first if one.name[:1] == new.name[:1]]
        hidden = next(iter(own or called or first[::-1] or able[::-1]), None)
        if hidden is not None:
            draft.roles["h"] = hidden
            draft.data = list(dict.fromkeys((cell, hidden, *draft.data)))


def _weights(draft: Draft) -> frozenset[Node]:
    return frozenset(leaf for node in draft.weights for leaf in leaves(node))


def leaves(node: Node) -> Iterator[Node]:
    """Yield the leaves that a value is computed from."""
    if node.is_leaf:
        yield node
    for parent in node.parents:
        yield from leaves(parent)
