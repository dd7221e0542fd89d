"""Settings of earning rules and tiers, the tab of a customer, and the verbs."""

import pytest
from django.test import Client

from regulars.kit.actor import system
from regulars.loyalty import services
from regulars.loyalty.models import EarnRule, Membership, Tier
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.people import Someone

RULES, TIERS = "/desk/shop/settings/earning/", "/desk/shop/settings/tiers/"
TIER = {
    "name": "Gold", "rank": "1", "colour": "amber", "by": "spend", "threshold": "500.50", "window_months": "12",
    "grace_days": "30", "percent": "150", "benefits": "Free coffee",
}  # fmt: skip


def make_tier(someone: Someone, **values: object) -> Tier:
    asked = {"name": "Gold", "rank": 1, "by": "spend", "threshold": 50_000, "colour": "amber", **values}
    return services.save_tier(store=someone.store, tier_id=None, values=asked, actor=someone.actor, now=NOW)


def test_an_owner_adds_changes_and_switches_a_rule(owner: Someone) -> None:
    assert "Nothing earns points yet" in owner.client.get(RULES).content.decode()
    assert owner.client.get(f"{RULES}new/amount/").status_code == 200
    values = {"name": "Euros", "points": "2", "per_minor": "1.50", "starts": "2026-03-01", "ends": ""}
    assert owner.client.post(f"{RULES}new/amount/", values).status_code == 302
    rule = EarnRule.objects.get()
    assert (rule.name, rule.settings) == ("Euros", {"points": 2, "per_minor": 150})
    assert "2 points for each €1.50" in owner.client.get(RULES).content.decode()
    url = f"{RULES}{rule.pk}/"
    assert 'value="1.50"' in owner.client.get(url).content.decode()
    refused = owner.client.post(url, values | {"ends": "2026-02-01"})
    assert refused.status_code == 422 and "before the first day" in refused.content.decode()
    owner.client.post(url, values | {"points": "3"})
    owner.client.post(f"{url}switch/", {"to": "off"})
    rule.refresh_from_db()
    assert (rule.settings["points"], rule.active) == (3, False)


@pytest.mark.parametrize("kind", ["products", "joining", "birthday", "multiplier"])
def test_every_kind_has_a_form(owner: Someone, kind: str) -> None:
    make_tier(owner)
    answer = owner.client.get(f"{RULES}new/{kind}/")
    assert answer.status_code == 200
    assert owner.client.get(f"{RULES}new/nothing/").status_code == 404
    refused = owner.client.post(f"{RULES}new/{kind}/", {"name": ""})
    assert refused.status_code == 422 and not EarnRule.objects.exists()


def test_a_multiplier_for_a_tier(owner: Someone) -> None:
    tier = make_tier(owner)
    values = {"name": "Double", "percent": "200", f"tier_{tier.pk}": "true"}
    assert owner.client.post(f"{RULES}new/multiplier/", values).status_code == 302
    assert EarnRule.objects.get().settings == {"percent": 200, "tiers": [str(tier.pk)]}
    assert "× 2 what orders earn, for 1 tier" in owner.client.get(RULES).content.decode()


def test_an_owner_adds_changes_and_removes_a_tier(owner: Someone) -> None:
    assert "No tiers yet" in owner.client.get(TIERS).content.decode()
    assert owner.client.post(f"{TIERS}new/", TIER).status_code == 302
    tier = Tier.objects.get()
    assert (tier.threshold, tier.percent, tier.benefits) == (50_050, 150, "Free coffee")
    assert "€500.50 in 12 months" in owner.client.get(TIERS).content.decode()
    url = f"{TIERS}{tier.pk}/"
    assert 'value="500.50"' in owner.client.get(url).content.decode()
    twin = owner.client.post(f"{TIERS}new/", TIER | {"rank": "2"})
    assert twin.status_code == 422 and "of this name already" in twin.content.decode()
    owner.client.post(url, TIER | {"by": "points", "threshold": "700"})
    tier.refresh_from_db()
    assert tier.threshold == 700
    assert owner.client.post(f"{url}remove/").status_code == 302
    assert not Tier.objects.exists()


def test_only_owners_set_it_up(
    clerk: Someone, manager: Someone, other_owner: Someone, anonymous: Client, owner: Someone
) -> None:
    tier = make_tier(owner)
    rule = services.save_rule(
        store=owner.store,
        rule_id=None,
        values={"name": "Euros", "kind": "amount"},
        actor=owner.actor,
        now=NOW,
    )
    pages = (RULES, TIERS, f"{RULES}new/amount/", f"{RULES}{rule.pk}/", f"{TIERS}new/", f"{TIERS}{tier.pk}/")
    for page in pages:
        for someone in (clerk, manager):
            assert someone.client.get(page).status_code == 403, page
        assert other_owner.client.get(page).status_code == 404, page
        assert anonymous.get(page).status_code == 302, page
    for verb in (f"{RULES}{rule.pk}/switch/", f"{TIERS}{tier.pk}/remove/"):
        assert clerk.client.post(verb).status_code == 403
        assert other_owner.client.post(verb).status_code == 404
        assert owner.client.get(verb).status_code == 405
    rule.refresh_from_db()
    assert rule.active and Tier.objects.exists()


def test_the_tab_shows_what_is_missing_and_the_times_before(owner: Someone, viewer: Someone) -> None:
    ada = make_customer(owner.store, first_name="Ada")
    page = f"/desk/shop/customers/{ada.pk}/"
    assert "show=membership" not in owner.client.get(page).content.decode()
    make_tier(owner, name="Silver", rank=1, threshold=0, benefits="Free coffee")
    make_tier(owner, name="Gold", rank=2)
    services.place_all(store=owner.store, actor=owner.actor, now=NOW)
    shown = viewer.client.get(f"{page}?show=membership").content.decode()
    for said in ("Silver", "Free coffee", "On the way to Gold", "€500.00 to go", "Points summary"):
        assert said in shown, said
    assert '<span class="badge amber">Silver</span>' in viewer.client.get(page).content.decode()
    menu = viewer.client.get(f"{page}menu/", headers={"HX-Request": "true"}).content.decode()
    assert f'href="{page}?show=membership"' in menu
    whole = viewer.client.get(page).content.decode()
    assert f'href="{page}?show=membership"' in whole[whole.index('id="more"') :]


def test_a_manager_sets_a_tier_from_the_menu_and_a_clerk_cannot(manager: Someone, clerk: Someone) -> None:
    store: Store = manager.store
    gold = services.save_tier(
        store=store,
        tier_id=None,
        values={"name": "Gold", "rank": 1, "by": "spend", "threshold": 50_000},
        actor=system(),
        now=NOW,
    )
    ada = make_customer(store, first_name="Ada")
    url = "/desk/shop/customers/actions/set-tier/"
    values = {"id": str(ada.pk), "tier": str(gold.pk), "reason": "Friend", "confirmed": "1"}
    assert clerk.client.post(url, values, headers={"HX-Request": "true"}).status_code == 403
    assert not Membership.objects.exists()
    manager.client.post(url, values, headers={"HX-Request": "true"})
    assert Membership.objects.get().reason == "Friend"
    for where in ("tier = Gold", "has tier_memberships (origin = hand)"):
        listed = manager.client.get("/desk/shop/customers/", {"tab": "all", "where": where})
        assert "Ada" in listed.content.decode(), where
    nobody = manager.client.get("/desk/shop/customers/", {"tab": "all", "where": "tier != Gold"})
    assert f"/customers/{ada.pk}/" not in nobody.content.decode()
