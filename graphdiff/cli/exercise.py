"""The command exercise: random exercises with friendly numbers, to hand out and to mark."""

from __future__ import annotations

import argparse

from graphdiff.cli.common import OK, add_force, say
from graphdiff.errors import GraphdiffError
from graphdiff.errors.plain_text import neutral

MOST = 500
"""Variants that are made at once."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same seed gives the same exercise (1)"
    )
    command.add_argument(
        "--nodes", type=int, default=8, metavar="N", help="about so many computed nodes (8)"
    )
    command.add_argument(
        "--topic", default="mixed", metavar="NAME", help="what it is about (mixed); see --list"
    )
    command.add_argument("--tensors", action="store_true", help="nodes are vectors and matrices")
    command.add_argument(
        "--level", default="medium", metavar="NAME", help="easy, medium or hard (medium)"
    )
    command.add_argument(
        "--count", type=int, metavar="N", help="so many variants with other numbers, a folder each"
    )
    command.add_argument("--list", action="store_true", help="list the topics")
    command.add_argument("-o", dest="folder", metavar="DIR", help="the folder to write to")
    add_force(command)


def command(given: argparse.Namespace) -> int:
    """Run the command."""
    from graphdiff import exercises
    from graphdiff.exercises import folder

    if given.list:
        for topic in exercises.TOPICS.values():
            say(f"{topic.name:<15} {topic.kinds:<17} {topic.about}")
        return OK
    if not given.folder:
        raise GraphdiffError("-o DIR is missing: the folder to write to")
    choices = {name: getattr(given, name) for name in ("nodes", "topic", "tensors", "level")}
    if given.count is None:
        made = exercises.exercise(given.seed, **choices)
        written = folder.save(made, given.folder, overwrite=given.force)
    elif 1 <= given.count <= MOST:
        several = exercises.variants(given.seed, given.count, **choices)
        written = folder.save_several(several, given.folder, overwrite=given.force)
    else:
        raise GraphdiffError(f"--count is {given.count}; give a number from 1 to {MOST}")
    if given.count is None:
        for path in written:
            say(f"wrote {neutral(path)}")
    else:
        say(f"wrote {neutral(written[0])}")
        say(f"wrote {given.count} exercises, {len(written)} files")
    return OK
