/* Keeps the draft while somebody writes, and brings it back: after a reload, the back button, a crash, a dead battery. */
import { useEffect, useRef, useState } from "react";
import { lastSent, waits } from "./post_form_queue.js";
import { clearDraft, forgetShared, loadDraft, saveDraft, sharedThings } from "./post_form_store.js";

const WAIT = 300;

/* `current` is {form, key, attempts, photos} with `blank` beside it; `onFound({draft, files})` and `onShared({files, title, text,
   url} or null for a share that got lost)` are called once, before anything is saved. Returns {ready, flush, forget, end, resume}. */
export function useDraft({ current, blank, onFound, onShared }) {
  const [ready, setReady] = useState(false);
  const own = useRef({}).current;
  Object.assign(own, { current, blank, ready });
  const stamp = JSON.stringify(current);

  const flush = (part = {}) => {
    if (!own.ready || own.ended) return undefined;
    return own.blank ? clearDraft() : saveDraft({ ...own.current, ...part });
  };

  useEffect(() => {
    let gone = false;
    (async () => {
      const kept = await loadDraft();
      // what was sent, perhaps from another window, or waits in the queue is no draft any more
      const gone_on = kept && (lastSent().key === kept.draft.key || (await waits(kept.draft.key)));
      const found = gone_on ? null : kept;
      if (gone_on) await clearDraft();
      const came = new URLSearchParams(location.search).get("shared");
      const shared = came === "1" ? await sharedThings() : null;
      if (gone) return;
      // who was faster than the disk keeps what they typed
      if (found && own.blank) onFound(found);
      if (came) {
        onShared(shared);
        history.replaceState(history.state, "", location.pathname);
      }
      setReady(true);
      if (shared) await forgetShared();
    })();
    return () => (gone = true);
  }, []);

  useEffect(() => {
    if (!ready) return undefined;
    const timer = setTimeout(flush, WAIT);
    return () => clearTimeout(timer);
  }, [stamp, ready]);

  useEffect(() => {
    const now = () => flush();
    addEventListener("pagehide", now);
    document.addEventListener("visibilitychange", now);
    return () => {
      removeEventListener("pagehide", now);
      document.removeEventListener("visibilitychange", now);
      now();
    };
  }, []);

  /* What has been posted is no draft any more, also when the page is left from here. */
  const end = () => {
    own.ended = true;
    return clearDraft();
  };
  const resume = () => (own.ended = false);

  return { ready, flush, forget: clearDraft, end, resume };
}
