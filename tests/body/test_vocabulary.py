"""Which addresses are Intercom's own copies of images, and what signs them."""

import pytest

from publisher.body.vocabulary import is_intercom_image, unsigned, unsigned_within


@pytest.mark.parametrize(
    "host",
    [
        "downloads.intercomcdn.com",
        "downloads.intercomcdn.eu",
        "downloads.au.intercomcdn.com",
        "uploads.intercomcdn.com",
        "uploads.intercomusercontent.com",
        "alitu-ecd72ab0001a.intercom-attachments-7.com",
        "intercom-attachments-1.com",
        "intercom-attachments.eu",
        "au.intercom-attachments.com",
        "DOWNLOADS.intercomcdn.com",
    ],
)
def test_intercoms_copies_are_known_by_their_host(host):
    assert is_intercom_image(f"https://{host}/i/o/1/ab/card.png?expires=1&signature=2")


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.example.com/card.png",
        "https://downloads.intercomcdn.com.example.com/card.png",
        "https://notintercomcdn.com/card.png",
        "asset:0123456789abcdef/card.png",
        "card.png",
        "https://[broken/card.png",
        "",
    ],
)
def test_anything_else_is_somebody_elses(url):
    assert not is_intercom_image(url)


KEPT = "https://downloads.intercomcdn.com/i/o/1/a (1).png"


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("?expires=1&signature=2&req=3%0A", ""),
        ("?Expires=1&SIGNATURE=2", ""),
        ("?signature=2#page=3", "#page=3"),
        ("?expires=1&amp;signature=2&amp;req=3", ""),
        ("?expires=1&page=2&signature=3", "?page=2"),
        ("?page=2&req=3&size=4", "?page=2&size=4"),
        ("?unsigned=1&request=2", "?unsigned=1&request=2"),
        ("?", "?"),
        ("#signature=2", "#signature=2"),
    ],
)
def test_an_address_loses_what_signs_it_and_nothing_else(query, left):
    assert unsigned(KEPT + query) == KEPT + left


def test_what_signs_the_address_of_somebody_else_stays():
    url = "https://bucket.example.com/a.png?expires=1&signature=2"
    assert unsigned(url) == url
    assert unsigned_within(f"<a href='{url}'>") == f"<a href='{url}'>"


def test_addresses_lose_their_signatures_wherever_they_stand_in_html():
    html = "<x style='background: url({0}{1})' href=\"{0}{1}\">{0}{1}</x>"
    place = "//uploads.intercomcdn.com/(1).png"
    signed = html.format(place, "?expires=1&amp;signature=2")
    assert unsigned_within(signed) == html.format(place, "")
