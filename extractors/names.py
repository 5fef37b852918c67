"""Marks names of people, organisations and places by rules over classes of words."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

import regex
from spacy.tokens import Doc

from extractors.lexicon import place_names, word_lists
from extractors.spans import Mark
from extractors.words import Word, read_words


class Rule(NamedTuple):
    """A pattern over word classes; `strength` decides before length where marks overlap."""

    label: str
    name: str
    pattern: "regex.Pattern[str]"
    strength: int = 1


# Pieces of the patterns, in the letters of `lexicon.word_class` (and `s` possessive, `|` end of paragraph).
_CAP = "[CSGQPDAaKkREYBe]"
_JOINED = f"(?:{_CAP}&?)"
_LAST = "[SGQCY]"
_GIVEN = '(?:I{0,2}[GQ](?:[GQI]|"[GCES]")?)'
_ITEM = "[CSPDAaKkREYBe]{1,3}"
_OF = rf"(?:[of]t?{_CAP}{{1,4}}(?:(?:(?:,{_ITEM}){{1,4}},?)?[n&]t?{_ITEM})?)"
_SURNAMES = "(?:p{0,3}[SGCYQE]){1,3}"
_RULES = (
    ("PERSON", "given_name", rf"{_GIVEN}[GQI]?p{{0,3}}{_LAST}[SC]?(?:,?Z){{0,2}}(?![KkRLa&])", 2),
    ("PERSON", "given_name_and_word", r"G(?:[GI])?p{0,3}[EP](?:,?Z)?(?![A-Za&])(?=[,.i]?[lxvTH]|[,(])", 2),
    ("PERSON", "honorific", rf"(?<=[Hh]e?)(?=[IpE]?[GQSCY])(?:{_GIVEN}|I)?{_SURNAMES}(?:,?Z){{0,2}}(?![A-Zk&])", 3),
    ("PERSON", "honorific", r"(?<=h)I?E(?:,?Z){0,2}(?![A-Zk&])", 3),
    ("PERSON", "speech", rf"(?<=v)[CSGQYE]I?p{{0,2}}{_LAST}{_LAST}?(?![A-Zk&])", 2),
    ("PERSON", "before_speech", rf"(?<![A-Zk&])[CSGQY]I?p{{0,2}}{_LAST}{_LAST}?(?=v)", 2),
    ("PERSON", "apposition", rf"(?<![A-Zk&])[CSGQY]I?p{{0,2}}{_LAST}{_LAST}?(?:,?Z)?(?=,t?x?[THl])", 2),
    ("PERSON", "after_title", rf"(?<=[THl]|[THl],)[CSGQY]I?p{{0,2}}{_LAST}{_LAST}?(?![A-Zk&])", 2),
    ("PERSON", "surname", r"(?<![A-Zk&])CI?S(?![A-Zk&])", 1),
    ("PERSON", "family_name_first", r"(?<![A-Zk&])[SCGQE]Y(?![A-Zk&])", 2),
    ("ORG", "legal_form", r"[CSGQPDAaKkREYBIe](?:[CSGQPDAaKkREYBNIeT]|[&n](?=[A-Z])|of?(?=[A-Z])){0,6},?L{1,4}", 3),
    ("ORG", "head_of", rf"{_CAP}{{0,4}}R{_OF}{_OF}?(?!B)", 2),
    ("ORG", "head_word", rf"(?=[A-Za&]{{0,6}}[KR])[CSGQPDAaEYIBKkRe]&?{_JOINED}{{0,4}}[KR](?!B)", 2),
    ("ORG", "head_word_weak", rf"(?=[EDkBe]{{0,5}}[CSGQPAaYI])[CSGQPDAaEYIBKke]&?{_JOINED}{{0,4}}k(?!B)", 2),
    ("ORG", "known", r"a", 1),
    ("ORG", "ticker", rf"{_JOINED}{{1,5}}L?(?=\([aA]:)", 3),
    ("ORG", "employer", rf"(?<=[THl][oi]|[THl][oi]t)(?=[EDPKkRBe]{{0,3}}[CSGAaY]){_JOINED}{{1,4}}(?![TH])", 1),
    ("ORG", "before_title", rf"(?<![A-Zk&])[CAaY]{_CAP}{{0,3}}(?=s?[TH]+[GQ])", 1),
)
RULES = tuple(Rule(label, name, regex.compile(pattern), strength) for label, name, pattern, strength in _RULES)
_ABOUT = regex.compile(r"(?mi)^\W{0,6}About[ ]+(?:the[ ]+)?(?P<name>[^\n:.?!]{2,60}?)(?=\W{0,4}$|:|\s[-–—])")


@cache
def _phrases() -> "Phrases":
    """Names of several words that are known beforehand."""
    phrases = Phrases({}, {})
    for name in sorted(place_names()):
        if not name.isalpha():
            phrases.add(tuple(word.text for word in read_words(name)), "PLACE")
    for name in sorted(word_lists()["org_phrases"]):
        phrases.add(tuple(name.split()), "ORG")
    return phrases


class Phrases(NamedTuple):
    """Sequences of words, folded; the longest is tried first."""

    labels: dict[tuple[str, ...], str]
    sizes: dict[str, list[int]]
    """Numbers of words, descending, of the sequences that begin with a word."""

    def add(self, words: tuple[str, ...], label: str) -> None:
        """Know one more; the first label given to a sequence stays."""
        folded = tuple(word.casefold() for word in words)
        self.labels.setdefault(folded, label)
        sizes = self.sizes.setdefault(folded[0], [])
        if len(folded) not in sizes:
            sizes.append(len(folded))
            sizes.sort(reverse=True)

    def find(self, words: list[Word]) -> Iterator[tuple[int, int, str]]:
        """First and last-plus-one index, and label, of each occurrence that is written with a capital."""
        for first, word in enumerate(words):
            if word.kind in "xofitn,.|":
                continue
            for size in self.sizes.get(word.text.casefold(), ()):
                piece = words[first : first + size]
                label = self.labels.get(tuple(word.text.casefold() for word in piece))
                if label and len(piece) == size:
                    yield first, first + size, label
                    break


class _Board:
    """The names found so far, by word; a word belongs to one name at most."""

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self.names: list[tuple[int, int, str, str]] = []
        self._taken = bytearray(len(words))

    def put(self, first: int, last: int, label: str, rule: str) -> None:
        if first < last and not any(self._taken[first:last]) and self._allowed(first, last, label):
            self._taken[first:last] = b"\1" * (last - first)
            self.names.append((first, last, label, rule))

    def _allowed(self, first: int, last: int, label: str) -> bool:
        text = " ".join(word.text for word in self.words[first:last])
        return label != "ORG" or text not in word_lists()["not_organisation"]

    def put_all(self, names: "Iterable[tuple[int, int, int, str, str]]") -> None:
        """Strongest first, then longest."""
        for _, first, last, label, rule in sorted(names, key=lambda name: (-name[0], name[1] - name[2], name[1])):
            self.put(first, last, label, rule)

    def marks(self) -> list[Mark]:
        words = self.words
        return sorted(Mark(words[a].start, words[b - 1].end, label, rule) for a, b, label, rule in self.names)


_CAPITALISED = frozenset("GQSIYZHhTeLRKkaAPDMBEC")


def _headline_words(kinds: str) -> bytearray:
    """1 for each word of a line in title case or capitals, where a capital letter says nothing."""
    flags = bytearray(len(kinds))
    first = 0
    for last in [*(i for i, kind in enumerate(kinds) if kind == "|"), len(kinds)]:
        small = sum(kind in "xlv" for kind in kinds[first:last])
        large = sum(kind in _CAPITALISED for kind in kinds[first:last])
        if large >= 4 and small * 4 < large and kinds[last - 1] != ".":
            flags[first:last] = b"\1" * (last - first)
        first = last
    return flags


_HEADLINE_RULES = {"given_name", "known"}


def _by_rules(words: list[Word]) -> Iterator[tuple[int, int, int, str, str]]:
    kinds = "".join(word.kind for word in words)
    headline = _headline_words(kinds)
    for rule in RULES:
        for match in rule.pattern.finditer(kinds):
            if not headline[match.start()] or rule.name in _HEADLINE_RULES:
                yield rule.strength, match.start(), match.end(), rule.label, rule.name


def _headings(text: str, words: list[Word]) -> Iterator[tuple[int, int, int, str, str]]:
    starts = {word.start: i for i, word in enumerate(words)}
    ends = {word.end: i + 1 for i, word in enumerate(words)}
    for match in _ABOUT.finditer(text):
        first, last = starts.get(match.start("name")), ends.get(match.end("name"))
        if first is not None and last is not None and last - first <= 8 and words[first].text[:1].isupper():
            yield 4, first, last, "ORG", "about"


_ORGANISED = frozenset("KRLak")


def _acronyms(words: list[Word]) -> Iterator[tuple[int, int, int, str, str]]:
    """`Long Form (LF)` and `LF (Long Form)`: the initials of the capitalised words spell the acronym."""
    for i in range(1, len(words) - 1):
        if words[i - 1].kind == "(" and words[i + 1].kind in "),;" and 2 <= len(words[i].text) <= 8:
            first = _long_form(words, i - 1, words[i].text)
            if first is None:
                first = _loose_form(words, i - 1, words[i].text)
            if first is not None:
                kinds = [word.kind for word in words[first : i - 1]]
                label = "ORG" if kinds[-1] != "B" and not _ORGANISED.isdisjoint(kinds) else "OTHER"
                yield 5, first, i - 1, label, "acronym"
                yield 5, i, i + 1, label, "acronym"


def _long_form(words: list[Word], end: int, acronym: str) -> int | None:
    """Where the words that an acronym abbreviates begin; they end before `end`."""
    letters = [letter for letter in acronym if letter.isupper()]
    first = end
    while letters and first > 0 and words[first - 1].kind not in '.|"':
        first -= 1
        if words[first].text[:1].upper() == letters[-1] and words[first].text[:1].isupper():
            letters.pop()
        elif words[first].kind not in "oftn&i":
            return None
    return first if not letters and end - first >= 2 else None


def _loose_form(words: list[Word], end: int, acronym: str) -> int | None:
    """The same for an acronym that spells its words in another order: `Ministry of Labour and Employment (MOEL)`."""
    first = end
    while first > 0 and words[first - 1].kind in "oftn&KRCESGPDe" and end - first < 8:
        first -= 1
        if words[first].kind in "KR" and words[first].text[:1] == acronym[0]:
            seen = {word.text[0].upper() for word in words[first:end]}
            return first if acronym.isupper() and seen.issuperset(acronym) and end - first >= 3 else None
    return None


def _repeats(board: _Board) -> None:
    """Every other occurrence of a name, its short form or a person's surname."""
    known = Phrases({}, {})
    for first, last, label, _ in sorted(board.names):
        texts = tuple(word.text for word in board.words[first:last])
        known.add(texts, label)
        for short in _short_forms(board.words[first:last], label):
            known.add(short, label)
    for first, last, label in known.find(board.words):
        board.put(first, last, label, "repeated")


_UNKNOWN = regex.compile(r"(?<![A-Za&])(?:[CA][CAESGKk]{0,2}|A)(?![A-Za&])")


def _unknown(words: list[Word]) -> list[tuple[int, int, int, str, str]]:
    """Unexplained capitalised words that stand three times or more: mostly the company that the release is about."""
    kinds = "".join(word.kind for word in words)
    headline = _headline_words(kinds)
    places: dict[str, list[tuple[int, int]]] = {}
    for match in _UNKNOWN.finditer(kinds):
        if not headline[match.start()]:
            name = " ".join(word.text for word in words[match.start() : match.end()])
            places.setdefault(name, []).append(match.span())
    return [(1, first, last, "ORG", "unknown") for spans in places.values() if len(spans) >= 3 for first, last in spans]


def _short_forms(words: list[Word], label: str) -> Iterator[tuple[str, ...]]:
    texts = tuple(word.text for word in words)
    if label == "PERSON":
        bare = [word for word in words if word.kind not in "Z,"]
        if len(bare) > 1 and bare[-1].kind not in "IE":
            yield (bare[-1].text,)
        if words[-1].kind == "Y":
            yield (texts[0],)
    elif label == "ORG" and words[-1].kind == "L":
        cut = next(i for i, word in enumerate(words) if all(w.kind in "L," for w in words[i:]))
        if cut > 1 or (cut == 1 and words[0].kind in "CAa"):
            yield texts[:cut]


def find_names(text: str) -> list[Mark]:
    """Names in a text, in its order, not overlapping: PERSON, ORG and PLACE, each with its rule.

    >>> [(mark.label, mark.rule) for mark in find_names("Maria Qyzzx joined Acme Inc. in Oslo.")]
    [('PERSON', 'given_name'), ('ORG', 'legal_form'), ('PLACE', 'known')]
    """
    words = read_words(text)
    board = _Board(words)
    known = [(1, first, last, label, "known") for first, last, label in _phrases().find(words)]
    places = [(0, i, i + 1, "PLACE", "known") for i, word in enumerate(words) if word.kind in "PQ"]
    board.put_all([*_by_rules(words), *_headings(text, words), *_acronyms(words), *known, *places])
    _repeats(board)
    board.put_all(_unknown(words))
    return board.marks()


def mark_names(doc: Doc) -> Doc:
    """A spaCy component: sets `doc.ents`, each with its rule as `ent_id_`; raises nothing, whatever the text.

    What lies inside a date or an amount that was marked before (`US` in `US$5`) is no name.
    """
    taken = bytearray(len(doc))
    for key in ("dates", "amounts"):
        for span in doc.spans.get(key, ()):
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
    spans = [doc.char_span(m.start, m.end, label=m.label, span_id=m.rule) for m in find_names(doc.text)]
    doc.set_ents([span for span in spans if span is not None and not all(taken[span.start : span.end])])
    return doc
