"""Indexes for what is looked up by number, by words and by case: no whole table is read for it."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_papers_number", "papers", ["number"])
    op.create_index("ix_papers_text_sha256", "papers", ["text_sha256"])
    op.create_index("ix_reasons_agency_case_number", "reasons", ["agency", "case_number"])
