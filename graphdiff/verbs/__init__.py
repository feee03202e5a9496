"""The verbs of a graph, by what they are about: each is a call into the room that does it."""
