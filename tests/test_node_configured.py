"""Names that Nest's ConfigService is asked for: which are variables of the program."""

import json
from typing import Any

import pytest

from tests.test_node_traps import LOCK
from tests.test_traps import only, package

NEST = {
    "@nestjs/core": "11.0.0", "@nestjs/common": "11.0.0", "@nestjs/platform-express": "11.0.0",
    "@nestjs/config": "4.0.0", "@nestjs/jwt": "11.0.0", "redis": "5.0.0",
}  # fmt: skip
MAIN = """
import { NestFactory } from '@nestjs/core';
import { ConfigService } from '@nestjs/config';
import { AppModule } from './app.module';
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  const settings = app.get(ConfigService);
  await app.listen(settings.get('nest_server_port'));
}
bootstrap();
"""
MODULE = """
import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { JwtModule } from '@nestjs/jwt';
import { createClient } from 'redis';
%s
@Module({ imports: [
  ConfigModule.forRoot(%s),
  JwtModule.registerAsync({
    inject: [ConfigService],
    useFactory: (config: ConfigService) => ({ secret: config.get('jwt_secret'), signOptions: { expiresIn: '30m' } }),
  }),
], providers: [{
  provide: 'REDIS', inject: [ConfigService],
  useFactory: async (given) => createClient({ socket: {
    host: given.get('redis_server_host'), port: given.get('redis_server_port'),
  } }).connect(),
}, Mailer] })
export class AppModule {}
class Mailer {
  constructor(private readonly config: ConfigService<Settings, true>) {}
  send() { return [this.config.get<string>('mail_host'), this.config.get('mail_from', 'me'), this.cache.get('not_one'),
                   this.config.get('limits.size'), this.config.get('npm', { infer: true })]; }
}
"""


def nest(options: str = "{ isGlobal: true }", code: str = "", **files: str) -> Any:
    return only(
        **{
            "package.json": package(dependencies=NEST, scripts={"build": "nest build", "start:prod": "node dist/main"}),
            "nest-cli.json": '{"sourceRoot": "src"}',
            "tsconfig.json": '{"compilerOptions": {"outDir": "dist"}, "include": ["src"]}',
            "src/main.ts": MAIN,
            "src/app.module.ts": MODULE % (code, options),
            **LOCK,
            **files,
        }
    )


def names(spec: Any) -> set[str]:
    return {item.name for item in spec.environment} - {"NODE_ENV"}


def test_a_name_in_small_letters_is_a_variable() -> None:
    spec = nest(**{".env.example": "nest_server_port=3005\n"})
    assert (spec.port, spec.port_variable) == (3005, "nest_server_port")
    assert {"jwt_secret", "mail_host", "mail_from", "npm"} <= names(spec)
    assert not {"not_one", "limits.size", "limits"} & names(spec)
    assert {item.name for item in spec.environment if item.required} >= {"jwt_secret"}
    assert {(item.variable, item.form) for item in spec.connections} == {
        ("redis_server_host", "{host}"), ("redis_server_port", "{port}"),
    }  # fmt: skip


SETTINGS = "export default () => ({ mail_host: process.env.SMTP_HOST, jwt_secret: process.env.KEY })"


@pytest.mark.parametrize(
    ("options", "code", "files"),
    [
        ("{ load: [settings] }", "import settings from './settings';", {"src/settings.ts": SETTINGS}),
        ("{ load: [settings] }", "import { settings } from './all';",
         {"src/all.ts": "export { default as settings } from './settings';", "src/settings.ts": SETTINGS}),
        ("{ load: [() => ({ mail_host: 'a', jwt_secret: process.env.KEY })] }", "", {}),
        ("{ load: [settings] }", "const settings = () => { return { mail_host: 'a', jwt_secret: 'b' } };", {}),
    ],
)  # fmt: skip
def test_a_key_of_the_settings_that_the_program_loads_is_none(options: str, code: str, files: dict[str, str]) -> None:
    found = names(nest(options, code, **files))
    assert not {"mail_host", "jwt_secret"} & found
    assert "mail_from" in found


@pytest.mark.parametrize(
    ("options", "code", "files"),
    [
        ("{ load: [settings] }", "import settings from './settings';",
         {"src/settings.ts": "export default () => parse(readFileSync('settings.yaml', 'utf8'))"}),
        ("{ load: [settings] }", "import settings from './settings';",
         {"src/settings.ts": "import more from './more'; export default () => ({ ...more(), a: 1 })"}),
        ("{ load: Object.values(settings) }", "import * as settings from './settings';", {"src/settings.ts": SETTINGS}),
        ("options", "import { options } from 'elsewhere';", {}),
        ("{ ...options }", "import { options } from 'elsewhere';", {}),
    ],
)  # fmt: skip
def test_settings_that_only_a_run_shows_may_have_any_key(options: str, code: str, files: dict[str, str]) -> None:
    found = names(nest(options, code, **files))
    assert not {"mail_host", "jwt_secret", "mail_from", "redis_server_host"} & found


def test_a_namespace_is_no_variable() -> None:
    code = "import database from './database';"
    data = "import { registerAs } from '@nestjs/config'; export default registerAs('database', () => ({ a: 1 }))"
    main = MAIN.replace("'nest_server_port'", "'database'")
    found = names(nest("{ load: [database] }", code, **{"src/database.ts": data, "src/main.ts": main}))
    assert "database" not in found
    assert "mail_host" in found


def test_names_in_capitals_are_variables_of_every_program() -> None:
    spec = nest("options", "import { options } from 'elsewhere';",
                **{"src/main.ts": MAIN.replace("nest_server_port", "JWT_EXP")})  # fmt: skip
    assert "JWT_EXP" in names(spec) or spec.port_variable == "JWT_EXP"


def test_another_class_of_the_name_has_names_of_its_own() -> None:
    module = (MODULE % ("", "{}")).replace("ConfigModule, ConfigService } from '@nestjs/config'",
                                           "ConfigModule, ConfigService } from './config'")  # fmt: skip
    assert not {"mail_host", "mail_from"} & names(nest(**{"src/app.module.ts": module}))


MAILER = (
    "export class Brevo { constructor() { const key = process.env.BREVO_API_KEY; if (!key) throw new Error('key'); } }"
)
SCOPED = "import { Injectable, Scope } from '@nestjs/common'; @Injectable({ scope: Scope.REQUEST })\n"


@pytest.mark.parametrize(
    ("module", "mailer", "needed"),
    [
        # Nest makes what its modules name, with and without a decorator of its own.
        ("{ providers: [Brevo] }", MAILER, True),
        ("{ providers: [{ provide: 'MAIL', useClass: Brevo }] }", MAILER, True),
        ("{}", "import { Injectable } from '@nestjs/common';\n@Injectable() " + MAILER, True),
        # Not what it makes for each request, what only a type names, or what nothing names.
        ("{ providers: [{ provide: 'MAIL', useClass: Brevo, scope: Scope.REQUEST }] }", MAILER, False),
        ("{ providers: [Brevo] }", SCOPED + MAILER, False),
        ("{}", SCOPED + MAILER, False),
        ("{ exports: [Brevo] }", MAILER, False),
        ("{ providers: [{ provide: Brevo, useValue: null }] }", MAILER, False),
    ],
)  # fmt: skip
def test_nest_makes_what_its_modules_name(module: str, mailer: str, needed: bool) -> None:
    code = f"import {{ Brevo }} from './brevo';\n@Module({module}) export class Mails {{}}"
    spec = nest(code=code, **{"src/brevo.ts": mailer})
    asked = {item.name: item.required for item in spec.environment}
    assert asked["BREVO_API_KEY"] is needed


@pytest.mark.parametrize(
    ("code", "needed"),
    [
        ("JwtModule.registerAsync({ inject: [ConfigService],"
         " useFactory(config: ConfigService) { return { secret: config.get('sign_key') }; } });", True),
        ("JwtModule.registerAsync({ inject: [ConfigService],"
         " useFactory(config: ConfigService) { return { secret: config.get('sign_key', 'a') }; } });", False),
        ("class Tokens { constructor(private config: ConfigService, private jwt: JwtService) {}"
         " make(id) { return this.jwt.signAsync({ id }, { secret: this.config.get('sign_key'), expiresIn: 1 }); } }",
         True),
        ("class Tokens { constructor(private config: ConfigService, private jwt: JwtService) {}"
         " make(id) { return this.jwt.signAsync({ id }, { algorithm: this.config.get('sign_key') }); } }", False),
    ],
)  # fmt: skip
def test_a_key_that_nests_tokens_are_signed_with_is_required(code: str, needed: bool) -> None:
    spec = nest(code=code)
    assert {item.name: item.required for item in spec.environment}["sign_key"] is needed


def test_a_program_of_many_modules_is_read_whole() -> None:
    files = {f"src/m{at}.ts": f"import './m{at + 1}';\nexport const a{at} = {at};\n" for at in range(200)}
    files["src/m200.ts"] = "if (!process.env.LAST) throw new Error('LAST');\n"
    spec = nest(code="import './m0';", **files)
    assert "LAST" in {item.name for item in spec.environment if item.required}


@pytest.mark.parametrize(
    ("assets", "code", "kept"),
    [
        (["mail/**/*.html"], "", False),
        ([{"include": "./mail", "outDir": "dist"}], "", False),
        # What is not among them, what is left out, and what the program opens among the sources.
        (["other/**/*"], "", True),
        ([{"include": "mail/**/*", "exclude": "mail/*.html"}], "", True),
        (["mail/**/*"], "readFileSync('src/mail/a.html');", True),
        (["mail/**/*"], "readFileSync(join(process.cwd(), 'src', 'mail', 'a.html'));", True),
        (["mail/**/*"], "import { a } from 'src/mail/a';", False),
        ([], "", True),
    ],
)
def test_what_nests_build_copies_is_not_copied_with_the_sources(assets: list[Any], code: str, kept: bool) -> None:
    cli = json.dumps({"sourceRoot": "src", "compilerOptions": {"assets": assets}})
    spec = nest(code=code, **{"nest-cli.json": cli, "src/mail/a.html": "<p>", "src/mail/a.ts": "export const a = 1;"})
    assert ("src" in spec.run_paths) is kept


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("load(readFileSync('values.yaml'));", True),
        ("load(readFileSync('./config/../values.yaml'));", True),
        ("const name = 'values'; load(readFileSync(`${name}.yaml`));", True),
        ("Object.values(settings); settings.values.yaml = 1;", False),
    ],
)
def test_a_file_of_data_is_in_the_image_if_the_code_names_it(code: str, kept: bool) -> None:
    assert ("values.yaml" in nest(code=code, **{"values.yaml": "a: 1"}).run_paths) is kept
