"""What differs between versions."""

import pytest

from publisher.errors import ConfigError
from publisher.intercom.dialect import VERSIONS, dialect


def test_every_version_from_2_7_to_preview_is_spoken():
    assert VERSIONS[0] == "2.7"
    assert VERSIONS[-2:] == ("2.17", "Preview")
    assert len(VERSIONS) == 12
    assert [dialect(version).version for version in VERSIONS] == list(VERSIONS)


@pytest.mark.parametrize(
    ("fact", "versions"),
    [
        ("sections", {"2.7", "2.8", "2.9"}),
        ("pages", {*VERSIONS} - {"2.7", "2.8", "2.9", "2.10", "2.11"}),
        ("article_parent_in_reply", {*VERSIONS} - {"2.16", "2.17", "Preview"}),
        ("article_parents", {"2.16", "2.17", "Preview"}),
        ("sales_flag", {"2.17", "Preview"}),
    ],
)
def test_a_fact_holds_in_exactly_these_versions(fact, versions):
    assert {version for version in VERSIONS if getattr(dialect(version), fact)} == versions


@pytest.mark.parametrize(
    ("ability", "versions"),
    [
        ("pages", {*VERSIONS} - {"2.7", "2.8", "2.9", "2.10", "2.11"}),
        ("page_locales", {"2.17", "Preview"}),
        ("icons", {"2.17", "Preview"}),
        ("unparent", {"2.16", "2.17", "Preview"}),
    ],
)
def test_the_planner_is_told_what_a_version_can(ability, versions):
    can = {version for version in VERSIONS if getattr(dialect(version).abilities, ability)}
    assert can == versions


def test_collections_nest_two_deep_where_the_second_level_is_sections():
    depths = {version: dialect(version).abilities.depth for version in VERSIONS}
    assert {version for version, depth in depths.items() if depth == 2} == {"2.7", "2.8", "2.9"}
    assert set(depths.values()) == {2, 3}


@pytest.mark.parametrize(
    ("typed", "meant"), [("preview", "Preview"), ("2.1O", "2.1"), ("2.70", "2.7"), ("2,16", "2.16")]
)
def test_an_unknown_version_is_refused_with_the_nearest_one(typed, meant):
    with pytest.raises(ConfigError, match=rf"Did you mean {meant}") as refusal:
        dialect(typed)
    assert typed in str(refusal.value)


def test_a_version_like_no_other_gets_no_guess():
    with pytest.raises(ConfigError) as refusal:
        dialect("latest-and-greatest")
    assert "Did you mean" not in str(refusal.value)
    assert "2.7 to 2.17 and Preview" in str(refusal.value)
