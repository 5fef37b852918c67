"""Who issues a release."""

import re

import pytest

from extractors.issuer import find_issuer, read_issuer
from extractors.issuer_features import Subject
from schemas.release import Release

COMPANY = (
    "Kelvarro opens seed bank\n\nOSLO, 3 May 2025 – Kelvarro today announced a seed bank that Borvik built.\n\n"
    "“It is good work,” said Ann Lee of Kelvarro.\n\nThe bank stands on a hill above the harbour.\n\n"
)
EXAMPLES = [
    (COMPANY + "About Kelvarro\n\nKelvarro keeps seeds.", "Kelvarro"),  # about, headline, subject of the lead
    (COMPANY + "About Borvik\n\nBorvik builds.\n\nAbout Kelvarro\n\nKelvarro keeps seeds.", "Kelvarro"),  # two of them
    (COMPANY + "SOURCE Kelvarro", "Kelvarro"),  # a source line
    (COMPANY, "Kelvarro"),  # neither
    ("Lee Demands Answers from Borvik\n\n"
     "WASHINGTON – Today U.S. Senator Ann Lee (R-Mo.) sent a letter to Borvik, demanding to know where seeds are.\n\n"
     "“They must answer,” said Senator Lee.", "Ann Lee"),  # a politician alone
]  # fmt: skip


def subjects(text: str) -> list[Subject]:
    kinds = {"Kelvarro": "company", "Borvik": "company", "Ann Lee": "person"}
    places = {name: [match.span() for match in re.finditer(name.replace("Ann ", "(?:Ann )?"), text)] for name in kinds}
    return [Subject(name, tuple(places[name]), kind) for name, kind in kinds.items() if places[name]]


@pytest.mark.parametrize(("text", "issuer"), EXAMPLES)
def test_issuer(text: str, issuer: str) -> None:
    assert find_issuer(text, text.partition("\n")[0], tuple(subjects(text))) == issuer


def test_a_source_may_know_its_issuer() -> None:
    release = Release(id="r", source="s", text=COMPANY, issuer="Borvik")
    assert read_issuer(release, subjects(COMPANY)) == "Borvik"


def test_nobody_is_named() -> None:
    assert find_issuer("It opened on Monday.", "", ()) is None
    assert find_issuer("", "", ()) is None
