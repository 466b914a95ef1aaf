"""Sensor messages in, readings out: one file a sensor system, and a registry of them.

`decode` turns one message into its readings; `Router` says by topic which system sent it.
"""

from coldchain.payloads.announcements import Announced, Announcements
from coldchain.payloads.bytecodes import CODECS
from coldchain.payloads.message import Decoded
from coldchain.payloads.registry import DECODERS, DEFAULT_ROUTES, announcement, decode
from coldchain.payloads.report import Report
from coldchain.payloads.reports import reports_of
from coldchain.payloads.routing import Declared, Route, Router, topic_matches

__all__ = [
    "CODECS",
    "DECODERS",
    "DEFAULT_ROUTES",
    "Announced",
    "Announcements",
    "Declared",
    "Decoded",
    "Report",
    "Route",
    "Router",
    "announcement",
    "decode",
    "reports_of",
    "topic_matches",
]
