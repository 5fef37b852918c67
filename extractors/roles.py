"""Links a mention of a person to the title and the employer that stand beside it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import regex

from extractors.lexicon import word_class, word_lists
from extractors.words import Word, read_words

_REACH = 160
_TITLE = frozenset("HTlhe")
_AFTER = regex.compile(
    r"(?:['’]s)?(?:\s?[,(–—-]\s?|\s+(?:is|was|as|serves as)\s+|\n|\s\|\s)(?:(?:the|a|an|our|its|who is)\s)?"
)
_END = regex.compile(
    r"[.;:“”\"()\n|](?<!\b(?:U|S|Inc|Corp|Ltd|Co)\.)|,(?=\s(?!and\s(?:\p{Lu}|co)|&|\p{Lu}))"
    r"|,?\s(?:said|says|added|stated|noted|explained|commented|who|told|where|which|has|is|was|will|announced|shared"
    r"|in an?|and\s(?=(?:the|a|an)\s))\b"
)
_EMPLOYER = regex.compile(r"(?:,|\s(?:of|at|for|with|from|in))\s(?:the\s)?$|^(?:the\s)?$")
_OF = regex.compile(r",?\s(?:of|at|from|with|for)\s(?:the\s)?")
_ARTICLES = frozenset(("the", "The", "our", "its", "by"))
_TITLE_WORD = regex.compile(r"[\p{L}\-]+\.?")


class Role(NamedTuple):
    """What somebody does, and the name of the organisation they do it for."""

    title: str | None = None
    organisation: str | None = None
    certainty: tuple[float, float] = (0.5, 0.5)
    """How much likelier than all other candidates together title and organisation are, 0 to 1; not calibrated."""


class Context(NamedTuple):
    """What is known of the whole release when a person's role is looked for."""

    text: str
    employers: Mapping[int, str]
    """Where an organisation is mentioned, and its name."""
    institutions: Mapping[str, str]
    """Name of the `senate`, `house`, `representatives`, and of the `issuer`, as far as the release names them."""


def best_role(roles: Sequence[Role], context: Context) -> Role:
    """The fullest of the roles that the mentions of one person show; the employer may be what the title implies."""
    best = max(roles, key=lambda role: (role.organisation is not None) + 2 * (role.title is not None), default=Role())
    named = best.organisation or next((role.organisation for role in roles if role.organisation), None)
    return Role(best.title, named or _implied(best.title or "", context.institutions))


def _implied(title: str, institutions: Mapping[str, str]) -> str | None:
    words = set(_TITLE_WORD.findall(title))
    lists = word_lists()
    if words & lists["senator"]:
        return institutions.get("senate")
    if words & lists["congressman"]:
        return institutions.get("representatives") or institutions.get("house")
    return institutions.get("issuer") if words & lists["executive"] else None


def find_role(context: Context, start: int, end: int) -> Role:
    """Title and employer beside the mention `text[start:end]` of a person."""
    text, employers = context.text, context.employers
    after = _role_after(text, end, employers)
    before = _role_before(text, start, employers)
    if after.title and (after.organisation or not before.title):
        return Role(after.title, after.organisation or before.organisation)
    if before.title:
        return Role(before.title, after.organisation or before.organisation)
    return Role(None, after.organisation or before.organisation)


def is_title(phrase: str) -> bool:
    """Whether a phrase has a title word that is more than a courtesy.

    >>> is_title("Assistant Director-General for Jobs"), is_title("Dr."), is_title("which makes widgets")
    (True, False, False)
    """
    words = [word for word in read_words(phrase) if word.text not in word_lists()["courtesy"]]
    return any(word.kind in _TITLE for word in words)


def _role_after(text: str, end: int, employers: Mapping[int, str]) -> Role:
    if direct := _OF.match(text, end):
        return Role(None, _first_employer(employers, direct.end(), _clause_end(text, direct.end(), 50)))
    opening = _AFTER.match(text, end)
    if opening is None:
        return Role()
    stop = _END.search(text, opening.end(), opening.end() + _REACH)
    last = stop.start() if stop else min(len(text), opening.end() + _REACH)
    return _read_clause(text, opening.end(), last, employers)


def _clause_end(text: str, start: int, reach: int) -> int:
    stop = regex.search(r"[,.;:()\n“”\"](?<!U\.|S\.)", text, pos=start, endpos=min(len(text), start + reach))
    return stop.start() if stop else min(len(text), start + reach)


def _first_employer(employers: Mapping[int, str], start: int, end: int) -> str | None:
    return next((employers[place] for place in range(start, end) if place in employers), None)


def _read_clause(text: str, start: int, end: int, employers: Mapping[int, str]) -> Role:
    """`CEO of Acme`, `Acme’s CEO`, `Vice President, Acme`: the title without the employer where one follows it."""
    name, cut = None, end
    for place in (place for place in range(start, end) if place in employers):
        lead = text[start:place]
        if match := _EMPLOYER.search(lead):
            name = employers[place]
            cut = start + match.start() if match.start() and lead[match.start() :].split()[0] != "for" else cut
            break
    title = text[start:cut].strip(" ,–—-")
    if name is not None and cut == end:
        title = _without(title, name)
    return Role(title, name) if 1 < len(title) < 120 and is_title(title) else Role()


_OWNER = regex.compile(r"[^,;]{2,80}?(?:['’]s|s['’])\s(?=\S)")


def _without(title: str, name: str) -> str:
    """Cut the employer from the front: `Acme’s Head of Sales` says `Head of Sales`."""
    owner = _OWNER.match(title)
    return title[owner.end() :] if owner else title.removeprefix(name).strip() or title


def _role_before(text: str, start: int, employers: Mapping[int, str]) -> Role:
    begin = max(0, start - _REACH)
    words = read_words(text[begin:start])
    if words and words[-1].kind == ",":
        return _role_before_comma(text, begin, words, employers)
    first = _first_of_title(words)
    if first == len(words):
        return Role()
    while first < len(words) - 1 and words[first].text in word_lists()["courtesy"]:
        first += 1
    inside = {place - begin: employers[place] for place in range(begin, start) if place in employers}
    name, first = _employer_before(words, first, inside)
    title = text[begin + words[first].start : start].strip() if first < len(words) else ""
    title = regex.sub(r"\s(?:Dr|Mr|Mrs|Ms|Prof|Hon|Rev)\.?$", "", title)
    return Role(title, name) if is_title(title) else Role()


def _role_before_comma(text: str, begin: int, words: list[Word], employers: Mapping[int, str]) -> Role:
    """`the ILO’s Assistant Director-General for Jobs, Mia Seppo`."""
    last = len(words) - 1
    first = next((i + 1 for i in range(last - 1, -1, -1) if words[i].kind in '.|,";('), 0)
    article = next((i for i in range(last - 1, first - 1, -1) if words[i].text in _ARTICLES), first - 1)
    owner = next((i for i in range(first, last) if begin + words[i].start in employers), None)
    lead = article + 1 if owner is None else owner
    if lead >= last or (words[lead].text.islower() and word_class(words[lead].text) != "l"):
        return Role()
    return _read_clause(text, begin + words[lead].start, begin + words[last - 1].end, employers)


def _first_of_title(words: list[Word]) -> int:
    """Index of the first word of the title that ends the words; their number where there is none."""
    first = len(words)
    for i in range(len(words) - 1, -1, -1):
        kind = words[i].kind
        if kind in _TITLE:
            first = i
        elif kind not in "n&of" or first == len(words):
            if first < len(words) and kind in "EPRKkDCA" and kind != "x":
                continue
            break
    return _widen(words, first)


def _widen(words: list[Word], first: int) -> int:
    """Take in the capitalised words right before a title: `Brooklyn District Attorney`."""
    if first == len(words):
        return first
    while first > 0 and words[first - 1].kind in "EPRKkDCAe":
        first -= 1
    return first


def _employer_before(words: list[Word], first: int, places: Mapping[int, str]) -> tuple[str | None, int]:
    """The organisation at the head of a title, or right before it, and where the title itself begins."""
    for i in range(max(0, first - 6), len(words)):
        if words[i].start in places and not any(word.kind in "x.|,vi" for word in words[i:first]):
            name = places[words[i].start]
            size = next((k for k in range(i, len(words)) if words[k].kind in "HTlh"), len(words))
            return name, max(first, size)
    return None, first
