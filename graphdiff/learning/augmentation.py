"""Data augmentation: examples again, a little different, drawn from a seed.

Examples are rows of numbers, (m, n), or small images, (m, height, width); each is changed by
itself, and the labels stay. The same seed gives the same numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphdiff.errors import GraphError


def noisy(X: Any, scale: float = 0.1, *, seed: Any = 0) -> np.ndarray:
    """Return examples with Gaussian noise on every entry.

    Parameters
    ----------
    scale
        The standard deviation, one, or one for each feature.

    Examples
    --------
    >>> noisy([[1, 2]], 0).tolist()
    [[1.0, 2.0]]
    """
    rows, spread = _examples(X), np.asarray(scale, float)
    if not np.all(spread >= 0):
        raise GraphError(f"scale is {scale!r:.40}; give a standard deviation that is not negative")
    return rows + spread * np.random.default_rng(seed).normal(size=rows.shape)


def scaled(X: Any, least: float = 0.9, most: float = 1.1, *, seed: Any = 0) -> np.ndarray:
    """Return examples, each times a number between two.

    Examples
    --------
    >>> scaled([[1, 2], [3, 4]], 2, 2).tolist()
    [[2.0, 4.0], [6.0, 8.0]]
    """
    rows = _examples(X)
    if not -np.inf < least <= most < np.inf:
        raise GraphError(f"the factors are from {least!r} to {most!r}; give the smaller first")
    factors = np.random.default_rng(seed).uniform(least, most, len(rows))
    return rows * factors.reshape(-1, *(1,) * (rows.ndim - 1))


def rotated(images: Any, degrees: float = 10, *, seed: Any = 0) -> np.ndarray:
    """Return images, each turned about its middle by up to so many degrees either way.

    Between the pixels it is bilinear; what comes in from outside is 0.

    Examples
    --------
    >>> rotated([[[0, 1], [2, 3]]], 0).tolist()
    [[[0.0, 1.0], [2.0, 3.0]]]
    """
    from scipy.ndimage import rotate

    given = _images(images)
    if not 0 <= degrees <= 180:
        raise GraphError(f"degrees is {degrees!r:.40}; give a number from 0 to 180")
    angles = np.random.default_rng(seed).uniform(-degrees, degrees, len(given))
    turned = [rotate(image, angle, reshape=False, order=1)
              for image, angle in zip(given, angles, strict=True)]  # fmt: skip
    return np.stack(turned)


def shifted(images: Any, pixels: int = 1, *, seed: Any = 0) -> np.ndarray:
    """Return images, each moved by up to so many pixels either way, down and to the right.

    What comes in from outside is 0.

    Examples
    --------
    >>> shifted([[[0, 1], [2, 3]]], 0).tolist()
    [[[0.0, 1.0], [2.0, 3.0]]]
    """
    given = _images(images)
    if isinstance(pixels, bool) or not isinstance(pixels, int | np.integer) or pixels < 0:
        raise GraphError(f"pixels is {pixels!r:.40}; give a whole number that is not negative")
    moves = np.random.default_rng(seed).integers(-pixels, pixels, (len(given), 2), endpoint=True)
    padded = np.pad(given, ((0, 0), (pixels, pixels), (pixels, pixels)))
    height, width = given.shape[1:]
    return np.stack([
        image[pixels - down : pixels - down + height, pixels - right : pixels - right + width]
        for image, (down, right) in zip(padded, moves.tolist(), strict=True)
    ])  # fmt: skip


def flipped(
    images: Any, rate: float = 0.5, *, axis: str = "horizontal", seed: Any = 0
) -> np.ndarray:
    """Return images, some of them mirrored.

    Parameters
    ----------
    rate
        The probability of each to be.
    axis
        ``"horizontal"``, left and right change places, or ``"vertical"``, top and bottom.

    Examples
    --------
    >>> flipped([[[0, 1], [2, 3]]], 1).tolist()
    [[[1.0, 0.0], [3.0, 2.0]]]
    """
    given = _images(images)
    if axis not in ("horizontal", "vertical"):
        raise GraphError(f"axis is {axis!r:.40}; choose 'horizontal' or 'vertical'")
    if not 0 <= rate <= 1:
        raise GraphError(f"rate is {rate!r:.40}; give a probability, from 0 to 1")
    chosen = np.random.default_rng(seed).random(len(given)) < rate
    mirrored = given[:, :, ::-1] if axis == "horizontal" else given[:, ::-1]
    return np.where(chosen[:, None, None], mirrored, given)


def _examples(X: Any) -> np.ndarray:
    rows = np.asarray(X, float)
    if rows.ndim < 1 or not np.isfinite(rows).all():
        what = "a number" if rows.ndim < 1 else "not finite everywhere"
        raise GraphError(f"the examples are {what}; give rows of finite numbers, (m, n)")
    return rows


def _images(images: Any) -> np.ndarray:
    found = _examples(images)
    if found.ndim != 3:
        raise GraphError(
            f"the images have shape {found.shape}; give (m, height, width), rows of pixels by "
            "X.reshape(-1, height, width)"
        )
    return found
