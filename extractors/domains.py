"""Organisations whose names spell an e-mail or web address in the same text: `Virgo Press`, `@virgo-press.com`."""

from collections.abc import Iterator, Sequence

import regex

from extractors.lexicon import word_lists
from extractors.tagger import Name

LIKELY = 0.87
"""How likely such a name is an organisation's: 288 of 331 in the annotated training releases."""
_ADDRESS = regex.compile(r"(?:@|\bwww\.|https?://(?:www\.)?)((?:[\w\-]+\.)+)\p{L}{2,}")
_SECOND = frozenset(("co", "com", "org", "gov", "gob", "go", "ac", "edu", "net"))
"""Second levels below a country, as in `acme.co.uk`."""
_WORD = regex.compile(r"[\p{L}\p{Nd}]+(?:['’][\p{L}]+)?")
_WITHIN = regex.compile(r"[@/_]|\.\w")
"""What follows a word that is part of an address itself."""
_BETWEEN = regex.compile(r"[ \-&.]{1,3}")
_SHORTEST, _MOST = 5, 5
"""Letters of a domain that is looked for, and words of a name."""


def read_domains(text: str) -> frozenset[str]:
    """The names in all addresses of a text, letters and digits only, but those of platforms that everybody uses.

    >>> sorted(read_domains("press@virgo-press.co.uk, https://www.acme-widgets.com/a, me@gmail.com"))
    ['acmewidgets', 'virgopress']
    """
    found = set()
    for match in _ADDRESS.finditer(text):
        labels = match[1].rstrip(".").casefold().split(".")
        label = labels[-2] if len(labels) > 1 and labels[-1] in _SECOND else labels[-1]
        found.add(label.replace("-", "").replace("_", ""))
    return frozenset(label for label in found - word_lists()["platform"] if len(label) >= _SHORTEST)


def add_domains(text: str, names: Sequence[Name]) -> list[Name]:
    """The names, and organisations that addresses spell; these take the place of what lies within them.

    >>> text = "Call Ana Roe, Virgo Press, ana@virgopress.com"
    >>> [text[name.start : name.end] for name in add_domains(text, [Name(5, 12, "PERSON", 0.9)])]
    ['Ana Roe', 'Virgo Press']
    """
    domains = read_domains(text)
    spelt = list(_spelt(text, domains)) if domains else []
    kept = list(names)
    for start, end in spelt:
        beside = [name for name in kept if name.start < end and start < name.end]
        if all(start <= name.start and name.end <= end and (start, end) != name[:2] for name in beside):
            kept = [name for name in kept if name not in beside]
            kept.append(Name(start, end, "ORG", LIKELY))
    return sorted(kept)


def _spelt(text: str, domains: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Places of up to five words that together spell a domain and begin with a capital or a digit."""
    longest = max(map(len, domains))
    words = [match.span() for match in _WORD.finditer(text)]
    last = 0
    for number, (start, _) in enumerate(words):
        if start < last or text[start].islower() or text[start - 1 : start] in ("@", "/", ".", "-", "_"):
            continue
        plain, before = "", start
        for begin, end in words[number : number + _MOST]:
            plain += "".join(letter for letter in text[begin:end].casefold() if letter.isalnum())
            if len(plain) > longest or (before > start and not _BETWEEN.fullmatch(text, before, begin)):
                break
            before = end
            if plain in domains and not _WITHIN.match(text, end):
                yield start, end
                last = end
                break
