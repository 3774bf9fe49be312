"""Which addresses are Intercom's own copies of images."""

import pytest

from publisher.body.vocabulary import is_intercom_image


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
