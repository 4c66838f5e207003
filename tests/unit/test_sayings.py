"""Every sentence that a person may be shown can be said in Indonesian."""

from __future__ import annotations

import ast
import copy
import pickle
import re
from collections import defaultdict
from pathlib import Path
from string import Formatter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command
from typer.testing import CliRunner

import povtarget
from povtarget.cli import app
from povtarget.error_texts import error_text
from povtarget.errors import Fault, InfeasibleError, InputError, PovtargetError, fault_text
from povtarget.indonesian import AS_THEY_ARE, SAYINGS
from povtarget.indonesian.help import HELP
from povtarget.locale import Words
from povtarget.sayings import Said, either, every, foreign, in_indonesian, said
from said_texts import Leaf, Package, Tracer, argument, fields

PACKAGE = Package.read(Path(povtarget.__file__).parent)
SAYERS = frozenset({"nearest", "either", "every", "listed", "foreign", "words", "Words"})
# What no text of ours flows through, or what is a quotation or code; by module and expression.
LOOSE = {
    ("entry_faults.py", "f'[{kind.__name__}(...), ...]'"): "code",
    ("mmkp/model.py", "str(expected)"): "a shape",
    ("mmkp/solving.py", "', '.join(['auto', *engines])"): "names of engines",
    ("expressions.py", "Parser(self.text).parse()"): "a value, whose kind is a literal",
    ("registry/reading.py", "ledger.in_order()"): "notices, which are traced as such",
    ("places.py", "str(name)"): "names of places",
    ("places.py", "map(str, place)"): "names of places",
    ("places.py", "str(found[rare])"): "names of places",
    ("registry/places.py", "Place(kelurahan.name, kelurahan.kecamatan)"): "names of places",
    ("catalog_entries.py", "Said(expected.template, named)"): "a said text, with other fields",
    ("cli/hints.py", "_HINT.sub(option, message)"): "a said text, with an option for its bracket",
    ("certificates.py", "', '.join(TABLES)"): "names of tables",
    ("certificates.py", "json.loads(path.read_text(encoding='utf-8'))"): "stored",
    ("questions/frontier.py", "', '.join(get_args(Over))"): "words of an argument",
    ("receipts.py", "', '.join((name for name, way in LOCK_REASONS.items() if way == lock))"): (
        "words of a file"
    ),
    ("registry/sample.py", "', '.join(sorted(here)[:5])"): "years",
}
ARGUMENTS = {
    "Fault": ((0, "message"), (5, "expected")),
    "Notice": ((0, "message"), (5, "expected")),
    "_chained": ((0, "template"),),
    "replace": ((9, "message"), (9, "expected")),  # by name only
    "PovtargetError": ((0, ""),),
    "SolverError": ((0, ""),),
    "InfeasibleError": ((2, "note"),),
}
LISTS = ("warnings", "violations", "notes")
ENGLISH = re.compile(
    r"\b(the|of|is|are|not|no|was|were|with|expected|has|have|that|this|which|cannot|and|or|be"
    r"|such|more|every|each|there|row|value|column|did|you|mean|missing|unknown|already)\b"
)


def _leaves() -> dict[str, list[Leaf]]:
    """Where the texts of faults, errors, warnings and sentences end up, by text."""
    tracer = lambda: Tracer(PACKAGE, SAYERS)  # noqa: E731
    found: list[Leaf] = []
    for name, places in ARGUMENTS.items():
        for call in PACKAGE.calls[name]:
            for given_ in (argument(call, *place) for place in places):
                if given_ is not None:
                    found += tracer().leaves(given_)
    for call in PACKAGE.calls["warn"]:
        if len(call.args) > 1 and getattr(call.args[1], "id", "") == "PovtargetWarning":
            found += tracer().leaves(call.args[0])
    for name, definition in PACKAGE.classes.items():
        for attr in {*LISTS} & {*fields(definition, PACKAGE)} - {"targets"}:
            if PACKAGE.module[definition] == "targets.py":
                continue  # findings, which `locale` says
            for call in PACKAGE.calls[name]:
                given_ = argument(call, fields(definition, PACKAGE).index(attr), attr)
                if given_ is not None and not isinstance(given_, ast.Starred):
                    found += tracer().leaves(given_, ("*",))
    for call in PACKAGE.calls["said"]:
        if PACKAGE.is_said(call) and PACKAGE.module[call] != "sayings.py":
            found += tracer().said(call)
    for call in (*PACKAGE.calls["said"], *PACKAGE.calls["Said"]):
        if PACKAGE.module[call] == "sayings.py" and isinstance(call.args[0], ast.Constant):
            found.append(Leaf("said", call.args[0].value, PACKAGE.place(call)))
    by_text = defaultdict(list)
    for leaf in found:
        by_text[leaf.text].append(leaf)
    return dict(by_text)


LEAVES = _leaves()


def _names(template: str) -> list[tuple[str, str]]:
    """Fields of a template, with how each is written."""
    parts = Formatter().parse(template)
    return sorted((name, f"{how}!{as_}") for _, name, how, as_ in parts if name is not None)


def test_every_text_is_a_literal_or_said():
    loose = {
        (leaf.place.split(":")[0], leaf.text)
        for leaves in LEAVES.values()
        for leaf in leaves
        if leaf.kind == "loose"
    }
    assert loose - {*LOOSE} == set(), "write it as a literal, or with povtarget.sayings.said"
    assert {*LOOSE} - loose == set(), "no longer needed"


# Where an f-string of words is no sentence of a fault or a warning.
NO_SENTENCES = {
    "baselines/orders.py": "a name that is stored",
    "cli/registry.py": "a command",
    "cli/templates.py": "a command",
    "datasets/agencies.py": "names and expressions of a catalogue",
    "errors.py": "English of `InputError` and `InfeasibleError`, which `error_texts` says",
    "formulation.py": "a name of a row",
    "mmkp/highs.py": "a name of an option",
    "registry/agreement.py": "SQL",
    "registry/bridge.py": "labels of a table for analysts",
    "registry/calibration.py": "an English report for analysts",
    "registry/model.py": "a part of a repr",
    "registry/prediction_report.py": "an English report for analysts",
    "registry/reliability.py": "a label of a table for analysts",
}
WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|\0 [a-z]{2,}|[a-z]{2,} \0|[a-z]{2,} '\0")


def test_no_sentence_is_an_f_string():
    """What is filled in by an f-string cannot be said in another language."""
    found = {}
    for module, tree in PACKAGE.trees.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.JoinedStr):
                continue
            if getattr(PACKAGE.scope(node), "name", "") in ("__str__", "__repr__"):
                continue
            parts = [
                part.value if isinstance(part, ast.Constant) else "\0" for part in node.values
            ]
            if WORDS.search("".join(map(str, parts))) and module not in NO_SENTENCES:
                found[PACKAGE.place(node)] = ast.unparse(node)
    assert found == {}, "write it with povtarget.sayings.said"


def test_every_text_has_its_indonesian():
    known = {*SAYINGS} | AS_THEY_ARE
    lacking = {
        text: leaves[0].place
        for text, leaves in LEAVES.items()
        if leaves[0].kind != "loose" and text not in known
    }
    assert lacking == {}


def test_nothing_is_kept_that_is_no_longer_said():
    said_here = {text for text, leaves in LEAVES.items() if leaves[0].kind != "loose"}
    assert ({*SAYINGS} | AS_THEY_ARE) - said_here == set()
    assert not {*SAYINGS} & AS_THEY_ARE


def test_fields_are_the_same_in_both_languages():
    is_said = {text for text, leaves in LEAVES.items() if any(x.kind == "said" for x in leaves)}
    assert len(is_said) > 300
    for template in is_said & {*SAYINGS}:
        assert _names(template) == _names(SAYINGS[template]), template


def test_calls_give_the_fields_of_their_templates():
    for call in PACKAGE.calls["said"]:
        if not PACKAGE.is_said(call):
            continue
        given_ = {keyword.arg for keyword in call.keywords}
        for leaf in Tracer(PACKAGE, SAYERS).leaves(call.args[0]):
            if leaf.kind == "literal":
                assert {name for name, _ in _names(leaf.text)} == given_, leaf


def test_indonesian_is_indonesian():
    """No English word outside quotations, code and names."""
    for english, text in SAYINGS.items():
        plain = re.sub(r"'[^']*'|\"[^\"]*\"|\{[^}]*\}|\([^)]*=[^)]*\)|\w+\(.*\)|\w+=", " ", text)
        plain = plain.replace("in atau out", "").replace("in or out", "")
        assert not ENGLISH.search(plain), (english, text)


def test_a_said_text_is_its_english_and_travels():
    inner = said("{count:,} rows ({names})", count=1200, names="7, 9")
    text = said("{source}: {rows} with {what}", source="a.csv", rows=inner, what="x")
    assert text == "a.csv: 1,200 rows (7, 9) with x"
    assert isinstance(text, str)
    for again in (copy.deepcopy(text), *(pickle.loads(pickle.dumps(text, k)) for k in range(6))):
        assert type(again) is Said
        assert again == text
        assert again.template == text.template
        assert again.fields == text.fields
        assert type(again.fields["rows"]) is Said
    fault = pickle.loads(pickle.dumps(Fault(text, "a.csv", 7)))
    assert (
        fault_text(fault, Words("id").said) == "a.csv, baris 7: a.csv: 1.200 baris (7, 9) dengan x"
    )


@given(st.text(), st.integers(), st.floats(allow_nan=False))
def test_what_a_file_says_stays_as_it_is(name: str, whole: int, number: float):
    """Texts are quoted, numbers are written as the language does."""
    text = said("{name!s}|{whole:,}|{number:,.2f}", name=name, whole=whole, number=number)
    swap = str.maketrans(",.", ".,")
    expected = "|".join([name, f"{whole:,}".translate(swap), f"{number:,.2f}".translate(swap)])
    assert in_indonesian(text, {}) == expected
    assert in_indonesian(foreign(name), SAYINGS) == SAYINGS.get(str(foreign(name)), name)


def test_lists_of_choices():
    assert in_indonesian(either(["a", "b", "c"]), SAYINGS) == "a atau b atau c"
    assert in_indonesian(every([said("{count} cells", count=2), "b"]), SAYINGS) == "2 sel dan b"
    assert either(["a"]) == every(["a"]) == "a"


def test_numbers_of_numpy_are_numbers():
    text = said("at most {most}", most=np.float64(1.5))
    assert in_indonesian(text, SAYINGS) == "paling banyak 1,5"


def test_errors_of_every_kind_are_said():
    words = Words("id")
    hint = Fault(
        "no such program", "b.csv", 3, "program", "pkj", said("did you mean '{word}'?", word="pkh")
    )
    assert error_text(words, InputError([hint])).splitlines()[1] == (
        "  - b.csv, baris 3, kolom 'program': program itu tidak ada (nilai 'pkj'; maksud Anda 'pkh'?)"
    )
    note = said("{size} group(s) must choose but have no item", size=2)
    assert "2 kelompok harus memilih" in error_text(words, InfeasibleError([], [], note))
    assert error_text(words, PovtargetError("there is no such file")) == "berkas itu tidak ada"
    assert error_text(words, PovtargetError()) == ""


HOUSEHOLDS = (
    "household_id,size,consumption,area,decile\nH1,0,100000,A,11\nH1,2,1.500,A,2\n,x,5%,,3\n"
)
CATALOG = """[[budget]]
name = "kas"
amount = -5
[[program]]
name = "beras"
budget = "kass"
unit_cost = 100
benefit = "banyak"
eligibility = "elderly = 1 and"
quota = 1
minimum = 3
[[rule]]
kind = "forbids"
programs = ["beras"]
[[programs]]
name = "x"
"""


@pytest.fixture
def bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "h.csv").write_text(HOUSEHOLDS, encoding="utf-8")
    (tmp_path / "p.toml").write_text(CATALOG, encoding="utf-8")
    (tmp_path / "broken.toml").write_text('[budget]\nname = "a\n', encoding="utf-8")
    (tmp_path / "r.csv").write_text(
        "household_id,program,year,changeable\nH9,berass,kemarin,mungkin\n,,,\n", encoding="utf-8"
    )
    (tmp_path / "l.csv").write_text(
        "household_id,program,lock\nH1,beras,maybe\n", encoding="utf-8"
    )
    (tmp_path / "list.csv").write_text("Nama,Alamat\nBudi,Jalan 1\n", encoding="utf-8")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    return tmp_path


COMMANDS = (
    "plan h.csv p.toml --receipts r.csv --locks l.csv --out out",
    "plan h.csv broken.toml --out out",
    "plan none.csv none.toml --out out",
    "plan old.xls p.toml --out out",
    "plan h.csv p.toml --out none/out",
    "read list.csv --out out",
    "read old.xls --out out",
    "reconcile list.csv h.csv --out out",
    "verify .",
    "explain . H1",
    "audit h.csv p.toml",
    "compare . --scenarios broken.toml",
    "revise . --decisions . --out out",
    "demo --families 5",
    "template --out .",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_faults_on_the_command_line_are_indonesian(bad: Path, command: str):
    result = CliRunner().invoke(app, [*command.split(), "--lang", "id", "--no-progress"])
    if "template" in command:
        result = CliRunner().invoke(app, [*command.split(), "--lang", "id"])
    assert result.exit_code == 1, result.output
    text = result.output
    for quoted in (r"'[^'\n]*'", r'"[^"\n]*"', r"\[\[\w+\]\]", r"\w+\.(csv|toml|xls|xlsx)\b"):
        text = re.sub(quoted, " ", text)
    assert not ENGLISH.search(text), result.output


def _help(*arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, "--help"], env={"COLUMNS": "400"})
    assert result.exit_code == 0, result.output
    return result.output


GROUP = get_command(app)
NAMES = sorted(GROUP.commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["", *NAMES])
def test_help_speaks_one_language(name: str):
    arguments = [name] if name else []
    english, indonesian = _help(*arguments), _help(*arguments, "--lang", "id")
    said_in_english = {text for text in HELP if text in english}
    assert said_in_english
    for text in said_in_english:
        if len(text) > 12 and text not in HELP.values():  # shorter ones are words of others
            assert HELP[text] in indonesian, text
            assert text not in indonesian
            assert HELP[text] not in english
    assert "Usage:" in english
    assert "Pemakaian:" in indonesian
    assert "Usage:" not in indonesian
    assert "Options" not in indonesian
    assert "Contoh:" not in english
    assert "Example:" not in indonesian


def test_every_help_text_has_its_indonesian():
    texts = set()
    for command in (GROUP, *GROUP.commands.values()):  # type: ignore[attr-defined]
        texts |= {" ".join(each.split()) for each in (command.help or "").split("\n\n")}
        for parameter in command.params:
            texts |= {
                getattr(parameter, "help", None),
                getattr(parameter, "rich_help_panel", None),
            }
    texts = {text for text in texts if text and not text.startswith("Example: ")}
    assert texts == {*HELP}


def test_the_language_of_help_is_found_everywhere():
    for arguments in (
        ["--lang", "id", "verify"],
        ["--lang=id", "verify"],
        ["verify", "--lang=id"],
    ):
        assert "Pemakaian:" in _help(*arguments)
    result = CliRunner().invoke(app, ["verify", "--help"], env={"POVTARGET_LANG": "id"})
    assert "Pemakaian:" in result.output
    result = CliRunner().invoke(
        app, ["verify", "--lang", "en", "--help"], env={"POVTARGET_LANG": "id"}
    )
    assert "Usage:" in result.output
    assert "Usage:" in _help("verify")  # nothing of it stays


def test_a_language_before_the_command_is_the_command_s(tmp_path: Path):
    for arguments in (["--lang", "id", "verify"], ["--lang=id", "verify"]):
        result = CliRunner().invoke(app, [*arguments, str(tmp_path)])
        assert result.exit_code == 1
        assert "ini bukan folder rencana" in result.output
    result = CliRunner().invoke(app, ["verify", str(tmp_path)], env={"POVTARGET_LANG": "id"})
    assert "ini bukan folder rencana" in result.output


def test_a_value_that_cannot_be_read_is_told_in_the_language_that_is_asked_for():
    """Before the option --lang itself is read."""
    words = ("'xyz' is not a rate", "'xyz' bukan persentase")
    for arguments, own, other in (((), 0, 1), (("--lang", "id"), 1, 0), ((), 0, 1)):
        result = CliRunner().invoke(app, ["target", "--from", "xyz", *arguments])
        assert result.exit_code == 2
        assert words[own] in result.output
        assert words[other] not in result.output


def test_completion_of_commands_still_works():
    env = {
        "_POVTARGET_COMPLETE": "complete_bash",
        "COMP_WORDS": "povtarget ver",
        "COMP_CWORD": "1",
    }
    result = CliRunner().invoke(app, [], prog_name="povtarget", env=env)
    assert result.output.strip() == "verify"
