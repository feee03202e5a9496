"""Paths: dropped, overwritten, begun late; what comes in left out, or taken from elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from graphdiff.checking.faults.bugs import sums, ways
from graphdiff.checking.faults.declaration import Bug, Made
from graphdiff.checking.faults.derivation import Alteration
from graphdiff.checking.faults.operations import Operation, Use
from graphdiff.checking.faults.scene import Scene
from graphdiff.checking.targets import Target


def _forks(scene: Scene) -> Iterator[tuple[Operation, tuple[Use, ...]]]:
    """Yield each value that is used in several places on the way, and these."""
    for way in scene.ways:
        for place, uses in way.uses.items():
            if len(uses) > 1:
                yield scene.operations[place], uses


def _is_graphs(scene: Scene, uses: tuple[Use, ...]) -> bool:
    """Whether uses are in the formulas of several nodes."""
    return len({scene.by(use).owner for use in uses}) > 1


def _without(uses: tuple[Use, ...], *dropped: Use) -> Alteration:
    return Alteration({use: ways.dropped for use in uses if use in dropped})


def _dropped(scene: Scene, *, shared: bool, graphs: bool) -> Iterator[Made]:
    for fork, uses in _forks(scene):
        is_shared = fork.node is not None and fork.node.kind == "parameter"
        if _is_graphs(scene, uses) is not graphs or (graphs and is_shared is not shared):
            continue
        for use in uses:
            words = {**scene.words(use), "through": _owner(scene, use), "j": fork.text}
            yield Made(_without(uses, use), words, scene.where(use))
            if len(uses) > 2:
                others = tuple(other for other in uses if other is not use)
                names = ", ".join(dict.fromkeys(_owner(scene, other) for other in others))
                words = {**words, "through": names}
                yield Made(_without(uses, *others), words, fork.text, 0.7)


def _owner(scene: Scene, use: Use) -> str:
    """Return what a path is called by: the node whose formula it enters."""
    owner = scene.by(use).owner
    return scene.by(use).text if owner is None else owner.name


def _overwritten(scene: Scene) -> Iterator[Made]:
    forks = [uses for _, uses in _forks(scene) if _is_graphs(scene, uses)]
    if not forks:
        return
    for keep, which in ((0, "first"), (-1, "last")):
        lost = {use: ways.dropped for uses in forks for use in uses if use is not uses[keep]}
        yield Made(Alteration(lost), {"which": which})


def _begun_late(scene: Scene) -> Iterator[Made]:
    for about in scene.derivatives if scene.is_gradient else ():
        assert about.wrt is not None  # noqa: S101 - of derivatives
        for way in scene.ways[:1]:
            direct = {use.by for use in way.uses.get(way.wrt, ())}
            for place in way.places:
                middle = scene.operations[place]
                if middle.node is None or place in (way.of, way.wrt):
                    continue
                owners = {scene.by(use).owner for use in way.uses[way.wrt]}
                near = place in direct or middle.node in owners
                words = {"i": middle.text, "L": about.of.name,
                         "local": f"∂{middle.text}/∂{about.wrt.name}"}  # fmt: skip
                if middle.node.size == 1 and about.of.size == 1:
                    other = Target("derivative", middle.node, about.wrt, key=about.key)
                    alteration = Alteration(target=other)
                else:
                    ones = {place: lambda _, P: np.ones_like(P)}
                    alteration = Alteration(received=ones)
                is_natural = middle.node.size == 1 or middle.is_map
                yield Made(alteration, words, f"d{middle.text}/d{about.wrt.name}",
                           1.0 if near else 0.3, is_natural=is_natural)  # fmt: skip


def _late_on_paths(scene: Scene) -> Iterator[Made]:
    """Leave out what comes in on one of several paths, or on all of them."""
    for way in scene.ways[:1] if scene.is_gradient else ():
        uses = way.uses.get(way.wrt, ())
        found: list[tuple[str, Alteration]] = []
        for use in uses:
            by = scene.by(use)
            if by.owner is None or (place := scene.operations.of_node[by.owner.name]) == way.of:
                continue
            has_local = by.owner.size == 1 and scene.derivation.P(place, use.by) is not None
            if by.place == place:
                late = Alteration({use: lambda at, P, use=use: at.through(use, np.ones_like(P))})
            elif has_local:
                late = Alteration({use: ways.of_another(use, place, use.by)})
            else:
                late = Alteration(received={place: lambda _, P: np.ones_like(P)})
            found.append((by.owner.name, late))
        j, L = scene.operations[way.wrt].text, scene.operations[way.of].text
        for name, late in found if len(uses) > 1 else ():
            yield Made(late, {"i": name, "local": f"∂{name}/∂{j}", "L": L})
        if len(found) > 1:
            every = Alteration()
            for _, late in found:
                every = every + late or every
            names = list(dict.fromkeys(name for name, _ in found))
            local = " and ".join(f"∂{name}/∂{j}" for name in names)
            yield Made(every, {"i": " and ".join(names), "local": local, "L": L})


def _of_another(scene: Scene) -> Iterator[Made]:
    """Take what comes in at one node for that at another."""
    for way in scene.ways if scene.is_gradient or scene.target.step else ():
        of = way.of
        for use in reversed(way.edges):  # those next to what is derived in first
            owner = scene.by(use).owner
            if owner is None or scene.used(use).node is None or len(scene.derivatives) != 1:
                continue
            by = scene.operations[scene.operations.of_node[owner.name]]
            is_inner = by.place != use.by
            if by.place == of or (is_inner and by.size != 1):
                continue
            near = use in way.uses.get(way.wrt, ())
            for other, nearness in scene.nodes_like(by):
                is_there = scene.derivation.P(of, other.place) is not None
                if not is_there or other.place == of or other.function is None:
                    continue
                taken = {use: ways.of_another(use, of, other.place, by.place if is_inner else None)}
                words = {"i": by.text, "other": other.text, "L": scene.operations[of].text}
                likely = nearness * (1.0 if near else 0.4)
                yield Made(Alteration(taken), words, scene.where(use), likely)


def _another_variable(scene: Scene) -> Iterator[Made]:
    for about in scene.derivatives if scene.target.is_first else ():
        assert about.wrt is not None  # noqa: S101 - of derivatives
        place = scene.operations.of_node[about.wrt.name]
        before = about.of.graph.ancestors(about.of)
        for other, nearness in scene.nodes_like(scene.operations[place]):
            node = other.node
            if node is None or node.name not in before or node is about.of:
                continue
            if about.kind == "J" and node not in about.of.parents:
                continue
            if scene.inner(about) is other:  # its slope is in it already, which is told so
                continue
            instead = Target(about.kind, about.of, node, key=about.key)
            near = about.wrt in node.parents or node in about.wrt.parents
            beside = scene.is_beside(node, about.wrt)
            words = {"j": about.wrt.name, "other": node.name, "L": about.of.name}
            yield Made(Alteration(target=instead), words, f"d{about.of.name}/d{node.name}",
                       1.5 if near else 1.0 if beside else nearness)  # fmt: skip


BUGS = (
    Bug(
        "path-dropped", "one path of several is left out",
        "{j} is used in several places, and the path through {through} is left out",
        "Find every place where {j} is used in the graph.",
        "multivariable chain rule: P^j = Σ P^i J^{j→i} over all edges (j, i)", 4,
        lambda scene: itertools.chain(
            _dropped(scene, shared=False, graphs=True), sums.of_units(scene, sums.without)
        ),
        over=("overwritten",),
    ),
    Bug(
        "shared-once", "a shared weight is not counted everywhere",
        "{j} is shared, and its use in {through} is not counted",
        "Mark every place where {j} stands in the graph; each has its part.",
        "a shared weight has the sum of the gradients of all its uses", 4,
        lambda scene: _dropped(scene, shared=True, graphs=True),
        over=("overwritten",),
    ),
    Bug(
        "term-dropped", "one term of the derivative of a formula is left out",
        "{j} stands in the formula several times, and the part through {i} is left out",
        "In how many places does {j} stand in this formula? Each gives a term.",
        "product and chain rule: (f g)′ = f′ g + f g′", 2.5,
        lambda scene: _dropped(scene, shared=False, graphs=False),
    ),
    Bug(
        "overwritten", "gradients are overwritten in place of added up",
        "where several paths meet, only the {which} one is kept in place of their sum",
        "What happens where two gradients arrive at the same node?",
        "accumulation: P^j += P^i J^{j→i}", 1, _overwritten,
    ),
    Bug(
        "incoming-left-out", "the local derivative is given as the gradient",
        "only {local} is given: what comes in at {i} from {L} is left out",
        "How does {L} depend on {i}? The derivative asked for goes all the way.",
        "chain rule: ∂L/∂x = ∂L/∂u · ∂u/∂x", 2.5,
        lambda scene: itertools.chain(_begun_late(scene), _late_on_paths(scene)),
    ),
    Bug(
        "wrong-incoming", "the incoming gradient is that of another node",
        "∂{L}/∂{other} is taken in place of ∂{L}/∂{i}",
        "Follow the edge in the graph: which node does it lead to?",
        "P^j = Σ P^i J^{j→i}: the P of the node that the edge leads to", 3, _of_another,
    ),
    Bug(
        "other-variable", "the derivative is taken in another variable",
        "this is the derivative of {L} in {other}, not in {j}",
        "In which variable is the derivative asked for?",
        "∂L/∂x and ∂L/∂y are different numbers", 1, _another_variable,
        over=("number-of-another-line",),
    ),
)  # fmt: skip
