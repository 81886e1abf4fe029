"""What is handed to the engine's client, from the variables that its own documentation names."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.service import TLSConfig

from engine.access import EngineAccessError, access


def test_without_a_variable_nothing_is_asked_for() -> None:
    assert access({}) == {}


def test_an_api_key_goes_over_tls() -> None:
    assert access({"TEMPORAL_API_KEY": "key"}) == {"api_key": "key", "tls": True}


def test_certificates_of_our_own_are_read_from_their_files(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("ca", "cert", "key")}
    for name, file in files.items():
        file.write_bytes(name.encode())
    found = access(
        {
            "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(files["ca"]),
            "TEMPORAL_TLS_CLIENT_CERT_PATH": str(files["cert"]),
            "TEMPORAL_TLS_CLIENT_KEY_PATH": str(files["key"]),
            "TEMPORAL_TLS_SERVER_NAME": "engine.example.org",
        }
    )
    wanted = TLSConfig(
        server_root_ca_cert=b"ca", client_cert=b"cert", client_private_key=b"key", domain="engine.example.org"
    )
    assert found == {"tls": wanted}


def test_certificates_may_stand_in_the_variables_themselves() -> None:
    found = access(
        {
            "TEMPORAL_TLS_SERVER_CA_CERT_DATA": "ca",
            "TEMPORAL_TLS_CLIENT_CERT_DATA": "cert",
            "TEMPORAL_TLS_CLIENT_KEY_DATA": "key",
        }
    )
    wanted = TLSConfig(server_root_ca_cert=b"ca", client_cert=b"cert", client_private_key=b"key")
    assert found == {"tls": wanted}


def test_a_profile_is_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    file = tmp_path / "engines.toml"
    file.write_text('[profile.cloud]\naddress = "elsewhere:7233"\nnamespace = "other"\napi_key = "key"\n')
    found = access({"TEMPORAL_CONFIG_FILE": str(file), "TEMPORAL_PROFILE": "cloud"})
    assert found == {"api_key": "key", "tls": True}


def test_a_missing_certificate_is_told_without_a_trace(tmp_path: Path) -> None:
    with pytest.raises(EngineAccessError, match="cannot be read"):
        access({"TEMPORAL_TLS_CLIENT_CERT_PATH": str(tmp_path / "none"), "TEMPORAL_TLS": "1"})


def test_a_profile_that_does_not_exist_is_told(tmp_path: Path) -> None:
    file = tmp_path / "engines.toml"
    file.write_text('[profile.cloud]\naddress = "elsewhere:7233"\n')
    with pytest.raises(EngineAccessError, match="cannot be used"):
        access({"TEMPORAL_CONFIG_FILE": str(file), "TEMPORAL_PROFILE": "none"})
