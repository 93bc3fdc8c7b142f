"""Logs as JSON, one object a line, the server's own among them."""

import json
import logging
import logging.config
from datetime import UTC, datetime

# What every record has; the rest came by `extra=`.
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= {name: value for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str, ensure_ascii=False)


class WithoutHealth(logging.Filter):
    """Leaves out the requests of health checks, which come every few seconds."""

    def filter(self, record: logging.LogRecord) -> bool:
        # uvicorn's arguments: client, method, path, version of HTTP, status.
        match record.args:
            case (_, _, "/health", *_):
                return False
        return True


def set_up_logging(level: str) -> None:
    """Send everything to standard output; uvicorn's own handlers are taken away."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": {"()": JsonFormatter}},
            "filters": {"without-health": {"()": WithoutHealth}},
            "handlers": {
                "stdout": {
                    "class": "logging.StreamHandler",
                    "stream": "ext://sys.stdout",
                    "formatter": "json",
                }
            },
            "root": {"handlers": ["stdout"], "level": level},
            "loggers": {
                "uvicorn": {"handlers": [], "propagate": True},
                "uvicorn.error": {"handlers": [], "propagate": True},
                "uvicorn.access": {
                    "handlers": [],
                    "propagate": True,
                    "filters": ["without-health"],
                },
            },
        }
    )
