"""Which releases are held back: by groups, in the share that was asked for."""

import pytest

from extractors.shares import group_releases, is_held_back

SHARES = [(0.0, 0.0), (0.2, 0.2), (0.5, 0.5), (1.0, 1.0)]

GROUPS = [
    ({}, {}, []),
    ({"a": "1", "b": "2"}, {}, [{"a"}, {"b"}]),
    ({"a": "1", "b": "1"}, {}, [{"a", "b"}]),  # one text
    ({"a": "1", "b": "2", "c": "3"}, {"a": "c", "b": "c"}, [{"a", "b", "c"}]),  # copies of one original
    ({"a": "1", "b": "2"}, {"a": "x", "b": "x"}, [{"a", "b"}]),  # of an original that nobody reviewed
    ({"a": "1", "b": "2", "c": "2"}, {"a": "b"}, [{"a", "b", "c"}]),  # a copy, and one text with its original
]


@pytest.mark.parametrize(("share", "expected"), SHARES)
def test_share(share: float, expected: float) -> None:
    held = sum(is_held_back(str(number), share) for number in range(2000)) / 2000
    assert held == pytest.approx(expected, abs=0.03)


def test_what_is_held_back_of_less_is_held_back_of_more() -> None:
    less, more = ({n for n in range(500) if is_held_back(str(n), share)} for share in (0.1, 0.3))
    assert less < more


@pytest.mark.parametrize(("texts", "originals", "expected"), GROUPS)
def test_groups(texts: dict[str, str], originals: dict[str, str], expected: list[set[str]]) -> None:
    found = group_releases(texts, originals)
    assert found.keys() == texts.keys()
    together = [{key for key in found if found[key] == group} for group in dict.fromkeys(found.values())]
    assert sorted(map(sorted, together)) == sorted(map(sorted, expected))


def test_a_group_keeps_its_name_when_copies_come() -> None:
    alone = group_releases({"m": "1"}, {})
    assert group_releases({"m": "1", "a": "2", "z": "3"}, {"a": "m", "z": "m"})["a"] == alone["m"]
