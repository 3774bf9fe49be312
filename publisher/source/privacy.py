"""What must not become public: secrets, and the addresses of people. Pure.

A help center is public the moment it is published, and a secret in it is lost. Only what is
recognized by its form counts: a guess from how random a word looks would cry wolf on every
digest and id. No finding repeats a secret; it shows up in logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from publisher.body.vocabulary import names
from publisher.model import Problem
from publisher.source.rules import Finding

RULE = "secret"


class _Form(NamedTuple):
    """A kind of secret: what every one holds, and what it looks like (group 1: the secret)."""

    name: str
    hint: str
    form: re.Pattern[str]


def _form(name: str, hint: str, form: str) -> _Form:
    return _Form(name, hint, re.compile(rf"(?<![A-Za-z0-9_-])({form})(?![A-Za-z0-9_-])"))


_FORMS = (
    _form("an access token of Intercom", "dG9r", r"dG9rO[A-Za-z0-9+/_-]{40,}={0,2}"),
    *(_form("a token of GitHub", f"gh{k}_", rf"gh{k}_[A-Za-z0-9]{{36,}}") for k in "pousr"),
    _form("a token of GitHub", "github_pat_", r"github_pat_[A-Za-z0-9_]{40,}"),
    _form("a token of GitLab", "glpat-", r"glpat-[A-Za-z0-9_.-]{20,}"),
    _form("an access key of AWS", "AKIA", r"AKIA[A-Z2-7]{16}"),
    _form("an access key of AWS", "ASIA", r"ASIA[A-Z2-7]{16}"),
    _form("a token of Slack", "xox", r"xox[abeprs]-(?=[A-Za-z-]*\d)[A-Za-z0-9-]{20,}"),
    _form("a token of Slack", "xapp-", r"xapp-\d-[A-Za-z0-9-]{20,}"),
    _form("a key of Stripe", "k_live_", r"[sr]k_live_[A-Za-z0-9]{16,}"),
    _form("a key of Stripe", "k_test_", r"[sr]k_test_[A-Za-z0-9]{16,}"),
    _form("a signing secret of Stripe", "whsec_", r"whsec_[A-Za-z0-9]{24,}"),
    _form("a key of Google", "AIza", r"AIza[A-Za-z0-9_-]{35}"),
    _form("a client secret of Google", "GOCSPX-", r"GOCSPX-[A-Za-z0-9_-]{28}"),
    _form("a key of OpenAI", "sk-", r"sk-(?:proj-)?[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}"),
    _form("a key of Anthropic", "sk-ant-", r"sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{80,}"),
    _form("a key of SendGrid", "SG.", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    _form("a token of npm", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _form("a token of PyPI", "pypi-", r"pypi-AgE[A-Za-z0-9_-]{50,}"),
    _form(
        "a JSON Web Token",
        "eyJ",
        r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}",
    ),
    _Form(
        "a webhook of Slack",
        "hooks.slack.com",
        re.compile(r"hooks\.slack\.com/services/(T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{16,})"),
    ),
    _Form(
        "a secret key of AWS",
        "ecret",
        re.compile(
            r"(?i:aws_?secret_?access_?key)[\"']?\s*[=:]\s*[\"']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])"
        ),
    ),
    _Form(
        "a private key",
        "PRIVATE KEY",
        re.compile(
            r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----\s(?:[^\n]*\n){0,4}?\s*"
            r"([A-Za-z0-9+/]{48,})"
        ),
    ),
    _Form(
        "a token for a request",
        "uthorization",
        re.compile(
            r"(?i:authorization[\"']?\s*[:=]\s*[\"'`]?(?:bearer|token))\s+"
            r"(?=[A-Za-z._~+/-]*\d)(?=[\d._~+/-]*[A-Za-z])([A-Za-z0-9._~+/-]{20,}=*)"
        ),
    ),
)
"""Sources: what these services document of the forms of their secrets."""
_STAND_INS = re.compile(
    r"example|x{4}|\.{3}|\*{3}|your|placeholder|redacted|changeme|dummy|fake|sample|secret"
    r"|token|12345678|01234567|abcdefg|deadbeef|eyJzdWIiOiIxMjM0NTY3ODkw|4eC39HqLyjWDarjtT1zdp7dc",
    re.IGNORECASE,
)
"""What documentation writes in the place of a secret; the last two are jwt.io's and Stripe's."""
_FEW = 8
"""Different characters that a secret has at least; a row of zeros is none."""


def secrets(path: str, text: str) -> Iterator[Finding]:
    """Yield one finding for each secret in a file, without the secret."""
    told: set[tuple[int, str]] = set()
    for name, hint, form in _FORMS:
        for found in form.finditer(text) if hint in text else ():
            line = text.count("\n", 0, found.start(1)) + 1
            if _is_real(found[1]) and (line, found[1]) not in told:
                told.add((line, found[1]))
                yield _secret(path, line, name, found[1])


def _is_real(secret: str) -> bool:
    return not _STAND_INS.search(secret) and len(set(secret)) >= _FEW


def _secret(path: str, line: int, name: str, secret: str) -> Finding:
    what = f"This looks like {name} ({secret[:4]}…, {len(secret)} characters)."
    advice = (
        "Revoke it, for it stays in the history of the repository; write `<token>` in its place."
    )
    return Finding(RULE, path, what, advice, line)


def masked(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Take secrets out of what other findings in their files say: one may quote the same link."""
    paths = {each.spot.path for each in problems if each.rule == RULE and each.spot}
    return tuple(
        replace(each, what=_without_secrets(each.what), advice=_without_secrets(each.advice))
        if each.spot and each.spot.path in paths
        else each
        for each in problems
    )


def _without_secrets(text: str) -> str:
    for _, hint, form in _FORMS:
        for found in form.findall(text) if hint in text else ():
            text = text.replace(found, f"{found[:4]}…") if _is_real(found) else text
    return text


# Addresses ------------------------------------------------------------------------------------

_LOCAL = re.compile(r"[A-Za-z0-9](?:[\w.+-]*[A-Za-z0-9+_-])?\Z")
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[A-Za-z]{2,24}(?![\w-]|\.\w)")
_WORD = re.compile(r"[^\s<>\"'`(),;|\[\]]*\Z")
_LONGEST = 64
"""Characters before the @. Source: RFC 5321, 4.5.3.1.1."""
_ROLES = names(
    "abuse accessibility accounting accounts admin administrator admissions ads advertising api "
    "api-support apps assistance ayuda billing bonjour booking bookings bot bugs career careers "
    "cert ciao ciso claims commits community compliance conduct contact contacto contato core "
    "csirt customer customercare customers customerservice data datenschutz dev developer "
    "developers devrel devs dmarc docs donations donotreply dpo ec2-user editor editorial editors "
    "enquiries events feedback finance gdpr git group groups hallo hello help helpdesk hi hilfe "
    "hola hostmaster hq hr incidents info inquiries integrations investors ir it jobs kontakt "
    "kundenservice legal list lists mail mailer mailer-daemon maintainers marketing media members "
    "membership news newsletter newsroom no-reply noc noreply notification notifications office "
    "ombuds ops order orders partner partners partnerships payments phishing post postmaster pr "
    "press privacy project projects psirt public recruiting refunds report reports research "
    "reservations returns root sales security service servicio shipping soc soporte spam status "
    "students subscribe success suporte support sysadmin team tech training trust ubuntu "
    "unsubscribe vendor volunteers webmaster"
)
_NOBODY = names(
    "alice bar bob e-mail email example first.last firstname.lastname foo jane jane.doe janedoe "
    "john john.doe johndoe me myname name somebody someone test tester user user1 user2 username "
    "you your your-email your.name your_email your_name youremail yourname"
)
_NOWHERE = names(
    "acme company domain example my-company mycompany mydomain myorg website your-company your- "
    "domain your-org yourcompany yourdomain yourorg yoursite"
)
_RESERVED = names("example test invalid localhost local internal")
"""Sources: RFC 2606, RFC 6761, RFC 6762."""
_FILES = names("png jpg jpeg gif svg webp avif js css md html json yml yaml zip tgz gz")


def addresses(path: str, text: str, first_line: int, allowed: Sequence[str]) -> Iterator[Finding]:
    """Yield one finding for each address of a person; roles and examples are nobody's.

    first_line  the file's line on which `text` begins.
    allowed     addresses, and domains with all below them.
    """
    if "@" not in text:
        return
    told: set[str] = set()
    fine = {each.casefold().lstrip("@") for each in allowed}
    for local, domain, place in _mailboxes(text):
        address = f"{local}@{domain}"
        if address.casefold() in told or _is_nobodys(local, domain) or _is_allowed(address, fine):
            continue
        told.add(address.casefold())
        line = first_line + text.count("\n", 0, place)
        what = f"{address} looks like the address of a person; it would be public."
        advice = "Give the address of a team, or `allow` it for this rule in publisher.toml."
        yield Finding("email-address", path, what, advice, line)


def _mailboxes(text: str) -> Iterator[tuple[str, str, int]]:
    place = text.find("@")
    while place >= 0:
        before = text[max(0, place - 2 * _LONGEST) : place]
        local, domain = _LOCAL.search(before[-_LONGEST:]), _DOMAIN.match(text, place + 1)
        if local and domain and _stands_alone(before, local[0]):
            yield local[0], domain[0], place
        place = text.find("@", place + 1)


def _stands_alone(before: str, local: str) -> bool:
    """Whether nothing before it makes it part of an address on the web, or of a handle."""
    word = _WORD.search(before)
    rest = word[0][: -len(local)] if word else ""
    return "//" not in rest and not rest.endswith(("@", "/", "="))


def _is_nobodys(local: str, domain: str) -> bool:
    name, labels = local.casefold().partition("+")[0], domain.casefold().split(".")
    if labels[-1] in _RESERVED | _FILES or _NOWHERE & set(labels[:-1]):
        return True
    parts = {name, *re.split(r"[._-]", name)}
    return bool(parts & _ROLES) or name in _NOBODY


def _is_allowed(address: str, allowed: set[str]) -> bool:
    address = address.casefold()
    domain = address.rpartition("@")[2]
    return any(domain == each or domain.endswith(f".{each}") for each in allowed) or (
        address in allowed
    )
