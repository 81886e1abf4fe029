"""What a Tuntas process is told by its environment, read once by the roots."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_PORT = 8000
DEFAULT_RESTART_SECONDS, MOST_RESTART_SECONDS = 30, 3600
DEFAULT_ENGINE_PORT = 7233
MASTER_KEY_BYTES = 32
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

    def read(self) -> Settings:
        home = Path(self.env.get("TUNTAS_HOME") or "var").resolve()
        demo = self._flag("TUNTAS_DEMO")
        port = self._port("TUNTAS_PORT", DEFAULT_PORT)
        engine_port = self._port("TUNTAS_ENGINE_PORT", DEFAULT_ENGINE_PORT)
        address = self.env.get("TEMPORAL_ADDRESS") or ""
        public_url = self._url("TUNTAS_PUBLIC_URL", f"http://127.0.0.1:{port}")
        key = self.env.get("SENDGRID_API_KEY") or None
        settings = Settings(
            home=home,
            port=port,
            engine_port=engine_port,
            demo=demo,
            database_url=self._database_url(home),
            public_url=public_url,
            temporal_address=address or f"127.0.0.1:{engine_port}",
            temporal_namespace=self.env.get("TEMPORAL_NAMESPACE") or "default",
            embedded_engine=not address,
            master_key=self._master_key(home),
            sendgrid_api_key=key,
            sendgrid_webhook_key=self.env.get("SENDGRID_WEBHOOK_KEY") or None,
            sendgrid_url=self._sendgrid_url(port, demo, key),
            mail_from=self.env.get("TUNTAS_MAIL_FROM") or "tuntas@example.org",
            restart_seconds=self._seconds("TUNTAS_RESTART_SECONDS", DEFAULT_RESTART_SECONDS),
        )
        if not demo and key and not self.env.get("TUNTAS_MAIL_FROM"):
            self.problems.append("TUNTAS_MAIL_FROM is missing: mails need a sender address.")
        if self.problems:
            raise SettingsError(self.problems)
        return settings

    def _sendgrid_url(self, port: int, demo: bool, key: str | None) -> str:
        """The demo mails to its own endpoint unless it was given a real key."""
        own = f"http://127.0.0.1:{port}/dev/sendgrid"
        return self._url("TUNTAS_SENDGRID_URL", own if demo and not key else "https://api.sendgrid.com")

    def _flag(self, name: str) -> bool:
        value = (self.env.get(name) or "0").strip().lower()
        if value not in {"0", "1", "true", "false", "yes", "no"}:
            self.problems.append(f"{name} is {value!r}: write 1 or 0.")
        return value in {"1", "true", "yes"}

    def _port(self, name: str, default: int) -> int:
        value = self.env.get(name) or str(default)
        if not (value.isascii() and value.isdigit()) or not 0 < int(value) < 65536:
            self.problems.append(f"{name} is {value!r}: write a port between 1 and 65535.")
            return default
        return int(value)

    def _seconds(self, name: str, default: int) -> int:
        value = self.env.get(name) or str(default)
        if not (value.isascii() and value.isdigit()) or not 0 < int(value) <= MOST_RESTART_SECONDS:
            self.problems.append(f"{name} is {value!r}: write whole seconds, 1 to {MOST_RESTART_SECONDS}.")
            return default
        return int(value)

    def _url(self, name: str, default: str) -> str:
        value = (self.env.get(name) or default).rstrip("/")
        if not _is_web_address(value):
            self.problems.append(
                f"{name} is {value!r}: write a full address such as https://lapor.example.org."
            )
        return value

    def _database_url(self, home: Path) -> str:
        value = self.env.get("TUNTAS_DATABASE_URL") or f"sqlite:///{home / 'tuntas.db'}"
        if value.startswith("postgresql://"):
            value = value.replace("postgresql://", "postgresql+psycopg://", 1)
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            self.problems.append("TUNTAS_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
        return value

    def _master_key(self, home: Path) -> bytes | None:
        """From the variable, else from the file that a variable names, else from the home."""
        text = self.env.get("TUNTAS_MASTER_KEY")
        if not text:
            named = self.env.get("TUNTAS_MASTER_KEY_FILE")
            file = Path(named) if named else home / "master.key"
            try:
                text = file.read_text().strip()
            except FileNotFoundError:
                if named:
                    self.problems.append("TUNTAS_MASTER_KEY_FILE names a file that does not exist.")
                return None
            except (OSError, UnicodeDecodeError):
                self.problems.append("The file of the master key cannot be read.")
                return None
        return self._decode_key(text)

    def _decode_key(self, text: str) -> bytes | None:
        try:
            key = base64.b64decode(text.encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            key = b""
        if len(key) != MASTER_KEY_BYTES:
            self.problems.append("The master key must be 32 bytes in base64.")
            return None
        return key


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
