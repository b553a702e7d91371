"""Invocations: those of endpoints without instances fail, all others are moto's."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.sagemakerruntime.responses import SageMakerRuntimeResponse as MotoSageMakerRuntimeResponse

from .models import SageMakerRuntimeBackend

MODEL_ERROR = 424  # source: model
TARGET_VARIANT = "X-Amzn-SageMaker-Target-Variant"


class SageMakerRuntimeResponse(MotoSageMakerRuntimeResponse):
    """Answers requests to SageMaker Runtime."""

    def invoke_endpoint(self) -> Any:
        """InvokeEndpoint. source: documented for endpoints whose plan has expired"""
        backend = self.sagemakerruntime_backend
        assert isinstance(backend, SageMakerRuntimeBackend)
        name = unquote(self.path.split("/")[2])
        reason = backend.why_not_answering(name, self.headers.get(TARGET_VARIANT))
        if reason is None:
            return super().invoke_endpoint()
        headers = {
            "status": MODEL_ERROR,
            "Content-Type": "application/json",
            "x-amzn-errortype": "ModelError",
        }
        return MODEL_ERROR, headers, json.dumps({"Message": reason, "OriginalMessage": reason})
