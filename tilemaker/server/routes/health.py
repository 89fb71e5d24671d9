"""How the service is."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response

import tilemaker
from tilemaker.errors import MapError
from tilemaker.server import answers
from tilemaker.server.operations import Asker, Nothing, Operation
from tilemaker.server.visibility import view_of

if TYPE_CHECKING:
    from pydantic import BaseModel

    from tilemaker.atlas.layer import Layer

TAG = "Service"


def get_health(_request: Asker, _asked: Nothing) -> Response:
    """Say that requests are answered."""
    return _now(answers.Health(status="ok", version=tilemaker.__version__))


def get_readiness(request: Asker, _asked: Nothing) -> Response:
    """Say of each layer whether it is ready, building its overview, or unavailable and why.

    The status is 503 when there are layers and none of them can be read.
    """
    layers = tuple(
        _state(layer) for group in view_of(request).groups for one in group.maps for band in one.bands for layer in band.layers
    )
    is_ready = not layers or any(layer.state != "unavailable" for layer in layers)
    return _now(answers.Readiness(ready=is_ready, layers=layers), HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE)


def _state(layer: Layer) -> answers.LayerState:
    try:
        progress = layer.provider.progress
    except MapError as error:
        return answers.LayerState(layer_id=layer.layer_id, state="unavailable", progress=0.0, reason=str(error))
    state = "ready" if progress >= 1.0 else "building"
    return answers.LayerState(layer_id=layer.layer_id, state=state, progress=progress, reason=None)


def _now(answer: BaseModel, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(answer.model_dump_json(), status, {"Cache-Control": "no-store"}, "application/json")


OPERATIONS = (
    Operation("/healthz", get_health, TAG, Nothing, answers.Health),
    Operation("/readyz", get_readiness, TAG, Nothing, answers.Readiness, other_statuses={503: "No layer can be read."}),
)
