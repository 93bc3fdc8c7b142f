"""XML as build files use it: elements with text and lines; no entities, no DTD."""

from msgspec import Struct, field

from genfile.parsers import ParseError, reason_of
from genfile.parsers.bounds import check

MAX_ELEMENTS = 100_000
MAX_DEPTH = 100


class Element(Struct):
    """An element: tag without its namespace, its own text stripped, the line of its start tag (1-based)."""

    tag: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    children: "list[Element]" = field(default_factory=list)

    def child(self, *tags: str) -> "Element | None":
        """The first descendant along a path of tags, or None."""
        element: Element | None = self
        for tag in tags:
            element = next((item for item in element.children if item.tag == tag), None) if element else None
        return element

    def all(self, *tags: str) -> "list[Element]":
        """Every descendant along a path of tags."""
        found = [self]
        for tag in tags:
            found = [item for element in found for item in element.children if item.tag == tag]
        return found

    def find_text(self, *tags: str) -> str | None:
        """The text of the first descendant along a path, or None if it is missing or empty."""
        element = self.child(*tags)
        return element.text or None if element else None


def parse_xml(text: str) -> Element:
    """The root element. Raises ParseError for text that is not XML, or that declares entities or a DTD."""
    from xml.parsers import expat

    check(text, "xml")
    parser = expat.ParserCreate()
    parser.buffer_text = True
    root = Element("", 0, {})
    stack = [root]
    texts: list[list[str]] = [[]]
    count = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MAX_ELEMENTS or len(stack) > MAX_DEPTH:
            raise ParseError("too many or too deeply nested elements", parser.CurrentLineNumber)
        element = Element(tag.rsplit(":", 1)[-1], parser.CurrentLineNumber, attributes)
        stack[-1].children.append(element)
        stack.append(element)
        texts.append([])

    def end(_tag: str) -> None:
        element = stack.pop()
        element.text = "".join(texts.pop()).strip()

    def data(characters: str) -> None:
        texts[-1].append(characters)

    def refuse(*_args: object) -> None:
        raise ParseError("declares a DTD or entities", parser.CurrentLineNumber)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text.removeprefix("\ufeff").lstrip(), True)
    except expat.ExpatError as error:
        raise ParseError(f"not valid XML: {expat.errors.messages[error.code]}", error.lineno) from None
    except (ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, ParseError):
            raise
        raise ParseError(f"not valid XML: {reason_of(error)}") from None
    return root.children[0]
