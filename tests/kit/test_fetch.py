"""Fetching a file from an address: only from the public internet, from the server that was checked, in bounds."""

import datetime
import io
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import urllib3.util.connection
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from regulars.kit import addresses, fetch
from regulars.kit.fetch import NotFetched, safe_name

CSV = b"email\nada@example.com\n"
PUBLIC = "93.184.216.34"
Answer = Callable[[BaseHTTPRequestHandler], None]


def file(handler: BaseHTTPRequestHandler, body: bytes = CSV, status: int = 200, **headers: str) -> None:
    """Answer with a body."""
    handler.send_response(status)
    for name, value in ({"Content_Length": str(len(body))} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


class _Handler(BaseHTTPRequestHandler):
    answers: ClassVar[dict[str, Answer]] = {}
    asked: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, dict(self.headers)))
        self.answers.get(self.path.partition("?")[0], lambda handler: file(handler, b"no", 404))(self)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Web:
    """A server of the public internet, as far as the fetching side can tell: names lead to addresses of `names`, and
    whoever connects to a public one reaches the local server."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.handler = type("Handler", (_Handler,), {"answers": {}, "asked": []})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.names: dict[str, list[str]] = {"files.example": [PUBLIC]}
        self.looked_up: list[str] = []
        self.connected: list[tuple[str, int]] = []
        real = socket.create_connection

        def look_up(host: str, port: int) -> list[str]:
            self.looked_up.append(host)
            if host not in self.names:
                raise socket.gaierror
            return self.names[host]

        def connect(place: tuple[str, int], timeout: float, **_options: object) -> socket.socket:
            self.connected.append(place)
            return real(("127.0.0.1", self.server.server_port), timeout)

        monkeypatch.setattr(addresses, "look_up", look_up)
        monkeypatch.setattr(urllib3.util.connection, "create_connection", connect)

    def on(self, path: str, answer: Answer) -> None:
        self.handler.answers[path] = answer

    @property
    def asked(self) -> list[tuple[str, dict[str, str]]]:
        return self.handler.asked


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    made = Web(monkeypatch)
    yield made
    made.server.shutdown()
    made.server.server_close()


def get(url: str, limit: int = 10_000) -> tuple[str, bytes]:
    into = io.BytesIO()
    name = fetch.fetch(url=url, into=into, limit=limit)
    return name, into.getvalue()


def refusal(url: str, limit: int = 10_000) -> NotFetched:
    with pytest.raises(NotFetched) as caught:
        get(url, limit)
    assert caught.value.field == "url"
    return caught.value


def test_fetches_from_the_address_that_was_checked(web: Web) -> None:
    web.on("/lists/people.csv", file)
    assert get("http://files.example/lists/people.csv?key=1#top") == ("people.csv", CSV)
    assert (web.looked_up, web.connected) == (["files.example"], [(PUBLIC, 80)])
    path, headers = web.asked[0]
    assert path == "/lists/people.csv?key=1"
    assert headers["Host"] == "files.example" and headers["Accept-Encoding"] == "identity"
    assert "Cookie" not in headers and "Authorization" not in headers


def test_a_name_is_looked_up_once_so_that_it_cannot_be_changed_in_between(web: Web) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    web.on("/a.csv", file)
    addresses.look_up = lambda host, port: next(answers)  # put back with the fixture
    assert get("http://files.example/a.csv")[1] == CSV
    assert web.connected == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("ftp://files.example/a.csv", "https://"),
        ("file:///etc/passwd", "https://"),
        ("gopher://files.example/", "https://"),
        ("//files.example/a.csv", "https://"),
        ("people.csv", "https://"),
        ("", "https://"),
        ("http://", "https://"),
        ("http:///a.csv", "https://"),
        ("http://user:secret@files.example/a.csv", "password"),
        ("http://user@files.example/a.csv", "password"),
        ("http://files.example:22/a.csv", "ports"),
        ("http://files.example:99999/a.csv", "no address"),
        ("http://[::1/a.csv", "no address"),
        ("http://fi les.example/a.csv", "characters"),
        ("http://files.example\r\nX-Evil: 1/a.csv", "no address"),
        ("http://nobody.example/a.csv", "no server"),
        ("http://" + "a" * 300 + ".example/", "no address"),
        ("http://files.example/" + "a" * 3000, "longer"),
    ],
)
def test_refuses_addresses_that_are_none(web: Web, url: str, word: str) -> None:
    said = refusal(url)
    assert word in said.sentence, said.sentence
    assert "secret" not in said.sentence
    assert web.connected == []


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["10.1.2.3"],
        ["::ffff:10.1.2.3"],
        [PUBLIC, "192.168.0.9"],
        ["fd00::1"],
    ],
)
def test_refuses_names_that_lead_inside(web: Web, found: list[str]) -> None:
    web.names["inside.example"] = found
    assert "private network" in (inside := refusal("http://inside.example/a.csv").sentence)
    # Nobody finds out this way which names there are inside.
    assert refusal("http://nobodys.example/a.csv").sentence.replace("nobodys", "inside") == inside
    assert web.connected == [] and web.asked == []


def test_follows_redirects_with_the_same_questions(web: Web) -> None:
    web.names |= {"inside.example": ["10.0.0.7"], "second.example": ["93.184.216.35"]}
    moved = {
        "/ok": "http://second.example:8080/b.csv",
        "/here": "b.csv",
        "/private": "http://inside.example/b.csv",
        "/metadata": "http://169.254.169.254/latest/meta-data/",
        "/scheme": "file:///etc/passwd",
        "/secret": "http://me:pw@second.example/b.csv",
        "/nowhere": "",
        "/round": "/round",
    }
    web.names["169.254.169.254"] = ["169.254.169.254"]
    for path, place in moved.items():
        web.on(path, lambda handler, place=place: file(handler, b"moved", 302, Location=place))
    web.on("/b.csv", file)
    assert get("http://files.example/ok") == ("b.csv", CSV)
    assert web.connected == [(PUBLIC, 80), ("93.184.216.35", 8080)]
    assert get("http://files.example/here") == ("b.csv", CSV)
    for path, word in (
        ("/private", "private network"),
        ("/metadata", "private network"),
        ("/scheme", "https://"),
        ("/secret", "password"),
        ("/nowhere", "not where"),
        ("/round", "more than 3"),
    ):
        assert word in refusal(f"http://files.example{path}").sentence
    assert {place for place, _port in web.connected} == {PUBLIC, "93.184.216.35"}


def test_refuses_what_is_too_large_whether_announced_or_not(web: Web) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65536)
        except OSError:
            return

    web.on("/said", lambda handler: file(handler, b"", Content_Length="99999999999999999999999"))
    web.on("/endless", endless)
    for path in ("/said", "/endless"):
        said = refusal(f"http://files.example{path}", 1024**2)
        assert (said.status, said.code) == (413, "file_too_large")
        assert "1 MB" in said.sentence


def test_refuses_packed_empty_broken_and_missing_files_without_repeating_them(web: Web) -> None:
    def broken(handler: BaseHTTPRequestHandler) -> None:
        file(handler, CSV, Content_Length="5000")
        handler.close_connection = True

    def nonsense(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"S3CR3T nothing\r\n\r\n")

    web.on("/packed", lambda handler: file(handler, Content_Encoding="gzip"))
    web.on("/empty", lambda handler: file(handler, b""))
    web.on("/broken", broken)
    web.on("/nonsense", nonsense)
    web.on("/closed", lambda handler: file(handler, b"S3CR3T", 403))
    web.on("/error", lambda handler: file(handler, b"S3CR3T", 500))
    web.on("/busy", lambda handler: file(handler, b"S3CR3T", 503))
    for path, word in (
        ("/packed", "packed"),
        ("/empty", "empty"),
        ("/broken", "broke off"),
        ("/nonsense", "could not be"),
        ("/closed", "everybody"),
        ("/error", "500"),
        ("/busy", "busy"),
        ("/missing", "no such file"),
    ):
        said = refusal(f"http://files.example{path}").sentence
        assert word in said, (path, said)
        assert "S3CR3T" not in said


def test_gives_up_on_servers_that_say_nothing_or_trickle(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def silent(handler: BaseHTTPRequestHandler) -> None:
        ended.wait(5)

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not ended.wait(0.05):
                handler.wfile.write(b"x")
        except OSError:
            return

    def slow_head(handler: BaseHTTPRequestHandler) -> None:
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            while not ended.wait(0.05):
                handler.wfile.write(b"x")
        except OSError:
            return

    web.on("/silent", silent)
    web.on("/trickle", trickle)
    web.on("/head", slow_head)
    try:
        monkeypatch.setattr(fetch, "SILENT_SECONDS", 0.2)
        assert "in time" in refusal("http://files.example/silent").sentence
        # However busy the machine is between two letters: what ends these is that the whole takes too long.
        monkeypatch.setattr(fetch, "SILENT_SECONDS", 60)
        monkeypatch.setattr(fetch, "ALL_SECONDS", 0.5)
        for path in ("/trickle", "/head"):
            assert "did not arrive" in refusal(f"http://files.example{path}").sentence
            assert not ended.is_set()  # they would have gone on for ever
    finally:
        ended.set()


def test_tries_the_next_address_when_one_does_not_answer(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    web.names["files.example"] = ["93.184.216.99", PUBLIC]
    reach = urllib3.util.connection.create_connection

    def connect(place: tuple[str, int], timeout: float, **options: object) -> socket.socket:
        if place[0] == "93.184.216.99":
            raise ConnectionRefusedError
        return reach(place, timeout, **options)

    monkeypatch.setattr(urllib3.util.connection, "create_connection", connect)
    web.on("/a.csv", file)
    assert get("http://files.example/a.csv")[1] == CSV
    web.names["files.example"] = ["93.184.216.99"]
    assert "could not be reached" in refusal("http://files.example/a.csv").sentence


def test_the_certificate_must_be_of_the_name_that_was_asked(
    web: Web, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key, certificate = _certificate(tmp_path, "files.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    web.server.socket = context.wrap_socket(web.server.socket, server_side=True)
    web.names["other.example"] = [PUBLIC]
    web.on("/a.csv", file)
    web.on("/down", lambda handler: file(handler, b"", 302, Location="http://files.example/a.csv"))
    assert "certificate" in refusal("https://files.example/a.csv").sentence  # nobody vouches for it
    monkeypatch.setattr(fetch, "trusting", lambda: ssl.create_default_context(cafile=str(certificate)))
    assert get("https://files.example/a.csv") == ("a.csv", CSV)
    assert web.connected[-1] == (PUBLIC, 443)
    assert "certificate" in refusal("https://other.example/a.csv").sentence
    assert "encryption" in refusal("https://files.example/down").sentence


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A key and a certificate that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(pem))
    return folder / "key.pem", folder / "certificate.pem"


@pytest.mark.parametrize(
    ("said", "path", "name"),
    [
        ('attachment; filename="customers.xlsx"', "/get", "customers.xlsx"),
        ("attachment; filename*=UTF-8''Kunden%20%C3%9C.csv", "/get", "Kunden Ü.csv"),
        ('attachment; filename="../../etc/passwd"', "/get", "passwd"),
        ('attachment; filename="C:\\\\fakepath\\\\a.csv"', "/get", "a.csv"),
        ("attachment", "/lists/caf%C3%A9.csv", "café.csv"),
        ("", "/", "import"),
        ('attachment; filename=".."', "/", "import"),
    ],
)
def test_gives_the_file_a_safe_name(web: Web, said: str, path: str, name: str) -> None:
    web.on(path, lambda handler: file(handler, Content_Disposition=said))
    assert get(f"http://files.example{path}")[0] == name


def test_a_name_has_no_folders_and_no_hidden_letters() -> None:
    assert safe_name("a/b\\..\\.htaccess\x00\u202e") == "htaccess"
    assert len(safe_name("x" * 500 + ".csv")) == 120
