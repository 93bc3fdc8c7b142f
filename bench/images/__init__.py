"""How good the images are: what genfile writes beside Dockerfiles that were written by hand, on one engine."""
