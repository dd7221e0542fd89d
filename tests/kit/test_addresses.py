"""Which addresses a server of ours may be led to."""

from ipaddress import ip_address

import pytest

from regulars.kit import addresses
from regulars.kit.addresses import NotPublic, is_public, public_addresses

PRIVATE = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.127.255.254", "192.0.0.1", "192.0.2.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.7", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::", "2002:808:808::",
    "2001::1", "2001:db8::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "100::1", "5f00::1",
)  # fmt: skip
PUBLIC = ("8.8.8.8", "93.184.216.34", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::808:808")


@pytest.mark.parametrize("text", PRIVATE)
def test_knows_what_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_knows_what_is_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "::1", "0"])
def test_refuses_every_way_to_write_this_machine(host: str) -> None:
    with pytest.raises(NotPublic):
        public_addresses(host, 80)


def test_refuses_a_name_of_which_one_address_is_private(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "look_up", lambda host, port: ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(NotPublic):
        public_addresses("mixed.example", 443)


def test_refuses_an_address_with_a_zone_and_a_name_without_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    for found in (["fe80::1%eth0"], []):
        monkeypatch.setattr(addresses, "look_up", lambda host, port, found=found: found)
        with pytest.raises(NotPublic):
            public_addresses("odd.example", 443)
