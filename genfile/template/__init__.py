"""Templates: what a new project begins with."""
