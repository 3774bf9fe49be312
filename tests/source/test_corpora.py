"""Real documentation that nobody wrote for us, and our own."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from publisher.body import canonical
from publisher.model import ContentRules, Ref
from publisher.source import Loaded, load

CHECKOUT = Path(__file__).parents[2]
CORPORA = CHECKOUT.parent / "shared" / "corpora"
SITES = [
    folder for folder in (CHECKOUT, *CORPORA.glob("*")) if (folder / "publisher.toml").exists()
]
ODD = {
    "bom-frontmatter": "",
    "bom": "",
    "crlf": "",
    "duplicate-key": "frontmatter-duplicate-key",
    "empty-file": "file-empty",
    "frontmatter-empty": "title-missing",
    "frontmatter-is-a-list": "frontmatter-invalid",
    "huge": "",
    "smart-quotes": "frontmatter-quotes",
    "space-before-frontmatter": "frontmatter-late",
    "title-newline": "",
    "title-number": "",
    "yaml-no-space-after-colon": "frontmatter-invalid",
    "yaml-tab": "frontmatter-invalid",
    "yaml-tab-2": "frontmatter-invalid",
    "yaml-without-fence": "title-missing",
}
FOUND = [name for name in ODD if (CORPORA / "oddities" / f"{name}.md").exists()]
OTHER_TOOLS = frozenset(
    {"lang", "class", "image", "related", "toc", "locale", "more", "untranslated"}
    | {"linkTitle", "weight", "date", "canonical_url", "cSpell:ignore"}
)


def load_site(folder: Path, cache: Path | None) -> Loaded:
    config = tomllib.loads((folder / "publisher.toml").read_text("utf-8"))
    frontmatter = config.get("frontmatter", {})
    rules = ContentRules(
        default_locale=config.get("default_locale", "en"),
        locales=tuple(config.get("locales", ())),
        ignore=frozenset(frontmatter.get("ignore", ())),
        aliases=frontmatter.get("aliases", {}),
        severities=config.get("lint", {}),
    )
    return load(folder / config.get("content", "content"), rules, cache=cache)


@pytest.mark.slow
@pytest.mark.parametrize("folder", SITES, ids=lambda folder: folder.name)
def test_a_real_site_loads_without_errors_and_again_from_the_cache(folder, tmp_path):
    first = load_site(folder, tmp_path)
    assert [str(each) for each in first.problems if each.severity == "error"] == []
    assert len(first.site.things) > 10
    second = load_site(folder, tmp_path)
    assert (second.site, second.problems, second.digest, second.parsed) == (
        first.site,
        first.problems,
        first.digest,
        0,
    )


@pytest.mark.slow
@pytest.mark.parametrize("folder", SITES, ids=lambda folder: folder.name)
def test_every_block_of_a_real_site_knows_its_line(folder):
    for thing in load_site(folder, None).site.things.values():
        for text in thing.translations.values() if thing.kind == "article" else ():
            assert len(text.lines) == len(canonical.blocks(text.body)), text.spot
            last = Path(text.spot.path).read_bytes().count(b"\n") + 1
            assert all(1 < line <= last for line in text.lines), text.spot


@pytest.mark.parametrize("name", FOUND)
def test_an_odd_file_is_published_or_refused_by_name_and_the_others_go_on(name, content):
    raw = (CORPORA / "oddities" / f"{name}.md").read_bytes()
    if name == "huge":
        raw = raw[:60_000]
    content.add({f"en/{name}.md": raw, "en/sound.md": "# Sound\n\nText.\n"})
    quiet = dict.fromkeys(("link-unresolved", "asset-missing", "anchor-unresolved"), "off")
    loaded = content.load(ignore=OTHER_TOOLS, severities=quiet)
    refused = [each for each in loaded.problems if each.severity == "error"]
    published = Ref("article", name) in loaded.site.things
    assert Ref("article", "sound") in loaded.site.things
    assert published == (not refused)
    assert not ODD[name] or ODD[name] in {each.rule for each in loaded.problems}
    assert all(content.path(each) == f"en/{name}.md" for each in refused)
