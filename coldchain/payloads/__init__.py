"""Sensor messages in, readings out: one file a sensor system, and a registry of them.

`decode` turns one message into its readings; `Router` says by topic which system sent it.
"""

from coldchain.payloads.message import Decoded
from coldchain.payloads.registry import DECODERS, DEFAULT_ROUTES, decode
from coldchain.payloads.routing import Route, Router, topic_matches

__all__ = ["DECODERS", "DEFAULT_ROUTES", "Decoded", "Route", "Router", "decode", "topic_matches"]
