"""What a graph is read as: a network, alike nodes."""
