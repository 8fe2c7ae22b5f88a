/* Sending the flyer: once, however often it is tapped; after the photographs; with everything kept when it fails. */
import { useEffect, useRef, useState } from "react";
import { sendFlyer } from "./post_form_api.js";
import { problemsFrom } from "./post_form_check.js";

/* {phase: writing|waiting|sending|done, failure, answer, stale, begin, reset}. `failure` is {said, again, signIn, prove}.
   Nothing is sent before every photograph has arrived and told its place (`placing`), `check()` finds nothing to mend and `hold()`
   has nothing to ask.
   `attempts()` are the entries of tries whose outcome nobody knows, `keep(attempts)` must put them on the disk with the key;
   `onProblems(fields)` hears what the server wants mended. */
export function useSending({ photos, placing, check, hold, makeEntries, getKey, attempts, keep, onProblems, onDone, w }) {
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
    } else if (!placing && photos.items.every((item) => item.state === "done")) {
      const found = check();
      const mend = Object.keys(found).length > 0;
      const held = !mend && hold();
      to({ phase: mend || held ? "writing" : "sending" });
      if (mend) onProblems(found);
      else if (!held) post(makeEntries());
    }
  }, [state.phase, photos.items, placing]);

  async function post(entries) {
    const same = (other) => JSON.stringify(other) === JSON.stringify(entries);
    const earlier = attempts().filter((other) => !same(other));
    // on the disk before it is sent: if everything goes dark now, the next try must know of this one
    await keep([...earlier, entries]);
    try {
      finish(await sendFlyer(entries, getKey()).done, false);
    } catch (failure) {
      if (failure.problem?.code === "key_used_otherwise") return claim(earlier.reverse(), failure);
      // refused for certain: this try left nothing behind
      if (failure.status >= 400 && failure.status < 500) keep(earlier);
      missed(failure);
    }
  }

  /* The key is spent: an earlier try did arrive, only its answer was lost. Ask for that answer again. */
  async function claim([entries, ...rest], failure) {
    if (!entries) return missed(failure);
    try {
      finish(await sendFlyer(entries, getKey()).done, true);
    } catch (other) {
      if (other.problem?.code === "key_used_otherwise") await claim(rest, other);
      else missed(other);
    }
  }

  function finish(answer, stale) {
    to({ phase: "done", answer, stale });
    onDone(answer);
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
    const prove = failure.problem.code === "not_allowed_proof_only";
    const again = failure.status >= 500 || failure.status === 429;
    to({ phase: "writing", failure: Object.keys(fields).length ? undefined : { said: said || w("send_failed"), again, signIn, prove } });
    if (Object.keys(fields).length) onProblems(fields);
  }

  return { ...state, begin, reset: () => to({ phase: "writing" }) };
}
