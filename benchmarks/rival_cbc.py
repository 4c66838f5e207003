"""CBC, the binary that PuLP brings, on a binary program through an MPS file."""

from __future__ import annotations

import math
import re
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pulp

from binary_program import Answer, BinaryProgram, Floats, Limits

_NUMBER = r"([-+0-9.eE]+)"
_OBJECTIVE = re.compile(rf"^Objective value:\s+{_NUMBER}\s*$", re.MULTILINE)
_BOUND = re.compile(rf"^(?:Lower|Upper) bound:\s+{_NUMBER}\s*$", re.MULTILINE)
_RESULT = re.compile(r"^Result - (.*\S)\s*$", re.MULTILINE)
_GRACE = 60.0  # seconds that CBC may take beyond its limit before it is killed


def write_mps(program: BinaryProgram, path: Path) -> None:
    """An MPS file in fixed columns that minimises the negated objective."""
    with path.open("w", encoding="ascii") as file:
        file.writelines(_mps_lines(program))


def _mps_lines(program: BinaryProgram) -> Iterator[str]:
    lower, upper = program.row_lower, program.row_upper
    if np.any(np.isfinite(lower) & np.isfinite(upper)):
        raise ValueError("no row with two bounds is expected")
    rows, columns = program.matrix.shape
    yield "NAME          TARGETING\nROWS\n N  OBJ\n"
    is_least = np.isfinite(lower)
    for row in range(rows):
        yield f" {'G' if is_least[row] else 'L'}  R{row}\n"
    yield "COLUMNS\n    MARKER                 'MARKER'                 'INTORG'\n"
    matrix = program.matrix.tocsc()
    start, index = matrix.indptr.tolist(), matrix.indices.tolist()
    data, objective = _whole(matrix.data), _whole(-program.objective)
    for column in range(columns):
        if objective[column]:
            yield f"    X{column:<8} OBJ        {objective[column]}\n"
        for k in range(start[column], start[column + 1]):
            yield f"    X{column:<8} R{index[k]:<8}  {data[k]}\n"
    yield "    MARKER                 'MARKER'                 'INTEND'\nRHS\n"
    for row, bound in enumerate(_whole(np.where(is_least, lower, upper))):
        if bound:
            yield f"    RHS       R{row:<8}  {bound}\n"
    yield "BOUNDS\n"
    for column in range(columns):
        yield f" BV BND       X{column}\n"
    yield "ENDATA\n"


def _whole(numbers: Floats) -> list[int]:
    if np.any(numbers != np.floor(numbers)):
        raise ValueError("whole numbers are expected")
    return [int(number) for number in numbers.tolist()]


def run_cbc(program: BinaryProgram, mps: Path, limits: Limits) -> Answer:
    """Run CBC on a file that `write_mps` wrote."""
    solution = mps.with_suffix(".sol")
    command = [_binary(), str(mps), "-sec", f"{limits.seconds:.0f}", "-timeMode", "elapsed"]
    command += ["-ratio", repr(limits.gap)]
    if limits.threads is not None:
        command += ["-threads", str(limits.threads)]
    command += ["-solve", "-solution", str(solution)]
    log = mps.with_suffix(".log")
    with log.open("w", encoding="utf-8") as file:
        subprocess.run(
            command,
            stdout=file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=True,
            timeout=limits.seconds + _GRACE,
        )
    return _read_answer(log.read_text(encoding="utf-8", errors="replace"), solution, program)


def _read_answer(log: str, solution: Path, program: BinaryProgram) -> Answer:
    result = _RESULT.search(log)
    if result is None:
        raise RuntimeError(f"CBC stated no result; its last words: {log[-300:]}")
    objective, bound = _OBJECTIVE.search(log), _BOUND.search(log)
    is_optimal = result.group(1).startswith("Optimal")
    best = math.inf if bound is None else -float(bound.group(1))
    if objective is None or not solution.exists():
        return Answer(result.group(1), bound=best)
    z = np.zeros(program.objective.size, dtype=bool)
    for line in solution.read_text(encoding="ascii").splitlines()[1:]:
        words = line.replace("**", " ").split()
        z[int(words[1].removeprefix("X"))] = float(words[2]) > 0.5
    value = -float(objective.group(1))
    if bound is None and is_optimal:
        best = value
    return Answer(result.group(1), z, value, best)


def _binary() -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PuLP warns that a later version brings no CBC
        return str(pulp.PULP_CBC_CMD(msg=False).path)
