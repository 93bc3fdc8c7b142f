"""What a Java service needs from outside: system packages, databases, variables."""

from collections.abc import Iterator

from msgspec.structs import replace

from genfile.data import backing_services, system_packages
from genfile.detect.addresses import put_addresses
from genfile.detect.connections import Read, put_connections, put_fallbacks
from genfile.detect.hosting import run_packages
from genfile.detect.java.build import Build
from genfile.detect.java.drivers import data_source
from genfile.detect.java.local import local_settings, tell_of_local
from genfile.detect.java.outside import variables
from genfile.detect.java.profile import needed_profile, put_profile
from genfile.detect.java.settings import flat_settings, plain_key
from genfile.detect.java.units import leave_units_alone
from genfile.detect.required import put_required
from genfile.detect.shared import is_secret
from genfile.evidence import Draft, Evidence, Fact


def put_stores(build: Build, draft: Draft) -> None:
    """Put /connections and /addresses."""
    spring = draft.values.get("framework") == "spring-boot"
    reads = list(_reads(build, spring=spring))
    put_fallbacks(draft, reads)
    source = data_source(build)
    dialects = frozenset([source.kind] if source is not None else ())

    def depends(name: str) -> bool:
        return ":" in name and build.find(name) is not None

    literal = {
        plain_key(key).replace(".", "") for key, fact in flat_settings(build.folder).items() if "${" not in fact.value
    }

    def configured(variable: str) -> bool:
        return variable.replace("_", "").lower() in literal

    names = []
    if source is not None:
        # Its address may contain a password.
        names = [Fact(source.name, (replace(source.says, says=f"the database is {source.name}"),))]
    put_connections(draft, build.folder, reads, depends, dialects=dialects, configured=configured, names=names)
    if spring:
        leave_units_alone(build, draft)
        put_profile(build.folder, draft)
        reads += local_settings(build.folder)
        tell_of_local(build.folder, draft)
    put_addresses(draft, build.folder, reads)


def _reads(build: Build, *, spring: bool) -> Iterator[Read]:
    for item in variables(build, spring=spring):
        yield Read(item.name, replace(item.says, says=item.name), item.default)


def put_outside(build: Build, draft: Draft) -> None:
    """Put system packages, databases, variables and connections."""
    run: set[str] = set()
    evidence: list[Evidence] = []
    for name, needs in system_packages("maven").items():
        found = build.find(name)
        if found is not None and needs.run:
            run.update(needs.run)
            evidence.append(found.evidence)
    programs, says_programs = run_packages(build.folder)
    run.update(programs)
    evidence.extend(says_programs)
    if run:
        draft.put("system_packages", Fact({"build": [], "run": sorted(run)}, tuple(evidence)))
    backing = {
        service.name: found.evidence
        for service in backing_services().values()
        if (found := build.find(*service.maven)) is not None and service.maven
    }
    if backing:
        draft.put("backing_services", Fact(sorted(backing), tuple(backing[name] for name in sorted(backing))))
    present = {draft.values.get("port_variable")}
    needed: list[tuple[str, Evidence]] = []
    spring = draft.values.get("framework") == "spring-boot"
    profile = needed_profile(build.folder, backing) if spring else None
    for item in variables(build, spring=spring, profile=profile.name if profile is not None else None):
        if item.name not in present:
            present.add(item.name)
            value = {"name": item.name, "phase": "run", "secret": is_secret(item.name)}
            draft.values.setdefault("environment", []).append(value)
            needed += [(item.name, item.says)] if item.needed else []
    put_required(draft, needed)
    put_stores(build, draft)
