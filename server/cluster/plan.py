"""What a cluster is made of: one small TOML file, checked."""

from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from server.errors import BadRequest
from texts.toml_files import BadToml, read_toml

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,30}\Z")]
Port = Annotated[int, Meta(ge=1, le=65535)]
# A path, a user, an interface: what stands in configuration files without quotes.
Word = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_./@:-]{1,200}\Z")]
MOST_MACHINES: Final = 64
# Of one picture in seconds of one core, until somebody measures their own: `doctor --camera` tells it.
PICTURE_S: Final = 0.3
ANSWER_S: Final = 30


class Front(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two proxies that share the address which rooms are told."""

    address: str
    machines: Annotated[tuple[str, ...], Meta(min_length=1, max_length=2)]
    interface: Word = "eth0"
    router_id: Annotated[int, Meta(ge=1, le=255)] = 60  # of VRRP, alone in its network
    host: Word = ""  # the name in URLs; "": no HTTPS by the front
    certificate: Word = "/etc/haproxy/rollcall.pem"  # of that name, with its key


class Machine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    address: str


class Server(Machine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    photographs: bool = False  # whether its folder has everybody's
    own_proxy: str = "127.0.0.1"  # where its own proxy listens: loopback, for nobody else


class Recogniser(Machine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    processes: Annotated[int, Meta(ge=1, le=256)] = 4  # as many as the machine has cores
    port: Port = 20071  # of the first process; the others count on


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All machines. picture_s: seconds of one core that a picture takes."""

    name: Name = "rollcall"
    rooms: Annotated[int, Meta(ge=1, le=20_000)]
    front: Front
    servers: Annotated[tuple[Server, ...], Meta(min_length=1, max_length=MOST_MACHINES)]
    recognisers: Annotated[tuple[Recogniser, ...], Meta(max_length=MOST_MACHINES)] = ()
    databases: Annotated[tuple[Machine, ...], Meta(min_length=1, max_length=9)]
    port: Port = 20060
    http_port: Port = 20080
    pool_port: Port = 20070  # of each server's own proxy
    database_port: Port = 3306
    database_user: Name = "rollcall"
    folder: Word = "/opt/rollcall"
    data: Word = "/srv/rollcall"
    user: Name = "rollcall"
    picture_s: Annotated[float, Meta(gt=0, le=60)] = PICTURE_S

    @property
    def processes(self) -> int:
        return sum(each.processes for each in self.recognisers)

    @property
    def connections(self) -> int:
        """Of each server: all rooms, where one server is away."""
        return min(max(-(-self.rooms // max(len(self.servers) - 1, 1)), 64), 1000)

    @property
    def most_queued(self) -> int:
        """Pictures that the pool can still answer in time."""
        return max(int(ANSWER_S / self.picture_s * self.processes), 1)

    @property
    def keeper(self) -> Server:
        """Who has the photographs."""
        return next(each for each in self.servers if each.photographs)

    @property
    def of_pool(self) -> tuple[Machine, ...]:
        """Who asks it and who answers."""
        return (*self.servers, *self.recognisers)

    @property
    def addresses(self) -> tuple[str, ...]:
        machines = (*self.of_pool, *self.databases)
        proxies = (each.own_proxy for each in self.servers)
        return (self.front.address, *self.front.machines, *(each.address for each in machines), *proxies)


def read_plan(file: Path) -> Plan:
    """Raises BadRequest with what to mend."""
    try:
        plan = msgspec.convert(read_toml(file.read_bytes()), Plan)
    except OSError as error:
        raise BadRequest(f"The list of machines {file} cannot be read: {error.strerror}.") from error
    except (BadToml, msgspec.ValidationError) as error:
        raise BadRequest(f"{file} is no list of a cluster's machines: {error}.") from error
    _require_whole(plan)
    return plan


def _require_whole(plan: Plan) -> None:
    for address in plan.addresses:
        try:
            IPv4Address(address)
        except ValueError as error:
            raise BadRequest(f"{address!r} is no address of IPv4: write one like 10.0.1.21.") from error
    names = [each.name for each in (*plan.of_pool, *plan.databases)]
    if twice := sorted({each for each in names if names.count(each) > 1}):
        raise BadRequest(f"Two machines are called {', '.join(twice)}: give each a name of its own.")
    if outside := [each.own_proxy for each in plan.servers if not IPv4Address(each.own_proxy).is_loopback]:
        raise BadRequest(f"A server's `own_proxy` is for that server alone: {outside[0]} is no address of loopback.")
    if sum(each.photographs for each in plan.servers) != 1:
        raise BadRequest("Exactly one server has `photographs = true`: the one with everybody's in its folder.")
    if len(plan.databases) not in {1, *range(3, 10, 2)}:
        raise BadRequest("A database is one machine, or three, five and so on: of two, one alone is no majority.")
