"""国土地理院's address search and reverse look-up as a geopy geocoder of our own.

Both belong to the GSI Maps site and come without guarantee: ask seldom, expect anything, have a way without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from geopy.exc import GeocoderParseError
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

if TYPE_CHECKING:
    from collections.abc import Callable

SEARCH = "https://msearch.gsi.go.jp"
REVERSE = "https://mreversegeocoder.gsi.go.jp"
# What the reverse look-up says where a place has a municipality but no 町字.
NO_NAME = frozenset({"", "－", "-"})


class GsiGeocoder(Geocoder):
    """``geocode`` and ``reverse`` as every geopy geocoder has them; what was answered stands in ``Location.raw``.

    ``endpoint`` replaces both of the institute's hosts, for a town's own relay.
    """

    geocode_path = "/address-search/AddressSearch"
    reverse_path = "/reverse-geocoder/LonLatToAddress"

    def __init__(
        self,
        *,
        endpoint: str = "",
        timeout: float | object = DEFAULT_SENTINEL,
        user_agent: str | None = None,
        adapter_factory: Callable[..., Any] | None = None,
    ) -> None:
        super().__init__(timeout=timeout, user_agent=user_agent, adapter_factory=adapter_factory)
        self.api = (endpoint or SEARCH).rstrip("/") + self.geocode_path
        self.reverse_api = (endpoint or REVERSE).rstrip("/") + self.reverse_path

    def geocode(
        self, query: str, *, exactly_one: bool = True, timeout: float | object = DEFAULT_SENTINEL
    ) -> Location | list[Location] | None:
        """Addresses and facilities of all Japan for some words; None when there are none.

        Raises geopy's ``GeocoderServiceError`` family.
        """
        found = self._call_geocoder(f"{self.api}?{urlencode({'q': query})}", self._locations, timeout=timeout)
        if not found:
            return None
        return found[0] if exactly_one else found

    def reverse(
        self, query: Any, *, exactly_one: bool = True, timeout: float | object = DEFAULT_SENTINEL
    ) -> Location | list[Location] | None:
        """The 町字 at a position (a geopy point or ``(lat, lng)``); None at sea and where there is no 町字.

        ``raw["muniCd"]`` is the municipality's five digits, perhaps without the leading zero.
        Raises geopy's ``GeocoderServiceError`` family.
        """
        lat, lng = self._coerce_point_to_string(query).split(",")
        url = f"{self.reverse_api}?{urlencode({'lat': lat, 'lon': lng})}"
        raw = self._call_geocoder(url, self._district, timeout=timeout)
        if raw is None:
            return None
        location = Location(raw["lv01Nm"], (float(lat), float(lng)), raw)
        return location if exactly_one else [location]

    @staticmethod
    def _locations(answer: Any) -> list[Location]:
        """The hits of a GeoJSON-like array; single hits that are broken are left out."""
        if not isinstance(answer, list):
            raise GeocoderParseError("an array was expected")
        found = []
        for hit in answer:
            try:
                lng, lat = (float(number) for number in hit["geometry"]["coordinates"][:2])
                if -90 <= lat <= 90 and -180 <= lng <= 180:  # geopy would turn the rest around the globe
                    found.append(Location(str(hit["properties"]["title"]), (lat, lng), hit))
            except (KeyError, TypeError, ValueError):
                continue
        return found

    @staticmethod
    def _district(answer: Any) -> dict[str, Any] | None:
        """The result of the reverse look-up, or None when it names nothing."""
        if not isinstance(answer, dict):
            raise GeocoderParseError("an object was expected")
        raw = answer.get("results")
        if not isinstance(raw, dict) or not isinstance(raw.get("lv01Nm"), str) or raw["lv01Nm"].strip() in NO_NAME:
            return None
        return raw
