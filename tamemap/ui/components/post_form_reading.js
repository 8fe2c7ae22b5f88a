/* Reading as the page lives it: asks how it goes, fills what nobody has typed, and takes it back again. It never keeps anybody waiting. */
import { useEffect, useMemo, useRef, useState } from "react";
import { get, put } from "./post_form_api.js";
import { useEdits } from "./post_form_editing.js";
import { UNTOUCHED, decidedWith, privateOf, withOwn } from "./post_form_edits.js";
import { FILLED, OVER, follow, settled, sheetOf, sheetsOf, stale, stepOf, wantedOf } from "./post_form_read.js";

const FRESH = { marks: {}, touched: [], declined: false };

/* All about reading: `marks` by field, `step` and `count` for the line, `place`, and the deeds. `fill(part)` changes the form without
   its being the person's own change; `touch(names)` must hear of those. `carried` are values that came from the flyer before. */
export function useReadings({ photos, form, fill, announce, w }) {
  const [read, setRead] = useState(FRESH);
  const { readings, watch } = useAnswers(photos.items);
  const own = useRef({ carried: {} }).current;
  const edits = useEdits(photos, (blurs) => announce(w(blurs ? "blur_failed" : "flat_failed")));
  const of = (item) => readings[item.photo?.reading];
  const found = useMemo(() => wantedOf(photos.items, readings), [photos.items, readings]);

  useEffect(() => {
    if (own.ended) return;
    const wanted = read.declined ? {} : found.wanted;
    const { part, marks, touched } = settled({ form, wanted, carried: own.carried, marks: read.marks, touched: read.touched });
    if (Object.keys(part).length) fill(part);
    if (JSON.stringify([marks, touched]) !== JSON.stringify([read.marks, read.touched])) setRead({ ...read, marks, touched });
  }, [form, found, read]);

  // once for each photograph: what its reading says about the place and about what came from the flyer before
  useEffect(() => {
    const [cover] = photos.items;
    const id = cover?.photo?.reading;
    if (own.ended || !id || own.settled === id || of(cover)?.state !== "read" || !Object.keys(read.marks).length) return;
    own.settled = id;
    const part = stale({ form, marks: read.marks, carried: own.carried, place: found.place });
    if (Object.keys(part).length) fill(part);
  }, [read.marks]);

  // edges that were found are used at once: one tap leads back to the whole photograph
  useEffect(() => {
    for (const item of own.ended ? [] : photos.items) {
      const sheet = sheetOf(of(item), item);
      if (sheet?.found && sheet.corners && !item.edit && item.state === "done" && item.page === undefined) flat(item, sheet.corners);
    }
  }, [readings, photos.items]);

  const edit = (item, part) => edits.apply(item, { ...(item.edit ?? UNTOUCHED), ...part });
  const flat = (item, corners) => edit(item, { corners });

  function choose(item, n) {
    photos.mend(item.key, { sheet: n, cut: undefined });
    if (item.edit?.corners) flat(item, sheetsOf(of(item), item).find((sheet) => sheet.n === n).corners);
  }

  /* Corners dragged by a person: the picture follows at once, and it is read again. */
  async function corner(item, corners) {
    photos.mend(item.key, { cut: corners });
    flat(item, corners);
    const [id, n] = [item.photo.reading, sheetOf(of(item), item)?.n ?? 0];
    if (!id) return;
    try {
      await put(`/api/v1/readings/${id}/corners`, { sheet: n, corners });
      watch(id);
    } catch {
      // what was read before stays
    }
  }

  const decide = (item, ones, deed) => {
    const { decided } = item.edit ?? UNTOUCHED;
    edit(item, { decided: ones.reduce((before, { points }) => decidedWith(before, points, deed), decided) });
  };
  const hideOwn = (item, boxes) => edit(item, { decided: withOwn(item.edit ?? UNTOUCHED, boxes) });
  const undecided = photos.items.map((item) => [item, privateOf(item, of(item)).filter(({ deed }) => !deed)]).filter(([, ones]) => ones.length);

  return {
    of, answer: (id) => readings[id], choose, flat, corner, decide, own: hideOwn, undecided, place: found.place, marks: read.marks, count: Object.keys(read.marks).length,
    open: photos.items.some((item) => item.photo?.reading && !OVER.includes(of(item)?.state)),
    step: stepOf(photos.items.map((item) => (of(item)?.away ? "away" : of(item)?.state)).filter(Boolean)),
    declined: read.declined,
    decline: (declined) => {
      own.settled = "";
      if (declined && form.point?.from === "reading") fill({ point: null });
      setRead((old) => ({ ...old, declined }));
    },
    touch: (names) => setRead((old) => ({ ...old, touched: [...new Set([...old.touched, ...names.filter((name) => FILLED.includes(name))])] })),
    busy: edits.busy, again: () => edits.again(photos.items), carried: own.carried,
    kept: { touched: read.touched, declined: read.declined },
    // what has been posted is not changed any more by what is read late; what is seen on it is still told
    end: () => (own.ended = true),
    begin: (kept, carried = {}) => {
      Object.assign(own, { carried, settled: "", ended: false });
      setRead({ ...FRESH, ...kept });
    },
  };
}

/* {readings: by id their newest answer and a `turn` for its pictures, watch(id)}. */
function useAnswers(items) {
  const [readings, setReadings] = useState({});
  const followed = useRef(new Map()).current;

  const hear = (id, make) => setReadings((all) => {
    const old = all[id] ?? { sheets: [], turn: 0 };
    const part = make(old);
    // pictures of other sheets need another address
    return { ...all, [id]: { ...old, ...part, turn: old.turn + (part.sheets && part.sheets !== old.sheets ? 1 : 0) } };
  });
  // while it is read again, what was read before stays; so it does when nothing comes of it
  const onAnswer = (id) => ({ away = false, state, sheets }) => hear(id, (old) => (away ? { away } : { away, state, sheets: OVER.includes(state) && sheets?.length ? sheets : old.sheets }));

  function watch(id) {
    followed.get(id)?.abort();
    const stop = new AbortController();
    followed.set(id, stop);
    hear(id, () => ({ state: "waiting" }));
    follow({ ask: () => get(`/api/v1/readings/${id}`, stop.signal), sleep, onAnswer: onAnswer(id), signal: stop.signal });
  }

  useEffect(() => {
    for (const { photo } of items) if (photo?.reading && !followed.has(photo.reading)) watch(photo.reading);
  }, [items]);
  useEffect(() => () => {
    for (const stop of followed.values()) stop.abort();
    followed.clear();
  }, []);

  return { readings, watch };
}

/* Waits, and as long again as nobody looks at the page. */
async function sleep(milliseconds) {
  await new Promise((done) => setTimeout(done, milliseconds));
  while (document.hidden) await new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));
}
