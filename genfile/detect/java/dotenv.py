"""JVM programs that stop without a .env, which no image has, since variables come from outside."""

from genfile.detect.code import parse_code
from genfile.detect.java.build import Build
from genfile.detect.java.life import source_names
from genfile.evidence import Draft
from genfile.parsers.jvm import parse_java, parse_kotlin

_PACKAGE = "io.github.cdimascio.dotenv"
# The library looks for the file in the working folder, then on the class path.
_PACKED = "src/main/resources/.env"


def put_dotenv(build: Build, draft: Draft) -> None:
    """Note the first place where dotenv-java or dotenv-kotlin does not ignore a missing file."""
    if build.folder.has(_PACKED):
        return
    for name in source_names(build.folder):
        if _PACKAGE not in (build.folder.text(name) or ""):
            continue
        parsed = parse_code(build.folder, parse_kotlin if name.endswith(".kt") else parse_java, name)
        if parsed is None or not any(item.startswith(_PACKAGE) for item in parsed.imports):
            continue
        for names, line in parsed.chains:
            loads = names == ("dotenv",) or (names[0] == "Dotenv" and names[-1] == "load")
            if loads and "ignoreIfMissing" not in names:
                says = build.folder.says(name, line, ".".join(names))
                text = f"{says}: this throws if .env is missing, and an image has no .env"
                remedy = "call ignoreIfMissing() and pass the variables to the container"
                draft.note("warning", f"{text}: {remedy}", says.path, says.line)
                return
