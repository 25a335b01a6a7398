"""The words of a spaCy document as the linear models want them."""

from __future__ import annotations

from spacy.tokens import Doc


def words_of(doc: Doc) -> list[tuple[str, str]]:
    """The words with their classes: entities by kind, no blanks."""
    return [
        (f"<{token.ent_type_}>" if token.ent_type_ else token.lower_, token.tag_)
        for token in doc
        if not token.is_space
    ]
