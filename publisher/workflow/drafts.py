"""Which draft a plan means that is to be written over: the one that waits now, and no later one."""

from __future__ import annotations

from dataclasses import replace

from publisher.intercom import observe
from publisher.intercom.dialect import Dialect
from publisher.intercom.walk import Send
from publisher.model import Locale
from publisher.plan.changes import PENDING, Change, Plan
from publisher.plan.staged import draft_digest


def drafts_of(plan: Plan, send: Send, dialect: Dialect, *, default_locale: Locale) -> Plan:
    """Name in each change that writes over a colleague's draft the words of that draft.

    One request for each of them; there are none unless somebody asked to overwrite, or to
    remove, an article with a draft. Raises RemoteError.
    """

    def named(change: Change) -> Change:
        if PENDING not in change.expects or change.id is None or change.ref.kind != "article":
            return change
        staged = observe.draft(send, dialect, change.id, default_locale=default_locale)
        if staged is None:  # published or discarded meanwhile: no other draft was approved
            return change
        return replace(change, expects={**change.expects, PENDING: draft_digest(staged)})

    return replace(plan, changes=tuple(named(change) for change in plan.changes))
