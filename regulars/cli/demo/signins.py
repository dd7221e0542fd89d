"""The sign-ins of the demo store, kept so that `regulars demo --show` can print them again."""

import json
import os
import secrets
from pathlib import Path

from regulars.staff.choices import Role

EMAILS = {role: f"{role}@demo.test" for role in Role.values}
CUSTOMER = "customer@demo.test"
PASSWORD = "REGULARS_DEMO_PASSWORD"
# Short common words: four of them and a number are easy to type, and 2^34 guesses are too many for a demo.
_WORDS = (
    "amber apple arch atlas autumn badge basil beach birch blue bread brick bridge brook candle canal "
    "cedar chalk cherry cliff cloud clover coast comet coral cotton crane daisy dawn delta dune eagle "
    "ember fern field flint forest fox garden ginger globe grape harbour hazel heron honey island ivory "
    "ivy jade kettle lantern lark laurel lemon lilac linen maple marble meadow melon mint moss north "
    "oak ocean olive onyx opal orchid otter paper peach pearl pebble pepper pine plum pond poppy "
    "prairie quartz quill rain raven reed river robin rose ruby sage sail salt sand shell silver sky "
    "slate snow sparrow spruce star stone storm straw sugar summer thyme tiger topaz tulip valley "
    "velvet violet walnut wheat willow winter wren"
)


def make_passwords() -> dict[str, str]:
    """A password for each sign-in: that of REGULARS_DEMO_PASSWORD for all, else a random one each."""
    wanted = os.environ.get(PASSWORD)
    return {email: wanted or _random() for email in (*EMAILS.values(), CUSTOMER)}


def keep(path: Path, *, store: str, passwords: dict[str, str]) -> None:
    """Write the sign-ins where only the install's owner can read them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump({"store": store, "passwords": passwords}, file, indent=1)


def kept(path: Path) -> dict[str, str]:
    """The sign-ins that were kept, by e-mail; none on an install without the demo."""
    try:
        return dict(json.loads(path.read_text())["passwords"])
    except FileNotFoundError:
        return {}


def _random() -> str:
    return "-".join([*(secrets.choice(_WORDS.split()) for _ in range(4)), str(secrets.randbelow(90) + 10)])
