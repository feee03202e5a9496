"""The built-in graphs, each a file to start from."""

from __future__ import annotations

from importlib import resources

from graphdiff.errors import unknown


def names() -> tuple[str, ...]:
    """Return the names of the built-in graphs."""
    found = (entry.name for entry in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def source(name: str) -> str:
    """Return the text of a built-in graph's file.

    Raises
    ------
    UnknownNameError
        Naming the nearest built-in graph.
    """
    if name not in names():
        raise unknown("example", name, names())
    return resources.files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")


def summary(name: str) -> str:
    """Return the first line of a built-in graph's file, which says what it is."""
    return source(name).splitlines()[0].removeprefix("#").strip()
