"""gunicorn reads this file by itself; PORT and WEB_CONCURRENCY of the environment, too."""

import os

# A worker's heartbeat is a file: not on a disk that may be slow, or read-only.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
worker_class = "gthread"
threads = 4
# SIGTERM: open requests get this long.
graceful_timeout = 8
accesslog = "-"

logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.JsonFormatter"}},
    "filters": {"without-health": {"()": "config.logs.WithoutHealth"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        }
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": [], "propagate": True},
        "gunicorn.access": {"handlers": [], "propagate": True, "filters": ["without-health"]},
    },
}
