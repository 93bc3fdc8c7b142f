"""Public variables without which a page is blank are asked for by its build."""

import json

import pytest

import genfile

PAGE = {
    "package.json": json.dumps(
        {"name": "web", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7.1.0"}}
    ),
    "index.html": "<script type=module src=/src/main.ts></script>",
}


@pytest.mark.parametrize(
    ("code", "required"),
    [
        ("const url = import.meta.env.VITE_URL;\nif (!url) throw new Error('set VITE_URL');\n", True),
        ("const a = import.meta.env.VITE_URL, b = 1;\nif (!a || !b) { throw new Error('missing'); }\n", True),
        ("const url = import.meta.env.VITE_URL;\nexport function call() { if (!url) throw new Error('no'); }\n", False),
        ("const url = import.meta.env.VITE_URL ?? 'http://localhost:9';\nif (!url) throw new Error('no');\n", False),
        ("try { if (!import.meta.env.VITE_URL) throw new Error('no'); } catch { show(); }\n", False),
        ("fetch(import.meta.env.VITE_URL);\n", False),
    ],
)
def test_what_a_page_throws_without_is_required(code: str, required: bool) -> None:
    (service,) = genfile.inspect({**PAGE, "src/main.ts": code}).services
    (variable,) = [item for item in service.spec.environment if item.name == "VITE_URL"]
    assert (variable.phase, variable.required) == ("build", required)
    assert (
        "VITE_URL:?" in genfile.generate({**PAGE, "src/main.ts": code}, compose=True).files["compose.yaml"]
    ) == required
