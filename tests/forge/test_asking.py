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


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (403, {"x-ratelimit-remaining": "4999", "x-ratelimit-reset": "1"}),
        (401, {"retry-after": "7"}),
    ],
)
def test_what_a_forge_tells_with_every_answer_is_no_limit(github, status, headers):
    sleeps = []
    refused(github, (status, headers, "{}"), sleeps=sleeps)
    assert sleeps == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((429, {"retry-after": "9" * 400}, "{}"), "Too Many Requests (HTTP 429)"),
        ((599, {}, "{}"), "it does not say why (HTTP 599)"),
        ((422, {}, "[" * 100_000), "Unprocessable"),
        ((422, {}, json.dumps(["no"])), "Unprocessable"),
        ((200, {}, "[" * 100_000), "is not of its API"),
    ],
    ids=["a wait for ever", "an unknown number", "a deep error", "a list", "a deep answer"],
)
def test_a_refusal_of_whatever_kind_is_a_sentence(github, answer, said):
    assert said in refused(github, answer)


def test_of_what_a_forge_says_only_its_beginning_is_passed_on(github):
    said = refused(github, (422, {}, json.dumps({"message": "no " * 5000})))
    assert len(said) < 400


def test_an_answer_without_a_word_is_one(github):
    with github.client() as forge:
        made = forge.add_comment(7, "text")
        github.trouble = [(204, {}, "")]
        forge.change_comment(7, made, "other")


@pytest.mark.parametrize("answer", [(502, {"retry-after": "7"}, ""), (503, {}, LIMIT)], ids=str)
def test_a_server_in_trouble_may_have_written_what_it_was_sent(answer):
    fake = FakeGitLab()
    fake.trouble = [answer, answer]
    with fake.client() as forge, pytest.raises(ForgeError):
        forge.add_comment(7, "text")
    assert len(fake.calls) == 1


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


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/2",
        "http://gitlab.com/api/v4/2",
        "https://gitlab.com:8443/api/v4/2",
        "https://gitlab.com:no/api/v4/2",
    ],
)
def test_the_token_does_not_follow_a_page_to_another_address(address):
    asked = []

    def elsewhere(request):
        asked.append(request.url)
        return httpx.Response(200, json=[], headers={"Link": f'<{address}>; rel="next"'})

    with gitlab(elsewhere) as forge, pytest.raises(ForgeError, match="not of its API"):
        forge.propose("b", "main", "t", "x")
    assert len(asked) == 1


def test_a_list_without_an_end_is_ended():
    asked = []

    def endless(request):
        asked.append(request.url)
        address = f"https://gitlab.com/api/v4/{len(asked)}"
        return httpx.Response(200, json=[], headers={"Link": f'<{address}>; rel="next"'})

    with gitlab(endless) as forge:
        assert forge.plan_of("c" * 40) is None
    assert len(asked) == 100


def gitlab(answer):
    """A client whose every question is answered by a function."""
    return connect(
        "gitlab",
        api="https://gitlab.com/api/v4",
        project="1",
        token=TOKEN,
        transport=httpx.MockTransport(answer),
        sleep=lambda seconds: None,
    )


@pytest.mark.parametrize(
    ("error", "times"), [(httpx.ConnectError, 4), (httpx.ConnectTimeout, 4), (httpx.ReadTimeout, 1)]
)
def test_what_may_have_arrived_is_not_sent_again_and_what_never_left_is(error, times):
    asked = []

    def broken(request):
        asked.append(request.method)
        raise error("no")

    with gitlab(broken) as forge, pytest.raises(ForgeError, match=r"no answer from gitlab\.com"):
        forge.add_comment(7, "text")
    assert asked == ["POST"] * times


def test_a_file_that_is_at_no_address_is_a_sentence():
    def sends_away(request):
        if request.url.path.endswith("/artifacts"):
            return httpx.Response(302, headers={"Location": "https://x.example:no/"})
        name = {"name": "publisher-apply", "ref": "main", "tag": False, "artifacts_file": {"x": 1}}
        return httpx.Response(200, json=name)

    with gitlab(sends_away) as forge, pytest.raises(ForgeError, match="cannot fetch the backup"):
        forge.backups_of(7, "main")


def test_no_more_of_an_answer_is_read_than_anything_of_ours_is_long():
    taken = []

    def flood(request):
        return httpx.Response(200, content=parts())

    def parts():
        for _ in range(200):
            taken.append(1)
            yield b" " * 2**20

    with gitlab(flood) as forge, pytest.raises(ForgeError, match="larger than we take"):
        forge.plan_of("c" * 40)
    assert len(taken) < 100


def test_the_token_is_in_no_text_about_the_client(github):
    with github.client() as forge:
        assert TOKEN not in repr(forge)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"api": "http://git.example.com/api/v3"}, "unencrypted"),
        ({"api": "https://me:secret@git.example.com"}, "no address of an API"),
        ({"api": "ftp://git.example.com"}, "no address of an API"),
        ({"project": "acme/../other"}, "no name of a repository"),
        ({"project": "acme/help?x="}, "no name of a repository"),
        ({"api": "https:///api"}, "no address of an API"),
        ({"api": "https://x.example:no"}, "no address of an API"),
        ({"token": "two words"}, "no token has"),
    ],
)
def test_the_token_goes_to_no_address_that_is_none(settings, said):
    usual = {"api": "https://api.github.com", "project": "acme/help", "token": TOKEN}
    with pytest.raises(ConfigError, match=said) as refusal, connect("github", **usual | settings):
        pass
    assert "secret" not in str(refusal.value)
    assert "two words" not in str(refusal.value)
