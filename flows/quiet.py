"""Prefect's settings as a tool that works offline and speaks for itself wants them.

Imported before `prefect` by every module that imports it; what the user's own environment says wins.
"""

import os

DEFAULTS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",  # else every start without internet prints an error
    "DO_NOT_TRACK": "1",  # the client's own usage data, of which it tells on a terminal
    "PREFECT_LOGGING_LEVEL": "CRITICAL",  # our own lines say what went wrong
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",  # the first start ever comes close to the default of 20
    "PREFECT_CLI_COLORS": "false",
}

for name, value in DEFAULTS.items():
    os.environ.setdefault(name, value)
