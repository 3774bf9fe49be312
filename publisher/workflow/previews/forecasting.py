"""The plan beside a preview: what an apply would do right now, made while somebody reads on.

`forecast` makes it, by the very code of `publisher plan`, which writes nothing. `at_hand` never
waits long: it hands out the plan that is there, says whether another one is being made, and
makes one at a time for each target in a thread of its own.

Whatever goes wrong is part of the answer: a page cannot raise.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from publisher.config import Config
from publisher.errors import ConfigError, ContentRefused, PublisherError, RemoteError
from publisher.model import Problem
from publisher.plan import words
from publisher.plan.changes import Plan, Stand
from publisher.plan.prose import Diff
from publisher.workflow import planning
from publisher.workflow.sides import Asked

if TYPE_CHECKING:
    from publisher.workflow.previews.previewing import Preview

PATIENCE = 0.8
"""Seconds that a page may wait for a plan before it says that it is being made."""
KEPT: Mapping[str, float] = {"intercom": 30.0, "local": 3.0}
"""Seconds for which a plan is good while the files stay as they are: people work there, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A target that a plan can be made for; `lacking` says why not now, or is ""."""

    name: str
    embedded: bool
    lacking: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A plan for a target as the content stood at `epoch`, or why there is none.

    edits     what was changed by hand in Intercom, by how it stands.
    trouble   why there is no plan, in a sentence or two; `findings` are the errors that stop it.
    offline   the help center could not be reached at all.
    pending   a newer one is being made.
    made      by the clock that ages are told by (`time.monotonic`).
    """

    target: str
    epoch: int = 0
    heading: str = ""
    plan: Plan | None = None
    edits: Mapping[Stand, Diff] = field(default_factory=dict)
    trouble: str = ""
    findings: tuple[Problem, ...] = ()
    offline: bool = False
    pending: bool = False
    made: float = 0.0


def choices(config: Config) -> tuple[Choice, ...]:
    """Every target of the configuration, those of Intercom first."""
    found = [_choice(config, name) for name in config.targets]
    return tuple(sorted(found, key=lambda choice: choice.embedded))


def _choice(config: Config, name: str) -> Choice:
    target = config.targets[name]
    embedded, lacking = target.kind == "local", ""
    try:
        if not embedded:
            config.token(target, writes=False)
    except ConfigError as error:
        lacking = str(error)
    return Choice(name=name, embedded=embedded, lacking=lacking)


def default_choice(config: Config) -> str:
    """The target that is planned for unasked: of Intercom, where a token is at hand, else local."""
    ready = [choice for choice in choices(config) if not choice.lacking]
    remote = [choice.name for choice in ready if not choice.embedded]
    if config.default_target in remote:
        return config.default_target
    return remote[0] if remote else local_choice(config)


def local_choice(config: Config) -> str:
    """The embedded help center that is planned for when there is no other."""
    target = config.targets.get(config.default_target)
    return target.name if target and target.kind == "local" else "local"


def forecast(preview: Preview, target_name: str) -> Forecast:
    """Make a plan for a target, however long that takes. Writes nothing, raises nothing."""
    return _made(preview.config, target_name, preview.state.epoch)


def at_hand(preview: Preview, target_name: str, *, patience: float | None = PATIENCE) -> Forecast:
    """Return the newest plan for a target, and have a newer one made where that is too old.

    patience  seconds to wait for one that is being made; None: as long as it takes.
    """
    epoch, desk = preview.state.epoch, _desk(preview)
    if target_name not in preview.config.targets:
        return _made(preview.config, target_name, epoch)
    with desk.turn:
        kept = desk.kept.get(target_name)
        if kept and _is_good(kept, preview.config, epoch):
            return kept
        done = desk.making.get(target_name) or _begin(preview.config, desk, target_name, epoch)
    arrived = done.wait(patience)
    kept = desk.kept.get(target_name, Forecast(target=target_name))
    return replace(kept, pending=not arrived or kept.epoch < epoch)


@dataclass(slots=True)
class _Desk:
    """The plans of one preview: those that are there, and those being made."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    kept: dict[str, Forecast] = field(default_factory=dict)
    making: dict[str, threading.Event] = field(default_factory=dict)


_DESKS: WeakKeyDictionary[Preview, _Desk] = WeakKeyDictionary()
_OPENING = threading.Lock()


def _desk(preview: Preview) -> _Desk:
    with _OPENING:
        return _DESKS.setdefault(preview, _Desk())


def _begin(config: Config, desk: _Desk, name: str, epoch: int) -> threading.Event:
    done = desk.making[name] = threading.Event()

    def work() -> None:
        made = _made(config, name, epoch)
        with desk.turn:
            desk.kept[name] = made
            del desk.making[name]
        done.set()

    threading.Thread(target=work, name=f"plan for {name}", daemon=True).start()
    return done


def _is_good(kept: Forecast, config: Config, epoch: int) -> bool:
    age = time.monotonic() - kept.made
    return kept.epoch >= epoch and age < KEPT[config.targets[kept.target].kind]


def _made(config: Config, name: str, epoch: int) -> Forecast:
    none = Forecast(target=name, epoch=epoch)
    try:
        planned = planning.plan(config, config.target(name), Asked())
        edits = planning.edited_in_intercom(planned)
        made = replace(none, heading=planned.heading, plan=planned.plan, edits=edits)
    except ContentRefused as refusal:
        findings = tuple(_errors(refusal))
        said = f"The content has {words.counted(len(findings), 'error')}; until "
        said += f"{words.verb(len(findings), 'it is', 'they are')} mended, nothing is planned."
        made = replace(none, trouble=said, findings=findings)
    except RemoteError as error:
        made = replace(none, trouble=str(error), offline=error.status == 0)
    except PublisherError as error:
        made = replace(none, trouble=str(error))
    except Exception as error:  # a thread's last words would be heard by nobody
        made = replace(none, trouble=f"The plan could not be made: {error!r}.")
    return replace(made, made=time.monotonic())


def _errors(refusal: ContentRefused) -> Iterator[Problem]:
    return (problem for problem in refusal.problems if problem.severity == "error")
