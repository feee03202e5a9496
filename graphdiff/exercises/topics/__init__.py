"""What exercises are about: each topic one small declaration, a builder of graphs."""

from __future__ import annotations

from graphdiff.errors import UnknownNameError, unknown
from graphdiff.exercises.topics import arrays, grown, losses, networks
from graphdiff.exercises.topics.declaration import Topic

TOPICS = {
    topic.name: topic for module in (grown, networks, losses, arrays) for topic in module.TOPICS
}
"""The topics by name; of scalars, of tensors or of both."""


def topic_of(name: str) -> Topic:
    """Return a topic by its name.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    if name not in TOPICS:
        raise UnknownNameError(unknown("topic", name, TOPICS))
    return TOPICS[name]
