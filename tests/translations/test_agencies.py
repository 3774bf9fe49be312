"""Files as tools and agencies return them: rewritten, reordered, half done, or not done at all."""

from __future__ import annotations

import re
import shutil

import pytest

from tests.often import every_day
from tests.translations.test_handoff import bring, export, here, text, translate

__all__ = ["here"]
XLF = "out/fr/billing/refunds.xlf"
PO = "out/fr/billing/refunds.po"
FR = "fr/billing/refunds.md"
TAGS = r"<(/?)(xliff|file|header|skl|internal-file|body|trans-unit|source|target|g|x|note)\b"

TARGET = rb"(<target[^>]*>)(.*?)</target>"


def handed(here, form="xliff", key="billing/refunds"):
    export(here, key, "--locale", "fr", "--format", form)
    return here.folder / f"out/fr/{key}{'.po' if form == 'po' else '.xlf'}"


def changed(path, pattern, instead, count=0):
    before = path.read_text()
    after = re.sub(pattern, instead, before, count=count, flags=re.DOTALL)
    assert after != before
    path.write_text(after)


def reversed_units(raw):
    units = re.findall(rb"<trans-unit.*?</trans-unit>", raw, re.DOTALL)
    assert len(units) > 2
    order = iter(units[::-1])
    return re.sub(rb"<trans-unit.*?</trans-unit>", lambda _: next(order), raw, flags=re.DOTALL)


REWRITTEN = {
    "with a prefix": lambda raw: re.sub(
        TAGS.encode(), rb"<\1x:\2", raw.replace(b"xmlns=", b"xmlns:x=")
    ),
    "indented": lambda raw: re.sub(TARGET, rb"\1\n    \2\n  </target>", raw),
    "with spaces at the ends": lambda raw: re.sub(TARGET, rb"\1 \2  </target>", raw),
    "with Windows lines": lambda raw: raw.replace(b"\n", b"\r\n"),
    "with a byte order mark": lambda raw: b"\xef\xbb\xbf" + raw,
    "as UTF-16": lambda raw: raw.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "in another order": reversed_units,
    "in a group": lambda raw: re.sub(
        rb"(<trans-unit.*</trans-unit>)", rb'<group id="a">\1</group>', raw, flags=re.DOTALL
    ),
    "with countries": lambda raw: raw.replace(b'language="fr"', b'language="fr-FR"').replace(
        b'language="en"', b'language="en-US"'
    ),
    "with proposals": lambda raw: raw.replace(
        b"<target", b"<alt-trans><target>No</target></alt-trans><target"
    ),
    "in segments": lambda raw: raw.replace(
        b"Aucune.", b'<mrk mtype="seg" mid="1">Aucune.</mrk>'
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", every_day(5, REWRITTEN))
def test_a_file_that_says_the_same_comes_home_as_the_same_however_a_tool_wrote_it(here, how):
    path = handed(here)
    translate(path)
    bring(here, XLF)
    wanted = text(here, FR)
    (here.folder / "content" / FR).unlink()
    before = path.read_bytes()
    path.write_bytes(REWRITTEN[how](before))
    assert path.read_bytes() != before
    bring(here, XLF)
    assert text(here, FR) == wanted


def test_remarks_and_former_texts_in_a_po_file_are_no_texts(here):
    path = handed(here, "po")
    translate(path)
    left = '\n#~ msgid "Old"\n#~ msgstr "Vieux"\n\n# Done on Friday.\n'
    path.write_text(path.read_text() + left)
    bring(here, PO)
    assert "Remboursements" in text(here, FR)


@pytest.mark.parametrize("state", ["new", "needs-translation"])
def test_the_sources_words_in_the_place_of_a_translation_are_no_translation(here, state):
    path = handed(here)
    changed(path, r"<source>(.*?)</source>", rf'\g<0><target state="{state}">\1</target>')
    assert "brought nothing new" in bring(here, XLF).err
    changed(path, r'(?s)state="[^"]*">Refunds<', 'state="translated">Remboursements<', count=1)
    assert "is not translated" in bring(here, XLF, expect=3).err
    assert not (here.folder / "content" / FR).exists()


@pytest.mark.parametrize("form", ["xliff", "po"])
def test_a_file_that_was_filled_with_its_source_and_called_finished_is_refused(here, form):
    path = handed(here, form)
    if form == "po":
        changed(path, r'msgid "([^\n]+)"\nmsgstr ""', r'msgid "\1"\nmsgstr "\1"')
    else:
        changed(path, r"<source>(.*?)</source>", r"\g<0><target>\1</target>")
    done = bring(here, str(path), expect=3)
    assert "word for word its source, so nobody has translated it" in done.err
    assert not (here.folder / "content" / FR).exists()


def test_what_a_tool_calls_not_approved_is_not_marked_when_it_drops_the_state(here):
    path = handed(here, key="orders/cancel")
    changed(path, r' state="[^"]*"', "")
    assert 'approved="no"' in path.read_text()
    assert "brought nothing new" in bring(here, str(path)).err
    assert "translated_from" not in text(here, "fr/orders/cancel.md")


@pytest.mark.parametrize("letter", ["\x0b", "\x1b", "\ufffe"])
def test_a_letter_that_xml_cannot_say_is_told_and_not_exchanged_for_another(here, letter):
    here.edit("fr/orders/cancel.md", "Écrivez", f"Écr{letter}ivez")
    before = text(here, "fr/orders/cancel.md")
    done = here.run("translations", "export", "out", "orders/cancel")
    assert done.code == 1
    assert "content/en/orders/cancel.md:9: its translation into fr holds the invisible" in done.err
    export(here, "orders/cancel", "--format", "po")
    bring(here, "out")
    assert text(here, "fr/orders/cancel.md") == before


def test_words_that_look_like_markdown_stay_words(here):
    path = handed(here)
    translate(path)
    changed(path, "Limites", "Limites C #")
    changed(path, "Bon à savoir", 'Bon à savoir\u00a0: "l\'aide"')
    changed(path, r">Remboursements<", ">Remboursements\u00a0!<")
    bring(here, XLF)
    made = text(here, FR)
    assert "\n## Limites C \\#\n" in made
    assert ':::collapsible title="Bon à savoir\u00a0: “l\'aide”"' in made
    assert "title: Remboursements\u00a0!\n" in made
    assert "1 file brought nothing new" in bring(here, XLF, "out").err


def test_an_article_that_was_shared_out_comes_home_together(here):
    path = handed(here)
    translate(path)
    units = re.findall(r"<trans-unit.*?</trans-unit>", path.read_text(), re.DOTALL)
    other = path.with_name("other.xlf")
    shutil.copy(path, other)
    for number, unit in enumerate(units):
        half = path if number < 5 else other
        half.write_text(half.read_text().replace(unit, ""))
    done = bring(here, "out")
    assert "14 texts translated" in done.err
    assert "## Limites" in text(here, FR)


def test_a_tool_that_takes_the_ids_out_is_told_once(here):
    path = handed(here, "po")
    changed(path, r'msgctxt "[^\n]*"\n', "")
    done = bring(here, PO, expect=3)
    assert done.err.count("a text has no id") == 1
    assert len(done.err.splitlines()) == 2


def test_a_folder_in_the_place_of_a_file_is_said(here):
    (here.folder / XLF).mkdir(parents=True)
    done = here.run("translations", "export", "out")
    assert done.code == 1
    assert "refunds.xlf is there already" in done.err


def test_what_cannot_be_read_is_in_no_file_and_is_said(here):
    here.write({"en/bad.md": "---\ntitle: [x\n---\n", "en/good.md": "# Good\n\nText.\n"})
    here.write({"fr/good.md": "---\ntitle: [x\n---\n"})
    done = here.run("translations", "export", "out")
    assert done.code == 3
    assert "content/en/bad.md cannot be read; `publisher lint` says why." in done.err
    assert "content/fr/good.md cannot be read; `publisher lint` says why." in done.err
    assert (here.folder / XLF).exists()
    assert not (here.folder / "out/fr/good.xlf").exists()


def test_a_translation_that_a_rule_refuses_is_not_taken_for_missing(here):
    here.edit("fr/orders/cancel.md", "../billing/refunds.md#limits", "nowhere.md")
    path = handed(here, key="orders/cancel")
    assert ">Écrivez.<" in path.read_text()
    changed(path, "Écrivez", "Appelez")
    bring(here, str(path))
    assert "Appelez." in text(here, "fr/orders/cancel.md")


def test_without_content_or_other_languages_an_export_says_so(here):
    (here.folder / "publisher.toml").write_text('default_locale = "en"\nlocales = ["en"]\n')
    assert "there are no other languages here" in export(here).err
    shutil.rmtree(here.folder / "content")
    assert here.run("translations", "export", "out").code == 3


# Collections --------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["xliff", "po"])
def test_titles_and_descriptions_of_collections_go_and_come_home(here, form):
    here.write({"en/orders/_index.md": "# Orders\n", "en/mere-folder/a.md": "# A\n\nText.\n"})
    here.write({"fr/orders/_index.md": "---\r\n# ours\r\ntitle: Commandes\r\n---\r\n"})
    here.edit("en/billing/_index.md", "title: Billing", "title: Billing\ndescription: Money")
    export(here, "--format", form)
    out = here.folder / "out/fr"
    assert sorted(str(path.parent.relative_to(out)) for path in out.rglob("_index.*")) == [
        "billing",
        "mere-folder",
    ]
    translate(next(out.glob("billing/_index.*")), lambda words: f"Z {words}" if words else words)
    translate(
        next(out.glob("mere-folder/_index.*")), lambda words: f"Z {words}" if words else words
    )
    done = bring(here, "out")
    assert (
        text(here, "fr/billing/_index.md") == "---\ntitle: Z Billing\ndescription: Z Money\n---\n"
    )
    assert text(here, "fr/mere-folder/_index.md") == "---\ntitle: Z Mere folder\n---\n"
    assert "not marked" not in done.err
    assert "brought nothing new" in bring(here, "out").err


def test_of_a_collections_file_only_what_was_translated_changes(here):
    here.write({"fr/billing/_index.md": "---\r\n# ours\r\ntitle: Facturation\r\nx-a: 1\r\n---\r\n"})
    export(here, "collection:billing", "--locale", "fr")
    file = here.folder / "out/fr/billing/_index.xlf"
    changed(file, ">Facturation<", ">Factures<")
    bring(here, str(file))
    assert (here.folder / "content/fr/billing/_index.md").read_bytes() == (
        b"---\r\n# ours\r\ntitle: Factures\r\nx-a: 1\r\n---\r\n"
    )


def test_a_collection_whose_title_changed_after_the_export_stays_as_it_is(here):
    export(here, "collection:billing")
    here.edit("en/billing/_index.md", "Billing", "Invoices")
    file = here.folder / "out/fr/billing/_index.xlf"
    translate(file)
    done = bring(here, str(file), expect=3)
    assert "the source has no such text. Export it again" in done.err
    assert not (here.folder / "content/fr/billing/_index.md").exists()
