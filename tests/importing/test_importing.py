"""Logger files into the record: the same bytes once, questions answered, verdicts filed and acknowledged."""

import io
import zipfile

import pytest

from coldchain.errors import FileRefused, NotPermitted, UsageError
from coldchain.importing import filing, receiving
from coldchain.importing.filing import ToFile, rules_of
from coldchain.importing.unpacking import files_in
from coldchain.loggers import Declared
from coldchain.loggers.questions import question_of
from coldchain.records import accounts, imports
from coldchain.records.imports import Import
from coldchain.records.verifying import verify
from coldchain.reviewing.stock import Actor, FieldProblem
from tests.importing.files import AMBIGUOUS, signed
from tests.loggers.writing import a_day, fridge_tag
from tests.stock.pharmacy import AUDITOR, HOUR, NURSE, PHARMACIST, Pharmacy, logger_csv

SITE = Declared(site_tz="Europe/Berlin")


def brought(
    pharmacy: Pharmacy, content: bytes, by: Actor = NURSE, said: Declared = SITE, name: str = "a.csv"
) -> Import:
    return receiving.receive(pharmacy.hospital.store, by, name, content, said, pharmacy.now_ms).found


def to_file(pharmacy: Pharmacy, **more: object) -> ToFile:
    rulebook = pharmacy.rulebook
    rules = rules_of(rulebook.product("nine-hours"), rulebook.text("nine-hours"), "")
    return ToFile(rules, **more)  # type: ignore[arg-type]


def sound(pharmacy: Pharmacy) -> None:
    """The ledger vouches for everything."""
    with pharmacy.hospital.store.reading() as tx:
        assert verify(tx).findings == ()


def test_the_same_bytes_are_the_same_import(pharmacy: Pharmacy) -> None:
    content = logger_csv("5x10", pharmacy.now_ms - HOUR)
    first = receiving.receive(pharmacy.hospital.store, NURSE, "a.csv", content, SITE, pharmacy.now_ms)
    second = receiving.receive(pharmacy.hospital.store, AUDITOR, "b.csv", content, SITE, pharmacy.now_ms)
    assert (first.again, second.again) == (False, True)
    assert second.found == first.found
    assert first.found.state == "read"
    sound(pharmacy)


def test_what_a_file_does_not_say_is_asked_and_the_answer_reads_the_kept_file(pharmacy: Pharmacy) -> None:
    found = brought(pharmacy, AMBIGUOUS)
    assert (found.state, found.last.code) == ("asked", "ambiguous-date-order")
    question = question_of(found.last.code, found.last.options, found.last.message)
    assert question is not None
    assert [(one.value, one.words) for one in question.choices] == [
        ("DMY", "4 March 2026 (day, month, year)"),
        ("MDY", "3 April 2026 (month, day, year)"),
    ]
    store, now_ms = pharmacy.hospital.store, pharmacy.now_ms
    answered = receiving.answer(store, NURSE, found.file.id, answers={"date_order": "DMY"}, now_ms=now_ms)
    assert answered.state == "read"
    assert answered.last.found["readings"]["first"] == "2026-03-04T07:00:00.000Z"
    assert answered.last.found["evidence"]["date_order"] == {"value": "DMY", "from": "declared"}
    assert [one.outcome for one in answered.attempts] == ["asked", "read"]
    again = receiving.answer(store, NURSE, found.file.id, answers={"date_order": "DMY"}, now_ms=now_ms)
    assert again == answered, "the same answer changes nothing"
    sound(pharmacy)


def test_bytes_that_are_brought_again_with_an_answer_are_read_with_it(pharmacy: Pharmacy) -> None:
    brought(pharmacy, AMBIGUOUS)
    again = brought(pharmacy, AMBIGUOUS, said=Declared(date_order="MDY", site_tz="Europe/Berlin"))
    assert (again.state, len(again.attempts)) == ("read", 2)
    assert brought(pharmacy, AMBIGUOUS) == again, "without an answer the one that was given stands"


def test_a_filed_verdict_keeps_its_rules_and_can_be_judged_again(pharmacy: Pharmacy) -> None:
    content = logger_csv("5x10 9x130 5x10", pharmacy.now_ms - 20 * HOUR)
    found = brought(pharmacy, content)
    wanted = to_file(pharmacy, shipment=" 0815 ", lot="A12", comment="came in at night")
    store = pharmacy.hospital.store
    filed = filing.file_it(store, NURSE, found.file.id, wanted, pharmacy.now_ms)
    assert (filed.again, filed.found.state) == (False, "judged")
    kept = filed.filing
    assert (kept.verdict, kept.shipment, kept.lot, kept.stage) == ("violated", "0815", "A12", "unopened")
    assert kept.judgement[0]["verdict"] == "violated"
    assert kept.judgement[0]["yardstick"]["max_gap_s"] == 1800
    results = filing.judged_again(filed.found, content, kept)
    assert filing.judgement_json(results) == list(kept.judgement)
    second = filing.file_it(store, PHARMACIST, found.file.id, wanted, pharmacy.now_ms + HOUR)
    assert (second.again, second.filing) == (True, kept)
    sound(pharmacy)


def test_a_file_that_still_asks_cannot_be_filed(pharmacy: Pharmacy) -> None:
    found = brought(pharmacy, AMBIGUOUS)
    with pytest.raises(FileRefused, match="nothing in the file decides"):
        filing.file_it(pharmacy.hospital.store, NURSE, found.file.id, to_file(pharmacy), pharmacy.now_ms)


def test_a_file_becomes_the_trace_of_a_lots_transport(pharmacy: Pharmacy) -> None:
    pharmacy.hospital.refrigerator("ward", "Ward refrigerator")
    item_id = pharmacy.lot("ward", ago="1 h")
    content = logger_csv("5x10 9x6 5x10", pharmacy.now_ms - 4 * HOUR)
    found = brought(pharmacy, content)
    store = pharmacy.hospital.store
    with pytest.raises(NotPermitted, match="the role nurse may not import a logger file for an item"):
        filing.file_it(store, NURSE, found.file.id, to_file(pharmacy, item_id=item_id), pharmacy.now_ms)
    filed = filing.file_it(store, PHARMACIST, found.file.id, to_file(pharmacy, item_id=item_id), pharmacy.now_ms)
    assert filed.filing.item_id == item_id
    assert filed.filing.shipment_id is not None
    assert pharmacy.judged(item_id).history.stays[0].shipment_id == filed.filing.shipment_id
    again = filing.file_it(store, PHARMACIST, found.file.id, to_file(pharmacy, item_id=item_id), pharmacy.now_ms)
    assert again.again
    sound(pharmacy)


def test_nothing_of_a_filing_stays_where_the_item_cannot_take_the_file(pharmacy: Pharmacy) -> None:
    pharmacy.hospital.refrigerator("ward", "Ward refrigerator")
    item_id = pharmacy.lot("ward", ago="5 h")
    found = brought(pharmacy, logger_csv("5x10", pharmacy.now_ms - HOUR))
    with pytest.raises(FieldProblem, match="begin after the item had arrived"):
        filing.file_it(
            pharmacy.hospital.store, PHARMACIST, found.file.id, to_file(pharmacy, item_id=item_id), pharmacy.now_ms
        )
    with pharmacy.hospital.store.reading() as tx:
        assert imports.one(tx, found.file.id).filings == ()


def test_only_a_pharmacist_accepts_an_invalid_signature_and_says_why(pharmacy: Pharmacy) -> None:
    found = brought(pharmacy, signed(forged=True), name="fridge-tag.txt")
    assert (found.state, found.last.code) == ("refused", "bad-signature")
    store, now_ms = pharmacy.hospital.store, pharmacy.now_ms
    with pytest.raises(NotPermitted, match="may not accept an invalid signature"):
        receiving.accept_signature(store, NURSE, found.file.id, "it looks right", now_ms)
    with pytest.raises(UsageError, match="say why"):
        receiving.accept_signature(store, PHARMACIST, found.file.id, "  ", now_ms)
    accepted = receiving.accept_signature(store, PHARMACIST, found.file.id, "compared with the device", now_ms)
    assert accepted.state == "read"
    filed = filing.file_it(store, PHARMACIST, found.file.id, to_file(pharmacy), now_ms)
    assert filed.filing.judgement[0]["file"]["signature"] == "invalid"
    assert any("SIGNATURE IS INVALID" in note for note in filed.filing.judgement[0]["notes"])
    sound(pharmacy)


def test_a_filed_verdict_that_is_not_compliant_waits_until_somebody_acknowledges_it(pharmacy: Pharmacy) -> None:
    found = brought(pharmacy, logger_csv("5x10 9x130 5x10", pharmacy.now_ms - 20 * HOUR))
    store = pharmacy.hospital.store
    filed = filing.file_it(store, NURSE, found.file.id, to_file(pharmacy), pharmacy.now_ms)
    assert filed.found.open_filings == (filed.filing,)
    with store.reading() as tx:
        nurse, auditor = accounts.account(tx, "nurse"), accounts.account(tx, "auditor")
    assert nurse is not None
    assert auditor is not None
    with pytest.raises(NotPermitted):
        filing.acknowledge(store, found.file.id, filed.filing.id, auditor, "seen", pharmacy.now_ms)
    filing.acknowledge(store, found.file.id, filed.filing.id, nurse, "quarantined", pharmacy.now_ms)
    with store.reading() as tx:
        now = imports.one(tx, found.file.id)
    assert now.open_filings == ()
    assert [(one.full_name, one.comment) for one in now.acknowledgements] == [("Nurse Example", "quarantined")]
    sound(pharmacy)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE import_file SET name = 'other.csv'",
        "UPDATE import_attempt SET message = 'other'",
        "UPDATE import_filing SET verdict = 'kept'",
        "UPDATE import_filing SET judgement = '[]'",
        "UPDATE import_filing SET product_file = 'other'",
        "DELETE FROM import_filing",
        "UPDATE kept_file SET content = 'other'",
    ],
)
def test_the_ledger_vouches_for_imports(pharmacy: Pharmacy, change: str) -> None:
    found = brought(pharmacy, logger_csv("5x10", pharmacy.now_ms - 20 * HOUR))
    store = pharmacy.hospital.store
    filing.file_it(store, NURSE, found.file.id, to_file(pharmacy), pharmacy.now_ms)
    with store.transaction() as tx:
        tx.exec_driver_sql(change)
    with store.reading() as tx:
        assert verify(tx).findings != ()


def zipped(*files: tuple[str, bytes]) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    packed.seek(0)
    return packed


def test_a_zip_is_its_members_and_a_bomb_is_refused_within_bounds() -> None:
    inner = zipped(("c.csv", b"three")).getvalue()
    found = list(files_in("C:\\logs\\week.zip", zipped(("a.csv", b"one"), ("b/b.csv", b"two"), ("in.zip", inner))))
    assert [(one.name, one.content) for one in found] == [
        ("week.zip/a.csv", b"one"), ("week.zip/b/b.csv", b"two"), ("week.zip/in.zip/c.csv", b"three"),
    ]  # fmt: skip
    bomb = list(files_in("bomb.zip", zipped(("big.csv", b"\0" * (33 << 20)))))
    assert [one.refused.code if one.refused else "" for one in bomb] == ["too-large"]
    many = list(files_in("many.zip", zipped(*((f"{number}.csv", b"x") for number in range(600)))))
    assert len(many) == 501
    assert many[-1].refused is not None


def test_a_batch_says_of_each_file_what_became_of_it(pharmacy: Pharmacy) -> None:
    from coldchain.records import import_batches

    good = logger_csv("5x10", pharmacy.now_ms - HOUR)
    store = pharmacy.hospital.store
    sent = zipped(("a.csv", good), ("b.csv", good), ("empty.csv", b""), ("asks.csv", AMBIGUOUS))
    made = receiving.bring(store, AUDITOR, files_in("week.zip", sent), SITE, "form-1", pharmacy.now_ms)
    sent.seek(0)
    assert receiving.bring(store, AUDITOR, files_in("week.zip", sent), SITE, "form-1", pharmacy.now_ms) == made
    with store.reading() as tx:
        batch = import_batches.batch(tx, made)
    assert [(one.name, one.again, one.problem) for one in batch.files] == [
        ("week.zip/a.csv", False, ""), ("week.zip/asks.csv", False, ""), ("week.zip/b.csv", True, ""),
        ("week.zip/empty.csv", False, "it is empty"),
    ]  # fmt: skip
    assert sorted(one.state for one in batch.imports) == ["asked", "read"]


def test_the_daily_summaries_of_a_fridge_tag_are_judged_by_what_they_prove(pharmacy: Pharmacy) -> None:
    days = "".join(a_day(number, f"2026-03-1{number}", high="+9.1") for number in range(1, 5))
    found = brought(pharmacy, fridge_tag(days).replace("\n", "\r\n").encode())
    assert (found.state, found.last.found["days"], found.last.found["channels"]) == ("read", 4, [])
    rulebook = pharmacy.rulebook
    rules = rules_of(rulebook.product("lemtrada"), rulebook.text("lemtrada"), "transport")
    filed = filing.file_it(pharmacy.hospital.store, NURSE, found.file.id, ToFile(rules), pharmacy.now_ms)
    assert filed.filing.verdict == "violated"
    pharmacy.hospital.refrigerator("ward", "Ward refrigerator")
    item_id = pharmacy.lot("ward", ago="1 h")
    with pytest.raises(FileRefused, match="no reading that could be the trace"):
        filing.file_it(
            pharmacy.hospital.store, PHARMACIST, found.file.id, to_file(pharmacy, item_id=item_id), pharmacy.now_ms
        )
    sound(pharmacy)
