"""What keeps a Python program alive, and what it does besides serving: what is a service, and how it is started."""

import pytest

from tests.test_traps import inspect, only

RUN = "app.run(host='0.0.0.0', port=8100)\n"
FLASK = "from flask import Flask\napp = Flask(__name__)\n@app.route('/')\ndef page(): return 'x'\n"
PAGE = (
    FLASK + "from threading import Thread\ndef run(): app.run(host='0.0.0.0', port=8090)\n"
    "def awake():\n    Thread(target=run).start()\n"
)
DISCORD = "import discord\nbot = discord.Client(intents=discord.Intents.default())\n"
GUARD = "if __name__ == '__main__':\n    "


def texts(**files: str) -> str:
    return "\n".join(note.text for item in inspect(**files).services for note in item.notes)


# --- what a person sits in front of, and what ends -----------------------------------------------------------------

MENU = "def menu():\n    while True:\n        choice = input('> ')\n        if choice == 'q':\n            break\n"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (MENU + GUARD + "menu()\n", "main.py:3 (input): this program asks a person at a terminal"),
        ("import getpass\nkey = getpass.getpass()\nprint(key)\n", "getpass.getpass"),
        ("from rich.prompt import Prompt\nPrompt.ask('Which?')\n", "rich.prompt.Prompt.ask"),
        ("import curses\ncurses.wrapper(print)\n", "curses.wrapper"),
        ("import cmd\nclass Shell(cmd.Cmd):\n    prompt = '> '\nShell().cmdloop()\n", "cmd.Cmd.cmdloop"),
        ("import time\nwhile True:\n    name = ask()\n    time.sleep(1)\n" , None),
        ("import time\ndef ask():\n    return input()\nwhile True:\n    ask()\n    time.sleep(1)\n", "input"),
        ("import pygame\npygame.display.set_mode((9, 9))\nwhile True:\n    pygame.time.wait(9)\n", "needs a screen"),
        ("import tkinter as tk\nclass App(tk.Tk):\n    pass\nApp().mainloop()\n", "needs a screen"),
        ("import cv2\ncv2.namedWindow('x')\nwhile True:\n    cv2.waitKey(9)\n", "needs a screen"),
        ("import speech_recognition as sr\nwith sr.Microphone() as source:\n    print(source)\n", "needs a screen"),
        ("import pandas\nframe = pandas.read_csv('a.csv')\nprint(frame.sum())\n", "exits by itself"),
        ("import click\n@click.command()\ndef tool():\n    click.echo('x')\ntool()\n", "exits by itself"),
    ],
)  # fmt: skip
def test_what_asks_a_person_or_ends_is_not_a_service(code: str, says: str | None) -> None:
    found = inspect(**{"requirements.txt": "requests\n", "main.py": code})
    if says is None:
        # What `ask` does is not known: the loop waits.
        assert [item.spec.start for item in found.services] == [("python", "main.py")]
    else:
        assert not found.services
        assert any(says in note.text and "not a service" in note.text for note in found.notes)


@pytest.mark.parametrize(
    "code",
    [
        "import requests, subprocess\nsubprocess.run(['server'])\n",
        "from somewhere import engine\nengine.start()\n",
        "import importlib\nimportlib.import_module('worker').go()\n",
        "from somewhere import robot\nrobot.spin_forever()\n",
        "import schedule, time\nwhile True:\n    schedule.run_pending()\n    time.sleep(1)\n",
        "from confluent import Queue\nwhile True:\n    Queue().next()\n",
        DISCORD + "import os\ntoken = os.getenv('T') or input('token: ')\nbot.run(token)\n",
        "from kafka import KafkaConsumer\nfor message in KafkaConsumer('x'):\n    print(message)\n",
    ],
)  # fmt: skip
def test_what_stays_or_may_stay_is_started(code: str) -> None:
    assert only(**{"requirements.txt": "requests\ndiscord.py\n", "main.py": code}).start == ("python", "main.py")


def test_a_program_with_a_terminal_mode_that_serves_is_a_service() -> None:
    code = (
        "import sys, uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\n" + MENU + GUARD
        + "if sys.argv[1:] == ['shell']:\n        menu()\n    else:\n"
        "        uvicorn.run(app, host='0.0.0.0', port=9100)\n"
    )  # fmt: skip
    spec = only(**{"requirements.txt": "fastapi\nuvicorn\n", "main.py": code})
    assert (spec.framework, spec.port) == ("fastapi", 9100)


def test_a_tool_of_django_s_name_is_a_program_of_its_own() -> None:
    files = {"requirements.txt": "requests\n", "words.py": "HELLO = 'x'\n", "manage.py": MENU + GUARD + "menu()\n"}
    assert not inspect(**files).services


def test_a_procfile_makes_a_service_of_what_ends() -> None:
    files = {"requirements.txt": "requests\n", "main.py": "print(1)\n", "Procfile": "worker: python main.py\n"}
    assert only(**files).start == ("python", "main.py")


def test_a_terminal_mode_is_not_what_a_server_leaves_out() -> None:
    code = FLASK + "import sys\n" + GUARD + "if len(sys.argv) > 1:\n        input('> ')\n    else:\n        " + RUN
    files = {"requirements.txt": "flask\n", "app.py": code}
    assert only(**files).start == ("gunicorn", "app:app")
    assert "only `python" not in texts(**files)


# --- a bot and its page --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "start", "port"),
    [
        ({"main.py": DISCORD + "from page import awake\nawake()\nbot.run('x')\n", "page.py": PAGE}, "main.py", 8090),
        ({"bot.py": PAGE + DISCORD + GUARD + "awake()\n    bot.run('x')\n"}, "bot.py", 8090),
        ({"bot.py": DISCORD + "import page\nbot.run('x')\n", "page.py": PAGE}, "bot.py", None),
        (
            {
                "bot.py": "import asyncio, page\nfrom discord.ext import commands\n"
                "class Mine(commands.Bot):\n    pass\nasync def main():\n    async with Mine() as bot:\n"
                "        await bot.start('x')\nasyncio.run(main())\n",
                "page.py": PAGE,
            },
            "bot.py",
            None,
        ),
        (
            {
                "run.py": FLASK + DISCORD + "import threading\n" + GUARD + "threading.Thread(target=lambda: "
                "app.run(host='0.0.0.0', port=8091)).start()\n    bot.run('x')\n"
            },
            "run.py",
            8091,
        ),
        (
            {
                "run.py": FLASK + DISCORD + "import threading\n" + GUARD + "threading.Thread(target=app.run, "
                "kwargs={'host': '0.0.0.0', 'port': 8092}).start()\n    bot.run('x')\n"
            },
            "run.py",
            8092,
        ),
    ],
)
def test_a_page_that_a_thread_of_a_bot_brings_up(files: dict[str, str], start: str, port: int | None) -> None:
    spec = only(**{"requirements.txt": "discord.py\nflask\n", **files})
    assert (spec.framework, spec.start, spec.port) == ("discord-py", ("python", start), port)


def test_a_bot_that_listens_for_its_webhook_itself() -> None:
    code = (
        "import os\nfrom telegram.ext import Application\napp = Application.builder().token('x').build()\n"
        "app.run_webhook(listen='0.0.0.0', port=int(os.environ.get('PORT', '8443')))\n"
    )
    spec = only(**{"requirements.txt": "python-telegram-bot\n", "main.py": code})
    assert (spec.framework, spec.start) == ("telegram", ("python", "main.py"))
    assert (spec.port, spec.port_variable) == (8443, "PORT")


def test_a_bot_that_is_told_by_a_webhook_is_a_server() -> None:
    code = FLASK + "import telebot\nbot = telebot.TeleBot('x')\ndef take(text):\n    bot.process_new_updates([text])\n"
    spec = only(**{"requirements.txt": "flask\npytelegrambotapi\ngunicorn\n", "main.py": code})
    assert (spec.framework, spec.start) == ("flask", ("gunicorn", "main:app"))


# --- what a server that imports the module would leave out ---------------------------------------------------------

POLL = "import threading, time\ndef poll():\n    while True:\n        time.sleep(60)\n"
LOAD = "def prepare():\n    global model\n    model = open('m')\n"
STORE = "from store import db\n"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (POLL + FLASK + GUARD + "threading.Thread(target=poll).start()\n    " + RUN, "a thread"),
        (FLASK + LOAD + GUARD + "prepare()\n    " + RUN, "setting model"),
        (FLASK + STORE + GUARD + "with app.app_context():\n        db.create_all()\n    " + RUN, "db.create_all()"),
        (
            FLASK + "from apscheduler.schedulers.background import BackgroundScheduler\n" + GUARD
            + "plan = BackgroundScheduler()\n    plan.start()\n    " + RUN,
            "plan.start()",
        ),
        (
            "from threading import Thread\nfrom flask import Flask\napp = Flask(__name__)\ndef create():\n"
            "    app = Flask('x')\n    return app, Robot()\nclass Robot:\n    def start(self):\n        pass\n"
            "def main():\n    app, robot = create()\n    Thread(target=robot.start).start()\n    " + RUN
            + GUARD + "main()\n",
            "a thread",
        ),
    ],
)  # fmt: skip
def test_the_program_is_started_where_only_that_does_all(code: str, says: str) -> None:
    files = {"requirements.txt": "flask\n", "app.py": code, "store.py": "import sqlalchemy\ndb = sqlalchemy.make()\n"}
    spec = only(**files)
    assert (spec.start, spec.port) == (("python", "app.py"), 8100)
    assert f"{says}): only `python app.py` does this, so the image starts it" in texts(**files)


@pytest.mark.parametrize(
    "code",
    [
        FLASK + GUARD + "print('up')\n    " + RUN,
        FLASK + "import os\n" + GUARD + "port = os.environ.get('PORT', 8100)\n    app.run('0.0.0.0', port)\n",
        FLASK + "import threading, webbrowser\ndef show():\n    webbrowser.open('http://localhost')\n" + GUARD
        + "threading.Timer(1, show).start()\n    " + RUN,
        POLL + FLASK + "threading.Thread(target=poll).start()\n" + GUARD + RUN,
        "from flask import Flask\ndef make():\n    app = Flask('x')\n    app.register_blueprint(print)\n"
        "    return app\napp = make()\n" + GUARD + RUN,
    ],
)  # fmt: skip
def test_a_server_imports_what_does_nothing_of_its_own(code: str) -> None:
    files = {"requirements.txt": "flask\n", "app.py": code}
    assert only(**files).start == ("gunicorn", "app:app")
    assert "only `python" not in texts(**files)


def test_what_cannot_be_reached_is_served_and_what_is_lost_is_said() -> None:
    """`app.run()` alone is for this machine: gunicorn is reached, and leaves out what is behind the guard."""
    code = FLASK + "from store import db\n" + GUARD + "db.create_all()\n    app.run()\n"
    files = {"requirements.txt": "flask\n", "app.py": code, "store.py": "import sqlalchemy\ndb = sqlalchemy.make()\n"}
    assert only(**files).start == ("gunicorn", "app:app")
    assert "app.py:7 (db.create_all()): only `python app.py` does this; a server that imports app does not" in texts(
        **files
    )


OPTIONS = "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--verbose', action='store_true')\n"


@pytest.mark.parametrize(
    ("code", "program"),
    [
        (OPTIONS + "args = parser.parse_args()\n" + FLASK + GUARD + RUN, True),
        (OPTIONS + "def read(): return parser.parse_args()\nargs = read()\n" + FLASK + GUARD + RUN, True),
        (OPTIONS + "args, _ = parser.parse_known_args()\n" + FLASK + GUARD + RUN, False),
        (OPTIONS + "args = parser.parse_args([])\n" + FLASK + GUARD + RUN, False),
        (OPTIONS + "def read(): return parser.parse_args()\n" + FLASK + GUARD + "args = read()\n    " + RUN, False),
    ],
)
def test_an_import_that_reads_the_command_line_leaves_servers_no_arguments(code: str, program: bool) -> None:
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": code}
    assert only(**files).start == (("python", "app.py") if program else ("gunicorn", "app:app"))
    assert ("parse_args()): this reads the command line when a server imports it" in texts(**files)) is program


def test_a_module_that_the_application_imports_reads_the_command_line() -> None:
    code = FLASK + "import options\n" + GUARD + RUN
    files = {"requirements.txt": "flask\n", "app.py": code, "options.py": OPTIONS + "args = parser.parse_args()\n"}
    assert only(**files).start == ("python", "app.py")


def test_a_server_of_the_project_s_own_choice_is_kept() -> None:
    code = FLASK + "from store import db\n" + GUARD + "db.create_all()\n    " + RUN
    files = {
        "requirements.txt": "flask\ngunicorn\n",
        "app.py": code,
        "store.py": "import sqlalchemy\ndb = sqlalchemy.make()\n",
    }
    assert only(**files).start == ("gunicorn", "app:app")


@pytest.mark.parametrize(
    ("more", "host", "start", "port"),
    [
        ("eventlet\n", "host='0.0.0.0'", "python", 5000),
        ("eventlet\n", "'0.0.0.0', 5050", "python", 5050),
        # By default it is reachable only from inside the container.
        ("eventlet\n", "port=5000", "gunicorn", 5000),
        ("", "host='0.0.0.0'", "gunicorn", 8000),
    ],
)
def test_sockets_on_a_server_that_is_fit_for_them(more: str, host: str, start: str, port: int) -> None:
    code = (
        FLASK
        + "from flask_socketio import SocketIO\nsocketio = SocketIO(app)\n"
        + GUARD
        + f"socketio.run(app, {host})\n"
    )
    spec = only(**{"requirements.txt": f"flask\nflask-socketio\n{more}", "app.py": code})
    assert (spec.start[0], spec.port) == (start, port)


# --- listeners -----------------------------------------------------------------------------------------------------

BLOCKS = "import gradio as gr\nwith gr.Blocks() as demo:\n    pass\n"
DASH = "from dash import Dash\ndef make():\n    app = Dash('x')\n    return app\n"
SOCKET = "import socket\ns = socket.socket()\ns.bind(('0.0.0.0', 6500))\ns.listen()\n"


@pytest.mark.parametrize(
    ("requirements", "code", "framework", "start", "port"),
    [
        ("gradio\n", BLOCKS + "demo.queue().launch(server_port=7861)\n", "gradio", ("python", "main.py"), 7861),
        ("dash\n", DASH + GUARD + "make().run(host='0.0.0.0')\n", "dash", ("python", "main.py"), 8050),
        ("requests\n", SOCKET + "while True:\n    s.accept()\n", None, ("python", "main.py"), 6500),
    ],
)  # fmt: skip
def test_programs_that_listen(
    requirements: str, code: str, framework: str | None, start: tuple[str, ...], port: int
) -> None:
    spec = only(**{"requirements.txt": requirements, "main.py": code})
    assert (spec.framework, spec.start, spec.port) == (framework, start, port)


def test_a_socket_of_this_machine_alone_is_said() -> None:
    code = SOCKET.replace("0.0.0.0", "127.0.0.1") + "while True:\n    s.accept()\n"
    assert "reachable only from inside the container" in texts(**{"requirements.txt": "x\n", "main.py": code})


def test_a_variable_is_set_once() -> None:
    spec = only(**{"requirements.txt": "gradio\n", "app.py": "import gradio as gr\ngr.Interface(print).launch()\n"})
    assert [item.name for item in spec.environment].count("GRADIO_SERVER_NAME") == 1


# --- no list, or a wrong one ---------------------------------------------------------------------------------------


def test_what_is_imported_is_the_only_evidence() -> None:
    code = DISCORD + "import requests, os, cv2, unheard_of\nfrom tools import helper\nbot.run('x')\n"
    files = {"bot.py": code, "tools.py": "import yaml\n"}
    spec = only(**files)
    assert (spec.framework, spec.start) == ("discord-py", ("python", "bot.py"))
    assert spec.extra_packages == ("discord-py", "opencv-python", "pyyaml", "requests")
    assert "bot.py:3 (import unheard_of): no dependency list says which package provides it" in texts(**files)
    own = {**files, ".gitignore": "unheard_of.py\n"}
    said = "bot.py:3 (import unheard_of): unheard_of.py is not in version control"
    assert said in texts(**own)
    listed = {"requirements.txt": "discord.py\nrequests\npyyaml\nopencv-python\n", "Procfile": "bot: python3 bot.py\n"}
    assert said in texts(**own, **listed)
    assert "unheard_of" not in texts(**files, **listed)
    # The program does not load this one.
    aside = {"bot.py": DISCORD + "bot.run('x')\n", "aside.py": "import unheard_of\n", ".gitignore": "unheard_of.py\n"}
    assert "unheard_of" not in texts(**aside, **listed)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("sklearn", "sklearn is a module of scikit-learn"),
        ("pywin32==306", "pywin32 exists only for Windows"),
        ("numpy @ file:///opt/conda/work", "numpy is a file on the machine"),
        ("pywin32==306; sys_platform == 'win32'", None),
        ("scikit-learn", None),
        ("redis", None),
    ],
)
def test_requirements_that_pip_stops_at_are_said(line: str, says: str | None) -> None:
    found = texts(**{"requirements.txt": f"flask\ngunicorn\n{line}\n", "app.py": FLASK})
    assert says in found if says is not None else "exact version" in found and "\n" not in found


@pytest.mark.parametrize(("line", "version"), [("aiohttp~=3.8.5", "3.11"), ("numpy<2", "3.12"), ("numpy>=1", "3.14")])
def test_requirements_with_an_upper_end_bound_python(line: str, version: str) -> None:
    assert only(**{"requirements.txt": f"flask\n{line}\n", "app.py": FLASK}).runtime.version == version


# --- a front end in the server's own folder ------------------------------------------------------------------------

REACT = (
    '{"name": "x", "private": true, "dependencies": {"react-scripts": "5.0.1", "react": "18.0.0"},'
    ' "scripts": {"build": "react-scripts build", "start": "react-scripts start"}}'
)


@pytest.mark.parametrize(
    ("code", "is_served"),
    [
        ("from flask import Flask\napp = Flask(__name__, static_folder='build', static_url_path='/')\n", True),
        ("import os\nfrom flask import Flask\napp = Flask(__name__)\nPAGES = 'pages/build/static'\n", False),
        ("import os\nfrom flask import Flask\napp = Flask(__name__)\nPAGES = 'build/static'\n", True),
        (FLASK, False),
    ],
)
def test_a_site_in_the_servers_own_folder_is_a_stage_where_its_output_is_named(code: str, is_served: bool) -> None:
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": code, "package.json": REACT, "src/index.js": ""}
    spec = only(**files, **{"public/index.html": "<div id=root></div>"})
    assert spec.language == "python"
    assert (spec.frontend is not None) == is_served
    if is_served:
        assert (spec.frontend.path, spec.frontend.output, spec.frontend.target) == (".", "build", "build")
        assert spec.frontend.build == ("npm run build",)


# --- several programs in one folder --------------------------------------------------------------------------------

FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n"
POLLING = (
    "import asyncio\nfrom aiogram import Bot, Dispatcher\nasync def main():\n"
    "    await Dispatcher().start_polling(Bot('x'))\n"
)
DASHBOARD = "import dash\napp = dash.Dash('x')\nserver = app.server\n"


def test_a_bot_beside_an_application_is_a_process() -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\naiogram\n", "main.py": FASTAPI}
    spec = only(**files, **{"bot.py": POLLING + "asyncio.run(main())\n"})
    assert (spec.framework, spec.start[:2]) == ("fastapi", ("uvicorn", "main:app"))
    assert spec.processes == {"bot": ("python", "bot.py")}


def test_a_bot_that_an_application_runs_is_a_part_of_it() -> None:
    code = POLLING + "from fastapi import FastAPI\napp = FastAPI(lifespan=main)\n"
    spec = only(**{"requirements.txt": "fastapi\nuvicorn\naiogram\n", "main.py": code})
    assert (spec.framework, spec.start[:2], spec.processes) == ("fastapi", ("uvicorn", "main:app"), {})


def test_a_page_beside_a_bot_in_one_loop() -> None:
    code = (
        "from aiohttp import web\nfrom pyrogram import Client\nclass Mine(Client):\n    async def start(self):\n"
        "        await web.TCPSite(web.AppRunner(web.Application()), '0.0.0.0', 8093).start()\nMine().run()\n"
    )
    spec = only(**{"requirements.txt": "pyrogram\naiohttp\n", "bot.py": code})
    assert (spec.framework, spec.start, spec.port) == ("telegram", ("python", "bot.py"), 8093)


def test_a_procfile_of_a_worker_alone_names_the_bot() -> None:
    bot = "import telebot\nbot = telebot.TeleBot('x')\nbot.polling()\n"
    files = {"requirements.txt": "flask\npytelegrambotapi\n", "page.py": PAGE, "bot.py": bot}
    spec = only(**files, Procfile="worker: python bot.py\n")
    assert (spec.framework, spec.start, spec.port) == ("telegram", ("python", "bot.py"), None)


def test_a_window_in_a_module_beside_the_program() -> None:
    live = (
        "import cv2\ndef run_live():\n    camera = cv2.VideoCapture(0)\n    while camera.isOpened():\n"
        "        cv2.imshow('x', camera.read()[1])\n        if cv2.waitKey(1) == 27:\n            break\n"
    )
    program = "from view.live import run_live\nimport cv2\ndef main():\n    run_live()\n" + GUARD + "main()\n"
    found = inspect(**{"requirements.txt": "\n", "app/main.py": program, "app/view/live.py": live})
    assert not found.services
    assert "app/view/live.py:5 (cv2.imshow): this program needs a screen, so it is not a service" in [
        note.text for note in found.notes
    ]


def test_an_application_in_a_window_of_its_own_is_not_a_service() -> None:
    code = (
        "import webview\nfrom threading import Thread\n" + FLASK + GUARD + "Thread(target=app.run).start()\n"
        "    webview.create_window('x', 'http://127.0.0.1:5000')\n    webview.start()\n"
    )
    found = inspect(**{"requirements.txt": "flask\npywebview\n", "main.py": code})
    assert not found.services
    assert [note.text for note in found.notes if "needs a screen" in note.text] == [
        "main.py:9 (webview.create_window): this program needs a screen, so it is not a service"
    ]


# --- objects and frameworks ----------------------------------------------------------------------------------------


def test_an_application_behind_the_guard_is_not_there_for_a_server() -> None:
    make = "from flask import Flask\ndef create_app():\n    return Flask('x')\n"
    run = "from shop import create_app\n" + GUARD + "app = create_app()\n    " + RUN
    spec = only(**{"requirements.txt": "flask\ngunicorn\n", "run.py": run, "shop/__init__.py": make})
    assert spec.start == ("gunicorn", "shop:create_app()")


@pytest.mark.parametrize(
    ("listed", "code", "start", "extra"),
    [
        ("redis\n", "import redis\n" + FLASK, ("gunicorn", "app:app"), "flask"),
        ("dash-bootstrap-components\n", DASHBOARD, ("gunicorn", "app:server"), "dash"),
        ("pandas\n", "import streamlit as st\nst.title('x')\n", ("streamlit", "run", "app.py"), "streamlit"),
    ],
)  # fmt: skip
def test_a_framework_that_the_list_leaves_out(listed: str, code: str, start: tuple[str, ...], extra: str) -> None:
    files = {"requirements.txt": listed, "app.py": code}
    spec = only(**files)
    assert spec.start == start
    assert extra in spec.extra_packages
    assert f"{extra} is not in your dependencies" in texts(**files)


def test_a_framework_that_is_imported_on_demand_is_not_the_project_s() -> None:
    code = "import time\ndef show():\n    import streamlit\nwhile True:\n    time.sleep(9)\n"
    assert only(**{"requirements.txt": "requests\n", "main.py": code}).framework is None


@pytest.mark.parametrize(
    ("listed", "code", "framework", "start", "port"),
    [
        ("panel", "import panel as pn\npn.Row().servable()\n", "panel", "panel serve app.py", 5006),
        ("panel", "import panel as pn\npn.serve(print, port=5010)\n", "panel", "python app.py", 5010),
        ("bokeh", "from bokeh.io import curdoc\ncurdoc().add_root(1)\n", "bokeh", "bokeh serve app.py", 5006),
        ("solara", "import solara\n", "solara", "solara run app.py", 8765),
        ("shiny", "from shiny import App\napp = App(1, 2)\n", "shiny", "shiny run app.py", 8000),
    ],
)
def test_frameworks_for_dashboards(listed: str, code: str, framework: str, start: str, port: int) -> None:
    spec = only(**{"requirements.txt": f"{listed}\n", "app.py": code})
    assert (spec.framework, spec.port) == (framework, port)
    assert " ".join(spec.start).startswith(start)


def test_an_object_for_an_unknown_server_may_be_served() -> None:
    spec = only(**{"requirements.txt": "somelib\n", "app.py": "from somelib import Api\napp = Api('x')\n"})
    assert spec.start == ("python", "app.py")


def test_a_build_of_conda_is_no_part_of_the_version() -> None:
    files = {"environment.yml": "dependencies:\n  - python=3.12.4=h1_0\n  - flask\n  - gunicorn\n", "app.py": FLASK}
    assert only(**files).runtime.version == "3.12"


def test_what_the_newest_release_of_a_package_without_wheels_of_its_own_works_with() -> None:
    spec = only(**{"requirements.txt": "flask\ngunicorn\npandas-ta>=0.4.71b0\n", "app.py": FLASK})
    assert spec.runtime.version == "3.13"


# --- what must be given an argument --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "tool"),
    [
        (GUARD + "path = sys.argv[1]\n    os.system('convert ' + path)\n", True),
        ("def main():\n    os.system(sys.argv[2])\nmain()\n", True),
        (GUARD + "path = sys.argv[1] if len(sys.argv) > 1 else 'x'\n    os.system(path)\n", False),
        (GUARD + "if len(sys.argv) > 1:\n        print(sys.argv[1])\n    os.system('x')\n", False),
    ],
)
def test_a_program_that_nothing_speaks_for_and_that_needs_an_argument_is_no_service(code: str, tool: bool) -> None:
    found = inspect(**{"requirements.txt": "requests\n", "main.py": "import os, sys, requests\n" + code})
    assert bool(found.services) is not tool
    assert any("this program needs an argument" in note.text for note in found.notes) is tool


def test_a_server_that_takes_its_port_as_an_argument_is_one() -> None:
    code = "import sys\n" + FLASK + GUARD + "app.run(host='0.0.0.0', port=int(sys.argv[1]))\n"
    assert only(**{"requirements.txt": "flask\n", "app.py": code}).framework == "flask"


MAKES = """
from threading import Thread
from werkzeug.serving import make_server
from web import app
class Api:
    def start(self):
        Thread(target=self.serve).start()
    def serve(self):
        make_server("0.0.0.0", 8200, app).serve_forever()
Api().start()
while True:
    train()
"""


def test_a_program_that_serves_an_application_in_a_thread_beside_its_own_work_is_started_itself() -> None:
    files = {"requirements.txt": "flask\ngunicorn\n", "web.py": FLASK, "run.py": MAKES}
    spec = only(**files)
    assert (spec.framework, spec.start, spec.port) == ("flask", ("python", "run.py"), 8200)
    # In its own thread it does nothing else.
    plain = MAKES.split("class Api")[0] + 'make_server("0.0.0.0", 8200, app).serve_forever()\n'
    assert only(**files | {"run.py": plain}).start[:1] == ("gunicorn",)


@pytest.mark.parametrize(
    ("listed", "extra"),
    [
        ("eventlet\n", ("gunicorn[eventlet]<26",)),
        ("eventlet\ngunicorn\n", ("gunicorn[eventlet]<26",)),
        ("eventlet\ngunicorn[eventlet]>=23\n", ("gunicorn[eventlet]<26",)),
        ("eventlet\ngunicorn<26\n", ()),
        ("eventlet\ngunicorn==25.3.0\n", ()),
    ],
)
def test_gunicorn_has_no_eventlet_worker_any_more(listed: str, extra: tuple[str, ...]) -> None:
    code = "from flask import Flask\nfrom flask_socketio import SocketIO\napp = Flask(__name__)\ns = SocketIO(app)\n"
    spec = only(**{"requirements.txt": f"flask==3.1.0\nflask-socketio==5.5.1\n{listed}", "app.py": code})
    assert "--worker-class=eventlet" in spec.start
    assert spec.extra_packages == extra
