"""How an engine elsewhere is reached: TLS, certificates of our own, an API key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from temporalio.envconfig import ClientConfigProfile

from domain.errors import TuntasError

FROM_FILE = ("TEMPORAL_CONFIG_FILE", "TEMPORAL_PROFILE")


class EngineAccessError(TuntasError):
    """What says how to reach the engine cannot be used."""


def access(variables: Mapping[str, str]) -> dict[str, Any]:
    """What `Client.connect` takes beside address and namespace: `tls`, `api_key`, `rpc_metadata`.

    A file of profiles is read only if one of the variables asks for it; variables go before the file. Raises:
    EngineAccessError, without repeating a secret.
    """
    asks_for_file = any(name in variables for name in FROM_FILE)
    try:
        profile = ClientConfigProfile.load(
            variables.get("TEMPORAL_PROFILE"), disable_file=not asks_for_file, override_env_vars=variables
        )
        found = dict(profile.to_client_connect_config())
    except RuntimeError as problem:
        raise EngineAccessError(f"The TEMPORAL_ variables cannot be used: {problem}.") from problem
    except OSError as problem:
        raise EngineAccessError(
            f"A certificate or key that a TEMPORAL_TLS_ variable names cannot be read: {problem.strerror}."
        ) from problem
    return {name: value for name, value in found.items() if name not in {"target_host", "namespace"}}
