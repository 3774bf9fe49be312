"""The schemas that editors read promise what the loader accepts, and describe every key."""

import json
import tomllib
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from publisher.config import TARGET, TOP, load
from publisher.errors import ConfigError
from publisher.source import RULES
from publisher.source.meta import KEYS
from publisher.workflow import schemas

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def config():
    made = schemas.schema("config")
    Draft202012Validator.check_schema(made)
    return made


def properties(schema, *path):
    for name in path:
        schema = schema["properties"][name]
    return schema["properties"]


def test_every_key_that_people_type_has_a_sentence_about_it(config):
    said = {
        "top": (properties(config), TOP),
        "target": (config["properties"]["targets"]["additionalProperties"]["properties"], TARGET),
        "lint": (properties(config, "lint"), RULES),
        "frontmatter": (schemas.schema("frontmatter")["properties"], KEYS),
        "redirects": (schemas.schema("redirects")["items"]["properties"], {"from", "to"}),
    }
    for where, (described, keys) in said.items():
        assert described.keys() >= set(keys), where
        assert all(len(about["description"]) > 5 for about in described.values()), where


@pytest.mark.parametrize(
    "text",
    [
        'content = "docs"',
        'locales = ["en", "pt-BR"]',
        'default_state = "draft"',
        'editor = "zed"',
        'editor = "mine://open?file={path}"',
        '[lint]\nlink-unresolved = "off"',
        '[lint.link-unresolved]\nseverity = "warning"',
        '[translations]\nstale = "warn"\nfr = "block"',
        '[policy]\nfiles = ["policy/*.py"]',
        '[frontmatter]\nignore = ["weight"]\naliases = { summary = "description" }',
        '[targets.live]\nkind = "intercom"\nmax_removals = 5\nledger = "s3://bucket/prefix"',
        '[targets.live]\nkind = "intercom"\nmax_removals = "20%"\nrate_share = 0.5',
        '[targets.live]\nkind = "intercom"\nassets_url = "https://cdn.example.com/{name}"',
        '[targets.live]\nkind = "intercom"\nconcurrency = 64\nlisting_lag = 20',
    ],
)
def test_what_the_loader_reads_the_schema_allows(config, tmp_path, text):
    (tmp_path / "publisher.toml").write_text(text)
    load(tmp_path, environment={})
    Draft202012Validator(config).validate(tomllib.loads(text))


@pytest.mark.parametrize(
    "text",
    [
        'contents = "docs"',
        "content = 1",
        'locales = ["xx"]',
        'default_state = "live"',
        'editor = "notepad"',
        '[lint]\nlink-unresolved = "fatal"',
        '[lint.link-unresolved]\nseverity = "fatal"',
        '[translations]\nstale = "never"',
        '[translations]\nxx = "warn"',
        '[policy]\nfiles = "policy.py"',
        '[policy]\nrules = ["x"]',
        '[frontmatter]\nignored = ["weight"]',
        "[frontmatter]\naliases = { summary = 1 }",
        '[targets.live]\nregion = "moon"',
        '[targets.live]\nmax_removals = "many"',
        "[targets.live]\nconcurrency = 65",
        "[targets.live]\nlisting_lag = 601",
        '[targets.live]\nledger = "ftp://x"',
        '[targets.live]\nassets = "gs://x"',
        '[targets.live]\nassets_url = "https://cdn.example.com/x"',
        '[targets.live]\ntoken_env = "dG9rOm9yZw=="',
    ],
)
def test_what_the_loader_refuses_the_schema_refuses(config, tmp_path, text):
    (tmp_path / "publisher.toml").write_text(text)
    with pytest.raises(ConfigError):
        load(tmp_path, environment={})
    assert not Draft202012Validator(config).is_valid(tomllib.loads(text))


def test_a_rule_is_tuned_by_what_it_says_it_can_be_tuned_with(config):
    validator = Draft202012Validator(config)
    for name, rule in RULES.items():
        for option, value in rule.options.items():
            said = list(value) if isinstance(value, tuple) else value
            assert validator.is_valid({"lint": {name: {option: said}}})
            assert not validator.is_valid({"lint": {name: {option: {}}}})
        assert not validator.is_valid({"lint": {name: {"no-such-option": 1}}})


def test_redirects_have_a_shape_that_editors_know():
    validator = Draft202012Validator(schemas.schema("redirects"))
    assert validator.is_valid(yaml.safe_load("- from: old\n  to: billing/refunds\n  locale: fr\n"))
    assert validator.is_valid(yaml.safe_load(""))
    assert not validator.is_valid(yaml.safe_load("- from: old\n"))
    assert not validator.is_valid(yaml.safe_load("- from: old\n  to: x\n  too: y\n"))


def test_schemas_for_editors_are_written_and_left_alone_while_they_are_true(tmp_path):
    written = schemas.write(tmp_path / "schema")
    assert sorted(path.name for path in written) == [
        "config.json",
        "frontmatter.json",
        "redirects.json",
    ]
    assert json.loads(written[0].read_text())["$schema"]
    assert schemas.write(tmp_path / "schema") == ()
