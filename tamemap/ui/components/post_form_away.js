/* What the form needs of a town, kept on the phone, so that it works without signal: maps, outlines, the gazetteer, who posts. */
import { get } from "./post_form_api.js";
import { queue } from "./post_form_store.js";

const ENOUGH = 8;
const KANJI = "一-鿿㐀-䶿々〆";
const DIGITS = Object.fromEntries([..."〇一二三四五六七八九"].map((sign, value) => [sign, value]));
const TENS = { 十: 10, 百: 100 };

/* The JSON at `url`, or without signal as it was last time; rejects as `get` does where there was none. `keep(found)` is what is kept. */
export async function getKept(url, { signal, keep = (found) => found } = {}) {
  try {
    const found = await get(url, signal);
    queue().then((store) => store.keep(url, keep(found))).catch(() => {});
    return found;
  } catch (failure) {
    const kept = failure.network && (await queue().then((store) => store.kept(url)).catch(() => undefined));
    if (kept) return kept;
    throw failure;
  }
}

/* What /places/near would say of a point, from the light outlines; null where they say nothing. */
export function locatedIn(point, { maps, town }) {
  const home = (town?.outlines?.features ?? []).find(({ geometry }) => holds(geometry, point));
  const map = home && maps.find(({ slug }) => slug === home.properties.map);
  if (!map) return null;
  const above = maps.find(({ slug }) => slug === map.above);
  const near = nearest(point, town.places);
  return {
    municipality: { code: home.properties.code, name: home.properties.name },
    map: { slug: map.slug, name: map.name }, above: above ? { slug: above.slug, name: above.name } : null,
    place: near && near[5] === home.properties.code ? { name: near[0] } : null,
  };
}

function holds({ type, coordinates }, { lat, lng }) {
  const polygons = type === "MultiPolygon" ? coordinates : [coordinates];
  // a hole counts once more, so that even is outside
  return polygons.some((rings) => rings.filter((ring) => within(ring, lng, lat)).length % 2 === 1);
}

function within(ring, x, y) {
  let inside = false;
  for (let at = 0, before = ring.length - 1; at < ring.length; before = at++) {
    const [[x1, y1], [x2, y2]] = [ring[at], ring[before]];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

function nearest({ lat, lng }, places) {
  const far = ([, , , north, east]) => (north - lat) ** 2 + 0.7 * (east - lng) ** 2;
  return (places?.items ?? []).reduce((best, one) => (!best || far(one) < far(best) ? one : best), null);
}

/* Places of the kept gazetteer whose name or reading holds the words, as /places answers them. */
export function placesNamed(asked, places) {
  const folded = foldPlace(asked);
  if (!folded) return [];
  const found = (places?.items ?? []).filter(([, text]) => text.includes(folded));
  found.sort(([, one], [, other]) => other.startsWith(folded) - one.startsWith(folded) || one.length - other.length);
  return found.slice(0, ENOUGH).map(([name, , kind, lat, lng, code]) => {
    const [prefecture, town] = places.towns[code];
    return { name, kind, lat, lng, address: prefecture + town + name, municipality: { code, name: town } };
  });
}

/* As domain/folding.py fold_place does: what the gazetteer's folded names are looked through with. */
export function foldPlace(text) {
  return [...text.normalize("NFKC")].filter((sign) => !/[\s\p{Cc}\p{Cf}\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/u.test(sign)).join("")
    .replace(new RegExp(`(?<=[${KANJI}])(?:が|ガ(?![ァ-ー]))`, "g"), "け")
    .toLowerCase()
    .replace(/[ァ-ヶヽヾ]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0x60))
    .replace(/ゖ/g, "け").replace(/ゕ/g, "か")
    .replace(/[-\u00AD‐‑‒–—―⁃−─━ー〜~]+/g, "-")
    .replace(/(?<![文十])大?字/g, "")
    .replace(/([〇一二三四五六七八九十百]+)丁目/g, (whole, number) => `${valueOf(number)}丁目`);
}

function valueOf(kanji) {
  if (![...kanji].some((sign) => sign in TENS)) return Number([...kanji].map((sign) => DIGITS[sign]).join(""));
  let [total, pending] = [0, 0];
  for (const sign of kanji) {
    if (sign in TENS) [total, pending] = [total + Math.max(pending, 1) * TENS[sign], 0];
    else pending = pending * 10 + DIGITS[sign];
  }
  return total + pending;
}
