"""One apply under way, and how its steps end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from publisher.apply.remote import Remote
from publisher.ledger.journal import Journal
from publisher.model import Live, Problem, Ref
from publisher.plan.addresses import Addresses
from publisher.plan.stages import Step

Outcome = Literal["done", "skipped", "stale", "failed", "doubtful"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How one step ended. `lost` are findings on what Intercom did not keep."""

    step: Step
    outcome: Outcome
    message: str = ""
    lost: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a worker brings back: the thing as the reply showed it, or why there is none."""

    live: Live | None = None
    outcome: Outcome = "done"
    message: str = ""
    fatal: bool = False


@dataclass(slots=True, kw_only=True)
class Run:
    """One apply under way.

    new_id   makes an intent's id (32 hex digits).
    stopped  asked between calls; True ends the run once what is in flight has ended.
    halt     keeps the workers from sending anything more.
    pause    waits so many seconds, or less when the run is to end.
    lag      seconds after which a list surely shows what was created.
    touched  things this run created or wrote: they must be as it left them.
    blocked  things whose own step failed, so that their later steps cannot be done.
    leaving  languages of articles that readers lose by the plan: nothing leads there any more.
    linkers  article → what links to it until this plan is carried out.
    linked   collections that texts of the plan link to.
    refused  changes that are not to be made by now, and why.
    """

    journal: Journal
    remote: Remote
    addresses: Addresses
    new_id: Callable[[], str]
    stopped: Callable[[], bool]
    halt: Callable[[], None] = lambda: None
    pause: Callable[[float], None] = time.sleep
    lag: float = 0.0
    concurrency: int = 8
    touched: set[Ref] = field(default_factory=set)
    blocked: set[Ref] = field(default_factory=set)
    refused: Mapping[Ref, str] = field(default_factory=dict)
    leaving: frozenset[tuple[Ref, str]] = frozenset()
    linkers: Mapping[Ref, frozenset[Ref]] = field(default_factory=dict)
    linked: frozenset[Ref] = frozenset()
    fatal: bool = False
