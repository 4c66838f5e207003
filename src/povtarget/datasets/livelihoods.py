"""Programs for work: training, tools and capital, and the insurance of workers.

Gains and chances of success are assumptions throughout, and so are the deciles; rows are those
of the catalogue in `povtarget.datasets.agencies`.
"""

from __future__ import annotations

from povtarget.programs import Program


def training() -> list[Program]:
    """Skills, which pay from the next year on if they pay."""
    return [
        # Row 16: Rp 4.307 bn for 1,320. One in four earns 800,000 a month more.
        Program(
            "blk",
            need="skills",
            budget="Dinperinaker / DBHCHT",
            unit_cost=3_262_000,
            benefit=9_600_000,
            conversion=0.25,
            success=0.25,
            quota=1_320,
            minimum=300,
            eligibility="job_seekers > 0",
            delay_years=1,
            duration_years=3,
            title="Pelatihan kerja UPTD BLK",
        ),
        # Row 17: 27 kelurahan x 20 seats.
        Program(
            "pelatihan_kel",
            need="skills",
            budget="Dinperinaker / DBHCHT",
            unit_cost=1_500_000,
            benefit=3_600_000,
            conversion=0.25,
            success=0.30,
            quota=540,
            eligibility="working_age >= 2 and decile <= 3",
            delay_years=1,
            title="Pelatihan wirausaha kelurahan",
        ),
    ]


def enterprise() -> list[Program]:
    """Tools and capital for a business of the family's own."""
    return [
        # Row 20; the family also leaves regular aid, which no rule here can say.
        Program(
            "pena",
            need="capital",
            budget="Dinsos-P2KB / APBN Kemensos",
            unit_cost=2_400_000,
            benefit=4_800_000,
            conversion=0.5,
            success=0.4,
            quota=30,
            eligibility="has_business == 1 and decile <= 4",
            title="Pahlawan Ekonomi Nusantara",
        ),
        # Row 25; the amount too.
        Program(
            "ume_kota",
            need="capital",
            budget="Dindagkop-UKM / APBD Kota",
            unit_cost=2_500_000,
            benefit=4_800_000,
            conversion=0.5,
            success=0.4,
            eligibility="has_business == 1 and decile <= 4",
            title="Bantuan alat usaha mikro",
        ),
    ]


def protection() -> list[Program]:
    """Insurance against new poverty, which adds no consumption now."""
    return [
        # Row 21: a premium guards against new poverty and adds no consumption now.
        Program(
            "jamsostek",
            need="work protection",
            budget="Dinperinaker / APBD Kota",
            unit_cost=201_600,
            benefit=201_600,
            per="informal_workers",
            conversion=0.0,
            eligibility="informal_workers > 0 and decile <= 5",
            title="Batik Berlian (JKK dan JKM)",
        )
    ]
