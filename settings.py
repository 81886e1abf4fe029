"""What a Tuntas process is told by its environment, read once by the roots."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import overload
from urllib.parse import urlsplit

from safety import has_known_password, is_loopback, is_open_to_all, is_plain, is_web_address

DEFAULT_PORT = 8000
DEFAULT_RESTART_SECONDS, MOST_RESTART_SECONDS = 30, 3600
DEFAULT_ENGINE_PORT = 7233
MOST_PROCESSES = 64
MASTER_KEY_BYTES = 32
FEWEST_DIFFERENT_BYTES = 8
"""Of a master key; a random one has about thirty, a placeholder one or two."""
LOOPBACK = "127.0.0.1"
ACCESS = (
    "TEMPORAL_API_KEY",
    "TEMPORAL_CONFIG_FILE",
    "TEMPORAL_GRPC_META_",
    "TEMPORAL_PROFILE",
    "TEMPORAL_TLS",
)
"""What `temporalio.envconfig` reads beside address and namespace; some are beginnings of names."""
FILES_LOGIN = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
FILES_ACCESS = (*FILES_LOGIN, "AWS_REGION", "AWS_ENDPOINT_URL", "AWS_VIRTUAL_HOSTED_STYLE_REQUEST")
"""How an S3-compatible store is reached, in the names that its tools read."""
LOG_FORMATS = ("text", "json")
ENGINE_UI_PATH = "/mesin"
"""Where our web shows the engine's own pages. They are told the same, for it stands in their addresses."""
WORKER_ROLES = ("cases", "sweeper", "mail")
DEMO_PASSWORD = "tuntas-demo-2026"  # noqa: S105  shown on the log-in page of a demo


class SettingsError(Exception):
    """The environment is missing something or holds a wrong value.

    Attributes:
        problems: one sentence for each wrong variable, for the person who starts the process.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a process may know about where it runs. `docs/interfaces.md` lists the variables."""

    home: Path
    port: int
    engine_port: int
    demo: bool
    database_url: str = field(repr=False)
    public_url: str
    temporal_address: str
    temporal_namespace: str
    embedded_engine: bool
    master_key: bytes | None = field(repr=False)
    """Wraps the key of every case; None until `tuntas up` has made the home."""
    sendgrid_api_key: str | None = field(repr=False)
    sendgrid_webhook_key: str | None
    """The public key, in base64, by which SendGrid signs what it tells of our mails."""
    sendgrid_url: str
    mail_from: str
    restart_seconds: int = DEFAULT_RESTART_SECONDS
    host: str = LOOPBACK
    """The address on which the web and the metrics listen."""
    web_processes: int | None = None
    """How many processes of gunicorn serve the web; None: one of waitress."""
    worker_roles: frozenset[str] = frozenset(WORKER_ROLES)
    metrics_port: int | None = None
    log_format: str = LOG_FORMATS[0]
    engine_ui_url: str | None = None
    """Where the engine's own pages are asked for; None: they are not shown."""
    temporal_access: Mapping[str, str] = field(default_factory=dict, repr=False)
    """How the engine is reached: the variables that `engine.access` reads."""
    files_url: str | None = None
    """The bucket in which attachments lie, as `s3://name/prefix`; None: the folder in the home."""
    files_access: Mapping[str, str] = field(default_factory=dict, repr=False)
    """How that is reached: the variables of `FILES_ACCESS`."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Reads all variables. Raises: SettingsError naming every wrong one together."""
        return _Reader(os.environ if env is None else env).read()

    @property
    def master_key_file(self) -> Path:
        """Where `tuntas up` keeps the master key that it makes."""
        return self.home / "master.key"

    @property
    def files_folder(self) -> Path:
        """Where sealed attachments lie."""
        return self.home / "files"

    @property
    def histories_folder(self) -> Path:
        """Where the histories of ended cases are exported to."""
        return self.home / "histories"

    @property
    def engine_place(self) -> str:
        """By which name a database remembers the engine that its cases run on."""
        address = "the embedded engine" if self.embedded_engine else self.temporal_address
        return f"{address} ({self.temporal_namespace})"

    @property
    def secure(self) -> bool:
        """Whether people reach us over https, so that cookies may demand it."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def can_mail(self) -> bool:
        """Whether mails can leave: to SendGrid with a key, to the demo's own endpoint without."""
        return self.demo or self.sendgrid_api_key is not None


class _Reader:
    """Collects the problems of all variables before it gives up."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.problems: list[str] = []
        self.production = True

    def read(self) -> Settings:
        home = Path(self.env.get("TUNTAS_HOME") or "var").resolve()
        demo = self._flag("TUNTAS_DEMO")
        self.production = not demo
        port = self._port("TUNTAS_PORT", DEFAULT_PORT)
        engine_port = self._port("TUNTAS_ENGINE_PORT", DEFAULT_ENGINE_PORT)
        address = self.env.get("TEMPORAL_ADDRESS") or ""
        public_url = self._url("TUNTAS_PUBLIC_URL", f"http://127.0.0.1:{port}")
        key = self._secret("SENDGRID_API_KEY")
        settings = Settings(
            home=home,
            port=port,
            engine_port=engine_port,
            demo=demo,
            database_url=self._database_url(home),
            public_url=public_url,
            temporal_address=address or f"{LOOPBACK}:{engine_port}",
            temporal_namespace=self.env.get("TEMPORAL_NAMESPACE") or "default",
            embedded_engine=not address,
            master_key=self._master_key(home),
            sendgrid_api_key=key,
            sendgrid_webhook_key=self._secret("SENDGRID_WEBHOOK_KEY"),
            sendgrid_url=self._sendgrid_url(port, demo, key),
            mail_from=self.env.get("TUNTAS_MAIL_FROM") or "tuntas@example.org",
            restart_seconds=self._number("TUNTAS_RESTART_SECONDS", MOST_RESTART_SECONDS)
            or DEFAULT_RESTART_SECONDS,
            host=self._host(),
            web_processes=self._number("TUNTAS_WEB_PROCESSES", MOST_PROCESSES),
            worker_roles=self._roles(),
            metrics_port=self._port("TUNTAS_METRICS_PORT", None),
            log_format=self._choice("TUNTAS_LOG_FORMAT", LOG_FORMATS),
            engine_ui_url=self._url("TUNTAS_ENGINE_UI_URL", "") or None,
            temporal_access=self._temporal_access(),
            files_url=self._files_url(),
            files_access=self._files_access(),
        )
        if self.production:
            self._refuse_what_is_unsafe(settings)
        if self.problems:
            raise SettingsError(self.problems)
        return settings

    def _refuse_what_is_unsafe(self, settings: Settings) -> None:
        """What may pass in a demo, but not where people's reports lie."""
        self.problems += [
            problem
            for unsafe, problem in (
                (self._flag("FLASK_DEBUG"), "FLASK_DEBUG is set: production shows nobody its insides."),
                (
                    is_plain(settings.public_url) and not self._flag("TUNTAS_ALLOW_HTTP"),
                    "TUNTAS_PUBLIC_URL is not https: reports and keys would travel in clear. Set "
                    "TUNTAS_ALLOW_HTTP=1 if that is meant.",
                ),
                (
                    self._is_engine_plain(settings) and not self._flag("TUNTAS_ALLOW_PLAIN_ENGINE"),
                    "TEMPORAL_ADDRESS names another machine and nothing asks for TLS: set TEMPORAL_TLS=1, or "
                    "TUNTAS_ALLOW_PLAIN_ENGINE=1 if nobody else is on that network.",
                ),
                (
                    is_plain(settings.engine_ui_url or "") and not self._flag("TUNTAS_ALLOW_PLAIN_ENGINE"),
                    "TUNTAS_ENGINE_UI_URL is not https: somebody on the way could put words into our pages. "
                    "Set TUNTAS_ALLOW_PLAIN_ENGINE=1 if nobody else is on that network.",
                ),
                (
                    is_plain(settings.sendgrid_url),
                    "TUNTAS_SENDGRID_URL is not https: the key would travel in clear.",
                ),
                (
                    has_known_password(settings.database_url),
                    "The database's password is one that everybody tries first: choose another.",
                ),
                (
                    is_plain(settings.files_access.get("AWS_ENDPOINT_URL", "")),
                    "AWS_ENDPOINT_URL is not https: somebody on the way could change or keep attachments.",
                ),
                *self._unsafe_mail(settings),
            )
            if unsafe
        ]

    def _unsafe_mail(self, settings: Settings) -> tuple[tuple[bool, str], ...]:
        mails = settings.sendgrid_api_key is not None
        return (
            (
                mails and not self.env.get("TUNTAS_MAIL_FROM"),
                "TUNTAS_MAIL_FROM is missing: mails need a sender address.",
            ),
            (
                mails and settings.sendgrid_webhook_key is None,
                "SENDGRID_WEBHOOK_KEY is missing: without SendGrid's signed events nobody hears of a mail "
                "that did not arrive.",
            ),
        )

    def _is_engine_plain(self, settings: Settings) -> bool:
        host = settings.temporal_address.rpartition(":")[0]
        asked = set(settings.temporal_access) - {"TEMPORAL_TLS"}
        return not (
            settings.embedded_engine or is_loopback(host.strip("[]")) or asked or self._flag("TEMPORAL_TLS")
        )

    def _temporal_access(self) -> dict[str, str]:
        """All that says how the engine is reached beside where it is; a profile alone does not say that."""
        self._flag("TEMPORAL_TLS")
        found = {name: value for name, value in self.env.items() if name.startswith(ACCESS) and value}
        key = self._secret("TEMPORAL_API_KEY")
        if found.pop("TEMPORAL_API_KEY_FILE", None) and key:
            found["TEMPORAL_API_KEY"] = key
        file = found.get("TEMPORAL_CONFIG_FILE")
        if file and not Path(file).is_file():
            self.problems.append("TEMPORAL_CONFIG_FILE names a file that does not exist.")
        if found and not self.env.get("TEMPORAL_ADDRESS"):
            self.problems.append(f"TEMPORAL_ADDRESS is missing, and {', '.join(sorted(found))} is set.")
        return found

    def _files_url(self) -> str | None:
        value = (self.env.get("TUNTAS_FILES_URL") or "").rstrip("/")
        if value and not (value.startswith("s3://") and urlsplit(value).netloc):
            self.problems.append("TUNTAS_FILES_URL must be like s3://bucket or s3://bucket/prefix.")
        return value or None

    def _files_access(self) -> dict[str, str]:
        names = FILES_ACCESS if self.env.get("TUNTAS_FILES_URL") else ()
        return {name: value for name in names if (value := self._secret(name))}

    def _host(self) -> str:
        value = self.env.get("TUNTAS_HOST") or LOOPBACK
        try:
            return str(ipaddress.ip_address(value))
        except ValueError:
            self.problems.append(f"TUNTAS_HOST is {value!r}: write an IP address of this machine.")
            return LOOPBACK

    def _roles(self) -> frozenset[str]:
        """Which parts of the worker run; all unless some are named."""
        named = {name.strip() for name in (self.env.get("TUNTAS_WORKER_ROLES") or "").split(",")} - {""}
        if not named <= set(WORKER_ROLES):
            self.problems.append(f"TUNTAS_WORKER_ROLES may name {', '.join(WORKER_ROLES)}.")
        return frozenset(named or WORKER_ROLES)

    def _choice(self, name: str, words: tuple[str, ...]) -> str:
        value = self.env.get(name) or words[0]
        if value not in words:
            self.problems.append(f"{name} is {value!r}: write {' or '.join(words)}.")
        return value

    def _secret(self, name: str) -> str | None:
        """A variable, or else what is in the file that the variable with _FILE names."""
        if value := self.env.get(name):
            return value
        named = self.env.get(f"{name}_FILE")
        return self._content(Path(named), f"{name}_FILE") if named else None

    def _content(self, file: Path, name: str) -> str | None:
        """The text of a secret file. In production others than its owner and group must not read it."""
        try:
            text = file.read_text().strip()
            if self.production and is_open_to_all(file):
                self.problems.append(f"{name} can be read by everybody on this machine: chmod o-rwx it.")
        except FileNotFoundError:
            self.problems.append(f"{name} names a file that does not exist.")
        except (OSError, UnicodeDecodeError):
            self.problems.append(f"{name} names a file that cannot be read.")
        else:
            return text or None
        return None

    def _sendgrid_url(self, port: int, demo: bool, key: str | None) -> str:
        """The demo mails to its own endpoint unless it was given a real key."""
        own = f"http://127.0.0.1:{port}/dev/sendgrid"
        return self._url("TUNTAS_SENDGRID_URL", own if demo and not key else "https://api.sendgrid.com")

    def _flag(self, name: str) -> bool:
        value = (self.env.get(name) or "0").strip().lower()
        if value not in {"0", "1", "true", "false", "yes", "no"}:
            self.problems.append(f"{name} is {value!r}: write 1 or 0.")
        return value in {"1", "true", "yes"}

    @overload
    def _port(self, name: str, default: int) -> int: ...
    @overload
    def _port(self, name: str, default: None) -> int | None: ...
    def _port(self, name: str, default: int | None) -> int | None:
        value = self.env.get(name)
        if not value:
            return default
        if not (value.isascii() and value.isdigit()) or not 0 < int(value) < 65536:
            self.problems.append(f"{name} is {value!r}: write a port between 1 and 65535.")
            return default
        return int(value)

    def _number(self, name: str, most: int) -> int | None:
        value = self.env.get(name)
        if not value:
            return None
        if not (value.isascii() and value.isdigit()) or not 0 < int(value) <= most:
            self.problems.append(f"{name} is {value!r}: write a whole number, 1 to {most}.")
            return None
        return int(value)

    def _url(self, name: str, default: str) -> str:
        value = (self.env.get(name) or default).rstrip("/")
        if value and not is_web_address(value):
            self.problems.append(
                f"{name} is {value!r}: write a full address such as https://lapor.example.org."
            )
        return value

    def _database_url(self, home: Path) -> str:
        value = self._secret("TUNTAS_DATABASE_URL") or f"sqlite:///{home / 'tuntas.db'}"
        if value.startswith("postgresql://"):
            value = value.replace("postgresql://", "postgresql+psycopg://", 1)
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            self.problems.append("TUNTAS_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
        return value

    def _master_key(self, home: Path) -> bytes | None:
        """From the variable, else from the file that a variable names, else from the home."""
        file = home / "master.key"
        named = self.env.get("TUNTAS_MASTER_KEY") or self.env.get("TUNTAS_MASTER_KEY_FILE")
        if not named and not file.exists():
            return None
        before = len(self.problems)
        text = self._secret("TUNTAS_MASTER_KEY") if named else self._content(file, str(file))
        if text is None and len(self.problems) > before:
            return None
        return self._decode_key(text or "")

    def _decode_key(self, text: str) -> bytes | None:
        try:
            key = base64.b64decode(text.encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            key = b""
        if len(key) != MASTER_KEY_BYTES:
            self.problems.append("The master key must be 32 bytes in base64.")
            return None
        if self.production and len(set(key)) < FEWEST_DIFFERENT_BYTES:
            self.problems.append("The master key is a placeholder: `tuntas migrate` makes a random one.")
            return None
        return key
