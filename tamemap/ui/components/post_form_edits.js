/* What becomes of a photograph before it is public: laid flat or whole, and what in it is blurred. An item's `edit` is
   {corners, decided: [{deed: blur|keep, points, own}]}; points are those of the photograph, so that they hold however it is shown;
   `own` are places that a person has drawn. */
import { put } from "./post_form_api.js";
import { sheetOf, sheetsOf } from "./post_form_read.js";
import { covers, inPhoto, inShown } from "./post_form_shape.js";

export const UNTOUCHED = { corners: null, decided: [] };

/* What PUT /photos/{id}/edit is sent for an edit. */
export function bodyOf({ corners, decided }) {
  const blurred = decided.filter(({ deed }) => deed === "blur");
  return { corners, blur: blurred.map(({ points }) => inShown(points, corners)).filter(Boolean) };
}

/* What in a photograph may not be meant for everybody, as it is shown: [{kind, points, box, deed: blur|keep|""}]. */
export function privateOf(item, reading) {
  const { corners, decided } = item.edit ?? UNTOUCHED;
  // laid flat, only that sheet is seen
  const sheets = corners ? [sheetOf(reading, item)].filter(Boolean) : sheetsOf(reading, item);
  const on = sheets.flatMap((sheet) => (sheet.private ?? []).map(({ kind, box }) => ({ kind, points: inPhoto(box, sheet.corners) })));
  const around = (sheetsOf(reading, item)[0]?.around ?? []).map(({ kind, box }) => ({ kind, points: inPhoto(box, null) }));
  // who stands on the sheet was found there already
  const found = [...on, ...around.filter(({ points }) => !on.some((one) => covers(points, one.points) || covers(one.points, points)))];
  return found.map((one) => ({
    ...one, box: inShown(one.points, corners), deed: decided.find(({ points }) => covers(one.points, points))?.deed ?? "",
  })).filter(({ box }) => box);
}

/* `decided` with this deed for these points, whatever was decided for them before. */
export function decidedWith(decided, points, deed) {
  return [...decided.filter((one) => one.own || !covers(points, one.points)), { deed, points }];
}

/* The places that a person has drawn, as boxes of what is shown. */
export function ownOf(item) {
  const { corners, decided } = item.edit ?? UNTOUCHED;
  return decided.filter(({ own }) => own).map(({ points }) => inShown(points, corners)).filter(Boolean);
}

/* `decided` with these boxes of what is shown in place of those drawn before; what is drawn outside of it stays. */
export function withOwn({ corners, decided }, boxes) {
  const stays = decided.filter(({ own, points }) => !own || !inShown(points, corners));
  return [...stays, ...boxes.map((box) => ({ deed: "blur", own: true, points: inPhoto(box, corners) }))];
}

/* The address of a large picture of what will be public, before anything is hidden on it; `whole` is the photograph as this phone shows it. */
export function pictureOf(item, whole) {
  const { corners } = item.edit ?? UNTOUCHED;
  const address = `/api/v1/photos/${item.photo.id}/whole.jpeg`;
  return corners ? `${address}?corners=${corners.flat().join(",")}` : (whole ?? address);
}

/* The photograph's JSON after its edit. */
export async function edited(photo, edit) {
  return { ...photo, ...(await put(`/api/v1/photos/${photo.id}/edit`, bodyOf(edit))) };
}

/* Whether a picture differs from the photograph that this phone holds. */
export function isEdited(edit) {
  return Boolean(edit) && (edit.corners !== null || edit.decided.some(({ deed }) => deed === "blur"));
}
