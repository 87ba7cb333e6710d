"""What can be set on the server; the command line and the documented table are made from these fields."""

import re
from collections.abc import Mapping
from dataclasses import Field, dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cameras.allowed import AllowedCamera, read_allowed
from server.database_url import sqlite_file
from server.domain.consents import Policy
from server.domain.notices import is_address
from server.errors import SetupProblem
from server.families import DETECTORS, ENGINES, FAMILIES
from settings import WrongSetting, default_of, load_settings, require_possible, setting
from settings.folders import state_folder

ROOT: Final = Path(__file__).resolve().parent.parent
# In a checkout beside the program; where it is installed among libraries, nobody looks for photographs there.
KNOWNS: Final = (ROOT if (ROOT / "pyproject.toml").exists() else state_folder()) / "knowns"
Network: TypeAlias = IPv4Network | IPv6Network
SEED_PROGRAMS: Final = ("1219", "1121", "80")
POOL_URL: Final = re.compile(r"https://[^/?#@\s]+:[0-9]{1,5}")
SMTP_HOST: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.:-]{0,252}")
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
LOG_FORMATS: Final = ("text", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set, read once at the start."""

    host: str = setting("127.0.0.1", "address to listen on; another than loopback needs authentication")
    port: int = setting(20060, "TCP port to listen on; 0 takes a free one", least=0, most=65535)
    database: str = setting(
        "", "SQLite file, or mysql://user:password@host:port/name (default: rollcall.sqlite in the user's state folder)"
    )
    authentication: str = setting(
        "off",
        "whether everybody has to say who they are, by a token or a sign-in; off: only programs on this machine can "
        "connect, and may do everything",
        choices=("off", "required"),
    )
    legacy_clients: str = setting(
        "",
        "addresses and networks of the clients of 2019, which have no token, such as `10.0.3.7, 10.0.4.0/24`; each may "
        "only what concerns the courses of its room; without any, none is answered where authentication is required",
    )
    tls: str = setting(
        "auto",
        "whether what is sent is encrypted; required: always, but for the clients of 2019 in `legacy_clients`; "
        "optional: for whoever asks, and by HTTP always; auto: off while only this machine can reach the server, "
        "required otherwise",
        choices=("auto", "required", "optional", "off"),
    )
    tls_certificate: Path | None = setting(
        None, "PEM file of the server's certificate and of those that vouch for it; read anew when it changes"
    )
    tls_key: Path | None = setting(None, "PEM file of its key (default: in the certificate's file)")
    proxies: str = setting(
        "",
        "addresses or networks of proxies in front of `port`, separated by commas: each of their connections has to "
        "begin with a PROXY protocol v2 header, which is believed of nobody else; needs authentication",
    )
    knowns: Path = setting(KNOWNS, "folder of the enrolment photographs")
    photographs: str = setting(
        "here",
        "whether `knowns` has everybody's photographs; elsewhere: another machine keeps them, and this one enrols "
        "nobody at its start, takes no photograph, prunes nothing and erases nobody",
        choices=("here", "elsewhere"),
    )
    keep_photographs: bool = setting(
        True,
        "whether photographs stay in `knowns` after templates were made of them; false: they are destroyed once every "
        "family whose networks are here has looked at them, and what students and the office send is never kept",
    )
    key_file: Path | None = setting(
        None,
        "file of the key that encrypts the templates (default: beside the SQLite "
        "file, or rollcall.key in the user's state folder)",
    )
    family: str = setting(
        "auto",
        "networks that find and tell faces; auto: those that the database was enrolled with, in a new one khuface",
        choices=("auto", *FAMILIES),
    )
    embedder: Path | None = setting(
        None,
        "somebody's own network: an .onnx file with a .toml file beside it, or another .dat file of dlib's form "
        "(default: the family's)",
    )
    engine: str = setting("auto", "what runs the networks", choices=("auto", *ENGINES))
    constants: Path | None = setting(
        None, "the constants of the decision, a .toml file that `fit` has written (default: the family's)"
    )
    detector: str | None = setting(None, "what finds the faces (default: the family's)", choices=DETECTORS)
    detector_file: Path | None = setting(None, "YuNet's .onnx file, which the detector yunet needs")
    min_face_px: int | None = setting(
        None, "smallest face that is looked for (default: the family's)", unit="pixels", least=16, most=400
    )
    max_faces: int = setting(200, "most faces that are taken from one picture", unit="faces", least=1, most=2000)
    fpir: float = setting(
        0.01, "share of strangers' faces that may be given a student's name; lower is stricter", least=0.0001, most=0.5
    )
    threads: int = setting(0, "threads of the recognition engine; 0: as many as there are cores", least=0, most=256)
    held_up: str = setting(
        "off",
        "advise: an experiment that tells professors whose face may be a photograph held up, and changes no proposal; "
        "the faces' landmarks are kept for it, sealed, as long as `sightings_days`",
        choices=("off", "advise"),
    )
    legacy_course: str | None = setting(
        None,
        "course whose students a snapshot of the 2019 client is compared with (default: all students), and the one "
        "course of a client of `legacy_clients` that stands in no room",
    )
    timezone: str = setting("Asia/Seoul", "the campus's time zone: it says which day a mark belongs to")
    max_connections: int = setting(
        64,
        "connections served at once; for one more an idle one makes room, or it is told that the server is busy",
        unit="connections",
        least=1,
        most=1000,
    )
    message_timeout_s: float = setting(
        10.0, "time for one whole message to arrive", unit="seconds", least=0.1, most=600
    )
    idle_timeout_s: float = setting(
        60.0, "time after which a silent connection is closed", unit="seconds", least=0.1, most=86400
    )
    legacy_silence_s: float = setting(
        1.0,
        "silence that ends a message of the 2019 form that does not end by itself",
        unit="seconds",
        least=0.05,
        most=10,
    )
    max_payload_bytes: int = setting(
        16 * 1024 * 1024, "largest image file that is accepted", unit="bytes", least=1024, most=256 * 1024 * 1024
    )
    max_held_bytes: int = setting(
        512 * 1024 * 1024,
        "messages that arrive or wait, of all connections together, but at least one of the largest; who is slowest, "
        "or next, is told that the server is busy",
        unit="bytes",
        least=1,
        most=64 * 1024 * 1024 * 1024,
    )
    max_image_pixels: int = setting(
        25_000_000, "largest image that is decoded", unit="pixels", least=10_000, most=500_000_000
    )
    # As many as there are connections: a refusal at once only brings the same picture again, which costs the way here.
    max_waiting_images: int = setting(
        64,
        "images that may wait for recognition; of more, whoever has the most waiting is told that the server is busy",
        unit="images",
        least=1,
        most=1000,
    )
    recognisers: str = setting(
        "",
        "https://HOST:PORT of a pool of recognisers, or of the proxy in front of it, which finds the faces of pictures "
        "in place of this process",
    )
    recogniser_pictures: int = setting(
        16, "pictures that are under way to the pool at once", unit="images", least=1, most=200
    )
    recogniser_certificate: Path | None = setting(
        None, "PEM file with this machine's certificate and key, for the way to the pool and in it"
    )
    recogniser_ca: Path | None = setting(
        None, "PEM file with the certificate of the authority whose certificates the other side has to show there"
    )
    drain_s: float = setting(
        0.0,
        "how long a stop says 503 to `/readyz` while it still answers everything, so that proxies send nobody",
        unit="seconds",
        least=0,
        most=10,
    )
    http_port: int | None = setting(
        None, "port for HTTP on the same address; 0 takes a free one (default: no HTTP)", least=0, most=65535
    )
    http_names: str = setting(
        "", "names by which clients call this server in URLs, separated by commas, beside localhost and `host`"
    )
    http_url: str = setting(
        "",
        "how browsers call this server, such as `https://attendance.example.ac.kr`: for the code that a window shows, "
        "and for signing in by others",
    )
    trusted_proxies: str = setting(
        "", "addresses or networks of proxies whose X-Forwarded-For and sign-in are believed, separated by commas"
    )
    sign_on: Path | None = setting(
        None,
        "file that says by whom people are signed in beside passwords: OpenID Connect, or a proxy's headers "
        "(default: nobody)",
    )
    http_connections: int = setting(
        256,
        "connections by HTTP at once; one more takes the place of one that waits",
        unit="connections",
        least=1,
        most=5000,
    )
    http_threads: int = setting(16, "requests by HTTP that are answered at once", unit="requests", least=1, most=200)
    consent: str = setting(
        "auto",
        "required: nobody is enrolled or recognised without their consent; recorded: consents are kept and decide "
        "nothing; auto: off while only this machine can reach the server, required otherwise",
        choices=("auto", "required", "recorded", "off"),
    )
    institution: str = setting("", "name of the university, for the texts that students are asked by")
    privacy_contact: str = setting("", "whom students ask about their data, for the same texts")
    appeal_days: int = setting(
        30, "how long after a class its students may ask for another look", unit="days", least=1, most=365
    )
    absence_proof_days: int = setting(
        30,
        "how long the proof of an official absence is kept after the answer, before it is destroyed",
        unit="days",
        least=1,
        most=730,
    )
    camera_urls: str = setting(
        "",
        "cameras that clients may name by URL, separated by spaces: `http://HOST:PORT/PATH` with what lies below it, "
        "or a network and a port such as `10.0.3.0/24:8080`; no other is ever asked",
    )
    legacy_http: str = setting(
        "",
        "programs of 2019 and 2020 whose HTTP is answered: 1219, 1121, 80, separated by commas, on the port of that "
        "number or as `1219=8219` says; without encryption or sign-in",
    )
    legacy_http_clients: str = setting(
        "", "addresses and networks that may ask `legacy_http`, separated by commas, beside this machine"
    )
    legacy_http_origins: str = setting(
        "",
        "origins of the pages that may read its answers, such as `http://10.0.3.7:3000`, separated by commas "
        "(default: of any page that such a client shows)",
    )
    legacy_http_ids: Path | None = setting(
        None, "CSV file with lines `student,id` of the ids that the old pages know (default: the student numbers)"
    )
    live_picture_s: float = setting(
        0.0,
        "how long the last picture of a class that is on stays in memory, for its professor's page of faces and for "
        "nobody else; 0: no picture is ever shown",
        unit="seconds",
        least=0,
        most=120,
    )
    sightings_days: int = setting(
        30,
        "how long recorded pictures' faces are kept, sealed, for the board and for "
        "`recalibrate`; then they are removed",
        unit="days",
        least=1,
        most=400,
    )
    template_days: int = setting(
        180,
        "how long features of a face, photographs and an address are kept after the student's last day on any list",
        unit="days",
        least=30,
        most=3650,
    )
    request_days: int = setting(
        730,
        "how long appeals and requests for official absence are kept after the answer, or after they were filed where "
        "there was none",
        unit="days",
        least=180,
        most=3650,
    )
    room_check_days: int = setting(
        730, "how long checks of a room's camera are kept; the last one of each stays", unit="days", least=30, most=3650
    )
    access_log_days: int = setting(
        730,
        "how long the access log is kept; the law of Korea asks for two years",
        unit="days",
        least=730,
        most=3650,
    )
    smtp_host: str = setting(
        "",
        "mail server that notices are sent by; it needs `mail_sender` and `http_url` (default: nobody is told by mail)",
    )
    smtp_port: int = setting(587, "its port", least=1, most=65535)
    smtp_encryption: str = setting(
        "starttls",
        "how what is sent to it is encrypted: by STARTTLS, or from the first byte; none: for one on this machine alone",
        choices=("starttls", "tls", "none"),
    )
    smtp_ca: Path | None = setting(
        None, "PEM file with who has signed its certificate, where that is no public authority"
    )
    smtp_user: str = setting("", "name to sign in there by (default: nobody signs in)")
    smtp_password_file: Path | None = setting(
        None, "file with the password in its first line; read anew at every connection"
    )
    mail_sender: str = setting("", "address that mails come from, such as `attendance@example.ac.kr`")
    mail_hour: int = setting(
        7, "hour of the campus's day from which on its mails are sent, one a person at most", least=0, most=23
    )
    mail_days: int = setting(
        180, "how long mails, and what they told, are kept after they were sent", unit="days", least=30, most=730
    )
    metrics_port: int | None = setting(
        None, "port where Prometheus may ask for metrics; 0 takes a free one (default: no metrics)", least=0, most=65535
    )
    metrics_host: str = setting(
        "127.0.0.1", "address for metrics, which anybody who reaches it may read: they hold numbers and no person"
    )
    traces: str = setting(
        "",
        "URL where a collector takes traces by OpenTelemetry (OTLP over HTTP), such as "
        "`http://127.0.0.1:4318/v1/traces`; they hold no person (default: no traces)",
    )
    log_format: str = setting(
        "text", "how the server writes its log: lines to read, or a JSON object a line", choices=LOG_FORMATS
    )
    log_level: str = setting(
        "info", "least severity that is logged; names of people appear at debug only", choices=LOG_LEVELS
    )

    def __post_init__(self) -> None:
        require_possible(self)
        if self.recognisers and not POOL_URL.fullmatch(self.recognisers):
            raise WrongSetting(f"recognisers is {self.recognisers!r}; write https://HOST:PORT.", "recognisers")
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError) as error:
            raise WrongSetting(
                f"No time zone is called {self.timezone!r}; write one like Asia/Seoul.", "timezone"
            ) from error
        _ = (
            self.pages_url,
            self.proxy_networks,
            self.header_networks,
            self.legacy_networks,
            self.seed_networks,
            self.seed_ports,
            self.allowed_cameras,
        )
        self._require_possible_mail()

    def _require_possible_mail(self) -> None:
        """Raises WrongSetting."""
        if self.mail_sender and not is_address(self.mail_sender):
            raise WrongSetting(f"mail_sender is {self.mail_sender!r}; write name@example.ac.kr.", "mail_sender")
        if self.smtp_host and not SMTP_HOST.fullmatch(self.smtp_host):
            raise WrongSetting(
                f"smtp_host is {self.smtp_host!r}; write its name or address, and the port as smtp_port.", "smtp_host"
            )

    @property
    def legacy_networks(self) -> tuple[Network, ...] | None:
        """Where the clients of 2019 are; None: not said."""
        return networks("legacy_clients", self.legacy_clients) if self.legacy_clients.strip() else None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def consent_policy(self) -> Policy:
        """Whether anybody's consent decides something."""
        if self.consent != "auto":
            return Policy(self.consent)
        return Policy.OFF if is_loopback(self.host) else Policy.REQUIRED

    @property
    def tls_policy(self) -> str:
        """off, optional or required."""
        if self.tls != "auto":
            return self.tls
        return "off" if is_loopback(self.host) else "required"

    @property
    def pages_url(self) -> str:
        """Without a `/` at its end; "": not said."""
        url = self.http_url.rstrip("/")
        parts = urlsplit(url)
        if url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query):
            raise WrongSetting(f"http_url is {self.http_url!r}; write https:// and a name, without a path.", "http_url")
        return url

    @property
    def http_host_names(self) -> tuple[str, ...]:
        return listed(self.http_names)

    @property
    def seed_networks(self) -> tuple[Network, ...]:
        return networks("legacy_http_clients", self.legacy_http_clients)

    @property
    def seed_origins(self) -> tuple[str, ...]:
        return listed(self.legacy_http_origins)

    @property
    def seed_ports(self) -> dict[str, int]:
        """The port of each old program that is answered."""
        ports: dict[str, int] = {}
        for each in listed(self.legacy_http):
            name, _, port = each.partition("=")
            if name not in SEED_PROGRAMS or not (port or name).isdigit() or int(port or name) > 65535 or name in ports:
                raise WrongSetting(
                    f"legacy_http is {self.legacy_http!r}; write {', '.join(SEED_PROGRAMS)}, each once, as 1219 or "
                    "1219=8219.",
                    "legacy_http",
                )
            ports[name] = int(port or name)
        return ports

    @property
    def tells_held_up(self) -> bool:
        """Whether photographs held up are looked for."""
        return self.held_up == "advise"

    @property
    def allowed_cameras(self) -> tuple[AllowedCamera, ...]:
        try:
            return tuple(map(read_allowed, self.camera_urls.split()))
        except ValueError as error:
            raise WrongSetting(f"camera_urls: {error}.", "camera_urls") from error

    @property
    def proxy_networks(self) -> tuple[Network, ...]:
        return networks("trusted_proxies", self.trusted_proxies)

    @property
    def own_photographs(self) -> Path | None:
        """The folder, where everybody's photographs are in it."""
        return self.knowns if self.photographs == "here" else None

    @property
    def header_networks(self) -> tuple[Network, ...]:
        return networks("proxies", self.proxies)

    @property
    def database_url(self) -> str:
        return self.database or str(state_folder() / "rollcall.sqlite")

    @property
    def key_path(self) -> Path:
        if self.key_file is not None:
            return self.key_file
        file = sqlite_file(self.database_url)
        return state_folder() / "rollcall.key" if file is None else file.with_suffix(".key")


def load(
    flags: Mapping[str, Any], environment: Mapping[str, str], file: Path | None = None, **defaults: Any
) -> Settings:
    """As settings.load_settings. Raises SetupProblem with what to mend."""
    try:
        return load_settings(Settings, flags, environment, file, **defaults)
    except WrongSetting as wrong:
        raise SetupProblem(wrong.text) from wrong


def listed(text: str) -> tuple[str, ...]:
    """What commas separate."""
    return tuple(each.strip() for each in text.split(",") if each.strip())


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def networks(name: str, text: str) -> tuple[Network, ...]:
    """Addresses and networks of the setting. Raises WrongSetting."""
    try:
        return tuple(map(ip_network, listed(text)))
    except ValueError as error:
        raise WrongSetting(
            f"{name} is {text!r}; write addresses or networks like 10.0.3.0/24, separated by commas.", name
        ) from error


def default_text(each: Field[Any]) -> str:
    """A setting's default as the documents show it; paths relative to the project's root."""
    value = default_of(each)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Path) and value.is_relative_to(ROOT):
        return str(value.relative_to(ROOT))
    return "" if value is None else str(value)
