"""The writer's side panel: what each tab says of one page, and that nothing in it can run."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from publisher import config
from publisher.config import Config, load
from publisher.model import Key, Ref
from publisher.preview.editors import EDITORS, editor_link
from publisher.preview.panel import TABS, panel
from publisher.workflow.previews import beside, chunks, outgoing, previewing
from tests.world import SMALL

REFUNDS = Ref("article", Key("billing/refunds"))
FIN = {
    "fin/kb/_source.md": "---\nurl: https://example.com/kb\n---\n",
    "fin/kb/en/prices.md": (
        "---\ntitle: Prices\nfin:\n  agent: false\n---\nTen euros.\n\n## When\n\nNow.\n"
    ),
}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@contextmanager
def previewed(folder: Path, files: dict[str, str], top: str = 'editor = "vscode"\n'):
    """The real preview of a small folder."""
    write(folder, files)
    (folder / "publisher.toml").write_text(top)
    with previewing.opened(load(folder, environment={}), port=8010) as preview:
        preview.refresh()
        yield preview


@pytest.fixture
def preview(tmp_path):
    with previewed(tmp_path, SMALL | FIN) as opened:
        yield opened


def tree(preview, ref: Ref = REFUNDS, *, tab: str = "findings", locale: str = "en"):
    html = panel(preview, ref.kind, preview.state.ids[ref], locale, tab=tab, target="")
    assert html is not None
    return LexborHTMLParser(html)


def words_of(parsed) -> str:
    return " ".join(parsed.body.text().split())


# The frame


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_is_a_link_and_the_chosen_one_is_told_to_everybody(preview, tab):
    parsed = tree(preview, tab=tab)
    assert [link.attrs["href"] for link in parsed.css("nav a")] == [
        f"?panel={each}" for each in TABS
    ]
    current = parsed.css("nav a[aria-current]")
    assert [link.attrs["href"] for link in current] == [f"?panel={tab}"]
    assert parsed.css_first("section.writer").attrs["data-tab"] == tab


def test_a_thing_that_the_preview_does_not_have_has_no_panel(preview):
    assert panel(preview, "article", "999", "en", tab="findings", target="") is None
    assert panel(preview, "nonsense", "101", "en", tab="findings", target="") is None


def test_a_tab_nobody_knows_is_the_first_one(preview):
    assert tree(preview, tab="nonsense").css_first("section.writer").attrs["data-tab"] == "findings"


def test_a_collection_has_no_tab_for_a_text(preview):
    parsed = tree(preview, Ref("collection", Key("billing")), tab="fin")
    assert [link.text() for link in parsed.css("nav a")] == ["Findings", "Diff", "Locales"]


# Findings


def test_when_all_is_well_it_says_so_and_of_which_files(tmp_path):
    french = SMALL["fr/billing/refunds.md"] + "\n## Comment\n\nÉcrivez-nous.\n"
    with previewed(tmp_path, SMALL | {"fr/billing/refunds.md": french}) as preview:
        said = words_of(tree(preview))
    assert "All is well" in said
    assert "content/en/billing/refunds.md" in said


def test_findings_stand_by_file_this_language_first_and_open_the_editor(tmp_path):
    files = SMALL | {
        "en/billing/refunds.md": "---\ntitle: Refunds\n---\nSee [it](gone.md).\n",
        "fr/billing/refunds.md": "---\ntitle: Remboursements\n---\n\n> Voir [tout](perdu.md).\n",
    }
    with previewed(tmp_path, files) as preview:
        parsed = tree(preview, locale="fr")
        heads = [each.text() for each in parsed.css("h3")]
        places = [each.attrs["href"] for each in parsed.css(".is-error .writer-where a")]
    assert heads == ["content/fr/billing/refunds.md", "content/en/billing/refunds.md"]
    assert places == [
        f"vscode://file{tmp_path}/content/fr/billing/refunds.md:5",
        f"vscode://file{tmp_path}/content/en/billing/refunds.md:4",
    ]
    said = words_of(parsed)
    assert "`gone.md` leads nowhere." in said
    assert "link-unresolved" in said


def test_a_file_that_cannot_be_read_says_so_over_its_last_good_page(tmp_path):
    with previewed(tmp_path, SMALL) as preview:
        write(tmp_path, {"en/billing/refunds.md": "---\ntitle: [\n---\nx\n"})
        preview.refresh()
        findings, source = tree(preview), tree(preview, tab="source")
        for tab in TABS:
            assert tree(preview, tab=tab).css_first(f'[data-tab="{tab}"]')
    assert "last good state" in words_of(findings)
    assert "frontmatter-invalid" in words_of(findings)
    assert "no text in English" in words_of(source)


def test_findings_cost_no_more_than_a_moment(preview):
    tree(preview)
    best = min(_seconds(lambda: beside.findings(preview, REFUNDS, "en")) for _ in range(5))
    assert best < 0.005


def _seconds(do) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def test_what_files_say_can_neither_run_nor_break_out(tmp_path):
    evil = '<img src=x onerror="alert(1)"></textarea><script>alert(2)</script>'
    files = SMALL | {
        "en/billing/refunds.md": f"---\ntitle: '{evil}'\n---\n{evil}\n\n`</textarea><script>`\n",
    }
    with previewed(tmp_path, files) as preview:
        for tab in TABS:
            parsed = tree(preview, tab=tab)
            assert not parsed.css("script")
            shown = parsed.css_first(".writer-main").html
            assert "</textarea><script>" not in shown.replace("&lt;", "")


# Editors


@pytest.mark.parametrize(
    ("editor", "link"),
    [
        ("", ""),
        ("vscode", "vscode://file/w/a%20b/%C3%A9.md:7"),
        ("zed", "zed://file/w/a%20b/%C3%A9.md:7"),
        ("idea", "idea://open?file=/w/a%20b/%C3%A9.md&line=7"),
        ("textmate", "txmt://open?url=file:///w/a%20b/%C3%A9.md&line=7"),
        ("emacs://{path}?l={line}", "emacs:///w/a%20b/%C3%A9.md?l=7"),
    ],
)
def test_a_place_in_a_file_opens_in_the_configured_editor(editor, link):
    configured = Config(root=Path("/w"), editor=editor)
    assert editor_link(configured, "/w/a b/é.md", 7) == link
    assert editor_link(configured, "a b/é.md", 7) == link


def test_every_editor_that_may_be_configured_is_known():
    assert tuple(EDITORS) == config.EDITORS


# Fin


def test_fin_reads_title_headings_text_and_where_links_lead(preview):
    parsed = tree(preview, tab="fin")
    assert [each.text() for each in parsed.css(".writer-heading")] == ["Refunds", "How"]
    assert parsed.css_first(".writer-address").text().startswith("article:orders/cancel")
    found = outgoing.fin_text(preview, REFUNDS, "en")
    assert found.words == 9  # Within 14 days. See cancelling. How. Write to us.


def test_what_only_looks_like_a_heading_is_none_and_layout_is_left_out(tmp_path):
    text = "---\ntitle: Refunds\n---\n**Bold** and `code`.\n\n```\n## A comment\n```\n\n### Part\n"
    with previewed(tmp_path, SMALL | {"en/billing/refunds.md": text}) as preview:
        lines = outgoing.fin_text(preview, REFUNDS, "en").lines
    said = [("".join(part for part, _ in line.parts), line.heading) for line in lines]
    assert said == [
        ("Bold and code.", False),
        ("```", False),
        ("## A comment", False),
        ("```", False),
        ("Part", True),
    ]


def test_of_an_external_page_it_says_where_fin_may_not_use_it(preview):
    ref = next(ref for ref in preview.state.ids if ref.kind == "page")
    parsed = tree(preview, ref, tab="fin")
    assert [each.text() for each in parsed.css(".writer-heading")] == ["Prices", "When"]
    notes = [" ".join(each.text().split()) for each in parsed.css(".writer-note")]
    assert notes == [
        "The file keeps it from Fin as: agent.",
        "It has no `url`, so Fin names no address when it answers from it.",
    ]


def test_a_draft_and_what_is_no_text_are_pointed_out(tmp_path):
    text = "---\ntitle: Refunds\nstate: draft\n---\n![A form](https://example.com/a.png)\n"
    with previewed(tmp_path, SMALL | {"en/billing/refunds.md": text}) as preview:
        notes = outgoing.fin_text(preview, REFUNDS, "en").notes
    assert notes == (
        "This is a draft; Fin reads what is published.",
        "What 1 image shows is no text; say in words what matters of it.",
    )


# Source


def test_the_source_is_the_html_that_the_preview_itself_was_sent(preview):
    sent = outgoing.sending(preview, REFUNDS, "en")
    assert "".join(each.html for each in sent.stretches) == sent.html
    address = "http://127.0.0.1:8010/en/articles/"
    assert (
        f'<a href="{address}{preview.state.ids[Ref("article", Key("orders/cancel"))]}' in sent.html
    )
    assert "article:" not in sent.html
    assert [each.line for each in sent.stretches if each.line] == [5, 7, 9]


def test_each_block_of_the_source_opens_its_line(preview):
    parsed = tree(preview, tab="source")
    links = [each.attrs["href"].rpartition(":")[2] for each in parsed.css(".writer-code a")]
    assert links == ["5", "7", "9"]
    exact = parsed.css_first("textarea").text()
    assert exact == outgoing.sending(preview, REFUNDS, "en").html


def test_a_link_that_leads_nowhere_is_marked_in_the_page_and_never_sent(tmp_path):
    text = "---\ntitle: Refunds\n---\nSee [this](gone.md).\n"
    with previewed(tmp_path, SMALL | {"en/billing/refunds.md": text}) as preview:
        thing = preview.state.loaded.site.things[REFUNDS]
        sent = outgoing.sending(preview, REFUNDS, "en")
    assert "nowhere.invalid" in thing.translations["en"].body
    assert sent.html == '<p class="no-margin">See this.</p>'


# Chunks


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div a='>'>",
                "</div>",
                "<br>",
                '<img src="<">',
                "text",
                "<",
                ">",
                " ",
                '"',
                '<h2 id="x">',
                "</h2>",
                "<!-- x -->",
                "</",
                "<li/>",
            ]
        )
    )
)
def test_parting_html_loses_nothing_whatever_it_is(parts):
    html = "".join(parts)
    assert "".join(chunks.chunks(html)) == html


def test_html_is_parted_at_its_top_level():
    html = '<p>a<br>b</p>loose<div title="a > b"><p>c</p></div><hr><p class="no-margin"></p>'
    assert chunks.chunks(html) == (
        "<p>a<br>b</p>",
        "loose",
        '<div title="a > b"><p>c</p></div>',
        "<hr>",
        '<p class="no-margin"></p>',
    )
    assert len(chunks.blocks(html)) == 4
