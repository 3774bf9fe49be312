"""The whole room against the embedded help center: real client code, no socket."""

from contextlib import contextmanager

import httpx
import pytest

from publisher.errors import RemoteError, Unauthorized
from publisher.helpcenter import QUIRKS, HelpCenter
from publisher.intercom import observe as looking
from publisher.intercom import wire
from publisher.intercom.dialect import VERSIONS, dialect
from publisher.intercom.transport import Transport
from tests.often import every_day

BODY = '<p class="no-margin">Within 14 days.</p>'


class Line:
    """A help center, the transport that reaches it, and short words for what tests do."""

    def __init__(self, center, http, version, token):
        self.center, self.dialect = center, dialect(version)
        self.transport = Transport(
            http, token=token, dialect=self.dialect, sleep=lambda _: None, jitter=lambda: 0.0
        )
        self.send = self.transport.send

    def make(self, kind, **values):
        flat = {name.replace("__", "."): value for name, value in values.items()}
        call = wire.create(self.dialect, kind, flat, default_locale="en", help_center=None)
        return self.decoded(kind, call, section=call.path == wire.SECTIONS)

    def change(self, kind, id_, **values):
        flat = {name.replace("__", "."): value for name, value in values.items()}
        call = wire.update(self.dialect, kind, id_, flat, default_locale="en")
        return self.decoded(kind, call, section=call.path.startswith(wire.SECTIONS))

    def decoded(self, kind, call, *, section=False):
        data = self.send(call).data
        data = {"type": "section", **data} if section else data
        return wire.decode(self.dialect, kind, data, known={}, default_locale="en")

    def see(self, known=None, *, fin=True):
        return looking.observe(
            self.send, self.dialect, known=known or {}, default_locale="en", fin=fin
        )


@contextmanager
def line_to(version="2.16", *, says="local", **settings):
    center = HelpCenter(locales=("en", "fr", "id"), **settings)
    app = httpx.WSGITransport(app=center)
    with httpx.Client(transport=app, base_url="http://127.0.0.1:8010") as http:
        yield Line(center, http, version, says)
    center.close()


def furnish(line):
    """A collection, one below it, two articles and, where there are pages, a source with one."""
    author = looking.account(line.send).admin_id
    root = line.make("collection", parent="", en__title="Billing", fr__title="Facturation")
    below = line.make("collection", parent=root.id, en__title="Refunds", id__title="Dana")
    article = line.make(
        "article",
        parent=below.id,
        author=author,
        en__title="Get money back",
        en__description="How",
        en__body=BODY,
        en__state="published",
        id__title="Uang kembali",
        id__body=BODY,
        id__state="draft",
    )
    alone = line.make("article", author=author, en__title="Alone", en__state="draft")
    made = {"root": root, "below": below, "article": article, "alone": alone}
    if line.dialect.pages:
        source = line.make("source", url="https://docs.acme.example", active="yes")
        page = line.make(
            "page",
            source=source.id,
            locale="en",
            external_id="refunds:en",
            title="Refunds",
            body="<p>For Fin.</p>",
            agent="yes",
            copilot="no",
        )
        made |= {"source": source, "page": page}
    return made


@pytest.mark.parametrize("quirk", ["", *QUIRKS])
@pytest.mark.parametrize("version", every_day(2, ["2.16", "2.9", "2.11", "2.12", "Preview"]))
def test_what_was_made_is_seen_as_it_was_made(version, quirk):
    with line_to(version, quirks=[quirk] if quirk else []) as line:
        made = furnish(line)
        observed = line.see()
        assert observed.complete
        assert observed.gone == frozenset()
        assert set(observed.things) == {(live.thing.kind, live.id) for live in made.values()}
        for live in made.values():
            again = observed.things[live.thing.kind, live.id]
            assert bare(again) == bare(live)
            if live.thing.kind in ("collection", "article") and live is not made["alone"]:
                assert again.help_center == str(line.center.centers[0]["id"])


def bare(live):
    """The fields without bodies, which the server tidies at will."""
    fields = live.thing.fields()
    return {name: fields[name] for name in fields if not name.endswith("body")}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_second_level_collection_has_its_parent_and_its_words_in_every_version(version):
    with line_to(version) as line:
        made = furnish(line)
        below = made["below"]
        assert below.thing.parent == made["root"].id
        assert below.id.startswith("section-") == line.dialect.sections
        assert made["article"].parents == (below.id,)
        moved = line.change(
            "article", made["article"].id, author="991267242", parent=made["root"].id
        )
        assert moved.thing.parent == made["root"].id
        renamed = line.change("collection", below.id, **dotted(below, en__title="Money back"))
        assert renamed.thing.titles == {"en": "Money back", "id": "Dana"}
        assert renamed.thing.parent == made["root"].id
        line.send(wire.delete(line.dialect, "collection", below.id))
        known = {("collection", below.id): "billing/refunds"}
        assert line.see(known).gone == set(known)


def dotted(live, **changes):
    return {name.replace(".", "__"): text for name, text in live.thing.fields().items()} | changes


def test_reading_costs_as_many_requests_as_there_are_pages_of_250():
    with line_to("2.16") as line:
        author = looking.account(line.send).admin_id
        for number in range(251):
            line.make("article", author=author, en__title=f"A {number}", fr__title=f"F {number}")
        line.transport.sent.clear()
        observed = line.see(fin=False)
        assert len(observed.things) == 251
        assert line.transport.sent == {"GET": 1 + 2}


@pytest.mark.parametrize("version", ["2.16", "2.17", "Preview"])
def test_an_article_is_taken_out_of_its_collection(version):
    with line_to(version) as line:
        article = furnish(line)["article"]
        out = line.change("article", article.id, author="991267242", parent="")
        assert out.parents == ()
        assert out.thing.parent is None


@pytest.mark.parametrize("quirks", [[], ["pages-deleted-softly"]])
def test_a_deleted_page_is_gone_however_intercom_deletes(quirks):
    with line_to("2.12", quirks=quirks) as line:
        page = furnish(line)["page"]
        known = {("page", page.id): "refunds"}
        assert line.see(known).things["page", page.id].thing.key == "refunds"
        line.send(wire.delete(line.dialect, "page", page.id))
        observed = line.see(known)
        assert observed.gone == set(known)
        assert ("page", page.id) not in observed.things


def test_saving_a_page_again_changes_it_and_makes_no_second_one():
    with line_to("2.12") as line:
        page = furnish(line)["page"]
        again = line.change("page", page.id, **dotted(page, title="New", agent="no"))
        assert again.id == page.id
        assert (again.thing.title, again.thing.fin.agent) == ("New", False)
        assert len(line.center.rows("page")) == 1


@pytest.mark.parametrize("fault", ["500-after", "drop-after", "truncate", "not-json"])
def test_a_create_whose_answer_was_lost_is_in_doubt_and_was_carried_out_once(fault):
    with line_to() as line:
        line.center.faults.add(fault, method="POST")
        with pytest.raises(RemoteError) as refusal:
            line.make("collection", parent="", en__title="Billing")
        assert refusal.value.doubtful
        assert len(line.center.rows("collection")) == 1


@pytest.mark.parametrize(
    "fault", ["429", "500", "503-html", "405-captcha", "drop-before", "drop-after", "truncate"]
)
def test_an_update_outlives_a_bad_moment(fault):
    with line_to() as line:
        article = furnish(line)["article"]
        line.center.faults.add(fault, method="PUT")
        changed = line.change("article", article.id, author="991267242", en__title="Changed")
        assert changed.thing.translations["en"].title == "Changed"
        assert line.transport.sent["PUT"] == 2


def test_who_we_are_and_whom_we_may_name_as_author():
    with line_to(workspace_id="acme1") as line:
        account = looking.account(line.send)
        assert (account.workspace, account.email) == ("acme1", "docs@example.com")
        admins = {admin.email: admin.id for admin in looking.admins(line.send)}
        with pytest.raises(Unauthorized, match="refused the author"):
            line.make("article", author=admins["cleo@example.com"], en__title="T")
        (center,) = looking.help_centers(line.send, line.dialect)
        assert center.default
        assert "fr" in center.locales


def test_a_wrong_token_is_told_as_one_and_not_shown():
    with line_to(says="wrong-token-42", token="right") as line:
        with pytest.raises(Unauthorized, match="does not accept the token") as refusal:
            looking.account(line.send)
        assert "wrong-token-42" not in str(refusal.value)
