"""What the workflows that `publisher init` writes are called, to find what they left.

A plan or a backup of another workflow or job is never taken: whoever can name an artifact could
name it so.
"""

from __future__ import annotations

WORKFLOW = ".github/workflows/publisher-plan.yml"
"""GitHub: the path of the workflow that makes the plan."""
ARTIFACT = "publisher-plan-{sha}"
"""GitHub: the name of its artifact; `sha` is the head of the pull request."""
JOB = "publisher-plan"
"""GitLab: the name of the job that makes the plan."""
WRITING = (".github/workflows/publisher-apply.yml", ".github/workflows/publisher-rollback.yml")
"""GitHub: the paths of the workflows that apply, and keep a backup."""
BACKUPS = "publisher-backup-"
"""GitHub: how the names of its artifacts begin; one for each attempt of a run."""
WRITING_JOBS = ("publisher-apply", "publisher-rollback")
"""GitLab: the names of the jobs that apply, and keep a backup."""
