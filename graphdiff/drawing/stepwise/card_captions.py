"""What is said of a step of several nodes, in the words of their card.

z_j = Σ_k w_{j,k} x_k = [1 2], z_j: P = [3 4]; of a group its outputs.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphdiff.drawing.labels.description import NodeLabel, Phrase, Role
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.stepwise.captions import HEADINGS, ROOM, Caption, Form
from graphdiff.drawing.stepwise.steps import SweepStep
from graphdiff.notation.equations import Link

MAX_NAME = 40


def caption(step: SweepStep, card: NodeLabel) -> Caption:
    """Return what is said of the step of a card, in full, and of what it is alone."""
    return Caption(HEADINGS[step.sweep], tuple(dict.fromkeys(_forms(step, card))))


def told(step: SweepStep, card: NodeLabel) -> str:
    """Tell in plain text what the step of a card found."""
    return " ".join(link.text for link in next(_forms(step, card)))


def _forms(step: SweepStep, card: NodeLabel) -> Iterator[Form]:
    roles: tuple[Role, ...] = ("P",) if step.sweep == "backward" else ("formula", "value")
    said = [phrase for phrase in card.phrases if phrase.role in roles]
    is_named = step.sweep == "forward" and card.card != "group" and len(said) > 1
    name = () if is_named else (_name(card, last=not said),)
    found = [_set(phrase) for phrase in said]
    yield (*name, *found)
    yield (_name(card, last=True),)


def _name(card: NodeLabel, *, last: bool) -> Link:
    """Return what a card is called, before what is said of it; words have no LaTeX."""
    called = card.called
    colon = "" if last else ":"
    if called is None or not called.latex:
        name = card.name if len(card.name) <= MAX_NAME else f"{card.name[: MAX_NAME - 1]}…"
        return Link(f"{name}{colon}", "")
    return Link(f"{called.plain}{colon}", f"{called.latex}{colon}")


def _set(phrase: Phrase) -> Link:
    """Return a phrase in a form that a caption has room for; of a large array what is told."""
    while phrase.shorter is not None and not boxes.whole(phrase, ROOM):
        phrase = phrase.shorter
    if not phrase.describes:
        return Link(phrase.plain, phrase.latex)
    if phrase.heading is not None:
        return Link(phrase.plain, rf"{phrase.heading.latex} \text{{ with }} {phrase.latex}")
    return Link(f"with {phrase.plain}", rf"\text{{with }} {phrase.latex}")
