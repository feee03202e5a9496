"""The local function of a node: its program, its pullback, its derivative."""
