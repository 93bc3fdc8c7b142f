"""Container files that stay true: what was decided, what genfile wrote, and what has changed since."""
