/* Which towns there are, which one is ours, and whose ground a point is on. */
import { useEffect, useState } from "react";
import { get } from "./post_form_api.js";
import { getKept, keptAt, locatedIn } from "./post_form_away.js";

const TOWN = "tamemap.town";

/* A position that is one: 0,0 and NaN come from devices that have none. */
export function isPosition(point) {
  return Boolean(point) && Number.isFinite(point.lat) && Number.isFinite(point.lng) && !(point.lat === 0 && point.lng === 0);
}

/* `metres` east and north of a point, to the centimetre. */
export function moved(point, east, north) {
  const degree = 111320;
  const round = (number) => Math.round(number * 1e7) / 1e7;
  return {
    lat: round(point.lat + north / degree),
    lng: round(point.lng + east / (degree * Math.cos((point.lat * Math.PI) / 180))),
  };
}

/* {maps, town, failed, again}: all maps, and the one to begin with, with its outlines and those of its neighbours. */
export function useTown() {
  const [found, setFound] = useState({ maps: [], town: null, failed: false });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let gone = false;
    load().then(
      (answer) => gone || setFound({ ...answer, failed: false }),
      () => gone || setFound((old) => ({ ...old, failed: true })),
    );
    return () => (gone = true);
  }, [turn]);
  return { ...found, again: () => setTurn(turn + 1) };
}

async function load() {
  const maps = (await getKept("/api/v1/maps")).items;
  const resident = maps.filter((map) => map.kind === "resident");
  const wished = [new URLSearchParams(location.search).get("map"), remembered()];
  // a regional map has no ground of its own: begin with one of its towns
  const start = (slug) => resident.find((map) => map.slug === slug) ?? resident.find((map) => slug && map.above === slug);
  const begin = wished.map(start).find(Boolean) ?? resident[0] ?? maps[0];
  try {
    return await groundOf(begin, maps);
  } catch (failure) {
    // without signal the ground of another town is better than none: it is the one whose map was seen last
    const kept = await Promise.all(resident.map(({ slug }) => keptAt(`/api/v1/maps/${slug}`)));
    const other = resident.find((map, at) => kept[at] && map !== begin);
    if (!failure.network || !other) throw failure;
    return groundOf(other, maps);
  }
}

async function groundOf(begin, maps) {
  const [town, above, places] = await Promise.all([
    getKept(`/api/v1/maps/${begin.slug}`),
    begin.above ? getKept(`/api/v1/maps/${begin.above}`).catch(() => null) : null,
    getKept(`/api/v1/maps/${begin.slug}/places`).catch(() => null),
  ]);
  return { maps, town: { ...town, places, outlines: above?.outlines?.features?.length ? above.outlines : town.outlines } };
}

function remembered() {
  try {
    return localStorage.getItem(TOWN);
  } catch {
    return null;
  }
}

/* {state: none|asking|inside|outside|unknown, map, above, municipality, place, said}: on which town's ground the point is. */
export function useGround(point, w, towns) {
  const [ground, setGround] = useState({ state: "none" });
  useEffect(() => {
    if (!point) return setGround({ state: "none" });
    setGround((old) => ({ ...old, state: "asking" }));
    const stop = new AbortController();
    const timer = setTimeout(() => ask(point, w, towns, stop.signal).then((found) => stop.signal.aborted || setGround(found)), 200);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [point?.lat, point?.lng, Boolean(towns.town)]);
  return ground;
}

/* The answer for one point, without signal from what is kept of `towns`; `unknown` when nobody could be asked: the server decides
   when the flyer arrives. */
export async function ask(point, w, towns, signal) {
  try {
    return { state: "inside", ...(await get(`/api/v1/places/near?lat=${point.lat}&lng=${point.lng}`, signal)) };
  } catch (failure) {
    if (failure.status >= 400 && failure.status < 500 && failure.status !== 429) {
      return { state: "outside", said: failure.problem?.detail || w("outside_every_town") };
    }
    const found = failure.network && locatedIn(point, towns);
    return found ? { state: "inside", ...found } : { state: "unknown" };
  }
}
