"""What Git's words mean, for people who only wanted to publish.

Only what Git, ssh, curl or the usual hosts say in English is understood; anything else is quoted
as it stands. Nothing but the wording, and how often something is tried, depends on it.
"""

from __future__ import annotations

import re

from publisher.ledger.git_commands import BRANCH

PERMIT = (
    "Give it a token or key that may push; in GitHub Actions the job needs "
    "`permissions: contents: write`"
)
RETRY = "Check the network, then run the same command again"
PROTECTED = (
    "the remote does not let anybody push to this branch",
    f"Exempt the branch {BRANCH} from the rule or hook that protects it",
)
UNKNOWN_HOST = ("this machine does not know the key of the remote's host", "Add it to known_hosts")
UNKNOWN_USER = (
    "the remote does not accept the credentials, or there are none",
    f"Nobody is asked here, so an ssh-agent or a credential helper has to know them. {PERMIT}",
)
FORBIDDEN = ("the credentials do not permit it", PERMIT)
ABSENT = (
    "there is no such repository, or the credentials may not see it",
    "Check the address (git remote -v)",
)
FULL = (
    "the remote cannot store anything: its disk is full, or read-only",
    "Tell whoever runs it",
)
SILENT = ("the remote does not answer", RETRY)
BROKEN = ("the connection to the remote failed", RETRY)
OLD = ("this Git is too old", "Use 2.29 or a newer one")
SAID = {
    r"protected branch|GH006|GH013|rule violations|hook declined": PROTECTED,
    r"Host key verification failed": UNKNOWN_HOST,
    r"Authentication failed|could not read (Username|Password)|publickey": UNKNOWN_USER,
    r"error: 401|Access denied|Invalid username": UNKNOWN_USER,
    r"error: 403|Permission to .* denied|not allowed to|not granted": FORBIDDEN,
    r"insufficient permission|unpacker error|temporary object dir|No space left": FULL,
    r"permission denied|read.only": FORBIDDEN,
    r"error: 404|not found|does not appear to be a git repo|does not exist": ABSENT,
    r"no answer within": SILENT,
    r"resolve host|Failed to connect|Connection (refused|timed out|reset|closed)": BROKEN,
    r"unreachable|hung up|early EOF|timed out|unable to access|error: 5\d\d": BROKEN,
    r"unknown option|usage: git": OLD,
}


def is_passing(words: str) -> bool:
    """Whether it may go better in a moment: a broken connection, or one that was not made."""
    return _meaning(words) == BROKEN


def is_final(words: str) -> bool:
    """Whether it was refused for certain, and will be refused again."""
    return _meaning(words) not in (None, BROKEN, SILENT)


def explained(words: str, *, here: bool) -> str:
    """Say why a command failed and what to do, with the line of Git's that tells most.

    here  it failed in this clone, so the remote's reasons do not apply.
    """
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    telling = [line for line in lines if re.match(r"fatal:|error:|ERROR:|remote: \w|\[", line)]
    quote = (telling or lines or ["it failed without a word"])[0][:200].rstrip(".")
    meaning = None if here else _meaning(words)
    if meaning is None:
        return f"{quote}."
    reason, remedy = meaning
    return f"{reason} ({quote}). {remedy}."


def _meaning(words: str) -> tuple[str, str] | None:
    for pattern, meaning in SAID.items():
        if re.search(pattern, words, re.IGNORECASE):
            return meaning
    return None
