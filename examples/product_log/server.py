"""Serve an ASGI application for the length of an `async with` block."""

import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import uvicorn
from starlette.types import ASGIApp


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncGenerator[str]:
    """
    Serve `app` with uvicorn on a free port of this machine and yield its base URL.

    The socket listens from the start: a client that connects before the application is ready
    waits. Leaving the block ends the server and the application's lifespan.
    """
    server = uvicorn.Server(uvicorn.Config(app, lifespan="on", log_level="warning"))
    stopped = anyio.Event()

    async def serve() -> None:
        try:
            await server.serve([listener])
        finally:
            stopped.set()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(serve)
            try:
                yield f"http://{host}:{port}"
            finally:
                server.should_exit = True
                # Also after an error: the application ends its lifespan before the server's task
                # is cancelled.
                with anyio.CancelScope(shield=True):
                    await stopped.wait()
