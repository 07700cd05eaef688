"""The first account of an installation; whoever holds it opens the others on the pages."""

import secrets
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal import clock
from portal.people.models import Membership, Organisation, User
from portal.people.roles import Role
from portal.reference import reference

NEVER = timedelta(days=36500)


class Command(BaseCommand):
    help = "Make the first system administrator of 市科协 and print a password that has to be changed at once."

    def add_arguments(self, parser):
        parser.add_argument("--username", required=True)
        parser.add_argument("--name", required=True, help="the person's name, as pages show it")

    @transaction.atomic
    def handle(self, *args, username: str, name: str, **options):
        """Side effects in order: 市科协 if it is not there yet, the account, its membership from today."""
        today = clock.now().date()
        if Membership.on(today).filter(role=Role.SYSADMIN).exists():
            raise CommandError("There is a system administrator already, who opens further accounts on the pages.")
        if User.objects.filter(username=username).exists():
            raise CommandError(f"The account {username} exists.")
        password = secrets.token_urlsafe(12) + "-Aa1"
        user = User(username=username, name=name)
        user.set_password(password)
        user.save()
        # As old as can be: the first page after signing in asks for a new one.
        User.objects.filter(pk=user.pk).update(password_changed_at=clock.now() - NEVER)
        Membership.objects.create(user=user, organisation=cast(), role=Role.SYSADMIN, from_date=today)
        self.stdout.write(password)


def cast() -> Organisation:
    """市科协, made from the reference data when this is the installation's first row."""
    entry = next(item for item in reference("organisations") if item["kind"] == Organisation.Kind.CAST)
    facts = {key: entry[key] for key in ["short_name", "kind", "unit_type", "region"]}
    return Organisation.objects.get_or_create(code=entry.code, defaults={"name": entry.name, **facts})[0]
