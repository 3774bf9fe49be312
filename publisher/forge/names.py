"""What the workflows that `publisher init` writes are called, so that their plans are found again.

A plan of another workflow or job is never taken: whoever can name an artifact could name it so.
"""

from __future__ import annotations

WORKFLOW = ".github/workflows/publisher-plan.yml"
"""GitHub: the path of the workflow that makes the plan."""
ARTIFACT = "publisher-plan-{sha}"
"""GitHub: the name of its artifact; `sha` is the head of the pull request."""
JOB = "publisher-plan"
"""GitLab: the name of the job that makes the plan."""
