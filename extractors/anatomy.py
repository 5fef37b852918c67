"""Parts of a press release: the dateline at its head and the organisation that issues it."""

import regex

from schemas.record import Organisation
from schemas.release import Release

_ABOUT = regex.compile(r"(?m)^\W{0,6}(?:About|ABOUT)[ ]+(?:the[ ]+)?(?P<name>[^\n:.?!]{2,60}?)(?=\W{0,4}$|:)")


def read_issuer(release: Release, organisations: list[Organisation]) -> str | None:
    """Who issues the release: the issuer its source is known for, or the organisation of its only `About …` paragraph.

    The name is that of an organisation of the record, or the source's; None where the text does not say.
    """
    if release.issuer:
        return release.issuer
    starts = {mention.start: body.name for body in organisations for mention in body.mentions}
    names = {starts[m.start("name")] for m in _ABOUT.finditer(release.text) if m.start("name") in starts}
    return names.pop() if len(names) == 1 else None
