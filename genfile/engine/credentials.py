"""Credentials of registries, as stored by `docker login` and `podman login`."""

import base64
import binascii
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from msgspec import Struct

from genfile.engine.reference import HUB

_HUB_KEYS = ("https://index.docker.io/v1/", "index.docker.io", "docker.io", "registry-1.docker.io")
_HELPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_SECONDS = 20


class Credentials(Struct, frozen=True):
    """A user and a password or token."""

    user: str
    password: str

    @property
    def basic(self) -> str:
        """The value of an Authorization header."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")


def find_credentials(host: str) -> Credentials | None:
    """The credentials for a registry in Docker's configuration, or else in Podman's; None for anonymous access."""
    for path in _files():
        config = _read(path)
        for key in (
            _HUB_KEYS if host == HUB else (host, f"https://{host}", f"https://{host}/v1/", f"https://{host}/v2/")
        ):
            found = _from_helper(config, key) or _from_file(config, key)
            if found is not None:
                return found
    return None


def _files() -> list[Path]:
    home = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    found = [home / "config.json"]
    if os.environ.get("REGISTRY_AUTH_FILE"):
        found.append(Path(os.environ["REGISTRY_AUTH_FILE"]))
    if runtime:
        found.append(Path(runtime) / "containers" / "auth.json")
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _from_file(config: dict[str, Any], key: str) -> Credentials | None:
    entries = config.get("auths")
    entry = entries.get(key) if isinstance(entries, dict) else None
    if not isinstance(entry, dict) or not isinstance(entry.get("auth"), str):
        return None
    try:
        user, sign, password = base64.b64decode(entry["auth"]).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return Credentials(user, password) if sign else None


def _from_helper(config: dict[str, Any], key: str) -> Credentials | None:
    """From the program that keeps them: docs.docker.com/reference/cli/docker/login/#credential-helpers."""
    helpers = config.get("credHelpers")
    name = helpers.get(key) if isinstance(helpers, dict) else None
    name = name or config.get("credsStore")
    if not isinstance(name, str) or not _HELPER.fullmatch(name):
        return None
    try:
        done = subprocess.run(
            [f"docker-credential-{name}", "get"],
            input=key,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            text=True,
            check=False,
        )
        value = json.loads(done.stdout) if done.returncode == 0 else {}
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    user, secret = value.get("Username"), value.get("Secret")
    return Credentials(user, secret) if isinstance(user, str) and isinstance(secret, str) and secret else None
