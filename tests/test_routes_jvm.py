"""Health routes in the code of JVM frameworks: each case is a smallest tree."""

import pytest

from tests.test_jvm_hosts import program
from tests.test_traps import only

JAVALIN = "io.javalin:javalin:6.3.0"


def health(files: dict[str, str]) -> str | None:
    found = only(**files).health
    return found.path if found is not None else None


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ('Javalin.create().get("/health", c -> {}).start(7070);', "/health"),
        ('var app = Javalin.create(); app.get("/api/health", c -> {}); app.start(7070);', "/api/health"),
        ('Javalin.create(c -> c.router.apiBuilder(() -> { path("api", () -> { get("/health", h); }); })).start(7070);',
         "/api/health"),
        ('Javalin.create(c -> c.router.apiBuilder(() -> { path(base(), () -> { get("/health", h); }); })).start(7070);',
         None),
        ('Javalin.create(c -> c.router.apiBuilder(() -> path("v1", () -> routes()))).start(7070); } '
         'static void routes() { get("healthz", h);', "/v1/healthz"),
        # A reference to a method does not say what it is mounted below.
        ('Javalin.create(c -> c.router.apiBuilder(App::routes)).start(7070); } static void routes() '
         '{ get("healthz", h);', None),
        ('var app = Javalin.create(); app.before(c -> checkAuth(c)); app.get("/health", c -> {}); app.start(7070);',
         None),
        ('Javalin.create(c -> c.router.contextPath = base()).get("/health", c -> {}).start(7070);', None),
        ('Javalin.create().post("/health", c -> {}).start(7070);', None),
        ('Javalin.create().get("/orders", c -> {}).start(7070);', None),
    ],
)  # fmt: skip
def test_javalin(body: str, path: str | None) -> None:
    assert health(program(JAVALIN, body)) == path


@pytest.mark.parametrize(
    ("code", "settings", "path"),
    [
        ('fun Application.module() { routing { get("/health") { } } }', "", "/health"),
        ('fun Application.module() { routing { route("/api") { get("/health") { } } } }', "", "/api/health"),
        ('fun Application.module() { routing { route(base) { get("/health") { } } } }', "", None),
        ('fun Application.module() { routing { authenticate("jwt") { get("/health") { } } } }', "", None),
        ('fun Application.module() { routing { route("/v1") { checks() } } }\n'
         'fun Route.checks() { get("/healthz") { } }', "", "/v1/healthz"),
        ('fun Application.module() { routing { } }\nfun Route.checks() { get("/healthz") { } }', "", None),
        ('fun Application.module() { routing { get("/health") { } } }', "\n    rootPath = /base", "/base/health"),
    ],
)  # fmt: skip
def test_ktor(code: str, settings: str, path: str | None) -> None:
    files = {
        "settings.gradle.kts": 'rootProject.name = "mill"\n',
        "build.gradle.kts": 'plugins { kotlin("jvm") version "2.0.20"; id("io.ktor.plugin") version "3.0.0" }\n'
        'application { mainClass.set("io.ktor.server.netty.EngineMain") }\n'
        'dependencies { implementation("io.ktor:ktor-server-netty") }\n',
        "src/main/kotlin/App.kt": f"{code}\n",
        "src/main/resources/application.conf": f"ktor {{\n  deployment {{\n    port = 8380{settings}\n  }}\n}}\n",
    }
    assert health(files) == path


@pytest.mark.parametrize(("more", "path"), [("", "/health"), ('other.route("/api/*").subRouter(router);', None)])
def test_vertx(more: str, path: str | None) -> None:
    body = f'Router router = Router.router(vertx); router.get("/health").handler(c -> c.end()); {more}'
    body += "vertx.createHttpServer().requestHandler(router).listen(8888);"
    assert health(program("io.vertx:vertx-web:4.5.10", body)) == path
