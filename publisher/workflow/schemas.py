"""JSON Schema of what people and scripts read and write, for editors and for other tools.

The keys come from the tables that validate them, so a schema cannot promise a key that is
refused, nor forget one that is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from publisher import config
from publisher.config import LONGEST_LAG, STALE
from publisher.errors import PublisherError
from publisher.model import KINDS, LOCALES
from publisher.plan.changes import VERBS
from publisher.plan.planfile import FORMAT
from publisher.source import RULES, Rule
from publisher.source.meta import KEYS
from publisher.workflow import described

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Mapping[str, Any] = {"type": "string"}
NUMBER: Mapping[str, Any] = {"type": "integer"}
SCALAR: Mapping[str, Any] = {"type": ["string", "number", "boolean"]}
MAYBE_TEXT: Mapping[str, Any] = {"type": ["string", "null"]}
LOCALE: Mapping[str, Any] = {"enum": list(LOCALES)}
VARIABLE: Mapping[str, Any] = {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,63}$"}
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
    "translated_from": {
        "type": "object",
        "additionalProperties": {"type": "string", "pattern": "^v[0-9]{1,3}-[0-9a-f]{8,16}$"},
    },
    "url": {"type": "string", "format": "uri"},
}


NAMES = ("frontmatter", "config", "redirects", "plan", "report")
FOR_EDITORS = NAMES[:3]
"""What people type, and editors complete."""
TUNING: Mapping[type, Mapping[str, Any]] = {
    bool: {"type": "boolean"},
    int: NUMBER,
    float: {"type": "number"},
    str: TEXT,
    tuple: {"type": "array", "items": TEXT},
}


def schema(name: str) -> dict[str, Any]:
    """Return the schema of one of NAMES."""
    made = {
        "frontmatter": _frontmatter,
        "config": _config,
        "redirects": _redirects,
        "plan": _plan,
        "report": _report,
    }
    return {"$schema": DRAFT, "title": f"publisher {name}", **made[name]()}


def write(folder: Path) -> tuple[Path, ...]:
    """Write the schemas of what people type, for their editors; returns those that are new.

    Raises PublisherError where the folder cannot be written.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in FOR_EDITORS:
            path = folder / f"{name}.json"
            text = json.dumps(schema(name), ensure_ascii=False, indent=1) + "\n"
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                written.append(path)
    except OSError as error:
        raise PublisherError(f"cannot write to {folder}: {error.strerror}.") from error
    return tuple(written)


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
    special = {
        "default_locale": LOCALE,
        "locales": _list(LOCALE),
        "editor": {
            "anyOf": [{"enum": list(config.EDITORS)}, {"pattern": r"\{path\}"}, {"const": ""}]
        },
        "frontmatter": _frontmatter_table(),
        "lint": _object(
            {name: _rule(rule) for name, rule in RULES.items()}, additionalProperties=False
        ),
        "translations": _stale(),
        "policy": _object(
            {"files": {"description": described.POLICY["files"], **_list(TEXT)}},
            additionalProperties=False,
        ),
        "targets": {"type": "object", "additionalProperties": _target()},
    }
    return _settings(config.TOP, special, described.TOP)


def _target() -> dict[str, Any]:
    special: dict[str, Mapping[str, Any]] = {
        "fin_locales": _list(LOCALE),
        "manage": _list(TEXT),
        "api_version": {"type": ["string", "number"], "examples": ["2.16"]},
        "concurrency": {"type": "integer", "minimum": 1, "maximum": 64},
        "max_removals": {"type": ["string", "integer"], "pattern": "^[0-9]{1,9}%?$", "minimum": 0},
        "listing_lag": {"type": ["string", "number"], "minimum": 0, "maximum": LONGEST_LAG},
        "ledger": {"type": "string", "pattern": "^(file|git|s3://[^/]+.*)$"},
        "assets": {"type": "string", "pattern": "^(s3://.*)?$"},
        "assets_url": {"type": "string", "pattern": r"^$|\{(name|digest)\}"},
        "token_env": VARIABLE,
        "read_token_env": VARIABLE,
    }
    return _settings(config.TARGET, special, described.TARGET)


def _settings(
    keys: Mapping[str, type | tuple[type, ...]],
    special: Mapping[str, Mapping[str, Any]],
    about: Mapping[str, str],
) -> dict[str, Any]:
    """A table of the configuration; what is not special follows from the type of its value."""
    properties = {
        name: {"description": about[name], **(special.get(name) or _setting(name, kind))}
        for name, kind in keys.items()
    }
    return _object(properties, additionalProperties=False)


def _frontmatter_table() -> dict[str, Any]:
    values = {"ignore": _list(TEXT), "aliases": {"type": "object", "additionalProperties": TEXT}}
    about = described.FRONTMATTER
    return _object(
        {name: {"description": about[name], **value} for name, value in values.items()},
        additionalProperties=False,
    )


def _rule(rule: Rule) -> dict[str, Any]:
    """`rule = "off"`, or a table with a severity and what the rule is tuned with."""
    severity = {"enum": list(config.SEVERITIES), "default": rule.severity}
    options = {
        name: {**TUNING[type(value)], "default": list(value) if type(value) is tuple else value}
        for name, value in rule.options.items()
    }
    tuned = _object({"severity": severity, **options}, additionalProperties=False)
    return {"description": rule.about, "anyOf": [severity, tuned]}


def _stale() -> dict[str, Any]:
    ways = "; ".join(f"{name}: {about}" for name, about in described.STALE.items())
    policy = {"enum": list(STALE)}
    every = {"description": f"In every language that is not named. {ways}.", **policy}
    each: dict[str, Any] = {code: {"description": f"In {code}.", **policy} for code in LOCALES}
    return _object({"stale": every, **each}, additionalProperties=False)


def _redirects() -> dict[str, Any]:
    values = {"from": TEXT, "to": TEXT, "locale": LOCALE, "target": TEXT}
    about = described.REDIRECT
    row = _object(
        {name: {"description": about[name], **value} for name, value in values.items()},
        required=["from", "to"],
        additionalProperties=False,
    )
    return {"type": ["array", "null"], "items": row}


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
    count = {"type": ["integer", "null"]}
    reach = _object({"views": count, "involved": count, "resolved": count})
    more = {"former": {"type": "object"}, "reach": reach}
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
