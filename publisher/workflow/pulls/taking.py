"""Take what a colleague changed in Intercom into the files, and nothing else.

Of a body only the blocks that changed there are written anew; frontmatter is changed key by
key. Where both sides changed the same, nothing is written and the clash is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from publisher.model import Article, Collection, ExternalPage, Live, Locale, Ref
from publisher.plan import words
from publisher.plan.diff import FieldFinding, is_body, is_state, locale_of, source_of
from publisher.plan.notices import name_of
from publisher.plan.promises import added_locales
from publisher.plan.view import View
from publisher.plan.wanted import home_of
from publisher.pull.report import Text
from publisher.source.writing import MetaValue, body_of, new_file
from publisher.workflow.pulls.bringing import availability, translation
from publisher.workflow.pulls.merging import take_body
from publisher.workflow.pulls.shelf import Taking


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
    back = lost_files(ref, view) if taking.back else []
    for locale in [*new_locales(ref, view), *back]:
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
    """Remove the file of a removed translation, where the user named it and did not edit it."""
    path, name = taking.file(ref, locale), name_of(ref, taking.view)
    body = f"{locale}.body"
    thing, entry = taking.view.site.things[ref], taking.view.entries[ref]
    if taking.named and source_of(body, thing) == entry.source.get(body):
        taking.taken.drafts[path] = None
        taking.taken.dropped.setdefault(ref, set()).add(locale)
        taking.taken.fields.setdefault(ref, set())
        taking.taken.texts.append(Text(path=path, ref=ref, how="removed"))
        return
    edited = " and its file changed here since" if taking.named else ""
    taking.tell(
        "pull-gone",
        path,
        f"the {words.language(locale)} translation was removed in Intercom{edited}; its file "
        "stays.",
        (f"Remove the file, or put it back: publisher apply --overwrite {name}")
        if taking.named
        else f"To remove its file too: publisher pull {name}; to put it back: "
        f"publisher apply --overwrite {name}",
    )


def new_locales(ref: Ref, view: View) -> list[Locale]:
    """Translations that a colleague added; not those whose file was taken out here."""
    thing, live, entry = view.site.things[ref], view.live[ref], view.entries[ref]
    if isinstance(thing, Collection) and isinstance(live.thing, Collection):
        named = [locale for locale, title in live.thing.titles.items() if title]
        unsaid = [locale for locale in named if locale not in thing.titles]
        return [locale for locale in unsaid if f"{locale}.title" not in entry.sent]
    return added_locales(ref, view)


def lost_files(ref: Ref, view: View) -> list[Locale]:
    """Translations that are live and were ours, but have no file any more."""
    thing, live, sent = view.site.things[ref], view.live[ref], view.entries[ref].sent
    if not isinstance(thing, Article) or not isinstance(live.thing, Article):
        return []
    return [
        locale
        for locale in live.thing.translations
        if locale not in thing.translations and f"{locale}.body" in sent
    ]


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
        if not taking.set(ref, path, key, value):
            return
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
    if part in ("title", "description"):
        return part, " ".join(value.split()) or None  # a line break there is no one's choice
    return (part, value or None) if part in ("icon", "url", "external_id") else ("", None)


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
    """Note that a thing moved; where its files go was worked out with all other moves."""
    if ref in taking.moves.homes:
        taking.note(ref, name)
    elif ref in taking.moves.homeless:
        taking.tell(
            "pull-clash",
            taking.file(ref, ""),
            "it was moved in Intercom to a collection that has no file here.",
            "Pull that collection first (publisher pull --all), then this again.",
        )
