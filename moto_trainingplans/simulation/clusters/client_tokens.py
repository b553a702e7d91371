"""What was answered to requests with a ClientToken, for those who repeat them."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from .errors import ClientTokenReused

VALIDITY = timedelta(hours=8)  # source: model

Answer = TypeVar("Answer")


class ClientTokens(Generic[Answer]):
    """The answers of one operation by their tokens, each for eight hours."""

    def __init__(self) -> None:
        # In the order of time.
        self._answers: dict[str, tuple[datetime, Hashable, Answer]] = {}

    def earlier(self, token: str | None, question: Hashable, now: datetime) -> Answer | None:
        """What was answered to a question that is asked again.

        Raises ClientTokenReused where it is another question.
        """
        kept = None if token is None else self._answers.get(token)
        if token is None or kept is None or now - kept[0] >= VALIDITY:
            return None
        _, asked, answer = kept
        if asked != question:
            raise ClientTokenReused(token)
        return answer

    def keep(self, token: str | None, question: Hashable, answer: Answer, now: datetime) -> None:
        """Keep an answer, and let go of those that nobody can ask for any longer."""
        for old in [each for each, (when, _, _) in self._answers.items() if now - when >= VALIDITY]:
            del self._answers[old]
        if token is not None:
            self._answers[token] = now, question, answer
