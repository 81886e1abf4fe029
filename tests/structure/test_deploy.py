"""What is written for containers, systemd and proxies names only what there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import pytest
import yaml

from cli import tuntas
from settings import DEFAULT_PORT, ENGINE_UI_PATH, WORKER_ROLES
from tests.sources import ROOT
from web.security import MAX_BODY_BYTES

OURS = re.compile(r"\b(?:TUNTAS|TEMPORAL|SENDGRID)_[A-Z_]*[A-Z]\b")
INTERFACES = set(OURS.findall((ROOT / "docs/interfaces.md").read_text()))
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
APP = {name: found for name, found in SERVICES.items() if found["image"].startswith("tuntas:")}
UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
DOCKERFILE = (ROOT / "Dockerfile").read_text()
MEGABYTE, MEBIBYTE = 1000**2, 1024**2


def is_command(words: list[str]) -> bool:
    found: click.Command = tuntas
    for word in words:
        if not isinstance(found, click.Group) or word not in found.commands:
            return False
        found = found.commands[word]
    return not isinstance(found, click.Group)


def test_the_containers_are_found() -> None:
    assert {"postgres", "engine", "engine-ui", "migrate", "web", "proxy"} <= set(SERVICES)
    assert set(APP) == {"migrate", "engine-prepare", "web", *(f"worker-{role}" for role in WORKER_ROLES)}


@pytest.mark.parametrize("name", APP)
def test_a_container_of_ours_runs_a_command_that_there_is(name: str) -> None:
    assert is_command(APP[name]["command"])


@pytest.mark.parametrize("name", APP)
def test_a_container_of_ours_is_given_variables_that_there_are(name: str) -> None:
    assert set(APP[name]["environment"]) <= INTERFACES


@pytest.mark.parametrize("name", APP)
def test_a_container_of_ours_may_change_nothing_but_its_home(name: str) -> None:
    found = APP[name]
    assert found["read_only"] and found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in found


def test_each_role_of_the_worker_has_its_container() -> None:
    roles = {found["environment"].get("TUNTAS_WORKER_ROLES") for found in APP.values()} - {None}
    assert roles == set(WORKER_ROLES)


def test_every_image_of_others_is_pinned() -> None:
    images = {found["image"] for found in SERVICES.values() if not found["image"].startswith("tuntas:")}
    assert all(re.search(r":v?\d+\.\d+[\w.-]*$", image) for image in images), images
    assert not any("auto-setup" in image for image in images)


def test_the_engine_in_containers_is_the_one_that_we_embed() -> None:
    program = Path(sys.executable).with_name("temporal")
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    server, pages = re.findall(r"(?:Server|UI) (\d+\.\d+\.\d+)", told)
    assert SERVICES["engine"]["image"] == f"temporalio/server:{server}"
    assert SERVICES["engine-schema"]["image"] == f"temporalio/admin-tools:{server}"
    assert SERVICES["engine-ui"]["image"] == f"temporalio/ui:{pages}"


def test_only_the_proxy_is_reached_from_other_machines() -> None:
    published = {name: found["ports"] for name, found in SERVICES.items() if "ports" in found}
    assert set(published) == {"proxy"}
    assert COMPOSE["networks"]["inner"] == COMPOSE["networks"]["front"] == {"internal": True}
    assert SERVICES["proxy"]["networks"] == ["front", "edge"]


def test_only_the_web_reaches_the_engines_own_pages_which_reach_nothing_but_the_engine() -> None:
    found, asked = SERVICES["engine-ui"], urlsplit(SERVICES["web"]["environment"]["TUNTAS_ENGINE_UI_URL"])
    assert (asked.hostname, asked.port, asked.path) == ("engine-ui", 8080, "")
    assert found["environment"]["TEMPORAL_UI_PUBLIC_PATH"] == ENGINE_UI_PATH
    assert {value for name, value in found["environment"].items() if "_DISABLE_" in name} == {"true"}
    assert found["networks"] == ["pages"] and COMPOSE["networks"]["pages"] == {"internal": True}
    assert {name for name, one in SERVICES.items() if "pages" in one["networks"]} == {
        "engine",
        "engine-ui",
        "web",
    }


def test_nginx_counts_the_files_of_the_engines_own_pages_apart() -> None:
    text = (ROOT / "deploy/nginx.conf").read_text()
    assert f'~^{ENGINE_UI_PATH}/_app/ "";' in text and "limit_req_zone $visitor " in text
    assert f"~^{ENGINE_UI_PATH}/_app/ $binary_remote_addr;" in text
    assert "limit_req_zone $engine_visitor " in text and "limit_req zone=tuntas_engine " in text


def test_only_the_proxy_and_the_one_that_mails_reach_the_world() -> None:
    open_ones = {name for name, found in COMPOSE["networks"].items() if found != {"internal": True}}
    reaching = {name for name, found in SERVICES.items() if open_ones & set(found["networks"])}
    assert reaching == {"proxy", "worker-mail"}


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_logged_does_not_fill_the_disk(name: str) -> None:
    assert SERVICES[name]["logging"] == {"driver": "local"}


def test_the_database_is_ready_once_it_listens_to_others() -> None:
    assert "--host=127.0.0.1" in SERVICES["postgres"]["healthcheck"]["test"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_runs_all_the_time_is_looked_after(name: str) -> None:
    found = SERVICES[name]
    once = found["restart"] == "no"
    assert once or "healthcheck" in found or name in {"proxy", "engine-ui"}
    for other, condition in found.get("depends_on", {}).items():
        wanted = "service_completed_successfully" if SERVICES[other]["restart"] == "no" else "service_healthy"
        assert condition == {"condition": wanted}


def test_every_file_secret_and_volume_that_a_container_names_is_there() -> None:
    made = (ROOT / "deploy/make-secrets.sh").read_text()
    for found in SERVICES.values():
        for volume in found.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith("./") else source in COMPOSE["volumes"]
        for secret in found.get("secrets", []):
            assert secret in COMPOSE["secrets"] and f"keep {secret}\n" in made
        for word in found.get("entrypoint", [])[1:]:
            folder = next(each.split(":")[0] for each in found["volumes"] if ":/deploy:" in each)
            assert (ROOT / folder / word.removeprefix("/deploy/")).exists()


def test_secrets_come_from_files_alone() -> None:
    words = re.compile(r"PASSWORD|API_KEY|WEBHOOK_KEY|MASTER_KEY|DATABASE_URL")
    given = {
        name for found in SERVICES.values() for name in found.get("environment", {}) if words.search(name)
    }
    assert given and all(name.endswith("_FILE") for name in given)


def test_the_image_is_pinned_and_not_run_by_root() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert bases and all(re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", base) for base in bases)
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)
    assert DOCKERFILE.rindex("\nUSER ") > DOCKERFILE.rindex("\nRUN ")
    assert set(OURS.findall(DOCKERFILE)) <= INTERFACES
    assert f"EXPOSE {DEFAULT_PORT}" in DOCKERFILE


def test_no_secret_gets_into_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", "secrets", "var", ".env", "*.dump", "*.tar"} <= set(ignored)
    assert {"secrets/", ".env", "*.dump", "*.tar"} <= set((ROOT / ".gitignore").read_text().split())


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_runs_a_command_that_there_is_with_variables_that_there_are(unit: Path) -> None:
    text = unit.read_text()
    started = re.findall(r"^ExecStart=/srv/tuntas/\.venv/bin/tuntas (.+)$", text, re.MULTILINE)
    assert started and all(is_command(line.split()) for line in started)
    assert set(OURS.findall(text)) <= INTERFACES
    assert set(re.findall(r"tuntas-\w+@?\.service", text)) <= {found.name for found in UNITS}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_shut_in(unit: Path) -> None:
    lines = set(unit.read_text().splitlines())
    assert {"User=tuntas", "NoNewPrivileges=true", "ProtectSystem=strict", "CapabilityBoundingSet="} <= lines
    assert any(line.endswith(" HOME=/var/lib/tuntas") for line in lines), "that of people is out of its reach"


def test_the_settings_of_the_units_are_settings() -> None:
    text = (ROOT / "deploy/systemd/tuntas.conf").read_text()
    named = re.findall(r"^(\w+)=", text, re.MULTILINE)
    assert named and set(named) <= INTERFACES


def test_each_role_has_a_metrics_port_of_its_own() -> None:
    folders = {
        path.parent.name: path.read_text() for path in (ROOT / "deploy/systemd").glob("*/metrics.conf")
    }
    assert set(folders) == {f"tuntas-worker@{role}.service.d" for role in WORKER_ROLES}
    assert len(set(folders.values())) == len(WORKER_ROLES)
    assert all("TUNTAS_METRICS_PORT=" in text for text in folders.values())


def test_the_proxies_let_through_what_the_web_takes_and_lead_to_nothing_else() -> None:
    caddy, nginx = (ROOT / "deploy/Caddyfile").read_text(), (ROOT / "deploy/nginx.conf").read_text()
    size = re.search(r"max_size (\d+)MB", caddy)
    other = re.search(r"client_max_body_size (\d+)m;", nginx)
    assert size and MAX_BODY_BYTES <= int(size[1]) * MEGABYTE <= MAX_BODY_BYTES + 2 * MEGABYTE
    assert other and MAX_BODY_BYTES <= int(other[1]) * MEBIBYTE <= MAX_BODY_BYTES + 2 * MEBIBYTE
    assert re.findall(r"proxy_pass (\S+);", nginx) == [f"http://127.0.0.1:{DEFAULT_PORT}"]
    assert SERVICES["proxy"]["environment"]["UPSTREAM"] == f"web:{DEFAULT_PORT}"


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_a_proxy_replaces_what_visitors_claim_and_keeps_no_log_of_them(name: str) -> None:
    text = (ROOT / "deploy" / name).read_text()
    assert re.search(r"X-Forwarded-For (\{remote_host\}|\$remote_addr)", text)
    if name == "Caddyfile":
        assert "output discard" in text and "request delete" in text
    else:
        assert (
            text.count("server {") == text.count("access_log off;") == text.count("error_log /dev/null crit;")
        )


def test_a_fault_of_ours_is_told_by_our_own_pages() -> None:
    """A proxy that asks for the health of its only web takes every page away with the database."""
    assert "health_uri" not in (ROOT / "deploy/Caddyfile").read_text()
