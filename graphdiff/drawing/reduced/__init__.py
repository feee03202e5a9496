"""Graphs with several nodes drawn as one: groups, and alike nodes."""
