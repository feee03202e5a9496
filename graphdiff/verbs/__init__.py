"""The verbs of a graph, by what they are about: each is a call into the room that does it.

A verb imports its room when it is called, where that takes time: who builds a graph and runs it
does not wait for what draws or checks.
"""
