/* What stands in the place where guests are told that staff look first: a key of the words, or "" for no place at all.

   `me` is null until it is known who posts; `known`: this phone had a member last time, whose page is drawn without that place.
   The words of guests are true for everybody who reads them, so they are there from the first paint; a member whom this phone
   did not know keeps the place: what somebody is about to tap does not move away. */
export function hintFor({ me, map, known }) {
  if (me?.signed_in) return known ? "" : "member_hint";
  if (!me && known) return "";
  if (map?.hold_guests === false) return "";
  return map?.guests_may_post === false ? "guests_closed" : "guest_hint";
}
