"""An Intercom of our own: the default target, the preview and the partner of the tests.

It imports nothing of the program around it, so that both can be wrong only separately.

    HelpCenter   the whole of it, a WSGI application    center.py
    QUIRKS       what the documents leave open          quirks.py
    serve        the same behind a local socket         serve.py
    Colleague    somebody who edits at random           colleague.py

What goes wrong on request is in `faults.py`, lists that are late in `past.py`.
"""

from __future__ import annotations

from publisher.helpcenter.center import HelpCenter
from publisher.helpcenter.colleague import Colleague
from publisher.helpcenter.quirks import QUIRKS
from publisher.helpcenter.serve import Server, serve
from publisher.helpcenter.store import StoreError

__all__ = ["QUIRKS", "Colleague", "HelpCenter", "Server", "StoreError", "serve"]
