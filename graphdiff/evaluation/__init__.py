"""Numbers: number systems, the two sweeps, and what to say where there is no number."""
