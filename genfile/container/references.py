"""What an image reference says of the image."""


def image_name(reference: str) -> str:
    """The last part of the repository, in lower case: `pgvector` of `registry.example:5000/pgvector/pgvector:pg18`."""
    return reference.partition("@")[0].rpartition("/")[2].partition(":")[0].lower()
