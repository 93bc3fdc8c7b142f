"""Orders over HTTP."""

import os

from flask import Flask

from orders import store
from orders.views import views


def create_app() -> Flask:
    app = Flask(__name__)
    app.config["DATABASE_URL"] = os.environ.get("DATABASE_URL", "sqlite://")
    store.connect(app.config["DATABASE_URL"])
    app.register_blueprint(views)
    return app
