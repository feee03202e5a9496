"""How a compiled step is called: which program a call takes, and how its values get there."""
