"""What pulls learnt of a shared ledger: files that travel, are taken in once, and never again."""

import json
import shutil
from copy import copy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.errors import LedgerError
from publisher.ledger import opening
from publisher.model import Entry, Key, Ref, RemoteId
from tests.ledger.places import Machines, MemoryPlace

X, Y = (Ref("article", Key(name)) for name in ("a/x", "a/y"))
ENTRY = Entry(ref=X, id=RemoteId("5"), title="X", sent={"en.title": "d1"})
EDITED = replace(ENTRY, title="X, edited")
OTHER = replace(ENTRY, ref=Y, id=RemoteId("6"), title="Y")


@pytest.fixture
def machines(tmp_path):
    files = {}
    made = Machines(tmp_path, lambda folder: MemoryPlace(files))
    yield made
    made.bury()


def pulling(machines, home):
    ids = machines.ids
    return opening.pulling(home, command="publisher pull", new_id=lambda: f"{next(ids):016x}")


def pull(machines, home, ref, entry):
    with pulling(machines, home) as slip:
        slip.adopt(ref, entry)


def apply(machines, home, ref=None, entry=None):
    with machines.run(home) as journal:
        if ref:
            journal.adopt(ref, entry)


def read(home):
    return opening.read(home).entries


def slips(home):
    return sorted(home.pulled.glob("*.json"))


def merge(one, other):
    """The files of a branch come to another; no file of the same name may say something else."""
    other.pulled.mkdir(parents=True, exist_ok=True)
    for path in slips(one):
        there = other.pulled / path.name
        assert not there.exists() or there.read_bytes() == path.read_bytes()
        shutil.copy(path, there)


def test_what_was_pulled_counts_where_its_file_is_and_nowhere_else(machines):
    branch, main = machines.machine("branch"), machines.machine("main")
    pull(machines, branch, X, ENTRY)
    assert (read(branch), read(main)) == ({X: ENTRY}, {})


def test_a_pull_that_learns_nothing_leaves_no_file(machines):
    home = machines.machine("a")
    with pulling(machines, home):
        pass
    assert not home.pulled.exists()


def test_what_an_apply_has_kept_and_then_lost_does_not_come_back(machines):
    """Its file was deleted, and the article with it: a new file of that name is a new article."""
    home = machines.machine("a")
    pull(machines, home, X, ENTRY)
    apply(machines, home)
    assert read(home) == {X: ENTRY}
    apply(machines, home, X, None)
    assert slips(home)
    assert read(home) == {}


def test_the_same_thing_can_be_pulled_again_after_it_was_let_go_of(machines):
    """`state rm`, then `pull --all`: word for word what was learnt the first time."""
    home = machines.machine("a")
    pull(machines, home, X, ENTRY)
    apply(machines, home)
    apply(machines, home, X, None)
    pull(machines, home, X, ENTRY)
    assert read(home) == {X: ENTRY}
    apply(machines, home)
    shutil.rmtree(home.pulled)
    assert read(home) == {X: ENTRY}


def test_an_edit_that_is_taken_back_and_made_again_is_read_in_that_order(machines):
    home = machines.machine("a")
    apply(machines, home, X, ENTRY)
    for entry in (EDITED, ENTRY, EDITED):
        pull(machines, home, X, entry)
        assert read(home) == {X: entry}
    assert len(slips(home)) == 3


def test_the_next_pull_takes_away_the_files_that_are_kept(machines):
    home = machines.machine("a")
    pull(machines, home, X, ENTRY)
    apply(machines, home)
    pull(machines, home, Y, OTHER)
    assert len(slips(home)) == 1
    assert read(home) == {X: ENTRY, Y: OTHER}


def test_two_branches_that_pulled_merge_without_a_conflict(machines):
    one, two = machines.machine("one"), machines.machine("two")
    pull(machines, one, X, ENTRY)
    with pulling(machines, two) as slip:
        slip.adopt(X, ENTRY)
        slip.adopt(Y, OTHER)
    merge(one, two)
    assert read(two) == {X: ENTRY, Y: OTHER}
    apply(machines, two)
    assert read(machines.machine("main")) == {X: ENTRY, Y: OTHER}


def test_two_branches_that_learnt_the_same_wrote_the_same_file(machines):
    one, two = machines.machine("one"), machines.machine("two")
    pull(machines, one, X, ENTRY)
    pull(machines, two, X, ENTRY)
    assert [p.name for p in slips(one)] == [p.name for p in slips(two)]


def test_one_article_under_two_names_on_two_branches_gets_one_entry(machines):
    one, two = machines.machine("one"), machines.machine("two")
    pull(machines, one, X, ENTRY)
    pull(machines, two, Y, replace(ENTRY, ref=Y))
    merge(one, two)
    assert len(read(two)) == 1


def test_a_pulled_rename_of_what_was_applied_since_gives_no_thing_two_keys(machines):
    branch, main = machines.machine("branch"), machines.machine("main")
    apply(machines, main, X, ENTRY)
    with pulling(machines, branch) as slip:
        slip.rename(Y, X.key)
    assert list(read(branch)) == [Y]
    apply(machines, main, X, EDITED)
    assert read(branch) == {X: EDITED}


def test_what_was_pulled_beside_another_ledger_does_not_count(machines):
    """The ledger was lost and made anew: nothing is known of ids that the old one knew."""
    home = machines.machine("a")
    apply(machines, home, Y, OTHER)
    pull(machines, home, X, ENTRY)
    home.place.files.clear()
    apply(machines, home)
    assert read(home) == {}


@pytest.mark.parametrize("content", ["{", "[]", "<<<<<<< ours", '{"format": "publisher-pulled/1"}'])
def test_a_damaged_file_is_named_with_what_to_do(machines, content):
    home = machines.machine("a")
    pull(machines, home, X, ENTRY)
    [path] = slips(home)
    path.write_text(content)
    with pytest.raises(LedgerError) as raised:
        read(home)
    assert f"git checkout -- {path}" in str(raised.value)
    assert "publisher pull --adopt" in str(raised.value)


def test_a_damaged_file_that_is_kept_already_is_in_nobodys_way(machines):
    home = machines.machine("a")
    pull(machines, home, X, ENTRY)
    apply(machines, home)
    slips(home)[0].write_text("{")
    assert read(home) == {X: ENTRY}


def test_a_file_of_the_future_names_the_version_that_wrote_it(machines):
    home = machines.machine("a")
    pull(machines, home, X, ENTRY)
    [path] = slips(home)
    row = json.loads(path.read_text())
    path.write_text(json.dumps({**row, "format": "publisher-pulled/9", "written_with": "p 7"}))
    with pytest.raises(LedgerError, match=r"written by p 7 in format publisher-pulled/9"):
        read(home)


# Any story -----------------------------------------------------------------------------------

DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["pull", "apply", "settle"]),
        st.sampled_from([X, Y]),
        st.sampled_from(["", "d1", "d2"]),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(deeds=DEEDS)
def test_files_of_pulls_say_what_a_ledger_that_was_told_at_once_would_say(tmp_path_factory, deeds):
    """And say nothing any more once an apply has kept them: with or without them, it is the same.

    Entries come and go, also back to what they were before.
    """
    files, told = {}, {}
    machines = Machines(tmp_path_factory.mktemp("story"), lambda folder: MemoryPlace(files))
    home = machines.machine("a")
    for deed, ref, title in deeds:
        entry = Entry(ref=ref, id=RemoteId(ref.key), title=title) if title else None
        if deed == "pull":
            pull(machines, home, ref, entry)
        elif deed == "apply":
            apply(machines, home, ref, entry)
        else:
            apply(machines, home)
        if deed != "settle":
            told = {each: known for each, known in (told | {ref: entry}).items() if known}
        assert read(home) == told
        if deed != "pull":
            bare = copy(files)
            elsewhere = replace(machines.machine("bare"), place=MemoryPlace(bare))
            assert read(elsewhere) == told
