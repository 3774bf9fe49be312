"""What holds for every text anyone could write."""

from __future__ import annotations

import re

import pytest
from hypothesis import strategies as st

from publisher.body import canonical, refs
from publisher.body.from_markdown import render
from publisher.body.proof import written
from tests.often import every_day, holds

PIECES = """
# ## ### - * 1. 3) > | |- :-: ``` ~~~ ` ** * _ ~~ [a](b) ![a](b.png) [x](#a) <b>
</b> <i> </i> <p> </p> <div> </div> <ul> <li> </ul> <ol> <table> <tr> <td> <th>
</td> </tr> </table> <a </a> <img <br> <hr> <pre> </pre> <code> </code> <details>
<summary> </summary> </details> <blockquote> </blockquote> <h1> </h1> <iframe>
</iframe> <script> </script> <svg> </svg> <dl> <dt> <dd> <u> </u> <sup> <x-y> </x-y>
<!-- --> href="x" src='a.png' > /> :::callout :::collapsible :::button ::: title="t"
[!NOTE] [^1] [^1]: {#h_0123456789} {#x} https:// https://youtu.be/VtKNw2dUD7Y &amp;
&nbsp; &#0; \\ word two \u00a0 \u200b 日本 [ ] [ ( ) <template> <select> <option> <form> <button>
<textarea> <title> <plaintext> <frameset> <input type=checkbox
class="intercom-h2b-button" class="intercom-container" <center> <math> <caption>
<col> <nobr> <ruby> <rt> <object> <x-opaque> </x-opaque> <label> <aside> </aside>
"""
WORDS = st.sampled_from(re.split("[ \n]", PIECES.strip("\n")))
GLUE = st.sampled_from(["", " ", " ", "\n", "\n", "\n\n", "\n  ", "\n    ", "\t"])
TEXTS = st.one_of(
    st.text(),
    st.lists(st.tuples(WORDS, GLUE), max_size=40).map(
        lambda pairs: "".join(word + glue for word, glue in pairs)
    ),
)


@holds(TEXTS, few=30, many=300)
def test_rendering_keeps_its_promises(text):
    rendered = render(text)
    html = rendered.html
    urls = []
    refs.rewrite(html, lambda url, image: urls.append((url, image)) or url)

    assert "\n" not in re.sub(r"<pre>.*?</pre>", "", html, flags=re.DOTALL)
    assert not re.search(r"<script|<style|\son\w+=|javascript:|data-line", tags_of(html))
    assert len(canonical.blocks(html)) == len(rendered.lines)
    assert urls == [(link.url, link.image) for link in rendered.links]
    assert [h.id for h in rendered.headings if h.id] == [
        i for i in canonical.heading_ids(html) if i
    ]


def tags_of(html: str) -> str:
    return " ".join(re.findall(r"<[^<>]*>", re.sub(r'(href|alt|src)="[^"]*"', "", html)))


@holds(TEXTS, few=30, many=300)
def test_what_is_rendered_is_what_it_means(text):
    html = render(text).html
    spelt = canonical.canonical(html)

    assert canonical.canonical(spelt) == spelt
    assert canonical.losses(html, spelt) == ()


@holds(TEXTS, few=30, many=300)
def test_any_html_has_one_canonical_form(html):
    spelt = canonical.canonical(html)

    assert canonical.canonical(spelt) == spelt
    canonical.losses(html, html[: len(html) // 2])
    written(html)


@holds(TEXTS, few=30, many=300)
def test_a_body_as_markdown_means_the_same_again(text):
    html = render(text).html
    again = render(written(html).markdown).html

    assert canonical.losses(html, again) == ()


@pytest.mark.parametrize(
    "text",
    every_day(
        3,
        [
            ">" * 10_000 + " x",
            "- " * 10_000 + "x",
            "<div>" * 10_000 + "x",
            "<details>" * 10_000 + "x",
            "<table><tr><td>" * 3_000 + "x",
            pytest.param("<ul><li>" * 3_000 + "x", id="<ul><li>", marks=pytest.mark.slow),
            "<b>" * 10_000 + "x",
            ":::callout\n" * 3_000 + "x",
            pytest.param("[" * 10_000 + "x", id="[[[", marks=pytest.mark.slow),
            "*a **b " * 3_000,
        ],
    ),
    ids=lambda text: text[:12].strip(),
)
def test_deep_nesting_is_cut_off_and_told(text):
    rendered = render(text)

    assert "x" in rendered.html or "a" in rendered.html
    written(rendered.html)
    if not text.startswith(("[", "*", "<b>")):
        assert "nesting" in {finding.rule for finding in rendered.findings}
