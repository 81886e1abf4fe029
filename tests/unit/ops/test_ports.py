from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.ports import UI_ABOVE, free_ui_port, is_free, require_free_ports
from ops.refusal import Refusal
from settings import Settings


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def settings_for(port: int, engine_port: int, **more: str) -> Settings:
    ports = {"TUNTAS_PORT": str(port), "TUNTAS_ENGINE_PORT": str(engine_port)}
    return Settings.from_env({"TUNTAS_HOME": str(Path.cwd() / "var"), **ports, **more})


def test_a_port_is_free_again_when_its_server_has_gone(taken: int) -> None:
    assert not is_free(taken)
    assert is_free(free_port())


def test_a_taken_port_is_named_with_its_variable(taken: int) -> None:
    with pytest.raises(Refusal) as refusal:
        require_free_ports(settings_for(taken, free_port()))
    assert refusal.value.lines == (
        f"Port {taken} is taken: stop the program that uses it, or name another in TUNTAS_PORT.",
    )


def test_two_taken_ports_are_two_lines(taken: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(Refusal) as refusal:
        require_free_ports(settings_for(taken, other.getsockname()[1]))
    assert [line.rsplit(" ", 1)[1] for line in refusal.value.lines] == ["TUNTAS_PORT.", "TUNTAS_ENGINE_PORT."]


def test_one_port_for_two_servers_is_refused() -> None:
    port = free_port()
    with pytest.raises(Refusal, match="are the same"):
        require_free_ports(settings_for(port, port))


def test_an_engine_elsewhere_needs_no_port_here(taken: int) -> None:
    elsewhere = settings_for(free_port(), taken, TEMPORAL_ADDRESS="engine.example.org:7233", TEMPORAL_TLS="1")
    assert require_free_ports(elsewhere) is None


def test_a_taken_port_of_the_figures_is_named_too(taken: int) -> None:
    with pytest.raises(Refusal, match="TUNTAS_METRICS_PORT"):
        require_free_ports(settings_for(free_port(), free_port(), TUNTAS_METRICS_PORT=str(taken)))


def test_the_engines_own_pages_get_a_port_that_nobody_has_or_will_want(taken: int) -> None:
    engine = taken - UI_ABOVE
    found = free_ui_port(settings_for(taken + 1, engine, TUNTAS_METRICS_PORT=str(taken + 2)))
    assert found > taken + 3 and is_free(found)


def test_an_engine_on_the_highest_port_has_pages_on_a_lower_one() -> None:
    assert 1024 <= free_ui_port(settings_for(free_port(), 65535)) < 65535
