"""The broker of Celery's tasks, where its address says that it is RabbitMQ: Celery itself brings the client."""

from collections.abc import Iterable, Iterator

from genfile.data import backing_services
from genfile.detect.connections import Read, samples
from genfile.detect.python.application import modules
from genfile.detect.python.libraries import depends_on
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.addresses import read_address

_BROKER = "rabbitmq"
# Celery's settings, of its own and in Django's namespace.
_SETTINGS = ("broker_url", "BROKER_URL", "CELERY_BROKER_URL")


def put_broker(project: PythonProject, draft: Draft, reads: Iterable[Read]) -> None:
    """Add RabbitMQ to /backing_services if the address of a variable that the code or Celery reads is one of it: in the
    code, an example, or the project's compose file."""
    known = draft.evidence.get("/backing_services")
    listed = list(known.value) if known is not None else []
    if _BROKER in listed or depends_on(project, "celery") is None:
        return
    says = next((says for text, says in _addresses(project, list(reads)) if _is_broker(text)), None)
    if says is not None:
        both = sorted(
            [*zip(listed, known.evidence if known else (), strict=False), (_BROKER, says)], key=lambda pair: pair[0]
        )
        draft.put("backing_services", Fact([name for name, _ in both], tuple(evidence for _, evidence in both)))


def _addresses(project: PythonProject, reads: list[Read]) -> Iterator[tuple[str, Evidence]]:
    """The first address that each variable is given, and those that the code gives Celery."""
    own = {read.name for read in reads}.union(backing_services()[_BROKER].takes)
    for name, (says, texts) in samples(project.folder, reads).items():
        first = next((text for text in texts if read_address(text) is not None), None)
        if name in own and first is not None:
            yield first, says
    for path, module in modules(project):
        for call in module.calls:
            if call.callee == "celery.Celery" and isinstance(text := call.keywords.get("broker"), str):
                yield text, project.folder.says(path, call.line, "Celery(broker=…)")
        for name in _SETTINGS:
            if isinstance(text := module.setting(name), str):
                yield text, project.folder.says(path, module.line_of(name), name)


def _is_broker(text: str) -> bool:
    address = read_address(text)
    return address is not None and address.scheme in backing_services()[_BROKER].schemes
