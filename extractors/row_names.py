"""Organisations at the heads of a list's rows that tell who gets how much, where the names model saw only some."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import regex

from extractors.lexicon import place_names, word_lists
from extractors.money_rows import Place, find_lists
from extractors.tagger import Name

_SEEN = (3, 1 / 3)
"""Rows, and the part of a list's rows, that organisations head already: such a list is one of organisations."""
_SURE = 0.5
"""A name less likely than this, or of no person, organisation or place, gives way to a better head."""
_DISCOUNT = 0.8
"""A head is as likely an organisation as those that were seen, times this."""
_LONGEST = 12
"""Words of a name."""
_WORD = regex.compile(r"\S+")
_BEGIN = regex.compile(r"[\W_]*(?:The\s+)?(?=\p{Lu})")
_Ways = Mapping[str, Collection[str]]
"""The first words of rows, and the capitalised words with which rows that begin with them go on."""
_PART_OF_NAME = frozenset(("of", "for", "in", "at", "and", "&", "the", "de", "la", "del", "du", "des", "und"))
_SEPARATOR = regex.compile(r"\s+[-–—|]\s+|\t| {3,}|(?<=^(?:\S+ ){1,4}\S+):\s")
_PLACE_WORDS = 3
"""Words of the longest name of a place that is looked for."""


def add_row_heads(text: str, names: Sequence[Name], sums: Sequence[Place]) -> list[Name]:
    """The names, and organisations at the heads of rows whose neighbours begin with organisations.

    >>> rows = ["Harbor Fund Piers $1", "Lake Fund Boats $2", "River Fund Bridges $3", "Hill Association Paths $4"]
    >>> text = "\\n".join(rows)
    >>> sums = [Place(match.start(), match.end()) for match in regex.finditer("[$].", text)]
    >>> funds = regex.finditer("(?:Harbor|Lake|River) Fund", text)
    >>> seen = [Name(match.start(), match.end(), "ORG", 1.0) for match in funds]
    >>> [text[name.start : name.end] for name in add_row_heads(text, seen, sums)][3:]
    ['Hill Association']
    """
    added = [name for rows in find_lists(text, sums) for name in _heads(text, names, rows)]
    starts = [head.start for head in added]
    return sorted([*(name for name in names if not _overlaps(name, added, starts)), *added])


def _overlaps(name: Name, heads: Sequence[Name], starts: Sequence[int]) -> bool:
    before = bisect_left(starts, name.end) - 1
    return before >= 0 and heads[before].end > name.start


def _heads(text: str, names: Sequence[Name], rows: Sequence[Place]) -> Iterator[Name]:
    lines = [_first_line(text, row) for row in rows]
    named = {name.start: name for name in names}
    sure = {name.start: name for name in names if name.probability >= _SURE and name.label != "OTHER"}
    seen = [name.probability for line in lines if (name := sure.get(line.start)) and name.label == "ORG"]
    if len(seen) < max(_SEEN[0], _SEEN[1] * len(rows)):
        return
    ways = _ways_on(text[line.start : line.end] for line in lines)
    for row, line in zip(rows, lines, strict=True):
        if line.start not in sure:
            end = line.start + _read_head(text[line.start : line.end], ways, is_alone=_is_alone(text, line, row))
            if end == line.start and line.start in named:
                end = named[line.start].end
            if end > line.start:
                yield Name(line.start, end, "ORG", _DISCOUNT * sum(seen) / len(seen))


def _first_line(text: str, row: Place) -> Place:
    """The row's first line that begins with a capital, without an article; what stands above it ends the row before."""
    for match in regex.finditer(r"[^\n]*[^\s][^\n]*", text, pos=row.start, endpos=row.end):
        begin = _BEGIN.match(text, match.start(), match.end())
        if begin:
            return Place(begin.end(), match.start() + len(match[0].rstrip()))
    return Place(row.end, row.end)


def _is_alone(text: str, line: Place, row: Place) -> bool:
    """Whether the name has a line of its own, what the money is for another."""
    return regex.search(r"\w", text, pos=line.end, endpos=row.end) is not None


def _read_head(line: str, ways: _Ways, is_alone: bool) -> int:
    """How many characters of a row's first line are the organisation that it begins with; 0 where that is not clear."""
    words = list(_WORD.finditer(line))
    count = _by_rows(words, ways) or _by_head_noun(line, words) or _by_place(line, words) or _by_separator(line)
    if not count and is_alone and len(words) <= _LONGEST and _is_name(line):
        count = len(line)
    return count if len(line[:count].split()) > 1 else 0


def _is_name(words: str) -> bool:
    """Whether all words are written as those of a name are.

    >>> _is_name("Women in Science"), _is_name("Support for rural women"), _is_name("in Science")
    (True, False, False)
    """
    parts = words.split()
    named = [word for word in parts if word not in _PART_OF_NAME]
    return bool(named) and parts[0] == named[0] and all(word.strip("('\"“‘")[:1].isupper() for word in named)


def _by_separator(line: str) -> int:
    """`Harbor Trust – new piers`: to the first dash, colon, bar or gap."""
    match = _SEPARATOR.search(line)
    return match.start() if match and _is_name(line[: match.start()]) else 0


def _by_head_noun(line: str, words: Sequence[regex.Match[str]]) -> int:
    """`Harbor Association New Piers`: to the first word that organisations' names end with, or its `of Place`."""
    heads = word_lists()["head"] | word_lists()["head_of"] | word_lists()["legal"]
    for number, word in enumerate(words[1:-1], 1):
        if word[0] in heads and _is_name(line[: word.end()]):
            follows = line[word.end() :].split()
            if follows[0] == "of" and (size := _place(follows[1:])):
                return words[number + 1 + size].end()
            return word.end() if follows[0][:1].isupper() else 0
    return 0


def _place(words: Sequence[str]) -> int:
    """How many words a text's first ones name a place with, all followed by more; 0 for none."""
    sizes = range(min(_PLACE_WORDS, len(words) - 1), 0, -1)
    return next((size for size in sizes if " ".join(words[:size]) in place_names()), 0)


def _ways_on(lines: Iterable[str]) -> _Ways:
    ways: defaultdict[str, set[str]] = defaultdict(set)
    for line in lines:
        words = line.split()
        for size in range(2, min(_LONGEST + 1, len(words))):
            if words[size][:1].isupper():
                ways[" ".join(words[:size])].add(words[size])
    return ways


def _by_rows(words: Sequence[regex.Match[str]], ways: _Ways) -> int:
    """`Harbor Guides New Piers`, and another row `Harbor Guides Old Boats`: what both begin with."""
    for size in range(min(_LONGEST, len(words) - 1), 1, -1):
        begin, own = " ".join(word[0] for word in words[:size]), words[size][0]
        is_shared = own in ways.get(begin, ()) and len(ways[begin]) > 1
        if is_shared and words[size - 1][0][:1].isupper() and _is_name(begin):
            return words[size - 1].end()
    return 0


def _by_place(line: str, words: Sequence[regex.Match[str]]) -> int:
    """`Harbor Guides Norway New Piers`: to the first place behind words of a name, before others."""
    for before, word, behind in zip(words[:4], words[1:], words[2:], strict=False):
        if word[0] in place_names() and _is_name(line[: before.end()]) and before[0][:1].isupper():
            return word.end() if behind[0][:1].isupper() else 0
    return 0
