"""What the two words of `publisher mv` mean; nothing is moved here."""

from pathlib import Path

import pytest

from publisher.config import Config
from publisher.errors import ConfigError
from publisher.source import load
from publisher.workflow.moves.destinations import Way, way

FILES = {
    "en/billing/_index.md": b"---\ntitle: Billing\n---\n",
    "en/billing/refunds.md": b"# Refunds\n\nText.\n",
    "en/billing/pinned.md": b"---\ntitle: Pinned\nkey: nailed\n---\n\nText.\n",
    "en/orders/cancel.md": b"# Cancel\n\nText.\n",
    "en/both.md": b"# Both\n\nText.\n",
    "en/both/one.md": b"# One\n\nText.\n",
    "fin/handbook/_source.md": b"---\ntitle: H\nurl: https://example.com\n---\n",
    "fin/handbook/en/rules.md": b"# Rules\n\nText.\n",
}


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    folder = tmp_path_factory.mktemp("words")
    for name, raw in FILES.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    return Config(root=folder)


@pytest.fixture(scope="module")
def loaded(config):
    return load(config.content_folder, config.rules)


def asked(old, new, loaded, config, monkeypatch):
    monkeypatch.chdir(config.root)
    here = Config(root=Path())
    return way(old, new, loaded, here)


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [
        ("billing/refunds", "orders/x", ("article", "billing/refunds", "orders/x")),
        ("article:billing/refunds", "article:x", ("article", "billing/refunds", "x")),
        ("content/en/billing/refunds.md", "orders/x", ("article", "billing/refunds", "orders/x")),
        ("content/fr/billing/refunds.md", "x", ("article", "billing/refunds", "x")),
        ("./content/en/billing/refunds", "content/en/x.md", ("article", "billing/refunds", "x")),
        ("nailed", "x", ("article", "billing/pinned", "x")),
        ("billing/pinned", "x", ("article", "billing/pinned", "x")),
        ("billing/refunds", "orders/", ("article", "billing/refunds", "orders/refunds")),
        ("billing/refunds", "brand/new/", ("article", "billing/refunds", "brand/new/refunds")),
        ("billing/refunds", "content/en/orders", ("article", "billing/refunds", "orders/refunds")),
        ("billing/refunds", "content/en/", ("article", "billing/refunds", "refunds")),
        ("billing/refunds", "/", ("article", "billing/refunds", "refunds")),
        ("billing/refunds", "./", ("article", "billing/refunds", "refunds")),
        ("billing", "pay", ("collection", "billing", "pay")),
        ("billing/", "pay", ("collection", "billing", "pay")),
        ("billing/refunds", ".", ("article", "billing/refunds", "refunds")),
        ("billing", "pay/", ("collection", "billing", "pay")),
        ("billing", "orders/", ("collection", "billing", "orders/billing")),
        ("content/en/billing/", "content/en/orders", ("collection", "billing", "orders/billing")),
        ("content/en/billing/_index.md", "pay", ("collection", "billing", "pay")),
        ("collection:both", "x", ("collection", "both", "x")),
        ("article:both", "x", ("article", "both", "x")),
        ("content/en/both", "x", ("collection", "both", "x")),
        ("content/en/both.md", "x", ("article", "both", "x")),
        ("handbook/rules", "handbook/x", ("page", "handbook/rules", "handbook/x")),
        ("content/fin/handbook/en/rules.md", "content/fin/handbook/en/x.md",
         ("page", "handbook/rules", "handbook/x")),
        ("handbook", "book", ("source", "handbook", "book")),
        ("content/fin/handbook/_source.md", "book", ("source", "handbook", "book")),
    ],
)  # fmt: skip
def test_keys_and_paths_mean_the_same_and_a_folder_that_is_there_is_moved_into(
    old, new, meant, loaded, config, monkeypatch
):
    assert asked(old, new, loaded, config, monkeypatch) == Way(*meant)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("billing/refund", "x", "there is no “billing/refund” in the content. Did you mean"),
        ("both", "x", "may be article:both or collection:both; say which"),
        ("billing/refunds", "orders", "To move into it, write orders/."),
        ("billing", "billing/deeper", "into itself"),
        ("billing/refunds", "billing/refunds", "is there already"),
        ("billing/refunds", "", "NEW is empty"),
        ("billing/refunds", "../out", "“../out” cannot be a key"),
        ("billing/refunds", ".hidden", "begin with a dot"),
        ("billing/refunds", "x.md", "cannot be a key"),
        ("billing/refunds", "orders/.hidden", "begin with a dot"),
        ("billing/refunds", "orders/_index", "are no articles"),
        ("content/en/billing/form.png", "x", "is no article"),
        ("handbook/rules", "manual/rules", "another source"),
        ("handbook", "hand/book", "has no slash"),
    ],
)
def test_words_that_cannot_be_followed_are_refused_with_a_reason(
    old, new, said, loaded, config, monkeypatch
):
    with pytest.raises(ConfigError) as refusal:
        asked(old, new, loaded, config, monkeypatch)
    assert said in str(refusal.value)
