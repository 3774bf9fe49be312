"""What a page costs after a write: only what the write changed, counted exactly."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from hypothesis import strategies as st
from werkzeug.test import Client

from publisher.helpcenter import HelpCenter
from publisher.helpcenter.pages import site
from publisher.helpcenter.reader.library import Library, Work
from tests.often import holds

LOCALES = ("en", "fr", "de")


@pytest.fixture
def shelf(center):
    """Twenty articles in three languages, in two collections."""
    rooms = [center.create_by_hand("collection", title=f"Room {n}") for n in range(2)]
    for room in rooms:
        for locale in LOCALES[1:]:
            center.rename_by_hand(room, f"Room {locale}", locale, kind="collection")
    ids = [
        center.create_by_hand(title=f"T{n}", body=f"<p>word{n}</p>", parent=rooms[n % 2])
        for n in range(20)
    ]
    for id_ in ids:
        for locale in LOCALES[1:]:
            center.edit_by_hand(
                id_, locale, title=f"T {locale}", body="<p>w</p>", state="published"
            )
    return ids, rooms


@pytest.fixture
def library(center, shelf):
    """Warm: every shelf built, every search text made."""
    library = Library(center)
    library.shelves(LOCALES)
    for locale in LOCALES:
        library.search(locale, "w")
    return library


def work(library, what):
    """Return what something costs, with a look at every shelf and a search in each."""
    before = library.work
    what()
    library.shelves(LOCALES)
    for locale in LOCALES:
        library.search(locale, "w")
    after = library.work
    return Work(
        rows=after.rows - before.rows,
        shelves=after.shelves - before.shelves,
        texts=after.texts - before.texts,
    )


def test_the_first_look_reads_every_row_once(library):
    assert library.work == Work(rows=2 + 20 + 3, shelves=3, texts=60)


def test_a_page_shown_again_costs_nothing(library):
    assert work(library, lambda: None) == Work(rows=0, shelves=0, texts=0)


def test_a_changed_body_is_one_row_one_text_and_no_shelf(center, library, shelf):
    (first, *_), _ = shelf
    cost = work(library, lambda: center.edit_by_hand(first, "fr", body="<p>nouveau</p>"))
    assert cost == Work(rows=1, shelves=0, texts=1)
    assert library.shelf("fr").articles[first].body == "<p>nouveau</p>"
    assert [hit.article.id for hit in library.search("fr", "nouveau")] == [first]


def test_the_same_article_is_the_new_one_in_its_list_and_on_the_home_page(center, library, shelf):
    (first, *_), (room, _) = shelf
    center.edit_by_hand(first, body="<p>new</p>")
    now = library.shelf("en")
    article = now.articles[first]
    assert article in now.collections[room].articles
    assert now.roots[0] is now.collections[room]


def test_a_hundred_bodies_at_once_are_one_look(center, library, shelf):
    ids, _ = shelf

    def rewrite():
        with center.store.writing():
            for id_ in ids:
                center.edit_by_hand(id_, body="<p>all</p>")

    assert work(library, rewrite) == Work(rows=20, shelves=0, texts=20)


def test_a_changed_title_builds_the_shelf_of_its_language_alone(center, library, shelf):
    (first, *_), _ = shelf
    cost = work(library, lambda: center.rename_by_hand(first, "Other", "fr"))
    assert cost == Work(rows=1, shelves=1, texts=1)


@pytest.mark.parametrize(
    ("deed", "cost"),
    [
        (lambda center, id: center.unpublish_by_hand(id, "de"), Work(rows=1, shelves=1, texts=0)),
        (lambda center, id: center.move_by_hand(id, None), Work(rows=1, shelves=3, texts=0)),
        (
            lambda center, id: center.edit_by_hand(id, description="About"),
            Work(rows=1, shelves=1, texts=1),
        ),
        (
            lambda center, id: center.edit_by_hand(id, author_id=991267249),
            Work(rows=1, shelves=1, texts=1),
        ),
        (
            lambda center, id: center.delete_by_hand("article", id),
            Work(rows=1, shelves=3, texts=0),
        ),
        (lambda center, id: center.create_by_hand(title="New"), Work(rows=1, shelves=1, texts=0)),
        (lambda center, id: center.draft_by_hand(id, body="x"), Work(rows=1, shelves=0, texts=0)),
    ],
)
def test_a_shelf_is_built_where_something_that_lists_show_is_another(
    center, library, shelf, deed, cost
):
    assert work(library, lambda: deed(center, shelf[0][0])) == cost


def test_a_renamed_collection_builds_shelves_and_keeps_every_text(center, library, shelf):
    _, (room, _) = shelf
    cost = work(library, lambda: center.rename_by_hand(room, "Cellar", kind="collection"))
    assert cost == Work(rows=1, shelves=3, texts=0)


def test_a_collection_written_as_it_was_builds_nothing(center, clock, library, shelf):
    _, (room, _) = shelf
    clock.now += 60
    cost = work(library, lambda: center.rename_by_hand(room, "Room 0", kind="collection"))
    assert cost == Work(rows=1, shelves=0, texts=0)


def test_what_only_fin_reads_costs_readers_nothing(center, library):
    source = center.create_by_hand("source", url="https://wiki.acme.test")
    cost = work(
        library,
        lambda: center.create_by_hand("page", title="T", source=source, external_id="t"),
    )
    assert cost == Work(rows=0, shelves=0, texts=0)


def test_a_page_for_fin_is_read_again_only_when_it_changed(center, library):
    source = center.create_by_hand("source", url="https://wiki.acme.test")
    for name in "abc":
        center.create_by_hand("page", title=name, source=source, external_id=name)
    assert len(library.rows("page")) == 3
    before = library.work.rows
    center.create_by_hand("page", title="d", source=source, external_id="d")
    assert [row["title"] for row in library.rows("page")] == ["a", "b", "c", "d"]
    assert library.work.rows == before + 1


def test_a_schedule_comes_due_at_the_next_write_of_anything(center, clock, shelf):
    id_ = center.create_by_hand(title="On Monday", body="<p>x</p>", state="draft")
    with center.store.writing():
        row = center.store.get("article", int(id_))
        center.store.put("article", row | {"schedule": {"publish": int(clock.now) + 60}})
    library = Library(center)
    assert id_ not in library.shelf("en").articles
    clock.now += 61
    center.create_by_hand("collection", title="Anything")
    assert id_ in library.shelf("en").articles


def test_the_store_tells_what_changed_since_an_epoch_and_what_is_gone(center, shelf):
    (first, second, *_), _ = shelf
    epoch = center.epoch
    assert center.changed("article", epoch) == {}
    center.edit_by_hand(first, body="<p>1</p>")
    between = center.epoch
    center.delete_by_hand("article", second)
    assert center.changed("article", epoch) == {first: center.row("article", first), second: None}
    assert center.changed("article", between) == {second: None}
    assert center.changed("collection", epoch) == {}


def test_a_write_that_was_given_up_changed_nothing(center, shelf):
    (first, *_), _ = shelf
    epoch = center.epoch

    def give_up():
        with center.store.writing():
            center.edit_by_hand(first, body="<p>1</p>")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        give_up()
    assert center.changed("article", epoch) == {}


def test_a_file_of_an_earlier_release_tells_its_changes_from_now_on(make_center, tmp_path):
    make_center(path=tmp_path / "help.db").close()
    with closing(sqlite3.connect(tmp_path / "help.db")) as file:
        file.execute("DROP TABLE changes")
    again = make_center(path=tmp_path / "help.db")
    epoch = again.epoch
    id_ = again.create_by_hand(title="New")
    assert list(again.changed("article", epoch)) == [id_]


class Watched:
    """The door of a help center, and what went through it."""

    def __init__(self, center):
        self.center = center
        self.read = []

    settings = property(lambda self: self.center.settings)
    epoch = property(lambda self: self.center.epoch)

    def rows(self, kind):
        rows = self.center.rows(kind)
        self.read += [(kind, row["id"]) for row in rows]
        return rows

    def changed(self, kind, since):
        rows = self.center.changed(kind, since)
        self.read += [(kind, id_) for id_ in rows]
        return rows


@pytest.mark.parametrize("path", ["/en/", "/en/collections/101", "/en/articles/101"])
def test_a_page_reads_the_changed_row_alone(center, shelf, path):
    (first, *_), _ = shelf
    door = Watched(center)
    reader = Client(site(door))
    reader.get(path, follow_redirects=True)
    assert len(door.read) == 2 + 20 + 3
    door.read.clear()
    center.edit_by_hand(first, body="<p>new words</p>")
    assert reader.get(path, follow_redirects=True).status_code == 200
    assert door.read == [("article", first)]


# The law: what follows the changes is what would be built anew


DEEDS = st.sampled_from(["body", "title", "state", "move", "delete", "create", "name", "regroup"])
STEPS = st.lists(
    st.tuples(DEEDS, st.integers(0, 7), st.sampled_from(LOCALES), st.booleans()), max_size=12
)


@holds(STEPS, st.booleans(), few=20, many=60)
def test_a_library_that_followed_every_change_is_the_one_that_reads_everything(steps, drafts):
    center = HelpCenter(locales=LOCALES, now=lambda: 1_795_000_000.0)
    rooms = [center.create_by_hand("collection", title=f"R{n}") for n in range(3)]
    ids = [center.create_by_hand(title=f"T{n}", parent=rooms[n % 3]) for n in range(4)]
    library = Library(center, drafts=drafts)
    for number, (deed, which, locale, look) in enumerate(steps):
        do(center, deed, ids, rooms, (which, locale, f"{deed} {number}"))
        if look:
            library.search(locale, "t")
    fresh = Library(center, drafts=drafts)
    for locale in LOCALES:
        assert library.shelf(locale) == fresh.shelf(locale)
        assert list(library.shelf(locale).articles) == list(fresh.shelf(locale).articles)
        assert library.search(locale, "t") == fresh.search(locale, "t")
        assert library.spoken(locale) == fresh.spoken(locale)
    center.close()


def do(center, deed, ids, rooms, how):
    which, locale, text = how
    id_, room = ids[which % len(ids)], rooms[which % len(rooms)]
    if deed == "create":
        ids.append(center.create_by_hand(title=text, parent=room))
    elif deed == "delete" and len(ids) > 1:
        center.delete_by_hand("article", ids.pop(which % len(ids)))
    elif deed == "move":
        center.move_by_hand(id_, room if which % 2 else None)
    elif deed == "name":
        center.rename_by_hand(room, text, locale, kind="collection")
    elif deed == "regroup":
        above = rooms[0] if room != rooms[0] else None
        center.move_by_hand(room, above, kind="collection")
    elif deed == "state":
        state = "draft" if which % 2 else "published"
        center.edit_by_hand(id_, locale, state=state)
    else:
        center.edit_by_hand(id_, locale, **{deed if deed == "body" else "title": text})


def test_rows_are_told_as_json_can_say_them(center, shelf):
    """A door that tells a changed row otherwise than all rows would build two shelves."""
    (first, *_), _ = shelf
    epoch = center.epoch
    center.edit_by_hand(first, body="<p>1</p>")
    (told,) = center.changed("article", epoch).values()
    listed = next(row for row in center.rows("article") if row["id"] == first)
    assert json.dumps(told, sort_keys=True) == json.dumps(listed, sort_keys=True)
