"""A way into a running help center, for tests of a real process: `/_control/…`.

    POST /_control/faults     the arguments of `Faults.add`; answers the log of calls
    GET, DELETE /_control/calls      the log of calls; an empty one
    POST /_control/weather    the arguments of `Faults.rain`; answers what struck so far
    DELETE /_control/weather  ends it; answers what struck so far
    GET /_control/struck      kind of fault → how often it struck
    POST /_control/lag        {"seconds": 5}: how far lists are behind from now on
    POST /_control/colleague  {"seed": 1}: one deed; answers it, or null when there is none
    GET /_control/touches     the order of looks, writes and deeds by hand, if it is kept

What is given and answered is JSON. 400 with a sentence for arguments that cannot be used.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from publisher.helpcenter.colleague import Colleague

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

    from publisher.helpcenter.center import HelpCenter

_Told = Callable[["HelpCenter", dict[str, Any]], Any]


def controlled(helpcenter: HelpCenter) -> WSGIApplication:
    """Return the help center with `/_control` in front of it."""
    colleagues: dict[str, Colleague] = {}
    tell = TELL | {("POST", "colleague"): partial(_act, colleagues)}

    def app(environ: WSGIEnvironment, start_response: Any) -> Any:
        if not str(environ.get("PATH_INFO", "")).startswith("/_control/"):
            return helpcenter(environ, start_response)
        request = Request(environ)
        content = request.get_data()
        done = tell.get((request.method, request.path.removeprefix("/_control/")))
        response = _answered(done, helpcenter, content) if done else Response(status=404)
        return response(environ, start_response)

    return app


def _answered(tell: _Told, helpcenter: HelpCenter, content: bytes) -> Response:
    try:
        answer = tell(helpcenter, json.loads(content or b"{}"))
    except (ValueError, TypeError, KeyError) as error:
        return Response(f"{error}", 400, content_type="text/plain; charset=utf-8")
    return Response(json.dumps(answer), content_type="application/json")


def _calls(helpcenter: HelpCenter, given: dict[str, Any]) -> Any:
    return helpcenter.calls


def _forget_calls(helpcenter: HelpCenter, given: dict[str, Any]) -> Any:
    helpcenter.calls.clear()
    return helpcenter.calls


def _add_fault(helpcenter: HelpCenter, given: dict[str, Any]) -> Any:
    helpcenter.faults.add(**given)
    return helpcenter.calls


def _rain(helpcenter: HelpCenter, given: dict[str, Any]) -> Any:
    helpcenter.faults.rain(**given)
    return helpcenter.faults.struck


def _calm(helpcenter: HelpCenter, given: dict[str, Any]) -> Any:
    helpcenter.faults.calm()
    return helpcenter.faults.struck


def _struck(helpcenter: HelpCenter, given: dict[str, Any]) -> Any:
    return helpcenter.faults.struck


def _lag(helpcenter: HelpCenter, given: dict[str, Any]) -> Any:
    helpcenter.listing_lag = float(given["seconds"])
    return {"seconds": helpcenter.listing_lag}


def _act(colleagues: dict[str, Colleague], helpcenter: HelpCenter, given: dict[str, Any]) -> Any:
    seed = str(given.get("seed", "control"))
    colleague = colleagues.setdefault(seed, Colleague(helpcenter, seed=seed))
    deed = colleague.act()
    return asdict(deed) if deed else None


def _touches(helpcenter: HelpCenter, given: dict[str, Any]) -> Any:
    return [asdict(touch) for touch in list(helpcenter.touches)]


TELL: dict[tuple[str, str], _Told] = {
    ("POST", "faults"): _add_fault,
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): _forget_calls,
    ("POST", "weather"): _rain,
    ("DELETE", "weather"): _calm,
    ("GET", "struck"): _struck,
    ("POST", "lag"): _lag,
    ("GET", "touches"): _touches,
}
"""Method and last part of the address → what answers it."""
