/* Sending the flyer: once, however often it is tapped; after the photographs; with everything kept when it fails. */
import { useEffect, useRef, useState } from "react";
import { sendFlyer } from "./post_form_api.js";
import { problemsFrom } from "./post_form_check.js";

/* {phase: writing|waiting|sending|done, failure, answer, stale, begin, reset}. `failure` is {said, again, signIn}.
   `onProblems(fields)` hears what the server wants mended, `beforeSend(entries)` must keep the key and the entries. */
export function useSending({ photos, makeEntries, getKey, attempt, beforeSend, onProblems, onDone, w }) {
  const [state, setState] = useState({ phase: "writing" });
  const phase = useRef("writing");
  const renewed = useRef(false);
  const to = (next) => {
    phase.current = next.phase;
    setState(next);
  };

  const begin = () => {
    // a second tap arrives before React has drawn the first one
    if (phase.current === "writing") to({ phase: "waiting" });
  };

  useEffect(() => {
    if (state.phase !== "waiting") return;
    const stuck = photos.items.find((item) => item.state === "failed" || item.state === "stopped");
    if (stuck) {
      to({ phase: "writing" });
      onProblems({ photos: stuck.problem });
    } else if (photos.items.every((item) => item.state === "done")) {
      to({ phase: "sending" });
      post(makeEntries());
    }
  }, [state.phase, photos.items]);

  async function post(entries, stale = false) {
    const key = getKey();
    try {
      if (!stale) await beforeSend(entries);
      const answer = await sendFlyer(entries, key).done;
      to({ phase: "done", answer, stale });
      onDone(answer);
    } catch (failure) {
      const earlier = attempt();
      // the key is spent: an earlier try did arrive, only its answer was lost. Ask for that answer again.
      if (!stale && failure.status === 409 && failure.problem?.code === "key_used_otherwise" && earlier) await post(earlier, true);
      else missed(failure);
    }
  }

  function missed(failure) {
    if (!failure.status) return to({ phase: "writing", failure: { said: w("send_offline"), again: true } });
    const { fields, said } = problemsFrom(failure.problem);
    if (!renewed.current && failure.problem.errors?.some(({ code }) => code === "photo_unknown")) {
      // the server has tidied up since: the bytes are still here, so send them again and go on
      renewed.current = true;
      photos.resend();
      return to({ phase: "waiting" });
    }
    const signIn = failure.status === 401;
    const again = failure.status >= 500 || failure.status === 429;
    to({ phase: "writing", failure: Object.keys(fields).length ? undefined : { said: said || w("send_failed"), again, signIn } });
    if (Object.keys(fields).length) onProblems(fields);
  }

  return { ...state, begin, reset: () => to({ phase: "writing" }) };
}
