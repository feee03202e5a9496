"""Frames as a film, MP4, made by ffmpeg if that is on this machine."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from graphdiff.drawing.stepwise.playing import HOLD
from graphdiff.errors import DrawingError
from graphdiff.errors.plain_text import neutral

PICTURES_A_SECOND = 10
"""So many there are, alike for as long as a step lasts: players expect some."""
SECONDS = 600
"""After which the program is stopped."""


def mp4(pngs: Sequence[bytes], seconds: float, background: str) -> bytes:
    """Return frames, each a PNG, as a film that ends with the last, which is held.

    Raises
    ------
    DrawingError
        If there is no ffmpeg, saying where to get it, or it cannot make the film.
    """
    program = _ffmpeg()
    shown = b"".join([*pngs, *[pngs[-1]] * round(HOLD)])
    even = f"pad=ceil(iw/2)*2:ceil(ih/2)*2:color=0x{background[1:]}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "steps.mp4")
        command = [
            *(program, "-nostdin", "-v", "error", "-y"),
            *("-f", "image2pipe", "-c:v", "png", "-framerate", f"{1 / seconds:.9f}", "-i", "-"),
            *("-vf", even, "-r", str(PICTURES_A_SECOND), "-pix_fmt", "yuv420p"),
            *("-c:v", "libx264", "-crf", "16", "-tune", "animation", "-threads", "1"),
            *("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"),
            *("-movflags", "+faststart", str(path)),
        ]
        try:
            done = subprocess.run(  # noqa: S603 - nothing of a user is in it
                command, input=shown, capture_output=True, timeout=SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(str(error)) from None
        if done.returncode or not path.is_file():
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise _failed(said[-1] if said else f"it ended with {done.returncode}")
        return path.read_bytes()


def _ffmpeg() -> str:
    """Return the program, of this machine or of the package that brings it."""
    if found := shutil.which("ffmpeg"):
        return found
    try:
        package: Any = import_module("imageio_ffmpeg")
        return package.get_ffmpeg_exe()
    except (ImportError, RuntimeError):
        raise DrawingError(
            "an MP4 is made by ffmpeg, which is not on this machine; install it (apt install "
            "ffmpeg, brew install ffmpeg, winget install ffmpeg, or pip install imageio-ffmpeg), "
            "or save the steps as .webp, .gif or .svg"
        ) from None


def _failed(why: str) -> DrawingError:
    return DrawingError(
        f"ffmpeg could not make the film: {neutral(why, 200)}; save the steps as "
        f".webp, .gif or .svg"
    )
