"""Say who may be enrolled and recognised: with `required`, those whose consent to it counts."""

from dataclasses import dataclass

from server.domain.consents import Policy, Purpose
from server.services.consent.texts import ConsentTexts
from server.store import Store


@dataclass(frozen=True, slots=True)
class ConsentGate:
    """Asked by enrolment and by every gallery; nowhere else is it decided who may be recognised."""

    store: Store
    policy: Policy
    texts: ConsentTexts

    def allowed(self) -> frozenset[str] | None:
        """Students who may be recognised; None: everybody. Raises Unavailable."""
        if self.policy is not Policy.REQUIRED:
            return None
        standing = self.store.consents.standing(Purpose.TEMPLATE)
        return frozenset(student for student, each in standing.items() if each.counts(self.texts.accepted))
