"""The health path of a Go server without a router: what a handler compares the path of a request with."""

import pytest

from tests.test_traps import GO_MOD, only


def health(body: str, condition: str = "") -> str | None:
    code = f"""package main

import "net/http"

func handle(w http.ResponseWriter, r *http.Request) {{
	{body}
}}

func main() {{
	{condition}
	http.ListenAndServe(":9000", http.HandlerFunc(handle))
}}
"""
    found = only(**{"go.mod": GO_MOD, "main.go": code}).health
    return found.path if found is not None else None


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ('if r.URL.Path == "/health" {\n\t\tw.WriteHeader(200)\n\t\treturn\n\t}', "/health"),
        ('if r.Method == "GET" && (r.URL.Path == "/healthz") {\n\t\tw.Write(nil)\n\t}', "/healthz"),
        ('if "/livez" == r.URL.Path || r.URL.Path == "/a" {\n\t\tanswer(w)\n\t}', "/livez"),
        ('switch r.URL.Path {\n\tcase "/a", "/health":\n\t\tw.Write(nil)\n\tdefault:\n\t}', "/health"),
        ('if r.URL.Path != "/health" {\n\t\tw.Write(nil)\n\t}', None),
        ('if r.URL.Path == "/health" {\n\t\tquiet = true\n\t}', None),
        ('if name == "/health" {\n\t\tw.Write(nil)\n\t}', None),
        ('if r.URL.Path == "/orders" {\n\t\tw.Write(nil)\n\t}', None),
    ],
)
def test_path_that_a_handler_answers(body: str, wanted: str | None) -> None:
    assert health(body) == wanted


def test_registered_route_comes_before_a_comparison() -> None:
    body = 'if r.URL.Path == "/healthz" {\n\t\tw.Write(nil)\n\t}'
    assert health(body, 'http.HandleFunc("/health", handle)') == "/health"
