"""How often dates' roles are right, and how many events are found: `python -m benchmarks.roles CORPUS [--show]`.

CORPUS is the folder that holds `corpus/press`. `benchmarks/role_labels.jsonl` says what is right; it holds offsets and
labels alone. Its parts: `train`, read before the rules were written; `first_blind`, read after that and before their
output was looked at, then learnt from; `second_blind`, read after that in the same way; `by_rule`, up to five dates of
each rare rule, which says something of these rules and nothing of the whole. Events were read in the first three.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from training.role_precision import Labelled, is_told, judge_events, load_labelled, told_events

Pairs = Counter[tuple[str, str]]
"""Right role and the one that was given, `none` where there is none."""


def pair_roles(items: Iterable[Labelled]) -> Pairs:
    """How often each role was taken for each; a labelled date that is found no more counts as `lost`."""
    pairs: Pairs = Counter()
    for item in items:
        given = {date.start: date.role or "none" for date in item.found.dates}
        pairs.update((role or "none", given.get(start, "lost")) for start, _, role in item.labels["dates"])
    return pairs


def print_roles(pairs: Pairs) -> None:
    """A line for each role: how many of it were given it, of how many; of how many that were given it."""
    print(f"{'role':<14}{'dates':>6}{'given':>6}{'right':>6}{'precision':>11}{'recall':>8}")
    for role in sorted({right for right, _ in pairs}):
        right = pairs[role, role]
        of_it = sum(seen for (label, _), seen in pairs.items() if label == role)
        given = sum(seen for (_, label), seen in pairs.items() if label == role)
        print(f"{role:<14}{of_it:6}{given:6}{right:6}{right / max(1, given):11.3f}{right / of_it:8.3f}")
    right = sum(seen for (label, given), seen in pairs.items() if label == given)
    print(f"accuracy {right / pairs.total():.3f} ({right} of {pairs.total()})")


def print_events(items: Sequence[Labelled]) -> None:
    """Precision and recall of the pairs of a date and a word that tells of an event."""
    judged = [is_right for item in items for _, is_right in judge_events(item)]
    wanted = [(item, told) for item in items for told in told_events(item) if not told.optional]
    found = sum(any(is_told(event, told) for event in item.found.events) for item, told in wanted)
    print(
        f"events: precision {sum(judged) / len(judged):.3f} ({sum(judged)} of {len(judged)}), recall "
        f"{found / len(wanted):.3f} ({found} of {len(wanted)}), {sum(len(item.found.events) for item in items)} in "
        f"{len(items)} releases"
    )


def print_mistakes(items: Iterable[Labelled]) -> None:
    """Each date whose role is another one, with the words around it."""
    for item in items:
        text, dates = item.found.release.text, {date.start: date for date in item.found.dates}
        for start, end, role in item.labels["dates"]:
            date = dates.get(start)
            if date is None or date.role != role:
                rule = date.why["role"].rule if date and date.role else "no rule"
                around = f"{text[max(0, start - 80) : start]}[{text[start:end]}]{text[end : end + 50]}"
                print(f"{role} not {date.role if date else 'found'}, {rule}: {' '.join(around.split())}")


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.roles", description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder that holds corpus/press")
    parser.add_argument("--show", action="store_true", help="print every mistake")
    options = parser.parse_args()
    everything = list(load_labelled(options.corpus))
    for part in dict.fromkeys(item.labels["part"] for item in everything):
        items = [item for item in everything if item.labels["part"] == part]
        print(f"\n== {part}, {len(items)} releases")
        print_roles(pair_roles(items))
        if read := [item for item in items if "events" in item.labels]:
            print_events(read)
        if options.show:
            print_mistakes(items)


if __name__ == "__main__":
    main()
