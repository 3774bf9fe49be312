"""One file compiled: everything that can be known of it without looking at another.

`compile_document` is a pure function of the file's bytes, its path and the
configuration, which is what makes its result worth caching. Links are still as the
author wrote them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace

from publisher.body.from_markdown import Heading, Link, Rendered, render
from publisher.model import ContentRules, Digest, Section, digest
from publisher.source import conflicts, files, ignoring
from publisher.source.frontmatter import Split, split
from publisher.source.ignoring import Ignores
from publisher.source.meta import Meta, read_meta
from publisher.source.privacy import addresses, secrets
from publisher.source.rules import Finding, option
from publisher.source.sections import sections_of
from publisher.source.shape import Shape, shape_of
from publisher.source.texts import lint_blocks, long_description

_UNFENCED = re.compile(r"[A-Za-z_][\w-]*:(\s|$)")
_HEADING = re.compile(r"#[ \t]+(.*?)[ \t#]*(\{#[\w-]+\})?")
_UNDERLINE = re.compile(r"=+[ \t]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A Markdown file, read and rendered.

    path      on disk, below the content folder; `name` is the same in NFC.
    digest    of the file's text; how lines end makes no difference.
    lines     of the file, one for each top-level block of `html`.
    headings  in order. sections: what a translation of it would be made from.
    shape     of the text, to compare translations by.
    ignores   findings that the author does not want to see.
    broken    it could not be read; its findings say why, and it becomes no thing.
    """

    path: str
    name: str
    digest: Digest
    meta: Meta = field(default_factory=Meta)
    title: str = ""
    html: str = ""
    lines: tuple[int, ...] = ()
    headings: tuple[Heading, ...] = ()
    links: tuple[Link, ...] = ()
    sections: tuple[Section, ...] = ()
    findings: tuple[Finding, ...] = ()
    shape: Shape = field(default_factory=Shape)
    ignores: Ignores = ()
    first_line: int = 1
    has_text: bool = False
    broken: bool = False


def compile_document(path: str, name: str, raw: bytes, rules: ContentRules) -> Document:
    """Read one file. Whatever is wrong with it is among its findings; nothing is raised."""
    text = files.decode(path, raw)
    if isinstance(text, Finding):
        return broken(path, name, Digest(hashlib.sha256(raw).hexdigest()[:16]), text)
    if not text.strip():
        empty = Finding("file-empty", path, "The file is empty.", "Write it, or remove it.")
        return broken(path, name, digest(text), empty)
    parts, unfinished = split(path, text), conflicts.findings(path, text)
    if parts.entries is None:
        return broken(path, name, digest(text), *(unfinished or parts.findings))
    meta, findings = read_meta(path, parts.entries, rules)
    ignores = ignoring.ignores_in(parts.body, parts.first_line)
    findings += [*secrets(path, text), *long_description(path, meta, rules)]
    findings += ignoring.unknown(path, ignores)
    document = Document(
        path=path,
        name=name,
        digest=digest(text),
        meta=meta,
        title=meta.title,
        findings=(*unfinished, *parts.findings, *findings),
        ignores=ignores,
        first_line=parts.first_line,
        has_text=bool(parts.body.strip()),
    )
    return _titled(_with_body(document, parts, rules), parts)


def broken(path: str, name: str, of: Digest, *findings: Finding) -> Document:
    """Return what stands for a file that cannot be read, so that links to it still lead there."""
    return Document(path=path, name=name, digest=of, findings=findings, broken=True)


def _with_body(document: Document, parts: Split, rules: ContentRules) -> Document:
    repeated = repeats(document.title, parts.body)
    if name_of(document) == "_source" or (is_index(document) and document.title):
        # Intercom shows no text there, so nothing in it can be wrong.
        return replace(
            document,
            has_text=len(parts.body.split()) > 0
            and not (repeated and "\n" not in parts.body.strip()),
        )
    rendered = render(
        parts.body,
        first_line=parts.first_line,
        take_title=repeated or not document.title,
    )
    title = document.title or " ".join((rendered.title or "").split())
    if is_index(document):
        return replace(document, title=title, has_text=bool(rendered.html))
    return replace(
        document,
        title=title,
        html=rendered.html,
        lines=rendered.lines,
        headings=rendered.headings,
        links=rendered.links,
        sections=sections_of(
            title, document.meta.description, rendered.html, rendered.lines, rendered.headings
        ),
        shape=shape_of(rendered.written),
        findings=(
            *document.findings,
            *_findings(document.path, rendered),
            *lint_blocks(document.path, rendered.written, parts.body, parts.first_line),
            *_people(document, parts, rules),
        ),
    )


def _people(document: Document, parts: Split, rules: ContentRules) -> list[Finding]:
    """Addresses in what readers see."""
    allowed = option(rules, "email-address", "allow")
    line = document.meta.lines.get("description", 1)
    said = addresses(document.path, document.meta.description, line, allowed)
    return [*said, *addresses(document.path, parts.body, parts.first_line, allowed)]


def _findings(path: str, rendered: Rendered) -> list[Finding]:
    return [
        Finding(found.rule, path, found.what, found.advice, found.line, found.severity)
        for found in rendered.findings
    ]


def repeats(title: str, body: str) -> bool:
    """Whether the body begins with the title as a heading, as other tools want it."""
    first, _, rest = body.lstrip("\n").partition("\n")
    heading = _HEADING.fullmatch(first)
    if heading:
        return heading[1] == title
    return first.strip() == title and bool(_UNDERLINE.fullmatch(rest.partition("\n")[0]))


def _titled(document: Document, parts: Split) -> Document:
    if document.title or name_of(document) in ("_source", "_index"):
        return document
    advice = "Write `title: …` between two lines of `---` at the top, or begin with `# Title`."
    if not parts.entries and _UNFENCED.match(parts.body.lstrip()):
        advice = "Did you forget the lines of `---` around the frontmatter?"
    untitled = Finding("title-missing", document.path, "There is no title.", advice)
    return replace(document, broken=True, findings=(*document.findings, untitled))


def name_of(document: Document) -> str:
    """Return the file's name without folder and suffix, in NFC."""
    return document.name.rpartition("/")[2][: -len(".md")]


def is_index(document: Document) -> bool:
    """Whether the file describes its folder's collection."""
    return name_of(document) == "_index"
