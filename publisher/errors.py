"""Every error a user can meet, and the exit code it ends the run with.

An error says what is wrong, where, and what to do now; the evidence stays on it
as attributes. It is raised where the fact is known and caught once, in
`cli.main.main()`. Faults in content are no errors but `model.Problem`s, collected
and raised together as `ContentRefused`.

The exit codes are a promise to scripts (docs/exit-codes.md); never reuse one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.model import Problem

FINE = 0
FAILED = 1
CHANGES_PENDING = 2
CONTENT_REFUSED = 3
STALE = 4
PARTLY_APPLIED = 5
SAFETY_STOP = 6
LOCKED = 7
TYPED_WRONGLY = 64
INTERRUPTED = 130


class PublisherError(Exception):
    """Something a user can understand and act on; its text is shown as it stands."""

    exit_code = FAILED


class ConfigError(PublisherError):
    """publisher.toml, the environment or the command line says something we cannot follow."""

    exit_code = TYPED_WRONGLY


class ContentRefused(PublisherError):
    """Faults in the content; neither files nor the help center were changed."""

    exit_code = CONTENT_REFUSED

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = sum(problem.severity == "error" for problem in problems)
        errors = "1 error" if count == 1 else f"{count} errors"
        super().__init__(f"the content has {errors}; nothing was changed. Mend the lines above.")
        self.problems = tuple(problems)


class StalePlan(PublisherError):
    """A plan, or a checkout, that the world has overtaken."""

    exit_code = STALE


class SafetyStop(PublisherError):
    """More would be removed than the target allows, or a guard could not be satisfied."""

    exit_code = SAFETY_STOP


class PolicyError(SafetyStop):
    """A team's own rule over plans could not be asked, so it has not agreed."""


class Locked(PublisherError):
    """Another run holds the ledger's lock."""

    exit_code = LOCKED


class LedgerError(PublisherError):
    """The ledger or journal cannot be read or written."""


class RemoteError(PublisherError):
    """The help center did not do what we asked.

    status    HTTP status, or 0 when no answer arrived.
    code      Intercom's error code ("parameter_invalid"), or "".
    doubtful  True when the request may have been carried out all the same.
    """

    def __init__(
        self, message: str, *, status: int = 0, code: str = "", doubtful: bool = False
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.doubtful = status, code, doubtful


class NotFound(RemoteError):
    """A 404: the thing is not there (any more)."""


class Unauthorized(RemoteError):
    """The token is wrong, lacks a scope, or the named author may not write."""
