"""The same reference bound twice: to what it is, and to where it stands."""

from dataclasses import replace

from publisher.body.refs import Reference
from publisher.model import Key, Ref
from publisher.plan.addresses import Addresses

CANCEL = Ref("article", Key("cancel"))
BILLING = Ref("collection", Key("billing"))
KNOWN = Addresses(
    default_locale="en",
    ids={CANCEL: "5", BILLING: "9"},
    urls={CANCEL: {"en": "https://h/en/articles/5-cancel"}, BILLING: {"": "https://h/c/9"}},
    headings={CANCEL: {"en": {"h_ours": "h_theirs"}}},
)
LINK = Reference("article", "cancel")


def test_an_identity_is_id_locale_and_heading_never_an_address():
    assert KNOWN.identity("en")(LINK) == "article:5:en"
    assert KNOWN.identity("en")(Reference("article", "cancel", "h_ours")) == "article:5:en#h_theirs"
    assert KNOWN.identity("en")(Reference("collection", "billing")) == "collection:9:"


def test_an_address_is_what_readers_open():
    assert KNOWN.url("en")(LINK) == "https://h/en/articles/5-cancel"
    anchored = Reference("article", "cancel", "h_ours")
    assert KNOWN.url("en")(anchored) == "https://h/en/articles/5-cancel#h_theirs"
    assert KNOWN.url("fr")(Reference("collection", "billing")) == "https://h/c/9"


def test_a_link_leads_to_the_readers_language_where_it_is_public_else_to_the_default():
    french = replace(KNOWN, urls={CANCEL: {"en": "/en", "fr": "/fr"}})
    assert french.url("fr")(LINK) == "/fr"
    assert KNOWN.url("fr")(LINK) == "https://h/en/articles/5-cancel"
    assert french.identity("fr")(LINK) != french.identity("en")(LINK)


def test_what_is_not_public_has_neither():
    hidden = replace(KNOWN, urls={})
    assert hidden.url("en")(LINK) is None
    assert hidden.identity("en")(LINK) is None


def test_an_image_is_its_digest_when_comparing_and_its_public_name_when_sending():
    image = Reference("asset", "0123456789abcdef/a b.png")
    assert KNOWN.identity("en")(image) == "asset:0123456789abcdef"
    assert KNOWN.url("en")(image) is None
    hosted = KNOWN.with_assets(lambda asset: f"https://cdn/{asset.public_name}")
    assert hosted.url("en")(image) == "https://cdn/a b.01234567.png"


def test_a_promise_counts_when_comparing_but_has_no_address_yet():
    new = replace(KNOWN, ids={}, urls={}, promised=frozenset({(CANCEL, "en")}))
    assert new.identity("en")(LINK) == "article:new:cancel:en"
    assert new.url("en")(LINK) is None
    assert new.waits(LINK, "en")
    assert not KNOWN.waits(LINK, "en")


def test_what_will_be_withdrawn_counts_as_gone_when_comparing():
    leaving = replace(KNOWN, withdrawn=frozenset({(CANCEL, "en")}))
    assert leaving.identity("en")(LINK) is None
    assert leaving.waits(LINK, "en")


def test_images_never_wait():
    assert not KNOWN.waits(Reference("asset", "0123456789abcdef/a.png"), "en")
