"""A graph and its derivatives as one tape of operations."""
