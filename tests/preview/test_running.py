"""What the terminal hears of a preview that runs."""

from __future__ import annotations

import logging

import pytest

from publisher import config as configs
from publisher.preview import running
from tests.preview.room import SMALL


def run(folder, place, tell):
    for name, text in SMALL.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def read():
        return configs.load(folder, environment={})

    running.run(read(), place, file=folder / configs.FILE, reread=read, tell=tell)


def test_a_preview_for_the_network_names_an_address_that_other_machines_can_open(tmp_path):
    heard = []

    def tell(news):
        heard.append(news)
        if news.sentence:
            raise KeyboardInterrupt

    place = running.Place(port=0, host="0.0.0.0", names=running.names_of("0.0.0.0", ("Desk",)))
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, place, tell)

    address, sentence = heard[0].address, heard[1].sentence
    assert address.startswith("http://127.0.0.1:")
    assert sentence == f"From other machines, it is at http://desk:{address.rpartition(':')[2]}."


def test_that_intercom_is_asked_again_is_left_to_the_pages_as_long_as_they_are_there(tmp_path):
    log, heard = logging.getLogger("publisher.intercom"), []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())
    log.addHandler(handler)
    before = log.level
    log.setLevel(logging.INFO)

    def tell(news):
        log.info("during")
        log.warning("grave")
        raise KeyboardInterrupt

    try:
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path, running.Place(port=0), tell)
        log.info("after")
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
    assert heard == ["grave", "after"]
