"""Whether what a requirement's marker asks for holds in an image."""

from functools import lru_cache

from genfile.data import runtime

# What markers say of the image's platform.
_LINUX = {
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
}


@lru_cache(maxsize=1_000)
def holds(marker: str | None) -> bool:
    """Whether a marker holds on Linux with the newest Python; one that asks for an extra, or can't be read, does."""
    if not marker or "extra" in marker:
        return True
    from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

    line = runtime("python").default
    try:
        return Marker(marker).evaluate({**_LINUX, "python_version": line, "python_full_version": f"{line}.0"})
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName, RecursionError):
        return True
