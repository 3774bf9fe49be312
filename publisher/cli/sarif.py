"""Findings of lint as SARIF 2.1.0 and in reviewdog's format, for what shows them in a review.

Source: OASIS, SARIF 2.1.0 (sections in brackets); GitHub, "SARIF support for code scanning";
reviewdog, proto/rdf/reviewdog.proto.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from publisher import __version__
from publisher.cli.findings import sentence
from publisher.cli.formats import as_json
from publisher.model import Problem

if TYPE_CHECKING:
    from publisher.workflow.checks.linting import Excerpt, Linted, Patch, Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def findings_as_sarif(
    linted: Linted, rules: Mapping[str, Rule], pages: Mapping[str, str], above: str = ""
) -> str:
    """One run of one tool. Columns count code points, from 1 (3.14.17).

    pages  where each rule is explained; a `helpUri` has to be a whole address (3.49.12).
    above  where in the repository the paths begin; GitHub knows files from its root.
    """
    used = sorted({problem.rule for problem in linted.problems})
    seen: Counter[str] = Counter()
    driver = {
        "name": "publisher",
        "semanticVersion": __version__,
        "version": __version__,
        "rules": [_rule(name, rules.get(name), pages.get(name, "")) for name in used],
    }
    results = []
    for problem in linted.problems:
        excerpt = linted.excerpts.get(problem)
        result = _result(problem, excerpt, seen) | _where(problem, excerpt, above)
        results.append({"ruleIndex": used.index(problem.rule), **result})
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return as_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(name: str, rule: Rule | None, page: str) -> dict[str, Any]:
    if rule is None:
        return {"id": name, "shortDescription": {"text": name}}
    why = rule.why or rule.about
    return {
        "id": name,
        "name": "".join(part.capitalize() for part in name.split("-")),
        "shortDescription": {"text": rule.about},
        "fullDescription": {"text": why},
        "help": {"text": why, "markdown": f"**{rule.about}**\n\n{why}"},
        "defaultConfiguration": {"level": rule.severity},
        **({"helpUri": page} if page.startswith("https://") else {"properties": {"page": page}}),
    }


def _result(problem: Problem, excerpt: Excerpt | None, seen: Counter[str]) -> dict[str, Any]:
    return {
        "ruleId": problem.rule,
        "level": problem.severity,
        "message": {"text": sentence(problem)},
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(problem, excerpt, seen)},
    }


def _where(problem: Problem, excerpt: Excerpt | None, above: str) -> dict[str, Any]:
    if not problem.spot or not problem.spot.path:
        return {}
    region: dict[str, int] = {"startLine": problem.spot.line}
    if excerpt and excerpt.has_part:
        region |= {"startColumn": excerpt.start + 1, "endColumn": excerpt.end + 1}
    uri = _uri(posixpath.join(above, problem.spot.path))
    place = {"artifactLocation": {"uri": uri}, "region": region}
    return {"locations": [{"physicalLocation": place}]}


def _fingerprint(problem: Problem, excerpt: Excerpt | None, seen: Counter[str]) -> str:
    """The same for a finding wherever its line moves to; the second of two alike ends in `:2`."""
    path = problem.spot.path if problem.spot else ""
    said = excerpt.text.strip() if excerpt else problem.what
    made_of = "\0".join([problem.rule, path, said])
    mark = hashlib.sha256(made_of.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    seen[mark] += 1
    return f"{mark}:{seen[mark]}"


def _uri(path: str) -> str:
    """A path as a relative reference (3.10.1), or a `file:` one where it begins at the root."""
    spelt = PurePath(path)
    return spelt.as_uri() if spelt.is_absolute() else quote(spelt.as_posix(), safe="/~")


# reviewdog --------------------------------------------------------------------------------


def findings_as_rdjson(linted: Linted, pages: Mapping[str, str]) -> str:
    """A DiagnosticResult; a finding that can be mended brings the lines that would stand there."""
    diagnostics = [
        _diagnostic(each, linted.excerpts.get(each), linted.fixes.patches.get(each), pages)
        for each in linted.problems
    ]
    return as_json({"source": {"name": "publisher"}, "diagnostics": diagnostics})


def _diagnostic(
    problem: Problem, excerpt: Excerpt | None, patch: Patch | None, pages: Mapping[str, str]
) -> dict[str, Any]:
    code = {"value": problem.rule}
    page = pages.get(problem.rule, "")
    if page.startswith("https://"):
        code["url"] = page
    row: dict[str, Any] = {
        "message": sentence(problem),
        "severity": problem.severity.upper(),
        "code": code,
    }
    if problem.spot and problem.spot.path:
        row["location"] = {"path": problem.spot.path, "range": _range(problem, excerpt)}
    if patch:
        row["suggestions"] = [_suggestion(patch)]
    return row


def _range(problem: Problem, excerpt: Excerpt | None) -> dict[str, Any]:
    """Columns count bytes of UTF-8 here, from 1; the end is exclusive."""
    line = problem.spot.line if problem.spot else 1
    if excerpt is None or not excerpt.has_part:
        return {"start": {"line": line}}
    ends = (excerpt.start, excerpt.end)
    start, end = (len(excerpt.text[:each].encode("utf-8", "replace")) + 1 for each in ends)
    return {"start": {"line": line, "column": start}, "end": {"line": line, "column": end}}


def _suggestion(patch: Patch) -> dict[str, Any]:
    """Whole lines with their ends: up to the first column of the line after the last."""
    start, end = {"line": patch.first, "column": 1}, {"line": patch.last + 1, "column": 1}
    text = "" if patch.text is None else f"{patch.text}\n"
    return {"range": {"start": start, "end": end}, "text": text}
