"""The JSON shapes of the GSI's two services (STANDARDS.md 6.2, 6.3)."""

SEARCH, REVERSE = "/address-search/AddressSearch", "/reverse-geocoder/LonLatToAddress"


def hit(title, lat, lng, **properties):
    return {
        "geometry": {"coordinates": [lng, lat], "type": "Point"},
        "type": "Feature",
        "properties": {"addressCode": "", "title": title, **properties},
    }
