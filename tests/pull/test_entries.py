"""What the ledger remembers after a pull: what was taken over, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from publisher.body import canonical
from publisher.model import Entry, Ref, digest
from publisher.plan.changes import Policy
from publisher.plan.view import known_addresses, look
from publisher.pull.entries import after_pull
from tests.plan.builders import Paper, applied, article, page, plan, rules, site, source, verbs

REFUNDS = Ref("article", "refunds")
BEFORE = "<p>Within 14 days.</p><p>Write to us.</p>"
THEIRS = "<p>Within 14 days.</p><p>Call us.</p>"
BOTH = "<p>Within 30 days.</p><p>Call us.</p>"


def remembered(
    wanted,
    paper: Paper,
    taken: Sequence[str],
    *,
    left: Sequence[str] = (),
    rebased: Mapping[str, Sequence[str]] | None = None,
    ref: Ref = REFUNDS,
) -> tuple[Paper, Entry]:
    """What the ledger says once these fields were pulled into `wanted`."""
    before = paper.entries[ref]
    live = paper.live[ref.kind, before.id]
    view = look(wanted, paper.live, paper.gone, paper.entries, Policy())
    entry = after_pull(
        ref,
        live,
        view,
        known_addresses("en", view.entries, view.live),
        before=before,
        taken=taken,
        left=left,
        rebased=rebased or {},
    )
    return paper.remember(f"{ref.kind}:{ref.key}", **_fields(entry)), entry


def _fields(entry: Entry) -> dict[str, object]:
    names = ("title", "parent", "path", "changed_at", "source", "sent", "seen", "raw", "form")
    names += ("blocks", "shown", "headings", "lost", "withdrawn")
    return {name: getattr(entry, name) for name in names}


def blocks(html: str) -> tuple[str, ...]:
    return tuple(digest(block) for block in canonical.blocks(html))


def test_after_a_body_was_taken_there_is_nothing_to_do():
    paper = applied(site(article("refunds", BEFORE))).edit("refunds", en={"body": THEIRS})
    after = site(article("refunds", THEIRS))
    paper, entry = remembered(after, paper, ["en.body"])
    made = plan(after, paper)
    assert (verbs(made), rules(made)) == ([], [])
    assert entry.blocks["en"] == entry.shown["en"] == blocks(THEIRS)


def test_what_the_author_changed_beside_it_is_still_to_be_sent():
    paper = applied(site(article("refunds", BEFORE))).edit("refunds", en={"body": THEIRS})
    after = site(article("refunds", BOTH))
    paper, entry = remembered(after, paper, ["en.body"], rebased={"en": blocks(THEIRS)})
    made = plan(after, paper)
    assert (verbs(made), rules(made)) == ([("update", "refunds")], [])
    assert entry.blocks["en"] == entry.shown["en"] == blocks(THEIRS)


def test_a_title_that_was_not_taken_drifts_on():
    paper = applied(site(article("refunds", BEFORE)))
    paper = paper.edit("refunds", en={"body": THEIRS, "title": "Money back"})
    paper = paper.see("refunds", changed_at=90)
    after = site(article("refunds", THEIRS))
    paper, entry = remembered(after, paper, ["en.body"], left=["en.title"])
    made = plan(after, paper)
    assert (verbs(made), rules(made)) == ([], ["drift"])
    assert entry.changed_at == 0, "it has to be looked at again"


def test_a_title_of_the_authors_own_is_still_to_be_sent_after_a_body_was_taken():
    paper = applied(site(article("refunds", BEFORE))).edit("refunds", en={"body": THEIRS})
    after = site(article("refunds", THEIRS, title="Payback"))
    paper, _ = remembered(after, paper, ["en.body"])
    assert verbs(plan(after, paper)) == [("update", "refunds")]


def test_one_language_is_remembered_without_the_other():
    wanted = site(article("refunds", BEFORE, fr="<p>Sous 14 jours.</p>"))
    paper = applied(wanted)
    paper = paper.edit("refunds", en={"body": THEIRS}, fr={"body": "<p>Sous 60 jours.</p>"})
    after = site(article("refunds", THEIRS, fr="<p>Sous 14 jours.</p>"))
    before = paper.entries[REFUNDS]
    paper, entry = remembered(after, paper, ["en.body"], left=["fr.body"])
    assert rules(plan(after, paper)) == ["drift"]
    for kept in ("seen", "sent", "raw"):
        assert getattr(entry, kept)["fr.body"] == getattr(before, kept)["fr.body"]
    assert entry.shown["fr"] == before.shown["fr"]


def test_what_intercom_lost_of_a_body_is_forgotten_with_the_body():
    lost = {"en.body": digest("a"), "fr.body": digest("b")}
    paper = applied(site(article("refunds", BEFORE))).remember("refunds", lost=lost)
    paper = paper.edit("refunds", en={"body": THEIRS})
    _, entry = remembered(site(article("refunds", THEIRS)), paper, ["en.body"])
    assert entry.lost == {"fr.body": digest("b")}


def test_a_page_for_fin_remembers_its_one_body():
    handbook = source("handbook")
    wanted = site(handbook, page("handbook/hours", "<p>Nine to five.</p>"))
    paper = applied(wanted).edit("page:handbook/hours", body="<p>Nine to six.</p>")
    after = site(handbook, page("handbook/hours", "<p>Nine to six.</p>"))
    ref = Ref("page", "handbook/hours")
    paper, entry = remembered(after, paper, ["body"], ref=ref)
    made = plan(after, paper)
    assert (verbs(made), rules(made)) == ([], [])
    assert entry.shown["en"] == blocks("<p>Nine to six.</p>")


def test_a_merged_page_for_fin_is_still_to_be_sent():
    handbook = source("handbook")
    wanted = site(handbook, page("handbook/hours", BEFORE))
    paper = applied(wanted).edit("page:handbook/hours", body=THEIRS)
    after = site(handbook, page("handbook/hours", BOTH))
    ref = Ref("page", "handbook/hours")
    paper, _ = remembered(after, paper, ["body"], rebased={"en": blocks(THEIRS)}, ref=ref)
    assert verbs(plan(after, paper)) == [("update", "handbook/hours")]
