"""Pages of hand-computed backpropagation: what their lines mean, and whether they are right."""
