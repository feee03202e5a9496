"""What can be seen of a result, to compare it with a copy, here and in another process."""

import re

from round_trips import described

import graphdiff as gd
from graphdiff.program.compiled import Compiled


def outcome(made):
    """Return all that can be seen of a result, but how long it took."""
    seen = re.sub(r"[\d.e-]+ ms", "", repr(made))
    match made:
        case gd.Graph():
            return seen, described(made), {k: [n.name for n in v] for k, v in made.groups.items()}
        case gd.Run():
            return seen, repr(dict(made.P)), repr(dict(made.J)), repr(dict(made.gradient))
        case Compiled():
            return seen, repr(made()), made.source
        case _:
            texts = (getattr(made, name, None) for name in ("text", "latex", "source"))
            return seen, str(made), *(found for found in texts if isinstance(found, str))
