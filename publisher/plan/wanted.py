"""What is wanted of one thing, spelt so that it can be compared with what is live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.model import Article, Collection, ExternalPage, Key, Ref, Thing, digest
from publisher.plan.diff import is_state, moved_live

if TYPE_CHECKING:
    from publisher.plan.view import View


def home_of(thing: Thing) -> Ref | None:
    """The collection or source a thing hangs under, or None at the top."""
    if isinstance(thing, ExternalPage):
        return Ref("source", thing.source)
    if isinstance(thing, Article | Collection) and thing.parent:
        return Ref("collection", thing.parent)
    return None


def wanted_fields(ref: Ref, view: View) -> dict[str, str]:
    """The thing's fields as they can be compared with live ones.

    Parents and sources become remote ids (a twin's, or "new:KEY" while there is none), and a new
    article or translation gets the state the author left open.
    """
    thing = view.site.things[ref]
    fields = thing.fields()
    if fields.get("parent"):
        fields["parent"] = _id_of(Ref("collection", Key(fields["parent"])), view)
    if isinstance(thing, ExternalPage):
        fields["source"] = _id_of(Ref("source", thing.source), view)
        for name in ("agent", "copilot") if ref not in view.live else ():
            fields.setdefault(name, "yes")
    for name, value in _to_put_back(ref, thing, view).items():
        fields.setdefault(name, value)
    if isinstance(thing, Article):
        _fill_states(ref, thing, fields, view)
        fields |= dict.fromkeys(_withheld(ref, thing, fields, view), "draft")
        if ref not in view.live and view.policy.author:
            fields.setdefault("author", view.policy.author)
    return fields


def _to_put_back(ref: Ref, thing: Thing, view: View) -> dict[str, str]:
    """What was hidden when a file went, and comes back with it: it was no one's choice."""
    withdrawn = view.entries[ref].withdrawn if ref in view.live else {}
    if not isinstance(thing, Article):
        return dict(withdrawn)
    return {n: was for n, was in withdrawn.items() if n.partition(".")[0] in thing.translations}


def _id_of(ref: Ref, view: View) -> str:
    if ref in view.live:
        return view.entries[ref].id
    return view.beside[ref].id if ref in view.beside else f"new:{ref.key}"


def _fill_states(ref: Ref, thing: Article, fields: dict[str, str], view: View) -> None:
    """`state:` absent: the default for a new article, the source's state for a translation."""
    default = view.site.default_locale
    for locale in sorted(thing.translations, key=lambda code: code != default):
        name = f"{locale}.state"
        if name in fields or not is_new(ref, locale, view):
            continue
        shown = view.live[ref].thing.fields() if ref in view.live else {}
        inherited = fields.get(f"{default}.state") or shown.get(f"{default}.state")
        fields[name] = view.policy.default_state if locale == default else inherited or "draft"


def _withheld(ref: Ref, thing: Article, fields: dict[str, str], view: View) -> list[str]:
    """States of translations that wait until they say what their source says."""
    waiting = (f"{locale}.state" for locale, text in thing.translations.items() if text.is_withheld)
    return [name for name in waiting if not thing.protect and _has_readers(ref, name, fields, view)]


def _has_readers(ref: Ref, name: str, fields: dict[str, str], view: View) -> bool:
    """Whether readers have a text, or would get it; what a colleague unpublished is theirs."""
    live = view.live.get(ref)
    shown = live.thing.fields().get(name) if live else None
    if fields.get(name, shown) != "published":
        return False
    hidden = live is not None and shown == "draft"
    return (
        live is None
        or not hidden
        or view.may_replace(ref)
        or not moved_live(name, shown, view.entries[ref], live)
    )


def is_new(ref: Ref, locale: str, view: View) -> bool:
    """Whether this translation's text never reached Intercom (a birth alone does not count)."""
    return ref not in view.live or f"{locale}.body" not in view.entries[ref].sent


def states_before(ref: Ref, view: View) -> dict[str, str]:
    """States as they were seen last. Overwriting one nobody wrote down means: back to this."""
    seen, drafted = view.entries[ref].seen, digest("draft")
    return {n: "draft" if was == drafted else "published" for n, was in seen.items() if is_state(n)}
