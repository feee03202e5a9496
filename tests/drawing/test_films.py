"""Steps as WebP and MP4: they play, each step as long as asked, and show what the steps show."""

from __future__ import annotations

import io
import os
import shutil
import sys
from functools import cache

import pytest
from drawing_graphs import regression
from PIL import Image, ImageChops, features

from graphdiff.cli import main
from graphdiff.drawing.stepwise import mp4, playing, webp
from graphdiff.errors import DrawingError

needs_webp = pytest.mark.skipif(not features.check("webp"), reason="Pillow without WebP")
needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="no ffmpeg on this machine")


@cache
def steps():
    graph = regression()
    return graph.frames(graph.backward())


@needs_webp
def test_a_webp_shows_every_step_without_loss():
    with Image.open(io.BytesIO(steps().webp(scale=1, seconds=2))) as film:
        assert film.n_frames == len(steps())
        assert film.info["loop"] == 0
        lasted = []
        for k in range(film.n_frames):
            film.seek(k)
            film.load()
            lasted.append(film.info["duration"])
            frame = Image.open(io.BytesIO(steps()[k].png(1))).convert("RGB")
            assert ImageChops.difference(film.convert("RGB"), frame).getbbox() is None
    assert lasted == playing.durations(len(steps()), 2)
    assert lasted[-1] == 3 * lasted[0] == 6000


@needs_webp
def test_saving_a_webp(tmp_path):
    (path,) = steps().save(tmp_path / "a.webp", scale=0.5, seconds=1)
    assert path.read_bytes() == steps().webp(0.5, 1)


def test_what_pillow_cannot_write_is_said(monkeypatch):
    monkeypatch.setattr(features, "check", lambda name: False)
    with pytest.raises(DrawingError, match="without WebP here; install it from PyPI"):
        steps().webp(0.5)


@pytest.mark.parametrize("how", ["gif", "webp", "mp4"])
@pytest.mark.parametrize("bad", [{"scale": 0}, {"scale": 30}, {"seconds": 0}, {"seconds": 1e9}])
def test_scales_and_times_that_cannot_be(how, bad):
    with pytest.raises(DrawingError, match=r"scale|seconds"):
        getattr(steps(), how)(**bad)


def test_a_webp_has_no_longer_sides():
    said = r"at scale 2 \(192 dpi\) .* at most 16383 a side; use scale=1.6 \(dpi=157\) or less"
    with pytest.raises(DrawingError, match=said):
        webp.webp([], [], (10_000, 10), 2)


def test_without_ffmpeg_it_is_said_where_to_get_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(DrawingError, match=r"apt install ffmpeg.* save the steps as \.webp"):
        steps().save(tmp_path / "a.mp4", scale=0.1)
    regression().save(tmp_path / "g.toml")
    film = str(tmp_path / "a.mp4")
    assert main(["draw", str(tmp_path / "g.toml"), "--steps", "-o", film, "--scale", "0.1"]) == 2
    assert "pip install imageio-ffmpeg" in capsys.readouterr().err
    assert not (tmp_path / "a.mp4").exists()


@pytest.mark.skipif(os.name != "posix", reason="the program is a script of the shell")
def test_why_ffmpeg_failed_is_said_in_one_line(tmp_path, monkeypatch):
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\nprintf 'one\\nno such \\033[31mcodec\\n' >&2\nexit 3\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(DrawingError, match=r"the film: no such \\x1b\[31mcodec; save") as caught:
        steps().mp4(0.1)
    assert "\x1b" not in str(caught.value)


@needs_ffmpeg
def test_an_mp4_plays():
    film = steps().mp4(scale=0.5, seconds=1)
    assert film[4:8] == b"ftyp"
    assert film.index(b"moov") < film.index(b"mdat"), "it starts before it is loaded"
    at = film.index(b"mvhd") + 4
    scale, lasts = (int.from_bytes(film[k : k + 4], "big") for k in (at + 12, at + 16))
    assert lasts / scale == pytest.approx(len(steps()) + playing.HOLD, abs=0.2)


def test_a_film_is_made_of_all_steps(monkeypatch):
    given = []

    def run(command, **how):
        given.append((command, how["input"]))
        raise OSError("stopped")

    monkeypatch.setattr(mp4, "_ffmpeg", lambda: "ffmpeg")
    monkeypatch.setattr(mp4.subprocess, "run", run)
    with pytest.raises(DrawingError, match="stopped"):
        steps().mp4(0.1, seconds=0.5)
    ((command, shown),) = given
    assert shown.count(b"IEND") == len(steps()) + playing.HOLD
    assert command[command.index("-framerate") + 1] == "2.000000000"
