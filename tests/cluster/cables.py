"""A campus whose machines have cables to cut: three nodes, a server, two recognisers and a proxy in front."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.cluster.plan import Front, Machine, Plan, Recogniser, Server
from tests.cluster.campus import Campus, campus_of
from tests.cluster.namespaces import Network, network


@contextmanager
def cabled_campus() -> Iterator[tuple[Campus, Network]]:
    subnet = f"10.{secrets.randbelow(100) + 120}.{secrets.randbelow(256)}"
    front = Front(address=f"{subnet}.10", machines=(f"{subnet}.10",))
    servers = (Server(name="app1", address=f"{subnet}.21", photographs=True),)
    recognisers = tuple(Recogniser(name=f"rec{each}", address=f"{subnet}.3{each}", processes=1) for each in (1, 2))
    databases = tuple(Machine(name=f"db{each}", address=f"{subnet}.4{each}") for each in (1, 2, 3))

    def plan_in(folder: Path) -> Plan:
        return Plan(
            rooms=20,
            front=front,
            servers=servers,
            recognisers=recognisers,
            databases=databases,
            database_port=23306,
            data=str(folder),
        )

    machines = {each.name: each.address for each in (*servers, *recognisers, *databases)}
    laid = network({"front1": front.address, **machines}, f"{subnet}.254")
    with laid as cables, campus_of(plan_in, cables.within) as campus:
        yield campus, cables
