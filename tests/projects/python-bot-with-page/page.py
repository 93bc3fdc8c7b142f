import os
from threading import Thread

from flask import Flask

app = Flask(__name__)


@app.route("/")
def index():
    return "The librarian is awake."


def serve():
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 8080)))


def stay_awake():
    Thread(target=serve, daemon=True).start()
