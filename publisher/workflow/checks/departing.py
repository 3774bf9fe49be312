"""What readers could reach at another revision and cannot any more, with no word of where to go.

The content as it was is read by the same code as the content that is, and what moved is
recognised the way a plan recognises it: a moved article keeps its id, so its address lives.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from publisher.config import Config
from publisher.model import (
    Article,
    Collection,
    Entry,
    Key,
    Locale,
    Problem,
    Ref,
    RemoteId,
    Site,
    Thing,
)
from publisher.plan import renames
from publisher.source import Loaded, load
from publisher.source.files import decode
from publisher.source.frontmatter import split
from publisher.source.past import files_at
from publisher.source.reading_all import read
from publisher.source.redirects import FILE, row
from publisher.source.rules import Finding, full_path, settle
from publisher.source.standing import Where

RULE = "redirect-required"
_ADDRESS = re.compile(r"/(?P<locale>[^/]+)/(?P<kind>article|collection)s/\d+-(?P<slug>[^/]+)/?")
"""Source: Intercom, the addresses it gives: …/en/articles/10-christmas-is-here."""


@dataclass(frozen=True, slots=True)
class Past:
    """The content as it was. `folder`: where its files seem to lie; nothing is there."""

    folder: Path
    loaded: Loaded


def content_at(config: Config, commit: str) -> Past:
    """Read the content as it was at `commit`, with the configuration of today.

    commit  what to compare with, such as `source.past.base_of` names it.

    Raises PublisherError for a commit that Git does not know.
    """
    drafts = files_at(config.root, config.content, commit)
    nowhere = Path(f"{config.content_folder}@{commit}")  # so that nothing of today is mixed in
    # What did not change is compiled once for both.
    cache = config.state_folder / "cache"
    return Past(nowhere, load(nowhere, config.rules, cache=cache, drafts=drafts))


def departures(config: Config, loaded: Loaded, past: Past) -> tuple[Problem, ...]:
    """Say what was public in the past, is gone or a draft now, and has no redirect.

    loaded  the content as it stands.

    What is ignored, protected, moved or only cannot be read has not departed. Problems stand
    at the first line of a file that is gone, or at the line that says `state: draft`.
    """
    before = past.loaded
    now = _with_faulty(config, loaded)
    sides = _Sides(config, past.folder, before, now, _renamed(before.site, now.site))
    found = [each for ref in sorted(before.site.things) for each in _departed(ref, sides)]
    return settle(found, config.rules)


def _with_faulty(config: Config, loaded: Loaded) -> Loaded:
    """The content as it stands, with texts in which only a link is wrong; they have not gone."""
    if all(each.severity != "error" for each in loaded.problems):
        return loaded
    where = Where(config.content_folder, config.rules, config.state_folder / "cache", preview=True)
    return read(where, {}).loaded


def _renamed(before: Site, now: Site) -> dict[Ref, Ref]:
    """Former ref → what it is called now, as a plan that knows no more than Git would find."""
    entries = {ref: _as_applied(ref, before, lost=ref not in now.things) for ref in before.things}
    return {old: new for new, old in renames.find(now, entries).items()}


def _as_applied(ref: Ref, site: Site, *, lost: bool) -> Entry:
    """What a ledger would remember, as far as it takes to recognise what is lost."""
    thing = site.things[ref]
    titles = thing.titles if isinstance(thing, Collection) else {}
    title = titles.get(site.default_locale, "")
    blocks = renames.blocks_of(thing) if lost else {}
    return Entry(ref=ref, id=RemoteId(str(ref)), title=title, blocks=blocks)


@dataclass(frozen=True, slots=True)
class _Sides:
    """Then and now. `nowhere`: where files of then seem to lie. `renamed`: former ref → ref."""

    config: Config
    nowhere: Path
    before: Loaded
    now: Loaded
    renamed: Mapping[Ref, Ref]

    def path(self, name: str) -> str:
        """Spell a file below the content folder as a user would."""
        return full_path(self.config.content_folder.as_posix(), name)

    def former_path(self, thing: Thing) -> str:
        """Where the file lay that spoke for a thing."""
        return self.path(Path(thing.spot.path).relative_to(self.nowhere).as_posix())

    def now_is(self, ref: Ref) -> Thing | None:
        """What a thing of then is today; None: nothing."""
        return self.now.site.things.get(self.renamed.get(ref, ref))

    def is_set_aside(self, path: str) -> bool:
        """Whether a file is none of ours now, or is there and only cannot be read."""
        site = self.now.site
        return site.ignores(path, None) or _nfc(path) in map(_nfc, site.unread)


def _departed(ref: Ref, sides: _Sides) -> Iterator[Finding]:
    thing, now = sides.before.site.things[ref], sides.now_is(ref)
    if not isinstance(thing, Article | Collection) or thing.protect:
        return
    if now is None and not sides.is_set_aside(path := sides.former_path(thing)):
        yield from _gone(ref, thing, path, sides)
    elif isinstance(now, Article) and isinstance(thing, Article):
        for locale in _lost(ref, thing, sides):
            yield from _gone_in(locale, ref, now, sides)


def _lost(ref: Ref, thing: Article | Collection, sides: _Sides) -> list[Locale]:
    """Languages in which readers met it, and that no redirect leads away from."""
    public = _public_in(thing, sides.before.site)
    return [locale for locale in public if not _leads_away(ref, thing, locale, sides)]


def _gone(ref: Ref, thing: Article | Collection, path: str, sides: _Sides) -> Iterator[Finding]:
    lost = _lost(ref, thing, sides)
    if len(lost) == len(_public_in(thing, sides.before.site)) and lost:
        what = f"The {ref.kind} `{ref.key}` was public and is gone; its address leads nowhere."
        advice = f"{_advice(ref, None, sides)} Or, if it became another file, write there: "
        yield Finding(RULE, path, what, f"{advice}`was: {ref.key}`.")
        return
    for locale in lost:
        yield _finding(ref, locale, path, "is gone", sides)


def _gone_in(locale: Locale, ref: Ref, now: Article, sides: _Sides) -> Iterator[Finding]:
    """Say whether one language of an article that is still there is gone, or a draft."""
    text = now.translations.get(locale)
    former = sides.path(sides.before.files_of[ref][locale])
    if text is None and not sides.is_set_aside(former):
        yield _finding(ref, locale, former, "is gone", sides)
    elif text is not None and text.state == "draft":
        line = _line_of_state(Path(text.spot.path), sides.config.rules.aliases)
        found = _finding(ref, locale, text.spot.path, "is a draft now", sides)
        yield replace(found, line=line)


def _finding(ref: Ref, locale: Locale, path: str, became: str, sides: _Sides) -> Finding:
    what = f"The {ref.kind} `{ref.key}` was public in {locale} and {became}; its address leads"
    return Finding(RULE, path, f"{what} nowhere.", _advice(ref, locale, sides))


def _advice(ref: Ref, locale: Locale | None, sides: _Sides) -> str:
    """The line to write; it leads to the collection that the thing lay in, if that is there."""
    now = sides.now.site.things
    doubled = Ref("collection", ref.key) in (now.keys() | sides.before.site.things.keys())
    start = str(ref) if doubled else ref.key
    parent = sides.before.site.things[ref].fields().get("parent", "")
    home = Ref("collection", Key(parent))
    home = sides.renamed.get(home, home)
    to = str(home) if home in now else "KEY"
    return f"Say in {FILE} where readers go instead: `{row(start, to, locale)}`."


def _line_of_state(file: Path, aliases: Mapping[str, str]) -> int:
    try:
        text = decode("", file.read_bytes())
    except OSError:
        return 1
    entries = split("", text).entries if isinstance(text, str) else None
    lines = [
        node.line for name, node in (entries or {}).items() if aliases.get(name, name) == "state"
    ]
    return lines[0] if lines else 1


def _public_in(thing: Article | Collection, site: Site) -> list[Locale]:
    """Languages in which readers met it; a collection, where something in it is shown."""
    if isinstance(thing, Article):
        return [locale for locale in thing.translations if _is_public(thing, locale, site)]
    below = [each for each in site.things.values() if isinstance(each, Article)]
    inside = [each for each in below if Ref("collection", thing.key) in _above(each, site)]
    shown = {locale for each in inside for locale in _public_in(each, site)}
    return [locale for locale in thing.titles if locale in shown]


def _is_public(article: Article, locale: Locale, site: Site) -> bool:
    """By its own state, else by that of its source, else by what the configuration says."""
    source = article.translations.get(site.default_locale)
    own = article.translations[locale].state
    return (own or (source and source.state) or site.default_state) == "published"


def _above(article: Article, site: Site) -> list[Ref]:
    found: list[Ref] = []
    parent: Key | None = article.parent
    while parent and (ref := Ref("collection", parent)) not in found:
        found.append(ref)
        home = site.things.get(ref)
        parent = home.parent if isinstance(home, Collection) else None
    return found


def _leads_away(ref: Ref, thing: Article | Collection, locale: Locale, sides: _Sides) -> bool:
    titles = thing.titles if isinstance(thing, Collection) else {}
    title = thing.translations[locale].title if isinstance(thing, Article) else titles[locale]
    for each in sides.now.site.redirects:
        said = _ADDRESS.fullmatch(each.start)
        address = said and (said["locale"], said["kind"], _slug(unquote(said["slug"])))
        if each.leaves(ref, locale) or address == (locale, ref.kind, _slug(title)):
            return True
    return False


def _slug(title: str) -> str:
    return re.sub(r"[\W_]+", "-", _nfc(title).casefold()).strip("-")


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
