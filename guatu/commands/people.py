"""People at the terminal: the first administrator, before anybody can sign in."""

from typing import Any

import click

from guatu.commands import actor, ready_store


@click.group("user")
def user_command() -> None:
    """人员账号 · People who sign in."""


@user_command.command("add")
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
@click.option("--unit", "unit_code", default="", help="Code of the unit.")
@click.option("--role", default="", help="A post: commander, office, operations, street, admin …")
@click.option(
    "--area", "areas", multiple=True, help="Code or name of an area the post covers; may be repeated."
)
@click.option("--everywhere", is_flag=True, help="The post covers everything (the first administrator).")
@click.option("--password", envvar="GUATU_PASSWORD", default="", help="Default: asked for, twice, unseen.")
@click.option("--by", "by_username", default="", help="Add as this person, within this person's reach.")
def add(
    username: str,
    name: str,
    unit_code: str,
    role: str,
    areas: tuple[str, ...],
    everywhere: bool,
    password: str,
    by_username: str,
) -> None:
    """新建账号并给岗位 · Add a person, with a post if --role is given.

    \b
    例 · Examples:
      guatu user add admin --name 管理员 --role admin --everywhere
      guatu user add nanxiang --name 南翔镇 --unit nxz --role street --area 310114102
    """
    ready_store()
    from guatu.kernel.acts import deed
    from guatu.units import acts

    by, unit = actor(by_username), _unit(unit_code)
    if role and not (areas or everywhere or unit):
        raise click.UsageError("a post covers something: --area, --unit or --everywhere")
    secret = password or click.prompt("密码 · password", hide_input=True, confirmation_prompt=True)
    with deed(by=by, via="command"):
        person = acts.add_person(
            by=by, username=username, name=name, unit=unit, password=secret, via="command"
        )
        if role:
            covered = [""] if everywhere else list(areas)
            paths = [unit.path] if unit is not None and not covered else []
            acts.give_post(by=by, person=person, role=role, areas=covered, units=paths, via="command")
    click.echo(f"{person.username}  {person.name}" + (f"  {role}" if role else ""))


def _unit(code: str) -> Any:
    """The unit of a code; refuses one that does not exist."""
    from guatu.units.models import Unit

    if not code:
        return None
    found = Unit.objects.filter(code=code).first()
    if found is None:
        raise click.BadParameter(f"there is no unit “{code}”", param_hint="--unit")
    return found
