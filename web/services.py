"""Everything that a page may ask for, built once by the process and handed to `create_app`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from argon2 import PasswordHasher
from flask import current_app

from db.account_store import AccountStore
from db.bucket import file_place
from db.bulk_store import BulkStore
from db.case_reader import CaseReader
from db.command_store import CommandStore
from db.database import Database
from db.desk_draft_store import DeskDraftStore
from db.draft_store import DraftStore
from db.figure_query import FigureQuery
from db.figure_store import FigureStore
from db.identity_store import IdentityStore
from db.inspection_store import InspectionStore
from db.intake_store import IntakeStore
from db.keyring import Keyring
from db.operation_store import OperationStore
from db.rebuild_store import RebuildStore
from db.saved_reply_store import SavedReplyStore
from db.saved_view_store import SavedViewStore
from db.upload_store import UploadStore
from db.vault_store import VaultStore
from engine.bridge import Bridge
from engine.case_client import CaseClient
from engine.command_delivery import CommandDelivery
from engine.failing import FailingCases
from engine.inspection import InspectionClient
from engine.replay import ReplayCheck
from mail.link import MailLinks
from settings import Settings, SettingsError
from workflows.case import CaseWorkflow

EXTENSION = "tuntas"


@dataclass(frozen=True, kw_only=True)
class Services:
    """The collaborators of all views. `now` gives aware UTC instants."""

    settings: Settings
    database: Database
    keyring: Keyring
    intakes: IntakeStore
    commands: CommandStore
    reader: CaseReader
    accounts: AccountStore
    operation: OperationStore
    vault: VaultStore
    identities: IdentityStore
    uploads: UploadStore
    drafts: DeskDraftStore
    report_drafts: DraftStore
    saved_replies: SavedReplyStore
    saved_views: SavedViewStore
    bulks: BulkStore
    figures: FigureStore
    oversight: FigureQuery
    inspection: InspectionStore
    past: RebuildStore
    cases: CaseClient
    histories: InspectionClient
    replays: ReplayCheck
    failing: FailingCases
    delivery: CommandDelivery
    links: MailLinks
    now: Callable[[], datetime]


def build_services(
    settings: Settings, now: Callable[[], datetime] | None = None, hasher: PasswordHasher | None = None
) -> Services:
    """The services of a process; nothing is connected yet. Raises: SettingsError without a master key."""
    if settings.master_key is None:
        raise SettingsError(["There is no master key: set TUNTAS_MASTER_KEY or TUNTAS_MASTER_KEY_FILE."])
    database = Database(settings.database_url)
    keyring = Keyring(settings.master_key)
    files = file_place(settings.files_url, settings.files_access, settings.files_folder)
    commands = CommandStore(database, keyring, files)
    bridge = Bridge(settings.temporal_address, settings.temporal_namespace, settings.temporal_access)
    cases, histories = CaseClient(bridge), InspectionClient(bridge)
    return Services(
        settings=settings,
        database=database,
        keyring=keyring,
        intakes=IntakeStore(database, keyring, files),
        commands=commands,
        reader=CaseReader(database, keyring, files),
        accounts=AccountStore(database, hasher, keyring.secret("login")),
        operation=OperationStore(database),
        vault=VaultStore(database),
        identities=IdentityStore(database, keyring),
        uploads=UploadStore(database, keyring, files),
        drafts=DeskDraftStore(database, keyring),
        report_drafts=DraftStore(database, keyring),
        saved_replies=SavedReplyStore(database),
        saved_views=SavedViewStore(database),
        bulks=BulkStore(database, commands),
        figures=FigureStore(database),
        oversight=FigureQuery(database),
        inspection=InspectionStore(database, keyring),
        past=RebuildStore(database),
        cases=cases,
        histories=histories,
        failing=FailingCases(bridge),
        replays=ReplayCheck(histories, [CaseWorkflow]),
        delivery=CommandDelivery(cases, commands),
        links=MailLinks(keyring.secret("mail-token"), settings.public_url),
        now=now or _utc_now,
    )


def services() -> Services:
    """The services of the running application; for use inside a request."""
    found: Services = current_app.extensions[EXTENSION]
    return found


def _utc_now() -> datetime:
    return datetime.now(UTC)
