"""Say of the settings what a privacy policy has to tell."""

from server.config import Settings
from server.services.privacy.documents import PrivacyFacts


def privacy_facts(settings: Settings) -> PrivacyFacts:
    return PrivacyFacts(
        institution=settings.institution,
        contact=settings.privacy_contact,
        consent=settings.consent_policy,
        sightings_days=settings.sightings_days,
        access_log_days=settings.access_log_days,
        template_days=settings.template_days,
        mail_days=settings.mail_days,
        mails=bool(settings.smtp_host),
        keeps_photographs=settings.keep_photographs,
        authentication=settings.authentication == "required",
    )
