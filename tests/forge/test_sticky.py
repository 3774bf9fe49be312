"""One comment per pull request and name, on GitHub and on GitLab."""

from __future__ import annotations

import contextlib

import pytest

from publisher.forge import ForgeError, put_comment
from publisher.forge.sticky import first_line
from tests.forge.fakes import FakeGitHub, FakeGitLab

STRANGER = {FakeGitHub: "mallory", FakeGitLab: 666}


@pytest.fixture(params=[FakeGitHub, FakeGitLab], ids=["github", "gitlab"])
def fake(request):
    return request.param()


def put(fake, text, *, name="plan live", number=7, **more):
    with fake.client() as forge:
        return put_comment(forge, number, name, text, **more)[0]


def test_the_comment_is_written_once_and_changed_in_place(fake):
    assert [put(fake, text) for text in ("one", "two", "two")] == [
        "created",
        "updated",
        "unchanged",
    ]
    assert fake.bodies() == [f"{first_line('plan live')}\ntwo"]


def test_it_is_found_behind_many_others(fake):
    put(fake, "one")
    mine = fake.comments.pop()
    for number in range(250):
        fake.say(7, f"comment {number}", STRANGER[type(fake)])
    fake.comments.append(mine)
    assert put(fake, "two") == "updated"
    assert len(fake.comments) == 251


def test_a_comment_of_somebody_else_that_quotes_ours_is_theirs(fake):
    theirs = f"{first_line('plan live')}\nsent by mallory"
    fake.say(7, theirs, STRANGER[type(fake)])
    assert put(fake, "one") == "created"
    assert put(fake, "two") == "updated"
    assert fake.bodies() == [theirs, f"{first_line('plan live')}\ntwo"]


def test_our_own_comment_that_only_quotes_it_is_another(fake):
    fake.say(7, f"As said:\n{first_line('plan live')}")
    assert put(fake, "one") == "created"


def test_every_target_has_its_own(fake):
    put(fake, "one", name="plan live")
    put(fake, "two", name="plan staging")
    put(fake, "three", name="plan live")
    assert [body.splitlines()[1] for body in fake.bodies()] == ["three", "two"]


@pytest.mark.parametrize("name", ["--> <b>", "a -- b", "Zürich ☃", "x\ny"])
def test_a_name_cannot_end_the_hidden_line(fake, name):
    assert put(fake, "one", name=name) == "created"
    assert put(fake, "two", name=name) == "updated"
    (body,) = fake.bodies()
    assert body.count("--") == 2
    assert body.splitlines()[1] == "two"


@pytest.mark.parametrize("faster", [True, False], ids=["they were faster", "we were faster"])
def test_two_jobs_at_once_leave_one_comment(fake, faster):
    def other_job():
        theirs = fake.say(7, f"{first_line('plan live')}\nof the other job")
        if faster:
            theirs["id"] = 1

    fake.after_comment = other_job
    assert put(fake, "mine") == "created"
    assert fake.bodies() == [f"{first_line('plan live')}\nmine"]


def test_doubles_of_ours_are_deleted_and_the_oldest_stays(fake):
    for text in ("old", "double"):
        fake.say(7, f"{first_line('plan live')}\n{text}")
    oldest = fake.comments[0]["id"]
    assert put(fake, "new") == "updated"
    assert [comment["id"] for comment in fake.comments] == [oldest]


def test_a_double_that_is_gone_already_is_fine(fake):
    put(fake, "one")
    fake.say(7, f"{first_line('plan live')}\ndouble")
    with fake.client() as forge:
        double = forge.own_comments(7)[1]
        forge.delete_comment(7, double)
        forge.delete_comment(7, double)
    assert len(fake.comments) == 1


def test_where_there_is_none_and_nothing_to_say_none_is_written(fake):
    assert put(fake, "no changes", only_if_there=True) == "left out"
    assert fake.comments == []
    put(fake, "changes")
    assert put(fake, "no changes", only_if_there=True) == "updated"


def test_line_ends_that_a_forge_stores_differently_are_no_change(fake):
    put(fake, "one\ntwo\n")
    fake.comments[0]["body"] = fake.comments[0]["body"].replace("\n", "\r\n").strip()
    assert put(fake, "one\ntwo\n") == "unchanged"


def test_another_pull_request_has_another_comment(fake):
    put(fake, "one", number=7)
    assert put(fake, "two", number=8) == "created"


def test_a_comment_of_gitlab_itself_is_not_ours():
    fake = FakeGitLab()
    fake.say(7, f"{first_line('plan live')}\nx", system=True)
    assert put(fake, "one") == "created"


def test_where_nobody_says_who_we_are_no_comment_is_ours(fake):
    fake.me = "" if isinstance(fake, FakeGitHub) else 0
    ghost = fake.say(7, f"{first_line('plan live')}\nof somebody who has left")
    ghost.pop("user" if isinstance(fake, FakeGitHub) else "author")
    with contextlib.suppress(ForgeError):
        put(fake, "mine")
    assert "of somebody who has left" in fake.bodies()[0]


def test_a_comment_without_a_number_is_no_answer(fake):
    with fake.client() as forge:
        fake.trouble = [(200, {}, "{}")]
        with pytest.raises(ForgeError, match="is not of its API"):
            forge.add_comment(7, "text")


def test_an_enterprise_server_has_its_other_api_beside_the_first():
    fake = FakeGitHub()
    fake.api = "https://git.example.com/api/v3"
    assert put(fake, "one") == "created"
    assert ("POST", "/api/graphql") in fake.calls


def test_an_answer_that_is_none_of_the_api_is_a_sentence(fake):
    fake.trouble = [(200, {}, "<html>log in</html>")]
    with pytest.raises(ForgeError, match="is not of its API"):
        put(fake, "one")
