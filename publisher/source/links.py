"""Relative links and images → `article:KEY#ANCHOR`, `asset:DIGEST/NAME`.

A link is resolved as a browser of the repository would: from the file's folder, or,
when it begins with `/`, from the locale folder and then from the content folder. It
means the article, not the file: a link from French to an English file leads French
readers to the French text, and a French link to what is not translated leads to the
default locale's. What cannot be resolved is a finding on the link's line,
and its text stays without the link. Pure: this is handed an index, not a folder.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from publisher.body import canonical, refs
from publisher.model import Asset, Key, Locale, Ref
from publisher.source.document import Document
from publisher.source.rules import Finding, did_you_mean, nearest

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_SITE = re.compile(r"(www\.)?[\w-]+(\.[\w-]+)*\.(com|org|net|io|dev|app)(/|$)", re.IGNORECASE)
_GONE = "no-such-file.publisher"
_GONE_BLOCK = re.compile(
    rf'(<(a|div|p)\b[^>]*>)*<img src="[^"]*{re.escape(_GONE)}"[^>]*>(</(a|div|p)>)*'
)
_LETTERS = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
NOWHERE = "https://nowhere.invalid/?"
"""Where links lead that lead nowhere, in a preview; what the author wrote comes after it."""
NO_IMAGE = "https://nowhere.invalid/missing-image.svg"
"""What stands for an image that is not there, in a preview."""
IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".svg")
"""Source: Intercom, Articles API: PNG, JPEG, SVG and GIF are fetched and hosted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """All that a link can lead to. Paths are below the content folder, in NFC.

    default   folder of the default locale.
    files     Markdown file → what it belongs to, and its locale.
    folders   locale folder and folder → the collection.
    headings  (key, locale) → our heading id by slug.
    asset     the asset at a path, or None when no such file is there.
    marks     whether a link that leads nowhere stays, marked by `NOWHERE`.
    by_name, by_folder  the files once more, to suggest one for a link that leads nowhere.
    """

    default: Locale
    files: Mapping[str, tuple[Ref, Locale]]
    folders: Mapping[str, Ref]
    headings: Mapping[tuple[Key, Locale], Mapping[str, str]]
    asset: Callable[[str], Asset | None]
    marks: bool = False
    by_name: Mapping[str, list[str]] = field(init=False)
    by_folder: Mapping[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        """Group the files."""
        by_name: dict[str, list[str]] = {}
        by_folder: dict[str, list[str]] = {}
        for file in self.files:
            folder, name = posixpath.split(file)
            by_name.setdefault(name, []).append(file)
            by_folder.setdefault(folder, []).append(name)
        object.__setattr__(self, "by_name", by_name)
        object.__setattr__(self, "by_folder", by_folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A document's body with symbolic references, and what could not be resolved.

    targets  what each of the document's links and images became; None: its text stays alone.
    """

    html: str
    lines: tuple[int, ...]
    targets: tuple[str | None, ...] = ()
    findings: tuple[Finding, ...] = ()
    assets: tuple[Asset, ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a URL becomes (None: nothing) and, when that is not what was meant, why."""

    url: str | None
    rule: str = ""
    what: str = ""
    advice: str = ""
    asset: Asset | None = None


Resolve = Callable[[str, bool], tuple[str | None, Asset | None]]
"""The address of a link (or, True, an image) → what it becomes, and the file that it shows."""


def resolver(document: Document, ref: Ref, locale: Locale, index: Index) -> Resolve:
    """Return what resolves one address after the other, as they stand in a document."""
    desk = _Desk(document, ref, locale, index)

    def resolve(url: str, image: bool) -> tuple[str | None, Asset | None]:
        answer = desk.answer(url, image)
        return answer.url, answer.asset

    return resolve


def is_relative(url: str) -> bool:
    """Whether an address is one of our files: neither on a host nor within the page."""
    return not (_SCHEME.match(url) or url.startswith("#"))


def readable(url: str) -> str:
    """Return an address as people write it: letters beyond ASCII in place of their codes."""
    return _LETTERS.sub(lambda found: _letters(found[0]), url)


def _letters(codes: str) -> str:
    found = unquote(codes, errors="surrogateescape")
    return found if found.isprintable() else codes


def path_of(url: str) -> str:
    """Return the path in a relative address, without query and anchor, decoded and in NFC."""
    return _decoded(url.partition("#")[0].partition("?")[0])


def candidates(name: str, path: str, default: Locale) -> list[str]:
    """Return where a path in the file `name` may lead, most likely first; a last slash stays.

    From the file's folder, or, where it begins with `/`, from the locale folder and then
    from the content folder. Then the same places in the default locale: readers get that
    where there is no translation, so that one may keep the links and images of its source.
    """
    bases = [locale_folder(name), ""] if path.startswith("/") else [posixpath.dirname(name)]
    slash = "/" if path.endswith("/") else ""
    places = [posixpath.normpath(posixpath.join(b, path.lstrip("/") or ".")) for b in bases]
    top = name.partition("/")[0]
    if top not in (default, "fin"):
        below = [place.removeprefix(f"{top}/") for place in places if place.startswith(f"{top}/")]
        places += [f"{default}/{place}" for place in below]
    return [place + slash for place in places]


def locale_folder(name: str) -> str:
    """Return the folder that a file's locale has, below fin/ with its source."""
    parts = name.split("/")
    return "/".join(parts[: 3 if parts[0] == "fin" else 1])


def link(document: Document, ref: Ref, locale: Locale, index: Index) -> Linked:
    """Resolve every link and image of a document.

    ref, locale  of the document itself.
    """
    desk = _Desk(document, ref, locale, index)
    findings, targets = [], []
    for each in document.links:
        answer = desk.answer(each.url, each.image)
        targets.append(answer.url)
        if answer.rule:
            place = (answer.rule, document.path, answer.what, answer.advice, each.line)
            findings.append(Finding(*place))
    html = document.html
    if targets != [each.url for each in document.links]:
        html = refs.rewrite(html, lambda url, image: desk.answer(url, image).url)
    answers = desk.known.values()
    return Linked(
        html=html,
        lines=_lines_left(document, desk),
        targets=tuple(targets),
        findings=tuple(findings),
        assets=tuple(answer.asset for answer in answers if answer.asset),
    )


def _lines_left(document: Document, desk: _Desk) -> tuple[int, ...]:
    """An image without a target goes with its block, and so must the block's line."""
    if not any(image and answer.url is None for (_, image), answer in desk.known.items()):
        return document.lines

    def marked(url: str, image: bool) -> str | None:
        answer = desk.answer(url, image).url
        return f"asset:0/{_GONE}" if image and answer is None else answer

    blocks = canonical.blocks(refs.rewrite(document.html, marked))
    lines = zip(document.lines, blocks, strict=False)
    return tuple(line for line, block in lines if not _GONE_BLOCK.fullmatch(block))


@dataclass(frozen=True, slots=True)
class _Desk:
    """Answers for one document; the same URL is asked about more than once."""

    document: Document
    ref: Ref
    locale: Locale
    index: Index
    known: dict[tuple[str, bool], _Answer] = field(default_factory=dict)

    def answer(self, url: str, image: bool) -> _Answer:
        if (url, image) not in self.known:
            self.known[url, image] = self._answer(url, image)
        return self.known[url, image]

    def _answer(self, url: str, image: bool) -> _Answer:
        if _SCHEME.match(url) or (url.startswith("#") and not image):
            return _Answer(url)  # within the page, `body` knows the headings
        fragment = url.partition("#")[2]
        path = path_of(url)
        if not path:
            return self._nowhere(url, image)
        for candidate in candidates(self.document.name, path, self.index.default):
            if candidate == ".." or candidate.startswith("../"):
                what = f"`{readable(url)}` leads out of the content folder."
                return _Answer(None, "link-outside", what, "Move the file into it.")
            found = self._image(candidate) if image else self._target(candidate, unquote(fragment))
            if found:
                return found
        return self._nowhere(url, image)

    def _target(self, path: str, fragment: str) -> _Answer | None:
        found = self._article_or_page(path) or self._collection(path)
        if found is None:
            return self._file(path)
        ref, file_locale = found
        plain = refs.Reference(ref.kind, ref.key)  # type: ignore[arg-type]
        if not fragment:
            return _Answer(refs.spell(plain))
        locale = self.locale if (ref.key, self.locale) in self.index.headings else file_locale
        if (ref.key, locale) not in self.index.headings:
            return _Answer(refs.spell(plain))  # its file is refused, and is wrong enough by itself
        anchor = self._anchor(ref, locale, fragment)
        if not anchor:
            return self._no_anchor(refs.spell(plain), ref, locale, fragment)
        return _Answer(refs.spell(refs.Reference(plain.kind, plain.key, anchor)))

    def _article_or_page(self, path: str) -> tuple[Ref, Locale] | None:
        if path.endswith("/") and path.rstrip("/") in self.index.folders:
            return None
        stem = path.rstrip("/")
        found = self.index.files.get(stem) or self.index.files.get(f"{stem}.md")
        return found if found and found[0].kind in ("article", "page") else None

    def _collection(self, path: str) -> tuple[Ref, Locale] | None:
        folder = path.rstrip("/").removesuffix("/_index.md").removesuffix("/_index")
        found = self.index.folders.get(folder)
        return (found, self.locale) if found else None

    def _file(self, path: str) -> _Answer | None:
        asset = self.index.asset(path)
        if asset is None:
            return None
        what = f"This links to the file {asset.path}; Intercom hosts no files."
        advice = "Put it on a public address and link to that."
        url = refs.spell(refs.Reference("asset", asset.token))
        return _Answer(url, "link-to-file", what, advice, asset)

    def _image(self, path: str) -> _Answer | None:
        asset = self.index.asset(path)
        if asset is None:
            return None
        url = refs.spell(refs.Reference("asset", asset.token))
        if path.lower().endswith(IMAGES):
            return _Answer(url, asset=asset)
        what = f"{asset.path} is of a type that Intercom may refuse."
        return _Answer(url, "asset-type", what, "Use PNG, JPEG, GIF or SVG.", asset)

    def _anchor(self, ref: Ref, locale: Locale, fragment: str) -> str:
        headings = self.index.headings.get((ref.key, locale), {})
        fragment = unicodedata.normalize("NFC", fragment)
        if fragment in headings.values():
            return fragment
        return headings.get(fragment) or headings.get(fragment.lower()) or ""

    def _no_anchor(self, url: str, ref: Ref, locale: Locale, fragment: str) -> _Answer:
        what = f"`{ref.key}` has no heading `#{fragment}`."
        advice = did_you_mean(fragment, self.index.headings.get((ref.key, locale), {}))
        return _Answer(url, "anchor-unresolved", what, advice.replace("`", "`#", 1))

    def _nowhere(self, url: str, image: bool) -> _Answer:
        if image:
            what = f"The image `{readable(url)}` is not there."
            marked = NO_IMAGE if self.index.marks else None
            return _Answer(marked, "asset-missing", what, "Check the path, or add the file.")
        what = f"`{readable(url)}` leads nowhere."
        marked = NOWHERE + quote(url, safe="") if self.index.marks else None
        return _Answer(marked, "link-unresolved", what, self._suggestion(_decoded(url)))

    def _suggestion(self, path: str) -> str:
        """Name the file that was probably meant: the same name elsewhere, or nearly, nearby."""
        if _SITE.match(path):
            return f"Did you mean `https://{path}`?"
        here, address = self.document.name, path.partition("#")[0].partition("?")[0]
        wanted = candidates(here, address or ".", self.index.default)[0].rstrip("/")
        wanted = wanted.removesuffix(".md") + ".md"
        folder, name = posixpath.split(wanted)
        top = locale_folder(here) + "/"
        near = nearest(name, self.index.by_folder.get(folder, ()))
        namesakes = [file for file in self.index.by_name.get(name, ()) if file.startswith(top)]
        found = f"{folder}/{near}" if near else nearest(wanted, namesakes)
        if not found:
            return "Link to a file of the content folder, relative to this one."
        spelt = posixpath.relpath(found, posixpath.dirname(here))
        return f"Did you mean `{spelt}` ({self.index.files[found][0].key})?"


def _decoded(path: str) -> str:
    return unicodedata.normalize("NFC", unquote(path)).replace("\\", "/")
