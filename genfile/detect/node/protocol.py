"""Whether a server answers plain HTTP requests, so that a health check can send one."""

from genfile.detect.node.reach import Sources

# Modules and packages whose servers use another protocol, and those whose options turn on TLS.
_OTHERS = frozenset("net tls https http2 @grpc/grpc-js grpc spdy".split())
_MAKERS = frozenset("createServer createSecureServer Server createMicroservice".split())
_SECURE = ("https", "httpsOptions", "http2", "tls")


def answers_http(framework: str | None, sources: Sources) -> bool:
    """False if anything that starts may use TLS, HTTP/2 or another protocol."""
    if framework == "grpc":
        return False
    for _, module in sources:
        imported = {item.module.removeprefix("node:") for item in module.imports} & _OTHERS
        for call in module.calls:
            owner, _, name = call.callee.rpartition(".")
            if name == "createMicroservice" or (imported and name in _MAKERS and owner != "http"):
                return False
            if any(isinstance(value, dict) and any(value.get(key) for key in _SECURE) for value in call.arguments):
                return False
    return True
