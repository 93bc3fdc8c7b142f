"""The files on disk: what would change, and the one atomic step that changes it."""
