"""Measured labels and their places."""
