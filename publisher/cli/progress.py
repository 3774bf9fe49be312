"""Progress: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from publisher.cli.reporting import done_line

if TYPE_CHECKING:
    from publisher.workflow.applying import Done


class Progress:
    """Hears of every step of an apply. State: the bar that is being drawn."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def tell(self, what: str, value: Any) -> None:
        """Hear of one thing: ("steps", count), ("done", Done) or ("upload", name)."""
        if what == "steps":
            self._start(value)
        elif what == "upload":
            self._say(f"uploaded {value}")
        elif value.outcome != "skipped" or value.message:
            self._advance(value)

    def _start(self, count: int) -> None:
        if count and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress as Bar

            self._bar = Bar(console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("Applying", total=count)
            self._bar.start()

    def _advance(self, done: Done) -> None:
        if self._bar is None:
            self._say(done_line(done))
            return
        if done.step.action in ("create", "write", "remove"):
            self._bar.advance(self._task)
        if done.outcome not in ("done", "skipped"):
            self._bar.console.print(done_line(done), markup=False, highlight=False)
