"""Secrets and addresses of people are found by their form, and no secret is repeated."""

from __future__ import annotations

import pytest

REAL = "w7Kq2Zt9RmB4xVn8Lc5Hd1Pf3Gs6Jy0AeUiO"
SECRETS = {
    "github": "ghp_" + REAL,
    "fine-grained": "github_pat_" + REAL + REAL,
    "gitlab": "glpat-" + REAL[:20],
    "aws": "AKIA" + "QX7RMZ2LWPV5TNKD",
    "aws-secret": "aws_secret_access_key = " + REAL + "/+aB",
    "slack": "xoxb-" + "804713962551-" + REAL[:24],
    "webhook": "https://hooks.slack.com/services/T0F3K8Q2L/B7M1X9R4Z/" + REAL[:24],
    "stripe": "sk_live_" + REAL[:24],
    "google": "AIza" + REAL[:35],
    "intercom": "dG9rO" + REAL + REAL[:12] + "=",
    "jwt": "eyJhbGciOiJSUzI1NiJ9." + "eyJ1c2VyIjoiNDIxIn0." + REAL,
    "bearer": "Authorization: Bearer " + REAL,
    "key": "-----BEGIN RSA " + "PRIVATE KEY-----\n" + REAL + REAL,
}
STAND_INS = [
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "Authorization: Bearer <token>",
    "Authorization: Bearer YOUR_ACCESS_TOKEN_GOES_HERE_1",
    "Authorization: Bearer …",
    "-----BEGIN " + "PRIVATE KEY-----\n...\n-----END " + "PRIVATE KEY-----",
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "pk_live_" + REAL[:24],
    "sk-learn and xoxo-and-kisses-for-everybody-here",
]


def text(content, body, meta=""):
    content.add({"en/b/a.md": f"---\ntitle: A\n{meta}---\n\n{body}\n"})


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_an_error_that_does_not_repeat_it(content, secret):
    text(content, f"```\n{secret}\n```")
    problem = content.the("secret")
    assert problem.severity == "error"
    assert problem.spot.line == 6 + secret.count("\n")
    assert REAL[:8] not in str(problem)


def test_no_other_finding_of_the_file_repeats_it_either(content):
    text(content, f"[x](gone.md?token={SECRETS['gitlab']})")
    problems = content.load(advice=True).problems
    assert {each.rule for each in problems} == {"secret", "link-unresolved"}
    assert REAL[:8] not in str(problems)


@pytest.mark.parametrize("stand_in", STAND_INS)
def test_what_stands_for_a_secret_is_none(content, stand_in):
    text(content, f"```\n{stand_in}\n```")
    assert content.problems() == []


def addresses(content, body, **rules):
    text(content, body)
    loaded = content.load(advice=True, **rules)
    return [p.what.split()[0] for p in loaded.problems if p.rule == "email-address"]


@pytest.mark.parametrize(
    "body",
    [
        "maria.lopez@wayfarer.travel",
        "[her](mailto:maria.lopez@wayfarer.travel?subject=x)",
        "<maria.lopez@wayfarer.travel>",
        "`maria.lopez@wayfarer.travel`, again maria.lopez@wayfarer.travel.",
    ],
)
def test_the_address_of_a_person_is_told_once(content, body):
    assert addresses(content, body) == ["maria.lopez@wayfarer.travel"]


@pytest.mark.parametrize(
    "body",
    [
        "support@wayfarer.travel, no-reply@wayfarer.travel, support-emea+fr@wayfarer.travel",
        "jane.smith@example.com, jane@mail.example.org, x@host.test, you@yourcompany.com",
        "git@github.com:a/b.git, https://maria@wayfarer.travel/x, https://medium.com/@maria",
        "@maria@mastodon.social, lodash@4.17.21, logo@2x.png, user@host, a @ b.com",
        "https://cdn.test/npm/vue@next.js, postgres://maria:pw@db.wayfarer.travel/x",
    ],
)
def test_roles_examples_and_what_only_looks_like_an_address_are_nobodys(content, body):
    assert addresses(content, body) == []


def test_addresses_and_domains_can_be_allowed(content):
    body = "maria@wayfarer.travel, maria@eu.wayfarer.travel, maria@other.travel, jo@third.travel"
    allow = {"email-address": {"allow": ["@Wayfarer.travel", "maria@other.travel"]}}
    assert addresses(content, body, options=allow) == ["jo@third.travel"]


def test_the_author_of_an_article_may_be_named_by_address(content):
    text(content, "Text.", meta="author: maria.lopez@wayfarer.travel\n")
    assert content.load(advice=True).problems == ()


def test_an_option_that_changes_is_heeded_though_the_file_did_not(content):
    assert addresses(content, "maria@wayfarer.travel") == ["maria@wayfarer.travel"]
    allow = {"email-address": {"allow": ["wayfarer.travel"]}}
    assert addresses(content, "maria@wayfarer.travel", options=allow) == []
