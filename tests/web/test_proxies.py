"""Behind a web server, each person is counted for themselves; and nobody writes their own address."""

import ipaddress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.reviewing.signing_in import MOST_FROM_ONE_ADDRESS
from coldchain.web.proxies import asked_by
from tests.web.hospital import PASSWORD, Hospital

HERE, INSIDE = ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("10.0.0.0/8")


@pytest.mark.parametrize(
    ("case", "peer", "said", "asker"),
    [
        ("nobody between", "127.0.0.1", [], "127.0.0.1"),
        ("a declared proxy says who asked", "127.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("a stranger says something", "192.0.2.7", ["198.51.100.1"], "192.0.2.7"),
        ("an asker wrote an address before theirs", "127.0.0.1", ["198.51.100.1, 192.0.2.7"], "192.0.2.7"),
        ("in a line of its own", "127.0.0.1", ["198.51.100.1", "192.0.2.7"], "192.0.2.7"),
        ("through two declared ones", "127.0.0.1", ["192.0.2.7, 10.1.2.3"], "192.0.2.7"),
        ("only declared ones", "127.0.0.1", ["10.9.9.9"], "10.9.9.9"),
        ("no address", "127.0.0.1", ["unknown"], "127.0.0.1"),
        ("no address behind a declared one", "127.0.0.1", ["unknown, 10.1.2.3"], "10.1.2.3"),
        ("an empty one", "127.0.0.1", [""], "127.0.0.1"),
        ("with a port", "127.0.0.1", ["192.0.2.7:50123"], "192.0.2.7"),
        ("IPv6 with a port", "127.0.0.1", ["[2001:db8::7]:50123"], "2001:db8::7"),
        ("IPv4 written as IPv6", "::ffff:127.0.0.1", ["2001:db8::7"], "2001:db8::7"),
    ],
)
def test_who_asked(case: str, peer: str, said: list[str], asker: str) -> None:
    assert asked_by(peer, said, (HERE, INSIDE)) == asker, case


@given(st.lists(st.text(max_size=40) | st.ip_addresses().map(str), max_size=5))
def test_what_an_asker_writes_changes_nothing(written: list[str]) -> None:
    assert asked_by("127.0.0.1", [*written, "192.0.2.7"], (HERE,)) == "192.0.2.7"
    assert asked_by("192.0.2.7", written, (HERE,)) == "192.0.2.7"


def _wrong(client: httpx.Client, name: str, address: str) -> int:
    data = {"name": name, "password": "wrong"}
    return client.post("/sign-in", data=data, headers={"x-forwarded-for": address}).status_code


def _fail_for_long(hospital: Hospital, address: str) -> None:
    from coldchain.records import accounts

    with hospital.store.transaction() as tx:
        for number in range(MOST_FROM_ONE_ADDRESS):
            accounts.note_attempt(tx, f"name-{number}", address, hospital.now_ms, succeeded=False)


def test_one_persons_wrong_passwords_shut_nobody_else_out(hospital: Hospital) -> None:
    _fail_for_long(hospital, "192.0.2.7")
    with hospital.open(trusted_proxies=(HERE,)) as pages, pages.visitor() as client:
        assert _wrong(client, "nurse", "192.0.2.7") == 429
        assert _wrong(client, "nurse", "192.0.2.8") == 401
        assert _wrong(client, "nurse", "192.0.2.8, 192.0.2.7") == 429
        answer = client.post(
            "/sign-in", data={"name": "nurse", "password": PASSWORD}, headers={"x-forwarded-for": "192.0.2.8"}
        )
        assert answer.status_code == 303


def test_without_a_declared_proxy_the_header_says_nothing(hospital: Hospital) -> None:
    _fail_for_long(hospital, "127.0.0.1")
    with hospital.open() as pages, pages.visitor() as client:
        assert _wrong(client, "nurse", "192.0.2.8") == 429
