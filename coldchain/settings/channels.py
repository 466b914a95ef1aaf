"""The alert channels of the settings: e-mail, webhooks, the MQTT alert topic."""

import re
from typing import cast

from coldchain.settings.addresses import web_parts
from coldchain.settings.reader import Section
from coldchain.settings.shapes import Alerts, MailChannel, Secret, Security, WebhookChannel

_ADDRESS = re.compile(r"[^\s@<>,;:\"\\()\[\]]+@[^\s@<>,;:\"\\()\[\]]+")
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


def read_alerts(section: Section) -> Alerts:
    """Everything below ``alerts``; a channel's name is used once, so that records are unambiguous."""
    mail_section, webhook_section = section.section("mail"), section.section("webhooks")
    alerts = Alerts(
        mail=tuple(_mail(name, entry) for name, entry in mail_section.named()),
        webhooks=tuple(_webhook(name, entry) for name, entry in webhook_section.named()),
        mqtt=section.flag("mqtt", True),
    )
    for part in (mail_section, webhook_section, section):
        part.done()
    return alerts


def is_address(text: str) -> bool:
    """Whether a text is one plain e-mail address, in ASCII, without a display name."""
    return bool(_ADDRESS.fullmatch(text)) and text.isascii() and len(text) <= 254


def _mail(name: str, entry: Section) -> MailChannel:
    security = cast("Security", entry.choice("security", ("starttls", "tls", "none"), "starttls"))
    channel = MailChannel(
        name=name,
        host=entry.required("host"),
        port=entry.integer("port", _PORTS[security], 1, 65_535),
        security=security,
        ca_file=entry.path_of("ca_file"),
        user=entry.text("user"),
        password=entry.secret("password"),
        sender=entry.required("from"),
        to=entry.texts("to"),
        timeout_s=(entry.duration_ms("timeout") or 15_000) / 1000,
        devices=entry.flag("devices", True),
    )
    entry.done()
    if not channel.to and not entry.has("to"):
        entry.missing("to", ": the addresses that are told")
    for key, addresses in (("from", (channel.sender,)), ("to", channel.to)):
        for address in addresses:
            if address and not is_address(address):
                entry.refuse(key, f"{address!r} is no e-mail address")
    if channel.password and not channel.user:
        entry.refuse("user", "a password needs a user")
    if channel.user and not channel.password:
        entry.refuse("user", "a user needs a password: write password_file, or set its variable")
    if channel.password and channel.security == "none":
        entry.refuse("security", "the password would cross the network unencrypted: use 'starttls' or 'tls'")
    if channel.ca_file is not None and not channel.ca_file.is_file():
        entry.refuse("ca_file", f"there is no file {channel.ca_file}")
    return channel


def _webhook(name: str, entry: Section) -> WebhookChannel:
    url = entry.text("url")
    file_url = entry.secret("url") if url is None and entry.has("url_file") else None
    address = file_url.reveal() if file_url else url or ""
    channel = WebhookChannel(
        name=name,
        url=Secret(address),
        secret=entry.secret("secret"),
        ca_file=entry.path_of("ca_file"),
        timeout_s=(entry.duration_ms("timeout") or 10_000) / 1000,
        devices=entry.flag("devices", True),
    )
    entry.done()
    if not address:
        entry.missing("url", ": where alerts are posted to (or url_file, if the address holds a token)")
    elif not _is_web_address(address):
        entry.refuse("url", "url is an address such as 'https://chat.example.org/hook', without a user or password")
    if channel.ca_file is not None and not channel.ca_file.is_file():
        entry.refuse("ca_file", f"there is no file {channel.ca_file}")
    return channel


def _is_web_address(text: str) -> bool:
    parts = web_parts(text)
    return parts is not None and parts.username is None and parts.password is None
