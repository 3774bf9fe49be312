"""Open a way to the forge that holds the repository."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from publisher.errors import ConfigError
from publisher.forge import github, gitlab
from publisher.forge.asking import Asker
from publisher.forge.meeting import Forge

TIMEOUTS = httpx.Timeout(30.0, connect=10.0)
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PROJECT = re.compile(r"[\w.-]+(/[\w.-]+)*")
TOKEN = re.compile(r"[\x21-\x7e]+")


@contextmanager
def connect(
    kind: str,
    *,
    api: str,
    project: str,
    token: str,
    transport: httpx.BaseTransport | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Forge]:
    """Open a forge for one repository, for as long as the context lasts.

    kind       "github" or "gitlab".
    api        the root of its REST API: https://api.github.com, https://gitlab.com/api/v4.
    project    owner/name on GitHub; id or path on GitLab.
    transport  of the HTTP client; None: as usual. `sleep` waits, in seconds.

    Raises ConfigError for an address the token must not go to.
    """
    address = _checked(api)
    if not PROJECT.fullmatch(project) or ".." in project:
        raise ConfigError(f"{project!r} is no name of a repository.")
    if not TOKEN.fullmatch(token):
        raise ConfigError("the token of the forge holds spaces or characters no token has.")
    on_github = kind == "github"
    with httpx.Client(
        base_url=address,
        timeout=TIMEOUTS,
        transport=transport,
        trust_env=address.host not in LOOPBACK,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
    ) as http:
        asker = Asker(
            http=http,
            headers=_github_headers(token) if on_github else {"PRIVATE-TOKEN": token},
            name="GitHub" if on_github else "GitLab",
            needs=github.NEEDS if on_github else gitlab.NEEDS,
            sleep=sleep,
        )
        yield github.GitHub(asker, project) if on_github else gitlab.GitLab(asker, project)


def _github_headers(token: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }


def _checked(api: str) -> httpx.URL:
    try:
        address = httpx.URL(api.rstrip("/") + "/")
    except httpx.InvalidURL as error:
        raise ConfigError(f"{api!r} is no address of an API.") from error
    if address.userinfo or not address.host or address.scheme not in ("http", "https"):
        raise ConfigError(f"{address.copy_with(userinfo=b'')!s} is no address of an API.")
    if address.scheme == "http" and address.host not in LOOPBACK:
        raise ConfigError(f"{api} would send the forge's token unencrypted.")
    return address
