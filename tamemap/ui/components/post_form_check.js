/* From the form to what is sent, and from what the server says back to the form's fields. */
import { NO_DAY, period } from "./post_form_dates.js";

export const EMPTY = {
  title: "", category: "event", when: NO_DAY, venue: "", point: null,
  body: "", address: "", fee: "", phone: "", organiser: "", url: "", outside: false, hidden: [], group: "",
};
export const MOST = 4;
export const DETAILS = ["body", "address", "fee", "phone", "organiser", "url"];
const LARGEST = 20 * 1024 * 1024;
// Android gives HEIC no type
const PICTURES = /\.(jpe?g|png|webp|heic|heif|avif|pdf)$/i;
/* The order in which fields stand on the page, and the element that each problem leads to. */
const PLACES = {
  photos: "pf-photos", group: "pf-group", title: "pf-title", category: "pf-category", starts_at: "pf-starts_at", ends_at: "pf-ends_at", venue: "pf-venue",
  place: "pf-place", body: "pf-body", address: "pf-address", fee: "pf-fee", phone: "pf-phone", organiser: "pf-organiser", url: "pf-url",
  outside: "pf-outside", may_post: "pf-may_post",
};
const SAME = {
  photo: "photos", photo_id: "photos", photos: "photos", lat: "place", lng: "place", map: "place", position: "place",
  hidden_outside: "outside", starts_at: "starts_at", ends_at: "ends_at",
};

/* Why a file is not taken, as the key of its words; "" when it is. */
export function refusal(file) {
  const picture = /^image\/(?!svg)/.test(file.type) || file.type === "application/pdf" || (!file.type && PICTURES.test(file.name));
  if (!picture) return "not_a_picture";
  return file.size > LARGEST ? "too_large" : "";
}

/* How long a text is for a reader and for the server: characters, not UTF-16 units. */
export function length(text) {
  return Array.from(text.trim()).length;
}

/* Whether nothing was typed or photographed that could be lost; a chosen group names itself as organiser. */
export function isBlank(form, items) {
  return items.length === 0 && ["title", "venue", ...DETAILS].every((name) => !form[name].trim() || (name === "organiser" && form.group)) && !form.when.on && !form.point;
}

/* What keeps the flyer from being sent, {field: words}; {} when nothing does. */
export function problemsOf({ form, items, ground, mayPost, limits, w }) {
  const found = {};
  if (!items.length) found.photos = w("photo_missing");
  if (!form.title.trim()) found.title = w("title_missing");
  for (const [name, limit] of Object.entries(limits)) {
    const size = length(form[name]);
    if (size > limit) found[name] = w("too_long", { limit, over: size - limit });
  }
  for (const [field, code] of Object.entries(period(form.when).problems)) found[field] = w(code);
  if (!form.point) found.place = w("place_missing");
  else if (ground.state === "outside") found.place = ground.said;
  if (!mayPost) found.may_post = w("may_post_missing");
  return found;
}

/* The server's problem+json as {fields: {field: words}, said: words for what belongs to no field}. */
export function problemsFrom(problem) {
  const fields = {};
  for (const { field, message } of problem.errors ?? []) {
    const name = SAME[field] ?? field;
    if (PLACES[name]) fields[name] ??= message;
  }
  return { fields, said: Object.keys(fields).length ? "" : problem.detail || problem.title || "" };
}

/* The fields with a problem in the order of the page. */
export function inOrder(problems) {
  return Object.keys(PLACES).filter((name) => problems[name]);
}

/* Brings the person to the field, opening what hides it. */
export function lead(name) {
  const target = document.getElementById(PLACES[name]);
  if (!target) return;
  const folded = target.closest("details");
  if (folded) folded.open = true;
  target.scrollIntoView({ block: "center" });
  target.focus({ preventScroll: true });
}

/* The multipart fields of POST /flyers, [[name, value], …]; without a place while a photograph may still tell it. */
export function entriesOf({ form, items, slug }) {
  const { starts_at, ends_at } = period(form.when);
  const address = form.url.trim();
  const entries = [
    ["title", form.title.trim()], ["category", form.category], ["lat", String(form.point?.lat ?? "")], ["lng", String(form.point?.lng ?? "")],
    ["map", slug ?? ""], ["starts_at", starts_at], ["ends_at", ends_at], ["venue", form.venue.trim()],
    ...DETAILS.filter((name) => name !== "url").map((name) => [name, form[name].trim()]),
    // people write addresses as posters do, without the scheme
    ["url", address && !/^[a-z]+:/i.test(address) ? `https://${address}` : address],
    ["group", form.group],
    ["hidden_outside", form.hidden.filter((name) => form[name].trim()).join(",")],
  ];
  return [
    ...entries.filter(([, value]) => value !== ""),
    ["outside", String(form.outside)], ["may_post", "true"],
    ...items.map((item) => ["photo_id", item.photo.id]),
  ];
}
