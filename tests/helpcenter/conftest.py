"""Help centers to try things on, and clients that talk to them in process."""

import httpx
import pytest

from publisher.helpcenter import HelpCenter

AUTHOR = 991267242


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now=1_795_000_000.0):
        self.now = now

    def __call__(self):
        return self.now


class Talk:
    """A client of one version; every verb returns the answer's JSON after checking its status."""

    def __init__(self, http):
        self.http = http

    def ask(self, method, path, status=200, **more):
        reply = self.http.request(method, path, **more)
        assert reply.status_code == status, reply.text
        return reply.json() if reply.content else None

    def get(self, path, status=200, /, **query):
        return self.ask("GET", path, status, params=query or None)

    def post(self, path, status=200, /, **body):
        return self.ask("POST", path, status, json=body)

    def put(self, path, status=200, /, **body):
        return self.ask("PUT", path, status, json=body)

    def delete(self, path, status=200):
        return self.ask("DELETE", path, status)

    def article(self, title="Refunds", **body):
        return self.post("/articles", title=title, author_id=AUTHOR, **body)

    def collection(self, name="Billing", **body):
        return self.post("/help_center/collections", name=name, **body)

    def source(self, url="https://www.example.com"):
        return self.post("/ai/content_import_sources", sync_behavior="api", url=url)["id"]

    def page(self, source, external_id="a", expect=200, **body):
        fields = {"title": "T", "html": "<p>x</p>", "locale": "en"} | body
        return self.post(
            "/ai/external_pages", expect, source_id=source, external_id=external_id, **fields
        )

    def error(self, method, path, status, **more):
        return self.ask(method, path, status, **more)["errors"][0]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def make_center(clock):
    """Make a help center; all are closed in the end."""
    made = []

    def make(*quirks, **settings):
        made.append(HelpCenter(quirks=quirks, **({"now": clock} | settings)))
        return made[-1]

    yield make
    for center in made:
        center.close()


@pytest.fixture
def center(make_center):
    return make_center(locales=("en", "fr", "de"))


@pytest.fixture
def talk():
    """Return a client for a help center in a version."""
    clients = []

    def to(center, version="2.15", **headers):
        told = {"Authorization": "Bearer secret", "Accept": "application/json"}
        told |= {"Intercom-Version": version} | headers
        told = {name: value for name, value in told.items() if value is not None}
        http = httpx.Client(transport=httpx.WSGITransport(app=center), base_url="http://here.test")
        http.headers = told
        clients.append(http)
        return Talk(http)

    yield to
    for http in clients:
        http.close()


@pytest.fixture
def api(center, talk):
    """A client of the last version that still names an article's parent."""
    return talk(center)
