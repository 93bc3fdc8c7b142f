"""The other programs of a Go module: what the image has besides the server, and what compose runs."""

import pytest

from genfile.preset.compose import render_compose
from genfile.preset.layout import plan_layout
from genfile.spec.base import plain
from tests.test_traps import GO_MOD, GO_SERVER, inspect, only

WORKER = """package main
import ("context"; "os"; "github.com/redis/go-redis/v9")
func main() {
	client := redis.NewClient(&redis.Options{Addr: os.Getenv("REDIS_ADDR")})
	for {
		client.BLPop(context.Background(), 0, "jobs")
	}
}
"""
MIGRATE = """package main
import ("database/sql"; "os")
func main() {
	db, _ := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	db.Exec("create table a (id int)")
}
"""
ASKS = 'package main\nimport "fmt"\nfunc main() { var a string; for { fmt.Scanln(&a) } }\n'
REDIS = GO_MOD + "\nrequire github.com/redis/go-redis/v9 v9.7.0\n"
SHOP = {"go.mod": REDIS, "cmd/server/main.go": GO_SERVER, "cmd/worker/main.go": WORKER, "cmd/migrate/main.go": MIGRATE}


def compose(**tree: str) -> str:
    spec = only(**tree)
    return render_compose([(spec, plan_layout(plain(spec), several=False))])


def test_a_program_that_stays_is_a_process_with_what_it_needs() -> None:
    spec = only(**SHOP)
    assert spec.processes == {"worker": ("/app/worker",)}
    assert spec.backing_services == ("redis",)
    assert "REDIS_ADDR" in {item.name for item in spec.environment} | {item.variable for item in spec.connections}


def test_a_program_that_ends_is_no_process_and_a_note_names_it() -> None:
    found = inspect(**SHOP)
    texts = [note.text for item in found.services for note in item.notes]
    assert any("also has ./cmd/migrate (" in text for text in texts)


def test_compose_starts_the_other_program_in_place_of_the_server() -> None:
    text = compose(**SHOP)
    assert '    entrypoint: ["/app/worker"]\n' in text
    assert "migrate" not in text


def test_a_second_server_is_a_process_and_a_note_tells_of_its_port() -> None:
    tree = {"go.mod": GO_MOD, "cmd/api/main.go": GO_SERVER, "cmd/admin/main.go": GO_SERVER.replace("9000", "9001")}
    found = inspect(**tree).services
    assert [(item.spec.port, item.spec.processes) for item in found] == [(9000, {"admin": ("/app/admin",)})]
    assert any("./cmd/admin listens too" in note.text for note in found[0].notes)


@pytest.mark.parametrize(
    "tree",
    [
        pytest.param({"cmd/ask/main.go": ASKS}, id="asks at a terminal"),
        pytest.param({"examples/worker/main.go": WORKER}, id="an example"),
        pytest.param({"cmd/load/main.go": WORKER, "Makefile": "all:\n\tgo build ./cmd/server\n"}, id="not released"),
        pytest.param({"cmd/migrate/main.go": MIGRATE, "Procfile": "web: bin/server\njob: bin/migrate\n"}, id="ends"),
        pytest.param({"cmd/b/server/main.go": WORKER}, id="a binary of the server's name"),
    ],
)
def test_what_does_not_run_in_production_is_no_process(tree: dict[str, str]) -> None:
    assert only(**{"go.mod": REDIS, "cmd/server/main.go": GO_SERVER}, **tree).processes == {}


def test_a_procfile_names_a_program_and_its_arguments() -> None:
    line = "web: bin/server\nworker: bin/worker -queue mail\n"
    assert only(**SHOP, Procfile=line).processes == {"worker": ("/app/worker", "-queue", "mail")}


def test_a_folder_of_the_programs_name_moves_the_binary() -> None:
    reads = WORKER.replace("client :=", 'os.ReadFile("worker/settings.json")\n\tclient :=')
    tree = SHOP | {"cmd/worker/main.go": reads, "worker/settings.json": "{}"}
    assert only(**tree).processes == {"worker": ("/app/bin/worker",)}
