"""Move files of the content folder, and mend every link that leads to or from them.

    files as they are ──► what each link leads to ──► where that lies afterwards
                                 ▲                             │
                                 └── the same thing? ◄── files as they would be

Only addresses change, and only those that would lead elsewhere. The result is proven by
the same code that resolves links when the content is published: before and after, every
link has to lead to the same thing. Pure.
"""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from publisher.body import refs
from publisher.body.from_markdown import Link
from publisher.errors import PublisherError
from publisher.model import Asset, ContentRules, Key, Ref
from publisher.source import files as disk
from publisher.source.addresses import addresses_in, links_in, put_in
from publisher.source.document import Document, compile_document
from publisher.source.frontmatter import split
from publisher.source.links import Index, Resolve, is_relative, resolver
from publisher.source.outline import Outline, outline
from publisher.source.redirects import FILE, retargeted
from publisher.source.routes import Routes, routes, spelt
from publisher.source.rules import Finding
from publisher.source.site import index_of
from publisher.source.writing import edited

Meaning = tuple[object, ...]


def mended(
    files: Mapping[str, bytes], moves: Mapping[str, str], rules: ContentRules
) -> dict[str, bytes | None]:
    """Return the drafts that move files and keep every link leading where it leads.

    files  everything below the content folder by its path: the bytes of Markdown files, and
           of assets that move; of other assets only the names are looked at. With the bytes
           of redirects.yml, what redirects lead to is followed as well.
    moves  old path → new path, file by file.

    The drafts hold moved files under their new names (None under the old), and other files
    in which an address had to change. A link that leads nowhere is left as it is.

    Raises PublisherError, with file and line, for a link that cannot be kept; and for moves
    of what is not there, or to where something else is.
    """
    files = {_nfc(name): raw for name, raw in files.items()}
    moves = {_nfc(old): _nfc(new) for old, new in moves.items() if _nfc(old) != _nfc(new)}
    _check(files, moves)
    before = _world(files, rules, {})
    ways = routes(files, moves, rules.default_locale)
    texts = [
        _mended(document, moves.get(name, name), files[name], ways)
        for name, document in before.documents.items()
    ]
    now = {moves.get(name, name): raw for name, raw in files.items()}
    now |= {text.new: text.raw for text in texts}
    same = {text.new: text.document for text in texts if now[text.new] is files.get(text.new)}
    after = _world(now, rules, same)
    _prove(before, after, texts, ways)
    if files.get(FILE):
        said = dict(_targets(_renamed(before.plan, after.plan, ways), before.plan, after.plan))
        now[FILE] = edited(files[FILE], lambda text: retargeted(text, said))
    changed = {name: raw for name, raw in now.items() if raw is not files.get(name)}
    changed |= {new: now[new] for new in moves.values()}
    return {**dict.fromkeys(old for old in moves if old not in now), **changed}


def _check(files: Mapping[str, bytes], moves: Mapping[str, str]) -> None:
    taken = {name: name for name in files if name not in moves}
    for old, new in moves.items():
        if old not in files:
            raise PublisherError(f"{old} is not there, so it cannot be moved.")
        if _role(old) != _role(new):
            raise PublisherError(f"{old} cannot become {new}, which is a file of another kind.")
        other = taken.setdefault(new, old)
        if other != old:
            raise PublisherError(f"{old} cannot be moved to {new}: {other} would lie there, too.")


def _role(name: str) -> str:
    """What a file is whose name alone says so; an index right in a locale folder is nothing."""
    own = posixpath.basename(name)
    if own == "_index.md" and name.count("/") < 2:
        return "nothing"
    return own if own in ("_index.md", "_source.md") else ""


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _targets(
    renamed: Mapping[Ref, Ref], before: Outline, after: Outline
) -> Iterator[tuple[str, str]]:
    """Each way in which a redirect may name what is called otherwise now, and how it has to."""
    for old, new in renamed.items():
        if old != new and old.kind in ("article", "collection"):
            yield str(old), str(new)
            if _meant_by(old.key, before) == old:
                yield old.key, new.key if _meant_by(new.key, after) == new else str(new)


def _meant_by(key: Key, plan: Outline) -> Ref | None:
    """What a key alone means to a redirect: an article before a collection."""
    there = {Ref(kind, each) for (kind, _), each in plan.names.items() if each == key}
    return next(
        (ref for ref in (Ref("article", key), Ref("collection", key)) if ref in there), None
    )


# One file ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Text:
    """A Markdown file, where it lies afterwards and how it reads then.

    before, after  its links, one by one.
    """

    document: Document
    new: str
    raw: bytes
    before: tuple[Link, ...]
    after: tuple[Link, ...]


def _mended(document: Document, new: str, raw: bytes, ways: Routes) -> _Text:
    name = document.name
    text = disk.decode(name, raw)
    untouched = _Text(document, new, raw, document.links, document.links)
    if isinstance(text, Finding) or not _may_change(document, new, ways):
        return untouched
    parts = split(name, text)
    there = addresses_in(parts.body, parts.first_line)
    for link in there.unplaced:
        if ways.path(name, new, link.url, link.image) is not None:
            raise _lost(name, link)
    changes = [
        (each.start, each.end, spelt(path, each.raw, angled=each.angled))
        for each in there.found
        if (path := ways.path(name, new, each.url, each.image)) is not None
    ]
    if not changes:
        return untouched
    body = put_in(parts.body, changes)
    whole = text[: len(text) - len(parts.body)] + body
    after = links_in(body, parts.first_line)
    if len(after) != len(there.links):
        raise _lost(name, there.links[0])
    return _Text(document, new, edited(raw, lambda _: whole), there.links, after)


def _may_change(document: Document, new: str, ways: Routes) -> bool:
    """Whether a file has to be looked into; links of what is not rendered are not known yet."""
    if document.has_text and not document.html:
        return True
    return any(
        is_relative(link.url) and ways.path(document.name, new, link.url, link.image) is not None
        for link in document.links
    )


def _lost(name: str, link: Link) -> PublisherError:
    what = f"{name}:{link.line}: `{link.url}` cannot be kept leading where it leads."
    return PublisherError(f"{what} Write it as a plain link, or change it by hand, and try again.")


# All files --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _World:
    """Everything, before or after: what there is, and what links can lead to."""

    documents: Mapping[str, Document]
    plan: Outline
    index: Index

    def resolver(self, name: str) -> Resolve:
        own = Ref("article", Key(name)), self.plan.default_locale
        ref, locale = self.plan.refs.get(name, own)
        return resolver(self.documents[name], ref, locale, self.index)


def _world(
    files: Mapping[str, bytes], rules: ContentRules, known: Mapping[str, Document]
) -> _World:
    documents = {
        name: known.get(name) or compile_document(name, name, raw, rules)
        for name, raw in files.items()
        if name.lower().endswith(".md")
    }
    plan, _ = outline(documents.values(), rules)

    def asset(path: str) -> Asset | None:
        there = path in files and path not in documents
        return Asset(token=f"0/{path}", path=path) if there else None

    return _World(documents, plan, index_of(plan, files, asset))


def _prove(before: _World, after: _World, texts: list[_Text], ways: Routes) -> None:
    renamed = _renamed(before.plan, after.plan, ways)
    for text in texts:
        was, becomes = before.resolver(text.document.name), after.resolver(text.new)
        for old, new in zip(text.before, text.after, strict=True):
            meant = _meaning(old, was, lambda path: ways.moves.get(path, path), renamed)
            if meant and meant != _meaning(new, becomes, str, {}):
                raise _lost(text.document.name, old)


def _meaning(
    link: Link, resolve: Resolve, place: Callable[[str], str], renamed: Mapping[Ref, Ref]
) -> Meaning | None:
    """What a link leads to, under the names that it has afterwards; None: nothing of ours."""
    url, asset = resolve(link.url, link.image)
    if asset:
        return (place(asset.path), link.url.partition("#")[2])
    found = refs.parse(url) if url and is_relative(link.url) else None
    if found is None:
        return None
    ref = Ref(found.kind, Key(found.key))  # type: ignore[arg-type]
    return (renamed.get(ref, ref), found.anchor)


def _renamed(before: Outline, after: Outline, ways: Routes) -> dict[Ref, Ref]:
    """Say of every thing what it is called afterwards."""
    renamed: dict[Ref, Ref] = {}
    default = before.default_locale
    for name, (ref, _) in sorted(before.refs.items(), key=lambda item: item[1][1] != default):
        then = after.refs.get(ways.moves.get(name, name))
        if then and ref.kind != "collection":
            renamed.setdefault(ref, then[0])
    for folder in before.collections:
        key = after.folder_key(ways.folder(folder) or "")
        if key:
            renamed[Ref("collection", before.names["collection", folder])] = Ref("collection", key)
    return renamed
