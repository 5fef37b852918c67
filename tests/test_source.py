"""sources.toml: what is right is read, what is wrong is named with its place."""

from pathlib import Path

import pytest

from schemas.source import SourcesError, load_sources

GOOD = """
[[source]]
name = "acme"
url = "https://acme.example/feed.xml"
discover = "feed"
country = "GB"
select = { text = "div.body", drop = [".share"] }
"""
WRONG_PAGES = [
    "https://acme.example/news/2",
    "https://acme.example/{0}",
    "https://acme.example/{pages}",
    "https://a.example/{page.x}",
]
WRONG = [
    ("", "has no"),  # nothing declared
    ("[[source]]\nname = 'a'", "url"),  # a field is missing, and named
    (GOOD.replace('"feed"', '"rss"'), "discover"),  # not one of the three
    (GOOD.replace("country", "contry"), "contry"),  # a misspelt setting is not ignored
    (GOOD.replace("https", "ftp"), "url"),  # http(s) only
    (GOOD.replace("GB", "UK1"), "country"),
    (GOOD + GOOD, "two sources are named 'acme'"),
    (GOOD + "[sources]\n", "unknown table 'sources'"),
    ("[[source]\n", "not valid TOML"),
]


def test_good(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(GOOD)
    (source,) = load_sources(path)
    assert (source.name, source.country, source.select.text, source.select.drop) == (
        "acme",
        "GB",
        "div.body",
        (".share",),
    )


@pytest.mark.parametrize(("text", "complaint"), WRONG)
def test_wrong(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(text)
    with pytest.raises(SourcesError, match=complaint) as caught:
        load_sources(path)
    assert str(path) in str(caught.value)


def test_unreadable(tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match="cannot be read"):
        load_sources(tmp_path / "none.toml")


@pytest.mark.parametrize("pages", WRONG_PAGES)
def test_addresses_of_pages_say_where_the_number_stands(pages: str, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(GOOD + f'pages = "{pages}"\n')
    with pytest.raises(SourcesError, match=r"pages.*\{page\}"):
        load_sources(tmp_path / "sources.toml")
