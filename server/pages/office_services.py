"""What the pages of the office, the administrator and the privacy officer reach beside what messages reach."""

from dataclasses import dataclass
from pathlib import Path

from server.services.class_day.galleries import Galleries
from server.services.consent.gate import ConsentGate
from server.services.identity.accounts import Accounts
from server.services.identity.devices import Devices
from server.services.privacy.documents import PrivacyFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeServices:
    """For any thread. knowns: the folder of photographs; None: it is on another machine."""

    knowns: Path | None
    galleries: Galleries
    consent: ConsentGate
    devices: Devices
    accounts: Accounts
    privacy: PrivacyFacts
