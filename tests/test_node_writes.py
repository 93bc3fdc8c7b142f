"""Folders that a Node program writes to: each case is a smallest tree."""

import json

import pytest

import genfile
from tests.test_traps import EXPRESS, LISTEN, only, package

SERVER = f"{LISTEN}\n"


def spec_of(code: str, dependencies: dict[str, str] | None = None, **files: str) -> tuple[list[str], str | None]:
    """The writable folders and the database's folder of a program."""
    tree = {
        "package.json": package(
            dependencies={**EXPRESS, **(dependencies or {})}, scripts={"start": "node src/index.js"}
        ),
        "src/index.js": SERVER + code,
        **files,
    }
    spec = only(**tree)
    return [str(path) for path in spec.writable], spec.data


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("fs.mkdirSync('uploads', { recursive: true })", "uploads"),
        ("fs.mkdirSync(path.join(process.cwd(), 'files', 'in'))", "files/in"),
        ("const dir = path.join(__dirname, '..', 'logs'); fs.mkdirSync(dir)", "logs"),
        ("const dir = path.resolve(__dirname, 'made'); fs.mkdirSync(dir)", "src/made"),
        ("const dir = process.env.OUT_DIR || './out-files'; await fs.promises.mkdir(dir)", "out-files"),
        ("const dir = process.env.OUT_DIR ?? path.join(process.cwd(), 'kept'); fs.mkdirSync(dir)", "kept"),
        ("const out = fs.createWriteStream(path.join(__dirname, '../exports', `${name}.csv`))", "exports"),
        ("fs.writeFileSync(`./reports/${id}.pdf`, body)", "reports"),
        ("fs.writeFile(process.cwd() + '/state/last.json', text)", "state"),
        ("fs.mkdirSync(fileURLToPath(new URL('../cache-files', import.meta.url)))", "cache-files"),
        ("const made = () => path.join(__dirname, '../temp'); fs.mkdirSync(made())", "temp"),
        ("class A { constructor() { this.dir = path.join(process.cwd(), 'a'); fs.mkdirSync(this.dir) } }", "a"),
        ("class A { dir = './b'; make() { fs.mkdirSync(this.dir) } }", "b"),
        ("const multer = require('multer'); const up = multer({ dest: 'incoming/' })", "incoming"),
        (
            "const m = require('multer'); m.diskStorage({ destination: (req, f, cb) => cb(null, 'pics') })",
            "pics",
        ),
        (
            "const m = require('multer'); m.diskStorage({ destination(req, f, cb) { cb(null, 'pics2') } })",
            "pics2",
        ),
        ("const winston = require('winston'); new winston.transports.File({ filename: 'log/error.log' })", "log"),
        ("const pino = require('pino'); pino(pino.destination('./trace/app.log'))", "trace"),
        ("const F = require('session-file-store')(session); new F({ path: './sessions' })", "sessions"),
        ("const up = require('express-fileupload'); app.use(up({ tempFileDir: './tmp-up' }))", "tmp-up"),
        ("import { path } from 'app-root-path'; ensureDir(`${path}/uploads/${today}`)", "uploads"),
        ("import root from 'app-root-path'; fs.mkdirSync(`${root}/logs`)", "logs"),
        ("import root from 'app-root-path'; fs.mkdirSync(root.resolve('/made'))", "made"),
        ("const root = require('app-root-path'); fs.mkdirSync(root.path + '/kept')", "kept"),
        ("const root = require('app-root-path'); fs.mkdirSync(path.join(root.toString(), 'own'))", "own"),
    ],
)
def test_folder_written_to_is_writable(code: str, wanted: str) -> None:
    writable, _ = spec_of(code)
    assert writable == [wanted]


@pytest.mark.parametrize(
    "code",
    [
        # Not the image's own, or not known.
        "fs.mkdirSync('/var/lib/x')",
        "fs.mkdirSync(path.join(os.tmpdir(), 'x'))",
        "fs.mkdirSync(process.env.OUT_DIR)",
        "fs.mkdirSync(path.join(__dirname, '../../../x'))",
        "fs.mkdirSync(name)",
        "const dir = process.env.NODE_ENV === 'production' ? '/data' : './data'; fs.mkdirSync(dir)",
        # Reading is no writing, and a browser's File is none.
        "fs.readFileSync('views/a.html'); fs.existsSync('public')",
        "new File(['x'], 'a/b.txt')",
    ],
)
def test_other_places_are_not(code: str) -> None:
    assert spec_of(code) == ([], None)


@pytest.mark.parametrize(
    ("code", "dependency", "wanted"),
    [
        ("const B = require('better-sqlite3'); const db = new B('./data/app.db')", "better-sqlite3", "data"),
        (
            "import Database from 'better-sqlite3'; new Database(process.env.DB || path.join(__dirname, '../db/a.db'))",
            "better-sqlite3",
            "db",
        ),
        ("const sqlite3 = require('sqlite3'); new sqlite3.Database('./store/x.sqlite')", "sqlite3", "store"),
        ("new Sequelize({ dialect: 'sqlite', storage: './state/x.sqlite' })", "sequelize", "state"),
        ("knex({ client: 'sqlite3', connection: { filename: './kept/x.db' } })", "knex", "kept"),
    ],
)
def test_folder_of_a_database_that_is_a_file(code: str, dependency: str, wanted: str) -> None:
    assert spec_of(code, {dependency: "1.0.0"}) == ([], wanted)


def test_database_in_memory_or_elsewhere_is_none() -> None:
    assert spec_of("const D = require('better-sqlite3'); new Database(':memory:')", {"better-sqlite3": "1"}) == (
        [],
        None,
    )
    assert spec_of("new Sequelize({ dialect: 'postgres', storage: './x/y.sqlite' })", {"sequelize": "1"}) == ([], None)


def test_database_beside_code_is_no_volume() -> None:
    code = "const Database = require('better-sqlite3'); new Database('./app.db')"
    assert spec_of(code, {"better-sqlite3": "1"}) == (["."], None)


@pytest.mark.parametrize(
    "bound",
    [
        "const Database = (await import('better-sqlite3')).default;",
        "const { default: Database } = await import('better-sqlite3');",
        "const module = await import('better-sqlite3'); const Database = module.default;",
        "const module = (await import('better-sqlite3')); const Database = module?.default ?? module;",
    ],
)
def test_a_database_whose_package_is_imported_when_it_is_needed(bound: str) -> None:
    code = f"async function open() {{ {bound} return new Database('./store/app.db') }}"
    assert spec_of(code, {"better-sqlite3": "1"}) == ([], "store")
    assert spec_of(code.replace("better-sqlite3", "pg"), {"pg": "8"}) == ([], None)


@pytest.mark.parametrize(
    "config",
    [
        "module.exports = { dirs: { uploads: process.env.UPLOADS || 'uploads' } }",
        "const path = require('path'); const config = { dirs: { uploads: path.join(__dirname, '../uploads') } }\n"
        "module.exports = config",
    ],
)
def test_setting_of_another_module(config: str) -> None:
    code = "const config = require('./config'); fs.mkdirSync(config.dirs.uploads)"
    assert spec_of(code, {}, **{"src/config.js": config}) == (["uploads"], None)


def test_default_of_a_schema() -> None:
    schema = (
        "const s = z.object({ UPLOAD_DIR: z.string().default('./uploads') }); export const env = s.parse(process.env)"
    )
    code = "import { env } from './env.js'; fs.mkdirSync(path.resolve(env.UPLOAD_DIR))"
    assert spec_of(code, {}, **{"src/env.js": schema}) == (["uploads"], None)


def test_own_place_of_compiled_code_is_the_output() -> None:
    tree = {
        "package.json": package(
            dependencies=EXPRESS,
            devDependencies={"typescript": "5.4.0"},
            scripts={"build": "tsc", "start": "node dist/index.js"},
        ),
        "tsconfig.json": json.dumps({"compilerOptions": {"outDir": "dist", "rootDir": "src"}, "include": ["src"]}),
        "src/index.ts": "import './log'; import express from 'express'; const app = express(); app.listen(3000)",
        "src/log.ts": "fs.mkdirSync(path.join(__dirname, 'logs')); fs.mkdirSync(path.join(__dirname, '../made'))",
    }
    assert list(only(**tree).writable) == ["dist/logs", "made"]


def test_image_makes_the_folders() -> None:
    made = genfile.generate(
        {
            "package.json": package(dependencies=EXPRESS, scripts={"start": "node index.js"}),
            "index.js": f"{SERVER}fs.mkdirSync(path.join(__dirname, 'uploads'))",
        }
    )
    assert "/app/uploads" in made.files["Dockerfile"]


def test_a_schema_that_nest_writes_at_start() -> None:
    code = (
        "const { GraphQLModule } = require('@nestjs/graphql');"
        "GraphQLModule.forRoot({ autoSchemaFile: path.join(process.cwd(), 'made/schema.gql') })"
    )
    assert spec_of(code, {}) == (["made"], None)
    assert spec_of(code.replace("path.join(process.cwd(), 'made/schema.gql')", "true"), {}) == ([], None)


def test_an_upload_that_moves_itself() -> None:
    code = "app.post('/', (req) => req.files.photo.mv(path.resolve(__dirname, '..', 'pictures', name)))"
    assert spec_of(code, {}) == (["pictures"], None)
    assert spec_of("shell.mv('one', 'pictures/two')", {}) == ([], None)
