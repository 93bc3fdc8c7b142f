from django.apps import AppConfig


class GreetingsConfig(AppConfig):
    """An example of an application, to be replaced."""

    name = "greetings"
