"""Templates for new projects."""
