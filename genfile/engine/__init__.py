"""Build with the installed engine: image names, what a Dockerfile asks for, tags from git, the command."""
