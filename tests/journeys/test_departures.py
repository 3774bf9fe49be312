"""What a branch takes away from readers: said where no redirect leads away from it, and only there.

Every case is a real repository: the first commit is what `main` has, then files change.
"""

import shutil
import subprocess

import pytest

from publisher import config as configuration
from publisher.source import load
from publisher.workflow.checks.departing import content_at, departures
from tests.often import every_day

REFUNDS = (
    "---\ntitle: Refunds\n---\n\nWe refund within 14 days.\n\nTo the card that you paid with.\n"
)
MAIN = {
    "publisher.toml": '[lint]\nkey-without-effect = "off"\n',
    "content/en/billing/_index.md": "---\ntitle: Billing\n---\n",
    "content/en/billing/refunds.md": REFUNDS,
    "content/fr/billing/refunds.md": "---\ntitle: Remboursements\n---\n\nSous 14 jours.\n",
    "content/en/billing/cards.md": "---\ntitle: Cards\n---\n\nWe take all of them.\n",
    "content/en/billing/plans.md": "---\ntitle: Plans\nstate: draft\n---\n\nSome day.\n",
    "content/README.md": "# For authors\n",
}
GONE = {"content/en/billing/refunds.md": None, "content/fr/billing/refunds.md": None}


class Branch:
    """A repository with a commit, and what is changed since."""

    def __init__(self, folder):
        self.folder = folder
        self.base = "HEAD"

    def git(self, *arguments):
        who = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com"]
        command = ["git", *who, "-c", "commit.gpgsign=false", *arguments]
        done = subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return done.stdout.decode().strip()

    def write(self, files):
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text) if text is not None else path.unlink()

    def commit(self, files):
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "content")
        self.base = self.git("rev-parse", "HEAD")

    def moved(self, old, new):
        place = self.folder / new
        place.parent.mkdir(parents=True, exist_ok=True)
        (self.folder / old).rename(place)

    def problems(self):
        config = configuration.load(self.folder, environment={})
        loaded = load(config.content_folder, config.rules)
        return departures(config, loaded, content_at(config, self.base))

    def said(self):
        """(path below the content folder, line) of every problem."""
        root = f"{self.folder.as_posix()}/content/"
        found = self.problems()
        assert {each.rule for each in found} <= {"redirect-required"}
        return [(each.spot.path.removeprefix(root), each.spot.line) for each in found]


@pytest.fixture(scope="module")
def main(tmp_path_factory):
    made = Branch(tmp_path_factory.mktemp("main"))
    made.git("init", "-q", "-b", "main")
    made.commit(MAIN)
    return made.folder


@pytest.fixture
def branch(main, tmp_path):
    shutil.copytree(main, tmp_path, dirs_exist_ok=True)
    return Branch(tmp_path)


def test_nothing_changed_and_nothing_departed(branch):
    assert branch.said() == []


def test_an_article_that_is_removed_needs_a_redirect_and_the_advice_is_the_line_to_write(branch):
    branch.write(GONE)
    [problem] = branch.problems()
    assert (problem.rule, problem.severity) == ("redirect-required", "error")
    assert problem.spot.path.endswith("content/en/billing/refunds.md")
    line = "- { from: billing/refunds, to: collection:billing }"
    assert line in problem.advice
    branch.write({"content/redirects.yml": f"{line}\n"})
    assert branch.said() == []


def test_an_article_that_becomes_a_draft_needs_one_in_that_language(branch):
    draft = REFUNDS.replace("title: Refunds\n", "title: Refunds\nstate: draft\n")
    branch.write({"content/en/billing/refunds.md": draft})
    [problem] = branch.problems()
    assert branch.said() == [("en/billing/refunds.md", 3)]
    assert "locale: en }" in problem.advice
    row = "- {from: billing/refunds, to: billing/cards, locale: LOCALE}\n"
    branch.write({"content/redirects.yml": row.replace("LOCALE", "fr")})
    assert branch.said() == [("en/billing/refunds.md", 3)]
    branch.write({"content/redirects.yml": row.replace("LOCALE", "en")})
    assert branch.said() == []


def test_a_translation_that_is_removed_needs_one_in_its_language(branch):
    branch.write({"content/fr/billing/refunds.md": None})
    assert branch.said() == [("fr/billing/refunds.md", 1)]


def test_a_redirect_from_the_address_itself_is_one(branch):
    branch.write(GONE)
    rows = (
        "- {from: /en/articles/12-refunds, to: billing/cards}\n"
        "- {from: /fr/articles/12-remboursements, to: billing/cards}\n"
    )
    branch.write({"content/redirects.yml": rows})
    assert branch.said() == []


def test_a_collection_that_is_gone_with_its_articles_needs_one_as_well(branch):
    branch.write({name: None for name in MAIN if "/billing/" in name})
    branch.write({"content/en/orders/cancel.md": "---\ntitle: Cancel\n---\n\nAny time.\n"})
    paths = [path for path, _ in branch.said()]
    assert paths == ["en/billing/cards.md", "en/billing/refunds.md", "en/billing/_index.md"]


def moved_as_it_is(branch):
    branch.moved("content/en/billing/refunds.md", "content/en/money/back.md")
    branch.moved("content/fr/billing/refunds.md", "content/fr/money/back.md")


def rewritten_with_was(branch):
    text = "---\ntitle: Money back\nwas: billing/refunds\n---\n\nAll of it is new.\n"
    french = "---\ntitle: Argent\n---\n\nTout est nouveau.\n"
    branch.write({**GONE, "content/en/money.md": text, "content/fr/money.md": french})


def the_folder_is_renamed(branch):
    for locale in ("en", "fr"):
        branch.moved(f"content/{locale}/billing", f"content/{locale}/money")


def split_but_the_first_part_keeps_the_name(branch):
    branch.write({"content/en/billing/refunds.md": "---\ntitle: Refunds\n---\n\nIn short.\n"})
    branch.write({"content/en/billing/refunds-in-detail.md": REFUNDS})


def a_page_becomes_a_folder_and_says_so(branch):
    for locale in ("en", "fr"):
        branch.moved(
            f"content/{locale}/billing/refunds.md", f"content/{locale}/billing/refunds/all.md"
        )
    branch.write(
        {
            "content/en/billing/refunds/all.md": "---\ntitle: R\nwas: billing/refunds\n---\n\nX.\n",
            "content/en/billing/refunds/more.md": "---\ntitle: More\n---\n\nDetails.\n",
        }
    )


def a_draft_goes(branch):
    branch.write({"content/en/billing/plans.md": None})


def what_was_never_on_main_comes_and_goes(branch):
    branch.write({"content/en/billing/new.md": "---\ntitle: New\n---\n\nNew.\n"})
    branch.write({"content/en/billing/new.md": None})


def what_is_no_article_goes(branch):
    branch.write({"content/README.md": None, "content/en/billing/_index.md": None})


def it_is_ignored_now(branch):
    branch.write({"content/.publisherignore": "billing/refunds.md\n"})


def it_cannot_be_read_now(branch):
    branch.write({"content/en/billing/refunds.md": "---\ntitle: [\n---\n"})


def a_link_in_it_is_wrong_now(branch):
    branch.write({"content/en/billing/refunds.md": f"{REFUNDS}\n[Nowhere](nowhere.md)\n"})


def it_moved_and_a_link_in_it_is_wrong_now(branch):
    moved_as_it_is(branch)
    branch.write({"content/en/money/back.md": f"{REFUNDS}\n[Nowhere](nowhere.md)\n"})


def a_key_in_it_is_misspelt_now(branch):
    branch.write({"content/en/billing/refunds.md": REFUNDS.replace("title:", "tilte: x\ntitle:")})


def a_state_is_said_that_was_true(branch):
    text = REFUNDS.replace("title: Refunds\n", "title: Refunds\nstate: published\n")
    branch.write({"content/en/billing/refunds.md": text})


def a_language_is_no_longer_ours(branch):
    branch.write({"publisher.toml": 'locales = ["en"]\n'})


@pytest.mark.parametrize(
    "change",
    every_day(
        8,
        [
            moved_as_it_is,
            rewritten_with_was,
            the_folder_is_renamed,
            split_but_the_first_part_keeps_the_name,
            a_page_becomes_a_folder_and_says_so,
            a_draft_goes,
            what_was_never_on_main_comes_and_goes,
            what_is_no_article_goes,
            it_is_ignored_now,
            it_cannot_be_read_now,
            a_link_in_it_is_wrong_now,
            it_moved_and_a_link_in_it_is_wrong_now,
            a_key_in_it_is_misspelt_now,
            a_state_is_said_that_was_true,
            a_language_is_no_longer_ours,
        ],
    ),
)
def test_an_address_that_lives_needs_no_redirect(branch, change):
    change(branch)
    assert branch.said() == []


def test_what_was_ignored_then_has_not_departed_with_the_line_that_ignored_it(branch):
    old = {"content/en/old/gone.md": "---\ntitle: Old\n---\n\nOld.\n"}
    branch.commit({**old, "content/.publisherignore": "old/\n"})
    branch.write({"content/en/old/gone.md": None, "content/.publisherignore": None})
    assert branch.said() == []


def test_what_is_protected_stays_public_and_what_waits_for_a_release_was_not(branch):
    branch.commit(
        {
            "content/en/billing/cards.md": "---\ntitle: Cards\nprotect: true\n---\n\nAll.\n",
            "publisher.toml": 'default_state = "draft"\n',
        }
    )
    branch.write({**GONE, "content/en/billing/cards.md": None})
    assert branch.said() == []


def test_it_can_be_switched_off(branch):
    branch.write({**GONE, "publisher.toml": '[lint]\nredirect-required = "off"\n'})
    assert branch.said() == []
