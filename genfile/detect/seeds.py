"""Files that the developers' compose file has a database run on its first start: the schema, the first data."""

from genfile.container.compose import read_dotenv, read_mounts
from genfile.data import backing_services
from genfile.detect.hosting.containers import compose_files
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact

# Where the images of databases look for scripts.
_FOLDER = "/docker-entrypoint-initdb.d"
MAX_SEEDS = 20


def put_seeds(folder: Project, draft: Draft) -> None:
    """Put /seeds: what is mounted there, for the databases of the service; those of the first file that has some."""
    known = backing_services()
    wanted = [known[name] for name in draft.values.get("backing_services", ()) if name in known]
    if not wanted:
        return
    for place, name, document in compose_files(folder):
        dotenv = read_dotenv(place.text(".env") or "") if place.has(".env") else {}
        found: list[dict[str, str]] = []
        evidence: list[Evidence] = []
        for item in read_mounts(document, place.full(name), dotenv):
            image = item.image.partition("@")[0].partition(":")[0].rpartition("/")[2]
            inside = item.target == _FOLDER or item.target.startswith(f"{_FOLDER}/")
            exists = item.source in folder.tree.paths or item.source in folder.tree.folders
            exists = exists and ":" not in item.source
            service = next((service for service in wanted if image in (service.name, *service.schemes)), None)
            if service is not None and inside and exists and len(found) < MAX_SEEDS:
                found.append({"service": service.name, "path": item.source, "target": item.target})
                evidence.append(item.evidence)
        if found:
            draft.put("seeds", Fact(found, tuple(evidence)))
            return
