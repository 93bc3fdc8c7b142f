"""The profile of a Spring Boot program that compose.yaml sets, since only its configuration leads to the database."""

from collections.abc import Collection

from msgspec import Struct

from genfile.data import backing_services, load_table
from genfile.detect.java.documents import developed, left_active, lone_source, lookup, profiled
from genfile.detect.java.settings import expand
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers import Document

VARIABLE = "SPRING_PROFILES_ACTIVE"


class Profile(Struct, frozen=True):
    """A profile, the database that its data source is for, and where the configuration says so."""

    name: str
    service: str
    says: Evidence


def needed_profile(folder: Project, services: Collection[str]) -> Profile | None:
    """The profile for one of ``services``: production's, if a developer's is left active, or else the only one with a
    data source, if nothing activates any."""
    left = left_active(folder)
    name = left[1] if left is not None else lone_source(folder)
    if name is None:
        return None
    sql = [item for item in load_table("connections")["sql"] if item in services]
    for file, document in profiled(folder, name):
        url, line = lookup(document, "spring.datasource.url")
        if url is None:
            continue
        service = _service(folder, document, str(url), sql)
        place = left[0] if left is not None else folder.says(file, line, "spring.datasource.url")
        # A developer's that leads there too needs no other.
        reached = left is not None and any(
            _service(folder, other, str(lookup(other, "spring.datasource.url")[0]), sql) == service
            for _, other in developed(folder)
            if lookup(other, "spring.datasource.url")[0] is not None
        )
        return Profile(name, service, place) if service is not None and not reached else None
    return None


def _service(folder: Project, document: Document, url: str, sql: list[str]) -> str | None:
    """The database of a data source: the one that its address or its driver names, or the only one."""
    text = expand(folder, url) or ""
    driver = str(lookup(document, "spring.datasource.driver-class-name")[0] or "")
    if not text.startswith("jdbc:") and not driver:
        return sql[0] if len(sql) == 1 and not text else None
    known = backing_services()
    words = {text.split(":")[1]} if text.startswith("jdbc:") else set(driver.lower().split("."))
    return next((name for name in sql if words & {name, *known[name].schemes}), None)


def put_profile(folder: Project, draft: Draft) -> None:
    """Add the profile to /connections, for the database that the service gets."""
    found = needed_profile(folder, draft.values.get("backing_services", ()))
    if found is not None and VARIABLE not in {item["name"] for item in draft.values.get("environment", ())}:
        given = {"variable": VARIABLE, "service": found.service, "form": found.name}
        fact = draft.evidence.get("/connections")
        listed, known = (fact.value, fact.evidence) if fact is not None else ([], ())
        draft.put("connections", Fact([*listed, given], (*known, found.says)))


def tell_of_profile(folder: Project, draft: Draft) -> None:
    """Note a configuration that activates a developer's profile, if there is one for production."""
    found = left_active(folder) if draft.values.get("framework") == "spring-boot" else None
    if found is not None:
        says, name = found
        given = any(item["variable"] == VARIABLE for item in draft.values.get("connections", ()))
        more = ", as compose.yaml does" if given else ""
        text = f"{says}: the image starts with it too: give {VARIABLE}={name} to the container{more}"
        draft.note("warning", text, says.path, says.line)
