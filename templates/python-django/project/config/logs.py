"""Logs as JSON, one object a line; settings.py uses it, and gunicorn.conf.py."""

import json
import logging
from datetime import UTC, datetime

# What every record has; the rest came by `extra=`.
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request"}


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
        # gunicorn's arguments: one mapping of what its access log can say; U is the path.
        arguments = record.args
        return not (isinstance(arguments, dict) and arguments.get("U") == "/health/")
