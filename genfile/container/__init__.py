"""What container files mean: Dockerfiles interpreted, compose services, Kubernetes manifests, commands in prose.

Each reader is a function from texts to frozen values, each value with the place that says so. Nothing here knows
what they are read for: detection takes the answers as witnesses, and others may ask the same questions.
"""

from genfile.container.choice import production_stage
from genfile.container.image import Image, interpret
from genfile.container.model import Command, Port, Said

__all__ = ["Command", "Image", "Port", "Said", "interpret", "production_stage"]
