"""Graphs as files: TOML to write by hand, JSON to exchange."""
