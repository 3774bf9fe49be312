"""Texts handed to translators in files, as their tools see and change them."""

from __future__ import annotations

import re
import sys

import pytest
from lxml import etree
from translate.storage import factory

from publisher.config import load as configure
from publisher.workflow.translators import exchanging, homecoming
from tests.world import World

EN = """\
---
title: Refunds
description: Getting money back
---

Within **14 days**. See [fees](#fees) and [cancelling](../orders/cancel.md#how).

## Fees

| Plan | Fee |
| --- | --- |
| Basic | `2 %` of it |

- One ![a table of fees](fees.png)
- Two

```yaml
# a comment
```

:::collapsible title="Good to know"
Ask us.
:::

## Limits

None.
"""
CANCEL = (
    "---\ntitle: Cancel\n---\n\nSee [limits](../billing/refunds.md#limits).\n\n## How\n\nWrite.\n"
)
FR_CANCEL = (
    "---\ntitle: Annuler\n---\n\nVoir [rien](../billing/refunds.md#limits).\n\n"
    "## Comment\n\nÉcrivez.\n"
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
WORDS = {
    "Refunds": "Remboursements",
    "Fees": "Frais",
    "fees": "frais",
    "Limits": "Limites",
    "None.": "Aucune.",
    "Good to know": "Bon à savoir",
    "a table of fees": "le tableau des frais",
}


@pytest.fixture
def here(tmp_path):
    made = World(folder=tmp_path, center=None)
    made.write(
        {
            "en/billing/_index.md": "---\ntitle: Billing\n---\n",
            "en/orders/_index.md": "---\ntitle: Orders\n---\n",
            "en/billing/refunds.md": EN,
            "en/billing/fees.png": PNG,
            "en/orders/cancel.md": CANCEL,
            "fr/orders/cancel.md": FR_CANCEL,
        }
    )
    (tmp_path / "publisher.toml").write_text('default_locale = "en"\nlocales = ["en", "fr"]\n')
    return made


def spoken(text):
    return WORDS.get(text, f"«{text}»" if any(map(str.isalpha, text or "")) else text)


def translate(path, how=spoken):
    """Do what a translator's tool does: set the target of every unit."""
    store = factory.getobject(str(path))
    for unit in store.units:
        if unit.isheader():
            continue
        if path.suffix == ".po":
            unit.target = re.sub(r"[^<>]+(?=<|$)", lambda found: how(found[0]), unit.source)
            unit.markfuzzy(False)
            continue
        target = etree.fromstring(etree.tostring(unit.source_dom, with_tail=False))
        target.tag = target.tag.replace("source", "target")
        for node in target.iter():
            node.text = how(node.text)
            node.tail = how(node.tail)
        target.tail = None
        unit.set_target_dom(target)
        target.set("state", "translated")
    store.save()


def export(here, *arguments):
    done = here.run("translations", "export", "out", *arguments)
    assert done.code == 0, str(done)
    return done


def bring(here, *files, expect=0):
    done = here.run("translations", "import", *files)
    assert done.code == expect, str(done)
    return done


def text(here, name):
    return (here.folder / "content" / name).read_text()


@pytest.mark.parametrize(("form", "suffix"), [("xliff", ".xlf"), ("po", ".po")])
def test_a_translators_file_becomes_the_translation(here, form, suffix):
    # Arrange
    export(here, "billing/refunds", "--locale", "fr", "--format", form)
    translate(here.folder / f"out/fr/billing/refunds{suffix}")

    # Act
    done = bring(here, "out")

    # Assert: its structure is the source's, its marks say that it is current.
    made = text(here, "fr/billing/refunds.md")
    body = made.partition("---\n\n")[2]
    assert body == (
        "«Within »**«14 days»**«. See »[frais](#frais)« and »"
        "[«cancelling»](../orders/cancel.md#comment).\n\n"
        "## Frais\n\n| «Plan» | «Fee» |\n| --- | --- |\n| «Basic» | `2 %`« of it» |\n\n"
        "- «One »![le tableau des frais](fees.png)\n- «Two»\n\n```yaml\n# a comment\n```\n\n"
        ':::collapsible title="Bon à savoir"\n«Ask us.»\n:::\n\n## Limites\n\nAucune.\n'
    )
    assert "title: Remboursements\ndescription: «Getting money back»\ntranslated_from:" in made
    assert "texts translated" in done.err
    assert here.run("lint").code == 0
    assert (
        here.run("translations", "--format", "json", "billing/refunds").json["locales"] is not None
    )


@pytest.mark.parametrize(("form", "suffix"), [("xliff", ".xlf"), ("po", ".po")])
def test_the_librarys_own_reader_counts_what_is_translated(here, form, suffix):
    here.run("translations", "mark", "orders/cancel")
    here.edit("en/orders/cancel.md", "Write.", "Write to us.")
    export(here, "--format", form, "--locale", "fr")
    cancel = factory.getobject(str(here.folder / f"out/fr/orders/cancel{suffix}"))
    states = [
        (str(unit.source), "fuzzy" if unit.isfuzzy() else "done" if unit.istranslated() else "new")
        for unit in cancel.units
        if not unit.isheader()
    ]
    assert [state for _, state in states] == ["done", "done", "fuzzy", "fuzzy"]
    refunds = factory.getobject(str(here.folder / f"out/fr/billing/refunds{suffix}"))
    assert {unit.istranslated() for unit in refunds.units if not unit.isheader()} == {False}


@pytest.mark.parametrize("form", ["xliff", "po"])
def test_what_is_at_the_translators_comes_home_to_where_its_article_has_moved(here, form):
    # What it links to has moved as well, and so its own links have other paths.
    export(here, "billing/refunds", "--locale", "fr", "--format", form)
    for path in (here.folder / "out/fr/billing").iterdir():
        translate(path)
    assert here.run("mv", "orders/cancel", "orders/archive/cancel").code == 0
    assert here.run("mv", "billing/refunds", "money-back").code == 0
    assert here.run("mv", "money-back", "orders/").code == 0
    bring(here, "out")
    made = text(here, "fr/orders/money-back.md")
    assert "[«cancelling»](archive/cancel.md#comment)" in made
    assert here.run("translations", "--locale", "fr", "orders/money-back").out.split()[6:9] == [
        "fr", "1", "0",
    ]  # fmt: skip


def test_a_file_that_comes_back_untouched_changes_nothing(here):
    export(here, "--all", "--locale", "fr")
    before = text(here, "fr/orders/cancel.md")
    done = bring(here, "out")
    assert text(here, "fr/orders/cancel.md") == before
    assert not (here.folder / "content/fr/billing/refunds.md").exists()
    assert "4 files brought nothing new" in done.err


def test_an_edited_text_changes_its_block_and_links_follow_its_heading(here):
    export(here, "--locale", "fr")
    translate(here.folder / "out/fr/billing/refunds.xlf")
    (here.folder / "out/fr/orders/cancel.xlf").unlink()
    done = bring(here, "out/fr")
    assert "[rien](../billing/refunds.md#limites)" in text(here, "fr/orders/cancel.md")
    assert "links to headings" in done.err
    assert text(here, "fr/orders/cancel.md") == FR_CANCEL.replace("#limits", "#limites")


def test_a_section_that_changed_since_the_export_stays_stale(here):
    here.run("translations", "mark", "orders/cancel")
    here.edit("en/orders/cancel.md", "See [limits]", "Look at the [limits]")
    export(here, "orders/cancel", "--locale", "fr")
    here.edit("en/orders/cancel.md", "Write.", "Write to us.")
    path = here.folder / "out/fr/orders/cancel.xlf"
    path.write_text(path.read_text().replace("needs-review-translation", "translated"))
    done = bring(here, str(path))
    assert "the source changed since the export" in done.err
    shown = here.run("translations", "orders/cancel", "--locale", "fr").out
    assert "stale" in shown
    assert "Écrivez." in text(here, "fr/orders/cancel.md")


def test_a_text_without_a_translation_refuses_the_article_and_no_other(here):
    export(here, "--locale", "fr")
    path = here.folder / "out/fr/billing/refunds.xlf"
    translate(path, lambda words: "" if words == "None." else spoken(words))
    translate(here.folder / "out/fr/orders/cancel.xlf")
    done = bring(here, "out", expect=3)
    assert re.search(r"refunds\.xlf:\d+ \(limits\.2\.[0-9a-f]{8}\): it is not translated", done.err)
    assert not (here.folder / "content/fr/billing/refunds.md").exists()
    assert "«Cancel»" in text(here, "fr/orders/cancel.md")


DAMAGES = {
    "a missing mark": (r'<g id="1" ctype="bold"[^>]*>(.*?)</g>', r"\1", "the mark 1 is missing"),
    "an unknown mark": (r'<target(.*?)<g id="1"', r'<target\1<g id="9"', "not one of this text"),
    "another tag": (r"<target(.*?)>", r"<target\1><ph/>", "<ph> is no mark"),
    "an unknown id": (r"limits\.2\.\w+", "limits.2.00000000", "the source has no such text"),
    "broken XML": (r"</file>", "</fill>", "the XML cannot be read"),
    "no XLIFF": (r"(?s)<xliff.*", "<html/>", "is no XLIFF 1.2"),
    "another article": ("billing/refunds", "billing/refund", "there is no article billing/refund"),
    "another language": ('target-language="fr"', 'target-language="de"', "says now that it is de"),
    "without its skeleton": (r"(?s)<skl>.*</skl>", "", "does not say which article it holds"),
    "a document type": (r"<xliff", '<!DOCTYPE x [<!ENTITY a "b">]><xliff', "document type"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_file_is_refused_by_name_and_nothing_is_written(here, name):
    pattern, instead, said = DAMAGES[name]
    export(here, "billing/refunds", "--locale", "fr")
    path = here.folder / "out/fr/billing/refunds.xlf"
    translate(path)
    before, after = path.read_text().partition("<target")[::2]
    damaged = re.sub(pattern, instead, path.read_text())
    if "mark" in name or "tag" in name:
        damaged = before + re.sub(pattern, instead, "<target" + after, count=4)
    assert damaged != path.read_text()
    path.write_text(damaged)
    done = bring(here, "out", expect=3)
    assert said in done.err
    assert "Traceback" not in done.err
    assert not (here.folder / "content/fr/billing/refunds.md").exists()


def test_entities_are_not_expanded_and_nothing_is_fetched(here):
    export(here, "billing/refunds", "--locale", "fr")
    path = here.folder / "out/fr/billing/refunds.xlf"
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(12))
    bomb = f"<!DOCTYPE xliff [{laughs}]><xliff"
    path.write_text(path.read_text().replace("<xliff", bomb, 1).replace("Refunds<", "&l11;<"))
    assert "the XML cannot be read" in bring(here, "out", expect=3).err


def test_a_file_in_which_somebody_works_is_not_written_over(here):
    export(here, "--locale", "fr")
    translate(here.folder / "out/fr/billing/refunds.xlf")
    done = here.run("translations", "export", "out", "--locale", "fr")
    assert done.code == 1
    assert "refunds.xlf is there already and says something else" in done.err


def test_words_in_raw_html_are_told_since_no_file_holds_them(here):
    here.edit("en/billing/refunds.md", "## Limits", "<div>By hand</div>\n\n## Limits")
    done = export(here, "billing/refunds")
    assert "content/en/billing/refunds.md:25: raw HTML" in done.err


def test_the_xliff_has_the_order_that_its_specification_asks_for(here):
    export(here, "--all")
    space = "{urn:oasis:names:tc:xliff:document:1.2}"
    order = {
        "xliff": ["file"],
        "file": ["header", "body"],
        "header": ["skl"],
        "skl": ["internal-file"],
        "trans-unit": ["source", "target", "context-group", "note"],
        "context-group": ["context"],
    }
    for path in (here.folder / "out").rglob("*.xlf"):
        root = etree.parse(path).getroot()
        ids = [unit.get("id") for unit in root.iter(f"{space}trans-unit")]
        assert len(ids) == len(set(ids))
        for node in root.iter(etree.Element):
            name = node.tag.removeprefix(space)
            children = [child.tag.removeprefix(space) for child in node]
            if name in order:
                places = [order[name].index(child) for child in children]
                assert places == sorted(places)
            assert set(children) <= {"g", "x"} or name not in ("source", "target", "g")


def test_without_the_library_the_way_to_it_is_said(here, monkeypatch):
    monkeypatch.setitem(sys.modules, "publisher.translations.exchange.xliff", None)
    done = here.run("translations", "export", "out")
    assert done.code == 1
    assert "pip install 'publisher[translations]'" in done.err


def test_the_functions_say_what_the_commands_do(here):
    config = configure(here.folder)
    done = exchanging.export(config, here.folder / "out", form="po", locales=["fr"])
    assert (done.new, done.unsure) == (done.units - 4, 4)
    translate(here.folder / "out/fr/billing/refunds.po")
    brought = homecoming.bring(config, [here.folder / "out"])
    assert [each.path for each in brought.brought] == [
        f"{here.folder}/content/fr/billing/refunds.md"
    ]
    assert (brought.same, brought.refused) == (3, ())
