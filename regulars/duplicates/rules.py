"""How alike two customers are, in points and in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from regulars.duplicates.choices import Reason
from regulars.kit.phone import display_phone
from regulars.kit.text import fold

# A pair below this is forgotten; from LIKELY on it stands in the queue that one sees at first.
LOWEST, LIKELY, SURE = 25, 50, 80
# Names from here on are one name written twice, or alike.
SAME, ALIKE = 97, 80
LONG = 6
HOUSEHOLD_AT_MOST = 35
POINTS = {
    Reason.EMAIL: 50,
    Reason.DOMAIN: 45,
    Reason.PHONE: 40,
    Reason.NAME: 40,
    Reason.ALIKE: 30,
    Reason.BIRTHDATE: 30,
    Reason.SWAPPED: 15,
    Reason.ADDRESS: 25,
    Reason.PLACE: 12,
    Reason.TOWN: 5,
    Reason.COMPANY: 20,
    Reason.BORN: -35,
}
# A name alone is no evidence: hundreds are called the same. One of these must speak for it too.
EVIDENCE = frozenset(
    {
        Reason.EMAIL,
        Reason.DOMAIN,
        Reason.PHONE,
        Reason.BIRTHDATE,
        Reason.ADDRESS,
        Reason.PLACE,
        Reason.TOWN,
        Reason.COMPANY,
    }
)
# What the comparison reads of a customer.
COMPARED = (
    *("id", "number", "state", "first_name", "last_name", "company", "name_key", "last_name_key"),
    *("company_key", "city_key", "email", "email_key", "phone", "birthdate", "address", "postcode"),
)

Person = Mapping[str, Any]


class Score:
    """How likely two customers are one: up to 100 points, the reasons, and how alike the names are in percent."""

    __slots__ = ("likeness", "points", "reasons")

    def __init__(self, points: int, reasons: Sequence[Reason], likeness: int) -> None:
        self.points, self.reasons, self.likeness = points, [str(one) for one in reasons], likeness


def score(one: Person, other: Person) -> Score:
    """Compare two customers. People of one household share a phone or an address, not a first name."""
    likeness = _likeness(one, other)
    reasons = [reason for reason in (_email(one, other), _name(likeness)) if reason]
    if one["phone"] and one["phone"] == other["phone"]:
        reasons.append(Reason.PHONE)
    reasons += [reason for reason in (_birth(one, other), _place(one, other)) if reason]
    if one["company_key"] and one["company_key"] == other["company_key"]:
        reasons.append(Reason.COMPANY)
    points = sum(POINTS[reason] for reason in reasons)
    if not one["name_key"] and not other["name_key"] and Reason.COMPANY in reasons:
        points += POINTS[Reason.COMPANY]  # for companies without a person this is the name
    if _is_household(one, other) and Reason.EMAIL not in reasons:
        points = min(points, HOUSEHOLD_AT_MOST) if Reason.PHONE in reasons else 0
        reasons.append(Reason.HOUSEHOLD)
    if EVIDENCE.isdisjoint(reasons):
        points = 0
    return Score(max(0, min(points, 100)), reasons, likeness)


def _likeness(one: Person, other: Person) -> int:
    """How alike two full names are, whatever comes first; 0 without both."""
    if not one["name_key"] or not other["name_key"]:
        return 0
    straight = fuzz.ratio(one["name_key"], other["name_key"])
    swapped = fuzz.ratio(one["name_key"], other["last_name_key"])
    initial = 90.0 if _is_initial(one, other) or _is_initial(other, one) else 0.0
    return round(max(straight, swapped, initial))


def _is_initial(one: Person, other: Person) -> bool:
    """ "J. Smith" and "John Smith"."""
    short, long = fold(one["first_name"]).rstrip("."), fold(other["first_name"])
    same_last = fold(one["last_name"]) == fold(other["last_name"]) != ""
    return same_last and len(short) == 1 and long.startswith(short)


def _name(likeness: int) -> Reason | None:
    if likeness >= SAME:
        return Reason.NAME
    return Reason.ALIKE if likeness >= ALIKE else None


def _is_household(one: Person, other: Person) -> bool:
    """Two first names that cannot be one written twice, and not first and last name swapped either."""
    first, second = fold(one["first_name"]), fold(other["first_name"])
    if not first or not second or _is_initial(one, other) or _is_initial(other, one):
        return False
    swapped = fuzz.ratio(one["name_key"], other["last_name_key"]) >= ALIKE
    same_beginning = first.split()[0] == second.split()[0] or first in second or second in first
    # One slip of the keys in a short name, two in a long one: "Angel" and "Daniel" are two people.
    slips = 1 if max(len(first), len(second)) <= LONG else 2
    return not swapped and not same_beginning and OSA.distance(first, second) > slips


def _email(one: Person, other: Person) -> Reason | None:
    ours, theirs = one["email_key"], other["email_key"]
    if not ours or not theirs:
        return None
    local, _at, domain = ours.rpartition("@")
    other_local, _at, other_domain = theirs.rpartition("@")
    if domain == other_domain and plain_local(local) == plain_local(other_local):
        return Reason.EMAIL
    if plain_local(local) == plain_local(other_local) and fuzz.ratio(domain, other_domain) >= ALIKE:
        return Reason.DOMAIN
    return None


def plain_local(local: str) -> str:
    """The part before the @ without dots and without what follows a plus."""
    return local.partition("+")[0].replace(".", "")


def _birth(one: Person, other: Person) -> Reason | None:
    ours, theirs = one["birthdate"], other["birthdate"]
    if ours is None or theirs is None:
        return None
    if ours == theirs:
        return Reason.BIRTHDATE
    swapped = (ours.year, ours.month, ours.day) == (theirs.year, theirs.day, theirs.month)
    return Reason.SWAPPED if swapped else Reason.BORN


def _place(one: Person, other: Person) -> Reason | None:
    postcode, other_postcode = _bare(one["postcode"]), _bare(other["postcode"])
    if postcode and other_postcode:
        near = postcode == other_postcode
    else:
        near = bool(one["city_key"]) and one["city_key"] == other["city_key"]
    if not near:
        return None
    street, other_street = _bare(one["address"]), _bare(other["address"])
    if street and other_street:  # of two streets in one place it is the streets that count
        return Reason.ADDRESS if fuzz.ratio(street, other_street) >= 90 else Reason.TOWN
    return Reason.PLACE if postcode and other_postcode else Reason.TOWN


def _bare(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalnum())


def say_reasons(reasons: Sequence[str], likeness: int, one: Person) -> list[str]:
    """The reasons for people: "Same phone +33 6 12 34 56 78", "Names 94 % alike", "Same birthday"."""
    said = []
    for reason in reasons:
        match reason:
            case Reason.PHONE:
                said.append(_("Same phone %(phone)s") % {"phone": display_phone(one["phone"])})
            case Reason.ALIKE:
                said.append(_("Names %(percent)s %% alike") % {"percent": likeness})
            case _other:
                said.append(str(Reason(reason).label) if reason in Reason.values else reason)
    return said
