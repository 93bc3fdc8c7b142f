"""What is quoted."""

BOOKS = ["Call me Ishmael."]
