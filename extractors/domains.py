"""Organisations whose names spell an e-mail or web address in the same text: `Virgo Press`, `@virgo-press.com`."""

from collections.abc import Iterator, Sequence

import regex

from extractors.lexicon import word_lists
from extractors.tagger import Name, keep_longest

LIKELY = 0.87
"""How likely such a name is an organisation's: 288 of 331 in the annotated training releases."""
_ADDRESS = regex.compile(r"(?:@|\bwww\.|https?://(?:www\.)?)((?:[\w\-]{1,63}\.){1,8})\p{L}{2,}")
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
    """The names, and organisations that addresses spell, in place of shorter names that they overlap.

    >>> text = "Call Ana Roe, Virgo Press, ana@virgopress.com"
    >>> [text[name.start : name.end] for name in add_domains(text, [Name(5, 12, "PERSON", 0.9)])]
    ['Ana Roe', 'Virgo Press']
    """
    domains = read_domains(text)
    if not domains:
        return list(names)
    return keep_longest([*names, *(Name(*place, "ORG", LIKELY) for place in _spelt(text, domains))], len(text))


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
