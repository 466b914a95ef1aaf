"""Where the pages are served, and which programs may send: the section ``http`` and the pages' address."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from coldchain.payloads.registry import DECODERS
from coldchain.settings.addresses import is_loopback, web_parts
from coldchain.settings.reader import Section
from coldchain.settings.shapes import ApiToken, Http, Secret, WebhookIn
from coldchain.settings.sources import nearest

SHORTEST_TOKEN = 20
_WIDEST = {4: 8, 6: 16}
"""A network of proxies is no larger than this, in bits that are the same: who says 0.0.0.0/0 believes everybody."""
PROOFS = ("hmac-sha256", "disruptive", "bearer", "basic")
"""How whoever posts to a webhook may prove the secret."""
_SHORT_TOKEN = f"a token needs at least {SHORTEST_TOKEN} characters, such as 'openssl rand -hex 32' prints"
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 — compared with, not listened on


def read_http(section: Section) -> Http:
    """Everything below ``http``: beyond this machine only where the file says so."""
    tokens, webhooks = section.section("tokens"), section.section("webhooks")
    http = Http(
        host=section.text("host") or "127.0.0.1",
        port=section.integer("port", 8080, 0, 65_535),
        allow_plain=section.flag("allow_plain", False),
        trusted_proxies=_proxies(section),
        tokens=tuple(_token(name, entry) for name, entry in tokens.named()),
        webhooks=tuple(_webhook(name, entry) for name, entry in webhooks.named()),
    )
    if not is_loopback(http.host) and not http.allow_plain:
        section.refuse(
            "host",
            f"{http.host} would serve plain HTTP to other machines: keep 127.0.0.1 and put a web server with TLS "
            "before it, or say 'allow_plain: true'",
        )
    tokens.done()
    webhooks.done()
    section.done()
    return http


def _proxies(section: Section) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses or networks; everybody at once is no proxy."""
    found = []
    for text in section.texts("trusted_proxies"):
        try:
            network = ip_network(text)
        except ValueError:
            section.refuse(
                "trusted_proxies", f"a proxy is an address or a network such as 127.0.0.1 or 10.0.3.0/24 (got {text!r})"
            )
            continue
        if network.prefixlen < _WIDEST[network.version]:
            section.refuse("trusted_proxies", f"{text} is no proxy but half the world: name the web server's address")
        found.append(network)
    return tuple(found)


def _token(name: str, entry: Section) -> ApiToken:
    token = ApiToken(name, entry.secret("token") or Secret(""), entry.flag("may_write", False))
    entry.done()
    if not entry.has("token") and not entry.has("token_file"):
        variable = f"COLDCHAIN_HTTP_TOKENS_{name.upper().replace('-', '_')}_TOKEN"
        entry.missing("token_file", f": the file that holds the program's token (or the variable {variable})")
    elif 0 < len(token.token.reveal()) < SHORTEST_TOKEN:
        entry.refuse("token_file" if entry.has("token_file") else "token", _SHORT_TOKEN)
    return token


def _webhook(name: str, entry: Section) -> WebhookIn:
    decoder, proof = entry.required("decoder"), entry.text("proof") or "hmac-sha256"
    webhook = WebhookIn(name, decoder, proof, entry.secret("secret") or Secret(""))
    entry.done()
    if decoder and decoder not in DECODERS:
        entry.refuse("decoder", f"there is no decoder {decoder!r}{nearest(decoder, sorted(DECODERS))}")
    if proof not in PROOFS:
        entry.refuse("proof", f"there is no proof {proof!r}; there are {', '.join(PROOFS)}")
    if not entry.has("secret") and not entry.has("secret_file"):
        entry.missing("secret_file", ": the file that holds the secret shared with whoever posts")
    elif 0 < len(webhook.secret.reveal()) < SHORTEST_TOKEN:
        entry.refuse("secret_file" if entry.has("secret_file") else "secret", _SHORT_TOKEN.replace("token", "secret"))
    return webhook


def read_public_url(root: Section, http: Http) -> str:
    """The address of the pages in alerts: the given one, else the one that is listened on."""
    given = root.text("public_url")
    if given is None:
        return f"http://{_ANYWHERE.get(http.host, http.host)}:{http.port}"
    parts = web_parts(given)
    if parts is None or parts.query or parts.fragment:
        root.refuse("public_url", f"public_url is an address such as 'https://cold.example.org' (got {given!r})")
    elif parts.username or parts.password:
        root.refuse("public_url", "public_url stands in every alert: it holds no user name and no password")
    return given.rstrip("/")
