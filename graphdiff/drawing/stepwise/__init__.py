"""The picture after each step of the sweeps."""
