"""The Leaflet map of the map document, made by folium with nothing but our own assets.

Folium takes what a macro has made and renders it as a template once more: nothing that people wrote may go through it. The
flyers, the names and the boundaries are handed to the page as data instead (``#tm-map-data``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

import folium
from branca.element import Figure, MacroElement
from folium.template import Template
from markupsafe import Markup


def _one_line(text: str) -> str:
    """For scripts whose lines end where their statements do."""
    return " ".join(text.split())


DEEPEST, HIGHEST = 18, 5  # the zooms for which 地理院タイル exist
# before anything is drawn: which of its shapes the page will have (see assets/map/map.css), so that nothing jumps later
EARLY = Markup(
    "(function(r){r.classList.add('tm-js');try{if(self!==parent&&!/[?&]embed=1/.test(location.search)&&"
    "parent.location.origin===location.origin){r.classList.add('tm-framed');r.setAttribute('data-tm-view','map')}}"
    "catch(elsewhere){}})(document.documentElement)"
)
# A phone shows the list first: its pictures come before the scripts, which nobody needs to read. Where the map is seen at once,
# they come at once. What was chosen in the form meanwhile counts as soon as they are there.
# What this phone keeps (pwa.js, kept.js), and what a map without introductions may yet need for them, come a second after the
# page; at once where a worker has something to say.
LOADER = _one_line(
    """
    function(urls,start,later){
      var root=document.documentElement,form=document.getElementById('tm-filters'),touched;
      function remember(event){touched=event.target}
      function load(){
        urls.forEach(function(url,at){
          var made=document.createElement('script');
          made.src=url;made.async=false;
          if(at===urls.length-1)made.onload=function(){
            start();
            form.removeEventListener('change',remember);
            if(touched)touched.dispatchEvent(new Event('change',{bubbles:true}))
          };
          document.head.appendChild(made)
        })
      }
      form.addEventListener('change',remember);
      var list=root.getAttribute('data-tm-view')==='list'&&matchMedia('(max-width: 899.98px)').matches;
      if(list&&document.readyState!=='complete')addEventListener('load',function(){setTimeout(load)});
      else load();
      function late(){
        later.forEach(function(url){
          var made=document.createElement('script');
          made.src=url;made.async=false;
          document.head.appendChild(made)
        })
      }
      if(document.querySelector('script[data-tm-kept]'))later.push('/pwa.js','/kept.js');
      if(navigator.serviceWorker&&navigator.serviceWorker.controller)late();
      else if(document.readyState==='complete')setTimeout(late,1000);
      else addEventListener('load',function(){setTimeout(late,1000)})
    }
    """
)


class TownMap(folium.Map):
    """Folium's map without its frameworks from elsewhere, and without its style and viewport, which forbid to zoom the page."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}<div class="folium-map" id="{{ this.get_name() }}"></div>{% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }},
                {center: {{ this.location|tojson }}, ...{{ this.options|tojavascript }}});
        {% endmacro %}
        """
    )
    default_js = [  # noqa: RUF012  folium's own way
        ("leaflet", "/leaflet/leaflet.js"),
        ("introductions", "/map/introductions.js"),
        ("flyers", "/map/flyers.js"),
    ]
    default_css = [("leaflet", "/leaflet/leaflet.css"), ("map", "/map/map.css")]  # noqa: RUF012


class FlyerLayer(MacroElement):
    """Attaches our layer of flyers, our list and our filters to the map, which shows the whole town where it has room."""

    # on a phone the map is not seen yet and has no size: there the town's own zoom is the right one
    _template = Template(
        """
        {% macro script(this, kwargs) %}
            if ({{ this._parent.get_name() }}.getSize().x)
                {{ this._parent.get_name() }}.fitBounds({{ this.bounds|tojson }}, {animate: false});
            window.Tamemap.attach({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        super().__init__()
        self._name = "FlyerLayer"
        west, south, east, north = bounds
        self.bounds = [[south, west], [north, east]]


@dataclass(frozen=True, slots=True)
class Parts:
    """Folium's document in parts: links to styles and scripts, the map's element, and the script that loads and starts it."""

    styles: Markup
    scripts: Markup
    html: Markup
    script: Markup


@lru_cache(maxsize=256)
def parts(
    *,
    lat: float,
    lng: float,
    zoom: int,
    bounds: tuple[float, float, float, float],
    tile_url: str,
    attribution: str,
    introduced: bool = True,
) -> Parts:
    """The parts for a map with this middle and these bounds (west, south, east, north); ``introduced``: it has introductions.

    Nothing in them is from people, so they are made once and kept.
    """
    town_map = TownMap(location=[lat, lng], zoom_start=zoom, tiles=None, min_zoom=HIGHEST, max_zoom=DEEPEST)
    town_map.options |= {"min_zoom": HIGHEST, "max_zoom": DEEPEST}
    # by default folium names things at random; the same map must give the same bytes, or no ETag ever fits
    town_map._id = "tm"
    if tile_url:
        tiles = folium.TileLayer(tile_url, attr=attribution or " ", min_zoom=HIGHEST, max_zoom=DEEPEST)
        tiles._id = "tm"
        tiles.add_to(town_map)
    FlyerLayer(bounds).add_to(town_map)
    figure = town_map.get_root()
    assert isinstance(figure, Figure)  # noqa: S101  folium gives every map one
    figure.render()
    urls = [url for name, url in town_map.default_js if introduced or name != "introductions"]
    later = [url for _, url in town_map.default_js if url not in urls]
    start = f"function(){{{_one_line(figure.script.render())}}}"
    return Parts(
        styles=_markup("".join(f'<link rel="stylesheet" href="{url}">' for _, url in town_map.default_css)),
        scripts=_markup("".join(f'<link rel="preload" as="script" href="{url}" media="(min-width: 900px)">' for url in urls)),
        html=_markup(_one_line(figure.html.render())),
        script=_markup(f"({LOADER})({json.dumps(urls)},{start},{json.dumps(later)});"),
    )


def _markup(text: str) -> Markup:
    return Markup(text)  # noqa: S704  made here and by folium, of settings and numbers only
