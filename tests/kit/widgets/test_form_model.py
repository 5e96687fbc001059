"""A form as a model: fields from the catalogue, exact bytes, what is withheld, and no secret anywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.kit.widgets.events import HOSTILE, event, exchange
from unitbench import catalogue
from unitbench.errors import BenchError, InvalidValue, MissingField, SessionError, UnknownCommand, UsageError
from unitbench.session.model import Exchange, Problem, Unit
from unitbench.widgets.controls import Control, Form
from unitbench.widgets.form_model import FormModel
from unitbench.widgets.page import page

SECRET = "geheimgeheim12"
UNITS = (
    Unit("k1", "kramer", "Kramer", "kramer://10.0.0.1", login="USER"),
    Unit("t1", "dcol", "Trimble", "dcol://10.0.0.2"),
    Unit("q1", "qstation", "Gantner", "qstation://10.0.0.3", mac="02:00:00:00:00:31", simulated=True),
)
PORT = "AEh 10h virtual_port=19 ip_port=5017 mode=TCP"


def model(command: str = "", unit: str = "", units: tuple[Unit, ...] = UNITS) -> FormModel:
    return FormModel(lambda: units, command, unit)


def form(made: FormModel) -> Form:
    found = made.sheet().form
    assert found is not None
    return found


def control(made: FormModel, name: str) -> Control:
    return next(each for each in form(made).controls if each.name == name)


def withheld(allow_with: str) -> Exchange:
    problem = Problem("Withheld", "this changes t1, which is not known to be simulated", "nothing was sent")
    return replace(exchange(1), outcome="withheld", replies=(), error=problem, allow_with=allow_with)


@pytest.mark.parametrize("protocol", catalogue.NAMES)
def test_every_command_of_the_catalogue_has_a_form_and_its_examples_fill_it(protocol: str) -> None:
    units = (Unit("x1", protocol, "maker", f"{protocol}://10.0.0.9", mac="02:00:00:00:00:31"),)
    for command in catalogue.protocol(protocol).commands:
        empty = model(units=units)
        empty.choose(protocol, command.name)
        assert page(empty.sheet()) and empty.sheet().text() and empty.explain()
        for example in command.examples:
            made = FormModel(lambda: units, example)
            assert form(made).ready, (example, form(made).why)
            assert made.sheet().parts[0].dumps[0].state.endswith("ok"), example


def test_a_name_alone_a_line_with_values_and_nothing_at_all_begin_a_form() -> None:
    assert form(model("0Eh")).command == "dcol AEh 0Eh"
    assert control(model("0Eh 19"), "virtual_port").value == "19"
    assert form(model("@q1 DEVICESYNC")).unit == "q1"
    assert form(model("", "t1")).command.startswith("dcol ") and form(model("", "t1")).unit == "t1"
    assert form(model()).unit == "k1" == form(model(" ")).unit


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("NOPE", UnknownCommand),
        ("discover", UsageError),
        ("0Eh 300", InvalidValue),
        ("SECUR?; 0Eh 19", UsageError),
    ],
)
def test_what_is_no_command_or_breaks_a_rule_is_refused(line: str, error: type[UsageError]) -> None:
    with pytest.raises(error):
        model(line)


def test_the_bytes_are_those_of_the_manual() -> None:
    made = model("0Eh 19")
    assert made.data() == bytes.fromhex("0200AE020E13D103")
    made.fill("virtual_port", "20")
    assert made.data() == bytes.fromhex("0200AE020E14D203")
    assert made.sheet().parts[0].dumps[0].octets[5] == "14"


def test_controls_follow_from_types_and_conditions_have_their_reason() -> None:
    made = model(PORT)
    kinds = {each.name: each.kind for each in form(made).controls}
    assert kinds["active"] == "flag" and kinds["mode"] == "choice" and kinds["ip_port"] == "text"
    assert not [name for name in kinds if name.startswith("reserved")]
    assert [word.value for word in control(made, "mode").words] == ["TCP", "UDP"]
    assert "only when mode is UDP" in control(made, "udp_timeout").idle
    assert control(made, "udp_timeout").unit == "s"
    made.fill("mode", "UDP")
    assert not control(made, "udp_timeout").idle


def test_what_is_wrong_stands_beside_its_field_and_keeps_the_form_from_being_sent() -> None:
    made = model(PORT)
    made.fill("ip_port", "70000")
    assert "0..65535" in control(made, "ip_port").error and not form(made).ready
    with pytest.raises(UsageError, match="ip_port"):
        made.sending({})
    made.fill("ip_port", "5017")
    made.fill("output_only", "true")
    made.fill("initiate_connection", "true")
    made.fill("remote_ip_port", "80")
    assert not form(made).ready and "wrong" in form(made).why
    assert [each.name for each in form(made).controls if "cannot hold together" in each.error]
    with pytest.raises(UsageError, match="cannot hold together"):
        made.sending({})


def test_what_is_sent_are_the_values_and_the_unit() -> None:
    asked = model("0Eh 19").sending({})
    assert (asked.protocol, asked.command, asked.values, asked.unit) == (
        "dcol",
        "AEh 0Eh",
        {"virtual_port": 19},
        "t1",
    )
    everyone = model("DEVICESYNC")
    everyone.direct("@all")
    assert everyone.sending({}).everyone


def test_a_secret_is_in_what_is_sent_and_nowhere_else() -> None:
    made = model(f"LOGIN ADMIN,{SECRET}")
    with pytest.raises(InvalidValue, match="secret"):
        made.fill("password", SECRET)
    with pytest.raises(MissingField):
        made.sending({})
    assert made.sending({"password": SECRET}).values == {"auth": "ADMIN", "password": SECRET}
    told = f"{made.sheet()} {page(made.sheet())} {made.sheet().text()} {made.rows()} {made.explain()} {made.values}"
    told += f"{vars(made)} {vars(made.sent)}"
    assert SECRET not in told and SECRET.encode().hex() not in told.replace(" ", "")
    assert control(made, "password").kind == "secret" and control(made, "password").value == ""
    assert made.data() == b"#LOGIN ADMIN,***\r"


def test_a_secret_that_breaks_its_rule_is_refused_without_being_repeated() -> None:
    with pytest.raises(InvalidValue) as caught:
        model("LOGIN USER").sending({"password": f"{SECRET}#"})
    assert SECRET not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    ("allow_with", "word", "wrong", "granted"),
    [("reconfigures", "yes", "no", "reconfigures"), ("t1", "t1", "yes", "t1")],
)
def test_what_is_withheld_is_sent_only_when_the_right_word_is_typed(
    allow_with: str, word: str, wrong: str, granted: str
) -> None:
    made = model(PORT)
    assert made.sending({}, "").allow == ""
    made.ended(withheld(allow_with))
    assert form(made).confirm == word and "not known to be simulated" in form(made).why
    for typed in ("", wrong):
        with pytest.raises(UsageError, match=f"type {word}"):
            made.sending({}, typed)
    assert made.sending({}, word).allow == granted


def test_a_confirmation_is_for_those_bytes_and_that_unit_only() -> None:
    for change in (
        lambda m: m.fill("ip_port", "5018"),
        lambda m: m.direct("other"),
        lambda m: m.choose("dcol", "AEh 02h"),
    ):
        made = model(PORT)
        made.sending({})
        made.ended(withheld("t1"))
        change(made)
        assert form(made).confirm == "" and made.sent.granted("t1") == ""


def test_what_comes_after_the_form_was_changed_confirms_and_fills_nothing() -> None:
    made = model(PORT)
    made.sending({})
    made.fill("ip_port", "5018")
    made.ended(withheld("t1"))
    assert form(made).confirm == "" and made.sending({}, "t1").allow == ""
    made.ended(exchange(1))
    made.reading()
    made.choose("dcol", "AEh 02h")
    made.ended(
        replace(exchange(2), replies=(replace(exchange(2).replies[0], fields={"gateway": "1.2.3.4"}),))
    )
    assert control(made, "gateway").value == "" and "SECUR?" in made.sheet().parts[1].title


def test_what_nothing_lets_pass_asks_for_no_word() -> None:
    made = model(PORT)
    made.sending({})
    made.ended(withheld(""))
    assert form(made).confirm == "" and "not known to be simulated" in form(made).why


def test_the_answer_is_taken_apart_with_what_it_means() -> None:
    made = model("SECUR?")
    made.sending({})
    assert form(made).busy
    with pytest.raises(UsageError, match="still being waited for"):
        made.sending({})
    made.ended(exchange(7))
    sheet = made.sheet()
    assert not form(made).busy and form(made).ended == 1
    assert sheet.parts[1].title == "Answer to SECUR?" and "ok, from k1, exchange 7" in sheet.parts[1].state
    assert "security is on" in sheet.text() and "k1 answered SECUR?, ok" in sheet.said


def test_a_request_that_failed_says_why_and_can_be_sent_again() -> None:
    made = model("SECUR?")
    made.sending({})
    made.ended(SessionError("the session is gone", hint="attach again"))
    assert form(made).why == "the session is gone; attach again" and not form(made).busy
    made.sending({})


def test_what_is_set_now_fills_what_was_not_typed_and_is_told() -> None:
    made = model("10h virtual_port=19 ip_port=5018")
    reading = made.reading()
    assert (reading.command, reading.values) == ("AEh 0Eh", {"virtual_port": 19})
    made.ended(
        replace(
            exchange(1), replies=(replace(exchange(1).replies[0], fields={"ip_port": 5017, "mode": "UDP"}),)
        )
    )
    assert control(made, "mode").value == "UDP"
    assert control(made, "ip_port").value == "5018" and "(now 5017)" in control(made, "ip_port").about
    with pytest.raises(UsageError, match="nothing reads back"):
        model("SECUR?").reading()


def test_units_that_become_known_can_be_chosen() -> None:
    known: list[Unit] = []
    made = FormModel(lambda: known, "SECUR?")
    assert not form(made).ready and "discover" in form(made).units[0].text
    known.append(UNITS[0])
    assert made.apply(event("unit", unit=UNITS[0])) and form(made).unit == "k1"
    assert form(made).units[0].text == "k1 (real, login USER)" and form(made).ready
    assert not made.apply(event("unit", unit=UNITS[0]))


def test_what_was_typed_for_a_command_is_there_when_it_is_chosen_again() -> None:
    made = model("0Eh 19")
    made.choose("kramer", "SECUR?")
    assert form(made).unit == "k1" and not form(made).controls
    made.choose("dcol", "AEh 0Eh")
    assert control(made, "virtual_port").value == "19" and form(made).unit == "t1"
    with pytest.raises(UsageError, match="has no command"):
        made.choose("dcol", "NOPE")


def test_a_hostile_unit_stays_text() -> None:
    units = (Unit("k1", "kramer", "Kramer", "kramer://h"), Unit(HOSTILE, "kramer", HOSTILE, "kramer://i"))
    made = model("SECUR?", units=units)
    made.sending({})
    made.ended(exchange(1, f"~01@NAME {HOSTILE}", unit=HOSTILE))
    told = f"{page(made.sheet())} {made.sheet().text()}"
    assert "\x1b" not in told and "\u202e" not in told
    assert "<script>" not in page(made.sheet()) and "&lt;script&gt;" in page(made.sheet())


def test_a_failure_without_a_hint_is_told_as_it_is() -> None:
    made = model("SECUR?")
    made.sent.failed(BenchError("no luck"))
    assert form(made).why == "no luck"
