"""The cache makes loading fast and is never believed against the files."""

from __future__ import annotations

import os

import pytest

from publisher.source import cache

TEXT = "---\ntitle: {0}\nwas: old/{0}\nfin: {{agent: no}}\n---\n\n## H\n\n[x](#h)\n\n![i](/i.png)\n"


@pytest.fixture
def many(content):
    files = {f"en/g{n % 7}/a{n}.md": TEXT.format(f"a{n}") for n in range(40)}
    return content.add(files | {"i.png": b"png"})


def test_what_did_not_change_is_not_compiled_again(many):
    first, second = many.load(), many.load()
    assert (first.files, first.parsed, second.parsed) == (40, 40, 0)
    assert second.site == first.site
    assert second.site.headings == first.site.headings
    assert second.problems == first.problems
    assert second.digest == first.digest
    lines = [
        thing.translations["en"].lines
        for thing in second.site.things.values()
        if thing.kind == "article"
    ]
    assert lines == [(7, 9, 11)] * 40


def test_only_what_changed_is_compiled_again(many):
    many.load()
    many.add({"en/g1/a1.md": TEXT.format("b1")})
    assert many.load().parsed == 1


def test_a_change_that_keeps_size_and_time_is_seen(many):
    many.load()
    file = many.folder / "en/g1/a1.md"
    facts = file.stat()
    file.write_text(TEXT.format("z1"))
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert file.stat().st_size == facts.st_size
    assert many.thing("article", "g1/a1").translations["en"].title == "z1"


def test_a_checkout_that_touches_every_file_costs_nothing(many):
    many.load()
    for file in many.folder.rglob("*.md"):
        os.utime(file, (1, 1))
    assert many.load().parsed == 0


def test_other_rules_for_frontmatter_compile_again(many):
    many.load()
    assert many.load(ignore=frozenset({"was"})).parsed == 40
    assert many.load(severities={"body-empty": "off"}).parsed == 0


def test_the_cache_may_vanish_or_be_damaged(many):
    fresh = many.load()
    places = sorted((many.cache / "documents").iterdir())
    for place, damage in zip(
        places, [b"", b"{", b"[]", b"{}", b"\xff", b'{"meta": 1}'], strict=False
    ):
        place.write_bytes(damage)
    (many.cache / "assets.json").write_text('["a"]')
    again = many.load()
    assert (again.site, again.parsed) == (fresh.site, 6)


def test_a_place_where_nothing_can_be_written_is_no_cache(content, tmp_path):
    content.add({"en/a.md": "# A\n\nText.\n"})
    content.cache = tmp_path / "file"
    content.cache.write_text("")
    assert [content.load().parsed for _ in range(2)] == [1, 1]


def test_documents_that_nobody_uses_are_removed_in_the_end(content):
    for n in range(120):
        content.add({"en/a.md": f"# A\n\nText {n}.\n"})
        content.load()
    assert len(list((content.cache / "documents").iterdir())) <= 101


def test_the_digest_of_an_old_image_is_remembered(content):
    content.add({"en/a.md": "# A\n\n![](i.png)\n", "en/i.png": b"one"})
    image = content.folder / "en/i.png"
    os.utime(image, (1, 1))
    (token,) = content.load().site.assets
    remembered = cache.read(content.cache / "assets.json")
    assert remembered["en/i.png"][2] == token.split("/")[0]
    image.write_bytes(b"two")
    assert token not in content.load().site.assets


def test_an_image_saved_twice_within_a_tick_is_looked_at_again(content):
    content.add({"en/a.md": "# A\n\n![](i.png)\n", "en/i.png": b"one"})
    image = content.folder / "en/i.png"
    (token,) = content.load().site.assets
    facts = image.stat()
    image.write_bytes(b"two")
    os.utime(image, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert token not in content.load().site.assets
