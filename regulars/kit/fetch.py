"""Fetching a file from an address that somebody typed.

What is asked for comes from the public internet only: each name is looked up once, every address it has must be
public, and the connection goes to one of those. Redirects are followed by hand, with the same questions again. Nothing
of what a server answers is repeated in a refusal.
"""

import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from http.client import HTTPException
from ipaddress import ip_address
from typing import IO
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _
from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError, SSLError
from urllib3.exceptions import TimeoutError as Overdue

from regulars.kit.addresses import NotPublic, public_addresses
from regulars.kit.errors import Refused

MOST_REDIRECTS = 3
LONGEST_URL = 2_000
LONGEST_NAME = 120
CONNECT_SECONDS = 5.0
SILENT_SECONDS = 15.0
ALL_SECONDS = 120.0
ADDRESSES_TRIED = 3
CHUNK = 64 * 1024
_PORTS = {"http": 80, "https": 443}
_FIRST_OPEN_PORT = 1024
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_SAFE = "/%:@!$&'()*+,;=-._~?"
_REDIRECTS = (301, 302, 303, 307, 308)
_UNREACHED = gettext_noop("The server could not be reached, or its answer could not be understood.")
_FAILURES = (HTTPError, HTTPException, OSError, ValueError)


class NotFetched(Refused):
    """A file could not be fetched from the address that was given."""

    code = "not_fetched"
    status = 422

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="url")


class TooLarge(NotFetched):
    """The file at the address is larger than this install takes."""

    code = "file_too_large"
    status = 413


@dataclass(frozen=True, slots=True)
class _Target:
    """An address taken apart: where to connect and what to ask for."""

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def fetch(*, url: str, into: IO[bytes], limit: int) -> str:
    """Write the file at an address into `into` and give its name, made safe. Raises `NotFetched` saying what to do."""
    deadline = time.monotonic() + ALL_SECONDS
    target = _read(url)
    for _time in range(MOST_REDIRECTS + 1):
        with _asked(target, deadline) as response:
            if response.status not in _REDIRECTS:
                _save(response, into, limit)
                return _name_of(response, target)
            target = _next(target, response.headers.get("Location", ""))
    raise NotFetched(
        gettext("The address leads on more than %(most_redirects)s times. Give the one where the file is.")
        % {"most_redirects": MOST_REDIRECTS}
    )


def _read(url: str) -> _Target:
    """Take an address apart. Raises `NotFetched`."""
    text = url.strip()
    if len(text) > LONGEST_URL:
        raise NotFetched(
            _("The address is longer than %(longest_url)s characters.") % {"longest_url": f"{LONGEST_URL:,}"}
        )
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower().removesuffix("."), parts.port
        if ":" not in host:
            host = host.encode("idna").decode("ascii")
    except ValueError as error:
        raise NotFetched(
            _("This is no address. Write it whole, like https://example.com/customers.csv.")
        ) from error
    if parts.scheme not in _PORTS or not host:
        raise NotFetched(_("Give an address that begins with https:// or http://."))
    if parts.username is not None or parts.password is not None:
        raise NotFetched(
            _("Leave the name and the password out of the address; files are fetched without them.")
        )
    if not (_HOST.fullmatch(host) or _is_literal(host)):
        raise NotFetched(_("The name of the server holds characters that such names do not have."))
    port = port or _PORTS[parts.scheme]
    if port not in _PORTS.values() and port < _FIRST_OPEN_PORT:
        raise NotFetched(_("Files are fetched from ports 80 and 443, and from 1024 upwards."))
    return _Target(text, parts.scheme, host, port, _path_of(parts))


def _path_of(parts: SplitResult) -> str:
    asked = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    return quote(asked, safe=_SAFE)


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return "%" not in host


def _next(target: _Target, location: str) -> _Target:
    if not location:
        raise NotFetched(_("The server says that the file is elsewhere, but not where."))
    found = _read(urljoin(target.url, location))
    if target.scheme == "https" and found.scheme == "http":
        raise NotFetched(_("The address leads on to one without encryption. Give that one if you trust it."))
    return found


@contextmanager
def _asked(target: _Target, deadline: float) -> Iterator[BaseHTTPResponse]:
    """The answer of the server, until the deadline cuts the connection."""
    connection = _connect(target, deadline)
    too_late = threading.Event()
    # Each byte that trickles in begins the silence anew, so the whole has an end of its own.
    watch = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, [connection.sock, too_late])
    watch.daemon = True
    watch.start()
    try:
        connection.request(
            "GET",
            target.path,
            headers={
                "Host": target.host_header,
                "User-Agent": "Regulars",
                "Accept": "*/*",
                "Accept-Encoding": "identity",
            },
            preload_content=False,
            decode_content=False,
        )
        yield connection.getresponse()
        if too_late.is_set():
            raise _late()
    except NotFetched as refusal:
        raise _late() if too_late.is_set() else refusal from refusal
    except _FAILURES as error:
        raise _late() if too_late.is_set() else _broken(error) from error
    finally:
        watch.cancel()
        connection.close()


def _connect(target: _Target, deadline: float) -> HTTPConnection:
    """Connect to one of the addresses that were checked. Raises `NotFetched`."""
    try:
        addresses = public_addresses(target.host, target.port)
    except (NotPublic, OSError, ValueError) as error:
        # One sentence for both: whether a name is known in the private network is not told to who asks from outside.
        raise NotFetched(
            _(
                "There is no server named “%(host)s” on the public internet. Look for a slip in the "
                "address; a file in a private network has to be uploaded."
            )
            % {"host": target.host[:80]}
        ) from error
    problem: Exception = OSError()
    for address in addresses[:ADDRESSES_TRIED]:
        connection = _connection(target, address, deadline)
        try:
            connection.connect()
        except _FAILURES as error:
            connection.close()
            problem = error
            continue
        connection.timeout = SILENT_SECONDS
        connection.sock.settimeout(SILENT_SECONDS)
        return connection
    raise _broken(problem) from problem


def _connection(target: _Target, address: str, deadline: float) -> HTTPConnection:
    wait = min(CONNECT_SECONDS, max(0.1, deadline - time.monotonic()))
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=wait)
    return HTTPSConnection(
        address,
        target.port,
        timeout=wait,
        ssl_context=trusting(),
        server_hostname=target.host,  # the certificate is of the name, the connection goes to the address
    )


def trusting() -> ssl.SSLContext:
    """Certificates are judged as the machine judges them."""
    return ssl.create_default_context()


def _cut(connected: socket.socket, too_late: threading.Event) -> None:
    too_late.set()
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def _late() -> NotFetched:
    return NotFetched(
        _("The file did not arrive within %(all_seconds)s seconds. Upload it instead.")
        % {"all_seconds": f"{ALL_SECONDS:.0f}"}
    )


def _broken(error: Exception) -> NotFetched:
    """What went wrong, in our words: the library's may hold words of the server."""
    match error:
        case SSLError() | ssl.SSLError():
            return NotFetched(
                _(
                    "The server could not prove that it is the one of this address: its certificate does not fit."
                )
            )
        case NewConnectionError():  # counts as overdue for the library, whatever kept it from being made
            return NotFetched(_(_UNREACHED))
        case TimeoutError() | Overdue():
            return NotFetched(_("The server does not answer in time. Try again later, or upload the file."))
        case ProtocolError():
            return NotFetched(_("The connection broke off before the whole file was here. Try again."))
    return NotFetched(_(_UNREACHED))


def _save(response: BaseHTTPResponse, into: IO[bytes], limit: int) -> None:
    """Write the body, as far as it is a file of bearable size. Raises `NotFetched`."""
    if response.status != HTTPStatus.OK:
        raise NotFetched(_said(response.status))
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise NotFetched(
            _("The server sends the file packed in a way that was not asked for. Upload it instead.")
        )
    announced = response.headers.get("Content-Length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > limit:
        raise _too_large(limit)
    received = 0
    while chunk := response.read(CHUNK):
        received += len(chunk)
        if received > limit:
            raise _too_large(limit)
        into.write(chunk)
    if not received:
        raise NotFetched(_("The file at this address is empty."))


def _said(status: int) -> str:
    match status:
        case 401 | 403:
            return _(
                "The server does not give this file to everybody (%(status)s). Download and upload it instead."
            ) % {"status": status}
        case 404 | 410:
            return _("There is no such file on this server (%(status)s). Look for a slip in the address.") % {
                "status": status
            }
        case 429 | 503:
            return _("The server is too busy at this moment (%(status)s). Try again later.") % {
                "status": status
            }
    return _("The server does not give this file; it answered with the number %(status)s.") % {
        "status": status
    }


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        _("The file is larger than %(limit)s MB, the most that can be taken at once.")
        % {"limit": f"{limit / 1024**2:,.0f}"}
    )


def _name_of(response: BaseHTTPResponse, target: _Target) -> str:
    """The name the server gives the file, else the end of the address; never a path."""
    said = Message()
    said["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    named = said.get_filename() or ""
    last = unquote(urlsplit(target.url).path, errors="replace").rpartition("/")[2]
    return safe_name(named) or safe_name(last) or "import"


def safe_name(name: str) -> str:
    """A name for people without folders, control characters and a beginning that hides it."""
    last = re.split(r"[\\/]", name)[-1]
    return "".join(char for char in last if char.isprintable()).strip().lstrip(".")[-LONGEST_NAME:]
