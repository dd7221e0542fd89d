"""`regulars offers`: whether an offer can be redeemed, redeeming it, its codes, its picture."""

import argparse
import csv
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from regulars.cli.records.common import Options, complaint, context_of, say_json
from regulars.kit.errors import Invalid, NotFound, Refused
from regulars.kit.ids import parse_id
from regulars.kit.money import display_money
from regulars.offers import queries, services
from regulars.offers.benefits import benefit_of
from regulars.offers.choices import Place
from regulars.offers.queries import Offer
from regulars.offers.resource.asking import ASKED, read_asking
from regulars.resources.context import Context
from regulars.resources.idempotency import MAX_LENGTH

REFUSED = 3


class Command(BaseCommand):
    help = "Redeem offers of a store, and look after their codes and pictures"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        made = {name: verbs.add_parser(name, help=words) for name, (_run, words) in VERBS.items()}
        for name, verb in made.items():
            verb.add_argument("--store", required=True, metavar="SLUG", help="the store to work in")
            verb.add_argument("--json", action="store_true", help="print one JSON object")
            if name in ("check", "redeem"):
                verb.add_argument("code", help="the code, as printed or scanned")
                for field in ASKED[1:]:
                    verb.add_argument(f"--{field.name}", default="", help=str(field.help))
            else:
                verb.add_argument("offer", metavar="OFFER", help="its id, its code, or its external id")
        made["redeem"].add_argument(
            "--key", default="", help="your name for this redemption: the same one is done once"
        )
        made["picture"].add_argument("file", metavar="FILE", help="a JPEG, PNG or WebP file; - takes it away")

    def handle(self, *args: Any, **options: Any) -> None:
        run, _words = VERBS[options["verb"]]
        try:
            code = run(options, context_of(options["store"]))
        except services.CannotRedeem as refusal:
            _tell_whys(refusal.whys, options)
            sys.exit(REFUSED)
        except Refused as refusal:
            sys.stderr.write(f"regulars: {complaint(refusal, options)}\n")
            sys.exit(2)
        except OSError as error:
            if isinstance(error, BrokenPipeError) or error.filename is None:
                raise
            sys.stderr.write(f"regulars: {error.filename}: {error.strerror}\n")
            sys.exit(2)
        if code:
            sys.exit(code)


def _check(options: Options, context: Context) -> int:
    looked = services.look_at(store=context.store, asking=read_asking(options, context), now=context.now)
    if looked.whys:
        _tell_whys(looked.whys, options)
        return REFUSED
    offer = looked.offer
    said = f"It can be redeemed: {offer.title}, {benefit_of(offer.kind).say(offer, context.store)}"
    _say({"redeemable": True, "offer": str(offer.pk), "reasons": []}, said, options)
    return 0


def _redeem(options: Options, context: Context) -> int:
    key = options["key"].strip()
    if len(key) > MAX_LENGTH:
        raise Invalid(f"A key has at most {MAX_LENGTH} characters.")
    done = services.redeem_offer(
        store=context.store,
        asking=read_asking(options, context),
        key=f"cli:{key}" if key else "",
        place=Place.API,
        actor=context.actor,
        now=context.now,
    )
    worth = "" if done.amount_minor is None else f", {_money(done.amount_minor, context)}"
    said = f"Redeemed: {done.offer.title}{worth}  {done.pk}"
    told = {"id": str(done.pk), "offer": str(done.offer_id), "amount_minor": done.amount_minor}
    _say(told, said, options)
    return 0


def _codes(options: Options, context: Context) -> int:
    offer = _offer(options, context)
    rows = queries.codes_of(store=context.store, offer_id=offer.pk)
    if options["json"]:
        named = ({"code": code, "customer": who, "redeemed": at} for code, who, at in rows)
        say_json({"offer": str(offer.pk), "rows": list(named)})
        return 0
    write = csv.writer(sys.stdout)
    write.writerow(["code", "customer", "redeemed"])
    for code, number, at in rows:
        write.writerow([code, number or "", at.isoformat(timespec="seconds") if at else ""])
    return 0


def _picture(options: Options, context: Context) -> int:
    offer = _offer(options, context)
    here: dict[str, Any] = {
        "store": context.store, "offer_id": offer.pk, "actor": context.actor, "now": context.now,
    }  # fmt: skip
    if options["file"] == "-":
        services.remove_picture(**here)
    else:
        services.set_picture(data=Path(options["file"]).read_bytes(), **here)
    _say({"offer": str(offer.pk), "picture": options["file"] != "-"}, "Saved.", options)
    return 0


def _offer(options: Options, context: Context) -> Offer:
    """The offer of an id, a code or an external id. Raises `NotFound`."""
    wanted = options["offer"].strip()
    if (known := parse_id(wanted)) is not None:
        return queries.get_offer(store=context.store, offer_id=known)
    named = queries.offers_of(context.store).exclude(external_id="").filter(external_id=wanted).first()
    if named is not None:
        return named
    found = queries.find_by_code(store=context.store, typed=wanted)
    if found is None:
        raise NotFound("No offer has this id, code or external id.")
    return found.offer


def _tell_whys(whys: list[tuple[str, str]], options: Options) -> None:
    told = [{"condition": name, "sentence": why} for name, why in whys]
    lines = "\n".join(f"  {why}" for _name, why in whys)
    _say({"redeemable": False, "reasons": told}, f"It cannot be redeemed:\n{lines}", options)


def _say(told: dict[str, Any], said: str, options: Options) -> None:
    if options["json"]:
        say_json(told)
    else:
        print(said)


def _money(minor: int, context: Context) -> str:
    return display_money(minor, context.store.currency, context.locale)


VERBS: dict[str, tuple[Callable[[Options, Context], int], str]] = {
    "check": (_check, "say whether an offer can be redeemed now, and if not, every reason"),
    "redeem": (_redeem, "redeem an offer"),
    "codes": (_codes, "print the codes of their own that an offer has"),
    "picture": (_picture, "show an offer with a picture, or without one"),
}
