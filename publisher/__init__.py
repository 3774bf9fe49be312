"""Help-center content as code: Markdown files in Git, planned against and applied to Intercom.

What a team's own scripts and policies may use is in `__all__`; it is imported when it is asked for,
so that `import publisher` costs nothing. The rest of the package is ours and may change any day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from publisher.api import (
        Article,
        Change,
        Collection,
        Edit,
        ExternalPage,
        Loaded,
        Plan,
        Problem,
        PublisherError,
        Pulled,
        Ref,
        Report,
        Repository,
        Site,
        Source,
        Spot,
        Stand,
        Translation,
        problem,
        read_plan,
        write_plan,
    )

__all__ = [
    "Article",
    "Change",
    "Collection",
    "Edit",
    "ExternalPage",
    "Loaded",
    "Plan",
    "Problem",
    "PublisherError",
    "Pulled",
    "Ref",
    "Report",
    "Repository",
    "Site",
    "Source",
    "Spot",
    "Stand",
    "Translation",
    "problem",
    "read_plan",
    "write_plan",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from publisher import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
