"""Files move, and every link leads where it led; nothing but addresses changes for it."""

from __future__ import annotations

import posixpath
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import assume, event
from hypothesis import strategies as st

from publisher.body import refs
from publisher.errors import PublisherError
from publisher.model import ContentRules
from publisher.source import load
from publisher.source.mending import mended
from tests.often import holds

B = b"---\ntitle: B\n---\n\n## Fees\n\nText.\n"


def mend(files: dict[str, str | bytes], moves: dict[str, str]) -> dict[str, str | None]:
    raw = {name: each if isinstance(each, bytes) else each.encode() for name, each in files.items()}
    drafts = mended(raw, moves, ContentRules())
    return {name: None if each is None else each.decode() for name, each in drafts.items()}


def rewritten(link: str, *, to: str = "en/money/fees.md", name: str = "en/a.md") -> str:
    """What becomes of a link in `name` when en/billing/b.md moves."""
    text = f"# A\n\n{link}\n"
    drafts = mend({name: text, "en/billing/b.md": B}, {"en/billing/b.md": to})
    return (drafts.get(name) or text).removeprefix("# A\n\n").removesuffix("\n")


@pytest.mark.parametrize(
    ("link", "becomes"),
    [
        ("[b](billing/b.md)", "[b](money/fees.md)"),
        ("[b](billing/b)", "[b](money/fees)"),
        ("[b](./billing/b/)", "[b](./money/fees/)"),
        ("[b](/billing/b.md#fees)", "[b](/money/fees.md#fees)"),
        ("[b](/en/billing/b.md)", "[b](/en/money/fees.md)"),
        ('[b](billing/b.md?x=1#Fees "t")', '[b](money/fees.md?x=1#Fees "t")'),
        ("[b](<billing/b.md>)", "[b](<money/fees.md>)"),
        ("[b](bil%6Cing/b.md)", "[b](money/fees.md)"),
        ("[b](billing\\/b&#46;md#fees)", "[b](money/fees.md#fees)"),
        ("[b](\nbilling/b.md\n)", "[b](\nmoney/fees.md\n)"),
        ("> [b](\n> billing/b.md)", "> [b](\n> money/fees.md)"),
        ("[b]\n\n[b]: billing/b.md 't'", "[b]\n\n[b]: money/fees.md 't'"),
        ("[x][b] [y][b]\n\n[b]:\n  <billing/b.md>", "[x][b] [y][b]\n\n[b]:\n  <money/fees.md>"),
        ("[*b* `c`](billing/b.md)", "[*b* `c`](money/fees.md)"),
        ("<a href='billing/b.md'>b</a>", "<a href='money/fees.md'>b</a>"),
        ("<a class=x href=billing/b.md>b</a>", "<a class=x href=money/fees.md>b</a>"),
        (
            ':::button href="billing/b.md" label="b"\n:::',
            ':::button href="money/fees.md" label="b"\n:::',
        ),
        ("| a |\n| - |\n| [b](billing/b.md) |", "| a |\n| - |\n| [b](money/fees.md) |"),
        ("x[^1]\n\n[^1]: [b](billing/b.md)", "x[^1]\n\n[^1]: [b](money/fees.md)"),
        ("[f](billing/)", "[f](money/)"),
        ("[f](billing)", "[f](money)"),
        ("[f](/billing/_index.md)", "[f](/money/_index.md)"),
    ],
)
def test_an_address_follows_in_the_way_it_was_written(link, becomes):
    to = "en/money/b.md" if link.startswith("[f]") else "en/money/fees.md"
    assert rewritten(link, to=to) == becomes


@pytest.mark.parametrize(
    "link",
    [
        "`[b](billing/b.md)`",
        "    [b](billing/b.md)",
        "```\n[b](billing/b.md)\n```",
        "<!-- [b](billing/b.md) <a href='billing/b.md'>b</a> -->",
        "\\[b](billing/b.md)",
        "[b](billing/b.md x)",
        "[b](https://example.com/billing/b.md) <https://example.com/billing/b.md>",
        "[b](billing/c.md) [up](#fees) [out](../../billing/b.md)",
        "![b](billing/b.md)",
    ],
)
def test_what_is_no_link_to_the_file_stays(link):
    assert rewritten(link) == link


@pytest.mark.parametrize(
    ("new", "written"),
    [
        ("en/a b(1).md", "[b](a%20b%281%29.md) [b](<a b%281%29.md>)"),
        ("en/50%#?.md", "[b](50%25%23%3F.md) [b](<50%25%23%3F.md>)"),
        ("en/gebühr:x.md", "[b](gebühr%3Ax.md) [b](<gebühr%3Ax.md>)"),
        ("en/*_`|<&\".md", "[b](*_%60%7C%3C%26%22.md) [b](<*_%60%7C%3C%26%22.md>)"),
    ],
)  # fmt: skip
def test_names_are_spelt_so_that_markdown_reads_them(new, written):
    assert rewritten("[b](billing/b.md) [b](<billing/b.md>)", to=new) == written


def test_a_file_that_moves_takes_its_links_along_and_keeps_all_other_bytes():
    text = (
        b"\xef\xbb\xbf# A\r\n\r\n[b](b.md) [me](a.md#x) ![](img/i.png)  \r\n\r\n## X\r\n`[b](b.md)`"
    )
    files = {"en/a.md": text, "en/b.md": b"# B\n\n[a](a.md)\n", "en/img/i.png": b""}
    drafts = mended(files, {"en/a.md": "en/deep/x.md"}, ContentRules())
    assert drafts == {
        "en/a.md": None,
        "en/deep/x.md": text.replace(b"[b](b.md) [me](a.md", b"[b](../b.md) [me](x.md").replace(
            b"img/i.png", b"../img/i.png"
        ),
        "en/b.md": b"# B\n\n[a](deep/x.md)\n",
    }


def test_files_that_move_together_keep_the_links_between_them():
    files = {
        "en/x/a.md": "# A\n\n[b](b.md)\n",
        "en/x/b.md": "# B\n\n![](i.png)\n",
        "en/x/i.png": "i",
    }
    drafts = mend(files, {name: name.replace("/x/", "/y/") for name in files})
    assert drafts == {
        **dict.fromkeys(files),
        **{name.replace("/x/", "/y/"): text for name, text in files.items()},
    }


def test_two_files_may_change_places():
    files = {"en/a.md": "# A\n\n[b](b.md)\n", "en/b.md": "# B\n\n[a](a.md)\n"}
    drafts = mend(files, {"en/a.md": "en/b.md", "en/b.md": "en/a.md"})
    assert drafts == {"en/a.md": "# B\n\n[a](b.md)\n", "en/b.md": "# A\n\n[b](a.md)\n"}


def test_a_translation_goes_on_linking_as_if_everything_were_translated():
    files = {
        "fr/a.md": "# A\n\n[b](b.md) ![](i.png)\n",
        "en/a.md": "# A\n",
        "en/b.md": B,
        "en/i.png": "",
    }
    drafts = mend(files, {"en/b.md": "en/x/b.md", "en/i.png": "en/x/i.png"})
    assert drafts["fr/a.md"] == "# A\n\n[b](x/b.md) ![](x/i.png)\n"


def test_texts_that_are_shown_nowhere_are_mended_too():
    files = {
        "README.md": "# R\n\n[b](en/c/b.md)\n",
        "en/c/_index.md": "---\ntitle: C\n---\n[b](b.md)\n",
        "en/c/b.md": B,
    }
    drafts = mend(files, {"en/c/b.md": "en/c/d.md"})
    assert drafts["README.md"] == "# R\n\n[b](en/c/d.md)\n"
    assert drafts["en/c/_index.md"] == "---\ntitle: C\n---\n[b](d.md)\n"


def test_pinned_keys_and_external_pages_change_nothing_about_links():
    files = {
        "en/a.md": "---\ntitle: A\nkey: x/y\n---\n\n[p](/fin/h/en/p.md)\n",
        "fin/h/_source.md": "---\nurl: https://example.com\n---\n",
        "fin/h/en/p.md": "# P\n\n[a](../../../en/a.md) [q](/q.md)\n",
        "fin/h/en/q.md": "# Q\n\nx\n",
    }
    moves = {"en/a.md": "en/z/a.md", "fin/h/en/q.md": "fin/h/en/d/q.md"}
    drafts = mend(files, moves)
    assert drafts["fin/h/en/p.md"] == "# P\n\n[a](../../../en/z/a.md) [q](/d/q.md)\n"
    assert drafts["en/z/a.md"] == files["en/a.md"]


def test_a_link_that_cannot_be_kept_is_refused_with_its_line():
    files = {"en/a.md": "# A\n\n[f](x/)\n", "en/x/b.md": B, "en/x/c.md": B}
    with pytest.raises(PublisherError, match=r"en/a\.md:3: `x/` cannot be kept"):
        mend(files, {"en/x/b.md": "en/y/b.md", "en/x/c.md": "en/z/c.md"})


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        ({"en/no.md": "en/x.md"}, "is not there"),
        ({"en/a.md": "en/b.md"}, "en/b.md would lie there, too"),
        ({"en/a.md": "en/x/_index.md"}, "a file of another kind"),
        ({"en/_index.md": "en/p/_index.md"}, "a file of another kind"),
        ({"en/p/_index.md": "en/_index.md"}, "a file of another kind"),
        ({"en/a.md": "en/x.md", "en/b.md": "en/x.md"}, "en/a.md would lie there, too"),
    ],
)
def test_moves_of_nothing_or_onto_something_are_refused(moves, said):
    with pytest.raises(PublisherError, match=said):
        mend({"en/a.md": "# A\n", "en/b.md": B, "en/_index.md": B, "en/p/_index.md": B}, moves)


def test_a_link_to_a_collection_never_comes_to_lead_to_another_named_like_the_locale():
    files = {"en/a.md": "# A\n\n[p](p/)\n", "en/p/_index.md": B, "en/en/b.md": B}
    with pytest.raises(PublisherError, match="another kind"):
        mend(files, {"en/p/_index.md": "en/_index.md"})


def test_an_index_that_describes_nothing_does_not_become_one_that_links_lead_to():
    files = {
        "en/a.md": "# A\n\nText.\n",
        "fr/a.md": "# A\n\n[t](_index.md)\n",
        "en/_index.md": B,
    }
    with pytest.raises(PublisherError, match="another kind"):
        mend(files, {"en/_index.md": "en/p/_index.md"})


# --- the law ------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b c", "d(1)", "é", "x_y", "50%", "q#1", "_index", "it's", "[k]"])
FOLDERS = st.sampled_from(["", "p/", "p/q/", "r s/"])
STEMS = st.tuples(FOLDERS, NAMES).map("".join)
STYLES = (
    "[t]({0})",
    "[t](<{0}>)",
    "- [t]({0}) `]({0})`",
    "<a href='{0}'>t</a>",
    "[t{1}]\n\n[t{1}]: {0}",
)


@st.composite
def sites(draw):
    """Files in two locales that link to each other in every way, and where some of them go."""
    stems = draw(st.lists(STEMS, min_size=2, max_size=5, unique=True))
    names = [f"en/{stem}.md" for stem in stems]
    names += [f"fr/{stem}.md" for stem in draw(st.lists(st.sampled_from(stems), unique=True))]
    files = {name: draw(texts(name, [*names, "en/i.png"])) for name in names}
    new = draw(st.permutations(stems)) + draw(st.lists(STEMS, unique=True, max_size=3))
    moved = dict(zip(draw(st.lists(st.sampled_from(stems), unique=True)), new[::-1], strict=False))
    assume(all(kind_of(old) == kind_of(new) for old, new in moved.items()))
    to = {name: f"{name[:3]}{moved.get(name[3:-3], name[3:-3])}.md" for name in names}
    assume(len(set(to.values())) == len(names))
    return {**files, "en/i.png": ""}, {name: new for name, new in to.items() if name != new}


def kind_of(stem: str) -> str:
    """An index at the top describes nothing; any other is a collection's."""
    return "nothing" if stem == "_index" else posixpath.basename(stem) * stem.endswith("/_index")


@st.composite
def texts(draw, name, targets):
    links = []
    for number, target in enumerate(draw(st.lists(st.sampled_from(targets), max_size=4))):
        way = posixpath.relpath(target, posixpath.dirname(name))
        way = draw(st.sampled_from([way, way.removesuffix(".md"), f"/{target}", f"/{target[3:]}"]))
        style = "![t]({0})" if target.endswith(".png") else draw(st.sampled_from(STYLES))
        tail = draw(st.sampled_from(["", "#fees", "?x=1#fees"]))
        links.append(style.format(quote(way) + tail, number))
    return "---\ntitle: T\n---\n\n## Fees\n\n" + "\n\n".join([*links, "End.\n"])


def published(files: dict[str, str | None]) -> dict[str, list[tuple[str, str, str]]]:
    """What the links of each article lead to: kind, file below the locale (or key), anchor."""
    drafts = {name: None if text is None else text.encode() for name, text in files.items()}
    mild = dict.fromkeys(["link-unresolved", "anchor-unresolved"], "warning")
    there = load(Path("no such folder"), ContentRules(severities=mild), drafts=drafts)
    return {
        path: [
            (each.kind, each.key if each.kind == "article" else "", each.anchor)
            for each in refs.references(there.site.things[ref].translations[locale].body)
        ]
        for ref, paths in there.files_of.items()
        for locale, path in paths.items()
        if ref.kind == "article" and locale in there.site.things[ref].translations
    }


@holds(sites(), few=25, many=100)
def test_every_link_leads_to_the_same_thing_as_before(site):
    files, moves = site
    try:
        drafts = mend(files, moves)
    except PublisherError as error:
        event("refused")
        assert ".md:" in str(error)  # noqa: PT017
        return
    keys = {old[3:-3]: new[3:-3] for old, new in moves.items()}
    before, after = published(files), published({**files, **drafts})
    for old, links in before.items():
        new = moves.get(old, old)
        if new in after:
            assert after[new] == [(kind, keys.get(key, key), at) for kind, key, at in links]
