"""What the process was told by its environment. Read once, at start."""

import base64
import contextlib
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

_ANYMAIL = "REGULARS_ANYMAIL_"
# Providers that anymail speaks to without a library of their own, and whose reports can be believed.
MAIL_PROVIDERS = (
    "brevo", "mailersend", "mailgun", "mailjet", "mailtrap", "mandrill", "postmark", "sendgrid", "sparkpost",
)  # fmt: skip


def data_dir() -> Path:
    """The folder that holds everything of an install that is not code: DATA_DIR, by default ./var."""
    return Path(os.environ.get("DATA_DIR", "var")).resolve()


def flag(name: str, *, default: bool = False) -> bool:
    """True when the variable is set to 1, true, yes or on."""
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in {"1", "true", "yes", "on"}


def words(name: str, *, default: str) -> list[str]:
    """A comma-separated variable as a list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def hsts() -> list[str]:
    """What browsers are told beyond this host, REGULARS_HSTS: `subdomains`, or `subdomains,preload`; else nothing."""
    said = words("REGULARS_HSTS", default="")
    if not set(said) <= {"subdomains", "preload"} or said == ["preload"]:
        raise SystemExit("REGULARS_HSTS: write subdomains, or subdomains,preload, or nothing")
    return said


def secret_key(folder: Path) -> str:
    """The signing key: REGULARS_SECRET_KEY, else one made at the first start that only its owner can read."""
    return os.environ.get("REGULARS_SECRET_KEY") or _kept(folder / "secret_key", secrets.token_urlsafe(50))


def payout_keys(folder: Path) -> list[str]:
    """The keys that seal how customers are paid, the one in use first: REGULARS_PAYOUT_KEYS, else one made as above."""
    fresh = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    keys = words("REGULARS_PAYOUT_KEYS", default="") or _kept(folder / "payout_keys", fresh).split()
    if not keys:
        raise SystemExit(f"{folder / 'payout_keys'} is empty: put the key back that it held")
    for key in keys:
        if not re.fullmatch(r"[\w-]{43}=", key, re.ASCII):
            raise SystemExit(
                "REGULARS_PAYOUT_KEYS: each key is 32 bytes in URL-safe base64, 44 characters long"
            )
    return keys


def _kept(path: Path, fresh: str) -> str:
    """A secret of the install that is kept in a file; the first start writes the fresh one."""
    folder = path.parent
    try:
        return path.read_text()
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
    # Written aside and linked into place: another process of this install never reads half a key, and the first wins.
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".key-") as file:
        file.write(fresh)
        file.flush()
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)
    return path.read_text()


def database(url: str, *, pool_size: int, statement_seconds: int) -> dict[str, Any]:
    """Django's DATABASES entry for a `postgresql://` URL; a Unix socket folder comes as `?host=/path`.

    `statement_seconds` ends statements that take longer (0: none does), so that no question can hold up the rest.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(query.pop("port", "") or parts.port or ""),
        "OPTIONS": {
            **query,
            "pool": {"min_size": 1, "max_size": pool_size, "timeout": 10},
            "server_side_binding": False,
            "options": f"-c statement_timeout={statement_seconds * 1000}",
        },
        "CONN_HEALTH_CHECKS": True,
    }


def mailer(url: str, provider: str = "") -> dict[str, Any]:
    """Django's MAILERS entry for `smtp://user:password@host:587` or `smtps://…`; empty keeps mail. A
    provider that anymail speaks to comes before both."""
    if provider:
        return {"BACKEND": f"anymail.backends.{provider}.EmailBackend"}
    if not url:
        return {"BACKEND": "regulars.staff.outbox.OutboxBackend"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise SystemExit("REGULARS_SMTP_URL: write it like smtp://user:password@mail.example.com:587")
    is_local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or (465 if parts.scheme == "smtps" else 587),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": parts.scheme == "smtps",
            "use_tls": parts.scheme == "smtp" and not is_local,
            "timeout": 15,
        },
    }


def mail_provider(environ: Mapping[str, str]) -> dict[str, Any]:
    """Anymail's settings from REGULARS_ANYMAIL_…: empty without REGULARS_ANYMAIL_PROVIDER.

    `REGULARS_ANYMAIL_PROVIDER=postmark` names it; the others are the provider's own settings as anymail names them
    without its prefix, like `REGULARS_ANYMAIL_SERVER_TOKEN`. `REGULARS_ANYMAIL_WEBHOOK_SECRET=user:password` is what
    the provider has to send with its reports.
    """
    provider = environ.get(f"{_ANYMAIL}PROVIDER", "").strip().lower()
    if not provider:
        return {}
    if provider not in MAIL_PROVIDERS:
        raise SystemExit(f"{_ANYMAIL}PROVIDER: choose one of {', '.join(MAIL_PROVIDERS)}.")
    found: dict[str, Any] = {"PROVIDER": provider}
    for name, value in environ.items():
        own = name.removeprefix(_ANYMAIL)
        if own == name or own == "PROVIDER" or not value:
            continue
        found[own if own == "WEBHOOK_SECRET" else f"{provider.upper()}_{own}"] = value
    secret = found.get("WEBHOOK_SECRET", "")
    if secret and not all(secret.partition(":")):
        raise SystemExit(f"{_ANYMAIL}WEBHOOK_SECRET: write it like user:password, both long and random.")
    return found


def text_messages(url: str) -> dict[str, str]:
    """The account for `twilio://sid:token@+33123456789`; empty keeps text messages."""
    if not url:
        return {}
    parts = urlsplit(url)
    if parts.scheme != "twilio" or not (parts.username and parts.password and parts.hostname):
        raise SystemExit("REGULARS_SMS_URL: write it like twilio://sid:token@+33123456789")
    return {"sid": unquote(parts.username), "token": unquote(parts.password), "from": unquote(parts.hostname)}
