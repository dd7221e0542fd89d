"""The ways to pay a customer: one small class for each, with its own fields, its checks and what may be shown of it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.customers.choices import PayoutKind
from regulars.kit.errors import Invalid, InvalidRecord
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.record import clean_values
from regulars.tradeins.kinds import Bic, Iban


class PayoutMethod:
    """A way to pay. `to_ledger` says that the shop's own ledger of store credit does it, `in_points` that of points."""

    kind: ClassVar[PayoutKind]
    fields: ClassVar[tuple[Field, ...]] = ()
    to_ledger: ClassVar[bool] = False
    in_points: ClassVar[bool] = False

    def clean(self, typed: Mapping[str, str], context: Context) -> dict[str, Any]:
        """The particulars as they are kept. Raises `InvalidRecord`."""
        typed = {field.name: typed.get(field.name, "") for field in self.fields}
        values = clean_values(typed, self.fields, context)
        self.check(values)
        return {name: value for name, value in values.items() if value not in ("", None, False)}

    def check(self, values: Mapping[str, Any]) -> None:
        """Refuse what is wrong only as a whole. Raises `InvalidRecord`."""

    def mask(self, values: Mapping[str, Any]) -> str:
        """What everybody may see of the particulars, so that two accounts can be told apart."""
        return ""


class BankTransfer(PayoutMethod):
    kind = PayoutKind.BANK_TRANSFER
    fields = (
        Field(name="holder", label=_("Account holder"), kind=kinds.Text(), required=True),
        Field(name="iban", label=_("IBAN"), kind=Iban(max_length=50)),
        Field(name="bic", label=_("BIC"), kind=Bic(max_length=20)),
        Field(
            name="account",
            label=_("Account number"),
            kind=kinds.Text(max_length=40),
            help=_("Where there is no IBAN."),
        ),
        Field(
            name="bank_code",
            label=_("Routing number or sort code"),
            kind=kinds.Text(max_length=20),
            help=_("Where there is no IBAN."),
        ),
    )

    def check(self, values: Mapping[str, Any]) -> None:
        if values["iban"] and values["account"]:
            raise InvalidRecord({"account": gettext("Give the IBAN or the account number, not both.")})
        if not values["iban"] and not (values["account"] and values["bank_code"]):
            raise InvalidRecord(
                {"iban": gettext("Give the IBAN, or the account number with the code of its bank.")}
            )

    def mask(self, values: Mapping[str, Any]) -> str:
        number = values.get("iban") or values.get("account") or ""
        return f"{number[:2]}•• {_end(number)}" if "iban" in values else _end(number)


class PayPal(PayoutMethod):
    kind = PayoutKind.PAYPAL
    fields = (Field(name="email", label=_("E-mail of the account"), kind=kinds.Email(), required=True),)

    def mask(self, values: Mapping[str, Any]) -> str:
        local, _at, domain = str(values["email"]).rpartition("@")
        return f"{local[:1] if len(local) > 2 else ''}•••@{domain}"


class Cheque(PayoutMethod):
    kind = PayoutKind.CHEQUE
    fields = (
        Field(name="payee", label=_("Name"), kind=kinds.Text()),
        Field(name="to_company", label=_("Issue to company"), kind=kinds.Boolean()),
        Field(name="company", label=_("Company"), kind=kinds.Text()),
        Field(
            name="address",
            label=_("Address it is sent to"),
            kind=kinds.Text(max_length=500, multiline=True),
            required=True,
        ),
    )

    def check(self, values: Mapping[str, Any]) -> None:
        wanted = "company" if values["to_company"] else "payee"
        if not values[wanted]:
            raise InvalidRecord({wanted: gettext("Say to whom the cheque is issued.")})

    def mask(self, values: Mapping[str, Any]) -> str:
        who = str(values.get("company" if values.get("to_company") else "payee", ""))
        return f"{who[:1]}•••"


class Cash(PayoutMethod):
    kind = PayoutKind.CASH


class StoreCredit(PayoutMethod):
    kind = PayoutKind.STORE_CREDIT
    to_ledger = True


class Points(PayoutMethod):
    """Points: as many as were promised, else what the amount is worth; written to the customer's ledger when paid."""

    kind = PayoutKind.POINTS
    in_points = True
    fields = (
        Field(name="card", label=_("Card or member number"), kind=kinds.Text(max_length=60)),
        Field(
            name="points",
            label=_("Points"),
            kind=kinds.Integer(minimum=1, maximum=10**9),
            help=_("How many are promised; empty for what the amount is worth when it is paid."),
        ),
    )

    def mask(self, values: Mapping[str, Any]) -> str:
        return _end(str(values["card"])) if "card" in values else ""


METHODS: dict[str, PayoutMethod] = {
    method.kind.value: method
    for method in (BankTransfer(), PayPal(), Cheque(), Cash(), StoreCredit(), Points())
}


def method_of(kind: str) -> PayoutMethod:
    """The way to pay of this name. Raises `Invalid`."""
    if kind not in METHODS:
        raise Invalid(gettext("Choose one of: %(names)s.") % {"names": ", ".join(METHODS)}, field="kind")
    return METHODS[kind]


def _end(number: str) -> str:
    """The last four of a number that is long enough to stay secret by it."""
    return f"•••• {number[-4:]}" if len(number) >= 8 else "••••"
