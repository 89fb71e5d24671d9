"""How the service is."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response

import tilemaker
from tilemaker.auth.base import Member
from tilemaker.errors import MapError
from tilemaker.monitor.metrics import MEDIA_TYPE
from tilemaker.server import answers
from tilemaker.server.operations import Asker, Nothing, Operation
from tilemaker.server.visibility import view_of

if TYPE_CHECKING:
    from pydantic import BaseModel

    from tilemaker.atlas.layer import Layer
    from tilemaker.server.attention import Attention

TAG = "Service"


def get_health(_request: Asker, _asked: Nothing) -> Response:
    """Say that requests are answered."""
    return _now(answers.Health(status="ok", version=tilemaker.__version__))


def get_readiness(request: Asker, _asked: Nothing) -> Response:
    """Say of each layer whether it is ready, building its overview, or unavailable and why.

    The status is 503 when there are layers and none of them can be read.
    """
    attention = request.state["services"].attention
    layers = tuple(_state(layer, attention) for layer in view_of(request).layers())
    is_ready = not layers or any(layer.state != "unavailable" for layer in layers)
    return _now(answers.Readiness(ready=is_ready, layers=layers), HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE)


def get_login_state(request: Asker, _asked: Nothing) -> Response:
    """Say who the caller is, and how to log in or out.

    Where there is a login, `login` sends a browser to it and back, and `logout` ends it. A browser whose login has expired gets 401
    and `LoginExpired` from everything else; asking for this renews the login where that is possible, and ends it where it is not,
    the second time that it is asked.
    """
    user, can_log_in = request.user, request.state["services"].login is not None
    is_member = isinstance(user, Member)
    return _now(
        answers.LoginState(
            can_log_in=can_log_in,
            logged_in=is_member,
            name=user.display_name if is_member else None,
            expires_at=user.until if is_member else None,
            login_url="login" if can_log_in else None,
            logout_url="logout" if can_log_in else None,
        )
    )


def get_metrics(request: Asker, _asked: Nothing) -> Response:
    """Tell what is counted, of all worker processes together, as Prometheus reads it.

    Routes, statuses and numbers: nothing that names a map or a visitor.
    """
    return Response(request.state["services"].metrics.text(), headers={"Cache-Control": "no-store"}, media_type=MEDIA_TYPE)


def _state(layer: Layer, attention: Attention) -> answers.LayerState:
    try:
        progress = attention.to((layer, "progress"), lambda: layer.provider.progress)
    except MapError as error:
        return answers.LayerState(layer_id=layer.layer_id, state="unavailable", progress=0.0, reason=str(error))
    state = "ready" if progress >= 1.0 else "building"
    return answers.LayerState(layer_id=layer.layer_id, state=state, progress=progress, reason=None)


def _now(answer: BaseModel, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(answer.model_dump_json(), status, {"Cache-Control": "no-store"}, "application/json")


OPERATIONS = (
    Operation("/healthz", get_health, TAG, Nothing, answers.Health, at_once=get_health),
    Operation("/metrics", get_metrics, TAG, Nothing, media_types=["text/plain"], crew=None),
    Operation("/login-state", get_login_state, TAG, Nothing, answers.LoginState, at_once=get_login_state),
    Operation("/readyz", get_readiness, TAG, Nothing, answers.Readiness, other_statuses={503: "No layer can be read."}, crew=None),
)
