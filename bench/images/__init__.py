"""How good the images are: genfile's Dockerfiles next to hand-written ones, on one engine."""
