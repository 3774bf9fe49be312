"""The ledger: reviewable text, a journal that survives anything, one writer at a time."""

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.errors import LedgerError, Locked
from publisher.ledger import opening
from publisher.ledger.book import FORMAT, WRITTEN_WITH, Ledger, Pin, to_text
from publisher.ledger.home import beside
from publisher.ledger.records import Intent, entry_from_row, entry_to_row, intent_to_row
from publisher.model import Entry, Key, Ref, RemoteId

X = Ref("article", Key("a/x"))
ENTRY = Entry(ref=X, id=RemoteId("5"), title="X", sent={"en.title": "d1"}, blocks={"en": ("b",)})
INTENT = Intent(id="i" * 32, ref=X, action="birth", would=replace(ENTRY, id=""), meant={})
ODD = "line\u2028separator\x85next\x0bline"


def opened(folder, target="live", lineage="l"):
    return opening.opened(
        beside(folder, target), command="test", new_id=lambda: lineage, now=lambda: 0.0
    )


def read(folder):
    return opening.read(beside(folder, "live"))


def crash(folder, *rows, tail=""):
    """What a killed run leaves behind."""
    folder.mkdir(exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    with (folder / "live.journal").open("a", encoding="utf-8", newline="\n") as file:
        file.write(text + tail)


def done(entry=ENTRY, intent="i" * 32):
    row = {"event": "done", "intent": intent, "kind": entry.ref.kind, "key": entry.ref.key}
    return {**row, "entry": entry_to_row(entry)}


def begun():
    return intent_to_row(INTENT)


# Text ----------------------------------------------------------------------------------------


def test_the_file_is_one_line_per_thing_in_a_fixed_order():
    refs = [Ref("collection", Key("b")), Ref("article", Key("z")), Ref("article", Key("a"))]
    entries = {ref: replace(ENTRY, ref=ref) for ref in refs}
    text = to_text(Ledger(target="live", lineage="l", serial=3, entries=entries))
    lines = [line for line in text.splitlines() if line.startswith("  {")]
    assert [json.loads(line.rstrip(","))["key"] for line in lines] == ["a", "z", "b"]
    assert json.loads(text)["format"] == FORMAT
    backwards = dict(reversed(list(entries.items())))
    assert text == to_text(Ledger(target="live", lineage="l", serial=3, entries=backwards))


def test_a_change_of_one_thing_changes_its_line_alone():
    entries = {ref: replace(ENTRY, ref=ref) for ref in (X, Ref("article", Key("b")))}
    before = to_text(Ledger(target="live", entries=entries)).splitlines()
    entries[X] = replace(ENTRY, title="New")
    after = to_text(Ledger(target="live", entries=entries)).splitlines()
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 1


def test_an_empty_ledger_is_json_too():
    assert json.loads(to_text(Ledger(target="live")))["things"] == []


def test_an_image_that_intercom_holds_is_one_line_after_the_things():
    images = {"b" * 16: "https://cdn/b.png", "a" * 16: "https://cdn/a.png"}
    text = to_text(Ledger(target="live", entries={X: ENTRY}, images=images))
    assert list(json.loads(text))[-2:] == ["things", "images"]
    assert text.endswith(
        f' "images": {{\n  "{"a" * 16}": "https://cdn/a.png",\n'
        f'  "{"b" * 16}": "https://cdn/b.png"\n }}\n}}\n'
    )
    assert "images" not in json.loads(to_text(Ledger(target="live", entries={X: ENTRY})))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
maps = st.dictionaries(texts, texts, max_size=3)


@settings(deadline=None, max_examples=60)
@given(
    st.builds(
        Entry,
        ref=st.builds(Ref, st.sampled_from(["article", "page"]), texts),
        id=texts,
        title=texts,
        parent=texts,
        path=texts,
        changed_at=st.integers(0),
        protect=st.booleans(),
        form=st.integers(1, 3),
        source=maps,
        sent=maps,
        seen=maps,
        raw=maps,
        lost=maps,
        blocks=st.dictionaries(texts, st.lists(texts, max_size=3).map(tuple), max_size=2),
        shown=st.dictionaries(texts, st.lists(texts, max_size=3).map(tuple), max_size=2),
        headings=st.dictionaries(texts, maps, max_size=2),
    )
)
def test_an_entry_comes_back_from_its_line_as_it_was(entry):
    assert entry_from_row(json.loads(json.dumps(entry_to_row(entry)))) == entry


def test_what_is_written_is_read_again(tmp_path):
    with opened(tmp_path) as journal:
        journal.adopt(X, ENTRY)
        journal.ledger.pin = Pin(workspace="w", help_center="1")
        journal.ledger.commit, journal.ledger.committed_at = "abc", 7
    kept = read(tmp_path)
    assert kept.entries == {X: ENTRY}
    assert (kept.lineage, kept.serial, kept.pin.workspace) == ("l", 1, "w")
    assert (kept.commit, kept.committed_at, kept.changed) == ("abc", 7, False)
    assert not (tmp_path / "live.journal").exists()


def test_a_run_that_changes_nothing_leaves_the_file_alone(tmp_path):
    with opened(tmp_path) as journal:
        journal.adopt(X, ENTRY)
    before = (tmp_path / "live.json").read_bytes()
    with opened(tmp_path):
        pass
    assert (tmp_path / "live.json").read_bytes() == before


def test_a_lineage_once_given_stays(tmp_path):
    with opened(tmp_path) as journal:
        journal.adopt(X, ENTRY)
    with opened(tmp_path, lineage="other") as journal:
        assert journal.ledger.lineage == "l"


def test_a_held_image_is_remembered_without_the_signature_of_its_address(tmp_path):
    with opened(tmp_path) as journal:
        journal.hold("a" * 16, "https://cdn/a.png?expires=1&signature=2")
    assert read(tmp_path).images == {"a" * 16: "https://cdn/a.png"}


def test_a_held_image_survives_a_crash(tmp_path):
    crash(tmp_path, {"event": "hold", "digest": "a" * 16, "url": "https://cdn/a.png"})
    assert read(tmp_path).images == {"a" * 16: "https://cdn/a.png"}


# Journal -------------------------------------------------------------------------------------


def test_an_intent_is_on_the_disk_before_its_call_leaves(tmp_path):
    with opened(tmp_path) as journal:
        journal.begin([INTENT])
        assert read(tmp_path).doubts == {INTENT.id: INTENT}
        journal.done(INTENT, ENTRY)
        assert read(tmp_path).entries == {X: ENTRY}


def test_what_is_in_doubt_at_the_end_is_still_in_doubt_next_time(tmp_path):
    with opened(tmp_path) as journal:
        journal.begin([INTENT])
    assert read(tmp_path).doubts == {INTENT.id: INTENT}
    with opened(tmp_path) as journal:
        journal.failed(INTENT)
    assert read(tmp_path).doubts == {}


def test_an_exception_loses_nothing_that_was_done(tmp_path):
    def fail():
        with opened(tmp_path) as journal:
            journal.begin([INTENT])
            journal.done(INTENT, ENTRY)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert read(tmp_path).entries == {X: ENTRY}


def test_the_journal_of_a_killed_run_is_folded_in(tmp_path):
    crash(tmp_path, begun(), done())
    assert read(tmp_path).entries == {X: ENTRY}
    with opened(tmp_path):
        pass
    assert not (tmp_path / "live.journal").exists()
    assert read(tmp_path).entries == {X: ENTRY}


def test_folding_the_same_journal_twice_changes_nothing_more(tmp_path):
    """The machine may die between writing the ledger and removing the journal."""
    rows = [done(), {"event": "rename", "kind": "article", "key": "a/new", "was": "a/x"}]
    crash(tmp_path, *rows)
    with opened(tmp_path):
        pass
    crash(tmp_path, *rows[1:])
    assert list(read(tmp_path).entries) == [Ref("article", Key("a/new"))]


def test_a_torn_last_line_never_left_as_a_call(tmp_path):
    crash(tmp_path, done(), tail=json.dumps(begun())[:40])
    kept = read(tmp_path)
    assert (kept.entries, kept.doubts) == ({X: ENTRY}, {})


def test_a_line_torn_inside_a_letter_is_a_torn_line(tmp_path):
    crash(tmp_path, done())
    with (tmp_path / "live.journal").open("ab") as file:
        file.write('{"title": "é'.encode()[:-1])
    assert read(tmp_path).entries == {X: ENTRY}


def test_a_second_crash_after_a_torn_line_loses_nothing(tmp_path):
    """The next run must not go on where the torn line ended."""
    crash(tmp_path, done(), tail='{"event": "beg')
    with opened(tmp_path) as journal:
        journal.begin([INTENT])
        text = (tmp_path / "live.journal").read_text()
        assert '"beg{' not in text.replace(" ", "")
        assert read(tmp_path).doubts == {INTENT.id: INTENT}


def test_titles_with_unusual_line_breaks_survive_a_crash(tmp_path):
    entry = replace(ENTRY, title=ODD)
    with opened(tmp_path) as journal:
        journal.begin([replace(INTENT, would=replace(entry, id=""))])
        journal.done(INTENT, entry)
        assert read(tmp_path).entries[X].title == ODD
    assert read(tmp_path).entries[X].title == ODD


@pytest.mark.parametrize("line", ["{", "[]", '"text"', '{"event": "done"}', '{"event": "begin"}'])
def test_a_damaged_line_in_the_middle_stops_the_run_and_names_its_number(tmp_path, line):
    crash(tmp_path, done(), tail=line + "\n")
    crash(tmp_path, done())
    with pytest.raises(LedgerError, match=r"live\.journal:2: is damaged"):
        read(tmp_path)


# Files that cannot be used -------------------------------------------------------------------


def written(folder, text):
    (folder / "live.json").write_text(text)
    return pytest.raises(LedgerError)


GOOD = to_text(Ledger(target="live", lineage="l", serial=1, entries={X: ENTRY}))


def test_conflict_markers_of_git_are_recognised(tmp_path):
    torn = GOOD.replace("  {", "<<<<<<< HEAD\n  {")
    with written(tmp_path, torn) as raised:
        read(tmp_path)
    assert "conflict markers of a Git merge" in str(raised.value)
    assert "git checkout" in str(raised.value)


def test_a_format_of_the_future_stops_the_run(tmp_path):
    future = GOOD.replace(FORMAT, "publisher-ledger/9").replace(WRITTEN_WITH, "publisher 7.0")
    with written(tmp_path, future) as raised:
        read(tmp_path)
    assert "was written by publisher 7.0 in format publisher-ledger/9" in str(raised.value)
    assert f"reads up to {FORMAT}. Use publisher 7.0, or a newer one" in str(raised.value)


def test_a_ledger_of_the_first_format_is_read_and_kept_in_the_newest(tmp_path):
    (tmp_path / "live.json").write_text(GOOD.replace(FORMAT, "publisher-ledger/1"))
    with opened(tmp_path) as journal:
        journal.adopt(X, replace(ENTRY, title="New"))
    assert json.loads((tmp_path / "live.json").read_text())["format"] == FORMAT


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", "{}", f'{{"format": "{FORMAT}"}}', GOOD[:-40],
     GOOD.replace('"id": "5"', '"no": 5'), GOOD.replace('"things": [', '"things": [[],'),
     GOOD.replace('"serial": 1', '"serial": "x"')],
)  # fmt: skip
def test_a_damaged_ledger_is_refused_and_git_is_named_as_the_cure(tmp_path, text):
    with written(tmp_path, text) as raised:
        read(tmp_path)
    assert "is damaged" in str(raised.value)
    assert "Git" in str(raised.value)


def test_keys_that_a_later_version_adds_to_a_line_are_ignored(tmp_path):
    (tmp_path / "live.json").write_text(GOOD.replace('"id": "5"', '"id": "5", "mood": "good"'))
    assert read(tmp_path).entries == {X: ENTRY}


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "live.json").write_bytes(b"\xff\xfe")
    with pytest.raises(LedgerError, match="is damaged"):
        read(tmp_path)


@pytest.mark.parametrize("name", ["live.json", "live.lock", "live.journal", "live.owner.lock"])
def test_what_cannot_be_read_or_written_is_a_sentence(tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(LedgerError, match=r"cannot (read|lock|write)"), opened(tmp_path) as journal:
        journal.prove_writable()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot write"), opened(tmp_path / "file" / "below"):
        pass


# Lock ----------------------------------------------------------------------------------------

HOLD = """
import sys, time
from pathlib import Path
from publisher.ledger import opening
from publisher.ledger.home import beside
home = beside(Path(sys.argv[1]), "live")
with opening.opened(home, command="publisher apply", new_id=lambda: "l", now=lambda: 0.0):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def held_elsewhere(folder):
    """Another process holds the lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_run_is_told_who_holds_the_lock_and_since_when(tmp_path):
    with held_elsewhere(tmp_path) as process:
        with pytest.raises(Locked) as raised, opened(tmp_path):
            pass
        sentence = str(raised.value)
        assert f"process {process.pid}" in sentence
        assert "since 1970-01-01 00:00 UTC (`publisher apply`" in sentence
        assert read(tmp_path).entries == {}, "reading needs no lock"


def test_a_lock_dies_with_its_process(tmp_path):
    with held_elsewhere(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with opened(tmp_path) as journal:
            journal.adopt(X, ENTRY)
    assert read(tmp_path).entries == {X: ENTRY}


def test_without_a_word_from_the_holder_it_is_another_run(tmp_path):
    with held_elsewhere(tmp_path):
        (tmp_path / "live.owner.lock").write_text("{")
        with pytest.raises(Locked, match="locked by another run"), opened(tmp_path):
            pass


def test_targets_do_not_lock_each_other(tmp_path):
    with (
        opened(tmp_path),
        opened(tmp_path, "other"),
    ):
        assert (tmp_path / "other.lock").exists()
