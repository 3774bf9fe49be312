"""Take what a colleague changed in Intercom into the files, and nothing else.

Of a body only the blocks that changed there are written anew; frontmatter is changed key by
key. Where both sides changed the same, nothing is written and the clash is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from publisher.model import Article, Collection, ExternalPage, Live, Locale, Ref, RemoteId
from publisher.plan import words
from publisher.plan.diff import FieldFinding, is_body, is_state, locale_of
from publisher.plan.notices import name_of
from publisher.plan.promises import added_locales
from publisher.plan.view import View
from publisher.plan.wanted import home_of
from publisher.pull.layout import paths
from publisher.pull.report import Text
from publisher.source.writing import MetaValue, body_of, new_file
from publisher.workflow.bringing import availability, translation
from publisher.workflow.merging import take_body
from publisher.workflow.shelf import Taking


def take(ref: Ref, taking: Taking) -> None:
    """Take over every field of a thing that changed in Intercom."""
    view = taking.view
    live = view.live[ref]
    moved = [f for f in view.findings[ref] if f.finding in ("drift", "conflict")]
    lost = set(_locales_lost(ref, moved, live))
    for locale in sorted(lost):
        _locale_gone(ref, locale, taking)
    for finding in sorted(moved, key=lambda found: not is_body(found.name)):
        if locale_of(finding.name, view.site.things[ref]) not in lost:
            _field(ref, finding, taking)
    for locale in new_locales(ref, view):
        if taking.desk.wants(locale) and taking.file(ref, locale) not in taking.shelf.names:
            _new_locale(ref, locale, live, taking)


def drifts(ref: Ref, view: View) -> bool:
    """Whether anything of a thing changed in Intercom since the last apply, or came to it."""
    moved = any(f.finding in ("drift", "conflict") for f in view.findings.get(ref, ()))
    return moved or bool(new_locales(ref, view))


def _locales_lost(ref: Ref, moved: Iterable[FieldFinding], live: Live) -> Iterator[str]:
    if ref.kind != "article":
        return
    shown = live.thing.fields()
    for finding in moved:
        locale = finding.name.partition(".")[0] if "." in finding.name else ""
        if locale and f"{locale}.title" not in shown:
            yield locale


def _locale_gone(ref: Ref, locale: str, taking: Taking) -> None:
    taking.tell(
        "pull-gone",
        taking.file(ref, locale),
        f"the {words.language(locale)} translation was removed in Intercom.",
        "Remove the file as well, or put it back: "
        f"publisher apply --overwrite {name_of(ref, taking.view)}",
    )


def new_locales(ref: Ref, view: View) -> list[Locale]:
    """Translations that a colleague added; not those whose file was taken out here."""
    thing, live, entry = view.site.things[ref], view.live[ref], view.entries[ref]
    if isinstance(thing, Collection) and isinstance(live.thing, Collection):
        named = [locale for locale, title in live.thing.titles.items() if title]
        unsaid = [locale for locale in named if locale not in thing.titles]
        return [locale for locale in unsaid if f"{locale}.title" not in entry.sent]
    return added_locales(ref, view)


def _new_locale(ref: Ref, locale: Locale, live: Live, taking: Taking) -> None:
    path = taking.file(ref, locale)
    if ref.kind == "collection":
        _index(ref, path, locale, taking)
        taking.taken.fields.setdefault(ref, set()).update(
            f"{locale}.{part}" for part in ("title", "description")
        )
        return
    assert isinstance(live.thing, Article)
    meta, body = translation(live.thing, locale, path, taking.desk)
    text = new_file(meta, body.markdown)
    taking.taken.drafts[path] = text.encode()
    taking.taken.texts.append(
        Text(path=path, ref=ref, how="new", first_line=body_of(text)[1], pieces=body.pieces)
    )
    taking.taken.fields.setdefault(ref, set()).update(
        f"{locale}.{part}" for part in ("title", "description", "body", "state")
    )


def _field(ref: Ref, finding: FieldFinding, taking: Taking) -> None:
    if is_body(finding.name):
        take_body(ref, finding, taking)
    elif finding.name == "parent" and home_of(taking.view.site.things[ref]) in taking.view.gone:
        pass  # its collection was deleted: that is told once, and settles this as well
    elif finding.finding == "conflict":
        taking.clash(ref, finding.name)
    elif finding.name in ("parent", "source"):
        _parent(ref, finding.name, taking)
    else:
        _meta(ref, finding.name, taking)


# Frontmatter -----------------------------------------------------------------------------


def _meta(ref: Ref, name: str, taking: Taking) -> None:
    """Write one value where the file states it, or where it has to from now on."""
    shown = taking.view.live[ref].thing.fields()
    locale = name.rpartition(".")[0]
    path = taking.file(ref, locale or locale_of(name, taking.view.site.things[ref]))
    key, value = _spelt(ref, name, shown.get(name, ""), taking)
    if ref.kind == "collection" and path not in taking.shelf.names:
        _index(ref, path, locale, taking)
    elif key and not (is_state(name) and value is None and not _states(ref, locale, taking)):
        taking.set(path, key, value)
        taking.taken.texts.append(Text(path=path, ref=ref, how="changed"))
    taking.note(ref, name)


def _states(ref: Ref, locale: str, taking: Taking) -> bool:
    thing = taking.view.site.things[ref]
    return isinstance(thing, Article) and thing.translations[Locale(locale)].state is not None


def _spelt(ref: Ref, name: str, value: str, taking: Taking) -> tuple[str, MetaValue | None]:
    """The frontmatter's key and value for a field; "" for what no file says."""
    part = name.rpartition(".")[2]
    if part == "state":
        return "state", "draft" if value == "draft" else None
    if part == "author":
        return "author", taking.desk.authors.get(value, value)
    if part == "active":
        return "status", None if value == "yes" else "deactivated"
    if part in ("agent", "copilot", "sales"):
        live = taking.view.live[ref].thing
        return "fin", availability(live) if isinstance(live, ExternalPage) else None
    known = ("title", "description", "icon", "url", "external_id")
    return (part, value or None) if part in known else ("", None)


def _index(ref: Ref, path: str, locale: str, taking: Taking) -> None:
    """Write a collection's first `_index.md`: so far its folder's name had to do."""
    live = taking.view.live[ref].thing
    assert isinstance(live, Collection)
    code = Locale(locale or taking.desk.default_locale)
    meta = {"title": live.titles.get(code, ""), "description": live.descriptions.get(code, "")}
    taking.taken.drafts[path] = new_file(meta, "").encode()
    taking.taken.texts.append(Text(path=path, ref=ref, how="new"))


# Moves -----------------------------------------------------------------------------------


def _parent(ref: Ref, name: str, taking: Taking) -> None:
    """Move the files to where the thing was moved in Intercom."""
    remote = taking.view.live[ref].thing.fields().get(name, "")
    home = taking.desk.outward.refs.get(("collection", RemoteId(remote)))
    stem = taking.shelf.stems[ref]
    path = taking.file(ref, "")
    if name != "parent" or (remote and home is None):
        taking.tell(
            "pull-clash",
            path,
            "it was moved in Intercom to a collection that is not managed from here.",
            "Pull that collection first (publisher pull --all), then this again.",
        )
        return
    above = taking.shelf.stems.get(home, home.key) if home else ""
    place = "/".join(filter(None, (above, stem.rpartition("/")[2])))
    moves = _moves(ref, stem, place, taking)
    occupied = sorted(set(moves.values()) & taking.shelf.names)
    if occupied:
        taking.tell(
            "pull-clash",
            path,
            f"it was moved in Intercom to where {occupied[0]} lies.",
            "Rename one of the two files, then pull again.",
        )
        return
    taking.taken.moves.update(moves)
    taking.taken.folders.update(_folders(ref, stem, place, taking))
    taking.taken.texts += [Text(path=new, ref=ref, how="moved") for new in moves.values()]
    taking.note(ref, name)


def _folders(ref: Ref, stem: str, place: str, taking: Taking) -> dict[str, str]:
    """Former → present stem of every collection that moves."""
    if ref.kind != "collection":
        return {}
    below = (each for other, each in taking.shelf.stems.items() if other.kind == "collection")
    return {
        each: place + each[len(stem) :]
        for each in below
        if each == stem or each.startswith(f"{stem}/")
    }


def _moves(ref: Ref, stem: str, place: str, taking: Taking) -> dict[str, str]:
    if ref.kind == "article":
        files = taking.shelf.files_of[ref].items()
        return {path: paths(ref, place, locale) for locale, path in files}
    moves = {}
    for name in taking.shelf.names:
        locale, _, rest = name.partition("/")
        if rest.startswith(f"{stem}/"):
            moves[name] = f"{locale}/{place}{rest[len(stem) :]}"
    return moves
