"""Backups: kept before anything else happens, kept once, and read strictly."""

import json
from dataclasses import replace

import pytest
from hypothesis import strategies as st

from publisher.errors import LedgerError
from publisher.ledger import backup as backups
from publisher.ledger.backup import FORMAT, find, from_text, keep, kept_ids, listed, to_text
from publisher.ledger.book import WRITTEN_WITH
from publisher.ledger.files import FilePlace
from publisher.ledger.place import Held
from publisher.model import KINDS, Backup, Entry, Key, Ref, RemoteId, Saved
from tests.often import holds

X = Ref("article", Key("a/x"))
SAVED = Saved(
    ref=X,
    id=RemoteId("5"),
    verb="update",
    title="X",
    urls={"en": "https://help.example.com/en/articles/5-x"},
    parents=(RemoteId("7"),),
    written=("en.body",),
    fields={"en.title": "X", "en.body": "<p>Text.</p>"},
    entry=Entry(ref=X, id=RemoteId("5"), sent={"en.title": "d1"}, blocks={"en": ("b",)}),
)
BACKUP = Backup(
    apply_id="0123456789abcdef",
    target="live",
    workspace="w",
    help_center="1",
    api_version="2.16",
    made_at="2026-11-20T10:00:00.000001Z",
    commit="c" * 40,
    things=(SAVED,),
    created=(Ref("collection", Key("b")),),
)
words = st.text(st.characters(codec=None), max_size=12)
mappings = st.dictionaries(words, words, max_size=3)
saved = st.builds(
    Saved,
    ref=st.builds(Ref, st.sampled_from(KINDS), words),
    id=words,
    verb=words,
    title=words,
    urls=mappings,
    parents=st.lists(words, max_size=2).map(tuple),
    written=st.lists(words, max_size=3).map(tuple),
    fields=mappings,
    draft=mappings,
    entry=st.none() | st.just(SAVED.entry),
)


@pytest.fixture
def place(tmp_path):
    return FilePlace(tmp_path / ".publisher", "live")


class Forgetful(FilePlace):
    """A place that says it wrote, and did not."""

    def get(self, name):
        return Held(None, "")


def spoilt(**changes):
    return json.dumps({**json.loads(to_text(BACKUP)), **changes}).encode()


@holds(st.lists(saved, max_size=3).map(tuple), words, words, few=30, many=100)
def test_what_is_written_is_read_back(things, made_at, undoes):
    backup = replace(BACKUP, things=things, made_at=made_at, undoes=undoes)
    text = to_text(backup).encode("utf-8", "surrogatepass")
    assert from_text(text, "here") == backup


def test_a_backup_lies_in_a_folder_of_its_apply_under_the_name_of_its_target(place, tmp_path):
    keep(place, BACKUP)
    assert find(place, BACKUP.apply_id) == BACKUP
    assert kept_ids(place) == (BACKUP.apply_id,)
    assert (tmp_path / ".publisher/backup/0123456789abcdef/live.backup.json").exists()


def test_the_first_backup_of_an_apply_counts(place):
    keep(place, BACKUP)
    keep(place, replace(BACKUP, things=()))
    assert find(place, BACKUP.apply_id) == BACKUP


def test_backups_are_listed_newest_first(place):
    newer = replace(BACKUP, apply_id="00", made_at="2026-11-20T10:00:00.000002Z")
    keep(place, BACKUP)
    keep(place, newer)
    assert listed(place) == (newer, BACKUP)


def test_an_id_is_never_taken_for_a_path(place, tmp_path):
    keep(place, BACKUP)
    (tmp_path / ".publisher" / "live.backup.json").write_text(to_text(BACKUP))
    assert find(place, "..") is None
    assert find(place, "../backup/0123456789abcdef") is None
    assert find(place, "") is None


def test_a_backup_that_cannot_be_read_back_does_not_count_as_kept(tmp_path):
    with pytest.raises(LedgerError, match="cannot be read back; nothing was changed"):
        keep(Forgetful(tmp_path, "live"), BACKUP)


def test_a_backup_of_another_target_under_its_name_does_not_count(place):
    keep(place, replace(BACKUP, target="other"))
    with pytest.raises(LedgerError, match="nothing was changed"):
        keep(place, BACKUP)


def test_a_backup_that_cannot_be_written_stops_the_run(place, tmp_path):
    (tmp_path / ".publisher").write_text("in the way")
    with pytest.raises(LedgerError, match=r"backup/0123456789abcdef/live\.backup\.json"):
        keep(place, BACKUP)


def test_a_format_from_the_future_names_who_wrote_it():
    future = spoilt(format="publisher-backup/2", written_with="publisher 9.0")
    with pytest.raises(LedgerError, match=r"was written by publisher 9\.0 in format"):
        from_text(future, "here")
    assert json.loads(to_text(BACKUP))["written_with"] == WRITTEN_WITH
    assert json.loads(to_text(BACKUP))["format"] == FORMAT


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        spoilt(things=None),
        spoilt(things=[{"kind": "article"}]),
        spoilt(things=[7]),
        spoilt(created=[{"kind": "elephant", "key": "x"}]),
        spoilt(target=5),
        spoilt(apply=None),
        to_text(BACKUP).replace('"en.body": "<p>', '"en.body": 5, "x": "<p>').encode(),
    ],
)
def test_a_damaged_backup_is_named(content):
    with pytest.raises(LedgerError, match="here: is damaged"):
        from_text(content, "here")


def test_one_damaged_backup_does_not_hide_the_others(place, tmp_path):
    keep(place, BACKUP)
    folder = tmp_path / ".publisher" / "backup" / "ff"
    folder.mkdir()
    (folder / "live.backup.json").write_text("{")
    assert backups.find(place, BACKUP.apply_id) == BACKUP
    with pytest.raises(LedgerError, match="ff"):
        listed(place)
