"""Pictures one after the other as one that plays: what they have in common is drawn once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from graphdiff.drawing import typeset
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Group, Item, Scene, Text
from graphdiff.drawing.sheet_scene import MARGIN
from graphdiff.drawing.stepwise.cumulative_scene import MAX_FRAMES, Stepwise
from graphdiff.drawing.stepwise.frames import Frames
from graphdiff.drawing.themes import Theme
from graphdiff.drawing.writers.fitting import fitted
from graphdiff.drawing.writers.sizing import of_size
from graphdiff.errors import DrawingError

CAPTION = 16.0


def played(scenes: Sequence[Scene], captions: Sequence[str], options: Options) -> Frames:
    """Return the frames that scenes are, each with a caption below it.

    Each stands with its top left corner where the others have theirs, on a sheet for the largest.

    Raises
    ------
    DrawingError
        If there are none, or too many.
    """
    if not 0 < len(scenes) <= MAX_FRAMES:
        raise DrawingError(f"there are {len(scenes)} pictures; from 1 to {MAX_FRAMES} play")
    theme = options.theme
    first = scenes[0]
    width = max(scene.width for scene in scenes)
    height = max(scene.height for scene in scenes)
    items = tuple(_merged([(k, scene.items) for k, scene in enumerate(scenes)]))
    said = tuple(_caption(k, line, width, height, theme) for k, line in enumerate(captions))
    whole = Scene(
        math.ceil(width),
        math.ceil(height + 2 * CAPTION),
        theme.background,
        first.title,
        f"{first.title} in {len(scenes)} steps. {captions[0]} … {captions[-1]}. In the end: "
        f"{scenes[-1].alt}",
        (*items, *said),
    )
    alts = tuple(f"{line}. {scene.alt}" for line, scene in zip(captions, scenes, strict=True))
    scene = of_size(fitted(whole, options), options.size)
    return Frames(Stepwise(scene, tuple(captions), alts))


def _caption(k: int, line: str, width: float, height: float, theme: Theme) -> Group:
    fragment = typeset.words(line, CAPTION)
    fragment = fragment.scaled(min(1.0, (width - 2 * MARGIN) / max(fragment.width, 1.0)))
    text = Text(fragment, MARGIN, height + CAPTION / 2, theme.ink, centred=False)
    return Group((text,), kind="caption", title=line, steps=(k, k + 1))


Frame = tuple[int, tuple[Item, ...]]
"""The number of a frame, and what is in it."""


def _merged(frames: Sequence[Frame]) -> Iterator[Item]:
    """Yield the items of frames that follow each other, those that stay as one.

    The items at one place are compared: equal ones stay, groups of one kind are merged in turn.
    """
    longest = max(len(items) for _, items in frames)
    for place in range(longest):
        there = [(k, items[place]) for k, items in frames if place < len(items)]
        for run in _runs(there):
            yield from _one(run, frames)


def _runs(there: Sequence[tuple[int, Item]]) -> Iterator[list[tuple[int, Item]]]:
    """Yield the parts in which frames follow each other and items are equal, or alike groups."""
    run: list[tuple[int, Item]] = []
    for k, item in there:
        if run and (k != run[-1][0] + 1 or not _alike(run[-1][1], item)):
            yield run
            run = []
        run.append((k, item))
    if run:
        yield run


def _alike(one: Item, other: Item) -> bool:
    if isinstance(one, Group) and isinstance(other, Group):
        return replace(one, items=()) == replace(other, items=())
    return one == other


def _one(run: list[tuple[int, Item]], frames: Sequence[Frame]) -> Iterator[Item]:
    """Yield the item that stands for equal ones, seen in their frames alone."""
    (start, item), end = run[0], run[-1][0] + 1
    always = start == frames[0][0] and end == frames[-1][0] + 1
    seen = None if always else (start, end)
    different = len(list(groupby(other for _, other in run))) > 1
    if different:
        assert isinstance(item, Group)  # noqa: S101 - others are alike only if they are equal
        parts = [(k, group.items) for k, group in run if isinstance(group, Group)]
        yield replace(item, items=tuple(_merged(parts)), steps=seen)
    elif seen is None:
        yield item
    elif isinstance(item, Group):
        yield replace(item, steps=seen)
    else:
        yield Group((item,), steps=seen)
