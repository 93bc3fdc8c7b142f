"""What the log of a failed build or start means, and what mends it."""

from typing import TYPE_CHECKING

import pytest

from genfile.spec.project import parse_spec
from genfile.verify.diagnose import Diagnosis, diagnose
from genfile.verify.gates import Gate, Report
from genfile.verify.running import GateOutcome

if TYPE_CHECKING:
    from genfile.spec.project import Spec

NODE = {"language": "node", "name": "shop", "path": ".", "runtime": {"version": "24"}, "port": 3000}
PYTHON = {"language": "python", "name": "shop", "path": ".", "runtime": {"version": "3.14"}, "port": 8000}


def spec(values: dict[str, object]) -> "Spec":
    manager = {"name": "npm" if values["language"] == "node" else "pip"}
    return parse_spec({"package_manager": manager, "system_packages": {"run": ["openssl"]}, **values})


SILENT = GateOutcome(False, "", silent=True)


def found(
    gate: str, log: str, values: dict[str, object] = NODE, finding: GateOutcome | None = None
) -> Diagnosis | None:
    return diagnose(Report([Gate(gate, False, 1.0, "")], log, finding=finding), spec(values))


@pytest.mark.parametrize(
    ("gate", "log", "known", "said"),
    [
        ("build", "write /x: no space left on device", "no-space", "disk is full"),
        ("build", "npm error code SELF_SIGNED_CERT_IN_CHAIN", "proxy-certificate", "does not trust a certificate"),
        ("build", "Error: getaddrinfo ENOTFOUND binaries.prisma.sh", "no-network", "binaries.prisma.sh"),
        ("build", "npm error code E401", "registry-login", "requires a login"),
        (
            "build",
            "ERR_PNPM_OUTDATED_LOCKFILE  Cannot install",
            "lock-out-of-date",
            "lockfile does not match its manifest",
        ),
        ("build", "npm ERR! code ERESOLVE", "peer-dependencies", "peer dependencies"),
        ("build", 'npm error Unsupported URL Type "workspace:": workspace:*', "workspace-protocol", "workspace:"),
        ("build", "gyp ERR! not ok", "native-build", "needs a compiler, but the build stage has none"),
        ("build", "Error: spawn git ENOENT", "git-missing", "runs git, but the build stage does not have it"),
        ("build", "FATAL ERROR: JavaScript heap out of memory", "heap-limit", "heap of Node.js is too small"),
        ("build", 'failed to compute cache key: x: "/conf": not found', "file-not-in-context", "/conf is copied"),
        ("start", "Error: libGL.so.1: cannot open shared object file", "shared-library", "libGL.so.1 is missing"),
        ("start", "exec /app/run: exec format error", "wrong-architecture", "built for another CPU architecture"),
        ("start", "/lib/libc.so.6: version `GLIBC_2.38' not found", "glibc", "GLIBC_2.38"),
        ("start", "SyntaxError: Cannot use import statement outside a module", "commonjs-module", "mixes ES modules"),
        ("start", "Error: Cannot find module 'express'", "node-module", "express is not in the image"),
        ("start", "Error: Cannot find package '@acme/core' imported", "node-module", "@acme/core is not in the image"),
        (
            "start",
            "Error: Cannot find module '/app/dist/main.js'",
            "node-file",
            "/app/dist/main.js is not in the image",
        ),
        ("start", "Error: connect ECONNREFUSED 127.0.0.1:5432", "database", "can't reach its database"),
        ("start", "Error: JWT_SECRET is not defined", "required-variable", "does not start without JWT_SECRET"),
        ("start", "EROFS: read-only file system, mkdir '/app/uploads/tmp'", "read-only", "/app/uploads/tmp"),
        ("start", "EACCES: permission denied, open '/app/logs/x.log'", "permission", "/app/logs/x.log"),
        ("start", "Error: listen EACCES: permission denied 0.0.0.0:80", "privileged-port", "port 80"),
        ("start", "Error: listen EADDRINUSE: address already in use :::3000", "address-in-use", "same port"),
        (
            "start",
            'exec: "ffmpeg": executable file not found in $PATH',
            "program-not-found",
            "ffmpeg is not in the image",
        ),
        ("start", "ENOENT: no such file or directory, open '/app/conf.json'", "file-missing", "/app/conf.json"),
        (
            "start",
            "failed to connect to `user=a database=b`:\n\t127.0.0.1:5441",
            "database",
            "can't reach its database",
        ),
        ("answer", "Unable to determine Dialect without JDBC metadata", "database", "can't reach its database"),
        ("start", "2026/11/30 Error loading .env files", "dotenv", "no .env file"),
        ("start", "Error: unable to open database file: no such file", "database-file", "its database file"),
        ("start", "Error: JWT_SECRET no está definido", "variable-named", "names JWT_SECRET"),
    ],
)
def test_known_failures(gate: str, log: str, known: str, said: str) -> None:
    diagnosis = found(gate, f"first line\n{log}\nlast line")
    assert diagnosis is not None
    assert diagnosis.id == known
    assert said in diagnosis.text
    assert diagnosis.hint


@pytest.mark.parametrize(
    ("gate", "log"),
    [
        ("build", "debconf: (TERM is not set, so the dialog frontend is not usable.)"),
        ("start", "TERM is not set"),
        ("start", "Error [ERR_PACKAGE_PATH_NOT_EXPORTED]: Package subpath './x' is not defined"),
        ("start", "Loaded 12 values of .env"),
    ],
)
def test_what_names_no_variable(gate: str, log: str) -> None:
    assert found(gate, log) is None


GO: dict[str, object] = {
    "language": "go",
    "name": "shop",
    "path": ".",
    "runtime": {"version": "1.27"},
    "main_package": ".",
}


@pytest.mark.parametrize(
    "log",
    [
        "go: a.example/b/c@v1.2.3: reading https://proxy.golang.org/a.example/b/c/@v/v1.2.3.mod: 404 Not Found",
        "go: a.example/b/c@v1.2.3: invalid version: git ls-remote -q origin in /go/pkg: exit status 128:",
    ],
)
def test_a_module_that_may_be_private(log: str) -> None:
    values: dict[str, object] = {**GO, "package_manager": {"name": "gomod"}}
    diagnosis = found("build", log, values)
    assert diagnosis is not None
    assert (diagnosis.id, "a.example/b/c" in diagnosis.text) == ("private-module", True)


@pytest.mark.parametrize(
    ("log", "known", "settings"),
    [
        ("pg_config executable not found", "pg-config", "system_packages.build"),
        ("No matching distribution found for numpy==1.21.0", "no-wheel", "runtime.version"),
        ("ModuleNotFoundError: No module named 'yaml'", "python-module", "extra_packages"),
        ("Error loading psycopg2 or psycopg module", "database-driver", "extra_packages"),
    ],
)
def test_failures_of_python(log: str, known: str, settings: str) -> None:
    gate = "build" if known in ("pg-config", "no-wheel") else "start"
    diagnosis = found(gate, log, PYTHON)
    assert diagnosis is not None
    assert diagnosis.id == known
    assert settings in diagnosis.settings
    assert diagnosis.certain


def test_a_library_is_added_to_what_is_there() -> None:
    diagnosis = found("start", "error while loading shared libraries: libpq.so.5")
    assert diagnosis is not None
    assert diagnosis.settings == {"system_packages.run": ["openssl", "libpq5"]}
    assert diagnosis.toml() == ['"system_packages.run" = ["openssl", "libpq5"]']


def test_a_library_that_the_index_does_not_have_is_named_by_policy() -> None:
    diagnosis = found("start", "error while loading shared libraries: libfoo-2.so.7")
    assert diagnosis is not None
    assert diagnosis.settings == {"system_packages.run": ["openssl", "libfoo-2-7"]}


def test_a_module_that_nobody_knows_is_not_installed() -> None:
    diagnosis = found("start", "ModuleNotFoundError: No module named 'ourownthing'", PYTHON)
    assert diagnosis is not None
    assert not diagnosis.settings
    assert not diagnosis.certain


def test_a_folder_of_the_program_is_made_writable_and_no_other() -> None:
    inside = found("start", "EROFS: read-only file system, open '/app/data/x.json'")
    assert inside is not None
    assert inside.settings == {"writable": ["data"]}
    outside = found("start", "EROFS: read-only file system, open '/etc/x.json'")
    assert outside is not None
    assert not outside.settings


def test_what_the_gates_tell_without_a_word_in_the_log() -> None:
    local = found("answer", "Server running at http://127.0.0.1:3000", finding=SILENT)
    assert local is not None
    assert local.id == "loopback"
    store = found("answer", "MongooseServerSelectionError: connect ECONNREFUSED 127.0.0.1:27017", finding=SILENT)
    assert store is not None
    assert store.id == "database"
    other = found("answer", "listening on port 8081", finding=SILENT)
    assert other is not None
    assert other.settings == {"port": 8081}
    stuck = found("stop", "", finding=GateOutcome(False, "", stuck=True))
    assert stuck is not None
    assert stuck.id == "no-signal"


SUBPATH = """Error [ERR_PACKAGE_PATH_NOT_EXPORTED]: Package subpath './deep.js' is not defined by "exports" in \
/app/node_modules/@acme/kit/package.json imported from /app/server.mjs"""


@pytest.mark.parametrize(
    ("gate", "log", "known", "said"),
    [
        ("build", "npm error notarget No matching version found for left@0.0.9.", "no-release", "has no left@0.0.9"),
        ("build", 'error Couldn\'t find any versions for "left" that matches "9"', "no-release", "has no left"),
        ("build", "npm error 404  'left@0.0.9' is not in this registry.", "no-release", "has no left@0.0.9"),
        ("build", "src/a.tsx(2,15): error TS6133: 'b' is declared", "type-error", "src/a.tsx(2,15)"),
        ("build", "src/a.ts:2:15 - error TS2304: Cannot find name", "type-error", "src/a.ts:2:15"),
        ("start", SUBPATH, "package-path", "a path that @acme/kit does not export"),
    ],
)
def test_packages_that_are_not_as_the_code_expects(gate: str, log: str, known: str, said: str) -> None:
    diagnosis = found(gate, log)
    assert diagnosis is not None
    assert diagnosis.id == known
    assert said in diagnosis.text


def test_a_code_of_an_error_is_no_variable() -> None:
    assert found("start", "Error [ERR_FANCY_CODE]: odd\n    at x {\n  code: 'ERR_FANCY_CODE'\n}") is None
    assert found("start", "Error: STORE_CANTOPEN: no\n  code: 'STORE_CANTOPEN'\n}") is None
    named = found("start", "Error: no value for MAIL_KEY\n  code: 'OTHER_CODE'\n}")
    assert named is not None
    assert "MAIL_KEY" in named.text


def test_steps_that_did_not_fail_say_nothing() -> None:
    passed = "#7 1.2 API_KEY is not set\n#7 DONE 3.0s\n"
    failed = "#9 1.0 something odd\n#9 ERROR: process did not complete successfully: exit code: 1\n------\n 1.0 odd"
    assert found("build", passed + failed) is None
    assert found("build", passed) is not None
    assert found("build", "debconf: (TERM is not set, so the dialog frontend is not usable.)") is None
    assert found("build", passed.replace("#7", "#9") + failed) is not None


def test_what_passed_or_is_unknown_has_no_cause() -> None:
    assert found("build", "something odd") is None
    assert diagnose(Report([Gate("build", True, 1.0, "")], "no space left on device"), spec(NODE)) is None
