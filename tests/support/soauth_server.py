"""A SOAuth server with a database of its own and somebody instead of GitHub.

``python -m tests.support.soauth_server PORT FOLDER HOME SECONDS`` serves, after it has written what a service needs to know of it
to ``FOLDER/service.json``.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID


def serve(port: int, folder: Path, home: str, access_seconds: int) -> None:
    """Serve until the end, with access tokens that are good for so many seconds."""
    os.environ |= {
        "SOAUTH_DATABASE_TYPE": "sqlite",
        "SOAUTH_DATABASE_DB": str(folder / "soauth.db"),
        "SOAUTH_CREATE_EXAMPLE_APP_AND_USER": "true",
        "SOAUTH_HOSTNAME": f"http://localhost:{port}",
        "SOAUTH_ACCESS_KEY_EXPIRY": f"PT{access_seconds}S",
    }
    import uvicorn
    from sqlalchemy.dialects import registry

    # By this name SOAuth asks for what SQLAlchemy calls sqlite+aiosqlite.
    registry.register("aiosqlite", "sqlalchemy.dialects.sqlite.aiosqlite", "dialect")
    from soauth.api.app import app
    from soauth.api.dependencies import SETTINGS, get_github

    take_ids_as_text()
    (folder / "service.json").write_text(json.dumps(register(SETTINGS(), home)), "utf-8")
    app.dependency_overrides[get_github] = instead_of_github
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


def take_ids_as_text() -> None:
    """Look for ids that are text, as they are in tokens: PostgreSQL takes them, SQLite has to be helped."""
    from sqlalchemy import Uuid

    processor_of = Uuid.bind_processor

    def bind_processor(self: Uuid[Any], dialect: Any) -> Any:  # noqa: ANN401
        process = processor_of(self, dialect)
        return process and (lambda value: process(UUID(hex=value) if isinstance(value, str) else value))

    Uuid.bind_processor = bind_processor  # type: ignore[method-assign]


def register(settings: Any, home: str) -> dict[str, str]:  # noqa: ANN401  the package has no types
    """Make a service known, and return what it has to know."""
    from soauth.core.cryptography import generate_key_pair
    from soauth.database.app import App
    from soauth.database.user import User
    from sqlmodel import select

    public, private = generate_key_pair(key_pair_type=settings.key_pair_type, key_password=settings.key_password)
    with settings.sync_manager().session() as connection:
        owner = connection.execute(select(User)).scalars().first()
        service = App(
            app_name="tilemaker", api_access=True, created_by_user_id=owner.user_id, created_by=owner, created_at=datetime.now(UTC),
            domain=home, redirect_url=f"{home}/callback",
            key_pair_type=settings.key_pair_type, public_key=public, private_key=private,
        )  # fmt: skip
        connection.add_all([service, User(user_name="ada", full_name="Ada Lovelace", email="ada@example.org", grants="members")])
        connection.commit()
        return {
            "app_id": str(service.app_id), "client_secret": service.client_secret, "public_key": public.decode(),
            "private_key": private.decode(), "key_password": settings.key_password,
        }  # fmt: skip


def instead_of_github() -> Any:  # noqa: ANN401
    """Return the package's own twin of GitHub, at which everybody is Ada, and is sent back at once."""
    from soauth.service.mock import MockProvider

    class Ada(MockProvider):  # type: ignore[misc]
        async def redirect(self, login_request: Any, settings: Any) -> str:  # noqa: ANN401
            return f"{settings.hostname}/github?code=x&state={login_request.login_request_id}"

        async def refresh(self, user: Any, **_asked: Any) -> Any:  # noqa: ANN401
            return user

    return Ada(user_name="ada", full_name="", email="", grants="")


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
