"""Apply, then nothing left to do: whole sites, every API version, every quirk.

The everyday suite tells it on a handful of files: in the versions with which something begins or
ends, under every quirk that loses something or belongs to old versions, and under the others some
at a time. The marker `slow` adds each of them alone; the marker `matrix` tells it on forty files,
and on whole sites. Over HTTP, with `kind = "intercom"`.
"""

from __future__ import annotations

import hashlib
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
PULLED = [
    ROOT,
    *(ROOT.parent / "shared/corpora" / name for name in ("opensource-guide", "opentelemetry")),
]
FULL = ("2.7", "2.10", "2.12", "2.16", "Preview")
LOSES = {
    "code-newlines-lost",
    "details-unwrapped",
    "divs-to-paragraphs",
    "h3-flattened",
    "images-not-copied",
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


def version_for(quirk: str) -> str:
    """A version in which the quirk makes a difference."""
    return "2.9" if "section" in quirk else "2.15" if "parent-id" in quirk else "2.16"


HARMLESS = [
    quirk
    for quirk in sorted(QUIRKS)
    if quirk not in LOSES and quirk not in ANSWERS and version_for(quirk) == "2.16"
]
TOGETHER = [HARMLESS[start::4] for start in range(4)]
"""Neighbours, such as `page-flags-default-false` and `page-flags-reset`, exclude each other."""


def told(name: str, *, everyday: bool) -> object:
    """A parameter for every day, or for the tests marked slow."""
    return pytest.param(name, marks=() if everyday else pytest.mark.slow)


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


@pytest.mark.parametrize(
    "version", [told(version, everyday=version in FULL) for version in VERSIONS]
)
def test_the_law_holds_for_a_handful_of_files_in_every_version(version, tmp_path):
    with world(tmp_path) as made:
        made.write({**SMALL, **FIN, **RICH})
        made.configure(api_version=version)
        tell(made)


@pytest.mark.parametrize("quirks", TOGETHER, ids=lambda quirks: f"{quirks[0]} and so on")
def test_the_law_holds_for_a_handful_of_files_under_many_quirks_at_once(quirks, tmp_path):
    with world(tmp_path, quirks=quirks) as made:
        made.write({**SMALL, **FIN, **RICH})
        made.configure(api_version="2.16")
        tell(made)


@pytest.mark.parametrize(
    "quirk", [told(quirk, everyday=quirk not in HARMLESS) for quirk in sorted(QUIRKS)]
)
def test_the_law_holds_for_a_handful_of_files_under_every_quirk(quirk, tmp_path):
    with world(tmp_path, quirks=[quirk]) as made:
        made.write({**SMALL, **FIN, **RICH})
        made.configure(api_version=version_for(quirk), **ANSWERS.get(quirk, {}))
        tell(made, loses=quirk in LOSES)


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


@pytest.mark.matrix
@pytest.mark.parametrize("site", PULLED, ids=lambda site: site.name)
def test_a_whole_site_that_was_published_is_pulled_into_an_empty_folder(site, tmp_path):
    if not (site / "publisher.toml").exists():
        pytest.skip(f"the corpus {site.name} is not on this machine")
    with world(tmp_path, locales=None, asset_lookup=images_of(site)) as made:
        made.configure(top=copied(site, tmp_path), assets_url="https://cdn.example.com/{name}")
        tell(made)
        shutil.rmtree(tmp_path / "content")
        shutil.rmtree(tmp_path / ".publisher")
        made.center.calls.clear()
        first = made.run("pull", "-q")
        assert first.code == 0, first.err[-3000:]
        assert "not pulled" not in first.err
        planned = made.run("plan", "--detailed-exitcode", "-q")
        assert planned.code == 0, planned.err[-3000:]
        linted = made.run("lint", "-q")
        assert linted.code == 0, linted.err[-3000:]
        before = files_of(tmp_path)
        assert not [name for name, kept in before.items() if b"signature=" in kept]
        for arguments in ((), ("--all",)):
            again = made.run("pull", *arguments)
            assert again.code == 0, again.err[-3000:]
            assert files_of(tmp_path) == before
        assert made.writes == []


def images_of(site: Path):
    """Looks up a published image by the digest in its name."""
    suffixes = {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"}
    found = {
        hashlib.sha256(path.read_bytes()).hexdigest()[:8]: path
        for path in (site / "content").rglob("*")
        if path.suffix.lower() in suffixes
    }

    def look_up(url: str) -> bytes | None:
        digest = url.rpartition("/")[2].rsplit(".", 2)[-2:][0]
        return found[digest].read_bytes() if digest in found else None

    return look_up


def files_of(folder: Path) -> dict[str, bytes]:
    """The content and the ledger."""
    kept = [*(folder / "content").rglob("*"), folder / ".publisher" / "live.json"]
    return {path.as_posix(): path.read_bytes() for path in kept if path.is_file()}


def come_back(made) -> None:
    """What was published comes back into an empty folder; nothing is left to do."""
    first = made.run("apply", "--yes", "-q")
    assert first.code in (0, 5), first.err[-3000:]
    shutil.rmtree(made.folder / "content")
    shutil.rmtree(made.folder / ".publisher")
    made.center.calls.clear()
    pulled = made.run("pull")
    assert pulled.code == 0, pulled.err[-3000:]
    planned = made.run("plan", "--detailed-exitcode")
    assert planned.code == 0, planned.err[-3000:]
    before = files_of(made.folder)
    assert made.run("pull", "--all").code == 0
    assert files_of(made.folder) == before
    assert made.writes == []


@pytest.mark.matrix
@pytest.mark.parametrize("version", VERSIONS)
def test_a_pull_leaves_nothing_to_do_in_every_version(version, tmp_path):
    with world(tmp_path) as made:
        made.write({**SMALL, **FIN, **RICH})
        made.configure(api_version=version)
        come_back(made)


@pytest.mark.matrix
@pytest.mark.parametrize("quirk", sorted(QUIRKS))
def test_a_pull_leaves_nothing_to_do_under_every_quirk(quirk, tmp_path):
    with world(tmp_path, quirks=[quirk]) as made:
        made.write({**SMALL, **FIN, **RICH})
        made.configure(api_version=version_for(quirk), **ANSWERS.get(quirk, {}))
        come_back(made)
