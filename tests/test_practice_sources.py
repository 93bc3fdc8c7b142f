"""What `genfile lint` says of what steps fetch, of addresses in the code, and of what a jar carries."""

from pathlib import Path

import pytest

from tests.test_practice import found
from tests.test_practice_addresses import BUILT, FRONT, KEY
from tests.test_practice_weight import GO, JAR, JAVA, PYTHON, SERVED, TWO_STAGES

PAGE = {**FRONT, "index.html": "<script type=module src=/api.js></script>\n"}
WHOLE = SERVED.replace("-slim", "")
RAW = "https://raw.githubusercontent.com/a/b"


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("RUN git clone https://github.com/a/b.git /b", True),
        ("RUN git clone --depth 1 -b main https://github.com/a/b.git /b", True),
        ("RUN git clone --branch v1.2 https://github.com/a/b.git /b", False),
        ("RUN git clone https://github.com/a/b.git /b && cd /b && git checkout 1a2b3c", False),
        (f"ADD {RAW}/main/tool /tool", True),
        (f"ADD {RAW}/v1.2/tool /tool", False),
        (f"RUN curl -o /tool {RAW}/refs/heads/master/tool", True),
        (f"RUN curl {RAW}/main/install.sh | sh", False),
        ("RUN curl -LO https://github.com/a/b/releases/latest/download/b.tar.gz", True),
        ("RUN curl -LO https://github.com/a/b/releases/download/v1.2/b.tar.gz", False),
        ("ADD https://github.com/a/b/archive/master.zip /b", True),
        ("RUN pip install git+https://github.com/a/b.git", True),
        ("RUN pip install 'b @ git+https://github.com/a/b.git@v1.2'", False),
        ("RUN go install github.com/a/b@latest", True),
        ("RUN go install github.com/a/b@v1.2.0", False),
        ("RUN gem install wpscan", True),
        ("RUN gem install wpscan -v 3.8", False),
        ("RUN cargo install ripgrep --version 14.1.0", False),
    ],
)
def test_sources_that_move(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, wrong: bool) -> None:
    said = found(tmp_path, capsys, WHOLE.replace("EXPOSE", f"{line}\nEXPOSE"), PYTHON)
    assert said.get("source-moving") == (6 if wrong else None)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (TWO_STAGES.replace("RUN go build", "RUN GOARCH=amd64 go build"), True),
        (TWO_STAGES.replace("RUN go build", "ENV GOARCH=arm64\nRUN go build"), True),
        (TWO_STAGES.replace("RUN go build", "ARG TARGETARCH\nRUN GOARCH=$TARGETARCH go build"), False),
        (TWO_STAGES.replace("RUN go build", "RUN GOOS=linux go build"), False),
        (TWO_STAGES.replace("RUN go build", "RUN curl -LO https://example.org/1/a_x86_64.tgz\nRUN go build"), True),
        (TWO_STAGES.replace("RUN go build", "RUN curl -LO https://example.org/a_$(uname -m).tgz\nRUN go build"), False),
    ],
)
def test_one_processor(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, wrong: bool) -> None:
    assert ("platform-fixed" in found(tmp_path, capsys, text, GO)) is wrong


@pytest.mark.parametrize(
    ("code", "lines", "wrong"),
    [
        ("os.getenv('REDIS_URL', 'redis://localhost:6379')", "", True),
        ("os.environ.get('DB_HOST', default='localhost')", "", True),
        ("os.getenv('FEED', 'ws://127.0.0.1:9000')", "", True),
        ("os.getenv('REDIS_URL', 'redis://localhost:6379')", "ENV REDIS_URL=redis://cache\n", False),
        ("os.getenv('REDIS_URL', 'redis://cache:6379')", "", False),
        ("os.getenv('SITE_URL', 'http://localhost:8000')", "", False),
        ("os.getenv('BIND_HOST', 'localhost')", "", False),
        ("1  # os.getenv('X')", "", False),
    ],
)
def test_servers_by_default(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, lines: str, wrong: bool
) -> None:
    files = {**PYTHON, "app.py": f"import os\nfrom flask import Flask\napp = Flask(__name__)\nplace = {code}\n"}
    said = found(tmp_path, capsys, SERVED.replace("EXPOSE", f"{lines}EXPOSE"), files)
    assert ("address-of-itself" in said) is wrong


@pytest.mark.parametrize(
    ("code", "line", "wrong"),
    [
        ("fetch('http://localhost:5000/items')", "", True),
        ("export const baseURL = 'http://localhost:5000'", "", True),
        ("const api = import.meta.env.VITE_API || 'http://localhost:5000'", "", True),
        ("const api = import.meta.env.VITE_API || 'http://localhost:5000'", "ARG VITE_API=https://example.org", False),
        ("const api = import.meta.env.DEV ? 'http://localhost:5000' : '/api'", "", False),
        ("const [api, setApi] = useState('http://localhost:5000')", "", False),
        ("// fetch('http://localhost:5000/items')", "", False),
        ("console.log('http://localhost:5000')", "", False),
        ("/* auto generated */\nexport const apiUrl = 'http://localhost:5000'", "", False),
        ("fetch('/items')", "", False),
    ],
)
def test_servers_of_pages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, line: str, wrong: bool
) -> None:
    said = found(tmp_path, capsys, BUILT.replace("LINE\n", f"{line}\n" if line else ""), PAGE, {"api.js": code})
    assert ("address-of-itself" in said) is wrong


def test_arguments_that_somebody_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {"api.js": "const api = import.meta.env.VITE_API || 'http://localhost:5000'\n"}
    text = BUILT.replace("LINE", "ARG VITE_API")
    assert "address-of-itself" in found(tmp_path, capsys, text, PAGE, files)
    given = {"build.sh": "docker build --build-arg VITE_API=https://example.org .\n"}
    assert "address-of-itself" not in found(tmp_path, capsys, text, PAGE, {**files, **given})


SPRING = (
    "<project><groupId>a</groupId><artifactId>a</artifactId><version>1</version><parent><groupId>"
    "org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.5.0</version>"
    "</parent><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>"
    "spring-boot-starter-web</artifactId></dependency></dependencies></project>"
)
STARTS = (
    "import org.springframework.boot.SpringApplication;\n@SpringBootApplication\nclass A {\n"
    "  public static void main(String[] a) { SpringApplication.run(A.class, a); }\n}\n"
)


@pytest.mark.parametrize(
    ("files", "line", "wrong"),
    [
        ({"application.properties": "spring.datasource.url=jdbc:mysql://localhost:3306/a\n"}, "", True),
        ({"application.yml": "spring:\n  datasource:\n    url: jdbc:mysql://127.0.0.1/a\n"}, "", True),
        ({"application.yml": "spring:\n  datasource:\n    url: jdbc:mysql://db/a\n"}, "", False),
        (
            {"application.properties": "spring.datasource.url=jdbc:mysql://localhost:3306/a\n"},
            "ENV SPRING_DATASOURCE_URL=jdbc:mysql://db/a\n",
            False,
        ),
        (
            {
                "application.properties": "spring.datasource.url=jdbc:mysql://localhost:3306/a\n",
                "application-prod.properties": "spring.datasource.url=${URL}\n",
            },
            "",
            False,
        ),
    ],
)
def test_databases_of_a_jar(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], line: str, wrong: bool
) -> None:
    own = {f"src/main/resources/{name}": text for name, text in files.items()}
    tree = {**JAVA, "pom.xml": SPRING, "src/main/java/A.java": STARTS, **own}
    for path in tree:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    said = found(tmp_path, capsys, JAR.replace("EXPOSE", f"{line}EXPOSE"), tree)
    assert ("address-of-itself" in said) is wrong


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("application.properties", "app.jwt.secret=f00dfeed\n", True),
        ("application.properties", "app.jwt.secret=${JWT_SECRET:f00dfeed}\n", True),
        ("application.properties", "app.jwt.secret=${JWT_SECRET}\n", False),
        ("application.properties", "app.jwt.secret=${JWT_SECRET:}\napp.token.lifespan=3600\n", False),
        ("application.properties", "spring.datasource.password=hunter\n", True),
        ("application.properties", "spring.datasource.password=${DB_PASSWORD:hunter}\n", False),
        (
            "application.properties",
            "spring.datasource.url=jdbc:h2:mem:a\nspring.datasource.password=hunter\n",
            False,
        ),
        ("application.yml", "mail:\n  apiKey: f00dfeed\n", True),
        ("database.properties", "password=hunter\n", True),
        ("messages.properties", "login.password=Password\n", False),
        ("application-test.yml", "mail:\n  apiKey: f00dfeed\n", False),
        ("keys/own.pem", KEY, True),
        ("keys/public.pem", "-----BEGIN PUBLIC KEY-----\n", False),
    ],
)
def test_secrets_in_a_jar(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, wrong: bool
) -> None:
    files = {**JAVA, "pom.xml": SPRING, "src/main/java/A.java": STARTS, f"src/main/resources/{name}": text}
    for path in files:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    said = found(tmp_path, capsys, JAR, files)
    assert said.get("secret-in-jar") == (8 if wrong else None)
