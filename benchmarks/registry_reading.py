"""Time the readers of registries on made lists of a whole city, each in a process of its own."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LAYOUTS = ("p3ke_family", "p3ke_individual", "dtks", "dtsen")
KINDS = ("csv", "xlsx")


def write(path: Path, layout: str, families: int) -> None:
    """Write a made list; the writers of the tests make it."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    import registry_files

    writer = registry_files.write_csv if path.suffix == ".csv" else registry_files.write_as_excel
    writer(path, registry_files.table(layout, families))


def read(path: Path) -> None:
    """Read a list and print what it took."""
    from povtarget.registry import read_registry

    wall, cpu = time.perf_counter(), time.process_time()
    registry = read_registry(path)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{path.name:25} {registry}: {wall:5.1f} s, processor {cpu:5.1f} s, {peak:.2f} GiB")


def main() -> None:
    """Write and read every layout, or do one step of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, default=87_000)
    parser.add_argument("--layouts", nargs="+", choices=LAYOUTS, default=LAYOUTS)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        path = Path(options.step[1])
        if options.step[0] == "write":
            write(path, path.stem, options.families)
        else:
            read(path)
        return
    with tempfile.TemporaryDirectory() as folder:
        for layout in options.layouts:
            for kind in options.kinds:
                path = str(Path(folder, f"{layout}.{kind}"))
                for step in ("write", "read"):
                    command = [sys.executable, __file__, "--families", str(options.families)]
                    subprocess.run([*command, "--step", step, path], check=True)


if __name__ == "__main__":
    main()
