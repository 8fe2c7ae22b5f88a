"""Reading server-rendered pages in tests: a small tree of what a browser would see without script."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

VOID = {"meta", "link", "img", "input", "br", "source", "use", "hr"}


class Node:
    """An element: its tag, attributes, and what is in it."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.inside: list[Node | str] = []

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def all(self, tag: str = "", /, **wanted: str) -> list[Node]:
        """All elements below with this tag and these attributes (``class_`` is one of several)."""
        return [node for node in self._below() if (not tag or node.tag == tag) and node.has(**wanted)]

    def one(self, tag: str = "", /, **wanted: str) -> Node:
        """The only such element."""
        (found,) = self.all(tag, **wanted)
        return found

    def has(self, **wanted: str) -> bool:
        """Whether it has these attributes."""
        for name, value in wanted.items():
            own = self.attributes.get(name.rstrip("_").replace("_", "-"))
            if own is None or (value not in own.split() if name == "class_" else value != own):
                return False
        return True

    @property
    def text(self) -> str:
        """What can be read in it, white space folded."""
        return " ".join("".join(self._texts()).split())

    def _below(self) -> Iterator[Node]:
        for child in self.inside:
            if isinstance(child, Node):
                yield child
                yield from child._below()

    def _texts(self) -> Iterator[str]:
        for child in self.inside:
            if isinstance(child, str):
                yield child
            elif child.tag not in {"script", "style"}:
                yield from child._texts()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while self.open[-1].tag != tag:
            assert len(self.open) > 1, f"</{tag}> closes nothing"
            assert self.open[-1].tag in {"dt", "dd", "li", "p"}, f"<{self.open[-1].tag}> is not closed before </{tag}>"
            self.open.pop()
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(response: httpx.Response) -> Node:
    """The page of an answer; fails where an element is not closed."""
    assert response.headers["content-type"].startswith("text/html"), response.headers
    reader = _Reader()
    reader.feed(response.text)
    assert len(reader.open) == 1, [node.tag for node in reader.open]
    return reader.open[0]


def island(page: Node) -> dict[str, Any]:
    """The data that the map document hands to its script."""
    data: dict[str, Any] = json.loads("".join(page.one("script", id="tm-map-data").inside))
    return data


def json_ld(page: Node) -> list[dict[str, Any]]:
    """All JSON-LD of a page."""
    return [json.loads("".join(node.inside)) for node in page.all("script", type="application/ld+json")]


def meta(page: Node, name: str) -> str:
    """The content of a meta element by its name or property; empty when there is none."""
    found = [
        node["content"] for node in page.all("meta") if name in {node.attributes.get("name"), node.attributes.get("property")}
    ]
    return found[0] if found else ""
