"""A whole story (publish, edit, move, take away) with every request and every answer checked.

What we send must fit Intercom's own description of the version, and what the embedded help
center answers must too; only then does a story that ends well prove anything.

Every day the versions with which something begins or ends; the others among the tests marked slow.
Call by call, every version is held to its description by `test_answers_fit.py` and
`test_requests_fit.py`, every day.
"""

from __future__ import annotations

import json
import re
from io import BytesIO

import pytest
import yaml
from openapi_schema_validator import OAS30Validator

from publisher.intercom.dialect import VERSIONS
from tests.contract import table
from tests.contract.test_answers_fit import OPENAPI, described, mended
from tests.contract.test_requests_fit import UNDOCUMENTED
from tests.contract.test_requests_fit import mended as mended_for_requests
from tests.world import SMALL, TOKEN, world

pytestmark = pytest.mark.socket
FIN = {
    "fin/handbook/_source.md": "---\nurl: https://example.com/handbook\n---\n",
    "fin/handbook/en/hours.md": "---\ntitle: Opening hours\n---\nNine to five.\n",
}
NESTED = {
    "en/billing/cards/_index.md": "---\ntitle: Cards\n---\n",
    "en/billing/cards/visa.md": "---\ntitle: Visa\n---\nYes. ![](../../a.png)\n",
    "en/a.png": b"\x89PNG\r\n\x1a\n",
}


EVERYDAY = ("2.7", "2.12", "2.16", "Preview")


def whenever(version, value=None):
    """A parameter for every day, or for the tests marked slow."""
    marks = () if version in EVERYDAY else (pytest.mark.slow,)
    return pytest.param(version if value is None else value, marks=marks, id=version)


class Recorder:
    """Keeps every exchange with the help center: method, path, sent, status, answer."""

    def __init__(self, app):
        self.app, self.exchanges = app, []

    def __call__(self, environ, start_response):
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(sent)
        status = []

        def start(line, headers, *rest):
            status.append(int(line[:3]))
            return start_response(line, headers, *rest)

        answer = b"".join(self.app(environ, start))
        self.exchanges.append(
            (
                environ["REQUEST_METHOD"],
                environ["PATH_INFO"],
                json.loads(sent) if sent else None,
                status[0],
                json.loads(answer) if answer else None,
            )
        )
        return [answer]


def told(version, folder, monkeypatch):
    """Tell the story against one version and return its exchanges."""
    monkeypatch.setenv("INTERCOM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CI", raising=False)
    with world(folder, wrap=Recorder) as made:
        made.configure(
            api_version=version, on_removed="delete", assets_url="https://cdn.example.com/{name}"
        )
        made.write({**SMALL, **FIN, **NESTED})
        made.apply()
        made.edit("en/billing/_index.md", "Money", "All about money")
        made.edit("fr/billing/refunds.md", "14 jours", "30 jours")
        made.move("en/orders/cancel.md", "en/billing/cancel.md")
        made.edit("en/billing/cancel.md", "../billing/refunds.md", "refunds.md")
        for language in ("en", "fr"):
            made.edit(f"{language}/billing/refunds.md", "../orders/cancel.md", "cancel.md")
        made.remove("en/billing/cards/visa.md")
        if version not in ("2.7", "2.8", "2.9", "2.10", "2.11"):
            made.edit("fin/handbook/en/hours.md", "five", "six")
        made.apply()
        made.remove("fin/handbook")
        made.apply("--allow-deletes", "source:handbook")
        assert made.changes() == []
        return made.recorder.exchanges


@pytest.mark.parametrize("version", [whenever(version) for version in VERSIONS])
def test_every_answer_of_a_story_fits_our_own_table(version, tmp_path, monkeypatch):
    kinds = {"/articles": table.ARTICLE, "/help_center/collections": table.COLLECTION}
    checked = 0
    for method, path, _, status, answer in told(version, tmp_path, monkeypatch):
        assert status in (200, 204, 404), (method, path, answer)
        if method in ("POST", "PUT") and path.rpartition("/")[0] in kinds:
            assert table.misfits(kinds[path.rpartition("/")[0]], version, answer) == []
            checked += 1
    assert checked >= 5


def described_version(path):
    return "Preview" if path.stem == "preview" else path.stem


@pytest.mark.parametrize(
    "path", [whenever(described_version(path), path) for path in sorted(OPENAPI.glob("*.yaml"))]
)
def test_every_exchange_of_a_story_fits_intercoms_own_description(path, tmp_path, monkeypatch):
    version = described_version(path)
    read = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    requests = mended_for_requests(read["components"]["schemas"], version)
    document = mended(json.loads(json.dumps(read, default=str)), version)
    for method, address, sent, status, answer in told(version, tmp_path, monkeypatch):
        schema = described(document, method, address, status)
        if schema is not None:
            whole = {"allOf": [schema], "components": document["components"]}
            faults = [fault.message for fault in OAS30Validator(whole).iter_errors(answer)]
            assert faults == [], (method, address)
        if sent is not None:
            check_sent(read, requests, method, address, sent, version)


def check_sent(document, schemas, method, address, sent, version):
    for route, verbs in document["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", r"\\d+", route), address) and method.lower() in verbs:
            content = verbs[method.lower()]["requestBody"]["content"]["application/json"]
            schema = content["schema"]
            validator = OAS30Validator({**schema, "components": {"schemas": schemas}})
            faults = [fault.message for fault in validator.iter_errors(sent)]
            assert faults == [], (method, address, sent)
            fields = schemas[schema["$ref"].rpartition("/")[2]]["properties"]
            assert set(sent) - set(fields) <= UNDOCUMENTED.get(version, {"icon"})
