"""Cells of recurrent networks: LSTM (Hochreiter, Schmidhuber 1997) and GRU (Cho et al. 2014).

LSTM: c′ = f ⊙ c + i ⊙ g, h′ = o ⊙ tanh c′. GRU: h′ = (1 − z) ⊙ h + z ⊙ n, where the candidate n
takes r ⊙ h. Gates are sigmoids of affine functions, or parts of one affine function of all.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphdiff.graph import Node
from graphdiff.language.functions.movement import Index
from graphdiff.recognition.blocks.reading import Draft, Reading, sources

Roles = dict[str, Node]


def cells(reading: Reading) -> None:
    """Make each cell one block."""
    for node in reversed(reading.graph.nodes):
        if node.is_leaf or node in reading.weights:
            continue
        for kind, find in (("lstm", _lstm), ("gru", _gru)):
            roles = find(reading, node)
            if roles is not None:
                _made_one(reading, node, kind, roles)
                break
    made = [draft for draft in reading.drafts() if draft.kind in ("lstm", "gru")]
    states = {draft.roles["h_new"] for draft in made}
    for draft in made:
        if "h" not in draft.roles and (hidden := _hidden(draft, states)) is not None:
            draft.roles["h"] = hidden
        before = [draft.roles[name] for name in ("c", "h") if name in draft.roles]
        draft.data = list(dict.fromkeys((*before, *draft.data)))


def _made_one(reading: Reading, last: Node, kind: str, roles: Roles) -> None:
    outside = {name for name in roles if name in ("c", "h", "x")}
    parts = {reading.of[node] for name, node in roles.items() if name not in outside}
    parts |= {reading.of[last], *_nets(reading, parts)}
    if any(draft.kind == "input" for draft in parts) or not reading.may_be_one(parts):
        return
    whole = reading.of[last]
    for draft in sorted(parts - {whole}, key=lambda one: one.nodes[-1].index):
        reading.merge(draft, whole)
    whole.kind = "lstm" if kind == "lstm" else "gru"
    whole.function = None
    inner = set(whole.nodes)
    whole.data = [one for one in dict.fromkeys(sources(reading, whole)) if one not in inner]
    whole.roles = roles


def _hidden(draft: Draft, states: set[Node]) -> Node | None:
    """Return which value is the hidden state before: that of another cell, or one like the new."""
    made, cell = draft.roles["h_new"], draft.roles["c"]
    able = [one for one in draft.data if one is not cell and one.shape == made.shape]
    likely = [one for one in able if one in states]
    alike = [one for one in able if one.name[:1] == made.name[:1]]
    return next(iter(likely or alike or able[::-1]), None)


def _nets(reading: Reading, parts: set[Draft]) -> Iterator[Draft]:
    """Yield the affine functions that gates are of, and what joins or cuts their arguments."""
    gates = [draft for draft in parts if draft.kind == "activation"]
    waiting = [reading.of[node] for draft in gates for node in sources(reading, draft)]
    found = set(parts)
    while waiting:
        draft = waiting.pop()
        if draft in found or draft.kind not in ("dense", "movement", "sum"):
            continue
        if not reading.takers(draft) <= found:
            continue
        found.add(draft)
        yield draft
        before = [reading.of[node] for node in sources(reading, draft)]
        affine = draft.kind == "dense"
        waiting += [one for one in before if one.kind == "movement" or not affine]


def _terms(reading: Reading, node: Node, name: str) -> tuple[Node, Node] | None:
    """Return the two values that a node is a sum or a product of."""
    if node.is_leaf or node in reading.weights:
        return None
    function, operands = reading.operands(node)
    if function is None or function.name != name or len(operands) != 2:
        return None
    first, second = operands
    return None if first is None or second is None else (first, second)


def _either_way(pair: tuple[Node, Node] | None) -> Iterator[tuple[Node, Node]]:
    if pair is not None:
        yield pair
        yield pair[1], pair[0]


def _of(reading: Reading, node: Node, name: str) -> Node | None:
    """Return what a node is a function of this name of."""
    if node.is_leaf or node in reading.weights:
        return None
    function, operands = reading.operands(node)
    is_it = function is not None and function.name == name and len(operands) == 1
    return operands[0] if is_it else None


def _is_gate(reading: Reading, node: Node, name: str = "sigmoid") -> bool:
    """Whether a node is an activation of an affine function, or of a part of one."""
    net = _of(reading, node, name)
    if net is None or net.is_leaf:
        return False
    function, _ = reading.operands(net)
    if isinstance(function, Index):
        net = net.parents[0]
    return net in reading.of and reading.of[net].kind in ("dense", "sum")


def _lstm(reading: Reading, last: Node) -> Roles | None:
    for o, squashed in _either_way(_terms(reading, last, "mul")):
        cell = _of(reading, squashed, "tanh")
        if cell is None or not _is_gate(reading, o):
            continue
        for kept, added in _either_way(_terms(reading, cell, "add")):
            for f, c in _either_way(_terms(reading, kept, "mul")):
                for i, g in _either_way(_terms(reading, added, "mul")):
                    gates = _is_gate(reading, f) and _is_gate(reading, i)
                    if gates and _is_gate(reading, g, "tanh") and not _is_gate(reading, c):
                        return {
                            "o": o, "f": f, "i": i, "g": g, "c": c, "h_new": last,
                            "c_new": cell, "squashed": squashed, "kept": kept, "added": added,
                        }  # fmt: skip
    return None


def _gru(reading: Reading, last: Node) -> Roles | None:
    for first, second in _either_way(_terms(reading, last, "add")):
        for complement, one in _either_way(_terms(reading, first, "mul")):
            z = _complement(reading, complement)
            if z is None or not _is_gate(reading, z):
                continue
            for again, other in _either_way(_terms(reading, second, "mul")):
                if again is not z:
                    continue
                for h, n in ((one, other), (other, one)):
                    if (net := _of(reading, n, "tanh")) is None:
                        continue
                    r = _reset(reading, net, h)
                    if r is not None:
                        inner = {} if r[2] is h else {"inner": r[2]}
                        return inner | {
                            "z": z, "n": n, "h": h, "h_new": last, "complement": complement,
                            "first": first, "second": second, "r": r[0], "reset": r[1],
                            "old_kept": first if h is one else second,
                        }  # fmt: skip
    return None


def _complement(reading: Reading, node: Node) -> Node | None:
    """Return z if a node is 1 − z."""
    if node.is_leaf or node in reading.weights:
        return None
    function, operands = reading.operands(node)
    is_difference = function is not None and function.name == "sub" and len(operands) == 2
    if not is_difference or operands[0] is not None or operands[1] is None:
        return None
    return operands[1] if node.formula.replace(" ", "").startswith("1-") else None


def _reset(reading: Reading, net: Node, h: Node) -> tuple[Node, Node, Node] | None:
    """Return the reset gate of a candidate, its product with h or an affine function of h, that."""
    draft = reading.of.get(net)
    if draft is None:
        return None
    for source in (*draft.nodes, *sources(reading, draft)):
        for r, reset in _either_way(_terms(reading, source, "mul")):
            if _is_gate(reading, r) and (reset is h or h in _affine_of(reading, reset)):
                return r, source, reset
    return None


def _affine_of(reading: Reading, node: Node) -> set[Node]:
    draft = reading.of.get(node)
    return set(sources(reading, draft)) if draft is not None and draft.kind == "dense" else set()
