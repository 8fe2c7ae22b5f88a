/* Edits on their way to the server, one after the other for each photograph. */
import { useRef, useState } from "react";
import { bodyOf, edited, isEdited } from "./post_form_edits.js";

/* {busy, apply, again}: `apply(item, edit)` shows the wish at once and sends it after those before it; what should be blurred and could
   not be stays `unsaved` and is tried `again()`; anything else goes back to the whole photograph. */
export function useEdits(photos, onFailure) {
  const [busy, setBusy] = useState(0);
  const last = useRef(new Map()).current;

  function apply(item, edit) {
    photos.mend(item.key, { edit, unsaved: false });
    setBusy((count) => count + 1);
    const before = last.get(item.key) ?? Promise.resolve();
    last.set(item.key, before.then(() => send(item, edit)).finally(() => setBusy((count) => count - 1)));
  }

  async function send({ key, photo }, edit) {
    try {
      const made = await edited(photo, edit);
      photos.mend(key, { photo: made, shown: isEdited(edit) });
    } catch {
      const blurs = bodyOf(edit).blur.length > 0;
      photos.mend(key, blurs ? { unsaved: true } : { edit: { ...edit, corners: null } });
      onFailure(blurs);
    }
  }

  /* Whether anything is tried again. */
  function again(items) {
    const missed = items.filter(({ unsaved }) => unsaved);
    for (const item of missed) apply(item, item.edit);
    return missed.length > 0;
  }

  return { busy: busy > 0, apply, again };
}
