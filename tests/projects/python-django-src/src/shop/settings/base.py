import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "collected"
MEDIA_ROOT = BASE_DIR / "media"
LOGS = BASE_DIR / "logs"
os.makedirs(LOGS, exist_ok=True)
CELERY_BEAT_SCHEDULE = {"prices": {"task": "shop.tasks.prices", "schedule": 60.0}}
