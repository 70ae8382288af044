"""Why looking for a newer version of the program failed."""

from dataclasses import replace

from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.language import _


def unreachable_changelog(problem: Problem) -> Problem:
    """The problem of a broken connection with advice about a changelog, which has no account.

    It has no detail, which could contain a proxy's password.
    """
    problem = replace(problem, detail="")
    match problem.kind:
        case ProblemKind.BAD_ADDRESS:
            title = _("The address of the changelog isn't valid")
            return replace(problem, title=title, advice=_("Correct it in the settings."))
        case ProblemKind.NOT_A_FILES_API:
            advice = _("It may not be a changelog. Check its address.")
        case ProblemKind.TLS_FAILED:
            advice = _(
                "Check the address, this computer's clock, and the network settings, where you can "
                "choose a certificate to trust."
            )
        case _:
            advice = _("Check its address, your network connection and the network settings.")
    return replace(problem, advice=advice)


def changelog_refused(host: str, status: int) -> FilesError:
    """The server answered with something else."""
    title = _("{host} didn't send the changelog (HTTP {status})").format(host=host, status=status)
    return _error(ProblemKind.NOT_FOUND, title, _("Check its address, or try again later."), status)


def changelog_redirected(host: str) -> FilesError:
    """The server sent the program to where it doesn't look, or around in circles."""
    return _error(
        ProblemKind.BAD_ADDRESS,
        _("{host} redirected to an address that can't be used").format(host=host),
        _("Check the address of the changelog. Only https:// is followed."),
    )


def no_changelog(host: str) -> FilesError:
    """What was read has no versions."""
    return _error(
        ProblemKind.NOT_FOUND,
        _("What {host} sent isn't a changelog").format(host=host),
        _("A changelog is a text with a heading such as “## 1.2.0” for each version."),
    )


def no_changelog_address(reason: str) -> FilesError:
    """There is nowhere to look, or not at such an address; `reason` is a sentence."""
    title = _("There is no address to look for updates")
    return _error(ProblemKind.BAD_ADDRESS, title, reason)


def _error(kind: ProblemKind, title: str, advice: str, status: int | None = None) -> FilesError:
    return FilesError(Problem(kind, title, advice, status=status), should_retry=False)
