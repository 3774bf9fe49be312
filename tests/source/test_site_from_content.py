"""What files become: keys, collections, translations, sources and pages."""

from __future__ import annotations

import pytest

from publisher.model import Availability, Key, Ref

TEXT = "# A\n\nText.\n"


def titled(title: str, *lines: str) -> str:
    return "\n".join(["---", f"title: {title}", *lines, "---", "", "Text.", ""])


def index(*lines: str) -> str:
    return "\n".join(["---", *lines, "---", ""])


def test_a_path_is_a_key_and_its_folders_are_collections(content):
    content.add({"en/getting-started/advanced/proxies.md": TEXT, "en/faq.md": TEXT})
    things = content.load().site.things
    assert sorted(map(str, things)) == [
        "article:faq",
        "article:getting-started/advanced/proxies",
        "collection:getting-started",
        "collection:getting-started/advanced",
    ]
    assert things[Ref("article", Key("faq"))].parent is None
    assert things[Ref("article", Key("getting-started/advanced/proxies"))].parent == (
        "getting-started/advanced"
    )
    home = things[Ref("collection", Key("getting-started/advanced"))]
    assert (home.parent, home.titles) == ("getting-started", {"en": "Advanced"})
    top = things[Ref("collection", Key("getting-started"))]
    assert (top.parent, top.titles) == (None, {"en": "Getting started"})
    assert content.path(top) == "en/getting-started/advanced/proxies.md"


def test_an_index_names_its_folder_in_each_locale(content):
    content.add(
        {
            "en/billing/_index.md": index(
                "title: Billing", "description: Money", "icon: star", "order: 2", "protect: true"
            ),
            "fr/billing/_index.md": index("title: Facturation"),
            "en/billing/a.md": TEXT,
        }
    )
    billing = content.thing("collection", "billing")
    assert billing.titles == {"en": "Billing", "fr": "Facturation"}
    assert billing.descriptions == {"en": "Money"}
    assert (billing.icon, billing.order, billing.protect) == ("star", 2.0, True)
    assert content.path(billing) == "en/billing/_index.md"


def test_an_index_may_take_its_title_from_its_heading(content):
    content.add({"en/billing/_index.md": "# Money matters\n", "en/billing/a.md": TEXT})
    loaded = content.load()
    assert loaded.site.things[Ref("collection", Key("billing"))].titles == {"en": "Money matters"}
    assert not loaded.problems


def test_text_in_an_index_is_a_warning_because_nobody_will_see_it(content):
    content.add({"en/billing/_index.md": titled("Billing"), "en/billing/a.md": TEXT})
    assert content.problems() == [("index-body", "en/billing/_index.md", 1)]


def test_an_index_that_cannot_be_read_leaves_the_collection_where_it_is(content):
    content.add({"en/billing/_index.md": "---\n- x\n---\n", "en/billing/a.md": TEXT})
    loaded = content.load()
    assert [problem.rule for problem in loaded.problems] == ["frontmatter-invalid"]
    assert loaded.site.things[Ref("collection", Key("billing"))].titles == {"en": "Billing"}
    assert loaded.site.things[Ref("article", Key("billing/a"))].parent == "billing"


def test_a_translation_joins_the_article_of_its_path(content):
    content.add(
        {
            "en/a.md": titled("A", "author: ana@example.com", "order: 3"),
            "fr/a.md": titled("À", "state: draft", "description: Bref"),
        }
    )
    article = content.thing("article", "a")
    assert list(article.translations) == ["en", "fr"]
    assert (article.author, article.order) == ("ana@example.com", 3.0)
    french = article.translations["fr"]
    assert (french.title, french.state, french.description) == ("À", "draft", "Bref")
    assert content.path(french) == "fr/a.md"
    assert content.path(article) == "en/a.md"
    assert article.translations["en"].state is None


def test_a_pinned_key_holds_for_all_locales_and_not_for_what_lies_below(content):
    content.add(
        {
            "en/guides/_index.md": index("title: Guides", "key: handbook"),
            "en/guides/a.md": titled("A", "key: first-steps"),
            "en/guides/b.md": TEXT,
            "fr/guides/a.md": titled("À"),
            "fr/guides/_index.md": index("title: Guides fr"),
        }
    )
    loaded = content.load()
    assert not loaded.problems
    assert sorted(map(str, loaded.site.things)) == [
        "article:first-steps",
        "article:guides/b",
        "collection:handbook",
    ]
    article = loaded.site.things[Ref("article", Key("first-steps"))]
    assert (article.parent, set(article.translations)) == ("handbook", {"en", "fr"})
    assert ("first-steps", "fr") in loaded.site.headings


def test_former_keys_come_from_the_file_and_from_its_folders(content):
    content.add(
        {
            "en/new/_index.md": index("title: New", "was: [old, older]"),
            "en/new/sub/_index.md": index("title: Sub"),
            "en/new/sub/a.md": titled("A", "was: lost/a"),
            "en/new/b.md": titled("B", "key: pinned"),
        }
    )
    loaded = content.load()
    assert not loaded.problems
    things = loaded.site.things
    assert things[Ref("collection", Key("new"))].was == ("old", "older")
    assert things[Ref("collection", Key("new/sub"))].was == ("old/sub", "older/sub")
    assert things[Ref("article", Key("new/sub/a"))].was == ("lost/a", "old/sub/a", "older/sub/a")
    assert things[Ref("article", Key("pinned"))].was == ()


def test_a_former_key_that_somebody_has_is_refused(content):
    content.add(
        {
            "en/a.md": titled("A", "was: b"),
            "en/b.md": TEXT,
            "en/c.md": titled("C", "was: z"),
            "en/d.md": titled("D", "was: z"),
        }
    )
    assert content.problems() == [
        ("was-conflict", "en/a.md", 3),
        ("was-conflict", "en/d.md", 3),
    ]


def test_a_former_key_that_only_a_folder_implies_gives_way_to_who_has_it(content):
    content.add(
        {
            "en/new/_index.md": index("title: New", "was: old"),
            "en/new/a.md": TEXT,
            "en/old/a.md": TEXT,
            "en/new/b.md": TEXT,
        }
    )
    loaded = content.load()
    assert loaded.site.things[Ref("article", Key("new/a"))].was == ()
    assert loaded.site.things[Ref("article", Key("new/b"))].was == ("old/b",)


def test_a_translation_without_a_source_is_an_error_or_left_out(content):
    content.add({"en/guides/a.md": TEXT, "fr/guides/b.md": TEXT, "fr/x/_index.md": "# X\n"})
    assert content.problems() == [
        ("translation-without-source", "fr/guides/b.md", 1),
        ("translation-without-source", "fr/x/_index.md", 1),
    ]
    assert "en/guides/b.md" in content.load().problems[0].what
    softly = content.load(severities={"translation-without-source": "warning"})
    assert {str(ref) for ref in softly.site.things} == {"article:guides/a", "collection:guides"}


def test_only_a_similar_name_is_suggested_for_what_a_translation_translates(content):
    text = {"en/getting-started/date.md": TEXT, "en/getting-started/orders.md": TEXT}
    content.add({**text, "fr/getting-started/alone.md": TEXT})
    assert content.the("translation-without-source").advice == ""
    content.add({"fr/getting-started/alone.md": "", "fr/getting-started/order.md": TEXT})
    (content.folder / "fr/getting-started/alone.md").unlink()
    assert "`getting-started/orders`" in content.the("translation-without-source").advice


def test_a_translation_in_a_mistyped_folder_is_told_the_right_one(content):
    content.add({"en/billing/refunds.md": TEXT, "fr/biling/refunds.md": TEXT})
    assert "`billing/refunds`" in content.the("translation-without-source").advice


def test_a_link_to_a_translation_that_is_left_out_leads_nowhere(content):
    content.add({"en/a.md": TEXT, "fr/a.md": "# À\n\n[b](b.md)\n", "fr/b.md": TEXT})
    quiet = {"translation-without-source": "off"}
    assert content.problems(severities=quiet) == [("link-unresolved", "fr/a.md", 3)]
    assert [rule for rule, _, _ in content.problems()] == ["translation-without-source"]


@pytest.mark.parametrize("name", ["author", "key", "was", "protect", "tags"])
def test_a_translation_cannot_contradict_its_source(content, name):
    values = {"author": "b@x.org", "key": "b", "was": "b", "protect": "true", "tags": "[b]"}
    quiet = {"key-without-effect": "off"}
    content.add({"en/a.md": titled("A"), "fr/a.md": titled("À", f"{name}: {values[name]}")})
    assert content.problems(severities=quiet) == [("translation-conflict", "fr/a.md", 3)]
    content.add({"en/a.md": titled("A", f"{name}: {values[name]}")})
    assert content.problems(severities=quiet) == []


@pytest.mark.parametrize(
    ("name", "meant"), [("pt_br", "pt-BR"), ("EN", "en"), ("zh-cn", "zh-CN"), ("Fin", "fin")]
)
def test_a_folder_with_markdown_that_is_no_locale_is_refused_once(content, name, meant):
    content.add({"en/a.md": TEXT, f"{name}/a.md": TEXT, f"{name}/b/c.md": TEXT})
    problem = content.the("locale-unknown")
    assert (content.path(problem), problem.severity) == (f"{name}/a.md", "error")
    assert problem.advice == f"Did you mean `{meant}`?"


def test_a_locale_that_is_not_listed_is_left_out_and_said_once(content):
    content.add({"en/a.md": TEXT, "fr/a.md": TEXT, "fr/b.md": TEXT, "de/a.md": TEXT})
    problem = content.the("locale-not-listed", locales=("en", "de"))
    assert (content.path(problem), problem.severity) == ("fr/a.md", "warning")
    loaded = content.load(locales=("en", "de"))
    assert loaded.site.locales == ("en", "de")
    assert set(loaded.site.things[Ref("article", Key("a"))].translations) == {"en", "de"}


def test_locales_are_those_found_with_the_default_first(content):
    content.add({"fr/a.md": TEXT, "de/a.md": TEXT, "en/a.md": TEXT, "img/x.png": b"x"})
    assert content.load().site.locales == ("en", "de", "fr")
    assert content.load(default_locale="fr").site.locales == ("fr", "de", "en")


def test_a_file_outside_the_locale_folders_is_left_out_with_a_warning(content):
    content.add({"README.md": TEXT, "en/a.md": TEXT, "en/_index.md": "# English\n"})
    assert content.problems() == [
        ("outside-locale", "README.md", 1),
        ("index-at-top", "en/_index.md", 1),
    ]


def test_folders_deeper_than_collections_can_be_are_refused_once(content):
    content.add(
        {
            "en/1/2/3/a.md": TEXT,
            "en/1/2/3/4/b.md": TEXT,
            "en/1/2/3/4/c.md": TEXT,
            "en/1/2/3/4/5/d.md": TEXT,
        }
    )
    assert content.problems() == [
        ("too-deep", "en/1/2/3/4/5/d.md", 1),
        ("too-deep", "en/1/2/3/4/b.md", 1),
    ]
    assert sorted(map(str, content.load().site.things)) == [
        "article:1/2/3/a",
        "collection:1",
        "collection:1/2",
        "collection:1/2/3",
    ]


def test_two_files_cannot_claim_one_key(content):
    content.add({"en/a.md": titled("A", "key: c"), "en/b.md": titled("B", "key: c")})
    assert content.problems() == [("key-duplicate", "en/a.md", 3), ("key-duplicate", "en/b.md", 3)]


def test_a_pinned_key_can_collide_with_a_path(content):
    content.add({"en/a.md": titled("A", "key: b"), "en/b.md": titled("B")})
    assert content.problems() == [("key-duplicate", "en/a.md", 3), ("key-duplicate", "en/b.md", 1)]


def test_an_article_and_a_collection_may_share_a_key(content):
    content.add({"en/billing.md": TEXT, "en/billing/a.md": TEXT})
    loaded = content.load()
    assert not loaded.problems
    assert Ref("collection", Key("billing")) in loaded.site.things
    assert Ref("article", Key("billing")) in loaded.site.things


def test_keys_that_differ_only_in_case_are_refused_at_both_files(content):
    content.add({"en/Install.md": TEXT, "en/install.md": TEXT})
    assert content.problems() == [
        ("key-case", "en/Install.md", 1),
        ("key-case", "en/install.md", 1),
    ]


@pytest.mark.parametrize("name", ["#12", "article:a"])
def test_a_file_name_that_makes_no_key_is_refused(content, name):
    content.add({f"en/{name}.md": TEXT, "en/b.md": TEXT, f"en/{name}x.md": TEXT})
    assert [rule for rule, _, _ in content.problems()] == ["key-invalid", "key-invalid"]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("en/a.md", "icon: star"),
        ("en/a.md", "url: https://x.org"),
        ("en/a.md", "translated_from: abc"),
        ("en/c/_index.md", "state: draft"),
        ("fr/c/_index.md", "author: a@b.org"),
        ("fin/s/_source.md", "fin: {agent: no}"),
        ("fin/s/en/p.md", "tags: [a]"),
    ],
)
def test_a_key_in_the_wrong_kind_of_file_is_refused_on_its_line(content, path, line):
    content.add(
        {
            "en/a.md": titled("A"),
            "en/c/_index.md": index("title: C"),
            "en/c/b.md": TEXT,
            "fin/s/_source.md": index("url: https://x.org"),
            "fin/s/en/p.md": titled("P"),
        }
    )
    first, *rest = (
        (content.folder / path).read_text() if (content.folder / path).exists() else index()
    ).split("\n")
    content.add({path: "\n".join([first, line, *rest])})
    assert ("frontmatter-misplaced-key", path, 2) in content.problems()


def test_a_key_that_changes_nothing_yet_is_said_once(content):
    content.add({f"en/{name}.md": titled(name, "tags: [x]", "release: r1") for name in "abc"})
    loaded = content.load()
    assert [(each.rule, content.path(each)) for each in loaded.problems] == [
        ("key-without-effect", "en/a.md"),
        ("key-without-effect", "en/a.md"),
    ]
    assert "3 files" in loaded.problems[0].what
    assert len(loaded.site.things) == 3


def test_a_heading_is_the_title_when_the_frontmatter_has_none(content):
    content.add({"en/a.md": "---\nstate: draft\n---\n\n# The title\n\nText.\n"})
    text = content.thing("article", "a").translations["en"]
    assert (text.title, "The title" in text.body) == ("The title", False)
    assert text.lines == (7,)


@pytest.mark.parametrize("heading", ["# A", "# A #", "A\n==="])
def test_a_heading_that_repeats_the_title_is_taken_out(content, heading):
    content.add({"en/a.md": f"---\ntitle: A\n---\n\n{heading}\n\n# A\n\nText.\n"})
    assert content.body("a").count(">A<") == 1


def test_another_heading_stays_beside_the_title(content):
    content.add({"en/a.md": "---\ntitle: A\n---\n\n# B\n\nText.\n"})
    assert ">B<" in content.body("a")


def test_a_file_without_a_title_is_refused_and_told_what_was_probably_forgotten(content):
    content.add({"en/a.md": "Text.\n", "en/b.md": "title: B\nstate: draft\n\nText.\n"})
    first, second = content.load().problems
    assert (first.rule, second.rule) == ("title-missing", "title-missing")
    assert "# Title" in first.advice
    assert "forget" in second.advice
    assert not content.load().site.things


def test_titles_no_list_could_show_and_pages_without_text_are_warnings(content):
    content.add({"en/a.md": titled("x" * 256), "en/b.md": "# Only a title\n"})
    loaded = content.load()
    assert [(each.rule, each.severity) for each in loaded.problems] == [
        ("title-long", "warning"),
        ("body-empty", "warning"),
    ]


def test_a_draft_may_be_empty(content):
    content.add({"en/a.md": "---\ntitle: A\nstate: draft\n---\n"})
    assert content.load().problems == ()


def test_collections_that_a_locale_has_no_name_for_are_one_warning(content):
    content.add({"en/x/y/a.md": TEXT, "fr/x/y/a.md": TEXT, "de/x/y/a.md": TEXT})
    problem = content.the("collection-without-title")
    assert "`x` (de, fr), `x/y` (de, fr)" in problem.what


def test_sources_and_their_pages(content):
    content.add(
        {
            "fin/handbook/_source.md": index("url: https://x.org/handbook", "status: deactivated"),
            "fin/handbook/en/money/refunds.md": titled(
                "Refunds", "url: https://x.org/r", "fin: {copilot: no}", "was: old"
            ),
            "fin/handbook/fr/only.md": titled("Seul", "external_id: '7'"),
            "fin/handbook/en/pinned.md": titled("P", "key: p"),
        }
    )
    loaded = content.load()
    assert not loaded.problems
    things = loaded.site.things
    source = things[Ref("source", Key("handbook"))]
    assert (source.url, source.active) == ("https://x.org/handbook", False)
    page = things[Ref("page", Key("handbook/money/refunds:en"))]
    assert (page.source, page.locale, page.title) == ("handbook", "en", "Refunds")
    assert (page.external_id, page.url) == ("handbook/money/refunds:en", "https://x.org/r")
    assert page.fin == Availability(copilot=False)
    assert page.was == ("old:en",)
    assert things[Ref("page", Key("handbook/only:fr"))].external_id == "7"
    assert things[Ref("page", Key("p:en"))].external_id == "p:en"


def test_two_pages_of_a_source_cannot_have_one_external_id(content):
    content.add(
        {
            "fin/h/_source.md": index("url: https://x.org"),
            "fin/h/en/p.md": titled("P"),
            "fin/h/en/p2.md": titled("P2", "external_id: h/p:en"),
        }
    )
    rule = "external-id-duplicate"
    assert content.problems() == [(rule, "fin/h/en/p.md", 1), (rule, "fin/h/en/p2.md", 3)]
    first, second = content.load().problems
    assert "fin/h/en/p2.md" in first.what
    assert "fin/h/en/p.md" in second.what
    softly = content.load(severities={rule: "off"}).site.things
    assert {str(ref) for ref in softly} == {"source:h", "page:h/p:en"}


def test_pages_of_two_sources_may_have_one_external_id(content):
    for name in ("a", "b"):
        content.add(
            {
                f"fin/{name}/_source.md": index(f"url: https://x.org/{name}"),
                f"fin/{name}/en/p.md": titled("P", "external_id: p"),
            }
        )
    assert content.problems() == []
    assert len(content.load().site.things) == 4


def test_two_sources_cannot_have_one_address_whatever_slash_it_ends_in(content):
    content.add(
        {
            "fin/a/_source.md": index("url: https://x.org/"),
            "fin/a/en/p.md": titled("P"),
            "fin/b/_source.md": index("status: active", "url: https://x.org"),
            "fin/b/en/p.md": titled("P"),
        }
    )
    rule = "source-url-duplicate"
    assert content.problems() == [(rule, "fin/a/_source.md", 2), (rule, "fin/b/_source.md", 3)]
    softly = content.load(severities={rule: "warning"}).site.things
    assert {str(ref) for ref in softly} == {"source:a", "page:a/p:en"}


@pytest.mark.parametrize(
    "text", ["Text.\n", "", "---\ntitel: x\n---\nText.\n", "# A\n\n[x](y.md)\n"]
)
def test_a_file_beside_the_locale_folders_is_left_out_whatever_it_says(content, text):
    content.add({"README.md": text, "en/a.md": TEXT})
    assert content.problems() == [("outside-locale", "README.md", 1)]


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("fin/loose.md", "fin-misplaced"),
        ("fin/handbook/loose.md", "fin-misplaced"),
        ("fin/handbook/en/_index.md", "fin-misplaced"),
        ("fin/handbook/xx/a.md", "locale-unknown"),
        ("fin/other/en/a.md", "source-missing"),
    ],
)
def test_a_page_where_none_can_be_is_refused(content, path, rule):
    content.add({"fin/handbook/_source.md": index("url: https://x.org"), path: TEXT})
    assert content.problems() == [(rule, path, 1)]


def test_a_source_without_an_address_is_refused_with_its_pages_left_out(content):
    content.add({"fin/s/_source.md": index("status: active"), "fin/s/en/a.md": TEXT})
    assert content.problems() == [("source-without-url", "fin/s/_source.md", 1)]
    assert not content.load().site.things


def test_what_a_refused_file_says_is_left_out_and_the_rest_goes_on(content):
    content.add(
        {
            "en/a.md": titled("A", "stat: draft"),
            "fr/a.md": titled("À"),
            "en/b.md": titled("B"),
            "fr/b.md": titled("B fr", "stat: draft"),
            "en/c.md": "---\ntitle: C\n---\n\n[a](a.md)\n",
        }
    )
    loaded = content.load()
    assert [(each.rule, content.path(each)) for each in loaded.problems] == [
        ("frontmatter-unknown-key", "en/a.md"),
        ("frontmatter-unknown-key", "fr/b.md"),
    ]
    assert {ref.key for ref in loaded.site.things} == {"b", "c"}
    assert set(loaded.site.things[Ref("article", Key("b"))].translations) == {"en"}


def test_severities_can_be_changed_and_rules_switched_off(content):
    content.add({"en/a.md": titled("A", "stat: draft"), "en/b.md": "# B\n"})
    rules = {"frontmatter-unknown-key": "warning", "body-empty": "error"}
    loaded = content.load(severities=rules)
    assert [(each.rule, each.severity) for each in loaded.problems] == [
        ("frontmatter-unknown-key", "warning"),
        ("body-empty", "error"),
    ]
    assert {ref.key for ref in loaded.site.things} == {"a"}
    assert not content.load(severities=dict.fromkeys(rules, "off")).problems


def test_problems_come_by_file_and_line(content):
    content.add({"en/b.md": titled("B", "x: 1", "y: 2"), "en/a.md": titled("A", "z: 3")})
    assert [(path, line) for _, path, line in content.problems()] == [
        ("en/a.md", 3),
        ("en/b.md", 3),
        ("en/b.md", 4),
    ]


def test_what_is_wrong_in_a_language_that_is_not_listed_does_not_matter(content):
    content.add({"en/a.md": "# A\n\nText.\n", "de/a.md": "---\nfoo: bar\n---\n"})
    content.add({"fin/s/_source.md": "---\nurl: https://example.com\n---\n"})
    content.add({"fin/s/de/p.md": "---\nfoo: bar\n---\n"})
    rules = [rule for rule, _, _ in content.problems(locales=("en",))]
    assert set(rules) == {"locale-not-listed"}
