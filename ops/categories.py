"""What reports are about: groups and their categories in both languages, as every installation starts from.

Codes never change and are never used anew; what is given up becomes inactive by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.category_table import CategoryRow
from db.database import Database


@dataclass(frozen=True)
class Subject:
    """A category, or a group of them: its code, its names, and what is in it."""

    code: str
    name: str
    name_en: str
    parts: tuple[Subject, ...] = ()


SUBJECTS: tuple[Subject, ...] = (
    Subject(
        "jalan",
        "Jalan dan jembatan",
        "Roads and bridges",
        (
            Subject("jalan.rusak", "Jalan rusak atau berlubang", "Damaged road or potholes"),
            Subject("jalan.lampu", "Lampu jalan", "Street lights"),
            Subject("jalan.trotoar", "Trotoar dan penyeberangan", "Pavements and crossings"),
            Subject("jalan.jembatan", "Jembatan", "Bridges"),
            Subject("jalan.galian", "Galian dan pekerjaan jalan", "Roadworks and excavations"),
        ),
    ),
    Subject(
        "angkutan",
        "Lalu lintas dan angkutan",
        "Traffic and transport",
        (
            Subject("angkutan.macet", "Kemacetan", "Congestion"),
            Subject("angkutan.rambu", "Rambu, marka, dan lampu lalu lintas", "Signs, markings and signals"),
            Subject("angkutan.parkir", "Parkir", "Parking"),
            Subject("angkutan.umum", "Angkutan umum, halte, dan terminal", "Public transport and its stops"),
            Subject("angkutan.antarkota", "Kereta, kapal, dan pesawat", "Trains, ships and planes"),
            Subject("angkutan.uji", "Uji kendaraan dan izin angkutan", "Vehicle tests and transport permits"),
        ),
    ),
    Subject(
        "air",
        "Air, saluran, dan banjir",
        "Water, drains and floods",
        (
            Subject("air.bersih", "Air bersih", "Drinking water supply"),
            Subject("air.tagihan", "Tagihan dan sambungan air", "Water bills and connections"),
            Subject("air.saluran", "Saluran dan gorong-gorong", "Drains and culverts"),
            Subject("air.banjir", "Banjir dan genangan", "Floods and standing water"),
            Subject("air.sungai", "Sungai, bendungan, dan pantai", "Rivers, dams and coast"),
            Subject("air.irigasi", "Irigasi", "Irrigation"),
        ),
    ),
    Subject(
        "lingkungan",
        "Sampah dan lingkungan",
        "Waste and environment",
        (
            Subject("lingkungan.sampah", "Sampah", "Waste collection"),
            Subject("lingkungan.pencemaran", "Pencemaran air, udara, atau tanah", "Pollution"),
            Subject("lingkungan.bising", "Kebisingan", "Noise"),
            Subject("lingkungan.pohon", "Pohon dan taman", "Trees and parks"),
            Subject("lingkungan.hutan", "Hutan dan kebakaran lahan", "Forests and land fires"),
            Subject("lingkungan.satwa", "Hewan liar dan satwa", "Stray animals and wildlife"),
            Subject("lingkungan.tambang", "Pertambangan", "Mining"),
        ),
    ),
    Subject(
        "kesehatan",
        "Kesehatan",
        "Health",
        (
            Subject("kesehatan.puskesmas", "Puskesmas dan posyandu", "Community health centres"),
            Subject("kesehatan.rumah_sakit", "Rumah sakit", "Hospitals"),
            Subject("kesehatan.jaminan", "Jaminan kesehatan", "Health insurance"),
            Subject("kesehatan.obat", "Obat, makanan, dan vaksin", "Medicines, food and vaccines"),
            Subject("kesehatan.wabah", "Penyakit menular", "Infectious diseases"),
            Subject("kesehatan.ambulans", "Ambulans dan gawat darurat", "Ambulances and emergencies"),
        ),
    ),
    Subject(
        "pendidikan",
        "Pendidikan dan kebudayaan",
        "Education and culture",
        (
            Subject("pendidikan.penerimaan", "Penerimaan murid", "School admission"),
            Subject("pendidikan.pungutan", "Pungutan dan biaya sekolah", "School fees and levies"),
            Subject("pendidikan.bantuan", "Bantuan pendidikan dan beasiswa", "Education aid, scholarships"),
            Subject("pendidikan.guru", "Guru dan tenaga kependidikan", "Teachers and school staff"),
            Subject("pendidikan.gedung", "Gedung dan fasilitas sekolah", "School buildings and facilities"),
            Subject("pendidikan.kekerasan", "Kekerasan di sekolah", "Violence at school"),
            Subject("pendidikan.makan", "Makan bergizi di sekolah", "School meals"),
            Subject("pendidikan.budaya", "Kebudayaan, olahraga, dan wisata", "Culture, sport and tourism"),
        ),
    ),
    Subject(
        "kependudukan",
        "Kependudukan",
        "Civil registration",
        (
            Subject("kependudukan.ktp", "KTP dan identitas digital", "Identity cards"),
            Subject("kependudukan.kk", "Kartu keluarga dan pindah alamat", "Family cards and moving house"),
            Subject("kependudukan.akta", "Akta kelahiran, kematian, dan nikah", "Civil certificates"),
            Subject("kependudukan.imigrasi", "Paspor dan keimigrasian", "Passports and immigration"),
        ),
    ),
    Subject(
        "sosial",
        "Bantuan dan perlindungan sosial",
        "Social aid and protection",
        (
            Subject("sosial.bantuan", "Penyaluran bantuan sosial", "Delivery of social aid"),
            Subject("sosial.data", "Data penerima bantuan", "Lists of beneficiaries"),
            Subject("sosial.disabilitas", "Layanan penyandang disabilitas", "Services for disabled people"),
            Subject("sosial.lansia", "Lansia dan orang telantar", "Elderly and neglected people"),
            Subject("sosial.anak", "Perlindungan perempuan dan anak", "Protection of women and children"),
            Subject("sosial.bencana", "Penanganan bencana", "Disaster relief"),
        ),
    ),
    Subject(
        "pekerjaan",
        "Ketenagakerjaan",
        "Work",
        (
            Subject("pekerjaan.upah", "Upah dan tunjangan", "Wages and allowances"),
            Subject("pekerjaan.phk", "Pemutusan hubungan kerja", "Dismissals"),
            Subject("pekerjaan.keselamatan", "Keselamatan kerja", "Safety at work"),
            Subject("pekerjaan.jaminan", "Jaminan sosial pekerja", "Workers' insurance"),
            Subject("pekerjaan.migran", "Pekerja migran", "Migrant workers"),
            Subject("pekerjaan.lowongan", "Lowongan dan pelatihan kerja", "Vacancies and training"),
        ),
    ),
    Subject(
        "usaha",
        "Perizinan, usaha, dan pajak",
        "Permits, business and taxes",
        (
            Subject("usaha.izin", "Izin usaha", "Business permits"),
            Subject("usaha.bangunan", "Izin dan pengawasan bangunan", "Building permits and control"),
            Subject("usaha.pajak", "Pajak dan retribusi", "Taxes and charges"),
            Subject("usaha.pasar", "Pasar dan pedagang", "Markets and traders"),
            Subject("usaha.harga", "Harga dan ketersediaan barang", "Prices and supply of goods"),
            Subject("usaha.konsumen", "Perlindungan konsumen", "Consumer protection"),
            Subject("usaha.pinjaman", "Pinjaman dan penipuan keuangan", "Loans and financial fraud"),
        ),
    ),
    Subject(
        "energi",
        "Listrik, bahan bakar, dan telekomunikasi",
        "Electricity, fuel and telecommunications",
        (
            Subject("energi.listrik", "Listrik padam atau berbahaya", "Power cuts and hazards"),
            Subject("energi.tagihan", "Tagihan dan sambungan listrik", "Electricity bills and connections"),
            Subject("energi.bbm", "Bahan bakar dan elpiji", "Fuel and cooking gas"),
            Subject("energi.internet", "Internet dan telepon", "Internet and telephone"),
            Subject("energi.data", "Data pribadi dan konten daring", "Personal data and online content"),
        ),
    ),
    Subject(
        "tanah",
        "Tanah, perumahan, dan desa",
        "Land, housing and villages",
        (
            Subject("tanah.sertifikat", "Sertifikat tanah", "Land certificates"),
            Subject("tanah.sengketa", "Sengketa tanah", "Land disputes"),
            Subject("tanah.rumah", "Rumah dan rumah susun", "Housing and flats"),
            Subject("tanah.desa", "Pemerintahan dan dana desa", "Village government and funds"),
            Subject("tanah.tani", "Pertanian, peternakan, dan perikanan", "Farming and fishing"),
            Subject("tanah.makam", "Pemakaman", "Cemeteries"),
        ),
    ),
    Subject(
        "ketertiban",
        "Keamanan dan ketertiban",
        "Safety and public order",
        (
            Subject("ketertiban.umum", "Gangguan ketertiban", "Public disorder"),
            Subject("ketertiban.kejahatan", "Kejahatan dan narkotika", "Crime and drugs"),
            Subject("ketertiban.polisi", "Layanan kepolisian", "Police services"),
            Subject("ketertiban.kebakaran", "Kebakaran dan penyelamatan", "Fires and rescue"),
            Subject("ketertiban.ibadah", "Kehidupan beragama dan rumah ibadah", "Religious life and worship"),
        ),
    ),
    Subject(
        "aparatur",
        "Pelayanan dan perilaku petugas",
        "Services and conduct of officials",
        (
            Subject("aparatur.lambat", "Pelayanan lambat atau berbelit", "Slow or tangled services"),
            Subject("aparatur.sikap", "Sikap petugas", "Manners of officials"),
            Subject("aparatur.pungli", "Pungutan liar", "Illegal levies"),
            Subject("aparatur.korupsi", "Korupsi dan penyalahgunaan wewenang", "Corruption, abuse of office"),
            Subject("aparatur.netral", "Netralitas pegawai", "Neutrality of officials"),
            Subject("aparatur.seleksi", "Seleksi dan kepegawaian", "Recruitment and personnel"),
            Subject("aparatur.pengaduan", "Layanan pengaduan ini", "This complaint service"),
        ),
    ),
    Subject("lain", "Lainnya", "Other", (Subject("lain.lain", "Topik lain", "Another subject"),)),
)


def seed_categories(database: Database) -> None:
    """Adds the categories that are missing. Safe to repeat; what is there stays as it is."""
    with database.write() as session:
        known = {row.code: row for row in session.scalars(select(CategoryRow))}
        for place, group in enumerate(SUBJECTS, start=1):
            above = known.get(group.code) or _add(session, group, None, place)
            for part_place, part in enumerate(group.parts, start=1):
                if part.code not in known:
                    _add(session, part, above.id, part_place)


def _add(session: Session, subject: Subject, parent_id: int | None, place: int) -> CategoryRow:
    row = CategoryRow(code=subject.code, name=subject.name, name_en=subject.name_en)
    row.parent_id, row.active, row.sort = parent_id, True, place
    session.add(row)
    session.flush()
    return row
