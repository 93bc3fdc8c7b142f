"""Keep container files up to date: what was decided, what genfile wrote, and what has changed since."""
