"""The command line: `tuntas up`, its parts, and what an operator of the machine may look up or do."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click

from domain.case import Role
from domain.errors import TuntasError
from ops.environment import enter_project, read_settings
from ops.refusal import Refusal

FAULT = 1
REFUSED = 2


def main() -> NoReturn:
    """Runs the command that was asked for and ends the process.

    A refusal becomes its lines on standard error and exit code 2. The process ends without the interpreter's
    own clean-up, which the engine's client does not always survive.
    """
    _end(_run())


def _run() -> int:
    try:
        code = tuntas.main(prog_name="tuntas", standalone_mode=False)
    except Refusal as refusal:
        for line in refusal.lines:
            click.echo(line, err=True)
        return REFUSED
    except TuntasError as problem:
        click.echo(str(problem), err=True)
        return REFUSED
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except click.Abort:
        return 130
    return code if isinstance(code, int) else 0


def _end(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def tuntas(context: click.Context) -> None:
    """Complaint management for public services."""
    context.obj = Path.cwd()
    enter_project()


@tuntas.command()
def up() -> int:
    """Run everything on this machine until Ctrl-C."""
    from ops import up as everything

    return everything.run()


@tuntas.command()
def web() -> None:
    """Run the web server alone."""
    _become("web")


@tuntas.command()
def worker() -> None:
    """Run the worker alone."""
    _become("worker")


@tuntas.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    from ops import preparation

    preparation.prepare_home(read_settings())


@tuntas.command()
def seed() -> None:
    """Add calendar, policies and the first unit; with TUNTAS_DEMO=1 also the demo."""
    from ops import preparation

    preparation.prepare_home(read_settings())
    preparation.seed(read_settings())  # now with the master key


@tuntas.group()
def engine() -> None:
    """A Temporal service of one's own, or Temporal Cloud."""


@engine.command("prepare")
@click.option("--retention-days", type=click.IntRange(7, 3650), default=90, show_default=True)
def prepare_engine(retention_days: int) -> None:
    """Make the namespace and the search attributes where they are missing."""
    from ops import engine_setup

    _print(engine_setup.prepare(read_settings(), retention_days))


@tuntas.command()
@click.option("--open", "count", type=click.IntRange(0), help="So many open cases at most; else all.")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def replay(called_from: Path, folder: Path | None, count: int | None) -> int:
    """Replay histories with this version's code; 1 if one does not fit.

    Those that were exported (FOLDER, else the home's) and those of open cases.
    """
    from ops import replay as replaying

    histories = None if folder is None else called_from / folder
    if histories is not None and not histories.is_dir():
        raise click.BadParameter(f"{histories} is no folder.", param_hint="FOLDER")
    done = replaying.replay(read_settings(), histories, count)
    _print(done.lines)
    return 0 if done.fit else FAULT


@tuntas.command()
@click.option("--with-key", is_flag=True, help="Put the master key beside the data that it opens.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def backup(called_from: Path, folder: Path, with_key: bool) -> None:
    """Copy both databases, attachments and histories into a new FOLDER, while all runs."""
    from ops import backup as backing_up

    _print(backing_up.backup(read_settings(), called_from / folder, with_key=with_key))


@tuntas.command()
@click.option("--only", type=click.Choice(["database", "engine"]), help="Lay down this one; the other stays.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def restore(called_from: Path, folder: Path, only: str | None) -> None:
    """Lay a backup down in a home where that is missing."""
    from ops import restore as restoring

    _print(restoring.restore(read_settings(), called_from / folder, only))


@tuntas.command()
@click.option(
    "--restored",
    type=click.Choice(["database", "engine", "both"]),
    help="What came back by other means than tuntas restore.",
)
def reconcile(restored: str | None) -> None:
    """Make tables and workflows agree after a restore; `tuntas up` does it by itself."""
    from ops import reconciliation

    _print(reconciliation.reconcile(read_settings(), restored))


@tuntas.group(invoke_without_command=True)
@click.pass_context
def mail(context: click.Context) -> None:
    """Show which mails wait, by kind and age; or hold, drop or release them."""
    from ops import mail_hold

    if context.invoked_subcommand is None:
        _print(mail_hold.waiting_lines(read_settings()))


@mail.command("hold")
def hold_mails() -> None:
    """Let no mail leave until they are released."""
    from ops import mail_hold

    _print(mail_hold.hold(read_settings()))


@mail.command("release")
def release_mails() -> None:
    """Let mails go their way again."""
    from ops import mail_hold

    _print(mail_hold.release(read_settings()))


@mail.command("drop")
@click.option("--until", type=click.DateTime(), help="Queued until then (UTC); else until they were held.")
@click.option("--kind", help="Mails of this kind only, as `tuntas mail` names it.")
def drop_mails(until: datetime | None, kind: str | None) -> None:
    """End waiting mails for good, above all those that were sent before a restore."""
    from ops import mail_hold

    _print(mail_hold.drop(read_settings(), until, kind))


@tuntas.command("move-engine")
@click.option("--to", "address", required=True, help="host:port of the new engine.")
@click.option("--namespace", help="Its namespace; without it, default.")
def move_engine(address: str, namespace: str | None) -> None:
    """Carry all open cases to another engine, while web and workers are stopped.

    NEW_TEMPORAL_TLS, NEW_TEMPORAL_API_KEY_FILE and so on say how the new one is reached.
    """
    from ops import move

    _print(move.move(read_settings(), address, namespace, click.echo))


@tuntas.group()
def user() -> None:
    """Staff accounts."""


@user.command("add")
@click.option("--login", required=True)
@click.option("--unit", required=True, help="A unit's id, or its exact name.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--name", help="The name that colleagues see; without it, the login.")
@click.option("--email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(login: str, unit: str, role: str, password_stdin: bool, **more: str | None) -> None:
    """Make an account; asks for its password."""
    from ops import accounts

    settings = read_settings()
    account = accounts.NewAccount(
        login=login, name=more["name"] or login, email=more["email"], unit=unit, role=Role(role)
    )
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _ask_for_password()
    click.echo(f"account {accounts.add(settings, account, password)} made")


@user.command("list")
def list_users() -> None:
    """List all accounts."""
    from ops import accounts

    _print(accounts.lines(read_settings()))


@tuntas.command()
@click.argument("code")
def case(code: str) -> None:
    """Show a case as it is stored: ids and instants, no words."""
    from ops import inspection

    _print(inspection.case_lines(read_settings(), code))


@tuntas.command()
@click.argument("code")
def history(code: str) -> None:
    """Show the log of a case, oldest event first."""
    from ops import inspection

    _print(inspection.history_lines(read_settings(), code))


@tuntas.command()
@click.option("--case", "code", help="Look at this case only.")
@click.option("--all", "every", is_flag=True, help="Look at every case and at the daily heads.")
def doctor(code: str | None, every: bool) -> int:
    """Look whether what must always hold does; 1 if not.

    Without an option: what was found before, and what waits for too long.
    """
    from ops import checkup

    if code is not None and every:
        raise click.UsageError("--case and --all exclude each other.")
    if code is not None:
        found = checkup.check_case(read_settings(), code)
    else:
        found = (checkup.check_all if every else checkup.check_known)(read_settings())
    _print(found.lines)
    return 0 if found.well else FAULT


@tuntas.command()
@click.option("--case", "code", help="Rebuild this case.")
@click.option("--lost", is_flag=True, help="Rebuild every open case that no workflow runs.")
@click.option("--search", is_flag=True, help="Bring reports of older versions into the search now.")
def rebuild(code: str | None, lost: bool, search: bool) -> int:
    """Make a lost workflow or view, or the search, again from what is left of the cases."""
    from ops import rebuild as rebuilding
    from ops import search_fill

    if [code is not None, lost, search].count(True) != 1:
        raise click.UsageError("Name one case with --case CODE, or say --lost or --search.")
    settings = read_settings()
    if search:
        _print(search_fill.fill_search(settings))
        return 0
    done = rebuilding.rebuild_lost(settings) if code is None else rebuilding.rebuild_case(settings, code)
    _print(done.lines)
    return 0 if done.whole else FAULT


@tuntas.group()
def demo() -> None:
    """Commands of the demo (TUNTAS_DEMO=1)."""


@demo.command()
def reset() -> None:
    """Delete the demo's databases and files; the next start seeds afresh."""
    from ops import demo_reset

    settings = read_settings()
    demo_reset.reset(settings)
    click.echo(f"The demo in {settings.home} is empty: the next start seeds it.")


def _ask_for_password() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _print(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)


def _become(module: str) -> NoReturn:
    """Replaces this process by one of ours."""
    os.execv(sys.executable, [sys.executable, "-m", module])  # noqa: S606


if __name__ == "__main__":
    main()
