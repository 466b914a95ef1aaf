"""The service's own state, as published to ``coldchain/status``."""

import json

ONLINE = json.dumps({"schema": "coldchain.status/1", "state": "online"}).encode()
OFFLINE = json.dumps({"schema": "coldchain.status/1", "state": "offline"}).encode()
"""Also the last will: the broker publishes it for us when we vanish."""
