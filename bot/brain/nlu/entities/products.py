"""Products and kinds of goods by the names customers use.

Value: the one name of it in lexicon/products.txt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from bot.brain.nlu.entities.found import Found, fixed

_FILE = Path(__file__).parent.parent / "lexicon" / "products.txt"


_NOT_THE_PHONE = "(?!号|尾号|卡|费|话费|验证|短信|银行|支付|充值|缴费)"


def read_products(text: str) -> Iterator[Found]:
    """Every product and category in `text`; where names overlap, the longer one."""
    pattern, names = _lexicon()
    for m in pattern.finditer(text.lower()):
        entity, name = names[m.group()]
        yield Found(entity, m.start(), m.end(), text[m.start() : m.end()], fixed(name), 2)


@lru_cache(maxsize=1)
def _lexicon() -> tuple[re.Pattern[str], dict[str, tuple[str, str]]]:
    """A pattern of all names, longest first, and what each means: (entity, canonical name)."""
    names: dict[str, tuple[str, str]] = {}
    for line in _FILE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            entity, canonical, *others = line.lower().split()
            names.update(dict.fromkeys((canonical, *others), (entity, canonical)))
    longest_first = sorted(names, key=len, reverse=True)
    # 手机号 and 手机话费 are not about the thing.
    patterns = (re.escape(name) + (_NOT_THE_PHONE if name == "手机" else "") for name in longest_first)
    return re.compile("|".join(patterns)), names
