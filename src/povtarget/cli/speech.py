"""Help in one language: commands speak the one that is asked for on the command line.

Help is written before any option is read, so the language is looked for in the arguments:
``--lang`` anywhere, else the environment variable POVTARGET_LANG, else English. Code writes help
in English; `povtarget.indonesian.help` holds it in Indonesian, and is imported where asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, get_args

from typer.core import TyperCommand, TyperGroup

from povtarget.locale import Language

VARIABLE = "POVTARGET_LANG"
_EXAMPLE = "Example: "


def asked_language(arguments: Sequence[str]) -> Language:
    """Return the language that arguments or the environment ask for.

    Examples
    --------
    >>> asked_language(["plan", "--lang", "id", "--help"]), asked_language(["--lang=id"])
    ('id', 'id')
    """
    languages: tuple[Language, ...] = get_args(Language)
    given = [os.environ.get(VARIABLE, "")]
    for at, argument in enumerate(arguments):
        if argument == "--lang":
            given += arguments[at + 1 : at + 2]
        elif argument.startswith("--lang="):
            given.append(argument.removeprefix("--lang="))
    known = [language for text in given for language in languages if language == text.casefold()]
    return known[-1] if known else "en"


_SPOKEN: ContextVar[Language] = ContextVar("language of the command that runs", default="en")


def spoken() -> Language:
    """Return the language of the command that is read or runs, before its options are known."""
    return _SPOKEN.get()


class SpokenCommand(TyperCommand):
    """A command whose help may be in Indonesian."""

    language: Language = "en"

    def get_usage(self, ctx: Any) -> str:
        """The line of usage."""
        return _framed(super().get_usage(ctx), self.language)

    def get_help_option(self, ctx: Any) -> Any:
        """The option ``--help``."""
        return _told(super().get_help_option(ctx), self.language)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        with _frames(self.language):
            super().format_help(ctx, formatter)


class SpokenGroup(TyperGroup):
    """A group whose help and whose commands' help are in the language that is asked for."""

    language: Language = "en"

    def make_context(self, info_name: Any, args: list[str], *rest: Any, **extra: Any) -> Any:
        """Choose the language, then read the arguments; ``--lang`` may stand before a command."""
        language = asked_language(args)
        _SPOKEN.set(language)
        if language != "en":
            for command in (self, *self.commands.values()):
                _speak(command, language)
        return super().make_context(info_name, _after_the_command(args), *rest, **extra)

    def get_usage(self, ctx: Any) -> str:
        """The line of usage."""
        return _framed(super().get_usage(ctx), self.language)

    def get_help_option(self, ctx: Any) -> Any:
        """The option ``--help``."""
        return _told(super().get_help_option(ctx), self.language)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        with _frames(self.language):
            super().format_help(ctx, formatter)


def _after_the_command(arguments: list[str]) -> list[str]:
    """Arguments with a language that stands first moved behind the command, which reads it."""
    width = 2 if arguments[:1] == ["--lang"] else 1
    has_first = width == 2 or (bool(arguments) and arguments[0].startswith("--lang="))
    first, others = arguments[:width], arguments[width:]
    if not has_first or not others or others[0].startswith("-"):
        return others if has_first and others else arguments
    return [others[0], *first, *others[1:]]


def _speak(command: Any, language: Language) -> None:
    """Say the help of a command, its options and panels in Indonesian."""
    from povtarget.indonesian.help import FRAMES, HELP

    command.language = language
    command.help = "\n\n".join(_paragraph(each) for each in (command.help or "").split("\n\n"))
    for parameter in command.params:
        is_option = parameter.param_type_name == "option"
        parameter.help = _paragraph(getattr(parameter, "help", None) or "")
        panel = getattr(parameter, "rich_help_panel", None) or ""
        own = FRAMES["Options" if is_option else "Arguments"]
        parameter.rich_help_panel = HELP.get(panel, panel) or own


def _paragraph(text: str) -> str:
    from povtarget.indonesian.help import HELP

    plain = " ".join(text.split())
    if plain.startswith(_EXAMPLE):
        return f"Contoh: {plain.removeprefix(_EXAMPLE)}"
    return HELP.get(plain, plain)


def _framed(usage: str, language: Language) -> str:
    if language == "en":
        return usage
    from povtarget.indonesian.help import FRAMES

    for english, text in FRAMES.items():
        usage = usage.replace(english, text) if english in _OF_USAGE else usage
    return usage


_OF_USAGE = ("Usage:", "[OPTIONS]", "COMMAND [ARGS]")


def _told(option: Any, language: Language) -> Any:
    if language != "en" and option is not None:
        from povtarget.indonesian.help import FRAMES

        option.help = FRAMES["Show this message and exit."]
        option.rich_help_panel = FRAMES["Options"]
    return option


@contextmanager
def _frames(language: Language) -> Iterator[None]:
    """Put Indonesian in place of the words that Typer writes around help, and take it back."""
    if language == "en":
        yield
        return
    from typer import rich_utils

    from povtarget.indonesian.help import FRAMES

    words = vars(rich_utils)
    english = {name: text for name, text in words.items() if isinstance(text, str)}
    words |= {name: FRAMES[text] for name, text in english.items() if text in FRAMES}
    try:
        yield
    finally:
        words |= {name: text for name, text in english.items() if text in FRAMES}
