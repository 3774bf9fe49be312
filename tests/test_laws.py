"""The laws that hold for any content: an apply leaves nothing to do, a plan writes nothing."""

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.often import every_day, few_and_many
from tests.world import SMALL, TOKEN, world

pytestmark = pytest.mark.socket

words = st.text(st.sampled_from("abcdeéñ中 -_*&<>\"'#1"), min_size=1, max_size=12).map(
    lambda word: f"w{word.strip()}"
)
folders = st.sampled_from(["", "a/", "b/", "a/x/", "a/x/y/"])
names = st.builds(lambda folder, name: f"{folder}{name}", folders, st.sampled_from("pqr"))
states = st.sampled_from(["", "state: draft\n", "state: published\n"])
paragraphs = st.lists(words, min_size=1, max_size=3).map("\n\n".join)
texts = st.builds(
    lambda title, state, body, link: (title, state, body, link),
    words,
    states,
    paragraphs,
    st.none() | names,
)
sites = st.dictionaries(names, st.tuples(texts, st.none() | texts), min_size=1, max_size=4)


def spelt(name, text, all_names, locale):
    title, state, body, link = text
    up = "../" * name.count("/")
    see = f"\n\nSee [there]({up}{link}.md)." if link in all_names else ""
    quoted = title.replace('"', "'")
    return f'---\ntitle: "{locale} {quoted} {name}"\n{state}---\n{body}{see}\n'


def write(made, content):
    """Make the content folder hold exactly this."""
    shutil.rmtree(made.folder / "content", ignore_errors=True)
    (made.folder / "content" / "en").mkdir(parents=True)
    for name, (english, french) in content.items():
        made.write({f"en/{name}.md": spelt(name, english, content, "en")})
        if french:
            made.write({f"fr/{name}.md": spelt(name, french, content, "fr")})


def keep_the_law(made):
    """Apply; the plan is empty; a second apply writes nothing."""
    planned = made.run("plan", "--format", "json")
    assert planned.code == 0, str(planned)
    assert made.writes == []
    # What is left in place may still link to it: then it is hidden only where it is named.
    stays = [n["what"] for n in planned.json["notices"] if " stays public: " in n["what"]]
    hidden = [word for what in stays for word in ("--allow-deletes", what.partition(" ")[0])]
    applied = made.run("apply", "--yes", "--allow-deletes", "99", *hidden)
    assert applied.code == 0, str(applied)
    assert made.changes("--allow-deletes", "99") == []
    made.center.calls.clear()
    assert made.run("apply", "--yes", "--allow-deletes", "99").code == 0
    assert made.writes == []
    for row in made.center.rows("article"):
        assert "publisher is writing" not in str(row["contents"])
    made.center.calls.clear()


@few_and_many("examples", 2, 10)
@pytest.mark.parametrize("on_removed", every_day(2, ["delete", "draft", "report"]))
def test_after_any_edits_an_apply_leaves_nothing_to_do(
    on_removed, examples, tmp_path_factory, monkeypatch
):
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)

    @settings(deadline=None, max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(history=st.lists(sites, min_size=2, max_size=3))
    def law(history):
        with world(tmp_path_factory.mktemp("law")) as made:
            made.configure(
                on_removed=on_removed,
                top='[lint]\ntranslation-without-source = "warning"\ntoo-deep = "warning"\n',
            )
            for content in history:
                write(made, content)
                keep_the_law(made)

    law()


@pytest.fixture
def story(tmp_path, monkeypatch):
    """A small site that is not applied yet."""
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    with world(tmp_path) as made:
        made.write(SMALL)
        yield made


@pytest.mark.parametrize(("articles", "pages"), [(3, 1), (260, 2)])
@pytest.mark.parametrize("locales", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_a_plan_costs_one_walk_per_kind_and_two_calls_however_many_languages(
    story,
    articles,
    pages,
    locales,
):
    shutil.rmtree(story.folder / "content")
    for locale in ("en", "fr")[:locales]:
        story.write(
            {f"{locale}/a{n}.md": f"---\ntitle: A{n}\n---\nText {n}.\n" for n in range(articles)}
        )
    for number in range(articles):
        story.center.create_by_hand(title=f"B{number}", body="<p>Theirs.</p>")
    story.center.calls.clear()
    assert len(story.changes()) == articles
    assert [path for _, path, _ in story.center.calls] == [
        "/me",
        "/help_center/help_centers",
        "/help_center/collections",
        *["/articles"] * pages,
    ]
    assert story.writes == []


def test_sources_and_pages_are_walked_only_where_there_are_any(story):
    story.changes()
    assert not [path for _, path, _ in story.center.calls if path.startswith("/ai")]
    story.write({
        **SMALL,
        "fin/handbook/_source.md": "---\nurl: https://docs.example.com\n---\n",
        "fin/handbook/en/policy.md": "---\ntitle: Policy\n---\nBe kind.\n",
    })  # fmt: skip
    story.center.calls.clear()
    story.changes()
    assert [path for _, path, _ in story.center.calls if path.startswith("/ai")] == [
        "/ai/content_import_sources",
        "/ai/external_pages",
    ]


def test_reading_an_unchanged_help_center_again_costs_the_same(story):
    story.apply()
    story.center.calls.clear()
    story.changes()
    once = len(story.center.calls)
    story.changes()
    assert len(story.center.calls) == 2 * once == 8
