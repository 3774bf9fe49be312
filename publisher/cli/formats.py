"""States for other programs, as JSON; `findings` has what lint finds, `markdown` plans."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from publisher.plan.changes import Stand
from publisher.plan.prose import Diff


def as_json(value: Any) -> str:
    """Spell plain values as JSON, readable and in UTF-8."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def stands_as_json(stands: Iterable[Stand], edits: Mapping[Stand, Diff]) -> str:
    """How everything stands, one row per thing and locale; `diff`: what was edited there."""
    rows = []
    for stand in stands:
        row = asdict(stand)
        ref = row.pop("ref")
        diff = [str(line) for line in edits.get(stand, ())]
        rows.append({"kind": ref["kind"], "key": ref["key"], **row, "diff": diff})
    return as_json(rows)
