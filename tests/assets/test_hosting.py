"""Images on their way to a public place, with an S3 server of our own on loopback."""

from __future__ import annotations

import functools
import hashlib

import boto3
import httpx
import pytest
from botocore import session
from moto.server import ThreadedMotoServer

from tests.world import SMALL

pytestmark = pytest.mark.socket

BUCKET = "s3://help/images"
URL = "https://cdn.example.com/help/{name}"
RED = b"\x89PNG\r\n\x1a\n red"
BLUE = b"\x89PNG\r\n\x1a\n blue"


@pytest.fixture(scope="session")
def s3_server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:  # boto reads its descriptions anew for each client
        patch.setattr(session, "create_loader", functools.cache(session.create_loader))
        yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server, monkeypatch):
    """A client of an empty server that holds one bucket, `help`."""
    settings = {
        "AWS_ENDPOINT_URL_S3": s3_server,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    httpx.post(f"{s3_server}/moto-api/reset", trust_env=False)
    client = boto3.client("s3")
    client.create_bucket(Bucket="help")
    return client


@pytest.fixture
def shown(story):
    """Two articles that show an image each."""
    story.write(
        {
            **SMALL,
            "en/billing/img/card.png": RED,
            "en/billing/pay.md": "# Pay\n\nUse a card.\n\n![A card](img/card.png)\n",
            "en/orders/map.png": BLUE,
            "en/orders/find.md": "# Find\n\nLook.\n\n![A map](map.png)\n",
        }
    )
    return story


def name_of(stem, content):
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:8]}.png"


CARD, MAP = name_of("card", RED), name_of("map", BLUE)


def keys(client):
    return [row["Key"] for row in client.list_objects_v2(Bucket="help").get("Contents", [])]


def test_a_target_without_an_address_is_one_finding_that_names_the_ways_out(shown):
    for command in (["plan"], ["apply", "--yes"]):
        ended = shown.run(*command)
        assert ended.code == 3, str(ended)
        assert ended.err.count("error[assets-url]") == 1
        for part in (
            "2 local images",
            "en/billing/img/card.png",
            "en/orders/map.png",
            "assets_url",
            "publisher assets export",
            "public URLs",
        ):
            assert part in ended.err
    assert shown.writes == []


def test_images_nobody_shows_are_nobodys_business(story):
    story.write({"en/billing/img/unused.png": RED})
    assert story.run("plan").code == 0
    assert story.run("assets", "list", "--format", "json").json == []


def test_images_are_listed_with_where_they_stand(shown, s3):
    def standing():
        rows = shown.run("assets", "list", "--format", "json").json
        return [(row["path"], row["where"], row["url"]) for row in rows]

    assert standing() == [
        ("en/billing/img/card.png", "no address", ""),
        ("en/orders/map.png", "no address", ""),
    ]
    shown.configure(assets_url=URL)
    assert standing()[0] == (
        "en/billing/img/card.png",
        "by hand",
        f"https://cdn.example.com/help/{CARD}",
    )
    shown.configure(assets_url=URL, assets=BUCKET)
    assert [where for _, where, _ in standing()] == ["to upload", "to upload"]
    shown.run("assets", "push")
    assert [where for _, where, _ in standing()] == ["hosted", "hosted"]
    text = shown.run("assets", "list").err
    assert f"hosted     en/billing/img/card.png  https://cdn.example.com/help/{CARD}" in text
    assert "2 images." in text


def test_a_push_uploads_once_under_a_name_that_never_changes_its_content(shown, s3):
    shown.configure(assets_url=URL, assets=BUCKET)
    first = shown.run("assets", "push")
    assert first.code == 0, str(first)
    assert f"uploaded {CARD}" in first.err
    assert keys(s3) == [f"images/{CARD}", f"images/{MAP}"]
    there = s3.get_object(Bucket="help", Key=f"images/{CARD}")
    assert there["Body"].read() == RED
    assert there["ContentType"] == "image/png"
    assert "immutable" in there["CacheControl"]
    second = shown.run("assets", "push")
    assert second.code == 0
    assert "uploaded " not in second.err.replace("0 uploaded", "")
    assert shown.writes == []


@pytest.mark.slow
def test_a_changed_image_is_uploaded_beside_the_old_one(shown, s3):
    shown.configure(assets_url=URL, assets=BUCKET)
    shown.run("assets", "push")
    shown.write({"en/billing/img/card.png": RED + b"der"})
    assert "1 uploaded" in shown.run("assets", "push").err
    assert f"images/{CARD}" in keys(s3)
    assert len(keys(s3)) == 3


def test_an_apply_uploads_what_is_new_before_it_writes(shown, s3):
    shown.configure(assets_url=URL, assets=BUCKET)
    planned = shown.run("plan", "--format", "json").json
    assert planned["summary"]["uploads"] == 2
    assert keys(s3) == [], "a plan uploads nothing"
    applied = shown.apply("--report", "report.json")
    assert applied.err.index(f"uploaded {CARD}") < applied.err.index("created collection")
    assert keys(s3) == [f"images/{CARD}", f"images/{MAP}"]
    assert shown.run("plan", "--detailed-exitcode").code == 0
    shown.write({"en/billing/img/card.png": RED + b"der"})
    again = shown.apply()
    assert again.err.count("uploaded card.") == 1
    assert "uploaded map." not in again.err


def test_a_missing_bucket_is_a_sentence_and_nothing_is_written(shown, s3):
    shown.configure(assets_url=URL, assets="s3://nowhere/images")
    for command in (["assets", "list"], ["assets", "push"], ["apply", "--yes"]):
        ended = shown.run(*command)
        assert ended.code == 1, str(ended)
        (said,) = (line for line in ended.err.splitlines() if line.startswith("error: "))
        assert "s3://nowhere/images" in said
        assert "Check `assets`" in said
        assert "Traceback" not in ended.err
    assert shown.writes == []


def test_a_missing_bucket_is_found_by_the_doctor(shown, s3):
    shown.configure(assets_url=URL, assets="s3://nowhere/images")
    ended = shown.run("doctor")
    assert ended.code == 1
    assert "! images: " in ended.err
    shown.configure(assets_url=URL, assets=BUCKET)
    assert "+ images: uploaded to s3://help/images" in shown.run("doctor").err


def test_no_credentials_are_a_sentence(shown, s3, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(shown.folder / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(shown.folder / "none"))
    shown.configure(assets_url=URL, assets=BUCKET)
    ended = shown.run("assets", "push")
    assert ended.code == 1
    assert "credentials" in ended.err
    assert "Traceback" not in ended.err


def test_a_push_without_a_bucket_names_the_ways_out(shown):
    ended = shown.run("assets", "push")
    assert ended.code == 64
    assert "s3://bucket/prefix" in ended.err
    assert "assets export" in ended.err


def test_images_are_written_out_under_their_public_names(shown):
    first = shown.run("assets", "export", "public/help")
    assert first.code == 0
    written = {
        path.name: path.read_bytes() for path in (shown.folder / "public" / "help").iterdir()
    }
    assert written == {CARD: RED, MAP: BLUE}
    assert "2 written to public/help" in first.err
    assert "0 written" in shown.run("assets", "export", "public/help").err


def test_an_export_that_cannot_write_is_a_sentence(shown):
    (shown.folder / "public").write_text("in the way")
    ended = shown.run("assets", "export", "public/help")
    assert ended.code == 1
    assert "cannot write to public/help" in ended.err


def test_an_image_that_changed_after_the_plan_stops_the_apply(shown, s3):
    shown.configure(assets_url=URL, assets=BUCKET)
    shown.run("plan", "--out", "plan.json")
    shown.write({"en/billing/img/card.png": RED + b"der"})
    ended = shown.run("apply", "plan.json")
    assert ended.code == 4
    assert "changed after the plan was made" in ended.err
    assert shown.writes == []


def test_the_embedded_help_center_is_given_its_images(shown):
    rows = shown.run("assets", "list", "--target", "local", "--format", "json").json
    assert {row["where"] for row in rows} == {"served"}
    assert shown.run("apply", "--yes", "--target", "local").code == 0
