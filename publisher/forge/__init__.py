"""Where the repository is discussed: GitHub or GitLab, asked the same few things.

    connect(kind, api=…, project=…, token=…)   a Forge, as a context manager
    put_comment(forge, number, marker, text)   keep one comment of ours on a pull request
    forge.plan_of(commit)                      the plan that was saved for what was merged as it
    forge.backups_of(run, branch)              the archives of what stood before one of its applies
    forge.propose(branch, base, title, text)   the one pull request of a branch

“Pull request” also means GitLab's merge request. What the workflows that `publisher init` writes
are called here and there is in `names`. Text and bytes come out; nothing here knows a plan.
"""

from __future__ import annotations

from publisher.forge.archive import files_in
from publisher.forge.asking import ForgeError
from publisher.forge.connecting import connect
from publisher.forge.meeting import Comment, Forge
from publisher.forge.sticky import Done, put_comment

__all__ = ["Comment", "Done", "Forge", "ForgeError", "connect", "files_in", "put_comment"]
