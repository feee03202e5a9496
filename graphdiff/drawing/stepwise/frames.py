"""The frames of the two sweeps, in the forms one can show and keep."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Unpack

from graphdiff.derivations import symbols
from graphdiff.drawing import formats
from graphdiff.drawing.choices import takes
from graphdiff.drawing.options import (
    Options,
    SavingSteps,
    SavingStepsKeywords,
    checked_scale,
    checked_seconds,
)
from graphdiff.drawing.scene import Scene
from graphdiff.drawing.stepwise import animated, gif, mp4, playing, webp
from graphdiff.drawing.stepwise.cumulative_scene import Stepwise, stepwise
from graphdiff.drawing.writers import svg, tikz, writing
from graphdiff.drawing.writers.density import told
from graphdiff.errors import DrawingError
from graphdiff.evaluation.run import Run
from graphdiff.files.storage import write_all
from graphdiff.graph import ComputationalGraph

MAX_PIXELS = 1_500_000_000
"""Of all numbered PNG files together; they compress to about a tenth of a byte each."""


@dataclass(frozen=True, repr=False)
class Frame:
    """The picture after one step; it shows itself in a notebook.

    Attributes
    ----------
    scene
        The picture as shapes with places.
    caption
        What was computed, in plain text.
    """

    scene: Scene
    caption: str

    @property
    def alt(self) -> str:
        """The picture in words."""
        return self.scene.alt

    @cached_property
    def svg(self) -> str:
        """The picture as SVG, with all text as outlines."""
        return svg.svg(self.scene)

    def png(self, scale: float = writing.PNG_SCALE) -> bytes:
        """Return the picture as PNG, ``scale`` pixels to a unit of the SVG (1/96 inch)."""
        return writing.png(self.scene, scale)

    def __repr__(self) -> str:
        return f"<Frame: {self.caption}>"

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True, repr=False)
class Frames:
    """The picture after each step of a forward and a backward sweep.

    The first frame has the leaves' values; then comes one for each computed node, in order, and
    after a backward sweep one for each P, in reverse order, and one for the nodes the output
    does not depend on, if there are any. Nothing moves from one to the next. In a notebook they
    play.

    Attributes
    ----------
    steps
        The picture of all steps, with their captions and descriptions.
    """

    steps: Stepwise

    @property
    def captions(self) -> tuple[str, ...]:
        """What is computed in each step, in plain text."""
        return self.steps.captions

    @property
    def scenes(self) -> tuple[Scene, ...]:
        """The frames as shapes with places."""
        return tuple(frame.scene for frame in self)

    @property
    def svgs(self) -> tuple[str, ...]:
        """Each frame as SVG."""
        return tuple(frame.svg for frame in self)

    @cached_property
    def svg(self) -> str:
        """The steps as one SVG that plays, a second and a half for each."""
        return self.animated_svg()

    @property
    def alt(self) -> str:
        """The steps in words, each with its caption."""
        return self.steps.scene.alt

    def __len__(self) -> int:
        return len(self.steps.captions)

    def __getitem__(self, k: int) -> Frame:
        k = range(len(self))[k]
        scene = replace(self.steps.scene.at(k), alt=self.steps.alts[k])
        return Frame(scene, self.steps.captions[k])

    def __iter__(self) -> Iterator[Frame]:
        return (self[k] for k in range(len(self)))

    def animated_svg(self, seconds: float = 1.5, *, text: bool = False) -> str:
        """Return one SVG that plays the steps, ``seconds`` for each, again and again.

        It needs no script. Where nothing moves, in print and for readers who asked for less
        motion, it shows the last step. With ``text`` it can be selected, searched and copied.
        """
        checked_seconds(seconds)
        return animated.animated(self.steps.scene, len(self), seconds, text=text)

    @cached_property
    def beamer(self) -> str:
        r"""The steps as one picture of TikZ, a slide of Beamer for each.

        It compiles on its own, and by ``\\input`` in a frame of a document of Beamer where tikz,
        amsmath and amssymb are loaded. In other documents it shows the last step.
        """
        return tikz.slides(self.steps.scene, len(self))

    def gif(self, scale: float = 1, seconds: float = 1.5) -> bytes:
        """Return the steps as an animated GIF, ``scale`` pixels to a unit of the SVG.

        Raises
        ------
        DrawingError
            If there are too many frames or pixels.
        """
        pngs = self._pngs("GIF", scale, seconds)
        return gif.gif(pngs, playing.durations(len(self), seconds))

    def webp(self, scale: float = writing.PNG_SCALE, seconds: float = 1.5) -> bytes:
        """Return the steps as an animated WebP, which has all colours, in fewer bytes than a GIF.

        Raises
        ------
        DrawingError
            If there are too many frames or pixels, or Pillow cannot write the format.
        """
        pngs = self._pngs("WebP", scale, seconds)
        lasting = playing.durations(len(self), seconds)
        return webp.webp(pngs, lasting, self.steps.scene.pixels, scale)

    def mp4(self, scale: float = writing.PNG_SCALE, seconds: float = 1.5) -> bytes:
        """Return the steps as a film, made by ffmpeg.

        Raises
        ------
        DrawingError
            If there are too many frames or pixels, or there is no ffmpeg on this machine.
        """
        return mp4.mp4(self._pngs("MP4", scale, seconds), seconds, self.steps.scene.background)

    def _pngs(self, what: str, scale: float, seconds: float) -> list[bytes]:
        """Return each frame as PNG, for a file that plays."""
        checked_seconds(seconds)
        checked_scale(scale)
        playing.check_size(what, len(self), self.steps.scene.pixels, scale)
        return [frame.png(scale) for frame in self]

    @takes(SavingSteps, SavingStepsKeywords)
    def save(
        self, path: str | os.PathLike[str], **choices: Unpack[SavingStepsKeywords]
    ) -> tuple[Path, ...]:
        """Write the steps, and return the files written.

        .svg, .gif, .webp and .mp4 play, .tex has a slide of Beamer for each step; with .png and
        .pdf, there are as many files as frames: ``sweep-001.png``, ``sweep-002.png``, …

        Parameters
        ----------
        {choices}

        Raises
        ------
        DrawingError
            For another suffix.
        FileError
            If one of the files exists and ``overwrite`` is false, before any is written; or if
            one cannot be written.
        """
        path, saving = Path(path), SavingSteps(**choices)
        suffix = formats.suffix_of(path, formats.STEPS)
        if suffix in TOGETHER and not (saving.numbered and suffix in writing.WRITERS):
            files = {path: TOGETHER[suffix](self, saving)}
        else:
            files = dict(self._numbered(path, suffix, saving))
        return write_all(files, overwrite=saving.overwrite)

    def _numbered(
        self, path: Path, suffix: str, saving: SavingSteps
    ) -> Iterator[tuple[Path, str | bytes]]:
        """Yield each frame as a file."""
        if suffix == ".png":
            scale = saving.pixels or writing.PNG_SCALE
            _check_pixels(len(self), self.steps.scene.pixels, scale)
        digits = max(3, len(str(len(self))))
        for k, frame in enumerate(self, start=1):
            numbered = path.with_name(f"{path.stem}-{k:0{digits}}{path.suffix}")
            yield numbered, writing.WRITERS[suffix](frame.scene, saving)

    def __repr__(self) -> str:
        called = f" of {self.steps.scene.title!r}"
        return f"<Frames{called}: {len(self)} steps>"

    def _repr_svg_(self) -> str:
        return self.svg


TOGETHER: Mapping[str, Callable[[Frames, SavingSteps], str | bytes]] = MappingProxyType(
    {
        ".svg": lambda steps, saving: steps.animated_svg(saving.seconds, text=bool(saving.text)),
        ".tex": lambda steps, _: steps.beamer,
        ".gif": lambda steps, saving: steps.gif(saving.pixels or 1, saving.seconds),
        ".webp": lambda steps, saving: steps.webp(
            saving.pixels or writing.PNG_SCALE, saving.seconds
        ),
        ".mp4": lambda steps, saving: steps.mp4(saving.pixels or writing.PNG_SCALE, saving.seconds),
    }
)
"""What writes all steps to one file, by its suffix."""


def frames(graph: ComputationalGraph, run: Run | None, options: Options) -> Frames:
    """Return the picture after each step of a run.

    Raises
    ------
    DrawingError
        If there is no run, or it took too many steps to be drawn, or the style is another.
    """
    with symbols.writing(options.notation, graph, options.labels):
        return Frames(stepwise(graph, run, options))


def _check_pixels(count: int, size: tuple[float, float], scale: float) -> None:
    """Raise unless so many PNGs can be held in memory, to be written all or none."""
    pixels = count * size[0] * size[1]
    if pixels * scale * scale > MAX_PIXELS:
        asked, fitting = told(scale, (MAX_PIXELS / pixels) ** 0.5)
        raise DrawingError(
            f"{asked} there are {count} pictures of {size[0] * scale:.0f} × "
            f"{size[1] * scale:.0f} pixels; {fitting}, or save the steps as .svg"
        )
