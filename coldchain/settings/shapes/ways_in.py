"""The ways in: the pages and the API, MQTT."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from coldchain.payloads.registry import DECODERS
from coldchain.payloads.routing import Route
from coldchain.settings.shapes.secret import Secret

Mode = Literal["embedded", "broker", "off"]
Protocol = Literal["5", "3.1.1"]
NATIVE_ROUTES = tuple(Route(each, "native") for each in DECODERS["native"].filters)
"""The native topic is always understood."""


@dataclass(frozen=True)
class ApiToken:
    """A program that may use ``/api/v1``.

    Attributes:
        name: The gateway or program.
        may_write: Whether it may send readings.
    """

    name: str
    token: Secret
    may_write: bool = False


@dataclass(frozen=True)
class WebhookIn:
    """A cloud or network server that posts events to ``/api/v1/webhooks/NAME``.

    Attributes:
        decoder: Which system's format it posts.
        proof: How it proves the secret.
    """

    name: str
    decoder: str
    proof: str
    secret: Secret


@dataclass(frozen=True)
class Http:
    """Where the pages are served.

    Attributes:
        host, port: The address to listen on; port 0 lets the system choose.
        allow_plain: Whether plain HTTP may be served to other machines.
        trusted_proxies: Web servers whose word on where a request came from is taken.
        tokens: Programs that may use ``/api/v1``.
        webhooks: Who may post events in their own formats.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    allow_plain: bool = False
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    tokens: tuple[ApiToken, ...] = ()
    webhooks: tuple[WebhookIn, ...] = ()


@dataclass(frozen=True)
class Mqtt:
    """The live way in.

    Attributes:
        mode: ``broker`` subscribes at a broker, ``embedded`` is one itself, ``off`` leaves HTTP alone.
        host, port: The broker's address, or the one to listen on.
        tls: Whether the connection to the broker is encrypted and its certificate checked.
        ca_file: Which authority signed that certificate; ``None`` for the system's.
        certificate_file, key_file: Our own certificate, where the broker asks for one.
        user, password: The account at the broker; for ``embedded`` the one that sensors use.
        accounts_file: The accounts of devices at the embedded broker; each may publish as itself only.
        protocol: What the broker speaks.
        client_id: The name of our session at the broker; it must stay the same for messages to wait for us.
        allow_plain: Whether unencrypted MQTT may cross the network.
        bulk: Whether messages are received in large pieces, for thousands of them a second.
        routes: Which decoder reads what.
    """

    mode: Mode = "broker"
    host: str = "127.0.0.1"
    port: int = 1883
    tls: bool = False
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    user: str | None = None
    password: Secret | None = None
    accounts_file: Path | None = None
    protocol: Protocol = "5"
    client_id: str = "coldchain"
    allow_plain: bool = False
    bulk: bool = False
    routes: tuple[Route, ...] = NATIVE_ROUTES
