"""Make what asks for students' consent of the settings."""

from server.config import Settings
from server.services.consent.decisions import Consents
from server.services.consent.gate import ConsentGate
from server.services.consent.texts import ConsentTexts
from server.store import Store


def consent_texts(settings: Settings) -> ConsentTexts:
    return ConsentTexts(settings.institution, settings.privacy_contact, settings.sightings_days)


def consent_gate(settings: Settings, store: Store) -> ConsentGate:
    return ConsentGate(store, settings.consent_policy, consent_texts(settings))


def consents_of(settings: Settings, store: Store) -> Consents:
    return Consents(store, consent_texts(settings), settings.own_photographs)
