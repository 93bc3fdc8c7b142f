"""The command line: parse, call the API, print. No logic of its own."""
