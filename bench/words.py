"""Words of reports that nobody wrote: enough of them that a search finds few."""

from __future__ import annotations

import random

THINGS = (
    "lampu jalan", "saluran air", "trotoar", "jembatan kecil", "halte", "taman bermain",
    "sekolah dasar", "puskesmas", "antrean loket", "kartu keluarga", "bantuan sembako", "sampah pasar",
    "pohon tua", "parkir liar", "air minum", "jalan berlubang", "kabel telepon", "pungutan", "bus kota",
    "pasar pagi", "kolam renang", "perpustakaan", "izin usaha", "akta lahir", "pajak bumi",
    "rumah pompa", "tanggul", "marka jalan", "rambu", "toilet umum",
)  # fmt: skip
TROUBLES = (
    "padam", "tersumbat", "rusak", "retak", "bau", "lambat", "tertunda", "hilang", "bocor", "kotor",
    "ditolak", "mahal", "roboh", "bising", "gelap", "terlambat", "tidak terawat", "tidak jelas",
    "membahayakan", "mengganggu",
)  # fmt: skip
PLACES = (
    "Melati", "Mawar", "Kenanga", "Anggrek", "Cempaka", "Dahlia", "Flamboyan", "Teratai", "Seroja",
    "Kemuning", "Bougenvil", "Angsana", "Cemara", "Akasia", "Beringin", "Mahoni", "Randu", "Sawo",
    "Jambu", "Nangka", "Manggis", "Rambutan",
)  # fmt: skip


def title(chance: random.Random) -> str:
    """One short line."""
    return f"{chance.choice(THINGS).capitalize()} {chance.choice(TROUBLES)} di {place(chance)}"


def text(chance: random.Random) -> str:
    """Some sentences, with a word or two that few others have."""
    said = [
        f"{chance.choice(THINGS)} {chance.choice(TROUBLES)} sejak {chance.randint(2, 30)} hari"
        for _ in range(5)
    ]
    return ". ".join([*said, f"Nomor tiang {chance.randint(1, 99_999)}", f"Dekat {place(chance)}"])


def place(chance: random.Random) -> str:
    """Where it is said to be."""
    return f"Jalan {chance.choice(PLACES)} {chance.randint(1, 400)}"
