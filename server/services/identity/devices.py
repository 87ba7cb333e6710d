"""Register the cameras and PCs of rooms, and give each a token that is shown once."""

from dataclasses import dataclass, field
from datetime import datetime

from server.services.identity.secrets import hash_of, new_secret, token_text
from server.store import Device, Store, Token


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token, to be shown once and kept nowhere."""

    device: Device
    text: str = field(repr=False)


class Devices:
    """For any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, name: str, room: str, *, at: datetime, by: str, expires_at: datetime | None = None) -> NewToken:
        """Register a device, or move one to another room; a token that it had before ends. Raises BadRequest."""
        device = self._store.devices.register(name, room, at=at, by=by)
        return self._renewed(device, at=at, by=by, expires_at=expires_at)

    def rotate(self, name: str, *, at: datetime, by: str, expires_at: datetime | None = None) -> NewToken:
        """Give a device another token; the old one ends at once. Raises BadRequest."""
        return self._renewed(self._store.devices.get(name), at=at, by=by, expires_at=expires_at)

    def revoke(self, name: str, *, at: datetime, by: str) -> int:
        """End a device's token, and those of who is signed in on its window; how many. Raises BadRequest."""
        return self._store.devices.revoke(self._store.devices.get(name).id, at=at, by=by)

    def listed(self) -> list[tuple[Device, list[Token]]]:
        """By name."""
        return self._store.devices.listed()

    def _renewed(self, device: Device, *, at: datetime, by: str, expires_at: datetime | None) -> NewToken:
        secret = new_secret()

        def renew(store: Store) -> int:
            number = store.devices.add_token("device", hash_of(secret), device=device.id, expires_at=expires_at, at=at)
            store.devices.revoke(device.id, at=at, by=by, besides=number)
            return number

        return NewToken(device, token_text(self._store.transaction(renew), secret))
