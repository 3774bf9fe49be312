"""Where a file stands, and so what it is: an article, a translation, a collection's index …

    en/billing/refunds.md         an article, or (in another locale) a translation
    en/billing/_index.md          what its folder's collection is called
    fin/handbook/_source.md       a source of external pages
    fin/handbook/en/refunds.md    an external page

Pure: only the path, and whether the frontmatter pins a key, are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from publisher.model import LOCALES, ContentRules, Locale
from publisher.source.document import Document, is_index, name_of
from publisher.source.meta import Meta, Role, fault_of_key
from publisher.source.rules import Finding, did_you_mean

FIN = "fin"


@dataclass(frozen=True, slots=True)
class Place:
    """What a file is. `stem`: its path below the locale folder (below fin/: with its source)."""

    document: Document
    role: Role
    locale: Locale
    stem: str

    @property
    def folder(self) -> str:
        """The stem's folder; empty at the top."""
        return self.stem.rpartition("/")[0]

    @property
    def meta(self) -> Meta:
        """The file's frontmatter."""
        return self.document.meta

    def finding(self, rule: str, what: str, advice: str = "", key: str = "") -> Finding:
        """Return a finding on the line of a frontmatter key, or on the first."""
        return Finding(rule, self.document.path, what, advice, self.meta.lines.get(key, 1))


def places(documents: Iterable[Document], rules: ContentRules) -> tuple[list[Place], list[Finding]]:
    """Give every file its place; a file that has none is a finding, and left out."""
    placed: list[Place] = []
    findings: dict[tuple[str, str], Finding] = {}
    for document in sorted(documents, key=lambda document: (document.name, document.path)):
        place = _place(document, rules)
        if isinstance(place, Place):
            placed.append(place)
        else:
            findings.setdefault((place.rule, _home(document, place.rule)), place)
    return placed, list(findings.values())


def is_outside(name: str) -> bool:
    """Whether a file lies beside the locale folders, like a README for the authors."""
    return "/" not in name


def is_left_out(name: str, rules: ContentRules) -> bool:
    """Whether nothing that is wrong inside a file matters: it is not published from here."""
    parts = name.split("/")
    locale = parts[2] if parts[0] == FIN and len(parts) > 3 else parts[0]
    return is_outside(name) or (locale in LOCALES and _is_unlisted(locale, rules))


def _is_unlisted(name: str, rules: ContentRules) -> bool:
    return bool(rules.locales) and name not in (*rules.locales, rules.default_locale)


def _home(document: Document, rule: str) -> str:
    """Return what a finding is about: the file, or a whole folder, named once at its first file."""
    if not rule.startswith("locale-"):
        return document.path
    parts = document.name.split("/")
    return "/".join(parts[: 3 if parts[0] == FIN else 1])


def _place(document: Document, rules: ContentRules) -> Place | Finding:
    top, _, rest = document.name.partition("/")
    if is_outside(document.name):
        advice = f"Move it into {rules.default_locale}/, or name it in .publisherignore."
        what = "The file lies in no locale folder and is left out."
        return Finding("outside-locale", document.path, what, advice)
    if top == FIN:
        return _place_for_fin(document, rules)
    fault = _fault_of_locale(document, top, rules)
    if fault:
        return fault
    locale, stem = Locale(top), rest[: -len(".md")]
    if is_index(document):
        if "/" not in stem:
            what = "The locale folder is no collection, so this describes nothing."
            advice = "Move it into a folder, or remove it."
            return Finding("index-at-top", document.path, what, advice)
        return Place(document, "collection", locale, stem.rpartition("/")[0])
    role: Role = "article" if locale == rules.default_locale else "translation"
    return _with_fair_key(Place(document, role, locale, stem))


def _with_fair_key(place: Place) -> Place | Finding:
    fault = "" if place.meta.key else fault_of_key(place.stem)
    if fault:
        what = f"The file's name makes a key that {fault}."
        return place.finding("key-invalid", what, "Rename the file, or say `key:` in it.")
    return place


def _fault_of_locale(document: Document, name: str, rules: ContentRules) -> Finding | None:
    if name not in LOCALES:
        what = f"`{name}` holds Markdown but is no locale of Intercom."
        hint = did_you_mean(name, (*LOCALES, FIN))
        advice = hint or "Move it into a locale folder, or name it in .publisherignore."
        return Finding("locale-unknown", document.path, what, advice)
    if _is_unlisted(name, rules):
        what = f"The locale {name} is not listed in publisher.toml; its files are left out."
        return Finding("locale-not-listed", document.path, what, "Add it to `locales`.")
    return None


def _place_for_fin(document: Document, rules: ContentRules) -> Place | Finding:
    parts = document.name[: -len(".md")].split("/")[1:]
    if len(parts) == 2 and parts[1] == "_source":
        return Place(document, "source", rules.default_locale, parts[0])
    if len(parts) < 3 or name_of(document) in ("_source", "_index"):
        example = f"fin/{parts[0] if len(parts) > 1 else 'handbook'}/{rules.default_locale}/"
        what = "This is no place for an external page; it is left out."
        return Finding("fin-misplaced", document.path, what, f"Pages lie in {example}.")
    source, locale, *rest = parts
    fault = _fault_of_locale(document, locale, rules)
    return fault or Place(document, "page", Locale(locale), "/".join([source, *rest]))


def both(left: Place, right: Place, key: str) -> Iterator[Finding]:
    """Say at two files that they claim one key."""
    for place, other in ((left, right), (right, left)):
        what = f"The key `{key}` is also that of {other.document.path}."
        yield place.finding("key-duplicate", what, "Rename one, or give one a `key:`.", "key")
