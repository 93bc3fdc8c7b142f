"""Pyramid: `pserve` with the file that there is, else the project's own program."""

from tests.test_traps import only

INI = "[app:main]\nuse = egg:mill\n[server:main]\nuse = egg:waitress#main\nlisten = *:{}\n"
PACKAGE = {
    "setup.py": "from setuptools import setup\nsetup(name='mill', install_requires=['pyramid', 'waitress'],\n"
    "    entry_points={'paste.app_factory': ['main = mill:main']})\n",
    "mill/__init__.py": "from pyramid.config import Configurator\ndef main(top, **own):\n"
    "    with Configurator(settings=own) as config:\n        return config.make_wsgi_app()\n",
}
PROGRAM = (
    "from pyramid.config import Configurator\nfrom waitress import serve\nif __name__ == '__main__':\n"
    "    with Configurator() as config:\n        config.add_route('health', '/health')\n"
    "        app = config.make_wsgi_app()\n    serve(app, host='0.0.0.0', port=6545)\n"
)


def test_the_file_for_production_is_served() -> None:
    files = {**PACKAGE, "production.ini": INI.format(6544), "development.ini": INI.format(6543), "tox.ini": "[tox]\n"}
    spec = only(**files)
    assert (spec.start, spec.port) == (("pserve", "production.ini"), 6544)
    del files["production.ini"]
    spec = only(**files)
    assert (spec.start, spec.port) == (("pserve", "development.ini"), 6543)


def test_without_a_file_the_program_is_started() -> None:
    spec = only(**{"requirements.txt": "pyramid\nwaitress\n", "main.py": PROGRAM})
    assert (spec.start, spec.port, spec.health and spec.health.path) == (("python", "main.py"), 6545, "/health")
