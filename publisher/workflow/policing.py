"""A team's own rules over a plan: functions in files that `[policy]` names, run before any write.

They are Python and may do whatever Python may, so they come from the repository's own folder and
nowhere else: not from the content, not through a link that leads out. Whatever goes wrong in them
stops the run. A rule that could not be asked has not said yes.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from publisher.config import FILE, Config
from publisher.errors import ConfigError, PolicyError
from publisher.model import Problem
from publisher.plan import words
from publisher.plan.changes import Plan

PREFIX = "check_"
"""Functions of that name are rules; `check_no_fridays` is the rule `policy/no-fridays`."""
NAMESPACE = "policy/"
SEVERITIES = ("error", "warning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One function of a policy file. `spelt`: its path as a user would type it."""

    name: str
    path: Path
    spelt: str
    ask: Callable[[Plan], Any]


def judged(plan: Plan, config: Config) -> Plan:
    """Return the plan with what the policy says of it: notices, and a stop where it says no.

    What an earlier run of the policy said of it is replaced; a stop of any origin stays.

    Raises ConfigError where `[policy]` names no file, PolicyError where a file or rule fails.
    """
    if not config.policy:
        return plan
    own = tuple(n for n in plan.notices if not n.rule.startswith(NAMESPACE))
    said = tuple(problem for rule in rules(config) for problem in _asked(rule, plan))
    refused = [problem for problem in said if problem.severity == "error"]
    stopped = plan.stopped or (_refusal(refused) if refused else "")
    return replace(plan, notices=(*said, *own), stopped=stopped)


def rules(config: Config) -> Iterator[Rule]:
    """Load every file of the policy, in the order of their names, and find its rules.

    Raises ConfigError where `[policy]` names no file, PolicyError where one does not load.
    """
    for path in files(config):
        spelt = path.relative_to(config.root).as_posix()
        found = list(_rules_in(_loaded(path, spelt), path, spelt))
        if not found:
            raise PolicyError(
                f"{spelt}: has no rule. Write a function whose name begins with `{PREFIX}`, that "
                "takes a plan and yields problems."
            )
        yield from found


def files(config: Config) -> tuple[Path, ...]:
    """The files that `[policy]` names. Raises ConfigError for a pattern that names none."""
    found: dict[Path, None] = {}
    for pattern in config.policy:
        named = sorted(path for path in config.root.glob(pattern) if path.is_file())
        if not named:
            raise ConfigError(f"{FILE}, [policy]: files: “{pattern}” names no file.")
        found |= dict.fromkeys(named)
    for path in found:
        _check_place(path, config)
    return tuple(found)


def _check_place(path: Path, config: Config) -> None:
    """A pull request may bring any content; none of it may become a program."""
    real, root = Path(os.path.realpath(path)), Path(os.path.realpath(config.root))
    content = Path(os.path.realpath(config.content_folder))
    if not real.is_relative_to(root) or (content != root and real.is_relative_to(content)):
        raise ConfigError(
            f"{path.relative_to(config.root).as_posix()}: a policy must lie in the folder of "
            f"{FILE}, and not in the content folder; it is not run."
        )


def _loaded(path: Path, spelt: str) -> ModuleType:
    """Run a file as a module of its own: not on the path, no bytecode beside it."""
    module = ModuleType(f"_publisher_policy_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # dataclasses look their module up there
    try:
        with _talking_aside(), _explained(spelt, path):
            code = compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True)
            exec(code, module.__dict__)
    finally:
        del sys.modules[module.__name__]
    return module


def _rules_in(module: ModuleType, path: Path, spelt: str) -> Iterator[Rule]:
    """Whatever of that name can be called, so that a decorated function is not passed over."""
    for name, value in vars(module).items():
        if name.startswith(PREFIX) and callable(value):
            rule = NAMESPACE + name.removeprefix(PREFIX).replace("_", "-")
            yield Rule(name=rule, path=path, spelt=spelt, ask=value)


def _asked(rule: Rule, plan: Plan) -> list[Problem]:
    with _talking_aside(), _explained(rule.spelt, rule.path):
        said = rule.ask(plan)
        listed = list(said) if isinstance(said, Iterable) and not isinstance(said, str) else [said]
    wrong = [each for each in listed if not _is_problem(each)]
    if wrong and said is not None:
        function = PREFIX + rule.name.removeprefix(NAMESPACE).replace("-", "_")
        raise PolicyError(
            f"{rule.spelt}: `{function}` answers {wrong[0]!r:.100}; a rule yields what "
            "`publisher.problem(…)` returns, or nothing."
        )
    return [replace(each, rule=rule.name) for each in listed if isinstance(each, Problem)]


def _is_problem(said: Any) -> bool:
    """Whether it is one that can be told and obeyed; another severity would stop nothing."""
    return (
        isinstance(said, Problem)
        and said.severity in SEVERITIES
        and isinstance(said.what, str)
        and isinstance(said.advice, str)
    )


@contextlib.contextmanager
def _talking_aside() -> Iterator[None]:
    """What a policy prints goes where people read: standard output may be a machine's."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


@contextlib.contextmanager
def _explained(spelt: str, path: Path) -> Iterator[None]:
    """Say of whatever a team's code raises where in their file it was."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # it is not our code: anything may come
        line = _line(error, path)
        kind = type(error).__name__
        raise PolicyError(
            f"{spelt}{f':{line}' if line else ''}: the policy failed with {kind}: "
            f"{' '.join(str(error).split()) or 'no more is known'}. Nothing was written; a rule "
            "that cannot be asked has not agreed. Mend the file, or take it out of [policy]."
        ) from error


def _line(error: BaseException, path: Path) -> int | None:
    """The last line of their file that took part."""
    if isinstance(error, SyntaxError):
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename == str(path)), None)


def _refusal(refused: list[Problem]) -> str:
    first, more = refused[0], len(refused) - 1
    also = f" ({words.counted(more, 'more problem')} of this kind above)" if more else ""
    return (
        f"the policy of this repository does not allow this plan: {first.rule}: "
        f"{first.what.rstrip('.')}{also}. Nothing of it is applied."
    )
