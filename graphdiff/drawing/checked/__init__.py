"""A checked page: its own lines, each with the verdict beside it, and the graph."""
