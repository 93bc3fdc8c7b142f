"""The addresses and ports that a container's programs listen on, from the kernel's table."""

import ipaddress
import struct

from msgspec import Struct

from genfile.verify.docker import docker

_LISTEN = "0A"
# Docker's own name server in user-defined networks.
_ENGINE = ipaddress.ip_address("127.0.0.11")


class ListeningSocket(Struct, frozen=True, order=True):
    """An address and a port that something listens on."""

    port: int
    address: str

    @property
    def is_loopback(self) -> bool:
        """Whether nothing outside the container can reach it."""
        address = ipaddress.ip_address(self.address)
        mapped = getattr(address, "ipv4_mapped", None)
        return (mapped or address).is_loopback

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


def listeners(container: str) -> list[ListeningSocket]:
    """The listeners in a running container; none if its image has no `cat` to read the table."""
    done = docker("exec", container, "cat", "/proc/net/tcp", "/proc/net/tcp6")
    return read_table(done.output)


def read_table(text: str) -> list[ListeningSocket]:
    """The listeners in the text of /proc/net/tcp and /proc/net/tcp6."""
    found: set[ListeningSocket] = set()
    for line in text.splitlines():
        words = line.split()
        if len(words) < 4 or words[3] != _LISTEN or not words[0].rstrip(":").isdecimal():
            continue
        host, _, port = words[1].partition(":")
        try:
            address = _address(host)
            listener = ListeningSocket(int(port, 16), str(address))
        except ValueError:
            continue
        if address != _ENGINE:
            found.add(listener)
    return sorted(found)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An address from the kernel's table, whose 32-bit words are in the machine's byte order: little-endian where
    containers run."""
    raw = bytes.fromhex(text)
    if len(raw) not in (4, 16):
        raise ValueError(text)
    return ipaddress.ip_address(struct.pack(f">{len(raw) // 4}I", *struct.unpack(f"<{len(raw) // 4}I", raw)))
