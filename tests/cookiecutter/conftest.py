import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Template = Callable[..., Path]


@pytest.fixture
def template(tmp_path: Path) -> Template:
    """Writes a small template: its variables, then its files; a name that ends in `!` is executable."""

    def write(variables: Mapping[str, Any] | str, files: Mapping[str, str | bytes], name: str = "template") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        text = variables if isinstance(variables, str) else json.dumps(variables, indent=2, ensure_ascii=False)
        (folder / "cookiecutter.json").write_text(text, "utf-8")
        for path, content in files.items():
            file = folder / path.removesuffix("!")
            if path.endswith("/"):
                file.mkdir(parents=True)
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
            if path.endswith("!"):
                file.chmod(0o755)
        return folder

    return write
