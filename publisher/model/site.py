"""What the content folder says, in every locale, and how it is to be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from publisher.model.names import NOWHERE, Key, Locale, Ref, Spot, Stale, State
from publisher.model.things import Thing

ENGLISH = Locale("en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A local file that a body shows. `path` is below the content folder; `size` in bytes.

    `token` ("DIGEST/NAME") is how bodies refer to it; the digest is over the file's bytes.
    """

    token: str
    path: str
    size: int = 0

    @property
    def digest(self) -> str:
        """The first half of the token: 16 hex digits."""
        return self.token.partition("/")[0]

    @property
    def public_name(self) -> str:
        """`diagram.1a2b3c4d.png`: Intercom caches by file name, so the bytes are in it."""
        digest_, _, name = self.token.partition("/")
        stem, dot, suffix = name.rpartition(".")
        return f"{stem}.{digest_[:8]}.{suffix}" if dot else f"{name}.{digest_[:8]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """An address of the help center that leads to something of ours from now on.

    start   a path in the help center (it begins with `/`), or the former key of an article or
            a collection; `article:` and `collection:` before it tell them apart.
    locale  None: in every one. target: by its name in the configuration; None: every one.
    """

    start: str
    to: Ref
    locale: Locale | None = None
    target: str | None = None
    spot: Spot = field(default=NOWHERE, compare=False)

    def leaves(self, ref: Ref, locale: Locale) -> bool:
        """Whether it leads away from what has, or had, this key in a language."""
        named = self.start in (ref.key, str(ref)) and ref.kind in ("article", "collection")
        return named and self.locale in (None, locale)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRules:
    """How the content folder is to be read: publisher.toml without its targets.

    locales     empty: every folder whose name is a locale code.
    ignore      frontmatter keys of other tools; `aliases` renames theirs to ours.
    severities  rule → "error", "warning" or "off".
    options     rule → what it is tuned with, as the configuration says it.
    stale       what a stale translation does: by locale, "" for every other one.
    """

    default_locale: Locale = ENGLISH
    locales: tuple[Locale, ...] = ()
    default_state: State = "published"
    ignore: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    severities: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    stale: Mapping[str, Stale] = field(default_factory=dict)


def ignores_nothing(path: str, locale: Locale | None = None) -> bool:
    """Stand for a folder in which every file counts."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All we want, in every locale.

    headings  serves anchors: our id of each heading by slug.
    closed    `locales` was configured: files of other languages were left out, not removed.
    left_out  things that are in the repository, but not for this target; they stay as they are.
    unread    files that were seen and say nothing here, since they could not be read.
    redirects  those of redirects.yml that can be followed.
    ignores   whether a file is none of ours: by its path, and the locale it is translated to.
    """

    default_locale: Locale
    locales: tuple[Locale, ...]
    things: Mapping[Ref, Thing]
    assets: Mapping[str, Asset] = field(default_factory=dict)
    headings: Mapping[tuple[Key, Locale], Mapping[str, str]] = field(default_factory=dict)
    default_state: State = "published"
    closed: bool = False
    left_out: frozenset[Ref] = frozenset()
    unread: tuple[str, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    ignores: Callable[[str, Locale | None], bool] = field(
        default=ignores_nothing, compare=False, repr=False
    )
