"""The files on disk: a plan of changes, and the one atomic step that applies it."""
