import json
import logging
import sys

from app.logs import JsonFormatter, WithoutHealth


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("shop", logging.INFO, __file__, 1, message, args, None)
    vars(made).update(extra)
    return made


def test_a_record_is_one_line_of_json() -> None:
    line = JsonFormatter().format(record("two\nlines of %s", "text", order=7))
    assert "\n" not in line
    entry = json.loads(line)
    assert entry["message"] == "two\nlines of text"
    assert (entry["level"], entry["logger"], entry["order"]) == ("info", "shop", 7)


def test_an_exception_is_part_of_it() -> None:
    try:
        raise ValueError("no")
    except ValueError:
        made = record("failed")
        made.exc_info = sys.exc_info()
    assert "ValueError: no" in json.loads(JsonFormatter().format(made))["exception"]


def test_health_checks_are_not_logged() -> None:
    request = '%s - "%s %s HTTP/%s" %d'
    quiet = WithoutHealth()
    assert not quiet.filter(record(request, "127.0.0.1", "GET", "/health", "1.1", 200))
    assert quiet.filter(record(request, "127.0.0.1", "GET", "/greetings/Ada", "1.1", 200))
