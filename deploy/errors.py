"""What can go wrong when an installation is made, kept or shown.

    DeployError
    ├── CommitteeRefused      the file that describes a committee has problems
    ├── FolderTaken           what makes keys never writes over earlier ones
    ├── NotOfTheCommittee     a recovered identity is no reader's of the roster
    ├── FingerprintDiffers    a request is not the one that was read to the ceremony
    ├── SettingMissing        the environment does not name what a command needs
    ├── MailRefused           the mail server cannot be used, or not safely
    ├── ConfigurationRefused  the configuration file has problems
    ├── DatabaseTrouble       a database is full, locked or out of reach
    ├── RolesMissing          PostgreSQL is not made ready by its administrator
    ├── InstallRefused        a machine cannot be made or emptied as asked
    ├── UpgradeRefused        the databases cannot be brought to this release
    ├── BackupRefused         a backup is damaged, foreign or cut short, or cannot be made
    ├── PortTaken             another program listens where the demo would
    ├── ProgramEnded          a program that the demo supervises stopped by itself
    ├── EndAsked              somebody pressed Ctrl-C while something was still to be done
    ├── DrillRefused          a drill cannot be sent, or is not over yet
    └── FrontDoorRefused      a page or command did not take what a seed brought

Messages are for terminals: lower case, no full stop, and never a passphrase, a key or a code.
"""

from collections.abc import Sequence


class DeployError(Exception):
    """Anything a command refuses or cannot do, as opposed to a mistake in the program.

    hint, where there is one, is what the person could do about it.
    """

    hint: str | None = None

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class CommitteeRefused(DeployError):
    """A committee cannot be made as described; problems says why, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class FolderTaken(DeployError):
    """The folder or file to write exists already, and may hold keys."""


class NotOfTheCommittee(DeployError):
    """What was to be recovered belongs to nobody on the roster."""


class FingerprintDiffers(DeployError):
    """A request's fingerprint is not the one that its maker read aloud."""


class SettingMissing(DeployError):
    """The environment does not name a database, file or key that the command needs."""


class MailRefused(DeployError):
    """The mail server is not there, not to be trusted, or does not take what it is given."""

    def __init__(self, problem: str, hint: str | None = None) -> None:
        super().__init__(problem)
        self.hint = hint


class ConfigurationRefused(DeployError):
    """The configuration cannot be used; problems says why, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class DatabaseTrouble(DeployError):
    """A database cannot be used just now; what it says of itself is the message."""


class RolesMissing(DeployError):
    """The server lacks a role, or a database is not as the roles need it."""


class InstallRefused(DeployError):
    """The installer cannot do what was asked, on this machine or with these papers."""


class UpgradeRefused(DeployError):
    """The databases do not fit this release, or are not backed up; nothing was touched."""


class BackupRefused(DeployError):
    """A backup cannot be made, or is not one that may be restored here."""


class PortTaken(DeployError):
    """Another program listens on the port."""


class DayIsOver(DeployError):
    """A demo is to go back to a day before one that it has been on."""


class ProgramEnded(DeployError):
    """A supervised program stopped without being asked to."""


class EndAsked(DeployError):
    """Somebody asked for the end; what was still to be done is left."""


class DrillRefused(DeployError):
    """A drill cannot be sent as asked, or is not over yet."""


class FrontDoorRefused(DeployError):
    """A page or a command answered a seed with something other than success."""
