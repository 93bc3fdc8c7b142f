"""Dockerfiles and .dockerignore files as text: reading them, quoting for them, matching against them."""
