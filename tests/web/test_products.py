"""Product files on the pages: adopted and not, versions compared, taken over by a signed act, withdrawn."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from coldchain.records import adoptions, units
from coldchain.records.verifying import verify
from coldchain.rulebook.book import load_rulebook, parse_product
from tests.web.hospital import PASSWORD, RANGE_2_8, WITH_ALLOWANCE, Hospital, Pages

STRICT = RANGE_2_8
LAXER = STRICT.replace("version: 3", "version: 4").replace("{above: 8 °C}", "{above: 25 °C}")
OTHER_WORDS = STRICT.replace("schema:", "# the same in other words\nschema:", 1)
NO_SUCH_STAGE = LAXER.replace("unopened", "opened")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A site's own folder of product files, with the one that the refrigerators are judged by."""
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "test.yaml").write_text(STRICT, encoding="utf-8")
    return folder


@pytest.fixture
def pages(hospital: Hospital, rules: Path) -> Iterator[Pages]:
    hospital.refrigerator("warm", "Warm refrigerator").hears("warm", "5x10 9x4 5x10")
    with hospital.open(rulebook=load_rulebook(rules)) as opened:
        yield opened


@pytest.fixture
def pharmacist(pages: Pages) -> Iterator[httpx.Client]:
    with pages.person("pharmacist") as client:
        yield client


def sha256(text: str) -> str:
    return parse_product(text, "test.yaml").sha256


def adopted(hospital: Hospital, text: str = STRICT) -> adoptions.Adoption | None:
    with hospital.store.reading() as tx:
        assert verify(tx).findings == ()
        return adoptions.adopted(tx, sha256(text))


def sign(client: httpx.Client, text: str = STRICT, act: str = "adopt", **more: object) -> httpx.Response:
    form = {"sha256": sha256(text), "password": PASSWORD, "comment": "Label of May 2026"} | more
    return client.post(f"/products/test/{act}", data=form)


def says(page: httpx.Response) -> str:
    assert page.status_code == 200, page.text
    return page.text


UNADOPTED = "no pharmacist of this site has adopted version 3 of test"


def test_what_is_judged_by_a_version_nobody_adopted_says_so_everywhere(
    hospital: Hospital, pharmacist: httpx.Client
) -> None:
    assert "not adopted" in says(pharmacist.get("/"))
    assert UNADOPTED in says(pharmacist.get("/locations/warm"))
    assert UNADOPTED in says(pharmacist.get("/excursions/2026-0001"))
    assert "1 to adopt" in says(pharmacist.get("/products"))


def test_a_pharmacist_adopts_a_version_and_nothing_says_otherwise_any_more(
    hospital: Hospital, pharmacist: httpx.Client
) -> None:
    assert sign(pharmacist).status_code == 303
    found = adopted(hospital)
    assert found is not None
    assert (found.full_name, found.version, found.comment) == ("Pharmacist Example", 3, "Label of May 2026")
    for page in ("/", "/locations/warm", "/excursions/2026-0001"):
        text = says(pharmacist.get(page)).lower()
        assert UNADOPTED not in text
        assert "not adopted" not in text
    assert "adopted by Pharmacist Example, pharmacist" in says(pharmacist.get("/locations/warm"))
    assert "Label of May 2026" in says(pharmacist.get("/products/test"))


def test_a_withdrawn_adoption_says_why_and_counts_no_longer(hospital: Hospital, pharmacist: httpx.Client) -> None:
    sign(pharmacist)
    refused = sign(pharmacist, act="withdraw", comment="  ")
    assert (refused.status_code, "Say why" in refused.text) == (422, True)
    assert sign(pharmacist, act="withdraw", comment="Wrong section of the label").status_code == 303
    assert adopted(hospital) is None
    assert "Wrong section of the label" in says(pharmacist.get("/products/test"))
    assert UNADOPTED in says(pharmacist.get("/locations/warm"))


@pytest.mark.parametrize("role", ["nurse", "auditor", "administrator"])
def test_only_a_pharmacist_adopts(hospital: Hospital, pages: Pages, role: str) -> None:
    with pages.person(role) as client:
        assert "Sign: adopt" not in says(client.get("/products/test"))
        assert sign(client).status_code == 403
    assert adopted(hospital) is None


@pytest.mark.parametrize(
    ("case", "form", "words"),
    [
        ("no password", {"password": ""}, "Type your password to sign"),
        ("a wrong password", {"password": "something else"}, "This is not your password"),
        ("a file nobody saw", {"sha256": "0" * 64}, "has changed since you looked"),
    ],
)
def test_what_is_not_signed_properly_is_refused_and_what_was_typed_survives(
    hospital: Hospital, pharmacist: httpx.Client, case: str, form: dict[str, str], words: str
) -> None:
    answer = sign(pharmacist, **form)
    assert answer.status_code == 422, case
    if "sha256" not in form:
        assert words in answer.text
        assert "Label of May 2026" in answer.text
    assert adopted(hospital) is None


def test_five_wrong_signatures_are_enough_for_a_while(pharmacist: httpx.Client) -> None:
    for _ in range(5):
        assert "not your password" in sign(pharmacist, password="guess").text
    assert "Too many attempts" in sign(pharmacist).text


def test_adopting_twice_is_said(pharmacist: httpx.Client) -> None:
    sign(pharmacist)
    assert "is adopted already, by Pharmacist Example" in sign(pharmacist).text


def test_a_changed_label_says_what_it_would_say_and_judges_nothing_anew(
    hospital: Hospital, pharmacist: httpx.Client, rules: Path
) -> None:
    assert "today's is" not in says(pharmacist.get("/locations/warm"))
    (rules / "test.yaml").write_text(LAXER, encoding="utf-8")
    would_be = {
        "/locations/warm": "undetermined",
        "/excursions/2026-0001": "compliant",
    }  # of the day little is measured
    for page, verdict in would_be.items():
        text = says(pharmacist.get(page))
        assert "Judged by version 3; today's is version 4" in text
        assert f"under which the verdict would be {verdict} instead of violated" in text
        assert "Never above 25 °C." in text
    assert len(hospital.excursions()) == 1
    assert hospital.excursions()[0].yardstick["product"]["version"] == 3


@pytest.mark.parametrize(
    ("case", "text", "words"),
    [
        ("the same verdict", LAXER.replace("25 °C", "8.5 °C"), "would be the same: violated"),
        ("no such stage any more", NO_SUCH_STAGE, "which has no such stage"),
        ("the same number, another content", LAXER.replace("version: 4", "version: 3"), "today's is another version 3"),
        ("a file that can't be read", "schema: nonsense", "today&#39;s product file can&#39;t be read"),
    ],
)
def test_what_else_a_changed_file_may_be(
    pharmacist: httpx.Client, rules: Path, case: str, text: str, words: str
) -> None:
    (rules / "test.yaml").write_text(text if "id:" in text else f"{text}\nid: test\n", encoding="utf-8")
    assert words in says(pharmacist.get("/locations/warm")), case
    assert words in says(pharmacist.get("/excursions/2026-0001")), case


def test_a_file_that_is_gone_is_said(pharmacist: httpx.Client, rules: Path) -> None:
    (rules / "test.yaml").unlink()
    assert "there is no product file of this id any more" in says(pharmacist.get("/locations/warm"))
    assert "file gone" in says(pharmacist.get("/products"))
    assert "There is no product file to judge by today" in says(pharmacist.get("/products/test"))


def test_other_words_for_the_same_rules_are_no_other_version(pharmacist: httpx.Client, rules: Path) -> None:
    (rules / "test.yaml").write_text(OTHER_WORDS, encoding="utf-8")
    assert "today's is" not in says(pharmacist.get("/locations/warm"))
    assert "Only comments or layout differ" in says(pharmacist.get("/products/test"))


def test_a_new_version_is_taken_over_by_a_signed_act(hospital: Hospital, pharmacist: httpx.Client, rules: Path) -> None:
    (rules / "test.yaml").write_text(LAXER, encoding="utf-8")
    assert "now by version 3" in says(pharmacist.get("/products/test"))
    assert sign(pharmacist, LAXER, take_over=1).status_code == 303
    with hospital.store.reading() as tx:
        found = [(one.version, one.from_ms, one.to_ms) for one in units.at_location(tx, 1)]
    assert found == [(3, found[0][1], hospital.now_ms), (4, hospital.now_ms, None)]
    assert adopted(hospital, LAXER) is not None
    hospital.later("1 min")
    text = says(pharmacist.get("/locations/warm"))
    assert "version 4" in text
    assert "today's is" not in text
    assert hospital.excursions()[0].yardstick["product"]["version"] == 3


def test_a_location_is_taken_over_later_too(hospital: Hospital, pharmacist: httpx.Client, rules: Path) -> None:
    (rules / "test.yaml").write_text(LAXER, encoding="utf-8")
    sign(pharmacist, LAXER)
    assert "Judge by it" in says(pharmacist.get("/products/test"))
    assert sign(pharmacist, LAXER, take_over=1).status_code == 303
    assert "not judged by another version of test any more" in sign(pharmacist, LAXER, take_over=1).text


def test_what_a_version_cannot_judge_is_refused(hospital: Hospital, pharmacist: httpx.Client, rules: Path) -> None:
    (rules / "test.yaml").write_text(NO_SUCH_STAGE, encoding="utf-8")
    assert "not possible: this version has no stage unopened" in says(pharmacist.get("/products/test"))
    answer = sign(pharmacist, NO_SUCH_STAGE, take_over=1)
    assert (answer.status_code, "no stage" in answer.text) == (422, True)
    assert adopted(hospital, NO_SUCH_STAGE) is None


def test_products_are_found_by_their_words(pharmacist: httpx.Client) -> None:
    text = says(pharmacist.get("/products", params={"q": "lemtrada"}))
    assert "alemtuzumab" in text
    assert "Testumab" not in text
    assert pharmacist.get("/products/nothing-like-it").status_code == 404


def test_an_excursion_that_goes_on_under_other_rules_names_the_other_part(
    hospital: Hospital, pharmacist: httpx.Client, rules: Path
) -> None:
    hospital.refrigerator("hot", "Hot refrigerator", product=WITH_ALLOWANCE).hears("hot", "5x10 9x20")
    (number,) = [one.number for one in hospital.excursions() if one.current.known.end_ms is None]
    newer = WITH_ALLOWANCE.replace("version: 3", "version: 4").replace("30 min}}", "20 min}}")
    (rules / "tolerant.yaml").write_text(newer, encoding="utf-8")
    sha = sha256(newer)
    form = {"sha256": sha, "password": PASSWORD, "take_over": "2"}
    assert pharmacist.post("/products/tolerant/adopt", data=form).status_code == 303
    hospital.later("1 min")
    hospital.now_ms += 24 * 60_000
    hospital.hears("hot", "9x6")
    (goes_on,) = [one.number for one in hospital.excursions() if one.id > 2]
    assert f"goes on as {goes_on}" in says(pharmacist.get(f"/excursions/{number}"))
    assert f'Goes on from <a href="/excursions/{number}">' in says(pharmacist.get(f"/excursions/{goes_on}"))
    listed = says(pharmacist.get("/excursions", params={"state": "open"}))
    assert goes_on in listed
    assert f'/excursions/{number}"' not in listed
