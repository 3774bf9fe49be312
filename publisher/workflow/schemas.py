"""JSON Schema of what people and scripts read and write, for editors and for other tools.

The keys come from the tables that validate them, so a schema cannot promise a key that is
refused, nor forget one that is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher import config
from publisher.model import KINDS, LOCALES
from publisher.plan.changes import VERBS
from publisher.plan.planfile import FORMAT
from publisher.source.meta import KEYS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Mapping[str, Any] = {"type": "string"}
NUMBER: Mapping[str, Any] = {"type": "integer"}
SCALAR: Mapping[str, Any] = {"type": ["string", "number", "boolean"]}
MAYBE_TEXT: Mapping[str, Any] = {"type": ["string", "null"]}
LOCALE: Mapping[str, Any] = {"enum": list(LOCALES)}
VALUES: Mapping[str, Mapping[str, Any]] = {
    "state": {"enum": ["published", "draft"]},
    "status": {"enum": ["active", "deactivated"]},
    "protect": {"type": "boolean"},
    "order": {"type": "number"},
    "was": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]},
    "tags": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]},
    "audiences": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]},
    "fin": {
        "type": "object",
        "properties": {
            "agent": {"type": "boolean"},
            "copilot": {"type": "boolean"},
            "sales": {"type": "boolean"},
            "page": {"enum": ["source"]},
        },
        "additionalProperties": False,
    },
    "translated_from": {},
    "url": {"type": "string", "format": "uri"},
}


def schema(name: str) -> dict[str, Any]:
    """Return the schema of "frontmatter", "config", "plan" or "report"."""
    made = {"frontmatter": _frontmatter, "config": _config, "plan": _plan, "report": _report}
    return {"$schema": DRAFT, "title": f"publisher {name}", **made[name]()}


def _object(properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), **more}


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(items)}


def _frontmatter() -> dict[str, Any]:
    properties = {
        name: {"description": key.about, **VALUES.get(name, SCALAR)} for name, key in KEYS.items()
    }
    return _object(properties, patternProperties={"^x-": {}}, additionalProperties=False)


def _config() -> dict[str, Any]:
    severity = {"enum": ["error", "warning", "off"]}
    frontmatter = _object(
        {"ignore": _list(TEXT), "aliases": {"type": "object", "additionalProperties": TEXT}},
        additionalProperties=False,
    )
    special = {
        "default_locale": LOCALE,
        "locales": _list(LOCALE),
        "frontmatter": frontmatter,
        "lint": {"type": "object", "additionalProperties": severity},
        "targets": {"type": "object", "additionalProperties": _target()},
    }
    return _object(
        {name: special.get(name) or _setting(name, kind) for name, kind in config.TOP.items()},
        additionalProperties=False,
    )


def _target() -> dict[str, Any]:
    special = {"fin_locales": _list(LOCALE), "manage": _list(TEXT)}
    return _object(
        {name: special.get(name) or _setting(name, kind) for name, kind in config.TARGET.items()},
        additionalProperties=False,
    )


def _setting(name: str, kind: type | tuple[type, ...]) -> dict[str, Any]:
    if name in config.CHOICES:
        return {"enum": list(config.CHOICES[name])}
    names = {str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    kinds = kind if isinstance(kind, tuple) else (kind,)
    spelt = [names[each] for each in kinds]
    return {"type": spelt if len(spelt) > 1 else spelt[0]}


def _notice() -> dict[str, Any]:
    return _object(
        {
            "rule": TEXT,
            "severity": {"enum": ["error", "warning"]},
            "path": MAYBE_TEXT,
            "line": {"type": ["integer", "null"]},
            "what": TEXT,
            "advice": TEXT,
        },
        required=["rule", "severity", "path", "line", "what", "advice"],
    )


def _plan() -> dict[str, Any]:
    field = _object(
        {"name": TEXT, "before": MAYBE_TEXT, "after": TEXT}, required=["name", "before", "after"]
    )
    change = {
        "verb": {"enum": list(VERBS)},
        "kind": {"enum": list(KINDS)},
        "key": TEXT,
        "id": MAYBE_TEXT,
        "title": TEXT,
        "url": TEXT,
        "path": TEXT,
        "locales": _list(LOCALE),
        "stage": NUMBER,
        "readers": {"enum": ["at once", "draft", "staged", "scheduled"]},
        "cause": {"enum": ["content", "link", "asset", "config", "renderer"]},
        "why": TEXT,
        "fields": _list(field),
        "expects": {"type": "object", "additionalProperties": TEXT},
    }
    more = {"former": {"type": "object"}}
    ledger = _object({"lineage": TEXT, "serial": NUMBER}, required=["lineage", "serial"])
    properties: dict[str, Any] = {
        "format": {"const": FORMAT},
        "id": TEXT,
        "target": TEXT,
        "workspace": TEXT,
        "help_center": TEXT,
        "api_version": TEXT,
        "ledger": ledger,
        "made_at": {"type": "string", "format": "date-time"},
        "made_with": TEXT,
        "commit": TEXT,
        "content_digest": TEXT,
        "summary": {"type": "object", "additionalProperties": NUMBER},
        "changes": _list(_object({**change, **more}, required=list(change))),
        "notices": _list(_notice()),
    }
    return _object({**properties, "undoes": TEXT}, required=list(properties))


def _report() -> dict[str, Any]:
    step = {
        "kind": {"enum": list(KINDS)},
        "key": TEXT,
        "verb": {"enum": list(VERBS)},
        "step": {"enum": ["create", "birth", "write", "relink", "remove"]},
        "outcome": {"enum": ["done", "skipped", "stale", "failed", "doubtful"]},
        "message": TEXT,
    }
    properties: dict[str, Any] = {
        "format": {"const": "publisher-report/1"},
        "apply_id": TEXT,
        "target": TEXT,
        "commit": TEXT,
        "exit_code": NUMBER,
        "interrupted": {"type": "boolean"},
        "requests": {"type": "object", "additionalProperties": NUMBER},
        "uploaded": _list(TEXT),
        "steps": _list(_object(step, required=list(step))),
        "not_kept": _list(_notice()),
        "notices": _list(_notice()),
    }
    return _object(properties, required=list(properties))
