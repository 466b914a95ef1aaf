"""The one place where parts are joined: `Settings` to a running `App`.

`serve` and `demo` both go through `build`.

====================  =================================================================================================
starting              `app` (in the right order), `places` (the settings' locations into the record), `sole` (one
                      service a record), `standing_by` and `unserved` (several)
the way in            `wayin` (broker or embedded broker), `kafka_way`, `newcomers`, `losses`, `canary` (the proof)
telling               `channels` (of the settings), `deliveries`, `devices`
by the clock          `bells` (APScheduler rings what is due), `archiving`
watching itself       `health`, `troubles` (told past the database), `watch`, `deadman`, `doctor`
pages                 `pages` (what they are given), `server` (uvicorn in a thread)
====================  =================================================================================================
"""

from coldchain.bootstrap.app import App, PortOptions, build

__all__ = ["App", "PortOptions", "build"]
