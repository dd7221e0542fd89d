"""Taxes and sums agree to the last cent, whatever the lines."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from regulars.invoices.sums import NewLine, rounded, spread, sums_of

lines = st.builds(
    NewLine,
    title=st.just("x"),
    quantity=st.decimals(min_value=-999, max_value=999, places=3),
    price_minor=st.integers(-(10**7), 10**7),
    discount_minor=st.integers(0, 10**4),
    tax_percent=st.decimals(min_value=0, max_value=100, places=2),
)


@given(given_lines=st.lists(lines, max_size=20), include=st.booleans())
def test_sums_agree(given_lines: list[NewLine], include: bool) -> None:
    sums = sums_of(((one.tax_percent, one.amount_minor) for one in given_lines), include_tax=include)
    amounts = sum(one.amount_minor for one in given_lines)
    assert sums.net + sums.tax == sums.gross == sum(rate.gross for rate in sums.rates)
    assert amounts == (sums.gross if include else sums.net)
    assert [rate.percent for rate in sums.rates] == sorted({one.tax_percent for one in given_lines})
    for rate in sums.rates:
        exact = rate.net * rate.percent / 100
        off = Decimal("0.5") * (1 + rate.percent / 100)
        assert abs(rate.tax - exact) <= off
    other_way = sums_of(((one.tax_percent, -one.amount_minor) for one in given_lines), include_tax=include)
    assert (other_way.net, other_way.tax) == (-sums.net, -sums.tax)


def test_halves_are_rounded_away_from_zero() -> None:
    assert [rounded(Decimal(one)) for one in ("0.5", "1.5", "2.5", "-0.5", "0.49")] == [1, 2, 3, -1, 0]
    assert NewLine(title="x", quantity=Decimal("0.5"), price_minor=333).amount_minor == 167


def test_tax_is_taken_out_of_prices_that_include_it() -> None:
    (rate,) = sums_of([(Decimal(20), 11999), (Decimal("20.00"), 1)], include_tax=True).rates
    assert (rate.net, rate.tax, rate.gross) == (10000, 2000, 12000)
    (rate,) = sums_of([(Decimal(19), 999)], include_tax=False).rates
    assert (rate.net, rate.tax, rate.gross) == (999, 190, 1189)


@given(amount=st.integers(0, 10**9), over=st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_an_amount_is_spread_without_a_rest(amount: int, over: list[int]) -> None:
    shares = spread(amount, over)
    assert sum(shares) == amount and len(shares) == len(over)
    if sum(over):
        assert all(
            abs(share - amount * one / sum(over)) <= 1 for share, one in zip(shares, over, strict=True)
        )
