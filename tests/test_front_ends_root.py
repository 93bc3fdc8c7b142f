"""A front end whose package.json is in the server's own folder: the image takes what it builds, not the whole tree."""

import json

import pytest

from genfile.api import generate
from genfile.source.memory import MemorySource
from tests.test_front_ends import MAIN, POM, inspect, only

GO = {
    "go.mod": "module example.com/s\n\ngo 1.24\n",
    "main.go": 'package main\n\nimport (\n\t"net/http"\n\n\t"example.com/s/web"\n)\n\nfunc main() {\n'
    '\thttp.Handle("/", http.FileServer(http.FS(web.D)))\n\thttp.ListenAndServe(":7070", nil)\n}\n',
    "web/web.go": 'package web\n\nimport "embed"\n\n//go:embed all:dist\nvar D embed.FS\n',
}
FLASK = {
    "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n",
    "app/__init__.py": "from flask import Flask\n\napp = Flask(__name__)\n",
}
SPRING = {"pom.xml": POM, "src/main/java/a/App.java": MAIN}


def front(config: str, name: str = "vite.config.js", build: str = "vite build", **more: str) -> dict[str, str]:
    tools = {"vite": "6.0.0"} if "vite" in name else {"webpack": "5.90.0", "webpack-cli": "5.1.0"}
    package = {"name": "pages", "private": True, "scripts": {"build": build}, "devDependencies": tools, **more}
    return {"package.json": json.dumps(package), name: config, "index.html": "<div></div>"}


@pytest.mark.parametrize(
    ("server", "pages", "output"),
    [
        (GO, front("export default { build: { outDir: 'web/dist' } }"), "web/dist"),
        (FLASK, front("export default { root: 'ui', build: { outDir: '../app/static/dist' } }"), "app/static/dist"),
        (
            SPRING,
            front("export default { build: { outDir: 'src/main/resources/static' } }"),
            "src/main/resources/static",
        ),
        (
            FLASK,
            front("module.exports = { output: { path: __dirname + '/app/static' } }", "webpack.config.js", "webpack"),
            "app/static",
        ),
    ],
)
def test_output_of_the_bundler_is_all_that_the_server_takes(
    server: dict[str, str], pages: dict[str, str], output: str
) -> None:
    spec = only({**server, **pages})
    assert spec.frontend is not None
    assert (spec.frontend.output, spec.frontend.target) == (output, output)


def test_embedded_pages_are_in_the_build_and_not_beside_the_program() -> None:
    files = {**GO, **front("export default { build: { outDir: 'web/dist' } }")}
    text = str(generate(MemorySource({name: content.encode() for name, content in files.items()})).files["Dockerfile"])
    assert "COPY --link --from=frontend /app/web/dist /src/web/dist" in text
    assert "--from=frontend /app /app" not in text


def test_pages_that_the_java_build_makes_have_no_stage() -> None:
    plugin = (
        "<plugin><groupId>com.github.eirslett</groupId><artifactId>frontend-maven-plugin</artifactId>"
        "<version>1.15.0</version></plugin><plugin>"
    )
    pom = POM.replace("<plugin>", plugin, 1)
    files = {"pom.xml": pom, "src/main/java/a/App.java": MAIN}
    assert (
        only({**files, **front("export default { build: { outDir: 'src/main/resources/static' } }")}).frontend is None
    )


def test_a_java_service_beside_pages_for_another_host_has_no_stage() -> None:
    assert only({**SPRING, **front("export default { build: { outDir: 'public_html' } }")}).frontend is None


def test_committed_pages_of_a_java_service_are_not_built() -> None:
    files = {**SPRING, "src/main/resources/static/index.html": "<p></p>"}
    assert (
        only({**files, **front("export default { build: { outDir: 'src/main/resources/static' } }")}).frontend is None
    )


def test_a_build_that_moves_its_output_is_not_taken_by_its_configuration() -> None:
    inspection = inspect({**FLASK, **front("export default {}", build="vite build && cp -r dist app/static")})
    front_end = inspection.services[0].spec.frontend
    assert front_end is not None
    assert front_end.output == "."
    assert any("not known where" in note.text for note in inspection.services[0].notes)
