"""One thing of the preview beside the same thing as a remote target shows it right now.

Reads the one thing by the id in the target's ledger, and never writes. What went wrong on the
way is a sentence in the answer, since a page of the preview has to be shown all the same.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from publisher.body.flat import flat_lists
from publisher.body.proof import written
from publisher.config import Config, Target
from publisher.errors import ConfigError, PublisherError
from publisher.intercom import observe
from publisher.model import Entry, ExternalPage, Key, Kind, Locale, Ref, RemoteId
from publisher.plan import renames, words
from publisher.plan.prose import Diff, lines_diff
from publisher.workflow import ledgers
from publisher.workflow.previews.beside import text_in
from publisher.workflow.previews.comparable import Fact, Files, Row, Seen, facts_of, rows, symbolic
from publisher.workflow.previews.previewing import Preview
from publisher.workflow.pulls.bringing import LEVELS
from publisher.workflow.respelling import respelt
from publisher.workflow.session import check_pin, opened

PATIENCE = 5.0
"""Seconds that a page waits for a target."""
KEPT = 15.0
"""Seconds for which an answer is good: while somebody types, every save asks again."""
CONTEXT = 2
NO_TARGET = (
    "To compare with what is live, name an Intercom target in publisher.toml ([targets.…]) and "
    "set its token in the environment (INTERCOM_ACCESS_TOKEN); then start the preview again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A target to compare with. `token`: one is at hand."""

    name: str
    token: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What an apply to `target` would find.

    trouble   why there is nothing to compare, in a sentence, or "".
    url       where the thing can be read live, or "".
    pending   a colleague's unpublished edit waits in Intercom; it is not shown here.
    markdown  from the live text ("-") to ours ("+"), both written as `pull` writes files.
    sound     False: some of the live body cannot be written as Markdown without a loss.
    """

    target: str = ""
    choices: tuple[Choice, ...] = ()
    trouble: str = ""
    url: str = ""
    pending: bool = False
    facts: tuple[Fact, ...] = ()
    rows: tuple[Row, ...] = ()
    markdown: Diff = ()
    sound: bool = True

    @property
    def same(self) -> bool:
        """Whether a reader would see no difference."""
        return not self.trouble and all(
            [*(fact.same for fact in self.facts), *(row.change == "same" for row in self.rows)]
        )


def choices(config: Config) -> tuple[Choice, ...]:
    """Return the Intercom targets of the configuration, in its order."""
    remote = (target for target in config.targets.values() if target.kind == "intercom")
    return tuple(Choice(name=each.name, token=_has_token(config, each)) for each in remote)


def _has_token(config: Config, target: Target) -> bool:
    try:
        return bool(config.token(target, writes=False))
    except ConfigError:
        return False


def compare(
    preview: Preview, ref: Ref, locale: str, target: str = "", *, patience: float = PATIENCE
) -> Comparison:
    """Compare a thing in a locale with what is live.

    target    one of `choices`; any other, which a browser may remember, is the default target
              or the first that has a token.
    patience  seconds to wait for the target; it goes on looking beyond them.
    """
    offered = choices(preview.config)
    if not offered:
        return Comparison(trouble=NO_TARGET)
    name = target if target in {choice.name for choice in offered} else _first(preview, offered)
    remote = preview.config.targets[name]
    unread = _unread(preview, ref, locale)
    seen = unread or _looked(preview, ref, remote, patience)
    if isinstance(seen, str):
        return Comparison(target=name, choices=offered, trouble=seen)
    return _compared(preview, ref, locale, remote, seen)


def _unread(preview: Preview, ref: Ref, locale: str) -> str:
    """Why our own side is not there although it has a file, or ""."""
    loaded = preview.state.loaded
    broken = ref not in loaded.site.things or Locale(locale) in loaded.files_of.get(ref, {})
    if broken and text_in(preview, ref, locale) is None:
        return "The file cannot be read now, so there is nothing to compare. See Findings."
    return ""


def _first(preview: Preview, offered: tuple[Choice, ...]) -> str:
    ready = [choice.name for choice in offered if choice.token] or [offered[0].name]
    default = preview.config.default_target
    return default if default in ready else ready[0]


# Looking ----------------------------------------------------------------------------------

_Answer = Seen | str


@dataclass(slots=True)
class _Look:
    """A look at a target that is being taken, or was. `until`: when it is too old."""

    answer: Future[_Answer] = field(default_factory=Future)
    until: float = math.inf


_LOOKS: WeakKeyDictionary[Preview, dict[tuple[str, Ref], _Look]] = WeakKeyDictionary()
_TURN = threading.Lock()


def _looked(preview: Preview, ref: Ref, target: Target, patience: float) -> _Answer:
    """Look at the target, unless that was done a moment ago or is being done."""
    with _TURN:
        now, before = time.monotonic(), _LOOKS.get(preview, {})
        looks = {key: look for key, look in before.items() if now < look.until}
        _LOOKS[preview] = looks
        look = looks.get((target.name, ref))
        if look is None:
            look = looks[target.name, ref] = _begun(preview, ref, target)
    try:
        return look.answer.result(patience)
    except TimeoutError:
        return f"Target “{target.name}” has not answered so far. Press Compare to look again."


def _begun(preview: Preview, ref: Ref, target: Target) -> _Look:
    """Have a look taken beside all else: where nothing answers, it is tried again for a while."""
    look = _Look()

    def work() -> None:
        try:
            answer = _asked(preview, ref, target)
        except BaseException as error:
            look.until = 0.0
            look.answer.set_exception(error)
            raise
        look.until = time.monotonic() + KEPT
        look.answer.set_result(answer)

    threading.Thread(target=work, name=f"look at {target.name}", daemon=True).start()
    return look


def _asked(preview: Preview, ref: Ref, target: Target) -> _Answer:
    try:
        return _seen(preview, ref, target)
    except PublisherError as error:
        return _sentence(str(error))


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]


def _seen(preview: Preview, ref: Ref, target: Target) -> _Answer:
    config = preview.config
    config.token(target, writes=False)
    ledger = ledgers.read(config, target)
    if _entry(preview, ref, ledger.entries) is None:
        return (
            f"The ledger of target “{target.name}” does not know it yet: "
            "an apply would create it there."
        )
    with opened(config, target, writes=False) as session:
        check_pin(ledger, session)
        entries = respelt(ledger.entries, sections=session.dialect.sections)
        entry = _entry(preview, ref, entries)
        assert entry is not None  # the same keys as before
        live = observe.look(
            session.transport.send,
            session.dialect,
            ref.kind,
            entry.id,
            known={},
            default_locale=config.rules.default_locale,
        )
    if live is None:
        return f"It was deleted in Intercom, from target “{target.name}”."
    return Seen(live=live, entry=entry, keys=_keys(entries), images=ledger.images)


def _entry(preview: Preview, ref: Ref, entries: Mapping[Ref, Entry]) -> Entry | None:
    """What the ledger knows of a thing, under its former name where its file was moved."""
    if ref in entries or ref not in preview.state.loaded.site.things:
        return entries.get(ref)
    former = renames.find(preview.state.loaded.site, entries).get(ref)
    return entries[former] if former else None


def _keys(entries: Mapping[Ref, Entry]) -> dict[tuple[Kind, RemoteId], Key]:
    return {(ref.kind, entry.id): ref.key for ref, entry in entries.items()}


# Comparing --------------------------------------------------------------------------------


def _compared(preview: Preview, ref: Ref, locale: str, target: Target, seen: Seen) -> Comparison:
    theirs, ours = _bodies(preview, ref, locale, target, seen)
    facts = tuple(facts_of(preview, ref, locale, seen))
    text = text_in(preview, ref, locale)
    address, title = Files(preview, ref, locale).address, text.title if text else ""
    said = written(theirs, address, title=title, levels=LEVELS)
    mine = written(ours, address, title=title, levels=LEVELS)
    if text is None and not any(fact.name == "title" for fact in facts):
        told = f"Neither side has anything in {words.language(locale)}."
        return Comparison(target=target.name, choices=choices(preview.config), trouble=told)
    before, after = said.markdown.splitlines(), mine.markdown.splitlines()
    return Comparison(
        target=target.name,
        choices=choices(preview.config),
        url=seen.live.urls.get(locale) or seen.live.urls.get("") or "",
        pending=seen.live.pending,
        facts=facts,
        rows=rows(theirs, ours),
        markdown=lines_diff(before, after, context=CONTEXT),
        sound=said.sound,
    )


def _bodies(preview: Preview, ref: Ref, locale: str, target: Target, seen: Seen) -> tuple[str, str]:
    """Both bodies with symbolic references, so that only what readers see can differ."""
    text = text_in(preview, ref, locale)
    fields = seen.live.thing.fields()
    one = isinstance(seen.live.thing, ExternalPage)
    body = fields.get("body" if one else f"{locale}.body", "")
    ours = text.html if text else ""
    if target.nested_lists == "flat" and ours:
        ours = flat_lists(ours)
    return symbolic(preview, body, locale, seen), ours
