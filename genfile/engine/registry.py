"""Ask a registry for the current digest of a tag: the OCI distribution specification, section "Pull"."""

import hashlib
import http.client
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from email.message import Message
from typing import Any

from msgspec import Struct, field

from genfile import __version__
from genfile.engine.credentials import Credentials, find_credentials
from genfile.engine.reference import HUB, ImageReference
from genfile.errors import GenfileError

# An image for several platforms is its index; the digest of one platform's manifest would be wrong on the others.
_ACCEPT = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)
_HUB_SERVER = "registry-1.docker.io"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_SECONDS = 20
_MAX_BYTES = 8 * 1024 * 1024
_LOCAL = re.compile(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?")


class RegistryError(GenfileError):
    """A registry that did not return a digest."""

    code = "registry"


class Registry(Struct):
    """Access to registries during one run: each token is fetched once.

    ``plain``: hosts that are contacted without TLS, besides loopback addresses.
    """

    plain: frozenset[str] = frozenset()
    _tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)

    def digest(self, reference: ImageReference) -> str:
        """The digest of a tag, `sha256:…`. Raises RegistryError that says why there is none."""
        name = f"{reference.host}/{reference.path}:{reference.tag or 'latest'}"
        if name not in self._digests:
            self._digests[name] = self._ask(reference)
        return self._digests[name]

    def _ask(self, reference: ImageReference) -> str:
        host = _HUB_SERVER if reference.host == HUB else reference.host
        scheme = "http" if reference.host in self.plain or _LOCAL.fullmatch(host) else "https"
        url = f"{scheme}://{host}/v2/{reference.path}/manifests/{reference.tag or 'latest'}"
        key = (host, reference.path)
        for method in ("HEAD", "GET"):
            status, headers, body = self._request(method, url, self._tokens.get(key), reference)
            if status == 401 and key not in self._tokens:
                self._tokens[key] = self._token(headers.get("WWW-Authenticate", ""), reference)
                status, headers, body = self._request(method, url, self._tokens[key], reference)
            if status != 200:
                raise _refused(reference, status)
            digest = headers.get("Docker-Content-Digest", "")
            if _DIGEST.fullmatch(digest):
                return digest
        return f"sha256:{hashlib.sha256(body).hexdigest()}"

    def _request(
        self, method: str, url: str, token: str | None, reference: ImageReference
    ) -> tuple[int, Message, bytes]:
        headers = {"Accept": _ACCEPT, "User-Agent": f"genfile/{__version__}"}
        request = urllib.request.Request(url, method=method, headers=headers)
        if token is not None:
            # Not for the server of a redirect.
            request.add_unredirected_header("Authorization", token)
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
                return answer.status, answer.headers, answer.read(_MAX_BYTES)
        except urllib.error.HTTPError as error:
            return error.code, error.headers, b""
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise RegistryError(
                f"{reference.host} can't be reached: {reason}", hint="check the network and the proxy"
            ) from None

    def _token(self, challenge: str, reference: ImageReference) -> str:
        """The Authorization for a repository: Basic as it is, Bearer fetched from the realm that the registry names."""
        credentials = find_credentials(reference.host)
        kind, _, rest = challenge.partition(" ")
        if kind.lower() == "basic":
            if credentials is None:
                raise _login(reference)
            return credentials.basic
        parameters = dict(_PARAMETER.findall(rest))
        realm = parameters.get("realm", "")
        if kind.lower() != "bearer" or not realm.startswith(("https://", "http://")):
            raise RegistryError(f"{reference.host} asks for a login in a way that genfile does not know")
        query = {"scope": f"repository:{reference.path}:pull"}
        if "service" in parameters:
            query["service"] = parameters["service"]
        return f"Bearer {self._fetch_token(f'{realm}?{urllib.parse.urlencode(query)}', credentials, reference)}"

    def _fetch_token(self, url: str, credentials: Credentials | None, reference: ImageReference) -> str:
        status, _, body = self._request("GET", url, credentials.basic if credentials else None, reference)
        if status in (401, 403):
            raise _login(reference, refused=credentials is not None)
        try:
            value: Any = json.loads(body)
        except ValueError:
            value = {}
        token = value.get("token") or value.get("access_token") if isinstance(value, dict) else None
        if status != 200 or not isinstance(token, str):
            raise RegistryError(f"{reference.host} gave no token (HTTP {status})")
        return token


def _refused(reference: ImageReference, status: int) -> RegistryError:
    name = f"{reference.name}:{reference.tag or 'latest'}"
    if status == 404:
        return RegistryError(f"{name} does not exist", hint="check the name and the tag")
    if status in (401, 403):
        return _login(reference, refused=True)
    if status == 429:
        return RegistryError(
            f"{reference.host} lets nobody ask more often right now", hint="log in, or try again later"
        )
    return RegistryError(f"{reference.host} answered HTTP {status} for {name}")


def _login(reference: ImageReference, *, refused: bool = False) -> RegistryError:
    what = "refused the credentials for" if refused else "requires a login for"
    return RegistryError(f"{reference.host} {what} {reference.name}", hint=f"docker login {reference.host}")
