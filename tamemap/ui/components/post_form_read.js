/* What was read from a photograph, as parts of the form: plain functions, no page, no network.
   A mark is {value, before, sure, reasons, problems, lines, boxes, key, sheet}: what a field was given and where that stands. */

export const SURE = 0.9;
export const FILLED = ["title", "when", "venue", "address", "fee", "phone", "organiser"];
export const OVER = ["read", "empty", "refused", "late", "lost", "off", "gone"];
// places that people of the town have named; what a geocoder says needs a tap
const SURE_PLACES = ["known", "gazetteer"];
const [OFTEN, SELDOM] = [30000, 30000];
const TOKYO = { timeZone: "Asia/Tokyo", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/* "YYYY-MM-DD" and "HH:MM" ("" for a whole day) of a date or a moment with its offset, in Tokyo; null for what is neither. */
function dayAndTime(text) {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return [text, ""];
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) return null;
  const part = Object.fromEntries(new Intl.DateTimeFormat("en", TOKYO).formatToParts(moment).map(({ type, value }) => [type, value]));
  return [`${part.year}-${part.month}-${part.day}`, `${part.hour}:${part.minute}`];
}

/* The form's `when` for what the API read; null without a first day. A last hour of 24:00 is 0:00 of the same day, as the form writes it. */
export function whenOf({ starts_at, ends_at }) {
  const first = starts_at && dayAndTime(starts_at.value);
  if (!first) return null;
  const [start, startTime] = first;
  const [end, endTime] = (ends_at && dayAndTime(ends_at.value)) || ["", ""];
  const midnight = endTime === "00:00" && Date.parse(end) - Date.parse(start) === 86400000;
  return { on: true, start, allDay: !startTime, startTime, end: end === start || midnight ? "" : end, endTime: startTime ? endTime : "" };
}

/* What one sheet has for the form, {field: mark without `before`}. */
export function marksOf(sheet, where) {
  const fields = sheet?.fields ?? {};
  const made = {};
  for (const name of FILLED) {
    const read = (name === "when" ? ["starts_at", "ends_at"] : [name]).map((one) => fields[one]).filter(Boolean);
    const value = name === "when" ? whenOf(fields) : fields[name]?.value;
    if (!value || !read.length) continue;
    const all = (key) => [...new Set(read.flatMap((one) => one[key] ?? []))];
    const evidence = read.map((one) => one.evidence ?? {});
    made[name] = {
      ...where, value, sure: read.every((one) => one.sure ?? one.confidence >= SURE), reasons: all("reason"), problems: all("problems"),
      lines: [...new Set(evidence.map((one) => one.line).filter(Boolean))],
      boxes: evidence.flatMap((one) => one.boxes ?? (one.box ? [one.box] : [])),
    };
  }
  return made;
}

/* Two values of a field, compared by what they say. */
function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isEmpty(value) {
  return typeof value === "string" ? !value.trim() : !value.on && !value.start;
}

/* What came along from the flyer before and does not fit the one that was read: {part: what to change}. A sheet that says when or
   what it is for is another flyer: where it is held and who answers it are not those of the one before, only the town is. */
export function stale({ form, marks, carried, place }) {
  const part = {};
  if (!marks.title && !marks.when) return part;
  for (const name of ["address", "phone", "organiser"]) if (carried[name] && !marks[name] && form[name] === carried[name]) part[name] = "";
  const elsewhere = marks.venue && !alike(marks.venue.value, carried.venue ?? "");
  if (elsewhere && form.point && same(form.point, carried.point)) part.point = null;
  if (place && elsewhere && SURE_PLACES.includes(place.why) && (!form.point || part.point === null)) {
    part.point = { lat: place.lat, lng: place.lng, from: "reading", name: place.name };
  }
  return part;
}

/* Two names of one venue, one perhaps with its room. */
function alike(one, other) {
  const [a, b] = [one, other].map((name) => name.replace(/\s/g, ""));
  return Boolean(a && b) && (a.startsWith(b) || b.startsWith(a));
}

/* Brings the form in line with what was read: {part: what to change, marks, touched}. Only what is empty, or came along from the flyer
   before (`carried`), is filled; what a person has changed is theirs from then on, and what is no longer read goes as it came. */
export function settled({ form, marks, touched, wanted, carried }) {
  const part = {};
  const kept = {};
  const theirs = new Set(touched);
  for (const name of FILLED) {
    const [mark, read] = [marks[name], wanted[name]];
    if (mark && !same(form[name], mark.value)) theirs.add(name);
    else if (mark && !read) part[name] = mark.before;
    else if (mark || (read && !theirs.has(name) && free(form[name], read.value, carried[name]))) {
      kept[name] = { ...read, before: mark ? mark.before : same(form[name], read.value) ? emptyLike(read.value) : form[name] };
      if (!same(form[name], read.value)) part[name] = read.value;
    }
  }
  return { part, marks: kept, touched: [...theirs] };
}

function free(now, read, carried) {
  return isEmpty(now) || same(now, read) || (carried !== undefined && same(now, carried));
}

function emptyLike(value) {
  return typeof value === "string" ? "" : { on: false, start: "", allDay: true, startTime: "", end: "", endTime: "" };
}

/* The sheets of one photograph, each with its number `n` in the reading; those of a PDF's page only. */
export function sheetsOf(reading, { page = 0 } = {}) {
  return (reading?.sheets ?? []).map((sheet, n) => ({ ...sheet, n })).filter((sheet) => (sheet.page ?? 0) === page);
}

/* The sheet of a photograph that this flyer is: the one chosen, else the first. */
export function sheetOf(reading, item) {
  const sheets = sheetsOf(reading, item);
  return sheets.find(({ n }) => n === item.sheet) ?? sheets[0];
}

/* What all photographs say for the form, the earlier one first, and the first place that was found: {wanted, place}. */
export function wantedOf(items, readings) {
  const sheets = items.map((item) => [item, sheetOf(readings[item.photo?.reading], item)]).filter(([, sheet]) => sheet);
  const wanted = {};
  for (const [item, sheet] of sheets) {
    const made = marksOf(sheet, { key: item.key, reading: item.photo.reading, sheet: sheet.n });
    for (const name of Object.keys(made)) wanted[name] ??= made[name];
  }
  return { wanted, place: sheets.map(([, sheet]) => sheet.place).find(Boolean) ?? null };
}

/* Whether the place that was read may be offered: never where a person has set the pin for this flyer. `carried` is the pin of the flyer before. */
export function mayPlace(point, place, carried) {
  return Boolean(place) && (!point || point.from === "photo" || same(point, carried));
}

/* How far reading has come for all photographs: "" (nothing to say), away (nobody can be asked), waiting, reading, read, empty or missed. */
export function stepOf(states) {
  if (states.includes("away")) return "away";
  if (states.includes("reading")) return "reading";
  if (states.includes("waiting")) return "waiting";
  if (states.includes("read")) return "read";
  if (states.includes("empty")) return "empty";
  return states.some((state) => state !== "gone") ? "missed" : "";
}

/* Asks how a reading goes until it is over: after one second, then every two, after half a minute more and more seldom. `sleep(ms)`
   also waits while nobody looks at the page; `onAnswer(answer)` hears every answer, {state: "gone"} where there is none, and
   {away: true} where there is no signal. */
export async function follow({ ask, sleep, onAnswer, signal }) {
  for (let waited = 0, pause = 1000; ; pause = waited < OFTEN ? 2000 : Math.min(SELDOM, pause * 1.5)) {
    await sleep(pause);
    waited += pause;
    if (signal.aborted) return;
    try {
      const answer = await ask();
      if (signal.aborted) return;
      onAnswer(answer);
      if (OVER.includes(answer.state)) return;
    } catch (failure) {
      // a thin line or a busy server is asked again
      if (signal.aborted) return;
      if (failure.status === 404) return onAnswer({ state: "gone" });
      if (failure.network) onAnswer({ away: true });
    }
  }
}
