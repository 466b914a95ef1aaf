"""The daily notice about sensors: calm words, each with its place, and never in the way of an alert."""

from typing import Any
from zoneinfo import ZoneInfo

from coldchain.bootstrap.channels import device_targets
from coldchain.notifying.mqtt import topic_of
from coldchain.notifying.wording import subject, text
from coldchain.settings import Alerts, MailChannel, Secret, Settings, WebhookChannel
from coldchain.settings.shapes import Devices

BERLIN = ZoneInfo("Europe/Berlin")


def about(sensor: str, complaint: str, sentence: str) -> dict[str, Any]:
    return {
        "sensor": {"name": sensor, "channel": ""}, "location": {"name": "ward-3", "title": "Ward 3 refrigerator"},
        "complaint": complaint, "since": "2026-11-20T06:00:00.000Z", "sentence": sentence,
    }  # fmt: skip


LOW = about("probe-7", "battery", "has a battery at 12 %: change it before it falls silent")
CLOCK = about("probe-9\r\nBcc: all", "clock", "has a clock 3 min behind ours")


def notice(found: list[dict[str, Any]], over: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schema": "coldchain.devices/1", "id": "n-1", "kind": "devices", "raised_at": "2026-11-21T07:00:00.000Z",
        "since": "2026-11-20T06:00:00.000Z", "found": found, "over": over, "link": "https://cold.example.org/sensors",
    }  # fmt: skip


def test_one_thing_is_said_in_the_subject_and_several_are_counted() -> None:
    one = "Sensor probe-7 has a battery at 12 %: change it before it falls silent"
    assert subject(notice([LOW], []), BERLIN) == one
    assert subject(notice([LOW, CLOCK], [LOW]), BERLIN) == "Sensors: 2 to be looked at, 1 in order again"
    assert subject(notice([], [LOW]), BERLIN) == "Sensors: 1 in order again"


def test_the_text_names_each_sensor_and_its_place() -> None:
    said = text(notice([LOW, CLOCK], [LOW]), BERLIN)
    assert "- probe-7 at Ward 3 refrigerator has a battery at 12 %: change it before it falls silent.\n" in said
    assert "- probe-9 Bcc: all at Ward 3 refrigerator has a clock" in said
    assert "In order again:\n- probe-7 at Ward 3 refrigerator: its battery was low, since 2026-11-20 07:00 CET" in said
    assert "No temperature was out of range because of it" in said


def test_on_mqtt_it_does_not_take_the_place_of_a_locations_alert() -> None:
    assert topic_of(notice([LOW], [])) == "coldchain/alerts/devices"


def test_a_channel_may_be_left_out_and_all_may(tmp_path: Any) -> None:
    alerts = Alerts(
        mail=(
            MailChannel("night", "h", "a@b", ("x@b", "y@b"), devices=False),
            MailChannel("day", "h", "a@b", ("z@b",)),
        ),
        webhooks=(WebhookChannel("ops", Secret("https://x"), devices=False),),
    )  # fmt: skip
    settings = Settings("sqlite://", tmp_path, alerts=alerts)
    every = [
        ("smtp", "night: x@b"),
        ("smtp", "night: y@b"),
        ("smtp", "day: z@b"),
        ("webhook", "ops"),
        ("mqtt", "alerts"),
    ]
    assert device_targets(settings, every) == (("smtp", "day: z@b"), ("mqtt", "alerts"))
    never = Settings("sqlite://", tmp_path, alerts=alerts, devices=Devices(tell=False))
    assert device_targets(never, every) == ()
