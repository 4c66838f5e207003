"""Made registries in the real layouts: seeded, and no person's.

Every NIK and card number has the region 33.75 and a serial number from 9000 on, which no
registrar has reached; names are drawn from a short list of made ones.
"""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import openpyxl
from openpyxl.utils import get_column_letter

from povtarget.datasets.kelurahan import KECAMATAN, NAMES

FIRST = ("Sutini", "Warsito", "Ngatmi", "Karyadi", "Rubiyah", "Slamet", "Tarwiyah", "Mugiono")
LAST = ("Wijayakarsa", "Sastrodikromo", "Mangunharja", "Kartodipuro", "Prawirasemita")

P3KE_FAMILY = [
    "No", "ID Keluarga P3KE", "Provinsi", "Kabupaten/Kota", "Kecamatan", "Desa/Kelurahan",
    "Kode Kemdagri", "Desil Kesejahteraan", "Alamat", "Kepala Keluarga", "NIK", "Padan Dukcapil",
    "Jenis Kelamin", "Tanggal Lahir", "Pekerjaan", "Pendidikan", "Kepemilikan Rumah",
    "Memiliki Simpanan Uang/Perhiasan/Ternak/Lainnya", "Jenis Atap", "Jenis Dinding",
    "Jenis Lantai", "Sumber Penerangan", "Bahan Bakar Memasak", "Sumber Air Minum",
    "Memiliki Fasilitas Buang Air Besar", "Penerima BPNT", "Penerima BPUM", "Penerima BST",
    "Penerima PKH", "Penerima SEMBAKO", "Resiko Stunting",
]  # fmt: skip
P3KE_INDIVIDUAL = [
    *P3KE_FAMILY[:9], "ID Individu", "Nama", "NIK", "Padan Dukcapil", "Jenis Kelamin",
    "Hubungan dengan Kepala Keluarga", "Tanggal Lahir", "Status Kawin", "Pekerjaan", "Pendidikan",
    "Usia <7", "Usia 7-12", "Usia 13-15", "Usia 16-18", "Usia 19-21", "Usia 22-59", "Usia 60+",
    *P3KE_FAMILY[25:],
]  # fmt: skip
DTKS = [
    "idbdt", "ruta6", "kdprop", "kdkab", "kdkec", "kddesa", "alamat", "nama_sls", "nama_krt",
    "jumlah_art", "jumlah_keluarga", "sta_bangunan", "luas_lantai", "lantai", "sumber_penerangan",
    "cara_peroleh_airminum", "ada_sepeda", "ada_motor", "sta_pkh", "sta_rastra",
    "sta_keberadaan_rt", "percentile",
]  # fmt: skip
DTSEN = [
    "no_kk", "nik", "nama", "desil_nasional", "alamat", "rt", "rw", "kode_wilayah", "kecamatan",
    "kelurahan", "jumlah_anggota_keluarga", "penerima_pkh", "penerima_sembako", "penerima_pbi",
]  # fmt: skip

_BANDS = ((0, 6), (7, 12), (13, 15), (16, 18), (19, 21), (22, 59), (60, 150))
_YEAR = 2022


class City:
    """Families with members, as columns of Python lists.

    Parameters
    ----------
    families
        How many.
    seed
        Of the draw.
    """

    def __init__(self, families: int, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.count = families
        self.size = rng.integers(1, 7, families)
        self.place = rng.integers(0, len(NAMES), families)
        self.decile = rng.integers(1, 11, families)
        self.aid = rng.random((families, 5)) < 0.3
        self.of = np.repeat(np.arange(families), self.size)
        self.is_head = np.diff(self.of, prepend=-1) > 0
        people = len(self.of)
        self.age = np.where(
            self.is_head, rng.integers(22, 90, people), rng.integers(0, 90, people)
        )
        self.is_woman = rng.random(people) < 0.5
        self.month, self.day = rng.integers(1, 13, people), rng.integers(1, 29, people)
        self.name = [
            f"{FIRST[a]} {LAST[b]}"
            for a, b in zip(rng.integers(0, 8, people), rng.integers(0, 5, people), strict=True)
        ]

    def nik(self, person: int) -> str:
        day = self.day[person] + 40 * self.is_woman[person]
        year = (_YEAR - 1 - self.age[person]) % 100
        return f"337501{day:02d}{self.month[person]:02d}{year:02d}{9000 + person % 1000:04d}"

    def kk(self, family: int) -> str:
        return f"337501{family % 28 + 1:02d}{family // 28 % 12 + 1:02d}{family // 336 % 20:02d}{9001 + family % 7 + 10 * (family // 6720):04d}"

    def born(self, person: int) -> str:
        return f"{self.day[person]:02d}-{self.month[person]:02d}-{_YEAR - 1 - self.age[person]}"

    @property
    def heads(self) -> np.ndarray:
        return np.flatnonzero(self.is_head)

    def _place(self, family: int) -> list:
        at = self.place[family]
        return [
            "Jawa Tengah",
            "Kota Pekalongan",
            KECAMATAN[at],
            NAMES[at],
            f"33.75.0{at % 4 + 1}.10{at:02d}",
        ]

    def _aid(self, family: int) -> list[str]:
        return ["Ya" if one else "Tidak" for one in self.aid[family]]

    def p3ke_family(self) -> list[list]:
        rows = []
        for family, head in enumerate(self.heads.tolist()):
            rows.append([
                family + 1, f"P{family:07d}", *self._place(family), str(self.decile[family]),
                f"Jl. Contoh {family}", self.name[head], self.nik(head), "Ya",
                "Perempuan" if self.is_woman[head] else "Laki-laki", self.born(head), "Buruh", "SD",
                "Milik Sendiri", "Tidak", "Genteng", "Tembok", "Semen", "PLN", "Gas", "PDAM",
                "Ya, dengan tangki", *self._aid(family), "Tidak",
            ])  # fmt: skip
        return rows

    def p3ke_individual(self) -> list[list]:
        rows = []
        for person, family in enumerate(self.of.tolist()):
            age = self.age[person]
            rows.append([
                person + 1, f"P{family:07d}", *self._place(family), str(self.decile[family]),
                f"Jl. Contoh {family}", f"I{person:08d}", self.name[person], self.nik(person), "Ya",
                "Perempuan" if self.is_woman[person] else "Laki-laki",
                "Kepala Keluarga" if self.is_head[person] else "Anak", self.born(person), "Kawin",
                "Buruh", "SD", *("Ya" if a <= age <= b else "Tidak" for a, b in _BANDS),
                *self._aid(family), "Tidak",
            ])  # fmt: skip
        return rows

    def dtks(self) -> list[list]:
        return [
            [
                f"B{family:08d}", f"{family:06d}", "33", "75", f"0{family % 4 + 1}0", "001",
                f"Jl. Contoh {family}", f"RT {family % 9 + 1} RW {family % 5 + 1}", self.name[head],
                int(self.size[family]), 1, 1, 36, 5, family % 3 + 1, family % 3 + 1,
                family % 2 + 1, family % 2 + 3, 1 if self.aid[family, 3] else 2,
                3 if self.aid[family, 4] else 4, 1, int(self.decile[family]) * 10 - family % 10,
            ]
            for family, head in enumerate(self.heads.tolist())
        ]  # fmt: skip

    def dtsen(self) -> list[list]:
        return [
            [
                self.kk(family), self.nik(head), self.name[head], str(self.decile[family]),
                f"Jl. Contoh {family}", "1", "002", self._place(family)[4], *self._place(family)[2:4],
                str(self.size[family]), "V" if self.aid[family, 3] else "-",
                "1" if self.aid[family, 4] else "0", "Y" if self.aid[family, 0] else "T",
            ]
            for family, head in enumerate(self.heads.tolist())
        ]  # fmt: skip


LAYOUTS = {
    "p3ke_family": P3KE_FAMILY,
    "p3ke_individual": P3KE_INDIVIDUAL,
    "dtks": DTKS,
    "dtsen": DTSEN,
}


def table(layout: str, families: int, seed: int = 0, titles: int = 2) -> list[list]:
    """A layout as rows: titles and a blank row, the header, then the families."""
    top = [["DATA KESEJAHTERAAN"], ["KOTA PEKALONGAN TAHUN 2022"]][:titles] + [[]] * bool(titles)
    return [*top, LAYOUTS[layout], *getattr(City(families, seed), layout)()]


def write_csv(path: Path, rows: list[list], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding=encoding) as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    return path


def write_xlsx(path: Path, rows: list[list]) -> Path:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def write_as_excel(path: Path, rows: list[list]) -> Path:
    """The rows as Excel saves them: texts once for all cells, and the size of the sheet stated."""
    write_xlsx(path, [["x"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    texts: dict[str, int] = {}
    width = max(map(len, rows))
    letters = [get_column_letter(at + 1) for at in range(width)]
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for letter, cell in zip(letters, row, strict=False):
            if isinstance(cell, str):
                at = texts.setdefault(cell, len(texts))
                cells.append(f'<c r="{letter}{number}" t="s"><v>{at}</v></c>')
            elif cell is not None:
                cells.append(f'<c r="{letter}{number}"><v>{cell}</v></c>')
        lines.append(f'<row r="{number}" spans="1:{width}">{"".join(cells)}</row>')
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    size = f'<dimension ref="A1:{letters[-1]}{len(rows)}"/>'
    parts["xl/worksheets/sheet1.xml"] = (
        f"{head}<worksheet {space}>{size}<sheetData>{''.join(lines)}</sheetData></worksheet>".encode()
    )
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    parts["xl/sharedStrings.xml"] = f"{head}<sst {space}>{shared}</sst>".encode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    types = parts["[Content_Types].xml"].decode()
    if kind not in types:
        parts["[Content_Types].xml"] = types.replace("</Types>", part).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path
