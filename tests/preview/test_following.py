"""The preview follows the files: whatever is saved, it shows what a fresh start would show."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import strategies as st

from publisher import config as configs
from publisher.errors import Locked
from publisher.helpcenter import StoreError
from publisher.model import ContentRules
from publisher.source.document import compile_document
from publisher.source.marks import marks_of
from publisher.source.reading_all import read
from publisher.source.standing import Where
from publisher.source.writing import with_meta
from publisher.workflow.previews import previewing
from tests.often import every_day, few_and_many, holds

START = {
    "en/billing/_index.md": "---\ntitle: Billing\n---\n",
    "fr/billing/_index.md": "---\ntitle: Facturation\n---\n",
    "en/billing/refunds.md": "---\ntitle: Refunds\n---\n"
    "See [cancel](../cancel.md#fees), [other](../other.md).\n",
    "fr/billing/refunds.md": "---\ntitle: Remboursements\n---\n"
    "Voir [annuler](../cancel.md), [autre](../other.md).\n",
    "en/cancel.md": "---\ntitle: Cancel\n---\nFirst.\n\n## Fees\n\nNone.\n",
    "en/other.md": "---\ntitle: Other\n---\nSee [refunds](billing/refunds.md).\n",
    "fin/book/_source.md": "---\nurl: https://book.example.com\n---\n",
    "fin/book/en/facts.md": "---\ntitle: Facts\n---\nSee [cancel](../../../en/cancel.md#fees).\n",
}


@contextmanager
def following(folder: Path):
    """A preview of a folder that holds START."""
    for name, text in START.items():
        write(folder, name, text)
    with previewing.opened(configs.load(folder, environment={}), port=8010) as preview:
        preview.refresh()
        yield preview


def write(folder: Path, name: str, text: str) -> None:
    path = folder / "content" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def preview(tmp_path):
    with following(tmp_path) as opened:
        yield opened


def save(preview, name, text):
    write(preview.config.root, name, text)
    return preview.refresh()


def article(preview, title, locale="en"):
    rows = preview.center.rows("article")
    return next(r for r in rows if r["contents"].get(locale, {}).get("title") == title)


def writes(preview):
    return len(preview.center.writes)


# What is done for a save ------------------------------------------------------------------------


def test_a_look_at_an_unchanged_folder_asks_the_help_center_nothing(preview):
    before = len(preview.center.calls)
    assert preview.refresh() is preview.state
    assert len(preview.center.calls) == before


def test_a_saved_text_is_one_look_and_one_write_when_nothing_else_is_touched(preview):
    save(preview, "en/cancel.md", "---\ntitle: Cancel\n---\nFirst.\n\n## Fees\n\nSome.\n")
    before = len(preview.center.calls)
    state = save(preview, "en/cancel.md", "---\ntitle: Cancel\n---\nMore.\n\n## Fees\n\nSome.\n")
    calls = [method for method, _, _ in list(preview.center.calls)[before:]]
    assert calls == ["GET", "GET", "PUT"], "one to plan with, one right before the write"
    assert {ref.key for ref in state.changed} == {"cancel"}


@few_and_many("files", 50, 200)
def test_many_files_at_once_are_one_update(preview, files):
    epoch = preview.state.epoch
    for number in range(files):
        write(preview.config.root, f"en/many/a{number}.md", f"---\ntitle: A{number}\n---\nText.\n")
    state = preview.refresh()
    assert state.epoch == epoch + 1
    assert len(state.ids) == len(START) + files - 2 + 1, "translations are no things; a folder is"


def test_a_touched_file_is_no_update(preview):
    path = preview.config.content_folder / "en/cancel.md"
    epoch = preview.state.epoch
    os.utime(path)
    assert preview.refresh().epoch == epoch


def test_two_saves_of_one_size_within_a_tick_are_both_seen(preview):
    path = preview.config.content_folder / "en/cancel.md"
    facts = path.stat()
    for text in ("One.", "Two.", "Six."):
        path.write_text(f"---\ntitle: Cancel\n---\n{text}\n\n## Fees\n\nNone.\n")
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        preview.refresh()
        assert text in article(preview, "Cancel")["contents"]["en"]["body"]


# What is wrong ----------------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_keeps_its_last_good_page(preview):
    state = save(preview, "en/cancel.md", "---\ntitle: [\n---\n")
    assert [each.rule for each in state.loaded.problems if each.severity == "error"]
    assert "First." in article(preview, "Cancel")["contents"]["en"]["body"]
    save(preview, "en/other.md", "---\ntitle: Other\n---\nNew all the same.\n")
    assert "New all" in article(preview, "Other")["contents"]["en"]["body"]
    save(preview, "en/cancel.md", "---\ntitle: Cancel\n---\nMended.\n\n## Fees\n\nNone.\n")
    assert "Mended." in article(preview, "Cancel")["contents"]["en"]["body"]


def test_a_link_that_leads_nowhere_is_marked_where_it_stands(preview):
    state = save(preview, "en/other.md", "---\ntitle: Other\n---\nSee [it](nope.md), please.\n")
    assert [each.rule for each in state.loaded.problems] == ["link-unresolved"]
    body = article(preview, "Other")["contents"]["en"]["body"]
    assert 'href="https://nowhere.invalid/?nope.md"' in body


def test_a_translation_is_stale_as_soon_as_its_source_is_saved(preview):
    def stale(state):
        return [each.spot.line for each in state.loaded.problems if "stale" in each.rule]

    source, french = START["en/billing/refunds.md"], START["fr/billing/refunds.md"]
    marks = marks_of(compile_document("a", "a", source.encode(), ContentRules()).sections)
    marked = with_meta(french, {"translated_from": marks}, {})
    assert stale(save(preview, "fr/billing/refunds.md", marked)) == []
    assert stale(save(preview, "en/billing/refunds.md", source.replace("See", "Look at"))) == [3]
    assert stale(save(preview, "en/billing/refunds.md", source)) == []


def test_what_is_hidden_while_it_is_stale_is_hidden_at_once_and_linked_to_no_more(tmp_path):
    (tmp_path / "publisher.toml").write_text('[translations]\nstale = "unpublish"\n')
    source, french = START["en/cancel.md"], "---\ntitle: Annuler\n---\nD'abord.\n"
    marks = marks_of(compile_document("a", "a", source.encode(), ContentRules()).sections)
    with following(tmp_path) as preview:
        marked = with_meta(french, {"translated_from": marks}, {})
        save(preview, "fr/cancel.md", marked)
        assert 'href="' in article(preview, "Refunds")["contents"]["fr"]["body"]
        assert "/fr/" in article(preview, "Refunds")["contents"]["fr"]["body"]
        save(preview, "en/cancel.md", source.replace("First", "Second"))
        assert article(preview, "Cancel")["contents"]["fr"]["state"] == "draft"
        assert "/fr/" not in article(preview, "Refunds")["contents"]["fr"]["body"]
        save(preview, "en/cancel.md", source)
        assert article(preview, "Cancel")["contents"]["fr"]["state"] == "published"
        assert "/fr/" in article(preview, "Refunds")["contents"]["fr"]["body"]


def test_a_heading_that_goes_breaks_the_links_to_it_in_other_files(preview):
    state = save(preview, "en/cancel.md", "---\ntitle: Cancel\n---\nFirst.\n\n## Costs\n\nNone.\n")
    assert [each.rule for each in state.loaded.problems] == ["anchor-unresolved"] * 2
    paths = {each.spot.path for each in state.loaded.problems}
    assert {Path(path).name for path in paths} == {"refunds.md", "facts.md"}


def test_what_is_deleted_goes_and_what_is_renamed_stays_one(preview):
    folder = preview.config.content_folder
    (folder / "en/other.md").unlink()
    preview.refresh()
    titles = {row["contents"]["en"]["title"] for row in preview.center.rows("article")}
    assert titles == {"Refunds", "Cancel"}
    id_ = article(preview, "Cancel")["id"]
    text = (
        (folder / "en/cancel.md").read_text().replace("title: Cancel", "title: Cancel\nwas: cancel")
    )
    (folder / "en/cancel.md").unlink()
    write(preview.config.root, "en/billing/refunds.md", "---\ntitle: Refunds\n---\nText.\n")
    write(preview.config.root, "fin/book/en/facts.md", "---\ntitle: Facts\n---\nText.\n")
    write(preview.config.root, "fr/billing/refunds.md", "---\ntitle: Remboursements\n---\nTexte.\n")
    save(preview, "en/billing/cancel.md", text)
    assert article(preview, "Cancel")["id"] == id_


def test_the_content_folder_may_vanish_and_come_back(preview):
    folder = preview.config.content_folder
    shutil.move(folder, folder.with_name("away"))
    state = preview.refresh()
    assert [each.rule for each in state.loaded.problems] == ["content-missing"]
    assert article(preview, "Cancel")
    shutil.move(folder.with_name("away"), folder)
    assert preview.refresh().loaded.problems == ()


def test_a_second_preview_of_a_folder_is_refused(preview):
    with pytest.raises(Locked), previewing.opened(preview.config, port=8011):
        pass


def test_what_stands_is_found_again_by_the_next_preview(tmp_path):
    with following(tmp_path) as first:
        number = writes(first)
    with previewing.opened(configs.load(tmp_path, environment={}), port=8010) as again:
        assert again.refresh().changed == frozenset()
        assert writes(again) == 0 < number


def test_the_next_preview_shows_its_first_page_without_reading_anything(tmp_path):
    with following(tmp_path) as first:
        save(first, "en/other.md", "---\ntitle: Other\norder: 3\n---\nNew.\n")
        settled(first)
        orders = first.state.orders
    with previewing.opened(configs.load(tmp_path, environment={}), port=8010) as again:
        again.begin()
        assert (again.state.reading, again.state.orders) == (True, orders)
        assert len(again.state.orders) == 1
        state = caught_up(again)
        assert (state.loaded.problems, writes(again)) == ((), 0)
        assert state.refs


@pytest.mark.parametrize("what", every_day(2, ["text", "new", "gone"]))
def test_a_preview_reads_first_where_anything_changed_since(tmp_path, what):
    with following(tmp_path) as first:
        settled(first)
    content = tmp_path / "content"
    if what == "text":
        write(tmp_path, "en/other.md", "---\ntitle: Other\n---\nNew.\n")
    elif what == "new":
        write(tmp_path, "en/new.md", "---\ntitle: New\n---\nNew.\n")
    else:
        (content / "en/other.md").unlink()
    with previewing.opened(configs.load(tmp_path, environment={}), port=8010) as again:
        again.begin()
        assert not again.state.reading


def test_a_preview_that_is_cut_off_leaves_nothing_to_trust(tmp_path):
    with following(tmp_path) as first:
        settled(first)
    left = tmp_path / ".publisher/preview.seen.json"
    assert left.exists()
    with previewing.opened(configs.load(tmp_path, environment={}), port=8010) as again:
        again.begin()
        assert not left.exists()


def test_a_save_while_the_files_are_still_being_read_is_shown_at_once(tmp_path):
    with following(tmp_path) as first:
        settled(first)
    with previewing.opened(configs.load(tmp_path, environment={}), port=8010) as again:
        again.begin()
        save(again, "en/other.md", "---\ntitle: Other\n---\nWritten meanwhile.\n")
        assert "Written meanwhile." in article(again, "Other")["contents"]["en"]["body"]


def settled(preview):
    """Wait until no file is so new that nobody can tell whether it is written to again."""
    time.sleep(0.06)
    preview.refresh()


def caught_up(preview):
    for _ in range(500):
        state = preview.refresh()
        if not state.reading:
            return state
        time.sleep(0.01)
    raise AssertionError("still reading")


@pytest.mark.parametrize("lost", ["preview.json", "preview.db"])
def test_half_of_what_a_preview_kept_is_as_good_as_nothing(tmp_path, lost):
    with following(tmp_path) as first:
        settled(first)
    (tmp_path / ".publisher" / lost).unlink()
    with previewing.opened(configs.load(tmp_path, environment={}), port=8010) as again:
        again.begin()
        assert again.refresh().trouble == ""
        save(again, "en/other.md", "---\ntitle: Other\n---\nFollowed.\n")
        assert "Followed." in article(again, "Other")["contents"]["en"]["body"]
        assert len(again.center.rows("article")) == 3


def test_what_is_gone_from_its_help_center_comes_back(preview):
    id_ = article(preview, "Cancel")["id"]
    preview.center.delete_by_hand("article", id_)
    save(preview, "en/new.md", "---\ntitle: New\n---\nText.\n")
    assert article(preview, "Cancel")["id"] != id_


def test_a_way_in_a_circle_is_not_walked_for_ever(preview):
    folder = preview.config.content_folder
    for name in "xyz":
        (folder / "en" / name).symlink_to("..")
    (folder / "en/usr").symlink_to("/usr")
    state = preview.refresh()
    assert {each.rule for each in state.loaded.problems} == {"symlink-loop", "symlink-outside"}


def test_what_the_local_target_is_told_does_not_count_here(tmp_path):
    (tmp_path / "publisher.toml").write_text(
        '[targets.local]\nkind = "local"\non_removed = "report"\nmanage = ["x"]\n'
    )
    with following(tmp_path) as preview:
        assert len(preview.center.rows("article")) == 3
        (preview.config.content_folder / "en/other.md").unlink()
        preview.refresh()
        assert len(preview.center.rows("article")) == 2


def test_what_is_protected_or_linked_to_goes_with_its_file_all_the_same(preview):
    folder = preview.config.content_folder
    save(preview, "en/cancel.md", "---\ntitle: Cancel\nprotect: true\n---\nFirst.\n\n## Fees\n")
    shutil.rmtree(folder)
    save(preview, "en/new.md", "---\ntitle: New\n---\nAlone.\n")
    assert [row["contents"]["en"]["title"] for row in preview.center.rows("article")] == ["New"]
    assert preview.center.rows("collection") == preview.center.rows("source") == []


def test_a_state_that_is_taken_back_is_the_default_one_again(preview):
    save(preview, "en/other.md", "---\ntitle: Other\nstate: draft\n---\nText.\n")
    save(preview, "en/other.md", "---\ntitle: Other\n---\nText.\n")
    assert article(preview, "Other")["contents"]["en"]["state"] == "published"


@pytest.mark.parametrize("state", ["published", "draft"])
def test_a_translation_goes_with_its_file_and_comes_back_with_it(preview, state):
    path = preview.config.content_folder / "fr/billing/refunds.md"
    text = path.read_text().replace("title:", f"state: {state}\ntitle:")
    save(preview, "fr/billing/refunds.md", text)
    path.unlink()
    preview.refresh()
    assert list(article(preview, "Refunds")["contents"]) == ["en"]
    save(preview, "fr/billing/refunds.md", text)
    assert list(article(preview, "Refunds")["contents"]) == ["en", "fr"]


def test_a_language_goes_with_its_last_file(preview):
    shutil.rmtree(preview.config.content_folder / "fr")
    preview.refresh()
    assert list(article(preview, "Refunds")["contents"]) == ["en"]
    [shelf] = preview.center.rows("collection")
    assert shelf["names"] == {"en": "Billing"}


def test_an_image_that_is_missing_is_marked_where_it_would_stand(preview):
    save(preview, "en/other.md", "---\ntitle: Other\n---\n![A chart](chart.png)\n")
    body = article(preview, "Other")["contents"]["en"]["body"]
    address = re.search(r'<img src="([^"]*)" alt="A chart"', body)[1]
    content, kind = preview.center.image(address)
    assert (kind, b"missing" in content) == ("image/svg+xml", True)


def test_a_text_with_something_that_intercom_cannot_show_is_shown_without_it(preview):
    table = "<table><tr><td><table><tr><td>x</td></tr></table></td></tr></table>"
    text = f"---\ntitle: New\n---\nBefore.\n\n{table}\n\nAfter.\n"
    state = save(preview, "en/billing/new.md", text)
    assert [each.severity for each in state.loaded.problems] == ["error"]
    body = article(preview, "New")["contents"]["en"]["body"]
    assert ("Before." in body, "After." in body, state.trouble) == (True, True, "")


def test_what_the_database_refused_is_published_by_a_later_look(preview):
    preview.center.store._db.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError):
        save(preview, "en/new.md", "---\ntitle: New\n---\nText.\n")
    preview.center.store._db.execute("PRAGMA query_only = OFF")
    preview.refresh()
    assert article(preview, "New")


def test_a_beginning_that_fails_is_no_reading_without_end(tmp_path):
    with following(tmp_path) as first:
        settled(first)
    with previewing.opened(configs.load(tmp_path, environment={}), port=8010) as again:
        again.center.store._db.execute("ALTER TABLE things RENAME TO away")
        again.begin()
        with pytest.raises(StoreError):
            caught_up(again)
        again.center.store._db.execute("ALTER TABLE away RENAME TO things")
        assert again.refresh().trouble == ""


# The law ----------------------------------------------------------------------------------------

MORE = ["en/new.md", "fr/cancel.md", "fr/billing/_index.md", "fin/book/_source.md"]
NAMES = [name for name in START if "_" not in name]
TEXTS = st.sampled_from(
    [
        "Words.",
        "See [it](cancel.md).",
        "See [fees](../cancel.md#fees).",
        "See [here](nope.md).",
        "See [other](/other.md#top).",
        "## Fees\n\nNone.",
        "## Fees\n\n## Fees\n\nTwice.",
        "# Top\n\nText.",
        "",
        "![x](nope.png)",
        "<table><tr><td><table><tr><td>x</td></tr></table></td></tr></table>",
    ]
)
HEADS = st.sampled_from(
    [
        "title: One",
        "title: Two",
        "title: One\ndescription: Said",
        "title: One\norder: 2",
        "title: One\nprotect: true",
        "title: One\nstate: published",
        "title: One\nstate: draft",
        "title: One\nkey: own/key",
        "titel: One",
        "title: [",
        "",
    ]
)
EDITS = st.tuples(st.sampled_from([*NAMES, *MORE]), HEADS, st.lists(TEXTS, max_size=3))
GONE = st.tuples(st.sampled_from([*NAMES, *MORE]), st.none(), st.none())


SAVES = st.lists(st.lists(EDITS | GONE, min_size=1, max_size=2), min_size=1, max_size=5)


@holds(SAVES, few=6, many=150)
def test_after_any_saves_it_stands_as_if_everything_had_just_been_read(saves):
    with tempfile.TemporaryDirectory() as root, following(Path(root)) as preview:
        for batch in saves:
            for name, head, texts in batch:
                path = Path(root, "content", name)
                if head is None:
                    path.unlink(missing_ok=True)
                else:
                    body = "\n\n".join(texts)
                    write(Path(root), name, f"---\n{head}\n---\n{body}\n")
            state = preview.refresh()
            config = preview.config
            whole = read(Where(config.content_folder, config.rules, preview=True), {}).loaded
            assert state.loaded.problems == whole.problems
            assert state.loaded.site.things == whole.site.things
            assert state.loaded.site.headings == whole.site.headings
            assert state.loaded.site.unread == whole.site.unread
            assert state.trouble == ""
            if not whole.site.unread:
                assert shown(preview) == afresh(Path(root, "content"))


def afresh(content):
    """What a preview shows that begins with these files."""
    with tempfile.TemporaryDirectory() as root:
        shutil.copytree(content, Path(root, "content"))
        with previewing.opened(configs.load(Path(root), environment={}), port=8010) as preview:
            preview.refresh()
            return shown(preview)


def shown(preview):
    """Everything that its pages show, with keys in the place of ids."""
    state, rows = preview.state, preview.center.rows
    keys = {(f"{kind}s", id_): ref.key for (kind, id_), ref in state.refs.items()}

    def named(html):
        linked = re.sub(
            r"/(articles|collections)/(\d+)[^\"#]*", lambda m: f"/{keys.get(m.groups())}", html
        )
        return re.sub(r"https://downloads[^\"]*/", "", linked)

    articles = {
        keys["articles", row["id"]]: (
            [keys.get(("collections", id_)) for id_ in row["parent_ids"]],
            {
                locale: (text["title"], text["description"], text["state"], named(text["body"]))
                for locale, text in row["contents"].items()
            },
        )
        for row in rows("article")
    }
    collections = {keys["collections", row["id"]]: row["names"] for row in rows("collection")}
    pages = {  # one with nothing in it counts as deleted, in Intercom's own answers too
        row["external_id"]: (row["title"], named(row["html"]))
        for row in rows("page")
        if row["html"]
    }
    orders = {keys[f"{kind}s", id_]: order for (kind, id_), order in state.orders.items()}
    return articles, collections, pages, sorted(row["url"] for row in rows("source")), orders
