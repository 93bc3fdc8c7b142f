from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
    celery_broker_url: str = "redis://localhost:6379/0"


settings = Settings()
