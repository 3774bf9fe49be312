"""The words of a plan: languages by name, why-sentences, counts with their noun."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from publisher.model import KINDS, Kind

LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "bs": "Bosnian", "ca": "Catalan", "cs": "Czech",
    "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "et": "Estonian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hr": "Croatian",
    "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "lt": "Lithuanian", "lv": "Latvian", "mn": "Mongolian", "nb": "Norwegian", "nl": "Dutch",
    "pl": "Polish", "pt": "Portuguese", "pt-BR": "Brazilian Portuguese", "ro": "Romanian",
    "ru": "Russian", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "tr": "Turkish",
    "vi": "Vietnamese", "zh-CN": "Simplified Chinese", "zh-TW": "Traditional Chinese",
}  # fmt: skip

NOUNS: dict[Kind, tuple[str, str]] = {
    "collection": ("collection", "collections"),
    "article": ("article", "articles"),
    "source": ("content source", "content sources"),
    "page": ("external page", "external pages"),
}
WHOLE = {
    "parent": "collection",
    "author": "author",
    "icon": "icon",
    "url": "address",
    "active": "status",
    "source": "content source",
    "external_id": "external id",
    "locale": "language",
    "agent": "Fin availability",
    "copilot": "Copilot availability",
    "sales": "sales availability",
}


def language(locale: str) -> str:
    """ "French" for "fr"; an unknown code stays as it is."""
    return LANGUAGES.get(locale, locale)


def field(name: str) -> str:
    """Name a field as a writer would: "the French body", "the author"."""
    locale, _, part = name.rpartition(".")
    if locale:
        return f"the {language(locale)} {part}"
    return f"the {WHOLE.get(name, name)}"


def listed(parts: Iterable[str], *, most: int = 4) -> str:
    """ "a, b and c"; beyond `most`, "a, b, c and 5 more"."""
    items = list(dict.fromkeys(parts))
    if len(items) > most:
        items = [*items[: most - 1], f"{len(items) - most + 1} more"]
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def counted(count: int, one: str, many: str = "") -> str:
    """ "1 article", "3 articles"."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def verb(count: int, one: str, many: str) -> str:
    """The verb that goes with a count."""
    return one if count == 1 else many


def kinds_counted(kinds: Sequence[Kind]) -> str:
    """ "2 collections and 14 articles"."""
    return listed(
        (counted(kinds.count(kind), *NOUNS[kind]) for kind in KINDS if kind in kinds), most=9
    )


def changed(names: Iterable[str]) -> str:
    """ "the French body and the author changed"."""
    names = list(names)
    by_locale: dict[str, list[str]] = {}
    for name in names:
        locale, _, part = name.rpartition(".")
        by_locale.setdefault(locale, []).append(part)
    phrases = []
    for locale, parts in by_locale.items():
        if locale:
            phrases.append(f"the {language(locale)} {listed(parts)}")
        else:
            phrases.extend(field(part) for part in parts)
    return f"{listed(phrases)} changed"
