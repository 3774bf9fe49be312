"""`lint --fix`: what is mended, what is left alone, and that nothing else changes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import strategies as st

from publisher.config import load as read_config
from publisher.source import load
from tests.cli.lints import FAULTY, MENDABLE, write
from tests.often import holds
from tests.terminal import run_in

TARGET = {
    "en/m/_index.md": "---\ntitle: M\n---\n",
    "en/m/refunds.md": "# Refunds\n\n## How\n\nSo.\n",
    "en/m/größe.md": "# Size\n\nText.\n",
}
FIXED = {
    "link: capitals": ("[a](Refunds.md)", "[a](refunds.md)"),
    "link: suffix": ("[a](refunds.html)", "[a](refunds.md)"),
    "link: codes twice": ("[a](%2572efunds.md)", "[a](refunds.md)"),
    "link: an anchor stays": ("[a](../m/REFUNDS#how)", "[a](refunds.md#how)"),
    "link: every time": (
        "[a](Refunds.md)\n\n[b](Refunds.md)",
        "[a](refunds.md)\n\n[b](refunds.md)",
    ),
    "link: in another script": ("[a](größE.MD)", "[a](größe.md)"),
    "link: in a definition": ("[a][b]\n\n[b]: Refunds.md", "[a][b]\n\n[b]: refunds.md"),
    "link: in angles": ("[a](<Refunds.md>)", "[a](<refunds.md>)"),
    "image": ("![a](A%20b.PNG)", "![a](a%20b.png)"),
    "ignore": ("<!-- publisher-ignore table-ragged -->\nText.", "Text."),
    "ignore: one of two": (
        "<!-- publisher-ignore table-ragged, list-start -->\n\n4. four",
        "<!-- publisher-ignore list-start -->\n\n4. four",
    ),
}


def mended(folder, name, text):
    write(folder, {**TARGET, "en/m/a b.png": b"x", name: text})
    run_in(folder, "lint", "--fix")
    return (folder / "content" / name).read_bytes().decode()


@pytest.mark.parametrize("case", FIXED)
def test_a_slip_in_a_text_with_one_way_out_is_mended(case, tmp_path):
    before, after = FIXED[case]
    assert mended(tmp_path, "en/m/a.md", f"# A\n\n{before}\n") == f"# A\n\n{after}\n"


FRONTMATTER = {
    "late": ("\n \n---\ntitle: A\n---\n", "---\ntitle: A\n---\n"),
    "quotes": ("---\ntitle: “A”\n---\n", "---\ntitle: A\n---\n"),
    "quotes: with more around": (
        "---\ntitle:  “A”  # ours\n---\n",
        "---\ntitle:  A  # ours\n---\n",
    ),
    "twice": ("---\ntitle: A\nstate: draft\ntitle: A\n---\n", "---\ntitle: A\nstate: draft\n---\n"),
    "capitals": ("---\nTitle: A\n---\n", "---\ntitle: A\n---\n"),
    "all at once": ("\n---\nTitle: “A”\nTitle: “A”\n---\n", "---\ntitle: A\n---\n"),
}


@pytest.mark.parametrize("case", FRONTMATTER)
def test_a_slip_in_the_frontmatter_with_one_way_out_is_mended(case, tmp_path):
    before, after = FRONTMATTER[case]
    assert mended(tmp_path, "en/m/a.md", f"{before}\nText.\n") == f"{after}\nText.\n"


SECRET = "ghp_" + "w7Kq2Zt9RmB4xVn8Lc5Hd1Pf3Gs6Jy0AeUiO"
LEFT = {
    "another name": "# A\n\n[a](refund.md)\n",
    "two candidates": "# A\n\n[a](Two.md)\n",
    "an anchor that is not there": "# A\n\n[a](Refunds.md#where)\n",
    "in code": "# A\n\n`[a](Refunds.md)`\n",
    "values that differ": "---\ntitle: A\ntitle: B\n---\n\nText.\n",
    "quotes of two": "---\ntitle: “A” and “B”\n---\n\nText.\n",
    "quotes of a heading": "---\ntitle: “A”\n---\n\n# A\n\nText.\n",
    "a key that is there": "---\ntitle: A\nTitle: B\n---\n\nText.\n",
    "a key that is nearly one": "---\ntitel: A\n---\n\nText.\n",
    "a file with a secret": f"# A\n\n{SECRET} [a](Refunds.md)\n",
}


@pytest.mark.parametrize("case", LEFT)
def test_what_somebody_has_to_decide_is_left_alone(case, tmp_path):
    write(tmp_path, {"en/m/two.md": "# 2\n\nTwo.\n", "en/m/tWO.md": "# II\n\nTwo.\n"})
    assert mended(tmp_path, "en/m/a.md", LEFT[case]) == LEFT[case]


def test_what_was_mended_is_said_and_what_is_left_is_shown(tmp_path):
    ended = run_in(write(tmp_path, FAULTY | MENDABLE), "lint", "--fix")
    assert ended.code == 3
    lines = ended.err.splitlines()
    assert lines[0] == (
        "mended content/en/a b/übung.md:3: [link-unresolved] `../Refunds.MD#how` leads nowhere."
    )
    assert lines[1].startswith("mended content/en/refunds.md:2: [frontmatter-late] ")
    assert lines[-1] == "4 files read: 2 errors, 1 warning."
    assert "mended" not in run_in(tmp_path, "lint", "--fix").err


def test_a_diff_shows_what_would_change_and_changes_nothing(tmp_path):
    site = write(tmp_path, MENDABLE)
    for option in ("--diff", "--dry-run"):
        ended = run_in(site, "lint", "--fix", option, "content/en/a b")
        assert ended.out == (
            "--- content/en/a b/übung.md\n"
            "+++ content/en/a b/übung.md\n"
            "@@ -1,3 +1,3 @@\n"
            " # Übung\n"
            " \n"
            "-日本: [money](../Refunds.MD#how) back\n"
            "+日本: [money](../refunds.md#how) back\n"
        )
        assert ended.code == 3
    assert run_in(site, "lint", "--diff").out.count("--- content") == 2
    assert {name: (site / "content" / name).read_text() for name in MENDABLE} == MENDABLE


def test_a_diff_shows_also_what_comes_to_light_once_something_is_mended(tmp_path):
    text = "---\ntitle: A\ntitle: A\n---\n[a](Refunds.md)\n"
    site = write(tmp_path, {**TARGET, "en/m/a.md": text})
    shown = run_in(site, "lint", "--diff")
    assert "-title: A\n" in shown.out
    assert "+[a](refunds.md)\n" in shown.out
    assert (site / "content/en/m/a.md").read_text() == text


def test_only_files_that_were_named_are_mended(tmp_path):
    site = write(tmp_path, MENDABLE)
    run_in(site, "lint", "--fix", "content/en/refunds.md")
    assert (site / "content/en/refunds.md").read_text().startswith("---")
    assert "Refunds.MD" in (site / "content/en/a b/übung.md").read_text()


LINES = st.sampled_from(
    ["Text.", "", "[a](Refunds.md)", "- [b](refunds.HTML#how)", "# One", "4. x"]
)
HEADS = st.sampled_from(
    ["---\nTitle: “A”\n---", "\n---\ntitle: A\n---", "# A", "---\ntitle: A\n---"]
)


@holds(
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    HEADS,
    st.lists(LINES, max_size=6),
    st.booleans(),
    few=6,
    many=250,
)
def test_a_file_keeps_its_line_ends_its_mark_and_what_readers_see(bom, end, head, lines, ended):
    text = "\n".join([head, "", *lines]) + ("\n" if ended else "")
    raw = bom + text.replace("\n", end).encode()
    with tempfile.TemporaryDirectory() as name:
        folder = write(Path(name), {**TARGET, "en/m/a.md": raw})
        run_in(folder, "lint", "--fix")
        after = (folder / "content/en/m/a.md").read_bytes()
        assert after.startswith(bom)
        assert set(after.decode("utf-8-sig").replace(end, "")).isdisjoint("\r\n")
        assert after.endswith(end.encode()) == raw.endswith(end.encode())
        assert b"Refunds.md" not in after
        rules = read_config(folder).rules
        found = load(folder / "content", rules).problems
        again = run_in(folder, "lint", "--fix")
        assert "mended" not in again.err
        assert (folder / "content/en/m/a.md").read_bytes() == after
        assert not [each for each in found if each.rule.startswith("link-")]


PAIR = {"_index.md": "---\ntitle: M\n---\n", "b.md": "# B\n\nB.\n"}
ENGLISH = {f"en/m/{name}": text for name, text in PAIR.items()}
FRENCH = {f"fr/m/{name}": text for name, text in PAIR.items()}


def test_a_link_is_mended_although_its_translation_is_told_to_lack_it_then(tmp_path):
    texts = {"en/m/a.md": "# A\n\n[b](B.md)\n", "fr/m/a.md": "# A\n\nRien.\n"}
    shown = run_in(write(tmp_path, ENGLISH | FRENCH | texts), "lint", "--fix").err
    assert (tmp_path / "content/en/m/a.md").read_text() == "# A\n\n[b](b.md)\n"
    assert "warning[parity-links]" in shown
    assert "error[link-unresolved]" not in shown


@pytest.mark.slow
def test_fixes_that_bring_something_new_are_known_by_their_lines_and_the_others_stay(tmp_path):
    wrong = "".join(f"[b](B.md#no-{number})\n\n" for number in range(40))
    text = f"# A\n\n{wrong}[b](B.md) and [b](B.MD)\n\n{wrong.replace('no', 'not')}"
    run_in(write(tmp_path, ENGLISH | {"en/m/a.md": text}), "lint", "--fix")
    after = (tmp_path / "content/en/m/a.md").read_text()
    assert after == text.replace("(B.md) and [b](B.MD)", "(b.md) and [b](b.md)")


def test_a_form_feed_ends_no_line_of_a_diff(tmp_path):
    text = "# A\n\n[b](B.md)\x0c\u2028more\n\nLast"
    shown = run_in(write(tmp_path, ENGLISH | {"en/m/a.md": text}), "lint", "--diff").out
    assert "-[b](B.md)\x0c\u2028more\n+[b](b.md)\x0c\u2028more\n" in shown
