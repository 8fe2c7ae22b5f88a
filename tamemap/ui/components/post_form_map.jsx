/* The map under the pin: Leaflet, fetched only when it comes near the screen. Outlines are drawn from our own data, so
   that it can be used when no tiles arrive. The pin moves by finger, by arrow keys and by the buttons beside it. */
import { useEffect, useRef, useState } from "react";
import { Icon, useWords } from "./post_form_parts.jsx";
import { moved } from "./post_form_towns.js";

const STEP = 10;
const OUTLINES = 11;
const ARROWS = { ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowRight: [1, 0] };
const BUTTONS = [["arrow-left", "west", -1, 0], ["arrow-up", "north", 0, 1], ["arrow-down", "south", 0, -1], ["arrow-right", "east", 1, 0]];
let loading = null;

function leaflet() {
  loading ??= new Promise((resolve, reject) => {
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/leaflet/leaflet.css" });
    const script = Object.assign(document.createElement("script"), { src: "/leaflet/leaflet.js", onload: () => resolve(window.L) });
    script.onerror = () => {
      loading = null;
      script.remove();
      reject(new Error("leaflet"));
    };
    document.head.append(style, script);
  });
  return window.L ? Promise.resolve(window.L) : loading;
}

/* `onPoint({lat, lng})` hears every move made by hand. */
export function PinMap({ town, point, category, onPoint }) {
  const w = useWords();
  const frame = useRef(null);
  const [failed, setFailed] = useState(false);
  const [near, setNear] = useState(false);
  const own = useRef({}).current;
  Object.assign(own, { point, onPoint });

  const nudge = (east, north, far) => own.onPoint(moved(own.point, east * STEP * (far ? 10 : 1), north * STEP * (far ? 10 : 1)));

  useEffect(() => {
    const watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && setNear(true), { rootMargin: "600px" });
    watch.observe(frame.current);
    return () => watch.disconnect();
  }, []);

  useEffect(() => {
    if (!near || !town || failed) return undefined;
    let gone = false;
    leaflet().then(
      (L) => gone || Object.assign(own, drawn(L, frame.current, town, own, w), { shown: null }) && show(L, own, nudge, category, w),
      () => setFailed(true),
    );
    return () => {
      gone = true;
      own.map?.remove();
      Object.assign(own, { map: null, pin: null });
    };
  }, [near, town, failed]);

  useEffect(() => {
    if (own.map) show(window.L, own, nudge, category, w);
  }, [point?.lat, point?.lng, category]);

  return (
    <div className="post-form__map">
      <div ref={frame} className="post-form__ground" role="group" aria-label={w("map_label")} />
      {failed && (
        <p>
          {w("map_failed")}{" "}
          <button type="button" className="tm-button tm-button--small tm-button--secondary" onClick={() => setFailed(false)}>
            {w("again")}
          </button>
        </p>
      )}
      {point ? (
        <div className="post-form__pad" role="group" aria-label={w("pad_label")}>
          {BUTTONS.map(([sign, words, east, north]) => (
            <button key={words} type="button" className="tm-button tm-button--icon tm-button--secondary" aria-label={w(`pin_${words}`)}
              title={w(`pin_${words}`)} onClick={(event) => nudge(east, north, event.shiftKey)}>
              <Icon name={sign} />
            </button>
          ))}
          <span className="tm-muted">{w("pad_hint", { metres: STEP })}</span>
        </div>
      ) : (
        <div className="post-form__pad">
          <button type="button" className="tm-button tm-button--small tm-button--secondary" disabled={!town} onClick={() => own.onPoint(spot(own.map?.getCenter() ?? town.centre))}>
            <Icon name="place" />
            {w("pin_centre")}
          </button>
          <span className="tm-muted">{w("tap_hint")}</span>
        </div>
      )}
    </div>
  );
}

function spot({ lat, lng }) {
  return moved({ lat, lng }, 0, 0);
}

/* A map of the town without a pin. */
function drawn(L, frame, town, own, w) {
  const map = L.map(frame, { zoomControl: false, minZoom: 7, maxZoom: 18 });
  L.control.zoom({ zoomInTitle: w("zoom_in"), zoomOutTitle: w("zoom_out") }).addTo(map);
  map.attributionControl.setPrefix(false);
  const mine = (feature) => (feature.properties?.map === town.slug ? "post-form__outline--mine" : "");
  const style = (feature) => ({ className: `post-form__outline ${mine(feature)}`, weight: 2 });
  const outlines = L.geoJSON(town.outlines ?? undefined, { interactive: false, style }).addTo(map);
  outlines.eachLayer((layer) => mine(layer.feature) && layer.bringToFront());
  map.setView([town.centre.lat, town.centre.lng], town.zoom ?? 12);
  if (town.tiles?.url) tiled(L, map, town.tiles, outlines);
  else bare(map, outlines);
  map.on("click", (event) => own.onPoint(spot(event.latlng)));
  return { map };
}

function tiled(L, map, { url, attribution }, outlines) {
  const tiles = L.tileLayer(url, { maxZoom: 18, attribution }).addTo(map);
  const missing = () => bare(map, outlines);
  tiles.once("tileerror", missing).once("tileload", () => tiles.off("tileerror", missing));
}

/* Without tiles only the towns' outlines and names tell where one is: stay far enough out to see them. */
function bare(map, outlines) {
  map.options.closest = OUTLINES;
  if (map.getZoom() > OUTLINES) map.setZoom(OUTLINES);
  outlines.eachLayer((layer) => {
    const name = layer.feature.properties?.name;
    if (name) layer.bindTooltip(name, { permanent: true, direction: "center", className: "post-form__town" });
  });
}

/* Puts the pin where the point is; comes closer when it was set elsewhere than on this map. */
function show(L, own, nudge, category, w) {
  const { map, point } = own;
  if (!point) {
    own.pin?.remove();
    own.pin = null;
    return;
  }
  const place = [point.lat, point.lng];
  if (!own.pin) own.pin = planted(L, map, place, own, nudge, w);
  own.pin.getElement().querySelector("use").setAttribute("href", `/icons/categories.svg#${category}`);
  own.pin.setLatLng(place);
  if (point.from === "map") map.panInside(place, { padding: [48, 64] });
  else if (own.shown !== point.from + place) map.setView(place, Math.max(map.getZoom(), map.options.closest ?? 16));
  own.shown = point.from + place;
}

function planted(L, map, place, own, nudge, w) {
  const html = '<svg class="tm-icon" aria-hidden="true"><use href=""></use></svg>';
  const icon = L.divIcon({ className: "post-form__pin", html, iconSize: [44, 52], iconAnchor: [22, 52] });
  const pin = L.marker(place, { icon, draggable: true, autoPan: true, keyboard: true, alt: "" }).addTo(map);
  pin.on("dragend", () => own.onPoint(spot(pin.getLatLng())));
  const element = pin.getElement();
  element.setAttribute("aria-label", w("pin_label"));
  element.addEventListener("keydown", (event) => {
    const way = ARROWS[event.key];
    if (!way) return;
    // else the page and the map would move as well
    event.preventDefault();
    event.stopPropagation();
    nudge(way[0], way[1], event.shiftKey);
  });
  return pin;
}
