"""Builds with the engine that is there: image names, what a Dockerfile asks for, tags from git, the command itself."""
