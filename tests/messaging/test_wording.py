"""Wordings: whatever is written in them, they either say what is wrong or can be filled in."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.kit.errors import Invalid, NotAllowed
from regulars.messaging import kinds, queries
from regulars.messaging.choices import Channel
from regulars.messaging.kinds import check_wording, fill, one_line
from regulars.messaging.models import Template
from regulars.messaging.services import edit_settings, edit_template, preview_wording, reset_template
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer
from tests.messaging.kinds_of_tests import CARE, NEWS
from tests.people import Someone

_WORDS = st.lists(
    st.sampled_from(
        ["{{", "}}", "{", "}", "{{first_name}}", "{{ thing }}", "{{nobody}}", " ", "\n", "é", "\u2028"]
    )
    | st.characters(),
    max_size=6,
).map("".join)
_VALUES = st.fixed_dictionaries(dict.fromkeys(("first_name", "name", "store", "thing"), _WORDS))


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {one.name: one for one in (NEWS, CARE)})


# The first letters are drawn slowly on a busy machine.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=_WORDS, values=_VALUES)
def test_what_is_accepted_is_filled_in_once_and_leaves_no_variable_of_its_own(
    text: str, values: dict[str, str]
) -> None:
    try:
        check_wording(NEWS, text, field="body")
    except Invalid as refusal:
        assert refusal.sentence and refusal.field == "body"
        return
    filled = fill(text, values)
    plain = fill(text, dict.fromkeys(values, ""))
    assert "{{" not in plain or "{{" in text.replace("{{first_name}}", "").replace("{{ thing }}", "")
    longest = len(text) + text.count("{{") * max(len(value) for value in values.values())
    assert len(filled) <= longest
    assert len(one_line(filled).splitlines()) <= 1


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(values=_VALUES)
def test_a_value_is_never_read_as_a_wording(values: dict[str, str]) -> None:
    assert fill("{{first_name}}|{{store}}", values) == f"{values['first_name']}|{values['store']}"


def write(owner: Someone, body: str = "Salut {{first_name}}", subject: str = "{{thing}}") -> Template:
    return edit_template(
        store=owner.store,
        kind=NEWS.name,
        channel=Channel.MAIL,
        language="fr",
        subject=subject,
        body=body,
        actor=owner.actor,
        now=NOW,
    )


def test_a_wording_is_changed_told_and_reset(owner: Someone) -> None:
    first = write(owner)
    assert (write(owner, "Encore").pk, Template.objects.get().version) == (first.pk, 2)
    write(owner, "Encore")  # the same again is no change
    reset_template(
        store=owner.store, kind=NEWS.name, channel=Channel.MAIL, language="fr", actor=owner.actor, now=NOW
    )
    assert not Template.objects.exists()
    known_as = queries.template_id(store=owner.store, kind=NEWS.name, channel="mail", language="fr")
    assert list(Event.objects.filter(record_id=known_as).order_by("pk").values_list("key", flat=True)) == [
        "message.template_edited",
        "message.template_edited",
        "message.template_reset",
    ]
    assert write(owner).pk == first.pk


@pytest.mark.parametrize(
    ("subject", "body", "field"),
    [
        ("", "x", "subject"),
        ("x", " \n", "body"),
        ("{{nobody}}", "x", "subject"),
        ("x", "{{nobody}}", "body"),
        ("x", "y" * 20_001, "body"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    owner: Someone, subject: str, body: str, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        write(owner, body, subject)
    assert refusal.value.field == field and not Template.objects.exists()


def test_a_clerk_words_nothing(clerk: Someone) -> None:
    with pytest.raises(NotAllowed):
        write(clerk)
    with pytest.raises(NotAllowed):
        edit_settings(
            store=clerk.store,
            quiet_from=None,
            quiet_until=None,
            second_person_above=5,
            actor=clerk.actor,
            now=NOW,
        )


def test_a_preview_takes_examples_or_a_real_customer(store: Store) -> None:
    ada = make_customer(store, first_name="Zoë", email="zoe@example.test")
    asked = {
        "store": store,
        "kind": NEWS.name,
        "channel": "mail",
        "subject": "s",
        "body": "{{first_name}} {{thing}}",
    }
    assert preview_wording(**asked).body == "Ada a coat"
    for text in (f"#{ada.number}", "ZOE@example.test"):
        found = preview_wording(**asked, customer=text)
        assert (found.body, found.to) == ("Zoë a coat", "zoe@example.test")
    with pytest.raises(Invalid):
        preview_wording(**asked, customer="nobody")


def test_what_no_database_keeps_is_left_out_of_a_wording(owner: Someone) -> None:
    """By API a NUL was an error of ours."""
    template = write(owner, body="Salut\x00 {{first_name}}\ud800", subject="Hi\x00\r\nBcc: eve@x.test")
    assert (template.subject, template.body) == ("Hi Bcc: eve@x.test", "Salut {{first_name}}")
    with pytest.raises(Invalid, match="Write something"):
        write(owner, body="\x00 \ud800")
    assert Template.objects.get().body == "Salut {{first_name}}"
