"""What the program can do is written down, and what is written down is so."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from publisher import errors
from publisher.cli.main import publisher
from publisher.cli.program import COMMON
from publisher.cli.tending import SCHEMAS
from publisher.config import TARGET, TOP
from publisher.helpcenter.faults import KINDS
from publisher.helpcenter.quirks import QUIRKS
from publisher.pull.report import RISKS
from publisher.source import RULES
from publisher.source.meta import KEYS
from tests.terminal import run_in

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "content" / "en"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])


def commands(group=publisher, *above):
    """Every command with its name as it is typed."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)
        else:
            yield " ".join((*above, name)), command


def section(page, heading):
    """The text below a second-level heading of a page of the guide."""
    text = (GUIDE / page).read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert found, f"{page} has no section “{heading}”"
    return found[1]


def rows(text):
    """The first cells of every table in a text."""
    return {
        word
        for cell in re.findall(r"^\| *([^|]+?) *\|", text, re.M)
        for word in re.findall(r"`([^`]+)`", cell)
    }


def own_options(command):
    common = {name for option in COMMON for name in _declared(option)}
    for option in command.params:
        if isinstance(option, click.Option):
            yield from (name for name in option.opts if name not in common and name != "--help")


def _declared(option):
    @option
    def probe():
        """Nothing."""

    return probe.__click_params__[0].opts


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=lambda value: str(value)[:20])
def test_every_command_and_each_of_its_options_is_in_the_guide(name, command):
    page = (GUIDE / "reference" / "commands.md").read_text(encoding="utf-8")
    assert f"`publisher {name}" in page
    options = [option for option in own_options(command) if option.startswith("--")]
    if options:
        about = section("reference/commands.md", name)
        for option in options:
            assert f"`{option}" in about


def test_the_options_of_all_commands_are_in_the_guide():
    about = rows(section("reference/commands.md", "Everywhere"))
    written = " ".join(about)
    for option in COMMON:
        for name in _declared(option):
            if name != "-t":
                assert name in written


def test_the_guide_names_no_command_that_does_not_exist():
    known = {name for name, _ in commands()} | {"assets", "ci", "state", "translations"}
    for path in sorted((ROOT / "content").rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        for typed in re.findall(r"^publisher ([a-z]+(?: [a-z]+)?)", text, re.M):
            first = typed.split()[0]
            assert typed in known or first in known, f"{path}: publisher {typed}"


def test_the_guide_has_no_finding_and_no_translation_that_is_out_of_date():
    assert run_in(ROOT, "lint", "--format", "json").json == []
    (french,) = run_in(ROOT, "translations", "--format", "json").json["locales"]
    assert (french["stale"], french["unmarked"]) == (0, 0)


def test_every_exit_code_is_explained_to_users_and_to_developers():
    codes = {
        str(value) for name, value in vars(errors).items() if name.isupper() and type(value) is int
    }
    for path in (ROOT / "docs" / "exit-codes.md", GUIDE / "engineers" / "exit-codes.md"):
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"^\| (\d+) \|", text, re.M)) == codes
    names = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "exit-codes.md").read_text()))
    assert names == {name for name, value in vars(errors).items() if type(value) is int}


def test_every_lint_rule_is_in_the_guide_with_its_severity_and_its_sentence():
    for heading, severity in (("Errors", "error"), ("Warnings", "warning")):
        about = section("reference/lint-rules.md", heading)
        assert rows(about) == {name for name, rule in RULES.items() if rule.severity == severity}
        for name in rows(about):
            assert f"| `{name}` | {RULES[name].about} |" in about


def test_every_option_of_a_lint_rule_is_in_the_guide():
    about = section("reference/lint-rules.md", "Options")
    told = re.findall(r"^\| `([\w-]+)` \| (.+?) \|", about, re.M)
    named = {name: re.findall(r"`(\w+)`", options) for name, options in told}
    assert named == {name: list(rule.options) for name, rule in RULES.items() if rule.options}


def test_the_workflows_of_a_new_repository_are_in_the_guide():
    page = (GUIDE / "engineers" / "continuous-integration.md").read_text(encoding="utf-8")
    written = ROOT / "publisher" / "sample" / "dot-github" / "workflows"
    names = {path.stem for path in written.glob("*.yml")}
    assert names == set(re.findall(r"^\| `(publisher-\w+)` \|", page, re.M))


def test_every_schema_is_in_the_guide():
    about = section("reference/commands.md", "schema")
    assert set(re.findall(r"`([a-z]+)`", about)) == set(SCHEMAS)


@pytest.mark.parametrize(
    ("page", "heading"),
    [("en/publishing/adopt.md", "Read the report"), ("fr/publishing/adopt.md", "Lire le rapport")],
)
def test_every_risk_of_a_pull_is_in_the_guide_in_the_order_of_the_report(page, heading):
    about = section(f"../{page}", heading)
    assert re.findall(r"^\| `(pull-[a-z]+)` \|", about, re.M) == list(RISKS)


def test_every_key_of_the_configuration_is_in_the_guide():
    page = (GUIDE / "reference" / "configuration.md").read_text(encoding="utf-8")
    assert rows(section("reference/configuration.md", "A target")) == TARGET.keys()
    top = rows(section("reference/configuration.md", "At the top"))
    tables = {"frontmatter", "lint", "translations", "policy", "targets"}
    assert top | tables == TOP.keys()
    for table in ("[frontmatter]", "[lint]", "[translations]", "[policy]", "[targets."):
        assert table in page


def test_every_key_of_the_frontmatter_is_in_the_guide():
    guide = "".join(path.read_text(encoding="utf-8") for path in GUIDE.rglob("*.md"))
    for name in KEYS:
        assert f"`{name}`" in guide or f"`{name}:" in guide or f"{name}:" in guide, name


def test_the_quirks_named_in_the_guide_exist():
    page = (GUIDE / "reference" / "embedded-help-center.md").read_text(encoding="utf-8")
    table = section("reference/embedded-help-center.md", "It has quirks, on purpose")
    named = set(re.findall(r"--quirk ([a-z0-9-]+)", page)) | rows(table)
    assert named
    assert named <= set(QUIRKS)


def test_every_fault_of_the_embedded_help_center_is_in_the_guide():
    about = section("reference/embedded-help-center.md", "Try it in bad weather")
    assert rows(about) == set(KINDS)
    assert set(re.findall(r"--fault ([a-z0-9-]+)=", about)) <= set(KINDS)


# README ----------------------------------------------------------------------------------------


def blocks(path, language="shell"):
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)


def test_the_readme_tests_the_program_as_the_pipeline_does():
    (readme,) = (block for block in blocks(ROOT / "README.md") if "pytest" in block)
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert readme.strip() in [line.strip() for line in script.splitlines()]
    assert len(readme.strip().splitlines()) == 1


def test_the_readme_shows_the_demo_in_one_line():
    (readme,) = (block for block in blocks(ROOT / "README.md") if "publisher demo" in block)
    assert len(readme.strip().splitlines()) == 1


def test_the_pipeline_is_held_by_its_workflow():
    text = (ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8")
    assert "run: .ci/run" in text
    assert re.findall(r"^permissions:\n  contents: read$", text, re.M)
    for used in re.findall(r"uses: (\S+)", text):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", used), f"{used} is not pinned"


def anchors(path):
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_between_files_lead_somewhere():
    for page in PAGES:
        links_lead_somewhere(page)


def links_lead_somewhere(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} links to {link}"
        if anchor:
            assert anchor in anchors(target), f"{page.name} links to {link}"


def test_files_that_are_named_in_the_documentation_exist():
    for page in PAGES:
        named_files_exist(page)


def named_files_exist(page):
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:publisher|tests|docs|content|benchmarks)/[\w./-]+\.\w+)`", text):
        if "billing" not in name and "orders" not in name:  # the stories' own files
            assert (ROOT / name).exists(), f"{page.name} names {name}"


def test_the_rooms_in_the_documentation_are_the_rooms_of_the_law():
    from tests.test_house import MAY_IMPORT

    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text[text.index("| Room |") : text.index("`tests/test_house.py` reads")]
    assert rows(table) == MAY_IMPORT.keys() - {"sample"}


def test_files_named_by_question_exist():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    where = text[text.index("| Question |") : text.index("`plan/fit.py` deserves")]
    for name in re.findall(r"`([\w/]+\.py)`", where):
        assert (ROOT / "publisher" / name).exists(), name
