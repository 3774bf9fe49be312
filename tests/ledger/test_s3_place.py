"""The ledger in a bucket, with an S3 server of our own on loopback and a gateway before it.

The server (moto) honours If-Match and If-None-Match, but looks and writes in two steps; a real
store does both in one. So the gateway lets one PUT through at a time. It can also overlook
conditions, lose answers, refuse, and hang, as real stores and networks do.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import replace

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from publisher.errors import FAILED, ConfigError, LedgerError
from publisher.ledger.place import LEDGER, LOCK, Held, Overtaken
from publisher.ledger.s3 import open_s3

pytestmark = [pytest.mark.socket, pytest.mark.slow]

KEY, SECRET = "AKIDTESTINGTESTING00", "verysecretverysecretverysecret00"
NUMBERS = itertools.count()


def refusal(status, code):
    """An answer of a store that does not do as it is told; its text repeats the credentials."""
    body = f"<Error><Code>{code}</Code><Message>{KEY} {SECRET}</Message></Error>".encode()
    return status, body


class Gateway:
    """Stands before the server. `plan` holds what befalls the next calls of a method, in order.

    lose          carry it out, and close the connection
    (409, body)   do not carry it out, and answer this
    None          let it pass
    """

    def __init__(self, app):
        self.app, self.turn = app, threading.Lock()
        self.reset()

    def reset(self):
        self.overlooks = set()
        self.plan = {"GET": deque(), "PUT": deque()}
        self.always = None
        self.calls = []

    def __call__(self, environ, start_response):
        method = environ["REQUEST_METHOD"]
        self.calls.append((method, environ["PATH_INFO"]))
        for header in self.overlooks:
            environ.pop(header, None)
        queue = self.plan.get(method)
        fate = self.always or (queue.popleft() if queue else None)
        if isinstance(fate, tuple):
            return answer(fate, environ, start_response)
        if method != "PUT":
            return self.app(environ, start_response)
        with self.turn:
            if fate != "lose":
                return list(self.app(environ, start_response))
            list(self.app(environ, lambda *_: None))
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        start_response("200 OK", [])
        return []

    def puts(self, end=".json"):
        return [path for method, path in self.calls if method == "PUT" and path.endswith(end)]


def answer(fate, environ, start_response):
    status, body = fate
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response(f"{status} Said", [("Content-Type", "application/xml")])
    return [body]


class Silent(WSGIRequestHandler):
    """Says nothing about the calls it serves."""

    def log(self, type, message, *args):
        pass


@pytest.fixture(scope="module")
def running():
    gateway = Gateway(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, gateway, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield gateway, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def client(running):
    """The hands of somebody who looks into the bucket past us."""
    session = boto3.Session(KEY, SECRET, region_name="us-east-1")
    return session.client("s3", endpoint_url=running[1])


@pytest.fixture(autouse=True)
def environment(running, monkeypatch):
    """What the store is to be found by, and nothing that this machine says."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in settings_of(running[1]).items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def opened(running):
    """A place whose client serves many tests, for to make one is slow."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings_of(running[1]).items():
            patch.setenv(name, value)
        return open_s3("s3://help/state", "docs/help", "production")


def settings_of(address):
    return {
        "AWS_ENDPOINT_URL_S3": address,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere/credentials",
        "AWS_CONFIG_FILE": "/nowhere/config",
    }


@pytest.fixture
def gateway(running):
    running[0].reset()
    return running[0]


@pytest.fixture
def bucket(gateway, client):
    """The name of an empty bucket that is there."""
    name = f"ledgers-{next(NUMBERS)}"
    client.create_bucket(Bucket=name)
    gateway.calls.clear()
    return name


@pytest.fixture
def place(bucket, opened):
    """One that has not written yet."""
    return replace(opened, bucket=bucket)


def write(place, name, content, version=""):
    return place.put(name, content, version=version, why="a test")


def keys(client, bucket):
    listed = client.list_objects_v2(Bucket=bucket)
    return [row["Key"] for row in listed.get("Contents", [])]


def sentence(raised):
    """The text of an error: one line that ends, and tells no secret."""
    said = str(raised.value)
    assert "\n" not in said
    assert said.endswith(".")
    assert KEY not in said
    assert SECRET not in said
    return said


# --- a file's life ---------------------------------------------------------------------------


def test_what_is_written_is_read_back_under_its_version(place, bucket, client):
    assert place.shared
    assert place.get(LEDGER) == Held(None, "")
    version = write(place, LEDGER, b"one")
    assert place.get(LEDGER) == Held(b"one", version)
    newer = write(place, LEDGER, b"two", version)
    assert newer != version
    assert place.get(LEDGER) == Held(b"two", newer)
    assert "state/docs/help/production/ledger.json" in keys(client, bucket)
    assert place.where(LEDGER) == f"s3://{bucket}/state/docs/help/production/ledger.json"


def test_an_old_version_is_overtaken_and_changes_nothing(place):
    old = write(place, LEDGER, b"one")
    new = write(place, LEDGER, b"two", old)
    for version, content in [("", b"three"), (old, b"three"), ("", None), (old, None)]:
        with pytest.raises(Overtaken):
            write(place, LEDGER, content, version)
    assert place.get(LEDGER) == Held(b"two", new)


def test_a_file_that_is_taken_away_can_be_made_again_by_one_who_saw_it_go(place):
    version = write(place, LOCK, b"mine")
    write(place, LOCK, None, version)
    gone = place.get(LOCK)
    assert gone.content is None
    with pytest.raises(Overtaken):
        write(place, LOCK, b"yours", version)
    again = write(place, LOCK, b"yours", gone.version)
    assert place.get(LOCK) == Held(b"yours", again)


def test_what_never_was_need_not_be_taken_away(place, gateway):
    assert write(place, LOCK, None) == ""
    assert gateway.puts() == []


def test_a_file_that_somebody_deleted_from_the_bucket_is_overtaken(place, bucket, client):
    version = write(place, LOCK, b"mine")
    key = "state/docs/help/production/lock.json"
    client.delete_object(Bucket=bucket, Key=key)
    with pytest.raises(Overtaken):
        write(place, LOCK, b"still mine", version)
    assert place.get(LOCK) == Held(None, "")


def test_folders_and_targets_below_one_prefix_do_not_collide(bucket):
    names = [("", "a"), ("", "b"), ("a", "b"), ("a/b", "a"), ("a", "backup")]
    places = [open_s3(f"s3://{bucket}/p/", *name) for name in names]
    for number, place in enumerate(places):
        write(place, LEDGER, b"%d" % number)
        write(place, LOCK, b"%d" % number)
        write(place, f"backup/{number}", b"%d" % number)
    for number, place in enumerate(places):
        assert place.get(LEDGER).content == b"%d" % number
        assert place.names("backup/") == (f"backup/{number}",)


def test_the_prefix_may_be_empty(bucket):
    for address in (f"s3://{bucket}", f"s3://{bucket}/"):
        assert open_s3(address, "", "local").where(LOCK) == f"s3://{bucket}/local/lock.json"


def test_backups_are_listed_page_by_page_without_those_taken_away(
    place, bucket, client, monkeypatch
):
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "3")  # on a page of the server
    for number in range(12):
        key = f"state/docs/help/production/backup/{number:02}.json"
        client.put_object(Bucket=bucket, Key=key, Body=b"x" if number else b"")
    assert place.names("backup/") == tuple(f"backup/{number:02}" for number in range(1, 12))
    assert place.names("backup/1") == ("backup/10", "backup/11")
    assert place.names("") == ()


def test_why_stands_with_the_object_in_letters_every_store_takes(place, bucket, client):
    place.put(LEDGER, b"x", version="", why="locked by  Zoë@host\nnow")
    key = "state/docs/help/production/ledger.json"
    head = client.head_object(Bucket=bucket, Key=key)
    assert head["Metadata"] == {"why": "locked by Zo?@host now"}


# --- several at once -------------------------------------------------------------------------


def test_of_two_that_write_at_the_same_moment_one_wins(place):
    start, won, lost = threading.Barrier(2), [], []

    def race(name, number, version):
        mine = replace(place)
        content = f"{name} {number}".encode()
        start.wait()
        try:
            won.append((content, write(mine, name, content, version)))
        except Overtaken:
            lost.append(content)

    for turn in range(6):
        name = f"backup/{turn // 2}"  # first one that is new, then one that is there
        version = place.get(name).version
        racers = [threading.Thread(target=race, args=(name, n + turn, version)) for n in (0, 100)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()
        assert place.get(name) == Held(*won[-1])
        assert (len(won), len(lost)) == (turn + 1, turn + 1)


def test_nothing_is_counted_twice_or_lost_among_many_while_answers_go_astray(place, gateway):
    write(place, LEDGER, b"[]")
    gateway.plan["PUT"].extend(["lose", None, None] * 3)

    def count(who):
        for row in (f"{who}-{number}" for number in range(4)):
            while row not in (rows := json.loads((held := place.get(LEDGER)).content)):
                # overtaken may also be who landed, heard nothing, and was built upon since
                with suppress(Overtaken):
                    write(place, LEDGER, json.dumps([*rows, row]).encode(), held.version)

    counters = [threading.Thread(target=count, args=(who,)) for who in range(4)]
    for counter in counters:
        counter.start()
    for counter in counters:
        counter.join()
    rows = json.loads(place.get(LEDGER).content)
    assert sorted(rows) == [f"{who}-{number}" for who in range(4) for number in range(4)]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(["get", "put", "put", "take away"])),
        max_size=12,
    )
)
def test_a_write_lands_exactly_when_its_version_is_the_one_that_stands(place, steps):
    name = f"backup/{next(NUMBERS)}"
    seen, stands = ["", "", ""], Held(None, "")
    for number, (who, what) in enumerate(steps):
        if what == "get":
            seen[who] = stands.version
            continue
        content = b"%d" % number if what == "put" else None
        may = seen[who] == stands.version
        try:
            seen[who] = write(place, name, content, seen[who])
        except Overtaken:
            assert not may
        else:  # to take away what was taken away is no harm
            assert may or (content is None and stands.content is None)
            stands = Held(content, seen[who])
        assert place.get(name) == stands


# --- answers that do not arrive ----------------------------------------------------------------


@pytest.mark.parametrize("content", [b"two", None], ids=["written", "taken away"])
def test_a_write_whose_answer_was_lost_is_known_to_be_ours(place, gateway, content):
    version = write(place, LEDGER, b"one")
    gateway.calls.clear()
    gateway.plan["PUT"].append("lose")
    version = write(place, LEDGER, content, version)
    assert len(gateway.puts()) == 2, "the client sent it again, and met itself"
    assert place.get(LEDGER) == Held(content, version)


def test_a_new_file_whose_answer_was_lost_is_known_to_be_ours(place, gateway):
    gateway.plan["PUT"].extend([None, None, None, "lose"])  # three for the probe
    version = write(place, LOCK, b"mine")
    assert len(gateway.puts("lock.json")) == 2
    assert place.get(LOCK) == Held(b"mine", version)


def test_a_probe_whose_answer_was_lost_proves_the_store_all_the_same(place, gateway):
    gateway.plan["PUT"].append("lose")
    assert place.get(LEDGER).version == ""
    write(place, LEDGER, b"one")
    assert place.get(LEDGER).content == b"one"


def test_a_lost_answer_does_not_hide_that_another_was_faster(place, gateway):
    version = write(place, LEDGER, b"one")
    write(place, LEDGER, b"theirs", version)
    gateway.plan["PUT"].append("lose")
    with pytest.raises(Overtaken):
        write(place, LEDGER, b"ours", version)
    assert place.get(LEDGER).content == b"theirs"


def test_a_write_that_was_carried_out_though_the_store_says_it_fell_over_is_ours(place, gateway):
    version = write(place, LEDGER, b"one")
    gateway.plan["PUT"].extend(["lose", *[refusal(500, "InternalError")] * 3])
    version = write(place, LEDGER, b"two", version)
    assert place.get(LEDGER) == Held(b"two", version)


def test_a_store_that_fell_over_is_a_sentence_and_not_asked_for_ever(place, gateway):
    version = write(place, LEDGER, b"one")
    gateway.calls.clear()
    gateway.plan["PUT"].extend([refusal(500, "InternalError")] * 99)
    with pytest.raises(LedgerError) as raised:
        write(place, LEDGER, b"two", version)
    assert "the store says InternalError (HTTP 500)" in sentence(raised)
    assert len(gateway.puts()) == 4
    assert place.get(LEDGER) == Held(b"one", version)


def test_a_conflict_that_changed_nothing_is_tried_again(place, gateway):
    version = write(place, LEDGER, b"one")
    gateway.plan["PUT"].append(refusal(409, "ConditionalRequestConflict"))
    version = write(place, LEDGER, b"two", version)
    assert place.get(LEDGER) == Held(b"two", version)


def test_a_conflict_that_does_not_end_is_an_error_and_no_hang(place, gateway):
    version = write(place, LEDGER, b"one")
    gateway.calls.clear()
    gateway.plan["PUT"].extend([refusal(409, "ConditionalRequestConflict")] * 9)
    with pytest.raises(LedgerError) as raised:
        write(place, LEDGER, b"two", version)
    assert "ConditionalRequestConflict (HTTP 409)" in sentence(raised)
    assert len(gateway.puts()) == 4


def test_a_refusal_in_the_words_of_an_older_store_is_one(place, gateway):
    version = write(place, LEDGER, b"one")
    write(place, LEDGER, b"theirs", version)
    gateway.plan["PUT"].append((304, b""))
    with pytest.raises(Overtaken):
        write(place, LEDGER, b"ours", version)


def test_a_store_that_hangs_is_a_sentence(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{deaf.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(LedgerError) as raised:
            open_s3("s3://help", "", "production", patience=0.1).get(LEDGER)
    assert "s3://help/production/ledger.json: the store did not answer" in sentence(raised)
    assert time.monotonic() - began < 20


def test_nobody_waits_for_a_store_longer_than_a_lease_lasts(place):
    config = place.client.meta.config
    assert config.retries["mode"] == "standard"
    once = config.connect_timeout + config.read_timeout
    assert once * config.retries["total_max_attempts"] < 300 / 2


# --- stores that do not honour conditions --------------------------------------------------------

IF_MATCH, IF_NONE_MATCH = "HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"


@pytest.mark.parametrize(
    "overlooks",
    [{IF_MATCH, IF_NONE_MATCH}, {IF_MATCH}, {IF_NONE_MATCH}],
    ids=["both", "match", "none-match"],
)
def test_a_store_that_overlooks_conditions_is_refused_before_anything_is_written(
    place, gateway, bucket, client, overlooks
):
    gateway.overlooks = overlooks
    for _ in range(2):
        with pytest.raises(LedgerError) as raised:
            write(place, LEDGER, b"one")
        said = sentence(raised)
        assert "does not honour conditional writes" in said
        assert 'ledger = "git"' in said
        assert f"s3://{bucket}/state/docs/help/production" in said
    assert keys(client, bucket) == ["state/docs/help/production/probe.json"]


def test_a_store_that_refuses_conditions_outright_is_refused(place, gateway):
    gateway.plan["PUT"].extend([refusal(501, "NotImplemented")] * 9)
    with pytest.raises(LedgerError) as raised:
        write(place, LEDGER, b"one")
    assert "does not honour conditional writes" in sentence(raised)


def test_a_store_is_proved_once_and_the_probe_is_written_once(place, gateway, bucket, client):
    version = write(place, LEDGER, b"one")
    assert len(gateway.puts("probe.json")) == 3
    write(place, LEDGER, b"two", version)
    assert len(gateway.puts("probe.json")) == 3
    probe = (
        boto3.Session()
        .client("s3")
        .get_object(Bucket=bucket, Key="state/docs/help/production/probe.json")
    )
    later = replace(place)
    write(later, LOCK, b"mine")
    assert len(gateway.puts("probe.json")) == 5, "its refusals are the proof"
    assert b"publisher" in probe["Body"].read()
    assert place.names("") == place.names("backup/") == ()


def test_reading_writes_no_probe(place, gateway):
    place.get(LEDGER)
    place.names("backup/")
    assert gateway.puts() == []


# --- what a writer can do about it ---------------------------------------------------------------


def acts(place):
    return {
        "read": lambda: place.get(LEDGER),
        "write": lambda: write(place, LEDGER, b"one"),
        "list": lambda: place.names("backup/"),
    }


def test_a_missing_bucket_is_a_sentence(gateway, opened):
    place = replace(opened, bucket="nowhere-at-all")
    for verb, act in acts(place).items():
        with pytest.raises(LedgerError) as raised:
            act()
        said = sentence(raised)
        assert raised.value.exit_code == FAILED
        assert said.startswith(f"cannot {verb} s3://nowhere-at-all/state/docs/help/production/")
        assert "there is no such bucket" in said
        assert "correct `ledger`" in said


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "AccessDenied", "s3:GetObject, s3:PutObject and s3:ListBucket"),
        (403, "InvalidAccessKeyId", "does not accept the credentials"),
        (403, "SignatureDoesNotMatch", "does not accept the credentials"),
        (400, "ExpiredToken", "does not accept the credentials"),
        (403, "RequestTimeTooSkewed", "the clock of this machine is wrong"),
        (400, "InvalidStorageClass", "the store says InvalidStorageClass (HTTP 400)"),
    ],
)
def test_a_refusal_is_a_sentence_without_keys(place, gateway, status, code, words):
    gateway.always = refusal(status, code)
    for verb, act in acts(place).items():
        with pytest.raises(LedgerError) as raised:
            act()
        said = sentence(raised)
        assert said.startswith(f"cannot {verb} {place.where('')[:-5]}")
        assert words in said


def test_an_answer_that_is_no_store_s_is_a_sentence(place, gateway):
    gateway.always = (200, b"<html>Welcome to our wireless network")
    for act in acts(place).values():
        with pytest.raises(LedgerError) as raised:
            act()
        assert "AWS_ENDPOINT_URL_S3" in sentence(raised)


def test_no_credentials_are_a_sentence(bucket, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    bare = open_s3(f"s3://{bucket}/state", "", "production")
    for act in acts(bare).values():
        with pytest.raises(LedgerError) as raised:
            act()
        assert "there are no credentials" in sentence(raised)
        assert "AWS_PROFILE" in sentence(raised)


def test_no_network_is_a_sentence(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    with pytest.raises(LedgerError) as raised:
        open_s3("s3://help", "", "production").get(LEDGER)
    assert "the store cannot be reached (EndpointConnectionError)" in sentence(raised)


@pytest.mark.parametrize(
    ("name", "value"), [("AWS_ENDPOINT_URL_S3", "not an address"), ("AWS_PROFILE", "nobody")]
)
def test_settings_that_lead_nowhere_are_an_error_of_configuration(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as raised:
        open_s3("s3://help/state", "", "production")
    assert "s3://help/state" in sentence(raised)


def test_without_the_extra_the_error_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(ConfigError) as raised:
        open_s3("s3://help/state", "", "production")
    assert "pip install 'publisher[s3]'" in sentence(raised)


def test_an_impossible_bucket_is_a_sentence():
    with pytest.raises(LedgerError) as raised:
        open_s3("s3://a b/state", "", "production").get(LEDGER)
    assert "Check `ledger`" in sentence(raised)
