from django.test import SimpleTestCase
from django.urls import reverse


class GreetingTests(SimpleTestCase):
    def test_it_greets(self) -> None:
        response = self.client.get(reverse("greetings:greet", args=["Ada"]))
        self.assertEqual(response.json(), {"message": "Hello, Ada!"})
