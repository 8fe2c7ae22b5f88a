"""From the desk's first page staff reach every other page of it: it is the screen that they open in the morning."""

from __future__ import annotations

import re

from tamemap.queries.staff import PAGES
from tamemap.ui.screens import desk


def test_the_first_page_of_the_desk_leads_to_all_others_in_their_order():
    found = re.findall(r"/desk/[a-z-]+", str(desk.page()))
    assert found == [f"/desk/{name.replace('_', '-')}" for name in PAGES]


def test_the_first_page_of_the_desk_stands_in_the_bar_where_its_other_pages_stand():
    assert re.findall(r'"aria-current":"page",className:"tm-bottombar__item","data-tm-place":"(\w+)"', str(desk.page())) == [
        "person"
    ]
