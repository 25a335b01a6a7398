"""The demo company's own lists: what points buy."""

from __future__ import annotations

from bot.kit.db import WriteSession, insert_into
from bot.store.points.models import CatalogueItem

CATALOGUE = (
    # code, name, points, stock (None: as many as are wanted), the rank of the tier it takes
    ("voucher-10", "10元代金券", 200, None, 0),
    ("voucher-30", "30元代金券", 500, None, 0),
    ("umbrella", "晴雨伞", 800, 60, 0),
    ("cup", "保温杯", 1_200, 40, 0),
    ("kettle", "电热水壶", 3_000, 15, 1),
    ("suitcase", "登机箱", 8_000, 5, 2),
)


async def add_lists(session: WriteSession) -> None:
    """What can be redeemed, also by who has little; what has been imported under the same code stays."""
    names = ("code", "name", "points", "stock", "tier_rank")
    await session.execute(
        insert_into(session, CatalogueItem)
        .values([dict(zip(names, item, strict=True)) | {"offered": True} for item in CATALOGUE])
        .on_conflict_do_nothing(index_elements=["code"])
    )
