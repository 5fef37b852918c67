"""Where sentences begin and end, as far as what belongs to a sum of money reaches."""

import re
from bisect import bisect

_TITLES = ("Mrs", "Inc", "Ltd", "Gov", "Sen", "Rep", "Hon", "Gen", "Col", "Sgt", "Dep", "Corp", "Dept", "approx")
_FULL = "".join(rf"(?<!\b{title})" for title in _TITLES)
_END = re.compile(
    rf"(?=[\n;.!?])"  # said first, so that hardly any place is looked at more closely
    rf"(?:\n\s*\n(?!\s*[a-z])|\n(?=\s*[*•–-]\s)|;(?=\s)|(?<![A-Z])(?<!\b[A-Z][a-z]){_FULL}[.!?][”\"’)]?(?=\s))"
)


class Sentences:
    """The sentences of one text."""

    def __init__(self, text: str) -> None:
        """Finds every end at once: of a paragraph, unless the next goes on in small letters, of a bullet's line, a
        semicolon, or a full stop that is no abbreviation's.
        """
        self.length = len(text)
        self._ends = [match.end() for match in _END.finditer(text)]

    def around(self, place: int) -> tuple[int, int]:
        """Start and end of the sentence that has this character.

        >>> text = "The U.S. fund gave $5. It was spent."
        >>> [text[slice(*Sentences(text).around(place))] for place in (4, 30)]
        ['The U.S. fund gave $5.', ' It was spent.']
        """
        number = bisect(self._ends, place)
        start = self._ends[number - 1] if number else 0
        return start, self._ends[number] if number < len(self._ends) else self.length
