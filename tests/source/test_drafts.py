"""Drafts: the content as it would be, without a byte of it on the disk."""

from __future__ import annotations

import hashlib

from publisher.model import Key, Ref
from publisher.source import cache

A = "---\ntitle: A\n---\n\n[b](b.md)\n\n![i](i.png)\n"


def loaded(content, drafts, **rules):
    return content.load(drafts=drafts, **rules)


def test_a_draft_stands_for_a_file_and_the_disk_is_left_alone(content):
    content.add({"en/a.md": A, "en/b.md": "# B\n\nx\n", "en/i.png": b"old"})
    drafts = {"en/b.md": b"# New\n\nx\n", "en/c.md": b"# C\n\nx\n", "en/i.png": b"new"}

    there = loaded(content, drafts)

    titles = {key.key: thing.translations["en"].title for key, thing in there.site.things.items()}
    assert titles == {"a": "A", "b": "New", "c": "C"}
    assert [asset.digest for asset in there.site.assets.values()] == [
        hashlib.sha256(b"new").hexdigest()[:16]
    ]
    assert (there.files, there.problems) == (3, ())
    assert sorted(path.name for path in content.folder.rglob("*.*")) == ["a.md", "b.md", "i.png"]


def test_a_draft_of_nothing_stands_for_a_file_that_is_gone(content):
    content.add({"en/a.md": A, "en/b.md": "# B\n\nx\n", "en/i.png": b"i"})
    there = loaded(content, {"en/b.md": None, "en/i.png": None, "en/never.md": None})
    assert {each.rule for each in there.problems} == {"link-unresolved", "asset-missing"}


def test_a_folder_that_does_not_exist_yet_holds_just_the_drafts(content):
    content.folder.rmdir()
    there = loaded(content, {"en/billing/a.md": b"# A\n\nx\n"})
    assert set(there.site.things) == {
        Ref("article", Key("billing/a")),
        Ref("collection", Key("billing")),
    }
    assert not there.problems
    assert [each.rule for each in loaded(content, {"a.md": None}).problems] == ["content-missing"]
    assert not content.folder.exists()


def test_loading_drafts_is_loading_what_they_would_make(content):
    drafts = {"en/a.md": A.encode(), "en/b.md": b"# B\n\nx\n", "en/i.png": b"i"}
    would_be = loaded(content, drafts)
    content.add(drafts)
    there = content.load()
    assert (there.site, there.problems, there.digest) == (
        would_be.site,
        would_be.problems,
        would_be.digest,
    )
    assert there.parsed == 0


def test_drafts_are_ignored_where_files_would_be(content):
    content.add({".publisherignore": "notes/\n", "en/a.md": "# A\n\nx\n"})
    there = loaded(content, {"en/notes/b.md": b"# B\n", "en/.c.md": b"# C\n", ".d/e.md": b"# E"})
    assert there.files == 1


def test_drafts_leave_nothing_wrong_in_the_cache(content):
    content.add({"en/a.md": A, "en/b.md": "# B\n\nx\n", "en/i.png": b"old"})
    before = content.load()
    kept = cache.read(content.cache / "assets.json")
    loaded(content, {"en/a.md": A.encode() + b"more\n", "en/i.png": b"new"})
    assert cache.read(content.cache / "assets.json") == kept
    assert content.load().site == before.site


def test_a_decomposed_name_on_the_disk_is_the_one_a_draft_means(content):
    content.add({"en/e\u0301.md": "# Old\n\nx\n"})
    there = loaded(content, {"en/é.md": b"# New\n\nx\n"})
    (thing,) = there.site.things.values()
    assert thing.translations["en"].title == "New"
    assert there.files_of[Ref("article", Key("é"))] == {"en": "en/e\u0301.md"}


def test_every_thing_knows_its_stem_and_its_files(content):
    content.add(
        {
            "en/billing/refunds.md": "---\ntitle: R\nkey: money\n---\n\nx\n",
            "fr/billing/refunds.md": "# R\n\nx\n",
            "en/start/_index.md": "---\ntitle: S\nkey: first\n---\n",
            "fin/handbook/_source.md": "---\nurl: https://example.com\nkey: hb\n---\n",
            "fin/handbook/en/policy.md": "# P\n\nx\n",
        }
    )
    there = content.load()
    assert {str(ref): stem for ref, stem in there.stems.items()} == {
        "article:money": "billing/refunds",
        "collection:billing": "billing",
        "collection:first": "start",
        "source:hb": "handbook",
        "page:handbook/policy:en": "handbook/policy",
    }
    assert {str(ref): dict(files) for ref, files in there.files_of.items()} == {
        "article:money": {"en": "en/billing/refunds.md", "fr": "fr/billing/refunds.md"},
        "collection:billing": {},
        "collection:first": {"en": "en/start/_index.md"},
        "source:hb": {"en": "fin/handbook/_source.md"},
        "page:handbook/policy:en": {"en": "fin/handbook/en/policy.md"},
    }
