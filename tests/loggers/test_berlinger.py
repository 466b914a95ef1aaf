"""Berlinger Fridge-tag and Q-tag exports: the tree, the table, daily summaries, device alarms, signatures."""

import hashlib
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from coldchain.loggers.berlinger_signature import check_signature
from tests.loggers.writing import UTC, a_day, fridge_tag, only, read_or_refused, reading, table

DATA = [
    ("2026-03-14 21:00", "--.-\tx"),
    ("2026-03-14 21:05", "26.3\tx"),
    ("2026-03-14 21:10", "7.3"),
    ("2026-03-14 21:15", "-0.4\t"),
]

Q_TAG = """Device: Q-tag CLm doc LR
Vers: 1.9
Fw Vers: 4.7.04o
Conf:
 Serial: RCPJ00099
 Lot: 26102012
 Zone: 0.00
 MKT Energy: 83.0
 User String 1:
 User String 2: ward 3, top: left
 Logging Interval: 10
 Alarm:
  1:
   Type: 2, T AL: 8.0, t AL: 30
  3:
   Type: 0
  5:
   Type: 1, T AL: 2.0, t AL: 30
Res:
 TS Actv: 2026-03-14 20:00
 TS Start: 2026-03-14 21:00
 TS Stop: 2026-03-14 22:09
 MKT: 10.5
 Avrg T: 5.4
 Alarm:
  1:
   TS S: 2026-03-14 21:07, t A: 62, TS A: 2026-03-14 21:37, TS E:, T M: 24.5, TS M: 2026-03-14 22:01
  3:
  5:
   TS S: 2026-03-14 21:00, t A: 3, TS A:, TS E: 2026-03-14 21:03, T M: 1.4, TS M: 2026-03-14 21:01
Marker:
\tNumber\tT\tyyyy-MM-dd hh:mm\t
\t1\t5.1\t2026-03-14 21:12\t
Data:
\tyyyy-MM-dd hh:mm\tT\tOut of limits
\t2026-03-14 21:00\t1.4\tx
\t2026-03-14 21:10\t9.2\tx
\t2026-03-14 21:20\t24.1\tx
"""


def test_readings_of_the_data_table() -> None:
    file = reading(fridge_tag(data=DATA))
    assert (file.format, file.device.model, file.device.serial) == ("berlinger", "Q-tag Fridge-tag 2 L", "130500104711")
    assert table(only(file)) == [
        ("2026-03-14T21:05:00", 26.3),
        ("2026-03-14T21:10:00", 7.3),
        ("2026-03-14T21:15:00", -0.4),
    ]
    assert file.device.interval_ms == 300_000
    assert file.evidence["unit"].source == "header"


def test_a_missing_value_is_missing_though_the_device_flags_it() -> None:
    channel = only(reading(fridge_tag(data=DATA)))
    assert [(row.line, row.text, row.reason) for row in channel.quarantined] == [(24, "--.-", "missing")]


def test_the_devices_keep_local_time_and_are_asked() -> None:
    refused = read_or_refused(fridge_tag(data=DATA), Declared())
    assert isinstance(refused, FileRefused)
    assert refused.code == "ambiguous-time-zone"
    assert table(only(reading(fridge_tag(data=DATA), Declared(tz="Europe/Zurich"))))[0][0] == "2026-03-14T20:05:00"


def test_fahrenheit() -> None:
    file = reading(fridge_tag(data=[("2026-03-14 21:00", "41.0"), ("2026-03-14 21:05", "42.8")], unit="F"))
    assert [value for _, value in table(only(file))] == [5.0, 6.0]


def test_daily_summaries_without_readings() -> None:
    """A Fridge-tag 2 keeps no readings: what it says of each day is exposed, and nothing is made up from it."""
    text = fridge_tag(a_day(1, "2026-03-15") + a_day(2, "2026-03-14", low="---", high="---", mean="---", hot="0"))
    file = reading(text, Declared())
    assert file.channels == ()
    newest, oldest = file.daily
    assert (newest.day, newest.min_milli_c, newest.max_milli_c, newest.mean_milli_c) == (
        date(2026, 3, 15),
        4000,
        9100,
        5200,
    )
    assert [(b.limit_milli_c, b.allowed_min, b.minutes, b.triggered) for b in newest.beyond] == [
        (-500, 60, 0, None),
        (8000, 600, 37, "13:35"),
    ]
    assert newest.sensor_silent_min == 3
    assert (oldest.min_milli_c, oldest.max_milli_c, oldest.mean_milli_c) == (None, None, None)
    assert "no readings" in file.notes[0]
    assert file.evidence["time_zone"].value is None


def test_a_q_tags_alarms_stop_and_results_are_evidence() -> None:
    file = reading(Q_TAG)
    assert file.device.stopped_ms == only(file).at_ms[0] + 69 * 60_000
    assert (file.device.facts["MKT"], file.device.facts["MKT Energy"]) == ("10.5", "83.0")
    hot, cold = file.device_alarms
    assert (hot.name, hot.kind, hot.limit_milli_c, hot.allowed_min, hot.minutes) == ("alarm 1", "2", 8000, 30, 62)
    start = int(only(file).at_ms[0])
    assert (hot.start_ms, hot.trigger_ms, hot.end_ms) == (start + 7 * 60_000, start + 37 * 60_000, None)
    assert (hot.extreme_milli_c, hot.extreme_ms) == (24_500, start + 61 * 60_000)
    assert (cold.trigger_ms, cold.end_ms, cold.minutes) == (None, start + 3 * 60_000, 3)
    assert [(event.name, event.at_ms) for event in file.events] == [("Marker 1", start + 12 * 60_000)]
    assert file.evidence["unit"].source == "assumed"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((" Serial:", "Serial:"), "configuration"),
        (("  Min T: +4.0", "  Min T: abc"), "no temperature"),
        (("  Date: 2026-03-15", "  Date: 2026-02-31"), "no date"),
        (("t Acc: 37", "t Acc: many"), "minutes"),
        (("  Avrg T: +5.2\n", ""), "incomplete"),
        (("Hist:", "Hist"), "no line"),
        (("Hist:\n", "Hist:\n   Deep: 1\n"), "indented"),
    ],
)
def test_a_damaged_tree_is_refused_with_its_place(change: tuple[str, str], words: str) -> None:
    text = fridge_tag(a_day(1, "2026-03-15"))
    assert change[0] in text
    broken = text.replace(*change)
    if words == "configuration":
        broken = broken.replace("\n ", "\n").replace("  ", "")
    refused = read_or_refused(broken)
    assert isinstance(refused, FileRefused)
    assert refused.code == "damaged"
    assert words in str(refused)


def test_a_file_that_ends_within_a_day_is_damaged() -> None:
    text = fridge_tag(a_day(1, "2026-03-15"))
    refused = read_or_refused(text[: text.index("  Max T")])
    assert isinstance(refused, FileRefused)
    assert refused.code == "damaged"


def test_a_table_cut_in_its_last_row_loses_that_row_only() -> None:
    text = fridge_tag(data=DATA)
    for cut in (
        text[: text.index("\n\t2026-03-14 21:15") - 1],
        text[: text.index("-0.4")],
        text[: text.index("21:15") + 3],
    ):
        assert [value for _, value in table(only(reading(cut)))][:1] == [26.3]
        assert 0.0 not in [value for _, value in table(only(reading(cut)))]
        assert 7.0 not in [value for _, value in table(only(reading(cut)))]


def test_what_is_left_of_a_number_is_none() -> None:
    data = [(f"2026-03-14 21:{minute:02d}", "26.3") for minute in range(0, 50, 5)]
    cut = fridge_tag(data=data)[: -len("6.3\n")]
    channel = only(reading(cut))
    assert len(channel.at_ms) == 9
    assert [row.reason for row in channel.quarantined] == ["damaged"]


def test_the_other_line_ends_read_alike() -> None:
    text = fridge_tag(a_day(1, "2026-03-15"), DATA)
    assert table(only(read("x", text.replace("\n", "\r\n").encode(), UTC))) == table(only(reading(text)))


# --- signatures, with keys of our own -------------------------------------------------------------------------------

DEVICE, ISSUER = ec.derive_private_key(0x1234567, ec.SECP256R1()), ec.derive_private_key(0x7654321, ec.SECP256R1())
ISSUER_POINT = (ISSUER.public_key().public_numbers().x, ISSUER.public_key().public_numbers().y)


def little(*numbers: int) -> str:
    return "".join(number.to_bytes(32, "little").hex() for number in numbers)


def signature(message: bytes, key: ec.EllipticCurvePrivateKey) -> str:
    digest = hashlib.sha256(message).digest()[::-1]
    return little(*utils.decode_dss_signature(key.sign(digest, ec.ECDSA(utils.Prehashed(SHA256())))))


def signed(text: str) -> bytes:
    """A text with a certificate and a signature, in the scheme of the devices, CRLF throughout."""
    body = text.replace("\n", "\r\n").encode()
    numbers = DEVICE.public_key().public_numbers()
    key = f"Cert:\r\n Vers: 1.0\r\n Issuer: us\r\n Public Key: {little(numbers.x, numbers.y)}\r\n".encode()
    certificate = f"Sig Cert: {signature(key, ISSUER)}\r\n".encode()
    whole = body + key + certificate
    return whole + f"Sig: {signature(whole, DEVICE)}\r\n".encode()


GENUINE = signed(fridge_tag(a_day(1, "2026-03-15"), DATA))


def test_a_genuine_file_is_valid_with_either_line_end() -> None:
    assert check_signature(GENUINE, ISSUER_POINT) == "valid"
    assert check_signature(GENUINE.replace(b"\r\n", b"\n"), ISSUER_POINT) == "valid"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"26.3", b"26.2"),
        (b"Max T: +9.1", b"Max T: +7.1"),
        (b"Issuer: us", b"Issuer: me"),
        (b"Sig Cert: ", b"Sig Cert: 00"),
        (b"Serial: 130500104711", b"Serial: 130500104712"),
    ],
)
def test_any_change_makes_it_invalid(old: bytes, new: bytes) -> None:
    changed = GENUINE.replace(old, new, 1)
    if new.endswith(b"00"):
        changed = GENUINE.replace(old + GENUINE.split(old)[1][:2], old + b"00", 1)
    assert changed != GENUINE
    assert check_signature(changed, ISSUER_POINT) == "invalid"


def test_another_issuer_is_not_believed() -> None:
    assert check_signature(GENUINE) == "invalid"


def test_what_follows_the_signature_is_not_covered_by_it() -> None:
    assert check_signature(GENUINE + b"Data:\r\n\t2026-03-15 00:00\t5.0\r\n", ISSUER_POINT) == "invalid"


@pytest.mark.parametrize("part", [b"Sig: ", b"Sig Cert: ", b" Public Key: "])
def test_a_part_that_is_gone_makes_it_invalid(part: bytes) -> None:
    lines = [line for line in GENUINE.splitlines(keepends=True) if not line.startswith(part)]
    assert check_signature(b"".join(lines), ISSUER_POINT) == "invalid"


def test_key_material_that_cannot_be_read_is_unchecked() -> None:
    short = GENUINE.replace(b" Public Key: ", b" Public Key: 00", 1)
    assert check_signature(short, ISSUER_POINT) == "unchecked"
    off_the_curve = b"".join(
        b" Public Key: " + b"11" * 64 + b"\r\n" if line.startswith(b" Public Key") else line
        for line in GENUINE.splitlines(keepends=True)
    )
    assert check_signature(off_the_curve, ISSUER_POINT) == "unchecked"


def test_a_file_without_any_is_unsigned_and_says_so() -> None:
    file = reading(fridge_tag(data=DATA))
    assert file.signature == "none"
    assert any("signature" in note for note in file.notes)


def test_a_signed_file_is_read_whatever_its_signature() -> None:
    file = read("x.txt", GENUINE, UTC)
    assert file.signature == "invalid"  # our issuer is not Berlinger's
    assert len(only(file).at_ms) == 3


@pytest.mark.parametrize("device", ["Q-tag Fridge-tag", "Q-tag CLm doc", "Something else"])
def test_a_first_line_of_any_length_is_looked_at_in_one_go(device: str) -> None:
    long = "Device: " + "\t" * 30_000 + device + " \t" * 15_000  # a pattern that tries every place takes minutes
    with pytest.raises(FileRefused) as refused:
        read("x", f"{long}\n Vers: 2.0\n".encode(), Declared())
    assert refused.value.code == ("damaged" if "tag" in device else "unknown-format")
