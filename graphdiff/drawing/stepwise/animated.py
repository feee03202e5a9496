"""The steps of a sweep as one SVG that plays by itself.

Everything stands in it once; a style sheet says when it is seen. Where styles are not animated,
in print, for readers who asked for less motion, in programs without animation, the last
step is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from graphdiff.drawing.scene import Group, Item, Scene
from graphdiff.drawing.stepwise.playing import HOLD
from graphdiff.drawing.writers import svg


def animated(scene: Scene, count: int, seconds: float, *, text: bool = False) -> str:
    """Return a scene of several steps as an animated SVG, ``seconds`` for each step.

    With ``text`` it can be selected, as in :func:`graphdiff.drawing.writers.svg.svg`.
    """
    prefix = svg.prefix_of(scene)
    spans = sorted(set(_spans(scene.items)))
    style = "".join(_rules(spans, count, seconds, prefix))
    body = _items(scene.items, prefix, count, text=text)
    return svg.document(scene, body, prefix, style)


def _spans(items: Iterable[Item]) -> Iterator[tuple[int, int]]:
    for item in items:
        if isinstance(item, Group):
            if item.steps is not None:
                yield item.steps
            yield from _spans(item.items)


def _rules(
    spans: Iterable[tuple[int, int]], count: int, seconds: float, prefix: str
) -> Iterator[str]:
    """Yield the style sheet; what it does not reach is as in the last step."""
    total = count + HOLD
    yield "@media screen and (prefers-reduced-motion:no-preference){"
    for span in spans:
        name = _class(span, prefix)
        yield f".{name}{{animation:{name} {svg.number(total * seconds)}s step-end infinite}}"
        yield f"@keyframes {name}{{{_frames(span, count, total)}}}"
    yield "}"


def _frames(span: tuple[int, int], count: int, total: float) -> str:
    """Return the key frames of what is seen from one step to before another."""
    first, last = span
    changes = [(0, 0)] if first else []
    changes += [(first, 1), *([(last, 0)] if last < count else [])]
    return "".join(f"{100 * step / total:.4g}%{{opacity:{seen}}}" for step, seen in changes)


def _class(span: tuple[int, int], prefix: str) -> str:
    return f"{prefix}-{span[0]}-{span[1]}"


def _items(drawn: Iterable[Item], prefix: str, count: int, *, text: bool) -> Iterator[str]:
    """Yield elements as :mod:`graphdiff.drawing.writers.svg` does, in groups of their steps."""
    for item in drawn:
        if isinstance(item, Group) and item.steps is not None:
            hidden = ' opacity="0"' if item.steps[1] < count else ""
            yield f'<g class="{_class(item.steps, prefix)}"{hidden}>'
            yield from _items((replace(item, steps=None),), prefix, count, text=text)
            yield "</g>"
        elif isinstance(item, Group) and any(isinstance(inner, Group) for inner in item.items):
            yield svg.opened(item)
            yield from _items(item.items, prefix, count, text=text)
            yield "</g>"
        else:
            yield svg.element(item, prefix, text=text)
