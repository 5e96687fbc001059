"""``completions``: a script with which bash, zsh or fish complete the command line, made from its parsers.

The script knows all but the sessions that run: for these it asks ``unitbench sessions --names``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import suppress
from shlex import quote
from typing import NamedTuple

from unitbench import catalogue
from unitbench_shell import parsers
from unitbench_shell.parsers import Fill, Parser

PROGRAM = "unitbench"


class Taken(NamedTuple):
    """What an argument, or the value of an option, can be: words, or what the shell finds out itself."""

    words: tuple[str, ...] = ()
    fill: Fill | None = None


class Option(NamedTuple):
    """An option in all its spellings; ``value`` is None where it has none."""

    names: tuple[str, ...]
    about: str
    value: Taken | None
    again: bool


class Command(NamedTuple):
    """A command of the console script; without a name the console script itself. ``args`` are its arguments in their
    order; with ``many`` the last one may come again."""

    name: str
    about: str
    options: tuple[Option, ...]
    args: tuple[Taken, ...]
    many: bool


def run(options: argparse.Namespace) -> int:
    """Print the script for a shell."""
    print(SCRIPTS[options.shell](list(commands())))
    return 0


def session_names() -> int:
    """Print the names of the sessions that run, or that ended without a word; nobody is asked, so that it is quick."""
    from unitbench.runtime import NoFolder
    from unitbench.session.endpoint import names

    with suppress(NoFolder):
        print("\n".join(names()))
    return 0


def commands() -> Iterator[Command]:
    """What there is to complete, the console script itself first."""
    yield _command("", parsers.session())
    for name, make in parsers.PARSERS.items():
        yield _command(name, make())


def _command(name: str, parser: Parser) -> Command:
    options: list[Option] = []
    args: list[Taken] = []
    many = False
    for action in parser._actions:
        taken = _taken(parser, action)
        if action.option_strings:
            value = taken if action.nargs != 0 and taken.fill is not Fill.JOINED else None
            again = isinstance(action, argparse._AppendAction)
            options.append(Option(tuple(action.option_strings), _told(action), value, again))
        else:
            args.append(taken)
            many = action.nargs in ("*", "+")
    return Command(name, parser.description or "", tuple(options), tuple(args), many)


def _told(action: argparse.Action) -> str:
    """The meaning of an option in one line."""
    return " ".join((action.help or "").split())


def _taken(parser: Parser, action: argparse.Action) -> Taken:
    fill = parser.fills.get(action.dest)
    if action.choices:
        return Taken(tuple(map(str, action.choices)))
    if fill is Fill.PROTOCOL:
        return Taken(catalogue.names())
    if fill is Fill.UNIT:
        return Taken(tuple(f"{scheme}://" for scheme in schemes()))
    if fill is Fill.OBJECT:
        from unitbench.export.schema import names

        return Taken(names())
    return Taken((), fill)


def schemes() -> tuple[str, ...]:
    """What addresses of units begin with."""
    from unitbench.line.heads import schemes_of

    return tuple(scheme for protocol in catalogue.protocols() for scheme in schemes_of(protocol))


# -- bash

BASH = """# {program}: completion for bash; made by '{program} completions bash'
_{program}() {{
    local cur prev words cword command="" at=1
    cur=${{COMP_LINE:0:COMP_POINT}}
    read -ra words <<< "$cur"
    [[ $cur == *[[:space:]] ]] && words+=("")
    cword=$((${{#words[@]}} - 1))
    cur=${{words[cword]}} prev=${{words[cword - 1]}}
    case ${{words[1]}} in
        {names}) ((cword > 1)) && command=${{words[1]}} at=2 ;;
    esac
    COMPREPLY=()
    # an option that wants a value, as the word before or in front of =
    local option=$prev value=$cur
    if [[ $cur == --*=* ]]; then
        option=${{cur%%=*}} value=${{cur#*=}}
    fi
    case "$command $option" in
{values}
    esac
    if [[ $cur == -* ]]; then
        case "$command" in
{options}
        esac
        return
    fi
    # which argument it is: words that are neither options nor their values
    local place=0 index
    for ((index = at; index < cword; index++)); do
        case "$command ${{words[index]}}" in
            {valued}) ((index++)) ;;
            *" -"*) ;;
            *) ((place++)) ;;
        esac
    done
    case "$command $place" in
{args}
    esac
}}
_{program}_words() {{
    local IFS=$'\\n' shown
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
    # the shell takes what stands behind the last colon for the word
    if [[ $2 == *:* && $COMP_WORDBREAKS == *:* ]]; then
        COMPREPLY=("${{COMPREPLY[@]#"${{2%"${{2##*:}}"}}"}}")
    fi
    [[ ${{COMPREPLY[0]}} == */ ]] && compopt -o nospace 2>/dev/null
    return 0
}}
_{program}_files() {{
    mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
    compopt -o filenames 2>/dev/null
    return 0
}}
complete -F _{program} {program}"""


def bash(found: list[Command]) -> str:
    """The script for bash."""
    values, options, args, valued = [], [], [], []
    for command in found:
        for option in command.options:
            if option.value is not None:
                patterns = [quote(f"{command.name} {name}") for name in option.names]
                valued += patterns
                values.append(f"        {'|'.join(patterns)}) {_bash(option.value, '$value')}; return ;;")
        names = "\n".join(name for option in command.options for name in option.names)
        options.append(f'            {quote(command.name)}) _{PROGRAM}_words {_lines(names)} "$cur" ;;')
        for index, taken in enumerate(command.args):
            last = command.many and index == len(command.args) - 1
            patterns = [
                quote(f"{command.name} {index}"),
                *([quote(f"{command.name} ") + "*"] if last else []),
            ]
            words = taken
            if not command.name and index == 0:
                words = Taken((*(each.name for each in found if each.name), *taken.words))
            args.append(f"        {'|'.join(patterns)}) {_bash(words, '$cur')} ;;")
    return BASH.format(
        program=PROGRAM,
        names="|".join(command.name for command in found if command.name),
        values="\n".join(values),
        options="\n".join(options),
        args="\n".join(args),
        valued="|".join(valued),
    )


def _bash(taken: Taken, typed: str) -> str:
    if taken.fill is Fill.FILE:
        return f'_{PROGRAM}_files -f "{typed}"'
    if taken.fill is Fill.FOLDER:
        return f'_{PROGRAM}_files -d "{typed}"'
    if taken.fill is Fill.SESSION:
        return f'_{PROGRAM}_words "$({PROGRAM} sessions --names 2>/dev/null)" "{typed}"'
    return f'_{PROGRAM}_words {_lines(chr(10).join(taken.words))} "{typed}"' if taken.words else ":"


def _lines(words: str) -> str:
    """Words, one a line, as a word of bash."""
    return "$'" + words.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


# -- zsh

ZSH = """#compdef {program}
# {program}: completion for zsh; made by '{program} completions zsh'
_{program}_sessions() {{
    local -a found
    found=(${{(f)"$({program} sessions --names 2>/dev/null)"}})
    compadd -a found
}}
_{program}() {{
    local curcontext=$curcontext
    if ((CURRENT > 2)); then
        case $words[2] in
{commands}
        esac
    fi
    local -a commands=(
{names}
    )
    ((CURRENT == 2)) && _describe -t commands command commands
    _arguments -S {own}
}}
if [[ $funcstack[1] == _{program} ]]; then
    _{program} "$@"
else
    compdef _{program} {program}
fi"""


def zsh(found: list[Command]) -> str:
    """The script for zsh."""
    cases = [
        f"            {command.name}) shift words; ((CURRENT--)); _arguments -S {_arguments(command)}; return ;;"
        for command in found
        if command.name
    ]
    names = [
        f"        {quote(f'{command.name}:{_plain(command.about)}')}" for command in found if command.name
    ]
    return ZSH.format(
        program=PROGRAM, commands="\n".join(cases), names="\n".join(names), own=_arguments(found[0])
    )


def _arguments(command: Command) -> str:
    specs = []
    for option in command.options:
        for name in option.names:
            others = "" if option.again else f"({' '.join(option.names)})"
            equals = "=" if option.value is not None and name.startswith("--") else ""
            star = "*" if option.again else ""
            value = f":{name.lstrip('-')}:{_zsh(option.value)}" if option.value is not None else ""
            specs.append(f"{others}{star}{name}{equals}[{_plain(option.about)}]{value}")
    for index, taken in enumerate(command.args, 1):
        place = "*" if command.many and index == len(command.args) else str(index)
        specs.append(f"{place}:argument:{_zsh(taken)}")
    return " ".join(map(quote, specs))


def _zsh(taken: Taken) -> str:
    own = {Fill.FILE: "_files", Fill.FOLDER: "_files -/", Fill.SESSION: f"_{PROGRAM}_sessions"}
    if taken.fill in own:
        return own[taken.fill]
    joined = "-S '' " if any(word.endswith("/") for word in taken.words) else ""
    return f"{{compadd {joined}-- {' '.join(taken.words)}}}" if taken.words else " "


def _plain(text: str) -> str:
    """A meaning without what ends it in a specification of zsh."""
    return text.replace("[", "(").replace("]", ")").replace(":", ",")


# -- fish

FISH = """# {program}: completion for fish; made by '{program} completions fish'
complete -c {program} -f"""


def fish(found: list[Command]) -> str:
    """The script for fish."""
    names = " ".join(command.name for command in found if command.name)
    lines = [FISH.format(program=PROGRAM)]
    for command in found:
        seen = "__fish_seen_subcommand_from"
        when = f"{seen} {command.name}" if command.name else f"not {seen} {names}"
        first = f"complete -c {PROGRAM} -n {quote(when)}"
        if command.name:
            lines.append(
                f"complete -c {PROGRAM} -n {quote('__fish_use_subcommand')} -a {command.name} -d {quote(command.about)}"
            )
        for option in command.options:
            spelt = " ".join(f"-l {n[2:]}" if n.startswith("--") else f"-s {n[1:]}" for n in option.names)
            value = f" {_fish(option.value)}" if option.value is not None else ""
            lines.append(f"{first} {spelt}{value} -d {quote(option.about)}")
        for taken in dict.fromkeys(command.args):
            if taken.words or taken.fill:
                lines.append(f"{first} {_fish(taken).removeprefix('-x ')}")
    return "\n".join(lines)


def _fish(taken: Taken) -> str:
    if taken.fill is Fill.FILE:
        return "-r -F"
    if taken.fill is Fill.FOLDER:
        return f"-x -a {quote('(__fish_complete_directories)')}"
    if taken.fill is Fill.SESSION:
        return f"-x -a {quote(f'({PROGRAM} sessions --names 2>/dev/null)')}"
    return f"-x -a {quote(' '.join(taken.words))}" if taken.words else "-x"


SCRIPTS: dict[str, Callable[[list[Command]], str]] = {"bash": bash, "zsh": zsh, "fish": fish}
