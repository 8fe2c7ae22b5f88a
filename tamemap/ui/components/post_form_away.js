/* What the form needs of a town, kept on the phone, so that it works without signal: maps, outlines, the gazetteer, who posts. */
import { get } from "./post_form_api.js";
import { queue } from "./post_form_store.js";

const ENOUGH = 8;
const PATIENCE = 4000;
/* Signs that fold alike, as domain/folding.py names them; escaped, because no word that people read stands in the code;
   without looking behind, which phones before 2023 cannot.
   KANJI 一-鿿㐀-䶿々〆 · DIGITS 〇 to 九 · TENS 十 and 百 · MARK 大字 and 字 (not in 十文字, 赤十字) · GA が between kanji is KE け */
const KANJI = "\u4e00-\u9fff\u3400-\u4dbf\u3005\u3006";
const DIGITS = Object.fromEntries([..."\u3007\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d"].map((sign, value) => [sign, value]));
const TENS = { "\u5341": 10, "\u767e": 100 };
const [GA, KE, KA] = [new RegExp(`([${KANJI}])(?:\u304c|\u30ac(?![\u30a1-\u30fc]))`, "g"), "\u3051", "\u304b"];
const MARK = /([\u6587\u5341]?)(\u5927?)\u5b57/g;
const CHOME = /([\u3007\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341\u767e]+)(?=\u4e01\u76ee)/g;
const DASHES = /[-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501\u30fc\u301c~]+/g;
const UNSEEN = /[\s\p{Cc}\p{Cf}\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/u;

/* The JSON at `url`, or without signal (also when the line is silent) as it was last time; rejects as `get` does where there was none. `keep(found)` is what is kept. */
export async function getKept(url, { signal, keep = (found) => found } = {}) {
  const asked = get(url, signal);
  asked.then((found) => queue().then((store) => store.keep(url, keep(found)))).catch(() => {});
  try {
    const late = new Promise((done) => setTimeout(done, PATIENCE));
    return (await Promise.race([asked, late])) ?? (await keptAt(url)) ?? (await asked);
  } catch (failure) {
    const kept = failure.network && (await keptAt(url));
    if (kept) return kept;
    throw failure;
  }
}

/* What was kept of that address, or undefined. */
export function keptAt(url) {
  return queue().then((store) => store.kept(url)).catch(() => undefined);
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
  return [...text.normalize("NFKC")].filter((sign) => !UNSEEN.test(sign)).join("")
    .replace(GA, `$1${KE}`)
    .toLowerCase()
    .replace(/[\u30a1-\u30f6\u30fd\u30fe]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0x60))
    .replace(/\u3096/g, KE).replace(/\u3095/g, KA)
    .replace(DASHES, "-")
    .replace(MARK, (whole, before, large) => (!before ? "" : large ? before + large : whole))
    .replace(CHOME, (number) => valueOf(number));
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
