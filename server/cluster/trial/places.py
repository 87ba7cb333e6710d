"""Say where the machines of a trial are: each on an address of loopback, and no port taken that another may have."""

import secrets
from pathlib import Path

from server.cluster.plan import Front, Machine, Plan, Recogniser, Server


def loopback_plan(folder: Path, *, rooms: int = 20) -> Plan:
    """One proxy, two servers, three recognisers of a process, three nodes of a database: 127.X.Y.11 and so on.

    X and Y are drawn, so that two trials, or a trial and what else listens on loopback, do not meet.
    """
    network = f"127.{secrets.randbelow(200) + 20}.{secrets.randbelow(256)}"
    front = f"{network}.10"
    return Plan(
        name="trial",
        rooms=rooms,
        front=Front(address=front, machines=(front,)),
        servers=(
            Server(name="app1", address=f"{network}.21", own_proxy=f"{network}.21", photographs=True),
            Server(name="app2", address=f"{network}.22", own_proxy=f"{network}.22"),
        ),
        recognisers=tuple(
            Recogniser(name=f"rec{number}", address=f"{network}.3{number}", processes=1) for number in (1, 2, 3)
        ),
        databases=tuple(Machine(name=f"db{number}", address=f"{network}.4{number}") for number in (1, 2, 3)),
        database_port=23306,
        data=str(folder),
    )
