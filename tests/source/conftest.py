"""A content folder to write into, and what loading it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from publisher.model import ContentRules, Key, Kind, Problem, Ref, Thing
from publisher.source import Loaded, load

ADVICE = (
    "article-orphan",
    "email-address",
    "image-alt",
    "image-unused",
    "parity-links",
    "title-duplicate",
)
"""Rules that small examples about something else need not meet; their own tests ask for them."""


@dataclass
class Content:
    """A content folder. `write` takes paths with texts or bytes; `load` reads everything."""

    folder: Path
    cache: Path
    rules: ContentRules = field(default_factory=ContentRules)

    def write(self, **files: str | bytes) -> Content:
        return self.add(files)

    def add(self, files: dict[str, str | bytes]) -> Content:
        for path, text in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode() if isinstance(text, str) else text)
        return self

    def load(
        self,
        *,
        advice: bool = False,
        drafts: dict[str, bytes | None] | None = None,
        **rules: object,
    ) -> Loaded:
        """Read everything; `advice`: with the rules that are not asked otherwise."""
        off = {} if advice else dict.fromkeys(ADVICE, "off")
        rules["severities"] = {**off, **rules.get("severities", {})}
        wanted = ContentRules(**rules)
        return load(self.folder, wanted, cache=self.cache, drafts=drafts or {})

    def problems(self, **rules: object) -> list[tuple[str, str, int]]:
        """(rule, path below the content folder, line) of every problem."""
        found = [each for each in self.load(**rules).problems if each.spot]
        return [(each.rule, self.path(each), each.spot.line) for each in found]

    def path(self, problem: Problem) -> str:
        return Path(problem.spot.path).relative_to(self.folder).as_posix()

    def the(self, rule: str, **rules: object) -> Problem:
        """The one problem of a rule."""
        (only,) = [each for each in self.load(**rules).problems if each.rule == rule]
        return only

    def thing(self, kind: Kind, key: str, **rules: object) -> Thing:
        return self.load(**rules).site.things[Ref(kind, Key(key))]

    def body(self, key: str, locale: str = "en", **rules: object) -> str:
        return self.thing("article", key, **rules).translations[locale].body


@pytest.fixture
def content(tmp_path: Path) -> Content:
    folder = tmp_path / "content"
    folder.mkdir()
    return Content(folder, tmp_path / "cache")


@pytest.fixture
def article() -> Callable[..., str]:
    """Text of an article: frontmatter from the arguments, then the body."""

    def text(body: str = "Some text.\n", **meta: str) -> str:
        lines = "".join(f"{name}: {value}\n" for name, value in meta.items())
        return f"---\n{lines}---\n\n{body}" if meta else body

    return text
