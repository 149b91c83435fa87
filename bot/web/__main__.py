"""``python -m bot.web``: serve customers and agents."""

from __future__ import annotations

import uvicorn

from bot import settings as configuration
from bot.web import logs
from bot.web.app import create_app
from bot.web.wire import BODY_BYTES


def main() -> None:
    """Serve until told to stop; open turns are finished by the next process."""
    settings = configuration.load()
    logs.configure()
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        ws="wsproto",
        ws_max_size=BODY_BYTES,
        access_log=False,  # its lines would hold conversation ids
        log_config=None,
        proxy_headers=False,  # we read X-Forwarded-For ourselves, and only when told to
        server_header=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
