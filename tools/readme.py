"""`python -m tools.readme`: write the example of README.md, what `genfile init examples/node` prints."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
PATH = ROOT / "README.md"
EXAMPLE = ROOT / "examples" / "node"
BEGIN, END = "<!-- example -->", "<!-- end of example -->"


def render() -> str:
    """README.md with its example as it is today."""
    import genfile

    before, _, rest = PATH.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    dockerfile = genfile.generate(EXAMPLE).files["Dockerfile"]
    return f"{before}{BEGIN}\n\n```dockerfile\n{dockerfile}```\n\n{END}{after}"


if __name__ == "__main__":
    PATH.write_text(render(), "utf-8")
