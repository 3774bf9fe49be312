"""Who may come in, what is spoken, how errors look."""

import uuid

import pytest

NUMBERED = [f"2.{minor}" for minor in range(7, 18)]
ALL = [*NUMBERED, "Preview", "Unstable"]


def test_every_version_answers_who_we_are(center, talk):
    for version in ALL:
        me = talk(center, version).get("/me")
        assert me["type"] == "admin"
        assert me["app"]["id_code"] == "local0001"


@pytest.mark.parametrize("token", [None, "Bearer ", "Basic secret", "Bearer wrong"])
def test_a_bad_token_is_refused(make_center, talk, token):
    api = talk(make_center(token="secret"), Authorization=token)
    error = api.error("GET", "/articles", 401)
    assert (error["code"], error["message"]) == ("unauthorized", "Access Token Invalid")


def test_errors_come_in_the_documented_envelope(api):
    answer = api.get("/articles/999", 404)
    assert answer["type"] == "error.list"
    assert uuid.UUID(answer["request_id"])
    assert answer["errors"] == [{"code": "not_found", "message": "Resource Not Found"}]


@pytest.mark.parametrize("accept", [None, "*/*", "text/html"])
def test_an_accept_header_without_json_is_406(center, talk, accept):
    talk(center, Accept=accept).get("/me", 406)


def test_an_unknown_version_or_none_is_refused(make_center, talk):
    for version in ("2.6", "2.18", "latest", None):
        error = talk(make_center(), version).error("GET", "/me", 400)
        assert error["code"] == "intercom_version_invalid"
    assert talk(make_center(api_version="2.14"), None).get("/me")


@pytest.mark.parametrize(
    ("path", "versions"),
    [
        ("/help_center/sections", ["2.7", "2.8", "2.9"]),
        ("/articles/search", ALL[3:]),
        ("/ai/external_pages", ALL[5:]),
        ("/ai/content_import_sources", ALL[5:]),
        ("/help_center/help_centers", ALL),
    ],
)
def test_an_endpoint_exists_in_its_versions_only(center, talk, path, versions):
    for version in ALL:
        client = talk(center, version)
        if version in versions:
            client.get(path)
        else:
            assert client.error("GET", path, 400)["code"] == "intercom_version_invalid"


def test_a_method_that_an_address_does_not_have_is_404(api):
    api.ask("PATCH", "/articles", 404)
    api.ask("DELETE", "/articles", 404)
    api.get("/tags", 404)


@pytest.mark.parametrize("content", [b"{", b"[1]", b'"x"', b'{"title": "\\ud800"}', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(center, api, content):
    assert api.error("POST", "/articles", 400, content=content)["code"] == "parameter_invalid"
    assert center.rows("article") == []


@pytest.mark.parametrize("id", ["0", "x", "-1", "9" * 30, "1e3"])
def test_a_strange_id_is_simply_not_found(api, id):
    api.get(f"/articles/{id}", 404)
    api.get(f"/help_center/collections/{id}", 404)
    api.get(f"/ai/external_pages/{id}", 404)
    api.get(f"/help_center/help_centers/{id}", 404)
    assert api.error("GET", f"/admins/{id}", 404)["code"] == "admin_not_found"


def test_a_token_without_the_scope_is_refused(make_center, talk):
    reader = talk(make_center(scopes=["read_articles_scope"]))
    reader.get("/articles")
    reader.get("/me")
    for method, path in [("POST", "/articles"), ("GET", "/ai/external_pages"), ("GET", "/admins")]:
        assert reader.error(method, path, 401, json={})["code"] == "token_unauthorized"


def test_two_tokens_may_have_different_scopes(make_center, talk):
    center = make_center(token={"writes": None, "reads": ["read_articles_scope"]})
    talk(center, Authorization="Bearer writes").collection()
    reader = talk(center, Authorization="Bearer reads")
    reader.get("/help_center/collections")
    reader.post("/help_center/collections", 401, name="x")
    talk(center, Authorization="Bearer secret").get("/me", 401)


def test_calls_beyond_the_rate_limit_are_refused_until_the_window_ends(make_center, talk, clock):
    client = talk(make_center(rate_limit=2))
    clock.now = 1_000_003.0
    first = client.http.get("/me").headers
    assert (first["X-RateLimit-Limit"], first["X-RateLimit-Remaining"]) == ("2", "1")
    client.get("/me")
    refused = client.http.post("/help_center/collections", json={"name": "late"})
    assert refused.status_code == 429
    assert refused.json()["errors"][0] == {
        "code": "rate_limit_exceeded",
        "message": "Exceeded rate limit of 2 in 10_seconds",
    }
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    clock.now = float(refused.headers["X-RateLimit-Reset"])
    assert clock.now == 1_000_010
    assert client.get("/help_center/collections")["total_count"] == 0


def test_others_use_up_the_same_limit(make_center, talk, clock):
    center = make_center(rate_limit=50, other_traffic=3.0)
    clock.now = 1_000_000.0
    client = talk(center)
    left = []
    for _ in range(10):
        left.append(client.http.get("/me").headers["X-RateLimit-Remaining"])
        clock.now += 1
    assert left == [str(50 - call - 3 * (call - 1)) for call in range(1, 11)]
    center.other_traffic = 100.0
    assert client.http.get("/me").status_code == 200
    clock.now += 1
    assert client.http.get("/me").status_code == 429


def test_admins_gain_fields_with_the_versions(center, talk):
    seen = {version: set(talk(center, version).get("/admins")["admins"][0]) for version in ALL}
    assert "team_priority_level" in seen["2.8"] - seen["2.7"]
    assert "away_status_reason_id" in seen["2.14"] - seen["2.13"]
    assert "role" in seen["2.16"] - seen["2.15"]
    assert talk(center).get("/admins/991267251")["name"] == "Cleo Seller"


def test_help_centers_tell_their_locales_from_2_16_on(center, talk):
    listing = talk(center, "2.15").get("/help_center/help_centers")
    assert set(listing) == {"type", "data"}
    old = listing["data"][0]
    new = talk(center, "2.16").get(f"/help_center/help_centers/{old['id']}")
    assert set(new) - set(old) == {"default", "locales"}
    assert (new["default"], new["locales"]) == (True, ["en", "fr", "de"])


def test_an_unknown_quirk_is_refused_by_name(make_center):
    with pytest.raises(ValueError, match="no quirk 'sideways'"):
        make_center("sideways")
