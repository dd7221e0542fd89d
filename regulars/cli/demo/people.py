"""The people of a demo store: who they are, where they live, when they came and what they bought.

Everything is drawn from one random generator, so the same seed gives the same people. Only draws from ready-made pools
happen per person: a million of them must take a minute, not an hour.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any
from uuid import UUID

from regulars.cli.demo.names import (
    COMPANY_FORMS,
    Name,
    company_words,
    given_names,
    surnames,
)
from regulars.cli.demo.places import COUNTRIES, City, Country

YEARS = 5
ORDERS_EACH = 3.0
# Of a thousand; the rest of the shares below read the same way.
NEVER_BOUGHT = 380
MOST_ORDERS = 400
MAIL_DOMAINS = (
    "example.com", "example.com", "example.com", "example.org", "example.org", "example.net", "mail.example",
    "post.example", "inbox.example", "famille.example", "web.test", "mail.test",
)  # fmt: skip
TAGS = (
    "wholesale",
    "repairs",
    "student",
    "press",
    "pre-order",
    "gift cards",
    "fidélité",
    "market stall",
    "collector",
)
SOURCES = ("online", "online", "online", "till", "till", "newsletter", "referral", "fair 2024", "")
NOTES = (
    "Prefers to be called in the afternoon.", "Collects orders at the counter.", "Asked for invoices by e-mail.",
    "Allergic to wool; check materials.", "Met at the spring fair.", "Rings twice: the bell is quiet.",
    "Très fidèle, toujours de bonne humeur.", "Möchte keine Anrufe.", "Wants everything gift-wrapped.",
)  # fmt: skip
# How many of a hundred orders fall into each month, January first: sales, summer lull, November and December.
SEASON = (8, 6, 7, 8, 8, 8, 7, 6, 8, 9, 12, 13)
LATEST = timedelta(days=14)

Facts = dict[str, Any]
# When, status, channel, items, total in minor units.
Purchase = tuple[datetime, str, str, int, int]


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as the services take one, and what they bought."""

    facts: Facts
    purchases: list[Purchase]


class Crowd:
    """Makes people. `taken` is how many the store has already: numbers in e-mails and external ids go on from there."""

    def __init__(self, *, seed: int, now: datetime, home: str, groups: list[UUID], taken: int = 0) -> None:
        self.random = Random(f"{seed}/{taken}")
        self.now = now
        self.groups = groups
        self.taken = taken
        self.countries = self._pool({country: self._share(country, home) for country in COUNTRIES}, 4096)
        self.order_counts = _order_counts()
        self.lately = now - LATEST
        self.moments = self._moments()
        self.prices = self._prices()
        self.used: dict[str, int] = {}
        self.recent: list[Facts] = []

    def people(self, count: int) -> Iterator[Person]:
        """So many people, those who came first in front."""
        start = self.now - timedelta(days=365 * YEARS)
        seconds = (self.now - start).total_seconds() - 60
        for position in range(count):
            # More come each year than the year before.
            created = start + timedelta(seconds=seconds * ((position + self.random.random()) / count) ** 0.7)
            facts = self._who(self.taken + position)
            facts["created_at"] = created
            purchases = self._purchases(created)
            facts.update(_figures(purchases))
            if facts["spent_minor"] > 150_000 and "vip" not in facts["tags"]:
                facts["tags"] = ["vip", *facts["tags"]]
            yield Person(facts, purchases)

    def _who(self, serial: int) -> Facts:
        chance = self.random.random
        if self.recent and chance() < 0.012:
            return self._twin(self._pick(self.recent), serial)
        country: Country = self._pick(self.countries)
        given, family = self._names(country)
        native = chance() < 0.75
        facts: Facts = {
            "first_name": given.written if native else given.latin,
            "last_name": family.written if native else family.latin,
            "company": "",
            "email": "",
            "phone": "",
            "phone_typed": "",
            "country": country.code,
            "language": country.language,
        }
        shared = self._pick(self.recent) if self.recent and chance() < 0.13 else None
        if shared is not None and shared["address"]:
            self._move_in(facts, shared)
        else:
            self._settle(facts, country)
        if chance() < 0.07:
            self._found_company(facts, given)
        elif chance() < 0.9:
            facts["email"] = self._email(given, family)
        self._desk(facts, serial)
        if len(self.recent) < 500:
            self.recent.append(facts)
        else:
            self.recent[int(chance() * 500)] = facts
        return facts

    def _names(self, country: Country) -> tuple[Name, Name]:
        culture = self._pick(_expanded(tuple(country.cultures.items())))
        given: Name = self._pick(_zipf(given_names, culture))
        family: Name = self._pick(_zipf(surnames, culture))
        if culture in ("es", "pt") and self.random.random() < 0.4:
            second: Name = self._pick(_zipf(surnames, culture))
            family = Name(
                f"{family.written} {second.written}", f"{family.latin} {second.latin}", family.ascii
            )
        elif self.random.random() < 0.02:
            second = self._pick(_zipf(surnames, culture))
            family = Name(
                f"{family.written}-{second.written}",
                f"{family.latin}-{second.latin}",
                f"{family.ascii}-{second.ascii}",
            )
        return given, family

    def _settle(self, facts: Facts, country: Country) -> None:
        """A home of their own and a phone."""
        chance = self.random.random
        if chance() < 0.78:
            city: City = self._pick(country.cities)
            facts["address"] = self._pick(country.streets).replace("{n}", str(1 + int(chance() ** 2 * 180)))
            facts["building"] = f"Bât. {'ABCD'[int(chance() * 4)]}" if chance() < 0.03 else ""
            facts["city"], facts["region"] = city.name, city.region
            facts["postcode"] = self._pick(_postcodes(city))
        else:
            facts["address"] = facts["building"] = facts["city"] = facts["region"] = facts["postcode"] = ""
        if chance() < 0.74:
            national = self._number(self._pick(country.mobiles if chance() < 0.85 else country.landlines))
            facts["phone"] = f"+{country.dial}{national}"
            if chance() < 0.5:
                facts["phone_typed"] = _spaced(country.trunk + national)

    def _move_in(self, facts: Facts, other: Facts) -> None:
        """The household of somebody who is here already: the same address, often the same name and phone."""
        for name in ("address", "building", "city", "region", "postcode", "country", "language"):
            facts[name] = other[name]
        if self.random.random() < 0.8:
            facts["last_name"] = other["last_name"]
        if self.random.random() < 0.5:
            facts["phone"], facts["phone_typed"] = other["phone"], other["phone_typed"]

    def _found_company(self, facts: Facts, given: Name) -> None:
        words = [self._pick(pool) for pool in company_words()]
        facts["company"] = f"{words[0]} {words[1]} {COMPANY_FORMS.get(facts['country'], '')}".strip()
        mailbox = self._pick(("info", "orders", "office", given.ascii))
        domain = f"{words[0]}-{words[1]}.example".lower()
        facts["email"] = f"{self._once(f'{mailbox}@{domain}', mailbox)}@{domain}"
        if self.random.random() < 0.3:
            facts["first_name"] = facts["last_name"] = ""

    def _twin(self, other: Facts, serial: int) -> Facts:
        """Somebody who is here already and came again: another spelling, no e-mail, the phone typed another way."""
        twin = dict(other)
        twin["last_name"] = self._misspell(twin["last_name"])
        twin["email"] = ""
        if not (twin["first_name"] or twin["last_name"] or twin["company"] or twin["phone"]):
            twin["first_name"] = "Alex"
        self._desk(twin, serial)
        return twin

    def _desk(self, facts: Facts, serial: int) -> None:
        """What the shop noted about them."""
        chance = self.random.random
        facts["birthdate"] = (
            None
            if chance() < 0.45 or facts["company"]
            else date(1938, 1, 1) + timedelta(days=int(chance() * 25_200))
        )
        facts["tags"] = list({self._pick(TAGS): None, self._pick(TAGS): None}) if chance() < 0.12 else []
        facts["group_id"] = self._pick(self.groups) if self.groups and chance() < 0.35 else None
        facts["note"] = self._pick(NOTES) if chance() < 0.05 else ""
        facts["accepts_marketing"] = bool(facts["email"]) and chance() < 0.42
        facts["points_summary"] = facts["accepts_marketing"] and chance() < 0.3
        facts["source"] = self._pick(SOURCES)
        facts["external_id"] = f"shop-{10_000_000 + serial * 7}" if chance() < 0.4 else ""
        state = chance()
        facts["state"] = "active" if state < 0.955 else "inactive" if state < 0.975 else "archived"

    def _purchases(self, created: datetime) -> list[Purchase]:
        chance = self.random.random
        # Nobody orders thirty times on the day they came.
        most = 1 + (self.now - created).days // 3
        count = min(self.order_counts[int(chance() * len(self.order_counts))], most)
        if not count:
            return []
        first = bisect_left(self.moments, created)
        room = len(self.moments) - first
        # Those who stay for years, and those who buy for a while and are not seen again.
        stays = 1 if chance() < 0.4 else 3
        purse = 4 + chance() ** 3 * 40
        counter = chance() < 0.25
        prices, choices = self.prices, len(self.prices)
        made: list[Purchase] = []
        for _ in range(count):
            placed = self.moments[first + int(room * chance() ** stays)] if room else self.now
            items = 1 + int(chance() ** 4 * 9)
            luck = chance()
            status = "cancelled" if luck < 0.035 else "open" if placed > self.lately else "completed"
            channel = "in_store" if counter else "marketplace" if luck > 0.92 else "online"
            # Prices are in tens of minor units here, so that every total ends in a round figure.
            made.append(
                (placed, status, channel, items, int(prices[int(chance() * choices)] * items * purse) * 10)
            )
        return made

    def _email(self, given: Name, family: Name) -> str:
        first, last = given.ascii, family.ascii
        shape = self.random.random()
        if shape < 0.45:
            local = f"{first}.{last}"
        elif shape < 0.65:
            local = f"{first[0]}{last}"
        elif shape < 0.8:
            local = f"{first}{last}"
        elif shape < 0.9:
            local = f"{last}.{first}"
        else:
            local = f"{first}_{last[0]}"
        return f"{self._once(local, local)}@{self._pick(MAIL_DOMAINS)}"

    def _once(self, key: str, mailbox: str) -> str:
        """The mailbox with a number behind it when somebody has it already."""
        number = self.used.get(key, self.taken) + 1
        self.used[key] = number
        return f"{mailbox}{number}" if number > 1 else mailbox

    def _misspell(self, name: str) -> str:
        if len(name) < 4:
            return name.upper()
        place = 1 + int(self.random.random() * (len(name) - 2))
        if self.random.random() < 0.5:
            return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
        return name[:place] + name[place + 1 :]

    def _number(self, pattern: str) -> str:
        prefix = pattern.rstrip("#")
        length = len(pattern) - len(prefix)
        return f"{prefix}{int(self.random.random() * 10**length):0{length}d}"

    def _pick(self, pool: Any) -> Any:
        return pool[int(self.random.random() * len(pool))]

    def _pool(self, weights: dict[Any, float], size: int) -> list[Any]:
        total = sum(weights.values())
        return [one for one, weight in weights.items() for _ in range(max(1, round(size * weight / total)))]

    @staticmethod
    def _share(country: Country, home: str) -> float:
        """The store's own country has the most customers."""
        biggest = COUNTRIES[0]
        if home not in {one.code for one in COUNTRIES} or home == biggest.code:
            return country.share
        return biggest.share if country.code == home else country.share / 2

    def _moments(self) -> list[datetime]:
        """Moments of orders over the years, in order, closer together when more is bought."""
        start = self.now - timedelta(days=365 * YEARS)
        days = [start + timedelta(days=number) for number in range(365 * YEARS)]
        weights = [SEASON[day.month - 1] * (1 + number / 900) for number, day in enumerate(days)]
        steps = list(accumulate(weights))
        moments = []
        for number in range(60_000):
            day = days[bisect_left(steps, (number + 0.5) / 60_000 * steps[-1])]
            hour = 8 + int((self.random.random() + self.random.random()) * 7)
            moments.append(
                day.replace(hour=hour, minute=int(self.random.random() * 60), second=0, microsecond=0)
            )
        return sorted(moment for moment in moments if moment < self.now)

    def _prices(self) -> list[float]:
        """What one thing costs, in whole units: many small prices, few large ones."""
        return [
            max(3, int(math.exp(self.random.gauss(3.0, 0.8)))) + self._pick((0, 0.5, 0.9))
            for _ in range(4096)
        ]


def _figures(purchases: list[Purchase]) -> Facts:
    counted = [purchase for purchase in purchases if purchase[1] != "cancelled"]
    if not counted:
        return {
            "orders_count": 0,
            "items_count": 0,
            "spent_minor": 0,
            "first_order_at": None,
            "last_order_at": None,
        }
    return {
        "orders_count": len(counted),
        "items_count": sum(purchase[3] for purchase in counted),
        "spent_minor": sum(purchase[4] for purchase in counted),
        "first_order_at": min(purchase[0] for purchase in counted),
        "last_order_at": max(purchase[0] for purchase in counted),
    }


@cache
def _order_counts() -> list[int]:
    """How many orders each of 10,000 people makes: many none, few very many, three on average."""

    def counts(scale: float) -> list[int]:
        shares = ((rank + 0.5) / 10_000 for rank in range(10_000))
        return [
            0 if share < NEVER_BOUGHT / 1000
            else min(MOST_ORDERS, max(1, round(scale * ((1 - share) / (1 - NEVER_BOUGHT / 1000)) ** (-1 / 1.4))))
            for share in shares
        ]  # fmt: skip

    low, high = 0.1, 10.0
    while high - low > 0.001:
        middle = (low + high) / 2
        low, high = (middle, high) if sum(counts(middle)) < ORDERS_EACH * 10_000 else (low, middle)
    return counts(low)


@cache
def _zipf(names: Any, culture: str) -> list[Name]:
    """A pool in which the names of a culture stand as often as they are borne."""
    known = names(culture)
    return [name for rank, name in enumerate(known) for _ in range(max(1, round(600 / (rank + 6))))]


@cache
def _expanded(weights: tuple[tuple[str, int], ...]) -> list[str]:
    return [name for name, weight in weights for _ in range(weight)]


@cache
def _postcodes(city: City) -> list[str]:
    """Postcodes of a city; the same in every demo."""
    random = Random(city.name)
    letters = "ABCDEFGHJKLMNPRSTVWXY"
    return [
        re.sub(
            "[#@]",
            lambda mark: str(random.randrange(10)) if mark[0] == "#" else random.choice(letters),
            city.postcode,
        )
        for _ in range(40)
    ]


def _spaced(number: str) -> str:
    """A number as people write it at home: in pairs."""
    first = len(number) % 2 or 2
    return " ".join([number[:first], *(number[at : at + 2] for at in range(first, len(number), 2))])
