"""What a pipeline's jobs leave in the repository: the ledger, and proposals of what drifted.

Nothing is pushed by force but a branch of ours, and that one only while it is as we saw it and
holds nobody else's commits.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from publisher import forge
from publisher.config import Config, Target
from publisher.errors import ConfigError, PublisherError
from publisher.ledger.place import LEDGER
from publisher.pull.report import Report
from publisher.source.revision import folder_in_repository
from publisher.workflow import ledgers
from publisher.workflow.pulls import pulling
from publisher.workflow.pulls.choosing import Wish

PATIENCE = 120.0
"""Seconds that one Git command may take."""
TURNS = 5
"""How often a push is tried again because somebody else was faster."""
NOBODY = {"user.name": "publisher", "user.email": "publisher@localhost"}
_USERINFO = re.compile(r"(?<=://)[^/\s]*@")


class GitRefused(PublisherError):
    """Git did not do what a job needs; its words are in the message."""


# The ledger --------------------------------------------------------------------------------


def keep_ledger(config: Config, target: Target, branch: str) -> str:
    """Commit the ledger of a target and push it to `branch`; returns the commit, or "".

    A ledger on a branch of its own, or in a bucket, is kept there already. Where others pushed
    meanwhile, the commit is put on top of theirs; their files are not touched.

    Raises GitRefused, also when somebody else changed the ledger.
    """
    _check_branch(config.root, branch)
    place = ledgers.home(config, target).place
    path = Path(place.where(LEDGER)).absolute()
    if place.shared or target.kind == "local" or not path.is_file():
        return ""
    _git(config.root, "add", "--force", "--", str(path))
    if not _git(config.root, "status", "--porcelain", "--", str(path)):
        return ""
    message = f"{target.name}: what was published [skip ci]"
    _git(config.root, "commit", "--quiet", "--no-verify", "-m", message, "--", str(path))
    for turn in range(TURNS):
        pushed = _try(config.root, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        if not pushed:
            return _git(config.root, "rev-parse", "HEAD").strip()
        if turn + 1 < TURNS:
            _git(config.root, "fetch", "--quiet", "origin", f"refs/heads/{branch}")
            _put_on_top(config.root, branch)
    raise GitRefused(
        f"the ledger could not be pushed to {branch}: {pushed}\nWithout it the next apply does not "
        "know what was published. Let this job push there, or keep the ledger on a branch of its "
        'own: ledger = "git", then: publisher state upgrade'
    )


def _put_on_top(root: Path, branch: str) -> None:
    """Put the ledger's commit on top of what others pushed; theirs stays as it is."""
    if _try(root, "rebase", "--quiet", "--autostash", "FETCH_HEAD"):
        _git(root, "rebase", "--abort")
        raise GitRefused(
            f"the ledger on {branch} was changed by another run meanwhile, and nobody can tell "
            "from here which one knows more; it stays as it is there. Look what is live: publisher "
            'status. So that this cannot happen: ledger = "git", then: publisher state upgrade'
        )


# What was reviewed -------------------------------------------------------------------------


def reviewed_plan(config: Config) -> str | None:
    """Return the JSON of the plan of the pull request that was merged as this checkout's commit.

    None outside of a job that is told where the repository is discussed, or where it has none.
    """
    place = config.forge()
    if not place.kind:
        return None
    commit = _git(config.root, "rev-parse", "HEAD").strip()
    with asked_forge(config) as asked:
        plan = asked.plan_of(commit)
    return plan.decode("utf-8", "replace") if plan else None


@contextmanager
def asked_forge(config: Config) -> Iterator[forge.Forge]:
    """Open a way to where the repository is discussed. Raises ConfigError outside of a job."""
    place = config.forge()
    if not place.kind:
        raise ConfigError(
            "this is no job of GitHub Actions or GitLab CI, so there is nobody to ask: set "
            "GITHUB_REPOSITORY, or CI_API_V4_URL and CI_PROJECT_ID."
        )
    token = config.forge_token(place)
    with forge.connect(place.kind, api=place.api, project=place.project, token=token) as asked:
        yield asked


# What drifted ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Where what drifted is proposed. `base` "": the branch that is checked out."""

    branch: str
    base: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What the pull did, and the pull request it is in; "" where there was nothing to propose.

    withdrawn  what was proposed before is not so any more, and its branch was deleted.
    """

    report: Report
    url: str = ""
    withdrawn: bool = False


def propose_drift(
    config: Config,
    target: Target,
    proposal: Proposal,
    *,
    describe: Callable[[Report], str],
    patience: float = 0.0,
) -> Proposed:
    """Pull what was edited in Intercom, push it to a branch, open or renew its pull request.

    describe  words the pull request.

    Where nothing drifts any more, the branch is deleted: merged, it would bring back what somebody
    took back. The pull is made beside this checkout, which stays as it is. Raises GitRefused when
    somebody else committed to the branch, which their work must not be lost from.
    """
    root = config.root
    base = proposal.base or _git(root, "symbolic-ref", "--short", "HEAD").strip()
    _check_branch(root, proposal.branch)
    if proposal.branch == base:
        raise ConfigError(f"{base} cannot be proposed for itself; choose another --branch.")
    there = _ours(root, proposal.branch)
    with _beside(config) as copy:
        report = pulling.pull(copy, target, Wish(), patience=patience)
        commit = _commit(copy, target)
    if not commit and (not there or report.problems):
        return Proposed(report=report)
    if not commit or not there or _tree(root, there) != _tree(root, commit):
        lease = f"--force-with-lease=refs/heads/{proposal.branch}:{there}"
        _git(root, "push", "--quiet", lease, "origin", f"{commit}:refs/heads/{proposal.branch}")
    if not commit:
        return Proposed(report=report, withdrawn=True)
    with asked_forge(config) as asked:
        title = f"Edited in Intercom ({target.name})"
        return Proposed(
            report=report, url=asked.propose(proposal.branch, base, title, describe(report))
        )


@contextmanager
def _beside(config: Config) -> Iterator[Config]:
    """A second work tree of the commit that is checked out, entered as the first one was."""
    inside = folder_in_repository(config.root)
    root = config.root.absolute()
    with tempfile.TemporaryDirectory(prefix="publisher-drift-") as scratch:
        tree = Path(scratch) / "tree"
        _git(root, "worktree", "add", "--quiet", "--detach", str(tree), "HEAD")
        try:
            with chdir(tree / inside):
                yield replace(config, root=Path())
        finally:
            _git(root, "worktree", "remove", "--force", str(tree))


def _commit(config: Config, target: Target) -> str:
    """Commit what a pull wrote; returns the commit, or "" where that was nothing."""
    home = ledgers.home(config, target)
    written = (config.content_folder, home.pulled, Path(home.file.where(LEDGER)))
    for path in written:
        known = _git(config.root, "ls-files", "-z", "--", str(path))
        if path.exists() or known:
            _git(config.root, "add", "--all", "--force", "--", str(path))
    if not _git(config.root, "diff", "--cached", "--name-only"):
        return ""
    message = f"What was edited in Intercom ({target.name})"
    _git(config.root, "commit", "--quiet", "--no-verify", "-m", message)
    return _git(config.root, "rev-parse", "HEAD").strip()


def _ours(root: Path, branch: str) -> str:
    """The commit of our branch on the remote, or ""; refuses one with other people's commits."""
    head = _git(root, "ls-remote", "origin", f"refs/heads/{branch}").partition("\t")[0]
    if not head:
        return ""
    _git(root, "fetch", "--quiet", "origin", f"refs/heads/{branch}")
    said = _git(root, "log", "--format=%ce", head, "--not", "HEAD", "--").split()
    if set(said) - {NOBODY["user.email"]}:
        raise GitRefused(
            f"somebody committed to {branch}, and a new pull would replace their commits. Merge "
            "its pull request, or close it and delete the branch; then run this again."
        )
    return head


def _tree(root: Path, commit: str) -> str:
    """What a commit holds and what it is built on: a renewed base is pushed, too."""
    return _git(root, "rev-parse", f"{commit}^{{tree}}", f"{commit}^")


# Git ---------------------------------------------------------------------------------------


def _check_branch(root: Path, branch: str) -> None:
    if branch.startswith("-") or _try(root, "check-ref-format", "--branch", branch):
        raise ConfigError(f"{branch!r} is no name of a branch.")


def _git(root: Path, *arguments: str) -> str:
    """Run Git and return what it printed. Raises GitRefused with its words."""
    done = _run(root, *arguments)
    if done.returncode != 0:
        raise GitRefused(f"git {arguments[0]}: {_words(done)}")
    return done.stdout


def _try(root: Path, *arguments: str) -> str:
    """Run Git and return why it refused, or ""."""
    done = _run(root, *arguments)
    return _words(done) if done.returncode else ""


def _words(done: subprocess.CompletedProcess[str]) -> str:
    said = _USERINFO.sub("", (done.stderr or done.stdout).strip())
    return said or f"it ended with code {done.returncode}"


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    manners = {**NOBODY, "core.hooksPath": os.devnull, "commit.gpgSign": "false"}
    options = [part for name, value in manners.items() for part in ("-c", f"{name}={value}")]
    try:
        return subprocess.run(
            ["git", *options, "-C", str(root), *arguments],
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired as error:
        raise GitRefused(f"git {arguments[0]}: no answer in {PATIENCE:.0f} seconds.") from error
    except OSError as error:
        raise GitRefused(f"Git is not there: {error.strerror or error}.") from error
