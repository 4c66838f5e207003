"""The catalogue: what each agency gives, to whom, for how much, and this year's new money.

Numbers are those of FACTS.md section 2.1 where a comment names its row; those marked
(assumption) are ours. Conversions follow FACTS.md section 2.3, and are all assumptions: cash
and food 1.0, school grants 0.8, a house or a latrine 8 % of its cost a year, a premium 0.3,
training and tools a part of a year of the better earnings. Recipients of earlier years are
receipts; the amounts here pay for new places on top of them.
"""

from __future__ import annotations

from dataclasses import replace

from povtarget.datasets.livelihoods import enterprise, protection, training
from povtarget.datasets.welfare import FAMILIES
from povtarget.programs import Budget, Catalog, Program, Rule

# In each line and quota of a small city, so that there is something to choose.
_FEWEST_HOUSEHOLDS, _FEWEST_PERSONS = 3, 6

# Bidang urusan as in Permendagri 90/2019; the digits after it are illustrative (assumption).
_SOCIAL, _HEALTH, _SCHOOL = "1.06.05.2.02", "1.02.02.2.02", "1.01.02.2.03"
_HOMES, _WORKS, _LABOUR = "1.04.03.2.03", "1.03.05.2.01", "2.07.03.2.01"
_FOOD, _TRADE = "2.09.03.2.02", "2.17.07.2.01"


def _line(agency: str, fund: str, amount: float, code: str) -> Budget:
    """A line that the city decides; money moves within APBD Kota and within DBHCHT only."""
    group = fund if fund in ("APBD Kota", "DBHCHT") else ""
    return Budget(
        f"{agency} / {fund}",
        amount=amount,
        agency=agency,
        fund=fund,
        transfer_group=group,
        code=code,
    )


def _proposed(name: str, amount: float) -> Budget:
    """A line for which the city proposes names and another government decides."""
    agency, fund = name.split(" / ")
    fund = "APBN" if fund.startswith("APBN") else fund
    return Budget(name, amount=amount, agency=agency, fund=fund, control="propose")


def _fixed(name: str, amount: float) -> Budget:
    """A line with nothing to choose: its recipients are receipts."""
    return replace(_proposed(name, amount), control="fixed")


def _budgets() -> list[Budget]:
    """Lines at the size of the real city, Rp a year."""
    return [
        # 2,500 new persons (assumption) beside the 74,274 of row 4.
        _line("Dinkes", "APBD Kota", 2_500 * 453_600, _HEALTH),
        # Row 14: Rp 1.9 bn in 2024; the province gives it to the city for this purpose only.
        _line("Dinkes", "Bankeu Provinsi", 1_900_000_000, _HEALTH),
        _line("Dindik", "APBD Kota", 596_000_000, _SCHOOL),  # row 6: 596 pupils
        _line("Dinperkim", "APBD Kota", 386 * 15_000_000, _HOMES),  # row 7: 386 homes
        _line("Dinperkim", "DAK", 82 * 20_000_000, _HOMES),  # row 8: 82 homes
        _line("Dinsos-P2KB", "APBD Kota", 825 * 341_000, _SOCIAL),  # row 12: 825 persons
        _line("Dinsos-P2KB", "DBHCHT", 500 * 1_200_000, _SOCIAL),  # row 19: 500 workers
        # Row 16: Rp 4.307 bn; row 17: 27 kelurahan x 20 seats at 1.5 m (assumption).
        _line("Dinperinaker", "DBHCHT", 4_307_000_000 + 540 * 1_500_000, _LABOUR),
        # Row 21: a quota of 1,000 less 817 enrolled.
        _line("Dinperinaker", "APBD Kota", 183 * 201_600, _LABOUR),
        _line("Dinperpa", "APBD Kota", 1_174 * 70_000, _FOOD),  # row 22: 1,174 families
        _line("Dinperpa", "APBD Provinsi", 724 * 300_000, _FOOD),  # row 15: 724 families
        _line("Dindagkop-UKM", "APBD Kota", 300 * 2_500_000, _TRADE),  # 300 (assumption)
        # Twice the 30 latrines of row 26 (assumption).
        _line("DPUPR", "DAK", 60 * 13_300_000, _WORKS),
        # The fixed amounts are the families of the receipts times the unit cost.
        _fixed("Dinsos-P2KB / APBN PKH", 11_310 * 4_600_000),
        _fixed("Dinsos-P2KB / APBN Sembako", 15_000 * 2_400_000),
        _fixed("Dinperpa / APBN Beras", 25_988 * 390_000),
        _proposed("Dinsos-P2KB / APBN PBI", 3_000 * 504_000),  # 3,000 persons (assumption)
        # 60 new meals (assumption) beside the 432 of row 13; row 20: 30 families.
        _proposed("Dinsos-P2KB / APBN Kemensos", 60 * 7_665_000 + 30 * 2_400_000),
        # New pupils: 2,400 SD, 1,600 SMP, 1,200 SMA (assumption).
        _proposed("Dindik / APBN", 2_400 * 450_000 + 1_600 * 750_000 + 1_200 * 1_800_000),
        _proposed("Dinperkim / APBN", 8 * 20_000_000),  # row 9: 8 homes
        _proposed("Disperakim Provinsi / APBD Provinsi", 81 * 10_000_000),  # row 10: 81
        # 60 new cards (assumption); row 11: 12,764 cards in 35 kabupaten and cities.
        _proposed("Dinsos Provinsi / APBD Provinsi", 60 * 3_000_000),
        _proposed("Dinsos Provinsi / DBHCHT", 1_094 * 1_200_000),  # row 19: 1,094 workers
    ]


def _cash() -> list[Program]:
    # Row 1. The cost is that of a mean family; each receipt adds up its own members.
    pkh = Program(
        "pkh",
        need="cash",
        budget="Dinsos-P2KB / APBN PKH",
        unit_cost=4_600_000,
        benefit=4_600_000,
        title="Program Keluarga Harapan",
        eligibility="decile <= 4 and (pregnant + toddlers + pupils_sd + pupils_smp + "
        "pupils_sma + elderly + severe_disability > 0)",
    )
    kjs = Program(
        "kjs",
        need="cash",
        budget="Dinsos Provinsi / APBD Provinsi",
        unit_cost=3_000_000,
        benefit=3_000_000,
        title="Kartu Jateng Sejahtera",
        eligibility="decile <= 2 and (chronically_ill > 0 or elderly > 0 or "
        "severe_disability > 0)",
    )  # row 11; decile (assumption)
    # Row 19: 300,000 a month; four months are paid (assumption).
    tobacco = [
        Program(
            f"blt_dbhcht_{who}",
            need="cash",
            budget=f"{agency} / DBHCHT",
            unit_cost=1_200_000,
            benefit=1_200_000,
            per="tobacco_workers",
            title=f"BLT buruh pabrik rokok ({who})",
            eligibility="tobacco_workers > 0",
        )
        for who, agency in (("kota", "Dinsos-P2KB"), ("prov", "Dinsos Provinsi"))
    ]
    return [pkh, kjs, *tobacco]


def _food() -> list[Program]:
    return [
        Program(
            "sembako",
            need="food",
            budget="Dinsos-P2KB / APBN Sembako",
            unit_cost=2_400_000,
            benefit=2_400_000,
            eligibility="decile <= 4",
            title="Program Sembako (BPNT)",
        ),  # row 2
        # Row 23: 10 kg at 130,000 (assumption), three months (assumption).
        Program(
            "bantuan_beras",
            need="food",
            budget="Dinperpa / APBN Beras",
            unit_cost=390_000,
            benefit=390_000,
            eligibility="decile <= 4",
            title="Bantuan pangan beras 10 kg",
        ),
        Program(
            "lansia_kota",
            need="food",
            budget="Dinsos-P2KB / APBD Kota",
            unit_cost=341_000,
            benefit=341_000,
            per="elderly",
            quota=825,
            eligibility="elderly > 0 and decile <= 4",
            title="Sembako lansia dan disabilitas",
        ),  # row 12; decile (assumption)
        # Row 13: 21,000 a day; a meal is worth 0.8 of its price to the family (assumption).
        Program(
            "permakanan",
            need="food",
            budget="Dinsos-P2KB / APBN Kemensos",
            unit_cost=7_665_000,
            benefit=7_665_000,
            conversion=0.8,
            quota=60,
            eligibility="decile <= 3 and (size == 1 and elderly == 1 or severe_disability > 0)",
            title="Permakanan lansia tunggal dan disabilitas",
        ),
        # Row 22: seven kelurahan, of which the source names none (assumption).
        Program(
            "cppd",
            need="food",
            budget="Dinperpa / APBD Kota",
            unit_cost=70_000,
            benefit=70_000,
            title="Beras cadangan pangan untuk korban rob dan banjir",
            eligibility="flooded == 1 and area in ('Bandengan', 'Degayu', "
            "'Kandang Panjang', 'Krapyak', 'Panjang Baru', "
            "'Panjang Wetan', 'Tirto')",
        ),
    ]


def _health() -> list[Program]:
    return [
        # Row 14: 16,000 for each menu, 90 days.
        Program(
            "pmt",
            need="nutrition",
            budget="Dinkes / Bankeu Provinsi",
            unit_cost=1_440_000,
            benefit=1_440_000,
            per="stunted",
            conversion=0.75,
            eligibility="stunted > 0",
            title="PMT pangan lokal",
        ),
        # Row 15: families with a stunted child; amount and decile (assumption).
        Program(
            "pangan_stunting",
            need="nutrition",
            budget="Dinperpa / APBD Provinsi",
            unit_cost=300_000,
            benefit=300_000,
            eligibility="stunted > 0 and decile <= 4",
            title="Paket pangan keluarga berisiko stunting",
        ),
        # Rows 3 and 4; deciles for "poor or near poor" and "unable to pay" (assumption).
        Program(
            "pbi_apbn",
            need="health",
            budget="Dinsos-P2KB / APBN PBI",
            unit_cost=504_000,
            benefit=504_000,
            per="uncovered_health",
            conversion=0.3,
            eligibility="uncovered_health > 0 and decile <= 4",
            title="PBI-JKN",
        ),
        Program(
            "pbi_apbd",
            need="health",
            budget="Dinkes / APBD Kota",
            unit_cost=453_600,
            benefit=453_600,
            per="uncovered_health",
            conversion=0.3,
            eligibility="uncovered_health > 0 and decile <= 8",
            title="PBPU-BP Pemda (UHC)",
        ),
    ]


def _school() -> list[Program]:
    # Row 5. Each level is a need of its own: two pupils of one family are no duplicate.
    levels = (("sd", 450_000), ("smp", 750_000), ("sma", 1_800_000))
    return [
        *(
            Program(
                f"pip_{level}",
                need=f"school {level.upper()}",
                budget="Dindik / APBN",
                unit_cost=amount,
                benefit=amount,
                per=f"pupils_{level}",
                conversion=0.8,
                eligibility=f"pupils_{level} > 0 and decile <= 4",
                title=f"Program Indonesia Pintar {level.upper()}",
            )
            for level, amount in levels
        ),
        Program(
            "bktm",
            need="school SMA",
            budget="Dindik / APBD Kota",
            unit_cost=1_000_000,
            benefit=1_000_000,
            per="pupils_sma",
            conversion=0.8,
            eligibility="pupils_sma > 0 and decile <= 5",
            title="Beasiswa siswa tidak mampu",
        ),  # row 6; decile (assumption)
    ]


def _homes() -> list[Program]:
    # Rows 7 to 10; deciles, and Bandengan beside Degayu (assumption).
    grants = (
        ("rtlh_kota", "Dinperkim / APBD Kota", 15_000_000, "decile <= 4", "RTLH kota"),
        (
            "rtlh_dak",
            "Dinperkim / DAK",
            20_000_000,
            "decile <= 4 and area in ('Bandengan', 'Degayu')",
            "RTLH DAK",
        ),
        ("bsps", "Dinperkim / APBN", 20_000_000, "decile <= 4", "BSPS"),
        (
            "rtlh_prov",
            "Disperakim Provinsi / APBD Provinsi",
            10_000_000,
            "decile <= 3",
            "RTLH provinsi",
        ),
    )
    return [
        *(
            Program(
                name,
                need="housing",
                budget=budget,
                unit_cost=amount,
                benefit=amount,
                conversion=0.08,
                duration_years=10,
                title=title,
                eligibility=f"own_house == 1 and unfit_house == 1 and {who}",
            )
            for name, budget, amount, who, title in grants
        ),
        # Row 26: Rp 400 m for 30; decile (assumption).
        Program(
            "sanitasi",
            need="sanitation",
            budget="DPUPR / DAK",
            unit_cost=13_300_000,
            benefit=13_300_000,
            conversion=0.08,
            duration_years=10,
            eligibility="no_latrine == 1 and own_house == 1 and decile <= 4",
            title="Jamban dan tangki septik",
        ),
    ]


def _rules() -> list[Rule]:
    """Rules on combining (FACTS.md section 2.2 and the column "combine / exclude")."""
    housing = ("bsps", "rtlh_dak", "rtlh_kota", "rtlh_prov")
    return [
        Rule("forbid", programs=("pbi_apbn", "pbi_apbd")),  # one JKN segment for each person
        Rule("forbid", programs=housing, window_years=10),  # one grant for each house
        Rule("forbid", programs=("kjs", "pkh")),  # the card is for those the centre missed
        Rule("forbid", programs=("kjs", "sembako")),
        Rule("forbid", programs=("blt_dbhcht_kota", "blt_dbhcht_prov"), window_years=1),
        Rule("forbid", programs=("blk", "pelatihan_kel"), window_years=1),
        Rule("forbid", programs=("bktm", "pip_sma"), window_years=1),  # (assumption)
        Rule("forbid", programs=("pena", "ume_kota")),  # (assumption)
        Rule("forbid", programs=("rtlh_dak", "sanitasi")),  # not with a new house
        Rule("require", programs=("pena", "pkh")),  # for families of PKH
        Rule("penalise", programs=("pangan_stunting", "pmt"), weight=0.05),  # same children
        Rule("penalise", programs=("lansia_kota", "permakanan"), weight=0.05),  # (assumption)
    ]


def catalogue(families: int) -> Catalog:
    """Return the catalogue for a city of so many families.

    Amounts, quotas and minima are those of the real city in proportion to the families, in
    whole rupiah and places; but each line pays three households, or six persons, at least.

    Examples
    --------
    >>> [budget.amount for budget in catalogue(87_000).budgets if budget.fund == "DAK"]
    [798000000, 1640000000]
    >>> [budget.amount for budget in catalogue(100).budgets if budget.fund == "DAK"]
    [39900000, 60000000]
    """
    scale = families / FAMILIES
    programs = [
        _scaled(program, scale)
        for program in (
            *_cash(),
            *_food(),
            *_health(),
            *_school(),
            *_homes(),
            *training(),
            *enterprise(),
            *protection(),
        )
    ]
    least: dict[str, float] = {}
    for program in programs:
        floor = program.unit_cost * _fewest(program)
        least[program.budget] = max(least.get(program.budget, 0), floor)
    budgets = [
        replace(budget, amount=max(round(budget.amount * scale), round(least[budget.name])))
        for budget in _budgets()
    ]
    return Catalog(programs=programs, budgets=budgets, rules=_rules())


def _fewest(program: Program) -> int:
    return _FEWEST_HOUSEHOLDS if program.per is None else _FEWEST_PERSONS


def _scaled(program: Program, scale: float) -> Program:
    quota = program.quota
    if quota is not None:
        quota = max(round(quota * scale), _fewest(program))
    return replace(program, quota=quota, minimum=int(program.minimum * scale))
