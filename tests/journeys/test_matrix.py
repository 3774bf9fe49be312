"""Apply, then nothing left to do: whole sites, every API version, every quirk.

The everyday suite tells it on a handful of files in every version and under every quirk; the
marker `matrix` on forty files, and on whole sites. Over HTTP, with `kind = "intercom"`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from publisher.helpcenter import QUIRKS
from publisher.intercom.dialect import VERSIONS
from tests.contract.test_stories_fit import FIN
from tests.world import SMALL, TOKEN, world

ROOT = Path(__file__).parents[2]
CORPORA = sorted((ROOT.parent / "shared" / "corpora").glob("*/publisher.toml"))
SITES = [ROOT, *(path.parent for path in CORPORA)]
FULL = ("2.7", "2.10", "2.12", "2.16", "Preview")
LOSES = {
    "code-newlines-lost",
    "details-unwrapped",
    "divs-to-paragraphs",
    "h3-flattened",
    "nested-lists-flattened",
    "single-language",
}
RICH = {
    "en/billing/rich.md": (
        "---\ntitle: Everything\n---\n# One\n\n## Two\n\n### Three\n\n- a\n  - b\n\n"
        "> [!NOTE]\n> Look.\n\n```\none\ntwo\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        ':::collapsible title="More"\nHidden.\n:::\n\nAfter the **bold**.  \nBreak.\n'
    ),
    "fr/billing/rich.md": "---\ntitle: Tout\n---\n# Un\n\nVoir [ici](refunds.md).\n",
}
ANSWERS = {"nested-lists-refused": {"nested_lists": "flat"}}
"""Settings with which a team answers a quirk of its workspace."""
pytestmark = pytest.mark.socket


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)


def copied(site: Path, folder: Path, *, most: int | None = None) -> str:
    """Copy a site's content (its first `most` articles, in all their locales); its settings."""
    shutil.copytree(site / "content", folder / "content", copy_function=shutil.copy)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    if most:
        kept = sorted(path.relative_to(site / "content") for path in _markdown(site))[:most]
        for path in _markdown(folder):
            if path.relative_to(folder / "content") not in kept:
                path.unlink()
    text = (site / "publisher.toml").read_text()
    top = text.partition("[targets.")[0]
    return "\n".join(line for line in top.splitlines() if not line.startswith("default_target"))


def _markdown(site: Path) -> list[Path]:
    return [path for path in (site / "content").rglob("*.md") if path.name != "_index.md"]


def tell(made, *, loses: bool = False) -> None:
    """The law: apply; the plan is empty; a second apply writes nothing."""
    first = made.run("apply", "--yes", "-q")
    assert first.code in ((0, 5) if loses else (0,)), first.err[-3000:]
    if first.code == 5:
        assert "not-kept" in first.err
        assert " 0 steps not done" in first.err
    planned = made.run("plan", "--detailed-exitcode", "-q")
    assert planned.code == 0, planned.err[-3000:]
    made.center.calls.clear()
    second = made.run("apply", "--yes", "-q")
    assert second.code == 0, second.err[-3000:]
    assert made.writes == []


@pytest.mark.parametrize("version", VERSIONS)
def test_the_law_holds_for_a_handful_of_files_in_every_version(version, tmp_path):
    with world(tmp_path) as made:
        made.write({**SMALL, **FIN, **RICH})
        made.configure(api_version=version)
        tell(made)


@pytest.mark.parametrize("quirk", sorted(QUIRKS))
def test_the_law_holds_for_a_handful_of_files_under_every_quirk(quirk, tmp_path):
    with world(tmp_path, quirks=[quirk]) as made:
        made.write({**SMALL, **FIN, **RICH})
        made.configure(api_version=version_for(quirk), **ANSWERS.get(quirk, {}))
        tell(made, loses=quirk in LOSES)


def version_for(quirk: str) -> str:
    """A version in which the quirk makes a difference."""
    return "2.9" if "section" in quirk else "2.15" if "parent-id" in quirk else "2.16"


def small_site(folder: Path, made, **target: object) -> None:
    """Our own content, a part of it: every kind of thing, links that lead out of it left off."""
    top = copied(ROOT, folder, most=40)
    lint = '[lint]\nlink-unresolved = "warning"\nanchor-unresolved = "warning"\n'
    lint += 'translation-without-source = "warning"\nasset-missing = "warning"\n'
    made.configure(top=f"{top}\n{lint}", assets_url="https://cdn.example.com/{name}", **target)


@pytest.mark.matrix
@pytest.mark.parametrize("version", VERSIONS)
def test_the_law_holds_in_every_api_version(version, tmp_path):
    with world(tmp_path) as made:
        small_site(tmp_path, made, api_version=version)
        tell(made)


@pytest.mark.matrix
@pytest.mark.parametrize("quirk", sorted(QUIRKS))
def test_the_law_holds_under_every_quirk(quirk, tmp_path):
    with world(tmp_path, quirks=[quirk]) as made:
        settings = ANSWERS.get(quirk, {})
        small_site(tmp_path, made, api_version=version_for(quirk), **settings)
        tell(made, loses=quirk in LOSES)


@pytest.mark.matrix
@pytest.mark.parametrize("version", FULL)
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_the_law_holds_for_whole_sites(site, version, tmp_path):
    with world(tmp_path, locales=None) as made:
        made.configure(
            top=copied(site, tmp_path),
            api_version=version,
            assets_url="https://cdn.example.com/{name}",
        )
        tell(made)


@pytest.mark.matrix
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_the_law_holds_for_whole_sites_on_the_local_target(site, tmp_path):
    with world(tmp_path) as made:
        text = copied(site, tmp_path) + '\n[targets.local]\nkind = "local"\n'
        (tmp_path / "publisher.toml").write_text('default_target = "local"\n' + text)
        assert made.run("apply", "--yes", "-q").code == 0
        assert made.run("plan", "--detailed-exitcode", "-q").code == 0
        again = made.run("apply", "--yes")
        assert " 0 writes" in again.err
