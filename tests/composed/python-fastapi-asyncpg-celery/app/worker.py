from celery import Celery

from app.settings import settings

celery = Celery("app", broker=settings.celery_broker_url)


@celery.task
def visited(number: int) -> None:
    print("visit", number)
