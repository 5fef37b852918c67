"""Labels releases that nobody annotated with what a trained model is sure to see in them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from extractors.tagger import Name as Found
from extractors.tagger import Tagger
from training.examples import Example, Name

_SURE = 0.6
"""A name less likely than this teaches nothing: its words are left out of the loss."""
_AGREED = 0.7
"""So large a part of the occurrences of a form must agree for its label to hold for all of them."""


def label_releases(tagger: Tagger, texts: Iterable[str]) -> Iterator[Example]:
    """An example from each text."""
    for text in texts:
        yield Example(text, agree(text, [name for name in tagger(text) if name.label != "TITLE"]))


def agree(text: str, found: list[Found]) -> list[Name]:
    """The names of a release with one label for each form, wherever it stands; those in dispute are left out."""
    votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for name in found:
        votes[text[name.start : name.end]][name.label] += name.probability
    names = [Name(name.start, name.end, _agreed(name, votes[text[name.start : name.end]])) for name in found]
    taken = bytearray(len(text))
    for name in found:
        taken[name.start : name.end] = b"\1" * (name.end - name.start)
    for form in filter(lambda form: form[:1].isupper(), votes):  # where it was not seen it is in dispute
        for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = b"\1" * len(form)
                names.append(Name(match.start(), match.end(), None))
    return sorted(names, key=lambda name: name.start)


def _agreed(name: Found, votes: dict[str, float]) -> str | None:
    best = max(votes, key=lambda label: votes[label])
    if votes[best] / sum(votes.values()) < _AGREED:
        return None
    return best if name.probability >= _SURE or votes[best] > 1 else None
