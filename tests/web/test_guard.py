"""Which addresses may be asked, and that the one that was looked at is the one that is asked."""

from __future__ import annotations

import ipaddress

import httpx
import pytest
from hypothesis import strategies as st

from publisher.web.asking import Web, ask
from publisher.web.guard import NoSuchHost, is_public
from tests.often import holds

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:0001::1",
    "64:ff9b::a9fe:a9fe",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "nonsense",
]


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_of_a_private_network_is_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e"])
def test_what_is_on_the_internet_is_public(address):
    assert is_public(address)


@holds(st.ip_addresses(v=4), few=20, many=2000)
def test_an_address_is_as_public_in_the_new_protocol_as_in_the_old(address):
    for inside in (f"::ffff:{address}", str(ipaddress.ip_address((0x64FF9B << 96) | int(address)))):
        assert is_public(inside) == is_public(str(address))


class Net(httpx.BaseTransport):
    """A network that keeps what was sent; it answers by host and path."""

    def __init__(self, answers=()):
        self.answers, self.sent = dict(answers), []

    def handle_request(self, request):
        name = request.headers["host"]
        self.sent.append((request.method, request.url.host, name, request.extensions))
        status, location = self.answers.get(f"{name}{request.url.path}", (200, ""))
        return httpx.Response(status, headers={"location": location} if location else {})


def asked(url, net, names):
    web = Web(transport=net, look_up=lambda host: names.pop(host))
    with web.client() as client:
        return ask(url, client, web.allows)


def test_a_request_goes_to_the_address_that_was_looked_at():
    net = Net()
    assert asked("https://docs.example/a", net, {"docs.example": ["93.184.215.14"]}).state == "fine"
    ((method, host, name, extensions),) = net.sent
    assert (method, host, name) == ("HEAD", "93.184.215.14", "docs.example")
    assert extensions["sni_hostname"] == "docs.example", "its certificate is still for the name"


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::1", "93.184.215.14"], []]
)
def test_a_name_with_one_private_address_is_not_asked(found):
    net = Net()
    told = asked("https://evil.example/", net, {"evil.example": found})
    assert (told.state, net.sent) == ("unknown", [])


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/admin",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://localhost:8000/",
        "http://intranet/",
        "http://metadata.google.internal/",
        "http://printer.LOCAL./",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.0x1/",
        "http://[::ffff:10.0.0.1]/",
        "https://anna:secret@docs.example/",
        "https:///nothing",
    ],
)
def test_private_addresses_and_passwords_are_never_sent(url):
    net = Net()
    assert (asked(url, net, {}).state, net.sent) == ("unknown", [])


def test_a_redirect_into_a_private_network_is_not_followed():
    net = Net({"docs.example/a": (302, "http://router.example/reboot")})
    names = {"docs.example": ["93.184.215.14"], "router.example": ["192.168.1.1"]}
    assert asked("https://docs.example/a", net, names).state == "unknown"
    assert [host for _, host, *_ in net.sent] == ["93.184.215.14"]


def test_each_request_looks_the_name_up_and_a_second_answer_wins_nothing():
    net = Net({"docs.example/a": (302, "/b")})
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    web = Web(transport=net, look_up=lambda host: next(answers))
    with web.client() as client:
        told = ask("https://docs.example/a", client, web.allows)
    assert told.state == "unknown"
    assert [host for _, host, *_ in net.sent] == ["93.184.215.14"]


def test_a_name_that_nobody_has_is_dead():
    def nobody(host):
        raise NoSuchHost(host)

    web = Web(transport=Net(), look_up=nobody)
    with web.client() as client:
        told = ask("https://gone.example/", client, web.allows)
    assert (told.state, told.why) == ("dead", "there is no host gone.example")
