"""The one place where parts are joined: `Settings` to a running `App`.

`serve` and `demo` both go through `build`. The pieces: `app` (starting and stopping in the right order), `places`
(the settings' locations into the record), `channels` (alert channels), `bells` (APScheduler rings what is due),
`wayin` (broker or embedded broker), `server` (uvicorn in a thread), `health`, `sole` (one service a database).
"""

from coldchain.bootstrap.app import App, PortOptions, build

__all__ = ["App", "PortOptions", "build"]
