"""What a source's own selectors pick."""

import pytest

from extractors.selectors import SelectorError, pick
from schemas.source import Selectors

PAGE = "<h2>Mill</h2><div class=t><p>One</p><p>Two<span>Share</span></p></div><time content='2025-04-10'>x</time>"
EXAMPLES: list[tuple[Selectors, tuple[object, ...]]] = [
    (Selectors(), (None, None, None)),  # nothing asked, nothing picked
    (Selectors(title="h2"), ("Mill", None, None)),
    (Selectors(published="time"), (None, "2025-04-10", None)),  # an attribute before the text
    (Selectors(text=".t"), (None, None, ["One", "TwoShare"])),
    (Selectors(text=".t", drop=("span",)), (None, None, ["One", "Two"])),  # dropped first
    (Selectors(text=".t, .t p"), (None, None, ["One", "TwoShare"])),  # an element and what it holds: once
    (Selectors(text="h2, p"), (None, None, ["Mill", "One", "TwoShare"])),  # in the order of the page
]


@pytest.mark.parametrize(("selectors", "picked"), EXAMPLES)
def test_pick(selectors: Selectors, picked: tuple[object, ...]) -> None:
    assert pick(PAGE, selectors)[:3] == picked


@pytest.mark.parametrize(
    ("selectors", "code"),
    [
        (Selectors(text=".none"), "selector_missed"),
        (Selectors(text="p", drop=("p",)), "selector_missed"),  # nothing is left
        (Selectors(drop=("<",)), "selector_invalid"),
    ],
)
def test_failures_name_the_selector(selectors: Selectors, code: str) -> None:
    with pytest.raises(SelectorError, match="select") as caught:
        pick(PAGE, selectors)
    assert caught.value.code == code
