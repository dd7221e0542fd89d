"""What a rule is about, in the one form that all spellings share.

Two spellings of one mailbox, number or address come out alike, two people never do: only what a provider says itself
is taken as meaningless (see `providers`).
"""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass

import idna
from django.utils.translation import gettext as _

from regulars.blocklist.choices import RuleKind
from regulars.blocklist.providers import BY_DOMAIN, WHOLE_PROVIDERS
from regulars.kit.email import clean_email
from regulars.kit.errors import Invalid
from regulars.kit.phone import clean_phone, display_phone
from regulars.kit.text import storable
from regulars.kit.words import listed

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LONGEST = 320
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_MAPPED = ipaddress.ip_network("::ffff:0:0/96")
# A network wider than this is a country or a large provider.
_WIDE = {4: 12, 6: 24}


@dataclass(frozen=True, slots=True)
class Identity:
    """What a rule is about. `notices` say how it was read, `doubt` why it wants a second yes ("" for none)."""

    kind: RuleKind
    value: str
    masked: str
    network: Network | None = None
    notices: tuple[str, ...] = ()
    doubt: str = ""


def identify(kind: RuleKind, typed: str, *, country: str) -> Identity:
    """What was typed, read as this kind of rule. Raises `Invalid` with the way to write it."""
    text = unicodedata.normalize("NFKC", storable(typed)).strip()
    if not text:
        raise Invalid(_("Say who: an e-mail, a domain, an IP address or a phone number."), field="value")
    if len(text) > LONGEST:
        raise Invalid(
            _("This is %(count)s characters long; %(longest)s fit.")
            % {"count": len(text), "longest": LONGEST},
            field="value",
        )
    match kind:
        case RuleKind.EMAIL:
            return _email(text)
        case RuleKind.DOMAIN:
            return _domain(text)
        case RuleKind.IP:
            return _network(text)
        case RuleKind.PHONE:
            try:
                number = phone_key(clean_phone(text, country))
            except Invalid as refusal:
                raise Invalid(refusal.sentence, field="value") from refusal
            return Identity(kind, number, mask_phone(number))
    raise Invalid(_("Choose the customer on their page, or give their number."), field="value")


def email_identity(address: str) -> str:
    """The mailbox of an address: case, international spelling and what its provider ignores make no difference.

    Takes any text; what is no address has no mailbox ("").
    """
    local, at, domain = _folded(address[:LONGEST]).rpartition("@")
    if not at or not local or not domain:
        return ""
    domain = domain_identity(domain)
    if provider := BY_DOMAIN.get(domain):
        domain = provider.domains[0]
        if provider.tags:
            local = local.partition("+")[0] or local
        if provider.dots:
            local = local.replace(".", "") or local
    return f"{local}@{domain}"


def domain_identity(domain: str) -> str:
    """A domain in ASCII: münchen.example is xn--mnchen-3ya.example."""
    text = unicodedata.normalize("NFKC", domain).strip().rstrip(".")
    if text.isascii():
        return text.lower()
    try:
        return idna.encode(text, uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        return _folded(text)


def domains_above(domain: str) -> list[str]:
    """The rules that cover a domain: itself, and `*.` of itself and of each one above."""
    labels = domain.split(".")
    return [domain, *(f"*.{'.'.join(labels[at:])}" for at in range(min(len(labels), 40)))]


def phone_key(number: str) -> str:
    """A number in E.164 without its extension: who blocks an office means all its desks."""
    return number.partition(";")[0]


def parse_ip(text: str) -> str:
    """One address as the database compares it, IPv4 also where it comes wrapped in IPv6; "" when it is none."""
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if address.version == 6 else None
    return str(mapped or address)


def mask_email(address: str) -> str:
    """Enough of an address to recognise it beside the person, too little to write to it."""
    local, _at, domain = address.rpartition("@")
    shown = local[0] if len(local) > 2 else ""
    return f"{shown}…@{domain}"


def mask_phone(number: str) -> str:
    """The beginning of a number, which tells the country, and its end."""
    return f"{number[:4]}…{number[-2:]}"


def mask_ip(text: str) -> str:
    """An address without its end."""
    network = ipaddress.ip_network(text, strict=False)
    if network.version == 4:
        return ".".join([*str(network.network_address).split(".")[:2], "…"])
    return ":".join([*network.network_address.exploded.split(":")[:2], "…"])


def shown(kind: str, value: str) -> str:
    """A value as people write it."""
    if kind == RuleKind.PHONE:
        return display_phone(value)
    if kind == RuleKind.DOMAIN and "xn--" in value:
        return f"{unicode_domain(value)} ({value})"
    return value


def unicode_domain(domain: str) -> str:
    """A domain with its own letters."""
    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain


def _folded(text: str) -> str:
    """Without compatibility forms and case; twice, because one can bring the other back."""
    for _time in range(2):
        text = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", text).strip()


def _email(text: str) -> Identity:
    try:
        address = clean_email(text)
    except Invalid as refusal:
        raise Invalid(refusal.sentence, field="value") from refusal
    value = email_identity(address)
    provider = BY_DOMAIN.get(value.rpartition("@")[2])
    notices: tuple[str, ...] = ()
    if provider:
        ignored = [_("everything from “+” on")] if provider.tags else []
        ignored += [_("dots")] if provider.dots else []
        notices = (
            _("This provider ignores %(names)s: every spelling of the mailbox is meant.")
            % {"names": listed(ignored)},
        )
    return Identity(RuleKind.EMAIL, value, mask_email(value), notices=notices)


def _domain(text: str) -> Identity:
    below = text.startswith(("*.", "."))
    bare = text.removeprefix("*").removeprefix("@").removeprefix(".")
    if "@" in bare:
        raise Invalid(
            _("This is an e-mail, not a domain. Choose “E-mail”, or leave out the part up to @."),
            field="value",
        )
    value = domain_identity(bare)
    labels = value.split(".")
    if len(value) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Invalid(
            _("Write a domain like spam.example, or *.spam.example for it and everything below."),
            field="value",
        )
    if len(labels) < 2 and not below:
        raise Invalid(
            _("To mean every domain that ends with .%(value)s, write *.%(value)s.") % {"value": value},
            field="value",
        )
    doubt = ""
    if value in WHOLE_PROVIDERS:
        doubt = _(
            "%(value)s is a mail provider of millions of people: everybody with an address there is meant."
        ) % {"value": value}
    elif len(labels) < 2:
        doubt = _("Every domain that ends with .%(value)s is meant.") % {"value": value}
    value = f"*.{value}" if below else value
    return Identity(RuleKind.DOMAIN, value, value, doubt=doubt)


def _network(text: str) -> Identity:
    written = text.strip("[]")
    try:
        if "%" in written:
            raise ValueError
        network = ipaddress.ip_network(written, strict=False)
    except ValueError as error:
        raise Invalid(
            "Write an address like 203.0.113.7 or 2001:db8::7, or a network like 203.0.113.0/24.",
            field="value",
        ) from error
    notices = []
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_MAPPED):  # type: ignore[arg-type]
        plain = network.network_address.ipv4_mapped
        network = ipaddress.ip_network(f"{plain}/{network.prefixlen - 96}", strict=False)
        notices.append(_("Read as the IPv4 address %(network)s.") % {"network": _short(network)})
    if network.prefixlen == 0:
        raise Invalid(_("This is every address there is. Give a smaller network."), field="value")
    given, _slash, length = written.partition("/")
    if length and parse_ip(given) != str(network.network_address) and not notices:
        notices.append(
            _("Read as %(network)s: the network that holds %(given)s.") % {"network": network, "given": given}
        )
    if network.version == 6 and network.prefixlen == 128:
        whole = network.supernet(new_prefix=64)
        notices.append(
            _("A visitor with IPv6 often changes address within %(whole)s; block that to catch them all.")
            % {"whole": whole}
        )
    doubt = ""
    if network.prefixlen < _WIDE[network.version]:
        doubt = _("%(network)s holds very many addresses: a whole provider or country may be meant.") % {
            "network": network
        }
    value = _short(network)
    return Identity(RuleKind.IP, value, mask_ip(value), network=network, notices=tuple(notices), doubt=doubt)


def _short(network: Network) -> str:
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)
