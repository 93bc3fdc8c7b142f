from django.test import SimpleTestCase


class HealthTest(SimpleTestCase):
    def test_health(self) -> None:
        self.assertEqual(self.client.get("/health").status_code, 200)
