"""How often a law is tried: a few times every day, many times where it may take long."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ParameterSet = type(pytest.param())
Law = Callable[..., None]


def few_and_many(name: str, few: Any, many: Any) -> pytest.MarkDecorator:
    """Parametrize a test: `few` is for every day, `many` for the tests marked slow."""
    law = pytest.mark.hypothesis  # as its plugin marks those that it sees
    often = pytest.param(many, marks=(law, pytest.mark.slow, pytest.mark.timeout(1200)))
    return pytest.mark.parametrize(name, [pytest.param(few, marks=law), often], ids=["few", "many"])


def every_day(few: int, cases: Iterable[Any]) -> list[Any]:
    """Cases for `parametrize`: the first `few` are for every day, the others are marked slow.

    A tuple is the values of one case, as it is to `parametrize` under several names.
    """
    given = list(cases)
    return [*given[:few], *map(_slow, given[few:])]


def _slow(case: Any) -> Any:
    if isinstance(case, ParameterSet):
        return pytest.param(*case.values, id=case.id, marks=(*case.marks, pytest.mark.slow))
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.slow)


def holds(*strategies: st.SearchStrategy[Any], few: int, many: int) -> Callable[[Law], Law]:
    """Make a law a test of `few` examples, and a slow one of `many`; stands where `given` would."""

    def over(law: Law) -> Law:
        @few_and_many("examples", few, many)
        def test(examples: int) -> None:
            how = settings(
                max_examples=examples,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow],
            )
            how(given(*strategies)(law))()

        test.__name__, test.__doc__ = law.__name__, law.__doc__
        return test

    return over
