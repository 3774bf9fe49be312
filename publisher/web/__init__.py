"""THE WEB: ask addresses that are not ours whether they still lead somewhere.

Politely, and never where a pull request from a stranger should not be able to send us. Only
this room does it; it knows addresses and answers, and nothing of content.
"""

from publisher.web.asking import Verdict, Web
from publisher.web.checking import check

__all__ = ["Verdict", "Web", "check"]
