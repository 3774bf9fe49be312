"""A plan as JSON text and back. Text in, text out; opens no file.

Readers ignore keys they do not know; another format number stops them. What a reviewer
saw is what an apply gets: everything a saved plan needs is in it, and `id` is a digest of
the document, known keys and others, so a plan that was edited by hand is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from publisher.errors import PublisherError
from publisher.model import (
    Asset,
    Digest,
    Key,
    Problem,
    Reach,
    Ref,
    RemoteId,
    Spot,
    digest,
    entry_from_row,
    entry_to_row,
)
from publisher.plan.changes import Change, Edit, Origin, Plan, Twin, Upkeep

FORMAT = "publisher-plan/1"
LEARNT = ("sent", "seen", "raw", "source")


class UnreadablePlan(PublisherError):
    """The file is no plan, or one of another format, or was changed after it was made."""


def to_json(plan: Plan) -> str:
    """Spell a plan as the contract's JSON, its `id` filled in."""
    document = as_document(plan)
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def named(plan: Plan) -> Plan:
    """Give the plan its id: a digest of everything in it."""
    return replace(plan, id=_id_of(_document(plan)))


def _id_of(document: Mapping[str, Any]) -> Digest:
    return digest(json.dumps({**document, "id": ""}, ensure_ascii=False, sort_keys=True))


def as_document(plan: Plan) -> dict[str, Any]:
    """The plan as plain JSON values."""
    return _document(plan if plan.id else named(plan))


def _document(plan: Plan) -> dict[str, Any]:
    origin = plan.origin
    return {
        "format": FORMAT,
        "id": plan.id,
        "target": origin.target,
        "workspace": origin.workspace,
        "help_center": origin.help_center,
        "api_version": origin.api_version,
        "ledger": {"lineage": origin.lineage, "serial": origin.serial},
        "made_at": origin.made_at,
        "made_with": origin.made_with,
        "commit": origin.commit,
        "committed_at": origin.committed_at,
        "content_digest": origin.content_digest,
        **({"undoes": origin.undoes} if origin.undoes else {}),
        "summary": {**plan.counts, "uploads": len(plan.assets), "requests": plan.requests},
        "changes": [_change(change) for change in plan.changes],
        "notices": [_notice(notice) for notice in plan.notices],
        "assets": [asdict(asset) for asset in plan.assets],
        "upkeep": [_upkeep(item) for item in plan.upkeep],
        "beside": [_twin(ref, plan.beside[ref]) for ref in sorted(plan.beside)],
        "shielded": list(plan.shielded),
        "stopped": plan.stopped,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "verb": change.verb,
        "kind": change.ref.kind,
        "key": change.ref.key,
        "id": change.id,
        "title": change.title,
        "url": change.url,
        "path": change.path,
        "locales": list(change.locales),
        "stage": change.stage,
        "readers": change.readers,
        "cause": change.cause,
        "why": change.why,
        "fields": [_edit(edit) for edit in change.edits],
        "expects": dict(change.expects),
        "blocks": _lists(change.blocks),
        "relink": change.relink,
        "protect": change.protect,
        **({"former": entry_to_row(change.former)} if change.former else {}),
        **({"reach": asdict(change.reach)} if change.reach else {}),
    }


def _edit(edit: Edit) -> dict[str, Any]:
    spelt: dict[str, Any] = {"name": edit.name, "before": edit.before, "after": edit.after}
    if edit.path:
        spelt["path"] = edit.path
    if edit.source:
        spelt["source"] = edit.source
    if edit.lines:
        spelt["lines"] = list(edit.lines)
    if edit.withdraws:
        spelt["withdraws"] = True
    if edit.headings:
        spelt["headings"] = dict(edit.headings)
    if edit.plain:
        spelt["plain"] = list(edit.plain)
    return spelt


def _notice(notice: Problem) -> dict[str, Any]:
    return {
        "rule": notice.rule,
        "severity": notice.severity,
        "path": notice.spot.path if notice.spot else None,
        "line": notice.spot.line if notice.spot else None,
        "what": notice.what,
        "advice": notice.advice,
    }


def _upkeep(item: Upkeep) -> dict[str, Any]:
    return {
        "kind": item.ref.kind,
        "key": item.ref.key,
        "was": item.was,
        "path": item.path,
        "protect": item.protect,
        "forget": item.forget,
        "agreed": {
            **{name: dict(getattr(item, name)) for name in LEARNT if getattr(item, name)},
            **{n: _lists(getattr(item, n)) for n in ("blocks", "shown") if getattr(item, n)},
            **({"headings": _headings(item.headings)} if item.headings else {}),
        },
    }


def _twin(ref: Ref, twin: Twin) -> dict[str, Any]:
    headings = {"headings": _headings(twin.headings)} if twin.headings else {}
    return {"kind": ref.kind, "key": ref.key, "id": twin.id, **headings}


def _headings(ids: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {locale: dict(spelt) for locale, spelt in ids.items()}


def _lists(blocks: Mapping[str, Iterable[Digest]]) -> dict[str, list[Digest]]:
    return {locale: list(digests) for locale, digests in blocks.items()}


def from_json(text: str) -> Plan:
    """Read a plan; raises UnreadablePlan with a sentence for anything but an intact one."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadablePlan(f"this is no plan: {error}. Make one with `plan --out`.") from error
    if not isinstance(document, dict) or not str(document.get("format", "")).startswith(
        "publisher-plan/"
    ):
        raise UnreadablePlan("this JSON is no plan of publisher. Make one with `plan --out`.")
    if document["format"] != FORMAT:
        raise UnreadablePlan(
            f"this plan has format {document['format']} (made with "
            f"{document.get('made_with') or 'another version'}); this version reads {FORMAT}. "
            "Make the plan again."
        )
    return _checked(document)


def _checked(document: Mapping[str, Any]) -> Plan:
    try:
        plan = _plan(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadablePlan(f"this plan is damaged ({error!r}). Make it again.") from error
    if _id_of(document) != plan.id:
        raise UnreadablePlan("this plan was changed after it was made. Make it again.")
    return plan


def _plan(document: Mapping[str, Any]) -> Plan:
    summary = dict(document["summary"])
    requests = summary.pop("requests")
    summary.pop("uploads")
    return Plan(
        id=document["id"],
        origin=_origin(document),
        changes=tuple(_read_change(row) for row in document["changes"]),
        notices=tuple(_read_notice(row) for row in document["notices"]),
        assets=tuple(
            Asset(token=row["token"], path=row["path"], size=row["size"])
            for row in document["assets"]
        ),
        upkeep=tuple(_read_upkeep(row) for row in document["upkeep"]),
        beside=dict(_read_twin(row) for row in document["beside"]),
        shielded=tuple(Key(key) for key in document["shielded"]),
        stopped=document["stopped"],
        counts=summary,
        requests=requests,
    )


def _origin(document: Mapping[str, Any]) -> Origin:
    names = (
        "target",
        "workspace",
        "help_center",
        "api_version",
        "made_at",
        "made_with",
        "commit",
        "committed_at",
        "content_digest",
    )
    return Origin(
        lineage=document["ledger"]["lineage"],
        serial=document["ledger"]["serial"],
        undoes=document.get("undoes", ""),
        **{name: document[name] for name in names},
    )


def _read_change(row: Mapping[str, Any]) -> Change:
    return Change(
        verb=row["verb"],
        ref=Ref(row["kind"], Key(row["key"])),
        id=None if row["id"] is None else RemoteId(row["id"]),
        title=row["title"],
        url=row["url"],
        path=row["path"],
        stage=row["stage"],
        readers=row["readers"],
        cause=row["cause"],
        why=row["why"],
        edits=tuple(_read_edit(edit) for edit in row["fields"]),
        expects=_mapping(row["expects"]),
        blocks=_blocks(row["blocks"]),
        relink=row["relink"],
        protect=row["protect"],
        former=entry_from_row(row["former"]) if row.get("former") else None,
        reach=_read_reach(row.get("reach")),
    )


def _read_reach(row: Mapping[str, Any] | None) -> Reach | None:
    if row is None:
        return None
    counts = {name: row.get(name) for name in ("views", "involved", "resolved")}
    if any(count is not None and type(count) is not int for count in counts.values()):
        raise ValueError("reach")
    return Reach(**counts)


def _blocks(row: Mapping[str, Iterable[str]]) -> dict[str, tuple[Digest, ...]]:
    return {locale: tuple(map(Digest, blocks)) for locale, blocks in row.items()}


def _read_edit(row: Mapping[str, Any]) -> Edit:
    return Edit(
        name=row["name"],
        before=row["before"],
        after=row["after"],
        source=row.get("source", ""),
        path=row.get("path", ""),
        lines=tuple(row.get("lines", ())),
        withdraws=bool(row.get("withdraws", False)),
        headings=dict(row.get("headings", {})),
        plain=tuple(row.get("plain", ())),
    )


def _read_notice(row: Mapping[str, Any]) -> Problem:
    return Problem(
        rule=row["rule"],
        severity=row["severity"],
        what=row["what"],
        advice=row["advice"],
        spot=None if row["path"] is None else Spot(row["path"], row["line"] or 1),
    )


def _read_upkeep(row: Mapping[str, Any]) -> Upkeep:
    agreed = row["agreed"]
    return Upkeep(
        ref=Ref(row["kind"], Key(row["key"])),
        was=None if row["was"] is None else Key(row["was"]),
        path=row["path"],
        protect=row["protect"],
        forget=row["forget"],
        blocks=_blocks(agreed.get("blocks", {})),
        shown=_blocks(agreed.get("shown", {})),
        headings=_headings(agreed.get("headings", {})),
        **{name: _mapping(agreed.get(name, {})) for name in LEARNT},
    )


def _read_twin(row: Mapping[str, Any]) -> tuple[Ref, Twin]:
    twin = Twin(id=RemoteId(row["id"]), headings=_headings(row.get("headings", {})))
    return Ref(row["kind"], Key(row["key"])), twin


def _mapping(row: Mapping[str, str]) -> dict[str, Digest]:
    return {name: Digest(value) for name, value in row.items()}
