"""Drawing an invoice: A4 upright, as many pages as its lines need, in every script."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from fpdf import FPDF

from regulars.invoices.choices import InvoiceKind, InvoiceState
from regulars.invoices.models import Invoice, InvoicePayment, Line
from regulars.invoices.paper import billed_to, printed
from regulars.invoices.queries import settings_of, sums_of_lines
from regulars.kit.letters import MAIN, Letters, runs_right_to_left
from regulars.kit.money import display_money
from regulars.stores.models import Store

WIDTH, HEIGHT = 595.28, 841.89
MARGIN = 48.0
RIGHT = WIDTH - MARGIN
SIZE = 9.0
SMALL = 8.0
LEADING = 12.5
GAP = 5.0
FOOT = 46.0
BOTTOM = HEIGHT - MARGIN - FOOT
# A line's text may take this much of a page before it ends with a mark.
MOST_LINES = 30
INK, DIM, RULE = 20, 105, 205


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the lines: its title, where it ends and how wide it is."""

    title: str
    end: float
    width: float


class Paper:
    """One document, drawn from the top to the bottom of each page."""

    def __init__(self, store: Store, invoice: Invoice, seller: dict[str, str]) -> None:
        self._invoice, self._seller = invoice, seller
        self._locale = (get_language() or store.language).replace("-", "_")
        self._pdf = FPDF("portrait", "pt", "A4")
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margins(MARGIN, MARGIN)
        self._title = _title(invoice)
        self._pdf.set_title(f"{self._title} {invoice.number}".strip())
        self._pdf.set_author(seller["name"])
        self._pdf.set_creator("Regulars")
        # Of its day, so that the same invoice is the same file.
        made = invoice.issued_on or store.day_of(invoice.created_at)
        self._pdf.set_creation_date(datetime.combine(made, time.min, store.zone))
        self._pdf.c_margin = 0
        self._pdf.set_text_shaping(True)
        self._letters = Letters(self._pdf, self._locale)
        self._y = 0.0
        self._columns = (
            Column(_("Description"), 0, 248),
            Column(_("Quantity"), 348, 56),
            Column(_("Price"), 420, 68),
            Column(_("Tax"), 462, 38),
            Column(_("Amount"), RIGHT, 82),
        )

    def draw(self, lines: Sequence[Line], payments: Sequence[InvoicePayment]) -> bytes:
        """The whole document."""
        self._begin_page()
        self._heading()
        self._line_titles()
        for line in lines:
            self._line(line)
        self._totals(lines, payments)
        self._words()
        out = io.BytesIO()
        self._pdf.output(out)
        return out.getvalue()

    def _begin_page(self) -> None:
        self._pdf.add_page()
        self._foot()
        self._y = MARGIN

    def _text(
        self,
        x: float,
        text: str,
        *,
        width: float,
        size: float = SIZE,
        bold: bool = False,
        align: str = "L",
        ink: int = INK,
        y: float | None = None,
    ) -> None:
        self._pdf.set_font(MAIN, "B" if bold else "", size)
        self._pdf.set_text_color(ink)
        written = self._letters.written(text)
        place = self._y if y is None else y
        self._letters.draw(x, place, width, written, size=size, align=align, bold=bold)

    def _wrapped(self, text: str, width: float, size: float, most: int = MOST_LINES) -> list[str]:
        return self._letters.lines(text, width * 1000 / size, most) if text else []

    def _block(
        self, x: float, text: str, width: float, *, size: float = SIZE, ink: int = INK, bold: bool = False
    ) -> None:
        """Lines of text below each other; those that run from right to left stand on the right of their room."""
        for line in self._wrapped(text, width / (1.08 if bold else 1), size):
            align = "R" if runs_right_to_left(line) else "L"
            self._text(x, line, width=width, size=size, ink=ink, bold=bold, align=align)
            self._y += LEADING * size / SIZE

    def _heading(self) -> None:
        invoice, top = self._invoice, self._y
        self._block(MARGIN, self._seller["name"], 250, size=13, bold=True)
        self._block(MARGIN, self._seller["address"], 250, size=SMALL, ink=DIM)
        if self._seller["tax_id"]:
            self._block(
                MARGIN, _("Tax id: %(id)s") % {"id": self._seller["tax_id"]}, 250, size=SMALL, ink=DIM
            )
        left_end, self._y = self._y, top
        self._text(300, self._title, width=RIGHT - 300, size=18, bold=True, align="R")
        self._y += 25
        if invoice.number:
            self._text(300, invoice.number, width=RIGHT - 300, size=12, align="R", ink=DIM)
        self._y = max(left_end, self._y + 18) + 22
        top = self._y
        who = billed_to(invoice)
        label = pgettext("seller", "From") if invoice.kind == InvoiceKind.PURCHASE_NOTE else _("Billed to")
        self._text(MARGIN, label, width=200, size=SMALL, ink=DIM)
        self._y += LEADING
        self._block(MARGIN, who["name"], 250, bold=True)
        self._block(MARGIN, who["address"], 250)
        if who["tax_id"]:
            self._block(MARGIN, _("Tax id: %(id)s") % {"id": who["tax_id"]}, 250)
        left_end, self._y = self._y, top
        for name, value in self._facts():
            self._text(330, name, width=90, size=SMALL, ink=DIM)
            for line in self._wrapped(value, RIGHT - 425, SIZE, 3):
                self._text(425, line, width=RIGHT - 425, align="R")
                self._y += LEADING
        self._y = max(left_end, self._y) + 22

    def _facts(self) -> list[tuple[str, str]]:
        invoice, said = self._invoice, self._seller
        found = [
            (_("Date"), self._day(invoice.issued_on)),
            (
                pgettext("deadline", "Due"),
                self._day(invoice.due_on) if invoice.kind != InvoiceKind.CREDIT_NOTE else "",
            ),
            (_("Credits"), invoice.credits.number if invoice.credits else ""),
            (str(invoice.get_source_display()) or _("Reference"), invoice.source_number),
            (_("Customer"), said["customer"]),
            (_("Tracking"), said["tracking"]),
            (_("Served by"), said["served_by"]),
        ]
        return [(name, value) for name, value in found if value]

    def _line_titles(self) -> None:
        self._rule(INK)
        self._y += GAP
        first, *others = self._columns
        self._text(MARGIN, first.title, width=first.width, size=SMALL, ink=DIM)
        for column in others:
            self._text(
                column.end - column.width, column.title, width=column.width, size=SMALL, align="R", ink=DIM
            )
        self._y += LEADING + GAP
        self._rule(RULE)

    def _line(self, line: Line) -> None:
        first, quantity, price, tax, amount = self._columns
        titles = self._wrapped(line.title, first.width, SIZE)
        details = [line.sku] if line.sku else []
        if line.discount_minor:
            details.append(_("less %(amount)s") % {"amount": self._money(line.discount_minor)})
        below = self._wrapped(" · ".join(details), first.width, SMALL)
        height = GAP + LEADING * (len(titles) + len(below)) + GAP
        if self._y + height > BOTTOM:
            self._begin_page()
            self._line_titles()
        top = self._y
        self._y += GAP
        for column, text in (
            (quantity, self._quantity(line.quantity)),
            (price, self._money(line.price_minor)),
            (tax, f"{self._number(line.tax_percent)} %"),
            (amount, self._money(line.amount_minor)),
        ):
            self._text(column.end - column.width, text, width=column.width, align="R")
        for text in titles:
            align = "R" if runs_right_to_left(text) else "L"
            self._text(MARGIN, text, width=first.width, align=align)
            self._y += LEADING
        for text in below:
            self._text(MARGIN, text, width=first.width, size=SMALL, ink=DIM)
            self._y += LEADING
        self._y = top + height
        self._rule(RULE)

    def _totals(self, lines: Sequence[Line], payments: Sequence[InvoicePayment]) -> None:
        invoice = self._invoice
        sums = sums_of_lines(lines, include_tax=invoice.prices_include_tax)
        rows = [(_("Net"), self._money(sums.net), False)]
        rows += [
            (
                _("Tax %(percent)s %% on %(net)s")
                % {"percent": self._number(rate.percent), "net": self._money(rate.net)},
                self._money(rate.tax),
                False,
            )
            for rate in sums.rates
        ]
        rows.append((_("Total"), self._money(sums.gross), True))
        for payment in payments:
            said = f"{payment.get_method_display()}, {self._day(payment.paid_on)}"
            if payment.by_note:
                said = f"{payment.get_method_display()} {payment.by_note.number}"
            rows.append((said, self._money(-payment.amount_minor), False))
        if payments:
            due = invoice.total_minor - invoice.paid_minor
            rows.append((_("Still due") if due >= 0 else _("Paid too much"), self._money(abs(due)), True))
        self._y += GAP * 2
        if self._y + (LEADING + 2) * len(rows) > BOTTOM:
            self._begin_page()
        include = _("Prices include tax.") if invoice.prices_include_tax else _("Prices are without tax.")
        self._text(MARGIN, include, width=190, size=SMALL, ink=DIM)
        for label, value, bold in rows:
            if self._y + LEADING > BOTTOM:
                self._begin_page()
            self._text(250, label, width=RIGHT - 250 - 90, bold=bold, align="R", ink=INK if bold else DIM)
            self._text(RIGHT - 88, value, width=88, bold=bold, align="R")
            self._y += LEADING + 2
        self._y += LEADING

    def _words(self) -> None:
        invoice = self._invoice
        said = []
        if invoice.kind == InvoiceKind.PURCHASE_NOTE:
            said.append(_("This bill was written by the buyer (self-billing)."))
        if invoice.state == InvoiceState.VOID:
            said.append(_("This document was made void: nothing is due."))
        parts = [" ".join(said), invoice.note]
        if invoice.kind == InvoiceKind.INVOICE and invoice.state in (
            InvoiceState.OPEN,
            InvoiceState.PARTLY_PAID,
        ):
            parts.append(self._seller["payment"])
        for part in parts:
            for line in self._wrapped(part, RIGHT - MARGIN, SIZE, 60):
                if self._y + LEADING > BOTTOM:
                    self._begin_page()
                align = "R" if runs_right_to_left(line) else "L"
                self._text(MARGIN, line, width=RIGHT - MARGIN, align=align)
                self._y += LEADING
            self._y += LEADING / 2 if part else 0

    def _foot(self) -> None:
        """The shop's own words and the number of the page."""
        foot = self._wrapped(self._seller["foot"], RIGHT - MARGIN - 130, SMALL, 3)
        y = HEIGHT - MARGIN - LEADING * max(len(foot), 1)
        self._pdf.set_draw_color(RULE)
        self._pdf.line(MARGIN, y - GAP, RIGHT, y - GAP)
        for at, line in enumerate(foot):
            align = "R" if runs_right_to_left(line) else "L"
            place = y + at * LEADING
            self._text(MARGIN, line, width=RIGHT - MARGIN - 130, size=SMALL, ink=DIM, align=align, y=place)
        page = self._pdf.page_no()
        text = _("Page %(page)s of %(count)s") % {"page": page, "count": "{nb}"}
        if page > 1 and self._invoice.number:
            text = f"{self._invoice.number} · {text}"
        self._pdf.set_font(MAIN, "", SMALL)
        self._pdf.set_text_color(DIM)
        self._pdf.set_xy(MARGIN, y)
        # Not as plain text: how many pages there are is put in at the end.
        self._pdf.cell(RIGHT - MARGIN, SMALL * 1.4, self._letters.written(text), align="R")

    def _rule(self, ink: int) -> None:
        self._pdf.set_draw_color(ink)
        self._pdf.line(MARGIN, self._y, RIGHT, self._y)

    def _money(self, minor: int) -> str:
        return display_money(minor, self._invoice.currency, self._locale)

    def _quantity(self, quantity: Decimal) -> str:
        return str(format_decimal(quantity, locale=self._locale, format="#,##0.###"))

    def _number(self, percent: Decimal) -> str:
        return str(format_decimal(percent, locale=self._locale, format="#,##0.##"))

    def _day(self, day: date | None) -> str:
        return format_date(day, "long", locale=self._locale) if day else ""


def draw(
    *, store: Store, invoice: Invoice, lines: Sequence[Line], payments: Sequence[InvoicePayment]
) -> bytes:
    """The document of an invoice; a draft shows the shop's lines as they are now."""
    now = printed(store=store, settings=settings_of(store=store), invoice=invoice)
    return Paper(store, invoice, now | invoice.seller).draw(lines, payments)


def _title(invoice: Invoice) -> str:
    kind = str(invoice.get_kind_display())
    if invoice.state == InvoiceState.DRAFT:
        return _("%(kind)s (draft)") % {"kind": kind}
    return _("%(kind)s (void)") % {"kind": kind} if invoice.state == InvoiceState.VOID else kind
