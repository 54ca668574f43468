"""Rules as data: the format (`rule`), packs on disk (`pack`), the compiled matcher (`engine`)."""
