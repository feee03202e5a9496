"""The command line. Rooms are imported by the command that needs them, not for ``--help``."""

from graphdiff.cli.entry import FILE_FORMAT, main

__all__ = ["FILE_FORMAT", "main"]
