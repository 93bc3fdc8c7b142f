"""New projects from templates, and their updates: rendered in memory, planned, and only then written."""
