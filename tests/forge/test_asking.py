"""How a forge is asked: politely, and every refusal a sentence that keeps the token."""

from __future__ import annotations

import json

import httpx
import pytest

from publisher.errors import ConfigError
from publisher.forge import ForgeError, connect, put_comment
from tests.forge.fakes import TOKEN, FakeGitHub, FakeGitLab

LIMIT = json.dumps({"message": "You have exceeded a secondary rate limit."})


@pytest.fixture
def github():
    return FakeGitHub()


def refused(fake, *trouble, sleeps=None):
    """The one sentence with which writing a comment fails."""
    fake.trouble = [*trouble] * 10
    with fake.client(sleeps=sleeps) as forge, pytest.raises(ForgeError) as refusal:
        put_comment(forge, 7, "plan live", "text")
    assert TOKEN not in str(refusal.value)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "the token is not valid"),
        (403, "It needs: the permissions pull-requests: write"),
        (404, "Either it is not there, or the token may not see it"),
        (422, "Body is wrong (HTTP 422)"),
        (301, "the repository has moved"),
        (502, "Body is wrong (HTTP 502)"),
    ],
)
def test_a_refusal_is_a_sentence(github, status, said):
    body = json.dumps({"message": "Body is wrong"})
    assert said in refused(github, (status, {"Location": "https://x.example"}, body))


def test_a_wait_that_is_asked_for_is_kept(github):
    github.trouble = [
        (403, {"retry-after": "7"}, LIMIT),
        (403, {}, LIMIT),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}, "{}"),
    ]
    sleeps = []
    with github.client(sleeps=sleeps) as forge:
        put_comment(forge, 7, "plan live", "text")
    assert sleeps == [7.0, 60.0, 1.0]


def test_a_wait_that_is_too_long_is_told(github):
    sleeps = []
    said = refused(github, (429, {"retry-after": "3000"}, LIMIT), sleeps=sleeps)
    assert "wait for 51 minutes" in said
    assert sleeps == []


def test_it_gives_up_after_a_few_attempts(github):
    sleeps = []
    refused(github, (429, {"retry-after": "1"}, LIMIT), sleeps=sleeps)
    assert sleeps == [1.0, 1.0, 1.0]


def test_a_403_without_a_limit_is_not_asked_again(github):
    sleeps = []
    refused(github, (403, {}, "{}"), sleeps=sleeps)
    assert sleeps == []


def test_a_comment_that_may_have_been_written_is_not_written_again():
    fake = FakeGitLab()
    with fake.client() as forge:
        fake.trouble = [(502, {}, "")]
        with pytest.raises(ForgeError, match="HTTP 502"):
            forge.add_comment(7, "text")
        fake.trouble = [(502, {}, ""), (500, {}, "")]
        assert forge.own_comments(7) == []
    assert [method for method, _ in fake.calls].count("POST") == 1


def test_no_answer_is_a_sentence_without_the_token():
    def silence(request):
        raise httpx.ReadTimeout("timed out")

    sleeps = []
    with (
        connect(
            "github",
            api="https://api.github.com",
            project="acme/help",
            token=TOKEN,
            transport=httpx.MockTransport(silence),
            sleep=sleeps.append,
        ) as forge,
        pytest.raises(ForgeError) as refusal,
    ):
        forge.plan_of("abc")
    assert "no answer from api.github.com (timed out)" in str(refusal.value)
    assert sleeps == [1.0, 2.0, 4.0]


def test_the_token_does_not_follow_a_page_to_another_host(github):
    def elsewhere(request):
        link = '<https://evil.example/page2>; rel="next"'
        return httpx.Response(200, json=[], headers={"Link": link})

    with (
        connect(
            "gitlab",
            api="https://gitlab.com/api/v4",
            project="1",
            token=TOKEN,
            transport=httpx.MockTransport(elsewhere),
        ) as forge,
        pytest.raises(ForgeError, match="not of its API"),
    ):
        forge.propose("b", "main", "t", "x")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"api": "http://git.example.com/api/v3"}, "unencrypted"),
        ({"api": "https://me:secret@git.example.com"}, "no address of an API"),
        ({"api": "ftp://git.example.com"}, "no address of an API"),
        ({"project": "acme/../other"}, "no name of a repository"),
        ({"token": "two words"}, "no token has"),
    ],
)
def test_the_token_goes_to_no_address_that_is_none(settings, said):
    usual = {"api": "https://api.github.com", "project": "acme/help", "token": TOKEN}
    with pytest.raises(ConfigError, match=said) as refusal, connect("github", **usual | settings):
        pass
    assert "secret" not in str(refusal.value)
    assert "two words" not in str(refusal.value)
