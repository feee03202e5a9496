"""Update rules of descent as declarations, and what a step of one makes of a parameter."""
