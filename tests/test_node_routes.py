"""Where Node's routers are reached: Nest's controllers, files that Fastify loads by their folder, chains of calls."""

import json

import pytest

from tests.test_traps import only, package

CONTROLLER = "@Controller('health') export class HealthController { @Get() check() { return 'up'; } }"


def nest(setup: str = "", controller: str = CONTROLLER, module: str = "") -> str | None:
    """The health path of a Nest application with one controller, which its module imports."""
    options = {"outDir": "dist", "rootDir": "src", "module": "commonjs"}
    scripts = {"build": "nest build", "start": "node dist/main.js"}
    names = ("@nestjs/core", "@nestjs/common", "@nestjs/platform-express")
    health = only(
        **{
            "package.json": package(dependencies=dict.fromkeys(names, "11.0.0"), scripts=scripts),
            "tsconfig.json": json.dumps({"compilerOptions": options}),
            "src/main.ts": "import { NestFactory } from '@nestjs/core';\nimport { AppModule } from './app.module';\n"
            "async function bootstrap() {\n  const app = await NestFactory.create(AppModule);\n"
            f"  {setup}\n  await app.listen(3000);\n}}\nbootstrap();\n",
            "src/app.module.ts": "import { Module } from '@nestjs/common';\n"
            "import { HealthController } from './health.controller';\n"
            f"@Module({{ controllers: [HealthController], {module} }})\nexport class AppModule {{}}\n",
            "src/health.controller.ts": f"import {{ Controller, Get }} from '@nestjs/common';\n{controller}\n",
        }
    ).health
    return health.path if health is not None else None


@pytest.mark.parametrize(
    ("setup", "path"),
    [
        ("", "/health"),
        ("app.setGlobalPrefix('api');", "/api/health"),
        ("app.setGlobalPrefix('/api/v2/');", "/api/v2/health"),
        ("const prefix = 'shop'; app.setGlobalPrefix(prefix);", "/shop/health"),
        ("app.setGlobalPrefix(process.env.PREFIX ?? 'api');", "/api/health"),
        ("app.setGlobalPrefix('api', { exclude: ['health'] });", "/health"),
        ("app.setGlobalPrefix('api', { exclude: [{ path: '/health', method: RequestMethod.GET }] });", "/health"),
        ("app.setGlobalPrefix('api', { exclude: ['metrics'] });", "/api/health"),
        ("app.enableVersioning();", "/health"),
        ("app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });", "/v1/health"),
        ("app.enableVersioning({ type: VersioningType.URI, defaultVersion: ['2', '1'] });", "/v2/health"),
        ("app.enableVersioning({ defaultVersion: '1', prefix: 'version-' });", "/version-1/health"),
        ("app.enableVersioning({ defaultVersion: '1', prefix: false });", "/1/health"),
        ("app.enableVersioning({ defaultVersion: VERSION_NEUTRAL });", "/health"),
        ("app.setGlobalPrefix('api'); app.enableVersioning({ defaultVersion: '1' });", "/api/v1/health"),
        # What is computed, a pattern, a version that a header names.
        ("app.setGlobalPrefix(config.get('prefix'));", None),
        ("app.setGlobalPrefix('api', { exclude: ['hea(.*)'] });", None),
        ("app.enableVersioning({ defaultVersion: current });", None),
        ("app.enableVersioning({ type: VersioningType.HEADER, header: 'x', defaultVersion: '1' });", None),
        ("app.useGlobalGuards(new LoginGuard());", None),
    ],
)
def test_the_prefix_and_the_version_of_nest(setup: str, path: str | None) -> None:
    assert nest(setup) == path


@pytest.mark.parametrize(
    ("controller", "path"),
    [
        ("@Controller() export class HealthController { @Get('healthz') check() {} }", "/v1/healthz"),
        ("@Controller('health') export class HealthController { @Get('live') check() {} }", "/v1/health/live"),
        ("@Controller({ path: 'health', version: '3' }) export class HealthController { @Get() c() {} }", "/v3/health"),
        ("@Controller('health') export class HealthController { @Version('4') @Get() check() {} }", "/v4/health"),
        (
            "@Controller({ path: 'health', version: VERSION_NEUTRAL }) export class HealthController { @Get() c() {} }",
            "/health",
        ),
        # Terminus checks something, whatever the path is.
        (
            "@Controller('system') export class HealthController { @Get('report') @HealthCheck() check() {} }",
            "/v1/system/report",
        ),
        ("@Controller('system') export class HealthController { @Get('report') check() {} }", None),
        ("@Controller('health') export class HealthController { @Post() check() {} }", None),
        ("@UseGuards(LoginGuard) @Controller('health') export class HealthController { @Get() check() {} }", None),
        ("@Controller('health') export class HealthController { @UseGuards(LoginGuard) @Get() check() {} }", None),
        ("@Controller(PATH) export class HealthController { @Get() check() {} }", None),
        ("@Injectable() export class HealthController { @Get('health') check() {} }", None),
    ],
)
def test_a_controller_of_nest(controller: str, path: str | None) -> None:
    assert nest("app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });", controller) == path


def test_a_guard_for_every_route() -> None:
    public = CONTROLLER.replace("@Get()", "@Public() @Get()")
    guard = "providers: [{ provide: APP_GUARD, useClass: LoginGuard }]"
    assert (nest(module=guard), nest(module=guard, controller=public)) == (None, "/health")
    # One that counts requests lets everybody in.
    assert nest(module="providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }]") == "/health"
    assert nest(module="imports: [RouterModule.register([{ path: 'admin', module: X }])]") is None


def path_of(dependency: str, files: dict[str, str]) -> str | None:
    manifest = package(scripts={"start": "node index.js"}, dependencies={dependency: "1", "x": "1"})
    health = only(**{"package.json": manifest, **files}).health
    return health.path if health is not None else None


FASTIFY = "const app = require('fastify')();\nconst load = require('@fastify/autoload');\n"
PLUGIN = "module.exports = async function (shop) { shop.get('/', async () => ''); };\n"


@pytest.mark.parametrize(
    ("options", "files", "path"),
    [
        ("", {"routes/health/index.js": PLUGIN}, "/health"),
        ("", {"routes/v1/health/index.js": PLUGIN}, "/v1/health"),
        ("", {"routes/health/get.js": PLUGIN}, "/health"),
        ("", {"routes/root.js": PLUGIN.replace("'/'", "'/healthz'")}, "/healthz"),
        ("options: { prefix: '/api' }", {"routes/health/index.js": PLUGIN}, "/api/health"),
        ("options: Object.assign({}, opts)", {"routes/health/index.js": PLUGIN}, "/health"),
        ("dirNameRoutePrefix: false", {"routes/all/a.js": PLUGIN.replace("'/'", "'/healthz'")}, "/healthz"),
        # Beside an index file nothing else is loaded; tests never are; a plugin may name its own prefix.
        ("", {"routes/a/index.js": PLUGIN, "routes/a/b.js": PLUGIN.replace("'/'", "'/health'")}, None),
        ("", {"routes/health/index.test.js": PLUGIN}, None),
        ("", {"routes/health/index.js": f"{PLUGIN}module.exports.autoPrefix = '/sys';\n"}, None),
        ("options: { prefix: computed() }", {"routes/health/index.js": PLUGIN}, None),
    ],
)
def test_files_that_fastify_loads_by_their_folder(options: str, files: dict[str, str], path: str | None) -> None:
    code = f"app.register(load, {{ dir: require('path').join(__dirname, 'routes'), {options} }});\n"
    named = code.replace("require('path')", "path")
    index = f"const path = require('path');\n{FASTIFY}{named}app.listen({{ port: 3000 }});\n"
    assert path_of("fastify", {"index.js": index, **files}) == path


@pytest.mark.parametrize(
    ("dependency", "index", "other", "path"),
    [
        (
            "hono",
            "import { Hono } from 'hono'; import h from './other.js'; const app = new Hono(); app.route('/v1', h);",
            "import { Hono } from 'hono'; export default new Hono().get('/health', (c) => c.text(''));",
            "/v1/health",
        ),
        (
            "hono",
            "import { Hono } from 'hono'; export default new Hono().basePath('/api').get('/health', h);",
            "",
            "/api/health",
        ),
        ("elysia", "new Elysia({ prefix: '/api' }).get('/health', () => '').listen(3000);", "", "/api/health"),
        ("elysia", "new Elysia().group('/api', (app) => app.get('/health', h)).listen(3000);", "", "/api/health"),
        (
            "express",
            "const app = require('express')(); app.use('/api', require('./other')); app.listen(3000);",
            "const router = require('express').Router(); router.get('/health', h); module.exports = router;",
            "/api/health",
        ),
        (
            "express",
            "const app = require('express')(); const r = require('express').Router();\n"
            "r.get('/a', h).get('/health', h); app.use('/api', r); app.listen(3000);",
            "",
            "/api/health",
        ),
    ],
)
def test_chains_of_calls(dependency: str, index: str, other: str, path: str) -> None:
    assert path_of(dependency, {"index.js": index, "other.js": other}) == path
