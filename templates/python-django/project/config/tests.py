import json
import logging
from unittest.mock import patch

from django.db import OperationalError
from django.test import SimpleTestCase, TestCase

from config.logs import JsonFormatter, WithoutHealth


class HealthTests(SimpleTestCase):
    def test_it_is_healthy_without_a_database(self) -> None:
        response = self.client.get("/health/")
        self.assertEqual((response.status_code, response.json()), (200, {"status": "ok"}))


class ReadyTests(TestCase):
    def test_the_database_answers(self) -> None:
        self.assertEqual(self.client.get("/ready/").status_code, 200)

    def test_the_database_is_down(self) -> None:
        with (
            patch("config.health.connection.cursor", side_effect=OperationalError("refused")),
            self.assertLogs("config.health", "WARNING"),
            self.assertLogs("django.request", "ERROR"),
        ):
            self.assertEqual(self.client.get("/ready/").status_code, 503)


class LogTests(SimpleTestCase):
    def record(self, message: str, *args: object) -> logging.LogRecord:
        return logging.LogRecord("shop", logging.INFO, __file__, 1, message, args, None)

    def test_a_record_is_one_line_of_json(self) -> None:
        line = JsonFormatter().format(self.record("two\nlines of %s", "text"))
        self.assertNotIn("\n", line)
        self.assertEqual(json.loads(line)["message"], "two\nlines of text")

    def test_health_checks_are_not_logged(self) -> None:
        quiet = WithoutHealth()
        self.assertFalse(quiet.filter(self.record("%(U)s", {"U": "/health/"})))
        self.assertTrue(quiet.filter(self.record("%(U)s", {"U": "/greetings/Ada/"})))
