"""Make the files of every machine of a plan."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from server.cluster.plan import Plan

# For files that are no HTML.
_templates: Final = Environment(
    loader=PackageLoader("server.cluster"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - configuration files, of checked words
)
CERTIFICATES: Final = "/etc/rollcall/pool"
TLS: Final = "/etc/rollcall/tls.pem"
AUTHORITIES: Final = "/etc/ssl/certs/ca-certificates.crt"
SOCKETS: Final = "/run/haproxy"


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are on the machines. certificates: of the pool, a folder; sockets: a folder of the proxies'
    own; tls: the certificate of the name that rooms use; authorities: who vouches for the servers' certificates.
    """

    certificates: str = CERTIFICATES
    sockets: str = SOCKETS
    tls: str = TLS
    authorities: str = AUTHORITIES


def rendered(plan: Plan, places: Places = Places()) -> Mapping[str, str]:
    """{path: content}; a folder for each machine, and what is for all of them."""
    return dict(_files(plan, places))


def _files(plan: Plan, places: Places) -> Iterator[tuple[str, str]]:
    for number, machine in enumerate(plan.front.machines):
        folder, of_front = f"front{number + 1}", {"number": number, "machine": machine}
        yield f"{folder}/haproxy.cfg", _made("front.cfg", plan, places, **of_front)
        if len(plan.front.machines) > 1:
            yield f"{folder}/keepalived.conf", _made("keepalived.conf", plan, places, **of_front)
    for server in plan.servers:
        yield f"{server.name}/haproxy.cfg", _made("server.cfg", plan, places, server=server)
        yield f"{server.name}/rollcall.toml", _made("rollcall.toml", plan, places, server=server)
        yield f"{server.name}/rollcall.service", _made("rollcall.service", plan, places, server=server)
    for recogniser in plan.recognisers:
        yield f"{recogniser.name}/recogniser.toml", _made("recogniser.toml", plan, places, recogniser=recogniser)
        unit = _made("rollcall-recogniser@.service", plan, places, recogniser=recogniser)
        yield f"{recogniser.name}/rollcall-recogniser@.service", unit
    for place, database in enumerate(plan.databases if len(plan.databases) > 1 else ()):
        of_node = {"database": database, "place": place}
        yield f"{database.name}/rollcall-galera.cnf", _made("galera.cnf", plan, places, **of_node)
        yield f"{database.name}/galera-check", _made("galera-check", plan, places, **of_node)
        yield f"{database.name}/galera-check.socket", _made("galera-check.socket", plan, places, **of_node)
        yield f"{database.name}/galera-check@.service", _made("galera-check@.service", plan, places, **of_node)


def _made(template: str, plan: Plan, places: Places, **more: Any) -> str:
    return _templates.get_template(f"{template}.j2").render(plan=plan, places=places, **more)
