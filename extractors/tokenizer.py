"""The tokenizer: cuts wherever the class of characters changes, so that every mark starts and ends at a token."""

import regex
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from extractors.spans import TEXT

# Words are cut at lower-to-upper joins ("ScottDirector") and numbers from letters ("FY25", "2.8m"); nothing is lost.
_PIECE = regex.compile(r"\p{Lu}+(?!\p{Ll})\p{M}*|\p{Lu}?[\p{L}--\p{Lu}\p{M}]+|\p{Lu}|\p{Nd}+|\s+|.", regex.S | regex.V1)


class Tokenizer:
    """Text to Doc; `"".join(token.text_with_ws for token in doc)` is the text again."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Cut `text`; raises nothing, whatever the text."""
        words: list[str] = []
        spaces: list[bool] = []
        for piece in _PIECE.findall(text):
            if piece[0] == " " and words and not spaces[-1] and not words[-1].isspace():
                spaces[-1] = True
                piece = piece[1:]
            if piece:
                words.append(piece)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces, user_data={TEXT: text})

    def to_bytes(self, **_: object) -> bytes:
        """Nothing to keep: the tokenizer has no settings."""
        return b""

    def from_bytes(self, _data: bytes, **_kwargs: object) -> "Tokenizer":
        """See to_bytes."""
        return self

    def to_disk(self, *_: object, **__: object) -> None:
        """See to_bytes."""

    def from_disk(self, *_: object, **__: object) -> "Tokenizer":
        """See to_bytes."""
        return self


@registry.tokenizers("dateline.Tokenizer.v1")  # type: ignore[untyped-decorator]
def create_tokenizer() -> object:
    """The factory that spaCy's configuration names."""
    return lambda nlp: Tokenizer(nlp.vocab)
