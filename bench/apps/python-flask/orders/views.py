"""What can be asked."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from orders import store

views = Blueprint("views", __name__)


@views.get("/health")
def health() -> ResponseReturnValue:
    return jsonify(status="ok")


@views.get("/orders")
def orders() -> ResponseReturnValue:
    return jsonify(store.answer())
